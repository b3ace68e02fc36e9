"""Plug-in entropies and information of codes, in nats.

Counts are summed in ascending order, so that neither the order of the rows nor the
names of the levels have an influence. Whole weights give what repeated rows give, to
the last bit.
"""

from __future__ import annotations

import numpy as np
from scipy.special import entr, xlogy

from mifs._arrays import FloatArray, IntArray


def join_codes(first: IntArray, second: IntArray) -> IntArray:
    """Dense codes of pairs of codes."""
    width = int(second.max()) + 1
    codes = np.unique(first * width + second, return_inverse=True)[1]
    return np.asarray(codes, dtype=np.intp)


def counts_of(codes: IntArray, weight: FloatArray | None = None) -> FloatArray:
    """Sum of weights of each level, float64."""
    return np.bincount(codes, weights=weight).astype(np.float64)


def entropy_of(codes: IntArray, weight: FloatArray | None = None) -> float:
    """H(X) of dense codes."""
    counts = np.sort(counts_of(codes, weight))
    return float(entr(counts / counts.sum()).sum())


def conditional_entropy_of(
    x: IntArray, y: IntArray, weight: FloatArray | None = None
) -> float:
    """H(X|Y) of dense codes, as a sum over cells: 0 where Y determines X."""
    both = join_codes(x, y)
    cells = counts_of(both, weight)
    first = np.unique(both, return_index=True)[1]
    known = counts_of(y, weight)[y[first]]
    share = np.divide(cells, known, out=np.zeros_like(cells), where=known > 0)
    return float(np.sort(known * entr(share)).sum() / cells.sum())


def information_of(
    x: IntArray,
    y: IntArray,
    z: IntArray | None = None,
    weight: FloatArray | None = None,
) -> float:
    """I(X;Y) or I(X;Y|Z) of dense codes."""
    if z is None:
        z = np.zeros(len(x), np.intp)
    xz, yz = join_codes(x, z), join_codes(y, z)
    total = float(len(x)) if weight is None else float(weight.sum())
    parts = [(join_codes(xz, y), 1), (xz, -1), (yz, -1), (z, 1)]
    return sum(sign * _sum_of_logs(codes, weight) for codes, sign in parts) / total


def _sum_of_logs(codes: IntArray, weight: FloatArray | None) -> float:
    """Σ c log c over the levels."""
    counts = np.sort(counts_of(codes, weight))
    return float(xlogy(counts, counts).sum())
