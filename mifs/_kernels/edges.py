"""Quantile edges around frequent values.

A value is *frequent* that holds at least 1 / n_bins of the weight of its column. One
quantile or more would fall on it, and as bins are closed on the right, all that lies
below it, down to the quantile before, would share its bin. So it is a bin of its own:
an edge lies on it, and one on the value below it. The *gaps* below, between and above
frequent values are cut by quantiles of their own.

A column is a list of levels, its distinct values in order, and ``below``, the units of
weight at and below each level; without weights a row is one unit. ``slack`` is how many
units rounding may have moved a sum, ``rows_per_unit`` the rows that a unit is.

How finely the m other rows are cut was measured (docs/estimators.md): into
round(m ** (1 / 3)) parts, so that each has some m ** (2 / 3) rows. More parts predict
the target of new rows worse at small n, fewer at large n.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._kernels.jit import njit

Array = np.ndarray[Any, np.dtype[Any]]

# Counts this close to whole numbers, as a share of them, are whole.
WHOLE = 1e-6


@njit
def _place(values: Array, value: Any, after: bool) -> int:
    """First place of sorted values that are not below one, or ``after`` it."""
    low, high = 0, values.shape[0]
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value or (after and values[middle] == value):
            low = middle + 1
        else:
            high = middle
    return low


@njit
def holds_frequent(
    ordered: Array, below: Array, present: Array, ranks: Array, n_bins: int, slack: int
) -> Array:
    """Which sorted columns (b, n) hold a frequent value, (b,) bool.

    ``below`` (b, n), or (1, n) for all columns, are the units up to each row. Only
    values at the ``ranks`` (b, n_bins - 1) of the quantiles, and the last, have to be
    looked at: of the ranks i·W / n_bins with i = 1 … n_bins, any W / n_bins units in
    succession hold one.
    """
    b = ordered.shape[0]
    found = np.zeros(b, np.bool_)
    for j in range(b):
        column = ordered[j, : present[j]]
        units = below[j if below.shape[0] > 1 else 0]
        last = column.shape[0] - 1
        if last < 0:
            continue
        needed = -(-units[last] // n_bins) - slack
        for i in range(n_bins):
            low = high = ranks[j, i] if i < n_bins - 1 else last
            value = column[low]
            if low > 0 and column[low - 1] == value:
                low = _place(column, value, bool(0))
            if high < last and column[high + 1] == value:
                high = _place(column, value, bool(1)) - 1
            if units[high] - (units[low - 1] if low > 0 else 0) >= needed:
                found[j] = True
                break
    return found


@njit
def levels_of_sorted(
    ordered: Array, below: Array, present: Array
) -> tuple[Array, Array, Array]:
    """Levels of sorted columns (b, n), units up to each level, and where they start."""
    b = ordered.shape[0]
    levels = np.empty(present.sum(), ordered.dtype)
    units = np.empty(present.sum(), np.int64)
    starts = np.zeros(b + 1, np.int64)
    at = 0
    for j in range(b):
        column, up_to = ordered[j], below[j if below.shape[0] > 1 else 0]
        for i in range(present[j]):
            if i + 1 == present[j] or column[i + 1] != column[i]:
                levels[at] = column[i]
                units[at] = up_to[i]
                at += 1
        starts[j + 1] = at
    return levels[:at], units[:at], starts


@njit
def edges_of_levels(
    levels: Array,
    below: Array,
    starts: Array,
    n_bins: int,
    slack: int,
    rows_per_unit: float,
) -> tuple[Array, Array]:
    """Edges of columns given by their levels, and where those of each start."""
    b = starts.shape[0] - 1
    edges = np.empty(levels.shape[0], levels.dtype)
    ends = np.zeros(b + 1, np.int64)
    at = 0
    for j in range(b):
        column = levels[starts[j] : starts[j + 1]]
        units = below[starts[j] : starts[j + 1]]
        if column.shape[0] <= n_bins:
            cut_after = np.ones(column.shape[0], np.bool_)
        else:
            cut_after = _cuts(units, n_bins, slack, rows_per_unit)
        for level in range(column.shape[0] - 1):
            if cut_after[level]:
                edges[at] = column[level]
                at += 1
        ends[j + 1] = at
    return edges[:at].copy(), ends


@njit
def _cuts(below: Array, n_bins: int, slack: int, rows_per_unit: float) -> Array:
    """After which of more than n_bins levels an edge lies, (n_levels,) bool."""
    total = below[-1]
    counts = below.copy()
    for level in range(1, counts.shape[0]):
        counts[level] -= below[level - 1]
    frequent = counts >= -(-total // n_bins) - slack
    firsts, stops, sizes = _gaps(counts, frequent)
    others = sizes.sum()
    wanted = n_bins
    if others < total:
        rows = others * rows_per_unit / _repeats(counts, rows_per_unit)
        # As fine as the bins of a column without frequent values, at the least.
        ordinary = (others + slack) * n_bins // total
        finest = max(int(np.rint(rows ** (1.0 / 3.0))), ordinary)
        wanted = min(n_bins - frequent.sum(), finest)
    parts = _parts(sizes, wanted, slack)
    cut_after: Array = frequent
    for g in range(firsts.shape[0]):
        first, stop = firsts[g], stops[g]
        base = below[first] - counts[first]
        for i in range(1, parts[g]):
            rank = base - (-i * sizes[g] // parts[g]) - slack
            cut_after[first + _place(below[first:stop], rank, bool(0))] = True
        cut_after[stop - 1] = True
    return cut_after


@njit
def _gaps(counts: Array, frequent: Array) -> tuple[Array, Array, Array]:
    """First level of each run of levels that are not frequent, its stop, its units."""
    most = frequent.sum() + 1
    firsts = np.empty(most, np.int64)
    stops = np.empty(most, np.int64)
    sizes = np.zeros(most, np.int64)
    g = -1
    for level in range(counts.shape[0]):
        if frequent[level]:
            continue
        if level == 0 or frequent[level - 1]:
            g += 1
            firsts[g] = level
        stops[g] = level + 1
        sizes[g] += counts[level]
    return firsts[: g + 1], stops[: g + 1], sizes[: g + 1]


@njit
def _parts(sizes: Array, wanted: int, slack: int) -> Array:
    """Into how many parts each gap is cut: one at least, ``wanted`` in all at most.

    Parts are given to the gap whose parts would then have most content, to all such
    gaps or to none (D'Hondt's method without lots): so x and −x are cut alike.
    """
    parts = np.ones(sizes.shape[0], np.int64)
    n_parts = sizes.shape[0]
    while True:
        most = 0.0
        for g in range(sizes.shape[0]):
            most = max(most, sizes[g] / (parts[g] + 1))
        for g in range(sizes.shape[0]):
            n_parts += sizes[g] / (parts[g] + 1) >= most - slack
        if n_parts > wanted:
            return parts
        for g in range(sizes.shape[0]):
            parts[g] += sizes[g] / (parts[g] + 1) >= most - slack


@njit
def _repeats(counts: Array, rows_per_unit: float) -> int:
    """How often the smallest table with these shares is repeated; 1 if rows are parts.

    So edges depend on the shares of the levels alone, not on the scale of weights.
    """
    repeats = 0
    for count in counts:
        rows = count * rows_per_unit
        whole = int(np.rint(rows))
        if abs(rows - whole) > WHOLE * rows:
            return 1
        while whole > 0:
            repeats, whole = whole, repeats % whole
        if repeats == 1:
            return 1
    return repeats
