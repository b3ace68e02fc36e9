"""Values of one column: numbers as an array, labels as codes in sorted order."""

from __future__ import annotations

from decimal import Decimal
from numbers import Complex, Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from mifs._data.blocks import AnyArray

# Numbers, or codes (-1 for missing) and the labels behind them.
Values = AnyArray | tuple[AnyArray, AnyArray]

# What pandas infers of objects that are all numbers.
NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")
MIXED = ("mixed", "mixed-integer")


def column_values(values: AnyArray, name: str) -> Values:
    """Objects as numbers where all are numbers, else as codes and labels."""
    if values.dtype.kind in "UST":
        return factorize(values, name)
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in NUMBERS or (kind in MIXED and _all_real(values)):
        return _numbers(values, name)
    if kind.startswith(("date", "time", "period", "interval", "complex")):
        raise TypeError(no_numbers(name, kind))
    return factorize(values, name)


def _all_real(values: AnyArray) -> bool:
    present = values[~pd.isna(values)]
    return all(isinstance(value, (Real, Decimal)) for value in present)


def _numbers(values: AnyArray, name: str) -> AnyArray:
    """Real numbers held as objects: integers where all are, else float64."""
    missing = pd.isna(values)
    whole = all(isinstance(value, Integral) for value in values[~missing])
    if whole and not missing.any():
        try:
            return np.array(values, dtype=np.int64)
        except OverflowError as error:
            raise ValueError(too_large(name, 2**63 - 1)) from error
    numbers = np.full(len(values), np.nan)
    numbers[~missing] = values[~missing].astype(np.float64)
    return exact(numbers, name) if whole else numbers


def exact(numbers: AnyArray, name: str) -> AnyArray:
    """Whole numbers beside missing values, which float64 must not merge."""
    if np.nanmax(np.abs(numbers), initial=0) > 2**53:
        raise ValueError(too_large(name, 2**53))
    return numbers


def factorize(values: Any, name: str) -> tuple[AnyArray, AnyArray]:
    """Codes in sorted order of the labels, -1 for missing, and the labels."""
    try:
        codes, labels = pd.factorize(values)
    except TypeError as error:
        raise TypeError(nested(name)) from error
    labels = np.asarray(labels)
    if labels.dtype == np.object_:
        _check_labels(labels, name)
    try:
        order = np.argsort(labels, kind="stable")
    except TypeError:
        keys = [(type(label).__name__, label) for label in labels]
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__))
    rank = np.empty(len(labels) + 1, np.intp)
    rank[order] = np.arange(len(labels))
    rank[-1] = -1
    return rank[codes], labels[order]


def recode(
    codes: AnyArray, labels: AnyArray, name: str, *, ordered: bool = False
) -> tuple[AnyArray, AnyArray]:
    """Codes without unused, repeated or missing labels; sorted unless ``ordered``.

    ``codes`` are -1 where missing; a missing label makes missing values, too.
    """
    merged, labels = pd.factorize(labels) if ordered else factorize(labels, name)
    labels = np.asarray(labels)
    # Code -1 is counted first, label i at i + 1.
    seen = np.bincount(codes.astype(np.intp) + 1, minlength=len(merged) + 1)[1:] > 0
    used = np.zeros(len(labels) + 1, dtype=np.bool_)
    used[merged[seen]] = True
    used = used[:-1]
    if used.all() and np.array_equal(merged, np.arange(len(labels))):
        return codes, labels
    kept = np.append(np.cumsum(used) - 1, -1).astype(np.int32)
    return kept[np.append(merged, -1)][codes], labels[used]


def _check_labels(labels: AnyArray, name: str) -> None:
    for label in labels:
        if pd.api.types.is_list_like(label):
            raise TypeError(nested(name))
        if isinstance(label, Complex) and not isinstance(label, Real):
            raise TypeError(no_numbers(name, "complex"))


def too_large(name: str, bound: int) -> str:
    """Message for integers that float64 or int64 would merge."""
    return (
        f"column {name!r} has whole numbers beyond {bound}, which cannot be told "
        "apart; convert it to float, or to str if they are names"
    )


def nested(name: str) -> str:
    """Message for lists, records and the like."""
    return (
        f"column {name!r} holds nested values; an argument must be a string or a "
        "number: turn each value into one, or leave the column out"
    )


def no_numbers(name: str, dtype: object) -> str:
    """Message for dates, complex numbers and the like."""
    return (
        f"column {name!r} has dtype {dtype}, which is neither a number nor a label; "
        "convert it to numbers (for dates, say, days since the first) or to str"
    )
