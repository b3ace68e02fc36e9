"""Bins by minimum description length, as a transformer."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.utils._param_validation import Interval

from mifs._arrays import FloatArray
from mifs._data.cutting import Codes, bin_codes
from mifs._data.mdlp import mdlp_edges
from mifs._data.parallel import run
from mifs.discretizers._base import Classes, Column, SupervisedDiscretizer


def _fit_column(column: Column, target: Classes, max_cuts: int | None) -> FloatArray:
    """Edges of one column from its present values."""
    values = column.numbers()
    values, classes = target.beside(values, ~np.isnan(values))
    return mdlp_edges(values, classes, target.n_classes, max_cuts=max_cuts)


class MDLPDiscretizer(SupervisedDiscretizer):
    """Bin numeric columns by their information about the target, as far as it pays.

    Each column is cut at the value that leaves least entropy of the classes, then both
    parts again, until a cut saves less than it costs to describe (minimum description
    length). A column without such a cut gets a single bin: it tells nothing by itself.

    Parameters
    ----------
    max_cuts : int or None, default=None
        At most so many cuts a column, those of most gain first; None for all that pay.
    discrete_target : {"auto", True, False}, default="auto"
        Whether the target has classes. "auto": booleans, strings, categories, and
        integers of at most max(2, min(100, n/2)) distinct values.
    n_target_bins : int or "auto", default="auto"
        A continuous target is first cut into so many quantile bins (inverted CDF,
        closed on the right); "auto" is round(n^(1/3)), at least 3 and at most 10.
    n_jobs : int, default=None
        Threads over columns in `fit`, in joblib's meaning.

    Attributes
    ----------
    edges_ : list of ndarray, float64
        Ascending edges of each column, data values; bins are closed on the right.
    n_levels_ : ndarray of shape (p,), intp
        Bins of each column, len(edges) + 1, without the level of missing values.
    target_kind_ : {"discrete", "continuous"}
        What the target was taken for.
    target_edges_ : ndarray or None
        Edges of the bins of a continuous target.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (p,)
        Names of the columns, if all are strings.

    See Also
    --------
    InformationBottleneckEncoder : For categories, or for a given number of levels.

    Notes
    -----
    The code of x is the number of edges below x, so bin i holds
    edges[i-1] < x <= edges[i]. Missing values take no part in the cuts and have a
    level of their own, the last: code ``n_levels_[j]``, whether seen in `fit` or not.
    Infinite values lie in the outer bins, and a column without any value has one bin
    beside the level of missing values; selectors refuse both.
    The criterion, the ties and the reference are those of `mdlp_edges`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mifs import MDLPDiscretizer
    >>> X, y = load_iris(return_X_y=True)
    >>> mdlp = MDLPDiscretizer().fit(X, y)
    >>> mdlp.edges_[2].tolist()
    [1.9, 4.7]
    >>> mdlp.transform(X[[0, 60, 120]])[:, 2]
    array([0, 1, 2])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **SupervisedDiscretizer._parameter_constraints,
        "max_cuts": [Interval(Integral, 0, None, closed="left"), None],
    }

    def __init__(
        self,
        *,
        max_cuts: int | None = None,
        discrete_target: bool | Literal["auto"] = "auto",
        n_target_bins: int | Literal["auto"] = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.max_cuts = max_cuts
        self.discrete_target = discrete_target
        self.n_target_bins = n_target_bins
        self.n_jobs = n_jobs

    def _fit_columns(self, columns: list[Column], target: Classes) -> None:
        tasks = ((column, target, self.max_cuts) for column in columns)
        self.edges_ = list(run(_fit_column, tasks, self.n_jobs))
        self.n_levels_ = np.array([edges.size + 1 for edges in self.edges_], np.intp)

    def _encode(self, column: Column, j: int) -> Codes:
        return bin_codes(column.numbers(), self.edges_[j])
