"""Sparse columns as level runs: the rows of each level but that of zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.blocks import ByteRows, chunks, code_dtype
from mifs._data.codes import MAX_BYTE_LEVELS, Lent, Piece, TableCodes
from mifs._data.layout import place, starts_of
from mifs._data.parallel import run
from mifs._data.sparse import SparseBlock


@dataclass(frozen=True)
class SparseCodes:
    """Rows of each level of each column, all but those of one default level.

    Attributes
    ----------
    entries : ndarray, int32
        Level a of column k is in the rows ``entries[level_starts[i]:level_starts[i +
        1]]`` with ``i = column_starts[k] + a``; the run of the default level is empty.
    level_starts : ndarray of shape (n_levels.sum() + 1,), int64
    n_levels : ndarray of shape (p,), int64
    defaults : ndarray of shape (p,), int64
        The level of zero, which the other rows have.
    n_rows : int
    """

    entries: NDArray[np.int32]
    level_starts: IntArray
    n_levels: IntArray
    defaults: IntArray
    n_rows: int

    @property
    def column_starts(self) -> IntArray:
        """Where the levels of each column begin, and the end."""
        return starts_of(self.n_levels)

    def restricted(self, columns: IntArray, rows: IntArray | None) -> SparseCodes:
        """Take some columns and some rows, of which one may come more than once."""
        chosen = self if _every(columns, self.n_levels) else self._of_columns(columns)
        return chosen if rows is None else chosen._of_rows(rows)

    def _of_columns(self, columns: IntArray) -> SparseCodes:
        levels = spans(self.column_starts[columns], self.n_levels[columns])
        sizes = np.diff(self.level_starts)[levels]
        entries = self.entries[spans(self.level_starts[levels], sizes)]
        return SparseCodes(
            entries,
            starts_of(sizes),
            self.n_levels[columns],
            self.defaults[columns],
            self.n_rows,
        )

    def _of_rows(self, rows: IntArray) -> SparseCodes:
        """Each entry goes to all the places where its row is in ``rows``."""
        times = np.bincount(rows, minlength=self.n_rows)
        places = np.argsort(rows, kind="stable")
        first = starts_of(times)[self.entries]
        copies = times[self.entries]
        ends = starts_of(copies)[self.level_starts]
        entries = places[spans(first, copies)].astype(np.int32)
        return SparseCodes(entries, ends, self.n_levels, self.defaults, len(rows))

    def pieces(self, columns: IntArray) -> list[Piece]:
        """Split columns by width."""
        wide = code_width(self.n_levels[columns])
        return [
            Piece(columns=part, positions=columns[part])
            for itemsize in (1, 2)
            for part in chunks(np.flatnonzero(wide == itemsize), itemsize * self.n_rows)
        ]

    def codes(self, piece: Piece, order: IntArray | None) -> AnyArray:
        """Codes of a piece, laid out for an engine of dense tables."""
        positions = piece.positions
        out = np.empty(
            (len(positions), self.n_rows), code_dtype(self.n_levels[positions])
        )
        for codes, column in zip(out, positions.tolist(), strict=True):
            first, last = self.column_starts[column : column + 2]
            starts = self.level_starts[first : last + 1]
            codes[:] = self.defaults[column]
            codes[self.entries[starts[0] : starts[-1]]] = np.repeat(
                np.arange(last - first), np.diff(starts)
            )
        return out if order is None else np.take(out, order, axis=1)

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Nothing lies in rows of bytes."""
        return None

    def lend(self, columns: IntArray) -> Lent | None:
        """No codes lie ready."""
        return None


def spans(starts: IntArray, sizes: IntArray) -> IntArray:
    """Positions ``starts[i]``, … ``starts[i] + sizes[i] - 1``, one i after another."""
    shift = np.repeat(starts - starts_of(sizes)[:-1], sizes)
    positions: IntArray = shift + np.arange(len(shift))
    return positions


def code_width(n_levels: IntArray) -> IntArray:
    """Bytes that the codes of each column take."""
    return np.where(n_levels > MAX_BYTE_LEVELS, 2, 1)


def _every(columns: IntArray, n_levels: IntArray) -> bool:
    return np.array_equal(columns, np.arange(len(n_levels)))


def runs_of_table(codes: TableCodes, n_jobs: int | None = None) -> SparseCodes:
    """Sort the entries of each column of a sparse table by level."""
    every = np.arange(len(codes.n_levels))
    pieces = [(codes, piece) for piece in codes.pieces(every)]
    sorted_pieces = list(run(_sort_piece, pieces, n_jobs))
    column_starts = starts_of(codes.n_levels)
    sizes = np.empty(column_starts[-1], np.int64)
    defaults = np.empty(len(codes.n_levels), np.int64)
    for (_, piece), (_, piece_sizes, zero) in zip(pieces, sorted_pieces, strict=True):
        place(sizes, column_starts, piece.columns, piece_sizes)
        defaults[piece.columns] = zero
    level_starts = starts_of(sizes)
    entries = np.empty(level_starts[-1], np.int32)
    for (_, piece), (rows, _, _) in zip(pieces, sorted_pieces, strict=True):
        place(entries, level_starts[column_starts], piece.columns, rows)
    return SparseCodes(entries, level_starts, codes.n_levels, defaults, codes.n_rows)


def _sort_piece(
    codes: TableCodes, piece: Piece
) -> tuple[NDArray[np.int32], IntArray, IntArray]:
    """Rows by level, entries of each level, and the levels of zero."""
    block, columns = piece.block, piece.columns
    assert isinstance(block, SparseBlock)
    if int(columns[0]) in codes.edges:
        each = [codes.edges[column] for column in columns.tolist()]
        cuts, cut_starts = np.concatenate(each), starts_of([len(e) for e in each])
    else:
        cuts, cut_starts = _without_last(*block.distinct(piece.positions))
    values, rows, starts = block.entries(piece.positions)
    n_levels = codes.n_levels[columns]
    sizes = np.empty(n_levels.sum(), np.int64)
    placed, defaults = _kernels.sparse.level_runs(
        values, rows, starts, cuts, cut_starts, n_levels, sizes
    )
    return placed, sizes, defaults


def _without_last(values: AnyArray, starts: IntArray) -> tuple[AnyArray, IntArray]:
    """Rows of different lengths without the last value of each."""
    kept = np.ones(len(values), dtype=np.bool_)
    kept[starts[1:] - 1] = False
    return values[kept], starts - np.arange(len(starts))
