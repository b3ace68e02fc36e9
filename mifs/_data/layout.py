"""Pieces of different sizes, and columns, laid out one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray, IntArray

# Rows of a matrix that are copied to columns together.
ROWS_AT_ONCE = 512


def starts_of(sizes: Any) -> IntArray:
    """Where each of consecutive pieces begins, and the end."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def consecutive(columns: IntArray) -> bool:
    """Whether columns follow each other, each once and in order."""
    n = len(columns)
    if n and columns[-1] - columns[0] != n - 1:
        return False
    return bool((np.diff(columns) == 1).all())


def place(
    target: AnyArray, starts: IntArray, columns: AnyArray, values: AnyArray
) -> None:
    """Copy the consecutive pieces of ``values`` to the places of their columns."""
    if not len(values):
        return
    if consecutive(columns):
        target[starts[columns[0]] : starts[columns[-1] + 1]] = values
        return
    sizes = starts[columns + 1] - starts[columns]
    shift = np.repeat(starts[columns] - starts_of(sizes)[:-1], sizes)
    target[np.arange(len(values)) + shift] = values


def by_column(values: AnyArray, columns: slice | IntArray, dtype: Any) -> AnyArray:
    """Lay columns of a matrix out one after the other; a copy unless they lie so.

    Row by row a copy takes three times as long as some hundred rows at once, which
    stay in the cache.
    """
    if values.T.flags.c_contiguous or min(values.shape) == 1:
        lying: AnyArray = np.ascontiguousarray(values.T[columns], dtype=dtype)
        return lying
    n_columns = values[:0, columns].shape[1]
    copy = np.empty((n_columns, len(values)), dtype)
    for first in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        copy[:, rows] = values[rows, columns].T
    return copy
