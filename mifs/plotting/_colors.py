"""Colours: few, told apart by everybody, seen on white and on black.

They are those of Okabe and Ito [1]_ whose luminance is from .1 to .3, which gives at
least 3 : 1 against both grounds. In grey they are too close, and so what they mean is
also said by place, hatching or marker. Text and lines take the ink of their axis.

.. [1] M. Okabe, K. Ito, "Color universal design" (2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

Color = tuple[float, float, float, float]

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#C06498"
SKY, OLIVE = "#3A8FC2", "#8A7A00"
# Ends of a sequence on a light and on a dark ground.
DEEP, PALE = "#004A7C", "#A6DBFA"
# Luminance that has the same contrast with black and with white.
MIDDLE = 0.179
SERIES = (BLUE, VERMILION, GREEN, PURPLE, OLIVE, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")


def ink(ax: Axes) -> str:
    """Colour of the text of an axis, as its style has it."""
    return cast("str", ax.xaxis.label.get_color())


def paper(ax: Axes) -> Color:
    """Colour that is behind what an axis shows."""
    from matplotlib.colors import to_rgba

    ground = to_rgba(ax.get_facecolor())
    return ground if ground[3] else to_rgba(ax.figure.get_facecolor())


def luminance(color: Color) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2)."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def sequence(ax: Axes) -> Colormap:
    """From the ground of an axis to a blue that is far from it: nothing is not seen."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    ground = paper(ax)
    end = DEEP if luminance(ground) > MIDDLE else PALE
    return LinearSegmentedColormap.from_list("mifs", [to_hex(ground), end])


def on(color: Color) -> str:
    """Black or white, whichever is read better on a colour."""
    return "black" if luminance(color) > MIDDLE else "white"
