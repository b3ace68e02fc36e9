"""k-th neighbours in the plane under the max norm, without a tree.

The search of KSG (Kraskov, Stögbauer, Grassberger 2004, equation 8): the distance of
the k-th neighbour, max(|dx|, |dy|), beside which `knn_line` counts points on each axis.

The points are cut along x into strips of about sqrt(n k) points, each sorted by y. A
point searches its own strip outwards from its own place, then the next strips while
their gap in x is below the k-th distance. A square with k of n evenly spread points is
about as wide as a strip (`knn_strips`), so that a point sees a few times k others.
Where many points share a y it would see all of them; there strips are searched along x
as well, and the direction that ends first decides, at twice its cost. What defeats both
is given up early and left to the tree of `knn_space`, whose cost does not depend on the
data.

Differences are compared with distances, `v - x < r`, never bounds, `v < x + r`: the
k-th neighbour lies exactly on the radius, and a rounded sum would move it in or out.
Inside is strictly closer, by more than the rounding error tol of dx and dy.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.knn_strips import cut_into_strips

Arrays: TypeAlias = tuple[Array, ...]
Point: TypeAlias = tuple[float, float]
Window: TypeAlias = tuple[int, ...]
Rest: TypeAlias = Array | None

# Points looked at per point and neighbour (and two more) before the search gives up:
# weakly and strongly dependent samples need 3 to 8, heavy tails on both sides most.
_PATIENCE = 40

# The same of one point, after which the next ones are searched along x as well.
_DEAR = 32


@inlined
def _push(best: Array, rest: Rest, distance: float) -> Any:
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


@inlined
def _scan(
    px: Array, py: Array, best: Array, rest: Rest, point: Point, window: Window
) -> Any:
    """Search a strip from place up on and from down back; the best, points seen.

    In turn, for near points on either side shrink the distance at which both end. At
    that distance a point changes nothing, so ties on it need not be looked at.
    """
    x, y = point
    begin, down, up, end = window
    start = up - down
    searching = True
    while searching:
        searching = False
        if up < end and py[up] - y < best[3]:
            distance = max(py[up] - y, abs(px[up] - x))
            # Registers take any distance without a branch; the rest has to be moved.
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


@inlined
def _offer(best: Array, rest: Rest, along: float, across: float) -> Any:
    """Push the distance of a point into the k best."""
    distance = max(along, abs(across))
    if rest is None or distance < best[3]:
        best = _push(best, rest, distance)
    return best


@inlined
def _weave(plane: Arrays, best: Array, rest: Rest, point: Point, window: Window) -> Any:
    """Search a strip along y and along x in turn, until one of them is exhausted.

    Places in (down, up) and x ranks in (left, right) are those seen; each way leaves
    out what the other has seen, and either alone finds the k best. Returns the best,
    the points seen, and whether y was exhausted first.
    """
    px, py, xs, ranks, places = plane
    x, y = point
    begin, down, up, end, left, right = window
    start = up - down - left + right
    searching = True
    by_y = False
    while searching:
        searching = False
        if up < end and py[up] - y < best[3]:
            if not left < ranks[up] < right:
                best = _offer(best, rest, py[up] - y, px[up] - x)
            up += 1
            searching = True
        if down >= begin and y - py[down] < best[3]:
            if not left < ranks[down] < right:
                best = _offer(best, rest, y - py[down], px[down] - x)
            down -= 1
            searching = True
        if not searching:
            by_y = True
            break
        searching = False
        if right < end and xs[right] - x < best[3]:
            if not down < places[right] < up:
                best = _offer(best, rest, xs[right] - x, py[places[right]] - y)
            right += 1
            searching = True
        if left >= begin and x - xs[left] < best[3]:
            if not down < places[left] < up:
                best = _offer(best, rest, x - xs[left], py[places[left]] - y)
            left -= 1
            searching = True
    return best, up - down - left + right - start, by_y


@njit
def _place_of(py: Array, begin: int, end: int, y: float) -> Any:
    """First place in [begin, end) whose y is not below the given; free of branches."""
    length = end - begin
    while length > 0:
        half = (length + 1) >> 1
        begin += half * (py[begin + half - 1] < y)
        length -= half
    return begin


@inlined
def _search_point(
    plane: Arrays, edges: Arrays, strip: int, at: int, best: Array, rest: Rest
) -> Any:
    """Search the own strip, those to the right, then those to the left."""
    px, py = plane[:2]
    bounds, first, last = edges
    point = px[at], py[at]
    work = 0
    near, step = strip, 1
    up, down = at + 1, at - 1
    while True:
        window = bounds[near], down, up, bounds[near + 1]
        best, seen = _scan(px, py, best, rest, point, window)
        # A strip itself costs about as much as four points.
        work += 4 + seen
        near += step
        if step == 1 and (near == first.shape[0] or first[near] - point[0] >= best[3]):
            step, near = -1, strip - 1
        if step == -1 and (near < 0 or point[0] - last[near] >= best[3]):
            return best, work
        up = _place_of(py, bounds[near], bounds[near + 1], point[1])
        down = up - 1


@inlined
def _weave_point(
    plane: Arrays, edges: Arrays, strip: int, at: int, best: Array, rest: Rest
) -> Any:
    """Search as `_search_point`, by weaving; third, whether y was always exhausted."""
    px, py, _, ranks, _ = plane
    bounds, first, last = edges
    x, y = px[at], py[at]
    work, by_y = 0, True
    near, step = strip, 1
    up, down, right, left = at + 1, at - 1, ranks[at] + 1, ranks[at] - 1
    while True:
        window = bounds[near], down, up, bounds[near + 1], left, right
        best, seen, here = _weave(plane, best, rest, (x, y), window)
        work += 4 + seen
        by_y = by_y and here
        near += step
        if step == 1 and (near == first.shape[0] or first[near] - x >= best[3]):
            step, near = -1, strip - 1
        if step == -1 and (near < 0 or x - last[near] >= best[3]):
            return best, work, by_y
        up = _place_of(py, bounds[near], bounds[near + 1], y)
        right = bounds[near] if step == 1 else bounds[near + 1]
        down, left = up - 1, right - 1


@inlined
def _equal(plane: Arrays, first: int, second: int) -> Any:
    """Whether two rows are equal, by place."""
    px, py = plane[:2]
    return py[first] == py[second] and px[first] == px[second]


@njit
def _tied(plane: Arrays, at: int, begin: int, end: int) -> Any:
    """Rows of a strip equal to row at, itself included; ties are neighbours."""
    first = at
    while first > begin and _equal(plane, first - 1, at):
        first -= 1
    past = at + 1
    while past < end and _equal(plane, past, at):
        past += 1
    return past - first


@njit
def _members(best: Array, rest: Rest, tol: float) -> Any:
    """Points inside the k-th distance, the point itself included: k without ties."""
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
def _search(
    plane: Arrays,
    edges: Arrays,
    span: tuple[int, int, int],
    goal: tuple[int, float],
    rest: Rest,
    both: bool | None,
    found: Arrays,
) -> Any:
    """Fill found (reaches, inside), by place, from a place of a strip on.

    With both None along y, up to the first point that is dear; else along x and y,
    until that is made good and y alone would do. Returns the place after the last
    point, the points seen, and for how many points x and y are due.
    """
    k, tol = goal
    strip, begin, due = span
    bounds = edges[0]
    reaches, inside = found
    work = 0
    for at in range(begin, bounds[strip + 1]):
        due -= 1
        # Equal rows have one answer; of m ties each on its own would look at m.
        if at > bounds[strip] and inside[at - 1] > k and _equal(plane, at - 1, at):
            reaches[at], inside[at] = reaches[at - 1], inside[at - 1]
            continue
        if rest is not None:
            rest[:] = np.inf
        by_y = True
        if both is None:
            best, seen = _search_point(plane, edges, strip, at, _empty(k), rest)
        else:
            best, seen, by_y = _weave_point(plane, edges, strip, at, _empty(k), rest)
        work += seen
        if best[3] > tol:
            reaches[at], inside[at] = best[3] - tol, _members(best, rest, tol)
        else:
            # At distance 0 the tied rows count in place of k (Mesner, Shalizi 2021).
            reaches[at] = np.nextafter(0.0, 1.0)
            inside[at] = _tied(plane, at, bounds[strip], bounds[strip + 1])
            work += inside[at]
        # The next seen / 16 points are woven; then y alone is tried again.
        if both is None and seen > _DEAR * (k + 2):
            return at + 1, work, seen // 16
        if both is not None and by_y and due <= 0 and seen <= _DEAR * (k + 2):
            return at + 1, work, 0
    return bounds[strip + 1], work, due


@njit
def _search_group(group: Arrays, k: int, rest: Rest, tol: float, found: Arrays) -> Any:
    """k-th neighbours within one group; False where the strips degenerate."""
    xs, ys, cross = group
    reach_x, reach_y, inside = found
    plane, edges, by_y = cut_into_strips(xs, ys, cross, k)
    bounds = edges[0]
    reaches = np.empty(xs.shape[0], np.float64)
    own, goal = (reaches, inside), (k, tol)
    work = due = 0
    for strip in range(bounds.shape[0] - 1):
        at, end = bounds[strip], bounds[strip + 1]
        while at < end:
            span = strip, at, due
            if due <= 0:
                # None and True have types of their own, so each way is compiled apart.
                at, seen, due = _search(plane, edges, span, goal, rest, None, own)
            else:
                at, seen, due = _search(plane, edges, span, goal, rest, True, own)
            work += seen
        if work > _PATIENCE * (k + 2) * (end + xs.shape[0] // 16):
            return False
        for at in range(bounds[strip], end):
            reach_x[plane[3][at]] = reaches[at]
    for at in range(xs.shape[0]):
        reach_y[at] = reaches[by_y[at]]
    return True


@njit
def plane_radii(
    xs: Array, ys: Array, cross: Array, starts: Array, k: int, tol: float, rest: Rest
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
        found = reach_x[own], reach_y[own], inside[own]
        if not _search_group(rows, near, scratch, tol, found):
            return False, reach_x, reach_y, inside
    return True, reach_x, reach_y, inside
