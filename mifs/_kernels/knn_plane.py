"""k-th neighbours in the plane under the max norm, without a tree.

The points are cut along x into strips of about sqrt(n k) points, each sorted by y. A
point searches its own strip outwards from its own place, then the next strips while
their gap in x is below the k-th distance.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from mifs._kernels.jit import njit

Array = np.ndarray[Any, np.dtype[Any]]

# Points looked at per point and neighbour before the search gives up: weakly and
# strongly dependent samples need 3 to 8, tied or clustered columns can need sqrt(n).
_PATIENCE = 40

# A call from the innermost loop counts references to each array, atomically: dearer
# than the search itself. These helpers become part of their (cached) caller.
_inlined = numba.njit(nogil=True, inline="always")


@njit
def _cut(xs: Array, width: int) -> Any:
    """First rank of each strip and n; rows tied in x stay in one strip."""
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


@njit
def _sort_ties(ys: Array, cross: Array) -> Any:
    """Copy of cross where rows tied in y follow their x rank."""
    cross = cross.copy()
    n = ys.shape[0]
    begin = 0
    for at in range(1, n + 1):
        if at == n or ys[at] != ys[begin]:
            if at - begin > 1:
                cross[begin:at].sort()
            begin = at
    return cross


@njit
def _deal(xs: Array, ys: Array, cross: Array, bounds: Array) -> Any:
    """Deal the rows, taken by y, to their strips: x, y and both ranks."""
    n = xs.shape[0]
    strip_of = np.empty(n, np.int32)
    for strip in range(bounds.shape[0] - 1):
        strip_of[bounds[strip] : bounds[strip + 1]] = strip
    free = bounds.copy()
    px, py = np.empty(n, np.float64), np.empty(n, np.float64)
    ranks = np.empty((n, 2), np.int32)
    for y_rank in range(n):
        x_rank = cross[y_rank]
        strip = strip_of[x_rank]
        place = free[strip]
        free[strip] = place + 1
        px[place] = xs[x_rank]
        py[place] = ys[y_rank]
        ranks[place, 0] = x_rank
        ranks[place, 1] = y_rank
    return px, py, ranks


@_inlined
def _push(best: Array, rest: Any, distance: float) -> Any:
    """Push a distance into the k best: the four largest, and the rest, both sorted.

    The four live in registers and change without branches, padded with -inf below
    k = 4; with k <= 4 the rest is None, and the compiler leaves its part out.
    """
    a, b, c, d = best
    smaller = -np.inf
    if rest is not None:
        at = rest.shape[0] - 1
        if at >= 0:
            smaller = rest[at]
            if distance < smaller:
                while at > 0 and rest[at - 1] > distance:
                    rest[at] = rest[at - 1]
                    at -= 1
                rest[at] = distance
    return (
        max(smaller, min(a, distance)),
        max(a, min(b, distance)),
        max(b, min(c, distance)),
        max(c, min(d, distance)),
    )


@_inlined
def _scan(px: Array, py: Array, best: Array, rest: Any, point: Any, window: Any) -> Any:
    """Search a strip from place at up and from at - 1 down; the best, points seen."""
    x, y = point
    begin, down, up, end = window
    start = up - down
    searching = True
    while searching:
        searching = False
        if up < end and py[up] - y < best[3]:
            distance = max(py[up] - y, abs(px[up] - x))
            if rest is None or distance < best[3]:
                best = _push(best, rest, distance)
            up += 1
            searching = True
        if down >= begin and y - py[down] < best[3]:
            distance = max(y - py[down], abs(px[down] - x))
            if rest is None or distance < best[3]:
                best = _push(best, rest, distance)
            down -= 1
            searching = True
    return best, up - down - start


@njit
def _place_of(py: Array, begin: int, end: int, y: float) -> Any:
    """First place in [begin, end) whose y is not below the given; free of branches."""
    length = end - begin
    while length > 0:
        half = (length + 1) >> 1
        begin += half * (py[begin + half - 1] < y)
        length -= half
    return begin


@_inlined
def _search_point(
    px: Array, py: Array, edges: Any, strip: int, at: int, best: Array, rest: Any
) -> Any:
    """Search the own strip, those to the right, then those to the left."""
    bounds, first, last = edges
    point = px[at], py[at]
    work = 0
    near, step = strip, 1
    up, down = at + 1, at - 1
    while True:
        window = bounds[near], down, up, bounds[near + 1]
        best, seen = _scan(px, py, best, rest, point, window)
        work += 4 + seen
        near += step
        if step == 1 and (near == first.shape[0] or first[near] - point[0] >= best[3]):
            step, near = -1, strip - 1
        if step == -1 and (near < 0 or point[0] - last[near] >= best[3]):
            return best, work
        up = _place_of(py, bounds[near], bounds[near + 1], point[1])
        down = up - 1


@njit
def _tied(px: Array, py: Array, at: int, begin: int, end: int) -> Any:
    """Rows of a strip equal to row at, itself included; ties are neighbours."""
    first = at
    while first > begin and py[first - 1] == py[at] and px[first - 1] == px[at]:
        first -= 1
    past = at + 1
    while past < end and py[past] == py[at] and px[past] == px[at]:
        past += 1
    return past - first


@njit
def _members(best: Array, rest: Any, tol: float) -> Any:
    """Points inside the k-th distance, the point itself included."""
    inside = 1
    for distance in best:
        inside += -np.inf < distance < best[3] - tol
    if rest is not None:
        for at in range(rest.shape[0]):
            inside += rest[at] < best[3] - tol
    return inside


@njit
def _empty(k: int) -> Any:
    """Start the four largest of k distances, before any is seen."""
    none = -np.inf
    return (
        np.inf if k > 3 else none,
        np.inf if k > 2 else none,
        np.inf if k > 1 else none,
        np.inf,
    )


@njit
def _search_strip(
    px: Array,
    py: Array,
    edges: Any,
    strip: int,
    k: int,
    rest: Any,
    tol: float,
    found: Any,
) -> Any:
    """Fill found (reaches, inside), by place, for one strip; returns points seen."""
    reaches, inside = found
    begin, end = edges[0][strip], edges[0][strip + 1]
    work = 0
    for at in range(begin, end):
        x, y = px[at], py[at]
        if at > begin and inside[at - 1] > k and px[at - 1] == x and py[at - 1] == y:
            reaches[at], inside[at] = reaches[at - 1], inside[at - 1]
            continue
        if rest is not None:
            for place in range(rest.shape[0]):
                rest[place] = np.inf
        best, seen = _search_point(px, py, edges, strip, at, _empty(k), rest)
        work += seen
        if best[3] > tol:
            reaches[at], inside[at] = best[3] - tol, _members(best, rest, tol)
        else:
            reaches[at] = np.nextafter(0.0, 1.0)
            inside[at] = _tied(px, py, at, begin, end)
            work += inside[at]
    return work


@njit
def _search_group(
    group: Any,
    k: int,
    rest: Any,
    tol: float,
    reach_x: Array,
    reach_y: Array,
    inside: Array,
) -> Any:
    """k-th neighbours within one group; False where the strips degenerate."""
    xs, ys, cross = group
    n = xs.shape[0]
    bounds = _cut(xs, max(8, int(1.4 * math.sqrt(n * k))))
    px, py, ranks = _deal(xs, ys, _sort_ties(ys, cross), bounds)
    edges = bounds, xs[bounds[:-1]], xs[bounds[1:] - 1]
    reaches = np.empty(n, np.float64)
    found = reaches, inside
    work = 0
    for strip in range(bounds.shape[0] - 1):
        work += _search_strip(px, py, edges, strip, k, rest, tol, found)
        if work > _PATIENCE * (k + 2) * n:
            return False
    for at in range(n):
        reach_x[ranks[at, 0]] = reaches[at]
        reach_y[ranks[at, 1]] = reaches[at]
    return True


@njit
def plane_radii(
    xs: Array, ys: Array, cross: Array, starts: Array, k: int, tol: float, rest: Any
) -> Any:
    """Reach of, and points inside, the k-th neighbour of each point of each group.

    xs, ys (n,) float64, group by group, each sorted; cross (n,) int32: place in xs of
    the row at each place of ys; starts (g + 1,) intp, at least two rows a group; tol:
    rounding error of the values, equal values being equal to the last bit; rest:
    scratch (k - 4,) float64, or None where k <= 4.
    Returns whether the strips sufficed, the reaches by place in xs and in ys, both
    (n,) float64, and the points inside, the point included (n,) int64, in any order.
    """
    n = xs.shape[0]
    reach_x, reach_y = np.empty(n, np.float64), np.empty(n, np.float64)
    inside = np.zeros(n, np.int64)
    for group in range(starts.shape[0] - 1):
        own = slice(starts[group], starts[group + 1])
        near = min(k, starts[group + 1] - starts[group] - 1)
        scratch = rest
        if rest is not None:
            scratch = rest[: max(0, near - 4)]
        rows = xs[own], ys[own], cross[own] - np.int32(starts[group])
        if not _search_group(
            rows, near, scratch, tol, reach_x[own], reach_y[own], inside[own]
        ):
            return False, reach_x, reach_y, inside
    return True, reach_x, reach_y, inside
