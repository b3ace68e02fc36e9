"""Kernel of the tests of pairs: what each of two columns tells given the other."""

from __future__ import annotations

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit
from mifs._kernels.memo import Memo
from mifs._kernels.strata import moments


@njit
def moments_of_pairs(
    codes: tuple[Array, Array],
    n_levels: tuple[Array, Array],
    classes: Array,
    n_classes: int,
    pairs: Array,
    memo: Memo,
    found: Array,
) -> None:
    """Count the tables of pairs in strata of one of both, and sum their moments.

    ``codes`` are those of the columns (p, n) and those of their strata (p, n), and
    ``n_levels`` their levels. In ``found[k, side]`` come, of ``pairs[k, side]`` against
    the classes in strata of the other one: G, its mean, the upper bound of its
    variance, its least value and the degrees of freedom; see `strata.moments`.
    """
    for k in range(pairs.shape[0]):
        for side in range(2):
            own, other = pairs[k, side], pairs[k, 1 - side]
            shape = n_levels[1][other], n_levels[0][own], n_classes
            cells = np.zeros(shape, np.int64)
            x, strata = codes[0][own], codes[1][other]
            for row in range(x.shape[0]):
                cells[strata[row], x[row], classes[row]] += 1
            g, mean, _, variance, floor, _, df = moments(cells, bool(1), memo)
            here = found[k, side]
            here[0], here[1], here[2], here[3], here[4] = g, mean, variance, floor, df
