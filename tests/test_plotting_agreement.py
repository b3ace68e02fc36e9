"""Votes of resamples, and steps of several criteria."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pictures import (
    axis,
    clashes,
    column_names,
    drawn,
    inside,
    legend_names,
    points,
    row_names,
    written,
)
from sklearn.exceptions import NotFittedError

import mifs
from mifs.plotting import CriteriaAgreementDisplay, StabilityDisplay


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(4)
    y = rng.integers(0, 2, 200)
    X = pd.DataFrame(
        rng.normal(size=(200, 40)), columns=[f"$x_{j}$" for j in range(40)]
    )
    X.iloc[:, 0] += 2 * y
    X.iloc[:, 1] += y
    X["copy"] = X.iloc[:, 0] + rng.normal(size=200) / 2
    return X, y


@pytest.fixture(scope="module")
def stable(data):
    return mifs.StabilitySelector(mifs.JMI(3), 10).fit(*data)


def test_votes(stable):
    display = StabilityDisplay.from_estimator(stable)
    frame, ax = display.frame(), display.ax_
    pd.testing.assert_frame_equal(frame, stable.frequencies_)
    shown = frame.head(30)
    assert row_names(ax) == shown["name"].tolist()
    taken, others, intervals = ax.collections
    rows = np.arange(30)
    for marks, which in ((taken, shown["selected"]), (others, ~shown["selected"])):
        want = np.column_stack([shown["frequency"][which], rows[which]])
        assert points(marks) == want.tolist()
    ends = [(line[0, 0], line[1, 0]) for line in intervals.get_segments()]
    assert ends == list(zip(shown["low"], shown["high"], strict=True))
    (threshold,) = ax.lines
    assert threshold.get_xdata() == [0.6, 0.6]
    assert ax.get_xlabel() == (
        "Share of 10 resamples that choose it; 11 more features are not shown"
    )
    assert legend_names(ax) == [
        "selected",
        "not selected",
        "95 % interval",
        "threshold, 0.6",
    ]
    assert inside(display)
    whole = StabilityDisplay.from_estimator(stable, n_shown=None)
    assert len(row_names(whole.ax_)) == 41
    assert inside(whole)


@pytest.mark.filterwarnings("ignore")
def test_votes_for_nothing_and_for_one(data):
    X, y = data
    nothing = mifs.StabilitySelector(mifs.JMI(1), 6).fit(X.iloc[:, 2:12], y)
    display = StabilityDisplay.from_estimator(nothing)
    assert not display.frame()["selected"].any()
    assert "selected" not in legend_names(display.ax_)
    one = mifs.StabilitySelector(mifs.JMI(1), 4).fit(X.iloc[:, :1], y)
    assert "not selected" not in legend_names(StabilityDisplay.from_estimator(one).ax_)


def test_a_consensus_of_mean_ranks_has_no_threshold(data):
    X, y = data
    X = X.iloc[:, :8].add_prefix("a rather long name of the measurement, ")
    ranked = mifs.StabilitySelector(mifs.JMI(2), 6, consensus="mean_rank").fit(X, y)
    display = StabilityDisplay.from_estimator(ranked)
    ax, frame = display.ax_, display.frame()
    assert len(ax.lines) == 0
    assert legend_names(ax)[0] == "selected, by mean rank"
    assert not any("threshold" in name for name in legend_names(ax))
    ranks = [f"{rank:.1f}" for rank in frame["mean_rank"]]
    assert written(ax) == [*ranks, "mean rank"]
    assert clashes(display) == []


def test_votes_of_something_else(data):
    with pytest.raises(TypeError, match="needs a StabilitySelector"):
        StabilityDisplay.from_estimator(mifs.JMI(1).fit(*data))
    with pytest.raises(NotFittedError):
        StabilityDisplay.from_estimator(mifs.StabilitySelector(mifs.JMI()))


@pytest.fixture(scope="module")
def comparison(data):
    return mifs.compare(*data, ["mim", "mrmr", "jmi"], 4)


def test_steps(comparison):
    display = CriteriaAgreementDisplay.from_comparison(comparison)
    frame, ax = display.frame(), display.ax_
    assert list(frame) == ["name", "mim", "mrmr", "jmi"]
    for row in comparison.path.itertuples():
        assert frame.loc[row.feature, "name"] == row.name
        assert frame.loc[row.feature, row.criterion] == row.step
    assert frame.iloc[:, 1:].notna().sum().sum() == len(comparison.path)
    chosen_by = frame.iloc[:, 1:].notna().sum(axis=1)
    assert chosen_by.is_monotonic_decreasing
    lines = ax.lines
    for line, (_, own) in zip(lines, frame.iterrows(), strict=True):
        steps = [np.nan if pd.isna(step) else step - 1 for step in own.iloc[1:]]
        np.testing.assert_array_equal(line.get_ydata(), steps)
    looks = {(line.get_color(), line.get_marker()) for line in lines}
    assert len(looks) == len(lines)
    path = comparison.path.set_index(["criterion", "step"])["name"]
    assert row_names(ax) == [f"{path['mim', k]}  {k}" for k in range(1, 5)]
    sides = {f"{k}  {path['jmi', k]}" for k in range(1, 5)}
    between = set(path["mrmr"]) - set(path["mim"]) - set(path["jmi"])
    assert set(written(ax)) == sides | between
    assert column_names(ax) == ["mim", "mrmr", "jmi"]
    jaccard = comparison.agreement["jaccard"].to_numpy()[np.triu_indices(3, 1)].mean()
    assert ax.get_xlabel() == f"Jaccard agreement {jaccard:.2f}"
    assert inside(display)


def test_from_data_is_the_same(data, comparison):
    display = CriteriaAgreementDisplay.from_data(*data, ["mim", "mrmr", "jmi"], 4)
    want = CriteriaAgreementDisplay(comparison).frame()
    pd.testing.assert_frame_equal(display.frame(), want)


def test_one_criterion_and_many_steps(data):
    X, y = data
    display = CriteriaAgreementDisplay.from_data(X, y, "mim", None)
    assert len(row_names(display.ax_)) == 20
    assert written(display.ax_) == []
    assert display.ax_.get_xlabel() == "21 more steps are not shown"
    assert len(display.frame()) == 41
    assert inside(display)
    whole = CriteriaAgreementDisplay.from_data(X, y, ["mim", "jmi"], None, n_shown=None)
    assert len(row_names(whole.ax_)) == 41
    assert inside(whole)


@pytest.mark.filterwarnings("ignore")
def test_paths_of_several_lengths_and_of_none(data):
    X, y = data
    X = X.iloc[:, :6].assign(again=X["copy"])
    auto = CriteriaAgreementDisplay.from_data(X, y, ["mim", "jmi", "cmim"], "auto")
    counts = auto.frame().iloc[:, 1:].notna().sum()
    assert counts["mim"] > counts["jmi"]
    drawn(auto)
    nothing = CriteriaAgreementDisplay.from_data(
        X.iloc[:, 3:6], y, ["cmim", "jmi"], "auto"
    )
    assert nothing.frame().empty
    assert list(nothing.frame()) == ["name", "cmim", "jmi"]
    assert written(nothing.ax_) == ["Nothing is selected by cmim, jmi"]
    drawn(nothing)


def test_a_criterion_that_chooses_nothing_has_an_empty_column(comparison):
    path = comparison.path[comparison.path["criterion"] != "mrmr"]
    display = CriteriaAgreementDisplay(replace(comparison, path=path)).plot()
    assert display.frame()["mrmr"].isna().all()
    assert column_names(display.ax_) == ["mim", "mrmr\n(nothing)", "jmi"]
    assert clashes(display) == []


def test_many_criteria_and_steps_with_long_names(data):
    X, y = data
    X = X.add_prefix("a rather long name of the measurement, ")
    criteria = ["mim", "mrmr", "jmi", "cmim", "mifs", "cife", "disr", "icap", "njmim"]
    display = CriteriaAgreementDisplay.from_data(X, y, criteria, 20)
    assert clashes(display) == []
    # On an axis that is too narrow, names of criteria are upright.
    few = CriteriaAgreementDisplay.from_data(X, y, criteria, 3, ax=axis())
    assert {text.get_rotation() for text in few.ax_.get_xticklabels()} == {90}


def test_something_else_is_refused(data):
    with pytest.raises(TypeError, match=r"is not what mifs\.compare returns"):
        CriteriaAgreementDisplay.from_comparison("mim")
