"""Pieces of different sizes laid out one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import AnyArray, IntArray
from mifs._engines.base import Cells, JointCounts

# Cells laid out at once: 1 MiB of counts stays in the cache until it is summed.
CELLS_AT_ONCE = 1 << 17


def starts_of(sizes: Any) -> IntArray:
    """Where each of consecutive pieces begins, and the end."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def consecutive(columns: NDArray[np.intp]) -> bool:
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


def groups(chosen: NDArray[np.bool_], sizes: IntArray) -> Iterator[Any]:
    """Split the chosen candidates so that their cells stay within bounds."""
    total = sizes.sum()
    if total <= CELLS_AT_ONCE:
        yield slice(None) if chosen.all() else np.flatnonzero(chosen)
        return
    members = np.flatnonzero(chosen)
    part = np.cumsum(sizes[members]) // CELLS_AT_ONCE
    yield from np.split(members, np.flatnonzero(np.diff(part)) + 1)


def laid_out(members: Any, cells: Cells, by_class: bool) -> JointCounts:
    """Tables of which all cells are laid out, with the class or without."""
    if by_class:
        return JointCounts(members, triple=cells)
    return JointCounts(members, pair=cells)
