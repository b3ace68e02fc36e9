"""Measures of continuous and mixed samples: closed forms, twins, ties, invariances."""

import json
import math

import numpy as np
import oracles_measures as twin
import pandas as pd
import pytest

from mifs.estimators import GaussianCopula, PlugIn
from mifs.estimators.knn.estimator import KNN
from mifs.measures import (
    conditional_entropy,
    conditional_mutual_information,
    entropy,
    interaction_information,
    joint_entropy,
    mutual_information,
    pairwise_mutual_information,
    pointwise_mutual_information,
    total_correlation,
)

STANDARD_NORMAL = 0.5 * math.log(2 * math.pi * math.e)
COVARIANCE = np.array([[1, 0.6, 0.5], [0.6, 1, 0.7], [0.5, 0.7, 1]])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def near(value, abs=1e-10):
    return pytest.approx(value, abs=abs)


@pytest.mark.parametrize("k", [1, 3, 7])
@pytest.mark.parametrize("n_columns", [1, 2, 4])
@pytest.mark.parametrize("decimals", [12, 1, 0])
def test_entropy_is_its_twin(rng, k, n_columns, decimals):
    x = rng.normal(size=(60, n_columns)).round(decimals) * [1, 8, 0.5, 2][:n_columns]
    estimator = KNN(n_neighbors=k)
    found = entropy(x, discrete_x=False, estimator=estimator)
    assert found == near(twin.differential_entropy(x, k))


def test_mixed_entropy_is_its_twin(rng):
    codes = np.repeat([0, 1, 2, 3], [1, 2, 20, 40])
    x = rng.normal(size=(63, 2))
    mixed = pd.DataFrame({"d": codes.astype(str), "a": x[:, 0], "b": x[:, 1]})
    assert entropy(mixed) == near(twin.mixed_entropy(codes, x, 3))
    assert joint_entropy(x, codes.astype(str)) == near(entropy(mixed))
    left = twin.mixed_entropy(codes, x, 3) - twin.entropy(codes)
    assert conditional_entropy(x, codes.astype(str)) == near(left)


@pytest.mark.parametrize("n_columns", [1, 2, 3])
def test_entropy_of_gaussians(n_columns):
    covariance = COVARIANCE[:n_columns, :n_columns]
    truth = n_columns * STANDARD_NORMAL + 0.5 * math.log(np.linalg.det(covariance))
    mean = [0] * n_columns
    found = [
        entropy(np.random.default_rng(s).multivariate_normal(mean, covariance, 2000))
        for s in range(8)
    ]
    # Three correlated columns: the bias of Kozachenko and Leonenko is -0.04 nats here.
    assert np.mean(found) == pytest.approx(truth, abs=0.06 if n_columns > 2 else 0.03)


def test_entropy_of_other_distributions(rng):
    assert entropy(rng.uniform(2, 5, 5000)) == pytest.approx(math.log(3), abs=0.04)
    assert entropy(rng.exponential(2, 5000)) == pytest.approx(1 + math.log(2), abs=0.05)
    cauchy = entropy(rng.standard_cauchy(5000))
    assert cauchy == pytest.approx(math.log(4 * math.pi), abs=0.05)


def test_units_add_their_logarithm(rng):
    x = rng.normal(size=(300, 2))
    h = entropy(x)
    assert entropy(x * [1000, 0.5] + [7, -3]) == near(h + math.log(500), 1e-9)
    assert entropy(x * 1e200) == near(h + 2 * math.log(1e200), 1e-9)
    assert entropy(x, base=2) == near(h / math.log(2))
    assert entropy(x[::-1]) == near(h)


def test_rounded_values_have_about_the_entropy_of_the_exact(rng):
    x = rng.normal(size=5000)
    # Where a cell of rounding holds about k rows, 3 decimals here, 0.1 is too much.
    for decimals, tolerance in ((0, 0.06), (1, 0.03), (2, 0.03), (3, 0.1)):
        rounded = entropy(x.round(decimals), discrete_x=False)
        assert rounded == pytest.approx(STANDARD_NORMAL, abs=tolerance)


def test_nothing_continuous_is_infinitely_known():
    assert entropy([1.0, 1.0, 1.0], discrete_x=False) == -math.inf
    mixed = pd.DataFrame({"d": list("aabb"), "c": [0.5, 0.5, 1.2, 3.4]})
    assert entropy(mixed) == -math.inf


def test_no_neighbours_is_an_error():
    with pytest.raises(ValueError, match="merge rare levels"):
        entropy([0.5])
    with pytest.raises(ValueError, match="merge rare levels"):
        entropy(pd.DataFrame({"d": list("ab"), "c": [0.5, 1.5]}))


def test_copula_has_no_entropy_of_columns(rng):
    x = rng.normal(size=50)
    with pytest.raises(TypeError, match="GaussianCopula estimates what variables"):
        entropy(x, estimator=GaussianCopula())
    with pytest.raises(TypeError, match="GaussianCopula has no terms of single rows"):
        pointwise_mutual_information(x, x, estimator=GaussianCopula())


def test_conditional_entropy_of_gaussians(rng):
    z = rng.normal(size=5000)
    y = z + rng.normal(size=5000)
    assert conditional_entropy(y, z) == pytest.approx(STANDARD_NORMAL, abs=0.05)
    share = entropy(y) - mutual_information(y, z)
    assert conditional_entropy(y, z) == near(share)
    label = (z > 0).astype(str)
    left = conditional_entropy(label, z)
    assert left == near(entropy(label) - mutual_information(label, z))
    assert left == pytest.approx(0, abs=0.02)


def test_total_correlation_is_its_twin(rng):
    x = rng.multivariate_normal([0] * 3, COVARIANCE, 80)
    codes = rng.integers(0, 2, 80)
    estimator = KNN(n_neighbors=4, scale="standardize")
    tables = [twin.standardized(column) for column in x.T]
    found = total_correlation(x, estimator=estimator)
    assert found == near(twin.total_correlation(tables, 4))
    found = total_correlation(*x.T[:2], codes.astype(str), estimator=estimator)
    mixed = [*tables[:2], twin.levels(codes)]
    assert found == near(twin.total_correlation(mixed, 4))


def test_total_correlation_of_two_is_the_mutual_information(rng):
    x = rng.multivariate_normal([0] * 3, COVARIANCE, 400)
    pair, label = x[:, :2], (x[:, 0] > 0).astype(str)
    assert total_correlation(pair) == near(mutual_information(*pair.T))
    assert total_correlation(pair, x[:, 2]) == near(mutual_information(pair, x[:, 2]))
    assert total_correlation(label, x[:, 1]) == near(
        mutual_information(label, x[:, 1], estimator="knn")
    )
    assert total_correlation(np.ones(400), *pair.T, discrete=False) == near(
        total_correlation(pair)
    )
    assert total_correlation(x[:, 0]) == 0


@pytest.mark.parametrize("estimator", ["auto", GaussianCopula()])
def test_total_correlation_of_gaussians(estimator):
    truth = -0.5 * math.log(np.linalg.det(COVARIANCE))
    found = [
        total_correlation(
            np.random.default_rng(s).multivariate_normal([0] * 3, COVARIANCE, 1500),
            estimator=estimator,
        )
        for s in range(8)
    ]
    assert np.mean(found) == pytest.approx(truth, abs=0.04)


def test_pointwise_information_of_gaussians(rng):
    r = 0.8
    x, y = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], 4000).T
    found = pointwise_mutual_information(x, y)
    assert found.mean() == near(mutual_information(x, y))
    square = (x**2 + y**2 - 2 * r * x * y) / (1 - r**2)
    truth = -0.5 * math.log(1 - r**2) - 0.5 * (square - x**2 - y**2)
    assert np.corrcoef(found, truth)[0, 1] > 0.7
    assert not pointwise_mutual_information(x, np.ones(4000), discrete_y=False).any()


def test_pointwise_information_of_a_row_alone_is_unknown(rng):
    codes = np.array(["a", *"b" * 29])
    found = pointwise_mutual_information(codes, rng.normal(size=30))
    assert np.isnan(found).nonzero()[0].tolist() == [0]


def test_interaction_of_gaussians(rng):
    x = rng.multivariate_normal([0] * 3, COVARIANCE, 4000)
    partial = 0.6 - 0.5 * 0.7
    partial /= math.sqrt((1 - 0.5**2) * (1 - 0.7**2))
    truth = -0.5 * math.log(1 - partial**2) + 0.5 * math.log(1 - 0.6**2)
    for estimator in ("auto", GaussianCopula()):
        found = interaction_information(*x.T, estimator=estimator)
        assert found == pytest.approx(truth, abs=0.04)


def test_matrix_of_pairs(rng):
    X = rng.multivariate_normal([0] * 3, COVARIANCE, 200)
    X = np.c_[X, rng.integers(0, 3, 200), np.full(200, 0.5)]
    matrix = pairwise_mutual_information(X, estimator="knn", discrete=[3])
    kinds = [False, False, False, True, False]
    for i in range(5):
        for j in range(i):
            told = {"discrete_x": kinds[i], "discrete_y": kinds[j]}
            direct = mutual_information(X[:, i], X[:, j], estimator="knn", **told)
            assert matrix[i, j] == near(direct)
            assert matrix[j, i] == matrix[i, j]
    own = [math.inf] * 3 + [twin.entropy(X[:, 3]), 0.0]
    assert np.diag(matrix).tolist() == pytest.approx(own)


def test_matrix_of_gaussians_by_the_copula(rng):
    X = rng.multivariate_normal([0] * 3, COVARIANCE, 3000)
    matrix = pairwise_mutual_information(X, estimator=GaussianCopula())
    truth = -0.5 * np.log(1 - COVARIANCE[np.triu_indices(3, 1)] ** 2)
    assert matrix[np.triu_indices(3, 1)] == pytest.approx(truth, abs=0.04)


def draw(name, rng, n):
    """Sample of a task of truths.json, by its name."""
    kind, _, value = name.partition("=")
    value = float(value) if value else math.nan
    if kind.startswith("gauss"):
        return rng.multivariate_normal([0, 0], [[1, value], [value, 1]], n).T
    if kind.startswith("gamma"):
        x = rng.gamma(value, size=n)
        return x, rng.exponential(1 / x)
    if kind.startswith("discrete-U"):
        x = rng.integers(int(value), size=n)
        return x, rng.uniform(x, x + 2)
    x = rng.uniform(size=n)
    return x, x + rng.uniform(-value, value, n)


def test_truths(reference):
    """Mean of four samples of 2 000 rows: within 0.03 nats, 0.1 from 1.5 nats on."""
    tasks = json.loads((reference / "truths.json").read_text())
    kinds = ("gauss", "gamma", "discrete-U", "uniform")
    tasks = [task for task in tasks if task["name"].startswith(kinds)]
    assert len(tasks) >= 18
    for task in tasks:
        pairs = [
            draw(task["name"], np.random.default_rng(seed), 2000) for seed in range(4)
        ]
        truth = task["true_mi_nats"]
        found = np.mean([total_correlation(x, y) for x, y in pairs])
        tolerance = 0.03 if truth < 1.5 else 0.1
        assert found == pytest.approx(truth, abs=tolerance), task["name"]


def test_conditional_truth(reference):
    tasks = json.loads((reference / "truths.json").read_text())
    (truth,) = [t["true_mi_nats"] for t in tasks if t["name"] == "CMI gauss3"]
    x, y, z = np.random.default_rng(0).multivariate_normal([0] * 3, COVARIANCE, 4000).T
    apart = -0.5 * math.log(1 - 0.6**2)
    found = interaction_information(x, y, z) + mutual_information(x, y)
    assert found == near(conditional_mutual_information(x, y, z))
    assert found == pytest.approx(truth, abs=0.03)
    assert interaction_information(x, y, z) == pytest.approx(truth - apart, abs=0.04)


def test_binned_entropy_of_a_sample(rng):
    x = rng.uniform(size=1000)
    assert entropy(x, estimator=PlugIn(8), base=2) == pytest.approx(3, abs=1e-3)
