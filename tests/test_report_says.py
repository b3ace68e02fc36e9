"""Each sentence of a report is true of the fit that it is about."""

import re

import numpy as np
import pandas as pd
import pytest
from pages import Page
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.naive_bayes import GaussianNB

import mifs
from mifs.estimators import PlugIn
from mifs.exceptions import MifsWarning

pytest.importorskip("jinja2")
pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")


@pytest.fixture(scope="module")
def tumours():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X.iloc[:, :8], y


def said(page):
    """All that is said in sentences, and in legends."""
    return " ".join([*page.texts("p"), *page.texts("li"), *page.texts("figcaption")])


def entropy(y):
    p = np.unique(y, return_counts=True)[1] / len(y)
    return -(p * np.log(p)).sum()


# --- targets --------------------------------------------------------------------------


def test_share_of_several_outputs_is_of_their_mean_entropy():
    X, y = load_iris(return_X_y=True, as_frame=True)
    both = pd.DataFrame({"kind": y, "first": y == 0})
    selector = mifs.JMI(2, multioutput="mean").fit(X, both)
    page = Page(mifs.report(selector, X, both).html)
    whole = (entropy(both["kind"]) + entropy(both["first"])) / 2
    best = selector.relevance_.max()
    text = said(page)
    assert f"{best:.4f} of {whole:.4f} nats" in text
    assert f"({best / whole:.0%};" in text
    assert "means over 2 outputs" in text
    assert "“kind” has 3 classes" in text
    assert "“first” has 2 classes" in text
    assert "Shares of the classes of “kind”, the first of 2 outputs" in text


def test_share_is_not_given_where_an_output_is_a_quantity():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    both = pd.DataFrame({"high": y > 150, "amount": y})
    selector = mifs.JMI(2).fit(X, both)
    text = said(Page(mifs.report(selector, X, both).html))
    assert "“amount” is a quantity, from 25 to 346" in text
    assert "nats that there are to be told" not in text


def test_joined_outputs_are_told_by_their_values():
    X, y = load_iris(return_X_y=True, as_frame=True)
    both = pd.DataFrame({"kind": y, "big": X.iloc[:, 0] > 5.8})
    selector = mifs.JMI(2).fit(X, both)
    page = Page(mifs.report(selector, X, both).html)
    name = selector.get_feature_names_out()[0]
    heads, _ = page.table(f"{name}: rows of each class")
    assert "0, False" in heads
    assert "2, True" in heads
    assert "0, False (" in said(page)
    cells = page.column(f"{name}: rows of each class", "0, False")
    assert cells.sum() == ((both["kind"] == 0) & ~both["big"]).sum()


def test_survival_is_told_by_events_and_times():
    rng = np.random.default_rng(0)
    n = 300
    risk, noise = rng.normal(size=(2, n))
    time = rng.exponential(np.exp(-risk)).round(3)
    seen = rng.random(n) < 0.6
    y = np.array(list(zip(seen, time, strict=True)), dtype=[("died", "?"), ("t", "f8")])
    X = pd.DataFrame({"risk": risk, "noise": noise})
    page = Page(mifs.report(mifs.JMI(1).fit(X, y), X, y).html)
    assert page.texts("h1") == ["Features that tell about “died, t”"]
    heads, rows = page.table("risk: rows of each class")
    own = [re.fullmatch(r"(not )?died, (≤|>) ([\d.]+)", head) for head in heads]
    ends = [found for found in own if found]
    assert ends
    for found in ends:
        edge = np.sort(time)[np.abs(np.sort(time) - float(found[3])).argmin()]
        late = time > edge if found[2] == ">" else time <= edge
        there = (late & (seen if found[1] is None else ~seen)).sum()
        counted = page.column("risk: rows of each class", found[0]).sum()
        assert abs(counted - there) <= 2
    assert all("died, " in head for head in heads[2:-1])
    assert heads[-1].endswith("others")
    assert rows


# --- estimators -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimator", "relevance", "bins"),
    [
        (PlugIn(), "less what chance alone would make of it", True),
        (PlugIn(correction=None), "nothing is taken off for chance", True),
        (PlugIn(correction="miller_madow"), "less the bias by Miller and Madow", True),
        (PlugIn(correction="shrinkage"), "by frequencies that are shrunk", True),
        ("knn", "as KNN estimates it", False),
        ("gaussian_copula", "as GaussianCopula estimates it", False),
    ],
)
def test_what_relevance_and_bins_are(tumours, estimator, relevance, bins):
    X, y = tumours
    selector = mifs.JMI(2, mi_estimator=estimator).fit(X, y)
    text = said(Page(mifs.report(selector, X, y, criteria=()).html))
    claims = [
        "less what chance alone would make of it",
        "nothing is taken off for chance",
        "less the bias by Miller and Madow",
        "by frequencies that are shrunk",
        "as KNN estimates it",
        "as GaussianCopula estimates it",
    ]
    ranking = text.partition("A click on a head")[0]
    assert [claim for claim in claims if claim in ranking] == [relevance]
    assert ("cut into the bins in which they were counted" in text) == bins
    assert ("cut into bins for this picture" in text) != bins


def test_bins_are_not_spoken_of_where_there_are_none():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 4, (200, 3)), columns=list("abc"))
    y = X["a"] > 1
    page = Page(mifs.report(mifs.JMI(2).fit(X, y), X, y).html)
    section = page.html.partition('id="distributions"')[2].partition("</p>")[0]
    assert "bins" not in section
    assert "Shares of the classes" in section


@pytest.mark.parametrize(
    ("estimator", "claim"),
    [
        (PlugIn(), "Missing values, which are a level of their own: mean radius"),
        (PlugIn(missing="pairwise"), "left out of each pair that needs them: mean rad"),
        (mifs.estimators.KNN(missing="pairwise"), "left out of each pair that needs"),
    ],
)
def test_missing_values_are_what_the_estimator_makes_of_them(tumours, estimator, claim):
    X, y = tumours
    X = X.assign(**{"mean radius": X["mean radius"].where(X["mean area"] > 500)})
    selector = mifs.MIRMR(3, mi_estimator=estimator, include=[0]).fit(X, y)
    text = said(Page(mifs.report(selector, X, y, criteria=()).html))
    assert claim in text
    own = "a level of their own" in text
    assert own == (claim.startswith("Missing values, which"))
    assert ("a level in these pictures only" in text) != own


@pytest.mark.parametrize(
    ("criterion", "claim"),
    [
        ("mim", "Each score is the relevance."),
        ("mrmr", "what is taken off, to the left: redundancy."),
        ("jmi", "conditional redundancy"),
        ("cmim", "given the picks"),
        ("disr", "ratios or weights"),
    ],
)
def test_caption_of_the_path_names_the_parts_that_are_there(tumours, criterion, claim):
    X, y = tumours
    selector = mifs.MISelector(criterion, 3).fit(X, y)
    page = Page(mifs.report(selector, X, y, criteria=()).html)
    caption = page.texts("figcaption")[0]
    assert claim in caption
    if criterion == "mim":
        assert "taken off" not in caption


def test_untested_paths_do_not_speak_of_chance(tumours):
    X, y = tumours
    selector = mifs.JMI(3, alpha=1.0, mi_estimator=PlugIn(correction=None)).fit(X, y)
    page = Page(mifs.report(selector).html)
    text = said(page) + " ".join(page.texts("text"))
    assert "Whether they add more than chance would was not tested." in text
    assert "auto" not in text
    assert "taken off by" not in text


def test_consensus_by_mean_ranks_has_no_threshold(tumours):
    X, y = tumours
    kwargs = {"consensus": "mean_rank"}
    stable = mifs.StabilitySelector(mifs.JMI(3), 6, **kwargs).fit(X, y)
    page = Page(mifs.report(stable, X, y).html)
    assert "threshold" not in " ".join([*page.says, said(page)])
    assert not page.all("line", **{"class": "limit"})
    assert "then the others by mean rank" in said(page)
    stable = mifs.StabilitySelector(mifs.JMI(3), 6).fit(X, y)
    page = Page(mifs.report(stable, X, y).html)
    assert "threshold, 0.6" in said(page)
    assert "then the others by frequency" in said(page)


def test_without_a_target_relevance_is_of_all_columns(tumours):
    X, _ = tumours
    text = said(Page(mifs.report(mifs.InfoMaxSelector(3).fit(X), X).html))
    assert "what a column tells of all columns on average" in text
    assert "what a feature tells alone" not in text


def test_bins_of_the_profile_are_those_of_the_fit(tumours):
    X, y = tumours
    selector = mifs.JMI(2, mi_estimator=PlugIn(n_bins=4)).fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    assert set(page.column("Profile of 8 columns", "levels or bins")) == {4}


def test_criteria_that_the_estimator_cannot_serve_are_named(tumours):
    X, y = tumours
    selector = mifs.JMI(2, mi_estimator="gaussian_copula").fit(X, y)
    page = Page(mifs.report(selector, X, y, criteria=["mim", "jmi3", "disr"]).html)
    heads, _ = page.table("The steps of each criterion")
    assert heads == ["feature", "jmi", "mim"]
    assert "GaussianCopula does not give what jmi3 and disr need" in said(page)


def test_criteria_that_choose_nothing_share_nothing():
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(200, 3)), columns=list("abc"))
    y = (X["a"] > 0).to_numpy()
    with pytest.warns(MifsWarning):
        selector = mifs.JMI("auto", exclude=["a"]).fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    assert "nan" not in said(page)


# --- the number, by cross-validation --------------------------------------------------


@pytest.fixture(scope="module")
def search(tumours):
    rule = "one_standard_error"
    return mifs.MutualInfoCV(mifs.JMI(5), GaussianNB(), rule=rule).fit(*tumours)


def test_search_shows_the_score_of_each_number(search, tumours):
    page = Page(mifs.report(search, *tumours).html)
    assert page.sections[:4] == ["data", "number", "ranking", "path"]
    caption, results = "Scores of GaussianNB", search.cv_results_
    assert page.column(caption, "features").tolist() == [1, 2, 3, 4, 5]
    mean = page.column(caption, "mean score")
    np.testing.assert_allclose(mean, results["mean_test_score"], atol=6e-5)
    folds = np.array([results[f"split{k}_test_score"] for k in range(5)])
    error = folds.std(axis=0, ddof=1) / np.sqrt(5)
    found = page.column(caption, "standard error")
    np.testing.assert_allclose(found, error, rtol=1e-3, atol=6e-5)
    chosen = page.column(caption, "chosen")
    assert chosen[search.best_k_ - 1] == "chosen"
    assert [cell for cell in chosen if cell] == ["chosen"]
    (answer,) = page.texts("p", **{"class": "answer"})
    k, score = search.best_k_, search.best_score_
    assert answer.startswith(f"With {k} of 8 features GaussianNB scores {score:.4f}")
    names = search.selector_.path_["name"].tolist()
    assert all(name in answer for name in names)
    assert "the smallest number within one standard error of the best" in said(page)
    assert "too high" in said(page)


def test_search_without_data_and_of_several_paths(tumours):
    X, y = tumours
    predictors = {"bayes": GaussianNB(), "sharp": GaussianNB(var_smoothing=1e-3)}
    search = mifs.MutualInfoCV(
        mifs.JMI(3), predictors, criteria=["jmi", "mim"], n_features=[1, 3], cv=2
    ).fit(X, y)
    page = Page(mifs.report(search).html)
    assert page.sections == ["data", "number", "ranking", "path", "made"]
    captions = [text for text in page.texts("caption") if text.startswith("Scores of")]
    assert len(set(captions)) == 4
    chosen = [
        c for own in captions for c in page.column(own, "chosen") if c == "chosen"
    ]
    assert chosen == ["chosen"]
    # Of one scale.
    ticks = page.texts("text", x="13%")
    n = len(ticks) // 4
    assert n >= 3
    assert ticks == ticks[:n] * 4
    assert "Of 8 candidates the best is GaussianNB (" in said(page)


def test_search_with_predictors_that_have_no_score(tumours):
    X, y = tumours

    def score(estimator, X, y):
        known = estimator.var_smoothing < 1e-6 and X.shape[1] != 2
        return estimator.score(X, y) if known else np.nan

    predictors = [GaussianNB(), GaussianNB(var_smoothing=1e-3)]
    for cv in (2, [(np.arange(400), np.arange(400, 569))]):
        search = mifs.MutualInfoCV(mifs.JMI(3), predictors, cv=cv, scoring=score)
        page = Page(mifs.report(search.fit(X, y), criteria=()).html)
        assert "No score of GaussianNB (2) is known." in page.says
        assert "nan" not in said(page)
