"""Correction for chance: means under permutation against enumeration and others."""

from itertools import product
from math import comb, log

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from plain import PLAIN
from scipy.stats import random_table
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from mifs import MIM, _kernels
from mifs._data.reading import read
from mifs.estimators import PlugIn
from mifs.estimators.plugin.chance import Margins

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.ChanceWarning")

WANTED = frozenset({"redundancy", "conditional_redundancy"})


def mean_by_enumeration(rows, columns):
    """E[I] over all tables with these margins, by their probabilities, nats."""
    n, total = sum(rows), 0.0
    for a, b in product(rows, columns):
        for t in range(max(1, a + b - n), min(a, b) + 1):
            p = comb(b, t) * comb(n - b, a - t) / comb(n, a)
            total += p * t / n * log(n * t / (a * b))
    return total


def kernel_mean(rows, columns):
    n = int(np.sum(rows))
    rows, columns = np.asarray(rows, float), np.asarray(columns, float)
    return _kernels.chance.table_excess(rows, columns, n) / n


def margin(codes):
    return np.unique(codes, return_counts=True)[1]


def mean_of(x, z, within=None):
    """E[I(X;Z)] of two codes, permuted within strata."""
    if within is None:
        return kernel_mean(margin(x), margin(z))
    parts = [within == stratum for stratum in np.unique(within)]
    return sum(part.mean() * mean_of(x[part], z[part]) for part in parts)


def g_of(tables):
    """G = 2nI of tables of one pair of margins."""
    tables = np.asarray(tables, float)

    def plogp(counts):
        return counts * np.log(np.maximum(counts, 1))

    n = tables[0].sum()
    cells = plogp(tables).sum((1, 2))
    margins = sum(plogp(tables[0].sum(axis)).sum() for axis in (0, 1))
    return 2 * (cells - margins + plogp(n))


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ((1, 1), (1, 1)),
        ((2, 3), (4, 1)),
        ((5, 1, 1), (3, 4)),
        ((7,), (3, 4)),
        ((6, 6, 6), (1, 8, 9)),
        ((30, 20, 1), (25, 26)),
        ((1,) * 9, (3, 3, 3)),
        ((600, 200), (500, 300)),
    ],
)
def test_mean_is_that_of_all_tables_with_the_margins(rows, columns):
    expected = mean_by_enumeration(rows, columns)
    assert kernel_mean(rows, columns) == pytest.approx(expected, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("seed", range(20))
def test_mean_is_that_of_the_adjusted_mutual_information_score(seed):
    rng = np.random.default_rng(seed)
    n = int(10 ** rng.uniform(1, 4.7))
    labels = []
    for _ in range(2):
        levels = 2 + int(min(n, 10 ** rng.uniform(0, 2.3)))
        labels.append(rng.choice(levels, n, p=rng.dirichlet(np.full(levels, 0.5))))
    x, z = labels
    expected = expected_mutual_information(contingency_matrix(x, z, sparse=True), n)
    assert mean_of(x, z) == pytest.approx(expected, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize(
    ("rows", "columns", "low", "high"),
    [
        ((25, 25), (10,) * 5, 0.93, 1.07),
        ((5,) * 10, (25, 25), 0.93, 1.07),
        ((5,) * 10, (5,) * 10, 0.93, 1.07),
        ((50, 150), (20,) * 10, 0.93, 1.07),
        ((2,) * 100, (100, 100), 0.93, 1.07),
        ((4,) * 50, (20,) * 10, 0.93, 1.07),
        ((200,) * 10, (200,) * 10, 0.93, 1.07),
        ((3,) * 300, (450, 450), 0.93, 1.07),
        ((500, 300, 150, 50), (900, 100), 0.93, 1.13),
    ],
)
def test_variance_is_that_of_simulated_tables(rows, columns, low, high):
    rows, columns = np.array(rows), np.array(columns)
    simulated = g_of(random_table(rows, columns, seed=0).rvs(4000)).var()
    ratio = _kernels.moments.spread(rows, columns, int(rows.sum())) / simulated
    assert low < ratio < high


def coded(n, p, seed=0, most=12):
    rng = np.random.default_rng(seed)
    levels = rng.integers(2, most, p)
    codes = np.column_stack([rng.integers(0, m, n) ** 2 // m for m in levels])
    return codes, rng.integers(0, 3, n)


def both(X, y, correction="permutation", **kwargs):
    table = read(X, y, discrete_features=True, **kwargs)
    return PLAIN.prepare(table), PlugIn(correction=correction).prepare(table)


@pytest.mark.parametrize("n", [30, 400, 6000])
def test_terms_lose_their_mean_under_permutation(n):
    X, y = coded(n, 7, most=60)
    plain, corrected = both(X, y)
    expected = [mean_of(x, y) for x in X.T]
    assert_allclose(plain.relevance - corrected.relevance, expected, rtol=1e-6)
    assert_array_equal(corrected.observed_relevance, plain.relevance)
    every = np.arange(X.shape[1])
    before, after = (terms.pairwise(2, every, WANTED) for terms in (plain, corrected))
    for name, within in (("redundancy", None), ("conditional_redundancy", y)):
        expected = [mean_of(x, X[:, 2], within) for x in X.T]
        assert_allclose(before[name] - after[name], expected, rtol=1e-6)


def test_pairs_are_pairwise_terms_to_the_bit():
    X, y = coded(500, 8)
    for correction in ("permutation", "miller_madow"):
        _, corrected = both(X, y, correction)
        picks, candidates = np.random.default_rng(1).integers(0, 8, (2, 30))
        pairs = corrected.pairs(picks, candidates, WANTED)
        for place, (pick, column) in enumerate(zip(picks, candidates, strict=True)):
            one = corrected.pairwise(int(pick), np.array([column]), WANTED)
            assert all(one[name][0] == pairs[name][place] for name in WANTED)


def test_miller_madow_adds_half_of_the_occupied_cells_less_one_to_each_entropy():
    X, y = coded(60, 5)
    plain, corrected = both(X, y, "miller_madow")

    def occupied(*codes):
        return len(np.unique(np.column_stack(codes), axis=0))

    surplus = [occupied(x, y) - occupied(x) - occupied(y) + 1 for x in X.T]
    assert_allclose(
        plain.relevance - corrected.relevance, np.array(surplus) / 120, atol=1e-14
    )
    every = np.arange(5)
    before, after = (terms.pairwise(1, every, WANTED) for terms in (plain, corrected))
    z = X[:, 1]
    within = [
        occupied(x, z, y) - occupied(x, y) - occupied(z, y) + occupied(y) for x in X.T
    ]
    assert_allclose(
        before["conditional_redundancy"] - after["conditional_redundancy"],
        np.array(within) / 120,
        atol=1e-14,
    )


def test_joint_labels_lose_the_mean_of_what_the_candidate_adds():
    X, y = coded(300, 5)
    plain, corrected = both(X, y)
    every = np.arange(5)
    entropies = []
    for terms in (plain, corrected):
        label = terms.join(terms.join(None, 1), 3)
        pair, triple = terms.joint(label, every, by_class=True)
        alone, with_class = terms.pick_entropies(label)
        entropies.append((pair - triple) + (with_class - alone))
    s = X[:, 1] * 100 + X[:, 3]
    expected = [mean_of(x, s * 3 + y) - mean_of(x, s) for x in X.T]
    assert_allclose(entropies[0] - entropies[1], expected, rtol=1e-6)


def test_mean_does_not_depend_on_order_names_or_threads():
    X, y = coded(500, 6)
    _, corrected = both(X, y)
    renamed = X.max(axis=0) - X
    order = np.random.default_rng(0).permutation(500)
    _, other = both(renamed[order], 2 - y[order])
    assert_array_equal(corrected.relevance, other.relevance)
    every = np.arange(6)
    first, second = (t.pairwise(3, every, WANTED) for t in (corrected, other))
    for name in WANTED:
        assert_array_equal(first[name], second[name])


def test_whole_weights_are_repeated_rows_and_scaling_changes_nothing():
    X, y = coded(200, 4)
    rng = np.random.default_rng(0)
    times = rng.integers(1, 4, 200)

    def relevance(X, y, weight=None):
        estimator = PlugIn(correction="permutation")
        chosen = MIM(2, mi_estimator=estimator, discrete_features=True)
        return chosen.fit(X, y, sample_weight=weight).relevance_

    repeated = relevance(np.repeat(X, times, axis=0), np.repeat(y, times))
    assert_array_equal(relevance(X, y, times), repeated)
    weight = rng.exponential(size=200)
    assert_allclose(
        relevance(X, y, weight), relevance(X, y, 1000 * weight), rtol=1e-9, atol=1e-12
    )
    # Of fractional weights (Σw)²/Σw² rows are left, some half of them here.
    noise = rng.integers(0, 4, (200, 60))
    assert abs(relevance(noise, y, weight).mean()) < 0.006


@pytest.mark.parametrize("levels", [5, 400])
def test_pairs_of_present_values_lose_their_own_mean(levels):
    rng = np.random.default_rng(0)
    X = rng.integers(0, levels, (300, 4)).astype(float)
    X[rng.random(X.shape) < 0.2] = np.nan
    y = rng.integers(0, 3, 300)
    table = read(X, y, discrete_features=True)
    plain, corrected = (
        PlugIn(missing="pairwise", correction=correction).prepare(table)
        for correction in (None, "permutation")
    )
    there = ~np.isnan(X)
    expected = [mean_of(x[t], y[t]) for x, t in zip(X.T, there.T, strict=True)]
    assert_allclose(plain.relevance - corrected.relevance, expected, rtol=1e-6)
    every = np.arange(4)
    before, after = (terms.pairwise(2, every, WANTED) for terms in (plain, corrected))
    for name, given in (("redundancy", False), ("conditional_redundancy", True)):
        expected = []
        for j in every:
            rows = there[:, j] & there[:, 2]
            within = y[rows] if given else None
            expected.append(mean_of(X[rows, j], X[rows, 2], within))
        assert_allclose(before[name] - after[name], expected, rtol=1e-6)


def test_an_unknown_correction_is_refused_by_name():
    X, y = coded(30, 3)
    with pytest.raises(ValueError, match="correction='none' is unknown"):
        MIM(2, mi_estimator=PlugIn(correction="none")).fit(X, y)


@pytest.mark.parametrize("n", [200, 5000, 300_000])
def test_picks_are_interpolated_as_candidates_are(n):
    """Of a table, within 2e-6 of the mean, whichever side is the pick."""
    rng = np.random.default_rng(n)
    for _ in range(5):
        sides = [rng.multinomial(n, rng.dirichlet(np.ones(r))) for r in (3, 9)]
        starts = np.array([0, 3, 12])
        margins = Margins(np.concatenate(sides)[:, None], starts, 1.0, 2.0**40)
        exact = _kernels.chance.table_excess(*(m.astype(float) for m in sides), n)
        for pick, other in ((0, 1), (1, 0)):
            (found,) = margins.column(pick, np.array([other])) / 2.0**40
            (again,) = margins.pairs(np.array([pick]), np.array([other])) / 2.0**40
            assert found == again == pytest.approx(exact, rel=2e-6)
