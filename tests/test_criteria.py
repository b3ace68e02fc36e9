"""Every criterion equals its textbook twin, at every k, on tables full of ties."""

import numpy as np
import oracles
import pytest
from plain import PLAIN

from mifs import MIRMR, MISelector
from mifs.criteria import CRITERIA, Criterion, resolve
from mifs.exceptions import ConstantFeatureWarning, HighCardinalityWarning, LeakWarning
from mifs.measures import conditional_mutual_information, mutual_information

# Copies must tie to the last bit; that they are named is tested elsewhere.
pytestmark = pytest.mark.filterwarnings(
    "ignore::mifs.exceptions.DuplicateColumnsWarning"
)

CASES = [
    (name, parameters)
    for name in CRITERIA
    for parameters in ({}, *oracles.VARIANTS.get(name, []))
]
REDUNDANCIES = ("redundancy", "conditional_redundancy")


def case_id(case):
    name, parameters = case
    return "-".join([name, *(f"{key}={value}" for key, value in parameters.items())])


def random_table(seed):
    """Few rows, a target of three columns' doing, copies, constants and noise."""
    rng = np.random.default_rng(seed)
    n, p = rng.integers(30, 200), rng.integers(4, 9)
    X = rng.integers(0, rng.integers(2, 6, p), (n, p))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + (rng.random(n) < 0.2)) % rng.integers(2, 5)
    order = rng.permutation(p + 3)
    copies = X[:, rng.integers(0, p, 2)]
    constant = np.full((n, 1), rng.integers(0, 3))
    return np.hstack([X, copies, constant])[:, order], y


def fit(case, X, y, k=None):
    name, parameters = case
    selector = MISelector(
        *(name, k),
        criterion_params=parameters or None,
        mi_estimator=PLAIN,
        discrete_features=True,
    )
    return selector.fit(X, y)


def features(case, X, y):
    """Choices of the twin."""
    name, parameters = case
    terms = oracles.Terms(list(X.T), y)
    if name in oracles.ORDERS:
        return [feature for feature, _ in oracles.ORDERS[name](terms, **parameters)]
    return oracles.greedy(terms, name, X.shape[1], parameters).feature


def check(case, X, y):
    name, parameters = case
    ours, terms = fit(case, X, y).path_, oracles.Terms(list(X.T), y)
    if name in oracles.ORDERS:
        order, scores = zip(*oracles.ORDERS[name](terms, **parameters), strict=True)
        assert ours["feature"].tolist() == list(order)
        np.testing.assert_allclose(ours["score"], scores, rtol=0, atol=1e-12)
        return
    expected = oracles.greedy(terms, name, X.shape[1], parameters)
    assert ours["feature"].tolist() == expected.feature
    assert ours["runner_up"].tolist() == expected.runner_up
    for term in REDUNDANCIES:
        used = term in CRITERIA[name].terms
        means = getattr(expected, term) if used else np.full(len(ours), np.nan)
        np.testing.assert_allclose(ours[term], means, rtol=0, atol=1e-12)
    scores = ours["score"].to_numpy()
    if parameters.get("scheme") == "quotient":
        check_quotients(ours, expected)
        return
    np.testing.assert_allclose(scores, expected.score, rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours["margin"], expected.margin, rtol=0, atol=1e-12)


def check_quotients(ours, expected):
    """Compare denominators, which may be as small as 7e-5, instead of quotients."""
    scores = ours["score"].to_numpy()
    assert scores[0] == pytest.approx(expected.score[0], rel=0, abs=1e-12)
    later = scores[1:] != 0
    denominators = ours["relevance"].to_numpy()[1:][later] / scores[1:][later]
    means = np.maximum(expected.redundancy[1:], 0)[later] + oracles.FLOOR
    np.testing.assert_allclose(denominators, means, rtol=0, atol=1e-12)


def test_every_criterion_has_a_twin():
    assert set(CRITERIA) <= {*oracles.CRITERIA, *oracles.ORDERS}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_path_equals_twin(case, seed):
    X, y = random_table(seed)
    with pytest.warns(ConstantFeatureWarning, match="have one value only"):
        check(case, X, y)


@pytest.mark.filterwarnings("ignore:the last:mifs.exceptions.NoGainWarning")
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_every_k_is_a_prefix(case):
    rng = np.random.default_rng(3)
    X = rng.integers(0, 3, (120, 6))
    y = (X[:, 1] + X[:, 4] > 2).astype(int)
    expected = features(case, X, y)
    for k in range(1, 7):
        fitted = fit(case, X, y, k)
        assert fitted.selected_indices_.tolist() == expected[:k]
        assert len(fitted.path_) == k
        chosen = fitted.scores_[fitted.selected_indices_]
        np.testing.assert_array_equal(chosen, fitted.path_["score"])
        assert np.isnan(fitted.scores_).sum() == 6 - k


@pytest.mark.every_way
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_one_feature(case):
    X = np.array([[0, 1, 0, 1, 2, 2]]).T
    y = np.array([0, 1, 0, 1, 1, 0])
    check(case, X, y)


@pytest.mark.every_way
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_identical_columns_are_chosen_from_the_left(case):
    column = np.tile([0, 1, 2, 1], 10)
    X = np.column_stack([column] * 5)
    y = (column > 0).astype(int)
    with pytest.warns(LeakWarning, match="columns 'x0', 'x1', 'x2', 'x3', 'x4' det"):
        fitted = fit(case, X, y)
    assert fitted.selected_indices_.tolist() == [0, 1, 2, 3, 4]
    if case[0] not in oracles.ORDERS:
        assert fitted.path_["runner_up"].tolist() == [1, 2, 3, 4, -1]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_only_constant_columns(case):
    X = np.ones((20, 3), dtype=int)
    y = np.arange(20) % 2
    with pytest.warns(ConstantFeatureWarning, match="columns 'x0', 'x1', 'x2' have"):
        fitted = fit(case, X, y)
    assert fitted.selected_indices_.tolist() == [0, 1, 2]
    assert fitted.relevance_.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_many_classes_and_levels(case):
    rng = np.random.default_rng(8)
    X = rng.integers(0, [2, 3, 20, 60, 7], (300, 5))
    y = rng.integers(0, 20, 300)
    with pytest.warns(HighCardinalityWarning, match="columns 'x3' have so many levels"):
        check(case, X, y)


def test_xor_is_seen_by_jmi_only():
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, 2, 2000), (rng.random(2000) < 0.7).astype(int)
    noise = rng.integers(0, 2, (2000, 3))
    X = np.column_stack([noise, left, right])
    y = left ^ right
    assert fit(("jmi", {}), X, y, 2).selected_indices_.tolist() == [3, 4]
    assert 4 not in fit(("mim", {}), X, y, 1).selected_indices_


@pytest.mark.parametrize("name", CRITERIA)
def test_record_is_complete(name):
    record = CRITERIA[name]
    assert record.name == name
    assert record.formula
    assert record.source[-4:].isdigit() or name == "cmi"
    assert record.reduction in ("sum", "min")
    assert set(record.options) <= set(record.parameters)
    assert isinstance(record, Criterion)
    with pytest.raises(AttributeError):
        record.name = "other"


def test_names_are_found_in_any_case():
    assert resolve("JMI") is not None
    assert resolve("JMI").name == "jmi"
    assert resolve(CRITERIA["mim"]).name == "mim"


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="'nonsense' is unknown; known: mim, "):
        resolve("nonsense")


def test_unknown_parameter():
    with pytest.raises(ValueError, match="'mim' has no parameter beta; it has: none"):
        resolve("mim", {"beta": 1})


def test_value_out_of_options():
    with pytest.raises(ValueError, match=r"scheme='ratio'.*'difference', 'quotient'"):
        resolve("mrmr", {"scheme": "ratio"})


class NeighbourTerms:
    """Terms of a k-NN estimate, which may be negative, one call of a measure each."""

    def __init__(self, X, y):
        self.X, self.y, self.p = X, y, X.shape[1]

    def relevance(self, k):
        return mutual_information(self.X[:, k], self.y, estimator="knn")

    def redundancy(self, k, j):
        return mutual_information(self.X[:, k], self.X[:, j], estimator="knn")

    def conditional_redundancy(self, k, j):
        x, w = self.X[:, k], self.X[:, j]
        return conditional_mutual_information(x, w, self.y, estimator="knn")


@pytest.mark.filterwarnings("ignore:the last:mifs.exceptions.NoGainWarning")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("continuous_target", [True, False])
def test_quotients_of_negative_redundancies_equal_their_twin(seed, continuous_target):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(120, 6))
    X[:, 3] = X[:, 0] + 0.5 * X[:, 3]
    y = 2 * X[:, 0] + X[:, 1] + 0.3 * rng.normal(size=120)
    y = y if continuous_target else (y > 0).astype(int)
    selector = MIRMR(None, scheme="quotient", mi_estimator="knn", alpha=1).fit(X, y)
    terms, parameters = NeighbourTerms(X, y), {"scheme": "quotient"}
    path = oracles.greedy(terms, "mrmr", 6, parameters)
    assert min(terms.redundancy(k, 0) for k in range(1, 6)) < 0
    assert selector.path_["feature"].tolist() == path.feature
    np.testing.assert_allclose(selector.path_["score"], path.score, rtol=1e-8)


def test_a_relevant_feature_that_repeats_nothing_is_the_second_of_a_quotient():
    rng = np.random.default_rng(11)
    a, b = rng.normal(size=(2, 500))
    y = 2 * a + b + 0.3 * rng.normal(size=500)
    X = np.column_stack([a, b, a + 0.5 * rng.normal(size=500), rng.normal(size=500)])
    selector = MIRMR(None, scheme="quotient", mi_estimator="knn").fit(X, y)
    path = selector.path_
    assert path["feature"].tolist()[:2] == [0, 1]
    assert path["redundancy"][2] < 0 < path["score"].min()


def test_negative_redundancies_count_in_a_difference():
    parameters = {"scheme": "difference"}
    relevance, reduced = np.array([0.2, 0.2]), np.array([-0.1, 0.1])
    record = resolve("mrmr", parameters)
    found = record.score(relevance, reduced, 2, record.parameters)
    np.testing.assert_allclose(found, [0.25, 0.15])
