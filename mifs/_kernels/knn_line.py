"""k-NN in one dimension: Ross's estimator and neighbour counts in sorted columns.

All comparisons are made on differences ``|x - v|``, never on bounds ``v + r``: the
k-th neighbour lies exactly on the radius, and a rounded bound would move it. Inside is
strictly closer, as in KSG's algorithm 1 (2004, equation 8): n_x + 1, self included.

Sorted values make a neighbourhood an interval of places, and a count the difference
of its bounds. These are bisected within the cell of `_index` in which they lie: a few
steps where values spread evenly, log n at worst.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit
from mifs._kernels.selection import kth_smallest

Arrays: TypeAlias = tuple[Array, ...]
Index: TypeAlias = tuple[Array, float, float, Array]

# Mean length of a window up to which reading it beats a search in a tree.
_PATIENCE = 4000

# Neighbours up to which all k + 1 windows of a point are tried, without a branch.
_FEW = 12

# Points whose bounds are searched side by side, and whose terms are summed apart.
_BATCH = 64

# Part of the values at each end that is left out of the cells of an index.
_TAIL = 128


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
def _kth_distances(own: Array, k: int) -> Any:
    """Distance of each point of a sorted class from the k-th nearest of the others.

    It and its k nearest are k + 1 neighbouring places: the narrowest such window,
    by its farther end, of all that hold the point.
    """
    n = own.shape[0]
    radii = np.full(n, np.inf)
    if k > _FEW:
        # The window only moves up with the point: 2n steps in all, whatever k.
        low = 0
        for at in range(n):
            low = _slide(own, at, low, k, n)
            radii[at] = max(own[at] - own[low], own[low + k] - own[at])
        return radii
    padded = np.full(n + 2 * k, np.inf)
    for at in range(-k, n):
        padded[k + at] = own[at] if at >= 0 else -np.inf
    for left in range(k + 1):
        lower, upper = padded[left : left + n], padded[left + k : left + k + n]
        for at in range(n):
            below, above = own[at] - lower[at], upper[at] - own[at]
            farther = below if below > above else above
            radii[at] = farther if farther < radii[at] else radii[at]
    return radii


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
    """Ross (2014): ψ(n) + ⟨ψ(k) - ψ(n_d) - ψ(m)⟩, n_d rows of the own class; no noise.

    m: rows of any class closer than the k-th of the own class, and that one itself:
    as many as are strictly closer with the row itself, where nothing ties.

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
        radii = _kth_distances(own, near)
        for place in range(size):
            radius = radii[place]
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
    for at, v in enumerate(own):
        squares[at] = max(0.0, (x * x + (-2.0 * x * v)) + v * v)
    return math.sqrt(kth_smallest(squares, k))


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
        radii = _kth_distances(own, min(k, end - begin - 1))
        for place in range(end - begin):
            reaches[begin + place] = reach_of(radii[place], tol)
            inside[begin + place] = _inside(own, place, reaches[begin + place])
    return reaches, inside


@njit
def _index(values: Array) -> Any:
    """Index of sorted values by equal cells over all but the outermost of them.

    Returns the first place of each cell, the begin and the scale of the cells, and the
    values between minus and plus infinity.
    """
    n = values.shape[0]
    # Heavy tails would stretch the cells until most values shared one.
    tail = n // _TAIL
    lowest, span = values[tail], values[n - 1 - tail] - values[tail]
    scale = n / span if span > 1e-200 else 0.0
    places, padded = np.zeros(n + 3, np.int32), np.empty(n + 2, np.float64)
    padded[0], padded[n + 1] = -np.inf, np.inf
    for at in range(n):
        padded[at + 1] = values[at]
        cell = max(0.0, min((values[at] - lowest) * scale, float(n)))
        places[1 + np.int64(cell)] += 1
    for cell in range(1, n + 3):
        places[cell] += places[cell - 1]
    return places, lowest, scale, padded


@njit
def _guess(index: Index, at: Array, reach: Array, found: Arrays) -> Any:
    """Begin the bounds of some values at the first places of their cells.

    Returns the bits of the number of values in the fullest of these cells.
    """
    places, lowest, scale, _ = index
    first, past = found
    last = float(places.shape[0] - 3)
    fullest = 0
    for i in range(at.shape[0]):
        low, high = at[i] - reach[i] - lowest, at[i] + reach[i] - lowest
        cell = np.uint64(np.int64(max(0.0, min(low * scale, last))))
        first[i] = places[cell]
        fullest |= places[cell + np.uint64(1)] - places[cell]
        cell = np.uint64(np.int64(max(0.0, min(high * scale, last))))
        past[i] = places[cell]
        fullest |= places[cell + np.uint64(1)] - places[cell]
    bits = 0
    while fullest >> bits > 0:
        bits += 1
    return bits


@njit
def _bisect(padded: Array, bits: int, at: Array, reach: Array, found: Arrays) -> Any:
    """Move the bounds of some values on, side by side, up to 2 ** bits - 1 places.

    Steps are shifted truth values: of a product the compiler would make a branch.
    """
    first, past = found
    last = padded.shape[0] - 1
    while bits > 0:
        bits -= 1
        ahead = 1 << bits
        for i in range(at.shape[0]):
            below = at[i] - padded[np.uint64(min(first[i] + ahead, last))] >= reach[i]
            inside = padded[np.uint64(min(past[i] + ahead, last))] - at[i] < reach[i]
            first[i] += np.int64(below) << bits
            past[i] += np.int64(inside) << bits


@njit
def _correct(padded: Array, begin: int, at: Array, reach: Array, found: Arrays) -> Any:
    """Find bounds anew that rounding put into a neighbouring cell.

    The cell of ``v - r`` is a guess from a bound; the four comparisons decide.
    """
    first, past = found
    for i in range(at.shape[0]):
        low, high = np.uint64(first[i]), np.uint64(past[i])
        missed = at[i] - padded[low] < reach[i]
        missed |= at[i] - padded[low + np.uint64(1)] >= reach[i]
        missed |= padded[high + np.uint64(1)] - at[i] < reach[i]
        missed |= padded[high] - at[i] >= reach[i]
        if missed:
            first[i] = _first_beyond_left(padded[1:-1], begin + i, reach[i], 1) + 1
            past[i] = _first_beyond_right(padded[1:-1], begin + i, reach[i], 1)


@njit
def _search(index: Index, begin: int, reach: Array, found: Arrays) -> Any:
    """Find the bounds of a batch of values."""
    padded = index[3]
    at = padded[begin + 1 : begin + 1 + reach.shape[0]]
    bits = _guess(index, at, reach, found)
    _bisect(padded, bits, at, reach, found)
    _correct(padded, begin, at, reach, found)


@njit
def _bounds(values: Array, reaches: Array) -> Any:
    """First place, and the one past the last, closer than its reach to each value."""
    n = values.shape[0]
    index = _index(values)
    first, past = np.empty(n, np.int64), np.empty(n, np.int64)
    for begin in range(0, n, _BATCH):
        own = slice(begin, min(begin + _BATCH, n))
        _search(index, begin, reaches[own], (first[own], past[own]))
    return first, past


@njit
def _sum_of_psi(values: Array, reaches: Array, psi: Array) -> Any:
    """Sum of the digammas of the values inside, batch by batch, for rounding errors."""
    n = values.shape[0]
    index = _index(values)
    first, past = np.empty(_BATCH, np.int64), np.empty(_BATCH, np.int64)
    total = 0.0
    for begin in range(0, n, _BATCH):
        own = slice(begin, min(begin + _BATCH, n))
        _search(index, begin, reaches[own], (first, past))
        part = 0.0
        for i in range(min(begin + _BATCH, n) - begin):
            part += psi[past[i] - first[i]]
        total += part
    return total


@njit
def ross_plain(values: Array, labels: Array, starts: Array, k: int, psi: Array) -> Any:
    """Ross's estimator as scikit-learn counts it, ties left to the caller's noise.

    Shapes as in `ross`. In a class of at most 2k + 1 rows scikit-learn leaves its tree
    for a matrix product, whose rounding decides which points are inside.
    """
    n = values.shape[0]
    grouped, ranks = _gather_classes(values, labels, starts)
    reaches = np.empty(n, np.float64)
    total = 0.0
    for label in range(starts.shape[0] - 1):
        begin, end = starts[label], starts[label + 1]
        own = grouped[begin:end]
        size = end - begin
        near = min(k, size - 1)
        radii = _kth_distances(own, near)
        for place in range(size):
            radius = radii[place]
            if near >= size // 2:
                radius = _rounded_radius(own, place, near)
            reaches[ranks[begin + place]] = max(radius, np.nextafter(0.0, 1.0))
        total += size * (psi[near] - psi[size])
    total -= _sum_of_psi(values, reaches, psi)
    return psi[n] + total / n


@njit
def line_psi(values: Array, starts: Array, reaches: Array, psi: Array) -> Any:
    """Digamma of the points of the own group closer than the reach, self included.

    values (n,) float64, group by group, each sorted; starts (g + 1,) intp;
    reaches (n,) float64; psi (n + 1,) float64. Returns their sum.
    """
    total = 0.0
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        total += _sum_of_psi(values[begin:end], reaches[begin:end], psi)
    return total


@njit
def line_counts(values: Array, starts: Array, reaches: Array) -> Any:
    """Points of the own group closer than the reach, the point itself included.

    Shapes as in `line_psi`; returns (n,) int64.
    """
    counts = np.empty(values.shape[0], np.int64)
    for group in range(starts.shape[0] - 1):
        begin, end = starts[group], starts[group + 1]
        first, past = _bounds(values[begin:end], reaches[begin:end])
        for at in range(begin, end):
            counts[at] = past[at - begin] - first[at - begin]
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
        first, past = _bounds(values[begin:end], reaches[begin:end])
        work += (past - first).sum()
        if work > _PATIENCE * n:
            return False, counts
        beside = others[begin:end]
        for place in range(end - begin):
            centre, reach = beside[place], reaches[begin + place]
            count = 0
            for at in range(np.uint64(first[place]), np.uint64(past[place])):
                count += abs(beside[at] - centre) < reach
            counts[begin + place] = count
    return True, counts
