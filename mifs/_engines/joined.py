"""Groups of columns as single columns: the joint label of the members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.blocks import ByteRows
from mifs._data.codes import Lent, Piece, StoredCodes
from mifs._data.kinds import MAX_LEVELS


class JoinedColumns:
    """Codes of joint labels, which an engine counts as those of an `EncodedTable`.

    Parameters
    ----------
    codes : list of ndarray of shape (n,)
    n_levels : list of int
    classes : ndarray of shape (n,)
    n_classes : int
    units : ndarray of shape (n,), int64, or None

    Raises
    ------
    OverflowError
        A column has more levels than two bytes hold; with its number and its levels.
    """

    def __init__(
        self,
        codes: list[AnyArray],
        n_levels: list[int],
        classes: AnyArray,
        n_classes: int,
        units: IntArray | None,
    ) -> None:
        self.n_levels: IntArray = np.array(n_levels, dtype=np.int64)
        if self.n_levels.max() > MAX_LEVELS:
            largest = int(self.n_levels.argmax())
            raise OverflowError(largest, n_levels[largest])
        self.classes, self.n_classes, self.units = classes, n_classes, units
        self._stored = StoredCodes.of_columns(codes, self.n_levels)
        self._every = np.arange(len(codes))

    def pieces(self) -> list[Piece]:
        """Columns of one width."""
        return self._stored.pieces(self._every)

    def codes(self, piece: Piece, order: IntArray | None = None) -> AnyArray:
        """Codes of a piece, (b, n)."""
        return self._stored.codes(piece, order)

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Joint labels lie one after the other."""
        return None

    def rows_of_source(self, order: IntArray) -> IntArray:
        """All rows are here."""
        return order

    def lend(self) -> Lent | None:
        """Codes lie ready."""
        return self._stored.lend(self._every)


def join_groups(
    engine: Any, groups: Sequence[list[int]], classes: AnyArray, units: IntArray | None
) -> JoinedColumns:
    """Columns that are the joint labels of groups of an engine's columns."""
    codes, n_levels = [], []
    for members in groups:
        pick = None
        for column in members:
            pick = engine.join(pick, column)
        assert pick is not None
        codes.append(pick.codes)
        n_levels.append(pick.n_levels)
    n_classes = len(engine.class_counts)
    return JoinedColumns(codes, n_levels, classes, n_classes, units)


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
