"""Columns of few levels in tiles of 64, for rounds that count most of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._data.blocks import AnyArray
from mifs._engines.base import IntArray, TileCells

LANES = 64
# Fewer candidates of a tile are counted faster one by one.
FEWEST_LANES = 8
MAX_LEVELS = 24


@dataclass(frozen=True)
class TileRun:
    """Candidates whose tiles have one number of levels.

    Attributes
    ----------
    members : ndarray of int
        Which of the candidates asked for they are.
    tiles : ndarray of int
    levels : int
    at : ndarray of int
        Their positions in the lanes of these tiles.
    """

    members: NDArray[np.intp]
    tiles: NDArray[np.intp]
    levels: int
    at: NDArray[np.intp]


class Tiles:
    """Codes of some columns, (·, n, 64), columns of like numbers of levels together.

    Parameters
    ----------
    columns : ndarray of int
        Columns of the engine to be held.
    n_levels : ndarray of shape (p,), int64
    codes : ndarray of shape (·, n), uint8
    rows : ndarray of shape (p,), int64
        Row of each column in ``codes``.
    """

    def __init__(
        self,
        columns: NDArray[np.intp],
        n_levels: IntArray,
        codes: AnyArray,
        rows: IntArray,
    ) -> None:
        order = columns[np.argsort(n_levels[columns], kind="stable")]
        self._codes, self._rows = codes, rows[order]
        # Columns without a tile have the number after the last.
        self._tile = np.full(len(n_levels), -(-len(order) // LANES), np.intp)
        self._tile[order], self._lane = (
            np.arange(len(order)) // LANES,
            self._tile.copy(),
        )
        self._lane[order] = np.arange(len(order)) % LANES
        ends = np.minimum(np.arange(LANES, len(order) + LANES, LANES), len(order))
        self._levels = n_levels[order][ends - 1]
        self._tiles: AnyArray | None = None
        self._lock = threading.Lock()

    def worth(self, candidates: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which candidates lie in tiles of which enough are asked for."""
        tile = self._tile[candidates]
        filled = np.bincount(tile, minlength=len(self._levels) + 1)
        filled[-1] = 0
        worth: NDArray[np.bool_] = (filled >= FEWEST_LANES)[tile]
        return worth

    def runs(
        self, candidates: NDArray[np.intp], members: NDArray[np.intp]
    ) -> list[TileRun]:
        """Split the ``members`` of some candidates by the levels of their tiles."""
        tile = self._tile[candidates[members]]
        lane = self._lane[candidates[members]]
        found = []
        for levels in np.unique(self._levels[tile]).tolist():
            inside = np.flatnonzero(self._levels[tile] == levels)
            chosen, place = np.unique(tile[inside], return_inverse=True)
            at = LANES * place + lane[inside]
            found.append(TileRun(members[inside], chosen, levels, at))
        return found

    def tables(self, run: TileRun, order: AnyArray, groups: AnyArray) -> TileCells:
        """Joint tables of a run against the groups of rows of a pick."""
        shape = (len(run.tiles), len(groups) - 1, run.levels, LANES)
        counts = np.empty(shape, np.int32)
        tiles = self._filled()
        _kernels.tiles.tile_tables(tiles, run.tiles, order, groups, counts)
        return TileCells(counts, run.at)

    def _filled(self) -> AnyArray:
        """Lay the tiles out, once, when the first round asks for them."""
        with self._lock:
            if self._tiles is None:
                n_rows = self._codes.shape[1]
                tiles = np.zeros((len(self._levels), n_rows, LANES), np.uint8)
                for t, tile in enumerate(tiles):
                    rows = self._rows[t * LANES : (t + 1) * LANES]
                    _kernels.tiles.fill_tile(self._codes, rows, tile)
                self._tiles = tiles
            return self._tiles
