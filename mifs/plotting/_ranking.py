"""Relevance of every feature, and which ones were chosen."""

from __future__ import annotations

import math
from collections.abc import Hashable
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray, IntArray
from mifs._names import distinct
from mifs.inference import relevance_test
from mifs.plotting._axes import (
    beside,
    legend_below,
    merged,
    open_frame,
    rows_with_names,
    zero_line,
)
from mifs.plotting._colors import BLUE, ink, paper
from mifs.plotting._display import (
    Display,
    check_both,
    check_ranked,
    has_target,
    kind_of_target,
    names_of,
    unit_of,
)
from mifs.plotting._room import LEAST, SMALL, fitting, font_size, size_of_rows
from mifs.selectors._tables import as_they_are

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mifs.plotting._axes import Handle

TESTED = ["expected", "p_value", "q_value"]


class RankingDisplay(Display):
    """Relevance of the features, the largest on top; what was chosen is filled.

    The number at the end of a filled bar is its place in the order of choice. Of many
    features the most relevant are drawn, and below them those that were chosen; a
    dotted line says how many are left out between two. Where q-values are known, they
    stand beside the bars. More bars than have room for names are one area, on which
    those that were chosen are points.

    Parameters
    ----------
    table : DataFrame
        As `frame` returns it.
    unit : str, default="nats"
        Unit of the relevance, for the label of the axis.
    n_shown : int or None, default=30
        Features that are drawn for their relevance; None: all.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has one row a feature, by rank of relevance: ``feature`` (index of the
    column), ``name``, ``relevance``, ``chosen`` (place in the order of choice, 0 if it
    was not), and if X and y were given ``expected`` (what chance alone would make of
    it), ``p_value`` and ``q_value`` (`mifs.relevance_test`). ``**kwargs`` of
    `plot` go to ``Axes.barh``, or for an area to ``Axes.fill_betweenx``.

    References
    ----------
    Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the
    Royal Statistical Society B 57 (1995).

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs import JMI
    >>> from mifs.plotting import RankingDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> display = RankingDisplay.from_estimator(JMI(4).fit(X, y))
    >>> display.frame()[["name", "relevance", "chosen"]].round(2).head(4)
                                  name  relevance  chosen
    rank
    1                       flavanoids       0.62       1
    2                  color_intensity       0.49       2
    3                          proline       0.49       3
    4     od280/od315_of_diluted_wines       0.46       4
    """

    def __init__(
        self, table: pd.DataFrame, *, unit: str = "nats", n_shown: int | None = 30
    ) -> None:
        super().__init__(table, n_shown)
        self.unit = unit

    @classmethod
    def from_estimator(
        cls,
        selector: object,
        X: object = None,
        y: object = None,
        *,
        ax: Axes | None = None,
        base: float = math.e,
        n_shown: int | None = 30,
        **kwargs: object,
    ) -> Self:
        """Draw the relevance that a fitted selector found.

        Parameters
        ----------
        selector : selector
            Fitted; any that has ``relevance_``.
        X, y : object, default=None
            The data of `fit`, for q-values; None: none are shown.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=math.e
            Base of the logarithm: e for nats, 2 for bits.
        n_shown : int or None, default=30
            Features that are drawn for their relevance; None: all.
        **kwargs : dict
            Passed to ``Axes.barh``.

        Returns
        -------
        display : RankingDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            No selector, only one of X and y, or data where there is no target.
        ValueError
            Data that a selector refuses, or ``n_shown`` below 1.
        sklearn.exceptions.NotFittedError
            It is not fitted.
        """
        fitted = check_ranked(selector, cls.__name__)
        chosen = np.zeros(len(fitted.relevance_), np.intp)
        chosen[fitted.selected_indices_] = np.arange(1, 1 + fitted.support_.sum())
        relevance = fitted.relevance_
        tests = None
        if X is not None or y is not None:
            if not has_target(fitted):
                raise TypeError(
                    f"q-values are of a target, and {selector!r} has none: leave X and "
                    "y out"
                )
            check_both(fitted, X, y, cls.__name__)
            kinds = fitted.feature_kinds_ == "discrete"
            tests = relevance_test(
                X, y, discrete_features=kinds, discrete_target=kind_of_target(fitted)
            )
        names = names_of(fitted)
        table = _by_relevance(names, relevance, chosen, tests, math.log(base))
        return cls(table, unit=unit_of(base), n_shown=n_shown).plot(ax, **kwargs)

    @classmethod
    def from_data(
        cls,
        X: object,
        y: object,
        *,
        discrete_features: object = "auto",
        discrete_target: bool | str = "auto",
        ax: Axes | None = None,
        base: float = math.e,
        n_shown: int | None = 30,
        **kwargs: object,
    ) -> Self:
        """Test every column of a table, and draw its relevance less that of chance.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            As in `mifs.relevance_test`, which tests the columns.
        y : array-like of shape (n_samples,)
            Classes or numbers.
        discrete_features : default="auto"
            As in the selectors.
        discrete_target : "auto" or bool, default="auto"
            As in the selectors.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=math.e
            Base of the logarithm: e for nats, 2 for bits.
        n_shown : int or None, default=30
            Features that are drawn; None: all.
        **kwargs : dict
            Passed to ``Axes.barh``.

        Returns
        -------
        display : RankingDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError
            Data that a selector refuses, or ``n_shown`` below 1.
        """
        tests = relevance_test(
            X, y, discrete_features=discrete_features, discrete_target=discrete_target
        )
        relevance = (tests["relevance"] - tests["expected"]).to_numpy()
        nobody = np.zeros(len(tests), np.intp)
        table = _by_relevance(
            list(tests.index), relevance, nobody, tests, math.log(base)
        )
        return cls(table, unit=unit_of(base), n_shown=n_shown).plot(ax, **kwargs)

    @property
    def _shown(self) -> pd.DataFrame:
        """The most relevant, and of the others those that were chosen first."""
        if self.n_shown is None:
            return self._table
        chosen = self._table["chosen"].to_numpy()
        rows = np.arange(len(self._table))
        first = (chosen > 0) & (chosen <= self.n_shown)
        return self._table[(rows < self.n_shown) | first]

    def _size(self) -> tuple[float, float]:
        names = distinct(self._shown["name"].tolist())
        return size_of_rows(len(names), names, self._notes())

    def _notes(self) -> list[str]:
        """Return what stands beside the rows: q-values, or nothing."""
        shown = self._shown
        if "q_value" not in shown:
            return [""] * len(shown)
        values = shown["q_value"]
        return ["< 0.0001" if q < 1e-4 else f"{q:.2g}" for q in values]

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        shown = self._shown
        rows_with_names(ax, distinct(shown["name"].tolist()))
        if fitting(ax, len(shown)) >= LEAST:
            handles = self._draw_bars(ax, shown, kwargs)
            self._write_places(ax, shown)
        else:
            handles = self._draw_area(ax, shown, kwargs)
        self._write_gaps(ax, shown)
        self._write_q(ax, shown)
        zero_line(ax)
        open_frame(ax, "top", "right", "left")
        ax.set_xlabel(f"Relevance ({self.unit})")
        ax.margins(x=0.08)
        if len(handles) > 1:
            legend_below(ax, list(handles.values()), list(handles))

    def _draw_bars(
        self, ax: Axes, shown: pd.DataFrame, kwargs: dict[str, object]
    ) -> dict[str, Handle]:
        taken = shown["chosen"].to_numpy() > 0
        handles: dict[str, Handle] = {}
        for name, rows in (
            ("chosen, in this order", np.flatnonzero(taken)),
            ("not chosen", np.flatnonzero(~taken)),
        ):
            if not len(rows):
                continue
            face = BLUE if name != "not chosen" or not taken.any() else paper(ax)
            own = {"height": 0.66, "facecolor": face, "edgecolor": BLUE}
            handles[name] = ax.barh(
                rows, shown["relevance"].to_numpy()[rows], **merged(own, kwargs)
            )
        return handles

    def _draw_area(
        self, ax: Axes, shown: pd.DataFrame, kwargs: dict[str, object]
    ) -> dict[str, Handle]:
        """Draw more bars than have room as one area, and points of the chosen ones."""
        from mifs.plotting._labels import label_points

        own = {"facecolor": BLUE, "alpha": 0.35, "linewidth": 0, "height": None}
        look = merged(own, kwargs)
        del look["height"]
        rows, relevance = np.arange(len(shown)), shown["relevance"].to_numpy()
        area = ax.fill_betweenx(rows, 0, relevance, step="mid", **look)
        taken = np.flatnonzero(shown["chosen"])
        if not len(taken):
            return {"all": area}
        taken = taken[np.argsort(shown["chosen"].to_numpy()[taken])]
        at = np.column_stack([relevance[taken], taken])
        own = {"s": 24, "color": BLUE, "edgecolor": paper(ax), "zorder": 3}
        points = ax.scatter(at[:, 0], at[:, 1], **merged(own, {}))
        places = [f"{place}" for place in shown["chosen"].iloc[taken]]
        label_points(ax, at, places, SMALL * font_size())
        return {"chosen, in this order": points, "all": area}

    def _write_places(self, ax: Axes, shown: pd.DataFrame) -> None:
        """Write the place of what was chosen at the end of its bar."""
        size = fitting(ax, len(shown), SMALL)
        for row, (place, end) in enumerate(
            zip(shown["chosen"], shown["relevance"].clip(lower=0), strict=True)
        ):
            if place:
                ax.annotate(
                    f"{place}",
                    (end, row),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=size,
                    color=ink(ax),
                )

    def _write_gaps(self, ax: Axes, shown: pd.DataFrame) -> None:
        """Say how many features are left out between two rows, and at the end."""
        ranks = [*shown.index.tolist(), len(self._table) + 1]
        size = fitting(ax, 2 * len(shown), SMALL)
        for row, (rank, following) in enumerate(pairwise(ranks)):
            if following > rank + 1:
                ax.axhline(row + 0.5, color=ink(ax), linewidth=0.8, linestyle=":")
                left = following - rank - 1
                beside(ax, row + 0.5, f"{left} not shown", size, style="italic")

    def _write_q(self, ax: Axes, shown: pd.DataFrame) -> None:
        if "q_value" not in shown:
            return
        size = fitting(ax, len(shown), SMALL)
        beside(ax, -0.75, "q-value", size, style="italic")
        for row, text in enumerate(self._notes()):
            beside(ax, row, text, size)


def _by_relevance(
    names: list[Hashable],
    relevance: FloatArray,
    chosen: IntArray,
    tests: pd.DataFrame | None,
    unit: float,
) -> pd.DataFrame:
    """Sort features by relevance; of equal ones the first column comes first."""
    order = np.argsort(-relevance, kind="stable")
    columns: dict[str, object] = {
        "feature": order,
        "name": as_they_are(names)[order],
        "relevance": relevance[order] / unit,
        "chosen": chosen[order],
    }
    if tests is not None:
        found = tests[TESTED].to_numpy()[order].T
        columns |= dict(zip(TESTED, (found[0] / unit, *found[1:]), strict=True))
    ranks = pd.RangeIndex(1, len(order) + 1, name="rank")
    return pd.DataFrame(columns, index=ranks)
