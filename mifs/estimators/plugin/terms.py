"""Terms of the plug-in estimator, from the tables of an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray, same
from mifs._data.layout import starts_of
from mifs._engines.base import (
    ALONE,
    NOT_COUNTED,
    Cells,
    Engine,
    JointCounts,
    TableSums,
    Workers,
)
from mifs._engines.pick import Pick
from mifs._terms import CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, REDUNDANCY
from mifs.estimators._terms import JointLabels, Terms
from mifs.estimators.plugin.corrections import CORRECTIONS, Correction
from mifs.estimators.plugin.sums import Logarithms

if TYPE_CHECKING:
    from mifs._kernels.expected import Expected
    from mifs._kernels.rounds import TiledColumns
    from mifs._kernels.small_table import SmallTable

NO_TERM = np.empty(0)
# Rows of a small table: a pair of columns takes a few microseconds at most.
MOST_SMALL = 1 << 13
NO_SUMS = TableSums(NOT_COUNTED, NOT_COUNTED)


class TableStatistics(NamedTuple):
    """What corrections and tests need of each of some tables (candidate, pick).

    The first four are those of `TableSums`. Where the class was not asked for, numbers
    by class are the plain ones.

    Attributes
    ----------
    plain, by_class : ndarray of shape (b,), int64
        Σ c log c over the cells, and over those with the class, as scaled integers.
    cells, cells_by_class : ndarray of shape (b,), int64
        Occupied cells (candidate, pick), and (candidate, pick, class).
    rows, rows_by_class : ndarray of shape (b,), int64
        Occupied levels of the candidate, and cells (candidate, class).
    columns, columns_by_class : ndarray of shape (b,), int64
        Occupied levels of the pick, and cells (pick, class).
    """

    plain: IntArray
    by_class: IntArray
    cells: IntArray
    cells_by_class: IntArray
    rows: IntArray
    rows_by_class: IntArray
    columns: IntArray
    columns_by_class: IntArray


class PlugInTerms(Terms):
    """Terms from the integer tables of an engine.

    With F = Σ n log n over the cells of a table, n·I(Xk;Xj) = F_kj − F_k − F_j + F_n
    and n·I(Xk;Xj|Y) = F_kjy − F_ky − F_jy + F_y. F is kept as a scaled integer.
    """

    entropy: FloatArray
    target_entropy: float

    def __init__(
        self, engine: Engine, correction: str | None = None, rows_per_unit: float = 1.0
    ) -> None:
        self._logarithms = Logarithms(engine.n_rows)
        self._engine = engine
        self.n_levels, self.row_codes = engine.n_levels, engine.row_codes
        self._settings = correction, rows_per_unit
        self.level_counts = counts = engine.level_counts()
        self._f_k, self._f_ky, *_ = self._folded_sums(counts)
        self._every = np.arange(len(self._f_k))
        target = _one_table(engine.class_counts)
        (self._f_n,), (self._f_y,), *_ = self._folded_sums(target)
        shared = self._f_ky - self._f_k - self._f_y + self._f_n
        self.relevance = self._nats(shared)
        self._correction: Correction | None = None
        if correction is not None:
            self._correction = CORRECTIONS[correction](
                *(counts, engine.n_levels, engine.class_counts),
                *(rows_per_unit, self._logarithms.scale),
            )
            self.observed_relevance = self.relevance
            self.relevance = self._nats(shared - self._correction.relevance())
        self.entropy = self._nats(self._f_n - self._f_k)
        self.target_entropy = float(self._nats(self._f_n - self._f_y))

    def _folded_sums(self, cells: Cells) -> TableSums:
        """F without the class, and with it."""
        n_classes = len(self._engine.class_counts)
        return self._logarithms.folded_sums(cells, n_classes)

    def _nats(self, sums: IntArray) -> FloatArray:
        return self._logarithms.value(sums) / self._engine.n_rows

    def parts(self, candidates: NDArray[np.intp], n: int) -> list[NDArray[np.intp]]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        return self._engine.parts(candidates, n)

    def small_table(self, *, by_class: bool) -> SmallTable | None:
        """Give what a loop needs, where a pair takes less than to ask for it."""
        if self._engine.n_rows > MOST_SMALL:
            return None
        columns = self._engine.byte_columns
        if columns is None:
            return None
        nothing = _kernels.expected.nothing_expected()
        expected: tuple[Expected, Expected] | None = nothing, nothing
        if self._correction is not None:
            expected = self._correction.for_loops(by_class=by_class)
        if expected is None:
            return None
        n_classes = len(self._engine.class_counts)
        logarithms = self._logarithms
        return _kernels.small_table.SmallTable(
            *(columns.codes, columns.rows, columns.n_levels, columns.classes),
            *(n_classes, int(columns.n_levels.max()) ** 2 * n_classes),
            *(columns.bits, columns.plain),
            *(logarithms.full_table, self._f_k, self._f_ky),
            *(int(self._f_n), int(self._f_y)),
            logarithms.unit,
            *expected,
        )

    def tiled_columns(self) -> tuple[TiledColumns, IntArray] | None:
        """Give what a loop over whole rounds needs besides."""
        columns = self._engine.byte_columns
        if columns is None or columns.tiles is None:
            return None
        return columns.tiles, self._logarithms.paired_table

    @property
    def pair_time(self) -> float | None:
        """Nanoseconds that a candidate takes in a round of all; None: not known."""
        return self._engine.pair_time

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
        at = slice(None) if same(candidates, every) else candidates
        return self._terms(
            *(tables, wanted, len(candidates)),
            lambda f: (f[at], f[newest]),
            lambda given, *what: given.pick(what[0], newest, candidates, what[1]),
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
            *(tables, wanted, len(candidates)),
            lambda f: (f[candidates] + f[picks], 0),
            lambda given, *what: given.pairs(what[0], picks, candidates, what[1]),
        )

    def _terms(
        self,
        tables: Iterable[JointCounts],
        wanted: frozenset[str],
        n_candidates: int,
        margins: Callable[[IntArray], tuple[IntArray, Any]],
        bias: Callable[[Correction, str, TableSums], IntArray],
    ) -> dict[str, FloatArray]:
        """Terms from tables; ``margins`` picks the F of the candidates and the rest."""
        by_class, correction = wanted != {REDUNDANCY}, self._correction
        counts_cells = correction is not None and correction.counts_cells
        sums = self._joint_sums(tables, n_candidates, by_class, counts_cells)
        f_kj, f_kjy, *_ = sums
        terms = {}
        if REDUNDANCY in wanted:
            own, other = margins(self._f_k)
            if correction is not None:
                own = _added(bias(correction, REDUNDANCY, sums), own)
            terms[REDUNDANCY] = self._shared(f_kj, own, self._f_n - other)
        if CONDITIONAL_REDUNDANCY in wanted:
            own, other = margins(self._f_ky)
            if correction is not None:
                own = _added(bias(correction, CONDITIONAL_REDUNDANCY, sums), own)
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
        self,
        tables: Iterable[JointCounts],
        n_candidates: int,
        by_class: bool,
        occupied: bool = False,
    ) -> TableSums:
        """F of each candidate with the pick, and with pick and class."""
        n_classes = len(self._engine.class_counts) if by_class else 1
        every = NO_SUMS
        for table in tables:
            sums = self._logarithms.sums_of(table, n_classes, occupied)
            if len(sums.plain) == n_candidates and isinstance(table.members, slice):
                return sums
            if every is NO_SUMS:
                n_kinds = 4 if occupied else 2
                every = TableSums(*np.empty((n_kinds, n_candidates), np.int64))
            for whole, part in zip(every, sums, strict=True):
                if len(part):
                    whole[table.members] = part
        return every

    @cached_property
    def occupied(self) -> IntArray:
        """Levels of each column that occur in each class, (n_features, n_classes).

        Their sums over the classes are the occupied cells (level, class).
        """
        counts = self._engine.level_counts().counts
        return self._tally(counts.reshape(-1, len(self._engine.class_counts)) > 0)

    @cached_property
    def occupied_levels(self) -> IntArray:
        """Levels of each column that occur at all, (n_features,)."""
        counts = self._engine.level_counts().counts
        by_level = counts.reshape(-1, len(self._engine.class_counts)).sum(axis=1)
        return self._tally(by_level > 0)

    def _tally(self, marks: BoolArray) -> IntArray:
        """Sum marks of levels (Σ n_levels, …) over the levels of each column."""
        starts = starts_of(self._engine.n_levels)[:-1]
        return np.add.reduceat(marks.astype(np.int64), starts, axis=0)

    def statistics(
        self,
        pick: int | object,
        candidates: IntArray,
        *,
        by_class: bool = True,
        workers: Workers = ALONE,
    ) -> TableStatistics:
        """Sum tables of a pick, and count their occupied cells, rows and columns.

        Parameters
        ----------
        pick : int or joint label
            A column, or what `join` made.
        candidates : ndarray of shape (b,), intp
        by_class : bool, default=True
            Whether the class is a third side of the tables.
        workers : Workers
            May share the rows.

        Returns
        -------
        statistics : TableStatistics
            Of each candidate.
        """
        label = cast(Pick, self._engine.pick(pick) if isinstance(pick, int) else pick)
        tables = self._engine.joint_counts(
            label, candidates, by_class=by_class, workers=workers
        )
        sums = self._joint_sums(tables, len(candidates), by_class, occupied=True)
        columns = np.full(len(candidates), np.count_nonzero(label.counts.any(axis=1)))
        columns_by_class = columns
        if by_class:
            columns_by_class = np.full_like(columns, np.count_nonzero(label.counts))
        return self._statistics(sums, candidates, columns, columns_by_class, by_class)

    def pair_statistics(
        self, picks: IntArray, candidates: IntArray, *, by_class: bool = True
    ) -> TableStatistics:
        """Return `statistics` of candidate i and column ``picks[i]``, for all i."""
        tables = self._engine.pair_counts(picks, candidates, by_class=by_class)
        sums = self._joint_sums(tables, len(candidates), by_class, occupied=True)
        columns = self.occupied_levels[picks]
        columns_by_class = self.occupied[picks].sum(axis=1) if by_class else columns
        return self._statistics(sums, candidates, columns, columns_by_class, by_class)

    def _statistics(
        self,
        sums: TableSums,
        candidates: IntArray,
        columns: IntArray,
        columns_by_class: IntArray,
        by_class: bool,
    ) -> TableStatistics:
        rows = self.occupied_levels[candidates]
        return TableStatistics(
            *sums,
            rows=rows,
            rows_by_class=self.occupied[candidates].sum(axis=1) if by_class else rows,
            columns=columns,
            columns_by_class=columns_by_class,
        )

    def grouped(self, groups: Sequence[list[int]]) -> PlugInTerms:
        """Terms of groups of columns, each as one joint variable."""
        return PlugInTerms(self._engine.grouped(groups), *self._settings)

    def join(self, label: object | None, column: int) -> object:
        """Make a joint label of a label (None: of nothing) and a column."""
        joined: object = self._engine.join(label, column)
        return joined

    def pick_entropies(self, label: object) -> tuple[float, float]:
        """H(S) and H(S,Y) of a joint label."""
        counts = cast(Pick, label).counts
        (plain,), (by_class,), *_ = self._folded_sums(_one_table(counts))
        if self._correction is not None:
            # So that H(S) + H(Y) − H(S,Y) is corrected.
            by_class = by_class - self._correction.target(counts)
        return (
            float(self._nats(self._f_n - plain)),
            float(self._nats(self._f_n - by_class)),
        )

    def joint(
        self, label: object, candidates: NDArray[np.intp], *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """H(Xk,S) and, where asked for, H(Xk,S,Y) of each candidate, nats.

        If corrected, so that I(Xk;S) = H(Xk) + H(S) − H(Xk,S) is, and likewise with Y.
        """
        tables = self._engine.joint_counts(label, candidates, by_class=by_class)
        correction = self._correction
        counts_cells = correction is not None and correction.counts_cells
        sums = self._joint_sums(tables, len(candidates), by_class, counts_cells)
        f_ks, f_ksy = sums.plain, sums.by_class
        if correction is not None:
            counts = cast(Pick, label).counts
            by_level = counts.sum(axis=1)
            f_ks = f_ks - correction.label(by_level, candidates, sums.cells)
            if by_class:
                f_ksy = f_ksy - correction.target(counts)
                f_ksy -= correction.label(counts, candidates, sums.cells_by_class)
        with_class = self._nats(self._f_n - f_ksy) if by_class else NO_TERM
        return self._nats(self._f_n - f_ks), with_class


def _one_table(counts: IntArray) -> Cells:
    return Cells(counts.ravel(), np.array([0, counts.size]))


def _added(fresh: IntArray, values: IntArray) -> IntArray:
    """Add to an array that nobody else has: a new one takes longer, if it is long."""
    fresh += values
    return fresh
