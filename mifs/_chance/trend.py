"""Trends in tables within strata: mean scores (Mantel; Cochran; Haenszel).

The score of a level is its place among the levels that occur. Between two ordered
sides, or one and two classes, it is the product of the scores that is summed; between
an ordered side and several classes it is the scores of each class.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, log_ndtr

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._chance.draws import Draw, Kept, draws_of_scores
from mifs._chance.many import many_columns
from mifs._chance.tails import log_chi_squared_tail


class Trend(NamedTuple):
    """A statistic that is χ² of ``df`` degrees of freedom under permutation.

    Attributes
    ----------
    tables : ndarray of shape (n_strata, r, c), int64
        The rows are scored.
    products : bool
        Whether the columns are, too.
    statistic : float
        x' V⁻ x of the sums of scores less their means.
    df : int
    """

    tables: IntArray
    products: bool
    statistic: float
    df: int

    @property
    def log_p(self) -> float:
        """Logarithm of the p-value."""
        return log_chi_squared_tail(self.df, self.statistic)

    @property
    def least(self) -> float:
        """Least expected count, summed over the strata: so is the statistic."""
        rows, columns = self.tables.sum(axis=2), self.tables.sum(axis=1)
        n = np.maximum(rows.sum(axis=1), 1)
        expected = (rows / n[:, np.newaxis]).T @ columns
        return float(expected[rows.any(axis=0)][:, columns.any(axis=0)].min())

    @property
    def in_two_classes(self) -> bool:
        """Whether the columns are two: then no draws are needed."""
        return self.products and len(self._occupied) == 2

    @property
    def _occupied(self) -> IntArray:
        return np.flatnonzero(self.tables.any(axis=(0, 1)))

    @property
    def log_p_by_saddlepoint(self) -> float:
        """Logarithm of the p-value of a trend in two classes, also of few rows."""
        u, _ = _kernels.trends.level_scores(self.tables)
        rows, taken = self.tables.sum(axis=2), self.tables[:, :, self._occupied[1]]
        n, each = rows.sum(axis=1), taken.sum(axis=1)
        some = (each > 0) & (each < n)
        rows, n, each = rows[some], n[some], each[some]
        mean = float((each * (rows @ u) / n).sum())
        far = abs(float((taken[some] @ u).sum()) - mean) - 1e-9 * (1 + abs(mean))
        largest = float(u.max())
        above = _log_tail(rows, each, u, math.ceil(mean + far))
        opposite = float(each.sum()) * largest - mean
        below = _log_tail(rows, each, largest - u, math.ceil(opposite + far))
        return float(np.logaddexp(above, below))

    def draws(self, seed: int, kept: Kept) -> tuple[Draw, float]:
        """Roots of the statistic of tables drawn from the margins, and of these.

        Roots, for far out they are at most exponential, as of rare levels.
        """
        tables = self.tables
        u, v = _kernels.trends.level_scores(tables)
        sums = np.tensordot(u, tables.sum(axis=0), 1)
        if self.products:
            above, _ = _kernels.trends.correlation(tables)
            mean = sums @ v - above

            def distance(drawn: FloatArray) -> FloatArray:
                return np.abs(drawn @ v - mean)

            return draws_of_scores(tables, u, distance, seed, kept, "distance"), abs(
                above
            )
        means, forms = _forms_of(tables, sums)

        def root(drawn: FloatArray) -> FloatArray:
            roots: FloatArray = np.sqrt(forms(drawn - means).clip(0))
            return roots

        observed = float(root(sums[np.newaxis])[0])
        return draws_of_scores(tables, u, root, seed, kept, "root"), observed


def _log_tail(rows: IntArray, taken: IntArray, scores: FloatArray, t: int) -> float:
    """Logarithm of P(T ≥ t), T the sum of the scores of the rows taken."""
    order = np.argsort(-scores)
    rows, scores = np.ascontiguousarray(rows[:, order]), scores[order]
    before = np.cumsum(rows, axis=1) - rows
    first = np.minimum(rows, np.maximum(taken[:, np.newaxis] - before, 0))
    most = int((first @ scores).sum())
    if t < most:
        place = _kernels.saddlepoint.upper_tail(rows, taken, scores, float(t))
        return float(log_ndtr(-place))
    if t > most:
        return -math.inf
    ways = _log_choose(rows, first).sum() - _log_choose(rows.sum(axis=1), taken).sum()
    return float(ways)


def _log_choose(n: IntArray, k: IntArray) -> FloatArray:
    logs: FloatArray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return logs


def _forms_of(
    tables: IntArray, sums: FloatArray
) -> tuple[FloatArray, Callable[[FloatArray], FloatArray]]:
    """Means of the sums of scores, and what gives x' V⁻ x of some vectors, (n, c)."""
    many = many_columns(tables)
    if many is not None:
        means = sums.astype(float)
        means[many.some] -= many.excess
        return means, many.forms
    excess, covariance = _kernels.trends.mean_scores(tables)
    inverse = np.linalg.pinv(covariance, hermitian=True)

    def forms(above: FloatArray) -> FloatArray:
        found: FloatArray = ((above @ inverse) * above).sum(axis=1)
        return found

    return sums - excess, forms


def trend_of(tables: IntArray, ordered: tuple[bool, bool]) -> Trend | None:
    """Trend of tables (n_strata, r, c) whose sides are ordered or not, if there is one.

    None where no ordered side has three levels, or nothing varies within the strata.
    """
    kind, *numbers = _kernels.trends.trend(tables, ordered)
    if kind == _kernels.trends.NONE:
        return None
    if ordered[1] and not ordered[0]:
        tables = np.ascontiguousarray(tables.transpose(0, 2, 1))
    if kind == _kernels.trends.PRODUCTS:
        above, variance = numbers
        if variance <= 0:
            return None
        return Trend(tables, True, above * above / variance, 1)
    many = many_columns(tables)
    if many is not None:
        form, rank = many.statistic, many.rank
    else:
        means = _kernels.trends.mean_scores(tables)
        form, rank = _kernels.trends.quadratic_form(*means)
    return Trend(tables, False, form, rank) if rank else None
