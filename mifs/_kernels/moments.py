"""Kernels of the variance of G = 2nI under permutation.

Rows are multinomial given their totals a and the shares q of the columns; what the
column totals tell of G is taken off, as they are fixed, and 1 − a/n is left of what a
row of a of n rows adds. With f(t) = t log(t/μ) − t + μ, two cells of a row have

    Cov(f_j, f_k) = Σ_m (−1)^m ρ_j^m ρ_k^m f̂_jm f̂_km,  ρ = √(q / (1 − q)),

f̂_jm = E[f(t_j) K_m(t_j)] being the coefficients in the orthonormal polynomials of the
binomial distribution (Krawtchouk): sums over one cell at a time are all that it takes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.chance import T_LOG_T, sort_few
from mifs._kernels.jit import njit
from mifs._kernels.memo import LARGEST, ROW_OF_TWO, Memo, key_of, place_of

# Polynomials that are kept, for f is nearly a parabola, and the share of a weight that
# matters: both leave the variance right to 1e-5.
ORDERS = 4
NEGLIGIBLE = 1e-8


def _poisson_table(roots: Array) -> Array:
    """Var 2f(t) of a Poisson count t, and its slope in t, by the root of the mean."""
    mu = roots[:, np.newaxis] ** 2
    t = np.arange(2 * mu[-1, 0] + 50)
    log_t = np.log(np.maximum(t, 1))
    weight = np.exp(t * np.log(mu) - mu - np.cumsum(log_t))
    value = 2 * (t * (log_t - np.log(mu)) - t + mu)
    value -= (weight * value).sum(axis=1, keepdims=True)
    variance = (weight * value**2).sum(axis=1)
    slope = (weight * value * (t - mu)).sum(axis=1) / mu[:, 0]
    return np.stack([variance, slope], axis=1)


# Beyond the last mean, 100, f is a parabola; that of 0 would have an infinite slope.
NODES, NODES_OF_ONE = 101, 10.0
POISSON = _poisson_table(np.maximum(np.arange(NODES) / NODES_OF_ONE, 0.01))


@njit
def _f(t: int, slope: float, mu: float) -> Any:
    own = T_LOG_T[t] if t < T_LOG_T.shape[0] else t * np.log(np.float64(t))
    return own - slope * t + mu


@njit
def _window(a: int, q: float, weights: Array) -> tuple[int, int]:
    """Probabilities of a binomial count where they matter, and from where to where."""
    mode = min(a, int((a + 1) * q))
    weights[mode] = total = 1.0
    odds, high, low = q / (1.0 - q), mode, mode
    while high < a:
        weight = weights[high] * odds * (a - high) / (high + 1.0)
        if weight < NEGLIGIBLE:
            break
        high += 1
        weights[high] = weight
        total += weight
    while low > 0:
        weight = weights[low] * low / (odds * (a - low + 1.0))
        if weight < NEGLIGIBLE:
            break
        low -= 1
        weights[low] = weight
        total += weight
    for t in range(low, high + 1):
        weights[t] /= total
    return low, high


@njit
def _coefficients(a: int, q: float, weights: Array, found: Array) -> float:
    """Var f(t) of a binomial count, and its coefficients 1 … `ORDERS`."""
    mu, found[:] = a * q, 0.0
    low, high = _window(a, q, weights)
    slope, mean, square = 1.0 + np.log(mu), 0.0, 0.0
    orders = min(ORDERS, a)
    shifts, lefts, norms = np.empty(ORDERS), np.empty(ORDERS), np.empty(ORDERS)
    for m in range(orders):
        shifts[m] = q * (a - m) + m * (1 - q)
        lefts[m] = np.sqrt(m * q * (1 - q) * (a - m + 1.0))
        norms[m] = 1.0 / np.sqrt((m + 1.0) * q * (1 - q) * (a - m))
    for t in range(low, high + 1):
        value = _f(t, slope, mu)
        mean += weights[t] * value
        square += weights[t] * value * value
        before, now = 0.0, 1.0
        for m in range(orders):
            after = ((t - shifts[m]) * now - lefts[m] * before) * norms[m]
            before, now = now, after
            found[m] += weights[t] * value * now
    return square - mean * mean


@njit
def _of_two(a: int, q: float, weights: Array) -> tuple[float, float]:
    """Var of f(t) + f(a − t), and its covariance with t."""
    low, high = _window(a, q, weights)
    mu, other = a * q, a * (1.0 - q)
    slope, slope_other = 1.0 + np.log(mu), 1.0 + np.log(other)
    mean = square = product = 0.0
    for t in range(low, high + 1):
        value = _f(t, slope, mu) + _f(a - t, slope_other, other)
        mean += weights[t] * value
        square += weights[t] * value * value
        product += weights[t] * value * (t - mu)
    return square - mean * mean, product


@njit
def _remembered(
    a: int, b: int, n: int, weights: Array, memo: Memo
) -> tuple[float, float]:
    """`_of_two` of a column with b of n rows, of which the memo is asked first."""
    keys, variances, products = memo
    key = key_of(ROW_OF_TWO, a, b, n)
    at = place_of(ROW_OF_TWO, a, b, n, keys.shape[0])
    if n >= LARGEST or keys[at] != key:
        variances[at], products[at] = _of_two(a, b / n, weights)
        keys[at] = key
    return variances[at], products[at]


@njit
def _of_row(a: int, q: Array, times: Array, weights: Array, joint: Array) -> float:
    """Var of the sum of a row, whose columns of share q come so many times.

    ``joint``: covariance of the sum with the count in a column of each share.
    """
    found, own = np.empty(ORDERS), np.zeros(q.shape[0])
    sums, squares = np.zeros(ORDERS), np.zeros(ORDERS)
    variance = spread = 0.0
    for j in range(q.shape[0]):
        variance += times[j] * _coefficients(a, q[j], weights, found)
        own[j] = found[0] * np.sqrt(a * q[j] * (1 - q[j]))
        spread += times[j] * own[j] / (1 - q[j])
        odds, power = np.sqrt(q[j] / (1 - q[j])), 1.0
        for m in range(ORDERS):
            power *= odds
            sums[m] += times[j] * power * found[m]
            squares[m] += times[j] * (power * found[m]) ** 2
    sign = -1.0
    for m in range(ORDERS):
        variance += sign * (sums[m] ** 2 - squares[m])
        sign = -sign
    for j in range(q.shape[0]):
        joint[j] = own[j] - q[j] * (spread - own[j] / (1 - q[j]))
    return variance


@njit
def _runs(values: Array) -> tuple[Array, Array]:
    """Distinct positive values of sorted ones, and how often each comes."""
    distinct, times = np.empty_like(values), np.zeros(values.shape[0], np.int64)
    last = -1
    for value in values:
        if value <= 0:
            continue
        if last < 0 or distinct[last] != value:
            last += 1
            distinct[last] = value
        times[last] += 1
    return distinct[: last + 1], times[: last + 1]


@njit
def rough_spread(rows: Array, columns: Array, n: int) -> float:
    """Variance of G, roughly: cells are Poisson, given the totals of rows and columns.

    Of f in each cell that is linear in its count, the part that is additive in rows and
    columns is fixed by the totals: with weights μ = ab/n it has a closed form.
    """
    curved = linear = of_rows = of_columns = mean = 0.0
    shares, roots = columns / n, np.sqrt(columns)
    sums = np.zeros(columns.shape[0])
    for a in rows:
        if a == 0:
            continue
        share, own = a / n, 0.0
        root = math.sqrt(share) * NODES_OF_ONE
        for j in range(columns.shape[0]):
            if columns[j] == 0:
                continue
            place = min(root * roots[j], NODES - 1.001)
            at = int(place)
            part = place - at
            variance = (1 - part) * POISSON[at, 0] + part * POISSON[at + 1, 0]
            slope = (1 - part) * POISSON[at, 1] + part * POISSON[at + 1, 1]
            explained = a * shares[j] * slope * slope
            curved += (variance - explained) * (1 - share) * (1 - shares[j])
            linear += explained
            own += shares[j] * slope
            sums[j] += share * slope
        of_rows += share * own * own
        mean += share * own
    for j in range(columns.shape[0]):
        of_columns += shares[j] * sums[j] * sums[j]
    return curved + max(0.0, linear - n * (of_rows + of_columns - mean * mean))


@njit
def spread(rows: Array, columns: Array, n: int) -> float:
    """`spread_of_sorted`, of margins in any order."""
    # A memo of one place: nothing is remembered.
    memo = np.zeros(1, np.int64), np.zeros(1), np.zeros(1)
    rows, columns = rows.copy(), columns.copy()
    sort_few(rows)
    sort_few(columns)
    return spread_of_sorted(rows, columns, n, memo)


@njit
def spread_of_sorted(rows: Array, columns: Array, n: int, memo: Memo) -> float:
    """Variance of G under permutation, of a table with these margins, int64."""
    a, of_rows = _runs(rows)
    b, of_columns = _runs(columns)
    r, c = of_rows.sum(), of_columns.sum()
    if r < 2 or c < 2:
        return 0.0
    if r < c:
        a, of_rows, b, of_columns, r, c = b, of_columns, a, of_rows, c, r
    q, weights = b / n, np.empty(a[-1] + 1)
    joint, every = np.empty(b.shape[0]), np.zeros(b.shape[0])
    variance = free = 0.0
    for i in range(a.shape[0]):
        left = of_rows[i] * (1.0 - a[i] / n)
        if c == 2:
            own, joint[0] = _remembered(a[i], b[0], n, weights, memo)
            joint[-1] = -joint[0]
            if q.shape[0] == 1:
                joint[0] = 0.0  # two columns of one share: t and a − t are alike
        else:
            own = _of_row(a[i], q, of_columns, weights, joint)
        variance += left * own
        every += left * joint
        free += left * a[i]
    for j in range(b.shape[0]):
        variance -= of_columns[j] * every[j] ** 2 / (q[j] * free)
    return 4 * variance
