"""The engine of tables in memory: class-sorted codes and bit columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._data.blocks import AnyArray, Block
from mifs._data.discretize import Encoding
from mifs._data.parallel import run
from mifs._engines.base import Cells, IntArray, JointCounts
from mifs._kernels import counts as kernels

# Cells laid out at once: 1 MiB of counts stays in the cache until it is summed.
CELLS_AT_ONCE = 1 << 17
MAX_BIT_LEVELS = 16


def bits_pay(
    n_levels: IntArray, n_rows: int, n_words: int, n_classes: int
) -> NDArray[np.bool_]:
    """Whether a column is counted faster from bits than by a histogram.

    The one rule, measured on AVX2 and AVX-512 (ns): a word costs 0.4 and a run of
    words 8, once for each pair of levels, of which the last follow from the margins;
    a row of a histogram costs 0.75.
    """
    bits = (n_levels - 1.0) ** 2 * (0.4 * n_words + 8.0 * n_classes)
    return (n_levels <= MAX_BIT_LEVELS) & (bits < 0.75 * n_rows)


@dataclass(frozen=True)
class Pick:
    """A column, or a joint label of several, to count candidates against.

    Attributes
    ----------
    codes : ndarray of shape (n,) or None
        Class-sorted; None where bits are all that is kept.
    words : ndarray of shape (n_levels - 1, n_words) or None, uint64
    counts : ndarray of shape (n_levels, n_classes), int64
    classes : ndarray of shape (n,), int64
        Class of each row.
    """

    codes: AnyArray | None
    words: AnyArray | None
    counts: IntArray
    classes: IntArray

    @property
    def n_levels(self) -> int:
        """Number of levels."""
        return len(self.counts)

    @cached_property
    def by_class(self) -> NDArray[np.uint32]:
        """Level times the number of classes plus class, of each row."""
        assert self.codes is not None
        base = self.codes.astype(np.int64) * self.counts.shape[1] + self.classes
        return base.astype(np.uint32)

    @cached_property
    def plain(self) -> NDArray[np.uint32]:
        """Level of each row."""
        assert self.codes is not None
        return self.codes.astype(np.uint32)


class MemoryEngine:
    """Counts of a table in memory, rows sorted by class once.

    Parameters
    ----------
    encoding : Encoding
    classes : ndarray of shape (n,), intp
    n_classes : int
    n_jobs : int or None
    """

    def __init__(
        self, encoding: Encoding, classes: AnyArray, n_classes: int, n_jobs: int | None
    ) -> None:
        narrow = classes.astype(np.uint16 if n_classes <= 65_536 else np.uint32)
        order = np.argsort(narrow, kind="stable")
        self.n_rows = len(classes)
        self.n_levels = encoding.n_levels
        self.class_counts = np.bincount(classes, minlength=n_classes)
        self._class_rows = _starts(self.class_counts)
        self._class_words = _starts(-(-self.class_counts // 64))
        self._classes = np.repeat(np.arange(n_classes), self.class_counts)
        self._in_bits = bits_pay(
            self.n_levels, self.n_rows, int(self._class_words[-1]), n_classes
        )
        self._codes: dict[str, AnyArray] = {}
        self._code_rows = np.empty(len(self.n_levels), np.int64)
        self._store(encoding, order, n_jobs)

    def _store(self, encoding: Encoding, order: AnyArray, n_jobs: int | None) -> None:
        """Encode and pack piece by piece, then lay the pieces out by column."""
        n_words, n_classes = int(self._class_words[-1]), len(self.class_counts)
        sizes = np.where(self._in_bits, (self.n_levels - 1) * n_words, 0)
        self._word_starts = _starts(sizes)
        self._count_starts = _starts(self.n_levels * n_classes)
        self._words = np.empty(self._word_starts[-1], np.uint64)
        self._counts = np.empty(self._count_starts[-1], np.int64)
        if not self._in_bits.all():
            wide = self.n_levels > 256
            for dtype, chosen in (("uint8", ~wide), ("uint16", wide)):
                self._code_rows[chosen] = np.arange(np.count_nonzero(chosen))
                shape = (np.count_nonzero(chosen), self.n_rows)
                self._codes[dtype] = np.empty(shape, dtype)
        pieces = [
            (encoding, block, positions[mask], order)
            for block, positions in encoding.pieces()
            for bits in (self._in_bits[block.columns[positions]],)
            for mask in (bits, ~bits)
            if mask.any()
        ]
        for piece, packed in zip(pieces, run(self._pack, pieces, n_jobs), strict=True):
            self._lay_out(piece[1].columns[piece[2]], *packed)

    def _pack(
        self, encoding: Encoding, block: Block, positions: AnyArray, order: AnyArray
    ) -> tuple[AnyArray | None, AnyArray, IntArray]:
        """Codes (where kept), words and level counts of one piece."""
        codes = encoding.codes(block, positions, order)
        columns = block.columns[positions]
        n_levels = self.n_levels[columns]
        counts = np.zeros(n_levels.sum() * len(self.class_counts), np.int64)
        words = np.empty(0, np.uint64)
        if self._in_bits[columns[0]]:
            n_words = (n_levels - 1).sum() * self._class_words[-1]
            words = np.empty(n_words, np.uint64)
            kernels.pack_bits(codes, n_levels, self._class_rows, words, counts)
        else:
            kernels.level_counts(codes, n_levels, self._class_rows, counts)
        return (codes if self._codes else None), words, counts

    def _lay_out(
        self,
        columns: AnyArray,
        codes: AnyArray | None,
        words: AnyArray,
        counts: IntArray,
    ) -> None:
        if codes is not None:
            self._codes[codes.dtype.name][self._code_rows[columns]] = codes
        _place(self._counts, self._count_starts, columns, counts)
        _place(self._words, self._word_starts, columns, words)

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        return Cells(self._counts, self._count_starts)

    @cached_property
    def _by_class(self) -> kernels.BitColumns:
        return kernels.BitColumns(
            self._words,
            self._word_starts,
            self.n_levels,
            self._counts,
            self._count_starts,
            self._class_words,
        )

    @cached_property
    def _plain(self) -> kernels.BitColumns:
        """The same columns, all rows taken as one class."""
        return self._by_class._replace(
            counts=self._counts.reshape(-1, len(self.class_counts)).sum(axis=1),
            count_starts=_starts(self.n_levels),
            class_words=self._class_words[[0, -1]],
        )

    def pick(self, column: int) -> Pick:
        """Prepare one column to be counted against others."""
        first, last = self._count_starts[column : column + 2]
        counts = self._counts[first:last].reshape(-1, len(self.class_counts))
        words = codes = None
        if self._in_bits[column]:
            first, last = self._word_starts[column : column + 2]
            words = self._words[first:last].reshape(len(counts) - 1, -1)
            words = words if words.size else np.empty((0, self._class_words[-1]), "u8")
        if self._codes:
            codes = self._codes["uint8" if len(counts) <= 256 else "uint16"]
            codes = codes[self._code_rows[column]]
        return Pick(codes, words, counts, self._classes)

    def joint_counts(
        self, pick: Pick, candidates: NDArray[np.intp], *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of all candidates against a pick, some candidates at a time."""
        n_classes = len(self.class_counts) if by_class else 1
        sizes = self.n_levels[candidates] * (pick.n_levels * n_classes)
        dense = sizes <= 8 * self.n_rows + 256
        bits = self._in_bits[candidates] & (pick.words is not None) & dense
        wide = self.n_levels[candidates] > 256
        ways = (
            (self._from_bits, bits),
            (self._from_histograms, dense & ~bits & ~wide),
            (self._from_histograms, dense & ~bits & wide),
            (self._from_sorting, ~dense & ~wide),
            (self._from_sorting, ~dense & wide),
        )
        for count, chosen in ways:
            for members in _groups(chosen, sizes, self.n_rows):
                yield count(pick, candidates, members, by_class)

    def _from_bits(
        self, pick: Pick, candidates: Any, members: Any, by_class: bool
    ) -> JointCounts:
        columns = self._by_class if by_class else self._plain
        counts = pick.counts if by_class else pick.counts.sum(axis=1, keepdims=True)
        chosen = candidates[members]
        starts = _starts(self.n_levels[chosen] * counts.size)
        cells = np.empty(starts[-1], np.int64)
        kernels.bit_tables(columns, chosen, pick.words, counts, cells, starts)
        return _laid_out(members, Cells(cells, starts), by_class)

    def _from_histograms(
        self, pick: Pick, candidates: Any, members: Any, by_class: bool
    ) -> JointCounts:
        base = pick.by_class if by_class else pick.plain
        stride = pick.n_levels * (len(self.class_counts) if by_class else 1)
        codes, rows, n_levels = self._code_source(candidates[members])
        starts = _starts(n_levels * stride)
        cells = np.empty(starts[-1], np.int64)
        kernels.histogram_tables(codes, rows, base, stride, cells, starts)
        return _laid_out(members, Cells(cells, starts), by_class)

    def _from_sorting(
        self, pick: Pick, candidates: Any, members: Any, by_class: bool
    ) -> JointCounts:
        base = pick.by_class if by_class else pick.plain
        n_classes = len(self.class_counts) if by_class else 1
        order = np.argsort(base, kind="stable")
        codes, rows, n_levels = self._code_source(candidates[members])
        triple, triple_starts, pair, pair_starts = kernels.sorted_tables(
            codes, rows, n_levels, base, order, n_classes
        )
        cells = Cells(triple, triple_starts) if by_class else None
        return JointCounts(members, cells, Cells(pair, pair_starts))

    def _code_source(self, chosen: Any) -> tuple[AnyArray, IntArray, IntArray]:
        n_levels = self.n_levels[chosen]
        codes = self._codes["uint16" if n_levels[0] > 256 else "uint8"]
        return codes, self._code_rows[chosen], n_levels


def _laid_out(members: Any, cells: Cells, by_class: bool) -> JointCounts:
    if by_class:
        return JointCounts(members, triple=cells, pair=None)
    return JointCounts(members, triple=None, pair=cells)


def _starts(sizes: Any) -> IntArray:
    """Where each of consecutive pieces begins, and the end."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def _place(
    target: AnyArray, starts: IntArray, columns: AnyArray, values: AnyArray
) -> None:
    """Copy the consecutive pieces of ``values`` to the places of their columns."""
    if not len(values):
        return
    if columns[-1] - columns[0] + 1 == len(columns):
        target[starts[columns[0]] : starts[columns[-1] + 1]] = values
        return
    sizes = starts[columns + 1] - starts[columns]
    shift = np.repeat(starts[columns] - _starts(sizes)[:-1], sizes)
    target[np.arange(len(values)) + shift] = values


def _groups(chosen: NDArray[np.bool_], sizes: IntArray, n_rows: int) -> Iterator[Any]:
    """Split the chosen candidates so that their cells stay within bounds."""
    if not chosen.any():
        return
    bounded = np.minimum(sizes, 8 * n_rows + 256)
    if chosen.all() and bounded.sum() <= CELLS_AT_ONCE:
        yield slice(None)
        return
    members = np.flatnonzero(chosen)
    part = np.cumsum(bounded[members]) // CELLS_AT_ONCE
    yield from np.split(members, np.flatnonzero(np.diff(part)) + 1)
