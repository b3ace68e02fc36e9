"""Batches of one shape: a step is compiled once, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import IntArray

Singles: TypeAlias = NDArray[np.float32]
Columns: TypeAlias = dict[str, NDArray[Any]]


class Batch(NamedTuple):
    """Rows of some arrays, filled up to the size of all batches.

    Attributes
    ----------
    rows : IntArray
        (size,) Where they stand; those that fill up are the first one again.
    valid : Singles
        (size,) 1 for rows that are there, else 0.
    """

    rows: IntArray
    valid: Singles

    @property
    def n_valid(self) -> int:
        """How many rows are there."""
        return int(self.valid.sum())

    def of(self, arrays: Columns) -> Columns:
        """Take these rows of all arrays."""
        return {name: array[self.rows] for name, array in arrays.items()}


def batches(
    n_rows: int, size: int, rng: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Part the rows into batches of nearly the same number, in a drawn order if any.

    So none has less than half of the rows that the others have: bounds of critics
    depend on how many there are.
    """
    order = np.arange(n_rows) if rng is None else rng.permutation(n_rows)
    for rows in np.array_split(order, -(-n_rows // size)):
        filled = np.zeros(size - len(rows), dtype=np.intp) + rows[0]
        valid = np.zeros(size, np.float32)
        valid[: len(rows)] = 1
        yield Batch(np.concatenate([rows, filled]), valid)


def set_aside(n_rows: int, fraction: float, rng: np.random.Generator) -> list[IntArray]:
    """Rows to learn from, and rows to look at: none of these where they are few."""
    n_aside = round(fraction * n_rows)
    if n_aside < 2 or n_rows - n_aside < 2:
        n_aside = 0
    order = rng.permutation(n_rows)
    return [np.sort(order[n_aside:]), np.sort(order[:n_aside])]
