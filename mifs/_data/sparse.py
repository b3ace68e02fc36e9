"""Columns of a sparse matrix, of which only the stored entries are held."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.blocks import chunks, code_dtype
from mifs._data.parallel import run


class SparseBlock:
    """Columns of a CSC matrix (n, p) of numbers; what is not stored is zero.

    Parameters
    ----------
    matrix : scipy.sparse matrix or array in CSC format
        Sorted, and without duplicates.
    n_jobs : int, default=None
    """

    itemsize = 1

    def __init__(self, matrix: Any, n_jobs: int | None = None) -> None:
        self.n_rows, n_columns = matrix.shape
        self.columns = np.arange(n_columns)
        self.categorical = matrix.dtype == np.bool_
        self._dtype = np.float64 if matrix.dtype.kind == "f" else np.int64
        self._values = matrix.data
        self._rows = matrix.indices
        self._starts = matrix.indptr.astype(np.int64)
        pieces = chunks(self.columns, 8 * (len(self._values) // n_columns + 1))
        surveys = list(run(self._survey, ((piece,) for piece in pieces), n_jobs))
        facts, levels = (np.concatenate(part) for part in zip(*surveys, strict=True))
        self.n_missing = facts[:, 0].astype(np.int64)
        self.n_infinite = facts[:, 1].astype(np.int64)
        self._extremes = facts[:, 3:]
        self.n_levels = np.where(levels < 0, -1, levels + (self.n_missing > 0))

    def _survey(self, positions: IntArray) -> tuple[FloatArray, NDArray[np.int64]]:
        """Facts (see `sparse.describe`) and distinct integers, -1 where fractional."""
        values, _, starts = self.entries(positions)
        facts = np.empty((len(positions), 5))
        _kernels.sparse.describe(values, starts, self.n_rows, facts)
        _, ends = _kernels.sparse.distinct(values, starts, self.n_rows)
        integral = (facts[:, 1:3] == 0).all(axis=1) & (facts[:, 3] <= facts[:, 4])
        return facts, np.where(integral, np.diff(ends), -1)

    def entries(
        self, positions: IntArray
    ) -> tuple[AnyArray, NDArray[np.int32], NDArray[np.int64]]:
        """Return the stored values of some columns, their rows, and their starts."""
        first = self._starts[positions]
        sizes = self._starts[positions + 1] - first
        starts = np.concatenate(([0], np.cumsum(sizes)))
        at: Any = slice(first[0], first[0] + starts[-1])
        if positions[-1] - positions[0] + 1 != len(positions):
            at = np.repeat(first - starts[:-1], sizes) + np.arange(starts[-1])
        # Copies: kernels must always see one kind of array.
        return (
            np.array(self._values[at], dtype=self._dtype),
            np.array(self._rows[at], dtype=np.int32),
            starts,
        )

    def quantile_edges(
        self, positions: IntArray, n_bins: int
    ) -> tuple[AnyArray, NDArray[np.int64]]:
        """Edges of some columns, zeros counted in, and where those of each start."""
        values, _, starts = self.entries(positions)
        levels = _kernels.sparse.levels(values, starts, self.n_rows)
        edges, ends = _kernels.edges.edges_of_levels(*levels, n_bins, 0, 1.0)
        return edges, ends

    @property
    def beyond(self) -> BoolArray:
        """Which columns hold whole numbers that float64 would round, (b,)."""
        if self._dtype is np.float64:
            return np.zeros(len(self.columns), dtype=np.bool_)
        mask: BoolArray = np.abs(self._extremes).max(axis=1) >= 2.0**53
        return mask

    def extremes(self, positions: IntArray) -> FloatArray:
        """Smallest and largest value of some columns, (len(positions), 2)."""
        extremes: FloatArray = self._extremes[positions]
        return extremes

    def distinct(self, positions: IntArray) -> tuple[AnyArray, NDArray[np.int64]]:
        """Sorted distinct values of some columns without missing, and their starts."""
        values, _, starts = self.entries(positions)
        found, ends = _kernels.sparse.distinct(values, starts, self.n_rows)
        return found, ends

    def numeric(self, position: int) -> FloatArray:
        """Values of one column, float64 of shape (n,), NaN where missing."""
        values: FloatArray = self.contiguous(np.array([position]))[0]
        return values.astype(np.float64)

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Values of some columns, (len(positions), n) int64 or float64, read-only."""
        values, rows, starts = self.entries(positions)
        columns = np.zeros((len(positions), self.n_rows), self._dtype)
        columns[np.repeat(np.arange(len(positions)), np.diff(starts)), rows] = values
        columns.flags.writeable = False
        return columns

    def levels(self, position: int) -> AnyArray:
        """Sorted distinct values of a column, without missing."""
        return self.distinct(np.array([position]))[0]

    def codes(self, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of the columns' own levels, (len(positions), n), rows in ``order``."""
        rows = [
            np.searchsorted(self.levels(position), column[order])
            for position, column in zip(
                positions.tolist(), self.contiguous(positions), strict=True
            )
        ]
        codes = np.stack(rows)
        return codes.astype(code_dtype(codes.max(axis=1) + 1))


def canonical(matrix: Any) -> Any:
    """CSC form of a sparse matrix, sorted and without duplicates; a copy if changed."""
    columns = matrix.tocsc()
    if columns.has_canonical_format:
        return columns
    if np.may_share_memory(columns.data, matrix.data):
        columns = columns.copy()
    columns.sum_duplicates()
    return columns
