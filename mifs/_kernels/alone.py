"""Kernel of the tests of all columns by themselves, against the classes of a target."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.chance import sort_few
from mifs._kernels.jit import inlined, njit
from mifs._kernels.memo import LARGEST, Memo, key_of, place_of
from mifs._kernels.strata import LARGE, log_p_of_two, moments_of, occupied, rough_g
from mifs._kernels.trends import mean_scores, quadratic_form, without_last

# What is remembered, of margins and of one cell of a table of two by two.
MOMENTS, LOG_P = range(2)
# Share of G by which a rough one may be wrong, and more.
ROUGH = 1e-9


@njit
def of_columns(
    counts: Array,
    starts: Array,
    gaps: Array,
    products: bool,
    exact: bool,
    memo: Memo,
    of_margins: Memo,
) -> Array:
    """Of the table (level, class) of each column: G and its moments, and a trend.

    ``counts`` (n_levels, n_classes) of the levels of all columns; those of column k
    begin at ``starts[k]``, and the last is that of missing values if ``gaps[k]``;
    ``products``: the classes are two, or ordered. Found are, (7, p): G, rough where it
    is no more than two deviations above its mean, that, its variance, the degrees of
    freedom; the statistic of the trend of the present levels and its own, 0 where there
    is none; the logarithm of the exact p-value, where the degree of freedom is one.
    Unless ``exact``, moments are those of χ² where cells are large, and G within two
    deviations of that: its own are larger.
    ``of_margins`` remembers what is found, of columns that come again in this call.
    """
    found = np.zeros((7, starts.shape[0] - 1))
    n_classes = counts.shape[1]
    classes, of_row = np.empty(n_classes, np.int64), np.empty(n_classes)
    ordered, scores = np.empty(n_classes, np.int64), np.empty(n_classes)
    known = np.zeros(n_classes, np.int64)
    rows, few = np.empty(0, np.int64), np.empty(0, np.int64)
    places = np.empty(0)
    table = np.empty((1, 0, 0), np.int64)
    for k in range(found.shape[1]):
        first, m = starts[k], starts[k + 1] - starts[k]
        if m != rows.shape[0]:
            rows, few = np.empty(m, np.int64), np.empty(m, np.int64)
            places = np.empty(m)
            table = np.empty((1, m, n_classes), np.int64)
        for i in range(m):
            for j in range(n_classes):
                table[0, i, j] = counts[first + i, j]
        margins = rows, classes
        if products:
            _add_up(table, m - gaps[k], margins)
            found[4, k], found[5, k] = _slope(
                table, m - gaps[k], margins, (places, scores)
            )
        else:
            above, covariance = mean_scores(without_last(table, gaps[k], bool(0)))
            found[4, k], found[5, k] = quadratic_form(above, covariance)
        n = _add_up(table, m, margins)
        (r, few_rows), (c, few_columns) = occupied(rows), occupied(classes)
        df = (r - 1) * (c - 1)
        if r == 0 or df == 0:
            continue
        expected, g = few_rows / n * few_columns, rough_g(table, 0, rows, classes, n)
        near = g * (1 + ROUGH) + ROUGH <= df + 2 * math.sqrt(2.0 * df)
        if near and not exact and df > 1 and expected >= LARGE:
            found[0, k], found[1, k], found[2, k], found[3, k] = g, df, 2 * df, df
            continue
        for i in range(m):
            few[i] = rows[i]
        sort_few(few)
        _forget_if_others(classes, known, of_margins)
        for j in range(n_classes):
            ordered[j] = classes[j]
        sort_few(ordered)
        mean, variance = _moments(
            (few, ordered, of_row),
            (n, df, expected),
            (of_margins, memo),
        )
        if g * (1 + ROUGH) + ROUGH > mean + 2 * math.sqrt(variance):
            g = _g(table, margins, n)
        found[0, k], found[1, k], found[2, k], found[3, k] = g, mean, variance, df
        if df == 1:
            found[6, k] = _log_p(table, margins, n, of_margins)
    return found


@inlined
def _add_up(table: Array, m: int, margins: tuple[Array, Array]) -> int:
    """Write the margins of the first m levels, and give their sum."""
    rows, classes = margins
    n = 0
    for j in range(classes.shape[0]):
        classes[j] = 0
    for i in range(m):
        own = 0
        for j in range(classes.shape[0]):
            own += table[0, i, j]
            classes[j] += table[0, i, j]
        rows[i] = own
        n += own
    return n


@inlined
def _g(table: Array, margins: tuple[Array, Array], n: int) -> float:
    rows, classes = margins
    g = 0.0
    for i in range(rows.shape[0]):
        for j in range(classes.shape[0]):
            t = table[0, i, j]
            if t > 0:
                g += t * math.log(t / rows[i] * (n / classes[j]))
    return 2 * g


@inlined
def _slope(
    table: Array, m: int, margins: tuple[Array, Array], room: tuple[Array, Array]
) -> tuple[float, int]:
    """Statistic of the trend of the first m levels, and its degrees of freedom."""
    (rows, classes), (u, v) = margins, room
    n, sum_u, square_u = _scores(rows, m, u)
    _, sum_v, square_v = _scores(classes, classes.shape[0], v)
    if n < 2:
        return 0.0, 0
    product = 0.0
    for i in range(m):
        for j in range(classes.shape[0]):
            product += u[i] * v[j] * table[0, i, j]
    above = product - sum_u * sum_v / n
    variance = square_u * square_v / (n - 1)
    return (above * above / variance, 1) if variance > 0 else (0.0, 0)


@inlined
def _scores(margin: Array, m: int, scores: Array) -> tuple[int, float, float]:
    """Score levels by their place among those that are not empty.

    Returns rows, the sum of their scores and of their squared distances from the mean.
    """
    n, place, first, second = 0, 0.0, 0.0, 0.0
    for i in range(m):
        scores[i] = place
        first += margin[i] * place
        second += margin[i] * place * place
        n += margin[i]
        place += margin[i] > 0
    return n, first, second - first * first / n if n > 0 else 0.0


@inlined
def _forget_if_others(classes: Array, known: Array, memo: Memo) -> None:
    """Forget what is known of tables of other rows in the classes."""
    same = True
    for j in range(classes.shape[0]):
        same &= classes[j] == known[j]
        known[j] = classes[j]
    if not same:
        for i in range(memo[0].shape[0]):
            memo[0][i] = 0


@inlined
def _moments(
    margins: tuple[Array, Array, Array],
    counted: tuple[int, int, float],
    memos: tuple[Memo, Memo],
) -> tuple[float, float]:
    """Mean and variance of G; remembered where three levels tell all of the margins.

    Those of the classes are those of the memo. ``counted`` are rows, degrees of
    freedom and the least expected count.
    """
    rows, known = margins[0], memos[0]
    n, df, expected = counted
    keys, means, variances = known
    m = rows.shape[0]
    if n >= LARGEST or m < 2 or (m > 3 and rows[-4] > 0):
        mean, variance, _ = moments_of(margins, n, df, expected, bool(0), memos[1])
        return mean, variance
    key = key_of(MOMENTS, rows[-1], rows[-2], n)
    at = place_of(MOMENTS, rows[-1], rows[-2], n, keys.shape[0])
    if keys[at] != key:
        means[at], variances[at], _ = moments_of(
            margins, n, df, expected, bool(0), memos[1]
        )
        keys[at] = key
    return means[at], variances[at]


@inlined
def _log_p(table: Array, margins: tuple[Array, Array], n: int, known: Memo) -> Any:
    """`log_p_of_two`, of which the memo is asked first."""
    rows, classes = margins
    i, j = rows.argmax(), classes.argmax()
    keys, values, _ = known
    key = key_of(LOG_P, table[0, i, j], rows[i], n)
    at = place_of(LOG_P, table[0, i, j], rows[i], n, keys.shape[0])
    if n >= LARGEST or keys[at] != key:
        values[at] = log_p_of_two(table)
        keys[at] = key
    return values[at]
