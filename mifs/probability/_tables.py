"""What every function of given distributions accepts, and in which unit it answers."""

from __future__ import annotations

import math
from numbers import Real
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

_NORMALIZE = "pass normalize=True to divide by the sum"


def in_base(nats: float, base: float) -> float:
    """Nats as units of ``log(base)``, never ``-0.0``."""
    return float(nats) / check_base(base) + 0.0


def in_base_each(nats: Floats, base: float) -> float | Floats:
    """Nats as units of ``log(base)``, one by one; a float where there are no axes."""
    values: Floats = np.asarray(nats / check_base(base) + 0.0)
    return float(values) if values.ndim == 0 else values


def check_base(base: float) -> float:
    """Return the natural logarithm of a legal base."""
    number = isinstance(base, Real) and not isinstance(base, bool)
    if not number or not 1.0 < base < math.inf:
        raise ValueError(
            f"base={base!r} is not a finite number above 1; pass 2 for bits, "
            "math.e for nats or 10 for bans"
        )
    return math.log(base)


def distribution(
    values: ArrayLike, name: str, *, n_axes: int | None, normalize: bool
) -> Floats:
    """Return a table of probabilities that sums to 1; ``n_axes=None`` takes any."""
    table = numbers(values, name)
    _check_axes(table, name, n_axes)
    _check_cells(table, name)
    return _summing_to_one(table, name, normalize, _tolerance(values))


def conditional_rows(values: ArrayLike, name: str, *, normalize: bool) -> Floats:
    """Return a matrix of probabilities whose rows sum to 1 each."""
    table = numbers(values, name)
    _check_axes(table, name, 2)
    _check_cells(table, name)
    tolerance = _tolerance(values)
    rows = [
        _summing_to_one(row, f"row {i} of {name}", normalize, tolerance)
        for i, row in enumerate(table)
    ]
    return np.stack(rows)


def same_shape(p: Floats, q: Floats) -> None:
    """Refuse two distributions over different sets of outcomes."""
    if p.shape != q.shape:
        raise ValueError(
            f"p has shape {p.shape} and q has shape {q.shape}; both must give "
            "probabilities of the same outcomes, with 0 where one has none"
        )


def numbers(values: ArrayLike, name: str) -> Floats:
    """Any array-like of numbers as a float64 array without NaN."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(
            f"{name} is a masked array and {int(np.count_nonzero(values.mask))} of its "
            "values are masked; remove or replace them, as by filled(0)"
        )
    try:
        if np.iscomplexobj(values):
            raise TypeError("it is complex")
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} is not a dense array of real numbers ({error}); pass a list, "
            "an array or a frame of numbers"
        ) from error
    missing = np.isnan(array)
    if missing.any():
        raise ValueError(
            f"{name} has {int(missing.sum())} NaN, {_first(missing)}; "
            "remove or replace them"
        )
    return array


def finite(values: ArrayLike, name: str) -> Floats:
    """Any array-like of finite numbers as a float64 array."""
    array = numbers(values, name)
    wrong = ~np.isfinite(array)
    if wrong.any():
        raise ValueError(
            f"{name} has {int(wrong.sum())} infinite values, {_first(wrong)}; "
            "pass finite numbers"
        )
    return array


def _check_axes(table: Floats, name: str, n_axes: int | None) -> None:
    if n_axes is not None and table.ndim != n_axes:
        raise ValueError(
            f"{name} has {table.ndim} axes (shape {table.shape}), not {n_axes}; "
            "give one axis per variable, reshape to merge axes into one variable"
        )
    if table.ndim == 0 or table.size == 0:
        raise ValueError(
            f"{name} has shape {table.shape} and so no outcomes; "
            "pass at least one probability"
        )


def _check_cells(table: Floats, name: str) -> None:
    for wrong, meaning in ((table < 0, "negative"), (np.isinf(table), "infinite")):
        if wrong.any():
            at = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
            raise ValueError(
                f"{name} has {int(wrong.sum())} {meaning} values, {_first(wrong)}, "
                f"which is {float(table[at])!r}; probabilities lie between 0 and 1"
            )


def _first(wrong: NDArray[np.bool_]) -> str:
    """Say where the first wrong value stands."""
    at = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
    return f"the first at index {tuple(int(i) for i in at)}"


def _tolerance(values: ArrayLike) -> float:
    """Return how far a sum may be off 1: the root of the input's own precision.

    The rule of ``numpy.random.Generator.choice``: a float32 table that was
    divided by its sum is a distribution too.
    """
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind == "f" and dtype.itemsize < 8:
        return math.sqrt(float(np.finfo(dtype).eps))
    return math.sqrt(float(np.finfo(np.float64).eps))


def _summing_to_one(
    table: Floats, name: str, normalize: bool, tolerance: float
) -> Floats:
    with np.errstate(over="ignore"):
        total = float(table.sum())
    if normalize:
        if not 0.0 < total < math.inf:
            raise ValueError(
                f"{name} sums to {total!r}, by which nothing can be divided; "
                "pass values with a positive, finite sum"
            )
        return table / total
    if abs(total - 1.0) > tolerance:
        off = f"{abs(total - 1.0):.6g} {'more' if total > 1.0 else 'less'} than 1"
        raise ValueError(f"{name} sums to {total!r}, {off}; {_NORMALIZE}")
    return table
