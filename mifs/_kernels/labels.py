"""Codes of labels: which occur, and new codes for old."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._kernels.jit import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit
def mark_codes(codes: Array, seen: Array) -> None:
    """Mark codes (n,) unsigned in seen (m + 1,) uint8, its last for m and more."""
    last = np.uint64(seen.shape[0] - 1)
    for at in range(codes.shape[0]):
        seen[min(np.uint64(codes[at]), last)] = 1


@njit
def replace_codes(codes: Array, table: Array, replaced: Array) -> None:
    """Replace codes (n,) unsigned by entries of table (m + 1,), its last beyond m.

    table and replaced (n,) are of one integer dtype.
    """
    last = np.uint64(table.shape[0] - 1)
    for at in range(codes.shape[0]):
        replaced[at] = table[min(np.uint64(codes[at]), last)]


@njit
def count_marks(seen: Array, starts: Array, counts: Array) -> None:
    """Count the marks of seen[starts[j]:starts[j + 1]], uint8, into counts (b,)."""
    for j in range(counts.shape[0]):
        count = 0
        for mark in seen[starts[j] : starts[j + 1]]:
            count += mark
        counts[j] = count
