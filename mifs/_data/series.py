"""Blocks of columns that lie apart, as in frames; read some at a time, never all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mifs import _kernels
from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.blocks import Block, ByteBlock, LabelBlock, NumberBlock
from mifs._data.layout import by_column
from mifs._data.values import EXACT, Column, too_large
from mifs._data.variable import VariableBlock

Facts = tuple[float, float, float, float, float]
_NO_ENDS = math.inf, -math.inf
# Columns of so many rows are surveyed one by one: one alone needs no copy.
_LONG = 8192


class ColumnsBlock(NumberBlock):
    """Columns of numbers, each an array or a series of its own.

    Parameters
    ----------
    values : sequence of array or series
        A series has ``to_numpy``, which gives NaN where a value is missing, and it may
        know its ``facts``, see `described`.
    columns : ndarray of shape (b,), intp
    dtype : {float64, int64}
        What all of them are read as.
    n_jobs : int, default=None
    """

    def __init__(
        self,
        values: Sequence[Any],
        columns: IntArray,
        dtype: type[np.float64] | type[np.int64],
        n_jobs: int | None = None,
    ) -> None:
        self._series = values
        # The base class reads only the shape of a matrix and its dtype.
        matrix = np.broadcast_to(dtype(0), (len(values[0]), len(columns)))
        super().__init__(matrix, columns, n_jobs)

    def _pieces(self, positions: IntArray) -> list[IntArray]:
        if len(self._series[0]) < _LONG:
            return super()._pieces(positions)
        return list(positions[:, None])

    def _survey(self, positions: IntArray) -> tuple[FloatArray, IntArray]:
        """Facts and levels; known ones of fractions are not read."""
        if len(positions) == 1:
            series = self._series[positions[0]]
            # A series of polars looks everywhere for an attribute that it has not.
            if hasattr(type(series), "facts") and series.facts[2]:
                return np.array([series.facts]), np.array([-1])
        return super()._survey(positions)

    def _read(self, position: int) -> AnyArray:
        return as_array(self._series[position])

    def numeric(self, position: int) -> FloatArray:
        """Values of one column, float64 of shape (n,), NaN where missing."""
        return np.array(self._read(position), dtype=np.float64)

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Values of some columns, (len(positions), n) int64 or float64, read-only."""
        if len(positions) == 1:
            return _as_row(self._read(int(positions[0])), self._dtype)
        columns = np.empty((len(positions), len(self._series[0])), self._dtype)
        for row, position in enumerate(positions.tolist()):
            columns[row] = self._read(position)
        columns.flags.writeable = False
        return columns


class SlicedBlock(NumberBlock):
    """A pandas frame of one numpy dtype, of which slices are views where they can be.

    A frame that was put together column by column is thus never copied as a whole.
    """

    def __init__(
        self, frame: pd.DataFrame, dtype: np.dtype[Any], n_jobs: int | None = None
    ) -> None:
        self._frame = frame
        super().__init__(
            np.broadcast_to(dtype.type(0), frame.shape),
            np.arange(frame.shape[1]),
            n_jobs,
        )

    def numeric(self, position: int) -> FloatArray:
        """Values of one column, float64 of shape (n,), NaN where missing."""
        return np.array(self._frame.iloc[:, position], dtype=np.float64)

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Values of some columns, (len(positions), n) int64 or float64, read-only."""
        at: Any = positions
        if positions[-1] - positions[0] + 1 == len(positions):
            at = slice(positions[0], positions[-1] + 1)
        values = self._frame.iloc[:, at].to_numpy()
        columns: AnyArray = by_column(values, slice(None), self._dtype).view()
        columns.flags.writeable = False
        return columns


def _as_row(values: AnyArray, dtype: Any) -> AnyArray:
    """One column as a read-only matrix (1, n), without a copy if it can be."""
    row: AnyArray = np.ascontiguousarray(values, dtype=dtype)[None].view()
    row.flags.writeable = False
    return row


def described(values: AnyArray) -> Facts:
    """Missing, infinite and fractional ones of numbers (n,), the lowest, the highest.

    The values are int64 or float64; the last two are over the finite ones.
    """
    if values.dtype.kind == "i":
        ends = (float(values.min()), float(values.max())) if len(values) else _NO_ENDS
        return 0.0, 0.0, 0.0, *ends
    facts = np.empty((1, 5))
    _kernels.columns.describe(_as_row(values, np.float64), facts)
    missing, infinite, fractional, low, high = facts[0].tolist()
    return missing, infinite, fractional, low, high


def as_array(values: Any) -> AnyArray:
    """Values of an array, or of a series of any library."""
    array: AnyArray = np.asarray(getattr(values, "to_numpy", lambda: values)())
    return array


class GappedBlock(NumberBlock):
    """One column of whole numbers beyond 2⁵³, some of them missing.

    float64 has NaN, int64 has the numbers: the column is held as distances from its
    lowest value, so far as float64 tells them apart.

    Parameters
    ----------
    values : ndarray of shape (n,), int64
    missing : ndarray of shape (n,), bool
    column : int
    subject : str
        How an error calls the column.
    """

    def __init__(
        self, values: AnyArray, missing: AnyArray, column: int, subject: str
    ) -> None:
        self.origin = int(values[~missing].min())
        distances = distances_from(self.origin, values, ~missing, subject)
        super().__init__(distances[:, None], np.array([column]))

    @property
    def beyond(self) -> BoolArray:
        """Which columns hold whole numbers that float64 would round, (1,)."""
        return np.ones(1, dtype=np.bool_)

    def levels(self, position: int) -> AnyArray:
        """Sorted distinct values of the column, int64, without missing."""
        distances = super().levels(position).astype(np.uint64)
        return (distances + np.int64(self.origin).astype(np.uint64)).view(np.int64)


def distances_from(
    origin: int, values: AnyArray, present: AnyArray, subject: str
) -> FloatArray:
    """Distances of whole numbers from one of them, float64, NaN where not present.

    Raises
    ------
    ValueError
        Different numbers whose distances float64 cannot tell apart.
    """
    # Modulo 2⁶⁴ the difference of two int64 is right even where it is beyond int64.
    whole = values.astype(np.uint64) - np.int64(origin).astype(np.uint64)
    distances = whole.astype(np.float64)
    distances[~present] = np.nan
    if whole[present].max() > EXACT:
        apart = len(np.unique(whole[present]))
        if len(np.unique(distances[present])) < apart:
            raise ValueError(too_large(subject))
    return distances


def blocks_of_columns(
    columns: Sequence[Column],
    subjects: Sequence[str],
    n_jobs: int | None = None,
    *,
    apart: bool = False,
) -> list[Block]:
    """Blocks of columns given one by one, each with its kind.

    ``apart``: each column is a block, for those who take one after the other.
    """
    blocks: list[Block] = []
    groups: dict[str, list[int]] = {}
    for j, (values, kind) in enumerate(columns):
        if kind == "labels":
            codes, labels = values
            blocks.append(LabelBlock(codes, labels, j))
        elif kind == "gapped":
            numbers, missing = values
            blocks.append(GappedBlock(numbers, missing, j, subjects[j]))
        elif apart:
            if kind == "u8":
                _check_unsigned([values], [subjects[j]])
            blocks.append(VariableBlock(as_array(values), j))
        else:
            groups.setdefault(kind, []).append(j)
    for kind, members in groups.items():
        at = np.array(members)
        group = [columns[j][0] for j in members]
        if kind in ("b", "u1"):
            matrix = np.stack([as_array(column) for column in group])
            blocks.append(ByteBlock(matrix.T, at))
            continue
        if kind == "u8":
            _check_unsigned(group, [subjects[j] for j in members])
        dtype = np.float64 if kind == "f" else np.int64
        blocks.append(ColumnsBlock(group, at, dtype, n_jobs))
    return blocks


def _check_unsigned(columns: Sequence[Any], subjects: Sequence[str]) -> None:
    for column, subject in zip(columns, subjects, strict=True):
        if (highest := as_array(column).max()) > np.iinfo(np.int64).max:
            raise ValueError(too_large(subject, highest))
