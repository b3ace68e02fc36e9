"""Whether a candidate adds more than chance to what is picked: the tests of a path.

    p0[k] = p(Xk ⊥ Y)
    D[k]  = {j picked: p(Xk ⊥ Xj) ≤ .01}
    P[k]  = max(p0[k], p(Xk ⊥ Y | Xj) for j in D[k])
    a candidate passes where 1 − (1 − P[k])^p ≤ α, p being the number of all columns.

The maximum is an intersection-union test: a copy fails against its original. To ask for
what depends on a candidate only loses nothing in principle, for Xk ⊥ Xj and Xk ⊥ Y | Xj
give Xk ⊥ Y; to ask for all picks at once halves the power. P never falls as picks are
added and the threshold is fixed, so that for columns independent of Y the error is α
over the whole path, whatever the criterion, the order or the estimator.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import chi2

from mifs import _kernels
from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._chance import TableTest, table_test
from mifs._data.discretize import column_quantiles, default_n_bins
from mifs._data.encoded_target import EncodedTarget, encode_target
from mifs._data.table import Table
from mifs._engines.joined import joint_label
from mifs._problem.constraints import Units

# A pick matters to a candidate if their p-value is no larger.
DEPENDENT = 0.01
# Strata of a continuous pick: rows in each, and how many at most (of G); of the trend.
ROWS_OF_G, MOST_OF_G, ROWS_OF_TREND = 250, 100, 20


@dataclass(frozen=True)
class Coded:
    """Codes of a unit, in one or several grains.

    Attributes
    ----------
    codes : ndarray of shape (n,)
    n_levels : int
    ordered : bool
        Whether the order of the levels means something.
    gaps : bool
        Whether the last level is that of missing values.
    """

    codes: AnyArray
    n_levels: int
    ordered: bool
    gaps: bool


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
    observed : ndarray of shape (n_units,) or None
        I(Xk;Y) on the same bins, nats, which shows who cannot pass.
    seed : int
        Of tables drawn from margins.
    """

    def __init__(
        self,
        table: Table,
        units: Units,
        alpha: float,
        *,
        given_picks: bool,
        observed: FloatArray | None,
        seed: int,
    ) -> None:
        self.alpha = alpha
        self._table, self._units, self._seed = table, units, seed
        self._given_picks = given_picks
        self._observed = observed
        self._n = len(units.members)
        total = table.weights.total if table.weights else table.n_rows
        self._n_bins = default_n_bins(total)
        targets = (table.target, *table.further)
        self._targets = [encode_target(t, self._n_bins, table.weights) for t in targets]
        self._ordered = [not target.discrete for target in targets]
        self._coded: dict[int, Coded] = {}
        self._alone: dict[int, float] = {}
        self._beside: dict[tuple[int, int], float] = {}

    def p_value(self, candidate: int, picks: Sequence[int]) -> float:
        """Šidák's adjustment of P[k], given the picks."""
        log_p = self._log_p_alone(candidate)
        for pick in picks if self._given_picks else ():
            if self._adjusted(log_p) > self.alpha:
                break
            log_p = max(log_p, self._log_p_beside(candidate, pick))
        return self._adjusted(log_p)

    def _adjusted(self, log_p: float) -> float:
        """1 − (1 − p)^(number of units)."""
        p = math.exp(log_p)
        return -math.expm1(self._n * math.log1p(-p)) if p < 1 else 1.0

    def hopeless(self) -> BoolArray:
        """Which candidates a test of one degree of freedom would not pass.

        G is no less than the statistic of a trend, up to its fourth moments.
        """
        if self._observed is None or self._table.weights is not None:
            return np.zeros(self._n, dtype=np.bool_)
        least = 1 - (1 - self.alpha) ** (1 / self._n)
        bar = 0.8 * float(chi2.isf(least * len(self._targets), 1))
        hopeless: BoolArray = 2 * self._table.n_rows * self._observed < bar
        return hopeless

    def _log_p_alone(self, unit: int) -> float:
        """p0, of the output of which it is least."""
        if unit not in self._alone:
            own = self._code(unit)
            logs = []
            for target, ordered in zip(self._targets, self._ordered, strict=True):
                tables = self._tables(own, None, target)
                logs.append(self._tested(tables, tables, own, ordered).log_pvalue)
            self._alone[unit] = self._least(logs)
        return self._alone[unit]

    def _least(self, logs: list[float]) -> float:
        """Bonferroni over the outputs."""
        return min(0.0, min(logs) + math.log(len(logs)))

    def _log_p_beside(self, unit: int, pick: int) -> float:
        """p(Xk ⊥ Y | Xj), or −inf where Xk does not depend on Xj."""
        if (unit, pick) not in self._beside:
            self._beside[unit, pick] = self._given(unit, pick)
        return self._beside[unit, pick]

    def _given(self, unit: int, pick: int) -> float:
        own, other = self._code(unit), self._code(pick)
        sides = EncodedTarget(np.asarray(other.codes, np.intp), other.n_levels)
        tables = self._tables(own, None, sides)
        trend = tables[:, :, : other.n_levels - other.gaps]
        if self._tested(tables, trend, own, other.ordered).pvalue > DEPENDENT:
            return -math.inf
        coarse, fine = self._strata(pick)
        logs = []
        for target, ordered in zip(self._targets, self._ordered, strict=True):
            tables = self._tables(own, coarse, target)
            trend = tables if fine is coarse else self._tables(own, fine, target)
            logs.append(self._tested(tables, trend, own, ordered).log_pvalue)
        return self._least(logs)

    def _tested(
        self, tables: IntArray, trend: IntArray, own: Coded, ordered: bool
    ) -> TableTest:
        present = own.n_levels - own.gaps
        return table_test(
            tables,
            ordered_rows=own.ordered and present > 1,
            ordered_columns=ordered,
            trend_tables=np.ascontiguousarray(trend[:, :present]),
            seed=self._seed,
            alpha=1 - (1 - self.alpha) ** (1 / self._n),
        )

    # Codes and counts

    def _code(self, unit: int) -> Coded:
        if unit not in self._coded:
            first, *others = (self._column(j) for j in self._units.members[unit])
            for other in others:
                codes = joint_label(
                    *(first.codes, other.codes, first.n_levels, other.n_levels)
                )
                first = Coded(codes, int(codes.max()) + 1, ordered=False, gaps=False)
            self._coded[unit] = first
        return self._coded[unit]

    def _column(self, column: int) -> Coded:
        table = self._table
        gaps = bool(table.n_missing[column])
        if not table.discrete[column]:
            return self._binned(column, self._n_bins)
        codes = table.codes(column)
        ordered = table.levels(column).dtype.kind in "biuf"
        return Coded(codes, int(codes.max()) + 1, ordered, gaps)

    def _binned(self, column: int, n_bins: int) -> Coded:
        """Quantile bins; missing values are a level of their own."""
        values, gaps = self._table.numeric(column), self._table.n_missing[column] > 0
        edges = column_quantiles(values, n_bins, self._table.weights)
        codes = np.searchsorted(edges, values)
        if gaps:
            codes[np.isnan(values)] = len(edges) + 1
        return Coded(codes, len(edges) + 1 + int(gaps), True, bool(gaps))

    def _strata(self, pick: int) -> tuple[Coded, Coded]:
        """Strata of a pick, for G and for the trend."""
        own, (column, *others) = self._code(pick), self._units.members[pick]
        if others or self._table.discrete[column]:
            return own, own
        if (strata := self._kept_strata.get(pick)) is None:
            n = self._table.n_rows
            coarse = min(max(n // ROWS_OF_G, own.n_levels), MOST_OF_G)
            fine = max(n // ROWS_OF_TREND, coarse)
            strata = (
                own if coarse <= own.n_levels else self._binned(column, coarse),
                own if fine <= own.n_levels else self._binned(column, fine),
            )
            self._kept_strata[pick] = strata
        return strata

    @cached_property
    def _kept_strata(self) -> dict[int, tuple[Coded, Coded]]:
        return {}

    @cached_property
    def _units_of_rows(self) -> tuple[IntArray, float] | None:
        weights = self._table.weights
        if weights is None:
            return None
        return weights.units, weights.effective_rows_per_unit

    def _tables(
        self, own: Coded, strata: Coded | None, target: EncodedTarget
    ) -> IntArray:
        """Count (stratum, level, class), int64."""
        shape = 1 if strata is None else strata.n_levels, own.n_levels, target.n_classes
        cells = np.zeros(shape, np.int64)
        where = target.codes if strata is None else strata.codes
        none = strata is None
        if self._units_of_rows is None:
            _kernels.tables.count_strata(where, none, own.codes, target.codes, cells)
            return cells
        units, rows_per_unit = self._units_of_rows
        _kernels.tables.weigh_strata(where, none, own.codes, target.codes, units, cells)
        return cells if rows_per_unit == 1 else _whole(cells, rows_per_unit)


def _whole(cells: IntArray, rows_per_unit: float) -> IntArray:
    """Rows of cells, as whole numbers: their running sums are rounded."""
    ends = np.rint(np.cumsum(cells) * rows_per_unit).astype(np.int64)
    rows: IntArray = np.diff(ends, prepend=0).reshape(cells.shape)
    return rows
