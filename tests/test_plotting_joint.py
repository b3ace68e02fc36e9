"""A feature beside the target: one picture for each two kinds."""

import math

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
    row_names,
    written,
)
from scipy.stats import pearsonr, spearmanr

import mifs
from mifs._data.intervals import readable
from mifs.estimators import PlugIn
from mifs.measures import mutual_information
from mifs.plotting import JointDistributionDisplay

N = 400


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    kind = rng.integers(0, 3, N)
    seen = np.where(rng.random(N) < 0.8, kind, 0)
    X = pd.DataFrame(
        {
            "number": rng.normal(size=N) + kind,
            "noise": rng.normal(size=N),
            "label": np.array(["low", "mid", "high"])[seen],
        }
    )
    return X, kind


def test_two_continuous_variables(data):
    x = pd.Series(np.linspace(-1, 1, N), name="$x_1$")
    y = (x**2 + 0.01 * data[0]["noise"]).rename("y")
    display = JointDistributionDisplay.from_data(x, y)
    frame = display.frame()
    assert frame.to_numpy().sum() == N
    assert (frame.index.name, frame.columns.name) == ("$x_1$", "y")
    assert (
        display.ax_.collections[0].get_array().tolist() == frame.T.to_numpy().tolist()
    )
    assert written(display.ax_) == [f"{n}" for n in frame.T.to_numpy().ravel()]
    edges = [text.partition(" to ")[0] for text in frame.index[1:-1]]
    assert column_names(display.ax_) == [*edges, frame.index[-1].removeprefix("> ")]
    assert display.pearson == pytest.approx(pearsonr(x, y).statistic)
    assert display.spearman == pytest.approx(spearmanr(x, y).statistic)
    want = mutual_information(x, y, estimator="plugin", base=2)
    assert display.information == pytest.approx(want)
    less = mutual_information(
        x, y, estimator="plugin", base=2, correction="permutation"
    )
    assert display.information - display.expected == pytest.approx(less)
    assert display.ax_.get_xlabel().startswith("$x_1$ (bins")
    assert f"MI {want:.2f} bits" in display.ax_.get_xlabel()
    assert not display.ax_.xaxis.label.get_parse_math()
    assert inside(display)


def test_it_is_the_relevance_of_the_selector(data):
    X, y = data
    fitted = mifs.JMI(2).fit(X, y)
    for column, name in enumerate(X):
        display = JointDistributionDisplay.from_estimator(fitted, X, y, feature=name)
        less = (display.information - display.expected) * math.log(2)
        assert less == pytest.approx(fitted.relevance_[column])
    first = JointDistributionDisplay.from_estimator(fitted, X, y)
    assert first.frame().index.name == fitted.path_["name"].iloc[0]
    by_place = JointDistributionDisplay.from_estimator(fitted, X, y, feature=1)
    assert by_place.frame().index.name == "noise"
    of_array = mifs.JMI(1).fit(X[["number", "noise"]].to_numpy(), y)
    display = JointDistributionDisplay.from_estimator(
        of_array, X[["number", "noise"]].to_numpy(), y
    )
    assert display.frame().index.name == "x0"


def test_values_within_classes(data):
    X, y = data
    display = JointDistributionDisplay.from_data(X["number"], y, base=math.e)
    ax = display.ax_
    counts = np.bincount(y)
    assert row_names(ax) == [f"{k} ({n})" for k, n in enumerate(counts)]
    for place, points in enumerate(ax.collections):
        own = np.sort(X["number"][y == place])
        assert points.get_offsets()[:, 0].tolist() == own.tolist()
        assert np.abs(points.get_offsets()[:, 1] - place).max() <= 0.31
    boxes = [container[0] for container in ax.containers]
    quartiles = X["number"].groupby(y).quantile([0.25, 0.75]).unstack()
    assert [box.get_x() for box in boxes] == pytest.approx(quartiles[0.25].tolist())
    middles = [line.get_xdata()[0] for line in ax.lines]
    assert middles == pytest.approx(X["number"].groupby(y).median().tolist())
    assert "nats" in ax.get_xlabel()
    assert "points of a row" not in ax.get_xlabel()
    assert inside(display)


def test_values_within_levels_of_the_feature_and_thinned(data):
    X, _ = data
    display = JointDistributionDisplay.from_data(
        pd.concat([X["label"]] * 4), pd.concat([X["number"]] * 4)
    )
    assert [name.split(" (")[0] for name in row_names(display.ax_)] == [
        "high",
        "low",
        "mid",
    ]
    assert all(len(points.get_offsets()) == 400 for points in display.ax_.collections)
    assert "400 points of a row at most" in display.ax_.get_xlabel()
    assert math.isnan(display.pearson)
    assert "Pearson" not in display.ax_.get_xlabel()


def test_shares_of_classes(data):
    X, y = data
    binary = np.where(y == 1, "_yes", "$no$")
    display = JointDistributionDisplay.from_data(X["label"], binary)
    frame, ax = display.frame(), display.ax_
    want = pd.crosstab(X["label"], binary)
    assert frame.to_numpy().tolist() == want.to_numpy().tolist()
    first, second = ax.containers
    shares = want.div(want.sum(axis=1), axis=0)
    assert [bar.get_width() for bar in first] == shares["$no$"].tolist()
    assert [bar.get_x() for bar in second] == shares["$no$"].tolist()
    assert [name.strip() for name in legend_names(ax)] == ["$no$", "_yes"]
    assert inside(display)


def test_many_levels_and_classes_are_put_together():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 60, 3000), rng.integers(0, 12, 3000)
    names = [f"a very long name of a level, number {k}" for k in range(60)]
    display = JointDistributionDisplay.from_data(np.array(names)[x], y)
    assert display.frame().shape == (60, 12)
    assert len(row_names(display.ax_)) == 20
    assert row_names(display.ax_)[-1].startswith("41 others (")
    assert len(display.ax_.containers) == 6
    assert legend_names(display.ax_)[-1].strip() == "7 others"
    drawn(display)


def test_missing_values_are_a_level(data):
    X, y = data
    holes = X.mask(X["noise"] > 1)
    display = JointDistributionDisplay.from_data(holes["number"], y)
    n_missing = int((X["noise"] > 1).sum())
    assert display.frame().loc["missing"].sum() == n_missing
    assert f"{n_missing} missing" in display.ax_.get_xlabel()
    here = holes["number"].notna()
    want = pearsonr(X["number"][here], y[here]).statistic
    assert display.pearson == pytest.approx(want)
    labels = JointDistributionDisplay.from_data(holes["label"], y)
    assert row_names(labels.ax_)[-1] == f"missing ({n_missing})"


def test_constants():
    display = JointDistributionDisplay.from_data(np.ones(50), np.arange(50) % 2)
    assert display.information == 0
    assert math.isnan(display.pearson)
    drawn(display)
    display = JointDistributionDisplay.from_data(
        np.ones(50), np.arange(50) / 7, discrete_x=False, discrete_y=False
    )
    assert display.frame().index.tolist() == ["all"]
    drawn(display)


def test_what_is_refused(data):
    X, y = data
    fitted = mifs.JMI(1).fit(X, y)
    with pytest.raises(TypeError, match=r"missing: X, y"):
        JointDistributionDisplay.from_estimator(fitted)
    with pytest.raises(ValueError, match="feature names unknown columns"):
        JointDistributionDisplay.from_estimator(fitted, X, y, feature="nothing")
    with pytest.raises(ValueError, match="x has 3 columns"):
        JointDistributionDisplay.from_data(X, y)
    outputs = np.column_stack([X["noise"], X["number"]])
    with pytest.raises(ValueError, match="y has 2 outputs"):
        JointDistributionDisplay.from_data(X["number"], outputs)


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([-0.801, -0.000333, 0.2], ["-0.8", "0.0", "0.2"]),
        ([65.0, 87.0, 109.0], ["65", "87", "109"]),
        ([1e9, 2e9], ["1e+09", "2e+09"]),
        ([1e-9, 2e-9], ["1e-09", "2e-09"]),
        ([12345678.0, 12345679.0], ["12345678", "12345679"]),
        ([0.5], ["0.5"]),
        ([22.0, 26.0, 30.5], ["22.0", "26.0", "30.5"]),
        ([0.0], ["0"]),
        ([0.0, 2414.0, 15024.0], ["0", "2414", "15024"]),
    ],
)
def test_edges_are_readable(edges, expected):
    assert readable(np.array(edges)) == expected


def test_many_bins_have_a_scale_instead_of_numbers(data):
    X, _ = data
    display = JointDistributionDisplay.from_data(X["number"], X["noise"], n_bins=16)
    assert display.frame().shape == (16, 16)
    assert written(display.ax_) == []
    (scale,) = display.ax_.child_axes
    assert scale.get_ylabel() == "rows"
    assert inside(display)


def test_a_class_without_values(data):
    X, y = data
    numbers = X["number"].where(y > 0)
    display = drawn(JointDistributionDisplay.from_data(numbers, y))
    assert len(display.ax_.collections) == 2
    assert len(row_names(display.ax_)) == 3


@pytest.mark.filterwarnings("ignore")
def test_nothing_selected(data):
    X, _ = data
    y = np.arange(N) % 2
    nothing = mifs.JMI("auto").fit(X[["noise"]], y)
    with pytest.raises(ValueError, match="say which feature to draw"):
        JointDistributionDisplay.from_estimator(nothing, X[["noise"]], y)
    JointDistributionDisplay.from_estimator(nothing, X[["noise"]], y, feature="noise")


EDGES = [-1.0, 0.5]


@pytest.mark.parametrize(
    "estimator",
    [
        PlugIn(binning="mdlp"),
        PlugIn(4, binning="uniform"),
        PlugIn(edges={"number": EDGES}),
        PlugIn(7),
    ],
    ids=["mdlp", "uniform", "edges", "seven"],
)
def test_bins_are_those_in_which_the_selector_counted(data, estimator):
    X, y = data
    fitted = mifs.MIM(1, mi_estimator=estimator, alpha=1).fit(X, y)
    edges = fitted.mi_estimator_.edges_[0]
    display = JointDistributionDisplay.from_estimator(fitted, X, y, feature="number")
    want = np.searchsorted(edges, X["number"])
    assert (
        display.frame().sum(axis=1).tolist()
        == np.bincount(want, minlength=len(edges) + 1).tolist()
    )
    less = (display.information - display.expected) * math.log(2)
    assert less == pytest.approx(fitted.relevance_[0], abs=1e-7)
    # Other rows are put into the same bins.
    few = JointDistributionDisplay.from_estimator(
        fitted, X[:50], y[:50], feature="number"
    )
    assert few.frame().index.equals(display.frame().index)


def test_bins_of_a_continuous_target_are_those_of_the_fit(data):
    X, _ = data
    y, times = X["number"] ** 3 + X["noise"], np.repeat([1, 4], N // 2)
    fitted = mifs.MIM(2, mi_estimator=PlugIn(6), alpha=1).fit(X, y, times)
    edges = fitted.mi_estimator_.target_edges_
    display = JointDistributionDisplay.from_estimator(fitted, X, y, feature="noise")
    want = np.bincount(np.searchsorted(edges, y), minlength=len(edges) + 1)
    assert display.frame().sum().tolist() == want.tolist()
    assert column_names(display.ax_) == readable(fitted.mi_estimator_.edges_[1])
    classes = mifs.MIM(1, alpha=1).fit(X, data[1])
    assert classes.mi_estimator_.target_edges_ is None


@pytest.mark.filterwarnings("ignore")
def test_bins_of_a_target_that_the_fit_did_not_have_alone(data):
    X, _ = data
    numbers = X[["number", "noise"]]
    both = pd.DataFrame({"far": 100 + X["number"], "near": X["noise"] ** 3})
    fitted = mifs.MIM(2, alpha=1).fit(numbers, both)
    infomax = mifs.InfoMaxSelector(2).fit(numbers)
    want = JointDistributionDisplay.from_data(numbers["number"], both["near"]).frame()
    for selector in (fitted, infomax):
        found = JointDistributionDisplay.from_estimator(
            selector, numbers, both["near"], feature="number"
        ).frame()
        assert found.sum().tolist() == want.sum().tolist()


def test_of_one_that_does_not_count_bins_are_quantiles(data):
    X, y = data
    numbers = X[["number", "noise"]]
    fitted = mifs.MIM(1, mi_estimator="knn", alpha=1).fit(numbers, y)
    found = JointDistributionDisplay.from_estimator(fitted, numbers, y).frame()
    want = JointDistributionDisplay.from_data(numbers["number"], y).frame()
    pd.testing.assert_frame_equal(found, want, check_names=False)


def test_classes_of_survival_are_read(data):
    X, kind = data
    y = np.empty(N, dtype=[("died", bool), ("months", float)])
    y["died"], y["months"] = kind > 0, np.arange(N) % 60
    fitted = mifs.MIM(1, mi_estimator=PlugIn(4), alpha=1).fit(X, y)
    frame = JointDistributionDisplay.from_estimator(fitted, X, y).frame()
    assert list(frame)[:2] == ["not died, ≤ 8", "not died, 8 to 16"]
    early = (kind == 0) & (y["months"] <= 8)
    assert frame["not died, ≤ 8"].sum() == early.sum()
    assert frame.columns[-1].startswith("died, > ")
    died = [name for name in frame if name.startswith("died")]
    assert frame[died].to_numpy().sum() == (kind > 0).sum()


def test_classes_of_several_outputs_are_read(data):
    X, kind = data
    y = pd.DataFrame({"a": kind, "b": np.where(kind > 1, "yes", "no")})
    frame = JointDistributionDisplay.from_data(X["label"], y).frame()
    assert list(frame) == ["0, no", "1, no", "2, yes"]


DOLLARS = pd.Series(np.linspace(10_500.0, 755_000.0, N), name="price")


@pytest.mark.parametrize(
    "other",
    [
        pd.Series(["One_Story_1946_and_Newer_All_Styles", "Split_Foyer"] * (N // 2)),
        pd.Series(np.sin(np.arange(N)) / 20 - 93.6),
    ],
    ids=["strips", "bins"],
)
@pytest.mark.parametrize("width", [None, 5])
def test_long_numbers_lie_not_on_each_other(other, width):
    ax = None if width is None else axis(width)
    if other.dtype == float:
        display = JointDistributionDisplay.from_data(other, DOLLARS, ax=ax)
    else:
        display = JointDistributionDisplay.from_data(DOLLARS, other, ax=ax)
    numbers = [pair for pair in clashes(display) if "MI" not in "".join(pair)]
    assert numbers == []
    assert len(column_names(display.ax_)) >= 2


def test_points_at_an_end_are_whole():
    values = pd.Series([0.0] * 300 + list(np.linspace(0, 9, 100)))
    display = JointDistributionDisplay.from_data(values, ["a"] * 200 + ["b"] * 200)
    low, high = drawn(display).ax_.get_xlim()
    assert low < 0 < 9 < high
