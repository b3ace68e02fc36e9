"""The target: which kind it is, and its classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import column_or_1d

from mifs._data.frames import series_values
from mifs._data.table import Target
from mifs._data.values import factorize


def read_target(
    y: Any, n_rows: int, discrete: bool | str = "auto", n_counted: int | None = None
) -> Target:
    """Class codes or numbers of a target.

    ``"auto"`` is discrete for booleans, strings, categories, and integers with at most
    ``min(100, n / 2)`` different values, n being ``n_counted`` if some rows count more
    than once.

    Raises
    ------
    ValueError
        Another length than the table's, missing or infinite values (with the count),
        a single class or value, labels where numbers were promised.
    """
    values, name = _complete_values(y, n_rows)
    if isinstance(values, tuple):
        if discrete is False:
            raise ValueError(
                f"discrete_target=False, but the target {name!r} holds labels, not "
                "numbers; convert it, or leave discrete_target='auto'"
            )
        target = _classes_of_codes(*values)
    else:
        target = _number_target(values, name, discrete, n_counted or n_rows)
    if target.discrete and target.n_classes < 2:
        raise ValueError(
            f"the target {name!r} has one class, {target.classes}: nothing can be "
            "learnt about it; at least two are needed"
        )
    return target


def _complete_values(y: Any, n_rows: int) -> tuple[Any, str]:
    """Return a target of the right length without gaps, and its name."""
    name = getattr(y, "name", None)
    name = "y" if name is None else str(name)
    plain = isinstance(y, np.ndarray) and y.ndim == 1 and y.dtype.kind in "biu"
    if not plain and not isinstance(y, pd.Series):
        y = pd.Series(column_or_1d(y, warn=True))
    if len(y) != n_rows:
        raise ValueError(
            f"X has {n_rows} rows and the target {name!r} has {len(y)}: inconsistent "
            "numbers of samples"
        )
    if plain:
        return y, name
    n_missing = int(y.isna().sum())
    if n_missing:
        raise ValueError(
            f"Input y contains NaN: {n_missing} of {n_rows} values of the target "
            f"{name!r} are missing; drop these rows: a missing answer teaches nothing"
        )
    return series_values(y, name), name


def _classes_of_codes(codes: Any, labels: Any) -> Target:
    return Target(codes.astype(np.intp), discrete=True, classes=labels)


def _number_target(
    values: Any, name: str, discrete: bool | str, n_counted: int
) -> Target:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        n_infinite = int(np.count_nonzero(~np.isfinite(values)))
        raise ValueError(
            f"Input y contains infinity: {n_infinite} values of the target {name!r}; "
            "replace them or drop these rows"
        )
    integral = values.dtype.kind in "biu" or bool((values == np.floor(values)).all())
    if discrete is False or (discrete == "auto" and not integral):
        return _continuous(values, name)
    codes, labels = factorize(values, name)
    few = len(labels) <= max(2, min(100, n_counted / 2))
    if discrete == "auto" and values.dtype.kind != "b" and not few:
        return _continuous(values, name)
    return _classes_of_codes(codes, labels)


def _continuous(values: Any, name: str) -> Target:
    values = values.astype(np.float64)
    if values.min() == values.max():
        raise ValueError(
            f"the target {name!r} is constant ({values[0]}, one class): nothing can be "
            "learnt about it"
        )
    return Target(values, discrete=False)
