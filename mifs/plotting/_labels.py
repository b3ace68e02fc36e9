"""Texts beside points, placed where they hide nothing whenever they are drawn.

This module imports matplotlib, and is imported where something is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation

from mifs._arrays import FloatArray
from mifs.plotting._colors import ink, paper

# Points from a point to its text, nearest first.
FAR = (5.0, 11.0)
# To which side of a point its text stands, better ones first.
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
ACROSS = {1: "left", 0: "center", -1: "right"}
UP = {1: "bottom", 0: "center", -1: "top"}


def label_points(
    ax: Axes, points: FloatArray, texts: Sequence[str], size: float
) -> None:
    """Write beside points, (n, 2); a text that finds no room is not seen.

    Those that come first have the choice.
    """
    halo = [withStroke(linewidth=2.5, foreground=paper(ax))]
    look: dict[str, Any] = {"parse_math": False, "usetex": False}
    look |= {"color": ink(ax), "fontsize": size, "path_effects": halo, "zorder": 5}
    shown = [
        ax.annotate(
            text,
            (x, y),
            xytext=(FAR[0], 0),
            textcoords="offset points",
            in_layout=False,
            **look,
        )
        for text, (x, y) in zip(texts, points.tolist(), strict=True)
    ]
    ax.add_artist(_Places(shown, points))


class _Places(Artist):
    """Finds places for texts, before they are drawn.

    Parameters
    ----------
    texts : sequence of Annotation
    points : ndarray of shape (n, 2)
        Where they belong, in data.
    """

    def __init__(self, texts: Iterable[Annotation], points: FloatArray) -> None:
        super().__init__()
        self._texts, self._points = list(texts), points
        self.set(zorder=0, in_layout=False)

    def draw(self, renderer: RendererBase) -> None:
        """Place the texts; they are drawn later."""
        if self.axes is None or not self._texts:
            return
        pixel = float(np.asarray(renderer.points_to_pixels(1.0)))
        at = self.axes.transData.transform(self._points)
        taken = np.hstack([at - FAR[0] * pixel / 2, at + FAR[0] * pixel / 2])
        around = np.asarray(self.axes.get_window_extent(renderer).extents)
        for text, point in zip(self._texts, at, strict=True):
            box = self._place(text, point, taken, around, pixel, renderer)
            taken = taken if box is None else np.vstack([taken, box])

    def _place(
        self,
        text: Annotation,
        point: FloatArray,
        taken: FloatArray,
        around: FloatArray,
        pixel: float,
        renderer: RendererBase,
    ) -> FloatArray | None:
        """Put a text where nothing is, and return its box (x0, y0, x1, y1)."""
        text.set_visible(True)
        extent = text.get_window_extent(renderer)
        for far, (side, up) in product(FAR, SIDES):
            away = np.array([side, up]) * far
            low = point + away * pixel
            low -= np.array([(1 - side) / 2, (1 - up) / 2]) * extent.size
            box = np.hstack([low, low + extent.size])
            if _inside(box, around) and not _touches(box, taken):
                text.set(position=tuple(away), ha=ACROSS[side], va=UP[up])
                return box
        text.set_visible(False)
        return None


def _inside(box: FloatArray, around: FloatArray) -> bool:
    return bool((box[:2] >= around[:2]).all() and (box[2:] <= around[2:]).all())


def _touches(box: FloatArray, others: FloatArray) -> bool:
    apart = (others[:, :2] >= box[2:]) | (others[:, 2:] <= box[:2])
    return not bool(apart.any(axis=1).all())
