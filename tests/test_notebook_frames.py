"""What a notebook shows of comparisons and profiles, with the numbers of the result."""

import pickle

import numpy as np
import pandas as pd
import pytest
from pages import Cells
from sklearn.datasets import load_breast_cancer

from mifs import (
    compare,
    profile,
)
from mifs.exceptions import ChanceWarning

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def table():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X.rename(columns={"worst perimeter": EVIL}), y


def test_comparison_has_bars_and_warnings(table):
    with pytest.warns(ChanceWarning) as seen:
        found = compare(*table, ["mrmr", "jmi"], n_features_to_select=25)
    page = Cells(found._repr_html_())
    page.check_harmless()
    assert found.warnings == tuple(str(each.message) for each in seen)
    assert page.rows[0] == ["step", "mrmr", "jmi"]
    assert page.rows[1] == ["1", "<script>ale…(1)</script>", "<script>ale…(1)</script>"]
    assert page.tags.count("svg") == 40
    assert page.paragraphs[0] == "… and 5 more steps; all are in .path"
    assert page.paragraphs[1].startswith("Jaccard agreement: ")
    assert page.paragraphs[2:] == list(found.warnings)
    longest = found.path.groupby("criterion")["score"].idxmax()
    assert set(found.path.loc[longest, "step"]) == {1}
    assert 'width="96.0"' in found._repr_html_()


def test_quiet_comparison_has_no_warnings(table):
    found = compare(*table, ["mrmr", "jmi"], n_features_to_select=2)
    assert found.warnings == ()
    (paragraph,) = Cells(found._repr_html_()).paragraphs
    assert paragraph.startswith("Jaccard agreement: ")


def test_steps_that_a_criterion_does_not_have_are_empty(table):
    found = compare(*table, ["fcbf", "mim"], n_features_to_select=12)
    counts = found.path["criterion"].value_counts()
    page = Cells(found._repr_html_())
    empty = sum(not cell for row in page.rows for cell in row)
    assert empty == 2 * counts.max() - counts.sum()


@pytest.fixture(scope="module")
def odd():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    gaps = np.where(rng.random(200) < 0.25, np.nan, rng.normal(size=200))
    X = pd.DataFrame({EVIL: gaps, "id": np.arange(200), "copy": y * 2, "k": 1})
    X["size"] = rng.normal(size=200)
    X["again "] = X["size"] + 1e-9
    return X, y


def test_profile_has_bars_and_warnings(odd):
    facts = profile(*odd)
    page = Cells(facts._repr_html_())
    page.check_harmless()
    assert page.rows[0] == ["column", "kind", "levels", "missing", "remarks"]
    assert [row[0] for row in page.rows[1:]] == [
        EVIL,
        "id",
        "copy",
        "k",
        "size",
        "again␣",
    ]
    share = facts.loc[EVIL, "missing"]
    assert page.rows[1][3] == f"{share:.1%}"
    # A bar of levels each, and one of missing values.
    levels = facts["levels"].to_numpy()
    drawn = np.array(page.widths())
    assert drawn[0] == pytest.approx(96 * levels[0] / levels.max(), abs=0.051)
    assert drawn[1] == pytest.approx(96 * share, abs=0.051)
    assert len(drawn) == len(facts) + 1
    assert page.rows[2][4] == "like ids or row numbers"
    assert page.rows[6][4] == "nearly a duplicate of size"
    assert page.paragraphs == [
        f"Missing values: {EVIL} ({share:.1%}).",
        "Constant: k.",
        "Like ids or row numbers: id.",
        "Nearly duplicates: again␣ (of size).",
        "A leak, unless known before the target is; determines the target: copy.",
    ]


def test_profile_is_a_frame_as_any_other(odd):
    facts = profile(*odd)
    assert isinstance(facts, pd.DataFrame)
    assert Cells(facts[facts["constant"]]._repr_html_()).rows[1][0] == "k"
    part = facts[["kind", "levels"]]
    assert "svg" not in part._repr_html_()
    assert part._repr_html_() == pd.DataFrame(part)._repr_html_()
    assert repr(facts) == repr(pd.DataFrame(facts))
    assert isinstance(facts["kind"], pd.Series)
    again = pickle.loads(pickle.dumps(facts))
    assert again._repr_html_() == facts._repr_html_()
    pd.testing.assert_frame_equal(facts, pd.DataFrame(facts))
    assert facts.groupby("kind")["levels"].max().to_dict() == {
        "continuous": facts["levels"][facts["kind"] == "continuous"].max(),
        "discrete": facts["levels"][facts["kind"] == "discrete"].max(),
    }
    with pd.option_context("display.notebook_repr_html", False):
        assert facts._repr_html_() is None


def test_profile_goes_to_polars(odd):
    polars = pytest.importorskip("polars")
    X, y = odd
    facts = profile(polars.from_pandas(X), y)
    assert "svg" in facts._repr_html_()
    frame = polars.from_pandas(facts.reset_index())
    assert frame["column"].to_list() == list(X.columns)


def test_wide_profile_says_what_it_leaves_out():
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 25)))
    X["2020"] = [["list"]] * 40
    X.columns = X.columns.map(str)
    page = Cells(profile(X)._repr_html_())
    assert len(page.rows) == 21
    assert page.paragraphs == [
        "… and 6 more columns; all are in the frame",
        "Not usable: 2020.",
    ]
