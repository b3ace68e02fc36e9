"""Tests of one table, or of tables within strata, against enumeration and others."""

import math
from itertools import permutations
from math import comb, lgamma, log

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from oracles_chance import BOTH, PLAIN, enumerated, g_of, random_tables, tables_with
from scipy.stats import chi2, hypergeom, kstest, random_table

from mifs import _kernels
from mifs._chance import (
    Memory,
    chi_squared_test,
    many,
    permutation_test,
    table_test,
)
from mifs._chance.draws import Kept
from mifs._chance.tails import log_chi_squared_tail
from mifs._chance.trend import trend_of

ROWS = {"ordered_rows": True, "ordered_columns": False}


@pytest.mark.every_way
@pytest.mark.parametrize(
    "table", [[[6, 2], [1, 7]], [[0, 5], [3, 1]], [[3, 3], [3, 3]]]
)
def test_two_by_two_is_fishers_exact_test_ordered_by_g(table):
    mean, variance, p = enumerated([table])
    test = table_test(np.array([table]), **BOTH)
    assert_allclose(test[:3], [g_of(table), mean, variance], rtol=1e-9, atol=1e-12)
    assert test.df == 1
    assert test.pvalue == test.p_g == pytest.approx(p)
    assert math.isnan(test.p_trend)


@pytest.mark.parametrize("seed", range(30))
def test_two_by_two_of_many_rows(seed):
    rng = np.random.default_rng(seed)
    n = int(10 ** rng.uniform(1, 4))
    a, b = rng.integers(1, n, 2)
    t = np.arange(max(0, a + b - n), min(a, b) + 1)
    g = np.array([g_of([[k, a - k], [b - k, n - a - b + k]]) for k in t])
    p = hypergeom(n, a, b).pmf(t)
    for k in (t[0], rng.choice(t, p=p / p.sum()), rng.choice(t, p=p / p.sum())):
        reached = g >= g[k - t[0]] * (1 - 1e-9) - 1e-12 * n
        test = table_test(np.array([[[k, a - k], [b - k, n - a - b + k]]]), **PLAIN)
        assert test.pvalue == pytest.approx(min(1, p[reached].sum()), rel=1e-6)
        assert test.mean == pytest.approx(g @ p, rel=1e-6)


@pytest.mark.every_way
def test_moments_of_strata_of_two_by_two_are_exact():
    tables = np.array([[[4, 2], [1, 3]], [[2, 2], [5, 0]], [[1, 0], [0, 1]]])
    mean, variance, p = enumerated(tables)
    test = table_test(tables, **PLAIN)
    assert_allclose(test[1:3], [mean, variance], rtol=1e-9)
    assert test.df == 3
    assert p / 3 < test.pvalue < 3 * p


@pytest.mark.parametrize("seed", range(6))
def test_mean_of_any_tables_is_exact(seed):
    tables = random_tables(seed, 2, 3, 2, 9)
    mean, _, _ = enumerated(tables)
    test = table_test(tables, **PLAIN)
    assert_allclose(test[:2], [sum(map(g_of, tables)), mean], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_p_of_few_rows_is_not_far_from_that_of_all_tables(seed):
    """Confirmed by draws where it passes, so that it is never far too small."""
    table = random_tables(seed, 1, 4, 2, 14)
    *_, p = enumerated(table)
    # At that level 23 draws say enough, one of which may reach what is rare.
    found = [table_test(table, **PLAIN, alpha=0.9, seed=k).p_g for k in range(5)]
    assert p / 3 < np.median(found) < 3 * p + 0.02


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ([[89, 1], [3, 1], [2, 1], [1, 2]], 3.1e-4),
        ([[88, 2], [4, 0], [3, 0], [0, 3]], 1.3e-4),
        ([[40, 0], [4, 1], [1, 4]], 3.0e-5),
        ([[39, 1], [4, 1], [2, 3]], 2.2e-3),
        ([[174, 6], [9, 1], [7, 3]], 6.6e-3),
        ([[176, 4], [9, 1], [5, 5]], 6.7e-6),
    ],
)
def test_where_both_sides_are_unbalanced_the_gamma_does_not_decide(table, p):
    tables = np.array([table])
    rows, columns = tables[0].sum(axis=1), tables[0].sum(axis=0)
    drawn = random_table(rows, columns).rvs(100_000, random_state=0)
    own = _kernels.strata.cell_sums(tables.astype(float))[0]
    reached = (_kernels.strata.cell_sums(drawn) >= own - 1e-9).mean()
    assert reached == pytest.approx(p, rel=0.3, abs=5e-5)
    test = table_test(tables, **PLAIN)
    shape = test.mean**2 / test.variance
    gamma = log_chi_squared_tail(2 * shape, 2 * test.g * test.mean / test.variance)
    assert gamma < log(p / 6)
    assert p / 17 < test.pvalue < 5 * p
    # A level at which the table would pass or not is decided by draws.
    test = table_test(tables, **PLAIN, alpha=2 * p)
    assert p / 3 < test.pvalue < 3 * p


@pytest.mark.every_way
@pytest.mark.parametrize("seed", range(4))
def test_sums_of_scores_have_the_moments_of_all_permutations(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 4, 6), rng.integers(0, 3, 6)
    x[:4], y[:3] = range(4), range(3)
    table = np.zeros((1, 4, 3), int)
    np.add.at(table[0], (x, y), 1)
    products, scores = [], []
    for order in permutations(range(6)):
        permuted = y[list(order)]
        products.append(x @ permuted)
        scores.append([x[permuted == j].sum() for j in range(3)])
    above, variance = _kernels.trends.correlation(table)
    assert above == pytest.approx(x @ y - np.mean(products))
    assert variance == pytest.approx(np.var(products))
    above, covariance = _kernels.trends.mean_scores(table)
    own = [x[y == j].sum() for j in range(3)]
    assert_allclose(above, own - np.mean(scores, axis=0), atol=1e-12)
    assert_allclose(covariance, np.cov(np.transpose(scores), ddof=0), atol=1e-12)
    form, rank = _kernels.trends.quadratic_form(above, covariance)
    assert rank == 2
    assert form == pytest.approx(above @ np.linalg.pinv(covariance) @ above)


def test_trend_of_one_stratum_is_known():
    table = random_tables(3, 1, 5, 4, 100) + 10
    n = table.sum()
    u, v = np.nonzero(table[0])
    times = table[0][u, v]
    x, y = np.repeat(u, times), np.repeat(v, times)
    squared = np.corrcoef(x, y)[0, 1] ** 2
    test = table_test(table, **BOTH)
    assert test.p_trend == pytest.approx(chi2.sf((n - 1) * squared, 1))
    between = sum((y == j).sum() * (x[y == j].mean() - x.mean()) ** 2 for j in range(4))
    test = table_test(table, **ROWS)
    assert test.p_trend == pytest.approx(chi2.sf(between / x.var() * (n - 1) / n, 3))
    assert test.pvalue == pytest.approx(min(1, 2 * min(test.p_g, test.p_trend)))
    turned = table_test(
        table.transpose(0, 2, 1), ordered_rows=False, ordered_columns=True
    )
    assert turned.p_trend == pytest.approx(test.p_trend)


@pytest.mark.parametrize(
    ("shape", "ordered", "df"),
    [
        ((2, 2), (True, True), None),
        ((3, 2), (False, False), None),
        ((2, 3), (True, False), None),
        ((3, 1), (True, False), None),
        ((3, 2), (True, False), 1),
        ((2, 3), (True, True), 1),
        ((2, 3), (False, True), 1),
        ((3, 4), (False, True), 2),
        ((3, 4), (True, False), 3),
    ],
)
def test_a_trend_needs_an_ordered_side_of_three_levels(shape, ordered, df):
    trend = trend_of(10 + random_tables(0, 2, *shape, 50), ordered)
    assert (trend and trend.df) == df


def test_trend_has_strata_of_its_own_and_is_none_where_nothing_varies():
    table = np.array([[[5, 1], [3, 3], [1, 5]]])
    singles = np.zeros((18, 3, 2), int)
    singles[np.arange(18), np.repeat([0, 0, 1, 1, 2, 2], [5, 1, 3, 3, 1, 5]), 0] = 1
    test = table_test(table, **ROWS, trend_tables=lambda: singles)
    assert math.isnan(test.p_trend)
    assert test.pvalue == test.p_g


@pytest.mark.every_way
@pytest.mark.parametrize("kind", [PLAIN, ROWS, BOTH])
@pytest.mark.parametrize("shape", [(1, 3, 4, 25), (3, 4, 2, 30), (2, 2, 2, 40)])
def test_what_is_empty_changes_nothing(kind, shape):
    tables = random_tables(1, *shape)
    expected = table_test(tables, **kind, alpha=0.9)
    wider = np.insert(tables, [0, 1, shape[1]], 0, axis=1)
    wider = np.insert(wider, [1, shape[2]], 0, axis=2)
    wider = np.insert(wider, [0, 1], 0, axis=0)
    # A stratum in which one level of a side is all that there is tells nothing either.
    alone = np.zeros_like(wider[:1])
    alone[0, 1, :] = wider[0].sum(axis=0)
    for other in (wider, np.concatenate([wider, alone])):
        assert_allclose(table_test(other, **kind, alpha=0.9), expected, rtol=1e-9)


def test_sides_and_names_of_levels_change_nothing():
    rng = np.random.default_rng(0)
    tables = random_tables(2, 3, 5, 3, 25)
    expected = table_test(tables, **PLAIN, alpha=0.9)
    renamed = tables[:, rng.permutation(5)][:, :, rng.permutation(3)]
    for other in (tables.transpose(0, 2, 1), tables[::-1], renamed):
        found = table_test(np.ascontiguousarray(other), **PLAIN, alpha=0.9)
        assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize(
    "tables",
    [
        np.zeros((0, 3, 2), int),
        np.zeros((2, 3, 2), int),
        [[[5, 6]]],
        [[[5], [6]]],
        [[[5, 6], [0, 0]]],
        [[[3, 0], [0, 0]], [[0, 0], [0, 4]]],
    ],
)
def test_without_degrees_of_freedom_p_is_1(tables):
    tables = np.array(tables)
    for test in (
        table_test(tables, **BOTH),
        chi_squared_test(tables),
        permutation_test(tables, 9, np.random.RandomState(0)),
    ):
        assert (test.g, test.mean, test.df, test.pvalue, test.log_pvalue) == (
            0,
            0,
            0,
            1,
            0,
        )


def test_g_of_a_column_that_names_the_rows_cannot_vary():
    table = np.zeros((1, 60, 2), int)
    table[0, np.arange(60), np.arange(60) % 2] = 1
    test = table_test(table, **PLAIN)
    assert test.pvalue == 1
    assert test.g == pytest.approx(test.mean)
    # Nearly so: two rows a level, which cannot tell much.
    pairs = table.reshape(1, 30, 2, 2).sum(axis=2)
    assert table_test(pairs, **PLAIN).pvalue > 0.5


def test_small_p_values_have_logarithms():
    for size in (50, 500, 50_000):
        table = size * np.eye(2, dtype=int)[np.newaxis]
        test = table_test(table, **PLAIN)
        expected = log(2) + 2 * lgamma(size + 1) - lgamma(2 * size + 1)
        assert test.log_pvalue == pytest.approx(expected, rel=1e-9)
        assert test.pvalue == pytest.approx(math.exp(expected), rel=1e-6)
    table = 5000 * np.eye(4, dtype=int)[np.newaxis]
    test = table_test(table, **BOTH)
    assert test.pvalue == 0
    assert -math.inf < test.log_pvalue < -20_000


@pytest.mark.every_way
@pytest.mark.parametrize("x", [1.0, 600.0, 1400.0, 1e5])
def test_tails_of_chi_squared_beyond_underflow(x):
    # Of 2k degrees of freedom: exp(-x/2) Σ (x/2)^i / i!, i < k.
    terms = [i * log(x / 2) - lgamma(i + 1) for i in range(6)]
    expected = -x / 2 + max(terms) + log(sum(math.exp(t - max(terms)) for t in terms))
    assert log_chi_squared_tail(12, x) == pytest.approx(expected, rel=1e-12)
    upper = _kernels.strata.log_upper_gamma(6.0, 700.0) - lgamma(6)
    assert upper == pytest.approx(log_chi_squared_tail(12, 1400.0), rel=1e-12)


def test_chi_squared_is_the_g_test_of_the_occupied_cells():
    tables = random_tables(5, 4, 3, 3, 200)
    tables[0, 1] = 0
    tables[2, :, 2] = 0
    test = chi_squared_test(tables)
    assert test.df == 2 + 4 + 2 + 4
    assert test.pvalue == pytest.approx(chi2.sf(sum(map(g_of, tables)), 12))


def quantiles(values, k):
    return values.argsort().argsort() * k // len(values)


def null_table(seed, n, levels, classes, strata):
    rng = np.random.default_rng(seed)
    if isinstance(levels, int):
        x = quantiles(rng.normal(size=n), levels)
    else:
        x = rng.choice(len(levels), n, p=levels)
    y = rng.choice(len(classes), n, p=classes)
    shape = strata, int(x.max()) + 1, len(classes)
    cell = np.ravel_multi_index((quantiles(rng.normal(size=n), strata), x, y), shape)
    return np.bincount(cell, minlength=math.prod(shape)).reshape(shape)


def test_sums_of_many_strata_are_as_their_gamma_says():
    """So that nothing is drawn, whatever single cells expect."""
    levels = 0.5, 0.3, 0.1, 0.05, 0.01, 0.01, 0.01, 0.01, 0.005, 0.005
    tests = []
    for seed in range(60):
        tables = null_table(seed, 30_000, levels, (0.7, 0.3), 180)
        test = table_test(tables, **PLAIN, alpha=0.9)
        tests.append(test.pvalue)
        assert test.df > 1000
        assert (tables.sum(axis=2) < 2).any()
    assert kstest(tests, "uniform", alternative="greater").pvalue > 0.01
    assert np.mean(tests) == pytest.approx(0.5, abs=0.12)
    passes = null_table(0, 30_000, levels, (0.7, 0.3), 180)
    passes[:, 0, 0] += 3
    seeds = [table_test(passes, **PLAIN, alpha=0.99, seed=seed) for seed in range(2)]
    assert seeds[0] == seeds[1]


@pytest.mark.every_way
def test_what_is_remembered_changes_no_bit():
    """Of whatever is remembered, of a memo in which it has to make room, or of none."""
    one, many_ = (Memory(_kernels.memo.new_memo(places)) for places in (1, 1 << 12))
    for seed in range(12):
        tables = random_tables(seed, 3, 4, 2 + seed % 2, 9 + 2 * seed)
        expected = table_test(tables, **ROWS, alpha=0.5)
        for memory in (one, many_, many_):
            found = table_test(tables, **ROWS, alpha=0.5, memory=memory)
            assert_array_equal(found, expected)
    assert np.count_nonzero(one.memo[0]) == 1
    assert np.count_nonzero(many_.memo[0]) > 50


@pytest.mark.parametrize(
    ("n", "levels", "classes", "strata"),
    [
        (50, 2, (0.5, 0.5), 1),
        (50, 5, (0.9, 0.1), 1),
        (50, 4, (0.2,) * 5, 1),
        (200, (0.9, 0.05, 0.03, 0.02), (0.94, 0.06), 1),
        (200, (0.02,) * 50, (0.5, 0.5), 1),
        (200, 2, (0.5, 0.5), 6),
        (200, 6, (0.6, 0.4), 6),
        (500, 8, (0.2,) * 5, 8),
    ],
)
def test_p_values_are_not_too_small_under_the_null(n, levels, classes, strata):
    tests = [
        table_test(null_table(seed, n, levels, classes, strata), **ROWS)
        for seed in range(300)
    ]
    for name in ("p_g", "pvalue"):
        p = np.array([getattr(test, name) for test in tests])
        assert kstest(p, "uniform", alternative="greater").pvalue > 0.01, name
        assert (p <= 0.01).sum() <= 9, name


@pytest.mark.parametrize(
    ("levels", "classes"),
    [(5, (0.5, 0.5)), (2, (0.2,) * 5), ((0.4, 0.3, 0.2, 0.06, 0.03, 0.01), (0.9, 0.1))],
)
def test_the_least_of_many_p_values_is_not_too_small(levels, classes):
    """Of 20 tables of 50 rows at a level of 0.05 for all: in 5 % of the families."""
    level, found = 1 - 0.95 ** (1 / 20), 0
    for seed in range(100):
        tables = [null_table(20 * seed + k, 50, levels, classes, 1) for k in range(20)]
        tests = [table_test(table, **ROWS, alpha=level) for table in tables]
        found += any(test.pvalue <= level for test in tests)
    assert found <= 11


def test_g_sees_what_a_trend_does_not_and_the_other_way_round():
    valley = np.array([[[40, 10], [10, 40], [10, 40], [40, 10]]])
    test = table_test(valley, **ROWS)
    assert test.p_g < 1e-6 < 0.9 < test.p_trend
    slope = np.array([[[30 - k, 20 + k] for k in range(10)]])
    test = table_test(slope, **ROWS)
    assert test.p_trend < test.p_g / 2
    assert test.pvalue == pytest.approx(2 * test.p_trend)


def test_binomials_of_the_twin():
    rows, columns = (3, 2), (4, 1)
    found = {tuple(map(tuple, t)): p for t, p in tables_with(rows, columns)}
    assert found[(3, 0), (1, 1)] == pytest.approx(comb(4, 3) / comb(5, 3))


def test_where_only_the_level_matters_it_is_decided_as_by_the_whole_test():
    rng = np.random.default_rng(11)
    decided = []
    for _ in range(300):
        n_strata, r, c = rng.integers(1, 6), rng.integers(2, 9), rng.integers(2, 5)
        law = rng.dirichlet(np.ones(r * c) * rng.choice([1, 5, 50]), n_strata)
        tables = np.stack([rng.multinomial(60, p).reshape(r, c) for p in law])
        ordered = {"ordered_rows": True, "ordered_columns": bool(rng.random() < 0.5)}
        for alpha in (0.05, 1e-3):
            whole = table_test(tables, **ordered, alpha=alpha)
            quick = table_test(tables, **ordered, alpha=alpha, only_level=True)
            decided.append(
                ((whole.pvalue <= alpha), (quick.pvalue <= alpha), whole.pvalue / alpha)
            )
    whole, quick, ratio = map(np.array, zip(*decided, strict=True))
    assert 100 < whole.sum() < 500
    # A rough variance decides far from the level only.
    apart = whole != quick
    assert not (quick & ~whole).any()
    assert apart.sum() <= 3
    assert (ratio[apart] > 0.2).all()


@pytest.mark.parametrize("strata", [1, 3, 40])
def test_scores_of_many_columns_are_those_of_few(strata, monkeypatch):
    """By way of the strata, of which some say nothing, and of empty levels."""
    rng = np.random.default_rng(strata)
    tables = rng.poisson(0.3, (strata + 2, 4, 90))
    tables[0, 1:] = 0
    tables[-1] = 0
    tables[:, :, 7] = 0
    tables[2:, :, :30] = 0
    found, drawn = [], []
    for most in (1000, 64):
        monkeypatch.setattr(many, "MANY", most)
        trend = trend_of(tables, (True, False))
        draw, observed = trend.draws(0, Kept())
        found.append((trend.statistic, trend.df, observed))
        drawn.append(draw(50))
    assert_allclose(*found, rtol=1e-9)
    assert_allclose(*drawn, rtol=1e-6)
    assert found[0][2] == pytest.approx(found[0][0] ** 0.5)


def test_where_only_the_level_matters_no_p_value_is_too_small():
    rng = np.random.default_rng(12)
    shown = []
    for _ in range(300):
        r, c = rng.integers(3, 12), rng.integers(2, 6)
        tables = rng.multinomial(80, np.full(r * c, 1 / (r * c))).reshape(1, r, c)
        whole = table_test(tables, **PLAIN, alpha=1e-3)
        quick = table_test(tables, **PLAIN, alpha=1e-3, only_level=True)
        shown.append((whole.pvalue, quick.pvalue))
    whole, quick = np.transpose(shown)
    # Beyond 100 times the level it is 1 once it is adjusted, or nearly.
    assert (quick >= np.minimum(0.99 * whole, 0.1)).all()
    between = whole < 0.05
    assert between.sum() > 5
    assert_allclose(quick[between], whole[between])
