"""Kernels that read raw columns: facts about them, and their integer codes.

Arrays named ``rows`` are (n, b), one row a sample; ``columns`` are (b, n), one
row a feature, contiguous. ``order`` (n,) intp lists the samples class by class,
so that every code array leaves here sorted by class.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._kernels.jit import njit

Array = np.ndarray[Any, np.dtype[Any]]


@njit
def seen_in_rows(rows: Array, seen: Array) -> None:
    """Mark in ``seen`` (b, 256) uint8 the byte values of ``rows`` (n, b) uint8."""
    n, b = rows.shape
    for i in range(n):
        row = rows[i]
        for j in range(b):
            seen[j, row[j]] = 1


@njit
def seen_in_columns(columns: Array, seen: Array) -> None:
    """Mark in ``seen`` (b, 256) uint8 the byte values of ``columns`` (b, n) uint8."""
    b, n = columns.shape
    for j in range(b):
        column = columns[j]
        marks = seen[j]
        for i in range(n):
            marks[column[i]] = 1


@njit
def byte_codes_of_rows(
    rows: Array, positions: Array, order: Array, lut: Array, codes: Array
) -> None:
    """``codes[t, i] = lut[t, rows[order[i], positions[t]]]``, 64 samples at once."""
    n = rows.shape[0]
    for start in range(0, n, 64):
        stop = min(start + 64, n)
        for t in range(positions.shape[0]):
            j = np.uint64(positions[t])
            table = lut[t]
            out = codes[t]
            for i in range(start, stop):
                out[i] = table[rows[np.uint64(order[i]), j]]


@njit
def byte_codes_of_columns(
    columns: Array, positions: Array, order: Array, lut: Array, codes: Array
) -> None:
    """``codes[t, i] = lut[t, columns[positions[t], order[i]]]``."""
    n = columns.shape[1]
    for t in range(positions.shape[0]):
        column = columns[positions[t]]
        table = lut[t]
        out = codes[t]
        for i in range(n):
            out[i] = table[column[np.uint64(order[i])]]


@njit
def describe(columns: Array, facts: Array) -> None:
    """Fill ``facts`` (b, 5) float64: missing, infinite, fractional, low, high.

    ``columns`` is (b, n) int64 or float64; low and high are over finite values.
    """
    b, n = columns.shape
    for j in range(b):
        missing = infinite = fractional = 0
        low, high = np.inf, -np.inf
        column = columns[j]
        for i in range(n):
            v = column[i]
            if v != v:
                missing += 1
            elif abs(v) == np.inf:
                infinite += 1
            else:
                fractional += v != np.floor(v)
                low = min(low, v)
                high = max(high, v)
        facts[j, 0] = missing
        facts[j, 1] = infinite
        facts[j, 2] = fractional
        facts[j, 3] = low
        facts[j, 4] = high


@njit
def seen_integers(columns: Array, low: Array, starts: Array, seen: Array) -> None:
    """Mark the integer values of column j in ``seen[starts[j]:starts[j + 1]]``."""
    b, n = columns.shape
    for j in range(b):
        column = columns[j]
        marks = seen[starts[j] : starts[j + 1]]
        least = low[j]
        for i in range(n):
            v = column[i]
            if v == v:
                marks[np.int64(v - least)] = 1


@njit
def integer_codes(
    columns: Array, order: Array, low: Array, starts: Array, lut: Array, codes: Array
) -> None:
    """Codes of integer-valued columns by tables; NaN takes a table's last entry."""
    b, n = columns.shape
    for j in range(b):
        column = columns[j]
        table = lut[starts[j] : starts[j + 1]]
        missing = table[table.shape[0] - 1]
        out = codes[j]
        least = low[j]
        for i in range(n):
            v = column[order[i]]
            out[i] = table[np.int64(v - least)] if v == v else missing


@njit
def bin_codes(
    columns: Array, order: Array, edges: Array, starts: Array, codes: Array
) -> None:
    """Bins closed on the right: the number of edges below a value; NaN comes last.

    Column j has the sorted edges ``edges[starts[j]:starts[j + 1]]``. Counting all
    edges has no branch to mispredict; beyond 32 edges a bisection is faster.
    """
    b, n = columns.shape
    for j in range(b):
        column = columns[j]
        cuts = edges[starts[j] : starts[j + 1]]
        m = cuts.shape[0]
        out = codes[j]
        for i in range(n):
            v = column[order[i]]
            if v != v:
                out[i] = m + 1
            elif m <= 32:
                count = 0
                for e in range(m):
                    count += cuts[e] < v
                out[i] = count
            else:
                out[i] = np.searchsorted(cuts, v)


@njit
def distinct_of_sorted(columns: Array, distinct: Array, n: Array) -> None:
    """First m distinct values of each sorted column, into ``distinct`` (b, m).

    ``n`` counts them and stops at m + 1; NaN, which sorts last, does not count.
    """
    b, length = columns.shape
    m = distinct.shape[1]
    for j in range(b):
        column = columns[j]
        count = 0
        for i in range(length):
            v = column[i]
            if v != v or count > m:
                break
            if i == 0 or v != column[i - 1]:
                if count < m:
                    distinct[j, count] = v
                count += 1
        n[j] = count
