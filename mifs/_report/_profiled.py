"""The section on the data: what the table is, and what is odd about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mifs._report._counted import PAIRS, Counted
from mifs._report._found import Found, listed
from mifs._report._origin import Origin
from mifs._report._page import Cell, Grid, Section, grid, name_cells, texts_of
from mifs.selectors._profile import FLAGS, remarks_of

# Features that tables list.
LISTED = 1000


def data(found: Found, origin: Origin) -> Section:
    """Say what the table is, and what is odd about it."""
    main, counted = found.main, found.counted
    kinds = pd.Series(main.feature_kinds_).value_counts()
    shapes = " and ".join(f"{n} {kind}" for kind, n in kinds.items())
    features = f"{main.n_features_in_} features, {shapes}"
    source = f"{origin.source}: " if origin.source else ""
    if counted is None:
        said = "The data were not given, only what was found in them."
        return Section("data", "The data", [f"{features}. {said}"])
    rows = f"{counted.table.n_rows} rows"
    if counted.table.weights is not None:
        rows += f", which stand for {counted.weights.sum():.6g}"
    target = _target(found, counted)
    notes = [*origin.said, *counted.findings, *_odd(counted.facts)]
    return Section(
        "data",
        "The data",
        [f"{source}{rows}; {features}.", *([target] if target else [])],
        notes=notes or ["Nothing odd was found in the columns."],
        folded=[_profile(counted.facts)],
    )


def _target(found: Found, counted: Counted) -> str:
    """Say which classes or numbers are to be told."""
    target = counted.target
    if target is None:
        return ""
    further = len(counted.table.further)
    begin = f"The target {found.about}"
    begin += f", the first of {1 + further} outputs," if further else ""
    if target.continuous:
        assert target.values is not None
        low, high = target.values.min(), target.values.max()
        return f"{begin} is a quantity, from {low:.6g} to {high:.6g}."
    counts = np.bincount(target.codes, counted.weights, len(target.levels))
    order = np.argsort(-counts, kind="stable").tolist()
    shares = [f"{target.levels[j]} ({counts[j] / counts.sum():.1%})" for j in order]
    return f"{begin} has {len(target.levels)} classes: {listed(shares)}."


def _odd(facts: pd.DataFrame) -> list[str]:
    """Say what is odd, with the columns of which it is."""
    notes = []
    gaps = facts["missing"][facts["missing"] > 0].sort_values(ascending=False)
    if len(gaps):
        shares = [f"{name} ({share:.1%})" for name, share in gaps.items()]
        notes.append(
            f"Missing values, which are a level of their own: {listed(shares)}."
        )
    for flag, words in FLAGS.items():
        names = facts.index[facts[flag].astype(bool)].tolist()
        if names:
            notes.append(f"{words[0].upper()}{words[1:]}: {listed(names)}.")
    near = facts["near_duplicate"][facts["near_duplicate"].astype(str) != ""]
    if len(near):
        pairs = [f"{name} (of {other})" for name, other in near.items()]
        notes.append(f"Nearly duplicates: {listed(pairs)}.")
    for words in facts["leak"].unique():
        if words:
            names = facts.index[facts["leak"] == words].tolist()
            notes.append(
                f"A leak, unless known before the target is; {words}: {listed(names)}."
            )
    if len(facts) > PAIRS:
        notes.append(
            f"Near duplicates are not looked for in more than {PAIRS} columns."
        )
    return notes


def _profile(facts: pd.DataFrame) -> Grid:
    """Put the columns with remarks first."""
    remarks = pd.Series(
        ["; ".join(remarks_of(row)) for _, row in facts.iterrows()], facts.index
    )
    order = np.argsort((remarks == "").to_numpy(), kind="stable")[:LISTED]
    shown, said = facts.iloc[order], remarks.iloc[order]
    missing = [
        Cell(f"{100 * share:.1f} %" if share else "") for share in shown["missing"]
    ]
    columns: dict[str, Sequence[Cell]] = {
        "column": name_cells(shown.index),
        "kind": texts_of(shown["kind"]),
        "levels or bins": texts_of(shown["levels"].where(shown["levels"] >= 0, "")),
        "missing": missing,
        "remarks": texts_of(said),
    }
    return grid(f"Profile of {some(len(facts))} columns", columns, sortable=True)


def some(n: int) -> str:
    """Say how many of so many features are listed."""
    return f"{n}" if n <= LISTED else f"{LISTED} of {n}"
