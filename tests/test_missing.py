"""Policies of missing values: a level, rows left out by pairs, an error."""

import numpy as np
import oracles_missing as oracles
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mifs import (
    CMI,
    CMIM,
    DISR,
    FCBF,
    JMI,
    JMI3,
    MIM,
    MIRMR,
    InfoMaxSelector,
)
from mifs._data.reading import read
from mifs._data.weights import to_units
from mifs.estimators import KNN, GaussianCopula, PlugIn

PAIRWISE = PlugIn(missing="pairwise")
PLAIN_PAIRWISE = PlugIn(missing="pairwise", correction=None)
EVERY = frozenset({"redundancy", "conditional_redundancy", "joint_entropy"})
RNG = np.random.default_rng(3)
CODES = st.sampled_from([0, 1, 2, np.nan])


def terms_of(columns, y, weights=None, estimator=PLAIN_PAIRWISE):
    units = None if weights is None else to_units(np.asarray(weights, float))
    table = read(
        np.asarray(columns, float),
        y,
        discrete_features=True,
        discrete_target=True,
        n_jobs=None,
        weights=units,
    )
    return estimator.prepare(table)


def as_lists(columns):
    return [[None if np.isnan(v) else v for v in column] for column in columns.T]


def assert_terms_equal_twins(columns, y, weights=None):
    terms = terms_of(columns, y, weights)
    lists, labels = as_lists(columns), y.tolist()
    w = [1] * len(y) if weights is None else weights.tolist()
    expected = [oracles.information(x, labels, w) for x in lists]
    np.testing.assert_allclose(terms.relevance, expected, rtol=0, atol=1e-12)
    every = np.arange(len(lists))
    for pick in every.tolist():
        found = terms.pairwise(pick, every, EVERY)
        names = ("redundancy", "conditional_redundancy", "joint_entropy")
        for k in every.tolist():
            twins = oracles.pair_terms(lists[k], lists[pick], labels, w)
            got = [found[name][k] for name in names]
            np.testing.assert_allclose(got, twins, rtol=0, atol=1e-12)
        alone = terms.pairwise(pick, every, frozenset({"redundancy"}))
        np.testing.assert_array_equal(alone["redundancy"], found["redundancy"])


@given(
    arrays(np.float64, (24, 4), elements=CODES),
    arrays(np.int64, 24, elements=st.integers(0, 2)),
    st.one_of(st.none(), arrays(np.int64, 24, elements=st.integers(1, 4))),
)
@settings(max_examples=60, deadline=None)
def test_pairwise_terms_equal_twins(columns, y, weights):
    columns[0] = 1.0
    y[:2] = 0, 1
    assert_terms_equal_twins(columns, y, weights)


@pytest.mark.parametrize("weighted", [False, True])
def test_columns_of_many_levels(weighted):
    """Tables of more than 8 n cells, and codes of two bytes."""
    n = 600
    columns = np.column_stack(
        [RNG.permutation(n), RNG.integers(0, 300, n), RNG.integers(0, 3, n)]
    ).astype(float)
    columns[::7, 0] = columns[1::5, 1] = columns[:40, 2] = np.nan
    weights = RNG.integers(1, 4, n) if weighted else None
    assert_terms_equal_twins(columns, RNG.integers(0, 2, n), weights)


def test_columns_that_are_never_present_together():
    columns = np.array([[0, np.nan]] * 3 + [[np.nan, 1]] * 3 + [[1, np.nan]] * 2)
    y = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    found = terms_of(columns, y).pairwise(0, np.array([1]), EVERY)
    assert [float(values[0]) for values in found.values()] == [0.0, 0.0, 0.0]


def frame_with_gaps():
    X = pd.DataFrame(RNG.normal(size=(300, 5)), columns=list("abcde"))
    X["d"] = RNG.choice(["u", "v", "w"], 300)
    y = (X["a"] + X["b"] + RNG.normal(size=300) > 0).astype(int)
    for j, name in enumerate(X):
        X.loc[RNG.random(300) < 0.05 * j, name] = None
    return X, y


def test_relevance_is_that_of_the_present_rows():
    X, y = frame_with_gaps()
    bins = PlugIn(n_bins=5, correction=None)
    pairwise = PlugIn(n_bins=5, missing="pairwise", correction=None)
    fitted = MIM(5, mi_estimator=pairwise).fit(X, y)
    for j, name in enumerate(X):
        kept = X[name].notna()
        alone = MIM(1, mi_estimator=bins).fit(X.loc[kept, [name]], y[kept])
        assert fitted.relevance_[j] == pytest.approx(alone.relevance_[0], abs=1e-12)


@pytest.mark.parametrize("selector", [MIM, MIRMR, JMI, DISR, FCBF])
@pytest.mark.parametrize("policy", ["category", "pairwise", "error"])
def test_without_gaps_all_policies_agree(selector, policy):
    X, y = frame_with_gaps()
    X, y = X.dropna(), y[X.notna().all(axis=1)]
    fitted = selector(3, mi_estimator=PlugIn(missing=policy)).fit(X, y)
    pd.testing.assert_frame_equal(fitted.path_, selector(3).fit(X, y).path_)


@pytest.mark.parametrize("selector", [MIRMR, JMI, DISR, FCBF])
def test_pairwise_fits_with_threads_and_weights(selector):
    X, y = frame_with_gaps()
    weights = RNG.integers(0, 3, 300)
    rows = np.repeat(np.arange(300), weights)
    fits = [
        selector(4, mi_estimator=PAIRWISE, n_jobs=n_jobs).fit(*data)
        for n_jobs, data in ((None, (X, y, weights)), (2, (X.iloc[rows], y.iloc[rows])))
    ]
    pd.testing.assert_frame_equal(*(fit.path_ for fit in fits), check_exact=True)


def test_infomax_by_pairs():
    X, _ = frame_with_gaps()
    fitted = InfoMaxSelector(3, mi_estimator=PAIRWISE).fit(X)
    assert len(fitted.selected_indices_) == 3


def test_error_names_the_columns():
    X, y = frame_with_gaps()
    with pytest.raises(ValueError, match=r"missing='error'.*'b', 'c', 'd', 'e'"):
        JMI(2, mi_estimator=PlugIn(missing="error")).fit(X, y)


@pytest.mark.parametrize("estimator", [PlugIn, KNN, GaussianCopula])
@pytest.mark.parametrize("policy", ["drop", "category"])
def test_unknown_policies_are_refused(estimator, policy):
    X, y = frame_with_gaps()
    if estimator is PlugIn and policy == "category":
        return
    message = f"missing='{policy}' is unknown to {estimator.__name__}; it knows 'error'"
    if estimator is PlugIn:
        message = "missing='drop' is unknown to PlugIn; it knows 'category'"
    elif policy == "category":
        message += " or 'pairwise'; only PlugIn takes missing for a level"
    with pytest.raises(ValueError, match=message):
        MIM(1, mi_estimator=estimator(missing=policy)).fit(X[["a"]], y)


RANKING = [KNN, GaussianCopula]


@pytest.mark.parametrize("estimator", RANKING)
def test_the_default_is_an_error_with_three_remedies(estimator):
    X, y = frame_with_gaps()
    who = estimator.__name__
    remedies = rf"impute.*{who}\(missing='pairwise'\).*mi_estimator='plugin'"
    for policy in ({}, {"missing": "error"}):
        with pytest.raises(ValueError, match=rf"{who}.*'b', 'c', 'd', 'e'.*{remedies}"):
            JMI(2, mi_estimator=estimator(**policy)).fit(X, y)


def whole_terms(X, y, estimator, weights=None):
    names = list(X.columns)
    table = read(
        X,
        y,
        discrete_features=[name for name in "df" if name in names],
        discrete_target=y.dtype.kind == "i",
        n_jobs=None,
        weights=weights,
    )
    return estimator.prepare(table)


def both_kinds(n=120):
    """Continuous, discrete and tied columns with gaps, and targets of both kinds."""
    rng = np.random.default_rng(4)
    X = pd.DataFrame(rng.normal(size=(n, 6)), columns=list("abcdef"))
    X["c"] += X["a"]
    X["e"] = X["e"].round(1) + 0.05
    X["d"] = (X["a"] + rng.normal(size=n) > 0).astype(float)
    X["f"] = rng.integers(0, 3, n).astype(float)
    score = X["a"] + X["d"] + rng.normal(size=n)
    for j, name in enumerate("bcdf"):
        X.loc[rng.random(n) < 0.1 * (j + 1), name] = np.nan
    X.loc[X["c"].isna(), "e"] = np.nan
    return X, {"classes": (score > 0.5).astype(int), "numbers": score}


@pytest.mark.parametrize("kind", ["classes", "numbers"])
@pytest.mark.parametrize("estimator", RANKING)
def test_pairs_are_those_of_the_rows_without_gaps(estimator, kind):
    X, targets = both_kinds()
    y, wanted = targets[kind], frozenset({"redundancy", "conditional_redundancy"})
    terms = whole_terms(X, y, estimator(missing="pairwise"))
    every = np.arange(6)
    for j, pick in enumerate(X):
        found = terms.pairwise(j, every, wanted)
        for k, name in enumerate(X):
            if k == j:
                continue
            kept = X[[pick, name]].notna().all(axis=1)
            alone = X.loc[kept, [pick, name]].assign(d=X["d"], f=X["f"])
            alone = alone.fillna(0)
            told = whole_terms(alone, y[kept], estimator())
            pair = told.pairwise(0, np.array([1]), wanted)
            for term in wanted:
                assert found[term][k] == pytest.approx(pair[term][0], abs=1e-12)
        kept = X[pick].notna()
        alone = X.loc[kept].fillna(0)
        told = whole_terms(alone, y[kept], estimator()).relevance[j]
        assert terms.relevance[j] == pytest.approx(told, abs=1e-12)


@pytest.mark.parametrize("selector", [MIM, JMI, CMIM])
@pytest.mark.parametrize("estimator", RANKING)
def test_ranking_estimators_fit_by_pairs(estimator, selector):
    X, targets = both_kinds()
    by_pairs = estimator(missing="pairwise")
    for y in (*targets.values(), pd.DataFrame(targets)):
        fits = [
            selector(None, mi_estimator=by_pairs, n_jobs=n).fit(X, y) for n in (None, 2)
        ]
        pd.testing.assert_frame_equal(*(fit.path_ for fit in fits), check_exact=True)
        whole = X.fillna(0)
        fits = [
            selector(None, mi_estimator=estimator(missing=policy)).fit(whole, y)
            for policy in ("error", "pairwise")
        ]
        pd.testing.assert_frame_equal(*(fit.path_ for fit in fits), check_exact=True)
    with pytest.raises(ValueError, match="use mi_estimator='plugin'"):
        DISR(2, mi_estimator=by_pairs).fit(X, targets["classes"])


@pytest.mark.parametrize("estimator", RANKING)
def test_rows_that_tell_nothing(estimator):
    """Columns never present together, present once, or in one class only."""
    n = 40
    X = pd.DataFrame(RNG.normal(size=(n, 4)), columns=list("abce"))
    y = pd.Series(np.arange(n) % 2)
    X.loc[: n // 2, "a"] = X.loc[n // 2 :, "b"] = X.loc[1:, "c"] = np.nan
    X.loc[y == 1, "e"] = np.nan
    for target in (y, y + 0.5):
        terms = whole_terms(X, target, estimator(missing="pairwise"))
        assert terms.relevance[2:].tolist() == [0.0, 0.0]
        wanted = frozenset({"redundancy", "conditional_redundancy"})
        for pick, other in ((0, 1), (0, 2)):
            found = terms.pairwise(pick, np.array([other]), wanted)
            assert [values[0] for values in found.values()] == [0.0, 0.0]
        found = terms.pairwise(0, np.array([3]), wanted)
        assert found["redundancy"][0] == pytest.approx(
            found["conditional_redundancy"][0]
        )


def test_pairs_of_weighted_rows_with_the_copula():
    X, targets = both_kinds()
    weights = RNG.integers(0, 4, len(X))
    weights[0] = 1000
    rows = np.repeat(np.arange(len(X)), weights)
    for y in targets.values():
        jmi = [JMI(4, mi_estimator=GaussianCopula(missing="pairwise")) for _ in "12"]
        weighted = jmi[0].fit(X, y, weights)
        plain = jmi[1].fit(X.iloc[rows], y.iloc[rows])
        np.testing.assert_allclose(weighted.relevance_, plain.relevance_, atol=1e-12)
        np.testing.assert_allclose(weighted.scores_, plain.scores_, atol=1e-12)


def test_what_pairs_cannot_do_is_refused():
    X, y = frame_with_gaps()
    for selector in (CMI(2), JMI3(3), JMI(2, groups=["p", "p", "q", "r", "s"])):
        with pytest.raises(
            ValueError, match=r"joint_counts, which PlugIn\(missing='pai"
        ):
            selector.set_params(mi_estimator=PAIRWISE).fit(X, y)
    dense = RNG.integers(0, 2, (300, 3)).astype(float)
    dense[0, 0] = np.nan
    sparse = sp.csr_array(dense)
    with pytest.raises(
        ValueError, match=r"PlugIn\(missing='pairwise'\) cannot .* sparse"
    ):
        JMI(2, mi_estimator=PAIRWISE).fit(sparse, y)
