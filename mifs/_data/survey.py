"""What columns of numbers are: missing values, fractions, how many integers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, FloatArray, IntArray

# Integers of a smaller range (or 8 n) are coded through a table, others by bisection.
TABLE_RANGE = 1 << 16
# Rows of a matrix in which a fraction is sought, and bytes that stay in a cache.
PROBED = 512
BLOCK_BYTES = 1 << 19

# Facts (b, 5), see `describe`; distinct integers (b,), -1 where some are fractions.
Survey = tuple[FloatArray, NDArray[np.int64]]


def survey_columns(columns: AnyArray) -> Survey:
    """Look at columns (b, n) int64 or float64, read-only."""
    facts = np.empty((len(columns), 5))
    _kernels.columns.describe(columns, facts)
    low, high = facts[:, 3], facts[:, 4]
    levels = np.full(len(columns), -1, np.int64)
    # An infinite value indexes no table.
    integral = (facts[:, 1] == 0) & (facts[:, 2] == 0) & (low <= high)
    tabled = integral & fits_table(low, high, columns.shape[1])
    if n_tabled := np.count_nonzero(tabled):
        at = slice(None) if n_tabled == len(tabled) else tabled
        seen, starts = seen_integers(columns[at], low[at], high[at])
        counts = np.empty(len(starts) - 1, np.int64)
        _kernels.labels.count_marks(seen, starts, counts)
        levels[at] = counts
    for j in np.flatnonzero(integral & ~tabled):
        levels[j] = len(distinct(columns[j]))
    return facts, levels


def fractional(values: AnyArray) -> NDArray[np.bool_]:
    """Which columns of a matrix (n, b) of floats hold a fraction in their first rows.

    To know one is enough, and of such columns nothing has to be laid out to be known.
    """
    head = values[:PROBED]
    found: NDArray[np.bool_] = (np.isfinite(head) & (head != np.floor(head))).any(0)
    return found


def gaps_of_rows(values: AnyArray) -> FloatArray:
    """Missing and infinite values of each column of a matrix (n, b) of floats, (2, b).

    The matrix is read once, row by row.
    """
    gaps = np.zeros((2, values.shape[1]))
    step = max(1, BLOCK_BYTES // max(1, values[0].nbytes))
    for first in range(0, len(values), step):
        rows = values[first : first + step]
        if not np.isfinite(rows).all():
            gaps[0] += np.isnan(rows).sum(axis=0)
            gaps[1] += np.isinf(rows).sum(axis=0)
    return gaps


def seen_integers(
    columns: AnyArray, low: FloatArray, high: FloatArray
) -> tuple[NDArray[np.uint8], IntArray]:
    """Which of the integers low … high occur, column after column."""
    starts = np.concatenate(([0], np.cumsum((high - low).astype(np.intp) + 1)))
    seen = np.zeros(starts[-1], np.uint8)
    base = low.astype(columns.dtype)
    _kernels.columns.seen_integers(read_only(columns), base, starts, seen)
    return seen, starts


def code_tables(
    seen: NDArray[np.uint8], starts: IntArray
) -> tuple[NDArray[np.uint16], IntArray]:
    """Tables value → code, each with one more entry for missing values."""
    pieces = []
    for first, last in pairwise(starts):
        rank = np.cumsum(seen[first:last], dtype=np.int64)
        pieces.append(np.append(rank - 1, rank[-1]))
    lut = np.concatenate(pieces).astype(np.uint16)
    return lut, starts + np.arange(len(starts))


def fits_table(low: FloatArray, high: FloatArray, n_rows: int) -> NDArray[np.bool_]:
    """Whether integers low … high index a table; beyond 2⁵³ float64 is not exact."""
    exact = np.maximum(np.abs(low), np.abs(high)) < 2.0**53
    fits: NDArray[np.bool_] = exact & (high < low + max(TABLE_RANGE, 8 * n_rows))
    return fits


def distinct(column: AnyArray) -> AnyArray:
    """Sorted distinct values, without NaN."""
    values: AnyArray = np.unique(column)
    return values[np.equal(values, values)]


def read_only(array: AnyArray) -> AnyArray:
    """Return a view that Numba always sees as one type, whatever the user passed."""
    view = array.view()
    view.flags.writeable = False
    return view
