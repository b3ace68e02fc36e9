"""Where the codes of columns come from: blocks of a table, or matrices of codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray, same
from mifs._data.blocks import Block, ByteBlock, ByteRows, chunks, code_dtype
from mifs._data.parallel import run
from mifs._data.table import Table

# Levels whose codes fit one byte.
MAX_BYTE_LEVELS = 256
# Nanoseconds that a code takes.
CODING = 5.0


class Piece(NamedTuple):
    """Columns whose codes are made at once.

    Attributes
    ----------
    columns : ndarray of shape (b,)
        Their numbers among the columns that were asked for.
    positions : ndarray of shape (b,)
        Where they lie in the block or the matrix.
    block : Block or None
    """

    columns: IntArray
    positions: IntArray
    block: Block | None = None


class Lent(NamedTuple):
    """Matrices of codes that lie as an engine needs them; nobody writes to them.

    Attributes
    ----------
    narrow, wide : ndarray of shape (·, n)
        Codes of up to 256 levels, uint8, and of more, uint16.
    rows : ndarray of shape (p,)
        Row of each column in the matrix that holds it.
    """

    narrow: AnyArray
    wide: AnyArray
    rows: IntArray


class Codes(Protocol):
    """Codes of columns, in rows of any order.

    Attributes
    ----------
    n_rows : int
    n_levels : ndarray of shape (p,), int64
        Missing values count as one level, the last.
    """

    @property
    def n_rows(self) -> int: ...

    @property
    def n_levels(self) -> IntArray: ...

    def pieces(self, columns: IntArray) -> list[Piece]:
        """Split columns into pieces of one nature and one width."""
        ...

    def codes(self, piece: Piece, order: IntArray | None) -> AnyArray:
        """Codes of a piece, (b, len(order)) uint8 or uint16; None: rows as they lie.

        They may be a view of what is held: nobody writes to them.
        """
        ...

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Return a piece of up to three levels a column as rows of bytes, if so."""
        ...

    def lend(self, columns: IntArray) -> Lent | None:
        """Matrices of columns of which the codes lie ready, rows as they are."""
        ...


@dataclass(frozen=True)
class TableCodes:
    """Codes that are made from the blocks of a table when they are asked for.

    Attributes
    ----------
    table : Table
    edges : dict of int to ndarray
        Edges of each binned column; bins are closed on the right.
    n_levels : ndarray of shape (n_features,), int64
    """

    table: Table
    edges: dict[int, AnyArray]
    n_levels: IntArray

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return self.table.n_rows

    def pieces(self, columns: IntArray) -> list[Piece]:
        """Split columns by block, by whether they are binned, and by width."""
        blocks, n_rows = self.table.blocks, self.table.n_rows
        narrow = not self.edges and self.n_levels.max() <= MAX_BYTE_LEVELS
        if narrow and len(blocks) == 1 and same(columns, blocks[0].columns):
            each = chunks(columns, blocks[0].itemsize * n_rows)
            return [Piece(part, part, blocks[0]) for part in each]
        number = np.full(self.table.n_features, -1)
        number[columns] = np.arange(len(columns))
        way = (self.n_levels > MAX_BYTE_LEVELS).astype(np.intp)
        way[list(self.edges)] += 2
        if len(columns) < len(number):
            way[number < 0] = 4
        pieces = []
        for block in blocks:
            own = way[block.columns]
            for kind in np.flatnonzero(np.bincount(own)[:4]).tolist():
                alike = np.flatnonzero(own == kind)
                for positions in chunks(alike, block.itemsize * n_rows):
                    columns = number[block.columns[positions]]
                    pieces.append(Piece(columns, positions, block))
        return pieces

    def codes(self, piece: Piece, order: IntArray | None) -> AnyArray:
        """Codes of a piece: the columns' own levels, or bins."""
        block, positions = piece.block, piece.positions
        assert block is not None
        if order is None:
            order = np.arange(self.n_rows)
        columns = block.columns[positions]
        dtype = code_dtype(self.n_levels[columns])
        if int(columns[0]) not in self.edges:
            return block.codes(positions, order).astype(dtype, copy=False)
        edges = [self.edges[column] for column in columns.tolist()]
        starts = np.concatenate(([0], np.cumsum([len(e) for e in edges])))
        values = block.contiguous(positions)
        codes = np.empty((len(positions), len(order)), dtype)
        _kernels.columns.bin_codes(values, order, np.concatenate(edges), starts, codes)
        return codes

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Rows of a matrix of bytes, which need not be coded to be packed."""
        block = piece.block
        if not isinstance(block, ByteBlock):
            return None
        if int(block.columns[piece.positions[0]]) in self.edges:
            return None
        return block.byte_rows(piece.positions)

    def lend(self, columns: IntArray) -> Lent | None:
        """Nothing lies ready."""
        return None


@dataclass(frozen=True)
class StoredCodes:
    """Codes of columns as rows of two matrices, in memory or mapped from a file.

    Attributes
    ----------
    narrow : ndarray of shape (·, n), uint8
        Columns of up to 256 levels.
    wide : ndarray of shape (·, n), uint16
        The others.
    n_levels : ndarray of shape (p,), int64
    """

    narrow: AnyArray
    wide: AnyArray
    n_levels: IntArray

    @classmethod
    def of_columns(cls, codes: Sequence[AnyArray], n_levels: IntArray) -> StoredCodes:
        """Take the codes of each column, (n,)."""
        wide = n_levels > MAX_BYTE_LEVELS
        shape, matrices = (0, len(codes[0])), []
        for dtype, way in ((np.uint8, ~wide), (np.uint16, wide)):
            rows = [codes[j].astype(dtype) for j in np.flatnonzero(way).tolist()]
            matrices.append(np.stack(rows) if rows else np.empty(shape, dtype))
        return cls(matrices[0], matrices[1], n_levels)

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return int(self.narrow.shape[1])

    @cached_property
    def _rows(self) -> IntArray:
        """Row of each column in its matrix."""
        return rows_by_width(self.n_levels)

    def pieces(self, columns: IntArray) -> list[Piece]:
        """Split columns by width."""
        if len(columns) == 1:
            return [Piece(columns=np.zeros(1, np.intp), positions=columns)]
        wide = self.n_levels[columns] > MAX_BYTE_LEVELS
        return [
            Piece(columns=part, positions=columns[part])
            for itemsize, way in ((1, ~wide), (2, wide))
            for part in chunks(np.flatnonzero(way), itemsize * self.n_rows)
        ]

    def codes(self, piece: Piece, order: IntArray | None) -> AnyArray:
        """Codes of a piece; a view where rows and columns follow each other."""
        wide = bool(self.n_levels[piece.positions[0]] > MAX_BYTE_LEVELS)
        matrix, rows = (self.wide if wide else self.narrow), self._rows[piece.positions]
        first, last = int(rows[0]), int(rows[-1])
        if len(rows) == 1 and order is not None:
            one: AnyArray = matrix[first, order][np.newaxis]
            return one
        if last - first + 1 == len(rows) and (np.diff(rows) == 1).all():
            codes = matrix[first : last + 1]
        else:
            codes = matrix[rows]
        return writable(codes) if order is None else np.take(codes, order, axis=1)

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Columns lie one after the other here."""
        return None

    def lend(self, columns: IntArray) -> Lent | None:
        """Both matrices, and the rows of these columns."""
        return Lent(writable(self.narrow), writable(self.wide), self._rows[columns])


def writable(array: AnyArray) -> AnyArray:
    """Array as kernels know it: a read-only one, as joblib maps it, is copied."""
    return np.require(array, requirements="W")


def rows_by_width(n_levels: IntArray) -> IntArray:
    """Row of each column in the matrix of its width, columns in their order."""
    wide = n_levels > MAX_BYTE_LEVELS
    rows: IntArray = np.where(wide, np.cumsum(wide), np.cumsum(~wide)) - 1
    return rows


def empty_matrices(n_levels: IntArray, n_rows: int) -> tuple[AnyArray, AnyArray]:
    """Matrices for the codes of all columns, not yet filled."""
    n_wide = int(np.count_nonzero(n_levels > MAX_BYTE_LEVELS))
    return (
        np.empty((len(n_levels) - n_wide, n_rows), np.uint8),
        np.empty((n_wide, n_rows), np.uint16),
    )


class Matrix(Protocol):
    """Rows that are written, in memory or to a file."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __setitem__(self, rows: Any, values: Any, /) -> None: ...


def fill(
    codes: Codes,
    columns: IntArray,
    order: IntArray | None,
    matrices: tuple[Matrix, Matrix],
    n_jobs: int | None = None,
) -> None:
    """Write the codes of some columns and rows to such matrices, piece by piece."""
    n_levels = codes.n_levels[columns]
    rows = rows_by_width(n_levels)
    pieces = codes.pieces(columns)
    tasks = [(piece, order) for piece in pieces]
    work = CODING * len(columns) * matrices[0].shape[1]
    for piece, made in zip(pieces, run(codes.codes, tasks, n_jobs, work), strict=True):
        wide = bool(n_levels[piece.columns[0]] > MAX_BYTE_LEVELS)
        matrices[wide][rows[piece.columns]] = made
