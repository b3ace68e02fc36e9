"""Which selector to use for what, as far as results/quality*.csv tell."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from quality_known import auto_keeps, recalls
from quality_ranks import REFERENCE, Results, markdown
from quality_selectors import ENTRIES
from quality_verdict import PAIRS, SHORT, by_number, sizes_of

BOTH = "confirm", "choose"


def advice(results: Results) -> str:
    """A row for each thing one may want, where it was measured."""
    parts = (_in_general, _few, _all_that_tell, _together, _quick)
    rows = [row for part in parts for row in part(results)]
    return markdown(rows, numbers=False) if rows else ""


def _row(wanted: str, use: str, measured: str) -> dict[str, str]:
    return {"what you want": wanted, "use": f"`{use}`", "measured": measured}


def _in_general(results: Results) -> Iterator[dict[str, str]]:
    """The default, unless another criterion of mifs ranks surely above it."""
    wide = results.main("10", *BOTH)
    if wide.shape <= (1, 1) or REFERENCE not in wide:
        return
    means = wide.mean()
    others = ("MIM", "MRMR", "MI (scikit-learn)", "F (scikit-learn)", "random")
    said = [f"{name} {means[name]:.3f}" for name in others if name in means]
    yield _row(
        "columns for a model",
        f"{REFERENCE}(k)",
        f"score of ten columns, mean of {len(wide)} real tables: {REFERENCE} "
        f"{means[REFERENCE]:.3f}, {', '.join(said)}",
    )


def _few(results: Results) -> Iterator[dict[str, str]]:
    """ "auto" in long tables, a number in short ones, if that is what does better."""
    own, sizes = by_number(results, REFERENCE), sizes_of(results, REFERENCE)
    if own is None:
        return
    short = results.real.loc[own.index, "rows"] < SHORT
    wanted = {
        f"no more than add something, of {SHORT} rows or more": ~short,
        f"the same, of fewer than {SHORT} rows": short,
    }
    for text, which in wanted.items():
        means, kept = own[which].mean(), sizes[own.index[which]].median()
        best = "auto" if means["auto"] > 0.99 * means["20"] else "20"
        use = f'{REFERENCE}("auto")' if best == "auto" else f"{REFERENCE}(20)"
        yield _row(
            text,
            use,
            f'`"auto"` keeps {kept:.0f} columns in the median of {which.sum()} tables, '
            f"score {means['auto']:.3f} ({means['10']:.3f} with ten, {means['20']:.3f} "
            "with twenty)",
        )


def _all_that_tell(results: Results) -> Iterator[dict[str, str]]:
    sizes, frame = sizes_of(results, "MIM"), auto_keeps(results)
    if len(sizes) and "MIM" in frame.index:
        of = frame.loc[("MIM", "irrelevant")]
        yield _row(
            "all that tell something, copies too",
            'MIM("auto")',
            f"keeps {sizes.median():.0f} columns in the median table, and "
            f"{of.added:.1%} of added columns of noise",
        )


def _together(results: Results) -> Iterator[dict[str, str]]:
    means = _means(results, "xor")
    if {PAIRS[0], REFERENCE} <= {*means.columns}:
        yield _row(
            "two that tell something only together",
            f'{REFERENCE}("auto", start="pair")',
            f"finds {means[PAIRS[0]].mean():.0%} of them in simulated tables, "
            f"`{REFERENCE}` {means[REFERENCE].mean():.0%}",
        )


def _quick(results: Results) -> Iterator[dict[str, str]]:
    own = [n for n in results.seconds.index if n in ENTRIES]
    seconds = results.seconds[own]
    if {"MIM", REFERENCE} <= {*own}:
        yield _row(
            "an order at once",
            "MIM(k)",
            f"{1000 * seconds['MIM'] / 4:.0f} ms a fit of the median table, "
            f"`{REFERENCE}` {1000 * seconds[REFERENCE] / 4:.0f} ms",
        )


def _means(results: Results, kind: str) -> pd.DataFrame:
    """Recall (rows of the table, selector) in simulated tables of a kind."""
    found = recalls(results)
    found = found[found["at"].str.startswith(f"{kind},")]
    return found.groupby(["at", "selector"])["value"].mean().unstack("selector")
