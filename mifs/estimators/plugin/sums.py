"""Sums of n log n as scaled integers, which do not depend on the order of cells."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._engines.base import Cells, JointCounts, TableSums


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
        bits = _kernels.lane_sums.PAIRED_BITS
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

    def sums_of(self, table: JointCounts, n_classes: int, occupied: bool) -> TableSums:
        """Sum over the tables of some candidates, and count their occupied cells.

        ``n_classes`` is 1 where the class was not asked for.
        """
        if table.summed is not None:
            return table.summed.sums(self, occupied)
        if table.pair is None:
            assert table.triple is not None
            return self.folded_sums(table.triple, n_classes, occupied)
        plain = self.folded_sums(table.pair, 1, occupied)
        if table.triple is None:
            return plain
        by_class = self.folded_sums(table.triple, 1, occupied)
        return TableSums(plain.plain, by_class.plain, plain.cells, by_class.cells)

    def folded_sums(
        self, cells: Cells, n_classes: int, occupied: bool = False
    ) -> TableSums:
        """Sum over tables with the class fastest, and over those without it."""
        where = cells.counts, cells.starts
        if n_classes == 1:
            plain = by_class = self.sums(cells)
        else:
            by_class, plain = _kernels.sums.plogp_sums_folded(
                *where, n_classes, self.table, self.scale
            )
        if not occupied:
            return TableSums(plain, by_class)
        counted, folded = _kernels.sums.occupied(*where, n_classes)
        return TableSums(plain, by_class, folded, counted)

    def value(self, sums: NDArray[np.int64]) -> NDArray[np.float64]:
        """Turn sums into nats times rows."""
        return np.asarray(sums * self.unit)
