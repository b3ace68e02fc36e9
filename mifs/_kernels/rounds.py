"""Whole rounds over the columns of a short table, in tiles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit
from mifs._kernels.lane_sums import LANES
from mifs._kernels.tiles import add_groups, sort_groups


class TiledColumns(NamedTuple):
    """All columns of a table of at most `mifs._kernels.tiles.CHUNK` rows, in tiles.

    Attributes
    ----------
    words : ndarray, uint64
    firsts, levels : ndarray of shape (m,), int64
        Where each tile begins, and its levels.
    lanes : ndarray of shape (p,), int64
        Place of each column among the lanes of all tiles.
    """

    words: Array
    firsts: Array
    levels: Array
    lanes: Array


@njit
def sums_of_round(
    tiles: TiledColumns,
    base: Array,
    groups: tuple[int, int],
    tables: tuple[Array, Array],
    out: tuple[Array, Array],
) -> None:
    """Sum as `mifs._kernels.tiles.tile_sums`, of all columns.

    ``out`` holds the two sums, (p,) each.
    """
    n_groups, n_classes = groups
    starts, order = np.empty(n_groups + 1, np.int64), np.empty(base.shape[0], np.uint32)
    sort_groups(base, 0, starts, order)
    n = tiles.firsts.shape[0]
    sums, folded = np.empty((n, LANES), np.int64), np.empty((n, LANES), np.int64)
    for t in range(n):
        shape = n_groups, n_classes, tiles.levels[t]
        here = sums[t : t + 1], folded[t : t + 1]
        first = tiles.firsts[t : t + 1]
        add_groups(tiles.words, first, (order, starts), shape, tables, here)
    by_lane, plain_by_lane = sums.reshape(-1), folded.reshape(-1)
    for k in range(tiles.lanes.shape[0]):
        lane = np.uint64(tiles.lanes[k])
        out[0][k], out[1][k] = by_lane[lane], plain_by_lane[lane]
