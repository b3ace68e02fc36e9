"""Information by lag, entropies, and the information plane."""

import math

import numpy as np
import pandas as pd
import pytest
from pictures import (
    clashes,
    drawn,
    inside,
    legend_names,
    points,
    row_names,
    widths,
    written,
)

from mifs.measures import (
    entropy,
    lagged_mutual_information,
    representation_information,
)
from mifs.plotting import (
    EntropyDisplay,
    InformationPlaneDisplay,
    LaggedInformationDisplay,
)
from mifs.plotting._lagged import as_correlation, as_information
from mifs.probability import information_bottleneck

JOINT = [[0.3, 0.05], [0.05, 0.6]]


@pytest.fixture(scope="module")
def series():
    x = np.random.default_rng(0).normal(size=300)
    return x, np.r_[0, 0, np.cos(3 * x[:-2])]


def test_lags(series):
    display = LaggedInformationDisplay.from_data(*series, range(-1, 4), base=2)
    want = lagged_mutual_information(*series, range(-1, 4), base=2)
    pd.testing.assert_frame_equal(display.frame(), want)
    ax = display.ax_
    information, pearson, spearman, _ = ax.lines
    nats = want["mutual_information"] * math.log(2)
    shown = np.sign(nats) * np.sqrt(1 - np.exp(-2 * nats.abs()))
    assert information.get_ydata().tolist() == pytest.approx(shown.tolist())
    assert pearson.get_ydata().tolist() == want["pearson"].abs().tolist()
    assert spearman.get_ydata().tolist() == want["spearman"].abs().tolist()
    assert legend_names(ax) == ["mutual information", "|Pearson|", "|Spearman|"]
    (second,) = ax.child_axes
    assert second.get_ylabel() == "Mutual information (bits)"
    assert inside(display)
    low, high = ax.get_ylim()
    assert low <= shown.min()
    assert high >= shown.max()


def test_lags_with_p_values_in_any_order(series):
    display = LaggedInformationDisplay.from_data(
        *series, [3, 2, 0], n_permutations=19, random_state=0
    )
    table = display.frame().sort_index()
    weak = table.index[table["p_value"] > 0.05].tolist()
    assert weak
    assert 2 not in weak
    assert [at for at, _ in points(display.ax_.collections[0])] == weak
    assert "p > 0.05" in legend_names(display.ax_)
    assert display.ax_.lines[0].get_xdata().tolist() == [0, 2, 3]


def test_lags_of_labels_have_no_correlations(series):
    labels = np.where(series[0] > 0, "up", "down")
    display = LaggedInformationDisplay.from_data(labels, labels, 0)
    assert legend_names(display.ax_) == ["mutual information"]
    assert display.frame()["mutual_information"].item() == pytest.approx(0.69, abs=0.01)
    drawn(display)


def test_lags_of_copies(series):
    drawn(LaggedInformationDisplay.from_data(series[0], series[0], [0, 1]))


def test_information_as_a_correlation():
    r = np.array([-0.9, -0.1, 0.0, 0.3, 0.99])
    gaussian = -0.5 * np.log(1 - r**2)
    assert as_information(np.abs(r)).tolist() == pytest.approx(gaussian.tolist())
    assert as_correlation(as_information(r)).tolist() == pytest.approx(r.tolist())
    assert np.isfinite(as_information([1.0, 2.0])).all()


def test_levels():
    x = pd.Series(["b"] * 6 + ["$a$"] * 3 + [None] * 3)
    display = EntropyDisplay.from_data(x)
    frame = display.frame()
    assert frame.index.tolist() == ["b", "$a$", "missing"]
    assert frame["share"].tolist() == [0.5, 0.25, 0.25]
    assert frame["self_information"].tolist() == [1, 2, 2]
    assert frame["contribution"].sum() == entropy(x.fillna("?"), base=2) == 1.5
    ax = display.ax_
    assert row_names(ax) == frame.index.tolist()
    assert widths(ax.containers[0]) == frame["contribution"].tolist()
    assert written(ax) == ["share", "50.0 %", "25.0 %", "25.0 %"]
    assert ax.get_xlabel() == (
        "Part of the entropy (bits)\nin all 1.50, of at most 1.58 with 3 levels"
    )
    assert inside(display)


def test_levels_of_numbers_and_bins_stay_in_order():
    whole = EntropyDisplay.from_data([3, 1, 1, 2, 3, 3] * 10, base=math.e)
    assert whole.frame().index.tolist() == [1, 2, 3]
    assert whole.unit == "nats"
    values = np.random.default_rng(0).normal(size=500)
    bins = EntropyDisplay.from_data(values, n_bins=4)
    assert bins.frame()["share"].tolist() == [0.25] * 4
    assert row_names(bins.ax_)[0].startswith("≤ ")
    gaps = EntropyDisplay.from_data([1, 2, 2, None])
    assert gaps.frame()["count"].to_dict() == {1: 1, 2: 2, "missing": 1}
    constant = EntropyDisplay.from_data(np.zeros(9))
    assert constant.frame()["contribution"].sum() == 0
    drawn(constant)
    categories = pd.Categorical(["a", "b"], categories=["a", "b", "c"])
    assert EntropyDisplay.from_data(categories).frame()["contribution"].sum() == 1


def test_many_levels():
    display = EntropyDisplay.from_data(
        [f"level {k:03} of a long name" for k in range(90)]
    )
    assert len(row_names(display.ax_)) == 30
    assert display.ax_.get_xlabel().endswith("with 90 levels; 60 are not shown")
    with pytest.raises(ValueError, match="x has 2 columns"):
        EntropyDisplay.from_data(np.zeros((5, 2)))


def test_curve_of_two_outcomes():
    display = EntropyDisplay.from_probability([0.5, 0.9])
    frame = display.frame()
    want = [1.0, entropy([0] * 9 + [1], base=2)]
    assert frame["entropy"].tolist() == pytest.approx(want)
    x, y = display.ax_.lines[0].get_data()
    assert y.max() == 1
    assert y[[0, -1]].tolist() == [0, 0]
    assert y[x == 0.5] == 1
    assert points(display.ax_.collections[-1]) == frame.to_numpy().tolist()
    assert written(display.ax_) == ["1.00", "0.47"]
    bare = EntropyDisplay.from_probability(base=math.e)
    assert bare.frame().empty
    assert bare.ax_.lines[0].get_ydata().max() == pytest.approx(math.log(2))
    drawn(bare)
    with pytest.raises(ValueError, match="must be probabilities, from 0 to 1"):
        EntropyDisplay.from_probability(1.5)


def test_plane():
    curve = information_bottleneck(JOINT, [1, 2, 5, math.inf])
    Z, y = np.arange(40) % 4, np.arange(40) % 2
    found = representation_information(Z, y, Z)
    display = InformationPlaneDisplay.from_data(
        {"$Z$": found, "half": (0.3, 0.1)}, curve=curve
    )
    frame, ax = display.frame(), display.ax_
    given = frame[frame["kind"] == "point"]
    assert given["name"].tolist() == ["$Z$", "half"]
    want = [[found.input, found.label], [0.3, 0.1]]
    assert given[["input", "label"]].to_numpy().tolist() == want
    assert points(ax.collections[0]) == want
    assert ax.lines[0].get_xdata().tolist() == curve.complexity.tolist()
    assert ax.lines[0].get_ydata().tolist() == curve.relevance.tolist()
    assert frame["beta"].dropna().tolist() == curve.betas.tolist()
    assert written(ax) == ["$Z$", "half"]
    assert not ax.texts[0].get_parse_math()
    assert legend_names(ax) == ["bottleneck"]
    assert inside(display)


def test_planes_of_curves_alone_and_of_layers():
    curve = information_bottleneck(JOINT, [1, 2, math.inf])
    both = InformationPlaneDisplay.from_data(curve={"_a": curve, "b": curve})
    assert legend_names(both.ax_) == ["_a", "b"]
    layers = {f"layer {k}": (1.0 / k, 0.5 / k) for k in (1, 2, 3)}
    display = InformationPlaneDisplay.from_data(layers, unit="bits", connected=True)
    assert display.ax_.lines[0].get_xdata().tolist() == [1.0, 0.5, 1 / 3]
    assert "bits" in display.ax_.get_xlabel()
    assert legend_names(display.ax_) == []
    drawn(display)


def test_names_of_points_that_crowd_do_not_lie_on_each_other():
    rng = np.random.default_rng(0)
    at = rng.normal([1, 0.5], 0.02, size=(40, 2))
    crowd = {f"representation {k}": tuple(point) for k, point in enumerate(at)}
    display = InformationPlaneDisplay.from_data(crowd)
    assert clashes(display) == []
    assert 3 < len([text for text in display.ax_.texts if text.get_visible()]) < 40
    curve = EntropyDisplay.from_probability([0, 0.05, 0.06, 0.5, 0.51, 0.97, 1])
    assert clashes(curve) == []


def test_planes_of_nothing():
    with pytest.raises(ValueError, match="there is nothing to draw"):
        InformationPlaneDisplay.from_data()
    half = representation_information([0, 1, 0, 1], [0, 1, 1, 0])
    with pytest.raises(ValueError, match="point 'Z' needs I"):
        InformationPlaneDisplay.from_data({"Z": half})
