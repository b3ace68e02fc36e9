"""Kernels that count: joint tables from bit columns, histograms or sorting.

A joint table of a candidate k against a pick j stands in
``cells`` with the class running fastest: ``[level of k][level of j][class]``.
Counts are int64, so that tables of parts of the data add up exactly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.vectors import popcount, rows_at_level


class BitColumns(NamedTuple):
    """Bit columns of all but the last level of each feature, class by class.

    Attributes
    ----------
    words : (…,) uint64
        Feature k has ``n_levels[k] - 1`` columns of ``class_words[-1]`` words
        from ``word_starts[k]``.
    word_starts : (p + 1,) int64
    n_levels : (p,) int64
    counts : (…,) int64
        ``[level][class]`` from ``count_starts[k]``.
    count_starts : (p + 1,) int64
    class_words : (n_classes + 1,) int64
        Where the words of each class begin.
    """

    words: Array
    word_starts: Array
    n_levels: Array
    counts: Array
    count_starts: Array
    class_words: Array


@njit
def pack_bits(
    codes: Array,
    n_levels: Array,
    class_rows: Array,
    in_bits: Array,
    words: Array,
    counts: Array,
) -> None:
    """Bit columns of the ``codes`` (b, n) uint8 that are ``in_bits``; all level counts.

    ``words`` and ``counts`` are those of `BitColumns` for these b features.
    """
    n_classes = class_rows.shape[0] - 1
    n_words = 0
    for y in range(n_classes):
        n_words += (class_rows[y + 1] - class_rows[y] + 63) >> 6
    buffer = np.empty(64, np.uint8)
    word_at = count_at = 0
    for j in range(codes.shape[0]):
        levels, keep = n_levels[j], in_bits[j]
        column = codes[j]
        at = word_at
        for y in range(n_classes):
            tally = counts[count_at + y : count_at + levels * n_classes : n_classes]
            tally[levels - 1] = class_rows[y + 1] - class_rows[y]
            for row in range(class_rows[y], class_rows[y + 1], 64):
                source, start = column, row
                if row + 64 > class_rows[y + 1]:
                    # No level is 255 here: the rest of the word stays empty.
                    buffer[:] = 255
                    rest = column[row : class_rows[y + 1]]
                    buffer[: rest.shape[0]] = rest
                    source, start = buffer, 0
                for a in range(levels - 1):
                    # Counted even where no word is kept: comparing costs the time.
                    word = rows_at_level(source, start, a)
                    tally[a] += np.int64(popcount(word))
                    if keep:
                        words[at + a * n_words] = word
                at += 1
            for a in range(levels - 1):
                tally[levels - 1] -= tally[a]
        if keep:
            word_at += (levels - 1) * n_words
        count_at += levels * n_classes


@njit
def binary_counts(
    words: Array, starts: Array, class_words: Array, sizes: Array, counts: Array
) -> None:
    """``[level][class]`` counts of columns of up to two levels, from their bits.

    Column j has ``words[starts[j]:starts[j + 1]]``, none if constant; ``sizes`` are
    those of the classes.
    """
    at, n_classes = 0, sizes.shape[0]
    for j in range(starts.shape[0] - 1):
        column = words[starts[j] : starts[j + 1]]
        for y in range(n_classes if column.shape[0] else 0):
            ones = np.uint64(0)
            for word in column[class_words[y] : class_words[y + 1]]:
                ones += popcount(word)
            counts[at + y] = ones
            counts[at + n_classes + y] = sizes[y] - np.int64(ones)
        if column.shape[0] == 0:
            for y in range(n_classes):
                counts[at + y] = sizes[y]
        at += n_classes if column.shape[0] == 0 else 2 * n_classes


@njit
def labels_by_class(codes: Array, classes: Array, n_classes: int) -> Array:
    """Code times the number of classes plus class, (n,) uint32."""
    labels = np.empty(codes.shape[0], np.uint32)
    for i in range(labels.shape[0]):
        at, wide = np.uint64(i), np.uint32(n_classes)
        labels[at] = np.uint32(codes[at]) * wide + np.uint32(classes[at])
    return labels


@njit
def join_labels(first: Array, second: Array, n_second: int, n_keys: int) -> Array:
    """Dense labels (n,) uint32 of the pairs that occur, in the order of the pairs."""
    place = np.zeros(n_keys, np.uint32)
    keys = np.empty(first.shape[0], np.uint32)
    for i in range(first.shape[0]):
        key = np.uint64(first[i]) * np.uint64(n_second) + np.uint64(second[i])
        keys[i] = key
        place[key] = 1
    label = 0
    for pair in range(n_keys):
        if place[pair]:
            place[pair] = label
            label += 1
    for i in range(keys.shape[0]):
        keys[i] = place[keys[i]]
    return keys


@njit
def level_counts(
    codes: Array, n_levels: Array, classes: Array, n_classes: int, counts: Array
) -> None:
    """``[level][class]`` counts of each row of ``codes`` (b, n), row after row."""
    at, wide = 0, np.uint64(n_classes)
    for j in range(codes.shape[0]):
        column = codes[j]
        table = counts[at : at + n_levels[j] * n_classes]
        for i in range(column.shape[0]):
            table[np.uint64(column[i]) * wide + np.uint64(classes[i])] += 1
        at += n_levels[j] * n_classes


@inlined
def _ones_of_both(words: Array, left: int, right: int, n: int) -> Any:
    """Count the rows that both of two runs of n words have.

    By positions: for so few words slices would take longer than the counting.
    """
    ones = np.uint64(0)
    for w in range(n):
        ones += popcount(words[np.uint64(left + w)] & words[np.uint64(right + w)])
    return np.int64(ones)


@njit
def bit_tables(
    columns: BitColumns, candidates: Array, picks: Array, cells: Array, starts: Array
) -> None:
    """Joint tables by popcount; the last level of either side follows from margins.

    Candidate i meets pick i and fills ``cells[starts[i]:starts[i + 1]]``. As
    n(a, last) = n(a) − Σ n(a, b) over the other b, and likewise for the last row, m
    levels cost m − 1 bit columns, and pairs of two levels one popcount.
    """
    words, counts, class_words = columns.words, columns.counts, columns.class_words
    n_classes = class_words.shape[0] - 1
    n_words = class_words[n_classes]
    for i in range(candidates.shape[0]):
        k, j = candidates[i], picks[i]
        m_k, m_j = columns.n_levels[k], columns.n_levels[j]
        of_k, of_j = columns.count_starts[k], columns.count_starts[j]
        for y in range(n_classes):
            n = class_words[y + 1] - class_words[y]
            left = columns.word_starts[k] + class_words[y]
            first = starts[i] + y
            for a in range(m_k - 1):
                right = columns.word_starts[j] + class_words[y]
                rest = counts[of_k + a * n_classes + y]
                for b in range(m_j - 1):
                    ones = _ones_of_both(words, left, right, n)
                    cells[first + (a * m_j + b) * n_classes] = ones
                    rest -= ones
                    right += n_words
                cells[first + (a * m_j + m_j - 1) * n_classes] = rest
                left += n_words
            for b in range(m_j):
                rest = counts[of_j + b * n_classes + y]
                for a in range(m_k - 1):
                    rest -= cells[first + (a * m_j + b) * n_classes]
                cells[first + ((m_k - 1) * m_j + b) * n_classes] = rest


@njit
def histogram_tables(
    codes: Array, rows: Array, base: Array, stride: int, cells: Array, starts: Array
) -> None:
    """Joint tables by counting row by row.

    ``codes`` (·, n) of which ``rows`` are the candidates; ``base`` (n,) uint32 is the
    level of the pick times the number of classes plus the class; ``stride`` its range.
    """
    n = codes.shape[1]
    wide = np.uint64(stride)
    largest = 0
    for i in range(rows.shape[0]):
        largest = max(largest, starts[i + 1] - starts[i])
    extra = np.zeros((3, largest), np.int64)
    for i in range(rows.shape[0]):
        table = cells[starts[i] : starts[i + 1]]
        table[:] = 0
        if 4 * table.shape[0] < n:
            _count_interleaved(codes[rows[i]], base, wide, table, extra)
        else:
            x = codes[rows[i]]
            for r in range(n):
                table[np.uint64(x[r]) * wide + np.uint64(base[r])] += 1


@njit
def _count_interleaved(
    x: Array, base: Array, wide: np.uint64, table: Array, extra: Array
) -> None:
    """Count in four tables in turn.

    Neighbouring rows often fall into one cell, whose next load waits for the last
    store; with four tables the time does not depend on the data.
    """
    size = table.shape[0]
    second, third, fourth = extra[0, :size], extra[1, :size], extra[2, :size]
    extra[:, :size] = 0
    quarter = x.shape[0] // 4
    for q in range(quarter):
        r = np.uint64(4 * q)
        r1, r2, r3 = r + np.uint64(1), r + np.uint64(2), r + np.uint64(3)
        table[np.uint64(x[r]) * wide + np.uint64(base[r])] += 1
        second[np.uint64(x[r1]) * wide + np.uint64(base[r1])] += 1
        third[np.uint64(x[r2]) * wide + np.uint64(base[r2])] += 1
        fourth[np.uint64(x[r3]) * wide + np.uint64(base[r3])] += 1
    for last in range(4 * quarter, x.shape[0]):
        table[np.uint64(x[last]) * wide + np.uint64(base[last])] += 1
    for c in range(size):
        table[c] += second[c] + third[c] + fourth[c]


@inlined
def _count_pairs(
    x: Array, z: Array, y: Array, sizes: tuple[int, int], places: Array, table: Array
) -> None:
    """Joint table (x, z, y) of some rows: first their cells, in vectors, then counts.

    ``sizes`` are the levels of z and y; ``places`` is scratch for the cells.
    """
    # 16 bits hold all places, and twice as many of them fit a register as of 32.
    n_z, n_y = np.uint16(sizes[0]), np.uint16(sizes[1])
    for r in range(x.shape[0]):
        at = np.uint64(r)
        pair = np.uint16(x[at]) * n_z + np.uint16(z[at])
        places[at] = np.uint16(pair * n_y + np.uint16(y[at]))
    table[:] = 0
    for r in range(x.shape[0]):
        table[np.uint64(places[np.uint64(r)])] += 1


@njit
def pair_sums(
    columns: tuple[Array, Array, Array],
    candidates: Array,
    picks: Array,
    classes: Array,
    n_classes: int,
    plogp: Array,
    occupied: Array,
) -> tuple[Array, Array]:
    """Sum c log c over the joint table of candidate i, pick i and class; and without.

    ``columns`` holds the codes (·, n) uint8, the row of each column in them and the
    numbers of levels; ``classes`` (n,); tables have up to 65 536 cells, of which all
    counts are within ``plogp``, the table of c log c. ``occupied`` (2, b) takes the
    numbers of cells that are not 0, with the class and without; (2, 0) takes none.
    """
    codes, rows, n_levels = columns
    largest = 0
    for i in range(candidates.shape[0]):
        size = n_levels[candidates[i]] * n_levels[picks[i]] * n_classes
        largest = max(largest, size)
    cells = np.empty(largest, np.int32)
    places = np.empty(classes.shape[0], np.uint16)
    sums = np.zeros(candidates.shape[0], np.int64)
    folded = np.zeros(candidates.shape[0], np.int64)
    for i in range(candidates.shape[0]):
        k, j = candidates[i], picks[i]
        table = cells[: n_levels[k] * n_levels[j] * n_classes]
        x, z, sizes = codes[rows[k]], codes[rows[j]], (n_levels[j], n_classes)
        _count_pairs(x, z, classes, sizes, places, table)
        for first in range(0, table.shape[0], n_classes):
            over_classes = 0
            for count in table[first : first + n_classes]:
                sums[i] += plogp[np.uint64(count)]
                over_classes += count
            folded[i] += plogp[np.uint64(over_classes)]
        if occupied.shape[1]:
            _count_occupied(table, n_classes, occupied[:, i])
    return sums, folded


@njit
def _count_occupied(table: Array, n_classes: int, occupied: Array) -> None:
    """Add the cells that are not 0: with the class, which runs fastest, and without."""
    for first in range(0, table.shape[0], n_classes):
        here = 0
        for count in table[first : first + n_classes]:
            here += count > 0
        occupied[0] += here
        occupied[1] += here > 0


@njit
def sorted_tables(
    codes: Array,
    rows: Array,
    n_levels: Array,
    base: Array,
    order: Array,
    n_classes: int,
) -> tuple[Array, Array, Array, Array]:
    """Occupied cells of joint tables too large to lay out, in O(n) memory each.

    ``order`` (n,) sorts ``base`` (n,) uint32 (see `histogram_tables`); one more stable
    counting sort by the candidate's code brings the rows of a cell together. Returns
    the cells of (k, j, class), their starts, the cells of (k, j), their starts.
    """
    # A cell has at least one row: n cells are enough, however large the table.
    m, n = rows.shape[0], base.shape[0]
    triple, pair = np.empty(m * n, np.int64), np.empty(m * n, np.int64)
    triple_starts, pair_starts = np.zeros(m + 1, np.int64), np.zeros(m + 1, np.int64)
    placed, levels = np.empty(n, np.int64), np.empty(n, np.int64)
    at_triple = at_pair = 0
    for i in range(m):
        x = codes[rows[i]]
        begin = np.zeros(n_levels[i] + 1, np.int64)
        for r in range(n):
            begin[np.int64(x[r]) + 1] += 1
        for level in range(n_levels[i]):
            begin[level + 1] += begin[level]
        for r in range(n):
            a = np.int64(x[order[r]])
            placed[begin[a]] = base[order[r]]
            levels[begin[a]] = a
            begin[a] += 1
        for r in range(n):
            same_level = r > 0 and levels[r] == levels[r - 1]
            if not (same_level and placed[r] == placed[r - 1]):
                triple[at_triple] = 0
                at_triple += 1
            if not (
                same_level and placed[r] // n_classes == placed[r - 1] // n_classes
            ):
                pair[at_pair] = 0
                at_pair += 1
            triple[at_triple - 1] += 1
            pair[at_pair - 1] += 1
        triple_starts[i + 1], pair_starts[i + 1] = at_triple, at_pair
    return triple[:at_triple], triple_starts, pair[:at_pair], pair_starts
