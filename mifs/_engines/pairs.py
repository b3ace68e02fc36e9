"""Tables of many pairs of columns, each of another pick."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._engines.base import Logarithms, TableSums

MAX_PAIR_CELLS = 1 << 16


class PairTables(NamedTuple):
    """Joint tables of candidate i with pick i, to be summed as they are counted.

    Attributes
    ----------
    columns : tuple of ndarray
        Codes (·, n) uint8, row of each column in them, numbers of levels.
    candidates, picks : ndarray of shape (b,), intp
    classes : ndarray of shape (n,)
    n_classes : int
    """

    columns: tuple[AnyArray, IntArray, IntArray]
    candidates: NDArray[np.intp]
    picks: NDArray[np.intp]
    classes: AnyArray
    n_classes: int

    def sums(self, logarithms: Logarithms, occupied: bool) -> TableSums:
        """Sum with the class, and without it."""
        cells = np.zeros((2, len(self.candidates) if occupied else 0), np.int64)
        sums, folded = _kernels.counts.pair_sums(
            self.columns,
            self.candidates,
            self.picks,
            self.classes,
            self.n_classes,
            logarithms.full_table,
            cells,
        )
        return TableSums(folded, sums, cells[1], cells[0])
