"""The report: what it says, that it says what was found, and that it loads nothing."""

import re

import numpy as np
import pandas as pd
import pytest
from pages import Page, check_alone
from sklearn.datasets import load_breast_cancer, load_diabetes

import mifs
from mifs.estimators import PlugIn
from mifs.exceptions import MifsWarning
from mifs.measures import mutual_information, pairwise_mutual_information
from mifs.plotting._path import split_path

pytest.importorskip("jinja2")
SCRIPT = "<script>alert(1)</script>"
ALL = ["data", "ranking", "path", "redundancy", "distributions", "criteria", "made"]
# Digits that tables show.
CLOSE = {"rtol": 1e-3, "atol": 6e-5}


@pytest.fixture(scope="module")
def tumours():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def fitted(tumours):
    return mifs.JMI(10).fit(*tumours)


@pytest.fixture(scope="module")
def page(fitted, tumours):
    return Page(mifs.report(fitted, *tumours).html)


def test_answer_comes_first_and_sections_follow(page, fitted):
    assert page.sections == ALL
    (answer,) = page.texts("p", **{"class": "answer"})
    assert answer.startswith("7 of 30 features add more than chance would")
    assert ", ".join(fitted.path_["name"].head(6)) in answer
    assert answer.endswith("the criterion jmi chooses the other 3 do not.")
    check_alone(page)


def test_document_has_language_headings_and_named_pictures(page):
    assert page.all("html") == [{"lang": "en"}]
    levels = [tag for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels == ["h1", *["h2"] * len(ALL)]
    assert len(page.says) == 3 + 10
    assert all(len(text) > 40 for text in page.says)
    others = [own for own in page.all("svg") if own.get("role") != "img"]
    # The cells of the map, bars of classes and columns of texts stand in a picture.
    inner = {own["class"] for own in others if "aria-hidden" not in own}
    assert inner == {"cell", "ends", "shares"}
    assert all(th["scope"] in ("col", "row") for th in page.all("th"))
    assert len(page.texts("caption")) == len(page.all("table"))


def test_ranking_has_all_features_with_the_numbers_of_the_selector(page, fitted):
    caption = "Ranking of 30 features"
    order = np.argsort(fitted.ranking_, kind="stable")
    names = fitted.feature_names_in_[order].tolist()
    assert page.column(caption, "feature") == names
    relevance = page.column(caption, "relevance (nats)")
    np.testing.assert_allclose(relevance, fitted.relevance_[order], **CLOSE)
    np.testing.assert_allclose(
        page.column(caption, "score"), fitted.scores_[order], **CLOSE
    )
    assert page.column(caption, "chosen")[:10].tolist() == list(range(1, 11))


def test_path_has_the_parts_of_the_scores(page, fitted):
    caption, table = "The numbers of the path", split_path(fitted)
    for head in ("relevance", "redundancy", "conditional redundancy", "score"):
        np.testing.assert_allclose(page.column(caption, head), table[head], **CLOSE)
    assert page.column(caption, "tier").tolist() == fitted.path_["tier"].tolist()
    p = page.column(caption, "p-value")
    np.testing.assert_allclose(p, fitted.path_["p_value"], rtol=0.06)
    runners = fitted.path_["runner_up_name"].tolist()
    assert page.column(caption, "runner-up") == runners
    assert "The last 3 add no more than chance." in page.says[0]
    assert "“auto” stops here" in page.texts("text")


def test_map_is_normalised_mutual_information(page, fitted, tumours):
    chosen = tumours[0].iloc[:, fitted.selected_indices_]
    shares = pairwise_mutual_information(
        chosen, estimator=PlugIn(correction=None), normalized="arithmetic"
    ).to_numpy()
    own = [page.column("The numbers of the map", str(k)) for k in range(1, 11)]
    np.testing.assert_allclose(np.array(own), shares, atol=0.0051)
    drawn = [d for path in page.all("path") for d in [path["d"]] if "h1v1" in d]
    assert sum(d.count("M") for d in drawn) == (shares > 0).sum()


def test_distributions_are_the_counts_behind_the_information(page, fitted, tumours):
    X, y = tumours
    for name in fitted.get_feature_names_out()[:3]:
        caption = f"{name}: rows of each class"
        counts = np.array([page.column(caption, head) for head in ("0", "1")])
        assert counts.sum(axis=1).tolist() == [212, 357]
        assert page.column(caption, "rows").tolist() == counts.sum(axis=0).tolist()
        p = counts / counts.sum()
        independent = np.outer(p.sum(axis=1), p.sum(axis=0))
        here = p > 0
        found = (p[here] * np.log(p[here] / independent[here])).sum()
        expected = mutual_information(X[name], y, estimator=PlugIn(correction=None))
        assert found == pytest.approx(expected)


def test_criteria_are_those_of_compare(page, tumours):
    with pytest.warns(MifsWarning):
        comparison = mifs.compare(*tumours, ["jmi", "mim", "mrmr", "cmim"])
    path = comparison.path.set_index(["criterion", "name"])["step"]
    names = page.column("The steps of each criterion", "feature")
    assert set(names) == set(comparison.path["name"])
    for criterion in ("jmi", "mim", "mrmr", "cmim"):
        steps = page.column("The steps of each criterion", criterion)
        expected = [path.get((criterion, name), np.nan) for name in names]
        np.testing.assert_array_equal(steps, expected)
    shares = page.column("Shares of common features (Jaccard)", "mrmr")
    jaccard = comparison.agreement["jaccard"]["mrmr"]
    np.testing.assert_allclose(shares, jaccard, atol=0.0051)


def test_profile_is_that_of_profile(page, tumours):
    facts = mifs.profile(*tumours)
    caption = "Profile of 30 columns"
    names = page.column(caption, "column")
    assert sorted(names) == sorted(facts.index)
    levels = page.column(caption, "levels or bins")
    assert levels.tolist() == facts.loc[names, "levels"].tolist()
    near = facts["near_duplicate"][facts["near_duplicate"] != ""]
    remarks = dict(zip(names, page.column(caption, "remarks"), strict=True))
    assert len(near)
    for name, other in near.items():
        assert remarks[name] == f"nearly a duplicate of {other}"


def test_stability_is_that_of_the_selector(tumours):
    stable = mifs.StabilitySelector(mifs.JMI(4), 10).fit(*tumours)
    page = Page(mifs.report(stable, *tumours).html)
    assert page.sections == [*ALL[:-1], "stability", "made"]
    caption, frame = "The numbers of the resamples", stable.frequencies_
    assert page.column(caption, "feature") == frame["name"].tolist()
    for head in ("frequency", "low", "high"):
        np.testing.assert_allclose(page.column(caption, head), frame[head], atol=0.0051)
    (answer,) = page.texts("p", **{"class": "answer"})
    n = stable.support_.sum()
    assert f"{n} of 30 features are chosen in 60% or more of 10 resamples" in answer
    alone = Page(mifs.report(stable).html)
    assert alone.sections == ["data", "ranking", "stability", "made"]
    both = mifs.report(mifs.JMI(3).fit(*tumours), *tumours, stability=stable)
    assert Page(both.html).sections == page.sections


def test_selector_alone_says_what_is_missing(fitted):
    page = Page(mifs.report(fitted).html)
    assert page.sections == ["data", "ranking", "path", "made"]
    assert "pass X and y" in " ".join(page.texts("li"))


def test_names_are_text():
    rng = np.random.default_rng(0)
    y = pd.Series(rng.choice(["<b>no</b>", "yes & no"], 200), name='"><img src=x>')
    X = pd.DataFrame(
        {
            SCRIPT: (y == "yes & no") * 3 + rng.normal(size=200),
            "'\"><i>": rng.choice(["<u>", "&amp;", None], 200),
            "{{ 7 * 7 }}": rng.normal(size=200),
        }
    )
    page = Page(mifs.report(X.assign(**{y.name: y}), target=y.name).html)
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert not page.all("i")
    assert not page.all("b")
    assert not page.all("u")
    assert SCRIPT in page.column("Ranking of 3 features", "feature")
    assert SCRIPT in " ".join(page.says)
    assert "{{ 7 * 7 }}" in page.column("Ranking of 3 features", "feature")
    check_alone(page)


def test_size_of_a_usual_and_of_a_wide_table(tumours):
    every = mifs.JMI(None).fit(*tumours)
    assert len(mifs.report(every, *tumours).html.encode()) < 300_000
    rng = np.random.default_rng(0)
    names = [f"measurement of the sensor number {j:03}" for j in range(500)]
    X = pd.DataFrame(rng.normal(size=(300, 500)), columns=names)
    y = X.iloc[:, :3].sum(axis=1) > 0
    wide = mifs.report(mifs.MIRMR(30).fit(X, y), X, y, criteria=["mim"])
    assert len(wide.html.encode()) < 1_000_000
    page = Page(wide.html)
    assert len(page.column("Ranking of 500 features", "feature")) == 500
    first = wide.answer.partition(": ")[2][: len(names[0])]
    assert f"1 {first}" in page.texts("title")
    assert all(len(text) < 120 for text in page.texts("text"))


def test_one_feature(tumours):
    X, y = tumours[0][["mean area"]], tumours[1]
    page = Page(mifs.report(mifs.JMI().fit(X, y), X, y).html)
    assert "redundancy" not in page.sections
    (answer,) = page.texts("p", **{"class": "answer"})
    assert "chooses 1 of 1 features, which adds more than chance" in answer
    check_alone(page)


@pytest.fixture(scope="module")
def noise():
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.normal(size=(200, 3))), rng.integers(0, 2, 200)


def test_nothing_selected(noise):
    X, y = noise
    with pytest.warns(MifsWarning, match="nothing is selected"):
        selector = mifs.JMI("auto").fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    (answer,) = page.texts("p", **{"class": "answer"})
    assert answer.startswith("No feature is chosen: stopped at 0: none of 3")
    assert page.sections == ["data", "ranking", "path", "criteria", "made"]
    assert "No criterion chooses anything." in page.texts("p")
    check_alone(page)


def test_constant_features(noise):
    X, y = noise[0].assign(k=1, name="x"), noise[1]
    X.columns = X.columns.map(str)
    with pytest.warns(MifsWarning):
        selector = mifs.JMI(None).fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    assert "Constant: k and name." in page.texts("li")
    assert page.column("k: rows of each class", "rows") == [200]
    shares = page.column("The numbers of the map", "1")
    assert np.isfinite(shares).all()


def test_missing_values_and_leaks_are_said():
    rng = np.random.default_rng(0)
    y = pd.Series(rng.integers(0, 2, 300), name="y")
    size = np.where(rng.random(300) < 0.2, np.nan, y + rng.normal(size=300))
    X = pd.DataFrame({"size": size, "copy of y": y * 2, "kind": list("abc") * 100})
    with pytest.warns(MifsWarning):
        selector = mifs.JMI(3).fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    share = f"{np.isnan(size).mean():.1%}"
    missing = f"Missing values, which are a level of their own: size ({share})."
    assert missing in page.texts("li")
    assert any("copy of y determines the target" in text for text in page.texts("p"))
    levels = page.column("size: rows of each class", "level or bin")
    assert levels[-1] == "missing"
    rows = page.column("size: rows of each class", "rows")
    assert rows[-1] == np.isnan(size).sum()


def test_weights_count_as_repeated_rows(tumours):
    X, y = tumours
    weights = np.arange(len(y)) % 3
    again = np.repeat(np.arange(len(y)), weights)
    weighed = mifs.report(mifs.JMI(3).fit(X, y, weights), X, y, sample_weight=weights)
    repeated = X.iloc[again], y.iloc[again]
    whole = mifs.report(mifs.JMI(3).fit(*repeated), *repeated)
    one, other = Page(weighed.html), Page(whole.html)
    captions = [text for text in other.texts("caption") if ": rows of" in text]
    assert len(captions) == 3
    for caption in captions:
        assert one.table(caption) == other.table(caption)
    assert one.table("The numbers of the map") == other.table("The numbers of the map")
    fractions = 0.1 + np.random.default_rng(0).random(len(y))
    selector = mifs.JMI(2).fit(X, y, fractions)
    page = Page(mifs.report(selector, X, y, sample_weight=fractions).html)
    caption = f"{selector.get_feature_names_out()[0]}: rows of each class"
    share = page.column(caption, "1").sum() / page.column(caption, "rows").sum()
    assert share == pytest.approx(np.average(y, weights=fractions), rel=1e-4)


def test_regression_shows_quantiles():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    selector = mifs.JMI(2).fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    name = selector.get_feature_names_out()[0]
    caption = f"{name}: quantiles of the target"
    rows, middle = page.column(caption, "rows"), page.column(caption, "median")
    assert rows.sum() == len(y)
    assert (np.diff(middle) >= 0).mean() > 0.5
    first = y[X[name] <= np.sort(X[name])[int(rows[0]) - 1]]
    assert middle[0] == np.sort(first)[int(np.ceil(len(first) / 2)) - 1]
    assert "is a quantity, from 25 to 346." in " ".join(page.texts("p"))


@pytest.mark.parametrize("criterion", ["mim", "cmim", "disr", "fcbf", "jmi3"])
def test_scores_of_every_kind(criterion, tumours):
    X, y = tumours
    selector = mifs.MISelector(criterion, 3).fit(X, y)
    page = Page(mifs.report(selector, X, y, criteria=()).html)
    assert "criteria" not in page.sections
    np.testing.assert_allclose(
        page.column("The numbers of the path", "score"),
        selector.path_["score"],
        **CLOSE,
    )
    assert page.says[0].startswith("Bars of the scores of 3 steps")


def test_without_a_target(tumours):
    page = Page(mifs.report(mifs.InfoMaxSelector(3).fit(tumours[0]), tumours[0]).html)
    assert page.texts("h1") == ["Features that tell about all columns"]
    assert page.sections == ["data", "ranking", "path", "redundancy", "made"]


def test_groups_share_a_step(tumours):
    X, y = tumours
    groups = {"size": ["mean radius", "mean area"], "worst": list(X.columns[20:23])}
    selector = mifs.JMI(3, groups=groups).fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    caption = "Ranking of 30 features"
    steps = dict(
        zip(
            page.column(caption, "feature"), page.column(caption, "chosen"), strict=True
        )
    )
    names = selector.path_["name"].tolist()
    assert steps["worst radius"] == steps["worst texture"] == 1 + names.index("worst")
    assert page.column("The numbers of the path", "feature") == names
    assert f"{names[0]}, " in page.texts("p", **{"class": "answer"})[0]


def test_estimators_without_bins_are_shown_in_bins():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    selector = mifs.JMI(2, mi_estimator="gaussian_copula").fit(X, y)
    page = Page(mifs.report(selector, X, y).html)
    heads, rows = page.table("The steps of each criterion")
    assert heads == ["feature", "jmi", "mim", "mrmr", "cmim"]
    assert len(rows) >= 2
    caption = f"{selector.get_feature_names_out()[0]}: quantiles of the target"
    assert page.column(caption, "rows").sum() == len(y)


def test_several_outputs_and_a_scan(tmp_path):
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    both = pd.DataFrame({"first": y, "second": y**2})
    page = Page(mifs.report(mifs.JMI(2).fit(X, both), X, both).html)
    assert page.texts("h1") == ["Features that tell about “first, second”"]
    texts = " ".join(page.texts("p"))
    assert "“first” is a quantity, from 25 to 346; “second” is a quantity" in texts
    assert "“first”, the first of 2 outputs, within each level of a feature" in texts
    X.assign(target=y).to_csv(tmp_path / "t.csv", index=False)
    with mifs.scan_csv(tmp_path / "t.csv", target="target") as scan:
        scanned = mifs.report(scan, criteria=())
        with pytest.raises(TypeError, match="a Scan has its target itself"):
            mifs.report(scan, target="y")
    assert scanned.answer == mifs.report(mifs.JMI().fit(X, y), X, y).answer


def test_what_was_wanted_was_not_tested(tumours):
    X, y = tumours
    wanted = {"include": ["worst perimeter"]}
    page = Page(mifs.report(mifs.JMI(4, **wanted).fit(X, y), criteria=()).html)
    (answer,) = page.texts("p", **{"class": "answer"})
    assert "chooses 3 of 30 features, each of which adds more than chance" in answer
    assert answer.endswith("worst perimeter is included by wish, and not tested.")
    stable = mifs.StabilitySelector(mifs.JMI(5), 4, consensus="mean_rank").fit(X, y)
    page = Page(mifs.report(stable).html)
    (answer,) = page.texts("p", **{"class": "answer"})
    assert "chosen for the best mean ranks over 4 resamples" in answer


# Names that hide, turn or end a text, or look like another.
ODD = [
    "",
    " ",
    "a",
    "a ",
    "\u202egnp.exe",
    "\u200b",
    "bell\x07",
    "two\nlines",
    "two lines",
]
LONG = ["long " + "n" * 4000 + "m" + "n" * 999, "long " + "n" * 5000]


def test_odd_names_are_seen_and_differ():
    rng = np.random.default_rng(0)
    classes = ["a", "a ", "\u202eevil", "rows", "x" * 3000]
    y = pd.Series(rng.choice(classes, 400), name="y\u200b")
    X = pd.DataFrame({n: rng.normal(size=400) + (y == "a") for n in [*ODD, *LONG]})
    X["a level"] = rng.choice(["missing", None, "b", "b ", "l" * 900], 400)
    page = Page(mifs.report(mifs.JMI(None).fit(X, y), X, y).html)
    for hidden in ("\u202e", "\u200b", "\x07"):
        assert hidden not in page.html
    features = page.column("Ranking of 12 features", "feature")
    assert len(set(features)) == 12
    assert set(features) > {"(no name)", "␣", "a␣", "\\u202egnp.exe", "bell\\x07"}
    assert {"two lines (1)", "two lines (2)"} < set(features)
    # Short in pictures and in what they say, whole once.
    assert max(map(len, page.says)) < 400
    assert max(map(len, page.texts("text"))) < 60 + 200
    assert all(page.html.count(name) == 1 for name in LONG)
    assert set(page.column("Whole names of 2 features", "whole name")) == set(LONG)
    assert page.html.count("x" * 3000) == 1
    assert page.html.count("l" * 900) == 1
    captions = page.texts("caption")
    assert len(set(captions)) == len(captions)
    heads, _ = page.table("a: rows of each class")
    assert sorted(heads[2:])[:4] == ["\\u202eevil", "a", "a␣", "rows"]
    for place, name in enumerate(heads[2:], 2):
        whole = {"a␣": "a ", "\\u202eevil": "\u202eevil"}.get(name, name)
        _, rows = page.table("a: rows of each class")
        n = sum(float(row[place]) for row in rows)
        assert n == (y == (classes[4] if "…" in whole else whole)).sum()
    levels = page.column("a level: rows of each class", "level or bin")
    assert {"missing", "missing (no value)", "b", "b␣", "l" * 900} == set(levels)
    check_alone(page)


def test_size_with_many_levels_and_classes():
    rng = np.random.default_rng(0)
    y = pd.Series(rng.integers(0, 8, 2000), name="y").map("class number {}".format)
    levels = rng.integers(0, 30, (2000, 30))
    names = [f"column number {j}" for j in range(30)]
    X = pd.DataFrame(levels, columns=names).map("level {}".format)
    report = mifs.report(mifs.JMI(None).fit(X, y), X, y)
    assert len(report.html.encode()) < 300_000
