"""What the two supervised discretisers share: columns, classes, bins."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.containers import check_table, shape_of, take, unwrap
from mifs._data.cutting import Codes, bin_codes, column_edges, repeated, whole_times
from mifs._data.discretize import default_n_bins
from mifs._data.intake import read_columns
from mifs._data.seen import SeesColumns
from mifs._data.table import Columns
from mifs._data.target import read_target
from mifs._data.weighing import read_weights
from mifs._data.weights import to_units

Levels: TypeAlias = NDArray[np.object_]


@dataclass(frozen=True)
class Column:
    """One column of a table that was read, as numbers or as levels."""

    columns: Columns
    place: int

    def __reduce__(self) -> tuple[type[Column], tuple[Columns, int]]:
        """Give other processes the column, not the table."""
        return Column, (self.columns.alone(self.place), 0)

    @property
    def label(self) -> Hashable:
        """Its label, as a frame has it."""
        return self.columns.labels[self.place]

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers, not labels or booleans."""
        return not (
            self.columns.labelled(self.place) or self.columns.boolean(self.place)
        )

    def numbers(self) -> FloatArray:
        """Values (n,) float64, missing as NaN."""
        if not self.columns.labelled(self.place):
            self.columns.refuse_beyond(np.array([self.place]), "its bins")
            return self.columns.numeric(self.place)
        levels, codes = self.levels()
        if not all(isinstance(level, (bool, np.bool_)) for level in levels):
            texts = [level for level in levels if not isinstance(level, Real)]
            held = f"numbers, but {texts[0]!r}" if texts else "numbers, but categories"
            raise ValueError(
                f"column {self.label!r} does not hold {held}: convert it, as by "
                "astype(float), leave it out, or encode it as categories with "
                "InformationBottleneckEncoder."
            )
        return np.append(levels.astype(np.float64), np.nan)[codes]

    def levels(self) -> tuple[Levels, Codes]:
        """Sorted distinct values and codes (n,) into them, missing as -1."""
        levels = self.columns.levels(self.place)
        codes = self.columns.codes(self.place)
        if self.columns.boolean(self.place):
            levels = levels.astype(np.bool_)
        return levels.astype(object), np.where(codes < len(levels), codes, -1)


@dataclass(frozen=True)
class Classes:
    """Class codes (n,) of the target, and the edges that made them if it was binned.

    ``times`` (n,) are how often each row is repeated; None: once.
    """

    codes: Codes
    n_classes: int
    edges: FloatArray | None = None
    times: IntArray | None = None

    def beside(self, column: AnyArray, present: BoolArray) -> tuple[AnyArray, Codes]:
        """Present values of a column and their classes, each as often as it counts."""
        return repeated(column, self.codes, present, self.times)


def read_classes(
    y: Any,
    n_rows: int,
    discrete: bool | Literal["auto"],
    n_bins: int | Literal["auto"],
    times: IntArray | None = None,
) -> Classes:
    """Classes of the target; a continuous one is cut into quantile bins."""
    n_counted = n_rows if times is None else int(times.sum())
    target = read_target(y, n_rows, discrete, n_counted)
    if target.discrete:
        return Classes(target.codes, target.n_classes, times=times)
    wanted = default_n_bins(n_counted) if n_bins == "auto" else n_bins
    values = target.values if times is None else np.repeat(target.values, times)
    edges = column_edges(values, wanted)
    return Classes(bin_codes(target.values, edges), edges.size + 1, edges, times)


def weighed_rows(
    X: object, y: object, sample_weight: object, what: str
) -> tuple[object, object, IntArray | None]:
    """Leave out rows of weight 0; tell how often the others are repeated."""
    if sample_weight is None:
        return X, y, None
    table = unwrap(X)
    weights = read_weights(sample_weight, shape_of(table)[0])
    rows = np.flatnonzero(weights)
    if len(rows) < len(weights):
        X, y = take(table, rows), take(unwrap(y, "y"), rows)
    return X, y, whole_times(to_units(weights[rows]), what)


class SupervisedDiscretizer(OneToOneFeatureMixin, TransformerMixin, SeesColumns):
    """Columns one by one, threads over columns, integer codes out."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "discrete_target": [StrOptions({"auto"}), "boolean"],
        "n_target_bins": [
            StrOptions({"auto"}),
            Interval(Integral, 2, None, closed="left"),
        ],
        "n_jobs": [Integral, None],
    }

    discrete_target: bool | Literal["auto"]
    n_target_bins: int | Literal["auto"]
    n_jobs: int | None

    @abstractmethod
    def _fit_columns(self, columns: list[Column], target: Classes) -> None:
        """Learn the bins of every column and set the fitted attributes."""

    @abstractmethod
    def _encode(self, column: Column, j: int) -> Codes:
        """Codes (n,) of column j."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Learn the bins of every column from the target.

        Parameters
        ----------
        X : frame or array of shape (n, p)
            Of pandas, polars or pyarrow, or what scikit-learn takes as an array.
        y : array-like of shape (n,)
            Target; numbers, strings, booleans or categories, none missing.
        sample_weight : array-like of shape (n,), default=None
            How often each row counts: whole numbers, or multiples of one unit. A row
            of weight 3 is three rows, one of weight 0 is not there.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            If targets are missing or a column cannot be read (its name is given), or
            weights are negative, missing or no multiples of one unit.
        TypeError
            If a column holds times or nested values, or the frame is lazy.
        """
        if y is None:
            name = type(self).__name__
            raise ValueError(
                f"{name} requires y to be passed, but the target y is None"
            )
        X, y, times = weighed_rows(X, y, sample_weight, type(self).__name__)
        columns = self._read(X, reset=True)
        n_rows = columns[0].columns.n_rows
        target = read_classes(
            y, n_rows, self.discrete_target, self.n_target_bins, times
        )
        self.target_kind_ = "discrete" if target.edges is None else "continuous"
        self.target_edges_ = target.edges
        self._fit_columns(columns, target)
        return self

    def transform(self, X: Any) -> Codes:
        """Replace every value by the code of its level.

        Parameters
        ----------
        X : frame or array of shape (n, p)
            Columns as in `fit`; any kind of frame.

        Returns
        -------
        codes : ndarray of shape (n, p), intp
            Or the frame that ``set_output`` asks for.

        Raises
        ------
        ValueError
            If names or number of the columns differ from those in `fit`.
        """
        check_is_fitted(self)
        columns = self._read(X, reset=False)
        shape = columns[0].columns.n_rows, len(columns)
        codes = np.empty(shape, np.intp, order="F")
        for j, column in enumerate(columns):
            codes[:, j] = self._encode(column, j)
        return codes

    def _read(self, X: object, *, reset: bool) -> list[Column]:
        """Columns of a table; sets or checks the feature names and number."""
        table = unwrap(X)
        if issparse(table):
            raise TypeError("X is sparse, and is binned dense: pass X.toarray()")
        check_table(table, min_rows=1)
        self._see(table, reset=reset)
        columns = read_columns(table, n_jobs=self.n_jobs)
        return [Column(columns, place) for place in range(columns.n_features)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []
        return tags
