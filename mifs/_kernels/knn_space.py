"""k-th neighbours and neighbour counts in any dimension: a k-d tree, max norm.

The tree is balanced whatever the data (ties, clusters, heavy tails): node i has the
children 2i and 2i + 1, each with half of its points and a tight bounding box.

Boxes are compared by the same differences as points (see `knn_line`). Rounding keeps
order, so a box is never farther than a point in it, and no neighbour is missed.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit

_LEAF = 16


@njit
def _swap(points: Array, ids: Array, a: int, b: int) -> Any:
    """Exchange two rows."""
    for axis in range(points.shape[1]):
        kept = points[a, axis]
        points[a, axis] = points[b, axis]
        points[b, axis] = kept
    kept_id = ids[a]
    ids[a] = ids[b]
    ids[b] = kept_id


@njit
def _halve(points: Array, ids: Array, begin: int, end: int, axis: int) -> Any:
    """Partition rows so that those before the middle are not above those after.

    Hoare's selection: scans stop at values equal to the pivot, so ties halve evenly.
    """
    middle = (begin + end) >> 1
    low, high = begin, end - 1
    while low < high:
        pivot = points[(low + high) >> 1, axis]
        left, right = low, high
        while left <= right:
            while points[left, axis] < pivot:
                left += 1
            while points[right, axis] > pivot:
                right -= 1
            if left <= right:
                _swap(points, ids, left, right)
                left += 1
                right -= 1
        if middle <= right:
            high = right
        elif middle >= left:
            low = left
        else:
            return


@njit
def _enclose(points: Array, begin: int, end: int, box: Array) -> Any:
    """Write the bounding box (2, d) of some rows; returns the widest axis."""
    widest, width = 0, -1.0
    for axis in range(points.shape[1]):
        low = high = points[begin, axis]
        for at in range(begin + 1, end):
            low = min(low, points[at, axis])
            high = max(high, points[at, axis])
        box[0, axis], box[1, axis] = low, high
        if high - low > width:
            widest, width = axis, high - low
    return widest


@njit
def _grow(rows: Array) -> Any:
    """Tree over rows (n, d): ordered points, their rows, node spans and boxes."""
    n, axes = rows.shape
    points = rows.copy()
    ids = np.arange(n)
    inner = 1
    while n > _LEAF * inner:
        inner *= 2
    spans = np.empty((2 * inner, 2), np.int64)
    boxes = np.empty((2 * inner, 2, axes), np.float64)
    spans[1, 0], spans[1, 1] = 0, n
    for node in range(1, 2 * inner):
        begin, end = spans[node]
        widest = _enclose(points, begin, end, boxes[node])
        if node < inner:
            _halve(points, ids, begin, end, widest)
            middle = (begin + end) >> 1
            spans[2 * node, 0], spans[2 * node, 1] = begin, middle
            spans[2 * node + 1, 0], spans[2 * node + 1, 1] = middle, end
    return points, ids, spans, boxes


@inlined
def _gap(axes: Sized, boxes: Array, node: int, points: Array, at: int) -> Any:
    """Distance of a point from a box."""
    gap = 0.0
    for axis in range(len(axes)):
        gap = max(gap, boxes[node, 0, axis] - points[at, axis])
        gap = max(gap, points[at, axis] - boxes[node, 1, axis])
    return gap


@inlined
def _extent(axes: Sized, boxes: Array, node: int, points: Array, at: int) -> Any:
    """Distance of a point from the farthest corner of a box."""
    extent = 0.0
    for axis in range(len(axes)):
        extent = max(extent, boxes[node, 1, axis] - points[at, axis])
        extent = max(extent, points[at, axis] - boxes[node, 0, axis])
    return extent


@inlined
def _apart(axes: Sized, points: Array, at: int, other: int) -> Any:
    """Max-norm distance of two points."""
    distance = 0.0
    for axis in range(len(axes)):
        distance = max(distance, abs(points[at, axis] - points[other, axis]))
    return distance


@inlined
def _scan(
    axes: Sized, points: Array, at: int, begin: int, end: int, best: Array
) -> Any:
    """Insert the distances of some rows into the sorted k best; returns the k-th."""
    last = best.shape[0] - 1
    for other in range(begin, end):
        distance = _apart(axes, points, at, other)
        if distance < best[last] and other != at:
            place = last
            while place > 0 and best[place - 1] > distance:
                best[place] = best[place - 1]
                place -= 1
            best[place] = distance
    return best[last]


@njit
def _search_leaf(
    axes: Sized,
    tree: tuple[Array, ...],
    leaf: int,
    k: int,
    found: tuple[Array, Array, float],
) -> Any:
    """k-th distance, and points inside it, of each point of a leaf."""
    points, _, spans, boxes = tree
    radii, inside, tol = found
    inner = spans.shape[0] >> 1
    best = np.empty(k, np.float64)
    stack = np.empty(128, np.int64)
    for at in range(spans[leaf, 0], spans[leaf, 1]):
        for place in range(k):
            best[place] = np.inf
        worst = _scan(axes, points, at, spans[leaf, 0], spans[leaf, 1], best)
        # From the own leaf up, each sibling on the way: near points come first, so that
        # most boxes are farther than the k-th distance at once.
        own = leaf
        while own > 1:
            stack[0] = own ^ 1
            size = 1
            own >>= 1
            while size > 0:
                size -= 1
                node = stack[size]
                if _gap(axes, boxes, node, points, at) >= worst:
                    continue
                if node >= inner:
                    worst = _scan(
                        axes, points, at, spans[node, 0], spans[node, 1], best
                    )
                else:
                    left = _gap(axes, boxes, 2 * node, points, at)
                    nearer = left > _gap(axes, boxes, 2 * node + 1, points, at)
                    # The nearer child goes on top.
                    stack[size] = 2 * node + 1 - nearer
                    stack[size + 1] = 2 * node + nearer
                    size += 2
        radii[at] = worst
        inside[at] = 1
        for place in range(k):
            inside[at] += best[place] < worst - tol


@njit
def _count_leaf(
    axes: Sized, tree: tuple[Array, ...], leaf: int, reaches: Array, counts: Array
) -> Any:
    """Points closer than its reach to each point of a leaf, itself included."""
    points, _, spans, boxes = tree
    inner = spans.shape[0] >> 1
    stack = np.empty(128, np.int64)
    for at in range(spans[leaf, 0], spans[leaf, 1]):
        reach = reaches[at]
        count = 0
        stack[0] = 1
        size = 1
        while size > 0:
            size -= 1
            node = stack[size]
            if _gap(axes, boxes, node, points, at) >= reach:
                continue
            # A box wholly inside counts without its points, so the cost is that of the
            # border of the neighbourhood, not of all that it holds.
            if _extent(axes, boxes, node, points, at) < reach:
                count += spans[node, 1] - spans[node, 0]
            elif node < inner:
                stack[size] = 2 * node
                stack[size + 1] = 2 * node + 1
                size += 2
            else:
                for other in range(spans[node, 0], spans[node, 1]):
                    count += _apart(axes, points, at, other) < reach
        counts[at] = count


@njit
def _search_group(axes: Sized, tree: tuple[Array, ...], k: int, tol: float) -> Any:
    """Reaches and points inside of one tree, in the order of its points."""
    points, _, spans, _ = tree
    n = points.shape[0]
    radii = np.empty(n, np.float64)
    inside = np.empty(n, np.int64)
    counts = np.empty(n, np.int64)
    for leaf in range(spans.shape[0] >> 1, spans.shape[0]):
        _search_leaf(axes, tree, leaf, k, (radii, inside, tol))
    any_tied = False
    for at in range(n):
        if radii[at] > tol:
            radii[at] -= tol
        else:
            radii[at] = -np.inf
            any_tied = True
    if any_tied:
        # k-th neighbour at distance 0: all rows tied with the point count in place of k
        # (Mesner, Shalizi 2021), and more may be tied than the k best hold.
        tied = radii == -np.inf
        radii[tied] = np.nextafter(0.0, 1.0)
        for leaf in range(spans.shape[0] >> 1, spans.shape[0]):
            _count_leaf(axes, tree, leaf, radii, counts)
        inside[tied] = counts[tied]
    return radii, inside


@njit
def space_radii(points: Array, axes: Sized, starts: Array, k: int, tol: float) -> Any:
    """Reach of, and points inside, the k-th neighbour of each point of each group.

    points (n, d) float64, group by group; axes: tuple of d ints, whose length the
    compiler knows; starts (g + 1,) intp, at least two rows a
    group; tol: rounding error of the values, equal values being equal to the last bit.
    Returns reaches (n,) float64 and inside (n,) int64, the point itself included.
    """
    reaches = np.empty(points.shape[0], np.float64)
    inside = np.empty(points.shape[0], np.int64)
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        tree = _grow(points[begin:end])
        radii, members = _search_group(axes, tree, min(k, end - begin - 1), tol)
        for at in range(end - begin):
            reaches[begin + tree[1][at]] = radii[at]
            inside[begin + tree[1][at]] = members[at]
    return reaches, inside


@njit
def space_counts(points: Array, axes: Sized, starts: Array, reaches: Array) -> Any:
    """Points of the own group closer than the reach, the point itself included.

    points (n, d) float64, group by group; axes: tuple of d ints, whose length the
    compiler knows; starts (g + 1,) intp; reaches (n,) float64.
    Returns (n,) int64.
    """
    counts = np.empty(points.shape[0], np.int64)
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        tree = _grow(points[begin:end])
        own_reaches = reaches[begin:end][tree[1]]
        own_counts = np.empty(end - begin, np.int64)
        for leaf in range(tree[2].shape[0] >> 1, tree[2].shape[0]):
            _count_leaf(axes, tree, leaf, own_reaches, own_counts)
        for at in range(end - begin):
            counts[begin + tree[1][at]] = own_counts[at]
    return counts
