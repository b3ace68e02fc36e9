"""The test of one table, or of the tables within strata: G = 2nI, and a trend."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.random import RandomState

from mifs import _kernels
from mifs._arrays import IntArray
from mifs._chance.draws import (
    ENOUGH,
    Kept,
    at_least,
    draws_of_g,
    log_p_beyond,
    p_of_draws,
)
from mifs._chance.tails import log_chi_squared_tail, log_gamma_tail
from mifs._chance.trend import Trend, trend_of

if TYPE_CHECKING:
    from mifs._kernels.memo import Memo

# Below this share of the level no draw would change what a p-value of a trend says: of
# unbalanced sides it may be far too small. What is clear of G: `mifs._kernels.level`.
SURE_TREND = 1e-6
# Draws of one test: so many at least, and then no more than these cells (50 ms), if as
# many as `WORTH` of them would reach what has the level for its p-value; of G none, if
# no more than `IDLE` would.
FEWEST, MOST_CELLS, WORTH, IDLE = 1000, 1_000_000, 5.0, 0.02


class TableTest(NamedTuple):
    """What a test of tables found.

    Attributes
    ----------
    g : float
        G = 2nI, summed over the strata.
    mean, variance : float
        Of G under permutation within the strata.
    df : int
        (occupied rows − 1)(occupied columns − 1), summed over the strata.
    p_g : float
        P-value of G.
    p_trend : float
        P-value of the mean scores; NaN where no side is ordered.
    pvalue : float
        min(1, 2 min(p_g, p_trend)), or p_g where there is no trend.
    log_pvalue : float
        Its natural logarithm, also where it underflows.
    """

    g: float
    mean: float
    variance: float
    df: int
    p_g: float
    p_trend: float
    pvalue: float
    log_pvalue: float


class Memory:
    """What tests have found of margins, which may come again.

    Parameters
    ----------
    memo : Memo or None
        Moments; None: those that this thread remembers, of other tables, too.

    Attributes
    ----------
    kept : Kept
        Draws.
    """

    def __init__(self, memo: Memo | None) -> None:
        self._memo, self.kept = memo, Kept()

    @classmethod
    def of_one_test(cls) -> Memory:
        """Remember little, for there is nothing to come."""
        return cls(_kernels.memo.new_memo(_kernels.memo.FEW_PLACES))

    @classmethod
    def of_many_tests(cls) -> Memory:
        """Remember what many tests may ask for again, of this table or of others."""
        return cls(None)

    @property
    def memo(self) -> Memo:
        """Moments: values of functions of counts alone, whoever asks."""
        return _memo_of_thread() if self._memo is None else self._memo


# Only one thread at a time may use a memo.
_OF_THREAD = threading.local()


def _memo_of_thread() -> Memo:
    memo: Memo | None = getattr(_OF_THREAD, "memo", None)
    if memo is None:
        memo = _OF_THREAD.memo = _kernels.memo.new_memo()
    return memo


class _How(NamedTuple):
    """How a test is asked for; see `table_test`."""

    seed: int | None
    only_level: bool
    memory: Memory

    def level(self, log_level: float) -> float | None:
        """Level above which a p-value need not be known, of its logarithm."""
        return math.exp(log_level) if self.only_level else None


class _Moments(NamedTuple):
    """What `mifs._kernels.strata.moments` returns."""

    g: float
    mean: float
    variance: float
    highest: float
    floor: float
    least: float
    df: int


def table_test(
    tables: IntArray,
    *,
    ordered_rows: bool,
    ordered_columns: bool,
    trend_tables: Callable[[], IntArray] | None = None,
    seed: int | None = 0,
    alpha: float = 0.05,
    only_level: bool = False,
    memory: Memory | None = None,
) -> TableTest:
    """Test whether rows and columns are independent within each stratum.

    G is compared with a gamma of its mean and variance under permutation; the table of
    two rows and two columns with all that have its margins (Fisher). Where a side is
    ordered and has three levels or more, so are the mean scores. What passes with fewer
    than two rows expected in some cell is confirmed by tables that are drawn from the
    margins: 20 / level of them at most, fewer where 20 reach what was observed. Sums
    over a thousand degrees of freedom, of ten rows each, need no draws.

    Parameters
    ----------
    tables : ndarray of shape (n_strata, r, c), int64
        Counts; what is empty changes nothing.
    ordered_rows, ordered_columns : bool
        Whether the order of the levels means something.
    trend_tables : callable, default=None
        Gives other strata, ndarray of shape (m, r, c), int64, by which the trend is
        tested, if G leaves anything to it; None: the same.
    seed : int or None, default=0
        Of the drawn tables. None: nothing is drawn.
    alpha : float, default=0.05
        Level at which the test passes.
    only_level : bool, default=False
        Whether it only matters if the test passes: then a rough variance of G is enough
        where no other would change that, and what passes by G is not drawn for its
        trend, nor the other way, and counts as no better.
    memory : Memory, default=None
        What other tests have found of margins, which may come again.

    Returns
    -------
    test : TableTest
    """
    tables = np.ascontiguousarray(tables, np.int64)
    how = _How(seed, only_level, memory or Memory.of_one_test())
    found, g = _p_of_g(tables, math.log(alpha), how)
    half = math.log(alpha / 2)
    if only_level and g.log_p <= half and not g.doubtful(half):
        # With or without a trend it passes.
        return _result(found, g.log_p, g.log_p)
    ordered = ordered_rows, ordered_columns
    trend = None
    if any(ordered):
        scored = tables if trend_tables is None else trend_tables()
        trend = trend_of(np.ascontiguousarray(scored, np.int64), ordered)
    if trend is None:
        return _result(found, _drawn_g(tables, g, math.log(alpha), how), None)
    return _result(found, *_both(tables, g, trend, half, how))


def chi_squared_test(tables: IntArray) -> TableTest:
    """Compare G with χ² of the occupied degrees of freedom, without Yates' correction.

    Parameters
    ----------
    tables : ndarray of shape (n_strata, r, c), int64
        Counts.

    Returns
    -------
    test : TableTest
        Without a trend.
    """
    found = _moments(np.ascontiguousarray(tables, np.int64), Memory.of_one_test())
    return _result(found, log_chi_squared_tail(found.df, found.g), None)


def permutation_test(
    tables: IntArray, n_permutations: int, random: RandomState
) -> TableTest:
    """Compare G with that of tables drawn from the margins, sequentially.

    Parameters
    ----------
    tables : ndarray of shape (n_strata, r, c), int64
        Counts.
    n_permutations : int
        Draws at most; fewer where 20 reach G.
    random : RandomState
        Where they come from.

    Returns
    -------
    test : TableTest
        Without a trend.
    """
    tables = np.ascontiguousarray(tables, np.int64)
    found = _moments(tables, Memory.of_one_test())
    log_p = 0.0
    if found.df:
        draw, observed = draws_of_g(tables, random)
        reached, values = at_least(draw, _rounded(observed), n_permutations)
        log_p = math.log(p_of_draws(reached, len(values)))
    return _result(found, log_p, None)


class _P(NamedTuple):
    """Logarithm of a p-value, the least that it may be, and if rows are few."""

    log_p: float
    least: float
    few: bool

    def doubtful(self, level: float) -> bool:
        """Whether draws may change that it passes."""
        sure = math.log(_kernels.level.SURE)
        return self.few and self.least <= level <= self.log_p - sure


def _p_of_g(tables: IntArray, level: float, how: _How) -> tuple[_Moments, _P]:
    """Moments of G, and its p-value before tables are drawn."""
    if how.only_level:
        clear = _clear(tables, level, how)
        if clear is not None:
            return clear
    found = _moments(tables, how.memory)
    least = _log_p_of_g(tables, found)
    if found.least >= _kernels.level.FEW or found.df < 2:
        return found, _P(least, least, False)
    rows = int(tables.sum())
    most, rows_of_each = _kernels.level.MANY, _kernels.level.ROWS_OF_EACH
    many = found.df >= most and rows >= rows_of_each * found.df
    return found, _P(max(least, _slower(found)), least, not many)


def _clear(tables: IntArray, level: float, how: _How) -> tuple[_Moments, _P] | None:
    """P-value of G whose variance need not be known, for G is far from the level.

    Where nothing is drawn nobody reads the p-value, and on which side it is is enough.
    """
    far, sure = _kernels.level.FAR, _kernels.level.SURE
    if how.seed is None:
        far = sure = 1.0
    found = _moments(tables, how.memory, rough=True)
    if found.df < 2:
        return None
    least = _log_p_of_g(tables, found)
    if least > level + math.log(far):
        return found, _P(least, least, False)
    highest = found._replace(variance=found.highest)
    log_p = max(_log_p_of_g(tables, highest), _slower(highest))
    if log_p < level + math.log(sure / 2):
        return found, _P(log_p, log_p, False)
    return None


def _moments(tables: IntArray, memory: Memory, *, rough: bool = False) -> _Moments:
    return _Moments(*_kernels.strata.moments(tables, rough, memory.memo))


def _log_p_of_g(tables: IntArray, found: _Moments) -> float:
    """Logarithm of the p-value of G by its moments, or of Fisher's."""
    if found.df == 0 or found.variance <= _least_variance(found):
        return 0.0
    if found.df == 1:
        return float(_kernels.strata.log_p_of_two(tables))
    log_p = _log_p_above(found, 0.0)
    if found.floor > 0:
        # Nearly all cells hold one row: what varies is G less its least value.
        log_p = max(log_p, _log_p_above(found, found.floor))
    return log_p


def _least_variance(found: _Moments) -> float:
    """Variance of G up to which it is constant, but for rounding."""
    return float(_kernels.level.CONSTANT * (found.mean * found.mean))


def _log_p_above(found: _Moments, floor: float) -> float:
    """Gamma with the mean and variance of G, from ``floor`` on."""
    mean = max(found.mean - floor, _kernels.level.CONSTANT * found.mean)
    return log_gamma_tail(
        mean * mean / found.variance, (found.g - floor) * mean / found.variance
    )


def _slower(found: _Moments) -> float:
    """Logarithm of a p-value that falls no faster than that of χ².

    G / 2 is the rate of large deviations: far out the probability of G falls as that of
    χ², by a factor e for 2, whatever its variance. Where that is below twice the mean,
    the gamma's falls faster, and may be 1e-9 for 1e-4; so χ² is shifted and stretched
    by its degrees of freedom to have the mean and the variance of G.
    """
    if not _least_variance(found) < found.variance < 2 * found.mean:
        return -math.inf
    beyond = found.g - (found.mean - found.variance / 2)
    return log_gamma_tail(found.variance / 4, beyond / 2)


def _both(
    tables: IntArray, g: _P, trend: Trend, level: float, how: _How
) -> tuple[float, float]:
    """P-values of G and of the trend, drawn where they are doubtful."""
    log_g, log_trend = g.log_p, trend.log_p
    if log_trend <= level and trend.least < _kernels.level.FEW:
        if trend.in_two_classes:
            log_trend = max(log_trend, trend.log_p_by_saddlepoint)
        elif how.seed is not None:
            log_trend = _drawn_trend(trend, log_trend, level, how.seed, how)
    if how.only_level and g.doubtful(level) and log_trend <= level:
        return max(log_g, log_trend), log_trend
    return _drawn_g(tables, g, level, how), log_trend


def _drawn_g(tables: IntArray, g: _P, level: float, how: _How) -> float:
    """P-value of G, drawn if it passes where few rows are expected in some cell."""
    if how.seed is None or not g.doubtful(level):
        return g.log_p
    most = _affordable(tables, level, how)
    if most * math.exp(level) < IDLE:
        return g.log_p
    draw, observed = draws_of_g(tables, how.seed, how.memory.kept)
    reached, values = at_least(draw, _rounded(observed), most, how.level(level))
    drawn = math.log(p_of_draws(reached, len(values)))
    return max(g.least, drawn) if reached else min(g.log_p, drawn)


def _drawn_trend(
    trend: Trend, log_p: float, level: float, seed: int, how: _How
) -> float:
    """P-value of a trend that passes, where few rows are expected of some level."""
    sure = log_p < level + math.log(SURE_TREND)
    most = FEWEST if sure else _affordable(trend.tables, level, how)
    draw, observed = trend.draws(seed, how.memory.kept)
    reached, values = at_least(draw, _rounded(observed), most, how.level(level))
    if reached:
        return max(log_p, math.log(p_of_draws(reached, len(values))))
    return max(log_p, log_p_beyond(observed, values))


def _affordable(tables: IntArray, level: float, how: _How) -> int:
    """Draws that say whether a p-value passes, or as many as may be paid.

    So few that hardly one would reach what has the level for its p-value only show
    what is far from it; then they are not many.
    """
    paid = max(FEWEST, MOST_CELLS // max(1, tables.size))
    if how.only_level and paid * math.exp(level) < WORTH:
        return FEWEST
    return min(math.ceil(ENOUGH / math.exp(level)), paid)


def _rounded(observed: float) -> float:
    """Give a little less: ties are reached in spite of rounding."""
    return observed - 1e-9 * (1 + abs(observed))


def _result(found: _Moments, log_g: float, log_trend: float | None) -> TableTest:
    """Put G and trend together."""
    log_p, p_trend = log_g, math.nan
    if log_trend is not None:
        log_p = min(0.0, math.log(2) + min(log_g, log_trend))
        p_trend = math.exp(log_trend)
    return TableTest(
        *(found.g, found.mean, found.variance, found.df),
        *(math.exp(log_g), p_trend, math.exp(log_p), log_p),
    )
