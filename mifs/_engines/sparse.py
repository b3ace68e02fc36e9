"""The engine of sparse tables: rows of each level but one, the rest from margins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.codes import writable
from mifs._data.encoded import EncodedTable
from mifs._data.layout import starts_of
from mifs._engines.base import ALONE, Cells, JointCounts, Workers
from mifs._engines.joined import joint_label, label_counts
from mifs._engines.layout import CELLS_AT_ONCE, groups, laid_out
from mifs._engines.pick import Pick


class SparseEngine:
    """Counts of a sparse table; a round costs the stored entries of the candidates.

    A column is held as the rows of each of its levels but a default one, that of zero.
    A pick is laid out once, a cell (level, class) for each row; the entries of the
    candidates look their rows up, and what they leave of the pick's table is the
    default level's.

    Parameters
    ----------
    runs : LevelRuns
        See `mifs._kernels.sparse`.
    classes : ndarray of shape (n,), int
    n_classes : int
    """

    def __init__(
        self, runs: _kernels.sparse.LevelRuns, classes: AnyArray, n_classes: int
    ) -> None:
        self._runs = runs
        units = runs.units if len(runs.units) else None
        self.n_rows = len(classes) if units is None else int(units.sum())
        self.n_levels: IntArray = np.diff(runs.column_starts)
        self._units = units
        counts = np.bincount(classes, units, minlength=n_classes)
        self.class_counts = counts.astype(np.int64)
        dtype = np.uint8 if n_classes <= 256 else np.uint32
        self._classes: AnyArray = classes.astype(dtype)
        self._n_entries = np.diff(runs.level_starts[runs.column_starts])
        self._counts = np.empty(runs.column_starts[-1] * n_classes, np.int64)
        _kernels.sparse.level_counts(
            runs, self._classes, self.class_counts, self._counts
        )

    @classmethod
    def of_table(cls, table: EncodedTable, n_jobs: int | None = None) -> SparseEngine:
        """Take the rows of each level of a sparse table."""
        runs, units = table.level_runs(n_jobs), table.units
        kernel_runs = _kernels.sparse.LevelRuns(
            writable(runs.entries),
            writable(runs.level_starts),
            runs.column_starts,
            writable(runs.defaults),
            np.empty(0, np.int64) if units is None else units,
        )
        return cls(kernel_runs, table.classes, table.n_classes)

    @cached_property
    def _plain_counts(self) -> IntArray:
        """Rows of each level of all columns."""
        counts: IntArray = self._counts.reshape(-1, len(self.class_counts)).sum(axis=1)
        return counts

    @property
    def row_codes(self) -> None:
        """Rows of zero are not there."""

    @property
    def byte_columns(self) -> None:
        """Rows are not counted one by one."""

    @property
    def pair_time(self) -> None:
        """It was not measured."""

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        n_classes = len(self.class_counts)
        return Cells(self._counts, self._runs.column_starts * n_classes)

    def pick(self, column: int) -> Pick:
        """Prepare one column to be counted against others."""
        first, last = self._runs.column_starts[column : column + 2]
        counts = self._counts.reshape(-1, len(self.class_counts))[first:last]
        return Pick(self._column_codes(column), column, counts, self._classes)

    def _column_codes(self, column: int) -> AnyArray:
        """Level of each row."""
        rows, sizes, default = self._column(column)
        codes = np.full(len(self._classes), default, np.uint32)
        codes[rows] = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
        return codes

    def _column(self, column: int) -> tuple[NDArray[np.int32], IntArray, int]:
        """Rows sorted by level, how many each level has, and the default level."""
        runs = self._runs
        first, last = runs.column_starts[column : column + 2]
        starts = runs.level_starts[first : last + 1]
        rows = runs.rows[starts[0] : starts[-1]]
        return rows, np.diff(starts), int(runs.defaults[column])

    def join(self, pick: Pick | None, column: int) -> Pick:
        """Make one joint label of a pick and a column, without empty levels."""
        if pick is None:
            return replace(self.pick(column), column=None)
        assert pick.codes is not None
        second, m = self._column_codes(column), int(self.n_levels[column])
        codes = joint_label(pick.codes, second, pick.n_levels, m)
        n_classes = len(self.class_counts)
        counts = label_counts(codes, self._classes, n_classes, self._units)
        return Pick(codes, None, counts, self._classes)

    def grouped(self, groups: Sequence[list[int]]) -> SparseEngine:
        """Engine whose columns are the joint labels of groups of columns."""
        columns = [self._group(members) for members in groups]
        rows, sizes, defaults = zip(*columns, strict=True)
        runs = _kernels.sparse.LevelRuns(
            np.concatenate(rows),
            starts_of(np.concatenate(sizes)),
            starts_of([len(levels) for levels in sizes]),
            np.array(defaults, dtype=np.int64),
            self._runs.units,
        )
        return SparseEngine(runs, self._classes, len(self.class_counts))

    def _group(self, members: list[int]) -> tuple[NDArray[np.int32], IntArray, int]:
        """Joint label of some columns, held as a column is."""
        if len(members) == 1:
            return self._column(members[0])
        label = None
        for column in members:
            label = self.join(label, column)
        assert label is not None
        codes = label.plain
        sizes = np.bincount(codes, minlength=label.n_levels)
        default = int(np.argmax(sizes))
        rows = np.flatnonzero(codes != default)
        rows = rows[np.argsort(codes[rows], kind="stable")]
        sizes[default] = 0
        return rows.astype(np.int32), sizes, default

    def parts(self, candidates: NDArray[np.intp], n: int) -> list[NDArray[np.intp]]:
        """Positions of the candidates in n parts, to be counted in parallel."""
        return np.array_split(np.arange(len(candidates)), min(n, len(candidates)))

    def joint_counts(
        self,
        pick: Pick,
        candidates: NDArray[np.intp],
        *,
        by_class: bool,
        workers: Workers = ALONE,
    ) -> Iterator[JointCounts]:
        """Tables of all candidates against a pick, some candidates at a time."""
        _, margin = _cells_of(pick, by_class)
        sizes = self.n_levels[candidates] * margin.size
        # What a table without its empty cells takes: each entry may open a cell, and
        # the default level fills those of the pick, with the class and without.
        least = np.count_nonzero(margin) + pick.n_levels
        bounds = self._n_entries[candidates] + least
        whole = sizes <= 3 * self._n_entries[candidates] + 2 * least
        for way, chosen, size in (
            (self._whole, whole, sizes),
            (self._occupied, ~whole, bounds),
        ):
            if chosen.any():
                for members in groups(chosen, np.where(chosen, size, 0)):
                    yield way(pick, candidates, members, by_class)

    def _whole(
        self, pick: Pick, candidates: Any, members: Any, by_class: bool
    ) -> JointCounts:
        base, margin = _cells_of(pick, by_class)
        chosen = candidates[members]
        starts = starts_of(self.n_levels[chosen] * margin.size)
        counts = np.empty(starts[-1], np.int64)
        _kernels.sparse.whole_tables(
            self._runs, chosen, base, margin.ravel(), counts, starts
        )
        return laid_out(members, Cells(counts, starts), by_class)

    def _occupied(
        self, pick: Pick, candidates: Any, members: Any, by_class: bool
    ) -> JointCounts:
        base, margin = _cells_of(pick, by_class)
        occupied = np.flatnonzero(margin)
        number = np.zeros(margin.size, np.uint32)
        number[occupied] = np.arange(len(occupied))
        triple, triple_starts, pair, pair_starts = _kernels.sparse.occupied_tables(
            self._runs,
            candidates[members],
            number[base],
            margin.ravel()[occupied],
            occupied // margin.shape[1],
            margin.sum(axis=1),
        )
        cells = Cells(triple, triple_starts) if by_class else None
        return JointCounts(members, cells, Cells(pair, pair_starts))

    def _pairs(
        self,
        picks: NDArray[np.intp],
        candidates: NDArray[np.intp],
        members: NDArray[np.intp],
        by_class: bool,
    ) -> JointCounts:
        n_classes = len(self.class_counts) if by_class else 1
        starts = starts_of(self.n_levels[candidates] * self.n_levels[picks] * n_classes)
        cells = np.empty(starts[-1], np.int64)
        _kernels.sparse.pair_tables(
            self._runs,
            self._counts if by_class else self._plain_counts,
            candidates,
            picks,
            self._classes if by_class else np.zeros_like(self._classes),
            n_classes,
            cells,
            starts,
        )
        return laid_out(members, Cells(cells, starts), by_class)

    def pair_counts(
        self, picks: NDArray[np.intp], candidates: NDArray[np.intp], *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of candidate i against pick i, for all i."""
        n_classes = len(self.class_counts) if by_class else 1
        sizes = self.n_levels[candidates] * self.n_levels[picks] * n_classes
        if sizes.sum() <= CELLS_AT_ONCE:
            order = np.argsort(picks, kind="stable")
            yield self._pairs(picks[order], candidates[order], order, by_class)
            return
        for column in np.unique(picks).tolist():
            members = np.flatnonzero(picks == column)
            tables = self.joint_counts(
                self.pick(column), candidates[members], by_class=by_class
            )
            for table in tables:
                yield table._replace(members=members[table.members])


def _cells_of(pick: Pick, by_class: bool) -> tuple[NDArray[np.uint32], IntArray]:
    """Cell of each row in the table of a pick, and this table."""
    if by_class:
        return pick.by_class, pick.counts
    return pick.plain, pick.counts.sum(axis=1, keepdims=True)
