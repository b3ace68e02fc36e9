"""The engine of wide, short tables of up to three levels a column: bits of a few words.

Genotypes, and expressions cut in thirds. A pair of columns takes a few nanoseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.codes import Piece
from mifs._data.layout import starts_of
from mifs._data.parallel import run
from mifs._engines.base import (
    ALONE,
    ByteColumns,
    Cells,
    CodedTable,
    JointCounts,
    Logarithms,
    RowCodes,
    TableSums,
    Workers,
)
from mifs._engines.memory import MemoryEngine
from mifs._engines.packing import class_words
from mifs._engines.pick import Pick

if TYPE_CHECKING:
    from mifs._kernels.ternary import Ternary

MOST_LEVELS = 3
# A round looks logarithms up in tables that grow with the square of the rows, and that
# are made anew for each pick: many columns must share them.
MOST_ROWS = 256
MOST_WORDS = 8
COLUMNS_A_ROW = 4
# Nanoseconds that a value takes to become a bit.
PACKING = 0.2


class TernaryTables(NamedTuple):
    """Joint tables of columns with a pick, or of column i with pick i, to be summed.

    Attributes
    ----------
    table : Ternary
    columns : ndarray of shape (b,), intp
    picks : int or ndarray of shape (b,), intp
    """

    table: Ternary
    columns: IntArray
    picks: int | IntArray

    def sums(self, logarithms: Logarithms, occupied: bool) -> TableSums:
        """Sum with the class, and without it."""
        found = np.empty((2, len(self.columns)), np.int64)
        plain, by_class = found
        where, out = (self.table, self.columns), (plain, by_class)
        if isinstance(self.picks, int) and not occupied:
            _kernels.ternary.round_sums(*where, self.picks, logarithms.full_table, out)
            one = len(self.table.class_counts) == 1
            return TableSums(plain, plain if one else by_class)
        picks = np.broadcast_to(self.picks, self.columns.shape).astype(np.intp)
        cells = np.zeros((2, len(self.columns) if occupied else 0), np.int64)
        _kernels.ternary.pair_sums(*where, picks, logarithms.full_table, out, cells)
        return TableSums(plain, by_class, *cells)


class TernaryEngine:
    """Counts of few rows of many columns, each of up to three levels.

    Joint labels of several columns are counted as those of any table.

    Parameters
    ----------
    table : EncodedTable or JoinedColumns
        See `holds`.
    n_jobs : int, default=None
    """

    def __init__(self, table: CodedTable, n_jobs: int | None = None) -> None:
        self._source = table, n_jobs
        classes, n_classes = table.classes, table.n_classes
        self.n_rows, self.n_levels = len(classes), table.n_levels
        self.class_counts = np.bincount(classes, minlength=n_classes)
        order = np.argsort(classes, kind="stable")
        self._classes = classes[order].astype(np.uint8)
        words_of = class_words(self.class_counts)
        p = len(self.n_levels)
        words = np.empty((2 * int(words_of[-1]), p), np.uint64)
        pieces = table.pieces()
        tasks = [(table, piece, order) for piece in pieces]
        work = PACKING * p * self.n_rows
        found = run(self._pack, tasks, n_jobs, work)
        for piece, packed in zip(pieces, found, strict=True):
            if len(pieces) == 1:
                words = packed
            else:
                words[:, piece.columns] = packed
        margins = np.empty((2 * n_classes, p), np.uint16)
        _kernels.ternary.count_levels(words, words_of, margins)
        self._by_class = _kernels.ternary.Ternary(
            words, margins, words_of, self.class_counts
        )

    @staticmethod
    def holds(table: CodedTable) -> bool:
        """Whether a table is so short, so wide, and of so few levels."""
        n, n_levels = len(table.classes), table.n_levels
        if table.units is not None or n > MOST_ROWS:
            return False
        if len(n_levels) < COLUMNS_A_ROW * n or n_levels.max() > MOST_LEVELS:
            return False
        counts = np.bincount(table.classes, minlength=table.n_classes)
        return bool(class_words(counts)[-1] <= MOST_WORDS)

    def _pack(self, table: CodedTable, piece: Piece, order: IntArray) -> AnyArray:
        """Words of a piece, straight from rows of bytes or from its codes."""
        class_rows = starts_of(self.class_counts)
        n_words = int(class_words(self.class_counts)[-1])
        words = np.empty((2 * n_words, len(piece.columns)), np.uint64)
        rows = table.byte_rows(piece)
        if rows is None:
            codes = table.codes(piece, order)
            _kernels.ternary.pack_columns(codes, class_rows, words)
        else:
            matrix, first, levels = rows
            at = table.rows_of_source(order)
            _kernels.ternary.pack_rows(matrix, first, levels, at, class_rows, words)
        return words

    @cached_property
    def _plain(self) -> Ternary:
        """The same columns, all rows taken as one class."""
        table = self._by_class
        margins = table.margins.reshape(-1, 2, len(self.n_levels))
        return table._replace(
            margins=margins.sum(axis=0, dtype=np.uint16),
            class_words=table.class_words[[0, -1]],
            class_counts=np.array([self.n_rows]),
        )

    @cached_property
    def _any(self) -> MemoryEngine:
        """Counts of the same table, for joint labels."""
        return MemoryEngine(*self._source)

    @cached_property
    def _level_counts(self) -> Cells:
        starts = starts_of(self.n_levels * len(self.class_counts))
        counts = np.empty(starts[-1], np.int64)
        _kernels.ternary.level_tables(
            self._by_class.margins, self.class_counts, self.n_levels, counts
        )
        return Cells(counts, starts)

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        return self._level_counts

    def codes(self, column: int) -> AnyArray:
        """Codes of a column (n,), uint8, rows sorted by class."""
        words = self._by_class.words[:, column].reshape(2, -1)
        bits = np.unpackbits(
            words.astype("<u8").view(np.uint8), axis=1, bitorder="little"
        )
        runs = zip(self._by_class.class_words[:-1], self.class_counts, strict=True)
        at = np.concatenate([64 * first + np.arange(n) for first, n in runs])
        low, high = bits[:, at]
        codes: AnyArray = np.uint8(2) - np.uint8(2) * low - high
        return codes

    @property
    def row_codes(self) -> RowCodes:
        """Codes of all columns."""
        return RowCodes(self.codes, True)

    @property
    def byte_columns(self) -> ByteColumns:
        """All columns, as bits."""
        none = np.empty((0, self.n_rows), np.uint8)
        rows = np.zeros(0, np.int64)
        columns = none, rows, self.n_levels, self._classes
        return ByteColumns(*columns, self._by_class, self._plain)

    @property
    def pair_time(self) -> float:
        """Nanoseconds that a candidate takes in a round of all, about."""
        n_words = int(self._by_class.class_words[-1])
        return 3.0 + 1.2 * len(self.class_counts) + 1.5 * n_words

    def pick(self, column: int) -> Pick:
        """Prepare one column to be counted against others."""
        cells = self._level_counts
        counts = cells.counts[cells.starts[column] : cells.starts[column + 1]]
        shape = -1, len(self.class_counts)
        return Pick(None, column, counts.reshape(shape), self._classes)

    def grouped(self, groups: Sequence[list[int]]) -> MemoryEngine:
        """Engine whose columns are the joint labels of groups of columns."""
        return self._any.grouped(groups)

    def join(self, pick: Pick | None, column: int) -> Pick:
        """Make one joint label of a pick and a column, without empty levels."""
        return self._any.join(pick, column)

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        return np.array_split(np.arange(len(candidates)), min(n, len(candidates)))

    def joint_counts(
        self,
        pick: Pick,
        candidates: IntArray,
        *,
        by_class: bool,
        workers: Workers = ALONE,
    ) -> Iterator[JointCounts]:
        """Tables of all candidates against a pick."""
        if pick.column is None:
            yield from self._any.joint_counts(
                pick, candidates, by_class=by_class, workers=workers
            )
            return
        tables = TernaryTables(self._table(by_class), candidates, pick.column)
        yield JointCounts(slice(None), summed=tables)

    def pair_counts(
        self, picks: IntArray, candidates: IntArray, *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of candidate i against pick i, for all i."""
        tables = TernaryTables(self._table(by_class), candidates, picks)
        yield JointCounts(slice(None), summed=tables)

    def _table(self, by_class: bool) -> Ternary:
        return self._by_class if by_class else self._plain
