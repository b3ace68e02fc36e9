"""Columns of few levels in tiles of 256, for rounds that count most of them."""

from __future__ import annotations

import threading
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.layout import consecutive, starts_of
from mifs._data.parallel import SHORT, each
from mifs._engines.base import ALONE, Logarithms, TableSums, Workers

LANES = 256
WORDS = LANES // 64
MAX_TILE_LEVELS = 64
# Of long tables with so many columns in tiles these have one word, for fewer levels:
# the time of a tile grows with the most that a column of it has.
LONG, FEW_COLUMNS, NARROW_LEVELS = 1 << 16, 128, 16
# Fewer candidates of a tile are counted faster one by one.
FEWEST_LANES = 24
# Fewer rows are not worth a thread of their own.
FEWEST_ROWS = 1 << 14
# Rows that are laid out at once, and nanoseconds of a code.
FILLED_ROWS, FILLING = 1 << 15, 0.3
# Parts in which a whole table is counted.
PARTS = 16
# Cells counted at once: they stay in the cache until they are summed.
TILE_CELLS_AT_ONCE = 1 << 19


class TileShape(NamedTuple):
    """Which columns of a table tiles are to hold.

    Attributes
    ----------
    columns : ndarray of int
    levels : int
        The most that such a column has.
    width : int
        Words of a row.
    """

    columns: NDArray[np.intp]
    levels: int
    width: int

    @classmethod
    def of(cls, n_levels: IntArray, n_rows: int) -> TileShape:
        """For columns of so many levels."""
        few = np.flatnonzero(n_levels <= MAX_TILE_LEVELS)
        if n_rows >= LONG and len(few) <= FEW_COLUMNS:
            fewer = np.flatnonzero(n_levels <= NARROW_LEVELS)
            if len(fewer) >= FEWEST_LANES:
                return cls(fewer, NARROW_LEVELS, 1)
        return cls(few, MAX_TILE_LEVELS, WORDS)

    def size(self, n_rows: int) -> int:
        """Bytes of these tiles, of up to four planes."""
        return -(-len(self.columns) // (64 * self.width)) * 32 * self.width * n_rows


@dataclass(frozen=True)
class TileRun:
    """Candidates whose tiles have one number of levels.

    Attributes
    ----------
    members : ndarray of int or slice
        Which of the candidates asked for they are.
    tiles : ndarray of int
    levels : int
    at : ndarray of int or slice
        Their positions in the lanes of these tiles.
    """

    members: NDArray[np.intp] | slice
    tiles: NDArray[np.intp]
    levels: int
    at: NDArray[np.intp] | slice


class TileTables(NamedTuple):
    """Joint tables of a run with a pick, to be summed as they are counted.

    Attributes
    ----------
    tiles : Tiles
    run : TileRun
    base : ndarray of shape (n,), uint32
        Group of each row: level of the pick and class, which runs fastest.
    groups : tuple of int
        Number of groups, and of classes.
    workers : Workers
    """

    tiles: Tiles
    run: TileRun
    base: AnyArray
    groups: tuple[int, int]
    workers: Workers

    def sums(self, logarithms: Logarithms, occupied: bool) -> TableSums:
        """Sum with the class, and without it."""
        return self.tiles.sums(
            self.run, self.base, self.groups, logarithms, self.workers, occupied
        )

    def cells(self, n_levels: IntArray) -> IntArray:
        """Lay the tables out, of candidates of so many levels, for who adds them up."""
        counts = self.tiles.tables(self.run, self.base, self.groups[0], self.workers)
        at = np.arange(LANES * len(counts))[self.run.at]
        cells = np.empty(int(n_levels.sum()) * self.groups[0], np.int64)
        _kernels.tables.lay_out_tiles(counts, at, n_levels, cells)
        return cells


def run_or(at: NDArray[np.intp]) -> NDArray[np.intp] | slice:
    """Positions as a slice where they are consecutive."""
    if consecutive(at):
        return slice(int(at[0]), int(at[-1]) + 1)
    return at


def shares(n_rows: int, n_workers: int) -> list[tuple[int, int]]:
    """First and last row of each worker."""
    n = min(n_workers, 1 + n_rows // FEWEST_ROWS)
    ends = [i * n_rows // n for i in range(n + 1)]
    return list(pairwise(ends))


class Tiles:
    """Bit planes of some columns, columns of like numbers of levels together.

    Parameters
    ----------
    columns : ndarray of int
        Columns of the engine to be held.
    n_levels : ndarray of shape (p,), int64
    codes : ndarray of shape (·, n), uint8
    rows : ndarray of shape (p,), int64
        Row of each column in ``codes``.
    width : int, default=4
        Words of a row of a plane; 1: of 64 columns.
    n_jobs : int, default=None
        Of those who lay them out.
    """

    def __init__(
        self,
        columns: NDArray[np.intp],
        n_levels: IntArray,
        codes: AnyArray,
        rows: IntArray,
        width: int = WORDS,
        n_jobs: int | None = None,
    ) -> None:
        self._width, lanes, self._n_jobs = width, 64 * width, n_jobs
        order = columns[np.argsort(n_levels[columns], kind="stable")]
        self._codes, self._rows = codes, rows[order]
        # Columns without a tile have the number after the last.
        self._tile = np.full(len(n_levels), -(-len(order) // lanes), np.intp)
        self._tile[order] = np.arange(len(order)) // lanes
        self._lane = np.zeros(len(n_levels), np.intp)
        self._lane[order] = np.arange(len(order)) % lanes
        last = np.minimum(np.arange(lanes, len(order) + lanes, lanes), len(order)) - 1
        self._levels = n_levels[order][last]
        self._bits = np.frexp(self._levels - 1)[1].astype(np.int64)
        self._firsts = starts_of(self._bits * codes.shape[1] * width)
        self._work = FILLING * rows.size * codes.shape[1]
        self._words: AnyArray | None = None
        self._lock = threading.Lock()
        self._drawn: NDArray[np.uint32] = np.empty(0, np.uint32)

    def drawn(self, rows: AnyArray) -> Tiles:
        """Count these rows only, of tiles that hold all."""
        self.lay_out()
        some = copy(self)
        some._drawn = rows.astype(np.uint32)
        return some

    def whole(self) -> _kernels.rounds.TiledColumns | None:
        """All columns of a short table, for a loop over its rounds, if all are here."""
        short = self._codes.shape[1] <= _kernels.tiles.CHUNK
        every = self._tile.max() < len(self._levels)
        if not (short and every and self._width == WORDS):
            return None
        lanes = LANES * self._tile + self._lane
        where = self.lay_out(), self._firsts[:-1], self._levels
        return _kernels.rounds.TiledColumns(*where, lanes)

    def filled(self, candidates: NDArray[np.intp]) -> NDArray[np.intp]:
        """How many candidates lie in the tile of each; 0 for those without."""
        tile = self._tile[candidates]
        filled = np.bincount(tile, minlength=len(self._levels) + 1)
        filled[-1] = 0
        return filled[tile]

    def runs(
        self, candidates: NDArray[np.intp], members: NDArray[np.intp], n_groups: int
    ) -> list[TileRun]:
        """Split the ``members`` of some candidates by their tiles.

        Tiles of one number of levels come together as far as their cells, of so many
        groups of rows, stay within bounds.
        """
        columns = candidates[members]
        tile, lane = self._tile[columns], self._lane[columns]
        chosen = np.flatnonzero(np.bincount(tile))
        levels = self._levels[chosen]
        most = np.maximum(TILE_CELLS_AT_ONCE // (levels * n_groups * LANES), 1)
        rank = np.arange(len(chosen)) - np.searchsorted(levels, levels)
        apart = (rank[1:] % most[1:] == 0) | (levels[1:] > levels[:-1])
        found = []
        for first, last in pairwise([0, *(np.flatnonzero(apart) + 1), len(chosen)]):
            tiles = chosen[first:last]
            inside = np.flatnonzero((tile >= tiles[0]) & (tile <= tiles[-1]))
            at = LANES * np.searchsorted(tiles, tile[inside]) + lane[inside]
            levels_of = int(levels[first])
            found.append(TileRun(run_or(members[inside]), tiles, levels_of, run_or(at)))
        return found

    def spread(self, columns: NDArray[np.intp], n_groups: int) -> list[TileRun]:
        """Lay all columns out; give their runs, to be counted side by side."""
        self.lay_out()
        if self._work < SHORT:
            return self.runs(columns, np.arange(len(columns)), n_groups)
        parts = self.parts(columns, min(PARTS, len(self._levels)))
        return [run for part in parts for run in self.runs(columns, part, n_groups)]

    def parts(self, candidates: NDArray[np.intp], n: int) -> list[NDArray[np.intp]]:
        """Split candidates into at most n parts that share no tile: their positions.

        Where tiles are fewer it is one part, of which workers share the rows.
        """
        if len(self._levels) < n:
            return [np.arange(len(candidates))]
        tile = self._tile[candidates]
        order = np.argsort(tile, kind="stable")
        starts = np.flatnonzero(np.diff(tile[order], prepend=-1))
        ideal = np.arange(1, n) * len(order) / n
        cuts = starts[np.abs(starts[:, None] - ideal).argmin(axis=0)]
        return [np.sort(part) for part in np.split(order, cuts) if len(part)]

    def tables(
        self,
        run: TileRun,
        base: AnyArray,
        n_groups: int,
        workers: Workers = ALONE,
        most: int | None = None,
    ) -> AnyArray:
        """Joint tables of a run with the groups ``base`` (n,) of the rows of a pick.

        Each worker counts some of the rows. They are (·, groups, levels, 256), uint16
        or int32, the tiles of the run one after the other. ``most``: rows of a group at
        most; None: all.
        """
        shape = (len(run.tiles), n_groups, run.levels, LANES)
        dtype = np.uint16 if (most or len(base)) <= 0xFFFF else np.int32
        firsts, words, drawn = self._firsts[run.tiles], self.lay_out(), self._drawn

        def count(rows: tuple[int, int]) -> NDArray[Any]:
            counts = np.empty(shape, dtype)
            _kernels.tiles.tile_tables(
                *(words, firsts, drawn, base, rows, self._width, counts)
            )
            return counts

        parts: list[AnyArray] = list(workers.map(count, shares(len(base), workers.n)))
        for more in parts[1:]:
            parts[0] += more
        return parts[0]

    def sums(
        self,
        run: TileRun,
        base: AnyArray,
        groups: tuple[int, int],
        logarithms: Logarithms,
        workers: Workers,
        occupied: bool,
    ) -> TableSums:
        """Sum c log c over such tables, and count occupied cells where asked for.

        ``groups`` is their number, and that of the classes, which run fastest.
        """
        shape = (len(run.tiles), LANES)
        by_class, plain = np.empty(shape, np.int64), np.empty(shape, np.int64)
        # Counts that are summed at once are not there to be looked at.
        short = len(base) <= _kernels.tiles.CHUNK
        if short and not occupied and self._width == WORDS:
            firsts, words = self._firsts[run.tiles], self.lay_out()
            tables = logarithms.full_table, logarithms.paired_table
            of_groups = *groups, run.levels
            _kernels.tiles.tile_sums(
                *(words, firsts, self._drawn, base, of_groups),
                *(tables, (by_class, plain)),
            )
            return TableSums(plain.ravel()[run.at], by_class.ravel()[run.at])
        counts = self.tables(run, base, groups[0], workers)
        table = logarithms.full_table
        _kernels.tiles.table_sums(counts, groups[1], table, by_class, plain)
        found = [plain, by_class]
        if occupied:
            cells, cells_by_class = np.zeros((2, *shape), np.int64)
            _kernels.tables.occupied_in_tiles(counts, groups[1], cells_by_class, cells)
            found += [cells, cells_by_class]
        return TableSums(*(part.ravel()[run.at] for part in found))

    def sums_of_draws(
        self,
        run: TileRun,
        draws: NDArray[np.uint32],
        picks: tuple[AnyArray, IntArray, IntArray],
        classes: AnyArray,
        n_classes: int,
        logarithms: Logarithms,
    ) -> tuple[IntArray, IntArray]:
        """Sum c log c of a run against a pick in each of some draws, (draws, ·).

        Plain, and by class; see `mifs._kernels.tiles.sums_of_draws`.
        """
        sums, folded = np.empty((2, len(draws), len(run.tiles), LANES), np.int64)
        tables = logarithms.full_table, logarithms.paired_table
        _kernels.tiles.sums_of_draws(
            *(self.lay_out(), self._firsts[run.tiles], draws, picks, classes),
            *((n_classes, run.levels), tables, (sums, folded)),
        )
        flat = len(draws), -1
        return folded.reshape(flat)[:, run.at], sums.reshape(flat)[:, run.at]

    def bit_columns(
        self,
        columns: NDArray[np.intp],
        n_levels: IntArray,
        starts: IntArray,
        class_rows: IntArray,
    ) -> AnyArray:
        """Words of some columns in the drawn rows, which are sorted by class.

        Parameters
        ----------
        columns : ndarray of int
        n_levels : ndarray of int64
            Of these columns.
        starts : ndarray of int64
            Where their words begin, and the end.
        class_rows : ndarray of shape (n_classes + 1,), int64

        Returns
        -------
        words : ndarray, uint64
            As in `mifs._kernels.counts.BitColumns`.
        """
        words = np.empty(starts[-1], np.uint64)
        for t in np.unique(self._tile[columns]).tolist():
            own = np.flatnonzero(self._tile[columns] == t)
            _kernels.planes.pack_drawn(
                *(self.lay_out(), (int(self._firsts[t]), int(self._bits[t]))),
                *(self._drawn, class_rows, self._lane[columns[own]]),
                *(n_levels[own], starts[own], words),
            )
        return words

    def lay_out(self) -> AnyArray:
        """Lay the tiles out, once, when the first round asks for them."""
        with self._lock:
            if self._words is None:
                words = np.empty(self._firsts[-1], np.uint64)
                n_rows = self._codes.shape[1]
                tasks = [
                    (words, t, (first, min(first + FILLED_ROWS, n_rows)))
                    for t in range(len(self._bits))
                    for first in range(0, n_rows, FILLED_ROWS)
                ]
                each(self._fill, tasks, self._n_jobs, self._work)
                self._words = words
            return self._words

    def _fill(self, words: AnyArray, t: int, span: tuple[int, int]) -> None:
        """Lay out some rows of a tile."""
        lanes = 64 * self._width
        rows = self._rows[t * lanes : (t + 1) * lanes]
        shape = self._codes.shape[1], int(self._bits[t]), self._width
        tile = words[self._firsts[t] : self._firsts[t + 1]].reshape(shape)
        _kernels.planes.fill_tile(self._codes, rows, span, tile)
