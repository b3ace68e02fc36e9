"""Kernels of sparse columns: their cost follows the stored entries.

The stored entries of column j are ``values[starts[j]:starts[j + 1]]``, int64 or
float64; the other rows of the column are zero. Tables are laid out as in `counts`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit


class LevelRuns(NamedTuple):
    """Rows of each level of each column, all but those of one default level.

    Attributes
    ----------
    rows : (…,) int32
        Level a of column k holds ``rows[level_starts[l]:level_starts[l + 1]]`` with
        ``l = column_starts[k] + a``; the run of the default level is empty.
    level_starts : (n_levels.sum() + 1,) int64
    column_starts : (p + 1,) int64
    defaults : (p,) int64
    units : (n,) int64, or (0,)
        How often each row counts, at least once; empty: once.
    """

    rows: Array
    level_starts: Array
    column_starts: Array
    defaults: Array
    units: Array


@njit
def describe(values: Array, starts: Array, n_rows: int, facts: Array) -> None:
    """Fill ``facts`` (b, 5) float64: missing, infinite, fractional, low, high."""
    for j in range(facts.shape[0]):
        missing = infinite = fractional = 0
        low, high = np.inf, -np.inf
        if starts[j + 1] - starts[j] < n_rows:
            low = high = 0.0
        for v in values[starts[j] : starts[j + 1]]:
            if v != v:
                missing += 1
            elif v - v != 0:
                infinite += 1
            else:
                fractional += np.floor(v) != v
                low, high = min(low, v), max(high, v)
        facts[j, 0], facts[j, 1], facts[j, 2] = missing, infinite, fractional
        facts[j, 3], facts[j, 4] = low, high


@njit
def _sorted_present(values: Array) -> Array:
    """Sorted values without NaN."""
    present = np.empty_like(values)
    at = 0
    for v in values:
        if v == v:
            present[at] = v
            at += 1
    return np.sort(present[:at])


@njit
def _put_distinct(ordered: Array, zeros: int, out: Array) -> int:
    """Write the distinct of some sorted values and zeros to ``out``; their number."""
    at = 0
    for v in ordered:
        if zeros > 0 and v >= 0 and (at == 0 or out[at - 1] < 0):
            out[at] = 0
            at += 1
        if at == 0 or out[at - 1] != v:
            out[at] = v
            at += 1
    if zeros > 0 and (at == 0 or out[at - 1] < 0):
        out[at] = 0
        at += 1
    return at


@njit
def distinct(values: Array, starts: Array, n_rows: int) -> tuple[Array, Array]:
    """Sorted distinct values of each column without NaN, and where they start."""
    b = starts.shape[0] - 1
    found = np.empty(values.shape[0] + b, values.dtype)
    ends = np.zeros(b + 1, np.int64)
    for j in range(b):
        ordered = _sorted_present(values[starts[j] : starts[j + 1]])
        zeros = n_rows - (starts[j + 1] - starts[j])
        ends[j + 1] = ends[j] + _put_distinct(ordered, zeros, found[ends[j] :])
    return found[: ends[b]], ends


@njit
def levels(values: Array, starts: Array, n_rows: int) -> tuple[Array, Array, Array]:
    """Levels as of `distinct`, the rows at and below each, and where they start."""
    b = starts.shape[0] - 1
    found = np.empty(values.shape[0] + b, values.dtype)
    below = np.empty(found.shape[0], np.int64)
    ends = np.zeros(b + 1, np.int64)
    for j in range(b):
        ordered = _sorted_present(values[starts[j] : starts[j + 1]])
        zeros = n_rows - (starts[j + 1] - starts[j])
        ends[j + 1] = ends[j] + _put_distinct(ordered, zeros, found[ends[j] :])
        at = 0
        for level in range(ends[j], ends[j + 1]):
            while at < ordered.shape[0] and ordered[at] <= found[level]:
                at += 1
            below[level] = at + (zeros if found[level] >= 0 else 0)
    return found[: ends[b]], below[: ends[b]], ends


@njit
def _bin_of(edges: Array, value: Any) -> int:
    """Edges below a value: its bin, closed on the right."""
    low, high = 0, edges.shape[0]
    while low < high:
        middle = (low + high) // 2
        if edges[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit
def level_runs(
    values: Array,
    rows: Array,
    starts: Array,
    edges: Array,
    edge_starts: Array,
    n_levels: Array,
    sizes: Array,
) -> tuple[Array, Array]:
    """Sort the entries of each column by level, those of zero's level left out.

    Levels are bins closed on the right, NaN the last. ``sizes`` (n_levels.sum(),)
    int64 takes the entries of each level. Returns the rows, and zero's level (b,).
    """
    placed = np.empty(rows.shape[0], np.int32)
    defaults = np.empty(n_levels.shape[0], np.int64)
    at = level = 0
    for j in range(n_levels.shape[0]):
        cuts = edges[edge_starts[j] : edge_starts[j + 1]]
        default = _bin_of(cuts, 0)
        column = values[starts[j] : starts[j + 1]]
        codes = np.empty(column.shape[0], np.int64)
        size = sizes[level : level + n_levels[j]]
        size[:] = 0
        for i, v in enumerate(column):
            codes[i] = _bin_of(cuts, v) if v == v else n_levels[j] - 1
            size[codes[i]] += codes[i] != default
        begin = at + np.cumsum(size) - size
        for i, code in enumerate(codes):
            if code != default:
                placed[begin[code]] = rows[starts[j] + i]
                begin[code] += 1
        at += size.sum()
        level += n_levels[j]
        defaults[j] = default
    return placed[:at], defaults


@njit
def level_counts(
    runs: LevelRuns, classes: Array, class_counts: Array, counts: Array
) -> None:
    """Tables (level, class) of all columns, one after the other in ``counts``."""
    n_classes = class_counts.shape[0]
    counts[:] = 0
    for k in range(runs.defaults.shape[0]):
        first = runs.column_starts[k]
        rest = first + runs.defaults[k]
        for y in range(n_classes):
            counts[rest * n_classes + y] = class_counts[y]
        for level in range(first, runs.column_starts[k + 1]):
            for row in runs.rows[
                runs.level_starts[level] : runs.level_starts[level + 1]
            ]:
                units = runs.units[row] if runs.units.shape[0] else 1
                label = np.int64(classes[row])
                counts[level * n_classes + label] += units
                counts[rest * n_classes + label] -= units


@njit
def whole_tables(
    runs: LevelRuns,
    candidates: Array,
    base: Array,
    margin: Array,
    cells: Array,
    starts: Array,
) -> None:
    """Joint tables with all their cells.

    ``base`` (n,) uint32 is the cell of each row in ``margin``, the table of the pick;
    the default level of a candidate is what its other levels leave of it.
    """
    stride = margin.shape[0]
    for i, k in enumerate(candidates):
        table = cells[starts[i] : starts[i + 1]]
        table[:] = 0
        first, default = runs.column_starts[k], runs.defaults[k]
        rest = table[default * stride : (default + 1) * stride]
        rest[:] = margin
        for a in range(runs.column_starts[k + 1] - first):
            if a == default:
                continue
            row_of_table = table[a * stride : (a + 1) * stride]
            begin, end = runs.level_starts[first + a], runs.level_starts[first + a + 1]
            for row in runs.rows[begin:end]:
                units = runs.units[row] if runs.units.shape[0] else 1
                row_of_table[base[row]] += units
            for c in range(stride):
                rest[c] -= row_of_table[c]


@njit
def pair_tables(
    runs: LevelRuns,
    counts: Array,
    candidates: Array,
    picks: Array,
    classes: Array,
    n_classes: int,
    cells: Array,
    starts: Array,
) -> None:
    """Joint tables of candidate i and pick i, at the cost of their own entries.

    ``counts`` are the tables (level, class) of all columns, ``classes`` (n,) are the
    classes of the rows; ``picks`` are sorted, so that each is laid out once.
    """
    # By how much the level of a row lies above the pick's default.
    shift = np.zeros(classes.shape[0], np.int64)
    for i, k in enumerate(candidates):
        j = picks[i]
        if i == 0 or j != picks[i - 1]:
            if i > 0:
                _lay_out(runs, picks[i - 1], 0, shift)
            _lay_out(runs, j, 1, shift)
        margin = counts[runs.column_starts[j] * n_classes :]
        margin = margin[
            : (runs.column_starts[j + 1] - runs.column_starts[j]) * n_classes
        ]
        stride, default_j = margin.shape[0], runs.defaults[j]
        first, default = runs.column_starts[k], runs.defaults[k]
        table = cells[starts[i] : starts[i + 1]]
        table[:] = 0
        rest = table[default * stride : (default + 1) * stride]
        rest[:] = margin
        for a in range(runs.column_starts[k + 1] - first):
            begin, end = runs.level_starts[first + a], runs.level_starts[first + a + 1]
            for row in runs.rows[begin:end]:
                cell = (default_j + shift[row]) * n_classes + classes[row]
                units = runs.units[row] if runs.units.shape[0] else 1
                table[a * stride + cell] += units
                rest[cell] -= units


@njit
def _lay_out(runs: LevelRuns, column: int, factor: int, shift: Array) -> None:
    """Write level less default, times ``factor``, to the rows of a column's entries."""
    first = runs.column_starts[column]
    for level in range(first, runs.column_starts[column + 1]):
        begin, end = runs.level_starts[level], runs.level_starts[level + 1]
        for row in runs.rows[begin:end]:
            shift[row] = factor * (level - first - runs.defaults[column])


@njit
def occupied_tables(
    runs: LevelRuns,
    candidates: Array,
    base: Array,
    margin: Array,
    pick_level: Array,
    pick_counts: Array,
) -> tuple[Array, Array, Array, Array]:
    """Occupied cells of joint tables.

    ``base`` (n,) uint32 is the cell of each row in ``margin`` (c,), the occupied cells
    (pick, class); ``pick_level`` (c,) int64 is their level, and ``pick_counts`` (m,)
    the counts of these. Returns the cells of (k, j, class), their starts, those of
    (k, j), and theirs.
    """
    bound = candidates.shape[0] * (margin.shape[0] + pick_counts.shape[0])
    for k in candidates:
        first, last = runs.column_starts[k], runs.column_starts[k + 1]
        bound += runs.level_starts[last] - runs.level_starts[first]
    triple, pair = np.empty(bound, np.int64), np.empty(bound, np.int64)
    triple_starts = np.zeros(candidates.shape[0] + 1, np.int64)
    pair_starts = np.zeros(candidates.shape[0] + 1, np.int64)
    tally, touched = np.zeros(margin.shape[0], np.int64), np.empty_like(margin)
    tally_j, touched_j = np.zeros_like(pick_counts), np.empty_like(pick_counts)
    at = at_j = 0
    for i, k in enumerate(candidates):
        rest, rest_j = margin.copy(), pick_counts.copy()
        for level in range(runs.column_starts[k], runs.column_starts[k + 1]):
            begin, end = runs.level_starts[level], runs.level_starts[level + 1]
            n = n_j = 0
            for row in runs.rows[begin:end]:
                cell = base[row]
                if tally[cell] == 0:
                    touched[n] = cell
                    n += 1
                tally[cell] += runs.units[row] if runs.units.shape[0] else 1
            for cell in touched[:n]:
                b = pick_level[cell]
                if tally_j[b] == 0:
                    touched_j[n_j] = b
                    n_j += 1
                tally_j[b] += tally[cell]
            at = _move(tally, touched[:n], rest, triple, at)
            at_j = _move(tally_j, touched_j[:n_j], rest_j, pair, at_j)
        triple[at : at + rest.shape[0]] = rest
        pair[at_j : at_j + rest_j.shape[0]] = rest_j
        at, at_j = at + rest.shape[0], at_j + rest_j.shape[0]
        triple_starts[i + 1], pair_starts[i + 1] = at, at_j
    return triple[:at], triple_starts, pair[:at_j], pair_starts


@njit
def _move(tally: Array, touched: Array, rest: Array, out: Array, at: int) -> int:
    """Move the touched counts from ``rest`` to ``out`` and clear them; the new end."""
    for cell in touched:
        out[at] = tally[cell]
        rest[cell] -= tally[cell]
        tally[cell] = 0
        at += 1
    return at
