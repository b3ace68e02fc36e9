"""The information plane: what representations keep of the input and of the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from mifs._names import distinct
from mifs.measures import RepresentationInformation
from mifs.plotting._axes import legend_below, merged, open_frame
from mifs.plotting._colors import DASHES, SERIES, VERMILION, ink
from mifs.plotting._display import Display
from mifs.plotting._room import SMALL, font_size, scaled
from mifs.probability import BottleneckCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mifs.plotting._axes import Handle

Point = RepresentationInformation | tuple[float, float]
Curves = BottleneckCurve | Mapping[str, BottleneckCurve]


class InformationPlaneDisplay(Display):
    """Representations Z as points: I(X;Z), what is kept, against I(Z;Y), what for.

    Up and to the left is better: more of the target for less of the input. A curve of
    the information bottleneck is the best that any representation of the same X and Y
    can do. Above the dotted line I(Z;Y) would exceed I(X;Z), which it cannot where Z is
    made of X alone, but for errors of the estimates. A name that has no room among many
    points is left out; `frame` has them all.

    Parameters
    ----------
    table : DataFrame
        As `frame` returns it.
    unit : str, default="nats"
        Unit of both axes, for their labels.
    connected : bool, default=False
        Whether points are joined by a line in their order, as layers or epochs.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has one row a point or point of a curve: ``kind`` (``"point"`` or
    ``"curve"``), ``name``, ``input`` (I(X;Z)), ``label`` (I(Z;Y)) and ``beta`` (of a
    curve). ``**kwargs`` of `plot` go to ``Axes.scatter``, which draws the points.

    References
    ----------
    N. Tishby, N. Zaslavsky, "Deep learning and the information bottleneck principle",
    2015.

    Examples
    --------
    >>> from mifs.plotting import InformationPlaneDisplay
    >>> from mifs.probability import information_bottleneck
    >>> curve = information_bottleneck([[0.4, 0.1], [0.1, 0.4]], [1, 5])
    >>> display = InformationPlaneDisplay.from_data({"Z": (0.5, 0.1)}, curve=curve)
    >>> display.frame().round(2)
        kind        name  input  label  beta
    0  point           Z    0.5   0.10   NaN
    1  curve  bottleneck    0.0   0.00   1.0
    2  curve  bottleneck    0.6   0.18   5.0
    """

    def __init__(
        self, table: pd.DataFrame, *, unit: str = "nats", connected: bool = False
    ) -> None:
        super().__init__(table)
        self.unit, self.connected = unit, connected

    @classmethod
    def from_data(
        cls,
        points: Mapping[str, Point] | None = None,
        *,
        curve: Curves | None = None,
        unit: str = "nats",
        connected: bool = False,
        ax: Axes | None = None,
        **kwargs: object,
    ) -> Self:
        """Draw points, curves, or both.

        Parameters
        ----------
        points : mapping of str to RepresentationInformation or pair, default=None
            By name, what `mifs.measures.representation_information` returns for y and
            X, or I(X;Z) and I(Z;Y).
        curve : BottleneckCurve or mapping of str to BottleneckCurve, default=None
            What `mifs.probability.information_bottleneck` returns; several by name.
        unit : str, default="nats"
            Unit of all that is given, for the labels of the axes.
        connected : bool, default=False
            Whether points are joined by a line in their order.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        **kwargs : dict
            Passed to ``Axes.scatter``.

        Returns
        -------
        display : InformationPlaneDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError
            Neither points nor a curve; a point without I(X;Z) or I(Z;Y).
        """
        rows: list[dict[str, object]] = []
        for name, point in (points or {}).items():
            kept, told = _both(name, point)
            rows.append({"kind": "point", "name": name, "input": kept, "label": told})
        single = {"bottleneck": curve} if isinstance(curve, BottleneckCurve) else curve
        for name, each in (single or {}).items():
            rows += [
                {"kind": "curve", "name": name, "input": x, "label": y, "beta": beta}
                for beta, x, y in zip(*each[:3], strict=True)
            ]
        if not rows:
            raise ValueError("there is nothing to draw: pass points, a curve, or both")
        columns = ["kind", "name", "input", "label", "beta"]
        table = pd.DataFrame(rows, columns=columns).astype({"beta": np.float64})
        return cls(table, unit=unit, connected=connected).plot(ax, **kwargs)

    def _size(self) -> tuple[float, float]:
        width, height = scaled(6.4, 5.0)
        return width, height

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        table = self._table
        points = table[table["kind"] == "point"]
        handles = self._draw_curves(ax, table[table["kind"] == "curve"])
        if len(points):
            self._draw_points(ax, points, kwargs)
        top = float(table["label"].max())
        right = float(table["input"].max())
        end = 1.05 * min(max(top, 0.0), max(right, 0.0))
        ax.plot([0, end], [0, end], color=ink(ax), linewidth=1, linestyle=":")
        open_frame(ax)
        ax.set_xlabel(f"I(X;Z), kept of the input ({self.unit})")
        ax.set_ylabel(f"I(Z;Y), kept of the target ({self.unit})")
        ax.margins(0.08)
        if len(handles) > 1 or (handles and len(points)):
            legend_below(ax, list(handles.values()), list(handles))

    def _draw_curves(self, ax: Axes, table: pd.DataFrame) -> dict[str, Handle]:
        handles: dict[str, Handle] = {}
        for place, (name, own) in enumerate(table.groupby("name", sort=False)):
            (handles[str(name)],) = ax.plot(
                own["input"],
                own["label"],
                color=SERIES[place % len(SERIES)],
                linestyle=DASHES[place % len(DASHES)],
                linewidth=2,
            )
        return handles

    def _draw_points(
        self, ax: Axes, points: pd.DataFrame, kwargs: dict[str, object]
    ) -> None:
        from mifs.plotting._labels import label_points

        if self.connected:
            ax.plot(points["input"], points["label"], color=VERMILION, linewidth=1)
        own = {"color": VERMILION, "s": 44, "zorder": 3}
        ax.scatter(points["input"], points["label"], **merged(own, kwargs))
        at = points[["input", "label"]].to_numpy(dtype=np.float64)
        label_points(ax, at, distinct(points["name"].tolist()), SMALL * font_size())


def _both(name: str, point: Point) -> tuple[float, float]:
    """I(X;Z) and I(Z;Y) of a point."""
    if not isinstance(point, RepresentationInformation):
        kept, told = point
        return float(kept), float(told)
    if point.input is None or point.label is None:
        raise ValueError(
            f"point {name!r} needs I(X;Z) and I(Z;Y): pass both X and y to "
            "representation_information"
        )
    return point.input, point.label
