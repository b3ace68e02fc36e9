"""What is taken off the plug-in estimate of information, for it is too high.

A correction gives n times the bias of the terms of a table, nats times rows, as scaled
integers that are subtracted from sums of c log c.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._data.layout import starts_of
from mifs._engines.base import Cells, TableSums
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.estimators.plugin.chance import Margins

if TYPE_CHECKING:
    from mifs._kernels.expected import Expected


class Correction(ABC):
    """The bias of the terms of one table.

    Parameters
    ----------
    cells : Cells
        Tables (level, class) of each column, all cells laid out.
    n_levels : ndarray of shape (n_features,), int64
    class_counts : ndarray of shape (n_classes,), int64
    rows_per_unit : float
        1 where units are rows; (Σw)² / Σw² over the units where weights are fractional.
    scale : float
        As in `Logarithms`.
    """

    counts_cells: bool = False

    def __init__(
        self,
        cells: Cells,
        n_levels: IntArray,
        class_counts: IntArray,
        rows_per_unit: float,
        scale: float,
    ) -> None:
        self._counts = cells.counts.reshape(-1, len(class_counts))
        self._starts = starts_of(n_levels)
        self._class_counts = class_counts
        self._unit = rows_per_unit, scale

    def for_loops(self, *, by_class: bool) -> tuple[Expected, Expected] | None:
        """Give what compiled loops take off, and given the class, if that is asked for.

        None: they do not know how.
        """
        return None

    @abstractmethod
    def relevance(self) -> IntArray:
        """Of I(Xk;Y) of all columns."""

    @abstractmethod
    def pick(
        self, term: str, pick: int, candidates: IntArray, sums: TableSums
    ) -> IntArray:
        """Of redundancy or conditional redundancy with one pick."""

    @abstractmethod
    def pairs(
        self, term: str, picks: IntArray, candidates: IntArray, sums: TableSums
    ) -> IntArray:
        """Of redundancy or conditional redundancy of candidate i and pick i."""

    def rounds(self, term: str, draws: IntArray, picks: IntArray, p: int) -> IntArray:
        """Of redundancy or conditional redundancy of p columns of some draws, (b, p).

        Column k of draw r is column r p + k, and meets column ``picks[r]`` of its draw.
        """
        raise TypeError(f"{type(self).__name__} counts cells, which rounds do not")

    @abstractmethod
    def label(
        self, counts: IntArray, candidates: IntArray, cells: IntArray
    ) -> IntArray:
        """Of I(Xk;Z) for a label with these counts of its levels.

        ``cells`` are the occupied ones of (candidate, label).
        """

    @abstractmethod
    def target(self, counts: IntArray) -> int:
        """Of I(Z;Y) for a label, (n_levels, n_classes)."""


class PermutationMean(Correction):
    """The mean over all permutations of the candidate, within the classes or not."""

    @cached_property
    def _plain(self) -> Margins:
        counts = self._counts.sum(axis=1)[:, np.newaxis]
        return Margins(counts, self._starts, *self._unit)

    @cached_property
    def _by_class(self) -> Margins:
        return Margins(self._counts, self._starts, *self._unit)

    def for_loops(self, *, by_class: bool) -> tuple[Expected, Expected]:
        """Give what compiled loops take off, and given the class, if asked for."""
        given = self._by_class if by_class else self._plain
        return self._plain.for_loops, given.for_loops

    def _margins(self, term: str) -> Margins:
        return self._plain if term == REDUNDANCY else self._by_class

    def relevance(self) -> IntArray:
        """Of I(Xk;Y) of all columns."""
        every = np.arange(len(self._starts) - 1)
        return self._plain.label(self._class_counts, every)

    def pick(
        self, term: str, pick: int, candidates: IntArray, sums: TableSums
    ) -> IntArray:
        """Of redundancy or conditional redundancy with one pick."""
        return self._margins(term).column(pick, candidates)

    def pairs(
        self, term: str, picks: IntArray, candidates: IntArray, sums: TableSums
    ) -> IntArray:
        """Of redundancy or conditional redundancy of candidate i and pick i."""
        return self._margins(term).pairs(picks, candidates)

    def rounds(self, term: str, draws: IntArray, picks: IntArray, p: int) -> IntArray:
        """Of redundancy or conditional redundancy of p columns of some draws."""
        return self._margins(term).rounds(draws, picks, p)

    def label(
        self, counts: IntArray, candidates: IntArray, cells: IntArray
    ) -> IntArray:
        """Of I(Xk;Z) for a label with these counts of its levels."""
        return self._plain.label(counts, candidates)

    def target(self, counts: IntArray) -> int:
        """Of I(Z;Y) for a label, (n_levels, n_classes)."""
        label = Margins(
            counts.sum(axis=1)[:, np.newaxis], starts_of([len(counts)]), *self._unit
        )
        return int(label.label(self._class_counts, np.zeros(1, np.intp))[0])


def half_of_surplus(
    cells: IntArray | int,
    rows: IntArray | int,
    columns: IntArray | int,
    strata: IntArray | int = 1,
) -> FloatArray:
    """Bias of I by the occupied cells, nats times rows: numbers or arrays of them.

    Half of one less than the occupied cells is added to every entropy (Miller 1955).
    """
    return np.asarray((cells - rows - columns + strata) / 2, dtype=np.float64)


class MillerMadow(Correction):
    """Half of one less than the occupied cells, in every entropy."""

    counts_cells = True

    @cached_property
    def _levels(self) -> IntArray:
        """Occupied levels of each column."""
        return self._tally(self._counts.sum(axis=1) > 0)

    @cached_property
    def _levels_by_class(self) -> IntArray:
        """Occupied cells (level, class) of each column."""
        cells: IntArray = self._tally(self._counts > 0).sum(axis=1)
        return cells

    def _tally(self, marks: BoolArray) -> IntArray:
        return np.add.reduceat(marks.astype(np.int64), self._starts[:-1], axis=0)

    def _scaled(
        self,
        cells: IntArray | int,
        rows: IntArray | int,
        columns: IntArray | int,
        strata: int = 1,
    ) -> IntArray:
        rows_per_unit, scale = self._unit
        half = half_of_surplus(cells, rows, columns, strata)
        scaled: IntArray = np.rint(half * (scale / rows_per_unit)).astype(np.int64)
        return scaled

    def relevance(self) -> IntArray:
        """Of I(Xk;Y) of all columns."""
        n_classes = int(np.count_nonzero(self._class_counts))
        return self._scaled(self._levels_by_class, self._levels, n_classes)

    def pick(
        self, term: str, pick: int, candidates: IntArray, sums: TableSums
    ) -> IntArray:
        """Of redundancy or conditional redundancy with one pick."""
        picks = np.full(len(candidates), pick)
        return self.pairs(term, picks, candidates, sums)

    def pairs(
        self, term: str, picks: IntArray, candidates: IntArray, sums: TableSums
    ) -> IntArray:
        """Of redundancy or conditional redundancy of candidate i and pick i."""
        if term == CONDITIONAL_REDUNDANCY:
            n_classes = int(np.count_nonzero(self._class_counts))
            own, cells = self._levels_by_class, sums.cells_by_class
            return self._scaled(cells, own[candidates], own[picks], n_classes)
        own = self._levels
        return self._scaled(sums.cells, own[candidates], own[picks])

    def label(
        self, counts: IntArray, candidates: IntArray, cells: IntArray
    ) -> IntArray:
        """Of I(Xk;Z) for a label with these counts of its levels."""
        n_levels = int(np.count_nonzero(counts))
        return self._scaled(cells, self._levels[candidates], n_levels)

    def target(self, counts: IntArray) -> int:
        """Of I(Z;Y) for a label, (n_levels, n_classes)."""
        n_classes = int(np.count_nonzero(self._class_counts))
        n_levels = int(np.count_nonzero(counts.any(axis=1)))
        return int(self._scaled(int(np.count_nonzero(counts)), n_levels, n_classes))


# What is taken off sums of c log c.
CORRECTIONS: dict[str, type[Correction]] = {
    "permutation": PermutationMean,
    "miller_madow": MillerMadow,
}
# Not a bias that is taken off, but other frequencies: `ShrunkTerms`.
SHRINKAGE = "shrinkage"
NAMES = *CORRECTIONS, SHRINKAGE
