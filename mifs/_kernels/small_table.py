"""A small table, and the sums of pairs of its columns, one by one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.expected import Expected
from mifs._kernels.jit import inlined, inlined_by_type
from mifs._kernels.ternary import Ternary, count_pair, sum_cells


class SmallTable(NamedTuple):
    """Codes of a table, and the sums F = Σ n log n that turn counts into terms.

    Attributes
    ----------
    codes : ndarray of shape (·, n), uint8
        None where there are bits.
    rows, n_levels : ndarray of shape (p,), int64
        Row of each column in the codes; its levels.
    classes : ndarray of shape (n,)
    n_classes, most_cells : int
        Classes; cells of the largest table of two columns and the class.
    bits, plain : Ternary or None
        The columns as bits, of rows in their classes and of all rows; None: there are
        codes. Kernels are compiled for either.
    plogp : ndarray of shape (n + 1,), int64
        c log c, as scaled integers.
    f_k, f_ky : ndarray of shape (p,), int64
        Of the columns, without the class and with it.
    f_n, f_y : int
        Of the rows, and of the classes.
    unit : float
        Of what the sums are multiples.
    expected, expected_by_class : Expected
        What chance alone adds to the sums of pairs.
    """

    codes: Array
    rows: Array
    n_levels: Array
    classes: Array
    n_classes: int
    most_cells: int
    bits: Ternary | None
    plain: Ternary | None
    plogp: Array
    f_k: Array
    f_ky: Array
    f_n: int
    f_y: int
    unit: float
    expected: Expected
    expected_by_class: Expected


class Scratch(NamedTuple):
    """Room for counts (most_cells,) and cells (n,), and for a round, (p,) each."""

    cells: Array
    places: Array
    columns: Array
    sums: tuple[Array, Array]


@inlined
def room_for(table: SmallTable, p: int) -> Any:
    """Make room for the counts of a pair, and for a round of p candidates."""
    pair = np.empty(p, np.int64), np.empty(p, np.int64)
    return Scratch(
        np.empty(max(table.most_cells, 9 * table.n_classes), np.int64),
        np.empty(table.classes.shape[0], np.uint16),
        np.empty(p, np.int64),
        pair,
    )


@inlined_by_type
def sums_of_pair(
    table: SmallTable, bits: Ternary | None, k: int, j: int, scratch: Scratch
) -> tuple[Any, Any]:
    """F of two columns, and of them and the class, from bits or row by row.

    First the cells of all rows, in vectors, then their counts.
    """
    if bits is not None:
        ours = scratch.cells[: 9 * table.n_classes]
        count_pair(bits, k, j, ours)
        return sum_cells(ours, table.plogp)
    x, z, y = table.codes[table.rows[k]], table.codes[table.rows[j]], table.classes
    n_z, n_y = np.uint16(table.n_levels[j]), np.uint16(table.n_classes)
    places = scratch.places
    for r in range(x.shape[0]):
        at = np.uint64(r)
        pair = np.uint16(x[at]) * n_z + np.uint16(z[at])
        places[at] = np.uint16(pair * n_y + np.uint16(y[at]))
    counts = scratch.cells[: table.n_levels[k] * table.n_levels[j] * table.n_classes]
    counts[:] = 0
    for r in range(x.shape[0]):
        counts[np.uint64(places[np.uint64(r)])] += 1
    plain = by_class = np.int64(0)
    for first in range(0, counts.shape[0], table.n_classes):
        over_classes = np.int64(0)
        for cell in range(first, first + table.n_classes):
            count = counts[np.uint64(cell)]
            by_class += table.plogp[np.uint64(count)]
            over_classes += count
        plain += table.plogp[np.uint64(over_classes)]
    return plain, by_class
