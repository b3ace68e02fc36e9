"""One feature beside the target: what mutual information sees of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._data.containers import column_of, is_frame, take_columns, unwrap
from mifs._data.intervals import readable
from mifs._data.labels import Labels
from mifs._names import distinct, short
from mifs.plotting._axes import (
    AS_IT_IS,
    columns_with_edges,
    legend_below,
    merged,
    numbers_below,
    open_frame,
    rows_with_names,
)
from mifs.plotting._bins import bins_of
from mifs.plotting._cells import number_cells, scale_beside
from mifs.plotting._colors import BLUE, SERIES, ink, paper, sequence
from mifs.plotting._display import (
    Display,
    check_both,
    check_selector,
    kind_of_target,
    names_of,
    unit_of,
)
from mifs.plotting._room import AROUND, WIDTH, scaled, size_of_rows, width_of
from mifs.plotting._two_variables import Joint, Variable, read_joint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Rows and classes that are drawn; the rest of them are one.
ROWS, CLASSES = 20, len(SERIES)
# Inches of a row.
ROW = 0.45
# Points of a row.
POINTS = 400
HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "----")


class JointDistributionDisplay(Display):
    """One feature and the target, with their mutual information and correlations.

    The picture goes by the kinds of the two. Both continuous: a heat map of the rows in
    each pair of bins. All bins are drawn with one width, for most hold about as many
    rows each and differ in width; their edges stand at the ticks. One continuous: its
    values within each class or level, as points with quartiles and median. Both
    discrete: the share of each class within each level.

    Bins are those in which a selector has counted, also of other rows than those of its
    fit; of `from_data`, and of a selector that does not count (k-NN, Gaussian copula),
    they are quantiles.

    Mutual information sees what Pearson's and Spearman's correlations do not: a curve
    that goes up and down, a spread, classes in no order.

    Parameters
    ----------
    joint : object
        The two variables, as `from_estimator` and `from_data` read them.
    base : float, default=2
        Base of the logarithm: 2 for bits, e for nats.

    Attributes
    ----------
    information : float
        I(X;Y) as counted in these levels and bins, in units of ``log(base)``.
    expected : float
        What chance alone would make of it.
    pearson, spearman : float
        Correlations of the rows where neither is missing, two classes being 0 and 1;
        NaN where one has more than two labels or is constant.
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` has the counts: one row a level or bin of the feature, one column a class or
    bin of the target. ``**kwargs`` of `plot` go to ``Axes.pcolormesh``,
    ``Axes.scatter`` or ``Axes.barh``, by the kinds.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.28.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.plotting import JointDistributionDisplay
    >>> x = np.linspace(-1, 1, 300)
    >>> display = JointDistributionDisplay.from_data(x, x**2)  # no correlation
    >>> display.information > 1, abs(display.pearson) < 1e-9
    (True, True)
    """

    def __init__(self, joint: Joint, *, base: float = 2) -> None:
        super().__init__(joint.frame())
        self.joint, self.unit = joint, unit_of(base)
        self.information, self.expected = joint.information(base)
        self.pearson, self.spearman = joint.correlations()

    @classmethod
    def from_estimator(
        cls,
        selector: object,
        X: object = None,
        y: object = None,
        *,
        feature: object = None,
        ax: Axes | None = None,
        base: float = 2,
        **kwargs: object,
    ) -> Self:
        """Draw a feature as a fitted selector reads it.

        Parameters
        ----------
        selector : selector
            Fitted; any that has a path.
        X, y : object
            The data of `fit`, which a selector does not keep.
        feature : label or int, default=None
            Name or position of the column; None: the first that was chosen.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=2
            Base of the logarithm: 2 for bits, e for nats.
        **kwargs : dict
            Passed to the method that draws.

        Returns
        -------
        display : JointDistributionDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            No selector; X or y is missing.
        ValueError
            No such feature, or none was chosen; several outputs.
        sklearn.exceptions.NotFittedError
            It is not fitted.
        """
        fitted = check_selector(selector, cls.__name__)
        check_both(fitted, X, y, cls.__name__)
        names = names_of(fitted)
        if feature is not None:
            column = Labels(names).place(feature, "feature")
        elif len(fitted.selected_indices_):
            column = int(fitted.selected_indices_[0])
        else:
            raise ValueError("nothing is selected: say which feature to draw")
        table = unwrap(X)
        single = column_of(table, column) if is_frame(table) else None
        joint = read_joint(
            take_columns(table, [column]) if single is None else single,
            y,
            discrete_x=fitted.feature_kinds_[[column]] == "discrete",
            discrete_y=kind_of_target(fitted),
            name=names[column],
            bins=bins_of(fitted),
            column=column,
        )
        return cls(joint, base=base).plot(ax, **kwargs)

    @classmethod
    def from_data(
        cls,
        x: object,
        y: object,
        *,
        discrete_x: bool | str = "auto",
        discrete_y: bool | str = "auto",
        n_bins: int | str = "auto",
        ax: Axes | None = None,
        base: float = 2,
        **kwargs: object,
    ) -> Self:
        """Draw two variables.

        Parameters
        ----------
        x : array-like of shape (n_samples,)
            The feature; missing values are a level.
        y : array-like of shape (n_samples,)
            The target: classes or numbers.
        discrete_x, discrete_y : "auto" or bool, default="auto"
            As ``discrete_features`` and ``discrete_target`` of the selectors.
        n_bins : int or "auto", default="auto"
            Bins of what is continuous, as in `mifs.estimators.PlugIn`.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        base : float, default=2
            Base of the logarithm: 2 for bits, e for nats.
        **kwargs : dict
            Passed to the method that draws.

        Returns
        -------
        display : JointDistributionDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError
            Data that a selector refuses; several columns.
        """
        joint = read_joint(
            x, y, discrete_x=discrete_x, discrete_y=discrete_y, n_bins=n_bins
        )
        return cls(joint, base=base).plot(ax, **kwargs)

    @property
    def _rows(self) -> Variable:
        """Variable whose levels are rows."""
        x, y = self.joint.x, self.joint.y
        return y if x.continuous else x

    def _size(self) -> tuple[float, float]:
        if self.joint.x.continuous and self.joint.y.continuous:
            width, height = scaled(WIDTH, 0.8 * WIDTH)
            return width, height
        rows = self._rows
        names = _counted(*_frequent(rows, ROWS))
        width, height = size_of_rows(len(names), names, row=ROW)
        # Their name stands upright beside them.
        (around,) = scaled(AROUND)
        return width, max(height, around + width_of([short(rows.name)]))

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        x, y = self.joint.x, self.joint.y
        if x.continuous and y.continuous:
            label = self._draw_cells(ax, kwargs)
        elif x.continuous:
            label = _draw_values(ax, x, y, kwargs)
        elif y.continuous:
            label = _draw_values(ax, y, x, kwargs)
        else:
            label = _draw_shares(ax, self.joint, kwargs)
        ax.set_xlabel(f"{label}\n{self._numbers()}", **merged(AS_IT_IS, {}))
        if not (x.continuous and y.continuous):
            open_frame(ax)
            ax.set_ylabel(short(self._rows.name), **merged(AS_IT_IS, {}))
        handles, labels = ax.get_legend_handles_labels()
        if len(handles) > 1:
            names = [label.removeprefix(" ") for label in labels]
            legend_below(ax, handles, names, 3)

    def _numbers(self) -> str:
        """Information, beside the correlations that are defined."""
        found = f"MI {self.information:.2f} {self.unit} ({self.expected:.2f} by chance)"
        others = (("Pearson", self.pearson), ("Spearman", self.spearman))
        return "   ".join(
            [found, *(f"{name} {r:.2f}" for name, r in others if not math.isnan(r))]
        )

    def _draw_cells(self, ax: Axes, kwargs: dict[str, object]) -> str:
        """Draw counts of bins, all cells of one size, with edges at the ticks."""
        x, y = self.joint.x, self.joint.y
        counts = self.joint.counts.T
        own = {"cmap": sequence(ax), "vmin": 0, "edgecolor": paper(ax)}
        mesh = ax.pcolormesh(counts, **merged({**own, "linewidth": 1}, kwargs))
        assert x.edges is not None
        assert y.edges is not None
        ax.set_yticks(range(1, 1 + len(y.edges)), readable(y.edges))
        columns_with_edges(ax, readable(x.edges))
        open_frame(ax, "top", "right", "left", "bottom")
        ax.set_ylabel(short(y.name, 40), **merged(AS_IT_IS, {}))
        if not number_cells(ax, mesh, counts.astype(str)):
            scale_beside(ax, mesh, "rows")
        return f"{short(x.name, 40)} (bins, with their edges)"


def _frequent(variable: Variable, most: int) -> tuple[IntArray, list[str]]:
    """Codes of the most frequent levels in their order, the others put together."""
    counts = np.bincount(variable.codes, minlength=len(variable.levels))
    names = distinct(variable.levels)
    if len(counts) <= most:
        return variable.codes, names
    kept = np.sort(np.argsort(-counts, kind="stable")[: most - 1])
    place = np.full(len(counts), most - 1)
    place[kept] = np.arange(most - 1)
    rest = f"{len(counts) - most + 1} others"
    return place[variable.codes], [*(names[level] for level in kept), rest]


def _counted(codes: IntArray, names: list[str]) -> list[str]:
    """Names of rows, with how many rows of the table each has."""
    counts = np.bincount(codes, minlength=len(names))
    return [f"{name} ({n})" for name, n in zip(names, counts, strict=True)]


def _draw_values(
    ax: Axes, numbers: Variable, levels: Variable, kwargs: dict[str, object]
) -> str:
    """Draw points and quartiles of a continuous variable within each level."""
    codes, names = _frequent(levels, ROWS)
    rows_with_names(ax, _counted(codes, names))
    assert numbers.values is not None
    here = ~np.isnan(numbers.values)
    thinned = False
    for row in range(len(names)):
        own = np.sort(numbers.values[here & (codes == row)])
        if not len(own):
            continue
        thinned |= len(own) > POINTS
        _draw_row(ax, own, row, kwargs)
    numbers_below(ax)
    label = short(numbers.name, 40)
    if thinned:
        label += f"; {POINTS} points of a row at most"
    n_missing = int((~here).sum())
    return f"{label}; {n_missing} missing" if n_missing else label


def _draw_row(
    ax: Axes, values: FloatArray, row: int, kwargs: dict[str, object]
) -> None:
    """Draw sorted values: points side by side, the quartiles as a box."""
    picked = values
    if len(values) > POINTS:
        picked = values[np.linspace(0, len(values) - 1, POINTS).round().astype(int)]
    # The golden ratio spreads neighbours, and is the same each time.
    jitter = (np.arange(len(picked)) * 0.6180339887 % 1 - 0.5) * 0.6
    own = {"s": 9, "color": BLUE, "alpha": 0.85, "linewidth": 0}
    ax.scatter(picked, row + jitter, **merged(own, kwargs))
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    box = {"height": 0.72, "facecolor": "none", "edgecolor": ink(ax), "linewidth": 1}
    whole = ax.barh(row, high - low, left=low, **merged(box, {}))
    for bar in whole:
        # Also at 0, where there are points.
        bar.sticky_edges.x.clear()
    ax.plot([middle, middle], [row - 0.36, row + 0.36], color=ink(ax), linewidth=2.5)


def _draw_shares(ax: Axes, joint: Joint, kwargs: dict[str, object]) -> str:
    """Draw the share of each class within each level, as stacked bars."""
    codes, names = _frequent(joint.x, ROWS)
    classes, class_names = _frequent(joint.y, CLASSES)
    few = replace(joint.x, codes=codes, levels=list(names))
    counts = Joint(
        few, replace(joint.y, codes=classes, levels=list(class_names))
    ).counts
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(totals, 1)
    rows_with_names(ax, _counted(codes, names))
    start = np.zeros(len(names))
    for place, name in enumerate(class_names):
        own = {"color": SERIES[place], "hatch": HATCHES[place], "height": 0.72}
        own |= {"edgecolor": paper(ax), "linewidth": 0}
        ax.barh(
            np.arange(len(names)),
            shares[:, place],
            left=start,
            label=f" {name}",
            **merged(own, kwargs),
        )
        start = start + shares[:, place]
    ax.set_xlim(0, 1)
    return f"Share of the classes of {short(joint.y.name)}"
