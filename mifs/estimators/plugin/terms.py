"""Terms of the plug-in estimator, from the tables of an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._engines.base import (
    ALONE,
    Cells,
    Engine,
    JointCounts,
    Workers,
)
from mifs._engines.pick import Pick
from mifs._terms import CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, REDUNDANCY
from mifs.estimators._terms import JointLabels, Terms
from mifs.estimators.plugin.sums import Logarithms

NO_TERM = np.empty(0)
NO_SUMS = np.empty(0, np.int64)


class PlugInTerms(Terms):
    """Terms from the integer tables of an engine.

    With F = Σ n log n over the cells of a table, n·I(Xk;Xj) = F_kj − F_k − F_j + F_n
    and n·I(Xk;Xj|Y) = F_kjy − F_ky − F_jy + F_y. F is kept as a scaled integer.
    """

    entropy: FloatArray
    target_entropy: float

    def __init__(self, engine: Engine) -> None:
        self._logarithms = Logarithms(engine.n_rows)
        self._engine = engine
        self.n_levels = engine.n_levels
        self._f_ky, self._f_k = self._folded_sums(engine.level_counts())
        self._every = np.arange(len(self._f_k))
        ends = np.array([0, len(engine.class_counts)])
        (self._f_y,), (self._f_n,) = self._folded_sums(Cells(engine.class_counts, ends))
        self.relevance = self._nats(self._f_ky - self._f_k - self._f_y + self._f_n)
        self.entropy = self._nats(self._f_n - self._f_k)
        self.target_entropy = float(self._nats(self._f_n - self._f_y))

    def _folded_sums(self, cells: Cells) -> tuple[IntArray, IntArray]:
        """Sum with the class, and without it."""
        n_classes = len(self._engine.class_counts)
        table, scale = self._logarithms.table, self._logarithms.scale
        with_class, without = _kernels.sums.plogp_sums_folded(
            cells.counts, cells.starts, n_classes, table, scale
        )
        return with_class, without

    def _nats(self, sums: IntArray) -> FloatArray:
        return self._logarithms.value(sums) / self._engine.n_rows

    def parts(self, candidates: NDArray[np.intp], n: int) -> list[NDArray[np.intp]]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        return self._engine.parts(candidates, n)

    @property
    def joint_labels(self) -> JointLabels | None:
        """Its own: it counts joint labels."""
        return self

    def pairwise(
        self, newest: int, candidates: NDArray[np.intp], wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        return self.pairwise_by_rows(newest, candidates, wanted, ALONE)

    def pairwise_by_rows(
        self,
        newest: int,
        candidates: NDArray[np.intp],
        wanted: frozenset[str],
        workers: Workers,
    ) -> dict[str, FloatArray]:
        """Terms of each candidate, of which workers may share the rows."""
        by_class = wanted != {REDUNDANCY}
        pick = self._engine.pick(newest)
        tables = self._engine.joint_counts(
            pick, candidates, by_class=by_class, workers=workers
        )
        every = self._every
        whole = len(candidates) == len(every) and (candidates == every).all()
        at = slice(None) if whole else candidates
        return self._terms(
            tables, wanted, len(candidates), lambda f: (f[at], f[newest])
        )

    def pairs(
        self,
        picks: NDArray[np.intp],
        candidates: NDArray[np.intp],
        wanted: frozenset[str],
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i, for all i."""
        by_class = wanted != {REDUNDANCY}
        tables = self._engine.pair_counts(picks, candidates, by_class=by_class)
        return self._terms(
            tables, wanted, len(candidates), lambda f: (f[candidates] + f[picks], 0)
        )

    def _terms(
        self,
        tables: Iterable[JointCounts],
        wanted: frozenset[str],
        n_candidates: int,
        margins: Callable[[IntArray], tuple[IntArray, Any]],
    ) -> dict[str, FloatArray]:
        """Terms from tables; ``margins`` picks the F of the candidates and the rest."""
        by_class = wanted != {REDUNDANCY}
        f_kj, f_kjy = self._joint_sums(tables, n_candidates, by_class)
        terms = {}
        if REDUNDANCY in wanted:
            own, other = margins(self._f_k)
            terms[REDUNDANCY] = self._shared(f_kj, own, self._f_n - other)
        if CONDITIONAL_REDUNDANCY in wanted:
            own, other = margins(self._f_ky)
            terms[CONDITIONAL_REDUNDANCY] = self._shared(f_kjy, own, self._f_y - other)
        if JOINT_ENTROPY in wanted:
            terms[JOINT_ENTROPY] = self._nats(self._f_n - f_kjy)
        return terms

    def _shared(self, joint: IntArray, own: IntArray, rest: Any) -> FloatArray:
        """Information of two variables, given the class or not, from their F."""
        shared: FloatArray = _kernels.sums.nats(
            joint, own, int(rest), self._logarithms.unit, self._engine.n_rows
        )
        return shared

    def _joint_sums(
        self, tables: Iterable[JointCounts], n_candidates: int, by_class: bool
    ) -> tuple[IntArray, IntArray]:
        """F of each candidate with the pick, and with pick and class."""
        pair, triple = NO_SUMS, NO_SUMS
        for table in tables:
            with_class, without = self._sums_of(table, by_class)
            if len(without) == n_candidates and isinstance(table.members, slice):
                return without, with_class
            if pair is NO_SUMS:
                pair, triple = np.empty((2, n_candidates), np.int64)
            pair[table.members], triple[table.members] = without, with_class
        return pair, triple

    def _sums_of(self, table: JointCounts, by_class: bool) -> tuple[IntArray, IntArray]:
        """F of some candidates with the class, where it was asked for, and without."""
        if table.summed is not None:
            return table.summed.plogp_sums(self._logarithms)
        if table.pair is None and table.triple is not None:
            return self._folded_sums(table.triple)
        assert table.pair is not None
        without = self._logarithms.sums(table.pair)
        with_class = without
        if table.triple is not None:
            with_class = self._logarithms.sums(table.triple)
        return with_class, without

    def grouped(self, groups: Sequence[list[int]]) -> PlugInTerms:
        """Terms of groups of columns, each as one joint variable."""
        return PlugInTerms(self._engine.grouped(groups))

    def join(self, label: object | None, column: int) -> object:
        """Make a joint label of a label (None: of nothing) and a column."""
        joined: object = self._engine.join(label, column)
        return joined

    def pick_entropies(self, label: object) -> tuple[float, float]:
        """H(S) and H(S,Y) of a joint label."""
        counts = cast(Pick, label).counts
        cells = Cells(counts.ravel(), np.array([0, counts.size]))
        (with_class,), (plain,) = self._folded_sums(cells)
        return (
            float(self._nats(self._f_n - plain)),
            float(self._nats(self._f_n - with_class)),
        )

    def joint(
        self, label: object, candidates: NDArray[np.intp], *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, H(Xk,S,Y) of each candidate, nats."""
        tables = self._engine.joint_counts(label, candidates, by_class=by_class)
        pair, triple = self._joint_sums(tables, len(candidates), by_class)
        with_class = self._nats(self._f_n - triple) if by_class else NO_TERM
        return self._nats(self._f_n - pair), with_class
