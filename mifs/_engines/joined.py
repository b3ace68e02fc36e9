"""Groups of columns as single columns: the joint label of the members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.blocks import code_dtype
from mifs._data.kinds import MAX_LEVELS


class JoinedColumns:
    """Ready codes of some columns, class-sorted; stands where an `Encoding` stands.

    Raises
    ------
    OverflowError
        A column has more levels than two bytes hold; with its number and its levels.
    """

    itemsize = 1

    def __init__(self, codes: list[AnyArray], n_levels: list[int]) -> None:
        self._codes = codes
        self.n_levels: NDArray[np.int64] = np.array(n_levels, dtype=np.int64)
        self.columns = np.arange(len(codes))
        if self.n_levels.max() > MAX_LEVELS:
            largest = int(self.n_levels.argmax())
            raise OverflowError(largest, n_levels[largest])

    def pieces(self) -> list[tuple[Any, IntArray]]:
        """Columns that share a code dtype."""
        wide = self.n_levels > 256
        return [(self, np.flatnonzero(way)) for way in (wide, ~wide) if way.any()]

    def codes(self, block: Any, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of some columns, (len(positions), n)."""
        dtype = code_dtype(self.n_levels[positions])
        return np.stack([self._codes[j][order].astype(dtype) for j in positions])


def join_groups(engine: Any, groups: Sequence[list[int]]) -> JoinedColumns:
    """Columns that are the joint labels of groups of an engine's columns."""
    codes, n_levels = [], []
    for members in groups:
        pick = None
        for column in members:
            pick = engine.join(pick, column)
        assert pick is not None
        codes.append(pick.codes)
        n_levels.append(pick.n_levels)
    return JoinedColumns(codes, n_levels)


def joint_label(
    first: AnyArray, second: AnyArray, n_first: int, n_second: int
) -> AnyArray:
    """Joint label of two columns of codes (n,), without empty levels."""
    n_keys = n_first * n_second
    if n_keys <= 8 * len(first) + 256:
        codes: AnyArray = _kernels.counts.join_labels(first, second, n_second, n_keys)
        return codes
    keys = first.astype(np.int64) * n_second + second
    return np.unique(keys, return_inverse=True)[1].astype(np.uint32)


def label_counts(
    codes: AnyArray,
    classes: AnyArray,
    n_classes: int,
    units: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Table (level, class) of a label without empty levels, rows counted by units."""
    cell = codes.astype(np.int64) * n_classes + classes.astype(np.int64)
    n_levels = int(codes.max()) + 1
    # A sum of float64 is exact: no sum of units is above 2 ** 53.
    counts = np.bincount(cell, units, minlength=n_levels * n_classes)
    return counts.astype(np.int64).reshape(n_levels, n_classes)
