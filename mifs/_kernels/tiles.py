"""Kernels that count 256 candidates at once, one bit lane each.

Codes lie in tiles of bit planes (n, bits, 4) uint64: a row holds the codes of one
sample for 256 features, lowest bits first. The rows of a pick's level and class form a
group. Within a group, the rows in which a candidate's code has all bits of s are
counted, s = 1 … m − 1, by bit-sliced counters, 16 rows at a time through a tree of full
adders (positional population count: Klarqvist, Muła, Lemire 2020). Differences of these
counts are those of the levels. The time does not grow with the levels of the pick.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._kernels.jit import inlined, njit
from mifs._kernels.vectors import (
    WORDS,
    and_,
    append_bit,
    left,
    load,
    load_lanes,
    majority,
    minus,
    plus,
    right,
    rows_with_bit,
    splat,
    store,
    xor,
)

Array = np.ndarray[Any, np.dtype[Any]]

LANES = 64 * WORDS
# Rows that one tree of adders takes, and their words.
ROWS = 16
BLOCK = ROWS * WORDS
# Blocks of 64 rows that are read from a column at once; words of 64 columns of them.
SPAN = 16
GROUP = 64 * SPAN * WORDS
# Rows whose planes stay in the second cache, and planes that count them.
CHUNK = 4096
SLICES = 13


@njit
def _turn(words: Array, at: int) -> None:
    """Transpose four times 64 × 64 bits: bit c of word (r, b) is bit r of (c, b)."""
    width = 32
    mask = np.uint64(0x00000000FFFFFFFF)
    while width:
        by, field = splat(np.uint64(width)), splat(mask)
        for start in range(0, 64, 2 * width):
            first = at + WORDS * start
            for k in range(first, first + WORDS * width, WORDS):
                low, high = load(words, k), load(words, k + WORDS * width)
                changed = and_(xor(right(low, by), high), field)
                store(words, k, xor(low, left(changed, by)))
                store(words, k + WORDS * width, xor(high, changed))
        width >>= 1
        mask ^= mask << np.uint64(width)


@njit
def _read_planes(codes: Array, at: int, low: int, words: Array, to: int) -> None:
    """Four bit planes of the rows of a column that ``codes[at:]`` begins with."""
    first, second = np.uint8(1 << low), np.uint8(2 << low)
    third, fourth = np.uint8(4 << low), np.uint8(8 << low)
    for start in range(0, codes.shape[0] - at, 64):
        word, row = np.uint64(WORDS * start + to), at + start
        words[word] = rows_with_bit(codes, row, first)
        words[word + np.uint64(1)] = rows_with_bit(codes, row, second)
        words[word + np.uint64(2)] = rows_with_bit(codes, row, third)
        words[word + np.uint64(3)] = rows_with_bit(codes, row, fourth)


@njit
def _read_columns(
    codes: Array, rows: Array, span: tuple[int, int], low: int, words: Array
) -> None:
    """Four bit planes of all columns in a span of rows, not yet turned."""
    n = codes.shape[1]
    start, size = span
    whole = size & -64
    flat = codes.reshape(-1)
    padded = np.zeros(64, np.uint8)
    words[rows.shape[0] // 64 * GROUP :] = 0
    for lane in range(rows.shape[0]):
        at = rows[lane] * n + start
        to = lane // 64 * GROUP + WORDS * (lane % 64)
        _read_planes(flat[: at + whole], at, low, words, to)
        if whole < size:
            padded[: size - whole] = flat[at + whole : at + size]
            _read_planes(padded, 0, low, words, to + WORDS * whole)


@njit
def fill_tile(codes: Array, rows: Array, tile: Array) -> None:
    """Bit planes (n, bits, 4) of the columns ``codes[rows]``, at most 256, uint8."""
    n, bits = tile.shape[:2]
    planes = tile.reshape(-1)
    words = np.empty(WORDS * GROUP, np.uint64)
    for start in range(0, n, 64 * SPAN):
        size = min(64 * SPAN, n - start)
        for low in range(0, bits, WORDS):
            _read_columns(codes, rows, (start, size), low, words)
            for group in range(0, WORDS * GROUP, GROUP):
                for i in range(0, size, 64):
                    _turn(words, group + WORDS * i)
            for i in range(size):
                at = np.uint64(WORDS * i)
                to = np.uint64(((start + i) * bits + low) * WORDS)
                for _ in range(min(WORDS, bits - low)):
                    for group in range(0, WORDS * GROUP, GROUP):
                        planes[to] = words[at + np.uint64(group)]
                        to += np.uint64(1)
                    at += np.uint64(1)


@njit
def _sort_groups(base: Array, first: int, starts: Array, order: Array) -> None:
    """Rows ``first + i`` of a chunk, sorted by group; ``starts`` of each group."""
    starts[:] = 0
    for i in range(order.shape[0]):
        starts[np.uint64(base[first + i]) + np.uint64(1)] += 1
    for g in range(1, starts.shape[0]):
        starts[g] += starts[g - 1]
    for i in range(order.shape[0]):
        group = np.uint64(base[first + i])
        order[starts[group]] = first + i
        starts[group] += 1
    for g in range(starts.shape[0] - 1, 0, -1):
        starts[g] = starts[g - 1]
    starts[0] = 0


@inlined
def _add_two(rows: Array, at: int, ones: Any) -> Any:
    """Add two rows; return the new ones and a carry of weight two."""
    a, b = load(rows, at), load(rows, at + WORDS)
    return xor(xor(a, b), ones), majority(a, b, ones)


@inlined
def _add_four(rows: Array, at: int, ones: Any, twos: Any) -> Any:
    ones, a = _add_two(rows, at, ones)
    ones, b = _add_two(rows, at + 2 * WORDS, ones)
    return ones, xor(xor(a, b), twos), majority(a, b, twos)


@inlined
def _add_eight(rows: Array, at: int, ones: Any, twos: Any, fours: Any) -> Any:
    ones, twos, a = _add_four(rows, at, ones, twos)
    ones, twos, b = _add_four(rows, at + 4 * WORDS, ones, twos)
    return ones, twos, xor(xor(a, b), fours), majority(a, b, fours)


@inlined
def _add_sixteen(rows: Array, at: int, counter: Array, c: int, slices: int) -> None:
    """Add 16 rows of 256 bits to the bit-sliced counter at ``counter[c:]``."""
    ones, twos = load(counter, c), load(counter, c + WORDS)
    fours, eights = load(counter, c + 2 * WORDS), load(counter, c + 3 * WORDS)
    ones, twos, fours, a = _add_eight(rows, at, ones, twos, fours)
    ones, twos, fours, b = _add_eight(rows, at + 8 * WORDS, ones, twos, fours)
    store(counter, c, ones)
    store(counter, c + WORDS, twos)
    store(counter, c + 2 * WORDS, fours)
    store(counter, c + 3 * WORDS, xor(xor(a, b), eights))
    carry = majority(a, b, eights)
    for at_slice in range(c + 4 * WORDS, c + slices * WORDS, WORDS):
        slice_ = load(counter, at_slice)
        store(counter, at_slice, xor(slice_, carry))
        carry = and_(slice_, carry)


@inlined
def _gather(words: Array, first: int, bits: int, order: Array, rows: Array) -> None:
    """Planes of up to 16 rows of a tile; those of plane b from ``rows[BLOCK << b]``."""
    for r in range(order.shape[0]):
        at = first + np.int64(order[np.uint64(r)]) * bits * WORDS
        for b in range(bits):
            store(rows, (BLOCK << b) + r * WORDS, load(words, at + b * WORDS))
    nothing = splat(np.uint64(0))
    for r in range(order.shape[0], ROWS):
        for b in range(bits):
            store(rows, (BLOCK << b) + r * WORDS, nothing)


@inlined
def _count_group(
    words: Array, first: int, bits: int, order: Array, rows: Array, counter: Array
) -> None:
    """Count the rows ``order`` of a tile where a code has all bits of s, for all s."""
    counter[:] = 0
    levels = rows.shape[0] // BLOCK
    slices = counter.shape[0] // (levels * WORDS)
    for start in range(0, order.shape[0], ROWS):
        _gather(words, first, bits, order[start : start + ROWS], rows)
        for s in range(1, levels):
            rest = s & (s - 1)
            if rest:
                lowest = s ^ rest
                for i in range(0, BLOCK, WORDS):
                    a = load(rows, rest * BLOCK + i)
                    b = load(rows, lowest * BLOCK + i)
                    store(rows, s * BLOCK + i, and_(a, b))
            _add_sixteen(rows, s * BLOCK, counter, s * slices * WORDS, slices)


@inlined
def _level_counts(counter: Array, size: int, levels: int, counts: Array) -> None:
    """Turn bit-sliced counters of a group into counts (levels × 256) of its levels."""
    slices = counter.shape[0] // (levels * WORDS)
    counts[:LANES] = size
    for s in range(1, levels):
        for w in range(WORDS):
            lanes = load_lanes(counts, 0, counts)
            lanes = minus(lanes, lanes)
            for at_slice in range(slices - 1, -1, -1):
                word = counter[np.uint64((s * slices + at_slice) * WORDS + w)]
                lanes = append_bit(lanes, word)
            store(counts, s * LANES + 64 * w, lanes)
    bit = 1
    while bit < levels:
        for s in range(levels - bit):
            if not s & bit:
                for i in range(s * LANES, (s + 1) * LANES, 64):
                    more = load_lanes(counts, i + bit * LANES, counts)
                    store(counts, i, minus(load_lanes(counts, i, counts), more))
        bit <<= 1


@njit
def _scratch(levels: int) -> tuple[Array, Array, Array]:
    """Planes of 16 rows, bit-sliced counters, and counts of a group."""
    return (
        np.zeros(levels * BLOCK, np.uint64),
        np.zeros(levels * SLICES * WORDS, np.uint64),
        np.zeros(levels * LANES, np.uint16),
    )


@inlined
def _bits_for(levels: int) -> Any:
    bits = 0
    while (1 << bits) < levels:
        bits += 1
    return bits


@inlined
def _count_levels(
    words: Array, first: int, order: Array, scratch: Any, counts: Array
) -> None:
    """Count the levels of a tile in the rows ``order``: (levels × 256)."""
    planes, counters, _ = scratch
    levels = planes.shape[0] // BLOCK
    slices = 4
    while (1 << slices) <= order.shape[0]:
        slices += 1
    counter = counters[: levels * slices * WORDS]
    _count_group(words, first, _bits_for(levels), order, planes, counter)
    _level_counts(counter, order.shape[0], levels, counts)


@njit
def tile_tables(
    words: Array, firsts: Array, base: Array, rows: tuple[int, int], counts: Array
) -> None:
    """``counts[t, group, level, lane]`` of the tiles whose planes begin at ``firsts``.

    ``base`` (n,) uint32 is the group of each row, of which ``rows`` (first, last) are
    counted; ``counts`` (·, groups, levels, 256) uint16 or int32.
    """
    n_groups, levels = counts.shape[1], counts.shape[2]
    scratch = _scratch(levels)
    starts = np.empty(n_groups + 1, np.int64)
    flat = counts.reshape(-1)
    flat[:] = 0
    for row in range(rows[0], rows[1], CHUNK):
        order = np.empty(min(CHUNK, rows[1] - row), np.uint32)
        _sort_groups(base, row, starts, order)
        for t in range(firsts.shape[0]):
            for g in range(n_groups):
                members = order[starts[g] : starts[g + 1]]
                if members.shape[0]:
                    _count_levels(words, firsts[t], members, scratch, scratch[2])
                    at = (t * n_groups + g) * levels * LANES
                    for i in range(0, levels * LANES, 64):
                        more = load_lanes(scratch[2], i, flat)
                        store(flat, at + i, plus(load_lanes(flat, at + i, flat), more))


@njit
def lay_out(counts: Array, at: Array, n_levels: Array, cells: Array) -> None:
    """Lay the tables of candidates at positions ``at`` out, one after the other.

    ``counts`` (·, groups, levels, 256); ``cells`` are [level][group], of the
    ``n_levels`` that each candidate has.
    """
    to = 0
    for i in range(at.shape[0]):
        t, lane = at[i] // LANES, at[i] % LANES
        for level in range(n_levels[i]):
            for g in range(counts.shape[1]):
                cells[to] = counts[t, g, level, lane]
                to += 1


@njit
def table_sums(
    counts: Array, n_classes: int, table: Array, sums: Array, folded: Array
) -> None:
    """``sums[t, lane]`` of c log c over all cells, and ``folded`` over the class.

    ``counts`` (·, groups, levels, 256) with the class fastest among groups; all counts
    are within the ``table`` of c log c. Of one class, both are the same.
    """
    sums[:] = 0
    folded[:] = 0
    for t in range(counts.shape[0]):
        for g in range(0, counts.shape[1], n_classes):
            _add_plogp(counts[t, g : g + n_classes], table, sums[t], folded[t])


@njit
def tile_sums(
    words: Array, firsts: Array, base: Array, shape: Any, table: Array, out: Any
) -> None:
    """`tile_tables` and `table_sums` at once: no count leaves the first cache.

    ``shape`` holds the groups, the classes and the levels, ``out`` the two sums. At
    most `CHUNK` rows.
    """
    n_groups, n_classes, levels = shape
    sums, folded = out
    scratch = _scratch(levels)
    starts = np.empty(n_groups + 1, np.int64)
    order = np.empty(base.shape[0], np.uint32)
    _sort_groups(base, 0, starts, order)
    cells = np.zeros((n_classes, levels, LANES), np.uint16)
    sums[:] = 0
    folded[:] = 0
    for t in range(firsts.shape[0]):
        for g in range(0, n_groups, n_classes):
            for y in range(n_classes):
                members = order[starts[g + y] : starts[g + y + 1]]
                _count_levels(words, firsts[t], members, scratch, cells[y].reshape(-1))
            _add_plogp(cells, table, sums[t], folded[t])


@inlined
def _add_plogp(cells: Array, table: Array, total: Array, folded: Array) -> None:
    """Add c log c over classes and levels (·, m, 256), and over sums of classes."""
    if cells.shape[0] == 1:
        _add_plogp_plain(cells[0], table, total, folded)
    elif cells.shape[0] == 2:
        _add_plogp_of_two(cells[0], cells[1], table, total, folded)
    else:
        _add_plogp_folded(cells, table, total, folded)


@inlined
def _add_plogp_plain(cells: Array, table: Array, total: Array, folded: Array) -> None:
    """Add the sums over the levels (m, 256) of a single class, four at once."""
    levels = cells.shape[0]
    for first in range(0, levels & -4, 4):
        a, b = cells[first], cells[first + 1]
        c, d = cells[first + 2], cells[first + 3]
        for lane in range(LANES):
            at = np.uint64(lane)
            part = table[np.uint64(a[at])] + table[np.uint64(b[at])]
            part += table[np.uint64(c[at])] + table[np.uint64(d[at])]
            total[at] += part
    for level in range(levels & -4, levels):
        a = cells[level]
        for lane in range(LANES):
            at = np.uint64(lane)
            total[at] += table[np.uint64(a[at])]
    folded[:] = total


@inlined
def _add_plogp_of_two(
    first: Array, second: Array, table: Array, total: Array, folded: Array
) -> None:
    """Add the sums over the levels (m, 256) of two classes, two levels at once."""
    levels = first.shape[0]
    for level in range(0, levels & -2, 2):
        a, b = first[level], second[level]
        c, d = first[level + 1], second[level + 1]
        for lane in range(LANES):
            at = np.uint64(lane)
            i, j, k, m = (
                np.int64(a[at]),
                np.int64(b[at]),
                np.int64(c[at]),
                np.int64(d[at]),
            )
            part = table[np.uint64(i)] + table[np.uint64(j)]
            part += table[np.uint64(k)] + table[np.uint64(m)]
            total[at] += part
            folded[at] += table[np.uint64(i + j)] + table[np.uint64(k + m)]
    if levels & 1:
        a, b = first[levels - 1], second[levels - 1]
        for lane in range(LANES):
            at = np.uint64(lane)
            i, j = np.int64(a[at]), np.int64(b[at])
            total[at] += table[np.uint64(i)] + table[np.uint64(j)]
            folded[at] += table[np.uint64(i + j)]


@njit
def _add_plogp_folded(cells: Array, table: Array, total: Array, folded: Array) -> None:
    """Add the sums over classes and levels (·, m, 256), and over sums of classes."""
    for lane in range(LANES):
        part = part_folded = np.int64(0)
        for level in range(cells.shape[1]):
            over_classes = np.int64(0)
            for y in range(cells.shape[0]):
                at = np.uint64(y), np.uint64(level), np.uint64(lane)
                count = np.int64(cells[at])
                part += table[np.uint64(count)]
                over_classes += count
            part_folded += table[np.uint64(over_classes)]
        total[np.uint64(lane)] += part
        folded[np.uint64(lane)] += part_folded
