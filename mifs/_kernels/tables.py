"""Kernels of dense joint tables: weighted, without missing levels, and of tiles."""

from __future__ import annotations

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit


@njit
def weighted_tables(
    codes: Array,
    rows: Array,
    base: Array,
    weights: Array,
    stride: int,
    cells: Array,
    starts: Array,
) -> None:
    """Joint tables of rows with weights (n,) int64; see `counts.histogram_tables`."""
    wide = np.uint64(stride)
    for i in range(rows.shape[0]):
        x = codes[rows[i]]
        table = cells[starts[i] : starts[i + 1]]
        table[:] = 0
        for r in range(x.shape[0]):
            table[np.uint64(x[r]) * wide + np.uint64(base[r])] += weights[r]


@njit
def present_tables(
    cells: Array,
    starts: Array,
    kept: Array,
    pick: tuple[int, int, int],
    out: Array,
    out_starts: Array,
) -> None:
    """Tables of the levels that are kept, and all their margins.

    ``cells[starts[i]:starts[i + 1]]`` is a table (level, level of the pick, class), of
    which ``kept[i]`` first levels stay; ``pick`` holds the pick's levels, those of them
    that stay, and the classes. Out come, in zeroed ``out`` from ``out_starts[8 * i]``
    on, the tables kjy, kj, ky, jy, k, j, y and the sum of all.
    """
    n_levels, m, n_classes = pick
    for i in range(kept.shape[0]):
        table = cells[starts[i] : starts[i + 1]].reshape(-1, n_levels, n_classes)
        at = out_starts[8 * i : 8 * i + 9]
        kjy, kj = out[at[0] : at[1]], out[at[1] : at[2]]
        ky, jy = out[at[2] : at[3]], out[at[3] : at[4]]
        k, j = out[at[4] : at[5]], out[at[5] : at[6]]
        y, everything = out[at[6] : at[7]], out[at[7] : at[8]]
        for a in range(kept[i]):
            for b in range(m):
                for c in range(n_classes):
                    count = table[a, b, c]
                    kjy[(a * m + b) * n_classes + c] = count
                    kj[a * m + b] += count
                    ky[a * n_classes + c] += count
                    jy[b * n_classes + c] += count
                    k[a] += count
                    j[b] += count
                    y[c] += count
                    everything[0] += count


@njit
def lay_out_tiles(counts: Array, at: Array, n_levels: Array, cells: Array) -> None:
    """Lay the tables of candidates at positions ``at`` out, one after the other.

    ``counts`` (·, groups, levels, 256) as of `tiles.tile_tables`; ``cells`` are
    [level][group], of the ``n_levels`` that each candidate has.
    """
    to, lanes = 0, counts.shape[3]
    for i in range(at.shape[0]):
        t, lane = at[i] // lanes, at[i] % lanes
        for level in range(n_levels[i]):
            for g in range(counts.shape[1]):
                cells[to] = counts[t, g, level, lane]
                to += 1


@njit
def lay_out_draws(
    counts: Array, at: Array, n_levels: Array, firsts: Array, cells: Array
) -> None:
    """As `lay_out_tiles`, of draws whose classes are the groups, (n_draws, ·).

    ``firsts`` are where the cells of the candidates begin in each draw.
    """
    lanes, n_classes = counts.shape[3], counts.shape[1] // cells.shape[0]
    for r in range(cells.shape[0]):
        for i in range(at.shape[0]):
            t, lane, to = at[i] // lanes, at[i] % lanes, firsts[i]
            for level in range(n_levels[i]):
                for y in range(n_classes):
                    cells[r, to] = counts[t, r * n_classes + y, level, lane]
                    to += 1


@njit
def occupied_in_tiles(
    counts: Array, n_classes: int, occupied: Array, folded: Array
) -> None:
    """Add the cells that are not 0 to ``occupied[t, lane]``; over classes: ``folded``.

    ``counts`` as in `tiles.table_sums`; both start at 0.
    """
    for t in range(counts.shape[0]):
        for g in range(0, counts.shape[1], n_classes):
            for level in range(counts.shape[2]):
                for lane in range(counts.shape[3]):
                    here = 0
                    for y in range(g, g + n_classes):
                        here += counts[t, y, level, lane] > 0
                    occupied[t, lane] += here
                    folded[t, lane] += here > 0


@njit
def count_strata(strata: Array, alone: bool, x: Array, y: Array, cells: Array) -> None:
    """Count rows by stratum, level and class, in zeroed cells (S, r, c).

    ``alone``: all rows are in the first stratum.
    """
    for i in range(x.shape[0]):
        cells[0 if alone else strata[i], x[i], y[i]] += 1


@njit
def weigh_strata(
    strata: Array, alone: bool, x: Array, y: Array, units: Array, cells: Array
) -> None:
    """Count rows as often as they weigh; see `count_strata`."""
    for i in range(x.shape[0]):
        cells[0 if alone else strata[i], x[i], y[i]] += units[i]
