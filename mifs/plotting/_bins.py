"""The bins in which a fitted selector has counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from mifs._arrays import AnyArray, FloatArray
from mifs._data.table import Target
from mifs.estimators._base import EncodingEstimator
from mifs.plotting._display import Ranked

# Whole numbers from here on have no edges that can be given: float64 would round them.
EXACT = 2.0**53


@dataclass(frozen=True, eq=False)
class Bins:
    """Edges of what was binned.

    Attributes
    ----------
    edges : mapping of int to ndarray
        Of columns, by index.
    target : ndarray or None
        Of a continuous target.
    """

    edges: Mapping[int, AnyArray]
    target: FloatArray | None

    def of(self, columns: Sequence[int]) -> list[AnyArray | None]:
        """Edges of some columns, as `mifs.estimators.PlugIn` takes them."""
        found = [self.edges.get(column) for column in columns]
        return [None if own is None or _rounded(own) else own for own in found]

    def of_target(self, target: Target) -> Target:
        """Give a continuous target its edges."""
        return target if target.discrete else replace(target, edges=self.target)


UNKNOWN = Bins({}, None)


def bins_of(selector: Ranked) -> Bins:
    """Return the bins of a fitted selector; none are known of one that did not count.

    Raises
    ------
    AttributeError
        It is not fitted.
    """
    estimator = selector.mi_estimator_
    if not estimator.capabilities().encodes:
        return UNKNOWN
    counted = cast(EncodingEstimator, estimator)
    return Bins(counted.edges_, counted.target_edges_)


def _rounded(edges: AnyArray) -> bool:
    return bool(len(edges)) and float(np.abs(edges).max()) >= EXACT
