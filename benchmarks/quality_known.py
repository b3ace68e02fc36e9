"""What selectors keep where one knows what is right: added columns, simulated truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from quality_ranks import Results, markdown
from quality_rows import read_picks
from quality_selectors import ENTRIES
from scipy.stats import t as student

from mifs.inference import stability


class Kept(NamedTuple):
    """What one selector kept of one table, and what there is to find in its columns."""

    table: str
    selector: str
    k: str
    picks: list[int]
    truth: NDArray[np.int64]


def kept(results: Results, part: str) -> Iterator[Kept]:
    """All selections of a part."""
    for table, rows in results.answers(part).groupby("table"):
        truths = results.truths(str(table))
        for row in rows.itertuples():
            folds = read_picks(row.picks)
            of_each = truths if len(truths) == len(folds) else truths * len(folds)
            for picks, truth in zip(folds, of_each, strict=True):
                yield Kept(str(table), row.selector, row.k, picks, truth)


def at_ten(results: Results, each: Kept) -> list[int] | None:
    """The first ten picks; None of a selection that was made for another number."""
    wanted = (
        str(results.plan["run"]["longest"]) if ENTRIES[each.selector].path else "10"
    )
    return each.picks[:10] if each.k == wanted else None


def of_original(results: Results) -> str:
    """Share of a table's own columns among the first ten, beside added ones."""
    found = []
    for each in kept(results, "extended"):
        picks = at_ten(results, each)
        if picks:
            added = each.table.split(" + ")[1]
            found.append((each.selector, added, (each.truth[picks] > 0).mean()))
    names = results.answers("extended")["table"].str.split(" + ", regex=False).str[0]
    return _pivot(
        found,
        f"**Columns added to {names.nunique()} tables**, so that they are half or "
        "three quarters of all: share of the first ten picks that are the table's own.",
    )


def kept_of_added(results: Results) -> str:
    """What "auto" keeps of added columns, and of a table's own."""
    frame = auto_keeps(results)
    if frame.empty:
        return ""
    rows = [
        {
            "selector": str(selector),
            "columns": str(kind),
            "own columns kept": f"{of.own:.1%}",
            "added columns kept": f"{of.added:.1%}",
            "added among those kept": f"{of.among:.1%}",
        }
        for (selector, kind), of in frame.iterrows()
    ]
    return (
        '**Of added columns `"auto"` keeps**, mean over tables, shares and folds.'
        f"\n\n{markdown(rows)}"
    )


def auto_keeps(results: Results) -> pd.DataFrame:
    """Mean shares (own, added, among) by selector and kind of the added columns."""
    found = []
    for each in kept(results, "extended"):
        if each.k == "auto":
            own, of = each.truth > 0, each.truth[each.picks] > 0
            kind = each.table.split()[-1]
            among = (~of).mean() if len(of) else 0.0
            shares = of.sum() / own.sum(), (~of).sum() / (~own).sum(), among
            found.append((each.selector, kind, *shares))
    names = ["selector", "kind", "own", "added", "among"]
    frame = pd.DataFrame(found, columns=names)
    return frame.groupby(["selector", "kind"], sort=False).mean()


def recall(truth: NDArray[np.int64], picks: list[int]) -> float:
    """Share of the things to find among the first picks, as many as there are."""
    things = {*truth.tolist()} - {0}
    return len({*truth[picks[: len(things)]].tolist()} & things) / len(things)


def recalls(results: Results) -> pd.DataFrame:
    """Recall of each selector in each simulated table, by generator and rows."""
    found = [
        (each.selector, each.table, recall(each.truth, each.picks))
        for each in kept(results, "simulated")
        if each.k != "auto"
    ]
    return pd.DataFrame(found, columns=["selector", "at", "value"])


def of_truth(results: Results) -> str:
    """Share of what there is to find among as many picks, in simulated tables."""
    frame = recalls(results)
    kind_and_n = frame["at"].str.split(", ", expand=True)
    found = [
        (row.selector, at, row.value)
        for column in sorted(kind_and_n, reverse=True)
        for row, at in zip(frame.itertuples(), kind_and_n[column], strict=True)
    ]
    found.sort(key=lambda each: rows_of(each[1]))
    seeds = results.plan["simulated"]["seeds"]
    return _pivot(
        found,
        "**Simulated tables**: share of what there is to find among as many picks as "
        "there are things to find; of copies one counts. By rows, mean of all kinds of "
        f"tables; by kind, of all numbers of rows; {seeds} tables of each.",
    )


def rows_of(text: str) -> int:
    """Number of rows in the name of a simulated table; kinds come last."""
    _, told, n = text.partition("n = ")
    return int(n) if told else 10**9


def false_and_missed(results: Results) -> str:
    """What "auto" keeps for nothing and what it misses, in simulated tables."""
    found = []
    for each in kept(results, "simulated"):
        if each.k == "auto":
            things = {*each.truth.tolist()} - {0}
            of = each.truth[each.picks]
            n = rows_of(each.table)
            missed = len(things - {*of.tolist()}) / len(things)
            found.append((each.selector, n, (of == 0).sum(), missed))
    if not found:
        return ""
    frame = pd.DataFrame(found, columns=["selector", "n", "false", "missed"])
    means = frame.groupby(["selector", "n"]).mean().unstack("n")
    means = means.loc[means["missed"].mean(axis=1).sort_values(kind="stable").index]
    rows = [
        {"selector": str(name)}
        | {f"false, n = {n}": f"{v:.2f}" for n, v in row["false"].items()}
        | {f"missed, n = {n}": f"{v:.0%}" for n, v in row["missed"].items()}
        for name, row in means.iterrows()
    ]
    return (
        '**What `"auto"` keeps for nothing and what it misses** in simulated tables: '
        "irrelevant columns kept, and the share of things to find without a column."
        f"\n\n{markdown(rows)}"
    )


def steadiness(results: Results) -> str:
    """Nogueira's stability over the training folds, which share two thirds of rows."""
    found, columns = [], results.real["columns"]
    for row in results.answers("real").itertuples():
        p, auto = int(columns[row.table]), row.k == "auto"
        path = ENTRIES[row.selector].path
        if len(results.tried[row.selector]) < len(columns):
            continue
        if (not auto and p <= 10) or (not path and row.k not in ("auto", "10")):
            continue
        folds = read_picks(row.picks)
        Z = np.zeros((len(folds), p), np.int64)
        for number, chosen in enumerate(folds):
            Z[number, chosen if auto else chosen[:10]] = 1
        if 0 < Z.sum() < Z.size:
            at = '"auto"' if auto else "k = 10"
            found.append((row.selector, at, stability(Z).estimate))
    return _pivot(
        found,
        "**Stability** (Nogueira) of the selections of the four training folds: mean "
        "over real tables, and how far it may be off (95 %, by the spread of tables).",
        margin=True,
    )


def _pivot(found: object, title: str, margin: bool = False) -> str:
    """Means of (selector, at, value): a row a selector, the highest first."""
    frame = pd.DataFrame(found, columns=["selector", "at", "value"])
    if frame.empty:
        return ""
    of = frame.groupby(["selector", "at"], sort=False)["value"]
    text = of.mean().map("{:.2f}".format)
    if margin:
        half = of.sem() * student.ppf(0.975, of.count() - 1)
        text = text + half.map(" ± {:.2f}".format)
    means = of.mean().unstack("at")
    wide = text.unstack("at").reindex(columns=means.columns).fillna("")
    order = means.mean(axis=1).sort_values(ascending=False, kind="stable").index
    rows = [{"selector": name, **row} for name, row in wide.loc[order].iterrows()]
    return f"{title}\n\n{markdown(rows)}"
