"""What all displays keep: the user's axis, pyplot, settings, and the numbers."""

import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from pictures import clashes, drawn

import mifs
from mifs import plotting
from mifs.plotting import _colors

MAKERS = {}


def maker(function):
    """Name the display that a function makes, undrawn or drawn."""
    MAKERS[function.__name__] = function
    return function


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 120)
    return pd.DataFrame(rng.normal(size=(120, 4)), columns=list("abcd")).add(
        y, axis=0
    ), y


@maker
def SelectionPathDisplay(X, y, ax):
    return plotting.SelectionPathDisplay.from_estimator(mifs.JMI(3).fit(X, y), ax=ax)


@maker
def RankingDisplay(X, y, ax):
    return plotting.RankingDisplay.from_estimator(mifs.JMI(3).fit(X, y), X, y, ax=ax)


@maker
def JointDistributionDisplay(X, y, ax):
    return plotting.JointDistributionDisplay.from_data(X["a"], y, ax=ax)


@maker
def RedundancyDisplay(X, y, ax):
    return plotting.RedundancyDisplay.from_data(X, ax=ax)


@maker
def RelevanceRedundancyDisplay(X, y, ax):
    selector = mifs.JMI(2).fit(X, y)
    return plotting.RelevanceRedundancyDisplay.from_estimator(selector, X, y, ax=ax)


@maker
def StabilityDisplay(X, y, ax):
    stable = mifs.StabilitySelector(mifs.JMI(1), 4).fit(X, y)
    return plotting.StabilityDisplay.from_estimator(stable, ax=ax)


@maker
def CriteriaAgreementDisplay(X, y, ax):
    return plotting.CriteriaAgreementDisplay.from_data(X, y, ["mim", "jmi"], 2, ax=ax)


@maker
def LaggedInformationDisplay(X, y, ax):
    return plotting.LaggedInformationDisplay.from_data(X["a"], X["b"], [0, 1], ax=ax)


@maker
def EntropyDisplay(X, y, ax):
    return plotting.EntropyDisplay.from_data(X["a"], ax=ax)


@maker
def InformationPlaneDisplay(X, y, ax):
    return plotting.InformationPlaneDisplay.from_data({"Z": (1.0, 0.5)}, ax=ax)


@pytest.fixture(params=sorted(MAKERS))
def make(request, data):
    """A function that makes one of the displays, on an axis or on its own."""
    return lambda ax=None: MAKERS[request.param](*data, ax)


@pytest.fixture(params=sorted(MAKERS))
def make_long(request, data):
    """A function that makes one of the displays, of columns with long names."""
    X, y = data
    names = [f"measurement of the nuclei, worst {own}" for own in ("a", "b", "c", "d")]
    long = dict(zip(names, X.to_numpy()[::-1].T + 2 * y, strict=True))
    X = pd.DataFrame(long | {column: X[column] for column in X})
    return lambda: MAKERS[request.param](X, y, None)


def test_every_display_is_tried():
    assert set(MAKERS) == {name for name in plotting.__all__ if "Display" in name}


def test_it_has_a_figure_of_its_own_which_pyplot_does_not_keep(make):
    before = dict(mpl.rcParams)
    display = drawn(make())
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before
    assert display.ax_.figure is display.figure_
    assert display._repr_png_().startswith(b"\x89PNG")
    assert display.ax_.get_title() == ""


def test_it_draws_into_a_given_axis_and_nowhere_else(make):
    figure = Figure(figsize=(14, 6), layout="constrained")
    ax, other = figure.subplots(1, 2)
    untouched = len(other.get_children())
    display = make(ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert figure.axes == [ax, other]
    assert len(other.get_children()) == untouched
    assert other.get_legend() is None
    assert [child for child in figure.get_children() if child not in (ax, other)] == [
        figure.patch
    ]
    assert display._repr_png_() is None
    drawn(display)


def test_it_is_drawn_again(make):
    display = make()
    first = display.ax_
    assert display.plot() is display
    assert display.ax_ is not first
    figure = Figure(figsize=(14, 6), layout="constrained")
    display.plot(ax=figure.subfigures(1, 2)[0].add_subplot())
    assert display.figure_ is figure
    drawn(display)


def test_frame_is_a_copy(make):
    display = make()
    frame = display.frame()
    assert isinstance(frame, pd.DataFrame)
    frame["more"] = 0
    assert "more" not in display.frame()


def test_in_other_styles(make):
    with plt.style.context("dark_background"):
        display = drawn(make())
        ax = display.ax_
        # What stands on a colour has the ink that is read on it.
        texts = [text for text in ax.texts if text.get_transform() is not ax.transData]
        legend = ax.get_legend()
        texts += [] if legend is None else legend.get_texts()
    inks = {to_rgb(text.get_color()) for text in (ax.xaxis.label, *texts)}
    assert inks == {(1, 1, 1)}
    assert plt.get_fignums() == []


def test_something_else_than_an_axis(make):
    with pytest.raises(TypeError, match="is no matplotlib Axes"):
        make("axis")


def test_curves_keep_the_rules_too():
    before = dict(mpl.rcParams)
    display = plotting.EntropyDisplay.from_probability(0.3)
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before
    assert display.ax_.get_title() == ""


def test_matplotlib_is_imported_by_plot_only():
    code = (
        "import sys, pandas as pd\n"
        "from mifs.plotting import InformationPlaneDisplay\n"
        "table = pd.DataFrame({'kind': ['point'], 'name': ['Z']})\n"
        "InformationPlaneDisplay(table).frame()\n"
        "assert 'matplotlib' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_without_matplotlib(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    with pytest.raises(ImportError, match=r"pip install 'mifs\[plot\]'"):
        make()


def test_colours_are_seen_on_white_and_on_black():
    for color in _colors.SERIES:
        assert 0.1 <= _colors.luminance(to_rgb(color)) <= 0.3, color


def test_what_is_written_on_a_colour_is_read():
    for grey in np.linspace(0, 1, 101):
        level = _colors.luminance((grey, grey, grey, 1.0))
        other = 1.0 if _colors.on((grey, grey, grey, 1.0)) == "white" else 0.0
        high, low = max(level, other), min(level, other)
        assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize("n_shown", [0, -1, 1.5, "3", True])
def test_something_is_shown(data, n_shown):
    fitted = mifs.JMI(2).fit(*data)
    said = re.escape(f"n_shown={n_shown!r} must be a whole number, 1 at least, or None")
    for display in (plotting.SelectionPathDisplay, plotting.RankingDisplay):
        with pytest.raises(ValueError, match=said):
            display.from_estimator(fitted, n_shown=n_shown)
    with pytest.raises(ValueError, match=said):
        plotting.RedundancyDisplay.from_estimator(fitted, data[0], n_shown=n_shown)


def test_an_axis_of_another_projection_is_refused(make):
    for projection in ("polar", "3d"):
        ax = Figure().add_subplot(projection=projection)
        with pytest.raises(TypeError, match=f"has the projection '{projection}', and"):
            make(ax)
        assert not ax.texts


@pytest.mark.parametrize("size", [7, 18])
def test_names_and_numbers_are_whole_and_apart_whatever_the_font(make_long, size):
    with plt.style.context({"font.size": size}):
        display = make_long()
        assert clashes(display) == []
        ax, figure = display.ax_, display.figure_
        assert ax.get_window_extent().width > 0.3 * figure.bbox.width


@pytest.mark.filterwarnings("ignore:Glyph")
def test_wide_letters_have_their_room(data):
    X, y = data
    X = X.add_prefix("細胞核の測定値の平均半径と周囲長の最大値")
    display = plotting.SelectionPathDisplay.from_estimator(mifs.JMI(3).fit(X, y))
    assert clashes(display) == []


MARKS = {
    "SelectionPathDisplay": lambda ax: ax.patches[0],
    "RankingDisplay": lambda ax: ax.patches[0],
    "EntropyDisplay": lambda ax: ax.patches[0],
    "StabilityDisplay": lambda ax: ax.collections[0],
    "RelevanceRedundancyDisplay": lambda ax: ax.collections[0],
    "RedundancyDisplay": lambda ax: ax.collections[0],
    "JointDistributionDisplay": lambda ax: ax.collections[0],
    "InformationPlaneDisplay": lambda ax: ax.collections[-1],
    "CriteriaAgreementDisplay": lambda ax: ax.lines[0],
    "LaggedInformationDisplay": lambda ax: ax.lines[0],
}


@pytest.mark.parametrize("name", sorted(MARKS))
def test_short_names_of_arguments(data, name):
    display = MAKERS[name](*data, None)
    short, whole = (
        MARKS[name](display.plot(**look).ax_)
        for look in (
            {"lw": 3.0, "ls": "--", "aa": False},
            {"linewidth": 3.0, "linestyle": "--", "antialiased": False},
        )
    )
    for setting in ("linewidth", "linestyle", "antialiased"):
        assert plt.getp(short, setting) == plt.getp(whole, setting)
    assert np.max(plt.getp(short, "linewidth")) == 3.0
    with pytest.raises(TypeError, match="'linewidth' is given twice, also as"):
        display.plot(lw=3, linewidth=2)


def test_a_colour_is_that_of_all_marks(data):
    fitted = mifs.JMI(2).fit(*data)
    for key in ("c", "color"):
        display = plotting.RankingDisplay.from_estimator(fitted, **{key: "red"})
        chosen, others = display.ax_.containers
        assert to_rgb(chosen[0].get_facecolor()) == (1, 0, 0)
        assert to_rgb(others[0].get_edgecolor()) == (1, 0, 0)
        assert to_rgb(others[0].get_facecolor()) == (1, 1, 1)
        given = {key: "red"}
        plane = plotting.InformationPlaneDisplay.from_data({"Z": (1, 2)}, **given)
        assert to_rgb(plane.ax_.collections[0].get_facecolor()[0]) == (1, 0, 0)
        points = plotting.RelevanceRedundancyDisplay.from_estimator(
            fitted, *data, **{key: "red"}
        ).ax_.collections[0]
        assert to_rgb(points.get_edgecolor()[0]) == (1, 0, 0)


@pytest.mark.parametrize(
    "display",
    [
        plotting.RankingDisplay,
        plotting.JointDistributionDisplay,
        plotting.RelevanceRedundancyDisplay,
        plotting.RedundancyDisplay,
    ],
)
def test_columns_are_those_of_the_fit(display):
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 3)), columns=[*"abc"])
    y = (X["a"] > 0).to_numpy()
    fitted = mifs.JMI(2, alpha=1).fit(X, y)
    with pytest.raises(ValueError, match="feature names should match"):
        display.from_estimator(fitted, X[[*"cba"]], y)
    with pytest.raises(ValueError, match="X has 2 features, but JMI is expecting 3"):
        display.from_estimator(fitted, X.to_numpy()[:, :2], y)
