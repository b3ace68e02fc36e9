"""Sums of n log n as scaled integers, which do not depend on the order of cells."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._engines.base import Cells


class Logarithms:
    """c log c of all counts up to a number of rows.

    Attributes
    ----------
    shift : int
        Sums are multiples of 2 ** -shift: the largest, n log n, takes 62 bits.
    table : ndarray, int64
        Of the counts below 65 536; see `mifs._kernels.sums.plogp_table`.
    """

    def __init__(self, n: int) -> None:
        self.shift = 62 - math.ceil(math.log2(max(n * math.log(n), 1)))
        self._n = n
        # A larger table leaves the cache.
        self.table = _kernels.sums.plogp_table(min(n, 0xFFFF), self.scale)

    @cached_property
    def full_table(self) -> NDArray[np.int64]:
        """Of all counts, however many: for kernels that only look up."""
        if self._n < len(self.table):
            return self.table
        table = _kernels.sums.plogp_table(self._n, self.scale)
        return np.asarray(table, dtype=np.int64)

    @cached_property
    def paired_table(self) -> NDArray[np.int64]:
        """Of pairs of small counts; see `mifs._kernels.sums.paired_table`."""
        bits = _kernels.tiles.PAIRED_BITS
        table = _kernels.sums.paired_table(self.full_table, bits)
        return np.asarray(table, dtype=np.int64)

    @property
    def scale(self) -> float:
        """What c log c is multiplied by."""
        return 2.0**self.shift

    @cached_property
    def unit(self) -> float:
        """Of what sums are multiples."""
        return 2.0**-self.shift

    def sums(self, cells: Cells) -> NDArray[np.int64]:
        """Sum over each table."""
        sums = _kernels.sums.plogp_sums(
            cells.counts, cells.starts, self.table, self.scale
        )
        return np.asarray(sums, dtype=np.int64)

    def value(self, sums: NDArray[np.int64]) -> NDArray[np.float64]:
        """Turn sums into nats times rows."""
        return np.asarray(sums * self.unit)
