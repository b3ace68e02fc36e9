"""`MutualInfoCV`: one path a training fold, and a number by the score along it."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    check_cv,
    cross_val_score,
)
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

import mifs
from mifs import JMI, MIRMR, MISelector, MutualInfoCV
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")


@pytest.fixture(scope="module")
def cancer():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X.iloc[:300], y.iloc[:300]


def split(X, y, rows):
    take = (lambda data: data.iloc[rows]) if hasattr(X, "iloc") else (lambda d: d[rows])
    return take(X), take(y)


def naive(selector, estimator, numbers, X, y, cv=5, scoring=None):
    """Score every number by fits of its own: (n_folds, n_numbers)."""
    scores, selected = [], []
    for train, test in check_cv(cv, y, classifier=True).split(X, y):
        X_train, y_train = split(X, y, train)
        X_test, y_test = split(X, y, test)
        row, chosen = [], []
        for k in numbers:
            own = clone(selector).set_params(n_features_to_select=k)
            own.fit(X_train, y_train)
            model = clone(estimator).fit(own.transform(X_train), y_train)
            scorer = get_scorer(scoring) if scoring else lambda m, *d: m.score(*d)
            row.append(scorer(model, own.transform(X_test), y_test))
            chosen.append(own.selected_indices_)
        scores.append(row)
        selected.append(chosen)
    return np.array(scores), selected


def scores_of(search):
    results = search.cv_results_
    return np.array([results[f"split{i}_test_score"] for i in range(search.n_splits_)])


@pytest.mark.parametrize(
    "selector",
    [
        JMI(5),
        JMI(4, alpha=1),
        MIRMR(4, scheme="quotient"),
        mifs.CMI(3),
        mifs.FCBF(4),
        mifs.SpecCMI(3),
        JMI(4, mi_estimator=PlugIn(binning="mdlp")),
        MIRMR(4, mi_estimator="gaussian_copula"),
        JMI(4, include=["worst area"], exclude=["worst texture"]),
        JMI(2, groups={"a": ["mean area", "mean texture"]}, discrete_target=True),
    ],
    ids=str,
)
def test_every_fold_is_a_fit_of_its_training_rows(selector, cancer):
    X, y = cancer
    search = MutualInfoCV(selector, GaussianNB(), cv=3).fit(X, y)
    numbers = [p["n_features_to_select"] for p in search.cv_results_["params"]]
    assert numbers == list(range(1, selector.n_features_to_select + 1))
    scores, selected = naive(selector, GaussianNB(), numbers, X, y, cv=3)
    np.testing.assert_array_equal(scores_of(search), scores)
    for fold, chosen in enumerate(selected):
        ours = search.cv_results_[f"split{fold}_selected_indices"]
        for mine, own in zip(ours, chosen, strict=True):
            np.testing.assert_array_equal(mine, own)
    best = int(scores.mean(axis=0).argmax())
    assert search.best_k_ == numbers[best]
    assert search.best_score_ == scores.mean(axis=0)[best]


def test_the_refitted_selector_and_predictor(cancer):
    X, y = cancer
    search = MutualInfoCV(JMI(6), GaussianNB(), cv=3).fit(X, y)
    own = JMI(search.best_k_).fit(X, y)
    np.testing.assert_array_equal(search.support_, own.support_)
    np.testing.assert_array_equal(search.ranking_, own.ranking_)
    pd.testing.assert_frame_equal(search.selector_.path_, own.path_)
    pd.testing.assert_frame_equal(search.transform(X), own.transform(X))
    model = GaussianNB().fit(own.transform(X), y)
    for method in ("predict", "predict_proba", "predict_log_proba"):
        expected = getattr(model, method)(own.transform(X))
        np.testing.assert_array_equal(getattr(search, method)(X), expected)
        np.testing.assert_array_equal(getattr(search.pipeline_, method)(X), expected)
    assert search.score(X, y) == model.score(own.transform(X), y)
    assert search.classes_.tolist() == [0, 1]
    assert search.get_feature_names_out().tolist() == list(own.transform(X))
    assert isinstance(search.pipeline_, Pipeline)
    assert not hasattr(search, "decision_function")
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.predict(X), search.predict(X))


def test_results_are_those_of_a_grid_search(cancer):
    X, y = cancer
    search = MutualInfoCV(JMI(4), GaussianNB(), cv=4).fit(X, y)
    pipeline = Pipeline([("selector", JMI()), ("estimator", GaussianNB())])
    grid = GridSearchCV(
        pipeline, {"selector__n_features_to_select": [1, 2, 3, 4]}, cv=4
    ).fit(X, y)
    ours, theirs = search.cv_results_, grid.cv_results_
    for name in ("mean_test_score", "std_test_score", "rank_test_score"):
        np.testing.assert_array_equal(ours[name], theirs[name])
        assert ours[name].dtype == theirs[name].dtype
    assert {name.replace("selector__", "") for name in theirs} <= set(ours)
    assert ours["param_n_features_to_select"].tolist() == [1, 2, 3, 4]
    (param,) = (name for name in ours if name.startswith("param_"))
    assert ours[param].dtype == theirs["param_selector__n_features_to_select"].dtype
    assert search.best_index_ == grid.best_index_
    pd.DataFrame(ours)


def test_criteria_and_predictors(cancer):
    X, y = cancer
    models = [GaussianNB(), KNeighborsClassifier(3)]
    criteria = ["jmi", "mrmr", CRITERIA["mim"]]
    search = MutualInfoCV(JMI(3), models, criteria=criteria, cv=3).fit(X, y)
    assert len(search.cv_results_["params"]) == 3 * 2 * 3
    expected = [
        naive(MISelector(name, alpha=0.05), model, [1, 2, 3], X, y, cv=3)[0]
        for name in ("jmi", "mrmr", "mim")
        for model in models
    ]
    np.testing.assert_array_equal(scores_of(search), np.concatenate(expected, axis=1))
    best = search.best_params_
    assert set(best) == {"n_features_to_select", "criterion", "estimator"}
    assert type(search.estimator_) is type(best["estimator"])
    assert search.selector_._criterion().name == best["criterion"]
    named = MutualInfoCV(JMI(3), dict(zip("ab", models, strict=True)), cv=3).fit(X, y)
    assert set(named.best_params_) == {"n_features_to_select", "estimator"}
    single = MutualInfoCV(JMI(3), models[0], criteria=["cmim"], cv=3).fit(X, y)
    assert isinstance(single.selector_, MISelector)


def test_parameters_of_the_own_criterion_stay(cancer):
    X, y = cancer
    selector = mifs.MIFS(3, beta=0.3, exclude=["worst area"])
    search = MutualInfoCV(selector, GaussianNB(), criteria=["mifs", "mim"], cv=3)
    search.fit(X, y)
    own = naive(selector, GaussianNB(), [1, 2, 3], X, y, cv=3)[0]
    np.testing.assert_array_equal(scores_of(search)[:, :3], own)
    excluded = list(X).index("worst area")
    for chosen in search.cv_results_["split0_selected_indices"]:
        assert excluded not in chosen


class Given(DummyClassifier):
    """Scores by the number of columns, as a table says."""

    table = ((0.5, 0.79, 0.81, 0.8), (0.5, 0.81, 0.83, 0.8), (0.5, 0.8, 0.84, 0.8))
    calls = 0

    def score(self, X, y, sample_weight=None):
        fold = int(np.asarray(X)[0, 0])
        return self.table[fold][X.shape[1] - 1]


def test_rules():
    X = np.repeat([[0.0], [1], [2]], 20, axis=0) + np.zeros(5)
    y = np.tile([0, 1], 30)
    folds = [(np.arange(60), np.arange(i * 20, i * 20 + 20)) for i in range(3)]
    # Means .5, .8, .8267, .8; the error of the best is .0088.
    best = MutualInfoCV(JMI(4), Given(), cv=folds).fit(X, y)
    assert best.best_k_ == 3
    close = MutualInfoCV(JMI(4), Given(), cv=folds, rule="one_standard_error")
    assert close.fit(X, y).best_k_ == 3
    Given.table = ((0.5, 0.8, 0.9, 0.8), (0.5, 0.8, 0.8, 0.8), (0.5, 0.8, 0.85, 0.8))
    # The error of the best is .0289 now, and .8 is .05 below .85.
    assert clone(close).fit(X, y).best_k_ == 3
    Given.table = ((0.5, 0.8, 0.95, 0.8), (0.5, 0.8, 0.75, 0.8), (0.5, 0.8, 0.8, 0.8))
    assert clone(close).fit(X, y).best_k_ == 2
    assert clone(best).fit(X, y).best_k_ == 3
    # Of equal means the smallest number is taken.
    Given.table = ((0.5, 0.8, 0.8, 0.8),) * 3
    assert clone(best).fit(X, y).best_k_ == 2
    assert clone(close).fit(X, y).best_k_ == 2
    few = MutualInfoCV(JMI(4), Given(), cv=folds, n_features=[4, 1]).fit(X, y)
    assert few.cv_results_["param_n_features_to_select"].tolist() == [1, 4]
    assert few.best_k_ == 4
    Given.table = ((np.nan,) * 4,) * 3
    with pytest.raises(ValueError, match="all mean scores are NaN"):
        clone(best).fit(X, y)


def test_a_scorer_returns_a_number():
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    search = MutualInfoCV(JMI(2), LogisticRegression(), cv=2, scoring=lambda *_: "well")
    with pytest.raises(TypeError, match=r"scoring returned 'well', of type str"):
        search.fit(X, y)


def test_a_number_may_be_an_array():
    X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    search = MutualInfoCV(
        JMI(2), LogisticRegression(), cv=2, scoring=lambda *_: np.array(0.3)
    )
    assert search.fit(X, y).best_score_ == 0.3


def test_regression_and_scoring():
    X, y = load_diabetes(return_X_y=True)
    for scoring in (None, "neg_mean_absolute_error", get_scorer("r2")):
        search = MutualInfoCV(JMI(4), LinearRegression(), scoring=scoring, cv=KFold(3))
        search.fit(X, y)
        name = scoring if isinstance(scoring, str) else "r2"
        expected, _ = naive(
            JMI(4), LinearRegression(), [1, 2, 3, 4], X, y, KFold(3), name
        )
        np.testing.assert_allclose(scores_of(search), expected, rtol=1e-12)
        scorer = get_scorer(name)
        small = search.transform(X)
        assert search.score(X, y) == scorer(search.estimator_, small, y)
    assert search.__sklearn_tags__().estimator_type == "regressor"
    assert not hasattr(search, "predict_proba")


def test_callables(cancer):
    X, y = cancer

    def scoring(estimator, X, y):
        return accuracy_score(y, estimator.predict(X)) - X.shape[1] / 100

    selector = JMI(3, discrete_features=lambda X: X.nunique() < 10)
    search = MutualInfoCV(selector, GaussianNB(), scoring=scoring, cv=3).fit(X, y)
    plain, _ = naive(selector, GaussianNB(), [1, 2, 3], X, y, cv=3)
    np.testing.assert_allclose(scores_of(search), plain - [0.01, 0.02, 0.03])


def test_nothing_leaks():
    """A column that is the target in the test rows only is of no use."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 5)), rng.integers(0, 2, 90)
    X[:, 1] += 3 * y
    folds = [(np.arange(60), np.arange(60, 90))]
    X[60:, 4] = 100 * y[60:]
    search = MutualInfoCV(JMI(1, alpha=1), GaussianNB(), cv=folds).fit(X, y)
    assert search.cv_results_["split0_selected_indices"][0].tolist() == [1]


def test_tables(cancer):
    X, y = cancer
    X = X[["worst area", "mean texture", "worst texture", "mean area"]].copy()
    expected = MutualInfoCV(JMI(3), GaussianNB(), cv=3).fit(X, y)
    for table in (X.to_numpy(), pl.from_pandas(X), pl.from_pandas(X).to_arrow()):
        found = MutualInfoCV(JMI(3), GaussianNB(), cv=3).fit(table, y.to_numpy())
        np.testing.assert_array_equal(scores_of(found), scores_of(expected))
        assert type(found.transform(table)) is type(table)
    labels = pd.DataFrame(
        {
            "area": np.where(X["worst area"] > 700, "large", "small"),
            "texture": pd.cut(X["mean texture"], [0, 15, 20, 50], labels=list("abc")),
        }
    )
    encode = make_column_transformer((OneHotEncoder(), lambda X: list(X.columns)))
    model = make_pipeline(encode, LogisticRegression())
    mixed = MutualInfoCV(JMI(2), model, cv=3).fit(labels, y)
    assert mixed.best_score_ > 0.8
    bits = sparse.csr_array((X.median() < X).to_numpy() * 1.0)
    counted = MutualInfoCV(JMI(3), BernoulliNB(), cv=3).fit(bits, y)
    dense = MutualInfoCV(JMI(3), BernoulliNB(), cv=3).fit(bits.toarray(), y)
    np.testing.assert_array_equal(scores_of(counted), scores_of(dense))


def test_jobs_and_progress(cancer, capsys):
    X, y = cancer
    expected = MutualInfoCV(JMI(3), GaussianNB(), cv=3).fit(X, y)
    found = MutualInfoCV(JMI(3), GaussianNB(), cv=3, n_jobs=2, verbose=1).fit(X, y)
    np.testing.assert_array_equal(scores_of(found), scores_of(expected))
    assert "MutualInfoCV" in capsys.readouterr().err


def test_inside_a_cross_validation(cancer):
    X, y = cancer
    search = MutualInfoCV(JMI(3), GaussianNB(), cv=3)
    scores = cross_val_score(search, X, y, cv=3)
    assert scores.min() > 0.8
    again = clone(search).set_params(selector__n_features_to_select=2).fit(X, y)
    assert len(again.cv_results_["params"]) == 2
