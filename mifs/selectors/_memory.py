"""What a fit with ``warm_start`` remembers, so that the next may go on from there."""

from __future__ import annotations

from typing import Any

import joblib
import numpy as np

from mifs._data.table import Table
from mifs._search import Constraints
from mifs.criteria import Criterion
from mifs.estimators import Estimator
from mifs.selectors._constraints import Units


def conditions(
    data: tuple[Any, ...],
    table: Table,
    estimator: Estimator,
    criterion: Criterion,
    units: Units,
    constraints: Constraints,
) -> tuple[Any, ...]:
    """All that a path depends on; of the data and the settings, digests only."""
    parameters = getattr(estimator, "get_params", lambda: vars(estimator))
    return (
        criterion,
        units,
        constraints,
        type(estimator),
        joblib.hash(parameters()),
        table.discrete,
        table.target.discrete,
        joblib.hash(data),
    )


def same(first: Any, second: Any) -> bool:
    """Whether two nested structures of arrays and values are equal."""
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(first, second)
    if isinstance(first, Constraints) and isinstance(second, Constraints):
        return same(tuple(vars(first).values()), tuple(vars(second).values()))
    if isinstance(first, tuple) and isinstance(second, tuple):
        return all(same(a, b) for a, b in zip(first, second, strict=True))
    return bool(first == second)
