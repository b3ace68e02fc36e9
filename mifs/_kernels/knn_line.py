"""k-NN in one dimension: Ross's estimator and neighbour counts in sorted columns.

All comparisons are made on differences ``|x - v|``, never on bounds ``v + r``: the
k-th neighbour lies exactly on the radius, and a rounded bound would move it.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from mifs._kernels.jit import njit

Array = np.ndarray[Any, np.dtype[Any]]

# Mean length of a window up to which reading it beats a search in a tree.
_PATIENCE = 4000

# A call from the innermost loop counts references to each array, atomically: dearer
# than the search itself. These helpers become part of their (cached) caller.
_inlined = numba.njit(nogil=True, inline="always")


@njit
def _first_beyond_right(values: Array, at: int, reach: float, step: int) -> Any:
    """First index > at whose value is at least reach above values[at]."""
    n = values.shape[0]
    centre = values[at]
    low = at
    high = at + step
    while high < n and values[high] - centre < reach:
        low = high
        step *= 2
        high += step
    length = min(high, n) - low - 1
    while length > 0:
        half = (length + 1) >> 1
        low += half * (values[low + half] - centre < reach)
        length -= half
    return low + 1


@njit
def _first_beyond_left(values: Array, at: int, reach: float, step: int) -> Any:
    """Last index < at whose value is at least reach below values[at], or -1."""
    centre = values[at]
    high = at
    low = at - step
    while low >= 0 and centre - values[low] < reach:
        high = low
        step *= 2
        low -= step
    length = high - max(low, -1) - 1
    while length > 0:
        half = (length + 1) >> 1
        high -= half * (centre - values[high - half] < reach)
        length -= half
    return high - 1


@njit
def _inside(values: Array, at: int, reach: float) -> Any:
    """Count the values closer than reach to values[at], itself included."""
    right = _first_beyond_right(values, at, reach, 1)
    return right - _first_beyond_left(values, at, reach, 1) - 1


@njit
def _gather_classes(values: Array, labels: Array, starts: Array) -> Any:
    """Values class by class, each class sorted, and their ranks in the column."""
    n = values.shape[0]
    free = starts.copy()
    grouped = np.empty(n, np.float64)
    ranks = np.empty(n, np.int32)
    for rank in range(n):
        place = free[labels[rank]]
        free[labels[rank]] = place + 1
        grouped[place] = values[rank]
        ranks[place] = rank
    return grouped, ranks


@njit
def _slide(grouped: Array, at: int, low: int, k: int, end: int) -> Any:
    """Slide the window [low, low + k] of a class to the k nearest of point at."""
    centre = grouped[at]
    low = max(low, at - k)
    while (
        low < at
        and low + k + 1 < end
        and grouped[low + k + 1] - centre < centre - grouped[low]
    ):
        low += 1
    return low


@njit
def _expected_inside(
    values: Array, own: Array, at: int, place: int, radius: float, k: int, tol: float
) -> Any:
    """Points within the k-th neighbour of the own class, ties broken on average.

    Of b tied own-class points on the radius the j-th, in random order, is the k-th
    neighbour; then (j - 1) of them, and j / (b + 1) of each other tied point, are in.
    Without a tie this is Ross's count.
    """
    beyond = np.nextafter(radius + tol, np.inf)
    strict = _inside(values, at, radius - tol)
    closed = _inside(values, at, beyond)
    if closed == strict + 1:
        return float(strict)
    own_strict = _inside(own, place, radius - tol)
    own_tied = _inside(own, place, beyond) - own_strict
    others_tied = closed - strict - own_tied
    nth = k - (own_strict - 1)
    return strict + (nth - 1) + others_tied * nth / (own_tied + 1.0)


@njit
def _psi_between(psi: Array, count: float) -> Any:
    """Digamma at a real count, linear between the integers of the table."""
    whole = int(count)
    part = count - whole
    if part == 0.0:
        return psi[whole]
    return (1.0 - part) * psi[whole] + part * psi[whole + 1]


@njit
def ross(
    values: Array, labels: Array, starts: Array, k: int, tol: float, psi: Array
) -> Any:
    """Ross (2014), equation 8, mean over points; ties without noise.

    values (n,) float64 sorted, labels (n,) intp of the sorted rows, starts (c + 1,)
    intp with at least two rows a class, tol: rounding error of the values,
    psi (n + 1,) float64 digamma table.
    """
    n = values.shape[0]
    grouped, ranks = _gather_classes(values, labels, starts)
    total = 0.0
    for label in range(starts.shape[0] - 1):
        begin, end = starts[label], starts[label + 1]
        own = grouped[begin:end]
        size = end - begin
        near = min(k, size - 1)
        low = 0
        for place in range(size):
            low = _slide(own, place, low, near, size)
            radius = max(own[place] - own[low], own[low + near] - own[place])
            at = ranks[begin + place]
            if radius > tol:
                count = _expected_inside(values, own, at, place, radius, near, tol)
                total += psi[near] - _psi_between(psi, count)
            else:
                reach = np.nextafter(tol, np.inf)
                total += psi[_inside(own, place, reach)]
                total -= psi[_inside(values, at, reach)]
        total -= size * psi[size]
    return psi[n] + total / n


@njit
def _rounded_radius(own: Array, place: int, k: int) -> Any:
    """k-th neighbour distance from rounded squares, x² - 2xv + v²."""
    squares = np.empty(own.shape[0], np.float64)
    x = own[place]
    for at in range(own.shape[0]):
        v = own[at]
        squares[at] = max(0.0, (x * x + (-2.0 * x * v)) + v * v)
    squares.sort()
    return math.sqrt(squares[k])


@njit
def ross_plain(values: Array, labels: Array, starts: Array, k: int, psi: Array) -> Any:
    """Ross's estimator as scikit-learn counts it, ties left to the caller's noise.

    Shapes as in `ross`. In a class of at most 2k + 1 rows scikit-learn leaves its tree
    for a matrix product, whose rounding decides which points are inside.
    """
    n = values.shape[0]
    grouped, ranks = _gather_classes(values, labels, starts)
    total = 0.0
    for label in range(starts.shape[0] - 1):
        begin, end = starts[label], starts[label + 1]
        own = grouped[begin:end]
        size = end - begin
        near = min(k, size - 1)
        low = 0
        for place in range(size):
            low = _slide(own, place, low, near, size)
            radius = max(own[place] - own[low], own[low + near] - own[place])
            if near >= size // 2:
                radius = _rounded_radius(own, place, near)
            reach = max(radius, np.nextafter(0.0, 1.0))
            total -= psi[_inside(values, ranks[begin + place], reach)]
        total += size * (psi[near] - psi[size])
    return psi[n] + total / n


@njit
def reach_of(radius: float, tol: float) -> Any:
    """Distances below the reach are inside: short of the radius, or tied with 0."""
    if radius > tol:
        return radius - tol
    return np.nextafter(tol, np.inf)


@njit
def line_radii(values: Array, starts: Array, k: int, tol: float) -> Any:
    """Reach of, and points inside, the k-th neighbour in each sorted group.

    values (n,) float64, group by group, each sorted; starts (g + 1,) intp, at least
    two values a group. Returns reach (n,) float64 and inside (n,) int64.
    """
    n = values.shape[0]
    reaches = np.empty(n, np.float64)
    inside = np.empty(n, np.int64)
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        own = values[begin:end]
        near = min(k, end - begin - 1)
        low = 0
        for place in range(end - begin):
            low = _slide(own, place, low, near, end - begin)
            radius = max(own[place] - own[low], own[low + near] - own[place])
            reaches[begin + place] = reach_of(radius, tol)
            inside[begin + place] = _inside(own, place, reaches[begin + place])
    return reaches, inside


@njit
def _index(values: Array) -> Any:
    """Index of equal cells over sorted values: first place of each cell, and scale."""
    n = values.shape[0]
    span = values[n - 1] - values[0]
    scale = n / span if span > 1e-200 else 0.0
    places = np.empty(n + 2, np.int32)
    filled = 0
    for at in range(n):
        cell = min(int((values[at] - values[0]) * scale), n)
        while filled <= cell:
            places[filled] = at
            filled += 1
    places[filled:] = n
    return places, scale


@_inlined
def _jump_right(values: Array, index: Any, at: int, reach: float) -> Any:
    """As `_first_beyond_right`, the start of the search taken from the index."""
    places, scale = index
    n = values.shape[0]
    centre = values[at]
    low, length = n, 0
    if centre + reach <= values[n - 1]:
        cell = int((centre + reach - values[0]) * scale)
        low = max(places[cell], at + 1)
        length = places[cell + 1] - low
    while length > 0:
        half = (length + 1) >> 1
        low += half * (values[low + half - 1] - centre < reach)
        length -= half
    while low < n and values[low] - centre < reach:
        low += 1
    while low > at + 1 and values[low - 1] - centre >= reach:
        low -= 1
    return low


@_inlined
def _jump_left(values: Array, index: Any, at: int, reach: float) -> Any:
    """As `_first_beyond_left`, the start of the search taken from the index."""
    places, scale = index
    centre = values[at]
    low, length = 0, 0
    if centre - reach >= values[0]:
        cell = int((centre - reach - values[0]) * scale)
        low = places[cell]
        length = min(places[cell + 1], at) - low
    while length > 0:
        half = (length + 1) >> 1
        low += half * (centre - values[low + half - 1] >= reach)
        length -= half
    low = min(low, at)
    while low > 0 and centre - values[low - 1] < reach:
        low -= 1
    while low < at and centre - values[low] >= reach:
        low += 1
    return low - 1


@njit
def line_psi(values: Array, starts: Array, reaches: Array, psi: Array) -> Any:
    """Digamma of the points of the own group closer than the reach, self included.

    values (n,) float64, group by group, each sorted; starts (g + 1,) intp;
    reaches (n,) float64; psi (n + 1,) float64. Returns their sum.
    """
    total = 0.0
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        own = values[begin:end]
        index = _index(own)
        for place in range(end - begin):
            reach = reaches[begin + place]
            right = _jump_right(own, index, place, reach)
            total += psi[right - _jump_left(own, index, place, reach) - 1]
    return total


@njit
def line_counts(values: Array, starts: Array, reaches: Array) -> Any:
    """Points of the own group closer than the reach, the point itself included.

    Shapes as in `line_psi`; returns (n,) int64.
    """
    counts = np.empty(values.shape[0], np.int64)
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        own = values[begin:end]
        index = _index(own)
        for place in range(end - begin):
            reach = reaches[begin + place]
            right = _jump_right(own, index, place, reach)
            counts[begin + place] = right - _jump_left(own, index, place, reach) - 1
    return counts


@njit
def window_counts(values: Array, others: Array, starts: Array, reaches: Array) -> Any:
    """Points of the own group inside a square, the point itself included.

    The window of each point in the first column is read in full, which beats a tree
    up to some thousand points. values, others (n,) float64, group by group, each sorted
    by values; starts (g + 1,) intp; reaches (n,) float64.
    Returns whether the windows were short enough, and the counts (n,) int64.
    """
    n = values.shape[0]
    counts = np.empty(n, np.int64)
    work: Any = 0
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        own = values[begin:end]
        beside = others[begin:end]
        index = _index(own)
        for place in range(end - begin):
            reach = reaches[begin + place]
            first = np.uint64(_jump_left(own, index, place, reach) + 1)
            past = np.uint64(_jump_right(own, index, place, reach))
            centre = beside[place]
            count = 0
            for at in range(first, past):
                count += abs(beside[at] - centre) < reach
            counts[begin + place] = count
            work += np.int64(past - first)
            if work > _PATIENCE * n:
                return False, counts
    return True, counts
