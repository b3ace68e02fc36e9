"""The Gaussian copula equals its twins, keeps its invariances and never overflows."""

import numpy as np
import oracles_gaussian as twin
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifs import CMIM, JMI, MIM, MIRMR
from mifs._data.reading import read
from mifs._data.weights import to_units
from mifs.estimators import (
    GaussianCopula,
    gaussian_conditional_mutual_information,
    gaussian_mutual_information,
    resolve,
)
from mifs.measures import conditional_mutual_information, mutual_information

WANTED = frozenset({"redundancy", "conditional_redundancy"})


def mixed_frame(n=150, seed=0):
    """Tie-free, rounded, zero-inflated, binary, nominal and constant columns."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n)
    b = a + rng.normal(size=n)
    return pd.DataFrame(
        {
            "a": a,
            "b": b,
            "rounded": np.round(b + rng.normal(size=n), 1) + 0.05,
            "zeros": np.where(rng.random(n) < 0.6, 0.5, np.exp(a)),
            "binary": a + rng.normal(size=n) > 0,
            "nominal": rng.choice(list("xyz"), n),
            "constant": np.full(n, 1.5),
        }
    )


def targets(X, seed=1):
    rng = np.random.default_rng(seed)
    score = X["a"] + X["binary"] + rng.normal(size=len(X))
    return {
        "classes": np.digitize(score, [-0.5, 1.2]),
        "numbers": score.to_numpy(),
        "tied": np.round(score.to_numpy(), 1) + 0.01,
    }


def terms_of(X, y, n_jobs=None, **kinds):
    table = read(X, y, names=[str(name) for name in X.columns], **kinds)
    return table, GaussianCopula().prepare(table, n_jobs=n_jobs)


def expected(table, k, j):
    """Redundancy and conditional redundancy by the twins."""
    values = {c: table.numeric(c) for c in (k, j)}
    codes = {c: table.codes(c) for c in (k, j) if table.discrete[c]}
    y = table.target.values
    if len(codes) == 2:
        first, second, estimate = codes[k], codes[j], twin.plug_in
    elif codes:
        (d,) = codes
        first, second, estimate = values[k if d == j else j], codes[d], twin.levels
    else:
        first, second, estimate = values[k], values[j], twin.continuous
    redundancy = estimate(first, second)
    if table.target.discrete:
        return redundancy, twin.within(estimate, first, second, y)
    if np.ptp(values[k]) == 0 or np.ptp(values[j]) == 0:
        return redundancy, 0.0
    if not codes:
        return redundancy, twin.partial(first, second, y)
    if len(codes) == 1:
        return redundancy, twin.levels_given(first, second, y)
    both = 10 * codes[k] + codes[j]
    chain = twin.levels(y, both) - twin.levels(y, codes[k]) - twin.levels(y, codes[j])
    return redundancy, redundancy + chain


@pytest.mark.parametrize("kind", ["classes", "numbers", "tied"])
def test_terms_equal_the_twins(kind):
    X = mixed_frame()
    table, terms = terms_of(X, targets(X)[kind], discrete_target=kind == "classes")
    assert list(np.flatnonzero(table.discrete)) == [4, 5]
    for j in range(table.n_features):
        others = np.delete(np.arange(table.n_features), j)
        found = terms.pairwise(j, others, WANTED)
        twins = [expected(table, k, j) for k in others]
        for place, name in enumerate(("redundancy", "conditional_redundancy")):
            told = [pair[place] for pair in twins]
            np.testing.assert_allclose(found[name], told, rtol=0, atol=1e-10)


@pytest.mark.every_way
@pytest.mark.parametrize("kind", ["classes", "numbers", "tied"])
def test_relevance_equals_the_twins(kind):
    X = mixed_frame()
    y = targets(X)[kind]
    table, terms = terms_of(X, y, discrete_target=kind == "classes")
    for k, name in enumerate(X):
        discrete, values = table.discrete[k], table.numeric(k)
        if kind == "classes":
            told = twin.plug_in(values, y) if discrete else twin.levels(values, y)
        else:
            told = twin.levels(y, values) if discrete else twin.continuous(values, y)
        np.testing.assert_allclose(terms.relevance[k], told, atol=1e-10, err_msg=name)


def weighted_terms(X, y, weights, **kinds):
    """Terms, and how many rows each row stands for."""
    names = [str(name) for name in X.columns]
    weights = to_units(np.asarray(weights, float))
    kinds = {"discrete_features": "auto", "n_jobs": None} | kinds
    table = read(X, y, names=names, weights=weights, **kinds)
    return table, GaussianCopula().prepare(table), weights.row_counts


def weighted_expected(table, k, j, u):
    """Redundancy and conditional redundancy by the weighted twins."""
    values = {c: table.numeric(c) for c in (k, j)}
    codes = {c: table.codes(c) for c in (k, j) if table.discrete[c]}
    y = table.target.values
    if len(codes) == 2:
        first, second, estimate = codes[k], codes[j], twin.weighted_plug_in
    elif codes:
        (d,) = codes
        first, second = values[k if d == j else j], codes[d]
        estimate = twin.weighted_levels
    else:
        first, second, estimate = values[k], values[j], twin.weighted_continuous
    redundancy = estimate(first, second, u)
    if table.target.discrete:
        return redundancy, twin.weighted_within(estimate, first, second, y, u)
    if np.ptp(values[k]) == 0 or np.ptp(values[j]) == 0:
        return redundancy, 0.0
    if not codes:
        return redundancy, twin.weighted_partial(first, second, y, u)
    if len(codes) == 1:
        return redundancy, twin.weighted_levels_given(first, second, y, u)
    parts = [twin.weighted_levels(y, c, u) for c in (codes[k], codes[j])]
    both = twin.weighted_levels(y, 10 * codes[k] + codes[j], u)
    return redundancy, redundancy + both - parts[0] - parts[1]


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("kind", ["classes", "numbers", "tied"])
def test_weighted_terms_equal_the_twins(kind, whole):
    X = mixed_frame(100)
    y, rng = targets(X)[kind], np.random.default_rng(9)
    weights = rng.integers(1, 5, 100) if whole else rng.exponential(size=100)
    classes = kind == "classes"
    table, terms, u = weighted_terms(X, y, weights, discrete_target=classes)
    assert u.sum() == pytest.approx(weights.sum() if whole else 100)
    for j in range(table.n_features):
        others = np.delete(np.arange(table.n_features), j)
        found = terms.pairwise(j, others, WANTED)
        twins = [weighted_expected(table, k, j, u) for k in others]
        for place, name in enumerate(("redundancy", "conditional_redundancy")):
            told = [pair[place] for pair in twins]
            np.testing.assert_allclose(found[name], told, rtol=0, atol=1e-10)
    for k in range(table.n_features):
        discrete, values = table.discrete[k], table.numeric(k)
        if classes:
            estimate = twin.weighted_plug_in if discrete else twin.weighted_levels
            told = estimate(values, y, u)
        elif discrete:
            told = twin.weighted_levels(y, values, u)
        else:
            told = twin.weighted_continuous(values, y, u)
        assert terms.relevance[k] == pytest.approx(told, abs=1e-10)


@pytest.mark.parametrize("kind", ["classes", "numbers", "tied"])
def test_weighted_terms_equal_those_of_repeated_rows(kind):
    X = mixed_frame(100)
    y, weights = targets(X)[kind], np.random.default_rng(9).integers(1, 5, 100)
    kinds = {"discrete_features": [4, 5], "discrete_target": kind == "classes"}
    table, weighted, _ = weighted_terms(X, y, weights, **kinds)
    rows = np.repeat(np.arange(100), weights)
    _, plain = terms_of(X.iloc[rows], y[rows], **kinds)
    np.testing.assert_allclose(weighted.relevance, plain.relevance, atol=1e-12)
    every = np.arange(table.n_features)
    for j in every.tolist():
        found, told = (t.pairwise(j, every, WANTED) for t in (weighted, plain))
        for name in WANTED:
            np.testing.assert_allclose(found[name], told[name], atol=1e-11)


def gaussians(n, covariance, seed=0):
    d = len(covariance)
    return np.random.default_rng(seed).multivariate_normal(np.zeros(d), covariance, n)


def test_known_information_of_gaussians():
    rho = np.array([[1, 0.6, 0.5], [0.6, 1, 0.7], [0.5, 0.7, 1]])
    x, y, z = gaussians(200_000, rho).T
    assert gaussian_mutual_information(x, y) == pytest.approx(0.22314355, abs=0.004)
    given_z = gaussian_conditional_mutual_information(x, y, z)
    assert given_z == pytest.approx(0.0892038287, abs=0.003)
    joint = gaussian_mutual_information(np.c_[x, y], z)
    truth = 0.5 * np.log((1 - 0.6**2) / np.linalg.det(rho))
    assert joint == pytest.approx(truth, abs=0.005)


@pytest.mark.every_way
def test_joint_information_equals_the_determinants():
    rng = np.random.default_rng(2)
    x, y, z = (rng.normal(size=(300, d)) for d in (2, 3, 2))
    y[:, :2] += x
    z[:, 0] += x[:, 0] + y[:, 1]
    sx, sy, sz = (np.apply_along_axis(twin.scores, 0, v).T for v in (x, y, z))
    plain = twin.log_det(sx) + twin.log_det(sy) - twin.log_det(np.r_[sx, sy])
    assert gaussian_mutual_information(x, y) == pytest.approx(plain / 2, abs=1e-10)
    conditional = twin.log_det(np.r_[sx, sz]) + twin.log_det(np.r_[sy, sz])
    conditional -= twin.log_det(sz) + twin.log_det(np.r_[sx, sy, sz])
    found = gaussian_conditional_mutual_information(x, y, z)
    assert found == pytest.approx(conditional / 2, abs=1e-10)


def test_chain_rule_of_joint_information():
    rng = np.random.default_rng(3)
    x, y, z = rng.normal(size=(3, 400))
    x, y = x + y + z, y + 0.5 * z
    joint = gaussian_mutual_information(np.c_[x, z], y)
    steps = gaussian_mutual_information(z, y)
    steps += gaussian_conditional_mutual_information(x, y, z)
    assert joint == pytest.approx(steps, abs=1e-10)


def test_measures_take_the_estimator_and_agree_with_the_terms():
    X = mixed_frame()
    y = targets(X)["classes"]
    _, terms = terms_of(X, y)
    ask = {"estimator": "gaussian_copula", "discrete_x": False, "discrete_y": False}
    found = terms.pairwise(0, np.array([1, 2, 3, 4]), WANTED)
    for place, name in enumerate(("b", "rounded", "zeros")):
        plain = mutual_information(X[name], X["a"], **ask)
        given_y = conditional_mutual_information(X[name], X["a"], y, **ask)
        assert found["redundancy"][place] == pytest.approx(plain, abs=1e-10)
        assert found["conditional_redundancy"][place] == pytest.approx(
            given_y, abs=1e-10
        )
    nats = mutual_information(X["a"], y, estimator=GaussianCopula())
    assert terms.relevance[0] == pytest.approx(nats, abs=1e-10)
    nats = mutual_information(X["a"], X["binary"], estimator=GaussianCopula())
    assert found["redundancy"][3] == pytest.approx(nats, abs=1e-10)
    numbers = targets(X)["numbers"]
    _, terms = terms_of(X, numbers)
    found = terms.pairwise(0, np.array([4]), WANTED)["conditional_redundancy"][0]
    nats = conditional_mutual_information(
        X["binary"], X["a"], numbers, estimator=GaussianCopula()
    )
    assert found == pytest.approx(nats, abs=1e-10)


@pytest.mark.parametrize("kind", ["classes", "numbers"])
def test_units_and_monotone_maps_mean_nothing(kind):
    X = mixed_frame()[["a", "b", "zeros", "binary"]]
    y = targets(mixed_frame())[kind]
    mapped = X.assign(a=np.exp(X["a"]) * 1000, b=X["b"] ** 3 - 7)
    for one, other in ((X, mapped), (X, X.assign(zeros=2 * X["zeros"]))):
        _, left = terms_of(one, y)
        _, right = terms_of(other, y)
        np.testing.assert_array_equal(left.relevance, right.relevance)
        for j in range(4):
            others = np.delete(np.arange(4), j)
            for name, values in left.pairwise(j, others, WANTED).items():
                again = right.pairwise(j, others, frozenset({name}))[name]
                np.testing.assert_array_equal(values, again)


@pytest.mark.parametrize("criterion", [MIM, MIRMR, JMI, CMIM])
@pytest.mark.parametrize("kind", ["classes", "numbers"])
def test_threads_change_no_bit(criterion, kind):
    X = pd.concat([mixed_frame(seed=s).add_suffix(str(s)) for s in range(4)], axis=1)
    X = X.loc[:, ~X.columns.str.startswith("constant")]
    y = targets(mixed_frame())[kind]
    one = criterion(8, mi_estimator="gaussian_copula").fit(X, y)
    two = criterion(8, mi_estimator="gaussian_copula", n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(one.selected_indices_, two.selected_indices_)
    np.testing.assert_array_equal(one.scores_, two.scores_)


def test_block_of_candidates_changes_no_bit():
    rng = np.random.default_rng(4)
    X = pd.DataFrame(rng.normal(size=(20_001, 40)))
    _, terms = terms_of(X, X[0] + rng.normal(size=20_001) > 0)
    everyone = terms.pairwise(3, np.delete(np.arange(40), 3), WANTED)
    few = terms.pairwise(3, np.array([0, 17, 39]), WANTED)
    for name in WANTED:
        np.testing.assert_array_equal(few[name], everyone[name][[0, 16, 38]])


@pytest.mark.filterwarnings("ignore::mifs.exceptions.DuplicateColumnsWarning")
@pytest.mark.parametrize("target", ["classes", "numbers"])
def test_a_copy_is_bounded_and_adds_nothing(target):
    """The joint relevance of a column and its copy is at most the column's own."""
    X = mixed_frame(400)[["a", "b"]]
    X["copy"], X["mirror"], X["map"] = X["a"], -X["a"], np.exp(X["a"])
    y = targets(mixed_frame(400))[target]
    _, terms = terms_of(X, y)
    found = terms.pairwise(0, np.array([2, 3, 4]), WANTED)
    np.testing.assert_allclose(found["redundancy"], np.log(400), atol=1e-10)
    gain = terms.relevance[2:] - found["redundancy"] + found["conditional_redundancy"]
    assert (gain < 1e-10).all()
    assert JMI(2, mi_estimator="gaussian_copula").fit(X, y).selected_indices_[1] == 1


def test_a_copy_of_the_target_is_the_first_and_finite():
    X = mixed_frame()[["b", "a"]]
    selector = JMI(2, mi_estimator="gaussian_copula").fit(X, X["a"] * 3)
    assert selector.selected_indices_[0] == 1
    assert selector.relevance_[1] == pytest.approx(np.log(150))
    assert np.isfinite(selector.scores_).all()


def test_a_value_that_is_rare_is_no_treasure():
    """One odd value, in one class only, knows next to nothing."""
    rng = np.random.default_rng(5)
    n = 400
    y = np.repeat([0, 1], n // 2)
    odd = np.zeros((n, 2))
    odd[7] = 0.5
    weak = 0.5 * y + rng.normal(size=n)
    X = pd.DataFrame(np.c_[odd, weak], columns=["odd", "same", "weak"])
    _, terms = terms_of(X, y, discrete_features=False)
    assert terms.relevance[0] < 0.02 < terms.relevance[2]
    found = terms.pairwise(0, np.array([1]), WANTED)
    for values in found.values():
        assert 0 <= values[0] < 0.05


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(3, 40),
    n_values=st.integers(1, 6),
    n_classes=st.integers(2, 8),
    seed=st.integers(0, 10**6),
)
def test_terms_are_finite_and_not_negative(n, n_values, n_classes, seed):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 5)))
    X[1] = rng.integers(0, n_values, n)
    X[2] = X[0]
    X[3] = rng.integers(0, n_values, n) + 0.5
    classes = rng.integers(0, n_classes, n)
    classes[:2] = 0, 1
    for y in (classes, rng.normal(size=n)):
        for discrete in ([], [1]):
            _, terms = terms_of(X, y, discrete_features=discrete)
            assert np.isfinite(terms.relevance).all()
            assert (terms.relevance > -1e-10).all()
            for j in range(5):
                others = np.delete(np.arange(5), j)
                for values in terms.pairwise(j, others, WANTED).values():
                    assert np.isfinite(values).all()
                    assert (values > -1e-10).all()


@pytest.mark.parametrize("bad", ["scattered", "whole rows"])
def test_missing_values_are_refused_by_name_with_two_remedies(bad):
    X = mixed_frame()
    X.loc[3, ["b", "zeros"] if bad == "scattered" else "b"] = np.nan
    with pytest.raises(ValueError, match=r"'b'.*impute.*mi_estimator='plugin'"):
        MIM(2, mi_estimator="gaussian_copula").fit(X, targets(mixed_frame())["classes"])


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[[1.0]]], r"x has shape \(1, 1, 1\)"),
        ([1.0, np.nan, 2.0], "x has missing or infinite values"),
        ([1.0, 2.0], r"x, y have \[2, 3\] rows"),
    ],
)
def test_functions_refuse_what_they_cannot_use(x, message):
    with pytest.raises(ValueError, match=message):
        gaussian_mutual_information(x, [1.0, 2.0, 3.0])


def test_dependence_that_is_not_monotone_is_invisible():
    """Said in the documentation: the limit of a Gaussian copula."""
    x = np.random.default_rng(6).normal(size=5_000)
    assert gaussian_mutual_information(x, x**2) < 0.005
    assert mutual_information(x, x**2, estimator="knn") > 1


def test_name():
    assert isinstance(resolve("gaussian_copula"), GaussianCopula)
