"""Axes, the user's own or new ones; rows with names; names are no formulas."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mifs._arrays import AnyArray
from mifs._names import NAME, distinct
from mifs.plotting._colors import ink, on

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.text import Text

    Handle = Artist | BarContainer

# Inches: a row with a name, what is beside all rows, the tallest figure.
ROW, AROUND, TALLEST = 0.3, 1.3, 120.0
WIDTH = 7.0
SMALL = 0.85
# Points of the smallest font that is read; width of a digit, of its size.
LEAST, LETTER = 5.0, 0.6
# Cells of a map that says more by numbers than by colours alone.
NUMBERED = 225
# Properties of a text that shows a name, or anything that is not ours, as it is.
AS_IT_IS = {"parse_math": False, "usetex": False}


def axes_of(ax: object, size: tuple[float, float], what: str) -> Axes:
    """Return the axis given, or that of a new figure, which pyplot does not keep.

    Raises
    ------
    ImportError
        Without matplotlib.
    TypeError
        Something else than an axis.
    """
    try:
        from matplotlib.axes import Axes
        from matplotlib.figure import Figure
    except ImportError as error:
        text = f"{what} needs matplotlib: pip install 'mifs[plot]'"
        raise ImportError(text) from error
    if ax is None:
        return Figure(figsize=size, layout="constrained").add_subplot()
    if not isinstance(ax, Axes):
        raise TypeError(
            f"ax={ax!r} is no matplotlib Axes: pass one, as of plt.subplots(), or "
            "leave it out for a new figure"
        )
    return ax


def root_of(ax: Axes) -> Figure:
    """Return the figure of an axis, also of one in a subfigure."""
    return ax.figure.canvas.figure


def size_of_rows(n_rows: int, row: float = ROW) -> tuple[float, float]:
    """Width and height of a figure of rows with names, inches."""
    return WIDTH, min(TALLEST, AROUND + row * max(3, n_rows))


def merged(own: Mapping[str, object], given: Mapping[str, object]) -> dict[str, Any]:
    """Return arguments of a matplotlib method, those of the user last."""
    return {**own, **given}


def fitting(ax: Axes, n_rows: int, of_font: float = 1.0) -> float:
    """Size of a font, points, of which so many rows fit into the height of an axis."""
    from matplotlib import rcParams
    from matplotlib.font_manager import FontProperties

    wanted = FontProperties(size=rcParams["ytick.labelsize"]).get_size_in_points()
    figure = root_of(ax)
    height = ax.get_position().height * figure.get_size_inches()[1] * 72
    return float(min(wanted * of_font, max(2.0, height / max(1, n_rows) / 1.1)))


def rows_with_names(ax: Axes, names: Sequence[str]) -> None:
    """One row a name, as `distinct` gives them; the first on top."""
    ax.set_yticks(
        range(len(names)), names, fontsize=fitting(ax, len(names)), **AS_IT_IS
    )
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)


def open_frame(ax: Axes, *sides: str) -> None:
    """Hide sides of the frame that say nothing."""
    for side in sides or ("top", "right"):
        ax.spines[side].set_visible(False)


def zero_line(ax: Axes) -> None:
    """Draw the zero of bars that go both ways."""
    ax.axvline(0, color=ink(ax), linewidth=0.8, zorder=2.5)


def beside(ax: Axes, row: float, text: str, size: float, **kwargs: str) -> Text:
    """Write to the right of an axis, at the height of a row."""
    return ax.text(
        1.015,
        row,
        text,
        transform=ax.get_yaxis_transform(),
        fontsize=size,
        va=kwargs.get("va", "center"),
        ha="left",
        style=kwargs.get("style", "normal"),
        color=ink(ax),
        **merged(AS_IT_IS, {}),
    )


def legend_below(
    ax: Axes, handles: Sequence[Handle], labels: Sequence[Hashable], n_columns: int = 3
) -> Legend:
    """Put a legend under the label of the x axis, where it hides nothing."""
    from matplotlib.transforms import ScaledTranslation

    figure = root_of(ax)
    size = float(ax.xaxis.label.get_fontsize())
    lines = 1 + ax.get_xlabel().count("\n")
    down = ScaledTranslation(
        0, -(1.3 * size * (lines + 1) + 10) / 72, figure.dpi_scale_trans
    )
    # A label that begins with "_" would be left out.
    legend = ax.legend(
        list(handles),
        [f"{place}" for place, _ in enumerate(labels)],
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + down,
        ncols=n_columns,
        frameon=False,
        fontsize=SMALL * size,
        labelcolor=ink(ax),
        borderaxespad=0,
    )
    for shown, label in zip(
        legend.get_texts(), distinct(labels, 2 * NAME), strict=True
    ):
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


def number_cells(ax: Axes, mesh: QuadMesh, texts: AnyArray, start: float = 0) -> bool:
    """Write into the cells of a heat map, unit squares from ``start`` on.

    Returns whether there was room for it.
    """
    size = _fitting_cells(ax, texts)
    if size < LEAST or texts.size > NUMBERED:
        return False
    colors = mesh.to_rgba(np.asarray(mesh.get_array())).reshape(-1, 4).tolist()
    for (row, column), color in zip(np.ndindex(texts.shape), colors, strict=True):
        ax.text(
            start + column + 0.5,
            start + row + 0.5,
            str(texts[row, column]),
            ha="center",
            va="center",
            fontsize=size,
            color=on(tuple(color)),
        )
    return True


def _fitting_cells(ax: Axes, texts: AnyArray) -> float:
    """Size of a font, points, of which texts fit into cells of an axis."""
    n_rows, n_columns = texts.shape
    longest = max(len(str(text)) for text in texts.ravel())
    width = ax.get_position().width * root_of(ax).get_size_inches()[0] * 72
    of_width = width / n_columns / (longest + 2) / LETTER
    return min(float(of_width), fitting(ax, 2 * n_rows, SMALL))


def scale_beside(ax: Axes, mesh: QuadMesh, label: str) -> None:
    """Put the scale of a heat map to the right of its axis, as a part of it."""
    bar = ax.inset_axes((1.02, 0, 0.03, 1))
    ax.figure.colorbar(mesh, cax=bar, label=label)
