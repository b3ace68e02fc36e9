"""Terms of tables that are shrunk towards independence (James, Stein)."""

from __future__ import annotations

from typing import NamedTuple

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
from mifs.estimators.plugin.sums import Logarithms


class OccupiedCells(NamedTuple):
    """Cells of some tables that are not empty, one table after the other."""

    counts: IntArray
    levels: IntArray
    others: IntArray
    strata: IntArray
    starts: IntArray


class ShrunkTerms(Terms):
    """Information of tables that are shrunk towards the product of their margins.

    p' = λ p_a p_b + (1 − λ) p_ab, where λ minimises the expected squared error; within
    each class of its own for what is given the class. Margins stay as they are, so that
    entropies are those of frequencies; so is the joint entropy, a norm of scores.

    Parameters
    ----------
    engine : HistogramEngine
    rows_per_unit : float, default=1.0
        As in `mifs.estimators.plugin.corrections.Correction`.
    """

    def __init__(self, engine: HistogramEngine, rows_per_unit: float = 1.0) -> None:
        self._engine, self._rows_per_unit = engine, rows_per_unit
        self.n_levels = engine.n_levels
        self._logarithms = Logarithms(engine.n_rows)
        counts = engine.level_counts()
        self._by_class = counts.counts.reshape(-1, len(engine.class_counts))
        self._plain = self._by_class.sum(axis=1, keepdims=True)
        self._starts = starts_of(engine.n_levels)
        n_classes = len(engine.class_counts)
        target = Cells(engine.class_counts, np.array([0, n_classes]))
        (self._f_n,), (f_y,), *_ = self._logarithms.folded_sums(target, n_classes)
        f_k, f_ky, *_ = self._logarithms.folded_sums(counts, n_classes)
        self.entropy = self._nats(self._f_n - f_k)
        self.target_entropy = float(self._nats(self._f_n - f_y))
        self.observed_relevance = self._nats(f_ky - f_k - f_y + self._f_n)
        every = np.arange(len(engine.n_levels))
        # The classes are the pick, and there are no strata.
        cells, pick = (
            _occupied(counts, n_classes, 1),
            engine.class_counts[:, np.newaxis],
        )
        self.relevance = self._information(cells, self._plain, every, pick)

    def _nats(self, sums: IntArray) -> FloatArray:
        return self._logarithms.value(sums) / self._engine.n_rows

    def pairwise(
        self, newest: int, candidates: NDArray[np.intp], wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        by_class = wanted != {REDUNDANCY}
        pick = self._engine.pick(newest)
        terms = {name: np.empty(len(candidates)) for name in wanted}
        for table in self._engine.joint_counts(pick, candidates, by_class=by_class):
            for name in wanted:
                found = self._term(name, table, candidates[table.members], pick)
                terms[name][table.members] = found
        return terms

    def _term(
        self, name: str, table: JointCounts, columns: IntArray, pick: Pick
    ) -> FloatArray:
        """Term of some candidates of which these are the tables."""
        n_classes = 1 if table.triple is None else len(self._engine.class_counts)
        if name == JOINT_ENTROPY:
            sums = self._logarithms.sums_of(table, n_classes, occupied=False)
            return self._nats(self._f_n - sums.by_class)
        by_class = name == CONDITIONAL_REDUNDANCY
        if None not in (table.triple, table.pair):
            cells = self._counted(int(columns[0]), pick, by_class)
        else:
            laid_out = table.triple or table.pair
            assert laid_out is not None
            if not by_class:
                laid_out, n_classes = _folded(laid_out, n_classes), 1
            cells = _occupied(laid_out, pick.n_levels, n_classes)
        own = self._by_class if by_class else self._plain
        counts = pick.counts if by_class else pick.counts.sum(axis=1, keepdims=True)
        return self._information(cells, own, columns, counts)

    def _counted(self, column: int, pick: Pick, by_class: bool) -> OccupiedCells:
        """Occupied cells of one table too large to lay out."""
        assert pick.codes is not None
        sides = [self._engine.codes(column), pick.codes, self._engine.classes]
        if not by_class:
            sides[2] = np.zeros_like(sides[2])
        m, n_strata = pick.n_levels, int(sides[2].max(initial=0)) + 1
        x, z, y = (side.astype(np.int64) for side in sides)
        keys, codes = np.unique((x * m + z) * n_strata + y, return_inverse=True)
        counts = self._engine.tally(codes)
        return _cells(counts, keys, m, n_strata, np.array([0, len(keys)]))

    def _information(
        self, cells: OccupiedCells, own: IntArray, columns: IntArray, pick: IntArray
    ) -> FloatArray:
        """Of each column and a pick of these margins, within strata, nats."""
        last = self._starts[columns], self._starts[columns + 1]
        sums = _kernels.shrinkage.shrunk_information(
            *(cells[:-1], cells.starts, (own, *last), pick, pick.sum(axis=0)),
            *(self._rows_per_unit, self._logarithms.scale),
        )
        return self._nats(sums)


def _folded(cells: Cells, n_classes: int) -> Cells:
    """Tables without the class, which runs fastest."""
    counts = cells.counts.reshape(-1, n_classes).sum(axis=1)
    return Cells(counts, cells.starts // n_classes)


def _occupied(cells: Cells, m: int, n_strata: int) -> OccupiedCells:
    """Cells that are not empty, of tables that are laid out."""
    at = np.flatnonzero(cells.counts)
    starts = np.searchsorted(at, cells.starts)
    keys = at - np.repeat(cells.starts[:-1], np.diff(starts))
    return _cells(cells.counts[at], keys, m, n_strata, starts)


def _cells(
    counts: IntArray, keys: IntArray, m: int, n_strata: int, starts: IntArray
) -> OccupiedCells:
    """Take keys (level · m + level of the pick) · n_strata + stratum apart."""
    pairs, strata = np.divmod(keys, n_strata)
    levels, others = np.divmod(pairs, m)
    return OccupiedCells(counts, levels, others, strata, starts)
