"""Samples as the measures take them: columns, each discrete or continuous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Sample:
    """A variable, of one column or several.

    Attributes
    ----------
    continuous : list of ndarray of shape (n,), float64
    discrete : list of ndarray of shape (n,), intp
        Dense codes.
    n_rows : int
    """

    continuous: list[FloatArray]
    discrete: list[IntArray]
    n_rows: int


def read_sample(values: Any, discrete: Any, name: str) -> Sample:
    """Read an array or frame of shape (n,) or (n, d); the kinds are told or found.

    ``discrete`` is ``"auto"``, a bool, or a mask of d bools. ``"auto"``: booleans,
    strings, categories, and integers of at most ``max(2, min(50, n / 10))`` levels.

    Raises
    ------
    ValueError
        More than two dimensions, no rows, missing or infinite values, a mask of
        another length, a continuous column that holds no numbers.
    """
    columns = _columns(values, name)
    n_rows = len(columns[0])
    if n_rows == 0:
        raise ValueError(f"{name} has no rows")
    kinds = _kinds(discrete, len(columns), name)
    sample = Sample([], [], n_rows)
    for place, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        label = name if len(columns) == 1 else f"{name}[:, {place}]"
        _check(column, label)
        if _looks_discrete(column) if kind is None else kind:
            codes = pd.factorize(column, sort=False)[0]
            sample.discrete.append(codes.astype(np.intp))
        else:
            sample.continuous.append(_numbers(column, label))
    return sample


def _columns(values: Any, name: str) -> list[Any]:
    """Columns, as arrays where they are plain numbers, else as series."""
    if isinstance(values, pd.Series):
        return [values]
    if not isinstance(values, pd.DataFrame):
        array = np.asarray(values)
        if array.ndim not in (1, 2):
            raise ValueError(
                f"{name} has shape {array.shape}; it must be (n,) or (n, d)"
            )
        if array.dtype.kind in "biuf" and array.size:
            return list(array.reshape(len(array), -1).T)
        values = pd.DataFrame(array)
    if values.shape[1] == 0:
        raise ValueError(f"{name} has no columns")
    return [values.iloc[:, place] for place in range(values.shape[1])]


def _kinds(discrete: Any, n_columns: int, name: str) -> list[bool | None]:
    if isinstance(discrete, str):
        if discrete != "auto":
            raise ValueError(
                f"discrete_{name}={discrete!r} is neither 'auto', a bool nor a mask"
            )
        return [None] * n_columns
    if isinstance(discrete, (bool, np.bool_)):
        return [bool(discrete)] * n_columns
    mask = np.asarray(discrete)
    if mask.dtype != np.bool_ or mask.shape != (n_columns,):
        raise ValueError(
            f"discrete_{name}={discrete!r} must be 'auto', a bool, or a mask of "
            f"{n_columns} bools"
        )
    return [bool(kind) for kind in mask]


def _check(column: Any, label: str) -> None:
    if column.dtype.kind in "biu":
        return
    n_missing = int(np.count_nonzero(pd.isna(column)))
    if n_missing:
        raise ValueError(
            f"{n_missing} of {len(column)} values of {label} are missing: drop these "
            "rows, or impute them"
        )
    if column.dtype.kind == "f" and not np.isfinite(column).all():
        raise ValueError(
            f"{label} has infinite values: replace them or drop these rows"
        )


def _looks_discrete(column: Any) -> bool:
    if column.dtype.kind not in "iuf":
        return True
    numbers = np.asarray(column)
    if not (numbers == np.floor(numbers)).all():
        return False
    return len(np.unique(numbers)) <= max(2, min(50, len(numbers) / 10))


def _numbers(column: Any, label: str) -> FloatArray:
    try:
        return np.array(column, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{label} is to be continuous but holds {np.asarray(column)[0]!r}; pass it "
            "as discrete, or as numbers"
        ) from error
