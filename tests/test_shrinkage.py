"""Frequencies shrunk towards independence, against a naive twin."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from plain import PLAIN

from mifs import CMI, JMI, MIM, MISelector
from mifs._data.reading import read
from mifs.estimators import PlugIn

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.ChanceWarning")

WANTED = frozenset({"redundancy", "conditional_redundancy", "joint_entropy"})
SHRINKAGE = PlugIn(correction="shrinkage")


def shrunk(x, z, rows=None, weight=None):
    """I of the whole table of shrunk frequencies, cell by cell."""
    x, z = (np.unique(codes, return_inverse=True)[1] for codes in (x, z))
    table = np.zeros((x.max() + 1, z.max() + 1))
    np.add.at(table, (x, z), 1 if weight is None else weight)
    n = table.sum() if rows is None else rows
    p = table / table.sum()
    target = p.sum(axis=1, keepdims=True) * p.sum(axis=0)
    distance = ((target - p) ** 2).sum()
    if n <= 1 or distance < 1e-14:
        return 0.0
    lam = np.clip((1 - (p**2).sum()) / ((n - 1) * distance), 0, 1)
    p = lam * target + (1 - lam) * p
    return (p[p > 0] * np.log((p / target)[p > 0])).sum()


def within(x, z, y):
    parts = [y == level for level in np.unique(y)]
    return sum(part.mean() * shrunk(x[part], z[part]) for part in parts)


def coded(n, levels, seed=0):
    rng = np.random.default_rng(seed)
    raw = [rng.integers(0, m, n) for m in levels]
    X = np.column_stack([v * (v + 1) // m for v, m in zip(raw, levels, strict=True)])
    y = (X[:, 0] + rng.integers(0, 2, n)) % 3
    X[:, 1] = X[:, 0] // 2 + rng.integers(0, 2, n)
    return X, y


def terms_of(X, y, estimator=SHRINKAGE, **kwargs):
    return estimator.prepare(read(X, y, discrete_features=True, **kwargs))


# With 200 levels tables are too large to be laid out.
@pytest.mark.parametrize("levels", [(4, 9, 6, 2), (4, 9, 200, 300), (1, 3, 40, 2)])
@pytest.mark.parametrize("n", [25, 400])
def test_terms_are_those_of_the_whole_shrunk_table(n, levels):
    X, y = coded(n, levels)
    terms = terms_of(X, y)
    assert_allclose(terms.relevance, [shrunk(x, y) for x in X.T], rtol=1e-9, atol=1e-13)
    every = np.arange(4)
    for pick in every:
        z = X[:, pick]
        found = terms.pairwise(pick, every, WANTED)
        expected = [shrunk(x, z) for x in X.T]
        assert_allclose(found["redundancy"], expected, rtol=1e-9, atol=1e-13)
        expected = [within(x, z, y) for x in X.T]
        assert_allclose(
            found["conditional_redundancy"], expected, rtol=1e-9, atol=1e-13
        )
        alone = terms.pairwise(pick, every, frozenset({"redundancy"}))["redundancy"]
        assert_array_equal(found["redundancy"], alone)
        plain = terms_of(X, y, PLAIN).pairwise(pick, every, WANTED)
        assert_array_equal(found["joint_entropy"], plain["joint_entropy"])


def test_terms_are_between_nothing_and_what_was_observed():
    X, y = coded(60, (5, 20, 200, 3))
    X[:, 3] = X[:, 0]
    terms, plain = terms_of(X, y), terms_of(X, y, PLAIN)
    assert_array_equal(terms.entropy, plain.entropy)
    assert terms.target_entropy == plain.target_entropy
    assert_array_equal(terms.observed_relevance, plain.relevance)
    assert (terms.relevance >= 0).all()
    assert (terms.relevance <= plain.relevance + 1e-12).all()
    large, small = coded(40_000, (5, 20, 8, 3)), coded(40, (5, 20, 8, 3))
    for (X, y), least in ((large, 0.95), (small, 0)):
        share = terms_of(X, y).relevance[0] / terms_of(X, y, PLAIN).relevance[0]
        assert least <= share < 1


def test_noise_of_many_levels_is_shrunk_to_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 50, (500, 40)), rng.integers(0, 10, 500)
    assert terms_of(X, y, PLAIN).relevance.mean() > 0.4
    # Of a chance to be a little off, little is left.
    assert terms_of(X, y).relevance.mean() < 0.01


def test_nothing_depends_on_order_names_or_threads():
    X, y = coded(300, (4, 9, 200, 2))
    order = np.random.default_rng(0).permutation(300)
    first, other = terms_of(X, y), terms_of((X.max(axis=0) - X)[order], 2 - y[order])
    assert_array_equal(first.relevance, other.relevance)
    every = np.arange(4)
    one, two = (terms.pairwise(2, every, WANTED) for terms in (first, other))
    for name in WANTED:
        assert_array_equal(one[name], two[name])
    X, y = coded(300, (4, 9, 6, 2))
    paths = [
        JMI(3, mi_estimator=SHRINKAGE, discrete_features=True, n_jobs=n).fit(X, y).path_
        for n in (1, 2)
    ]
    assert paths[0].equals(paths[1])


def test_whole_weights_are_rows_and_others_count_as_effective_rows():
    X, y = coded(200, (4, 9, 6, 12))
    rng = np.random.default_rng(0)
    times, weight = rng.integers(1, 4, 200), rng.exponential(size=200)

    def relevance(X, y, weight=None):
        chosen = MIM(1, mi_estimator=SHRINKAGE, discrete_features=True)
        return chosen.fit(X, y, sample_weight=weight).relevance_

    repeated = relevance(np.repeat(X, times, axis=0), np.repeat(y, times))
    assert_array_equal(relevance(X, y, times), repeated)
    rows = weight.sum() ** 2 / (weight**2).sum()
    expected = [shrunk(x, y, rows, weight) for x in X.T]
    for scale in (1, 1000):
        assert_allclose(relevance(X, y, scale * weight), expected, rtol=1e-6)


@pytest.mark.parametrize("criterion", ["mim", "mrmr", "jmi", "cmim", "disr", "njmim"])
def test_selectors_take_it(criterion):
    X, _ = coded(300, (4, 9, 6, 2))
    y = (X[:, 0] > 1) + 1 * (X[:, 2] > 2)
    chosen = MISelector(criterion, 2, mi_estimator=SHRINKAGE, discrete_features=True)
    assert set(chosen.fit(X, y).selected_indices_) == {0, 2}


def test_what_it_cannot_do_is_refused_by_name():
    X, y = coded(50, (4, 9, 6, 2))
    with pytest.raises(
        ValueError, match=r"joint_counts, which PlugIn\(correction='shri"
    ):
        CMI(2, mi_estimator=SHRINKAGE).fit(X, y)
    with pytest.raises(ValueError, match="counts all rows, and missing='pairwise'"):
        JMI(2, mi_estimator=PlugIn(correction="shrinkage", missing="pairwise")).fit(
            X, y
        )
    sparse = pytest.importorskip("scipy.sparse").csr_array(X)
    with pytest.raises(ValueError, match=r"PlugIn\(correction='shrinkage'\) cannot"):
        JMI(2, mi_estimator=SHRINKAGE).fit(sparse, y)
