"""Blocks of columns that lie apart, as in frames; read some at a time, never all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.blocks import Block, ByteBlock, LabelBlock, NumberBlock
from mifs._data.values import Values, too_large

# Columns of so many rows are surveyed one by one: one alone needs no copy.
_LONG = 8192


class ColumnsBlock(NumberBlock):
    """Columns of numbers, each an array or a series of its own.

    Parameters
    ----------
    values : sequence of array or series
        A series has ``to_numpy``, which gives NaN where a value is missing.
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

    def _pieces(self) -> list[IntArray]:
        if len(self._series[0]) < _LONG:
            return super()._pieces()
        return list(np.arange(len(self._series))[:, None])

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
        values = self._frame.iloc[:, at].to_numpy().T
        columns: AnyArray = np.ascontiguousarray(values, dtype=self._dtype).view()
        columns.flags.writeable = False
        return columns


def _as_row(values: AnyArray, dtype: Any) -> AnyArray:
    """One column as a read-only matrix (1, n), without a copy if it can be."""
    row: AnyArray = np.ascontiguousarray(values, dtype=dtype)[None].view()
    row.flags.writeable = False
    return row


def as_array(values: Any) -> AnyArray:
    """Values of an array, or of a series of any library."""
    array: AnyArray = np.asarray(getattr(values, "to_numpy", lambda: values)())
    return array


def blocks_of_columns(
    values: Sequence[Any],
    names: Sequence[str],
    n_jobs: int | None = None,
    kinds: Sequence[str] | None = None,
) -> list[Block]:
    """Blocks of columns given one by one: arrays, series, or codes with labels.

    ``kinds`` are the numpy kinds that the series are read as: "f", "i" or "b".
    """
    kinds = kinds or [_kind(column) for column in values]
    blocks: list[Block] = []
    groups: dict[str, list[int]] = {}
    for j, kind in enumerate(kinds):
        if kind == "labels":
            codes, labels = values[j]
            blocks.append(LabelBlock(codes, labels, j))
        else:
            groups.setdefault(kind, []).append(j)
    for kind, members in groups.items():
        columns = np.array(members)
        group = [values[j] for j in members]
        if kind in ("b", "u1"):
            matrix = np.stack([as_array(column) for column in group])
            blocks.append(ByteBlock(matrix.T, columns))
            continue
        if kind == "u8":
            _check_unsigned(group, [names[j] for j in members])
        dtype = np.float64 if kind == "f" else np.int64
        blocks.append(ColumnsBlock(group, columns, dtype, n_jobs))
    return blocks


def _kind(column: Values) -> str:
    if isinstance(column, tuple):
        return "labels"
    kind, size = column.dtype.kind, column.dtype.itemsize
    if kind == "u" and size in (1, 8):
        return f"u{size}"
    return "i" if kind == "u" else str(kind)


def _check_unsigned(columns: Sequence[Any], names: Sequence[str]) -> None:
    for column, name in zip(columns, names, strict=True):
        if as_array(column).max() > np.iinfo(np.int64).max:
            raise ValueError(too_large(name, 2**63 - 1))
