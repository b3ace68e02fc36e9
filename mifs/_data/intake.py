"""What enters: arrays and frames become blocks of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import issparse

from mifs._arrays import AnyArray
from mifs._data.blocks import Block, ByteBlock, NumberBlock
from mifs._data.frames import frame_blocks, is_frame
from mifs._data.series import blocks_of_columns
from mifs._data.sparse import SparseBlock, canonical
from mifs._data.values import column_values, no_numbers, too_large


def read_blocks(X: Any, names: Sequence[str], n_jobs: int | None = None) -> list[Block]:
    """Blocks of a frame, a two-dimensional array or a sparse matrix.

    Raises
    ------
    ValueError
        A frame without rows, with one row, or without columns.
    TypeError
        Dates, complex numbers or nested values; the column is named.
    """
    if is_frame(X):
        return frame_blocks(X, names, n_jobs)
    if issparse(X):
        return [_sparse_block(X, names, n_jobs)]
    X = np.asarray(X)
    if X.dtype.kind in "biuf":
        return [_matrix_block(X, names, n_jobs)]
    if X.dtype.kind in "USTO":
        columns = [column_values(X[:, j], names[j]) for j in range(X.shape[1])]
        return blocks_of_columns(columns, names, n_jobs)
    raise TypeError(no_numbers(names[0], X.dtype))


def _matrix_block(values: AnyArray, names: Sequence[str], n_jobs: int | None) -> Block:
    """Return a block of a real matrix."""
    columns = np.arange(values.shape[1])
    if values.dtype in (np.bool_, np.uint8):
        return ByteBlock(values, columns)
    if values.dtype == np.uint64:
        over = np.flatnonzero(values.max(axis=0) > np.iinfo(np.int64).max)
        if len(over):
            raise ValueError(too_large(names[over[0]], 2**63 - 1))
    return NumberBlock(values, columns, n_jobs)


def _sparse_block(matrix: Any, names: Sequence[str], n_jobs: int | None) -> Block:
    """Return a block of a sparse matrix of real numbers."""
    if matrix.dtype.kind not in "biuf":
        raise TypeError(no_numbers(names[0], matrix.dtype))
    columns = canonical(matrix)
    if matrix.dtype == np.uint64:
        over = np.flatnonzero(columns.data > np.iinfo(np.int64).max)
        if len(over):
            column = np.searchsorted(columns.indptr, over[0], side="right") - 1
            raise ValueError(too_large(names[column], 2**63 - 1))
    return SparseBlock(columns, n_jobs)
