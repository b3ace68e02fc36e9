"""Kernels that count 256 candidates at once, one bit lane each.

Codes lie in tiles of bit planes (n, bits, 4) uint64: a row holds the codes of one
sample for 256 features, lowest bits first; or, of long tables of few columns, for 64
features in one word, and four rows are counted in its place. The rows of a pick's level
and class form a group. Within a group, the rows in which a candidate's code has all
bits of s are counted, s = 1 … m − 1, by bit-sliced counters, 16 rows at a time through
a tree of full adders (positional population count: Klarqvist, Muła, Lemire 2020). The
time does not grow with the levels of the pick.

With N(c) rows of code c, what is counted is F(s) = Σ N(c) over the codes c that have
all bits of s. Beyond the last level it is 0, since such a c is at least s. Bit by bit
the sums are undone: F(s) − F(s + bit), for each s without the bit, leaves the codes
that do not have it; after all bits F is N. Each step leaves a count of rows, so that
unsigned integers never wrap.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.lane_sums import LANES, add_pairs, add_plogp
from mifs._kernels.vectors import (
    WORDS,
    and_,
    append_bit,
    load,
    load_lanes,
    majority,
    minus,
    no_bytes,
    plus,
    shift_lanes,
    splat,
    store,
    widen,
    xor,
    xor3,
)

# Rows that one tree of adders takes, and their words.
ROWS = 16
BLOCK = ROWS * WORDS
# Rows whose planes stay in the second cache, and planes that count them: 2¹² rows in
# one group take 13 bits.
CHUNK = 4096
SLICES = 13


@njit
def sort_groups(base: Array, first: int, starts: Array, order: Array) -> None:
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
    # Placing has moved each start to where the next group begins.
    for g in range(starts.shape[0] - 1, 0, -1):
        starts[g] = starts[g - 1]
    starts[0] = 0


@inlined
def _add_two(rows: Array, at: int, ones: Any) -> Any:
    """Add two rows; return the new ones and a carry of weight two.

    A full adder: of three bits, the lower bit of their number is their exclusive or,
    the upper one their majority.
    """
    a, b = load(rows, at), load(rows, at + WORDS)
    return xor3(a, b, ones), majority(a, b, ones)


@inlined
def _add_four(rows: Array, at: int, ones: Any, twos: Any) -> Any:
    ones, a = _add_two(rows, at, ones)
    ones, b = _add_two(rows, at + 2 * WORDS, ones)
    return ones, xor3(a, b, twos), majority(a, b, twos)


@inlined
def _add_eight(rows: Array, at: int, ones: Any, twos: Any, fours: Any) -> Any:
    ones, twos, a = _add_four(rows, at, ones, twos)
    ones, twos, b = _add_four(rows, at + 4 * WORDS, ones, twos)
    return ones, twos, xor3(a, b, fours), majority(a, b, fours)


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
    store(counter, c + 3 * WORDS, xor3(a, b, eights))
    # What is left has weight 16, and ripples up, one slice a power of two.
    carry = majority(a, b, eights)
    for at_slice in range(c + 4 * WORDS, c + slices * WORDS, WORDS):
        slice_ = load(counter, at_slice)
        store(counter, at_slice, xor(slice_, carry))
        carry = and_(slice_, carry)


@inlined
def _gather(
    words: Array, first: int, bits: int, width: int, order: Array, rows: Array
) -> None:
    """Planes of some rows of a tile; those of plane b from ``rows[BLOCK << b]``.

    Of four words they are up to 16. Of one word four rows stand side by side, 64 in
    all. Rows that are not there have no bits, and are counted for no s but 0, of which
    the number is known.
    """
    if width == 1:
        for r in range(order.shape[0]):
            row = np.uint64(first + np.int64(order[np.uint64(r)]) * bits)
            for b in range(bits):
                rows[(BLOCK << b) + r] = words[row + np.uint64(b)]
        for r in range(order.shape[0], BLOCK):
            for b in range(bits):
                rows[(BLOCK << b) + r] = np.uint64(0)
        return
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
    words: Array,
    first: int,
    shape: tuple[int, int],
    order: Array,
    rows: Array,
    counter: Array,
) -> None:
    """Count the rows ``order`` of a tile where a code has all bits of s, for all s."""
    counter[:] = 0
    levels = rows.shape[0] // BLOCK
    slices = counter.shape[0] // (levels * WORDS)
    bits, width = shape
    step = BLOCK // width
    for start in range(0, order.shape[0], step):
        _gather(words, first, bits, width, order[start : start + step], rows)
        for s in range(1, levels):
            # Smaller s come first: s less its lowest bit is there already.
            rest = s & (s - 1)
            if rest:
                lowest = s ^ rest
                for i in range(0, BLOCK, WORDS):
                    a = load(rows, rest * BLOCK + i)
                    b = load(rows, lowest * BLOCK + i)
                    store(rows, s * BLOCK + i, and_(a, b))
            _add_sixteen(rows, s * BLOCK, counter, s * slices * WORDS, slices)


@inlined
def _byte_counts(counter: Array, first: int, slices: int) -> Any:
    """64 integers of up to 8 bits, of which word ``first`` holds the lowest."""
    lanes = no_bytes()
    for at in range(first + (slices - 1) * WORDS, first - 1, -WORDS):
        lanes = append_bit(lanes, counter[np.uint64(at)])
    return lanes


@inlined
def _level_counts(
    counter: Array, size: int, levels: int, width: int, counts: Array
) -> None:
    """Turn bit-sliced counters of a group into counts (levels × 256) of its levels.

    Of one word the first 64 lanes are those of the tile, and the others mean nothing.
    """
    slices = counter.shape[0] // (levels * WORDS)
    # All rows have all bits of 0.
    counts[:LANES] = size
    for s in range(1, levels):
        for w in range(WORDS):
            first = s * slices * WORDS + w
            lanes = widen(_byte_counts(counter, first, min(slices, 8)), counts)
            if slices > 8:
                high = _byte_counts(counter, first + 8 * WORDS, slices - 8)
                lanes = plus(lanes, shift_lanes(widen(high, counts), 8))
            store(counts, s * LANES + 64 * w, lanes)
    for at in range(LANES, levels * LANES if width == 1 else 0, LANES):
        lanes = load_lanes(counts, at, counts)
        for i in range(at + 64, at + LANES, 64):
            lanes = plus(lanes, load_lanes(counts, i, counts))
        store(counts, at, lanes)
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
    words: Array,
    first: int,
    width: int,
    order: Array,
    scratch: tuple[Array, Array, Array],
    counts: Array,
) -> None:
    """Count the levels of a tile in the rows ``order``: (levels × 256)."""
    planes, counters, _ = scratch
    levels = planes.shape[0] // BLOCK
    slices = 4
    while (1 << slices) <= order.shape[0]:
        slices += 1
    counter = counters[: levels * slices * WORDS]
    shape = _bits_for(levels), width
    _count_group(words, first, shape, order, planes, counter)
    _level_counts(counter, order.shape[0], levels, width, counts)


@inlined
def _take(drawn: Array, order: Array) -> None:
    """Rows of the tile in place of numbers among the drawn ones, if some are drawn."""
    for i in range(order.shape[0] if drawn.shape[0] else 0):
        order[i] = drawn[np.uint64(order[i])]


@njit
def tile_tables(
    words: Array,
    firsts: Array,
    drawn: Array,
    base: Array,
    rows: tuple[int, int],
    width: int,
    counts: Array,
) -> None:
    """``counts[t, group, level, lane]`` of the tiles whose planes begin at ``firsts``.

    A row of a plane has ``width`` words, 4 or 1; of one word 64 lanes are counted.

    ``base`` (n,) uint32 is the group of each row, of which ``rows`` (first, last) are
    counted; they are the rows ``drawn`` (n,) uint32 of the tile, or if that is empty
    all. ``counts`` (·, groups, levels, 256) uint16 or int32.
    """
    n_groups, levels = counts.shape[1], counts.shape[2]
    scratch = _scratch(levels)
    starts = np.empty(n_groups + 1, np.int64)
    flat = counts.reshape(-1)
    flat[:] = 0
    for row in range(rows[0], rows[1], CHUNK):
        order = np.empty(min(CHUNK, rows[1] - row), np.uint32)
        sort_groups(base, row, starts, order)
        _take(drawn, order)
        for t in range(firsts.shape[0]):
            for g in range(n_groups):
                members = order[starts[g] : starts[g + 1]]
                if members.shape[0]:
                    _count_levels(words, firsts[t], width, members, scratch, scratch[2])
                    at = (t * n_groups + g) * levels * LANES
                    for i in range(0, levels * LANES, 64):
                        more = load_lanes(scratch[2], i, flat)
                        store(flat, at + i, plus(load_lanes(flat, at + i, flat), more))


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
            add_plogp(counts[t, g : g + n_classes], table, sums[t], folded[t])


@njit
def tile_sums(
    words: Array,
    firsts: Array,
    drawn: Array,
    base: Array,
    shape: tuple[int, ...],
    tables: tuple[Array, Array],
    out: tuple[Array, Array],
) -> None:
    """`tile_tables` and `table_sums` at once: no count leaves the first cache.

    ``shape`` holds the groups, the classes and the levels, ``tables`` c log c of single
    counts and `mifs._kernels.sums.paired_table`, ``out`` the two sums. At most `CHUNK`
    rows.
    """
    starts = np.empty(shape[0] + 1, np.int64)
    order = np.empty(base.shape[0], np.uint32)
    sort_groups(base, 0, starts, order)
    _take(drawn, order)
    add_groups(words, firsts, (order, starts), shape, tables, out)


@njit
def sums_of_draws(
    words: Array,
    firsts: Array,
    draws: Array,
    picks: tuple[Array, Array, Array],
    classes: Array,
    shape: tuple[int, ...],
    tables: tuple[Array, Array],
    out: tuple[Array, Array],
) -> None:
    """`tile_sums` of the rows ``draws[r]`` (·, n) uint32 of a tile, for each r.

    ``picks`` are codes (·, rows of the tile) uint8, which row of them is the pick of
    each draw, and its levels; ``classes`` those of the rows of the tile, of as many as
    ``shape`` says first; then come the levels. The arrays of ``out`` are (draws, tiles,
    256).
    """
    codes, at, n_levels = picks
    n_classes, levels = shape
    sums, folded = out
    base, order = np.empty(draws.shape[1], np.uint32), np.empty_like(draws)
    ends = np.zeros((at.shape[0], n_levels.max() * n_classes + 1), np.int64)
    for r in range(at.shape[0]):
        column, drawn, wide = codes[at[r]], draws[r], np.uint32(n_classes)
        for i in range(base.shape[0]):
            row = np.uint64(drawn[i])
            base[i] = np.uint32(column[row]) * wide + np.uint32(classes[row])
        sort_groups(base, 0, ends[r, : n_levels[r] * n_classes + 1], order[r])
        _take(drawn, order[r])
    # A tile stays in the cache while all draws are counted.
    for t in range(firsts.shape[0]):
        tile = firsts[t : t + 1]
        for r in range(at.shape[0]):
            rows = order[r], ends[r, : n_levels[r] * n_classes + 1]
            groups = n_levels[r] * n_classes, n_classes, levels
            here = sums[r, t : t + 1], folded[r, t : t + 1]
            add_groups(words, tile, rows, groups, tables, here)


@njit
def add_groups(
    words: Array,
    firsts: Array,
    sorted_rows: tuple[Array, Array],
    shape: tuple[int, ...],
    tables: tuple[Array, Array],
    out: tuple[Array, Array],
) -> None:
    """Count rows that are sorted by group, and sum up."""
    n_groups, n_classes, levels = shape
    order, starts = sorted_rows
    sums, folded = out
    scratch = _scratch(levels)
    # Of one class two halves of the levels are paired: their number is made even.
    cells = np.zeros((n_classes, levels + (levels & 1), LANES), np.uint16)
    flat, stride = cells.reshape(-1), (levels + (levels & 1)) * LANES
    paired, places = np.empty(2 * LANES, np.int64), np.empty(stride, np.uint16)
    for t in range(firsts.shape[0]):
        sums[t], folded[t], paired[:] = 0, 0, 0
        for g in range(0, n_groups, n_classes):
            for y in range(n_classes):
                members = order[starts[g + y] : starts[g + y + 1]]
                counts = flat[y * stride : (y + 1) * stride]
                _count_levels(words, firsts[t], WORDS, members, scratch, counts)
            n_members = starts[g + n_classes] - starts[g]
            # On average a level then has counts that the paired table holds.
            if n_classes <= 2 and n_members <= 64 * levels:
                add_pairs(flat, (levels, n_classes), tables, places, paired)
            else:
                add_plogp(cells[:, :levels], tables[0], sums[t], folded[t])
        for lane in range(LANES):
            sums[t, lane] += paired[2 * lane]
            folded[t, lane] += paired[2 * lane + 1]
        # Pairs of levels were added up there, which means nothing.
        for lane in range(LANES if n_classes == 1 else 0):
            folded[t, lane] = sums[t, lane]
