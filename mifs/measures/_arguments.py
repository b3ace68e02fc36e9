"""Arguments of scikit-learn's functions: as it takes them, in errors by their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Complex, Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils import check_X_y
from sklearn.utils.multiclass import check_classification_targets

from mifs._arrays import BoolArray
from mifs._data.containers import (
    Container,
    check_table,
    column_of,
    is_frame,
    is_series,
    unwrap,
)
from mifs._data.intake import read_columns
from mifs._data.labels import Labels
from mifs._data.table import Columns
from mifs._data.target import warn_of_two_axes
from mifs._data.values import refuse_neither
from mifs._warn import warn
from mifs.exceptions import ColumnIndexError, MifsWarning
from mifs.measures._samples import refuse_gaps, subject_of


def check_neighbours(n_neighbors: int) -> None:
    """Refuse a number of neighbours that is none.

    Raises
    ------
    ValueError
        No integer, or below 1.
    """
    whole = isinstance(n_neighbors, Integral) and not isinstance(n_neighbors, bool)
    if not whole or n_neighbors < 1:
        raise ValueError(
            f"n_neighbors={n_neighbors!r} must be an integer of at least 1"
        )


def read_arguments(
    X: object, y: object, discrete_features: object, *, numbers: bool
) -> tuple[Any, NDArray[Any], NDArray[np.bool_]]:
    """Arrays of X and y, and which columns of X are discrete.

    They are checked as scikit-learn does, but what is missing or infinite is counted by
    name: it would make numbers of missing categories.

    Parameters
    ----------
    X, y, discrete_features
        Arguments of the function.
    numbers : bool
        Whether y holds numbers, not classes.

    Raises
    ------
    ValueError, TypeError
        See `mifs.measures.mutual_info_classif`.
    """
    features, target = _plain(X, "X"), _plain(y, "y")
    check_table(features, min_rows=1)
    columns, outputs = read_columns(features, "X"), read_columns(target, "y")
    refuse_gaps(columns, "X")
    refuse_gaps(outputs, "y")
    _check_target(target, outputs, columns.n_rows)
    _refuse_neither(outputs, "y", np.array([not numbers]))
    target = _flat(target)
    try:
        if not numbers:
            check_classification_targets(target)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"y holds no classes: {error} Use mutual_info_regression, or convert y to "
            "integers or strings, all of one type"
        ) from None
    discrete = _mask(discrete_features, columns, sparse=issparse(features))
    _refuse_neither(columns, "X", discrete)
    labelled = {"X": columns, "y": outputs} if numbers else {"X": columns}
    with _naming_text(**labelled):
        features, target = check_X_y(
            features, target, accept_sparse="csc", y_numeric=numbers
        )
        if numbers:
            target = _finite(target)
    if features.dtype == np.object_:
        with _naming_text(X=columns):
            features[:, ~discrete].astype(np.float64)
    _warn_of_rounding(columns, "X", ~discrete | (features.dtype.kind == "f"))
    if numbers:
        _warn_of_rounding(outputs, "y", np.ones(1, np.bool_))
    return features, target, discrete


def _check_target(target: Container, outputs: Columns, n_rows: int) -> None:
    """Refuse what is no target of one output, of as many rows as X."""
    shape = (outputs.n_rows, outputs.n_features)
    if shape[1] > 1:
        raise ValueError(
            f"y should be a 1d array, got an array of shape {shape} instead; pass one "
            "output after the other"
        )
    if issparse(target):
        raise TypeError("y is a sparse matrix; pass y.toarray().ravel()")
    if shape[0] != n_rows:
        raise ValueError(
            f"X has {n_rows} rows and y has {shape[0]}: inconsistent numbers of samples"
        )


def _refuse_neither(columns: Columns, name: str, discrete: BoolArray) -> None:
    """Refuse categories of dates where numbers are wanted, complex ones anywhere."""
    for column in np.flatnonzero(columns.all_labelled).tolist():
        subject, levels = subject_of(columns, column, name), columns.levels(column)
        if not discrete[column]:
            refuse_neither(levels, subject)
        refuse_neither((v for v in levels if isinstance(v, Complex)), subject)


def _warn_of_rounding(columns: Columns, name: str, rounded: BoolArray) -> None:
    """Warn of whole numbers that become one, as floats, in scikit-learn as here."""
    for column in np.flatnonzero(columns.beyond & rounded).tolist():
        levels = columns.levels(column)
        same = np.flatnonzero(np.diff(levels.astype(np.float64)) == 0)
        if len(same):
            one, other = levels[same[0] : same[0] + 2].tolist()
            warn(
                f"{subject_of(columns, column, name)} has whole numbers beyond "
                f"{2**53} that are the same float, such as {one} and {other}: this "
                "function, as scikit-learn's, takes them for one value; subtract the "
                "smallest of them first, or use mutual_information",
                MifsWarning,
            )


def _flat(target: Container) -> Container:
    """Target of one axis; a column is warned of at the user's line."""
    warn_of_two_axes(target)
    if is_frame(target):
        return _plain(column_of(target, 0), "y")
    return target.ravel() if isinstance(target, np.ndarray) else target


def _finite(target: NDArray[Any]) -> NDArray[Any]:
    """Numbers of a target; texts of numbers are read here, and may say "inf"."""
    numbers = target if target.dtype.kind in "biuf" else target.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("y has infinite or missing values; drop these rows")
    return numbers


def _plain(data: object, argument: str) -> Container:
    """Return data as scikit-learn takes it: Arrow arrays become NumPy's.

    Masks are refused, and lists of labels keep each value, as in the selectors.
    """
    container = unwrap(data, argument)
    if is_series(container) and not isinstance(container, pd.Series):
        container = container.to_numpy()
    if isinstance(container, np.ndarray) and container.dtype.kind == "T":
        return container.astype(object)  # scikit-learn knows no strings of NumPy 2
    return container


@contextmanager
def _naming_text(**given: Columns) -> Iterator[None]:
    """Name the column for which an array of numbers could not be made."""
    try:
        yield
    except (TypeError, ValueError) as error:
        for name, columns in given.items():
            _refuse_text(columns, name, error)
        raise


def _refuse_text(columns: Columns, name: str, error: Exception) -> None:
    for column in range(columns.n_features):
        if columns.boolean(column) or not columns.labelled(column):
            continue
        levels = columns.levels(column).tolist()
        held = next((v for v in levels if isinstance(v, (str, bytes))), levels[0])
        raise ValueError(
            f"{subject_of(columns, column, name)} holds labels, such as {held!r}, and "
            f"this function takes numbers ({error}); encode them, as by OrdinalEncoder "
            "of scikit-learn, or use mutual_information, which counts labels"
        ) from None


def _mask(
    discrete_features: object, columns: Columns, *, sparse: bool
) -> NDArray[np.bool_]:
    """Mask of the discrete columns, by scikit-learn's rules."""
    if isinstance(discrete_features, str) and discrete_features == "auto":
        discrete_features = sparse
    if isinstance(discrete_features, (bool, np.bool_)):
        mask = np.full(columns.n_features, bool(discrete_features))
    else:
        mask = np.zeros(columns.n_features, dtype=np.bool_)
        mask[_places(discrete_features, columns)] = True
    if sparse and not mask.all():
        raise ValueError(
            "Sparse matrix `X` can't have continuous features: pass "
            "discrete_features=True, or X.toarray()"
        )
    return mask


def _places(discrete_features: object, columns: Columns) -> NDArray[np.intp]:
    try:
        return Labels(columns.labels).places(discrete_features, "discrete_features")
    except ValueError as error:
        raise ColumnIndexError(str(error)) from None
