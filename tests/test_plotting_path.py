"""The picture of a path: its numbers, its marks, and odd paths."""

import math

import numpy as np
import pandas as pd
import pytest
from pictures import (
    axis,
    clashes,
    drawn,
    inside,
    legend_names,
    row_names,
    widths,
    written,
)
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

import mifs
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators import PlugIn
from mifs.exceptions import ChanceWarning
from mifs.plotting import SelectionPathDisplay
from mifs.plotting._split import in_nats

RATIOS = {"disr", "njmim", "fcbf", "spec_cmi"}
SUMS = {"mim", "mifs", "mrmr", "cife", "condred", "betagamma", "jmi"}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 400)
    X = pd.DataFrame(
        {f"x{j}": y * (1 - j / 5) + rng.normal(size=400) for j in range(5)}
    )
    X["copy of x0"] = X["x0"] + rng.normal(size=400) / 3
    return X.assign(noise=rng.normal(size=400), label=rng.integers(0, 9, 400)), y


@pytest.fixture(scope="module")
def jmi(data):
    return mifs.JMI("auto").fit(*data)


def test_frame_is_the_path_with_its_parts(jmi):
    frame, path = SelectionPathDisplay.from_estimator(jmi).frame(), jmi.path_
    assert frame["name"].tolist() == path["name"].tolist()
    for column in ("score", "relevance", "expected", "p_value", "tier"):
        assert frame[column].tolist() == path[column].tolist()
    assert frame["redundancy"].iloc[0] == 0
    assert frame["redundancy"].iloc[1:].tolist() == pytest.approx(
        (-path["redundancy"].iloc[1:]).tolist(), abs=1e-12
    )
    assert frame["conditional redundancy"].iloc[1:].tolist() == pytest.approx(
        path["conditional_redundancy"].iloc[1:].tolist(), abs=1e-12
    )
    runner_up = path["score"] - path["margin"]
    pd.testing.assert_series_equal(
        frame["runner_up_score"], runner_up, check_names=False
    )


@pytest.mark.parametrize("name", CRITERIA)
@pytest.mark.parametrize("correction", [None, "permutation"])
def test_parts_add_up_to_the_score(data, name, correction):
    estimator = PlugIn(correction=correction)
    fitted = mifs.MISelector(name, 5, mi_estimator=estimator).fit(*data)
    frame = SelectionPathDisplay.from_estimator(fitted, ax=axis()).frame()
    parts = list(frame.loc[:, "name":"score"].columns[1:-1])
    if name in RATIOS:
        assert parts == []
        return
    assert parts[0] == "relevance"
    assert ("given the picks" in parts) == (name not in SUMS)
    assert "costs" not in parts
    total = frame[parts].sum(axis=1).tolist()
    assert total == pytest.approx(frame["score"].tolist(), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "params"),
    [("mifs", {"beta": 0.3}), ("betagamma", {"beta": 0.4, "gamma": 2.0})],
)
def test_weights_are_in_the_parts(data, name, params):
    fitted = mifs.MISelector(name, 4, criterion_params=params, alpha=1).fit(*data)
    frame = SelectionPathDisplay.from_estimator(fitted).frame()
    picks = np.arange(1, 4)
    weighted = -params["beta"] * picks * fitted.path_["redundancy"].iloc[1:]
    assert frame["redundancy"].iloc[1:].tolist() == pytest.approx(weighted.tolist())


def test_the_unit_of_a_score_is_seen_from_its_record():
    assert {name for name in CRITERIA if not in_nats(CRITERIA[name])} == RATIOS
    assert not in_nats(CRITERIA["mrmr"].with_parameters({"scheme": "quotient"}))
    own = Criterion(
        name="mine",
        formula="R + 2 mean c_j",
        source="a user",
        terms=frozenset({"conditional_redundancy"}),
        contribution=lambda pair, _: pair.conditional_redundancy,
        score=lambda R, reduced, n, _: R + 2 * reduced / n,
    )
    assert in_nats(own)


def test_costs_are_a_part(data):
    fitted = mifs.JMI(None, costs={"x0": 0.5, "x1": 0.1}, alpha=1).fit(*data)
    display = SelectionPathDisplay.from_estimator(fitted)
    costs = display.frame().set_index("name")["costs"]
    assert costs[["x0", "x1"]].tolist() == pytest.approx([-0.5, -0.1])
    assert costs.drop(["x0", "x1"]).abs().max() < 1e-9
    assert "costs" in legend_names(display.ax_)


def test_bits(jmi):
    nats, bits = (
        SelectionPathDisplay.from_estimator(jmi, base=base) for base in (math.e, 2)
    )
    for column in ("score", "relevance", "redundancy", "runner_up_score", "expected"):
        want = (nats.frame()[column] / math.log(2)).tolist()
        assert bits.frame()[column].tolist() == pytest.approx(want, nan_ok=True)
    assert bits.ax_.get_xlabel() == "Information (bits)"
    with pytest.raises(ValueError, match="base"):
        SelectionPathDisplay.from_estimator(jmi, base=1)


def right(parts):
    return parts.clip(lower=0).sum(axis=1)


def test_marks(jmi):
    display = SelectionPathDisplay.from_estimator(jmi)
    frame, ax = display.frame(), display.ax_
    assert row_names(ax) == frame["name"].tolist()
    relevance, redundancy, conditional, expected = ax.containers
    assert widths(relevance) == pytest.approx(frame["relevance"].tolist())
    assert widths(redundancy) == pytest.approx(frame["redundancy"].tolist())
    parts = frame[["relevance", "redundancy", "conditional redundancy"]]
    ends = np.where(parts.iloc[:, 2] < 0, parts.clip(upper=0).sum(axis=1), right(parts))
    assert [bar.get_x() + bar.get_width() for bar in conditional] == pytest.approx(
        ends.tolist()
    )
    assert widths(expected) == pytest.approx(frame["expected"].tolist())
    runner_up, score = ax.collections
    assert score.get_offsets()[:, 0].tolist() == frame["score"].tolist()
    assert runner_up.get_offsets()[0, 0] == frame["runner_up_score"].iloc[0]
    assert written(ax)[0] == "runner-up"
    others = frame["runner_up_name"].dropna().tolist()
    assert written(ax) == ["runner-up", *others, '"auto" stops here']
    assert inside(display)


def test_what_adds_no_more_than_chance_is_on_grey_ground(data, jmi):
    fitted = mifs.JMI(None).fit(*data)
    display = SelectionPathDisplay.from_estimator(fitted)
    (band,) = display.ax_.patches[-1:]
    begins = int((fitted.path_["tier"] == 1).sum())
    assert begins == len(jmi.path_) < 8
    ends = display.ax_.transData.inverted().transform(band.get_window_extent())
    assert sorted(ends[:, 1]) == pytest.approx([begins - 0.5, 7.5])
    assert "no more than chance" in legend_names(display.ax_)
    untested = mifs.JMI(None, alpha=1).fit(*data)
    display = SelectionPathDisplay.from_estimator(untested)
    assert '"auto" stops here' not in written(display.ax_)


def test_auto_does_not_stop_where_nothing_is_left(data):
    X, y = data
    every = mifs.JMI("auto").fit(X[["x0", "x1"]], y)
    assert len(every.path_) == 2
    display = SelectionPathDisplay.from_estimator(every)
    assert '"auto" stops here' not in written(display.ax_)


def test_negative_parts_go_to_the_other_side(data):
    table = pd.DataFrame(
        {
            "name": ["a", "b"],
            "relevance": [-0.1, 0.2],
            "redundancy": [0.05, -0.3],
            "conditional redundancy": [-0.2, 0.1],
            "score": [-0.25, 0.0],
            "runner_up_name": ["b", None],
            "runner_up_score": [-0.3, math.nan],
            "expected": [math.nan] * 2,
            "p_value": [math.nan] * 2,
            "tier": [0, 0],
        }
    )
    display = SelectionPathDisplay(table).plot()
    relevance, redundancy, conditional = display.ax_.containers
    assert [(bar.get_x(), bar.get_width()) for bar in relevance] == [
        (0, -0.1),
        (0, 0.2),
    ]
    assert redundancy[0].get_x() == 0
    assert redundancy[0].get_width() == 0.05
    assert conditional[0].get_x() == -0.1
    assert conditional[1].get_x() == 0.2
    assert written(display.ax_) == ["runner-up", "b"]
    drawn(display)


def test_a_long_path_is_cut_and_says_so(jmi):
    table = pd.concat([jmi.path_] * 20, ignore_index=True)[:60]
    table = table.assign(runner_up_score=0.1)
    display = SelectionPathDisplay(table).plot()
    assert len(row_names(display.ax_)) == 30
    assert "30 more steps are not shown" in display.ax_.get_xlabel()
    assert len(display.frame()) == 60
    whole = SelectionPathDisplay(table, n_shown=None).plot()
    assert len(row_names(whole.ax_)) == 60
    assert "not shown" not in whole.ax_.get_xlabel()
    assert inside(whole)


@pytest.mark.filterwarnings("ignore")
def test_one_feature_constants_and_nothing():
    y = np.arange(60) % 2
    one = mifs.JMI(1).fit(pd.DataFrame({"only": y}), y)
    display = SelectionPathDisplay.from_estimator(one)
    assert written(display.ax_) == []
    assert "runner-up" not in legend_names(display.ax_)
    constant = pd.DataFrame({"a": np.zeros(60), "b": np.ones(60)})
    zeros = mifs.JMI(2, alpha=1).fit(constant, y)
    drawn(SelectionPathDisplay.from_estimator(zeros))
    nothing = mifs.JMI("auto").fit(constant, y)
    display = drawn(SelectionPathDisplay.from_estimator(nothing))
    assert written(display.ax_) == [f"Nothing is selected: {nothing.stop_reason_}"]
    assert display.frame().empty


def test_names_are_no_formulas_and_short_ones_differ(data):
    X, y = data
    long = ["a" * 20 + middle + "z" * 20 for middle in ("one", "two", "b" * 30)]
    X = X.set_axis(["$x_1$", "a$b", "_hidden", *long, "new\nline", "50 %"], axis=1)
    fitted = mifs.JMI(None, alpha=1).fit(X, y)
    display = SelectionPathDisplay.from_estimator(fitted)
    shown = dict(zip(fitted.path_["name"], row_names(display.ax_), strict=True))
    assert shown["$x_1$"] == "$x_1$"
    assert shown["new\nline"] == "new line"
    assert shown[long[0]] != shown[long[1]]
    assert "…" in shown[long[2]]
    assert not any(text.get_parse_math() for text in display.ax_.get_yticklabels())
    assert set(display.frame()["name"]) == set(X.columns)
    assert inside(display)


def test_without_a_target(data):
    fitted = mifs.InfoMaxSelector(4).fit(data[0])
    display = SelectionPathDisplay.from_estimator(fitted)
    assert list(display.frame())[1:3] == ["relevance", "given the picks"]


def test_what_has_no_path_is_refused(data, jmi):
    for wrong in (make_pipeline(jmi), mifs.StabilitySelector(jmi), "jmi"):
        with pytest.raises(TypeError, match="needs a selector that has a path"):
            SelectionPathDisplay.from_estimator(wrong)
    with pytest.raises(NotFittedError):
        SelectionPathDisplay.from_estimator(mifs.JMI())


def test_a_score_at_an_end_is_whole(data):
    X, y = data
    fitted = mifs.MRMR(3, mi_estimator=PlugIn(correction=None), alpha=1).fit(X, y)
    display = drawn(SelectionPathDisplay.from_estimator(fitted))
    assert display.ax_.get_xlim()[1] > 1.02 * fitted.path_["score"].max()


def test_a_path_of_nothing_but_chance_has_its_texts_apart(data):
    X, _ = data
    noise = np.random.default_rng(3).permutation(400) % 2
    with pytest.warns(ChanceWarning):
        fitted = mifs.JMI(3).fit(X, noise)
    assert (fitted.path_["tier"] == 2).all()
    assert clashes(SelectionPathDisplay.from_estimator(fitted)) == []
