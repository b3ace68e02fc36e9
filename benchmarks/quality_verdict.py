"""What follows from results/quality*.csv: is the default good, and whom to use."""

from __future__ import annotations

import numpy as np
import pandas as pd
from quality_known import auto_keeps, recalls
from quality_ranks import (
    LEVEL,
    REFERENCE,
    Results,
    critical,
    differences,
    markdown,
    p_of_sign,
    places,
    signed_rank,
)
from quality_rows import read_picks

PAIRS = ("JMI, pair first", "CMIM, pair first")
SHORT = 500  # rows
# They look at one column at a time, or at correlations.
ALONE = (
    *("MIM", "MRMR", "MI (scikit-learn)", "F (scikit-learn)", "mrmr-selection"),
    *("mrmrs", "fastcan", "feature-engine"),
)


def verdict(results: Results) -> str:
    """What a default must do, and what the one there is did."""
    rows = [row for k in ("10", "20") for row in _rank(results, k)]
    rows += [*_parity(results), *_added(results), *_loss(results)]
    return markdown(rows, numbers=False) if rows else ""


def _row(asked: str, measured: str, met: bool) -> dict[str, str]:
    return {"asked": asked, "measured": measured, "met": "yes" if met else "no"}


def _rank(results: Results, k: str) -> list[dict[str, str]]:
    """Beside the best: the critical difference, and a test for as many as could be."""
    wide = results.main(k, "confirm").drop(columns="all features", errors="ignore")
    if wide.shape <= (1, 1) or REFERENCE not in wide:
        return []
    mean = places(wide)
    best, others = str(mean.index[0]), len(mean) - 1
    apart, p = critical(wide), min(1.0, others * p_of_sign(wide, best))
    place = mean.index.get_loc(REFERENCE) + 1
    if place == 1:
        beside = f"next {mean.index[1]} {mean.iloc[1]:.2f}"
    else:
        _, same, better = signed_rank(
            differences(wide, best), results.plan["run"]["practical"]
        )
        beside = (
            f"best {best} {mean[best]:.2f}, Wilcoxon's p beside it times {others} "
            f"{p:.2f}, practically the same with probability {same:.2f}, better "
            f"{better:.2f}"
        )
    return [
        _row(
            f"{REFERENCE} is the best on the confirming tables, or not surely worse, "
            f"k = {k}",
            f"mean rank {mean[REFERENCE]:.2f}, place {place} of {len(mean)}; {beside}; "
            f"critical difference {apart:.2f}",
            mean[REFERENCE] - mean[best] < apart and p > LEVEL,
        )
    ]


def _parity(results: Results) -> list[dict[str, str]]:
    found = recalls(results)
    found = found[found["at"].str.startswith("xor")]
    means = found.groupby(["at", "selector"])["value"].mean().unstack("selector")
    pairs, alone = (means[means.columns.intersection(who)] for who in (PAIRS, ALONE))
    if pairs.empty or alone.empty:
        return []
    lowest, highest = pairs.to_numpy().min(), alone.to_numpy().max()
    return [
        _row(
            '`start="pair"` finds XOR, which MIM, mRMR and correlations miss',
            f"share found {lowest:.2f} or more in every table; of the others "
            f"{highest:.2f} at most ({alone.mean().idxmax()})",
            lowest > 0.9 and highest < 0.5,
        )
    ]


def _added(results: Results) -> list[dict[str, str]]:
    frame = auto_keeps(results)
    if REFERENCE not in frame.index:
        return []
    of = frame.loc[(REFERENCE, "irrelevant")]
    return [
        _row(
            '`"auto"` keeps fewer than 5 % noise columns',
            f"{of.added:.2%} of those added; {of.among:.2%} of the columns kept",
            of.among < 0.05 and of.added < 0.05,
        )
    ]


def _loss(results: Results) -> list[dict[str, str]]:
    own = by_number(results, REFERENCE)
    if own is None:
        return []
    means = own.mean()
    k = str(means.drop("auto").idxmax())
    rows = results.real.loc[own.index, "rows"]
    return [
        _lost(own, k, f"all {len(own)} tables"),
        _lost(own[rows >= SHORT], k, f"tables of {SHORT} training rows or more"),
        _lost(own[rows < SHORT], k, "tables of fewer"),
    ]


def _lost(own: pd.DataFrame, k: str, where: str) -> dict[str, str]:
    means = own.mean()
    loss = 1 - means["auto"] / means[k]
    return _row(
        f'`"auto"` loses at most 1 % of score beside the best fixed k, {where}',
        f"{means['auto']:.3f} beside {means[k]:.3f} at k = {k}, which is "
        f"{abs(loss):.1%} {'less' if loss > 0 else 'more'}",
        loss <= 0.01,
    )


def by_number(results: Results, selector: str) -> pd.DataFrame | None:
    """Scores (table, k) of a selector; k of all columns or more are all of them."""
    ks = [str(k) for k in results.plan["run"]["ks"]]
    if selector not in results.means.index.get_level_values("selector"):
        return None
    own = results.means.xs(selector, level="selector").unstack("k")
    if "auto" not in own or not {*ks} <= {*own.columns}:
        return None
    whole = results.at("all").droplevel(["selector", "k"]).reindex(own.index)
    columns = results.real["columns"].reindex(own.index)
    for k in ks:
        own[k] = own[k].where(columns > int(k), whole)
    return own[[*ks, "auto"]].dropna()


def how_many(results: Results) -> str:
    """What "auto" keeps, and what it loses beside fixed numbers."""
    rows = []
    for name in sorted(results.tried):
        own, sizes = by_number(results, name), sizes_of(results, name)
        if own is None or len(own) < len(results.real):
            continue
        few = results.real.loc[own.index, "rows"] < SHORT
        rows.append(
            {"selector": name, "kept, median": f"{sizes.median():.0f}"}
            | {k if k == "auto" else f"k = {k}": f"{own[k].mean():.3f}" for k in own}
            | {
                f"above k = 20, {kind} {SHORT} rows ({which.sum()})": (
                    f"{(own['auto'] - own['20'])[which].mean():+.3f}"
                )
                for kind, which in (("<", few), ("≥", ~few))
            }
        )
    if not rows:
        return ""
    return (
        '**`"auto"` beside fixed numbers**, mean scores over all real tables; where a '
        f"table has fewer columns, of all of them.\n\n{markdown(rows)}"
    )


def sizes_of(results: Results, selector: str) -> pd.Series:
    """Columns that "auto" keeps, mean over folds, of each real table."""
    rows = results.answers("real")
    rows = rows[(rows["selector"] == selector) & (rows["k"] == "auto")]
    return rows.set_index("table")["picks"].map(_size)


def _size(cell: str) -> float:
    return float(np.mean([*map(len, read_picks(cell))]))


def loss_by_table(results: Results) -> str:
    """Where "auto" is far below twenty columns, or above them."""
    own = by_number(results, REFERENCE)
    if own is None or len(own) < len(results.real):
        return ""
    above = (own["auto"] - own["20"]).sort_values()
    about, sizes = results.real.loc[above.index], sizes_of(results, REFERENCE)
    rows = [
        {
            "table": str(name),
            "rows": str(about.loc[name, "rows"]),
            "columns": str(about.loc[name, "columns"]),
            "kept": f"{sizes[name]:.1f}",
            "above k = 20": f"{value:+.3f}",
        }
        for name, value in [*above.head(8).items(), *above.tail(8).items()]
    ]
    return (
        f'**`{REFERENCE}("auto")` beside k = 20**, where it loses and wins most. It is '
        f"below −.01 on {(above < -0.01).sum()} of {len(above)} tables, above .01 on "
        f"{(above > 0.01).sum()}.\n\n{markdown(rows)}"
    )
