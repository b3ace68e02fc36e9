"""What one value is: a number, a label, missing, or neither.

Columns are either an array of numbers, or codes (-1 for missing) with the labels behind
them in sorted order. ``subject`` is how an error calls the column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable
from decimal import Decimal
from enum import Enum
from numbers import Complex, Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.offsets import BaseOffset

from mifs import _kernels
from mifs._arrays import AnyArray
from mifs._names import short
from mifs.exceptions import ColumnTypeError

# What a column becomes, and as what: numbers of a numpy kind ("f", "i", "b", "u1",
# "u8"; an array or a series with ``to_numpy``), "labels" (codes, labels), or "gapped"
# (int64 values, mask of the missing ones).
Column = tuple[Any, str]

# What pandas infers of objects that are all numbers.
NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")
MIXED = ("mixed", "mixed-integer")
NEITHER = ("date", "time", "period", "interval", "complex")
# Types of such values; a Categorical may have them for categories.
NEITHER_TYPES = (
    *(dt.date, dt.time, dt.timedelta, BaseOffset),
    *(np.datetime64, np.timedelta64, pd.Period, pd.Interval),
)
# Whole numbers below it are float64 exactly.
EXACT = 2**53


def array_column(values: AnyArray, subject: str) -> Column:
    """Read one dimension of a NumPy array of any dtype.

    Raises
    ------
    ColumnTypeError
        Dates, complex numbers, nested values, labels that have no order.
    ValueError
        Whole numbers beyond int64.
    """
    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind in "biuf":
        narrow = kind == "u" and size in (1, 8)
        return values, f"u{size}" if narrow else "i" if kind == "u" else kind
    if kind in "UST":
        return factorize(values, subject), "labels"
    if kind == "O":
        return _objects(values, subject)
    raise ColumnTypeError(no_numbers(subject, values.dtype))


def _objects(values: AnyArray, subject: str) -> Column:
    """Numbers where all objects are numbers, else codes and labels."""
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "empty":
        return np.full(len(values), np.nan), "f"
    if kind in NUMBERS + MIXED:
        missing = _missing(values, subject)
        present = values[~missing]
        refuse_neither(present, subject)  # a timedelta64 is Real, as Python has it
        if kind in NUMBERS or _all_real(present):
            return _numbers(values, missing, subject)
    if kind.startswith(NEITHER):
        raise ColumnTypeError(no_numbers(subject, kind))
    return factorize(values, subject), "labels"


def _missing(values: AnyArray, subject: str) -> AnyArray:
    """Which objects are missing."""
    try:
        return np.asarray(pd.isna(values))
    except ArithmeticError:
        raise ValueError(
            f"{subject} holds Decimal('sNaN'), which nothing can be compared with; "
            "turn it into None"
        ) from None


def _all_real(present: AnyArray) -> bool:
    return all(isinstance(value, (Real, Decimal)) for value in present)


def refuse_neither(values: Iterable[object], subject: str) -> None:
    """Refuse dates, durations, periods, intervals and complex numbers among values.

    Raises
    ------
    ColumnTypeError
        With one of them.
    """
    for kind, value in {type(value): value for value in values}.items():
        is_complex = issubclass(kind, Complex) and not issubclass(kind, Real)
        if is_complex or issubclass(kind, NEITHER_TYPES):
            raise ColumnTypeError(no_label(subject, value))


def _numbers(values: AnyArray, missing: AnyArray, subject: str) -> Column:
    """Real numbers held as objects: integers where all are, else float64."""
    present = values[~missing]
    if all(isinstance(value, Integral) for value in present):
        try:
            return integers(present.astype(np.int64), missing)
        except OverflowError as error:
            value = max(present, key=abs)
            raise ValueError(too_large(subject, value)) from error
    numbers = np.full(len(values), np.nan)
    try:
        numbers[~missing] = present.astype(np.float64)
    except OverflowError:
        raise ValueError(
            f"{subject} has numbers beyond {np.finfo(np.float64).max:.2g}, the largest "
            "that a float holds; divide it by a constant, or take logarithms"
        ) from None
    rounded = (v for v in present if isinstance(v, Integral) and int(float(v)) != v)
    if (value := next(rounded, None)) is not None:
        raise ValueError(too_large(subject, value))
    return numbers, "f"


def integers(present: AnyArray, missing: AnyArray) -> Column:
    """Whole numbers, int64, and which rows lack one, as what holds them exactly."""
    if not missing.any():
        return present, "i"
    if len(present) and (present.min() < -EXACT or present.max() > EXACT):
        values = np.zeros(len(missing), np.int64)
        values[~missing] = present
        return (values, missing), "gapped"
    numbers = np.full(len(missing), np.nan)
    numbers[~missing] = present
    return numbers, "f"


def factorize(values: Any, subject: str) -> tuple[AnyArray, AnyArray]:
    """Codes in sorted order of the labels, -1 for missing, and the labels."""
    try:
        codes, labels = pd.factorize(values)
    except TypeError as error:
        lists = (value for value in values if not isinstance(value, Hashable))
        value = next(lists, None)
        raise ColumnTypeError(nested(subject, value)) from error
    labels = np.asarray(labels)
    if labels.dtype == np.object_:
        _check_labels(labels, subject)
    try:
        order = np.argsort(labels, kind="stable")
    except TypeError:
        order = _order_by_type(labels, subject)
    rank = np.empty(len(labels) + 1, np.intp)
    rank[order] = np.arange(len(labels))
    rank[-1] = -1
    return rank[codes], labels[order]


def _order_by_type(labels: AnyArray, subject: str) -> AnyArray:
    """Order of labels of several types: by its name, then by value or name."""
    keys: list[tuple[str, Any]] = [
        (type(label).__name__, label.name if isinstance(label, Enum) else label)
        for label in labels
    ]
    try:
        return np.array(sorted(range(len(keys)), key=keys.__getitem__))
    except TypeError:
        raise ColumnTypeError(
            f"{subject} holds objects that have no order, as {labels[0]!r}; turn each "
            "into a label of its own: [str(value) for value in ...]"
        ) from None


def recode(
    codes: AnyArray, labels: AnyArray, subject: str, *, ordered: bool = False
) -> tuple[AnyArray, AnyArray]:
    """Codes without unused, repeated or missing labels; sorted unless ``ordered``.

    ``codes`` are -1 where missing; a missing label makes missing values, too.
    """
    levels, _ = used_codes(codes, len(labels))
    ranks, kept = rank_labels(labels[levels], subject, ordered)
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
    labels: AnyArray, subject: str, ordered: bool = False
) -> tuple[AnyArray, AnyArray]:
    """Rank of each label among the distinct ones, -1 for missing, and these.

    In sorted order, or in their own if ``ordered``.
    """
    texts = labels.tolist()
    if not all(type(text) is str for text in texts) or len(set(texts)) < len(texts):
        if not ordered:
            return factorize(labels, subject)
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


def _check_labels(labels: AnyArray, subject: str) -> None:
    for label in labels:
        # A Flag is iterable, and still one label.
        if pd.api.types.is_list_like(label) and not isinstance(label, Enum):
            raise ColumnTypeError(nested(subject, label))


def too_large(subject: str, value: object = None) -> str:
    """Message for whole numbers that would be merged; ``value`` is one of them."""
    such = "" if value is None else f" such as {short(str(value))},"
    return (
        f"{subject} has whole numbers beyond {2**63 - 1}, or beyond {EXACT} beside "
        f"fractions,{such} which cannot be told apart; convert it to float, or to str "
        "if they are names"
    )


def nested(subject: str, value: object = None) -> str:
    """Message for lists, records and the like; ``value`` is one of them."""
    such = "" if value is None else f" such as {short(repr(value))}"
    return (
        f"{subject} holds nested values{such}; an argument must be a string or a "
        "number: turn each value into one, or leave the column out"
    )


def no_numbers(subject: str, dtype: object, array: str | None = None) -> str:
    """Message for dates, complex numbers and the like; ``array`` is what holds them."""
    return _neither(f"{subject} has dtype {dtype}", "complex" in str(dtype), array)


def no_label(subject: str, value: object) -> str:
    """Message for one of them among other values."""
    return _neither(f"{subject} holds {value!r}", isinstance(value, Complex))


def _neither(fact: str, is_complex: bool, array: str | None = None) -> str:
    what, remedy = "", "numbers (for dates, say, days since the first) or to str"
    if is_complex:
        what = "Complex data not supported: "
        remedy = "real numbers: its real or imaginary part, or its absolute value"
        if array is not None:
            remedy = f"real numbers, by {array}.real, {array}.imag or abs({array})"
    return (
        f"{what}{fact}, which is neither a number nor a label; convert it to {remedy}"
    )
