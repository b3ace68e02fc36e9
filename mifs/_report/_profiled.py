"""The section on the data: what the table is, and what is odd about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray
from mifs._names import distinct, listed, short
from mifs._report._counted import PAIRS, Counted
from mifs._report._found import Found
from mifs._report._origin import Origin
from mifs._report._page import Cell, Grid, Section, grid, name_cells, texts_of
from mifs._report._said import missing_are
from mifs.estimators import Estimator, PlugIn
from mifs.plotting._two_variables import Variable
from mifs.selectors._profile_frame import notes_of, remarks_of

# Features that tables list, outputs that are described, and characters of a name.
LISTED, OUTPUTS, NAME = 1000, 8, 30


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
    odd = _odd(counted.facts, found.estimator)
    notes = [*origin.said, *counted.findings, *odd]
    return Section(
        "data",
        "The data",
        [f"{source}{rows}; {features}.", *_target(found, counted)],
        notes=notes or ["Nothing odd was found in the columns."],
        folded=[_profile(counted.facts, _levels(found, counted.facts))],
    )


def _target(found: Found, counted: Counted) -> list[str]:
    """Say which classes or numbers are to be told."""
    outputs, n = counted.outputs, len(counted.outputs)
    if n < 2:
        return [
            f"The target {found.about} {_values(output, counted.weights)}."
            for output in outputs
        ]
    own = [
        f"“{short(output.name, NAME)}” {_values(output, counted.weights)}"
        for output in outputs[:OUTPUTS]
    ]
    more = f" and {n - OUTPUTS} more" if n > OUTPUTS else ""
    first = f"What the features tell are means over {n} outputs."
    return [first, f"{'; '.join(own)}{more}."]


def _values(output: Variable, weights: FloatArray) -> str:
    """Say which classes an output has, or how far its numbers go."""
    if output.continuous:
        assert output.values is not None
        low, high = output.values.min(), output.values.max()
        return f"is a quantity, from {low:.6g} to {high:.6g}"
    counts = np.bincount(output.codes, weights, len(output.levels))
    order = np.argsort(-counts, kind="stable").tolist()
    looks = distinct(output.levels, NAME)
    shares = [f"{looks[j]} ({counts[j] / counts.sum():.1%})" for j in order]
    return f"has {len(output.levels)} classes: {listed(shares)}"


def _odd(facts: pd.DataFrame, estimator: Estimator) -> list[str]:
    """Say what is odd, with the columns of which it is."""
    notes = notes_of(facts, missing_are(estimator))
    if len(facts) > PAIRS:
        notes.append(
            f"Near duplicates are not looked for in more than {PAIRS} columns."
        )
    return notes


def _levels(found: Found, facts: pd.DataFrame) -> pd.Series:
    """Levels and bins with which the fit counted; levels alone where it did not."""
    assert found.selector is not None
    own = pd.Series(found.selector.n_levels_, facts.index)
    if isinstance(found.estimator, PlugIn):
        return own
    return facts["levels"].where(facts["kind"] == "discrete", -1)


def _profile(facts: pd.DataFrame, levels: pd.Series) -> Grid:
    """Put the columns with remarks first."""
    remarks = pd.Series(
        ["; ".join(remarks_of(row)) for _, row in facts.iterrows()], facts.index
    )
    order = np.argsort((remarks == "").to_numpy(), kind="stable")[:LISTED]
    shown, said, levels = (one.iloc[order] for one in (facts, remarks, levels))
    missing = [
        Cell(f"{100 * share:.1f} %" if share else "") for share in shown["missing"]
    ]
    columns: dict[str, Sequence[Cell]] = {
        "column": name_cells(shown.index),
        "kind": texts_of(shown["kind"]),
        "levels or bins": texts_of(n if n >= 0 else "" for n in levels.tolist()),
        "missing": missing,
        "remarks": texts_of(said),
    }
    caption = f"Profile of {some(len(facts))} columns"
    return grid(caption, columns.items(), sortable=True)


def some(n: int) -> str:
    """Say how many of so many features are listed."""
    return f"{n}" if n <= LISTED else f"{LISTED} of {n}"
