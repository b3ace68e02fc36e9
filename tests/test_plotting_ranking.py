"""Relevance of all features: what is drawn of many, and how the chosen are marked."""

import math

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from pictures import (
    axis,
    drawn,
    inside,
    legend_names,
    points,
    row_names,
    widths,
    written,
)

import mifs
from mifs.plotting import RankingDisplay


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, 300)
    X = pd.DataFrame(rng.normal(size=(300, 60)), columns=[f"x{j}" for j in range(60)])
    X["x0"] += 2 * y
    X["x1"] = X["x0"] + rng.normal(size=300) / 2
    X["x2"] += y
    return X, y


@pytest.fixture(scope="module")
def fitted(data):
    return mifs.JMI("auto").fit(*data)


def test_frame(data, fitted):
    frame = RankingDisplay.from_estimator(fitted).frame()
    order = np.argsort(-fitted.relevance_, kind="stable")
    assert frame["feature"].tolist() == order.tolist()
    assert frame["name"].tolist() == [f"x{j}" for j in order]
    assert frame["relevance"].tolist() == fitted.relevance_[order].tolist()
    chosen = frame[frame["chosen"] > 0].sort_values("chosen")
    assert chosen["feature"].tolist() == fitted.selected_indices_.tolist()
    assert "q_value" not in frame
    bits = RankingDisplay.from_estimator(fitted, base=2)
    assert bits.frame()["relevance"].tolist() == pytest.approx(
        (frame["relevance"] / math.log(2)).tolist()
    )
    assert bits.ax_.get_xlabel() == "Relevance (bits)"


def test_q_values_need_the_data(data, fitted):
    X, y = data
    display = RankingDisplay.from_estimator(fitted, X, y, n_shown=5)
    tests = mifs.relevance_test(X, y).set_axis(range(60))
    frame = display.frame().set_index("feature")
    for column in ("q_value", "p_value", "expected"):
        assert frame[column].sort_index().tolist() == tests[column].tolist()
    assert written(display.ax_).count("< 0.0001") == (tests["q_value"] < 1e-4).sum()
    for given in ((X, None), (None, y)):
        with pytest.raises(TypeError, match=r"pass X and y \(missing: .\)"):
            RankingDisplay.from_estimator(fitted, *given)


def test_of_data(data):
    X, y = data
    frame = RankingDisplay.from_data(X, y).frame()
    tests = mifs.relevance_test(X, y)
    less = (tests["relevance"] - tests["expected"]).loc[frame["name"]]
    assert frame["relevance"].tolist() == less.tolist()
    assert frame["relevance"].is_monotonic_decreasing
    assert (frame["chosen"] == 0).all()


def test_marks(fitted):
    display = RankingDisplay.from_estimator(fitted)
    frame, ax = display.frame(), display.ax_
    assert row_names(ax) == frame["name"].head(30).tolist()
    chosen, others = ax.containers
    ends = frame["relevance"].head(30)[frame["chosen"].head(30) > 0]
    assert widths(chosen) == ends.tolist()
    assert len(others) == 30 - len(chosen)
    assert legend_names(ax) == ["chosen, in this order", "not chosen"]
    assert "30 not shown" in written(ax)
    places = [text for text in written(ax) if text.isdigit()]
    assert places == [str(place) for place in frame["chosen"] if place]
    assert inside(display)


def test_those_chosen_are_there_however_little_they_tell(data):
    X, y = data
    fitted = mifs.JMI(2, include=["x59"], alpha=1).fit(X, y)
    display = RankingDisplay.from_estimator(fitted, n_shown=3)
    place = int(np.flatnonzero(display.frame()["name"] == "x59")[0])
    assert row_names(display.ax_)[3] == "x59"
    assert f"{place - 3} not shown" in written(display.ax_)
    assert f"{60 - place - 1} not shown" in written(display.ax_)


def test_all_and_none_chosen(data):
    X, y = data
    every = mifs.MIM(None).fit(X.iloc[:, :3], y)
    display = RankingDisplay.from_estimator(every)
    assert legend_names(display.ax_) == []
    assert len(row_names(display.ax_)) == 3
    whole = RankingDisplay.from_estimator(mifs.MIM(None).fit(X, y), n_shown=None)
    assert len(row_names(whole.ax_)) == 60
    assert inside(whole)


def test_of_a_stable_selection(data):
    X, y = data
    stable = mifs.StabilitySelector(mifs.JMI(2), 4).fit(X.iloc[:, :5], y)
    frame = RankingDisplay.from_estimator(stable).frame()
    assert sorted(frame["name"]) == [f"x{j}" for j in range(5)]
    assert frame.set_index("feature")["relevance"].sort_index().tolist() == list(
        stable.relevance_
    )


@pytest.mark.filterwarnings("ignore")
def test_ties_constants_one_feature_and_labels_of_all_kinds():
    y = np.arange(80) % 2
    X = pd.DataFrame({3: y, 2: y, 7: np.zeros(80)})
    fitted = mifs.JMI(1).fit(X, y)
    display = drawn(RankingDisplay.from_estimator(fitted))
    assert display.frame()["name"].tolist() == [3, 2, 7]
    assert row_names(display.ax_) == ["3", "2", "7"]
    grouped = mifs.JMI(1, groups={"both": [3, 2]}).fit(X, y)
    assert RankingDisplay.from_estimator(grouped).frame()["name"].tolist()[0] == "x0"
    array = mifs.JMI(1).fit(y[:, np.newaxis], y)
    assert row_names(RankingDisplay.from_estimator(array).ax_) == ["x0"]


@pytest.mark.filterwarnings("ignore")
def test_wide():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 50)
    X = pd.DataFrame(
        rng.normal(size=(50, 5000)), columns=[f"g{j}" for j in range(5000)]
    )
    display = RankingDisplay.from_estimator(mifs.MIM(2).fit(X, y))
    assert len(display.frame()) == 5000
    assert len(row_names(display.ax_)) == 30
    assert "4970 not shown" in written(display.ax_)
    assert inside(display)


@pytest.mark.filterwarnings("ignore")
def test_more_bars_than_names_have_room_for():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 50)
    X = pd.DataFrame(rng.normal(size=(50, 2000)))
    fitted = mifs.MIM(3).fit(X, y)
    display = drawn(RankingDisplay.from_estimator(fitted, n_shown=None, color="red"))
    ax, frame = display.ax_, display.frame()
    assert display.figure_.get_size_inches()[1] < 15
    assert row_names(ax)[:3] == ["1", "100", "200"]
    assert "there is no room for names, which frame() has" in ax.get_ylabel()
    area, chosen = ax.collections
    assert to_rgb(area.get_facecolor()[0]) == (1, 0, 0)
    ends = area.get_paths()[0].get_extents()
    assert [ends.x0, ends.x1] == [frame["relevance"].min(), frame["relevance"].max()]
    taken = frame[frame["chosen"] > 0].sort_values("chosen")
    want = [[own.relevance, own.Index - 1] for own in taken.itertuples()]
    assert points(chosen) == want
    assert written(ax) == ["1", "2", "3"]
    assert legend_names(ax) == ["chosen, in this order", "all"]
    small = RankingDisplay.from_estimator(
        mifs.MIM(3).fit(X.iloc[:, :200], y), ax=axis(), n_shown=None
    )
    assert row_names(small.ax_)[:2] == ["1", "10"]


def test_q_values_of_one_target_only(data):
    X, y = data
    X = X.iloc[:, :3]
    both = pd.DataFrame({"label": np.where(y, "a", "b"), "number": X["x0"] ** 2})
    fitted = mifs.JMI(2).fit(X, both)
    with pytest.raises(ValueError, match="y has 2 outputs: pass one of them"):
        RankingDisplay.from_estimator(fitted, X, both)
    without = mifs.InfoMaxSelector(2).fit(X)
    with pytest.raises(TypeError, match=r"InfoMaxSelector.* has none: leave X and y"):
        RankingDisplay.from_estimator(without, X)
    assert "q_value" not in RankingDisplay.from_estimator(without).frame()
