"""Kernels that sum c log c over the cells of tables, as scaled integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._kernels.jit import njit

Array = np.ndarray[Any, np.dtype[Any]]

# Candidates of a tile, see `mifs._kernels.tiles`.
LANES = 256


@njit
def plogp_table(n: int, scale: float) -> Array:
    """``round(c log c * scale)`` for c = 0 … n, int64."""
    table = np.zeros(n + 1, np.int64)
    for c in range(2, table.shape[0]):
        table[c] = np.int64(np.rint(c * np.log(np.float64(c)) * scale))
    return table


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
def tile_plogp_sums(
    counts: Array, n_classes: int, table: Array, sums: Array, folded: Array
) -> None:
    """``sums[t, lane]`` of c log c over all cells, and ``folded`` over the class.

    ``counts`` (·, groups, levels, 256) with the class fastest among groups; all counts
    are within the ``table`` of c log c. Of one class, both are the same.
    """
    for t in range(counts.shape[0]):
        total, total_folded = sums[t], folded[t]
        total[:] = 0
        total_folded[:] = 0
        for j in range(counts.shape[1] // n_classes):
            cells = counts[t, j * n_classes : (j + 1) * n_classes]
            if n_classes == 1:
                _add_plogp(cells[0], table, total)
            else:
                _add_plogp_folded(cells, table, total, total_folded)
        if n_classes == 1:
            total_folded[:] = total


@njit
def _add_plogp(cells: Array, table: Array, total: Array) -> None:
    """Add the sums over the levels (m, 256) to the lanes of ``total``."""
    for lane in range(LANES):
        part = np.int64(0)
        for level in range(cells.shape[0]):
            part += table[np.uint64(cells[np.uint64(level), np.uint64(lane)])]
        total[np.uint64(lane)] += part


@njit
def _add_plogp_folded(
    cells: Array, table: Array, total: Array, total_folded: Array
) -> None:
    """Add the sums over classes and levels (·, m, 256), and over sums of classes."""
    for lane in range(LANES):
        part = part_folded = np.int64(0)
        for level in range(cells.shape[1]):
            over_classes = np.int64(0)
            for y in range(cells.shape[0]):
                at = np.uint64(y), np.uint64(level), np.uint64(lane)
                count = np.int64(cells[at])
                part += table[np.uint64(count)]
                over_classes += count
            part_folded += table[np.uint64(over_classes)]
        total[np.uint64(lane)] += part
        total_folded[np.uint64(lane)] += part_folded
