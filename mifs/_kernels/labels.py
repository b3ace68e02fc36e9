"""Codes of labels: which occur, and new codes for old."""

from __future__ import annotations

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit


@njit
def rows_of_codes(codes: Array, rows: Array) -> None:
    """Note a row of each of the codes (n,) unsigned in rows (m + 1,) int64.

    The last of rows is for code m and more; codes that do not occur leave theirs.
    """
    last = np.uint64(rows.shape[0] - 1)
    for at in range(codes.shape[0]):
        rows[min(np.uint64(codes[at]), last)] = at


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
        # Not 0: uncompiled, 0 and the marks would be added up as bytes, and wrap.
        count = np.int64(0)
        for mark in seen[starts[j] : starts[j + 1]]:
            count += mark
        counts[j] = count
