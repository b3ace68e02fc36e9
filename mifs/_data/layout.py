"""Pieces of different sizes laid out one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray, IntArray


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
