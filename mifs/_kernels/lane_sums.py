"""Sums of c log c over counts of 256 candidates side by side, a lane for each.

The counts (levels, 256) are those of one class or more in a group of rows. Two sums are
kept a lane: over all cells, and over cells that were first added up over the classes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, shared
from mifs._kernels.vectors import (
    WORDS,
    lanes_from,
    load_lanes,
    load_two,
    or_,
    plus_two,
    shift_lanes,
    store,
)

LANES = 64 * WORDS
# Counts below 64 are looked up in pairs.
PAIRED_BITS = 6


@inlined
def add_pairs(
    cells: Array,
    shape: tuple[int, ...],
    tables: tuple[Array, Array],
    places: Array,
    total: Array,
) -> None:
    """Add c log c of two classes at once, or of one class those of two levels."""
    levels, n_classes = shape
    half = cells.shape[0] // 2
    size = half if n_classes == 1 else levels * LANES
    first, second = cells[:size], cells[half : half + size]
    _join(first, second, tables[0], places, total)
    _add_joined(places[:size], tables[1], total)


@inlined
def _join(
    first: Array, second: Array, plogp: Array, places: Array, total: Array
) -> None:
    """Places of pairs of counts in their table; large ones are added singly."""
    for i in range(0, first.shape[0], 64):
        a, b = load_lanes(first, i, first), load_lanes(second, i, first)
        store(places, i, or_(a, shift_lanes(b, PAIRED_BITS)))
        large = lanes_from(or_(a, b), 1 << PAIRED_BITS)
        at = i
        while large:
            if large & np.uint64(1):
                c, d, lane = np.int64(first[at]), np.int64(second[at]), at % LANES
                total[2 * lane] += plogp[c] + plogp[d]
                total[2 * lane + 1] += plogp[c + d]
                # A pair of zeros, which adds nothing.
                places[at] = 0
            large >>= np.uint64(1)
            at += 1


@inlined
def _add_joined(places: Array, table: Array, total: Array) -> None:
    """Add the entries at places (· × 256) to those of the lanes, four lanes at once."""
    for lane in range(0, LANES, 4):
        a, b = load_two(total, 2 * lane), load_two(total, 2 * lane + 2)
        c, d = load_two(total, 2 * lane + 4), load_two(total, 2 * lane + 6)
        for level in range(lane, places.shape[0], LANES):
            at = np.uint64(level)
            a = plus_two(a, load_two(table, _entry(places, at)))
            b = plus_two(b, load_two(table, _entry(places, at + np.uint64(1))))
            c = plus_two(c, load_two(table, _entry(places, at + np.uint64(2))))
            d = plus_two(d, load_two(table, _entry(places, at + np.uint64(3))))
        store(total, 2 * lane, a)
        store(total, 2 * lane + 2, b)
        store(total, 2 * lane + 4, c)
        store(total, 2 * lane + 6, d)


@inlined
def _entry(places: Array, at: Any) -> Any:
    return np.uint64(places[at]) << np.uint64(1)


@inlined
def add_plogp(cells: Array, table: Array, total: Array, folded: Array) -> None:
    """Add c log c over classes and levels (·, m, 256), and over sums of classes."""
    if cells.shape[0] == 1:
        _add_plogp_plain(cells[0], table, total, folded)
    elif cells.shape[0] == 2:
        _add_plogp_of_two(cells[0], cells[1], table, total, folded)
    else:
        _add_plogp_folded(cells, table, total, folded)


@inlined
def _add_plogp_plain(cells: Array, table: Array, total: Array, folded: Array) -> None:
    """Add the sums over the levels (m, 256) of a single class, four at once."""
    levels = cells.shape[0]
    for first in range(0, levels & -4, 4):
        a, b = cells[first], cells[first + 1]
        c, d = cells[first + 2], cells[first + 3]
        for lane in range(LANES):
            at = np.uint64(lane)
            part = table[np.uint64(a[at])] + table[np.uint64(b[at])]
            part += table[np.uint64(c[at])] + table[np.uint64(d[at])]
            total[at] += part
    for level in range(levels & -4, levels):
        a = cells[level]
        for lane in range(LANES):
            at = np.uint64(lane)
            total[at] += table[np.uint64(a[at])]
    for lane in range(LANES):
        folded[lane] = total[lane]


@inlined
def _add_plogp_of_two(
    first: Array, second: Array, table: Array, total: Array, folded: Array
) -> None:
    """Add the sums over the levels (m, 256) of two classes, two levels at once."""
    levels = first.shape[0]
    for level in range(0, levels & -2, 2):
        a, b = first[level], second[level]
        c, d = first[level + 1], second[level + 1]
        for lane in range(LANES):
            at = np.uint64(lane)
            i, j, k, m = (
                np.int64(a[at]),
                np.int64(b[at]),
                np.int64(c[at]),
                np.int64(d[at]),
            )
            part = table[np.uint64(i)] + table[np.uint64(j)]
            part += table[np.uint64(k)] + table[np.uint64(m)]
            total[at] += part
            folded[at] += table[np.uint64(i + j)] + table[np.uint64(k + m)]
    if levels & 1:
        a, b = first[levels - 1], second[levels - 1]
        for lane in range(LANES):
            at = np.uint64(lane)
            i, j = np.int64(a[at]), np.int64(b[at])
            total[at] += table[np.uint64(i)] + table[np.uint64(j)]
            folded[at] += table[np.uint64(i + j)]


@shared
def _add_plogp_folded(cells: Array, table: Array, total: Array, folded: Array) -> None:
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
        folded[np.uint64(lane)] += part_folded
