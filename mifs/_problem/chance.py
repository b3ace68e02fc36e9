"""Whether a candidate adds more than chance to what is picked: the tests of a path.

    p0[k] = p(Xk ⊥ Y)
    D[k]  = {j picked: p(Xk ⊥ Xj) ≤ .01}
    P[k]  = max(p0[k], p(Xk ⊥ Y | Xj) for j in D[k])
    a candidate passes where 1 − (1 − P[k])^p ≤ α, p being the number of candidates.

The maximum is an intersection-union test: a copy fails against its original. To ask for
what depends on a candidate only loses nothing in principle, for Xk ⊥ Xj and Xk ⊥ Y | Xj
give Xk ⊥ Y; to ask for all picks at once halves the power. P never falls as picks are
added and the threshold is fixed, so that for columns independent of Y the error is α
over the whole path, whatever the criterion, the order or the estimator.

Criteria with a term given the class also take what tells something with a pick only
(XOR). They leave a fifth of α for it: a candidate also passes where

    p · max(p(Xk ⊥ Y | Xa), p(Xk ⊥ Y | Xa, Xb) for b in D[k] but a) · t (t + 1) / .2 ≤ α

for some pick a, the t-th that was taken.

Where a search begins with a pair, a fifth of α is for all pairs, and α is the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice

import numpy as np

from mifs._arrays import AnyArray, BoolArray, IntArray
from mifs._chance import MOST_CELLS, LevelTest, Memory
from mifs._data.table import Table
from mifs._engines.base import ALONE, Cells, RowCodes, Workers
from mifs._problem.coded import Coded
from mifs._problem.constraints import Units
from mifs._problem.few_rows import FewRows, Test
from mifs._problem.hopeless import Level, hopeless_of
from mifs._problem.partners import Partners
from mifs._problem.sharded import coded_units
from mifs.estimators import Terms

# A pick matters to a candidate if their p-value is no larger.
DEPENDENT = 0.01
LOG_DEPENDENT = math.log(DEPENDENT)
# Share of α that is left for what tells something with a pick only.
SYNERGY = 0.2
# Share of α that is left for all pairs, where a search begins with one of them.
PAIR = 0.2
# A p-value that nobody asks to be smaller.
SMALL = 0.001


class ChanceGate:
    """Counting tests on bins that have not seen the target, for every estimator.

    Parameters
    ----------
    table : Table
    units : Units
        What the candidates are.
    alpha : float
    given_picks : bool
        Whether a candidate is to tell more than each pick it depends on; False for a
        criterion that does not ask for picks.
    levels : Cells or None
        Tables (level, class) of the columns on the same bins, which show who cannot
        pass; None: not known.
    pairs : callable or None
        Gives terms of the units on the same bins, corrected for chance, by which it is
        seen who may tell something with a pick; None: nobody is looked for.
    seed : int
        Of tables drawn from margins.
    paired : bool, default=False
        Whether a pair is tested, too, for which some of alpha is left.
    n_excluded : int, default=0
        Units that are no candidates: p-values are adjusted for the others.
    edges : mapping of int to ndarray, default=None
        Of the bins of columns, if the search cuts them likewise.
    codes : RowCodes, default=None
        Of the columns on the same bins, where they lie ready.
    shown : bool, default=True
        Whether p-values are to be shown, and not only to tell who passes.
    workers : Workers
        Share what takes long.

    Attributes
    ----------
    alpha, level : float
        Of the path, and of one of its tests.
    shown : bool
    partners : Partners or None
        Who may tell something with a pick; None: nobody is looked for.
    alone, dependence : dict
        Logarithms of p-values that are known: p0 of a unit, and p(Xk ⊥ Xj) of unit k
        and pick j. Who tests many at once may add some.
    """

    def __init__(
        self,
        table: Table,
        units: Units,
        alpha: float,
        *,
        given_picks: bool,
        levels: Cells | None,
        pairs: Callable[[], Terms] | None,
        seed: int,
        paired: bool = False,
        n_excluded: int = 0,
        edges: Mapping[int, AnyArray] | None = None,
        codes: RowCodes | None = None,
        shown: bool = True,
        workers: Workers = ALONE,
    ) -> None:
        self.alpha, self.shown = alpha, shown
        self._table, self._units = table, units
        self.given_picks = given_picks
        self._levels = levels
        self._n = len(units.members)
        # Tests of which the least p-value counts.
        self._n_tests = self._n - n_excluded
        self.codes = coded_units(table, units, edges, codes)
        self.codes.workers = workers
        self._targets = self.codes.targets
        self.alone: dict[int, float] = {}
        self.dependence: dict[int, dict[int, float]] = {}
        self._given: dict[tuple[float, ...], float] = {}
        self._failed_together: dict[int, set[int]] = {}
        self._memory = Memory.of_many_tests()
        self._test = LevelTest(seed, self._memory)
        self._undrawn = LevelTest(None, self._memory)
        self._few: FewRows | None = None
        if self.codes.few_rows:
            self._few = FewRows(self.codes, self._test)
        # Of α, for one candidate alone, and for one with a pick.
        self._share = 1 - PAIR if paired else 1.0
        self.partners: Partners | None = None
        self._shared = self._share * SYNERGY
        if pairs is not None and given_picks:
            n_classes = self._targets[0].n_levels
            level = alpha * self._shared / self._n_tests
            self._share *= 1 - SYNERGY
            n_rows = self.codes.n_rows
            self.partners = Partners(pairs, n_classes, n_rows, level)
        # Of one test, where it is not the synergy with a pick that is tested.
        self.level = 1 - (1 - alpha * self._share) ** (1 / self._n_tests)

    def p_value(self, candidate: int, picks: Sequence[int]) -> float:
        """Adjust P[k], given the picks, or what k says with one of them if that passes.

        The first way to pass is enough: no p-value is smaller than that of all ways.
        """
        p_value = self._p_given_each(candidate, picks)
        if p_value <= self.alpha or self.partners is None:
            return p_value
        failed = self._failed_together.setdefault(candidate, set())
        for partner in self.partners.of(candidate):
            if partner in failed:
                continue
            turn = list(picks).index(partner) + 1
            factor = self._n_tests * turn * (turn + 1) / self._shared
            together = self._log_p_together(candidate, partner, picks, factor)
            if together is not None:
                return math.exp(together) * factor
            failed.add(partner)
        return p_value

    def p_value_in_full(
        self, chosen: int, picks: Sequence[int], p_value: float
    ) -> float:
        """P[k] of one that passed, where `p_value` is more than it need be.

        A test at a level knows that G passes, and asks for no trend. Those on which the
        maximum rests are made in full, until none that is left may be above it.
        """
        if p_value <= SMALL or self._p_given_each(chosen, picks) > self.alpha:
            return p_value
        logs: dict[tuple[int, ...], float] = {(): self._log_p_alone(chosen)}
        if self.given_picks:
            for pick in self._dependent(chosen, picks):
                logs[(pick,)] = self._log_p_given(chosen, pick)
        log_p = -math.inf
        for given, most in sorted(logs.items(), key=lambda item: -item[1]):
            if most <= log_p:
                break
            full = self._log_p_within(chosen, given, self.level, in_full=True)
            log_p = max(log_p, min(most, full))
        return self._adjusted(log_p)

    def _p_given_each(self, candidate: int, picks: Sequence[int]) -> float:
        """Adjust P[k], or the first p-value that is above α."""
        p_value = self._adjusted(self._log_p_alone(candidate))
        if p_value <= self.alpha and self.given_picks:
            for pick in self._dependent(candidate, picks):
                log_p = self._log_p_given(candidate, pick)
                p_value = max(p_value, self._adjusted(log_p))
                if p_value > self.alpha:
                    break
        return p_value

    def _adjusted(self, log_p: float) -> float:
        """1 − (1 − p)^(number of candidates), of the share of α that is left for it."""
        p = math.exp(log_p)
        if p == 1:
            return 1.0
        return min(1.0, -math.expm1(self._n_tests * math.log1p(-p)) / self._share)

    def p_value_beside(self, candidate: int, pick: int) -> float:
        """Adjust P[k], given one feature that may become the first pick."""
        log_p = self._log_p_alone(candidate)
        if self.given_picks and self._depends(candidate, pick):
            log_p = max(log_p, self._log_p_given(candidate, pick))
        return self._adjusted(log_p)

    def p_value_of_pair(self, first: int, second: int, n_pairs: int) -> float:
        """Adjust the larger p-value of either given the other one, for all pairs."""
        factor = n_pairs / PAIR
        log_p = self.log_p_of_pair(first, second, self.alpha / factor)
        return min(1.0, math.exp(log_p) * factor)

    def promising(self, picks: Sequence[int], failed: BoolArray) -> IntArray:
        """Candidates that failed, and may pass now for what they say with a pick."""
        if self.partners is None:
            return np.empty(0, np.intp)
        return self.partners.promising(picks, failed)

    def _log_p_together(
        self, unit: int, partner: int, picks: Sequence[int], factor: float
    ) -> float | None:
        """P-value of what a candidate tells with one of the picks, given the others.

        None: it does not pass, and never will, for it grows with the picks. What most
        candidates repeat is the pick on which they depend most: it is asked first.
        """
        level, log_p = self.alpha / factor, -math.inf
        others = self._dependent(unit, [pick for pick in picks if pick != partner])
        for other in chain(islice(others, 1), (None,), others):
            given = (partner,) if other is None else (partner, other)
            log_p = max(log_p, self._log_p_given(unit, *given, level=level))
            if math.exp(log_p) * factor > self.alpha:
                return None
        return log_p

    def hopeless(self) -> BoolArray:
        """Which candidates fail against the target alone, as all tables show at once.

        By p-values that a closer look can only raise.
        """
        if self._levels is None:
            return np.zeros(self._n, dtype=np.bool_)
        return self.hopeless_of(self._levels, self.gaps, self.labelled)

    @property
    def gaps(self) -> BoolArray:
        """Which columns miss values."""
        return self._table.n_missing > 0

    @property
    def labelled(self) -> BoolArray:
        """Which columns have labels, not numbers."""
        return self._table.all_labelled

    def hopeless_of(
        self, levels: Cells, gaps: BoolArray, labelled: BoolArray
    ) -> BoolArray:
        """Return `hopeless` of columns with these tables (level, class).

        ``gaps`` and ``labelled`` are theirs.
        """
        level = Level(self.alpha, self._share, self._n_tests, self.level)
        rest = self._targets[0], level, self._memory.memo
        return hopeless_of(levels, gaps, labelled, *rest)

    def _log_p_alone(self, unit: int) -> float:
        """p0, of the output of which it is least."""
        if unit not in self.alone:
            if self._levels is None:
                self.alone[unit] = self._log_p_within(unit, (), self.level)
            else:
                self.alone[unit] = self._log_p_of_levels(unit, self._levels)
        return self.alone[unit]

    def _log_p_of_levels(self, column: int, levels: Cells) -> float:
        """p0 of a column whose table was counted for the search."""
        first, last = levels.starts[column : column + 2]
        if last - first > MOST_CELLS:
            return 0.0
        table = levels.counts[first:last].reshape(1, -1, self._targets[0].n_levels)
        ordered, gaps = self.codes.kind(column)
        return self._test.log_p(
            np.ascontiguousarray(table, np.int64),
            (ordered, self._targets[0].ordered),
            (gaps, False),
            self.level,
        )

    def _log_p_within(
        self, unit: int, picks: tuple[int, ...], level: float, *, in_full: bool = False
    ) -> float:
        """p(Xk ⊥ Y | picks), of the output of which it is least (Bonferroni)."""
        outputs = range(len(self._targets))
        logs = [self._log_p(unit, picks, output, level, in_full) for output in outputs]
        return min(0.0, min(logs) + math.log(len(logs)))

    def _dependent(self, unit: int, picks: Sequence[int]) -> Iterator[int]:
        """D[k]: the picks that matter to a candidate, those first that do most.

        If all pairs were met they are asked for one by one, in the order of what they
        share: the first tells of most candidates that they fail.
        """
        if self.partners is None:
            order = sorted(picks, key=self._logs_of_picks(unit, picks).__getitem__)
        else:
            order = self.partners.nearest(unit, picks)
        for place, pick in enumerate(order):
            if place == 1 and self._few is not None:
                # One call of a kernel tells of all others.
                self._logs_of_picks(unit, order)
            if self._depends(unit, pick):
                yield pick

    def _depends(self, unit: int, pick: int) -> bool:
        return self._logs_of_picks(unit, [pick])[pick] <= LOG_DEPENDENT

    def _logs_of_picks(self, unit: int, picks: Sequence[int]) -> dict[int, float]:
        """p(Xk ⊥ Xj) of picks, as far as it is known without draws."""
        known = self.dependence.setdefault(unit, {})
        new = [pick for pick in picks if pick not in known]
        if self._few is not None and new:
            tests = [Test((pick,), DEPENDENT, of_pick=True) for pick in new]
            logs = self._few.log_p(unit, tests)
            known.update((j, p) for j, p in zip(new, logs, strict=True) if p == p)
        for pick in new:
            if pick not in known:
                known[pick] = self._log_p_of_pick(unit, pick)
        return known

    def _log_p_of_pick(self, unit: int, pick: int) -> float:
        """p(Xk ⊥ Xj), of tables that are counted for it."""
        own, other = self.codes.of(unit), self.codes.of(pick)
        if not self._countable(own, None, other):
            # Where both have too many levels it is not known, and so they may.
            return -math.inf
        return self._undrawn.log_p(
            self.codes.pair(unit, pick),
            (own.ordered, other.ordered),
            (own.gaps, other.gaps),
            DEPENDENT,
        )

    def log_p_of_pair(self, first: int, second: int, level: float) -> float:
        """Logarithm of the larger of p(X1 ⊥ Y | X2) and p(X2 ⊥ Y | X1)."""
        return max(
            self._log_p_given(first, second, level=level),
            self._log_p_given(second, first, level=level),
        )

    def _log_p_given(self, unit: int, *picks: int, level: float | None = None) -> float:
        """p(Xk ⊥ Y | one pick or two), as a test at this level needs to know it."""
        level = level or self.level
        key = unit, *picks, level
        if key not in self._given:
            self._given[key] = self._log_p_within(unit, picks, level)
        return self._given[key]

    def _log_p(
        self,
        unit: int,
        picks: tuple[int, ...],
        output: int,
        level: float,
        in_full: bool,
    ) -> float:
        """Test one unit against classes; 0 where there are more cells than are counted.

        Rows are few beside so many cells.
        """
        own, target = self.codes.of(unit), self._targets[output]
        if picks and not in_full and self._few is not None:
            (log_p,) = self._few.log_p(unit, [Test(picks, level, output)])
            if not math.isnan(log_p):
                return log_p
        coarse, cut_finer = self.codes.strata_of_g(*picks) if picks else (None, False)
        if not self._countable(own, coarse, target):
            return 0.0
        if len(picks) == 1:
            tables = self.codes.given(unit, *picks, output)
        else:
            tables = self.codes.tables(own, coarse, target)

        def finer() -> IntArray:
            fine = self.codes.strata(*picks, fine=True)
            if not self._countable(own, fine, target):
                return tables[:0]
            return self.codes.tables(own, fine, target)

        other = finer if cut_finer else None
        kind = (own.ordered, target.ordered), (own.gaps, False), level
        return self._test.log_p(tables, *kind, other, in_full=in_full)

    def _countable(self, own: Coded, strata: Coded | None, other: Coded) -> bool:
        n_strata = 1 if strata is None else strata.n_levels
        return n_strata * own.n_levels * other.n_levels <= MOST_CELLS
