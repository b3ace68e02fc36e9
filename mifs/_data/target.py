"""The target: which kind it is, and its classes."""

from __future__ import annotations

import numpy as np
from sklearn.exceptions import DataConversionWarning

from mifs._arrays import AnyArray
from mifs._data.containers import Container, shape_of, unwrap
from mifs._data.intake import read_columns
from mifs._data.table import Columns, Target
from mifs._warn import warn
from mifs.exceptions import OneClassError

# Labels that an error lists.
SHOWN = 5


def read_target(
    y: object, n_rows: int, discrete: bool | str = "auto", n_counted: int | None = None
) -> Target:
    """Class codes or numbers of a target of one output.

    Raises
    ------
    ValueError, TypeError
        Several columns; see `target_of`; data that cannot be read.
    """
    y = unwrap(y, "y")
    outputs = read_columns(y, "y")
    if outputs.n_features > 1:
        names = ", ".join(map(repr, outputs.labels[:SHOWN]))
        raise ValueError(
            f"y has {outputs.n_features} columns ({names}), and bins are made for one "
            "target: pass one of them, or one label for each combination of theirs"
        )
    warn_of_two_axes(y)
    return target_of(outputs, 0, n_rows, discrete, n_counted)


def warn_of_two_axes(y: Container) -> None:
    """Warn of a matrix of one column, as scikit-learn does."""
    if len(shape_of(y)) == 2:
        warn(
            "A column-vector y was passed when a 1d array was expected. Please change "
            "the shape of y to (n_samples, ), for example using ravel().",
            DataConversionWarning,
        )


def target_of(
    outputs: Columns,
    column: int,
    n_rows: int,
    discrete: bool | str = "auto",
    n_counted: int | None = None,
) -> Target:
    """Class codes or numbers of one of the columns of y.

    ``"auto"`` is discrete for booleans, strings, categories, and integers with at most
    ``min(100, n / 2)`` different values, n being ``n_counted`` if some rows count more
    than once.

    Raises
    ------
    ValueError
        Another length than the table's, missing or infinite values (with the count),
        a single class or value, labels where numbers were promised.
    """
    _check(outputs, column, n_rows)
    if not _is_discrete(outputs, column, discrete, n_counted or n_rows):
        return _continuous(outputs, column)
    classes = outputs.levels(column)
    if len(classes) < 2:
        raise OneClassError(
            f"the target {outputs.labels[column]!r} has one class, {classes}: nothing "
            "can be learnt about it; at least two are needed"
        )
    if outputs.boolean(column):
        classes = classes.astype(np.bool_)
    return Target(outputs.codes(column), discrete=True, classes=classes)


def _check(outputs: Columns, column: int, n_rows: int) -> None:
    """Refuse a target of the wrong length, or with gaps or infinite values."""
    name = outputs.labels[column]
    if outputs.n_rows != n_rows:
        raise ValueError(
            f"X has {n_rows} rows and the target {name!r} has {outputs.n_rows}: "
            "inconsistent numbers of samples"
        )
    n_missing = outputs.n_missing[column]
    if n_missing:
        raise ValueError(
            f"Input y contains NaN: {n_missing} of {n_rows} values of the target "
            f"{name!r} are missing; drop these rows: rows without a target cannot be "
            "used"
        )
    n_infinite = outputs.n_infinite[column]
    if n_infinite:
        raise ValueError(
            f"Input y contains infinity: {n_infinite} values of the target {name!r}; "
            "replace them or drop these rows"
        )


def _is_discrete(
    outputs: Columns, column: int, discrete: bool | str, n_counted: int
) -> bool:
    said = isinstance(discrete, (bool, np.bool_))
    if not said and discrete != "auto":
        raise ValueError(f"discrete_target={discrete!r} must be 'auto', True or False")
    if outputs.labelled(column):
        if said and not discrete:
            raise ValueError(
                f"discrete_target=False, but the target {outputs.labels[column]!r} "
                "holds labels, not numbers; convert it, or leave "
                "discrete_target='auto'"
            )
        return True
    if said:
        return bool(discrete)
    n_levels = outputs.n_levels[column]
    return outputs.boolean(column) or 0 <= n_levels <= _few(n_counted)


def _few(n_counted: int) -> float:
    """So many whole numbers are taken for classes."""
    return max(2, min(100, n_counted / 2))


def is_quantity(classes: AnyArray, n_counted: int) -> bool:
    """Whether classes are numbers, or texts of numbers, that are no classes by "auto".

    These are fractions, and too many whole numbers.
    """
    if classes.dtype.kind == "b":
        return False
    try:
        numbers = classes.astype(np.float64)
    except (TypeError, ValueError):
        return False
    whole = bool((numbers == np.floor(numbers)).all())
    return not whole or len(classes) > _few(n_counted)


def _continuous(outputs: Columns, column: int) -> Target:
    values = outputs.numeric(column)
    if values.min() == values.max():
        raise ValueError(
            f"the target {outputs.labels[column]!r} is constant ({values[0]}, one "
            "class): nothing can be learnt about it"
        )
    return Target(values, discrete=False)
