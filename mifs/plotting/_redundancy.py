"""How far features repeat each other."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from mifs._arrays import FloatArray, IntArray
from mifs._data.containers import take_columns, unwrap
from mifs._data.table import Numbered
from mifs._names import distinct
from mifs.estimators import PlugIn
from mifs.measures import pairwise_mutual_information
from mifs.plotting._axes import merged, open_frame, rows_with_names
from mifs.plotting._bins import bins_of
from mifs.plotting._cells import number_cells, scale_beside
from mifs.plotting._colors import paper, sequence
from mifs.plotting._display import (
    Display,
    check_columns,
    check_ranked,
    check_shown,
    names_of,
)
from mifs.plotting._room import LEAST, SMALL, fitting, scaled, width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Inches of a row, and of a side at most.
ROW, SIDE = 0.32, 40.0
# Features of which a picture has room for lines between cells, and for numbers of
# columns that are not turned.
LINED, TURNED = 60, 30


class RedundancyDisplay(Display):
    """Normalised mutual information of every two features, as a map.

    A cell is the information that two features share over the mean of their entropies:
    0 of independent ones, 1 of copies. Nothing is taken off for chance, so that of few
    rows all cells are somewhat above 0. Features stand in the order of choice, or,
    clustered, so that those that repeat each other are neighbours. The columns have
    the numbers of the rows.

    Parameters
    ----------
    table : DataFrame
        As `frame` returns it.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it was drawn last.
    figure_ : matplotlib Figure
        The figure of ``ax_``.

    Notes
    -----
    `frame` is the square matrix, in the order of the picture, with the names of the
    features on both axes. ``**kwargs`` of `plot` go to ``Axes.pcolormesh``.

    References
    ----------
    N. X. Vinh, J. Epps, J. Bailey, "Information theoretic measures for clusterings
    comparison", Journal of Machine Learning Research 11 (2010).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mifs.plotting import RedundancyDisplay
    >>> X = load_iris(as_frame=True).data.iloc[:, 2:]
    >>> RedundancyDisplay.from_data(X).frame().round(1)
                       petal length (cm)  petal width (cm)
    petal length (cm)                1.0               0.5
    petal width (cm)                 0.5               1.0
    """

    def __init__(self, table: pd.DataFrame) -> None:
        super().__init__(table)

    @classmethod
    def from_estimator(
        cls,
        selector: object,
        X: object = None,
        y: object = None,
        *,
        ax: Axes | None = None,
        clustered: bool = False,
        n_shown: int = 30,
        n_jobs: int | None = None,
        **kwargs: object,
    ) -> Self:
        """Draw the features that a selector has chosen, in the bins of its fit.

        Parameters
        ----------
        selector : selector
            Fitted.
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            The table of `fit`, which a selector does not keep.
        y : object, default=None
            Not needed, and not looked at.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        clustered : bool, default=False
            Whether features that repeat each other are neighbours, or all stand in the
            order of choice.
        n_shown : int, default=30
            Features at most, those chosen first.
        n_jobs : int, default=None
            Threads, as in joblib.
        **kwargs : dict
            Passed to ``Axes.pcolormesh``.

        Returns
        -------
        display : RedundancyDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        TypeError
            No selector; X is missing.
        ValueError
            Nothing was chosen; ``n_shown`` below 1.
        sklearn.exceptions.NotFittedError
            It is not fitted.
        """
        fitted = check_ranked(selector, cls.__name__)
        if X is None:
            raise TypeError(
                f"{cls.__name__} needs the data that the selector was fitted to, which "
                "it does not keep: pass X"
            )
        check_columns(fitted, X)
        check_shown(n_shown)
        columns = fitted.selected_indices_[:n_shown]
        if not len(columns):
            raise ValueError("nothing is selected, so that there is nothing to draw")
        names = names_of(fitted)
        return cls._made(
            take_columns(unwrap(X), columns.tolist()),
            [names[column] for column in columns.tolist()],
            fitted.feature_kinds_[columns] == "discrete",
            PlugIn(edges=bins_of(fitted).of(columns.tolist())),
            clustered,
            n_jobs,
        ).plot(ax, **kwargs)

    @classmethod
    def from_data(
        cls,
        X: object,
        *,
        discrete: object = "auto",
        n_bins: int | str = "auto",
        ax: Axes | None = None,
        clustered: bool = True,
        n_jobs: int | None = None,
        **kwargs: object,
    ) -> Self:
        """Draw all columns of a table.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            The columns to be drawn; the cost grows with their number squared.
        discrete : default="auto"
            As ``discrete_features`` of the selectors.
        n_bins : int or "auto", default="auto"
            Bins of what is continuous, as in `mifs.estimators.PlugIn`.
        ax : matplotlib Axes, default=None
            Where; None makes a new figure.
        clustered : bool, default=True
            Whether columns that repeat each other are neighbours, or all stand as in
            the table.
        n_jobs : int, default=None
            Threads, as in joblib.
        **kwargs : dict
            Passed to ``Axes.pcolormesh``.

        Returns
        -------
        display : RedundancyDisplay
            Drawn.

        Raises
        ------
        ImportError
            Without matplotlib: ``pip install 'mifs[plot]'``.
        ValueError
            Data that a selector refuses.
        """
        made = cls._made(X, None, discrete, PlugIn(n_bins), clustered, n_jobs)
        return made.plot(ax, **kwargs)

    @classmethod
    def _made(
        cls,
        X: object,
        names: list[Hashable] | None,
        discrete: object,
        estimator: PlugIn,
        clustered: bool,
        n_jobs: int | None,
    ) -> Self:
        """Measure every two columns; without names they have those of the table."""
        shares: object = pairwise_mutual_information(
            X,
            estimator=estimator,
            discrete=discrete,
            normalized="arithmetic",
            n_jobs=n_jobs,
        )
        matrix = np.asarray(shares, np.float64)
        if names is None:
            own = shares.index if isinstance(shares, pd.DataFrame) else None
            names = list(Numbered(len(matrix)) if own is None else own)
        order = _clustered(matrix) if clustered else np.arange(len(matrix))
        labels = pd.Index([names[place] for place in order], tupleize_cols=False)
        return cls(pd.DataFrame(matrix[np.ix_(order, order)], labels, labels))

    def _size(self) -> tuple[float, float]:
        around, row = scaled(1.5, ROW)
        side = min(SIDE, around + row * max(6, len(self._table)))
        return side + max(2.2, width_of(self._names())), side

    def _names(self) -> list[str]:
        names = distinct(self._table.index.tolist())
        return [f"{name}  {row}" for row, name in enumerate(names, 1)]

    def _draw(self, ax: Axes, kwargs: dict[str, object]) -> None:
        matrix = self._table.to_numpy()
        n = len(matrix)
        edges = np.arange(n + 1) - 0.5
        own = {"cmap": sequence(ax), "vmin": 0, "vmax": 1, "edgecolor": paper(ax)}
        own["linewidth"] = 1 if n <= LINED else 0
        mesh = ax.pcolormesh(edges, edges, matrix, **merged(own, kwargs))
        rows_with_names(ax, self._names())
        size = fitting(ax, n, SMALL)
        places = [f"{place}" for place in range(1, n + 1)] if size >= LEAST else []
        ax.set_xticks(np.arange(len(places)), places, fontsize=size)
        ax.tick_params(axis="x", length=0, rotation=90 if n > TURNED else 0)
        open_frame(ax, "top", "right", "left", "bottom")
        label = "Normalised mutual information, 0 to 1"
        if number_cells(ax, mesh, np.char.mod("%.2f", matrix), -0.5):
            ax.set_xlabel(label)
        else:
            scale_beside(ax, mesh, label)


def _clustered(shares: FloatArray) -> IntArray:
    """Order in which those that share most are neighbours (average linkage)."""
    if len(shares) < 3:
        return np.arange(len(shares))
    apart = np.clip(1 - shares, 0, None)
    np.fill_diagonal(apart, 0)
    near = linkage(squareform(apart, checks=False), "average", optimal_ordering=True)
    order: IntArray = leaves_list(near).astype(np.intp)
    return order
