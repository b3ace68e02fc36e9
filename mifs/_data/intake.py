"""The one entrance: whatever a user passes becomes columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from scipy.sparse import issparse

from mifs._arrays import AnyArray
from mifs._data.blocks import Block, ByteBlock, NumberBlock
from mifs._data.containers import Container, is_series, labels_of, shape_of, unwrap
from mifs._data.frames import frame_blocks, series_column
from mifs._data.series import blocks_of_columns
from mifs._data.sparse import SparseBlock, canonical
from mifs._data.table import Columns, Numbered
from mifs._data.values import array_column, no_numbers, too_large
from mifs._data.variable import VariableBlock
from mifs.exceptions import ColumnTypeError

# Names of the columns of arrays, by argument.
PATTERNS = {"X": "x{}", "y": "y{}"}


class Subjects(Sequence[str]):
    """How errors call the columns, made when an error asks."""

    def __init__(self, labels: Sequence[Hashable], pattern: str) -> None:
        self._labels = labels
        self._pattern = pattern

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, column: Any) -> Any:
        return self._pattern.format(self._labels[column])


def read_columns(
    data: object,
    argument: str = "X",
    *,
    names: Sequence[str] | None = None,
    n_jobs: int | None = None,
    apart: bool = False,
) -> Columns:
    """Read a table, a target or another variable, of any kind that a user may pass.

    Arrays, lists, frames and series of any library, Arrow arrays, categoricals, sparse
    matrices. Missing are None, NaN, NA, NaT and nulls.

    Parameters
    ----------
    data : array-like of shape (n,) or (n, p), frame, series or sparse matrix
    argument : str, default="X"
        What it is called in errors; the name of a single column that has none.
    names : sequence of str, default=None
        Names of the columns, where they are known better than by ``data``.
    n_jobs : int, default=None
        As in joblib, over columns.
    apart : bool, default=False
        Each column is a block of its own: fast where columns are few, and taken one
        after the other.

    Raises
    ------
    TypeError
        Dates, complex numbers or nested values, the column being named; a lazy frame.
    ValueError
        Whole numbers that cannot be told apart, by column; masked values; more than
        two dimensions, no rows, no columns.
    """
    container = unwrap(data, argument)
    shape = shape_of(container)
    _check_shape(shape, argument)
    labels, own = _called(container, argument)
    labels, names = (labels, own) if names is None else (names, names)
    subjects = Subjects(labels, "column {!r}")
    if (isinstance(container, np.ndarray) or issparse(container)) and (
        container.dtype.kind == "c"
    ):
        raise ColumnTypeError(no_numbers(subjects[0], container.dtype, argument))
    blocks = _blocks(container, subjects, n_jobs, apart)
    return Columns(blocks, names, labels, shape[0])


def _check_shape(shape: tuple[int, ...], argument: str) -> None:
    if not shape:
        raise ValueError(
            f"{argument} is a single value; pass a 1d array, with one value a row"
        )
    if len(shape) > 2:
        raise ValueError(
            f"Found array with dim {len(shape)}: {argument} has shape {shape}; it must "
            "be (n,) or (n, d)"
        )
    if 0 in shape:
        lack = "rows" if shape[0] == 0 else "columns"
        raise ValueError(f"{argument} has no {lack} (shape {shape})")


def _called(
    container: Container, argument: str
) -> tuple[Sequence[Hashable], Sequence[str]]:
    """Labels and names of the columns of a container."""
    if is_series(container):
        name = getattr(container, "name", None)
        # polars has no None for a name
        name = argument if name is None or name == "" else name
        name = name.item() if isinstance(name, np.generic) else name
        return [name], [str(name)]
    if isinstance(container, np.ndarray) or issparse(container):
        if container.ndim == 1:
            return [argument], [argument]
        pattern = PATTERNS.get(argument, argument + "[:, {}]")
        names = Numbered(container.shape[1], pattern)
        return names, names
    labels = labels_of(container)
    return labels, [str(label) for label in labels]


def _blocks(
    container: Container, subjects: Sequence[str], n_jobs: int | None, apart: bool
) -> list[Block]:
    if isinstance(container, np.ndarray):
        return _array_blocks(container, subjects, n_jobs, apart)
    if issparse(container):
        return [_sparse_block(container, subjects, n_jobs)]
    if is_series(container):
        column = series_column(container, subjects[0])
        return blocks_of_columns([column], subjects, apart=True)
    return frame_blocks(container, subjects, n_jobs, apart=apart)


def _array_blocks(
    values: AnyArray, subjects: Sequence[str], n_jobs: int | None, apart: bool
) -> list[Block]:
    """Blocks of an array of one or two dimensions."""
    if values.ndim == 1:
        if values.dtype.kind in "bif":
            return [VariableBlock(values)]
        values, apart = values[:, np.newaxis], True
    if values.dtype.kind in "bif" and apart:
        return [VariableBlock(column, j) for j, column in enumerate(values.T)]
    if values.dtype.kind in "biuf" and not apart:
        return [_matrix_block(values, subjects, n_jobs)]
    each = zip(values.T, subjects, strict=True)
    columns = [array_column(column, subject) for column, subject in each]
    return blocks_of_columns(columns, subjects, n_jobs, apart=apart)


def _matrix_block(
    values: AnyArray, subjects: Sequence[str], n_jobs: int | None
) -> Block:
    """Return a block of a real matrix."""
    columns = np.arange(values.shape[1])
    if values.dtype in (np.bool_, np.uint8):
        return ByteBlock(values, columns, n_jobs)
    if values.dtype.kind == "u" and values.dtype.itemsize == 8:
        over = np.flatnonzero(values.max(axis=0) > np.iinfo(np.int64).max)
        if len(over):
            raise ValueError(too_large(subjects[over[0]], values[:, over[0]].max()))
    return NumberBlock(values, columns, n_jobs)


def _sparse_block(matrix: Any, subjects: Sequence[str], n_jobs: int | None) -> Block:
    """Return a block of a sparse matrix of real numbers."""
    if matrix.dtype.kind not in "biuf":
        raise ColumnTypeError(no_numbers(subjects[0], matrix.dtype))
    columns = canonical(matrix if matrix.ndim == 2 else matrix.reshape(-1, 1))
    if matrix.dtype == np.uint64:
        over = np.flatnonzero(columns.data > np.iinfo(np.int64).max)
        if len(over):
            column = np.searchsorted(columns.indptr, over[0], side="right") - 1
            raise ValueError(too_large(subjects[column], columns.data[over[0]]))
    return SparseBlock(columns, n_jobs)
