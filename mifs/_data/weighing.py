"""Weights of rows as a user gives them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mifs._data.containers import shape_of, unwrap
from mifs._data.intake import read_columns
from mifs.exceptions import ColumnTypeError


def read_weights(
    sample_weight: object, n_rows: int, column: str | None = None
) -> NDArray[np.float64]:
    """Check weights as a user gives them, (n,) float64; one number is for all rows.

    Weights whose sum is beyond float64 are divided by a power of two: only their
    proportions count. ``column`` is that of a file in which they are, for errors.

    Raises
    ------
    ValueError
        Another shape than (n_rows,), negative, missing or infinite weights, only
        zeros, masked weights; no numbers.
    TypeError
        Dates and the like.
    """
    weights = _numbers(sample_weight, n_rows)
    for wrong, meaning in (
        (np.isnan(weights), "is NaN"),
        (np.isinf(weights), "is infinite"),
        (weights < 0, "is negative"),
    ):
        if wrong.any():
            fact = _wrong_weights(weights, wrong, meaning, column)
            raise ValueError(f"{fact}; weights must be finite numbers from 0 on")
    if not weights.any():
        raise ValueError(no_weight(column))
    with np.errstate(over="ignore"):
        total = weights.sum()
    return weights if np.isfinite(total) else weights / 2.0**64


def no_weight(column: str | None = None) -> str:
    """Say that all rows are of weight 0."""
    subject = "sample_weight" if column is None else f"weight {column!r}"
    return f"{subject} is zero in all rows (0 everywhere): no row is left to count"


def _wrong_weights(
    weights: NDArray[np.float64],
    wrong: NDArray[np.bool_],
    meaning: str,
    column: str | None,
) -> str:
    n, row = np.count_nonzero(wrong), int(np.argmax(wrong))
    if column is None:
        fact = f"sample_weight {meaning} in {n} rows, the first being row {row}"
        return f"{fact}: sample_weight[{row}] is {weights[row]}"
    said = "is missing" if np.isnan(weights[row]) else meaning
    fact = f"weight {column!r} {said} in {n} of {len(weights)} rows"
    return fact if said != meaning else f"{fact}, the first is {weights[row]}"


def _numbers(sample_weight: object, n_rows: int) -> NDArray[np.float64]:
    """Weights as float64, NaN where missing."""
    given = unwrap(sample_weight, "sample_weight")
    shape = shape_of(given)
    number = not shape and given.dtype.kind in "biuf"
    if not number and not shape:
        raise ValueError(
            f"sample_weight is {given.item()!r}; it must be a number, for all rows, or "
            f"{n_rows} of them, one for each row"
        )
    if not number and shape != (n_rows,):
        raise ValueError(
            f"sample_weight has shape {shape} for {n_rows} rows; it must be "
            f"({n_rows},), one weight for each row"
        )
    if number:
        return np.full(n_rows, float(given))
    if isinstance(given, np.ndarray) and given.dtype.kind in "biuf":
        return given.astype(np.float64)
    try:
        columns = read_columns(given, names=["sample_weight"])
    except ColumnTypeError as error:
        raise type(error)(str(error).removesuffix(" or to str")) from None
    if columns.labelled(0):
        held = columns.levels(0)[:3].tolist()
        raise ValueError(
            f"sample_weight must hold one number for each row, not labels as {held}; "
            "convert it, as by astype(float)"
        )
    return columns.numeric(0) + columns.origin(0)
