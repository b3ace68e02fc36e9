"""Heat maps: numbers in their cells, or a scale beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mifs._arrays import AnyArray
from mifs.plotting._colors import on
from mifs.plotting._room import LEAST, LETTER, POINTS, SMALL, fitting, root_of, settle

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh

# Cells of a map that says more by numbers than by colours alone.
NUMBERED = 225


def number_cells(ax: Axes, mesh: QuadMesh, texts: AnyArray, start: float = 0) -> bool:
    """Write into the cells of a heat map, unit squares from ``start`` on.

    Returns whether there was room for it.
    """
    settle(ax)
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
    width = ax.get_position().width * root_of(ax).get_size_inches()[0] * POINTS
    of_width = width / n_columns / (longest + 1) / LETTER
    return min(float(of_width), fitting(ax, 2 * n_rows, SMALL))


def scale_beside(ax: Axes, mesh: QuadMesh, label: str) -> None:
    """Put the scale of a heat map to the right of its axis, as a part of it."""
    bar = ax.inset_axes((1.02, 0, 0.03, 1))
    ax.figure.colorbar(mesh, cax=bar, label=label)
