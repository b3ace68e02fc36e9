"""Numbers written with marks: 1,234.50 or $12 or 12%."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray
from mifs._csv.format import CSVFormat
from mifs._kernels.csv_scan import MOST_DIGITS

# Digits of which a number would lose something, though pandas reads one.
CODE = re.compile(rf"\s*(\+[0-9.]|-?0[0-9]|[+-]?[0-9]{{{MOST_DIGITS + 1},}}\s*$)")
_GROUPS = ",.'’_ \u00a0\u202f"
_UNITS = "$€£¥₹₩₽฿%"
# What pandas would not take for one field.
_WHOLE = re.compile(r"\s*[+-]?\d+\s*", re.ASCII)
_NO_NUMBER = re.compile(r'[\n\r\x1f"]|^\s*$')


def number_pattern(decimal: str, thousands: str = "") -> str:
    """Regular expression of a number, the whole part of which may be grouped."""
    point = re.escape(decimal)
    whole = rf"\d+(?:{point}\d*)?|{point}\d+"
    if thousands:
        mark = re.escape(thousands)
        # Groups of two are Indian: 12,34,567.
        whole = (
            rf"[1-9]\d{{0,2}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}(?:{point}\d*)?|{whole}"
        )
    return rf"[+-]?(?:{whole})(?:[eE][+-]?\d+)?"


def unmarked(column: pd.Series, csv_format: CSVFormat) -> pd.Series:
    """Give the numbers of a column of text, if the format's marks are all that hides.

    A column in which any value is no such number comes back as it is, and so do codes,
    as everywhere: leading zeros, and more than 15 digits.
    """
    codes, texts = pd.factorize(column)
    plain = _without_units(texts, csv_format.units)
    number = re.compile(number_pattern(csv_format.decimal, csv_format.thousands or ""))
    if not len(plain) or not all(map(number.fullmatch, plain)):
        return column
    if csv_format.thousands:
        plain = [text.replace(csv_format.thousands, "") for text in plain]
    if any(map(_is_code, plain)):
        return column
    values = parse_numbers(plain, csv_format.decimal)
    if len(codes) and codes.min() < 0:
        values = np.append(values.astype(float), np.nan)  # code -1 is the last
    return pd.Series(values[codes], index=column.index, name=column.name)


def _without_units(texts: Iterable[Any], units: Iterable[str]) -> list[str]:
    """Texts without one unit before or after each; the sign may stand before it."""
    listed = "|".join(map(re.escape, units))
    if not listed:
        return [str(text).strip() for text in texts]
    around = re.compile(
        rf"(?P<sign>[+-]?)\s*(?:(?:{listed})\s*(?P<after>.*)|(?P<before>.*?)\s*(?:{listed}))"
    )

    def bare(text: str) -> str:
        found = around.fullmatch(text)
        return (
            text
            if found is None
            else found["sign"]
            + (found["before"] if found["after"] is None else found["after"])
        )

    return [bare(str(text).strip()) for text in texts]


def _is_code(text: str) -> bool:
    digits = text.lstrip("+-")
    leading = digits[:1] == "0" and digits[1:2].isdigit()
    return leading or (digits.isdigit() and len(digits) > MOST_DIGITS)


def parse_numbers(texts: Iterable[str], decimal: str) -> Any:
    """Parse numbers as pandas parses the fields of a file, to the last bit."""
    stream = io.StringIO("\n".join(texts) + "\n")
    parsed = pd.read_csv(
        stream,
        sep="\x1f",
        decimal=decimal,
        header=None,
        keep_default_na=False,
        low_memory=False,
        **exact_floats(),
    )
    return parsed.iloc[:, 0].to_numpy()


def numbers_of(texts: Sequence[str], decimal: str) -> Any:
    """Numbers of texts, none of which is missing; None: one is no number.

    Whole numbers beyond 64 bits become floats; `same_float` tells whether two merge.
    """
    if not len(texts):
        return np.empty(0)
    if any(map(_NO_NUMBER.search, texts)):
        return None
    values = parse_numbers(texts, decimal)
    if values.dtype.kind in "if":
        return values
    if not all(map(_WHOLE.fullmatch, texts)):
        return None
    return np.array(list(map(float, texts)))


def without_missing(values: AnyArray, missing: Sequence[float]) -> AnyArray:
    """Give numbers (n,), of which those that stand for a missing value are NaN."""
    gone = np.isin(values, missing) if missing else np.False_
    return np.where(gone, np.nan, values) if gone.any() else values


def same_float(texts: Iterable[str]) -> tuple[str, str] | None:
    """Give two of some texts, different whole numbers that are the same float."""
    seen: dict[float, str] = {}
    for text in texts:
        if len(text) > MOST_DIGITS and _WHOLE.fullmatch(text):
            other = seen.setdefault(float(text), text)
            if int(other) != int(text):
                return other, text
    return None


def exact_floats() -> dict[str, Any]:
    """Options by which pandas reads every float to the last bit."""
    if tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1):
        return {"float_precision": "round_trip"}
    return {}  # from 3.1 on it always does, and the option is deprecated


def marks_of(texts: Iterable[str], decimal: str) -> tuple[str, str, str] | None:
    """Tell which marks hide the numbers of all texts: unit, thousands, decimal mark.

    Marks that are not there are empty. None: the texts are no marked numbers.
    """
    texts = [text.strip() for text in texts]
    unit = _common_unit(texts)
    if unit:
        texts = _without_units(texts, [unit])
    other = "," if decimal == "." else "."
    for point in (decimal, other):
        for mark in ("", *(group for group in _GROUPS if group != point)):
            number = re.compile(number_pattern(point, mark))
            used = any(mark in text for text in texts) if mark else bool(unit)
            if used and all(map(number.fullmatch, texts)):
                return unit, mark, point
    return None


def _common_unit(texts: list[str]) -> str:
    """Give the sign of currency or percent that some of the texts have."""
    for text in texts:
        for unit in _UNITS:
            if unit in text:
                return unit
    return ""
