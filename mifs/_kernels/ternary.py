"""Kernels of columns of up to three levels in few rows, as bits that fit a few words.

A column is two rows of bits, those of its first level and those of its second; what is
in neither is of the third. Words of neighbouring columns lie side by side.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.vectors import popcount

# Columns that are counted together: what is known of them stays in the first cache.
BATCH = 256
LEVELS = 3
NONE = np.uint64(0), np.uint64(0)
NO_CELLS = (*NONE, *NONE)


class Ternary(NamedTuple):
    """Columns of up to three levels, rows sorted by class.

    Attributes
    ----------
    words : ndarray of shape (2 * n_words, p), uint64
        Rows of the first level, then those of the second; each class begins a word.
    margins : ndarray of shape (2 * n_classes, p), uint16
        Rows of both levels, class by class.
    class_words : ndarray of shape (n_classes + 1,), int64
        Where the words of each class begin.
    class_counts : ndarray of shape (n_classes,), int64
        Rows of each class.
    """

    words: Array
    margins: Array
    class_words: Array
    class_counts: Array


@njit
def pack_rows(
    rows: Array, first: int, levels: Array, order: Array, class_rows: Array, out: Array
) -> None:
    """Words ``out`` (2 * n_words, b) of columns ``first`` and on of bytes (n, ·).

    ``levels`` (2, b) are the values of the first two levels; ``order`` (n,) lists the
    rows class by class.
    """
    b, half = out.shape[1], out.shape[0] // 2
    ones, twos = np.empty(BATCH, np.uint8), np.empty(BATCH, np.uint8)
    for start in range(0, b, BATCH):
        size, at = min(BATCH, b - start), 0
        low, high = levels[0, start : start + size], levels[1, start : start + size]
        for y in range(class_rows.shape[0] - 1):
            for top in range(class_rows[y], class_rows[y + 1], 64):
                last = min(top + 64, class_rows[y + 1])
                low_words = out[at, start : start + size]
                high_words = out[half + at, start : start + size]
                for i in range(size):
                    low_words[np.uint64(i)] = high_words[np.uint64(i)] = 0
                for r in range(top, last, 8):
                    _pack_eight(
                        rows,
                        order[r : min(r + 8, last)],
                        first + start,
                        low,
                        high,
                        ones,
                        twos,
                    )
                    by = np.uint64(r - top)
                    for i in range(size):
                        k = np.uint64(i)
                        low_words[k] |= np.uint64(ones[k]) << by
                        high_words[k] |= np.uint64(twos[k]) << by
                at += 1


@inlined
def _pack_eight(
    rows: Array,
    which: Array,
    first: int,
    low: Array,
    high: Array,
    ones: Array,
    twos: Array,
) -> None:
    """Bytes of up to eight rows: a bit a row, set where a value is of a level."""
    for i in range(low.shape[0]):
        ones[np.uint64(i)] = twos[np.uint64(i)] = 0
    for r in range(which.shape[0]):
        row = rows[which[r], first : first + low.shape[0]]
        bit = np.uint8(1 << r)
        for i in range(low.shape[0]):
            k = np.uint64(i)
            ones[k] |= bit if row[k] == low[k] else np.uint8(0)
            twos[k] |= bit if row[k] == high[k] else np.uint8(0)


@njit
def pack_columns(codes: Array, class_rows: Array, out: Array) -> None:
    """Words ``out`` (2 * n_words, b) of codes (b, n) uint8, sorted by class."""
    half = out.shape[0] // 2
    for j in range(codes.shape[0]):
        column, at = codes[j], 0
        for y in range(class_rows.shape[0] - 1):
            for top in range(class_rows[y], class_rows[y + 1], 64):
                low = high = np.uint64(0)
                for r in range(top, min(top + 64, class_rows[y + 1])):
                    by, code = np.uint64(r - top), column[np.uint64(r)]
                    low |= np.uint64(code == 0) << by
                    high |= np.uint64(code == 1) << by
                out[at, j], out[half + at, j] = low, high
                at += 1


@njit
def count_levels(words: Array, class_words: Array, margins: Array) -> None:
    """Fill the margins of `Ternary` from its words."""
    n_words, p = words.shape[0] // 2, words.shape[1]
    for y in range(class_words.shape[0] - 1):
        for level in range(2):
            tally = margins[2 * y + level]
            tally[:] = 0
            for w in range(class_words[y], class_words[y + 1]):
                some = words[level * n_words + w]
                for k in range(p):
                    at = np.uint64(k)
                    tally[at] += np.uint16(popcount(some[at]))


@njit
def level_tables(
    margins: Array, class_counts: Array, n_levels: Array, counts: Array
) -> None:
    """Tables [level][class] of all columns, one after the other."""
    n_classes, at = class_counts.shape[0], 0
    for k in range(n_levels.shape[0]):
        for y in range(n_classes):
            low, high = np.int64(margins[2 * y, k]), np.int64(margins[2 * y + 1, k])
            counts[at + y] = low
            if n_levels[k] > 1:
                counts[at + n_classes + y] = high
            if n_levels[k] > 2:
                counts[at + 2 * n_classes + y] = class_counts[y] - low - high
        at += n_levels[k] * n_classes


@njit
def round_sums(
    table: Ternary, columns: Array, pick: int, plogp: Array, sums: tuple[Array, Array]
) -> None:
    """Sum c log c over the tables of columns with a pick: without the class, with it.

    Cells of one level of the pick add up to its rows, so that two of them are a place
    in a table of their three logarithms together. Where all rows are one class, only
    the first of the sums are filled.
    """
    n_classes = table.class_counts.shape[0]
    of_pick = _rows_of_pick(table, pick)
    shift = np.uint64(0)
    for rows in of_pick:
        while rows >> np.int64(shift):
            shift += np.uint64(1)
    triples = _triples(of_pick, np.int64(shift), plogp)
    words_of_pick = np.empty(table.words.shape[0], np.uint64)
    for w in range(words_of_pick.shape[0]):
        words_of_pick[w] = table.words[w, pick]
    places = np.empty((2 * LEVELS, BATCH), np.uint64)
    words = np.empty((table.words.shape[0], BATCH), np.uint64)
    margins = np.empty((table.margins.shape[0], BATCH), np.uint16)
    plain, by_class = sums
    for first in range(0, columns.shape[0], BATCH):
        some = columns[first : min(first + BATCH, columns.shape[0])]
        n, at = some.shape[0], some[0]
        here, margins_here = table.words, table.margins
        if not _in_a_row(some):
            _bring_together(table, some, words, margins)
            here, margins_here, at = words, margins, 0
        of_some, of_class = plain[first : first + n], by_class[first : first + n]
        for i in range(n):
            of_some[np.uint64(i)] = of_class[np.uint64(i)] = 0
        for y in range(n_classes):
            low = margins_here[2 * y, at : at + n]
            high = margins_here[2 * y + 1, at : at + n]
            span = table.class_words[y], table.class_words[y + 1]
            part = places[LEVELS:]
            _find_places(here, (low, high), at, span, words_of_pick, shift, part)
            if n_classes > 1:
                _add_places(part, y, triples, shift, of_class)
                _join_places(places, y, n)
        whole = places[LEVELS * (n_classes == 1) :]
        last = n_classes * (n_classes > 1)
        _add_places(whole, last, triples, shift, of_some)


@inlined
def _in_a_row(columns: Array) -> bool:
    """Whether columns are neighbours."""
    same: Any = 1
    for i in range(columns.shape[0]):
        same &= np.int64(columns[i] == columns[0] + i)
    return bool(same)


@inlined
def _bring_together(
    table: Ternary, columns: Array, words: Array, margins: Array
) -> None:
    """Copy what is known of some columns."""
    for w in range(words.shape[0]):
        source, out = table.words[w], words[w]
        for i in range(columns.shape[0]):
            out[np.uint64(i)] = source[np.uint64(columns[np.uint64(i)])]
    for m in range(margins.shape[0]):
        rows, own = table.margins[m], margins[m]
        for i in range(columns.shape[0]):
            own[np.uint64(i)] = rows[np.uint64(columns[np.uint64(i)])]


@inlined
def _rows_of_pick(table: Ternary, pick: int) -> Array:
    """Rows of each level in each class, then in all where there are several."""
    n_classes = table.class_counts.shape[0]
    rows = np.zeros(LEVELS * (n_classes + (n_classes > 1)), np.int64)
    for y in range(n_classes):
        low, high = table.margins[2 * y, pick], table.margins[2 * y + 1, pick]
        at = LEVELS * y
        rows[at], rows[at + 1] = low, high
        rows[at + 2] = table.class_counts[y] - rows[at] - rows[at + 1]
        if n_classes > 1:
            for level in range(LEVELS):
                rows[LEVELS * n_classes + level] += rows[at + level]
    return rows


@inlined
def _triples(of_pick: Array, shift: Any, plogp: Array) -> Array:
    """Sum of c log c of a, b and m - a - b, at (a << shift) + b, for each m rows."""
    triples = np.empty(of_pick.shape[0] << (2 * shift), np.int64)
    for t in range(of_pick.shape[0]):
        m = of_pick[t]
        for a in range(m + 1):
            at = ((t << shift) + a) << shift
            own = plogp[a]
            for b in range(m - a + 1):
                triples[at + b] = own + plogp[b] + plogp[m - a - b]
    return triples


@inlined
def _find_places(
    words: Array,
    margins: tuple[Array, Array],
    at: int,
    span: tuple[int, int],
    of_pick: Array,
    shift: Any,
    places: Array,
) -> None:
    """Places of the cells of each level of the pick, for columns from ``at`` on.

    Those of the third level are what is left of the margins of the columns.
    """
    rows_of_low, rows_of_high = margins
    n, half = rows_of_low.shape[0], words.shape[0] // 2
    first, second, third = places[0], places[1], places[2]
    for i in range(n):
        first[np.uint64(i)] = second[np.uint64(i)] = 0
    for w in range(span[0], span[1]):
        low, high = words[w, at : at + n], words[half + w, at : at + n]
        one, two = of_pick[w], of_pick[half + w]
        for i in range(n):
            k = np.uint64(i)
            a, b = low[k], high[k]
            first[k] += (popcount(a & one) << shift) + popcount(b & one)
            second[k] += (popcount(a & two) << shift) + popcount(b & two)
    for i in range(n):
        k = np.uint64(i)
        rows = (np.uint64(rows_of_low[k]) << shift) + np.uint64(rows_of_high[k])
        third[k] = rows - first[k] - second[k]


@inlined
def _join_places(places: Array, y: int, n: int) -> None:
    """Add the places of a class to those of all."""
    for level in range(LEVELS):
        whole, part = places[level], places[LEVELS + level]
        for i in range(n):
            at = np.uint64(i)
            whole[at] = part[at] + (whole[at] if y else np.uint64(0))


@inlined
def _add_places(places: Array, y: int, triples: Array, shift: Any, sums: Array) -> None:
    """Add what the tables have at the places."""
    size = np.uint64(1) << (shift + shift)
    first = np.uint64(LEVELS * y) * size
    second = first + size
    third = second + size
    zero, one, two = places[0], places[1], places[2]
    for i in range(sums.shape[0]):
        at = np.uint64(i)
        sums[at] += (
            triples[first + zero[at]]
            + triples[second + one[at]]
            + triples[third + two[at]]
        )


@inlined
def sum_pair(table: Ternary, k: Any, j: Any, plogp: Array) -> tuple[Any, Any]:
    """Sum c log c over the cells of two columns, and over those with the class."""
    n_classes = table.class_counts.shape[0]
    by_class, cells, of_k, of_j, rows = np.int64(0), NO_CELLS, NONE, NONE, np.uint64(0)
    for y in range(n_classes):
        some = _count_four(table, y, k, j)
        margin_k, margin_j = _rows_of(table, y, k), _rows_of(table, y, j)
        n = np.uint64(table.class_counts[y])
        by_class += _sum_nine(_nine(some, margin_k, margin_j, n), plogp)
        cells, rows = _add_four(cells, some), rows + n
        of_k, of_j = _add_two(of_k, margin_k), _add_two(of_j, margin_j)
    if n_classes == 1:
        return by_class, by_class
    return _sum_nine(_nine(cells, of_k, of_j, rows), plogp), by_class


@inlined
def _count_four(table: Ternary, y: int, k: Any, j: Any) -> Any:
    """Rows of a class in which both columns have one of their first two levels."""
    words, half = table.words, table.words.shape[0] // 2
    a = b = c = d = np.uint64(0)
    for w in range(table.class_words[y], table.class_words[y + 1]):
        low, high = words[w, k], words[half + w, k]
        low_j, high_j = words[w, j], words[half + w, j]
        a += popcount(low & low_j)
        b += popcount(high & low_j)
        c += popcount(low & high_j)
        d += popcount(high & high_j)
    return a, b, c, d


@inlined
def _rows_of(table: Ternary, y: int, k: Any) -> Any:
    """Rows of the first two levels of a column in a class."""
    margins = table.margins
    return np.uint64(margins[2 * y, k]), np.uint64(margins[2 * y + 1, k])


@inlined
def _add_two(left: Any, right: Any) -> Any:
    return left[0] + right[0], left[1] + right[1]


@inlined
def _add_four(left: Any, right: Any) -> Any:
    a, b, c, d = right
    return left[0] + a, left[1] + b, left[2] + c, left[3] + d


@inlined
def _nine(cells: Any, of_k: Any, of_j: Any, n: Any) -> Any:
    """All cells of a table of n rows, from four and the margins."""
    a, b, c, d = cells
    first, second = of_k[0] - a - c, of_k[1] - b - d
    rest = n - of_j[0] - of_j[1] - first - second
    return a, b, of_j[0] - a - b, c, d, of_j[1] - c - d, first, second, rest


@inlined
def _sum_nine(cells: Any, plogp: Array) -> Any:
    """Sum of c log c."""
    a, b, c, d, e, f, g, h, i = cells
    three = plogp[a] + plogp[b] + plogp[c]
    return three + plogp[d] + plogp[e] + plogp[f] + plogp[g] + plogp[h] + plogp[i]


@inlined
def _n_occupied(cells: Any) -> Any:
    """Cells that are not 0."""
    n: Any = 0
    for count in cells:
        n += np.int64(count > 0)
    return n


@njit
def pair_sums(
    table: Ternary,
    columns: Array,
    picks: Array,
    plogp: Array,
    sums: tuple[Array, Array],
    occupied: Array,
) -> None:
    """Sum c log c over the tables of column i with pick i, as `round_sums`.

    ``occupied`` (2, b) takes the numbers of cells that are not 0, without the class and
    with it; (2, 0) takes none.
    """
    plain, by_class = sums
    for i in range(columns.shape[0]):
        plain[i], by_class[i] = sum_pair(table, columns[i], picks[i], plogp)
    for i in range(occupied.shape[1]):
        k, j = columns[i], picks[i]
        cells, of_k, of_j, rows = NO_CELLS, NONE, NONE, np.uint64(0)
        for y in range(table.class_counts.shape[0]):
            some = _count_four(table, y, k, j)
            margin_k, margin_j = _rows_of(table, y, k), _rows_of(table, y, j)
            n = np.uint64(table.class_counts[y])
            occupied[1, i] += _n_occupied(_nine(some, margin_k, margin_j, n))
            cells, rows = _add_four(cells, some), rows + n
            of_k, of_j = _add_two(of_k, margin_k), _add_two(of_j, margin_j)
        occupied[0, i] += _n_occupied(_nine(cells, of_k, of_j, rows))
