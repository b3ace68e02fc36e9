"""Scaling of sorted columns for the k-NN estimates."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit

# Values summed apart, so that rounding errors do not grow with the number of rows.
_BLOCK = 256


@njit
def look_at_gaps(ordered: Array, error: float, clear: float) -> Any:
    """Tell rounding errors from differences, by the gaps of neighbouring values.

    ordered (n,) float64 sorted, n at least 1; error: relative to a value; clear: how
    many errors a gap that is no rounding must have, where others are.
    Returns whether any two values are equal, whether gaps of rounding occur, and
    whether the values are as fine as that: a gap lies in between, or a chain of gaps of
    rounding is wider than one. Then none of them can be told to be rounding.
    """
    any_equal = rounded = fine = False
    first = before = ordered[0]
    for at in range(1, ordered.shape[0]):
        value = ordered[at]
        gap, unit = value - before, error * abs(value)
        if gap > clear * unit:
            first = value
        elif gap == 0.0:
            any_equal = True
        else:
            rounded |= gap <= unit
            fine |= gap > unit or value - first > unit
        before = value
    return any_equal, rounded, fine


@njit
def merge_rounded(ordered: Array, error: float) -> Any:
    """Make values equal, in place, that differ from the one before by rounding only.

    ordered (n,) float64 sorted, n at least 1; error: relative to a value.
    """
    before = ordered[0]
    for at in range(1, ordered.shape[0]):
        value = ordered[at]
        if value - before <= error * abs(value):
            ordered[at] = ordered[at - 1]
        before = value


@njit
def least_gap(ordered: Array) -> Any:
    """Smallest difference of values (n,) float64 sorted; infinite if all are equal."""
    least = np.inf
    for at in range(1, ordered.shape[0]):
        gap = ordered[at] - ordered[at - 1]
        if 0.0 < gap < least:
            least = gap
    return least


@njit
def _sum_of_powers(values: Array, centre: float, power: int) -> Any:
    """Sum of a power of the differences from a centre."""
    total = 0.0
    for begin in range(0, values.shape[0], _BLOCK):
        part = 0.0
        for value in values[begin : begin + _BLOCK]:
            part += (value - centre) ** power
        total += part
    return total


@njit
def divide_by_deviation(ordered: Array) -> Any:
    """Divide sorted values (n,) float64, in place, by their standard deviation."""
    n = ordered.shape[0]
    if ordered[0] == ordered[n - 1]:
        return
    mean = _sum_of_powers(ordered, 0.0, 1) / n
    deviation = math.sqrt(_sum_of_powers(ordered, mean, 2) / n)
    for at in range(n):
        ordered[at] /= deviation


@njit
def median_size(ordered: Array) -> Any:
    """Median of the absolute values, zeros left out; 0 where all are 0.

    ordered (n,) float64 sorted.
    """
    low, high = 0, ordered.shape[0] - 1
    n_sizes = 0
    for value in ordered:
        n_sizes += value != 0
    upper = lower = 0.0
    for _ in range(n_sizes // 2 + 1 if n_sizes else 0):
        upper = lower
        if -ordered[low] > ordered[high]:
            lower = -ordered[low]
            low += 1
        else:
            lower = ordered[high]
            high -= 1
    return lower if n_sizes % 2 else (upper + lower) / 2
