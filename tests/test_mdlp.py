from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import oracles_discretize as oracle
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from mifs.discretizers import MDLPDiscretizer, mdlp_edges

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_table(name):
    path = SHARED / f"{name}.parquet"
    if not path.exists():
        pytest.skip(f"the real table {name} is not here")
    pytest.importorskip("pyarrow", reason="reading parquet needs pyarrow")
    return pd.read_parquet(path)


def informative(seed, n, n_classes, n_values, noise):
    """A column of n_values distinct values and classes that change along it."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, n_values, n) / 4 - 1
    place = np.argsort(np.argsort(values, kind="stable")) / n
    classes = (place * n_classes * rng.integers(1, 4)).astype(np.intp) % n_classes
    flip = rng.random(n) < noise
    classes[flip] = rng.integers(0, n_classes, flip.sum())
    return values, classes


columns = st.builds(
    informative,
    seed=st.integers(0, 2**32),
    n=st.integers(1, 200),
    n_classes=st.integers(1, 5),
    n_values=st.sampled_from([1, 2, 5, 20, 1000]),
    noise=st.sampled_from([0.0, 0.1, 0.4, 1.0]),
)


@parametrize_with_checks([MDLPDiscretizer()])
def test_scikit_learn_common_checks(estimator, check):
    check(estimator)


@pytest.mark.every_way
def test_iris_cuts_as_published():
    # R package discretization: mdlp(iris)$cutp is 5.55 6.15 | 2.95 3.35 | 2.45 4.75 |
    # 0.80 1.75, midpoints of the data values that follow
    X, y = load_iris(return_X_y=True)
    edges = MDLPDiscretizer().fit(X, y).edges_
    assert [e.tolist() for e in edges] == [
        [5.5, 6.1],
        [2.9, 3.3],
        [1.9, 4.7],
        [0.6, 1.7],
    ]


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_small_real_tables_equal_the_twin(load):
    X, y = load(return_X_y=True)
    for column, edges in zip(X.T, MDLPDiscretizer().fit(X, y).edges_, strict=True):
        assert_array_equal(edges, oracle.mdlp_edges(column, y))


@given(columns)
@settings(deadline=None, max_examples=300)
def test_equals_the_twin(column):
    values, classes = column
    expected = oracle.mdlp_edges(values, classes)
    assert_array_equal(mdlp_edges(values, classes, 5), expected)


@given(columns, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=100)
def test_row_order_and_class_names_do_not_matter(column, random):
    values, classes = column
    edges = mdlp_edges(values, classes, 5)
    order = np.array(random.sample(range(values.size), values.size), dtype=np.intp)
    names = np.array(random.sample(range(5), 5), dtype=np.intp)
    assert_array_equal(mdlp_edges(values[order], names[classes[order]], 5), edges)
    assert_array_equal(mdlp_edges(8 * values + 3, classes, 5), 8 * edges + 3)


def test_equally_good_cuts_give_the_lowest():
    # a mirror image of itself, so the first cut has an equal on the other side
    runs = [8, 4, 6, 28, 6, 4, 8]
    classes = np.repeat(np.array([1, 0, 1, 0, 1, 0, 1], dtype=np.intp), runs)
    edges = mdlp_edges(np.arange(64.0), classes, 2)
    assert edges.tolist() == [7.0, 11.0, 17.0, 45.0]
    assert_array_equal(mdlp_edges(np.arange(64.0), 1 - classes, 2), edges)
    assert_array_equal(oracle.mdlp_edges(np.arange(64.0), classes), edges)


def test_many_classes_do_not_overflow():
    classes = np.repeat(np.arange(1000), 30)
    edges = mdlp_edges(classes.astype(float), classes, 1000)
    assert_array_equal(edges, np.arange(999.0))


def test_no_information_means_no_cut():
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 2, 2000)
    assert mdlp_edges(rng.normal(size=2000), classes, 2).size == 0
    assert mdlp_edges(np.full(2000, 3.0), classes, 2).size == 0
    assert mdlp_edges(np.arange(2000.0), np.zeros(2000, np.intp), 1).size == 0
    assert mdlp_edges(np.empty(0), np.empty(0, np.intp), 1).size == 0


def test_infinite_values_are_ordered_like_others():
    values = np.r_[np.full(20, -np.inf), np.arange(20.0), np.full(20, np.inf)]
    classes = np.repeat([0, 1, 0], 20)
    assert_array_equal(mdlp_edges(values, classes, 2), [-np.inf, 19.0])
    mdlp = MDLPDiscretizer().fit(values[:, None], classes)
    assert_array_equal(mdlp.transform(values[:, None])[:, 0], np.repeat([0, 1, 2], 20))


def test_wrong_codes_are_refused():
    with pytest.raises(ValueError, match=r"codes 0\.\.2, but there are 2"):
        mdlp_edges(np.arange(3.0), np.arange(3), 2)
    with pytest.raises(ValueError, match="one length"):
        mdlp_edges(np.arange(3.0), np.arange(2), 2)


def test_missing_values_are_the_last_level():
    X = np.array([[0.0], [1], [2], [3], [np.nan]] * 10)
    y = np.array([0, 0, 1, 1, 1] * 10)
    mdlp = MDLPDiscretizer().fit(X, y)
    assert_array_equal(mdlp.edges_[0], [1.0])
    assert_array_equal(mdlp.transform(X[:5])[:, 0], [0, 0, 1, 1, 2])
    clean = MDLPDiscretizer().fit(X[:4].repeat(10, axis=0), y[:4].repeat(10))
    assert_array_equal(clean.transform(X[:5])[:, 0], [0, 0, 1, 1, 2])
    empty = MDLPDiscretizer().fit(np.full((50, 1), np.nan), y)
    assert_array_equal(empty.n_levels_, [1])
    assert_array_equal(empty.transform([[np.nan], [5.0]])[:, 0], [1, 0])


def test_continuous_target_is_binned_first():
    rng = np.random.default_rng(1)
    x = rng.normal(size=3000)
    y = x + rng.normal(scale=0.5, size=3000)
    mdlp = MDLPDiscretizer().fit(x[:, None], y)
    assert mdlp.target_kind_ == "continuous"
    assert_array_equal(mdlp.target_edges_, oracle.quantile_edges(y.tolist(), 10))
    classes = oracle.right_closed(y, mdlp.target_edges_)
    assert_array_equal(mdlp.edges_[0], oracle.mdlp_edges(x, classes))
    coarse = MDLPDiscretizer(n_target_bins=3).fit(x[:, None], y)
    assert len(coarse.target_edges_) == 2
    exact = MDLPDiscretizer(discrete_target=True).fit(x[:50, None], np.round(y[:50]))
    assert exact.target_kind_ == "discrete"
    assert exact.target_edges_ is None


@pytest.mark.parametrize(
    "kind", ["str", "category", "bool", "Int64", "object", "polars"]
)
def test_any_labels(kind):
    X, y = load_iris(return_X_y=True)
    y = (y > 0) if kind == "bool" else y
    expected = MDLPDiscretizer().fit(X, y).edges_
    if kind == "polars":
        target = pytest.importorskip("polars").Series("kind", y.astype(str))
    else:
        labels = pd.Series(y)
        labels = labels.astype(str) if kind in ("str", "category", "object") else labels
        target = labels.astype(kind)
    found = MDLPDiscretizer().fit(X, target)
    assert found.target_kind_ == "discrete"
    for ours, theirs in zip(found.edges_, expected, strict=True):
        assert_array_equal(ours, theirs)


def test_missing_targets_are_counted():
    X = np.arange(5.0)[:, None]
    for y in ([0, 1, np.nan, 1, np.nan], ["a", None, "b", None, "a"]):
        with pytest.raises(ValueError, match="2 of 5 values of the target"):
            MDLPDiscretizer().fit(X, pd.Series(y))


def test_columns_that_are_no_numbers_are_named():
    frame = pd.DataFrame({"age": [1.0, 2], "job": ["a", "b"]})
    with pytest.raises(ValueError, match=r"'job'.*InformationBottleneckEncoder"):
        MDLPDiscretizer().fit(frame, [0, 1])
    frame["job"] = pd.to_datetime(["2020-01-01", "2020-01-02"])
    with pytest.raises(TypeError, match=r"'job' has dtype datetime64.*convert"):
        MDLPDiscretizer().fit(frame, [0, 1])


def frames():
    polars, pyarrow = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    numbers = {
        "a": [1, 2, 3, 4, None, 6] * 20,
        "b": [0.5, None, 2.5, 0.5, 2.5, 1.0] * 20,
        "c": [True, False, None, True, False, False] * 20,
    }
    nullable = pd.DataFrame(numbers).convert_dtypes()
    return {
        "nullable": nullable,
        "arrow": nullable.convert_dtypes(dtype_backend="pyarrow"),
        "object": pd.DataFrame(numbers, dtype=object),
        "polars": polars.DataFrame(numbers),
        "pyarrow": pyarrow.table(numbers),
        "array": np.array(list(numbers.values()), dtype=float).T,
    }


def test_every_frame_gives_the_same_codes():
    y = np.array([0, 0, 1, 1, 2, 2] * 20)
    every = frames()
    expected = MDLPDiscretizer().fit_transform(every["array"], y)
    for frame in every.values():
        assert_array_equal(MDLPDiscretizer().fit_transform(frame, y), expected)
    with pytest.raises(TypeError, match="collect it first"):
        MDLPDiscretizer().fit(every["polars"].lazy(), y)
    with pytest.raises(ValueError, match="minimum of 1"):
        MDLPDiscretizer().fit(every["polars"].head(0), y[:0])
    twice = pd.DataFrame(np.c_[y, y], columns=["a", "a"])
    with pytest.raises(ValueError, match="same name, 'a' 2 times; rename"):
        MDLPDiscretizer().fit(twice, y)


def test_names_outputs_copies_and_pickles():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    mdlp = clone(MDLPDiscretizer(n_jobs=2)).set_output(transform="pandas").fit(X, y)
    codes = mdlp.transform(X)
    assert codes.columns.tolist() == X.columns.tolist()
    assert mdlp.get_feature_names_out().tolist() == X.columns.tolist()
    assert_array_equal(codes, MDLPDiscretizer(n_jobs=1).fit_transform(X, y))
    stored = pickle.dumps(mdlp)
    assert len(stored) < 10_000
    assert_array_equal(pickle.loads(stored).transform(X), codes)


def test_in_pipelines_and_grids():
    X, y = load_iris(return_X_y=True, as_frame=True)
    split = ColumnTransformer([("bins", MDLPDiscretizer(), list(X.columns[2:]))])
    model = make_pipeline(split, CategoricalNB(min_categories=4))
    grid = {"columntransformer__bins__n_target_bins": [3, 5]}
    assert GridSearchCV(model, grid, cv=3).fit(X, y).best_score_ > 0.9


@pytest.mark.parametrize(("name", "target"), [("adult", "income"), ("bank", "deposit")])
def test_real_tables_equal_the_twin(name, target):
    table = real_table(name)
    X = table.drop(columns=target).select_dtypes("number")
    mdlp = MDLPDiscretizer(n_jobs=2).fit(X, table[target])
    for column, edges in zip(X, mdlp.edges_, strict=True):
        assert_array_equal(edges, oracle.mdlp_edges(X[column], table[target]))


def test_hflights_with_missing_values_equals_the_twin():
    table = real_table("hflights").dropna(subset="ArrDelay")
    X = table[["DepDelay", "TaxiOut", "AirTime", "DepTime"]].copy()
    X.loc[X.index[::7], "TaxiOut"] = np.nan
    mdlp = MDLPDiscretizer().fit(X, table["ArrDelay"])
    assert mdlp.target_kind_ == "continuous"
    classes = np.searchsorted(mdlp.target_edges_, table["ArrDelay"])
    for name, edges in zip(X, mdlp.edges_, strict=True):
        there = X[name].notna().to_numpy()
        expected = oracle.mdlp_edges(X[name][there], classes[there])
        assert_array_equal(edges, expected)
