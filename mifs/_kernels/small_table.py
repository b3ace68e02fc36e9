"""A small table, and how a loop evaluates pairs of its columns: alone, or in rounds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.expected import Expected, is_expected, of_pair, take_off
from mifs._kernels.jit import inlined, inlined_by_type
from mifs._kernels.standing import (
    MRMR,
    NJMIM,
    Rule,
    Standing,
    all_lack,
    least_seen,
    n_open,
    reduced_by,
)
from mifs._kernels.ternary import Ternary, round_sums, sum_pair


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
    """Bits that are counted, if any, whether chance is taken off, and room.

    For counts (most_cells,) and cells (n,), and for a round, (p,) each.
    """

    bits: Ternary | None
    corrected: bool
    cells: Array
    places: Array
    columns: Array
    sums: tuple[Array, Array]


@inlined
def room(table: SmallTable, kind: int, p: int) -> Any:
    """Make room for the counts of a pair, and for a round of p candidates."""
    pair = np.empty(p, np.int64), np.empty(p, np.int64)
    return Scratch(
        _bits(table.bits, table.plain, kind),
        is_expected(table.expected),
        np.empty(table.most_cells, np.int64),
        np.empty(table.classes.shape[0], np.uint16),
        np.empty(p, np.int64),
        pair,
    )


@inlined_by_type
def _bits(by_class: Ternary | None, plain: Ternary | None, kind: int) -> Any:
    """Bits in which a criterion's pairs are counted: of all rows, where none asks more.

    Chosen once: to choose among tuples counts the references to all of their arrays.
    """
    if by_class is None or plain is None:
        return None
    return plain if kind >= MRMR else by_class


@inlined_by_type
def evaluate_all(
    table: SmallTable,
    bits: Ternary | None,
    standing: Standing,
    picks: Array,
    closed: Array,
    rule: Rule,
    scratch: Scratch,
) -> int:
    """Evaluate all open candidates against the picks that they lack, in rounds."""
    if bits is None:
        return 0
    seen, columns, sums = standing.seen, scratch.columns, scratch.sums
    newest = picks.shape[0] - 1
    if rule.kind >= MRMR and all_lack(seen, newest):
        for k in range(seen.shape[0]):
            columns[np.uint64(k)] = k
        round_sums(bits, columns, picks[newest], table.plogp, sums)
        if scratch.corrected:
            take_off(table.expected, columns, newest, sums[0])
        _add_redundancies(table, standing, picks[newest], sums[0])
        return int(n_open(closed))
    least, n = least_seen(seen, closed, picks.shape[0]), 0
    for step in range(least, picks.shape[0]):
        behind = 0
        for k in range(seen.shape[0]):
            at = np.uint64(k)
            columns[behind] = k
            behind += (seen[at] <= step) & ~closed[at]
        n += behind
        if 2 * behind > seen.shape[0]:
            # Neighbours are counted faster, and nobody looks at the others.
            behind = seen.shape[0]
            for k in range(behind):
                columns[np.uint64(k)] = k
        some = columns[:behind]
        round_sums(bits, some, picks[step], table.plogp, sums)
        if scratch.corrected:
            take_off(table.expected, some, step, sums[0])
            if rule.kind < MRMR:
                take_off(table.expected_by_class, some, step, sums[1])
        add_round(table, standing, some, picks[step], step, sums, rule.kind)
    return n


@inlined
def _add_redundancies(
    table: SmallTable, standing: Standing, j: int, plain: Array
) -> None:
    """Add what pick j contributes where contributions are redundancies, in vectors."""
    n_rows, unit, f_k = np.float64(table.classes.shape[0]), table.unit, table.f_k
    rest, seen = table.f_n - f_k[j], standing.seen
    redundancies, reduced = standing.redundancy, standing.reduced
    for i in range(seen.shape[0]):
        k = np.uint64(i)
        redundancy = np.float64(plain[k] - f_k[k] + rest) * unit / n_rows
        redundancies[k] += redundancy
        reduced[k] += redundancy
        seen[k] += 1


@inlined
def evaluate_pair(
    table: SmallTable, standing: Standing, k: int, j: int, rule: Rule, scratch: Scratch
) -> None:
    """Evaluate candidate k against pick j."""
    plain, by_class = _sums(table, scratch.bits, k, j, scratch)
    if scratch.corrected:
        step = standing.seen[k]
        plain -= of_pair(table.expected, k, step)
        by_class -= of_pair(table.expected_by_class, k, step)
    _add(table, standing, k, j, (plain, by_class), rule.kind)


@inlined
def _add(
    table: SmallTable,
    standing: Standing,
    k: int,
    j: int,
    sums: tuple[Any, Any],
    kind: int,
) -> None:
    """Add what pick j contributes to candidate k."""
    n_rows, unit = np.float64(table.classes.shape[0]), table.unit
    plain, by_class = sums
    shared = plain - (table.f_k[k] + table.f_k[j]) + table.f_n
    redundancy = np.float64(shared) * unit / n_rows
    standing.redundancy[k] += redundancy
    standing.seen[k] += 1
    if kind >= MRMR:
        standing.reduced[k] += redundancy
        return
    given = by_class - (table.f_ky[k] + table.f_ky[j]) + table.f_y
    conditional = np.float64(given) * unit / n_rows
    entropy = np.float64(table.f_n - by_class) * unit / n_rows
    standing.conditional[k] += conditional
    standing.reduced[k] = reduced_by(
        kind,
        standing.reduced[k],
        standing.relevance[k],
        standing.relevance[j],
        redundancy,
        conditional,
        entropy,
    )


@inlined
def add_round(
    table: SmallTable,
    standing: Standing,
    columns: Array,
    j: int,
    step: int,
    sums: tuple[Array, Array],
    kind: int,
) -> None:
    """Add what pick j, of a step, contributes to those of some columns that lack it.

    Closed ones, too, but for those that lack an earlier one: they may open again.
    """
    n_rows, unit = np.float64(table.classes.shape[0]), table.unit
    f_k, f_ky, f_n = table.f_k, table.f_ky, table.f_n
    rest, rest_y = f_n - f_k[j], table.f_y - f_ky[j]
    plain, by_class, seen = sums[0], sums[1], standing.seen
    relevance, reduced = standing.relevance, standing.reduced
    redundancies, conditionals = standing.redundancy, standing.conditional
    of_pick = relevance[j]
    for i in range(columns.shape[0]):
        at, k = np.uint64(i), np.uint64(columns[np.uint64(i)])
        if seen[k] != step:
            continue
        seen[k] += 1
        redundancy = np.float64(plain[at] - f_k[k] + rest) * unit / n_rows
        redundancies[k] += redundancy
        if kind >= MRMR:
            reduced[k] += redundancy
            continue
        conditional = np.float64(by_class[at] - f_ky[k] + rest_y) * unit / n_rows
        conditionals[k] += conditional
        entropy = 0.0
        if kind == NJMIM:
            entropy = np.float64(f_n - by_class[at]) * unit / n_rows
        reduced[k] = reduced_by(
            kind, reduced[k], relevance[k], of_pick, redundancy, conditional, entropy
        )


@inlined
def labels(table: SmallTable, j: int, n_classes: int, base: Array) -> None:
    """Level of pick j in each row, and the class where there are several."""
    codes, classes = table.codes[table.rows[j]], table.classes
    wide = np.uint32(n_classes)
    for i in range(base.shape[0]):
        at = np.uint64(i)
        base[at] = np.uint32(codes[at]) * wide
        if n_classes > 1:
            base[at] += np.uint32(classes[at])


@inlined_by_type
def _sums(
    table: SmallTable, bits: Ternary | None, k: int, j: int, scratch: Scratch
) -> tuple[Any, Any]:
    """F of two columns, and of them and the class, from bits or row by row.

    First the cells of all rows, in vectors, then their counts.
    """
    if bits is not None:
        return sum_pair(bits, np.uint64(k), np.uint64(j), table.plogp)
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
    f_pair = f_class = np.int64(0)
    for first in range(0, counts.shape[0], table.n_classes):
        over_classes = np.int64(0)
        for cell in range(first, first + table.n_classes):
            count = counts[np.uint64(cell)]
            f_class += table.plogp[np.uint64(count)]
            over_classes += count
        f_pair += table.plogp[np.uint64(over_classes)]
    return f_pair, f_class
