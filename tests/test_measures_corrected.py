"""Measures of samples, corrected for chance."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from mifs import measures
from mifs._data.reading import read
from mifs._data.weights import to_units
from mifs.estimators import PlugIn
from mifs.measures import (
    conditional_mutual_information,
    mutual_information,
    normalized_mutual_information,
)

CORRECTIONS = ["permutation", "miller_madow", "shrinkage"]
every_correction = pytest.mark.parametrize("correction", CORRECTIONS)


def coded(n=200, seed=0):
    rng = np.random.default_rng(seed)
    x, z = rng.integers(0, 5, n), rng.integers(0, 3, n)
    return x, (x + rng.integers(0, 8, n)) % 9, z


def test_the_default_is_not_corrected():
    x, y, z = coded()
    for measure, given in (
        (mutual_information, (x, y)),
        (conditional_mutual_information, (x, y, z)),
    ):
        plain = measure(*given)
        assert measure(*given, correction=None) == plain
        # An estimator's own correction is for selectors.
        assert measure(*given, estimator=PlugIn(correction="permutation")) == plain
        for correction in CORRECTIONS:
            assert measure(*given, correction=correction) < plain


def test_pairs_of_columns_are_not_corrected():
    X = np.column_stack(coded())
    for given in (None, X[:, 0]):
        plain = measures.pairwise_mutual_information(X, given=given)
        corrected = measures.pairwise_mutual_information(
            X, given=given, estimator=PlugIn(correction="permutation")
        )
        np.testing.assert_array_equal(plain, corrected)


@every_correction
@pytest.mark.parametrize("weighted", [None, "whole", "fractional"])
def test_measures_are_the_terms_of_a_table(correction, weighted):
    x, y, z = coded()
    rng = np.random.default_rng(1)
    weight = {
        None: None,
        "whole": rng.integers(1, 5, 200),
        "fractional": rng.exponential(size=200),
    }[weighted]
    X = np.column_stack([x, y])
    weights = None if weight is None else to_units(weight.astype(float))
    table = read(X, z, discrete_features=True, weights=weights)
    terms = PlugIn(correction=correction).prepare(table)
    wanted = frozenset({"redundancy", "conditional_redundancy"})
    expected = terms.pairwise(1, np.array([0]), wanted)
    options = {"correction": correction, "sample_weight": weight}
    assert_allclose(
        mutual_information(x, y, **options), expected["redundancy"][0], rtol=2e-6
    )
    assert_allclose(
        conditional_mutual_information(x, y, z, **options),
        expected["conditional_redundancy"][0],
        rtol=2e-6,
    )
    assert_allclose(mutual_information(x, z, **options), terms.relevance[0], rtol=2e-6)


@every_correction
def test_nothing_depends_on_rows_names_weights_of_none_or_base(correction):
    x, y, z = coded()
    options = {"correction": correction}
    found = conditional_mutual_information(x, y, z, **options)
    order = np.random.default_rng(0).permutation(200)
    labels = np.array(list("kebacdfgh"))
    assert found == conditional_mutual_information(
        labels[x[order]], -y[order], labels[z[order]], **options
    )
    none = np.r_[np.ones(200), np.zeros(3)]
    more = [np.r_[codes, [0, 3, 2]] for codes in (x, y, z)]
    weighted = conditional_mutual_information(*more, sample_weight=none, **options)
    assert weighted == pytest.approx(found, rel=1e-12)
    bits = conditional_mutual_information(x, y, z, base=2, **options)
    assert bits == pytest.approx(found / np.log(2))


@every_correction
def test_noise_and_constants_tell_nothing(correction):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 20, (2, 60, 300))
    pairs = list(zip(x, y, strict=True))
    told = [mutual_information(*pair, correction=correction) for pair in pairs]
    plain = [mutual_information(*pair) for pair in pairs]
    assert np.mean(plain) > 0.5
    # Miller's half of the occupied cells is too little where most are empty.
    assert abs(np.mean(told)) < {"miller_madow": 0.45}.get(correction, 0.01)
    constant = np.zeros(300, int)
    key = [str(i) for i in range(300)]
    for z in (constant, key, x[1]):
        assert mutual_information(constant, z, correction=correction) == 0
        assert conditional_mutual_information(
            x[0], y[0], key, correction=correction
        ) == pytest.approx(0, abs=1e-12)


def test_of_two_keys_permutations_tell_as_much():
    key = [str(i) for i in range(50)]
    found = mutual_information(key, key[::-1], correction="permutation")
    assert found == pytest.approx(0, abs=1e-12)
    x, y, _ = coded()
    table = contingency_matrix(x, y, sparse=True)
    expected = mutual_information(x, y) - expected_mutual_information(table, 200)
    found = mutual_information(x, y, correction="permutation")
    assert found == pytest.approx(expected, rel=1e-6)


def test_continuous_columns_are_corrected_where_they_are_binned():
    x, y = np.random.default_rng(0).normal(size=(2, 400))
    binned = {"estimator": "plugin"}
    assert mutual_information(x, y, **binned) > 0.04
    assert abs(mutual_information(x, y, correction="permutation", **binned)) < 0.02
    message = "KNN counts none: use estimator='plugin', which bins"
    with pytest.raises(ValueError, match=message):
        mutual_information(x, y, correction="permutation")
    with pytest.raises(ValueError, match=message):
        conditional_mutual_information(x, y, y > 0, correction="shrinkage")


def test_an_unknown_correction_is_refused():
    x, y, z = coded()
    message = "correction='jackknife' is unknown; known: 'permutation', 'miller_madow'"
    with pytest.raises(ValueError, match=message):
        mutual_information(x, y, correction="jackknife")
    with pytest.raises(ValueError, match=message):
        conditional_mutual_information(x, y, z, correction="jackknife")


@pytest.mark.parametrize("normalizer", ["arithmetic", "geometric", "min", "max"])
@pytest.mark.parametrize("seed", range(4))
def test_adjusted_is_that_of_scikit_learn(normalizer, seed):
    rng = np.random.default_rng(seed)
    n = int(10 ** rng.uniform(1, 3))
    x = rng.integers(0, 1 + n // 4, n)
    for y in (x, x // 2, rng.integers(0, 7, n), np.arange(n), np.zeros(n, int)):
        found = normalized_mutual_information(
            x, y, normalizer, adjusted=True, discrete_x=True, discrete_y=True
        )
        expected = adjusted_mutual_info_score(x, y, average_method=normalizer)
        # Theirs is 1e-16 / 1e-16 where a key leaves no room above chance.
        if normalizer != "min" or len(np.unique(y)) < n:
            assert found == pytest.approx(expected, abs=1e-6)


def test_adjusted_in_limits_and_weights():
    key, one = [str(i) for i in range(30)], ["a"] * 30
    adjusted = {"adjusted": True}
    assert normalized_mutual_information(key, key[::-1], **adjusted) == 1
    assert normalized_mutual_information(one, one, **adjusted) == 1
    assert normalized_mutual_information(one, key, **adjusted) == 0
    x, y, _ = coded()
    times = np.random.default_rng(0).integers(1, 4, 200)
    repeated = normalized_mutual_information(
        np.repeat(x, times), np.repeat(y, times), **adjusted
    )
    weighted = normalized_mutual_information(x, y, sample_weight=times, **adjusted)
    assert weighted == pytest.approx(repeated, rel=1e-12)
    fractional = np.random.default_rng(0).exponential(size=200)
    one, thousand = (
        measures.normalized_mutual_information(
            x, y, sample_weight=scale * fractional, **adjusted
        )
        for scale in (1, 1000)
    )
    assert one == pytest.approx(thousand, rel=1e-9)
