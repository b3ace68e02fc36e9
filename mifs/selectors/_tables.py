"""What was found, as ranks and as a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._search import Path
from mifs.selectors._constraints import Units


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
    first = {unit: units.members[unit][0] for unit in path.feature}
    first |= {unit: units.members[unit][0] for unit in path.runner_up if unit >= 0}
    columns: Mapping[str, Any] = {
        "feature": [first[unit] for unit in path.feature],
        "name": [units.names[unit] for unit in path.feature],
        "score": path.score,
        "relevance": path.relevance,
        "redundancy": path.redundancy,
        "conditional_redundancy": path.conditional_redundancy,
        "runner_up": [first.get(unit, -1) for unit in path.runner_up],
        "margin": path.margin,
    }
    steps = pd.RangeIndex(1, len(path.feature) + 1, name="step")
    return pd.DataFrame(columns, index=steps)
