"""Axes, the user's own or new ones; rows with names; names are no formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mifs._names import NAME, distinct
from mifs.plotting._colors import ink
from mifs.plotting._room import (
    LEAST,
    POINTS,
    SMALL,
    alone,
    fitting,
    root_of,
    settle,
    width_for_legend,
    width_of,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.legend import Legend

    Handle = Artist | BarContainer

# Other names of arguments, as matplotlib knows them for lines, patches or collections.
ALIASES = {
    alias: name
    for name, aliases in {
        "antialiased": ("aa", "antialiaseds"),
        "color": ("c",),
        "edgecolor": ("ec", "edgecolors"),
        "facecolor": ("fc", "facecolors"),
        "linestyle": ("ls", "linestyles"),
        "linewidth": ("lw", "linewidths"),
        "markeredgecolor": ("mec",),
        "markeredgewidth": ("mew",),
        "markerfacecolor": ("mfc",),
        "markersize": ("ms",),
    }.items()
    for alias in aliases
}
COLORS = {"color", "facecolor", "edgecolor"}
# Name of the projection of axes with two straight scales.
STRAIGHT = "rectilinear"
# Rows that have a number, about, where names have no room.
NUMBERS = 20
# Properties of a text that shows a name, or anything that is not ours, as it is.
AS_IT_IS = {"parse_math": False, "usetex": False}


def axes_of(ax: object, size: Callable[[], tuple[float, float]], what: str) -> Axes:
    """Return the axis given, or that of a new figure, which pyplot does not keep.

    Raises
    ------
    ImportError
        Without matplotlib.
    TypeError
        Something else than an axis, or one that is not of two straight scales.
    """
    try:
        from matplotlib.axes import Axes
        from matplotlib.figure import Figure
    except ImportError as error:
        text = f"{what} needs matplotlib: pip install 'mifs[plot]'"
        raise ImportError(text) from error
    if ax is None:
        return Figure(figsize=size(), layout="constrained").add_subplot()
    if not isinstance(ax, Axes):
        raise TypeError(
            f"ax={ax!r} is no matplotlib Axes: pass one, as of plt.subplots(), or "
            "leave it out for a new figure"
        )
    if ax.name != STRAIGHT:
        raise TypeError(
            f"ax={ax!r} has the projection {ax.name!r}, and a {what.split('.')[0]} "
            "needs straight axes: make it by plt.subplots(), without a projection"
        )
    return ax


def merged(own: Mapping[str, object], given: Mapping[str, object]) -> dict[str, Any]:
    """Return arguments of a matplotlib method, those of the user last.

    Short and plural names (``lw``, ``c``, ``edgecolors``) are what they are short for;
    a colour of the user's replaces all that are not the ground.

    Raises
    ------
    TypeError
        One is given twice, by two names.
    """
    asked: dict[str, Any] = {}
    for name, value in given.items():
        whole = ALIASES.get(name, name)
        if whole in asked:
            raise TypeError(f"{whole!r} is given twice, also as {name!r}: pass one")
        asked[whole] = value
    color = asked.get("color")
    if color is None:
        return {**own, **asked}
    if "color" not in own and COLORS & own.keys():
        del asked["color"]
    marks = {key: color for key in COLORS if _is_mark(own.get(key))}
    return {**own, **marks, **asked}


def _is_mark(color: object) -> bool:
    """Whether a colour is that of marks: the ground is a tuple, as `paper` gives it."""
    return isinstance(color, str) and color != "none"


def rows_with_names(ax: Axes, names: Sequence[str]) -> None:
    """One row a name, as `distinct` gives them; the first on top.

    Where names have no room, some rows have their numbers.
    """
    size = fitting(ax, len(names))
    if size >= LEAST:
        ax.set_yticks(range(len(names)), names, fontsize=size, **AS_IT_IS)
        ax.tick_params(axis="y", length=0)
    else:
        step = _round(len(names) / NUMBERS)
        rows = [1, *range(step, len(names) + 1, step)]
        ax.set_yticks([row - 1 for row in rows], [f"{row}" for row in rows])
        ax.set_ylabel("Row; there is no room for names, which frame() has")
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)


def _round(number: float) -> int:
    """1, 2 or 5 with zeros, and no less than a number."""
    power = 10 ** max(0, math.floor(math.log10(number)))
    return next(int(k * power) for k in (1, 2, 5, 10) if k * power >= number)


def columns_with_edges(ax: Axes, edges: Sequence[str]) -> None:
    """One column a bin, with the edges between them: upright where they are long."""
    ax.set_xticks(range(1, 1 + len(edges)), edges)
    if _most(ax, edges) < 1 + len(edges):
        ax.tick_params(axis="x", rotation=90)


def numbers_below(ax: Axes) -> None:
    """No more numbers below an axis than there is room for."""
    from matplotlib.ticker import MaxNLocator

    axis = ax.xaxis
    where = axis.get_major_locator()
    if not isinstance(where, MaxNLocator):
        return
    texts = axis.get_major_formatter().format_ticks(list(axis.get_majorticklocs()))
    most = _most(ax, texts)
    if most < len(texts):
        where.set_params(nbins=max(1, most))


def _most(ax: Axes, texts: Sequence[str]) -> int:
    """How many texts have room side by side under an axis, with a gap."""
    settle(ax)
    width = ax.get_position().width * root_of(ax).get_size_inches()[0]
    return int(width / width_of(f"{text} " for text in texts or [""]))


def open_frame(ax: Axes, *sides: str) -> None:
    """Hide sides of the frame that say nothing."""
    for side in sides or ("top", "right"):
        ax.spines[side].set_visible(False)


def loose(bars: BarContainer) -> BarContainer:
    """Bars that keep a margin where they begin off 0, so that marks are whole there."""
    for bar in bars:
        starts = bar.sticky_edges.x
        starts[:] = [start for start in starts if start == 0]
    return bars


def zero_line(ax: Axes) -> None:
    """Draw the zero of bars that go both ways."""
    ax.axvline(0, color=ink(ax), linewidth=0.8, zorder=2.5)


def beside(ax: Axes, row: float, text: str, size: float, style: str = "normal") -> None:
    """Write to the right of an axis, at the height of a row, if it can be read."""
    if size < LEAST:
        return
    ax.text(
        1.015,
        row,
        text,
        transform=ax.get_yaxis_transform(),
        fontsize=size,
        va="center",
        ha="left",
        style=style,
        color=ink(ax),
        **merged(AS_IT_IS, {}),
    )


def legend_below(
    ax: Axes, handles: Sequence[Handle], labels: Sequence[Hashable], n_columns: int = 3
) -> None:
    """Put a legend under the label of the x axis, where it hides nothing."""
    most = width_for_legend(ax) * root_of(ax).dpi
    for n in range(min(n_columns, len(labels)), 0, -1):
        if _legend(ax, handles, labels, n).get_window_extent().width <= most:
            return


def _legend(
    ax: Axes, handles: Sequence[Handle], labels: Sequence[Hashable], n_columns: int
) -> Legend:
    from matplotlib.transforms import ScaledTranslation, blended_transform_factory

    size = float(ax.xaxis.label.get_fontsize())
    lines = 1 + ax.get_xlabel().count("\n")
    down = ScaledTranslation(
        0, -(1.3 * size * (lines + 1) + 10) / POINTS, root_of(ax).dpi_scale_trans
    )
    middle = ax.figure.transSubfigure if alone(ax) else ax.transAxes
    # A label that begins with "_" would be left out.
    legend = ax.legend(
        list(handles),
        [f"{place}" for place, _ in enumerate(labels)],
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=blended_transform_factory(middle, ax.transAxes) + down,
        ncols=n_columns,
        frameon=False,
        fontsize=SMALL * size,
        labelcolor=ink(ax),
        borderaxespad=0,
    )
    texts = distinct(labels, 2 * NAME)
    for shown, label in zip(legend.get_texts(), texts, strict=True):
        shown.set(text=label, **merged(AS_IT_IS, {}))
    return legend


def say(ax: Axes, text: str) -> None:
    """Say in an axis why there is nothing to be seen."""
    ax.text(
        0.5,
        0.5,
        text,
        transform=ax.transAxes,
        ha="center",
        va="center",
        wrap=True,
        color=ink(ax),
        **merged(AS_IT_IS, {}),
    )
    ax.set_xticks([])
    ax.set_yticks([])
