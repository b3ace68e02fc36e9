"""Clusters far apart: what ranks cost given a condition (docs/knn.md, Units)."""

from __future__ import annotations

import numpy as np
import pytest

from mifs.estimators import KNN
from mifs.measures import conditional_mutual_information as cmi
from mifs.measures import mutual_information as mi

SEEDS = range(16)


def clusters(seed, continuous, n=200, apart=2.0):
    """X, Y, an irrelevant Z, and I(X;Y|Z), the entropy of the sample's clusters."""
    rng = np.random.default_rng(seed)
    cluster = rng.random(n) < 0.5
    x, y = apart * cluster + rng.random((2, n))
    shares = np.bincount(cluster) / n
    truth = -(shares * np.log(shares)).sum()
    return x, y if continuous else cluster, rng.normal(size=n), truth


def errors(scale, continuous, apart=2.0):
    samples = [clusters(seed, continuous, apart=apart) for seed in SEEDS]
    estimator = KNN(scale=scale)
    found = [cmi(x, y, z, estimator=estimator) - truth for x, y, z, truth in samples]
    return np.array(found)


def mean_and_its_error(values):
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values))


# Measured over 300 samples of 200 rows, to 0.002 nats.
@pytest.mark.parametrize(("continuous", "expected"), [(False, -0.065), (True, -0.192)])
def test_ranks_of_clusters_give_too_little_given_a_condition(continuous, expected):
    mean, error = mean_and_its_error(errors("rank", continuous))
    assert abs(mean - expected) < 4 * error
    assert mean < -4 * error


@pytest.mark.parametrize("continuous", [False, True])
def test_standardised_clusters_have_no_such_bias(continuous):
    mean, error = mean_and_its_error(errors("standardize", continuous))
    assert abs(mean) < 4 * error
    assert error < 0.02


@pytest.mark.parametrize("continuous", [False, True])
def test_the_seam_is_the_cause_whatever_the_scale(continuous):
    touching = errors("standardize", continuous, apart=1.0)
    mean, error = mean_and_its_error(touching)
    assert mean < -4 * error
    far, near = (errors("rank", continuous, apart=apart) for apart in (50.0, 1.0))
    np.testing.assert_array_equal(far, near)


@pytest.mark.parametrize("scale", ["rank", "standardize"])
def test_without_a_condition_the_scale_matters_little(scale):
    estimator = KNN(scale=scale)
    for seed in SEEDS:
        x, cluster, _, truth = clusters(seed, continuous=False)
        assert abs(mi(x, cluster, estimator=estimator) - truth) < 0.01
