"""Kernels that read raw columns: facts about them, and their integer codes.

Arrays named ``rows`` are (n, b), one row a sample; ``columns`` are (b, n), one
row a feature, contiguous. ``order`` intp lists the samples whose codes are wanted,
class by class or in any other order; one may be left out or come more than once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.vectors import load_eight, turn_square

# Rows that are turned together: they stay in the second cache.
SPAN_BYTES = 1 << 18
# Values that are binned together.
BATCH = 256
# Values of bytes, of which each is compared with all.
FEW = 8
# Values that are described together: they stay in the first cache.
BLOCK = 2048


@njit
def masks_of_rows(rows: Array, used: int, masks: Array) -> None:
    """Bit v of ``masks[j]`` (b,) uint64: v occurs in column j; all below ``used``, 64.

    Few values are compared with bytes side by side, faster than bits are shifted.
    """
    n, b = rows.shape
    few = np.empty(BATCH, np.uint8)
    for first in range(0, b, BATCH):
        some = masks[first : min(first + BATCH, b)]
        for j in range(BATCH):
            few[np.uint64(j)] = 0
        for i in range(n):
            row = rows[i, first : first + some.shape[0]]
            for v in range(used if used <= FEW else 0):
                bit, value = np.uint8(1 << v), np.uint8(v)
                for j in range(row.shape[0]):
                    at = np.uint64(j)
                    few[at] |= bit if row[at] == value else np.uint8(0)
            for j in range(row.shape[0] if used > FEW else 0):
                at = np.uint64(j)
                some[at] |= np.uint64(1) << np.uint64(row[at] & 63)
        for j in range(some.shape[0] if used <= FEW else 0):
            some[j] = few[np.uint64(j)]


@njit
def masks_of_columns(columns: Array, masks: Array) -> None:
    """Bit v of ``masks[j]`` (b,) uint64: v occurs in column j; all values below 64."""
    b, n = columns.shape
    for j in range(b):
        column = columns[j]
        mask = np.uint64(0)
        for i in range(n):
            mask |= np.uint64(1) << np.uint64(column[i] & 63)
        masks[j] = mask


@njit
def seen_of_masks(masks: Array, seen: Array, n_levels: Array) -> None:
    """Bits of masks (b,) as bytes (b, highest value + 1), and how many there are."""
    for j in range(masks.shape[0]):
        mask = masks[j]
        count: Any = 0
        for v in range(seen.shape[1]):
            bit = np.int64((mask >> np.uint64(v)) & np.uint64(1))
            seen[j, v] = bit
            count += bit
        n_levels[j] = count


@njit
def lowest_two(seen: Array, lowest: Array) -> None:
    """Fill ``lowest`` (2, b) with the lowest two values of each row of marks ``seen``.

    Where there is but one, the second is a value that does not occur.
    """
    for j in range(seen.shape[0]):
        n = 0
        for v in range(seen.shape[1]):
            if seen[j, v] and n < 2:
                lowest[n, j] = v
                n += 1
        if n < 2:
            lowest[1, j] = lowest[0, j] ^ 1


@njit
def seen_in_rows(rows: Array, seen: Array) -> None:
    """Mark in ``seen`` (b, 256) uint8 the byte values of ``rows`` (n, b) uint8."""
    n, b = rows.shape
    for i in range(n):
        row = rows[i]
        for j in range(b):
            seen[j, row[j]] = 1


@njit
def seen_in_columns(columns: Array, seen: Array) -> None:
    """Mark in ``seen`` (b, 256) uint8 the byte values of ``columns`` (b, n) uint8."""
    b, n = columns.shape
    for j in range(b):
        column = columns[j]
        marks = seen[j]
        for i in range(n):
            marks[column[i]] = 1


@njit
def bytes_of_rows(rows: Array, first: int, order: Array, codes: Array) -> None:
    """``codes[t, i] = rows[order[i], first + t]``, in squares of 64 × 8 bytes."""
    n, b = order.shape[0], rows.shape[1]
    width = codes.shape[0]
    flat, out = rows.reshape(-1), codes.reshape(-1)
    words = np.empty(64, np.uint64)
    row_at = np.empty(n, np.int64)
    in_order = True
    for i in range(n):
        row_at[i] = order[i] * b + first
        in_order &= order[i] == i
    squares = width & -8 if n >= 64 else 0
    # Long runs of a column are written fast, but rows in any order are read but once.
    span = max(64, SPAN_BYTES // b & -64) if in_order else 64
    for start in range(0, n, span):
        stop = min(start + span, n)
        for t in range(0, squares, 8):
            for i in range(start, stop, 64):
                at = min(i, n - 64)
                for r in range(64):
                    words[np.uint64(r)] = load_eight(flat, row_at[at + r] + t)
                turn_square(words, 0, out, t * n + at, n)
        for t in range(squares, width):
            for i in range(start, stop):
                out[t * n + i] = flat[row_at[i] + t]


@njit
def bytes_of_columns(
    columns: Array, first: int, order: Array, lut: Array, codes: Array
) -> None:
    """``codes[t, i] = lut[t, columns[first + t, order[i]]]``."""
    for t in range(codes.shape[0]):
        column = columns[first + t]
        table = lut[t]
        out = codes[t]
        for i in range(order.shape[0]):
            out[i] = table[column[np.uint64(order[i])]]


@njit
def recode(codes: Array, lut: Array) -> None:
    """``codes[t, i] = lut[t, codes[t, i]]`` in place."""
    for t in range(codes.shape[0]):
        column = codes[t]
        table = lut[t]
        for i in range(column.shape[0]):
            column[i] = table[column[i]]


@njit
def describe(columns: Array, facts: Array) -> None:
    """Fill ``facts`` (b, 5) float64: missing, infinite, fractional, low, high.

    ``columns`` is (b, n) int64 or float64; low and high are over finite values.
    """
    b, n = columns.shape
    for j in range(b):
        missing = infinite = fractional = 0
        low, high = np.inf, -np.inf
        for start in range(0, n, BLOCK):
            block = columns[j, start : min(start + BLOCK, n)]
            without = beyond = parted = 0
            for i in range(block.shape[0]):
                v = block[i]
                without += v != v
                beyond += abs(v) == np.inf
                parted += v != np.floor(v)
            missing += without
            infinite += beyond
            fractional += parted - without
            low, high = _widen(block, low, high, beyond > 0)
        facts[j, 0] = missing
        facts[j, 1] = infinite
        facts[j, 2] = fractional
        facts[j, 3] = low
        facts[j, 4] = high


@inlined
def _widen(
    values: Array, low: float, high: float, infinite: bool
) -> tuple[float, float]:
    """Widen a range by finite values, of which any may be NaN: none is below it.

    Four ranges are widened in turn, which no order of additions forbids a processor to
    do at once.
    """
    n = values.shape[0]
    whole = 0 if infinite else n & -4
    low_b = low_c = low_d = low
    high_b = high_c = high_d = high
    for i in range(0, whole, 4):
        a, b, c, d = values[i], values[i + 1], values[i + 2], values[i + 3]
        low, high = (a if a < low else low), (a if a > high else high)
        low_b, high_b = (b if b < low_b else low_b), (b if b > high_b else high_b)
        low_c, high_c = (c if c < low_c else low_c), (c if c > high_c else high_c)
        low_d, high_d = (d if d < low_d else low_d), (d if d > high_d else high_d)
    low, high = (
        min(min(low, low_b), min(low_c, low_d)),
        max(max(high, high_b), max(high_c, high_d)),
    )
    for i in range(whole, n):
        v = values[i]
        if abs(v) != np.inf:
            low, high = (v if v < low else low), (v if v > high else high)
    return low, high


@njit
def seen_integers(columns: Array, low: Array, starts: Array, seen: Array) -> None:
    """Mark the integer values of column j in ``seen[starts[j]:starts[j + 1]]``."""
    b, n = columns.shape
    for j in range(b):
        column = columns[j]
        marks = seen[starts[j] : starts[j + 1]]
        least = low[j]
        for i in range(n):
            v = column[i]
            if v == v:
                marks[np.int64(v - least)] = 1


@njit
def integer_codes(
    columns: Array, order: Array, low: Array, starts: Array, lut: Array, codes: Array
) -> None:
    """Codes of integer-valued columns by tables; NaN takes a table's last entry."""
    b, n = columns.shape[0], order.shape[0]
    for j in range(b):
        column = columns[j]
        table = lut[starts[j] : starts[j + 1]]
        missing = table[table.shape[0] - 1]
        out = codes[j]
        least = low[j]
        for i in range(n):
            v = column[order[i]]
            out[i] = table[np.int64(v - least)] if v == v else missing


@inlined
def _count_edges(values: Array, cuts: Array, counts: Array) -> None:
    """How many edges are below each value: edge by edge, in vectors."""
    counts[:] = 0
    for cut in cuts:
        for i in range(values.shape[0]):
            counts[np.uint64(i)] += cut < values[np.uint64(i)]


@njit
def _cells_of_edges(cuts: Array) -> tuple[float, Array]:
    """Cells of equal width between the extreme edges, some for each edge.

    Returns their number for each unit of the value, and before how many edges each
    begins; one cell where the width is not finite.
    """
    # Most cells then have one edge or none, as long as they stay in the cache.
    n = (16 if cuts.shape[0] < BLOCK else 2) * cuts.shape[0]
    width = np.float64(cuts[-1]) - np.float64(cuts[0])
    per_unit = n / width if 0 < width < np.inf else 0.0
    starts = np.zeros(n + 2, np.int64)
    for cut in cuts:
        starts[_cell(cut, cuts[0], per_unit, n) + 1] += 1
    for i in range(n + 1):
        starts[i + 1] += starts[i]
    return per_unit, starts


@inlined
def _cell(value: float, low: float, per_unit: float, n: int) -> Any:
    """Cell of a value; never falls as the value rises. NaN is in the first."""
    place = (np.float64(value) - np.float64(low)) * per_unit
    # So is all where the width is not finite.
    place = place if place > 0 else np.float64(0)
    return int(min(place, np.float64(n)))


@njit
def count_cells(column: Array, low: float, per_unit: float, n: int) -> Array:
    """Values of a column (n,) in each cell, NaN left out; see `_cell`."""
    counts, missing = np.zeros(n + 1, np.int64), 0
    for i in range(column.shape[0]):
        value = column[i]
        # NaN is in the first, and taken off: no branch can guess it.
        missing += value != value
        counts[np.uint64(_cell(value, low, per_unit, n))] += 1
    counts[0] -= missing
    return counts


@njit
def values_in_cells(
    column: Array, low: float, per_unit: float, wanted: Array, found: Array
) -> Array:
    """Values of a column in the cells that are ``wanted`` (n + 1,) bool.

    ``found`` has room for one more than there are.
    """
    n, at = wanted.shape[0] - 1, 0
    for i in range(column.shape[0]):
        value = column[i]
        found[at] = value
        at += (value == value) & wanted[np.uint64(_cell(value, low, per_unit, n))]
    return found[:at]


@inlined
def _bisect_edges(
    values: Array, cuts: Array, per_unit: float, starts: Array, counts: Array
) -> None:
    """How many edges are below each value: bisected within its cell.

    What is left is one edge or none, which no branch can guess.
    """
    for i in range(values.shape[0]):
        value, first = values[i], 0
        if value == value:
            cell = _cell(value, cuts[0], per_unit, starts.shape[0] - 2)
            first, last = starts[cell], starts[cell + 1]
            while first + 1 < last:
                middle = (first + last) >> 1
                if cuts[middle] < value:
                    first = middle + 1
                else:
                    last = middle
            first += (first < last) & (cuts[min(first, cuts.shape[0] - 1)] < value)
        counts[i] = first


@njit
def bin_codes(
    columns: Array, order: Array, edges: Array, starts: Array, codes: Array
) -> None:
    """Bins closed on the right: the number of edges below a value; NaN comes last.

    Column j has the sorted edges ``edges[starts[j]:starts[j + 1]]``. Counting all
    edges has no branch to mispredict; beyond 64 edges it is faster to look up about
    where a value is, and to bisect the few edges there.
    """
    b, n = columns.shape[0], order.shape[0]
    batch = np.empty(BATCH, columns.dtype)
    below = np.empty(BATCH, np.int64)
    for j in range(b):
        column, out = columns[j], codes[j]
        cuts = edges[starts[j] : starts[j + 1]]
        m = cuts.shape[0]
        per_unit, cells = _cells_of_edges(cuts) if m > 64 else (0.0, below)
        for start in range(0, n, BATCH):
            size = min(BATCH, n - start)
            values, counts = batch[:size], below[:size]
            for i in range(size):
                values[i] = column[np.uint64(order[start + i])]
            if m <= 64:
                _count_edges(values, cuts, counts)
            else:
                _bisect_edges(values, cuts, per_unit, cells, counts)
            for i in range(size):
                missing = values[i] != values[i]
                out[start + i] = m + 1 if missing else counts[i]


@njit
def distinct_of_sorted(columns: Array, distinct: Array, n: Array) -> None:
    """First m distinct values of each sorted column, into ``distinct`` (b, m).

    ``n`` counts them and stops at m + 1; NaN, which sorts last, does not count.
    """
    b, length = columns.shape
    m = distinct.shape[1]
    for j in range(b):
        column = columns[j]
        count = 0
        for i in range(length):
            v = column[i]
            if v != v or count > m:
                break
            if i == 0 or v != column[i - 1]:
                if count < m:
                    distinct[j, count] = v
                count += 1
        n[j] = count
