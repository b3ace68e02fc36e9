"""`MutualInfoCV`: metadata, missing values, and what it refuses."""

from typing import ClassVar

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedKFold,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

import mifs
from mifs import JMI, MutualInfoCV

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")


@pytest.fixture(scope="module")
def cancer():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X.iloc[:300], y.iloc[:300]


def scores_of(search):
    results = search.cv_results_
    return np.array([results[f"split{i}_test_score"] for i in range(search.n_splits_)])


def test_groups(cancer):
    X, y = cancer
    groups = np.random.default_rng(0).integers(0, 10, len(X))
    search = MutualInfoCV(JMI(2), GaussianNB(), cv=GroupKFold(3))
    search.fit(X, y, groups=groups)
    folds = list(GroupKFold(3).split(X, y, groups))
    by_hand = MutualInfoCV(JMI(2), GaussianNB(), cv=folds).fit(X, y)
    np.testing.assert_array_equal(scores_of(search), scores_of(by_hand))
    with pytest.raises(ValueError, match="groups"):
        clone(search).fit(X, y)
    with pytest.raises(ValueError, match="sample_weight"):
        clone(search).fit(X, y, sample_weight=np.ones(len(X)))


class Recorder(GaussianNB):
    """Keeps the weights that it was given."""

    seen: ClassVar[list] = []

    def fit(self, X, y, sample_weight=None):
        self.seen.append(sample_weight)
        return super().fit(X, y, sample_weight)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("routing")
def test_metadata_are_routed(cancer):
    X, y = cancer
    rng = np.random.default_rng(1)
    w = rng.integers(0, 3, len(X)).astype(float)
    groups = rng.integers(0, 10, len(X))
    scored = []

    def weighted(y, predicted, sample_weight=None):
        scored.append(sample_weight)
        return accuracy_score(y, predicted, sample_weight=sample_weight)

    scorer = make_scorer(weighted).set_score_request(sample_weight=True)
    selector = JMI(2).set_fit_request(sample_weight=True)
    model = Recorder().set_fit_request(sample_weight=True)
    search = MutualInfoCV(selector, model, cv=GroupKFold(3), scoring=scorer)
    Recorder.seen.clear()
    search.fit(X, y, sample_weight=w, groups=groups)
    folds = list(GroupKFold(3).split(X, y, groups))
    for number, (train, test) in enumerate(folds):
        own = JMI(2).fit(X.iloc[train], y.iloc[train], sample_weight=w[train])
        chosen = search.cv_results_[f"split{number}_selected_indices"][1]
        np.testing.assert_array_equal(chosen, own.selected_indices_)
        for k in (0, 1):
            np.testing.assert_array_equal(Recorder.seen[2 * number + k], w[train])
            np.testing.assert_array_equal(scored[2 * number + k], w[test])
    np.testing.assert_array_equal(Recorder.seen[-1], w)
    own = JMI(search.best_k_).fit(X, y, sample_weight=w)
    np.testing.assert_array_equal(search.ranking_, own.ranking_)
    assert search.score(X, y, sample_weight=w) == accuracy_score(
        y, search.predict(X), sample_weight=w
    )
    silent = MutualInfoCV(JMI(2), model, cv=3)
    with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError):
        silent.fit(X, y, sample_weight=w)
    several = MutualInfoCV(selector, [model, clone(model)], scoring=scorer)
    several.fit(X, y, sample_weight=w)
    assert len(several.cv_results_["params"]) == 4


@pytest.mark.usefixtures("routing")
def test_weights_go_to_each_predictor_that_asks_for_them(cancer):
    X, y = cancer
    w = np.random.default_rng(0).random(len(X)) ** 4
    selector = JMI(2).set_fit_request(sample_weight=False)

    def models(*score):
        for model, asks in zip(
            (GaussianNB(), LogisticRegression()), score, strict=True
        ):
            model.set_fit_request(sample_weight=True)
            yield model.set_score_request(sample_weight=asks)

    for asks in ((False, True), (True, False), (False, False)):
        pair = list(models(*asks))
        alone = [
            scores_of(MutualInfoCV(selector, m, cv=2).fit(X, y, sample_weight=w))
            for m in pair
        ]
        for order in (slice(None), slice(None, None, -1)):
            both = MutualInfoCV(selector, pair[order], cv=2)
            both.fit(X, y, sample_weight=w)
            np.testing.assert_array_equal(scores_of(both), np.hstack(alone[order]))
            if any(asks):
                best = pair.index(both.best_params_["estimator"])
                given, small = w if asks[best] else None, both.transform(X)
                expected = both.estimator_.score(small, y, sample_weight=given)
                assert both.score(X, y, sample_weight=w) == expected
    silent = [m.set_fit_request(sample_weight=False) for m in models(False, False)]
    nobody = MutualInfoCV(selector.set_fit_request(sample_weight=True), silent, cv=2)
    assert nobody.fit(X, y, sample_weight=w).best_k_ in (1, 2)


def test_missing_values_that_a_predictor_does_not_take(cancer):
    """Also in a column that no fold would choose."""
    X, y = cancer
    X = X.assign(gaps=np.where(np.arange(300) % 7, np.sin(X["mean area"]), np.nan))
    message = "GaussianNB takes no missing values .*NaN.* 1 columns have some: 'gaps'"
    with pytest.raises(ValueError, match=message):
        MutualInfoCV(JMI(2), GaussianNB(), cv=2).fit(X, y)
    forest = HistGradientBoostingClassifier(max_iter=3)
    with pytest.raises(ValueError, match=message):
        MutualInfoCV(JMI(2), [forest, GaussianNB()], cv=2).fit(X, y)
    for able in (forest, make_pipeline(SimpleImputer(), GaussianNB())):
        search = MutualInfoCV(JMI(2, include=["gaps"]), able, cv=2).fit(X, y)
        assert search.best_score_ > 0.5


WRONG = [
    ({"selector": JMI("auto")}, "'auto' of the selector finds a number by itself"),
    ({"n_features": [0, 2]}, r"n_features=\[0, 2\] must be whole numbers from 1 to 3"),
    ({"n_features": [4]}, r"numbers from 1 to 3, the largest"),
    ({"n_features": []}, r"n_features=\[\] must be whole numbers"),
    ({"n_features": [2.5]}, r"n_features=\[2.5\] must be whole numbers"),
    ({"n_features": [np.nan]}, r"n_features=\[nan\] must be whole numbers"),
    ({"n_features": ["a"]}, r"n_features=\['a'\] must be whole numbers"),
    ({"estimator": []}, r"estimator=\[\] holds none; give one or more"),
    ({"estimator": {}}, r"estimator=\{\} holds none"),
    (
        {"cv": iter([])},
        "cv=.* gives no split; an iterator is empty after its first use",
    ),
    ({"cv": [([], [1, 2])]}, "gives fold 0 no rows to train on; leave the fold out"),
    ({"cv": [([1, 2], [])]}, "gives fold 0 no rows to test on"),
    ({"criteria": []}, r"criteria=\[\] must be one or more"),
    ({"criteria": ["jmi", "jmi"]}, "must be one or more, each once"),
    ({"criteria": ["nothing"]}, "nothing"),
    ({"estimator": [GaussianNB(), LinearRegression()]}, "classifiers and regressors"),
    ({"rule": "smallest"}, "rule.*'smallest'"),
    ({"scoring": "nothing"}, "nothing"),
    ({"selector": JMI(3, include=[0, 1]), "n_features": [1]}, "from 2 to 3"),
    ({"cv": 1}, "cv.*Got 1 instead"),
]


@pytest.mark.parametrize(("settings", "message"), WRONG)
def test_wrong_parameters(settings, message, cancer):
    X, y = cancer
    given = {"selector": JMI(3), "estimator": GaussianNB(), "cv": 3} | settings
    with pytest.raises(ValueError, match=message):
        MutualInfoCV(**given).fit(X.to_numpy(), y)


@pytest.mark.parametrize("wrong", [3, "bayes", GaussianNB, None])
def test_what_is_no_predictor(wrong, cancer):
    for given in ([GaussianNB(), wrong], {"a": wrong}):
        with pytest.raises(TypeError, match="which is no predictor: give inst"):
            MutualInfoCV(JMI(2), given).fit(*cancer)


@pytest.mark.parametrize("selector", [mifs.InfoMaxSelector(2), GaussianNB()])
def test_what_is_no_selector(selector, cancer):
    with pytest.raises(TypeError, match="must be a selector of mifs that has a target"):
        MutualInfoCV(selector, GaussianNB()).fit(*cancer)


def test_a_scan_is_refused(tmp_path, cancer):
    X, y = cancer
    X.assign(y=y).to_csv(tmp_path / "table.csv", index=False)
    scan = mifs.scan_csv(tmp_path / "table.csv", target="y")
    with pytest.raises(TypeError, match="a Scan is read column by column"):
        MutualInfoCV(JMI(2), GaussianNB()).fit(scan)


def test_classes_with_a_single_row(cancer):
    X, _ = cancer
    y = np.arange(300) % 2 + 0.0
    y = np.where(np.arange(300) == 7, "rare", y.astype(str))
    with pytest.warns(UserWarning, match="least populated class"):  # noqa: SIM117
        with pytest.raises(ValueError, match="class 'rare' has 1 row, none of which"):
            MutualInfoCV(JMI(2), GaussianNB(), cv=3).fit(X, y)
    own = MutualInfoCV(JMI(2), GaussianNB(), cv=KFold(3, shuffle=True, random_state=0))
    assert own.fit(X, y).best_k_ in (1, 2)
    alone = [(np.arange(0, 300, 2)[4:], np.arange(1, 300, 2))]
    with pytest.raises(ValueError, match="training rows of fold 0 are all of class"):
        MutualInfoCV(JMI(2), GaussianNB(), cv=alone).fit(X, y)
    halves = np.repeat([1.0, 2.0], 150)
    with pytest.raises(ValueError, match=r"fold 0 are all of class 2\.0; use"):
        MutualInfoCV(JMI(2), LinearRegression(), cv=2).fit(X, halves)
    few = np.where(np.arange(300) < 3, np.arange(300), 5)
    with pytest.raises(ValueError, match=r"n_splits=3 cannot be greater|has 1 row"):
        MutualInfoCV(JMI(2), GaussianNB(), cv=StratifiedKFold(3)).fit(
            X.iloc[:4], few[:4]
        )
