"""Where criteria agree: the ranks that each gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray
from mifs._names import distinct
from mifs.criteria import Criterion
from mifs.plotting._axes import (
    AS_IT_IS,
    beside,
    merged,
    open_frame,
    rows_with_names,
    say,
)
from mifs.plotting._colors import DASHES, MARKERS, SERIES
from mifs.plotting._display import Display
from mifs.plotting._room import (
    SMALL,
    fitting,
    font_size,
    root_of,
    scaled,
    settle,
    size_of_rows,
    width_of,
)
from mifs.selectors import compare
from mifs.selectors._comparison import Comparison
from mifs.selectors._tables import as_they_are

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Inches of a column, and of a row.
COLUMN, ROW = 0.9, 0.36


class CriteriaAgreementDisplay(Display):
    """What several criteria choose, and when: a line a feature, a column a criterion.

    A line is level where two criteria take a feature at the same step, and ends where
    the next does not take it; the same marker and colour are the same feature. Names
    stand at both sides, and in the middle, where there is room, those of features that
    are at neither. A criterion that chooses nothing says so below its empty column.

    Parameters
    ----------
    comparison : Comparison
        What `mifs.compare` returns.
    n_shown : int or None, default=20
        Steps that are drawn; None: all.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has one row a feature that any criterion chose, by index of the column:
    ``name``, and for each criterion the step at which it was chosen (missing if it was
    not). ``**kwargs`` of `plot` go to ``Axes.plot``, which draws the lines.

    References
    ----------
    G. Brown, A. Pocock, M.-J. Zhao, M. Luján, "Conditional likelihood maximisation: a
    unifying framework for information theoretic feature selection", Journal of Machine
    Learning Research 13 (2012).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs.plotting import CriteriaAgreementDisplay
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> display = CriteriaAgreementDisplay.from_data(X, y, ["mrmr", "jmi"], 3)
    >>> display.frame()
                             name  mrmr   jmi
    feature
    22            worst perimeter     1     1
    7         mean concave points     3     3
    21              worst texture     2  <NA>
    27       worst concave points  <NA>     2
    """

    def __init__(self, comparison: Comparison, *, n_shown: int | None = 20) -> None:
        super().__init__(steps_of(comparison), n_shown)
        self.comparison = comparison

    @classmethod
    def from_comparison(
        cls,
        comparison: Comparison,
        *,
        ax: Axes | None = None,
        n_shown: int | None = 20,
        **kwargs: object,
    ) -> Self:
        """Draw what `mifs.compare` returns.

        Parameters
        ----------
        comparison : Comparison
            Of any options of `mifs.compare`.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        n_shown : int or None, default=20
            Steps that are drawn; None: all.
        **kwargs : dict
            Passed to ``Axes.plot``.

        Returns
        -------
        display : CriteriaAgreementDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            Something else than a comparison.
        ValueError
            ``n_shown`` below 1.
        """
        if not isinstance(comparison, Comparison):
            raise TypeError(
                f"{comparison!r} is not what mifs.compare returns: pass that, or use "
                "from_data"
            )
        return cls(comparison, n_shown=n_shown).plot(ax, **kwargs)

    @classmethod
    def from_data(
        cls,
        X: object,
        y: object,
        criteria: str | Criterion | Sequence[str | Criterion] = (
            "mim",
            "mrmr",
            "jmi",
            "cmim",
        ),
        n_features_to_select: int | float | str | None = 10,
        *,
        ax: Axes | None = None,
        n_shown: int | None = 20,
        **kwargs: object,
    ) -> Self:
        """Compare criteria on a table, and draw it.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            As `mifs.compare` takes it, with its defaults; of other options see
            `from_comparison`.
        y : array-like of shape (n_samples,)
            Classes or numbers.
        criteria : str, Criterion or sequence, default=("mim", "mrmr", "jmi", "cmim")
            Side by side in this order.
        n_features_to_select : int, float, "auto" or None, default=10
            Features that each criterion chooses.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        n_shown : int or None, default=20
            Steps that are drawn; None: all.
        **kwargs : dict
            Passed to ``Axes.plot``.

        Returns
        -------
        display : CriteriaAgreementDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError
            What `mifs.compare` refuses; ``n_shown`` below 1.
        """
        comparison = compare(X, y, criteria, n_features_to_select)
        return cls(comparison, n_shown=n_shown).plot(ax, **kwargs)

    @property
    def _n_steps(self) -> int:
        steps = self.comparison.path["step"].max()
        longest = 0 if np.isnan(steps) else int(steps)
        return longest if self.n_shown is None else min(longest, self.n_shown)

    @property
    def _criteria(self) -> list[str]:
        return list(self._table.columns[1:])

    def _size(self) -> tuple[float, float]:
        names = distinct(self._table["name"].tolist())
        width, height = size_of_rows(self._n_steps, names, names, ROW)
        between, lines = scaled(COLUMN * len(self._criteria), COLUMN)
        return max(width, 2 * width_of(names) + between + lines), height

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        if self._table.empty:
            say(ax, f"Nothing is selected by {', '.join(self._criteria)}")
            return
        steps = self._table[self._criteria].to_numpy(np.float64, na_value=np.nan)
        steps[steps > self._n_steps] = np.nan
        names = distinct(self._table["name"].tolist())
        self._draw_lines(ax, steps, kwargs)
        self._write_sides(ax, steps, names)
        self._write_between(ax, steps, names)
        self._write_criteria(ax)
        open_frame(ax, "top", "right", "left", "bottom")
        ax.set_xlabel(self._agreement())

    def _write_criteria(self, ax: Axes) -> None:
        """Name the columns, upright where they have no room side by side."""
        names, nothing = self._criteria, self._table[self._criteria].isna().all()
        texts = [f"{name}\n(nothing)" if nothing[name] else name for name in names]
        ax.set_xlim(-0.35, len(names) - 1 + 0.35)
        settle(ax)
        width = ax.get_position().width * root_of(ax).get_size_inches()[0]
        lines = [line for text in texts for line in text.split("\n")]
        upright = width_of([f"{line} " for line in lines]) > width / len(names)
        ax.set_xticks(
            np.arange(len(names)),
            texts,
            rotation=90 if upright else 0,
            **merged(AS_IT_IS, {}),
        )
        ax.tick_params(axis="x", length=0)

    def _draw_lines(
        self,
        ax: Axes,
        steps: FloatArray,
        kwargs: dict[str, object],
    ) -> None:
        """One line a feature, each with a colour, a marker and dashes of its own."""
        for place, own in enumerate(steps):
            look = {
                "color": SERIES[place % len(SERIES)],
                "marker": MARKERS[place % len(MARKERS)],
                "linestyle": DASHES[place // len(SERIES) % len(DASHES)],
                "markersize": 8,
                "linewidth": 2,
            }
            if not np.isnan(own).all():
                ax.plot(np.arange(len(own)), own - 1, **merged(look, kwargs))

    def _write_sides(
        self,
        ax: Axes,
        steps: FloatArray,
        names: list[str],
    ) -> None:
        """Name what the first and the last criterion choose, step by step."""
        sides = [
            {int(step): names[place] for place, step in enumerate(column) if step > 0}
            for column in (steps[:, 0], steps[:, -1])
        ]
        every = range(1, self._n_steps + 1)
        rows_with_names(ax, [f"{sides[0].get(k, '')}  {k}" for k in every])
        size = fitting(ax, self._n_steps)
        for step, name in sides[1].items() if len(self._criteria) > 1 else ():
            beside(ax, step - 1, f"{step}  {name}", size)

    def _write_between(
        self,
        ax: Axes,
        steps: FloatArray,
        names: list[str],
    ) -> None:
        """Name the features that neither the first nor the last criterion chooses."""
        from mifs.plotting._labels import label_points

        found: list[tuple[float, float]] = []
        texts: list[str] = []
        for own, name in zip(steps, names, strict=True):
            there = np.flatnonzero(~np.isnan(own))
            if len(there) and there[0] > 0 and there[-1] < len(own) - 1:
                found.append((float(there[0]), float(own[there[0]] - 1)))
                texts.append(name)
        at = np.array(found, np.float64).reshape(-1, 2)
        label_points(ax, at, texts, SMALL * font_size())

    def _agreement(self) -> str:
        """Say how far the criteria agree, and what is left out."""
        jaccard = self.comparison.agreement["jaccard"].to_numpy()
        pairs = jaccard[np.triu_indices(len(jaccard), 1)]
        said = []
        if len(pairs) and not np.isnan(pairs).any():
            said.append(f"Jaccard agreement {pairs.mean():.2f}")
        more = int(np.nan_to_num(self.comparison.path["step"].max())) - self._n_steps
        if more > 0:
            said.append(f"{more} more steps are not shown")
        return "; ".join(said) or "Criterion"


def steps_of(comparison: Comparison) -> pd.DataFrame:
    """One row a feature, one column a criterion: the step at which it was chosen."""
    path = comparison.path
    # Also those that chose nothing.
    criteria = list(comparison.agreement["jaccard"])
    features = path["feature"].unique()
    names = path.drop_duplicates("feature").set_index("feature")["name"]
    table = path.pivot(index="feature", columns="criterion", values="step")
    table = table.reindex(index=features, columns=criteria).astype("Int64")
    order = np.lexsort((table.mean(axis=1), table.isna().sum(axis=1)))
    table = table.iloc[order].rename_axis(columns=None)
    table.insert(0, "name", as_they_are(names[table.index]))
    return table
