"""How often resamples choose each feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from mifs._names import distinct
from mifs.plotting._axes import (
    beside,
    legend_below,
    merged,
    open_frame,
    rows_with_names,
)
from mifs.plotting._colors import BLUE, VERMILION, ink, paper
from mifs.plotting._display import Display
from mifs.plotting._room import SMALL, fitting, size_of_rows
from mifs.selectors._stability import StabilitySelector

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mifs.plotting._axes import Handle

# Points of the line of an interval, where rows have room for it.
LINE = 1.2


class StabilityDisplay(Display):
    """The share of resamples that choose each feature, with interval and threshold.

    The line through a point is its 95 % interval (Wilson), for these rows; filled
    points are selected. Of features that share their votes each has those of all. A
    consensus of mean ranks has no threshold; the mean ranks stand beside the rows.

    Parameters
    ----------
    table : DataFrame
        As `frame` returns it.
    threshold : float or None
        From where on a feature is selected; None: the best mean ranks are.
    n_resamples : int
        How many resamples voted, for the label of the axis.
    n_shown : int or None, default=30
        Features that are drawn, those of the consensus first; None: all.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` is ``frequencies_`` of the selector: one row a feature, with ``feature``,
    ``name``, ``frequency``, ``low``, ``high``, ``mean_rank`` and ``selected``.
    ``**kwargs`` of `plot` go to ``Axes.scatter``, which draws the points.

    References
    ----------
    N. Meinshausen, P. Bühlmann, "Stability selection", Journal of the Royal Statistical
    Society B 72 (2010).

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs import JMI, StabilitySelector
    >>> from mifs.plotting import StabilityDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> stable = StabilitySelector(JMI(3), 20).fit(X, y)
    >>> display = StabilityDisplay.from_estimator(stable)
    >>> display.frame()[["name", "frequency", "selected"]].head(3)
                     name  frequency  selected
    rank
    1          flavanoids       1.00      True
    2     color_intensity       0.70      True
    3             proline       0.65      True
    """

    def __init__(
        self,
        table: pd.DataFrame,
        *,
        threshold: float | None,
        n_resamples: int,
        n_shown: int | None = 30,
    ) -> None:
        super().__init__(table, n_shown)
        self.threshold, self.n_resamples = threshold, n_resamples

    @classmethod
    def from_estimator(
        cls,
        selector: object,
        X: object = None,
        y: object = None,
        *,
        ax: Axes | None = None,
        n_shown: int | None = 30,
        **kwargs: object,
    ) -> Self:
        """Draw the votes that a fitted `StabilitySelector` has counted.

        Parameters
        ----------
        selector : StabilitySelector
            Fitted.
        X, y : object, default=None
            Not needed, and not looked at.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        n_shown : int or None, default=30
            Features that are drawn, those of the consensus first; None: all.
        **kwargs : dict
            Passed to ``Axes.scatter``.

        Returns
        -------
        display : StabilityDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            Something else than a `StabilitySelector`.
        ValueError
            ``n_shown`` below 1.
        sklearn.exceptions.NotFittedError
            It is not fitted.
        """
        if not isinstance(selector, StabilitySelector):
            raise TypeError(
                f"{cls.__name__} needs a StabilitySelector, which counts how often "
                f"resamples choose a feature, and {selector!r} is none"
            )
        check_is_fitted(selector)
        by_votes = selector.consensus == "frequency"
        return cls(
            selector.frequencies_.copy(),
            threshold=selector.threshold_ if by_votes else None,
            n_resamples=len(selector.selections_),
            n_shown=n_shown,
        ).plot(ax, **kwargs)

    def _size(self) -> tuple[float, float]:
        names = distinct(self._shown["name"].tolist())
        return size_of_rows(len(names), names, self._ranks())

    def _ranks(self) -> list[str]:
        """Mean ranks, where they decide."""
        if self.threshold is not None:
            return []
        return [f"{rank:.1f}" for rank in self._shown["mean_rank"]]

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        from matplotlib.lines import Line2D

        shown = self._shown
        rows_with_names(ax, distinct(shown["name"].tolist()))
        handles: dict[str, Handle] = {}
        rows, taken = np.arange(len(shown)), shown["selected"].to_numpy(dtype=bool)
        for name, which, face in (
            (self._selected, taken, BLUE),
            ("not selected", ~taken, paper(ax)),
        ):
            if which.any():
                own = {"s": 44, "facecolor": face, "edgecolor": BLUE, "zorder": 3}
                handles[name] = ax.scatter(
                    shown["frequency"][which], rows[which], **merged(own, kwargs)
                )
        look = merged({"color": ink(ax), "zorder": 2}, {})
        width = min(LINE, 0.1 * fitting(ax, len(shown)))
        ax.hlines(rows, shown["low"], shown["high"], linewidth=width, **look)
        handles["95 % interval"] = Line2D([], [], linewidth=LINE, **look)
        if self.threshold is not None:
            handles[f"threshold, {self.threshold:g}"] = ax.axvline(
                self.threshold, color=VERMILION, linestyle="--", zorder=1
            )
        self._write_ranks(ax)
        ax.set_xlim(-0.02, 1.02)
        open_frame(ax)
        label = f"Share of {self.n_resamples} resamples that choose it"
        more = len(self._table) - len(shown)
        ax.set_xlabel(f"{label}; {more} more features are not shown" if more else label)
        legend_below(ax, list(handles.values()), list(handles), 4)

    @property
    def _selected(self) -> str:
        return "selected" if self.threshold is not None else "selected, by mean rank"

    def _write_ranks(self, ax: Axes) -> None:
        ranks = self._ranks()
        size = fitting(ax, len(self._shown), SMALL)
        for row, rank in enumerate(ranks):
            beside(ax, row, rank, size)
        if ranks:
            beside(ax, -0.75, "mean rank", size, "italic")
