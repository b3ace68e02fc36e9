"""Tables of counts of two variables, within strata of a third."""

from __future__ import annotations

from functools import reduce

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._chance import numbers_of_strata
from mifs._data.discretize import quantile_edges
from mifs.estimators.plugin.codes import join_codes
from mifs.measures._estimates import Direct, counted
from mifs.measures._samples import Sample

# Cells that are counted at most, 1 GB.
MOST_CELLS = 1 << 27


def count(x: IntArray, y: IntArray, strata: IntArray | None = None) -> IntArray:
    """Count two codes within the levels of a third, (n_strata, r, c), int64.

    Raises
    ------
    ValueError
        Too many cells.
    """
    if strata is None:
        strata = np.zeros(len(x), np.intp)
    shape = tuple(int(codes.max()) + 1 for codes in (strata, x, y))
    if (cells := np.prod([float(size) for size in shape])) > MOST_CELLS:
        raise ValueError(
            f"{shape[1]} levels of x and {shape[2]} of y in {shape[0]} strata have "
            f"{cells:.3g} cells, more than {MOST_CELLS}: merge levels, or condition on "
            "fewer columns"
        )
    cell = np.ravel_multi_index((strata, x, y), shape)
    counts = np.bincount(cell, minlength=int(cells)).reshape(shape)
    return counts.astype(np.int64, copy=False)


def strata_of(estimator: Direct, given: Sample) -> tuple[IntArray, IntArray]:
    """Strata of what is given, for G and for a trend: dense codes, (n,) each.

    A continuous column is cut finer than the estimator cuts it: within few bins of it
    all that it tells would still link what does not touch otherwise. The cuts part the
    estimator's bins, for a copy of it says something across the border of two.
    """
    if len(given.continuous) != 1:
        bins = counted(estimator, given)
        return bins, bins
    values, n = given.continuous[0], given.n_rows
    own = counted(estimator, Sample([values], [], n))
    levels = int(own.max()) + 1
    of_g, of_trend = (
        own if wanted <= levels else _joined([own, quantile_groups(values, wanted)])
        for wanted in numbers_of_strata(n)
    )
    return _joined([of_g, *given.discrete]), _joined([of_trend, *given.discrete])


def quantile_groups(values: FloatArray, n_groups: int) -> IntArray:
    """Dense codes of groups of equal size, (n,)."""
    edges = quantile_edges(values[np.newaxis], n_groups)[0]
    return np.searchsorted(edges, values).astype(np.intp, copy=False)


def _joined(columns: list[IntArray]) -> IntArray:
    return np.asarray(reduce(join_codes, columns), dtype=np.intp)
