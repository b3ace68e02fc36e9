"""What a fit with ``warm_start`` remembers, so that the next may go on from there."""

from __future__ import annotations

from typing import NamedTuple

import joblib
import numpy as np

from mifs._search import Constraints, Path
from mifs.estimators import Estimator

Conditions = tuple[object, ...]


class Memory(NamedTuple):
    """A path, and all that it depends on.

    Attributes
    ----------
    conditions : tuple
        Of the data and the settings, digests only.
    path : Path
        The longest that was found under them.
    """

    conditions: Conditions
    path: Path

    def path_for(self, conditions: Conditions) -> Path | None:
        """Return the path, if one under these conditions would begin with it."""
        return self.path if same(self.conditions, conditions) else None


def settings(estimator: Estimator) -> object:
    """Digest of the parameters of an estimator."""
    return joblib.hash(estimator.get_params())


def same(first: object, second: object) -> bool:
    """Whether two nested structures of arrays and values are equal."""
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(np.asarray(first), np.asarray(second))
    if isinstance(first, Constraints) and isinstance(second, Constraints):
        return same(tuple(vars(first).values()), tuple(vars(second).values()))
    if isinstance(first, tuple) and isinstance(second, tuple):
        return all(same(a, b) for a, b in zip(first, second, strict=True))
    return bool(first == second)
