"""The scikit-learn surface: fitted attributes, frames, pipelines, pickles."""

import inspect
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from joblib.parallel import BACKENDS, ThreadingBackend
from plain import PLAIN
from sklearn.base import clone
from sklearn.datasets import load_wine
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mifs
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators import PlugIn
from mifs.exceptions import (
    ConstantFeatureWarning,
    LeakWarning,
    NoGainWarning,
    TooFewFeaturesWarning,
)
from mifs.selectors import __all__ as NAMES

# Every class that takes a target, MRMR being another name of MIRMR.
CLASSES = dict.fromkeys(
    public
    for public in (getattr(mifs, name) for name in NAMES)
    if "discrete_target" in inspect.signature(public).parameters
    and isinstance(public, type)
)
GREEDY = [public for public in CLASSES if public not in (mifs.FCBF, mifs.SpecCMI)]
every_class = pytest.mark.parametrize("selector", CLASSES)
PATH = [
    *("feature", "name", "score", "relevance", "redundancy"),
    *("conditional_redundancy", "runner_up", "runner_up_name", "margin"),
    *("expected", "p_value", "tier"),
]


@pytest.fixture(scope="module")
def wine():
    return load_wine(return_X_y=True, as_frame=True)


def table_of_kinds(n=60):
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    X = pd.DataFrame(
        {
            "number": rng.normal(size=n) + y,
            "small": (rng.integers(0, 3, n) + y).astype("int8"),
            "flag": rng.random(n) < 0.5,
            "name": pd.Series(np.where(rng.random(n) < 0.8, y, 1 - y)).map(
                {0: "no", 1: "yes"}
            ),
            "kind": pd.Categorical(rng.choice(list("abc"), n)),
            "whole": pd.array(rng.integers(0, 4, n), dtype="Int64"),
        }
    )
    return X, y


@every_class
def test_fitted_attributes(selector, wine):
    X, y = wine
    fitted = selector(n_features_to_select=4).fit(X, y)
    chosen = fitted.selected_indices_
    assert chosen.shape == (4,)
    assert chosen.dtype == np.intp
    assert fitted.support_.dtype == bool
    assert np.flatnonzero(fitted.support_).tolist() == sorted(chosen)
    np.testing.assert_array_equal(fitted.get_support(), fitted.support_)
    assert fitted.get_support(indices=True).tolist() == sorted(chosen)
    assert sorted(fitted.ranking_) == list(range(1, 14))
    assert fitted.ranking_[chosen].tolist() == [1, 2, 3, 4]
    never = np.flatnonzero(~fitted.support_)
    by_relevance = never[np.argsort(-fitted.relevance_[never], kind="stable")]
    assert fitted.ranking_[by_relevance].tolist() == list(range(5, 14))
    assert fitted.scores_.shape == fitted.relevance_.shape == (13,)
    assert np.isnan(fitted.scores_).tolist() == (~fitted.support_).tolist()
    assert fitted.feature_kinds_.tolist() == ["continuous"] * 13
    assert fitted.target_kind_ == "discrete"
    assert fitted.n_features_in_ == 13
    assert fitted.feature_names_in_.tolist() == list(X.columns)
    assert isinstance(fitted.mi_estimator_, PlugIn)
    assert sorted(fitted.mi_estimator_.edges_) == list(range(13))


@every_class
def test_path(selector, wine):
    X, y = wine
    fitted = selector(n_features_to_select=None).fit(X, y)
    path = fitted.path_
    assert path.columns.tolist()[: len(PATH)] == PATH
    assert path.index.tolist() == list(range(1, 14))
    assert path.index.name == "step"
    assert path["feature"].tolist() == fitted.selected_indices_.tolist()
    assert path["name"].tolist() == list(X.columns[fitted.selected_indices_])
    for column in ("score", "relevance"):
        values = getattr(fitted, "scores_" if column == "score" else "relevance_")
        np.testing.assert_array_equal(path[column], values[path["feature"]])
    assert path[["redundancy", "conditional_redundancy"]].iloc[0].isna().all()


@pytest.mark.parametrize("selector", GREEDY)
def test_path_of_a_greedy_search(selector, wine):
    X, y = wine
    fitted = selector(n_features_to_select=None).fit(X, y)
    path = fitted.path_
    assert path["score"].iloc[0] == fitted.relevance_.max()
    # The last of each tier has nobody behind it.
    last = ~path["tier"].duplicated(keep="last")
    assert path["runner_up"].iloc[-1] == -1
    assert np.isnan(path["margin"].iloc[-1])
    assert (path.loc[~last, "runner_up"] >= 0).all()
    for step in range(12):
        chosen = path["feature"].iloc[: step + 1].tolist()
        assert path["runner_up"].iloc[step] not in chosen


@pytest.mark.parametrize(
    ("k", "expected"),
    [(1, 1), (13, 13), (0.5, 6), (1.0, 13), (0.01, 1), (None, 13), (np.int64(3), 3)],
)
def test_number_of_features(k, expected, wine):
    X, y = wine
    fitted = mifs.MIM(k).fit(X, y)
    assert fitted.support_.sum() == len(fitted.path_) == expected
    assert fitted.transform(X).shape == (178, expected)


def test_features_without_information_are_chosen_with_a_warning():
    X = np.column_stack([np.arange(40) % 2, np.zeros((40, 2), int)])
    message = r"last 2 of 3 .*\['x1', 'x2'\]; ask for few"
    useless = pytest.warns(NoGainWarning, match=message)
    constant = pytest.warns(ConstantFeatureWarning, match="columns 'x1', 'x2' have")
    leak = pytest.warns(LeakWarning, match="columns 'x0' determine the target")
    with useless, constant, leak:
        fitted = mifs.MIM(3, mi_estimator=PLAIN).fit(X, X[:, 0])
    assert fitted.selected_indices_.tolist() == [0, 1, 2]
    assert issubclass(NoGainWarning, mifs.exceptions.MifsWarning)
    assert issubclass(TooFewFeaturesWarning, mifs.exceptions.MifsWarning)
    with pytest.warns(ConstantFeatureWarning), pytest.warns(LeakWarning):
        mifs.MIM(None).fit(X, X[:, 0])


def test_kinds_are_told():
    X, y = table_of_kinds()
    fitted = mifs.JMI(2).fit(X, y)
    kinds = ["continuous", *["discrete"] * 5]
    assert fitted.feature_kinds_.tolist() == kinds
    assert mifs.JMI(2).fit(X, y + 0.5).target_kind_ == "continuous"


def test_frame_in_frame_out_with_its_dtypes():
    X, y = table_of_kinds()
    X.index = range(100, 160)
    fitted = mifs.JMI(4).fit(X, y)
    chosen = [X.columns[j] for j in sorted(fitted.selected_indices_)]
    out = fitted.transform(X)
    pd.testing.assert_frame_equal(out, X[chosen])
    pd.testing.assert_frame_equal(fitted.fit_transform(X, y), X[chosen])
    assert fitted.get_feature_names_out().tolist() == chosen


def test_arrays_in_arrays_out(wine):
    X, y = wine
    fitted = mifs.MIRMR(3).fit(X.to_numpy(), y.to_numpy())
    out = fitted.transform(X.to_numpy())
    np.testing.assert_array_equal(out, X.to_numpy()[:, fitted.support_])
    names = [f"x{j}" for j in np.flatnonzero(fitted.support_)]
    assert fitted.get_feature_names_out().tolist() == names
    assert not hasattr(fitted, "feature_names_in_")
    assert fitted.path_["name"].tolist() == [f"x{j}" for j in fitted.selected_indices_]
    back = fitted.inverse_transform(out)
    assert back.shape == (178, 13)
    np.testing.assert_array_equal(back[:, fitted.support_], out)
    assert not back[:, ~fitted.support_].any()


def test_set_output(wine):
    X, y = wine
    fitted = mifs.JMI(3).fit(X, y)
    columns = X.columns[fitted.support_]
    pd.testing.assert_frame_equal(fitted.transform(X), X[columns])
    fitted.set_output(transform="pandas")
    pd.testing.assert_frame_equal(fitted.transform(X), X[columns])
    fitted.set_output(transform="default")
    pd.testing.assert_frame_equal(fitted.transform(X), X[columns])
    plain = mifs.JMI(3).set_output(transform="pandas").fit(X.to_numpy(), y)
    assert plain.transform(X.to_numpy()).columns.tolist() == [
        f"x{j}" for j in np.flatnonzero(plain.support_)
    ]


def test_set_output_of_the_process(wine):
    X, y = wine
    fitted = mifs.JMI(3).fit(X, y)
    with sklearn.config_context(transform_output="pandas"):
        out = fitted.transform(X)
    pd.testing.assert_frame_equal(out, X[X.columns[fitted.support_]])


def test_columns_are_checked_by_name(wine):
    X, y = wine
    fitted = mifs.JMI(3).fit(X, y)
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.transform(X[X.columns[::-1]])
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.transform(X[X.columns[1:]])
    fitted = mifs.JMI(3).fit(X.to_numpy(), y)
    with pytest.raises(ValueError, match="X has 12 features, but JMI is expecting 13"):
        fitted.transform(X.to_numpy()[:, 1:])


@every_class
def test_not_fitted(selector, wine):
    X, _ = wine
    with pytest.raises(NotFittedError):
        selector().transform(X)
    with pytest.raises(NotFittedError):
        selector().get_feature_names_out()


@every_class
def test_clone(selector):
    estimator = PlugIn(n_bins=4)
    original = selector(n_features_to_select=3, mi_estimator=estimator)
    copy = clone(original)
    assert copy.mi_estimator is not estimator
    assert copy.get_params()["mi_estimator__n_bins"] == 4
    assert copy.set_params(mi_estimator__n_bins=6).mi_estimator.n_bins == 6
    assert estimator.n_bins == 4
    assert repr(copy) == repr(copy.set_params())


def test_fit_leaves_the_parameters_alone(wine):
    X, y = wine
    estimator = PlugIn(n_bins=4)
    selector = mifs.JMI(3, mi_estimator=estimator)
    assert selector.fit(X, y) is selector
    assert selector.mi_estimator is estimator
    assert not hasattr(estimator, "edges_")
    assert all(len(edges) == 3 for edges in selector.mi_estimator_.edges_.values())


@every_class
def test_pickle_is_small_and_holds_no_data(selector):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20_000, 10)), rng.integers(0, 2, 20_000)
    fitted = selector(n_features_to_select=None).fit(X, y)
    dumped = pickle.dumps(fitted)
    assert len(dumped) < 10_000
    again = pickle.loads(dumped)
    np.testing.assert_array_equal(again.transform(X), fitted.transform(X))
    pd.testing.assert_frame_equal(again.path_, fitted.path_)


def test_grid_search_over_number_and_bins(wine):
    X, y = wine
    pipeline = make_pipeline(
        mifs.JMI(mi_estimator=PlugIn()), StandardScaler(), LogisticRegression()
    )
    grid = {
        "jmi__n_features_to_select": [1, 4],
        "jmi__mi_estimator__n_bins": [3, 8],
    }
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X, y)
    assert search.best_params_["jmi__n_features_to_select"] == 4
    best = search.best_estimator_
    bins = search.best_params_["jmi__mi_estimator__n_bins"]
    assert len(best["jmi"].mi_estimator_.edges_[0]) == bins - 1
    assert best[:-1].get_feature_names_out().tolist() == list(
        X.columns[best["jmi"].support_]
    )


@pytest.mark.filterwarnings("ignore:the last:mifs.exceptions.NoGainWarning")
@pytest.mark.parametrize("name", CRITERIA)
def test_selector_by_name(name, wine):
    X, y = wine
    by_name = mifs.MISelector(name, 5).fit(X, y)
    by_record = mifs.MISelector(CRITERIA[name], 5).fit(X, y)
    pd.testing.assert_frame_equal(by_name.path_, by_record.path_)


def test_classes_are_their_criteria(wine):
    X, y = wine
    assert mifs.MRMR is mifs.MIRMR
    quotient = {"scheme": "quotient"}
    pairs = [
        (mifs.MIM(6), mifs.MISelector("mim", 6)),
        (mifs.MIRMR(6), mifs.MISelector("mrmr", 6)),
        (
            mifs.MIRMR(6, scheme="quotient"),
            mifs.MISelector("mrmr", 6, criterion_params=quotient),
        ),
        (mifs.JMI(6), mifs.MISelector("jmi", 6)),
        (mifs.JMI(6), mifs.MISelector(n_features_to_select=6)),
    ]
    for own, by_name in pairs:
        path = by_name.fit(X, y).path_
        pd.testing.assert_frame_equal(own.fit(X, y).path_, path)


def test_own_criterion(wine):
    X, y = wine
    record = Criterion(
        name="twice",
        formula="R − 2 mean r_j",
        source="nobody 2000",
        terms=CRITERIA["mrmr"].terms,
        contribution=CRITERIA["mrmr"].contribution,
        score=lambda relevance, reduced, n, parameters: relevance - 2 * reduced / n,
    )
    path = mifs.MISelector(record, 5).fit(X, y).path_
    expected = path["relevance"] - 2 * path["redundancy"].fillna(0)
    np.testing.assert_allclose(path["score"], expected, rtol=0, atol=1e-12)


class CountingBackend(ThreadingBackend):
    tasks = 0

    def submit(self, *arguments, **options):
        type(self).tasks += 1
        return super().submit(*arguments, **options)

    def apply_async(self, *arguments, **options):
        """What joblib 1.3 calls in place of submit."""
        type(self).tasks += 1
        return super().apply_async(*arguments, **options)


def test_backend_of_the_user_is_obeyed():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(500, 12)), rng.integers(0, 2, 500)
    alone = mifs.JMI(5).fit(X, y).path_
    joblib.register_parallel_backend("counting", CountingBackend)
    try:
        with joblib.parallel_config(backend="counting", n_jobs=2):
            within = mifs.JMI(5).fit(X, y).path_
    finally:
        del BACKENDS["counting"]
    assert CountingBackend.tasks > 0
    pd.testing.assert_frame_equal(within, alone)


def test_processes_give_the_same_path():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 6)), rng.integers(0, 3, 300)
    alone = mifs.JMI(4).fit(X, y).path_
    with joblib.parallel_config(backend="loky", n_jobs=2):
        within = mifs.JMI(4).fit(X, y).path_
    pd.testing.assert_frame_equal(within, alone)


def test_progress_bar_goes_to_stderr(capfd, wine):
    X, y = wine
    mifs.JMI(3, verbose=1).fit(X, y)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "JMI" in shown.err
    assert "3/3" in shown.err
    mifs.JMI(3).fit(X, y)
    assert capfd.readouterr() == ("", "")


def test_lines_for_a_log_go_to_stderr_every_few_seconds(capfd, wine, monkeypatch):
    X, y = wine
    mifs.JMI(3, verbose=2).fit(X, y)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr("mifs.selectors._progress._PAUSE", 0)
    mifs.JMI(3, verbose=2).fit(X, y)
    shown = capfd.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["JMI: 2 of 3 steps"]


def test_joint_criteria_do_not_call_a_synergy_nothing():
    rng = np.random.default_rng(0)
    X = rng.permutation(np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 50))
    path = mifs.CMI(2, mi_estimator=PLAIN).fit(X, X[:, 0] ^ X[:, 1]).path_
    assert path["score"].tolist() == pytest.approx([0, np.log(2)])
