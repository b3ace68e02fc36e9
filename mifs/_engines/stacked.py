"""Several draws of one table side by side, counted round by round, all at once.

A round of one draw takes so little time that calls would cost more than counting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from mifs import _kernels
from mifs._arrays import IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.layout import starts_of
from mifs._engines.base import ALONE, Cells, Logarithms, TableSums, Workers
from mifs._engines.drawn import HeldTiles
from mifs._engines.tiles import LANES, run_or


class StackedEngine:
    """Counts of several draws: column r p + k is column k in draw r.

    Parameters
    ----------
    draws : sequence of EncodedTable
        Of one table, as many rows of each class in each, as `stackable` says.
    workers : Workers
        Share the draws whose levels are counted.
    """

    def __init__(self, draws: Sequence[EncodedTable], workers: Workers = ALONE) -> None:
        first = draws[0]
        assert isinstance(first.held, HeldTiles)
        self.held, self.n_rows = first.held, first.n_rows
        self.n_features = first.n_features
        self.class_counts = np.bincount(first.classes, minlength=first.n_classes)
        self.n_levels = np.tile(first.n_levels, len(draws))
        self.rows = np.array([draw.picked for draw in draws], np.uint32)
        starts = starts_of(self.n_levels * len(self.class_counts))
        counts = np.empty((len(draws), starts[-1] // len(draws)), np.int64)
        shares = workers.runs(counts), workers.runs(self.rows)
        deque(workers.map(self._count_levels, *shares), maxlen=0)
        self._level_counts = Cells(counts.ravel(), starts)
        # Draws have rows of their own.
        self.row_codes = self.byte_columns = self.pair_time = None

    def _count_levels(self, counts: IntArray, rows: IntArray) -> None:
        """Fill in tables (level, class) of the columns of some draws, (n_draws, ·)."""
        n_draws, n_classes = len(rows), len(self.class_counts)
        n_groups, every = n_draws * n_classes, np.arange(self.n_features)
        groups = self.held.classes[rows].astype(np.uint32)
        groups += np.arange(0, n_groups, n_classes, dtype=np.uint32)[:, np.newaxis]
        n_levels = self.n_levels[: self.n_features]
        starts = starts_of(n_levels * n_classes)
        tiles = self.held.tiles.drawn(rows.ravel())
        for run in tiles.runs(every, every, n_groups):
            tables = tiles.tables(run, groups.ravel(), n_groups, most=self.n_rows)
            columns, at = every[run.members], np.arange(LANES * len(tables))[run.at]
            where = at, n_levels[columns], starts[columns]
            _kernels.tables.lay_out_draws(tables, *where, counts)

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        return self._level_counts

    def sums_of_rounds(
        self,
        draws: IntArray,
        columns: IntArray,
        by_class: bool,
        logarithms: Logarithms,
    ) -> TableSums:
        """Sum c log c over the tables of all columns of some draws and one of each.

        Plain, and with the class, (n_draws, p) each.
        """
        held, every = self.held, np.arange(self.n_features)
        classes, n_classes = held.classes, len(self.class_counts)
        if not by_class:
            classes, n_classes = np.zeros_like(classes), 1
        n_levels, rows = self.n_levels[columns], self.rows[run_or(draws)]
        picks = held.lent.narrow, held.lent.rows[columns], n_levels
        found = np.empty((2, len(draws), self.n_features), np.int64)
        for run in held.tiles.runs(every, every, int(n_levels.max()) * n_classes):
            found[:, :, run.members] = held.tiles.sums_of_draws(
                *(run, rows, picks, classes, n_classes, logarithms)
            )
        return TableSums(*found)


def stackable(draws: Sequence[EncodedTable]) -> bool:
    """Whether draws of as many rows of each class can be counted side by side.

    All columns are in tiles, of which counts are summed at once.
    """
    first = draws[0]
    if not isinstance(first.held, HeldTiles) or first.picked is None:
        return False
    tiled = len(first.held.columns) == first.n_features
    return tiled and first.n_rows <= _kernels.tiles.CHUNK
