"""What was found, as ranks and as a frame."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._arrays import AnyArray
from mifs._problem.constraints import Units
from mifs._search import Path


def rank(chosen: list[list[int]], relevance: NDArray[np.float64]) -> NDArray[np.intp]:
    """Ranks from 1: the chosen groups in their order, then the rest by relevance."""
    ranking = np.zeros(len(relevance), np.intp)
    for place, members in enumerate(chosen, start=1):
        ranking[members] = place
    rest = np.flatnonzero(ranking == 0)
    rest = rest[np.argsort(-relevance[rest], kind="stable")]
    ranking[rest] = len(chosen) + 1 + np.arange(len(rest))
    return ranking


def path_frame(path: Path, units: Units) -> pd.DataFrame:
    """Return the path as a frame, one row a step; a group is named by its first."""
    steps = pd.RangeIndex(1, len(path.feature) + 1, name="step")
    return pd.DataFrame(path_columns(path, units), index=steps)


def path_columns(path: Path, units: Units) -> dict[str, Any]:
    """Return the columns of `path_frame`, which is slow to make of a few numbers."""
    none = {-1: -1}
    seen = {*path.feature, *path.runner_up} - none.keys()
    first = none | {unit: units.members[unit][0] for unit in seen}
    return {
        "feature": [first[unit] for unit in path.feature],
        "name": as_they_are(units.names[unit] for unit in path.feature),
        "score": path.score,
        "relevance": path.relevance,
        "redundancy": path.redundancy,
        "conditional_redundancy": path.conditional_redundancy,
        "runner_up": [first[unit] for unit in path.runner_up],
        "runner_up_name": as_they_are(
            units.names[unit] if unit >= 0 else None for unit in path.runner_up
        ),
        "margin": path.margin,
        "expected": path.expected,
        "p_value": path.p_value,
        "tier": path.tier,
    }


def as_they_are(labels: Iterable[Hashable]) -> AnyArray:
    """Labels of columns as objects: of 1 and 2.5, pandas would make two floats."""
    return np.fromiter(labels, dtype=object)
