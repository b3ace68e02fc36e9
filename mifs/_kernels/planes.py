"""Kernels that lay columns out as the bit planes that `mifs._kernels.tiles` counts."""

from __future__ import annotations

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit
from mifs._kernels.vectors import (
    WORDS,
    and_,
    equal_bytes,
    left,
    load,
    right,
    rows_with_bit,
    splat,
    store,
    xor,
)

# Blocks of 64 rows that are read from a column at once; words of 64 columns of them.
SPAN = 16
GROUP = 64 * SPAN * WORDS


@njit
def _turn(words: Array, at: int) -> None:
    """Transpose four times 64 × 64 bits: bit c of word (r, b) is bit r of (c, b).

    Halves off the diagonal change places, then those of each quarter, and so on
    (Warren, Hacker's Delight). x ^ y says in which bits two words differ; changing both
    there swaps them.
    """
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
    # Lanes without a column have code 0 everywhere; nobody asks for their counts.
    words[rows.shape[0] // 64 * GROUP :] = 0
    for lane in range(rows.shape[0]):
        at = rows[lane] * n + start
        to = lane // 64 * GROUP + WORDS * (lane % 64)
        _read_planes(flat[: at + whole], at, low, words, to)
        if whole < size:
            for i in range(size - whole):
                padded[i] = flat[at + whole + i]
            _read_planes(padded, 0, low, words, to + WORDS * whole)


@njit
def fill_tile(codes: Array, rows: Array, span: tuple[int, int], tile: Array) -> None:
    """Bit planes (n, bits, w) of the columns ``codes[rows]``, at most 64 w, uint8.

    Of the rows ``span`` (first, last).
    """
    _, bits, width = tile.shape
    planes = tile.reshape(-1)
    words = np.empty(WORDS * GROUP, np.uint64)
    for start in range(span[0], span[1], 64 * SPAN):
        size = min(64 * SPAN, span[1] - start)
        for low in range(0, bits, WORDS):
            _read_columns(codes, rows, (start, size), low, words)
            # A column's bits lie row by row; tiles want a row's bits column by column.
            for group in range(0, width * GROUP, GROUP):
                for i in range(0, size, 64):
                    _turn(words, group + WORDS * i)
            for i in range(size):
                at = np.uint64(WORDS * i)
                to = np.uint64(((start + i) * bits + low) * width)
                for _ in range(min(WORDS, bits - low)):
                    for group in range(0, width * GROUP, GROUP):
                        planes[to] = words[at + np.uint64(group)]
                        to += np.uint64(1)
                    at += np.uint64(1)


@njit
def _read_rows(
    flat: Array, row_at: Array, lows: Array, first: int, words: Array
) -> None:
    """Which bytes of up to 64 rows are the low value of their column, not yet turned.

    Group g of 64 columns begins with column ``64 * g + first``, or earlier at the end.
    """
    # 64 bytes are compared at once, and none beyond the row: the last group may begin
    # early, and repeat columns of the one before.
    last = lows.shape[0] - 64
    words[row_at.shape[0] * WORDS : 64 * WORDS] = 0
    for r in range(row_at.shape[0]):
        for group in range(WORDS):
            column = min(first + 64 * group, last)
            words[np.uint64(WORDS * r + group)] = equal_bytes(
                flat, row_at[np.uint64(r)] + column, lows, column
            )


@njit
def _lay_words(
    turned: Array, columns: tuple[int, int], starts: Array, at: int, words: Array
) -> None:
    """Word ``at`` of each of up to 256 columns of which the words are kept."""
    first, last = columns
    for column in range(first, min(first + 64 * WORDS, last + 64)):
        group = (column - first) // 64
        begin = min(first + 64 * group, last)
        if starts[column + 1] > starts[column]:
            word = turned[WORDS * (column - begin) + group]
            words[starts[column] + at] = word


@njit
def pack_rows(
    rows: Array,
    first: int,
    lows: Array,
    order: Array,
    class_rows: Array,
    starts: Array,
    words: Array,
) -> None:
    """Bit columns of the low values of columns ``first`` and on of rows (n, b) uint8.

    ``lows`` (w,) uint8, at least 64 columns; ``words[starts[j]:starts[j + 1]]`` are
    those of column j, class by class as in `mifs._kernels.counts.BitColumns`, or none.
    """
    flat, b = rows.reshape(-1), rows.shape[1]
    last = lows.shape[0] - 64
    turned = np.empty(64 * WORDS, np.uint64)
    row_at = np.empty(64, np.int64)
    at = 0
    for y in range(class_rows.shape[0] - 1):
        for start in range(class_rows[y], class_rows[y + 1], 64):
            size = min(64, class_rows[y + 1] - start)
            for r in range(size):
                row_at[r] = order[start + r] * b + first
            for column in range(0, lows.shape[0], 64 * WORDS):
                _read_rows(flat, row_at[:size], lows, column, turned)
                _turn(turned, 0)
                _lay_words(turned, (column, last), starts, at, words)
            at += 1


@njit
def pack_drawn(
    planes: Array,
    tile: tuple[int, int],
    order: Array,
    class_rows: Array,
    lanes: Array,
    n_levels: Array,
    starts: Array,
    words: Array,
) -> None:
    """Bit columns of the rows ``order`` (n,) of a tile, class by class.

    ``tile``: where its planes begin, and their number. Column j lies in ``lanes[j]``
    and its words, as in `mifs._kernels.counts.BitColumns`, begin at ``starts[j]``.
    """
    first, bits = tile
    size, n_words = 64 * WORDS, 0
    for y in range(class_rows.shape[0] - 1):
        n_words += (class_rows[y + 1] - class_rows[y] + 63) >> 6
    turned = np.empty(bits * size, np.uint64)
    at = 0
    for y in range(class_rows.shape[0] - 1):
        for start in range(class_rows[y], class_rows[y + 1], 64):
            n = min(64, class_rows[y + 1] - start)
            for b in range(bits):
                _gather_plane(
                    planes,
                    first + b * WORDS,
                    bits,
                    order[start : start + n],
                    turned,
                    b * size,
                )
                _turn(turned, b * size)
            there = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - n)
            for j in range(lanes.shape[0]):
                place = WORDS * (lanes[j] % 64) + lanes[j] // 64
                for level in range(n_levels[j] - 1):
                    word = there
                    for b in range(bits):
                        plane = turned[np.uint64(b * size + place)]
                        word &= plane if level >> b & 1 else ~plane
                    words[np.uint64(starts[j] + level * n_words + at)] = word
            at += 1


@njit
def _gather_plane(
    planes: Array, first: int, bits: int, order: Array, turned: Array, to: int
) -> None:
    """One plane of up to 64 rows of a tile, not yet turned."""
    for r in range(order.shape[0]):
        row = first + np.int64(order[r]) * bits * WORDS
        store(turned, to + WORDS * r, load(planes, row))
    nothing = splat(np.uint64(0))
    for r in range(order.shape[0], 64):
        store(turned, to + WORDS * r, nothing)
