"""Kernels of trends in tables within strata: mean scores of levels.

As in `strata`, tables are (n_strata, r, c), int64, and margins fixed in each stratum.
"""

from __future__ import annotations

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit
from mifs._kernels.strata import add_up, add_up_stratum, occupied

# Share of the largest pivot below which one is a rounding error.
NO_PIVOT = 1e-10
# What the trend of tables is made of.
NONE, PRODUCTS, MEAN_SCORES = range(3)


@njit
def _collapsed(tables: Array) -> tuple[Array, Array]:
    """Rows in each level of either side, in all strata."""
    rows = np.zeros(tables.shape[1], np.int64)
    columns = np.zeros(tables.shape[2], np.int64)
    for s in range(tables.shape[0]):
        for i in range(rows.shape[0]):
            own = 0
            for j in range(columns.shape[0]):
                own += tables[s, i, j]
                columns[j] += tables[s, i, j]
            rows[i] += own
    return rows, columns


@njit
def turned(tables: Array) -> Array:
    """Tables whose rows are the columns of others."""
    found = np.empty((tables.shape[0], tables.shape[2], tables.shape[1]), np.int64)
    for s in range(tables.shape[0]):
        for i in range(tables.shape[1]):
            for j in range(tables.shape[2]):
                found[s, j, i] = tables[s, i, j]
    return found


@njit
def without_last(tables: Array, row: bool, column: bool) -> Array:
    """Copy tables but for the last row or the last column of each."""
    r, c = tables.shape[1] - row, tables.shape[2] - column
    found = np.empty((tables.shape[0], r, c), np.int64)
    for s in range(tables.shape[0]):
        for i in range(r):
            for j in range(c):
                found[s, i, j] = tables[s, i, j]
    return found


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
    n = 0
    for i in range(margin.shape[0]):
        first += margin[i] * scores[i]
        second += margin[i] * scores[i] * scores[i]
        n += margin[i]
    return first, second - first * first / n if n > 0 else 0.0


@njit
def correlation(tables: Array) -> tuple[float, float]:
    """Σ of the products of the scores less its mean, and its variance (Mantel 1963)."""
    u, v = level_scores(tables)
    return _correlation(tables, u, v)


@njit
def _correlation(tables: Array, u: Array, v: Array) -> tuple[float, float]:
    above = variance = 0.0
    rows = np.empty(tables.shape[1], np.int64)
    columns = np.empty(tables.shape[2], np.int64)
    for s in range(tables.shape[0]):
        n = add_up_stratum(tables, s, rows, columns)
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
def trend(tables: Array, ordered: tuple[bool, bool]) -> tuple[int, float, float]:
    """Sum up what the trend of tables with ordered sides is made of, if there is one.

    With products come the sum of them less its mean, and its variance.
    """
    rows, columns = _collapsed(tables)
    n_rows, n_columns = occupied(rows)[0], occupied(columns)[0]
    scored = (ordered[0] and n_rows > 2) or (ordered[1] and n_columns > 2)
    if not scored or min(n_rows, n_columns) < 2:
        return NONE, 0.0, 0.0
    other = n_columns if ordered[0] else n_rows
    if not (ordered[0] and ordered[1]) and other > 2:
        return MEAN_SCORES, 0.0, 0.0
    if ordered[0]:
        above, variance = _correlation(tables, _places(rows), _places(columns))
    else:
        above, variance = correlation(turned(tables))
    return PRODUCTS, above, variance


@njit
def mean_scores(tables: Array) -> tuple[Array, Array]:
    """Sum of the scores in each column less its mean, and their covariances."""
    u, _ = level_scores(tables)
    c = tables.shape[2]
    above, covariance = np.zeros(c), np.zeros((c, c))
    rows, columns = np.empty(tables.shape[1], np.int64), np.empty(c, np.int64)
    for s in range(tables.shape[0]):
        n = add_up(tables[s], rows, columns)
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
    largest = 1e-300
    for k in range(x.shape[0]):
        largest = max(largest, v[k, k])
    least = NO_PIVOT * largest
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
