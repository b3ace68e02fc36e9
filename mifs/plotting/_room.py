"""How much room texts take, and figures that have it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mifs._names import room

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches: a row with a name, what is beside all rows, the tallest figure, one without
# names; a figure, and what is left of it for marks beside long names.
ROW, AROUND, TALLEST, NAMELESS = 0.3, 1.3, 100.0, 8.0
WIDTH, MARKS = 7.0, 4.2
SMALL = 0.85
# Points of the smallest font that is read, and of that for which sizes are meant; width
# of a letter, of its size; height of a line, likewise.
LEAST, USUAL, LETTER, LINE = 5.0, 10.0, 0.6, 1.1
POINTS = 72


def root_of(ax: Axes) -> Figure:
    """Return the figure of an axis, also of one in a subfigure."""
    return ax.figure.canvas.figure


def font_size() -> float:
    """Size of the font of names, points, as the settings have it."""
    from matplotlib import rcParams
    from matplotlib.font_manager import FontProperties

    return FontProperties(size=rcParams["ytick.labelsize"]).get_size_in_points()


def scaled(*inches: float) -> tuple[float, ...]:
    """Lengths that grow with the font, once it is larger than usual."""
    factor = max(1.0, font_size() / USUAL)
    return tuple(factor * length for length in inches)


def width_of(texts: Iterable[str], of_font: float = 1.0) -> float:
    """Inches that the longest of some texts takes, about."""
    longest = max(map(room, texts), default=0)
    return longest * LETTER * of_font * font_size() / POINTS


def size_of_rows(
    n_rows: int, names: Iterable[str], beside: Iterable[str] = (), row: float = ROW
) -> tuple[float, float]:
    """Width and height of a figure of rows, inches, with names and texts beside them.

    Rows that are more than the tallest figure can name have one of the usual height.
    """
    usual, marks, around, each = scaled(WIDTH, MARKS, AROUND, row)
    texts = width_of(names) + width_of(beside, SMALL)
    height = around + each * max(3, n_rows)
    if height > TALLEST:
        (height,) = scaled(NAMELESS)
    return max(usual, marks + texts), height


def fitting(ax: Axes, n_rows: int, of_font: float = 1.0) -> float:
    """Size of a font, points, of which so many rows fit into the height of an axis."""
    height = ax.get_position().height * root_of(ax).get_size_inches()[1] * POINTS
    return float(min(font_size() * of_font, height / max(1, n_rows) / LINE))


def settle(ax: Axes) -> None:
    """Let the figure place an axis with the names it has, so that its room is known."""
    figure = root_of(ax)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def width_for_legend(ax: Axes) -> float:
    """Inches: the figure of a single axis, or the axis of several."""
    figure = root_of(ax)
    width = float(figure.get_size_inches()[0])
    return width if alone(ax) else width * float(ax.get_position().width)


def alone(ax: Axes) -> bool:
    """Whether an axis has a figure for itself."""
    return len(root_of(ax).axes) == 1
