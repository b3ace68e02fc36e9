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

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#C06498"
SKY, OLIVE = "#3A8FC2", "#8A7A00"
SERIES = (BLUE, VERMILION, GREEN, PURPLE, OLIVE, SKY)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", "--", "-.", ":")


def ink(ax: Axes) -> str:
    """Colour of the text of an axis, as its style has it."""
    return cast("str", ax.xaxis.label.get_color())


def paper(ax: Axes) -> tuple[float, float, float, float]:
    """Colour that is behind what an axis shows."""
    from matplotlib.colors import to_rgba

    ground = to_rgba(ax.get_facecolor())
    return ground if ground[3] else to_rgba(ax.figure.get_facecolor())


def sequence(ax: Axes, color: str = BLUE) -> Colormap:
    """From the ground of an axis to a colour: nothing is not seen."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    ends = [to_hex(paper(ax)), color]
    return LinearSegmentedColormap.from_list("mifs", ends)
