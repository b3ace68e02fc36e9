"""Every feature as a point: what it tells, and what it repeats."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from mifs._arrays import FloatArray
from mifs._names import distinct
from mifs._problem.data import read_data
from mifs._scan import Scan
from mifs._terms import REDUNDANCY
from mifs.estimators._mean import prepare
from mifs.plotting._axes import AS_IT_IS, legend_below, merged, open_frame, say
from mifs.plotting._colors import BLUE, ink, paper
from mifs.plotting._display import (
    Display,
    check_both,
    check_selector,
    has_target,
    names_of,
    unit_of,
)
from mifs.plotting._room import SMALL, fitting, font_size, scaled, width_of
from mifs.selectors._base import BaseSelector, problem_of
from mifs.selectors._tables import as_they_are

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mifs.plotting._axes import Handle

# Chosen features that are named beside the picture.
NAMED = 20
# Points that are drawn small.
MANY = 500
# Of the lines of names.
SPACING = 1.4


class RelevanceRedundancyDisplay(Display):
    """Every feature as a point: relevance against mean redundancy with the chosen ones.

    The higher a point, the more the feature tells of the target; the more to the right,
    the more it repeats of the features that were chosen (others than itself). Chosen
    ones are filled, and beside them stands their place in the order of choice, as far
    as there is room. One that was chosen alone has no others, and so no redundancy: it
    is a line at its relevance.

    Parameters
    ----------
    table : DataFrame
        As `frame` returns it.
    unit : str, default="nats"
        Unit of both axes, for their labels.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has one row a feature, by column: ``name``, ``relevance``, ``redundancy``
    (mean of I(Xk;Xj) over the chosen j other than k, as the selector's estimator gives
    it; NaN where there is none) and ``chosen`` (place in the order of choice, 0 if it
    was not). ``**kwargs`` of `plot` go to ``Axes.scatter``, which draws the points.

    References
    ----------
    H. Peng, F. Long, C. Ding, "Feature selection based on mutual information: criteria
    of max-dependency, max-relevance, and min-redundancy", IEEE Transactions on Pattern
    Analysis and Machine Intelligence 27 (2005).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mifs import MIRMR
    >>> from mifs.plotting import RelevanceRedundancyDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> selector = MIRMR(2, alpha=1).fit(X, y)
    >>> display = RelevanceRedundancyDisplay.from_estimator(selector, X, y)
    >>> display.frame().drop(columns="name").round(1)
             relevance  redundancy  chosen
    feature
    0              0.4         0.5       0
    1              0.2         0.2       0
    2              0.8         0.8       2
    3              0.8         0.8       1
    """

    def __init__(self, table: pd.DataFrame, *, unit: str = "nats") -> None:
        super().__init__(table)
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
        **kwargs: object,
    ) -> Self:
        """Measure what every feature repeats of the chosen ones, and draw it.

        Parameters
        ----------
        selector : selector
            Fitted; any that has a path.
        X, y : object
            The data of `fit`, which a selector does not keep; no y beside a `mifs.Scan`
            or for a selector without a target.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=math.e
            Base of the logarithm: e for nats, 2 for bits.
        **kwargs : dict
            Passed to ``Axes.scatter``.

        Returns
        -------
        display : RelevanceRedundancyDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            No selector; X or y is missing.
        ValueError
            Other data than those of `fit`.
        sklearn.exceptions.NotFittedError
            It is not fitted.
        """
        fitted = check_selector(selector, cls.__name__)
        if not isinstance(X, Scan):
            check_both(fitted, X, y if has_target(fitted) else 0, cls.__name__)
        unit = math.log(base)
        chosen = np.zeros(fitted.n_features_in_, np.intp)
        chosen[fitted.selected_indices_] = np.arange(1, 1 + fitted.support_.sum())
        table = pd.DataFrame(
            {
                "name": as_they_are(names_of(fitted)),
                "relevance": fitted.relevance_ / unit,
                "redundancy": _mean_redundancy(fitted, X, y) / unit,
                "chosen": chosen,
            },
            index=pd.RangeIndex(len(chosen), name="feature"),
        )
        return cls(table, unit=unit_of(base)).plot(ax, **kwargs)

    def _size(self) -> tuple[float, float]:
        plane, height = scaled(5.0, 5.0)
        lines = self._lines(self._taken())
        return max(1.5 * plane, plane + width_of(lines, SMALL)), height

    def _taken(self) -> pd.DataFrame:
        table = self._table
        return table[table["chosen"] > 0].sort_values("chosen")

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        taken = self._taken()
        if taken.empty:
            say(ax, "Nothing is selected, so that there is nothing to repeat")
            return
        others = self._table[self._table["chosen"] == 0]
        handles = self._draw_points(ax, others, taken, kwargs)
        single = taken["relevance"][taken["redundancy"].isna()]
        if len(single):
            handles["chosen, without others"] = ax.axhline(
                single.iloc[0], color=BLUE, linestyle="--", linewidth=1.5
            )
        if taken["redundancy"].isna().all() and others.empty:
            ax.set_xticks([])
        ax.margins(0.06)
        self._write_places(ax, taken)
        open_frame(ax)
        ax.set_xlabel(f"Mean redundancy with the chosen features ({self.unit})")
        ax.set_ylabel(f"Relevance ({self.unit})")
        if len(handles) > 1:
            legend_below(ax, list(handles.values()), list(handles))

    def _draw_points(
        self,
        ax: Axes,
        others: pd.DataFrame,
        taken: pd.DataFrame,
        kwargs: dict[str, object],
    ) -> dict[str, Handle]:
        """Draw features that have a redundancy; the first of the chosen lie on top."""
        many = len(others) > MANY
        look = {"s": 12 if many else 22, "alpha": 0.5 if many else 1.0, "zorder": 2}
        handles: dict[str, Handle] = {}
        for name, part, own in (
            (
                "not chosen",
                others,
                {**look, "facecolor": "none", "edgecolor": BLUE},
            ),
            (
                "chosen, in this order",
                taken[::-1],
                {"s": 50, "zorder": 3, "facecolor": BLUE, "edgecolor": paper(ax)},
            ),
        ):
            known = part.dropna(subset=["redundancy"])
            if len(known):
                handles[name] = ax.scatter(
                    known["redundancy"], known["relevance"], **merged(own, kwargs)
                )
        return handles

    def _write_places(self, ax: Axes, taken: pd.DataFrame) -> None:
        """Write the places of chosen features, and their names beside the picture."""
        from mifs.plotting._labels import label_points

        known = taken.dropna(subset=["redundancy"])
        at = known[["redundancy", "relevance"]].to_numpy(dtype=np.float64)
        places = [f"{place}" for place in known["chosen"]]
        label_points(ax, at, places, SMALL * font_size())
        lines = self._lines(taken)
        ax.text(
            1.02,
            1.0,
            "\n".join(lines),
            transform=ax.transAxes,
            va="top",
            fontsize=fitting(ax, round(SPACING * len(lines)), SMALL),
            color=ink(ax),
            linespacing=SPACING,
            **merged(AS_IT_IS, {}),
        )

    def _lines(self, taken: pd.DataFrame) -> list[str]:
        """Places and names of those chosen first, and how many more there are."""
        names = distinct(taken["name"].tolist())[:NAMED]
        lines = [f"{place}  {name}" for place, name in enumerate(names, 1)]
        if len(taken) > NAMED:
            lines.append(f"… and {len(taken) - NAMED} more")
        return lines


def _mean_redundancy(fitted: BaseSelector, X: object, y: object) -> FloatArray:
    """Mean of I(Xk;Xj) over the chosen j other than k, nats; NaN if there is none."""
    # A copy reads the data, for reading sets attributes.
    problem = problem_of(clone(fitted), X, y)
    table = read_data(problem.data, problem.estimator, problem.n_jobs)
    p = table.n_features
    if p != fitted.n_features_in_:
        raise ValueError(
            f"X has {p} columns, and the selector was fitted to "
            f"{fitted.n_features_in_}: pass the same table"
        )
    terms = prepare(problem.estimator, table, problem.n_jobs)
    total, times = np.zeros(p), np.zeros(p)
    for pick in fitted.selected_indices_.tolist() if p > 1 else ():
        others = np.delete(np.arange(p), pick)
        wanted = frozenset({REDUNDANCY})
        total[others] += terms.pairwise(pick, others, wanted)[REDUNDANCY]
        times[others] += 1
    mean: FloatArray = np.divide(total, times, out=np.full(p, np.nan), where=times > 0)
    return mean
