"""Sorting of columns: rows and values in order, and cuts of their scale."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit

# Values moved per value by the correction of a sort before it gives up.
_PATIENCE = 4


@njit
def sort_keys(values: Array) -> Any:
    """Integers (n,) int64 that sort nearly as the values, their rows in the low bits.

    values (n,) float64, finite. Sorting them takes a third of an argsort, and leaves
    rows of equal values in order. Returns the keys and the bits of a row.
    """
    n = values.shape[0]
    bits = 0
    while (n - 1) >> bits > 0:
        bits += 1
    keys = np.empty(n, np.int64)
    # A sum with 0.0 turns -0.0 into 0.0, its equal.
    same = keys.view(np.float64)
    for row in range(n):
        same[row] = values[row] + 0.0
        key = keys[row]
        if key < 0:
            key ^= np.int64(0x7FFFFFFFFFFFFFFF)
        keys[row] = ((key >> bits) << bits) | row
    return keys, bits


@njit
def take_sorted(values: Array, keys: Array, bits: int) -> Any:
    """Rows (n,) int32 and values (n,) float64 in order, from sorted keys.

    Values that the keys cannot tell apart are put right one by one; the first return
    value is False where they are too many.
    """
    n = values.shape[0]
    rows, ordered = np.empty(n, np.int32), np.empty(n, np.float64)
    mask = (np.int64(1) << bits) - 1
    for at in range(n):
        rows[at] = keys[at] & mask
        ordered[at] = values[rows[at]]
    left = _PATIENCE * n
    for at in range(1, n):
        row, value, to = rows[at], ordered[at], at
        while to > 0 and ordered[to - 1] > value and left > 0:
            rows[to], ordered[to] = rows[to - 1], ordered[to - 1]
            to -= 1
            left -= 1
        if to < at:
            rows[to], ordered[to] = row, value
    return left > 0, rows, ordered


@njit
def places_of(rows: Array, n_rows: int) -> Any:
    """Place of each row in rows, (n_rows,) int32; 0 for those left out."""
    places = np.zeros(n_rows, np.int32)
    for at in range(rows.shape[0]):
        places[rows[at]] = at
    return places


@njit
def cross_places(places: Array, rows: Array) -> Any:
    """Places in one column of the rows of another, in its order; all int32."""
    cross = np.empty(rows.shape[0], np.int32)
    for at in range(rows.shape[0]):
        cross[at] = places[rows[at]]
    return cross


@njit
def ties_less_clusters(ordered: Array) -> Any:
    """Values equal to the one before, less those of a gap that is next to nothing.

    ordered (n,) float64, sorted, or group by group.
    """
    n = ordered.shape[0]
    nothing = abs(ordered[n - 1] - ordered[0]) / n * 2.0**-10
    count: Any = 0
    for at in range(1, n):
        gap = ordered[at] - ordered[at - 1]
        count += np.int64(gap == 0.0) - np.int64(0.0 < gap <= nothing)
    return count
