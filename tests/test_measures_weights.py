"""Weights of samples, parameters of estimators, and measures of several variables."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from mifs import JMI, MIM
from mifs import measures as M
from mifs.estimators import KNN, GaussianCopula, PlugIn
from mifs.probability import dual_total_correlation as of_table

RNG = np.random.default_rng(0)
N = 120
TIMES = RNG.integers(0, 4, N)
X = RNG.normal(size=(N, 3)) + RNG.normal(size=(N, 1))
D = np.digitize(X, [-0.5, 0.7])
ESTIMATORS = [PlugIn(), KNN(), GaussianCopula()]


@pytest.mark.parametrize("factor", [1, 3])
@pytest.mark.parametrize("data", [X, D], ids=["continuous", "discrete"])
@pytest.mark.parametrize("estimator", [PlugIn(), GaussianCopula()])
def test_whole_weights_are_repeated_rows(estimator, data, factor):
    repeated = np.repeat(data, TIMES, axis=0)
    options = {"estimator": estimator, "sample_weight": TIMES * factor}
    if isinstance(estimator, PlugIn):
        options["sample_weight"] = TIMES
    discrete = {"discrete_x": data is D, "discrete_y": data is D}
    again = {"estimator": estimator, **discrete}
    found = M.mutual_information(*data.T[:2], **options, **discrete)
    expected = M.mutual_information(*repeated.T[:2], **again)
    assert found == pytest.approx(expected, abs=1e-12)
    discrete["discrete_z"] = again["discrete_z"] = data is D
    found = M.conditional_mutual_information(*data.T, **options, **discrete)
    expected = M.conditional_mutual_information(*repeated.T, **again)
    assert found == pytest.approx(expected, abs=1e-12)
    kinds = {"discrete": data is D}
    for known in (None, "third"):
        columns = slice(None, 2) if known else slice(None)
        given, given_again = (
            ({"given": part[:, 2]} if known else {}) for part in (data, repeated)
        )
        found = M.pairwise_mutual_information(
            data[:, columns], **options, **kinds, **given
        )
        expected = M.pairwise_mutual_information(
            repeated[:, columns], estimator=estimator, **kinds, **given_again
        )
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_fractional_weights_are_counted():
    weight = RNG.random(N)
    found = M.mutual_information(D[:, 0], D[:, 1], sample_weight=weight)
    table = np.zeros((3, 3))
    np.add.at(table, (D[:, 0], D[:, 1]), weight / weight.sum())
    margins = np.outer(table.sum(axis=1), table.sum(axis=0))
    kept = table > 0
    expected = (table[kept] * np.log(table[kept] / margins[kept])).sum()
    assert found == pytest.approx(expected, abs=1e-12)


CALLS = {
    "mutual_information": lambda **o: M.mutual_information(X[:, 0], X[:, 1], **o),
    "conditional": lambda **o: M.conditional_mutual_information(*X.T, **o),
    "entropy": lambda **o: M.entropy(X[:, 0], **o),
    "joint_entropy": lambda **o: M.joint_entropy(X, **o),
    "conditional_entropy": lambda **o: M.conditional_entropy(X[:, 0], X[:, 1], **o),
    "total_correlation": lambda **o: M.total_correlation(X, **o),
    "dual_total_correlation": lambda **o: M.dual_total_correlation(X, **o),
    "interaction": lambda **o: M.interaction_information(*X.T, **o),
    "pointwise": lambda **o: M.pointwise_mutual_information(X[:, 0], X[:, 1], **o),
    "pairwise": lambda **o: M.pairwise_mutual_information(X, **o),
    "pairwise given": lambda **o: M.pairwise_mutual_information(X, given=X, **o),
    "MIM": lambda mi_estimator=None, estimator=None, **o: (
        MIM(3, mi_estimator=estimator or mi_estimator)
        .fit(X, X[:, 0] > 0, **o)
        .relevance_
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_knn_takes_equal_weights(call):
    expected = call(estimator=KNN())
    for weight in (np.ones(N), np.full(N, 0.25), np.full(N, 7)):
        np.testing.assert_array_equal(
            call(estimator=KNN(), sample_weight=weight), expected
        )
    with pytest.raises(ValueError, match=r"KNN .*weigh"):
        call(estimator=KNN(), sample_weight=np.arange(1, N + 1))


def test_rows_of_weight_0_are_left_out_by_knn():
    kept = RNG.random(N) < 0.7
    x, y, _ = X.T
    found = M.mutual_information(x, y, sample_weight=2.0 * kept)
    assert found == M.mutual_information(x[kept], y[kept])
    local = M.pointwise_mutual_information(x, y, sample_weight=2.0 * kept)
    assert np.isnan(local[~kept]).all()
    expected = M.pointwise_mutual_information(x[kept], y[kept])
    np.testing.assert_array_equal(local[kept], expected)
    one, two = (
        JMI(3, mi_estimator="knn").fit(*data, sample_weight=weight).path_
        for data, weight in (((X, y), kept), ((X[kept], y[kept]), None))
    )
    pd.testing.assert_frame_equal(one, two)


def test_copula_refuses_weights_that_are_no_rows():
    with pytest.raises(ValueError, match="GaussianCopula weighs samples by repeating"):
        M.mutual_information(
            X[:, 0], X[:, 1], estimator=GaussianCopula(), sample_weight=RNG.random(N)
        )


WRONG = {
    "n_neighbors=0 ": KNN(0),
    "n_neighbors=2.7 ": KNN(2.7),
    "n_neighbors='3' ": KNN("3"),
    "n_neighbors=True ": KNN(True),
    "scale='foo' ": KNN(scale="foo"),
    "missing='foo' ": KNN(missing="foo"),
    f"n_neighbors={N} must be below the number of rows, {N}": KNN(N),
    "binning='foo' ": PlugIn(binning="foo"),
    "n_bins=1 ": PlugIn(n_bins=1),
    "missing='foo' is unknown to P": PlugIn(missing="foo"),
}


@pytest.mark.parametrize("message", WRONG)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_wrong_parameters_are_refused_everywhere(call, message):
    with pytest.raises(ValueError, match=message):
        call(estimator=WRONG[message])


@pytest.mark.parametrize("message", [m for m in WRONG if "below" not in m])
def test_wrong_parameters_are_refused_though_all_is_discrete(message):
    estimator = WRONG[message]
    a, b, c = D.T
    for call in (
        lambda: M.mutual_information(a, b, estimator=estimator),
        lambda: M.conditional_mutual_information(a, b, c, estimator=estimator),
        lambda: M.entropy(a, estimator=estimator),
        lambda: M.joint_entropy(a, b, estimator=estimator),
        lambda: M.conditional_entropy(a, b, estimator=estimator),
        lambda: M.total_correlation(D, estimator=estimator),
        lambda: M.pointwise_mutual_information(a, b, estimator=estimator),
        lambda: M.normalized_mutual_information(a, b, estimator=estimator),
        lambda: M.pairwise_mutual_information(D, estimator=estimator),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_small_classes_use_the_neighbours_they_have():
    classes = np.r_[np.zeros(N - 3), 1, 1, 1].astype(int)
    assert np.isfinite(M.mutual_information(X[:, 0], classes, estimator=KNN(50)))


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("data", [X, D], ids=["continuous", "discrete"])
def test_conditional_matrix_is_that_of_the_pairs(estimator, data):
    kinds = {"discrete_x": data is D, "discrete_y": data is D}
    others = np.column_stack([X[:, 2], RNG.normal(size=N)])
    for given in (D[:, 2], X[:, 2], others, D[:, 1:]):
        discrete = given.dtype.kind == "i"
        matrix = M.pairwise_mutual_information(
            data[:, :2],
            given=given,
            discrete=data is D,
            discrete_given=discrete,
            estimator=estimator,
        )
        expected = M.conditional_mutual_information(
            *data.T[:2], given, estimator=estimator, discrete_z=discrete, **kinds
        )
        assert (matrix == matrix.T).all()
        if isinstance(estimator, GaussianCopula) and data is D and not discrete:
            continue  # The terms of a table rank the target as a whole.
        assert matrix[0, 1] == pytest.approx(expected, abs=1e-9)
    if data is D:
        own = M.conditional_entropy(D[:, 0], D[:, 2])
        matrix = M.pairwise_mutual_information(
            D[:, :2], given=D[:, 2], estimator=estimator, discrete=True
        )
        assert matrix[0, 0] == pytest.approx(own, abs=1e-12)


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "min", "max"])
def test_normalised_matrix_is_that_of_the_pairs(name):
    data = np.column_stack([D, np.ones(N, int), np.ones(N, int)])
    matrix = M.pairwise_mutual_information(data, normalized=name, base=2)
    for i, j in itertools.product(range(5), repeat=2):
        expected = M.normalized_mutual_information(data[:, i], data[:, j], name)
        assert matrix[i, j] == pytest.approx(expected, abs=1e-12)


def test_normalised_matrix_wants_counted_columns():
    with pytest.raises(TypeError, match="bound nothing"):
        M.pairwise_mutual_information(X, normalized="max", estimator="knn")
    with pytest.raises(ValueError, match="normalized='mean' is unknown; pass one of"):
        M.pairwise_mutual_information(D, normalized="mean")
    with pytest.raises(ValueError, match="given has 7; the numbers must be equal"):
        M.pairwise_mutual_information(D, given=np.arange(7))


def test_frames_give_frames_with_their_labels():
    matrix = M.pairwise_mutual_information(D)
    assert isinstance(matrix, np.ndarray)
    for labels in (["a", "b", "c"], [3, 1, 2], [("a", 1), ("a", 2), ("b", 1)]):
        frame = pd.DataFrame(D, columns=pd.Index(labels, tupleize_cols=False))
        found = M.pairwise_mutual_information(frame)
        assert list(found.index) == list(found.columns) == labels
        np.testing.assert_array_equal(found, matrix)
    polars = pytest.importorskip("polars")
    found = M.pairwise_mutual_information(polars.DataFrame(D, schema=["a", "b", "c"]))
    assert list(found.columns) == ["a", "b", "c"]


def test_dual_total_correlation_of_counts_is_that_of_their_table():
    table = np.zeros((3, 3, 3))
    np.add.at(table, tuple(D.T), 1 / N)
    for columns in itertools.permutations(D.T):
        found = M.dual_total_correlation(*columns)
        assert found == pytest.approx(of_table(table), abs=1e-12)
    assert M.dual_total_correlation(D) == pytest.approx(of_table(table), abs=1e-12)
    weighted = M.dual_total_correlation(D, sample_weight=TIMES)
    repeated = M.dual_total_correlation(np.repeat(D, TIMES, axis=0))
    assert weighted == pytest.approx(repeated, abs=1e-12)


@pytest.mark.parametrize("estimator", ["knn", GaussianCopula()])
def test_dual_total_correlation_of_gaussians(estimator):
    rng = np.random.default_rng(0)
    covariance = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    data = rng.multivariate_normal(np.zeros(3), covariance, 4000)
    precision = np.linalg.inv(covariance)
    # h(X) less the h(X_i | others), whose variances are 1 / the diagonal of C⁻¹.
    truth = (np.log(np.linalg.det(covariance)) + np.log(np.diag(precision)).sum()) / 2
    found = M.dual_total_correlation(data, estimator=estimator)
    # A k-NN estimate of 4 000 rows has a standard error of 0.02.
    assert found == pytest.approx(truth, abs=0.06)
    two = M.dual_total_correlation(*data.T[:2], estimator=estimator)
    assert two == pytest.approx(
        M.mutual_information(*data.T[:2], estimator=estimator), abs=1e-12
    )


def test_lags_of_what_is_given():
    rng = np.random.default_rng(0)
    z, x, y = rng.normal(size=(3, 300))
    y[3:] += z[:-3] + x[2:-1]
    for lags in (3, [1, 3]):
        table = M.lagged_mutual_information(x, y, [1, 2], given=z, given_lags=lags)
        past = [lags] if isinstance(lags, int) else lags
        for lag in (1, 2):
            known = np.column_stack([z[3 - g : 300 - g] for g in past])
            expected = M.conditional_mutual_information(
                x[3 - lag : 300 - lag], y[3:], known
            )
            assert table.loc[lag, "n_rows"] == 297
            found = table.loc[lag, "mutual_information"]
            assert found == pytest.approx(expected, abs=1e-12)
    own = M.lagged_mutual_information(x, y, 1, given=y, given_lags=[1, 2])
    assert own["mutual_information"][1] == pytest.approx(
        M.transfer_entropy(x, y, history=2), abs=1e-12
    )
    with pytest.raises(ValueError, match="given_lags=2, but no series is given"):
        M.lagged_mutual_information(x, y, 1, given_lags=2)


def test_units_of_the_conditional_matrix():
    nats = M.pairwise_mutual_information(D[:, :2], given=D[:, 2])
    bits = M.pairwise_mutual_information(D[:, :2], given=D[:, 2], base=2)
    np.testing.assert_allclose(bits, nats / math.log(2))
