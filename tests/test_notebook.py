"""What a notebook shows: well-formed, escaped, and the numbers of the result."""

import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
from pages import Cells
from sklearn.datasets import load_breast_cancer
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr

from mifs import (
    CMIM,
    JMI,
    MRMR,
    InfoMaxSelector,
    MutualInfoCV,
    StabilitySelector,
    compare,
)
from mifs.exceptions import ChanceWarning
from mifs.selectors._html import bars, path_html, remarks_html

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def table():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X.rename(columns={"worst perimeter": EVIL}), y


@pytest.fixture(scope="module")
def fitted(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return JMI(25).fit(*table)


def below(selector):
    """What stands below the diagram of scikit-learn."""
    html = selector._repr_html_()
    assert "sk-top-container" in html
    head, found, rest = html.partition('<div><table class="dataframe">')
    assert found
    assert without_ids(head) == without_ids(estimator_html_repr(selector))
    return Cells(found + rest)


def without_ids(html):
    return re.sub(r"-id-\d+", "", html)


# --- selectors ------------------------------------------------------------------------


def test_path_has_the_numbers_of_the_path(fitted):
    page = below(fitted)
    page.check_harmless()
    assert page.rows[0] == ["rank", "name", "score", "relevance (nats)", "p-value"]
    path = fitted.path_.head(20)
    assert len(page.rows) == 1 + len(path)
    for row, (step, own) in zip(page.rows[1:], path.iterrows(), strict=True):
        assert row[:2] == [str(step), own["name"]]
        assert float(row[2]) == pytest.approx(own["score"], abs=5.1e-5)
        assert float(row[3]) == pytest.approx(own["relevance"], abs=5.1e-5)
        assert float(row[4]) == pytest.approx(own["p_value"], rel=0.05)


def test_bars_are_as_long_as_the_scores(fitted):
    scores = fitted.path_["score"].head(20).to_numpy()
    drawn = re.findall(r'<rect x="0.0" width="([\d.]+)"', fitted._repr_html_())
    expected = 96 * scores / scores.max()
    assert np.array(drawn, float) == pytest.approx(expected, abs=0.051)


def test_path_says_what_is_left_out_what_is_chance_and_why_it_ends(fitted):
    n_second = (fitted.path_["tier"] == 2).sum()
    assert n_second
    assert below(fitted).paragraphs == [
        "… and 5 more steps; all are in path_",
        f"the last {n_second} of 25 features add no more than chance would",
        fitted.stop_reason_,
    ]


def test_automatic_number_says_only_why_it_ends(table):
    selector = CMIM("auto").fit(*table)
    assert (selector.path_["tier"] == 1).all()
    assert below(selector).paragraphs == [selector.stop_reason_]


def test_nothing_selected_says_why():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
    with pytest.warns(ChanceWarning):
        selector = JMI("auto").fit(X, y)
    page = below(selector)
    assert len(page.rows) == 1
    assert page.paragraphs == [selector.stop_reason_]


def test_names_are_escaped(fitted):
    html = fitted._repr_html_()
    assert EVIL not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert EVIL in [row[1] for row in below(fitted).rows]


def test_untested_paths_have_no_p_values(table):
    X, y = table
    heads = [
        below(selector).rows[0]
        for selector in (
            JMI(3, alpha=1).fit(X, y),
            InfoMaxSelector(3).fit(X),
        )
    ]
    assert heads == [["rank", "name", "score", "relevance (nats)"]] * 2


def test_small(fitted, table):
    assert len(fitted._repr_html_()) - len(estimator_html_repr(fitted)) < 10_000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = compare(*table, n_features_to_select=20)
    assert len(found._repr_html_()) < 20_000


@pytest.mark.parametrize(
    "selector",
    [
        JMI(),
        InfoMaxSelector(),
        StabilitySelector(JMI()),
        MutualInfoCV(JMI(), GaussianNB()),
    ],
)
def test_unfitted_shows_the_diagram_alone(selector):
    expected = without_ids(estimator_html_repr(selector))
    assert without_ids(selector._repr_html_()) == expected
    bundle = selector._repr_mimebundle_()
    assert without_ids(bundle["text/html"]) == expected
    assert bundle["text/plain"] == repr(selector)


def test_bundle_shows_the_same(fitted):
    bundle = fitted._repr_mimebundle_(include=None, exclude=None)
    assert bundle.keys() == {"text/plain", "text/html"}
    assert bundle["text/plain"] == repr(fitted) == "JMI(n_features_to_select=25)"
    assert without_ids(bundle["text/html"]) == without_ids(fitted._repr_html_())


def test_text_where_it_is_asked_for(fitted):
    with sklearn.config_context(display="text"):
        assert not hasattr(fitted, "_repr_html_")
        assert fitted._repr_mimebundle_() == {"text/plain": repr(fitted)}
    assert hasattr(fitted, "_repr_html_")


def test_survives_a_pickle(fitted):
    again = pickle.loads(pickle.dumps(fitted))
    assert below(again).rows == below(fitted).rows


def test_pipeline_shows_its_diagram(table):
    pipeline = make_pipeline(JMI(2), GaussianNB())
    for shown in (pipeline, pipeline.fit(*table)):
        html = shown._repr_html_()
        assert "JMI" in html
        assert "GaussianNB" in html
        assert "relevance (nats)" not in html
        assert without_ids(html) == without_ids(estimator_html_repr(shown))


def test_number_by_cross_validation_shows_the_path_of_its_selector(table):
    search = MutualInfoCV(JMI(3), GaussianNB(), cv=2).fit(*table)
    assert below(search).rows == below(search.selector_).rows
    said = below(search).paragraphs
    score = f"mean score {search.best_score_:.4f} over 2 folds"
    assert said[-1] == f"{search.best_k_} features: {score}"


def test_stability_shows_frequencies(table):
    stable = StabilitySelector(JMI(3), 4).fit(*table)
    page = below(stable)
    page.check_harmless()
    frequencies = stable.frequencies_
    assert page.rows[0] == ["rank", "name", "frequency", "95 % interval", "selected"]
    first = frequencies.iloc[0]
    assert page.rows[1] == [
        "1",
        first["name"],
        f"{first['frequency']:.4f}",
        f"{first['low']:.2f} to {first['high']:.2f}",
        "yes" if first["selected"] else "",
    ]
    assert len(page.rows) == 21
    assert page.paragraphs == [
        "… and 10 more features; all are in frequencies_",
        f"{frequencies['selected'].sum()} of 30 features are selected; threshold 0.6",
    ]


def test_mean_ranks_have_no_threshold(table):
    stable = StabilitySelector(JMI(3), 4, consensus="mean_rank").fit(*table)
    n = stable.support_.sum()
    said = below(stable).paragraphs[-1]
    assert said == f"{n} of 30 features are selected; best mean ranks"


# --- odd paths ------------------------------------------------------------------------


def path_of(**columns):
    n = len(columns["name"])
    blank = {"score": 1.0, "relevance": 0.5, "p_value": np.nan, "tier": 1}
    return pd.DataFrame({**blank, **columns}, index=range(1, n + 1))


def test_long_names_keep_apart_and_are_whole_in_the_title():
    names = ["n" * 60 + str(k) + "n" * 60 for k in range(2)] + ["two\nlines", ("x", 1)]
    page = Cells(path_html(path_of(name=names), "why"))
    shown = [row[1] for row in page.rows[1:]]
    assert len(set(shown)) == 4
    assert max(map(len, shown)) <= 40
    assert shown[2:] == ["two lines", "('x', 1)"]
    assert [value for name, value in page.attributes if name == "title"] == names[:2]


def test_names_cannot_leave_the_title():
    page = Cells(path_html(path_of(name=['"><b onclick="x">' * 9]), '<b a="1">'))
    page.check_harmless()
    assert "b" not in page.tags
    assert page.paragraphs == ['<b a="1">']


def test_huge_names_take_little_room():
    names = ["n" * 100_000 + str(k) for k in range(20)]
    assert len(path_html(path_of(name=names), "stopped: " + names[0])) < 30_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (-0.25, "-0.2500"),
        (0.00012345, "0.0001234"),
        (1.25e-9, "1.25e-09"),
        (123456.0, "1.235e+05"),
        (np.inf, "inf"),
        (np.nan, ""),
    ],
)
def test_numbers_are_short_and_lose_no_digits_that_matter(value, text):
    page = Cells(path_html(path_of(name=["a"], score=[value]), "why"))
    assert page.rows[1][2] == text


def rects(values, **kwargs):
    found = [
        re.search(r'<rect x="([-\d.]+)" width="([-\d.]+)"', bar)
        for bar in bars(values, **kwargs)
    ]
    return [match and tuple(map(float, match.groups())) for match in found]


def test_negative_scores_go_to_the_left_of_zero():
    assert rects([3.0, -1.0, 0.0]) == [(24, 72), (0, 24), (24, 0)]
    assert all('<path d="M24.0 0V10"' in bar for bar in bars([3.0, -1.0]))
    assert rects([-2.0, -1.0]) == [(0, 96), (48, 48)]
    assert "<path" not in bars([3.0])[0]


def test_bars_of_odd_numbers():
    assert rects([np.nan, 2.0, np.inf, -np.inf]) == [None, (0, 96), None, None]
    assert rects([0.0, -0.0]) == [(0, 0)] * 2
    assert rects([1e308, -1e308]) == [(48, 48), (0, 48)]
    assert rects([5e-324]) == [(0, 96)]
    assert rects([]) == []
    assert rects([0.5], largest=1.0) == [(0, 48)]


def test_remarks_that_are_empty_are_left_out():
    assert remarks_html(["a & b", "", "c"]) == "<p>a &amp; b</p><p>c</p>"


def test_negative_scores_of_a_real_path(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        selector = MRMR(20).fit(*table)
    assert (selector.path_["score"] < 0).any()
    page = below(selector)
    assert "path" in page.tags
    assert [float(row[2]) < 0 for row in page.rows[1:]] == (
        selector.path_["score"] < 0
    ).tolist()
