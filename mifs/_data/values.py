"""Values of one column: numbers as an array, labels as codes in sorted order."""

from __future__ import annotations

from decimal import Decimal
from numbers import Complex, Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from mifs import _kernels
from mifs._arrays import AnyArray

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
    levels, _ = used_codes(codes, len(labels))
    ranks, kept = rank_labels(labels[levels], name, ordered)
    unchanged = len(levels) == len(labels) and (ranks == levels).all()
    if unchanged and codes.dtype.itemsize >= _dtype_of(kept).itemsize:
        return codes, kept
    return replace_codes(codes, levels, ranks, kept), kept


def used_codes(codes: AnyArray, n_labels: int) -> tuple[AnyArray, AnyArray]:
    """Those of the codes 0 … n_labels - 1 that occur, ascending, and a row of each."""
    rows = np.full(n_labels + 1, -1, np.int64)
    _kernels.labels.rows_of_codes(_unsigned(codes), rows)
    levels = np.flatnonzero(rows[:-1] >= 0)
    return levels, rows[levels]


def replace_codes(
    codes: AnyArray, levels: AnyArray, ranks: AnyArray, labels: AnyArray
) -> AnyArray:
    """Ranks in place of the codes levels, -1 in place of all others."""
    dtype = _dtype_of(labels)
    table = np.full(levels.max(initial=-1) + 2, -1, dtype)
    table[levels] = ranks
    replaced = np.empty(len(codes), dtype)
    _kernels.labels.replace_codes(_unsigned(codes), table, replaced)
    return replaced


def rank_labels(
    labels: AnyArray, name: str, ordered: bool = False
) -> tuple[AnyArray, AnyArray]:
    """Rank of each label among the distinct ones, -1 for missing, and these.

    In sorted order, or in their own if ``ordered``.
    """
    texts = labels.tolist()
    if not all(type(text) is str for text in texts) or len(set(texts)) < len(texts):
        if not ordered:
            return factorize(labels, name)
        ranks, labels = pd.factorize(labels)
        return ranks, np.asarray(labels)
    ranks = np.arange(len(texts))
    if ordered:
        return ranks, labels
    order = sorted(range(len(texts)), key=texts.__getitem__)
    ranks[order] = np.arange(len(texts))
    return ranks, labels[order]


def _dtype_of(labels: AnyArray) -> np.dtype[Any]:
    """Smallest dtype that holds the codes of labels and their number."""
    return np.min_scalar_type(-len(labels) - 1)


def _unsigned(codes: AnyArray) -> AnyArray:
    """Read-only view in which -1 is the highest code."""
    view = codes.view(f"u{codes.dtype.itemsize}")
    view.flags.writeable = False
    return view


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
