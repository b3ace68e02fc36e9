"""Several draws of one table side by side, counted round by round, all at once.

A round of one draw takes so little time that calls would cost more than counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from mifs import _kernels
from mifs._arrays import IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.layout import place, starts_of
from mifs._engines.base import Cells, JointCounts, Logarithms, TableSums
from mifs._engines.drawn import HeldTiles
from mifs._engines.tiles import LANES


class StackedEngine:
    """Counts of several draws: column r p + k is column k in draw r.

    Parameters
    ----------
    draws : sequence of EncodedTable
        Of one table, as many rows of each class in each, as `stackable` says.
    """

    def __init__(self, draws: Sequence[EncodedTable]) -> None:
        first = draws[0]
        assert isinstance(first.held, HeldTiles)
        self.held, self.n_rows = first.held, first.n_rows
        self.n_features = first.n_features
        self.class_counts = np.bincount(first.classes, minlength=first.n_classes)
        self.n_levels = np.tile(first.n_levels, len(draws))
        self.rows = np.array([draw.picked for draw in draws], np.uint32)
        counts = self._count_levels(first.n_levels)
        starts = starts_of(self.n_levels * len(self.class_counts))
        self._level_counts = Cells(counts.ravel(), starts)
        # Draws have rows of their own.
        self.row_codes = self.byte_columns = self.pair_time = None

    def _count_levels(self, n_levels: IntArray) -> IntArray:
        """Tables (level, class) of the columns of each draw, counted at once."""
        n_draws, n_classes = len(self.rows), len(self.class_counts)
        n_groups, every = n_draws * n_classes, np.arange(self.n_features)
        groups = self.held.classes[self.rows].astype(np.uint32)
        groups += np.arange(0, n_groups, n_classes, dtype=np.uint32)[:, np.newaxis]
        starts = starts_of(n_levels * n_classes)
        found = np.empty((n_draws, starts[-1]), np.int64)
        tiles = self.held.tiles.drawn(self.rows.ravel())
        for run in tiles.runs(every, every, n_groups):
            tables = tiles.tables(run, groups.ravel(), n_groups, most=self.n_rows)
            columns, at = every[run.members], np.arange(LANES * len(tables))[run.at]
            own_levels = n_levels[columns]
            counts = np.empty(own_levels.sum() * n_classes, np.int64)
            for r, of_draw in enumerate(np.split(tables, n_draws, axis=1)):
                own = np.ascontiguousarray(of_draw)
                _kernels.tables.lay_out_tiles(own, at, own_levels, counts)
                place(found[r], starts, columns, counts)
        return found

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        return self._level_counts

    def pair_counts(
        self, picks: IntArray, candidates: IntArray, *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of all columns of some draws against one column of each.

        Candidate i meets pick i; all columns of a draw follow each other.
        """
        draws, columns = divmod(picks[:: self.n_features], self.n_features)
        rounds = StackedRounds(self, draws, columns, by_class)
        yield JointCounts(slice(None), summed=rounds)


class StackedRounds(NamedTuple):
    """Tables of all columns of some draws against one column of each.

    Attributes
    ----------
    stack : StackedEngine
    draws, columns : ndarray of shape (n_draws,), intp
        Which draws, and which column is the pick of each.
    by_class : bool
    """

    stack: StackedEngine
    draws: IntArray
    columns: IntArray
    by_class: bool

    def sums(self, logarithms: Logarithms, occupied: bool) -> TableSums:
        """Sum with the class, and without it."""
        assert not occupied
        stack, held = self.stack, self.stack.held
        every = np.arange(stack.n_features)
        classes, n_classes = held.classes, len(stack.class_counts)
        if not self.by_class:
            classes, n_classes = np.zeros_like(classes), 1
        n_levels = stack.n_levels[self.columns]
        picks = held.lent.narrow, held.lent.rows[self.columns], n_levels
        found = np.empty((2, len(self.draws), stack.n_features), np.int64)
        for run in held.tiles.runs(every, every, int(n_levels.max()) * n_classes):
            found[:, :, run.members] = held.tiles.sums_of_draws(
                *(run, stack.rows[self.draws], picks, classes, n_classes, logarithms)
            )
        return TableSums(found[0].ravel(), found[1].ravel())


def stackable(draws: Sequence[EncodedTable]) -> bool:
    """Whether draws of as many rows of each class can be counted side by side.

    All columns are in tiles, of which counts are summed at once.
    """
    first = draws[0]
    if not isinstance(first.held, HeldTiles) or first.picked is None:
        return False
    tiled = len(first.held.columns) == first.n_features
    return tiled and first.n_rows <= _kernels.tiles.CHUNK
