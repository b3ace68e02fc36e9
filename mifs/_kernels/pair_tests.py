"""Kernel of the tests of pairs: what each of two columns tells given the other."""

from __future__ import annotations

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit
from mifs._kernels.memo import Memo
from mifs._kernels.strata import moments


@njit
def moments_of_pairs(
    codes: Array,
    n_levels: Array,
    strata: Array,
    classes: Array,
    n_classes: int,
    pairs: Array,
    memo: Memo,
    found: Array,
) -> None:
    """Count the tables of pairs in strata of one of both, and sum their moments.

    ``codes`` (·, n) are those of the columns, and those of their strata in rows
    ``strata``; ``n_levels`` are the levels of each. In ``found[k, side]`` come, of
    ``pairs[k, side]`` against the classes in strata of the other one: G, its mean, the
    upper bound of its variance, its least value and the degrees of freedom; see
    `strata.moments`.
    """
    for k in range(pairs.shape[0]):
        first, second = pairs[k, 0], pairs[k, 1]
        cells = _tables(codes, n_levels, strata[second], first, classes, n_classes)
        for side in range(2):
            if side and strata[first] == first and strata[second] == second:
                cells = _turned(cells)
            elif side:
                cells = _tables(
                    codes, n_levels, strata[first], second, classes, n_classes
                )
            g, mean, _, variance, floor, _, df = moments(cells, bool(1), memo)
            here = found[k, side]
            here[0], here[1], here[2], here[3], here[4] = g, mean, variance, floor, df


@njit
def _tables(
    codes: Array, n_levels: Array, by: int, own: int, classes: Array, n_classes: int
) -> Array:
    """Count (level of one column, level of another, class)."""
    cells = np.zeros((n_levels[by], n_levels[own], n_classes), np.int64)
    strata, x = codes[by], codes[own]
    for row in range(x.shape[0]):
        cells[strata[row], x[row], classes[row]] += 1
    return cells


@njit
def _turned(cells: Array) -> Array:
    """Exchange both columns."""
    turned = np.empty((cells.shape[1], cells.shape[0], cells.shape[2]), np.int64)
    for i in range(cells.shape[0]):
        for j in range(cells.shape[1]):
            for y in range(cells.shape[2]):
                turned[j, i, y] = cells[i, j, y]
    return turned
