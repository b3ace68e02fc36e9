"""Kernels that sum c log c over the cells of tables, as scaled integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit


@njit
def plogp_table(n: int, scale: float) -> Array:
    """``round(c log c * scale)`` for c = 0 … n, int64."""
    table = np.zeros(n + 1, np.int64)
    for c in range(2, table.shape[0]):
        table[c] = np.int64(np.rint(c * np.log(np.float64(c)) * scale))
    return table


@njit
def paired_table(table: Array, bits: int) -> Array:
    """Of all pairs of counts a, b below 2 ** bits, int64 at ``2 * (a + (b << bits))``.

    First the sum of their entries in the table of c log c, then the entry of a + b; 0
    beyond the table.
    """
    size = 1 << bits
    pairs = np.zeros((size, size, 2), np.int64)
    for b in range(min(size, table.shape[0])):
        for a in range(min(size, table.shape[0] - b)):
            pairs[b, a, 0] = table[a] + table[b]
            pairs[b, a, 1] = table[a + b]
    return pairs.reshape(-1)


@njit
def _plogp(count: int, table: Array, scale: float) -> Any:
    """``round(c log c * scale)``."""
    if count < table.shape[0]:
        return np.int64(table[count])
    return np.int64(np.rint(count * np.log(np.float64(count)) * scale))


@njit
def plogp_sums(cells: Array, starts: Array, table: Array, scale: float) -> Array:
    """Sum ``c log c`` over ``cells[starts[i]:starts[i + 1]]``, as scaled integers.

    Integers, because their sum does not depend on the order of the cells: the scores
    are the same to the last bit for any engine, block size and labelling.
    """
    sums = np.empty(starts.shape[0] - 1, np.int64)
    for i in range(sums.shape[0]):
        total = 0
        for count in cells[starts[i] : starts[i + 1]]:
            total += _plogp(count, table, scale)
        sums[i] = total
    return sums


@njit
def plogp_sums_folded(
    cells: Array, starts: Array, n_classes: int, table: Array, scale: float
) -> tuple[Array, Array]:
    """Sum the same over tables with the class fastest: with it, and without."""
    sums = np.empty(starts.shape[0] - 1, np.int64)
    folded = np.empty(starts.shape[0] - 1, np.int64)
    for i in range(sums.shape[0]):
        total = total_folded = over_classes = y = 0
        for count in cells[starts[i] : starts[i + 1]]:
            total += _plogp(count, table, scale)
            over_classes += count
            y += 1
            if y == n_classes:
                total_folded += _plogp(over_classes, table, scale)
                over_classes = y = 0
        sums[i], folded[i] = total, total_folded
    return sums, folded


@njit
def occupied(cells: Array, starts: Array, n_classes: int) -> tuple[Array, Array]:
    """Count the cells that are not 0: of tables with the class fastest, and without.

    The cells of table i are ``cells[starts[i]:starts[i + 1]]``.
    """
    found = np.zeros(starts.shape[0] - 1, np.int64)
    folded = np.zeros(starts.shape[0] - 1, np.int64)
    for i in range(found.shape[0]):
        for first in range(starts[i], starts[i + 1], n_classes):
            here = 0
            for count in cells[first : first + n_classes]:
                here += count > 0
            found[i] += here
            folded[i] += here > 0
    return found, folded


@njit
def nats_of_rounds(
    sums: Array,
    own: Array,
    draws: Array,
    picks: Array,
    bias: Array,
    rest: int,
    unit: float,
    n: int,
) -> Array:
    """`nats` of all columns of some draws against a pick of each, (b, p).

    ``own`` (n_draws * p,) are sums of the columns of all draws; the bias, (b, p) or
    nothing, is taken off.
    """
    values = np.empty(sums.shape)
    p = sums.shape[1]
    for i in range(sums.shape[0]):
        first = draws[i] * p
        less = rest - own[first + picks[i]]
        for k in range(p):
            value = sums[i, k] - own[first + k] + less
            if bias.shape[0]:
                value -= bias[i, k]
            values[i, k] = np.float64(value) * unit / np.float64(n)
    return values


@njit
def nats(sums: Array, own: Array, rest: int, unit: float, n: int) -> Array:
    """Turn scaled integers into nats a row: ``(sums - own + rest) * unit / n``."""
    values = np.empty(sums.shape[0], np.float64)
    for i in range(values.shape[0]):
        values[i] = np.float64(sums[i] - own[i] + rest) * unit / np.float64(n)
    return values
