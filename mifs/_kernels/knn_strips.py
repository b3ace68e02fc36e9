"""The plane cut along x into strips, each sorted by y, for the search of `knn_plane`.

A strip has about sqrt(n k) points: a square with k of n evenly spread points is about
as wide. Rows that are tied in x stay in one strip.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import shared

Arrays: TypeAlias = tuple[Array, ...]

# Points of a strip of dependent samples, at least.
_NARROW = 128


@shared
def _width(ys: Array, cross: Array, k: int) -> Any:
    """Points of a strip: sqrt(n k), less where y tells x, as neighbours in y show."""
    n = ys.shape[0]
    apart = pairs = 0
    for at in range(0, n - 1, max(1, n >> 12)):
        if ys[at] != ys[at + 1]:
            apart += abs(cross[at + 1] - cross[at])
            pairs += 1
    # Independent ranks are n / 3 apart. If y leaves x only a share of its range, points
    # are denser by 1 / share, and the square of k of them narrower by its root.
    share = min(1.0, 3.0 * apart / (n * pairs)) if pairs > 0 else 1.0
    full = 1.4 * math.sqrt(n * k)
    return max(8, int(max(full * math.sqrt(share), min(full, _NARROW))))


@shared
def _cut(xs: Array, width: int) -> Any:
    """First rank of each strip and n; rows tied in x stay in one strip (`_tied`)."""
    n = xs.shape[0]
    bounds = np.empty(n // width + 2, np.int64)
    bounds[0] = 0
    strips = 0
    at = width
    while at < n:
        while at < n and xs[at] == xs[at - 1]:
            at += 1
        if at < n:
            strips += 1
            bounds[strips] = at
        at += width
    bounds[strips + 1] = n
    return bounds[: strips + 2]


@shared
def _sort_ties(ys: Array, cross: Array) -> Any:
    """Copy of cross where rows tied in y follow their x rank: equal ones in a row."""
    cross = cross.copy()
    n = ys.shape[0]
    begin = 0
    for at in range(1, n + 1):
        if at == n or ys[at] != ys[begin]:
            if at - begin > 1:
                cross[begin:at].sort()
            begin = at
    return cross


@shared
def _strips(bounds: Array, width: int) -> Any:
    """Strip of each block of 2 ** bits ranks, at most one boundary a block; bits.

    So the strip of a rank is one look-up and one comparison, without a search.
    """
    bits = 0
    while 2 << bits <= width:
        bits += 1
    n = bounds[-1]
    strips = np.empty((n - 1 >> bits) + 1, np.int32)
    strip = 0
    for block in range(strips.shape[0]):
        while bounds[strip + 1] <= block << bits:
            strip += 1
        strips[block] = strip
    return strips, bits


@shared
def _deal(xs: Array, ys: Array, cross: Array, bounds: Array, width: int) -> Any:
    """Deal the rows, taken by y, to their strips, which so are sorted by y.

    Returns x, y and the x rank at each place, xs, the place of each x rank; and the
    place of each y rank.
    """
    n = xs.shape[0]
    strips, bits = _strips(bounds, width)
    free = bounds.copy()
    px, py = np.empty(n, np.float64), np.empty(n, np.float64)
    ranks, by_x = np.empty(n, np.int32), np.empty(n, np.int32)
    by_y = np.empty(n, np.int32)
    for y_rank in range(n):
        x_rank = cross[y_rank]
        strip = strips[x_rank >> bits]
        strip += x_rank >= bounds[strip + 1]
        place = free[strip]
        free[strip] = place + 1
        by_y[y_rank] = place
        py[place] = ys[y_rank]
        ranks[place] = x_rank
    for place in range(n):
        px[place] = xs[ranks[place]]
        by_x[ranks[place]] = place
    return (px, py, xs, ranks, by_x), by_y


@shared
def cut_into_strips(xs: Array, ys: Array, cross: Array, k: int) -> Any:
    """Cut the points of a group into strips, for the search of k neighbours.

    xs, ys (n,) float64 sorted; cross (n,) int32: place in xs of the row at each place
    of ys. Returns the plane (x, y and x rank at each place, xs, place of each x rank),
    the edges (first place of each strip and n, its least and its largest x), and the
    place of each y rank.
    """
    width = _width(ys, cross, k)
    bounds = _cut(xs, width)
    plane, by_y = _deal(xs, ys, _sort_ties(ys, cross), bounds, width)
    return plane, (bounds, xs[bounds[:-1]], xs[bounds[1:] - 1]), by_y
