"""Bit columns and level counts, from codes or straight from rows of bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.blocks import ByteRows
from mifs._data.codes import Piece
from mifs._data.layout import starts_of
from mifs._engines.base import CodedTable
from mifs._engines.costs import bits_pay


def class_words(class_counts: IntArray) -> IntArray:
    """Where the words of each class begin, and the end.

    A class begins with a new word, so that counts within a class are runs of words;
    bits of its last word beyond its rows are 0 in every column.
    """
    return starts_of(-(-class_counts // 64))


def sorting_pays(table: CodedTable) -> bool:
    """Whether an engine in memory sorts the rows by class, for columns in bits."""
    n_levels, n_classes = table.n_levels, table.n_classes
    words = class_words(np.bincount(table.classes, minlength=n_classes))
    return bool(bits_pay(n_levels, len(table.classes), words[-1], n_classes).any())


def pack_codes(
    codes: AnyArray,
    n_levels: IntArray,
    in_bits: NDArray[np.bool_],
    classes: AnyArray,
    class_counts: IntArray,
) -> tuple[AnyArray, IntArray]:
    """Words of the columns that are in bits, and all ``[level][class]`` counts.

    A column of m levels has m − 1 bit columns: a row of the last level is in none of
    them. If any column is in bits, the rows are sorted by class; counts then come with
    the packing, and take no pass of their own.
    """
    n_words = class_words(class_counts)[-1]
    words = np.empty((n_levels[in_bits] - 1).sum() * n_words, np.uint64)
    counts = np.zeros(n_levels.sum() * len(class_counts), np.int64)
    if in_bits.any():
        class_rows = starts_of(class_counts)
        _kernels.counts.pack_bits(codes, n_levels, class_rows, in_bits, words, counts)
    else:
        n_classes = len(class_counts)
        _kernels.counts.level_counts(codes, n_levels, classes, n_classes, counts)
    return words, counts


def unpacked(words: AnyArray, class_counts: IntArray) -> AnyArray:
    """Codes (n,) uint8 of a column from its bit columns (m - 1, n_words)."""
    bits = np.unpackbits(words.astype("<u8").view(np.uint8), axis=1, bitorder="little")
    last = len(words)
    codes = np.full(bits.shape[1], last, np.uint8)
    for level in range(last):
        codes -= bits[level] * np.uint8(last - level)
    firsts = 64 * class_words(class_counts)[:-1]
    rows = zip(firsts.tolist(), class_counts.tolist(), strict=True)
    return np.concatenate([codes[first : first + n] for first, n in rows])


def pack_rows(
    rows: ByteRows,
    n_levels: IntArray,
    order: NDArray[np.intp],
    class_counts: IntArray,
) -> tuple[AnyArray, IntArray]:
    """Words of columns of one or two levels, and their ``[level][class]`` counts.

    The bytes are not coded first: whether one equals the lower value of its column is
    the bit that is wanted. ``order`` (n,) lists the rows class by class.
    """
    matrix, first, (lows, _) = rows
    words_of, n_classes = class_words(class_counts), len(class_counts)
    # The kernel reads 64 columns at least. Neighbours that were not asked for are taken
    # for constant, so that they have no words, and their counts are cut off again.
    more = max(0, 64 - len(lows))
    before = min(first, more)
    n_levels = np.pad(n_levels, (before, more - before), constant_values=1)
    lows = np.pad(lows, (before, more - before))
    starts = starts_of((n_levels - 1) * words_of[-1])
    words = np.empty(starts[-1], np.uint64)
    _kernels.planes.pack_rows(
        matrix, first - before, lows, order, starts_of(class_counts), starts, words
    )
    counts = np.empty(n_levels.sum() * n_classes, np.int64)
    _kernels.counts.binary_counts(words, starts, words_of, class_counts, counts)
    end = len(counts) - (more - before) * n_classes
    return words, counts[before * n_classes : end]


def by_levels(piece: Piece, n_levels: IntArray, most: int) -> list[Piece]:
    """Split a piece into columns of so many levels, which lie in tiles, and others."""
    few = n_levels <= most
    if few.all():
        return [piece]
    return [
        piece._replace(columns=piece.columns[way], positions=piece.positions[way])
        for way in (few, ~few)
        if way.any()
    ]
