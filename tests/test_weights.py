"""Weights of rows: repeated rows, removed rows, scales, and what is refused."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plain import PLAIN
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from mifs import CMI, DISR, JMI, JMI3, MIM, MIRMR, InfoMaxSelector, RelaxMRMR, profile
from mifs._data.discretize import quantile_edges
from mifs._data.reading import read
from mifs._data.weights import to_units
from mifs.estimators import KNN, GaussianCopula, PlugIn

RNG = np.random.default_rng(7)
N = 180
BOTH = frozenset({"redundancy", "conditional_redundancy"})
KINDS = ["classes", "numbers"]


def mixed_table():
    X = pd.DataFrame(RNG.normal(size=(N, 6)), columns=list("abcdef"))
    X["b"] = RNG.integers(0, 25, N)
    X["c"] = RNG.integers(0, 3, N)
    X["d"] = RNG.choice(["u", "v", None], N)
    X.loc[::9, "e"] = np.nan
    signal = X["a"] + X["c"] + 0.2 * X["b"] + RNG.normal(size=N)
    return X, {"classes": (signal > signal.median()).astype(int), "numbers": signal}


X, TARGETS = mixed_table()
WHOLE = RNG.integers(0, 4, N)
NUMBERS = X[["a", "b", "c", "f"]]


def repeated(weights):
    return np.repeat(np.arange(N), weights)


def assert_same_fit(first, second):
    np.testing.assert_array_equal(first.relevance_, second.relevance_)
    pd.testing.assert_frame_equal(first.path_, second.path_, check_exact=True)
    np.testing.assert_array_equal(first.feature_kinds_, second.feature_kinds_)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("selector", [MIM, MIRMR, JMI, DISR, CMI, JMI3, RelaxMRMR])
def test_whole_weights_equal_repeated_rows(selector, kind):
    y, rows = TARGETS[kind], repeated(WHOLE)
    weighted = selector(4).fit(X, y, sample_weight=WHOLE)
    plain = selector(4).fit(X.iloc[rows], y.iloc[rows])
    assert_same_fit(weighted, plain)
    for column, edges in plain.mi_estimator_.edges_.items():
        np.testing.assert_array_equal(weighted.mi_estimator_.edges_[column], edges)


@pytest.mark.parametrize("binning", ["uniform", "mdlp", "ib"])
def test_whole_weights_with_other_bins(binning):
    y, rows = TARGETS["classes"], repeated(WHOLE)
    selector = JMI(3, mi_estimator=PlugIn(binning=binning))
    weighted = selector.fit(X, y, sample_weight=WHOLE)
    plain = JMI(3, mi_estimator=PlugIn(binning=binning)).fit(X.iloc[rows], y.iloc[rows])
    assert_same_fit(weighted, plain)
    # Chance is that of repeated rows, or of fewer where weights are fractions.
    jmi = JMI(3, mi_estimator=PlugIn(7, binning, correction=None))
    scaled = clone(jmi).fit(X, y, sample_weight=WHOLE / 3)
    weighted = clone(jmi).fit(X, y, sample_weight=WHOLE)
    assert scaled.ranking_.tolist() == weighted.ranking_.tolist()
    np.testing.assert_allclose(scaled.relevance_, weighted.relevance_, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_gaussian_copula_repeats_rows(kind):
    y, rows = TARGETS[kind], repeated(WHOLE)
    weighted = JMI(3, mi_estimator="gaussian_copula")
    weighted.fit(NUMBERS, y, sample_weight=WHOLE)
    plain = JMI(3, mi_estimator=GaussianCopula()).fit(NUMBERS.iloc[rows], y.iloc[rows])
    assert_same_fit(weighted, plain)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("selector", [MIM, MIRMR, JMI])
@pytest.mark.parametrize("factor", [0.1, 1 / 3, 3.7, 12, 1e-9, 1e9])
def test_scale_of_weights_means_nothing_to_the_copula(factor, selector, kind):
    y = TARGETS[kind]
    for weights in (WHOLE, RNG.random(N)):
        fits = [
            selector(4, mi_estimator="gaussian_copula").fit(NUMBERS, y, w)
            for w in (weights, weights * factor)
        ]
        np.testing.assert_allclose(*(f.relevance_ for f in fits), rtol=0, atol=1e-12)
        np.testing.assert_allclose(*(f.scores_ for f in fits), rtol=0, atol=1e-12)
        assert fits[0].ranking_.tolist() == fits[1].ranking_.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_zero_weight_equals_a_removed_row_of_the_copula(kind):
    weights = RNG.random(N) * (RNG.random(N) > 0.3)
    kept, y = weights > 0, TARGETS[kind]
    jmi = JMI(4, mi_estimator="gaussian_copula")
    weighted = clone(jmi).fit(NUMBERS, y, weights)
    assert_same_fit(weighted, clone(jmi).fit(NUMBERS[kept], y[kept], weights[kept]))
    ones = clone(jmi).fit(NUMBERS, y, kept * 2.5)
    assert_same_fit(ones, clone(jmi).fit(NUMBERS[kept], y[kept]))


def test_many_copies_are_weighed_as_few_are_repeated():
    """One row of a thousand copies, too many to be made."""
    y, weights = TARGETS["classes"], WHOLE.copy()
    weights[:3] = 1000
    rows = repeated(weights)
    jmi = JMI(4, mi_estimator="gaussian_copula")
    weighted = clone(jmi).fit(NUMBERS, y, weights)
    plain = clone(jmi).fit(NUMBERS.iloc[rows], y.iloc[rows])
    np.testing.assert_allclose(weighted.relevance_, plain.relevance_, atol=1e-12)
    np.testing.assert_allclose(weighted.scores_, plain.scores_, atol=1e-12)
    assert weighted.feature_kinds_.tolist() == plain.feature_kinds_.tolist()


def terms_of(columns, y, weights=None):
    """Terms of discrete columns, without the warnings of a selector."""
    units = None if weights is None else to_units(np.asarray(weights, float))
    names = [f"x{j}" for j in range(columns.shape[1])]
    table = read(
        columns,
        y,
        names=names,
        discrete_features=True,
        discrete_target=True,
        n_jobs=None,
        weights=units,
    )
    return PLAIN.prepare(table)


def test_columns_of_many_levels():
    """Tables of more than 8 n cells are not laid out."""
    many = np.column_stack(
        [RNG.permutation(N), RNG.permutation(N), RNG.integers(0, 9, N)]
    )
    weights = RNG.integers(1, 4, N)
    y, rows = TARGETS["classes"].to_numpy(), repeated(weights)
    weighted, plain = terms_of(many, y, weights), terms_of(many[rows], y[rows])
    np.testing.assert_array_equal(weighted.relevance, plain.relevance)
    every = np.arange(3)
    for wanted in (BOTH, frozenset({"redundancy"})):
        first, second = (t.pairwise(0, every, wanted) for t in (weighted, plain))
        for term in wanted:
            np.testing.assert_array_equal(first[term], second[term])
    joined = [t.join(t.join(None, 0), 1) for t in (weighted, plain)]
    assert weighted.pick_entropies(joined[0]) == plain.pick_entropies(joined[1])


def test_groups_and_infomax():
    groups = ["p", "p", "q", "q", "r", "s"]
    y, rows = TARGETS["classes"], repeated(WHOLE)
    weighted = JMI(3, groups=groups).fit(X, y, sample_weight=WHOLE)
    assert_same_fit(weighted, JMI(3, groups=groups).fit(X.iloc[rows], y.iloc[rows]))
    weighted = InfoMaxSelector(3).fit(X, sample_weight=WHOLE)
    plain = InfoMaxSelector(3).fit(X.iloc[rows])
    np.testing.assert_array_equal(weighted.objective_, plain.objective_)
    assert weighted.selected_indices_.tolist() == plain.selected_indices_.tolist()


@pytest.mark.parametrize("factor", [0.1, 1 / 3, 3.7, 12, 1e-9, 1e9])
@pytest.mark.parametrize("kind", KINDS)
def test_scale_of_weights_means_nothing(factor, kind):
    y, estimator = TARGETS[kind], PlugIn(n_bins=6, correction=None)
    fits = [
        JMI(4, mi_estimator=estimator).fit(X, y, sample_weight=weights)
        for weights in (WHOLE, WHOLE * factor)
    ]
    np.testing.assert_allclose(*(fit.relevance_ for fit in fits), rtol=0, atol=1e-13)
    np.testing.assert_allclose(*(fit.path_["score"] for fit in fits), atol=1e-12)
    assert fits[0].path_["name"].tolist() == fits[1].path_["name"].tolist()
    assert fits[0].feature_kinds_.tolist() == fits[1].feature_kinds_.tolist()
    for column, edges in fits[0].mi_estimator_.edges_.items():
        np.testing.assert_array_equal(fits[1].mi_estimator_.edges_[column], edges)


def test_zero_weight_equals_a_removed_row():
    weights = RNG.random(N) * (RNG.random(N) > 0.3)
    kept = weights > 0
    y = TARGETS["numbers"]
    weighted = JMI(4).fit(X, y, sample_weight=weights)
    assert_same_fit(weighted, JMI(4).fit(X[kept], y[kept], sample_weight=weights[kept]))
    ones = kept.astype(float)
    assert_same_fit(JMI(4).fit(X, y, sample_weight=ones), JMI(4).fit(X[kept], y[kept]))


def weighted_information(x, y, weights):
    joint = pd.crosstab(x, y, weights, aggfunc="sum").fillna(0).to_numpy()
    joint = joint / joint.sum()
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    inside = joint > 0
    return (joint[inside] * np.log(joint[inside] / product[inside])).sum()


@given(
    arrays(np.int64, (30, 2), elements=st.integers(0, 3)),
    arrays(np.float64, 30, elements=st.floats(0.001, 1000)),
)
@settings(max_examples=60, deadline=None)
def test_fractional_weights_equal_weighted_frequencies(columns, weights):
    x, y = columns.T
    y[0], y[1] = 0, 1
    expected = [weighted_information(v, y, weights) for v in (x, y)]
    found = terms_of(columns, y, weights).relevance
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@given(
    arrays(
        np.float64, (2, 25), elements=st.sampled_from([-1.5, 0, 0.25, 2, np.nan, 9])
    ),
    arrays(np.int64, 25, elements=st.integers(1, 5)),
    st.integers(2, 9),
    st.sampled_from([1.0, 0.1, 1 / 3, 2.7]),
)
@settings(max_examples=60, deadline=None)
def test_weighted_edges_equal_those_of_repeated_values(values, weights, n_bins, factor):
    values[:, 0] = 1.0
    found = quantile_edges(values, n_bins, to_units(weights * factor))
    expected = quantile_edges(np.repeat(values, weights, axis=1), n_bins)
    np.testing.assert_array_equal(found.values, expected.values)
    np.testing.assert_array_equal(found.starts, expected.starts)


@pytest.mark.parametrize("n_jobs", [2])
def test_threads_change_nothing(n_jobs):
    weights, y = RNG.random(N), TARGETS["classes"]
    first = JMI(4).fit(X, y, sample_weight=weights)
    second = JMI(4, n_jobs=n_jobs).fit(X, y, sample_weight=weights)
    assert_same_fit(first, second)


def test_frames_and_lists_lose_the_same_rows():
    y, rows = TARGETS["classes"], repeated(WHOLE)
    expected = MIM(2).fit(NUMBERS.iloc[rows], y.iloc[rows]).relevance_
    frame = pl.from_pandas(NUMBERS)
    tables = [
        (frame, y.tolist(), WHOLE.tolist()),
        (frame, pl.Series(y.to_list()), pl.Series(WHOLE)),
        (frame.to_arrow(), y.to_numpy(), pd.Series(WHOLE)),
        (NUMBERS.to_numpy(), y.to_numpy(), WHOLE),
    ]
    for table, target, weights in tables:
        found = MIM(2).fit(table, target, sample_weight=weights).relevance_
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.r_[-1.0, np.ones(N - 1)], "negative in 1 rows.*row 0"),
        (np.r_[np.nan, np.ones(N - 1)], "NaN in 1 rows"),
        (np.r_[np.inf, np.ones(N - 1)], "infinite in 1 rows"),
        (np.ones(N - 1), r"shape \(179,\) for 180 rows"),
        (np.ones((N, 1)), r"shape \(180, 1\)"),
        (np.zeros(N), "zero in all rows"),
        (["heavy"] * N, "one number for each row"),
    ],
)
def test_wrong_weights_are_refused(weights, message):
    with pytest.raises(
        ValueError, match=f"sample_weight.*{message}|sample_weight must"
    ):
        MIM(2).fit(X, TARGETS["classes"], sample_weight=weights)


def test_estimators_that_cannot_weigh_say_so():
    y = TARGETS["classes"]
    with pytest.raises(ValueError, match="KNN cannot weigh rows"):
        MIM(2, mi_estimator=KNN()).fit(NUMBERS, y, sample_weight=WHOLE)
    for binning in ("mdlp", "ib"):
        mim = MIM(2, mi_estimator=PlugIn(binning=binning))
        with pytest.raises(ValueError, match=f"binning='{binning}' counts rows.*round"):
            mim.fit(X, y, sample_weight=RNG.random(N))


@pytest.mark.parametrize("n_rows", [N - 3, N + 3])
@pytest.mark.parametrize("frame", [True, False])
def test_a_target_of_another_length_is_refused(n_rows, frame):
    """Rows of weight 0 are taken away first: none may be lost of the longer one."""
    y = np.resize(TARGETS["classes"], n_rows)
    y = pd.Series(y, name="rich") if frame else y
    for call in (MIM(1).fit, profile):
        with pytest.raises(ValueError, match=f"X has {N} rows and the target"):
            call(X, y, sample_weight=WHOLE)
        with pytest.raises(ValueError, match=f"X has {N} rows and the target"):
            call(X, y)


def test_warm_start_looks_at_the_weights():
    y = TARGETS["classes"]
    jmi = JMI(2, warm_start=True).fit(X, y, sample_weight=WHOLE)
    jmi.set_params(n_features_to_select=4).fit(X, y, sample_weight=WHOLE[::-1])
    assert_same_fit(jmi, JMI(4).fit(X, y, sample_weight=WHOLE[::-1]))


def test_metadata_routing_carries_weights_through_a_grid():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X.iloc[:, :8]
    weights = RNG.integers(1, 4, len(X))
    with sklearn.config_context(enable_metadata_routing=True):
        jmi = JMI(3).set_fit_request(sample_weight=True)
        logistic = LogisticRegression(max_iter=5000)
        logistic.set_fit_request(sample_weight=False)
        # scikit-learn 1.6 does not ask the last step of a pipeline what scoring takes.
        accuracy = get_scorer("accuracy").set_score_request(sample_weight=True)
        pipe = make_pipeline(jmi, logistic).fit(X, y, sample_weight=weights)
        sizes = {"jmi__n_features_to_select": [1, 2]}
        grid = GridSearchCV(pipe, sizes, scoring=accuracy, cv=2)
        grid.fit(X, y, sample_weight=weights)
    expected = JMI(3).fit(X, y, sample_weight=weights)
    assert_same_fit(pipe[0], expected)
    best = grid.best_params_["jmi__n_features_to_select"]
    found = grid.best_estimator_[0]
    assert_same_fit(found, JMI(best).fit(X, y, sample_weight=weights))


def test_bins_by_the_sum_of_weights():
    X, y = load_diabetes(return_X_y=True)
    X, y = X[:40], y[:40]
    light = MIM(2).fit(X, y, sample_weight=np.full(40, 1))
    heavy = MIM(2).fit(X, y, sample_weight=np.full(40, 25))
    assert len(light.mi_estimator_.edges_[2]) == 2
    assert len(heavy.mi_estimator_.edges_[2]) == 9
