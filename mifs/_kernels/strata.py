"""Kernels of tests of tables within strata: G = 2nI, its moments, trends, exact tails.

All take tables of shape (n_strata, r, c), int64. Margins are fixed in each stratum, and
what is empty changes nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.chance import (
    EXPANDED,
    NEGLIGIBLE,
    T_LOG_T,
    excess_of_sorted,
    sort_few,
    t_log_t,
)
from mifs._kernels.jit import njit
from mifs._kernels.memo import LARGEST, TABLE_OF_TWO, Memo, key_of, place_of
from mifs._kernels.moments import rough_spread, spread_of_sorted

# From this expected count on G is nearly chi-squared, but for its mean.
LARGE = 5.0
# From so many rows on a rough variance is one of Poisson cells; from so many expected
# rows in each cell on a rough mean is one of powers of their inverses.
MANY_ROWS, MANY_EXPECTED = 50, 20.0
# Share of the largest pivot below which one is a rounding error.
NO_PIVOT = 1e-10
LOG_FACTORIALS = np.concatenate((np.zeros(1), np.cumsum(np.log(np.arange(1, 256)))))
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


@njit
def _margins(table: Array) -> tuple[Array, Array]:
    rows = np.empty(table.shape[0], np.int64)
    columns = np.empty(table.shape[1], np.int64)
    _add_up(table, rows, columns)
    return rows, columns


@njit
def _add_up(table: Array, rows: Array, columns: Array) -> int:
    """Write the margins, and give their sum."""
    columns[:] = 0
    n = 0
    for i in range(table.shape[0]):
        own = 0
        for j in range(table.shape[1]):
            own += table[i, j]
            columns[j] += table[i, j]
        rows[i] = own
        n += own
    return n


@njit
def _occupied(margin: Array) -> tuple[int, int]:
    """Levels that have rows, and the fewest rows of one."""
    levels, fewest = 0, 0
    for count in margin:
        if count > 0:
            fewest = count if levels == 0 else min(fewest, count)
            levels += 1
    return levels, fewest


@njit
def _plogp(counts: Array) -> float:
    total = 0.0
    for count in counts:
        if count > 0:
            total += count * math.log(count)
    return total


@njit
def _least_of_g(rows: Array, columns: Array, n: int) -> float:
    """G where all cells hold one row at most; 0 where there are more rows."""
    # Σ a log a is at least n log(n / r), by convexity; looked up it is nearly right.
    if n > rows.shape[0] * columns.shape[0]:
        return 0.0
    if n < T_LOG_T.shape[0] and T_LOG_T[n] + 1e-6 < _look_up(rows) + _look_up(columns):
        return 0.0
    return max(0.0, 2 * (n * math.log(n) - _plogp(rows) - _plogp(columns)))


@njit
def _look_up(counts: Array) -> float:
    total = 0.0
    for count in counts:
        total += T_LOG_T[count]
    return total


@njit
def _g_of_cells(table: Array, rows: Array, columns: Array, n: int) -> float:
    g = 0.0
    for i in range(rows.shape[0]):
        for j in range(columns.shape[0]):
            t = table[i, j]
            if t > 0:
                # Products of counts could overflow.
                g += t * math.log(t / rows[i] * (n / columns[j]))
    return 2 * g


@njit
def _rough_g(table: Array, rows: Array, columns: Array, n: int) -> Any:
    """G of cells by sums that cancel: right to some 1e-15 n log n, in less time."""
    g = t_log_t(n)
    for i in range(rows.shape[0]):
        g -= t_log_t(rows[i])
        for j in range(columns.shape[0]):
            g += t_log_t(table[i, j])
    for b in columns:
        g -= t_log_t(b)
    return max(0.0, 2 * g)


@njit
def _g_of_two(t: int, a: int, b: int, n: int) -> float:
    """G of a 2 × 2 table with t rows in a cell of margins a and b."""
    g = 0.0
    if t > 0:
        g += t * math.log(t / a * (n / b))
    if a > t:
        g += (a - t) * math.log((a - t) / a * (n / (n - b)))
    if b > t:
        g += (b - t) * math.log((b - t) / b * (n / (n - a)))
    rest = n - a - b + t
    if rest > 0:
        g += rest * math.log(rest / (n - a) * (n / (n - b)))
    return 2 * max(g, 0.0)


@njit
def _step(t: int, up: int, a: int, b: int, n: int) -> float:
    """P(t ± 1) / P(t) of a hypergeometric count, 0 where there is none."""
    if up > 0:
        return (a - t) / (t + 1.0) * ((b - t) / (n - a - b + t + 1.0))
    return t / (a - t + 1.0) * ((n - a - b + t) / (b - t + 1.0))


@njit
def _moments_of_two(a: int, b: int, n: int) -> tuple[float, float]:
    """Mean and variance of G of a 2 × 2 table, over all that have its margins."""
    mode = min(max((a + 1) * (b + 1) // (n + 2), max(0, a + b - n)), min(a, b))
    total, value = 1.0, _g_of_two(mode, a, b, n)
    first, second = value, value * value
    for up in (1, -1):
        weight, t = 1.0, mode
        while weight > NEGLIGIBLE * total:
            weight *= _step(t, up, a, b, n)
            t += up
            if weight > 0:
                value = _g_of_two(t, a, b, n)
                total += weight
                first += weight * value
                second += weight * value * value
    mean = first / total
    return mean, second / total - mean * mean


@njit
def _remembered(a: int, b: int, n: int, memo: Memo) -> tuple[float, float]:
    """`_moments_of_two`, of which the memo is asked first."""
    keys, means, variances = memo
    key = key_of(TABLE_OF_TWO, a, b, n)
    at = place_of(TABLE_OF_TWO, a, b, n, keys.shape[0])
    if n >= LARGEST or keys[at] != key:
        means[at], variances[at] = _moments_of_two(a, b, n)
        keys[at] = key
    return means[at], variances[at]


@njit
def _rough_mean(rows: Array, columns: Array, n: int, df: int) -> float:
    """Mean of G to the second order, where many rows are expected (Williams 1976)."""
    of_rows = of_columns = 0.0
    for a in rows:
        of_rows += n / a if a > 0 else 0.0
    for b in columns:
        of_columns += n / b if b > 0 else 0.0
    return df + (of_rows - 1) * (of_columns - 1) / (6 * n)


@njit
def _variances(
    rows: Array, columns: Array, n: int, of_chi_squared: float
) -> tuple[float, float]:
    """Bounds of the variance of G of one table, of which 1 % of random tables are out.

    ``of_chi_squared``: that of χ², scaled to the mean of G.
    """
    if n < MANY_ROWS:
        return 0.1 * of_chi_squared, 2.2 * of_chi_squared
    rough = rough_spread(rows, columns, n)
    return 0.6 * rough, 1.5 * rough


@njit
def _moments_of(
    rows: Array, columns: Array, df: int, least: float, rough: bool, memo: Memo
) -> tuple[float, float, float]:
    """Mean of G of one table, whose margins are sorted, and bounds of its variance."""
    n = rows.sum()
    if df == 1 and least < EXPANDED:
        mean, variance = _remembered(rows[-1], columns[-1], n, memo)
        return mean, variance, variance
    if rough and least >= MANY_EXPECTED:
        mean = _rough_mean(rows, columns, n, df)
    else:
        mean = 2 * excess_of_sorted(rows, columns, n, memo)
    variance = 2 * mean * mean / df
    if least < LARGE:
        if rough:
            lowest, highest = _variances(rows, columns, n, variance)
            return mean, lowest, highest
        variance = spread_of_sorted(rows, columns, n, memo)
    return mean, variance, variance


@njit
def moments(tables: Array, rough: bool, memo: Memo) -> Any:
    """G of tables, summed, and what it is under permutation.

    Where a ``rough`` variance is enough, bounds of it are found, which takes less time.
    Returns g; its mean, the bounds of its variance, and its least value where cells
    hold one row at most; the least expected count; degrees of freedom.
    """
    g = mean = lowest = highest = floor = 0.0
    least, df = np.inf, 0
    rows = np.empty(tables.shape[1], np.int64)
    columns = np.empty(tables.shape[2], np.int64)
    for s in range(tables.shape[0]):
        n = _add_up(tables[s], rows, columns)
        (r, few_rows), (c, few_columns) = _occupied(rows), _occupied(columns)
        own = (r - 1) * (c - 1)
        if r == 0 or own == 0:
            continue
        expected = few_rows / n * few_columns
        if rough:
            g += _rough_g(tables[s], rows, columns, n)
        else:
            g += _g_of_cells(tables[s], rows, columns, n)
        floor += _least_of_g(rows, columns, n)
        sort_few(rows)
        sort_few(columns)
        added = _moments_of(rows, columns, own, expected, rough, memo)
        mean += added[0]
        lowest += added[1]
        highest += added[2]
        least, df = min(least, expected), df + own
    return g, mean, lowest, highest, floor, least, df


@njit
def _log_factorial(n: int) -> Any:
    """Logarithm of n!, by Stirling's series where n is large."""
    if n < LOG_FACTORIALS.shape[0]:
        return LOG_FACTORIALS[n]
    series = (1 / 12 - (1 / 360 - 1 / (1260.0 * n * n)) / (n * n)) / n
    return (n + 0.5) * math.log(n) - n + HALF_LOG_2PI + series


@njit
def _log_choose(n: int, k: int) -> Any:
    return _log_factorial(n) - _log_factorial(k) - _log_factorial(n - k)


@njit
def _log_p_of_count(t: int, a: int, b: int, n: int) -> Any:
    """Logarithm of a hypergeometric probability."""
    return _log_choose(b, t) + _log_choose(n - b, a - t) - _log_choose(n, a)


@njit
def _log_tail(t: int, up: int, a: int, b: int, n: int) -> Any:
    """Logarithm of the probability of a count t or one further out."""
    weight = total = 1.0
    at = t
    while weight > NEGLIGIBLE * total:
        weight *= _step(at, up, a, b, n)
        total += weight
        at += up
    return _log_p_of_count(t, a, b, n) + math.log(total)


@njit
def log_p_of_two(tables: Array) -> Any:
    """Logarithm of Fisher's exact p of the one 2 × 2 table, ordered by G.

    All tables with its margins whose G is no less are summed.
    """
    for s in range(tables.shape[0]):
        rows, columns = _margins(tables[s])
        if _occupied(rows)[0] == 2 and _occupied(columns)[0] == 2:
            break
    i, j, n = rows.argmax(), columns.argmax(), rows.sum()
    t, a, b = tables[s, i, j], rows[i], columns[j]
    first, last = max(0, a + b - n), min(a, b)
    g = _g_of_two(t, a, b, n)
    # Tables that mirror each other have the same G up to rounding.
    reached = g - 1e-9 * g - 1e-13 * n
    centre = min(max(int(a / n * b), first), last)
    if reached <= 0:
        return 0.0
    # G falls up to the centre and rises from there: the outermost count on either
    # side of it, and the innermost that reaches g, by bisection.
    logs = np.full(2, -np.inf)
    for side in range(2):
        inside, end = (centre, first) if side == 0 else (centre + 1, last)
        up = -1 if side == 0 else 1
        if (end - inside) * up < 0 or _g_of_two(end, a, b, n) < reached:
            continue
        if _g_of_two(inside, a, b, n) >= reached:
            logs[side] = _log_tail(inside, up, a, b, n)
            continue
        outside = end
        while abs(outside - inside) > 1:
            middle = (inside + outside) // 2
            if _g_of_two(middle, a, b, n) >= reached:
                outside = middle
            else:
                inside = middle
        logs[side] = _log_tail(outside, up, a, b, n)
    low, high = min(logs[0], logs[1]), max(logs[0], logs[1])
    return min(0.0, high + math.log1p(math.exp(low - high)))


@njit
def log_upper_gamma(shape: float, x: float) -> float:
    """Logarithm of Γ(shape, x) far above the mean: Legendre's continued fraction.

    For tails that underflow (`scipy.special.gammaincc` gives the others).
    """
    tiny = 1e-300
    b = x + 1.0 - shape
    c, d = 1.0 / tiny, 1.0 / b
    fraction = d
    for i in range(1, 100_000):
        numerator = -i * (i - shape)
        b += 2.0
        d = numerator * d + b
        d = 1.0 / (d if abs(d) > tiny else tiny)
        c = b + numerator / c
        c = c if abs(c) > tiny else tiny
        fraction *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return shape * math.log(x) - x + math.log(fraction)


@njit
def _collapsed(tables: Array) -> tuple[Array, Array]:
    """Rows in each level of either side, in all strata."""
    total = np.zeros(tables.shape[1:], np.int64)
    for s in range(tables.shape[0]):
        total += tables[s]
    return _margins(total)


@njit
def occupied_levels(tables: Array) -> tuple[int, int]:
    """Levels of either side that have rows in some stratum."""
    rows, columns = _collapsed(tables)
    return _occupied(rows)[0], _occupied(columns)[0]


@njit
def _places(margin: Array) -> Array:
    scores, place = np.empty(margin.shape[0]), 0.0
    for i in range(margin.shape[0]):
        scores[i] = place
        place += margin[i] > 0
    return scores


@njit
def level_scores(tables: Array) -> tuple[Array, Array]:
    """Place of each level of either side among those that are not empty."""
    rows, columns = _collapsed(tables)
    return _places(rows), _places(columns)


@njit
def _sums(margin: Array, scores: Array) -> tuple[float, float]:
    """Sum of the scores of all rows, and of their squared distances from the mean."""
    first = second = 0.0
    for i in range(margin.shape[0]):
        first += margin[i] * scores[i]
        second += margin[i] * scores[i] * scores[i]
    n = margin.sum()
    return first, second - first * first / n if n > 0 else 0.0


@njit
def correlation(tables: Array) -> tuple[float, float]:
    """Σ of the products of the scores less its mean, and its variance (Mantel 1963)."""
    u, v = level_scores(tables)
    above = variance = 0.0
    for s in range(tables.shape[0]):
        rows, columns = _margins(tables[s])
        n = rows.sum()
        if n < 2:
            continue
        (sum_u, square_u), (sum_v, square_v) = _sums(rows, u), _sums(columns, v)
        product = 0.0
        for i in range(u.shape[0]):
            for j in range(v.shape[0]):
                product += u[i] * v[j] * tables[s, i, j]
        above += product - sum_u * sum_v / n
        variance += square_u * square_v / (n - 1)
    return above, variance


@njit
def mean_scores(tables: Array) -> tuple[Array, Array]:
    """Sum of the scores in each column less its mean, and their covariances."""
    u, _ = level_scores(tables)
    c = tables.shape[2]
    above, covariance = np.zeros(c), np.zeros((c, c))
    for s in range(tables.shape[0]):
        rows, columns = _margins(tables[s])
        n = rows.sum()
        if n < 2:
            continue
        sum_u, square_u = _sums(rows, u)
        each = square_u / (n - 1)
        for j in range(c):
            for i in range(u.shape[0]):
                above[j] += u[i] * tables[s, i, j]
            above[j] -= sum_u * (columns[j] / n)
            covariance[j, j] += each * columns[j]
            for k in range(c):
                covariance[j, k] -= each * columns[j] * (columns[k] / n)
    return above, covariance


@njit
def quadratic_form(above: Array, covariance: Array) -> tuple[float, int]:
    """X' V⁻ x of a vector in the range of V, and the rank of V: Gauss's elimination."""
    x, v, form, rank = above.copy(), covariance.copy(), 0.0, 0
    least = NO_PIVOT * max(1e-300, np.diag(v).max())
    for k in range(x.shape[0]):
        if v[k, k] <= least:
            continue
        rank += 1
        form += x[k] * x[k] / v[k, k]
        for i in range(k + 1, x.shape[0]):
            share = v[i, k] / v[k, k]
            x[i] -= share * x[k]
            for j in range(k + 1, x.shape[0]):
                v[i, j] -= share * v[k, j]
    return form, rank


@njit
def _trend(tables: Array, products: bool) -> tuple[float, int]:
    """Statistic of the trend of present levels, and its degrees of freedom."""
    if products:
        above, variance = correlation(tables)
        return (above * above / variance, 1) if variance > 0 else (0.0, 0)
    above_mean, covariance = mean_scores(tables)
    return quadratic_form(above_mean, covariance)


@njit
def of_columns(
    counts: Array, starts: Array, gaps: Array, products: bool, memo: Memo
) -> Array:
    """Of the table (level, class) of each column: what `moments` says, and a trend.

    ``counts`` (n_levels, n_classes) of the levels of all columns; those of column k
    begin at ``starts[k]``, and the last is that of missing values if ``gaps[k]``;
    ``products``: the classes are two, or ordered. Row k of what is returned is g, mean,
    variance, degrees of freedom; the statistic of the trend of the present levels and
    its own, 0 where there is none; the logarithm of the exact p-value, where the degree
    of freedom is one.
    """
    tables = np.zeros((starts.shape[0] - 1, 7))
    for k in range(tables.shape[0]):
        own = counts[starts[k] : starts[k + 1]]
        table = np.ascontiguousarray(own).reshape(1, own.shape[0], own.shape[1])
        found = moments(table, False, memo)
        present = np.ascontiguousarray(table[:, : own.shape[0] - gaps[k]])
        tables[k, 0], tables[k, 1], tables[k, 2] = found[0], found[1], found[2]
        tables[k, 3] = found[6]
        tables[k, 4], tables[k, 5] = _trend(present, products)
        tables[k, 6] = log_p_of_two(table) if found[6] == 1 else 0.0
    return tables


@njit
def cell_sums(tables: Array) -> Array:
    """Σ t log t of each of many tables (m, r, c), float64: all of G that varies."""
    sums = np.zeros(tables.shape[0])
    for k in range(tables.shape[0]):
        for count in tables[k].ravel():
            t = int(count)
            own = T_LOG_T[t] if t < T_LOG_T.shape[0] else t * math.log(t)
            sums[k] += own
    return sums
