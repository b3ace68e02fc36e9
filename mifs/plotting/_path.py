"""The path of a selector: each score, what it is made of, and where chance begins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray
from mifs._names import distinct
from mifs._search._stopping import NOTHING_LEFT
from mifs.plotting._axes import (
    beside,
    legend_below,
    loose,
    merged,
    open_frame,
    rows_with_names,
    say,
    zero_line,
)
from mifs.plotting._colors import BLUE, GREEN, PURPLE, VERMILION, ink, paper
from mifs.plotting._display import Display, check_selector, unit_of
from mifs.plotting._room import SMALL, fitting, size_of_rows
from mifs.plotting._split import COSTS, GIVEN, in_nats, parts_of_scores
from mifs.selectors._base import BaseSelector, criterion_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mifs.plotting._axes import Handle

ROW = 0.36
# Colour and hatching of the parts of a score, which is one part where it has no others.
LOOKS = {
    "relevance": (BLUE, ""),
    "redundancy": (VERMILION, "////"),
    "conditional redundancy": (GREEN, "...."),
    GIVEN: (VERMILION, "////"),
    COSTS: (PURPLE, "xxxx"),
    "score": (BLUE, ""),
}


class SelectionPathDisplay(Display):
    """The path of a selector: one row a step, each score and what it is made of.

    Bars to the right add to a score, bars to the left take off, and the diamond is
    where they end. The circle is the score of the runner-up, whose name stands beside
    it. An empty bar is what chance alone would make of the relevance, on average, which
    was taken off (`expected`). Steps on grey ground add no more than chance: those of
    the second tier, which the tests of the path have parted; ``"auto"`` stops where
    they begin.

    The parts are relevance, redundancy and conditional redundancy as they enter the
    score, where it is a sum over the features chosen before (JMI, mRMR, MIFS, CIFE);
    else the relevance, and what is taken off or added, given the picks (CMIM, CMI).
    Scores that are ratios or weights (mRMR quotient, DISR, NJMIM, FCBF, SpecCMI) have
    no parts.

    Parameters
    ----------
    table : DataFrame
        As `frame` returns it.
    unit : str, default="nats"
        Unit of the scores, for the label of the axis.
    stop_reason : str, default=""
        Why the path ends, which is shown if it has no step.
    stops : bool, default=False
        Whether the path ends where ``"auto"`` stops.
    n_shown : int or None, default=30
        Steps that are drawn; None: all.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has one row a step: ``name``, the parts of the score by their names,
    ``score``, ``runner_up_name``, ``runner_up_score``, ``expected``, ``p_value`` and
    ``tier``. ``**kwargs`` of `plot` go to ``Axes.barh``, which draws the parts.

    References
    ----------
    G. Brown, A. Pocock, M.-J. Zhao, M. Luján, "Conditional likelihood maximisation: a
    unifying framework for information theoretic feature selection", Journal of Machine
    Learning Research 13 (2012).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import JMI
    >>> from mifs.plotting import SelectionPathDisplay
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> display = SelectionPathDisplay.from_estimator(JMI("auto").fit(X, y))
    >>> shown = ["relevance", "redundancy", "conditional redundancy", "score"]
    >>> display.frame().head(3)[shown].round(2)
          relevance  redundancy  conditional redundancy  score
    step
    1          0.45        0.00                    0.00   0.45
    2          0.43       -0.50                    0.15   0.08
    3          0.42       -0.69                    0.31   0.05
    >>> display.figure_.savefig("path.svg")  # doctest: +SKIP
    """

    def __init__(
        self,
        table: pd.DataFrame,
        *,
        unit: str = "nats",
        stop_reason: str = "",
        stops: bool = False,
        n_shown: int | None = 30,
    ) -> None:
        super().__init__(table, n_shown)
        self.unit, self.stop_reason, self.stops = unit, stop_reason, stops

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
        """Draw the path of a fitted selector.

        Parameters
        ----------
        selector : selector
            Fitted; any that has ``path_``.
        X, y : object, default=None
            Not needed, and not looked at.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=math.e
            Base of the logarithm: e for nats, 2 for bits; of scores in nats.
        n_shown : int or None, default=30
            Steps that are drawn; None: all.
        **kwargs : dict
            Passed to ``Axes.barh``.

        Returns
        -------
        display : SelectionPathDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            Something else than a selector with a path.
        ValueError
            ``base`` that is none, or ``n_shown`` below 1.
        sklearn.exceptions.NotFittedError
            It is not fitted.
        """
        fitted = check_selector(selector, cls.__name__)
        unit, size = unit_of(base), math.log(base)
        own = own_unit(fitted)
        made = cls(
            split_path(fitted, size),
            unit=own or unit,
            stop_reason=fitted.stop_reason_,
            stops=stops_at_chance(fitted),
            n_shown=n_shown,
        )
        return made.plot(ax, **kwargs)

    @property
    def _parts(self) -> list[str]:
        """Columns that are bars."""
        parts = [name for name in LOOKS if name != "score" and name in self._table]
        return parts or ["score"]

    def _size(self) -> tuple[float, float]:
        names, others = self._texts()
        return size_of_rows(len(names), names, others, ROW)

    def _texts(self) -> tuple[list[str], list[str]]:
        """Names of the features, and of those runners-up that there are."""
        shown = self._shown
        texts = distinct([*shown["name"], *shown["runner_up_name"].dropna()])
        return texts[: len(shown)], texts[len(shown) :]

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        shown = self._shown
        if shown.empty:
            say(ax, f"Nothing is selected: {self.stop_reason}")
            return
        names, others = self._texts()
        rows_with_names(ax, names)
        handles = self._draw_parts(ax, shown, kwargs)
        handles |= self._draw_scores(ax, shown)
        self._write_runners_up(ax, others)
        handles |= self._draw_chance(ax, shown)
        zero_line(ax)
        open_frame(ax, "top", "right", "left")
        ax.set_xlabel(self._label(len(shown)))
        if len(handles) > 1:
            legend_below(ax, list(handles.values()), list(handles))

    def _label(self, n_shown: int) -> str:
        ratio = self._parts == ["score"] and self.unit.startswith("own unit")
        label = f"Score ({self.unit})" if ratio else f"Information ({self.unit})"
        more = len(self._table) - n_shown
        return f"{label}; {more} more steps are not shown" if more else label

    def _draw_parts(
        self, ax: Axes, shown: pd.DataFrame, kwargs: dict[str, object]
    ) -> dict[str, Handle]:
        """Stack what adds to the right of 0, and what takes off to the left."""
        right, left = np.zeros(len(shown)), np.zeros(len(shown))
        handles: dict[str, Handle] = {}
        for name in self._parts:
            width = shown[name].to_numpy(dtype=np.float64)
            color, hatch = LOOKS[name]
            own = {"height": 0.62, "color": color, "hatch": hatch, "linewidth": 0}
            bars = ax.barh(
                np.arange(len(shown)),
                width,
                left=np.where(width >= 0, right, left),
                **merged({**own, "edgecolor": paper(ax)}, kwargs),
            )
            right, left = right + width.clip(min=0), left + width.clip(max=0)
            handles[name] = loose(bars)
        self._draw_expected(ax, shown, right, handles)
        return handles

    def _draw_expected(
        self,
        ax: Axes,
        shown: pd.DataFrame,
        start: FloatArray,
        handles: dict[str, Handle],
    ) -> None:
        """Draw what chance alone would make, outside of what is left."""
        expected = shown["expected"].to_numpy(dtype=np.float64)
        if self._parts == ["score"] or not (expected > 0).any():
            return
        handles["expected by chance, taken off"] = ax.barh(
            np.arange(len(shown)),
            np.nan_to_num(expected),
            left=start,
            height=0.62,
            facecolor="none",
            edgecolor=ink(ax),
            linewidth=0.8,
            linestyle=":",
        )

    def _draw_scores(self, ax: Axes, shown: pd.DataFrame) -> dict[str, Handle]:
        """Mark scores and runners-up."""
        rows, color = np.arange(len(shown)), ink(ax)
        handles: dict[str, Handle] = {}
        for name, column, look in (
            ("runner-up", "runner_up_score", {"marker": "o", "s": 70}),
            ("score", "score", {"marker": "D", "s": 18}),
        ):
            handles[name] = ax.scatter(
                shown[column].to_numpy(dtype=np.float64),
                rows,
                facecolor=color if name == "score" else paper(ax),
                edgecolor=color,
                linewidth=0.8,
                zorder=4,
                **merged(look, {}),
            )
        if shown["runner_up_name"].isna().all():
            del handles["runner-up"]
        return handles

    def _write_runners_up(self, ax: Axes, names: list[str]) -> None:
        """Name them beside their rows."""
        shown = self._shown
        size = fitting(ax, len(shown), SMALL)
        if names:
            # Above what is said of chance, where it begins at the first row.
            head = -1.05 if shown["tier"].iloc[0] == 2 else -0.75
            beside(ax, head, "runner-up", size, style="italic")
        rows = np.flatnonzero(shown["runner_up_name"].notna())
        for row, name in zip(rows.tolist(), names, strict=True):
            beside(ax, row, name, size)

    def _draw_chance(self, ax: Axes, shown: pd.DataFrame) -> dict[str, Handle]:
        """Shade the steps that add no more than chance; say where "auto" stops."""
        second = np.flatnonzero(shown["tier"].to_numpy() == 2)
        if not len(second) and not (self.stops and len(shown) == len(self._table)):
            return {}
        edge = (second[0] if len(second) else len(shown)) - 0.5
        ax.axhline(edge, color=ink(ax), linestyle="--", linewidth=1)
        size = fitting(ax, 2 * len(shown), SMALL)
        beside(ax, edge, '"auto" stops here', size, style="italic")
        if not len(second):
            ax.set_ylim(edge + 0.25, -0.5)
            return {}
        band = ax.axhspan(edge, len(shown) - 0.5, color=ink(ax), alpha=0.12, zorder=0)
        return {"no more than chance": band}


def split_path(fitted: BaseSelector, size: float = 1.0) -> pd.DataFrame:
    """Return the path of a selector, each score in parts; a unit is ``size`` nats."""
    path, criterion = fitted.path_, criterion_of(fitted)
    if not in_nats(criterion):
        return _table(path, size, 1.0)
    table = _table(path, size, size)
    parts = parts_of_scores(path, criterion) / size
    return table[["name"]].join(parts).join(table.drop(columns="name"))


def own_unit(fitted: BaseSelector) -> str:
    """Say in which unit scores are that are no information, or nothing."""
    criterion = criterion_of(fitted)
    return "" if in_nats(criterion) else f"own unit of {criterion.name}"


def stops_at_chance(fitted: BaseSelector) -> bool:
    """Whether a path ends where ``"auto"`` stops."""
    automatic = fitted.n_features_to_select == "auto"
    return automatic and fitted.stop_reason_ != NOTHING_LEFT


def _table(path: pd.DataFrame, unit: float, of_scores: float) -> pd.DataFrame:
    """Return what is kept of a path beside the parts of its scores."""
    kept = path[["name", "score", "runner_up_name"]].copy()
    kept["runner_up_score"] = (path["score"] - path["margin"]) / of_scores
    kept["score"] /= of_scores
    kept["expected"] = path["expected"] / unit
    return kept.join(path[["p_value", "tier"]])
