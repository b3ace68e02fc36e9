"""Quantiles of a long column, of which only the values about them are sorted.

A sample of the rows says between which two values, a bracket, each quantile lies, but
for one of a thousand. How many values lie below a bracket is counted, those inside are
sorted, and so the quantile is exact, whatever the sample is: a bad one is seen, and the
column has to be sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.survey import read_only

# Rows from which on that is faster than to sort them.
LONG = 60_000
# Quantiles beyond which it is not.
MOST = 16
# Of so many rows one is drawn, and so many are drawn at most.
ROWS_OF_ONE, MOST_DRAWN = 12, 1 << 16
# Standard deviations of a rank in a sample, on either side of a quantile.
DEVIATIONS = 3.3


def quantiles_between(
    column: AnyArray, numbers: Sequence[int]
) -> list[FloatArray] | None:
    """Edges of so many quantile groups of a column (n,); None: it has to be sorted.

    So it has where a value is frequent, too, which is a bin of its own.
    """
    n, most = len(column), max(numbers)
    if n < LONG or column.dtype != np.float64:
        return None
    shares = np.unique(np.concatenate([np.arange(1, g) / g for g in numbers]))
    if not 0 < len(shares) <= MOST:
        return None
    sample = column[_drawn(n)]
    sample.sort()
    bounds = _brackets(sample[: np.searchsorted(sample, np.nan)], shares, most)
    if bounds is None:
        return None
    column = read_only(np.ascontiguousarray(column))
    counts = np.zeros((len(bounds) + 1, 2), np.int64)
    inside = np.empty(n // 2 + 1)
    held = _kernels.columns.between(column, bounds, counts, inside)
    found = inside[: max(0, held)]
    found.sort()
    edges = [_edges(found, counts, groups) for groups in numbers]
    known = [own for own in edges if own is not None]
    return known if len(known) == len(edges) else None


@lru_cache(maxsize=1)
def _drawn(n: int) -> IntArray:
    """Rows of a sample, ascending, one drawn of each few: rows may come in cycles."""
    step = max(ROWS_OF_ONE, n / MOST_DRAWN)
    firsts = np.arange(0, n, step)
    jitter = np.random.default_rng(0).uniform(0, step, len(firsts))
    return np.minimum((firsts + jitter).astype(np.intp), n - 1)


def _brackets(sample: FloatArray, shares: FloatArray, most: int) -> FloatArray | None:
    """Two values of a sorted sample about each quantile, (k, 2); one pair if they meet.

    None where a value seems to hold one of ``most`` parts, so that to count is in vain.
    """
    m = len(sample)
    if m < LONG // ROWS_OF_ONE // 2:
        return None
    half = DEVIATIONS * np.sqrt(m * shares * (1 - shares)) + 1
    places = np.stack([m * shares - half, m * shares + half])
    lows, highs = sample[np.clip(places, 0, m - 1).astype(np.intp)]
    held = np.searchsorted(sample, highs, "right") - np.searchsorted(sample, lows)
    if held.max() > 0.9 * m / most:
        return None
    first = np.concatenate(([True], lows[1:] > highs[:-1]))
    return np.stack([lows[first], highs[np.append(first[1:], True)]], axis=1)


def _edges(found: FloatArray, counts: IntArray, groups: int) -> FloatArray | None:
    """Edges of groups, from the sorted values inside brackets; None: not sure.

    A value of 1 / groups of the rows, or more, would be at a quantile, and all of it in
    one bracket, or above all of them.
    """
    present = int(counts[-1, 0])
    below, up_to = present - counts[:-1, 0], counts[:-1, 1]
    ranks = -(-np.arange(1, groups) * present // groups) - 1
    at = np.searchsorted(below, ranks, side="right") - 1
    needed = -(-present // groups)
    above = present - up_to[-1]
    sure = len(found) and (at >= 0).all() and (ranks < up_to[at]).all()
    if not sure or (up_to - below).max() >= needed or not 0 < above < needed:
        return None
    before = np.cumsum(up_to - below) - up_to
    edges: FloatArray = found[ranks + before[at]]
    return edges
