"""InfoMax selection equals the plain greedy search, and is as good as promised."""

import math
import pickle

import numpy as np
import oracles
import oracles_infomax
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from plain import PLAIN
from repeats import first
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mifs import InfoMaxSelector
from mifs._data.reading import read
from mifs._search import Constraints, Step, cover
from mifs.estimators import PlugIn, resolve
from mifs.exceptions import ConstantFeatureWarning, NoGainWarning, TooFewFeaturesWarning

tables = hnp.arrays(
    np.int64,
    st.tuples(st.integers(2, 24), st.integers(1, 6)),
    elements=st.integers(0, 3),
)


def prepare(X, **parameters):
    names = [f"x{j}" for j in range(X.shape[1])]
    parameters = {"correction": None, **parameters}
    return PlugIn(**parameters).prepare(read(X, names=names, discrete_features=True))


def paths(X, k, *, lazy, constraints=None, n_threads=1, **parameters):
    path, alone, values = cover(
        prepare(X, **parameters),
        k,
        constraints=constraints or Constraints(),
        lazy=lazy,
        n_threads=n_threads,
    )
    columns = dict(zip(Step._fields, zip(*path, strict=True), strict=True))
    columns["feature"] = list(columns["feature"])
    columns["n_evaluations"] = path.n_evaluations
    return columns | {"alone": alone, "values": values}


def assert_same_path(left, right):
    for name in set(left) - {"n_evaluations"}:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


def groups_of_copies(n=200, n_groups=4, seed=0):
    """Noisy copies of a few columns, four of each."""
    rng = np.random.default_rng(seed)
    columns = []
    for _ in range(n_groups):
        source = rng.integers(0, 4, n)
        for _ in range(4):
            noisy = np.where(rng.random(n) < 0.2, rng.integers(0, 4, n), source)
            columns.append(noisy)
    return np.stack(columns, axis=1)


@given(tables)
@settings(deadline=None, max_examples=60)
def test_equals_the_plain_greedy_search(X):
    found = paths(X, X.shape[1], lazy=True)
    chosen, values = oracles_infomax.greedy(list(X.T), X.shape[1])
    assert found["feature"] == chosen
    np.testing.assert_allclose(found["values"], values, rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.cumsum(found["score"]), values, rtol=0, atol=1e-12)


@given(tables)
@settings(deadline=None, max_examples=60)
def test_lazy_equals_eager(X):
    p = X.shape[1]
    for correction in (None, "permutation"):
        both = (paths(X, p, lazy=lazy, correction=correction) for lazy in (True, False))
        assert_same_path(*both)


@pytest.mark.parametrize("seed", first(1, range(5)))
@pytest.mark.parametrize("correction", [None, "permutation", "miller_madow"])
def test_lazy_equals_eager_on_wider_tables_and_saves_work(seed, correction):
    X = np.random.default_rng(seed).integers(0, 4, (40, 60))
    X = np.hstack([X, groups_of_copies(40, seed=seed)])
    lazy, eager = (
        paths(X, 20, lazy=lazy, correction=correction) for lazy in (True, False)
    )
    assert_same_path(lazy, eager)
    assert lazy["n_evaluations"] < eager["n_evaluations"] / 2


@given(tables)
@settings(deadline=None, max_examples=40)
def test_as_good_as_promised(X):
    p, columns = X.shape[1], list(X.T)
    values = paths(X, p, lazy=True)["values"]
    for k in range(1, p + 1):
        best = oracles_infomax.best(columns, k)
        assert values[k - 1] >= (1 - 1 / math.e) * best - 1e-12
        assert values[k - 1] <= best + 1e-12
    mean_entropy = np.mean([oracles.entropy(x) for x in columns])
    assert values[-1] == pytest.approx(mean_entropy, abs=1e-12)


def test_one_of_each_group_of_copies():
    X = groups_of_copies()
    found = InfoMaxSelector(4).fit(X)
    assert sorted(found.selected_indices_ // 4) == [0, 1, 2, 3]


def test_fitted_attributes():
    X = load_wine(as_frame=True).data
    found = InfoMaxSelector(5, mi_estimator=PLAIN).fit(X)
    table = prepare_wine(X)
    assert len(found.path_) == 5
    assert found.path_["score"].sum() == pytest.approx(found.objective_[-1], abs=1e-12)
    np.testing.assert_array_equal(
        found.path_["score"], found.scores_[found.selected_indices_]
    )
    np.testing.assert_array_equal(
        found.relevance_[found.selected_indices_], found.path_["relevance"]
    )
    expected = [
        np.mean([oracles.mutual_information(a, b) for b in table]) for a in table
    ]
    np.testing.assert_allclose(found.relevance_, expected, rtol=0, atol=1e-12)
    assert set(found.feature_kinds_) == {"continuous"}
    assert not hasattr(found, "target_kind_")
    assert len(pickle.dumps(found)) < 40_000


def prepare_wine(X):
    bins = oracles.n_bins(len(X))
    cut = [oracles.quantile_edges(X[name], bins) for name in X]
    return [np.searchsorted(e, X[name]) for e, name in zip(cut, X, strict=True)]


def test_needs_no_target_and_does_not_look_at_one():
    X, y = load_wine(return_X_y=True)
    without, given_y = InfoMaxSelector(4).fit(X), InfoMaxSelector(4).fit(X, y)
    np.testing.assert_array_equal(without.scores_, given_y.scores_)
    kept = make_pipeline(StandardScaler(), InfoMaxSelector(4)).fit_transform(X)
    assert kept.shape == (len(X), 4)


def test_threads_change_nothing():
    X = load_digits().data[:300]
    X = X[:, X.std(axis=0) > 0]
    one, three = (InfoMaxSelector(15, n_jobs=n).fit(X) for n in (1, 3))
    np.testing.assert_array_equal(one.scores_, three.scores_)
    np.testing.assert_array_equal(one.objective_, three.objective_)
    pd.testing.assert_frame_equal(one.path_, three.path_)
    assert one.n_evaluations_ == three.n_evaluations_


def test_order_of_rows_changes_nothing():
    X = load_digits().data[:200]
    X = X[:, X.std(axis=0) > 0]
    order = np.random.default_rng(0).permutation(len(X))
    left, right = InfoMaxSelector(9).fit(X), InfoMaxSelector(9).fit(X[order])
    np.testing.assert_array_equal(left.scores_, right.scores_)


@pytest.mark.parametrize("lazy", [True, False])
def test_constraints(lazy):
    X = groups_of_copies()
    costs = np.where(np.arange(16) % 4 == 0, 0.0, 0.01)
    constraints = Constraints(include=[7], exclude=[0, 1], costs=costs)
    found = paths(X, 4, lazy=lazy, constraints=constraints)
    assert found["feature"][0] == 7
    assert not set(found["feature"]) & {0, 1}
    gains = np.diff(found["values"], prepend=0)
    np.testing.assert_allclose(
        found["score"], gains - costs[found["feature"]], rtol=0, atol=1e-12
    )


def test_include_exclude_and_costs_by_name():
    X = load_wine(as_frame=True).data
    found = InfoMaxSelector(
        3, include=["ash"], exclude=["flavanoids"], costs={"color_intensity": 5.0}
    ).fit(X)
    chosen = list(found.path_["name"])
    assert chosen[0] == "ash"
    assert not {"flavanoids", "color_intensity"} & set(chosen)


@pytest.mark.filterwarnings("ignore::mifs.exceptions.DuplicateColumnsWarning")
def test_kinds_of_columns():
    rng = np.random.default_rng(0)
    a = rng.integers(0, 3, 60)
    X = pd.DataFrame(
        {
            "constant": 1,
            "name": pd.Series(a).map({0: "x", 1: "y", 2: None}),
            "kind": pd.Categorical(a),
            "number": a + rng.random(60),
        }
    )
    with pytest.warns(ConstantFeatureWarning, match="'constant' have one value"):
        found = InfoMaxSelector(2).fit(X)
    assert found.feature_kinds_.tolist() == ["discrete"] * 3 + ["continuous"]
    assert found.relevance_[0] == 0
    assert list(found.transform(X)) == list(X.columns[found.support_])


def test_a_single_column():
    found = InfoMaxSelector(1, mi_estimator=PLAIN).fit(np.array([[0], [1], [1], [0]]))
    assert found.objective_ == pytest.approx(math.log(2), abs=1e-15)


@pytest.mark.parametrize("name", ["knn", "gaussian_copula"])
def test_refuses_estimators_that_do_not_count(name):
    who = type(resolve(name)).__name__
    message = f"InfoMaxSelector needs entropy, which {who} cannot .*'plugin'"
    with pytest.raises(ValueError, match=message):
        InfoMaxSelector(mi_estimator=name).fit(load_wine().data)


def test_warns_of_columns_that_add_nothing():
    a = np.arange(8) // 2
    X = np.stack([a, 3 - a, a], axis=1)
    with pytest.warns(NoGainWarning, match=r"last 2 of 3 .*\['x1', 'x2'\]"):
        InfoMaxSelector(3, discrete_features=True).fit(X)
    InfoMaxSelector(None, discrete_features=True).fit(X)


def test_warns_of_too_few_columns():
    X = load_wine().data[:, :3]
    with pytest.warns(TooFewFeaturesWarning, match="more than the 3 features"):
        InfoMaxSelector(7).fit(X)


def test_clone_and_parameters():
    selector = InfoMaxSelector(0.5, n_jobs=2, exclude=[0])
    assert clone(selector).get_params() == selector.get_params()
    with pytest.raises(ValueError, match="n_features_to_select"):
        InfoMaxSelector("auto").fit(load_wine().data)
