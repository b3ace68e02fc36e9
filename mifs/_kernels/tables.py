"""Kernels of dense joint tables: weighted rows, and tables without missing levels."""

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
