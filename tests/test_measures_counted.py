"""Measures of discrete samples: known values, peers, twins, identities, weights."""

import itertools
import math

import numpy as np
import oracles_measures as twin
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy
from sklearn.metrics import mutual_info_score, normalized_mutual_info_score

from mifs import measures, probability
from mifs.estimators import PlugIn
from mifs.measures import (
    conditional_entropy,
    conditional_mutual_information,
    entropy,
    interaction_information,
    joint_entropy,
    mutual_information,
    normalized_mutual_information,
    pairwise_mutual_information,
    pointwise_mutual_information,
    total_correlation,
)

CLOSE = 1e-12
LIGHT = settings(max_examples=40, deadline=None)


def near(value):
    return pytest.approx(value, abs=CLOSE)


@st.composite
def codes(draw, n_variables):
    """Discrete variables of a few levels, some of which follow from others."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 60))
    m = draw(st.lists(st.integers(1, 5), min_size=n_variables, max_size=n_variables))
    variables = [rng.integers(0, size, n) for size in m]
    if n_variables > 1 and draw(st.booleans()):
        variables[-1] = (variables[0] + variables[-1]) % 3
    return [np.array(list("abcdef"))[v] for v in variables]


def of_counts(*counts):
    return np.repeat(np.arange(len(counts)), counts).astype(str)


def test_coins_and_dice():
    assert entropy(of_counts(1, 1), base=2) == 1.0
    assert entropy(of_counts(1, 3), base=2) == pytest.approx(0.8112781244591328)
    assert entropy(of_counts(4, 2, 1, 1), base=2) == 1.75
    assert entropy(of_counts(7)) == 0.0


def test_units():
    x = of_counts(1, 2, 4)
    nats = entropy(x)
    assert entropy(x, base=2) == nats / math.log(2)
    assert entropy(x, base=10) == nats / math.log(10)


@pytest.mark.every_way
def test_joint_table_of_the_probability_page():
    joint = np.array([[4, 2], [3, 11]])
    x, y = np.repeat([list("aabb"), list("cdcd")], joint.ravel(), axis=1)
    told = {"normalize": True}
    assert joint_entropy(x, y) == near(probability.joint_entropy(joint, **told))
    assert conditional_entropy(y, x) == near(
        probability.conditional_entropy(joint, 0, **told)
    )
    assert normalized_mutual_information(x, y, "max") == near(
        probability.normalized_mutual_information(joint, "max", **told)
    )


@given(codes(2))
@LIGHT
def test_peers(variables):
    x, y = variables
    counts = np.unique(x, return_counts=True)[1]
    assert entropy(x) == near(scipy_entropy(counts))
    assert total_correlation(x, y) == near(mutual_info_score(x, y))
    assert pointwise_mutual_information(x, y).mean() == near(mutual_info_score(x, y))
    for name in ("arithmetic", "geometric", "min", "max"):
        theirs = normalized_mutual_info_score(x, y, average_method=name)
        assert normalized_mutual_information(x, y, name) == near(theirs)


@given(codes(3), st.integers(0, 2**32 - 1))
@LIGHT
def test_twins(variables, seed):
    x, y, z = variables
    w = np.random.default_rng(seed).integers(0, 3, len(x)) + 0.5
    for weight in (None, w):
        told = {"sample_weight": weight}
        assert entropy(x, **told) == near(twin.entropy(x, weight))
        assert joint_entropy(x, y, z, **told) == near(
            twin.joint_entropy(x, y, z, weight=weight)
        )
        left = twin.joint_entropy(x, y, weight=weight) - twin.entropy(y, weight)
        assert conditional_entropy(x, y, **told) == near(left)
        shared = twin.mutual_information(x, y, weight)
        assert total_correlation(x, y, **told) == near(shared)
        given_z = twin.conditional_mutual_information(x, y, z, weight)
        assert interaction_information(x, y, z, **told) == near(given_z - shared)
    assert pointwise_mutual_information(x, y) == near(twin.pointwise(x, y))


@given(codes(3))
@LIGHT
def test_identities(variables):
    x, y, z = variables
    h_x, h_y, h_xy = entropy(x), entropy(y), joint_entropy(x, y)
    y_left = conditional_entropy(y, x)
    assert h_xy == near(h_x + y_left)
    assert h_xy == near(entropy(np.column_stack([y, x])))
    assert 0 <= y_left <= h_y + CLOSE
    assert conditional_entropy(x, np.column_stack([x, y])) == 0
    shared = total_correlation(x, y)
    assert shared == near(mutual_information(x, y))
    assert -CLOSE <= shared <= min(h_x, h_y) + CLOSE
    assert shared == near(h_y - y_left)
    whole = total_correlation(x, y, z)
    assert whole == near(shared + mutual_information(np.column_stack([x, y]), z))
    assert whole == near(h_x + h_y + entropy(z) - joint_entropy(x, y, z))
    values = [
        interaction_information(*order) for order in itertools.permutations(variables)
    ]
    assert np.ptp(values) < CLOSE
    given_z = conditional_mutual_information(x, y, z)
    assert values[0] == near(given_z - mutual_information(x, y))


@given(codes(2))
@LIGHT
def test_data_processing_and_names(variables):
    x, y = variables
    coarse = np.where(x < "c", "low", "high")
    assert mutual_information(coarse, y) <= mutual_information(x, y) + CLOSE
    assert entropy(coarse) <= entropy(x) + CLOSE
    named = np.array([{"a": 7, "b": -1, "c": 3, "d": 0, "e": 99}[v] for v in x])
    for measure in (joint_entropy, total_correlation):
        assert measure(named, y, discrete=True) == measure(x, y)
    order = np.random.default_rng(len(x)).permutation(len(x))
    assert entropy(x[order]) == entropy(x)
    assert conditional_entropy(x[order], y[order]) == conditional_entropy(x, y)
    assert total_correlation(x[order], y[order]) == total_correlation(x, y)


@given(codes(2), st.integers(0, 2**32 - 1))
@LIGHT
def test_weights_are_repeated_rows(variables, seed):
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 4, len(variables[0]))
    weight[0] = 2
    number = rng.normal(size=len(weight)).round(1)
    rare = np.repeat(number, weight)
    x, y = variables
    many = [np.repeat(v, weight) for v in variables]
    told = {"sample_weight": weight}
    assert entropy(x, **told) == near(entropy(many[0]))
    assert conditional_entropy(x, y, **told) == near(conditional_entropy(*many))
    assert normalized_mutual_information(x, y, **told) == near(
        normalized_mutual_information(*many)
    )
    pointwise = pointwise_mutual_information(x, y, **told)
    assert np.repeat(pointwise, weight) == near(pointwise_mutual_information(*many))
    for binning in ("quantile", "uniform"):
        plug_in = PlugIn(4, binning)
        kind = {"estimator": plug_in, "discrete_x": False}
        assert entropy(number, **told, **kind) == near(entropy(rare, **kind))


def test_limits_of_the_normalised_information():
    constant, varied = ["a"] * 4, list("abab")
    assert normalized_mutual_information(constant, constant) == 1.0
    assert normalized_mutual_information(constant, varied) == 0.0
    assert normalized_mutual_information(varied, varied, "geometric") == near(1.0)


def test_histogram_of_a_noisy_uniform():
    rng = np.random.default_rng(0)
    x = rng.uniform(size=1000)
    y = x + rng.normal(0, 0.1, 1000)
    cut = PlugIn(n_bins=30, binning="uniform")
    bits = total_correlation(x, y, estimator=cut, base=2)
    assert bits == pytest.approx(1.75, abs=0.1)
    table = np.histogram2d(x, y, bins=30)[0]
    exact = probability.mutual_information(table, base=2, normalize=True)
    assert bits == pytest.approx(exact, abs=0.02)  # edges are closed on the other side
    matrix = pairwise_mutual_information(np.c_[x, y], estimator=cut, base=2)
    assert matrix[0, 1] == near(bits)
    assert normalized_mutual_information(x, y, "min", estimator=cut) == near(
        bits / min(np.diag(matrix))
    )


def test_frames_of_mixed_columns():
    frame = pd.DataFrame(
        {
            "b": [True, False, True, True],
            "c": pd.Categorical(list("xyxz")),
            "s": list("uuvv"),
        }
    )
    assert entropy(frame) == near(twin.entropy(frame.to_numpy()))
    assert total_correlation(frame) == near(
        sum(entropy(frame[name]) for name in frame) - entropy(frame)
    )


def test_columns_keep_their_kinds_in_lists_and_in_other_frames():
    polars = pytest.importorskip("polars")
    numbers, words = [0.5, 1.5, 2.25, 4.0], list("aabb")
    frame = pd.DataFrame({"n": numbers, "w": words})
    rows = [list(row) for row in zip(numbers, words, strict=True)]
    for same in (rows, polars.DataFrame({"n": numbers, "w": words})):
        assert entropy(same) == entropy(frame)
        assert total_correlation(same) == total_correlation(frame)
        pairs = pairwise_mutual_information(same)
        assert (
            np.asarray(pairs) == pairwise_mutual_information(frame).to_numpy()
        ).all()
    assert entropy(polars.Series(numbers)) == entropy(numbers)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: entropy([1.5, np.nan]), "1 of 2 values of x are missing"),
        (lambda: entropy([0, 1], base=1), "base=1"),
        (lambda: entropy([0, 1], estimator="magic"), "magic"),
        (lambda: entropy([0, 1], sample_weight=[1]), r"must be \(2,\)"),
        (lambda: entropy([0, 1], sample_weight=[1, -1]), r"sample_weight\[1\] is -1"),
        (lambda: entropy([0, 1], sample_weight=[0, 0]), "0 everywhere"),
        (lambda: entropy([0.1, 1.5], sample_weight=[1, 2]), "KNN has no sample wei"),
        (lambda: joint_entropy([0, 1], [0, 1, 1]), r"rows; the numbers must be equal"),
        (lambda: joint_entropy(), "no variable"),
        (lambda: total_correlation([0], [1], discrete=[True]), "1 entries for 2"),
        (lambda: total_correlation([[0, 1]], discrete=[True]), "mask of 1 entries"),
        (
            lambda: normalized_mutual_information([0, 1], [0, 1], "mean"),
            "normalizer='mean'",
        ),
        (
            lambda: entropy([0.5, 1.5], estimator=PlugIn(edges={0: [1.0]})),
            "digitize",
        ),
        (
            lambda: entropy([0.5, 1.5], estimator=PlugIn(binning="mdlp")),
            "binning='mdlp'",
        ),
        (
            lambda: pairwise_mutual_information(
                [[0.5], [1.5]], estimator=PlugIn(binning="mdlp")
            ),
            "mdlp' is none of quantile",
        ),
        (lambda: pairwise_mutual_information([1, 2]), r"shape \(2,\)"),
        (lambda: pairwise_mutual_information([[1, 2]]), "at least two rows"),
    ],
)
def test_errors_say_what_and_how(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_no_differential_entropy_where_it_bounds_nothing():
    x = np.random.default_rng(0).normal(size=20)
    with pytest.raises(
        TypeError, match=r"does not count continuous.*estimator='plugin'"
    ):
        normalized_mutual_information(x, x, estimator="knn")
    binned = normalized_mutual_information(x, x, estimator=PlugIn(3))
    assert binned == near(1.0)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_matrix_of_pairs(n_jobs):
    rng = np.random.default_rng(1)
    X = rng.integers(0, [2, 3, 4, 1, 30], (50, 5))
    X[:, 1] = (X[:, 0] + X[:, 1]) % 3
    matrix = pairwise_mutual_information(X, discrete=True, base=2, n_jobs=n_jobs)
    for i, j in itertools.product(range(5), repeat=2):
        direct = twin.mutual_information(X[:, i], X[:, j]) / math.log(2)
        assert matrix[i, j] == near(direct)
    assert (matrix == matrix.T).all()


def test_matrix_of_a_frame_with_names_and_missing_values():
    frame = pd.DataFrame({"a": list("xxyy"), "b": [0.5, np.nan, 2.5, np.nan]})
    matrix = pairwise_mutual_information(frame, discrete=["a", "b"], base=2)
    assert matrix.to_numpy() == near(np.array([[1, 0.5], [0.5, 1.5]]))
    assert list(matrix.index) == list(matrix.columns) == ["a", "b"]


def test_every_name_is_exported():
    for name in measures.__all__:
        assert getattr(measures, name).__doc__
