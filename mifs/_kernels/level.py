"""Kernel of the tests of which it only matters whether they pass a level.

It does what `mifs._chance.table.table_test` does, in one call, unless tables have to be
drawn, or a trend passes for which rows are few.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.memo import Memo
from mifs._kernels.scipy_calls import log_gamma, upper_gamma
from mifs._kernels.strata import (
    add_up_stratum,
    log_p_of_two,
    log_upper_gamma,
    moments,
)
from mifs._kernels.trends import (
    NONE,
    PRODUCTS,
    mean_scores,
    quadratic_form,
    trend,
    turned,
    without_last,
)

# Where the incomplete gamma function is near underflow.
UNDERFLOW = 1e-280
# Expected rows in a cell below which a p-value that passes is looked at again.
FEW = 2.0
# Below this share of the level no draw would change what a p-value says, of G with the
# scale of χ².
SURE = 1e-2
# So many times the level is 1, or nearly, once it is adjusted for all candidates.
FAR = 100.0
# A sum over so many degrees of freedom, of so many rows each, is as its gamma says
# whatever single cells expect: tails to 3e-4 within a fifth of 60 to 400 strata.
MANY, ROWS_OF_EACH = 1000, 10
# Variance over the squared mean, below which G is constant, up to rounding.
CONSTANT = 1e-12
LOG_2 = math.log(2)
# Above a bound by more than rounding, in whatever order numbers are added.
CLEARLY = 1 + 1e-9


class Asked(NamedTuple):
    """A test of rows, of numbers.

    Attributes
    ----------
    draw : int
        Which rows are drawn; -1: all are there.
    strata, further : int
        Row of the codes by which rows are parted, and of those by which these parts
        are; -1: they are not.
    n_strata, n_further : int
        How many strata there are in all, and the levels of ``further``.
    x, n_levels_x, ordered_x, gaps_x : int
        Row of the codes of a column, -1 where tables are counted already; its levels,
        whether their order means something, and whether the last is missing values.
    y, n_levels_y, ordered_y, gaps_y : int
        Likewise.
    scored : int
        Whether the trend is in the same strata.
    may_draw : int
        Whether it is not decided where tables have to be drawn.
    """

    draw: int
    strata: int
    further: int
    n_strata: int
    n_further: int
    x: int
    n_levels_x: int
    ordered_x: int
    gaps_x: int
    y: int
    n_levels_y: int
    ordered_y: int
    gaps_y: int
    scored: int
    may_draw: int


# Their places in a row of numbers.
DRAW, STRATA, FURTHER, N_STRATA, N_FURTHER = range(5)
X, LEVELS_X, ORDERED_X, GAPS_X, Y, LEVELS_Y, ORDERED_Y, GAPS_Y = range(5, 13)
SCORED, MAY_DRAW = range(13, 15)


@njit
def _log_gamma_tail(shape: float, x: float, addresses: tuple[int, int]) -> Any:
    """Logarithm of the probability that a gamma of scale 1 exceeds x."""
    p = upper_gamma(addresses[0], shape, max(x, 0.0))
    if p > UNDERFLOW:
        return math.log(p)
    return log_upper_gamma(shape, x) - log_gamma(addresses[1], shape)


@njit
def _log_p_of_g(
    g: float, mean: float, variance: float, floor: float, addresses: tuple[int, int]
) -> Any:
    """Logarithm of the p-value of G by its moments, from ``floor`` on as well."""
    if variance <= CONSTANT * (mean * mean):
        return 0.0
    shape, x = mean * mean / variance, g * mean / variance
    log_p = _log_gamma_tail(shape, x, addresses)
    if floor > 0:
        above = max(mean - floor, CONSTANT * mean)
        shape, x = above * above / variance, (g - floor) * above / variance
        log_p = max(log_p, _log_gamma_tail(shape, x, addresses))
    return log_p


@njit
def _slower(g: float, mean: float, variance: float, addresses: tuple[int, int]) -> Any:
    """Logarithm of a p-value that falls no faster than that of χ²."""
    if not CONSTANT * (mean * mean) < variance < 2 * mean:
        return -np.inf
    beyond = g - (mean - variance / 2)
    return _log_gamma_tail(variance / 4, beyond / 2, addresses)


@njit
def _rough(
    tables: Array, level: float, drawn: bool, addresses: tuple[int, int], memo: Memo
) -> tuple[bool, float]:
    """P-value of G by rough moments, if it is so far from the level that they do."""
    g, mean, lowest, highest, floor, _, df = moments(tables, bool(1), memo)
    if df < 2:
        return False, 0.0
    log_p = _log_p_of_g(g, mean, lowest, floor, addresses)
    if log_p > level + (math.log(FAR) if drawn else 0.0):
        return True, log_p
    if highest > lowest:
        log_p = _log_p_of_g(g, mean, highest, floor, addresses)
    log_p = max(log_p, _slower(g, mean, highest, addresses))
    return log_p < level + math.log(SURE / 2 if drawn else 0.5), log_p


@njit
def _exact(
    tables: Array, addresses: tuple[int, int], memo: Memo
) -> tuple[float, float, bool]:
    """P-value of G, the least that it may be, and whether rows are few."""
    g, mean, variance, _, floor, least, df = moments(tables, bool(0), memo)
    if df == 1 and variance > CONSTANT * (mean * mean):
        log_p = log_p_of_two(tables)
        return log_p, log_p, False
    if df == 0:
        return 0.0, 0.0, False
    log_p = _log_p_of_g(g, mean, variance, floor, addresses)
    if least >= FEW or df < 2:
        return log_p, log_p, False
    many = df >= MANY and tables.sum() >= ROWS_OF_EACH * df
    return max(log_p, _slower(g, mean, variance, addresses)), log_p, not many


@njit
def _least_of_trend(tables: Array) -> float:
    """Least expected count, summed over the strata, of levels that occur."""
    r, c = tables.shape[1], tables.shape[2]
    expected, rows = np.zeros((r, c)), np.empty(r, np.int64)
    columns, some = np.empty(c, np.int64), np.zeros(r + c, np.int64)
    for s in range(tables.shape[0]):
        n = add_up_stratum(tables, s, rows, columns)
        for i in range(r):
            some[i] += rows[i]
            for j in range(c):
                expected[i, j] += rows[i] / max(n, 1) * columns[j]
        for j in range(c):
            some[r + j] += columns[j]
    least = np.inf
    for i in range(r):
        for j in range(c):
            if some[i] and some[r + j]:
                least = min(least, expected[i, j])
    return least


@njit
def _of_trend(
    tables: Array, ordered: tuple[bool, bool], most: int, addresses: tuple[int, int]
) -> tuple[int, float]:
    """Tell what the trend is made of, and the logarithm of its p-value.

    Minus infinity: it is to be looked at.
    """
    kind, above, variance = trend(tables, ordered)
    if kind == NONE:
        return NONE, 0.0
    df = 1
    if kind == PRODUCTS:
        if variance <= 0:
            return NONE, 0.0
        statistic = above * above / variance
    else:
        by_mean = tables
        if not ordered[0]:
            by_mean = turned(tables)
        if by_mean.shape[2] > most and by_mean.shape[0] < by_mean.shape[2]:
            # Of many columns it is found in another way.
            return kind, -np.inf
        statistic, df = quadratic_form(*mean_scores(by_mean))
        if df == 0:
            return NONE, 0.0
    return kind, _log_gamma_tail(df / 2, statistic / 2, addresses)


@njit
def _decide(
    tables: Array,
    ordered: tuple[bool, bool],
    gaps: tuple[bool, bool],
    scored: bool,
    test: tuple[float, bool, int],
    addresses: tuple[int, int],
    memo: Memo,
) -> tuple[bool, float]:
    """Whether a test is decided, and the logarithm of its p-value.

    ``ordered`` sides may have a trend, in which the last level of one with ``gaps``,
    that of missing values, has no place; not ``scored``: the trend is in other strata.
    ``test``: the level, whether tables may be drawn, and the most columns whose mean
    scores are compared here.
    """
    (alpha, drawn, most), few = test, False
    level, half = math.log(alpha), math.log(alpha / 2)
    clear, log_p = _rough(tables, level, drawn, addresses, memo)
    least = log_p
    if not clear:
        log_p, least, few = _exact(tables, addresses, memo)
    doubtful = few and least <= half <= log_p - math.log(SURE)
    if log_p <= half and not doubtful:
        # With or without a trend it passes.
        return True, min(0.0, LOG_2 + log_p)
    kind, log_trend = NONE, 0.0
    if ordered[0] or ordered[1]:
        if not scored:
            return False, log_p
        present = tables
        if gaps[0] or gaps[1]:
            present = without_last(tables, *gaps)
        kind, log_trend = _of_trend(present, ordered, most, addresses)
    if kind == NONE:
        doubtful = few and least <= level <= log_p - math.log(SURE)
        return not (doubtful and drawn), log_p
    if log_trend > half:
        return not (doubtful and drawn), min(0.0, LOG_2 + min(log_p, log_trend))
    if log_trend == -np.inf or _least_of_trend(present) < CLEARLY * FEW:
        # It is looked at again, if rows are few.
        return False, log_p
    if doubtful:
        log_p = max(log_p, log_trend)
    return True, min(0.0, LOG_2 + min(log_p, log_trend))


@inlined
def _count(codes: Array, draws: Array, one: Array) -> Array:
    """Count rows by stratum, level and class; of joint strata some may be empty."""
    x, y = codes[one[X]], codes[one[Y]]
    cells = np.zeros((one[N_STRATA], one[LEVELS_X], one[LEVELS_Y]), np.int64)
    if one[DRAW] >= 0:
        rows = draws[one[DRAW]]
        for i in range(rows.shape[0]):
            row = np.uint64(rows[i])
            cells[0, x[row], y[row]] += 1
    elif one[STRATA] < 0:
        for i in range(x.shape[0]):
            cells[0, x[i], y[i]] += 1
    elif one[FURTHER] < 0:
        first = codes[one[STRATA]]
        for i in range(x.shape[0]):
            cells[first[i], x[i], y[i]] += 1
    else:
        first, second = codes[one[STRATA]], codes[one[FURTHER]]
        n_second = one[N_FURTHER]
        for i in range(x.shape[0]):
            cells[first[i] * n_second + second[i], x[i], y[i]] += 1
    return cells


@njit
def decide(
    tables: Array,
    codes: Array,
    draws: Array,
    asked: Array,
    levels: Array,
    most: tuple[int, int],
    addresses: tuple[int, int],
    memo: Memo,
) -> Array:
    """Logarithms of the p-values of tests; NaN: not decided.

    ``codes`` (·, N), uint16, are those of columns and strata in all rows, of which
    ``draws`` (·, n) are drawn. A row of ``asked`` is a test, as `Asked` says, and
    ``levels`` are theirs. ``most``: the cells that are counted, and the columns whose
    mean scores are compared here.

    One kernel does all since each copy of the test takes seconds to compile.
    """
    log_p = np.full(asked.shape[0], np.nan)
    for k in range(log_p.shape[0]):
        one, counted = asked[k], tables
        if one[X] >= 0:
            if one[N_STRATA] * one[LEVELS_X] * one[LEVELS_Y] > most[0]:
                continue
            counted = _count(codes, draws, one)
        found = _decide(
            counted,
            (one[ORDERED_X] > 0, one[ORDERED_Y] > 0),
            (one[GAPS_X] > 0, one[GAPS_Y] > 0),
            one[SCORED] > 0,
            (levels[k], one[MAY_DRAW] > 0, most[1]),
            addresses,
            memo,
        )
        if found[0]:
            log_p[k] = found[1]
    return log_p
