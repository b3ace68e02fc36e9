"""Columns far from 0, and columns with rounding errors, for the k-NN estimators."""

from __future__ import annotations

import numpy as np
import pytest

from mifs import MIM
from mifs.estimators import KNN
from mifs.estimators.knn.sorted import read_column
from mifs.measures import (
    conditional_entropy,
    conditional_mutual_information,
    entropy,
    mutual_information,
    pointwise_mutual_information,
    total_correlation,
)

SCALES = ["standardize", "rank"]
OFFSETS = [1e10, -1e12, 1e14, -1e14, 2.0**53, 1e15]


def draw(seed, offset, n=400):
    """A column far from 0, the same column less its origin, and two others."""
    rng = np.random.default_rng(seed)
    far = rng.normal(size=n) * (1 if abs(offset) < 1e15 else 50) + offset
    near = far - offset
    return far, near, near + 0.5 * rng.normal(size=n), (near > near.mean()).astype(int)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("offset", OFFSETS)
def test_an_offset_changes_nothing(offset, scale):
    """Differences of the values are exact, so that only their ties may be left."""
    far, near, other, classes = draw(0, offset)
    options = {"estimator": KNN(3, scale), "discrete_x": False}
    for rest in ((other,), (classes,), (other, classes), (classes, other)):
        measure = [mutual_information, conditional_mutual_information][len(rest) - 1]
        expected = measure(near, *rest, **options)
        assert measure(far, *rest, **options) == pytest.approx(expected, abs=1e-12)
    given = conditional_mutual_information(other, classes, far, discrete_z=False)
    expected = conditional_mutual_information(other, classes, near, discrete_z=False)
    assert given == pytest.approx(expected, abs=1e-12)
    found = pointwise_mutual_information(far, other, **options)
    expected = pointwise_mutual_information(near, other, **options)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("offset", OFFSETS)
def test_entropies_do_not_change_by_an_offset(offset):
    far, near, other, classes = draw(1, offset)
    assert entropy(far) == pytest.approx(entropy(near), abs=1e-10)
    both = entropy(np.column_stack([near, other]))
    assert entropy(np.column_stack([far, other])) == pytest.approx(both, abs=1e-10)
    given = conditional_entropy(near, classes)
    assert conditional_entropy(far, classes) == pytest.approx(given, abs=1e-10)
    shared = total_correlation(near, other, classes)
    assert total_correlation(far, other, classes) == pytest.approx(shared, abs=1e-12)


@pytest.mark.parametrize("offset", [1e14, -1e14, 2.0**50, 2.0**54])
@pytest.mark.parametrize("scale", SCALES)
def test_selectors_see_columns_far_from_0(offset, scale):
    k = 4.0 * np.random.default_rng(0).integers(0, 1000, 2000)
    z = (k // 200 % 2).astype(int)
    near, far = (
        MIM(1, mi_estimator=KNN(3, scale)).fit((origin + k)[:, None], z).relevance_
        for origin in (0.0, offset)
    )
    assert far == pytest.approx(near, abs=1e-12)
    assert near > 0.5


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("offset", [2.0**50, 2.0**53, -(2.0**53)])
def test_whole_numbers_next_to_each_other_are_different(offset, scale):
    levels = offset + 2.0 * (np.arange(200) % 2)
    assert np.ptp(read_column(levels, scale).ordered) > 0
    classes = (levels > levels.min()).astype(int)
    estimator = KNN(3, scale)
    found = mutual_information(levels, classes, estimator=estimator, discrete_x=False)
    assert found == pytest.approx(np.log(2), abs=0.01)


def rounded_twice(seed, n=300):
    """Decimals, and the same computed in another way: some differ in their last bit."""
    rng = np.random.default_rng(seed)
    tenths = rng.integers(0, 40, n)
    other = np.where(rng.random(n) < 0.5, tenths * 0.1, tenths / 10)
    assert (other != tenths / 10).any()
    return tenths / 10, other, rng


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", range(3))
def test_rounding_errors_are_ties(seed, scale):
    decimals, twice, rng = rounded_twice(seed)
    classes = (decimals + rng.normal(size=300) > 2).astype(int)
    estimator = KNN(3, scale)
    for y in (classes, decimals + rng.normal(size=300)):
        expected = mutual_information(decimals, y, estimator=estimator)
        found = mutual_information(twice, y, estimator=estimator)
        assert found == pytest.approx(expected, abs=1e-12)
    expected = read_column(decimals, scale).ordered
    assert len(np.unique(read_column(twice, scale).ordered)) == len(np.unique(expected))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("width", [1e-10, 1e-13, 1e-15])
def test_values_of_a_fine_cluster_stay_apart(width, scale):
    """Gaps from one rounding error upwards: none of them can be told to be one."""
    rng = np.random.default_rng(0)
    values = 1 + width * rng.normal(size=500)
    column = read_column(values, scale)
    order = np.argsort(values, kind="stable")
    assert (column.rows == order).all()
    assert ((np.diff(column.ordered) > 0) == (np.diff(values[order]) > 0)).all()
    gaps = np.diff(column.ordered)
    assert column.tol < gaps[gaps > 0].min()
