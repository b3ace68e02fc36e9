"""Kernels of tests of tables within strata: G = 2nI, its moments, exact tails.

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
from mifs._kernels.jit import inlined, njit
from mifs._kernels.memo import LARGEST, TABLE_OF_TWO, Memo, key_of, place_of
from mifs._kernels.moments import rough_spread, spread_of_sorted

# From this expected count on G is nearly chi-squared, but for its mean.
LARGE = 5.0
# From so many rows on a rough variance is one of Poisson cells; from so many expected
# rows in each cell on a rough mean is one of powers of their inverses.
MANY_ROWS, MANY_EXPECTED = 50, 20.0
LOG_FACTORIALS = np.concatenate((np.zeros(1), np.cumsum(np.log(np.arange(1, 256)))))
HALF_LOG_2PI = 0.5 * math.log(2 * math.pi)


@njit
def margins_of(table: Array) -> tuple[Array, Array]:
    """Rows in each level of either side."""
    rows = np.empty(table.shape[0], np.int64)
    columns = np.empty(table.shape[1], np.int64)
    add_up(table, rows, columns)
    return rows, columns


@njit
def add_up(table: Array, rows: Array, columns: Array) -> int:
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


@inlined
def add_up_stratum(tables: Array, s: int, rows: Array, columns: Array) -> int:
    """Do `add_up` for a stratum: a view of it would take longer than few cells."""
    columns[:] = 0
    n = 0
    for i in range(rows.shape[0]):
        own = 0
        for j in range(columns.shape[0]):
            own += tables[s, i, j]
            columns[j] += tables[s, i, j]
        rows[i] = own
        n += own
    return n


@inlined
def occupied(margin: Array) -> tuple[int, int]:
    """Levels that have rows, and the fewest rows of one."""
    levels, fewest = 0, 0
    for i in range(margin.shape[0]):
        count = margin[i]
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


@inlined
def _least_of_g(rows: Array, columns: Array, n: int) -> float:
    """G where all cells hold one row at most; 0 where there are more rows."""
    # Σ a log a is at least n log(n / r), by convexity; looked up it is nearly right.
    if n > rows.shape[0] * columns.shape[0]:
        return 0.0
    if n < T_LOG_T.shape[0] and T_LOG_T[n] + 1e-6 < _look_up(rows) + _look_up(columns):
        return 0.0
    return max(0.0, 2 * (n * math.log(n) - _plogp(rows) - _plogp(columns)))


@inlined
def _look_up(counts: Array) -> float:
    total = 0.0
    for i in range(counts.shape[0]):
        total += T_LOG_T[counts[i]]
    return total


@njit
def _g_of_cells(tables: Array, s: int, rows: Array, columns: Array, n: int) -> float:
    g = 0.0
    for i in range(rows.shape[0]):
        for j in range(columns.shape[0]):
            t = tables[s, i, j]
            if t > 0:
                # Products of counts could overflow.
                g += t * math.log(t / rows[i] * (n / columns[j]))
    return 2 * g


@inlined
def rough_g(tables: Array, s: int, rows: Array, columns: Array, n: int) -> Any:
    """G of cells by sums that cancel: right to some 1e-15 n log n, in less time."""
    g = t_log_t(n)
    for i in range(rows.shape[0]):
        g -= t_log_t(rows[i])
        for j in range(columns.shape[0]):
            g += t_log_t(tables[s, i, j])
    for j in range(columns.shape[0]):
        g -= t_log_t(columns[j])
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


@inlined
def _remembered(a: int, b: int, n: int, memo: Memo) -> tuple[float, float]:
    """`_moments_of_two`, of which the memo is asked first."""
    keys, means, variances = memo
    key = key_of(TABLE_OF_TWO, a, b, n)
    at = place_of(TABLE_OF_TWO, a, b, n, keys.shape[0])
    if n >= LARGEST or keys[at] != key:
        means[at], variances[at] = _moments_of_two(a, b, n)
        keys[at] = key
    return means[at], variances[at]


@inlined
def _rough_mean(rows: Array, columns: Array, n: int, df: int) -> float:
    """Mean of G to the second order, where many rows are expected (Williams 1976)."""
    of_rows = of_columns = 0.0
    for a in rows:
        of_rows += n / a if a > 0 else 0.0
    for b in columns:
        of_columns += n / b if b > 0 else 0.0
    return df + (of_rows - 1) * (of_columns - 1) / (6 * n)


@inlined
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


@inlined
def moments_of(
    margins: tuple[Array, Array, Array],
    n: int,
    df: int,
    least: float,
    rough: bool,
    memo: Memo,
) -> tuple[float, float, float]:
    """Mean of G of one table of n rows, and bounds of its variance.

    Of its ``margins``, which are sorted; the third is room for `excess_of_sorted`.
    """
    rows, columns, of_row = margins
    if df == 1 and least < EXPANDED:
        mean, variance = _remembered(rows[-1], columns[-1], n, memo)
        return mean, variance, variance
    if rough and least >= MANY_EXPECTED:
        mean = _rough_mean(rows, columns, n, df)
    else:
        mean = 2 * excess_of_sorted(rows, columns, n, of_row, memo)
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

    Where a ``rough`` variance is enough, bounds of it are found, which takes less time;
    kernels give bool(1), since for a literal Numba would compile all of this once more.
    Returns g; its mean, the bounds of its variance, and its least value where cells
    hold one row at most; the least expected count; degrees of freedom.
    """
    g = mean = lowest = highest = floor = 0.0
    least, df = np.inf, 0
    rows = np.empty(tables.shape[1], np.int64)
    columns, of_row = np.empty(tables.shape[2], np.int64), np.empty(tables.shape[2])
    for s in range(tables.shape[0]):
        n = add_up_stratum(tables, s, rows, columns)
        (r, few_rows), (c, few_columns) = occupied(rows), occupied(columns)
        own = (r - 1) * (c - 1)
        if r == 0 or own == 0:
            continue
        expected = few_rows / n * few_columns
        if rough:
            g += rough_g(tables, s, rows, columns, n)
        else:
            g += _g_of_cells(tables, s, rows, columns, n)
        floor += _least_of_g(rows, columns, n)
        sort_few(rows)
        sort_few(columns)
        margins = rows, columns, of_row
        added = moments_of(margins, n, own, expected, rough, memo)
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
        rows, columns = margins_of(tables[s])
        if occupied(rows)[0] == 2 and occupied(columns)[0] == 2:
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
def cell_sums(tables: Array) -> Array:
    """Σ t log t of each of many tables (m, r, c), float64: all of G that varies."""
    sums = np.zeros(tables.shape[0])
    for k in range(tables.shape[0]):
        for count in tables[k].ravel():
            t = int(count)
            own = T_LOG_T[t] if t < T_LOG_T.shape[0] else t * math.log(t)
            sums[k] += own
    return sums
