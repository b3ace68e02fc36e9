"""Encode categories and numbers by an agglomerative information bottleneck."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions

from mifs._arrays import FloatArray
from mifs._data.cutting import Codes, Counts, bin_codes, class_counts
from mifs._data.labels import Labels
from mifs._data.merging import add_up, fine_counts, information, merge_levels
from mifs._data.parallel import run
from mifs.discretizers._base import Classes, Column, Levels, SupervisedDiscretizer


class _Merging(NamedTuple):
    """How every column is merged."""

    n_levels: int | None
    beta: float | None
    n_fine_bins: int


class _Fitted(NamedTuple):
    """What is kept of one column."""

    edges: FloatArray | None
    categories: Levels | None
    groups: Codes | None
    n_levels: int
    full_information: float
    information: float


def _fit_numeric(column: Column, target: Classes, how: _Merging) -> _Fitted:
    """Bin a numeric column, from its present values."""
    values = column.numbers()
    values, classes = target.beside(values, ~np.isnan(values))
    fine, counts = fine_counts(values, classes, target.n_classes, how.n_fine_bins)
    groups = merge_levels(counts, ordered=True, n_levels=how.n_levels, beta=how.beta)
    return _Fitted(fine[np.diff(groups) > 0], None, None, *_kept(counts, groups))


def _fit_categorical(column: Column, target: Classes, how: _Merging) -> _Fitted:
    """Group the levels of a categorical column, from its present values."""
    categories, codes = column.levels()
    codes, classes = target.beside(codes, codes >= 0)
    counts = class_counts(codes, categories.size, classes, target.n_classes)
    groups = merge_levels(counts, ordered=False, n_levels=how.n_levels, beta=how.beta)
    return _Fitted(None, categories, groups, *_kept(counts, groups))


def _fit_column(
    column: Column, categorical: bool, target: Classes, how: _Merging
) -> _Fitted:
    """Fit one column as what it was taken for."""
    return (_fit_categorical if categorical else _fit_numeric)(column, target, how)


def _kept(counts: Counts, groups: Codes) -> tuple[int, float, float]:
    """Return the number of groups, I(X;Y) of the table and I(Z;Y) of its groups."""
    n_groups = int(groups.max(initial=-1)) + 1
    grouped = add_up(counts, groups, n_groups)
    return n_groups, information(counts), information(grouped)


class InformationBottleneckEncoder(SupervisedDiscretizer):
    """Merge levels that say nearly the same about the target.

    A categorical column starts from its levels, of which any two may be merged; a
    numeric column starts from fine quantile bins, of which only neighbours may. At
    each step the two are merged whose merge takes least from
    I(Z;Y) - I(Z;X)/beta, until at most `n_levels` are left and, if `beta` is
    given, no merge improves that any more.

    Parameters
    ----------
    n_levels : int or None, default=10
        At most so many levels out of each column, missing values not counted; None for
        no limit (then `beta` decides).
    beta : float or None, default=None
        Trade-off, above 0; None merges for I(Z;Y) alone, and only down to `n_levels`.
        Below 1 everything is merged; the larger, the more levels stay apart.
    n_fine_bins : int, default=256
        Quantile bins that numeric columns start from.
    categorical_features : "from_dtype" or array-like, default="from_dtype"
        Which columns are categorical: strings, categories and booleans, or a mask,
        indices or names.
    handle_unknown : {"use_encoded_value", "error"}, default="use_encoded_value"
        What `transform` does with a category that was not there in `fit`.
    unknown_value : int, default=-1
        Code of unknown categories; must not be a code of a level.
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
    feature_kinds_ : ndarray of shape (p,)
        "categorical" or "numeric", as decided.
    categories_ : list of ndarray or None
        Sorted levels of each categorical column; None for numeric columns.
    groups_ : list of ndarray or None
        Code of each of these levels.
    edges_ : list of ndarray or None
        Edges of each numeric column, data values; bins are closed on the right.
    n_levels_ : ndarray of shape (p,), intp
        Levels out of each column, without that of missing values.
    full_information_, information_ : ndarray of shape (p,)
        I(X;Y) before and I(Z;Y) after the merges, nats, plug-in, over the rows where
        the column is present; X of a numeric column is the fine bins.
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
    MDLPDiscretizer : Finds the number of bins of numeric columns by itself.

    Notes
    -----
    Missing values are never merged: they have a level of their own, the last, code
    ``n_levels_[j]``, whether seen in `fit` or not. Codes of a categorical column follow
    the first of each group's sorted levels, those of a numeric column its values.
    Objective, ties, cost and reference: `bottleneck_map`.

    Examples
    --------
    >>> import pandas as pd
    >>> from mifs import InformationBottleneckEncoder
    >>> X = pd.DataFrame({"town": ["Ulm", "Bonn", "Ulm", "Kiel", "Bonn", None]})
    >>> encoder = InformationBottleneckEncoder(n_levels=2)
    >>> encoder.fit_transform(X, [1, 0, 1, 1, 0, 0]).ravel()
    array([1, 0, 1, 1, 0, 2])
    >>> encoder.transform(pd.DataFrame({"town": ["Jena"]}))
    array([[-1]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **SupervisedDiscretizer._parameter_constraints,
        "n_levels": [Interval(Integral, 1, None, closed="left"), None],
        "beta": [Interval(Real, 0, None, closed="neither"), None],
        "n_fine_bins": [Interval(Integral, 2, None, closed="left")],
        "categorical_features": [StrOptions({"from_dtype"}), "array-like"],
        "handle_unknown": [StrOptions({"use_encoded_value", "error"})],
        "unknown_value": [Integral],
    }

    def __init__(
        self,
        n_levels: int | None = 10,
        *,
        beta: float | None = None,
        n_fine_bins: int = 256,
        categorical_features: ArrayLike = "from_dtype",
        handle_unknown: Literal["use_encoded_value", "error"] = "use_encoded_value",
        unknown_value: int = -1,
        discrete_target: bool | Literal["auto"] = "auto",
        n_target_bins: int | Literal["auto"] = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.n_levels = n_levels
        self.beta = beta
        self.n_fine_bins = n_fine_bins
        self.categorical_features = categorical_features
        self.handle_unknown = handle_unknown
        self.unknown_value = unknown_value
        self.discrete_target = discrete_target
        self.n_target_bins = n_target_bins
        self.n_jobs = n_jobs

    def _categorical_mask(self, columns: list[Column]) -> NDArray[np.bool_]:
        """Mask (p,) of the columns to be taken as categories."""
        if isinstance(self.categorical_features, str):
            return np.array([not column.is_numeric for column in columns])
        labels = Labels([column.label for column in columns])
        mask = np.zeros(len(labels), dtype=np.bool_)
        chosen: Any = self.categorical_features
        mask[labels.places(chosen, "categorical_features")] = True
        return mask

    def _fit_columns(self, columns: list[Column], target: Classes) -> None:
        mask = self._categorical_mask(columns)
        how = _Merging(self.n_levels, self.beta, self.n_fine_bins)
        tasks = zip(columns, mask.tolist(), strict=True)
        fitted = list(
            run(_fit_column, ((c, m, target, how) for c, m in tasks), self.n_jobs)
        )
        self.feature_kinds_ = np.where(mask, "categorical", "numeric")
        self.edges_ = [one.edges for one in fitted]
        self.categories_ = [one.categories for one in fitted]
        self.groups_ = [one.groups for one in fitted]
        self.n_levels_ = np.array([one.n_levels for one in fitted], np.intp)
        self.full_information_ = np.array([one.full_information for one in fitted])
        self.information_ = np.array([one.information for one in fitted])
        self._check_unknown_value(columns)

    def _check_unknown_value(self, columns: list[Column]) -> None:
        """Raise ValueError if unknown categories would take the code of a level."""
        for j, column in enumerate(columns):
            if self.categories_[j] is None or self.handle_unknown == "error":
                continue
            if 0 <= self.unknown_value <= self.n_levels_[j]:
                msg = f"unknown_value={self.unknown_value} is a code of column"
                raise ValueError(f"{msg} {column.label!r}: pass a negative value.")

    def _encode(self, column: Column, j: int) -> Codes:
        edges = self.edges_[j]
        if edges is not None:
            return bin_codes(column.numbers(), edges)
        groups = np.asarray(self.groups_[j], dtype=np.intp)
        levels, codes = column.levels()
        index = pd.Index(self.categories_[j], dtype=object)
        places = index.get_indexer(pd.Index(levels, dtype=object))
        known = places >= 0
        if self.handle_unknown == "error" and not known.all():
            msg = f"column {column.label!r} holds {levels[~known][0]!r}, unseen in fit"
            raise ValueError(f"{msg}: pass handle_unknown='use_encoded_value'.")
        # missing comes last, where the code -1 of a missing value points
        out = np.full(levels.size + 1, self.unknown_value, dtype=np.intp)
        out[:-1][known] = groups[places[known]]
        out[-1] = self.n_levels_[j]
        return out[codes]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        return tags
