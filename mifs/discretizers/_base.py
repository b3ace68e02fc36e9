"""What the two supervised discretisers share: columns, classes, bins."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from numbers import Integral
from typing import Any, ClassVar, Literal, Self, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.exceptions import DuplicateError
from numpy.typing import NDArray
from sklearn.base import (
    BaseEstimator,
    OneToOneFeatureMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs._arrays import FloatArray
from mifs._data.cutting import Codes, bin_codes, column_edges
from mifs._data.discretize import default_n_bins
from mifs._data.target import read_target
from mifs._data.values import factorize

Levels: TypeAlias = NDArray[np.object_]

_NUMBERS = {"integer", "floating", "mixed-integer-float", "decimal", "empty"}


@dataclass(frozen=True)
class Column:
    """One column as it came, to be read as numbers or as levels."""

    name: str
    raw: NDArray[Any] | nw.Series[Any]

    def __post_init__(self) -> None:
        """Refuse times, which are neither numbers nor levels."""
        if isinstance(self.raw, nw.Series):
            temporal = self.raw.dtype.is_temporal()
        else:
            temporal = self.raw.dtype.kind in "mM"
        if temporal:
            msg = f"column {self.name!r} holds times ({self.raw.dtype}): make numbers"
            raise TypeError(f"{msg} or categories of it first.")

    def _objects(self) -> NDArray[Any]:
        """Values as Python objects, missing as None, NaN or NA."""
        if isinstance(self.raw, nw.Series):
            # narwhals' to_numpy corrupts Arrow dictionaries with nulls; lists are right
            values = np.empty(len(self.raw), dtype=object)
            values[:] = self.raw.to_list()
            return values
        return self.raw.astype(object) if self.raw.dtype.kind in "SU" else self.raw

    @property
    def is_numeric(self) -> bool:
        """Numbers by dtype; for object columns, by their values."""
        if isinstance(self.raw, nw.Series):
            if self.raw.dtype not in (nw.Object, nw.Unknown):
                return bool(self.raw.dtype.is_numeric())
        elif self.raw.dtype.kind != "O":
            return self.raw.dtype.kind in "fiu"
        return pd.api.types.infer_dtype(self._objects(), skipna=True) in _NUMBERS

    def numbers(self) -> FloatArray:
        """Values (n,) float64, missing as NaN."""
        if isinstance(self.raw, nw.Series):
            dtype = self.raw.dtype
            if dtype.is_numeric() or dtype == nw.Boolean:
                values = self.raw.cast(nw.Float64).to_numpy()
                return np.ascontiguousarray(values, dtype=np.float64)
            if dtype not in (nw.Object, nw.Unknown):
                raise ValueError(self._not_numbers(type(dtype).__name__))
        elif self.raw.dtype.kind in "biuf":
            return np.ascontiguousarray(self.raw, dtype=np.float64)
        values = self._objects()
        numbers = np.full(values.shape, np.nan)
        present = ~pd.isna(values)
        try:
            numbers[present] = values[present].astype(np.float64)
        except (TypeError, ValueError) as error:
            raise type(error)(self._not_numbers(str(error))) from error
        return numbers

    def _not_numbers(self, found: str) -> str:
        return (
            f"column {self.name!r} does not hold numbers ({found}): convert it, leave "
            "it out, or encode it as categories with InformationBottleneckEncoder."
        )

    def levels(self) -> tuple[Levels, Codes]:
        """Sorted distinct values and codes (n,) into them, missing as -1."""
        values: Any = self._objects
        if isinstance(self.raw, nw.Series) and self.raw.implementation.is_pandas():
            values = self.raw.to_native
        codes, levels = factorize(values(), self.name)
        return levels.astype(object), codes


def read_columns(estimator: BaseEstimator, X: Any, *, reset: bool) -> list[Column]:
    """Columns of a frame or an array; sets or checks the feature names and number."""
    try:
        frame = nw.from_native(X, pass_through=True)
    except DuplicateError as error:
        raise ValueError(f"{error}\nRename the columns of X.") from error
    if isinstance(frame, nw.LazyFrame):
        raise TypeError(f"X is lazy ({type(X).__name__}): collect it first.")
    if isinstance(frame, nw.DataFrame):
        if 0 in frame.shape:
            msg = f"Found array with 0 sample(s) or feature(s) (shape={frame.shape})"
            raise ValueError(f"{msg} while a minimum of 1 is required.")
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        names = frame.columns
        return [Column(str(name), frame.get_column(name)) for name in names]
    # a list of mixed rows would become an array of strings
    dtype = None if hasattr(X, "dtype") else object
    X = validate_data(estimator, X, reset=reset, dtype=dtype, ensure_all_finite=False)
    return [Column(f"x{j}", X[:, j]) for j in range(X.shape[1])]


@dataclass(frozen=True)
class Classes:
    """Class codes (n,) of the target, and the edges that made them if it was binned."""

    codes: Codes
    n_classes: int
    edges: FloatArray | None = None


def read_classes(
    y: Any, n_rows: int, discrete: bool | Literal["auto"], n_bins: int | Literal["auto"]
) -> Classes:
    """Classes of the target; a continuous one is cut into quantile bins."""
    target = read_target(y, n_rows, discrete)
    if target.discrete:
        return Classes(target.codes, target.n_classes)
    wanted = default_n_bins(n_rows) if n_bins == "auto" else n_bins
    edges = column_edges(target.values, wanted)
    return Classes(bin_codes(target.values, edges), edges.size + 1, edges)


class SupervisedDiscretizer(
    OneToOneFeatureMixin,
    TransformerMixin,
    BaseEstimator,
):
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
    def fit(self, X: Any, y: Any) -> Self:
        """Learn the bins of every column from the target.

        Parameters
        ----------
        X : frame or array of shape (n, p)
            Of pandas, polars or pyarrow, or what scikit-learn takes as an array.
        y : array-like of shape (n,)
            Target; numbers, strings, booleans or categories, none missing.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            If targets are missing or a column cannot be read; its name is given.
        TypeError
            If a column holds times or mixed kinds of values, or the frame is lazy.
        """
        columns = read_columns(self, X, reset=True)
        n_rows = len(columns[0].raw)
        target = read_classes(y, n_rows, self.discrete_target, self.n_target_bins)
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
            Or the frame that `set_output` asks for.

        Raises
        ------
        ValueError
            If names or number of the columns differ from those in `fit`.
        """
        check_is_fitted(self)
        columns = read_columns(self, X, reset=False)
        codes = np.empty((len(columns[0].raw), len(columns)), np.intp, order="F")
        for j, column in enumerate(columns):
            codes[:, j] = self._encode(column, j)
        return codes

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []
        return tags
