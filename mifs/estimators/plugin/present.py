"""Counts of the rows in which both columns of a pair have values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._data.layout import starts_of
from mifs._engines.base import Cells, JointCounts
from mifs._engines.histogram import HistogramEngine
from mifs._engines.pick import Pick
from mifs._terms import CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, REDUNDANCY
from mifs.estimators._terms import Terms
from mifs.estimators.plugin.corrections import half_of_surplus
from mifs.estimators.plugin.sums import Logarithms
from mifs.estimators.plugin.terms import TableStatistics

# The tables of a pair: with class, without, candidate and class, pick and class,
# candidate, pick, class, all rows.
KJY, KJ, KY, JY, K, J, Y, ALL = range(8)


class PresentTerms(Terms):
    """Terms of the rows in which the columns concerned have values.

    The level of missing values is the last of a column. Every table is taken without
    it, and its margins are those of what is left.

    Parameters
    ----------
    engine : HistogramEngine
    missing : ndarray of shape (p,), bool
        Which columns have such a level.
    correction : {"permutation", "miller_madow"} or None, default=None
        Of every term, by the margins of its own rows.
    rows_per_unit : float, default=1.0
        As in `mifs.estimators.plugin.corrections.Correction`.
    """

    def __init__(
        self,
        engine: HistogramEngine,
        missing: NDArray[np.bool_],
        correction: str | None = None,
        rows_per_unit: float = 1.0,
    ) -> None:
        self._engine = engine
        self._correction, self._rows_per_unit = correction, rows_per_unit
        self.n_levels = engine.n_levels
        self._kept: IntArray = engine.n_levels - missing
        self._logarithms = Logarithms(engine.n_rows)
        n_classes = len(engine.class_counts)
        cells = engine.level_counts()
        present = self._present(cells, self._kept, (1, 1, n_classes))
        sums, n = self._sums_of(present)
        shared = sums[:, KY] - sums[:, K] - sums[:, Y] + sums[:, ALL]
        self.relevance = self._nats(shared, n)
        if correction is not None:
            self.observed_relevance = self.relevance
            bias = self._bias(present, (K, Y, KY), (ALL, 1))
            self.relevance = self.relevance - bias / np.maximum(n, 1)
        self.entropy = self._nats(sums[:, ALL] - sums[:, K], n)
        of_target = Cells(engine.class_counts, np.array([0, n_classes]))
        one = np.ones(1, np.int64)
        sums, n = self._sums_of(self._present(of_target, one, (1, 1, n_classes)))
        self.target_entropy = float(self._nats(sums[:, ALL] - sums[:, Y], n)[0])

    def pairwise(
        self, newest: int, candidates: NDArray[np.intp], wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        by_class = wanted != {REDUNDANCY}
        sums, _, n, bias = self._sums_of_pairs(newest, candidates, by_class)
        rows, terms = np.maximum(n, 1), {}
        if REDUNDANCY in wanted:
            shared = sums[:, KJ] - sums[:, K] - sums[:, J] + sums[:, ALL]
            terms[REDUNDANCY] = self._nats(shared, n) - bias[:, 0] / rows
        if CONDITIONAL_REDUNDANCY in wanted:
            shared = sums[:, KJY] - sums[:, KY] - sums[:, JY] + sums[:, Y]
            terms[CONDITIONAL_REDUNDANCY] = self._nats(shared, n) - bias[:, 1] / rows
        if JOINT_ENTROPY in wanted:
            terms[JOINT_ENTROPY] = self._nats(sums[:, ALL] - sums[:, KJY], n)
        return terms

    def _bias(
        self, cells: Cells, sides: tuple[int, int, int], strata: tuple[int, int]
    ) -> FloatArray:
        """Bias of what two sides of each eight tables share, nats times units.

        ``sides``: the numbers of both, and of their joint table; ``strata``: the number
        of the table of the strata within which it is, and how many they are.
        """
        (first, second, joint), (within, n) = sides, strata
        zero: FloatArray = np.zeros((len(cells.starts) - 1) // 8)
        if self._correction is None:
            return zero
        if self._correction == "permutation":
            where, rows = (cells.counts, cells.starts), self._rows_per_unit
            return zero + _kernels.chance.present_excess(
                *where, (first, second), n, rows
            )
        found, _ = _kernels.sums.occupied(cells.counts, cells.starts, 1)
        found = found.reshape(-1, 8)
        occupied = (found[:, table] for table in (joint, first, second, within))
        return half_of_surplus(*occupied) / self._rows_per_unit

    def statistics(
        self, newest: int, candidates: IntArray, *, by_class: bool = True
    ) -> TableStatistics:
        """Sum tables of present values, and count their occupied cells and sides."""
        sums, occupied, *_ = self._sums_of_pairs(newest, candidates, by_class, True)
        return TableStatistics(
            plain=sums[:, KJ],
            by_class=sums[:, KJY if by_class else KJ],
            cells=occupied[:, KJ],
            cells_by_class=occupied[:, KJY if by_class else KJ],
            rows=occupied[:, K],
            rows_by_class=occupied[:, KY if by_class else K],
            columns=occupied[:, J],
            columns_by_class=occupied[:, JY if by_class else J],
        )

    def _sums_of_pairs(
        self, newest: int, candidates: IntArray, by_class: bool, occupied: bool = False
    ) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
        """Sum the eight tables of each pair, count occupied cells, rows; the bias."""
        pick = self._engine.pick(newest)
        tables = self._engine.joint_counts(pick, candidates, by_class=by_class)
        sums, counted = np.zeros((2, len(candidates), 8), np.int64)
        n, bias = np.empty(len(candidates), np.int64), np.zeros((len(candidates), 2))
        strata = Y, len(self._engine.class_counts)
        for at, cells in self._tables(tables, pick, newest, candidates, by_class):
            sums[at], n[at] = self._sums_of(cells)
            bias[at, 0] = self._bias(cells, (K, J, KJ), (ALL, 1))
            if by_class:
                bias[at, 1] = self._bias(cells, (KY, JY, KJY), strata)
            if occupied:
                found, _ = _kernels.sums.occupied(cells.counts, cells.starts, 1)
                counted[at] = found.reshape(-1, 8)
        return sums, counted, n, bias

    def _tables(
        self,
        tables: Iterable[JointCounts],
        pick: Pick,
        newest: int,
        candidates: NDArray[np.intp],
        by_class: bool,
    ) -> Iterable[tuple[Any, Cells]]:
        """Which candidates, and their eight tables each."""
        n_classes = len(self._engine.class_counts) if by_class else 1
        shape = pick.n_levels, int(self._kept[newest]), n_classes
        for table in tables:
            columns = candidates[table.members]
            laid_out = table.triple or table.pair
            if laid_out is not None and None in (table.triple, table.pair):
                kept = self._kept[columns]
                yield table.members, self._present(laid_out, kept, shape)
                continue
            yield table.members, self._occupied(int(columns[0]), newest)

    def _present(
        self, cells: Cells, kept: IntArray, pick: tuple[int, int, int]
    ) -> Cells:
        """Lay out the eight tables of each candidate."""
        _, m, n_classes = pick
        one = np.ones_like(kept)
        sizes = np.stack(
            [
                kept * (m * n_classes),
                kept * m,
                kept * n_classes,
                one * (m * n_classes),
                kept,
                one * m,
                one * n_classes,
                one,
            ],
            axis=1,
        )
        starts = starts_of(sizes.ravel())
        counts = np.zeros(starts[-1], np.int64)
        _kernels.tables.present_tables(
            cells.counts, cells.starts, kept, pick, counts, starts
        )
        return Cells(counts, starts)

    def _sums_of(self, cells: Cells) -> tuple[IntArray, IntArray]:
        """Σ n log n of the eight tables of each, and its rows."""
        sums = self._logarithms.sums(cells).reshape(-1, 8)
        return sums, cells.counts[cells.starts[8::8] - 1]

    def _occupied(self, column: int, newest: int) -> Cells:
        """Count the occupied cells of the eight tables of a pair."""
        engine = self._engine
        x, w = (engine.codes(j).astype(np.int64) for j in (column, newest))
        present = (x < self._kept[column]) & (w < self._kept[newest])
        x, w = x[present], w[present]
        y = engine.classes[present].astype(np.int64)
        units = None if engine.units is None else engine.units[present]
        m, n_classes = int(self._kept[newest]), len(engine.class_counts)
        pair = x * m + w
        labels = (
            *(pair * n_classes + y, pair, x * n_classes + y, w * n_classes + y),
            *(x, w, y, np.zeros_like(x)),
        )
        counts = []
        for number, label in enumerate(labels):
            # With the class, all cells are laid out, so that classes are told apart.
            full = {KY: int(self._kept[column]), JY: m, Y: 1}.get(number, 0) * n_classes
            codes = label if full else np.unique(label, return_inverse=True)[1]
            # At least one cell, so that the last of them holds the number of rows.
            counts.append(np.bincount(codes, units, max(full, 1)).astype(np.int64))
        return Cells(np.concatenate(counts), starts_of([len(c) for c in counts]))

    def _nats(self, sums: IntArray, n: IntArray) -> FloatArray:
        """Nats a row; 0 where no row has both values."""
        return self._logarithms.value(sums) / np.maximum(n, 1)
