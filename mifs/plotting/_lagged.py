"""Mutual information of two series by lag, beside their correlations."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mifs._arrays import FloatArray
from mifs.measures import lagged_mutual_information
from mifs.plotting._axes import legend_below, merged, open_frame
from mifs.plotting._colors import BLUE, GREEN, VERMILION, ink, paper
from mifs.plotting._display import Display, unit_of
from mifs.plotting._room import scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mifs.plotting._axes import Handle

INFORMATION = "mutual_information"
# Ticks of information that may be shown, and how far apart they must be, of the axis.
TICKS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
APART = 0.07
# Coefficients from here on are one: of more than 4 nats.
MOST = 0.9999
LEVEL = 0.05


class LaggedInformationDisplay(Display):
    """Mutual information of two series by lag, and the correlations of the same times.

    Information I and a correlation have different units. On the left axis I (in nats)
    is shown as √(1 − exp(−2 I)), Linfoot's coefficient, which is the absolute
    correlation if the two are jointly normal: where it is above the correlations, they
    depend in a way that a correlation does not see. The right axis has the information
    itself. Little information is a large coefficient (0.02 nats are 0.2), so ask for
    p-values before reading much into it. Estimates below 0 are drawn below 0.

    Parameters
    ----------
    table : DataFrame
        What `mifs.measures.lagged_mutual_information` returns.
    base : float, default=math.e
        Base of the logarithm of its information.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has one row a lag: ``n_rows``, ``mutual_information``, ``pearson``,
    ``spearman``, and ``p_value`` if permutations were asked for; then the points of
    lags with p > 0.05 are empty. ``**kwargs`` of `plot` go to ``Axes.plot``, which
    draws the information.

    References
    ----------
    E. H. Linfoot, "An informational measure of correlation", Information and Control 1
    (1957).

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.plotting import LaggedInformationDisplay
    >>> x = np.random.default_rng(0).normal(size=1000)
    >>> y = np.r_[0, 0, np.cos(3 * x[:-2])]  # two steps later; no correlation
    >>> display = LaggedInformationDisplay.from_data(x, y, range(4))
    >>> int(display.frame()["mutual_information"].idxmax())
    2
    """

    def __init__(self, table: pd.DataFrame, *, base: float = math.e) -> None:
        super().__init__(table)
        self.base, self.unit = base, unit_of(base)

    @classmethod
    def from_data(
        cls,
        x: object,
        y: object,
        lags: int | Iterable[int],
        *,
        given: object = None,
        given_lags: int | Iterable[int] = 0,
        estimator: object = "auto",
        n_permutations: int = 0,
        random_state: int | np.random.RandomState | None = None,
        ax: Axes | None = None,
        base: float = math.e,
        **kwargs: object,
    ) -> Self:
        """Measure two series at several lags, and draw it.

        Parameters
        ----------
        x, y : array-like of shape (n,)
            Series at equidistant times; missing values are allowed.
        lags : int or iterable of int
            Steps by which x is earlier than y.
        given : array-like of shape (n,) or (n, d), default=None
            Series to condition on.
        given_lags : int or iterable of int, default=0
            Steps by which ``given`` is earlier than y.
        estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
            As in `mifs.measures.lagged_mutual_information`.
        n_permutations : int, default=0
            If positive, points of lags with p > 0.05 are empty.
        random_state : int, RandomState instance or None, default=None
            Of the permutations.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=math.e
            Base of the logarithm: e for nats, 2 for bits.
        **kwargs : dict
            Passed to ``Axes.plot``.

        Returns
        -------
        display : LaggedInformationDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError, TypeError
            What `mifs.measures.lagged_mutual_information` refuses.
        """
        table = lagged_mutual_information(
            x,
            y,
            lags,
            given,
            estimator=estimator,
            base=base,
            n_permutations=n_permutations,
            random_state=random_state,
            given_lags=given_lags,
        )
        return cls(table, base=base).plot(ax, **kwargs)

    def _size(self) -> tuple[float, float]:
        width, height = scaled(7.5, 4.5)
        return width, height

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        table = self._table.sort_index()
        size = math.log(self.base)
        information = table[INFORMATION].to_numpy(dtype=np.float64) * size
        coefficient = as_correlation(information)
        handles = self._draw_information(ax, table, coefficient, kwargs)
        for name, color, marker, dashes in (
            ("pearson", VERMILION, "s", "--"),
            ("spearman", GREEN, "^", ":"),
        ):
            values = table[name].abs()
            if values.notna().any():
                (handles[f"|{name.capitalize()}|"],) = ax.plot(
                    table.index, values, color=color, marker=marker, linestyle=dashes
                )
        ax.axhline(0, color=ink(ax), linewidth=0.8)
        lowest = min(0.0, float(np.min(coefficient)))
        highest = max(float(np.max(coefficient)), 0.1, self._largest_correlation())
        ax.set_ylim(1.1 * lowest - 0.02, min(1.02, 1.1 * highest))
        self._second_axis(ax)
        open_frame(ax, "top")
        ax.set_xlabel("Lag (steps by which x is earlier than y)")
        ax.set_ylabel("|Correlation|, or √(1 − exp(−2 I))")
        legend_below(ax, list(handles.values()), list(handles), 4)

    def _largest_correlation(self) -> float:
        found = self._table[["pearson", "spearman"]].abs().max().max()
        return 0.0 if np.isnan(found) else float(found)

    def _draw_information(
        self,
        ax: Axes,
        table: pd.DataFrame,
        coefficient: FloatArray,
        kwargs: dict[str, object],
    ) -> dict[str, Handle]:
        own = {"color": BLUE, "marker": "o", "linewidth": 2}
        (line,) = ax.plot(table.index, coefficient, **merged(own, kwargs))
        handles: dict[str, Handle] = {"mutual information": line}
        if "p_value" not in table:
            return handles
        weak = table["p_value"].to_numpy() > LEVEL
        if weak.any():
            handles[f"p > {LEVEL}"] = ax.scatter(
                table.index[weak],
                coefficient[weak],
                facecolor=paper(ax),
                edgecolor=BLUE,
                zorder=3,
            )
        return handles

    def _second_axis(self, ax: Axes) -> None:
        """Show on the right what the coefficients are of information."""
        unit = math.log(self.base)
        second = ax.secondary_yaxis(
            "right",
            functions=(
                lambda r: as_information(r) / unit,
                lambda value: as_correlation(np.asarray(value) * unit),
            ),
        )
        low, high = ax.get_ylim()
        places = as_correlation(np.array(TICKS) * unit)
        kept: list[int] = []
        for tick, place in enumerate(places.tolist()):
            last = places[kept[-1]] if kept else -math.inf
            if low <= place <= high and place - last > APART * (high - low):
                kept.append(tick)
        second.set_yticks([TICKS[tick] for tick in kept])
        second.set_yticks([], minor=True)
        second.yaxis.set_major_formatter("{x:g}")
        second.set_ylabel(f"Mutual information ({self.unit})")


def as_correlation(information: ArrayLike) -> FloatArray:
    """√(1 − exp(−2 I)), with the sign of I in nats."""
    nats = np.asarray(information, np.float64)
    found: FloatArray = np.sign(nats) * np.sqrt(-np.expm1(-2 * np.abs(nats)))
    return found


def as_information(coefficient: ArrayLike) -> FloatArray:
    """−½ log(1 − r²) in nats, with the sign of r; close to 1 it ends."""
    r = np.asarray(coefficient, np.float64)
    inside = np.minimum(np.abs(r), MOST)
    found: FloatArray = -0.5 * np.sign(r) * np.log1p(-(inside**2))
    return found
