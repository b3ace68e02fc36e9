"""Kernel that finds the value of one rank, without sorting."""

from __future__ import annotations

from typing import Any

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit


@njit
def kth_smallest(values: Array, k: int) -> Any:
    """Value of rank k, from 0 on, of values without NaN, which are reordered.

    By Hoare's FIND (1961): Numba would compile its own partition for six seconds.
    """
    low, high = 0, values.shape[0] - 1
    while low < high:
        pivot, left, right = values[(low + high) // 2], low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while values[right] > pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if k <= right:
            high = right
        elif k >= left:
            low = left
        else:
            break
    return values[k]
