"""The engine of weighted rows and of missing values: plain histograms of codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.codes import MAX_BYTE_LEVELS, Lent, empty_matrices, rows_by_width
from mifs._data.layout import starts_of
from mifs._data.parallel import run
from mifs._engines.base import ALONE, Cells, CodedTable, JointCounts, Workers
from mifs._engines.joined import join_groups, joint_label
from mifs._engines.layout import groups, laid_out
from mifs._engines.pick import Pick


class HistogramEngine:
    """Counts of a table in memory, of which every cell is laid out up to 8 n cells.

    Parameters
    ----------
    table : EncodedTable or JoinedColumns
        ``n_rows`` is the sum of its units, if it has some.
    n_jobs : int, default=None
    """

    def __init__(self, table: CodedTable, n_jobs: int | None = None) -> None:
        classes, n_classes, units = table.classes, table.n_classes, table.units
        self.n_rows = len(classes) if units is None else int(units.sum())
        self.n_levels = table.n_levels
        self.classes = classes.astype(np.uint32)
        self.units = units
        self._limit = 8 * len(classes) + 256
        self.class_counts = self.tally(classes, n_classes)
        self._store(table, n_jobs)

    def _store(self, table: CodedTable, n_jobs: int | None) -> None:
        self._wide = self.n_levels > MAX_BYTE_LEVELS
        lent = table.lend()
        if lent is None:
            matrices = empty_matrices(self.n_levels, len(self.classes))
            lent = Lent(*matrices, rows_by_width(self.n_levels))
            pieces = table.pieces()
            tasks = [(piece,) for piece in pieces]
            for piece, codes in zip(
                pieces, run(table.codes, tasks, n_jobs), strict=True
            ):
                wide = bool(self._wide[piece.columns[0]])
                matrices[wide][lent.rows[piece.columns]] = codes
        self._codes: dict[bool, AnyArray] = {False: lent.narrow, True: lent.wide}
        self._code_rows = lent.rows

    def codes(self, column: int) -> AnyArray:
        """Codes of a column, (n,)."""
        column_codes: AnyArray = self._codes[bool(self._wide[column])][
            self._code_rows[column]
        ]
        return column_codes

    def tally(self, codes: AnyArray, n_codes: int = 0) -> IntArray:
        """Units at each code of a label (n,), int64."""
        # A sum of float64 is exact: no sum of units is above 2 ** 53.
        counts = np.bincount(codes, self.units, minlength=n_codes)
        return counts.astype(np.int64)

    @property
    def row_codes(self) -> None:
        """Rows count as often as they weigh."""

    @property
    def byte_columns(self) -> None:
        """Rows are not counted one by one."""

    @property
    def pair_time(self) -> None:
        """It was not measured."""

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        starts = starts_of(self.n_levels * len(self.class_counts))
        counts = np.empty(starts[-1], np.int64)
        for column, first in enumerate(starts[:-1].tolist()):
            counts[first : starts[column + 1]] = self.pick(column).counts.ravel()
        return Cells(counts, starts)

    def pick(self, column: int) -> Pick:
        """Prepare one column to be counted against others."""
        return self._pick(self.codes(column), int(self.n_levels[column]), column)

    def _pick(self, codes: AnyArray, n_levels: int, column: int | None) -> Pick:
        n_classes = len(self.class_counts)
        cell = codes.astype(np.int64) * n_classes + self.classes
        counts = self.tally(cell, n_levels * n_classes).reshape(-1, n_classes)
        return Pick(codes, column, counts, self.classes)

    def join(self, pick: Pick | None, column: int) -> Pick:
        """Make one joint label of a pick and a column, without empty levels."""
        second = self.pick(column)
        if pick is None:
            return replace(second, column=None)
        assert pick.codes is not None
        assert second.codes is not None
        m = second.n_levels
        codes = joint_label(pick.codes, second.codes, pick.n_levels, m)
        return self._pick(codes, int(codes.max()) + 1, None)

    def grouped(self, groups: Sequence[list[int]]) -> HistogramEngine:
        """Engine whose columns are the joint labels of groups of columns."""
        return HistogramEngine(join_groups(self, groups, self.classes, self.units))

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
        """Tables of all candidates against a pick, some candidates at a time.

        Where a table would have too many cells, only occupied ones come, in both
        ``triple`` and ``pair``.
        """
        base = pick.by_class if by_class else pick.plain
        n_classes = len(self.class_counts) if by_class else 1
        stride = pick.n_levels * n_classes
        sizes = self.n_levels[candidates] * stride
        small = sizes <= self._limit
        for wide in (False, True):
            way = small & (self._wide[candidates] == wide)
            for members in groups(way, np.minimum(sizes, self._limit)):
                chosen = candidates[members]
                if not len(chosen):
                    continue
                starts = starts_of(sizes[members])
                cells = self._tables(chosen, base, stride, starts)
                yield laid_out(members, cells, by_class)
        for place in np.flatnonzero(~small).tolist():
            column = int(candidates[place])
            yield self._occupied(np.array([place]), column, base, stride, n_classes)

    def pair_counts(
        self, picks: NDArray[np.intp], candidates: NDArray[np.intp], *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of candidate i against pick i, for all i."""
        for column in np.unique(picks).tolist():
            members = np.flatnonzero(picks == column)
            pick = self.pick(column)
            for table in self.joint_counts(
                pick, candidates[members], by_class=by_class
            ):
                yield table._replace(members=members[table.members])

    def _tables(
        self, columns: IntArray, base: AnyArray, stride: int, starts: IntArray
    ) -> Cells:
        """Tables of columns of one width against a base."""
        codes = self._codes[bool(self._wide[columns[0]])]
        return self._counted(codes, self._code_rows[columns], base, stride, starts)

    def _counted(
        self,
        codes: AnyArray,
        rows: IntArray,
        base: AnyArray,
        stride: int,
        starts: IntArray,
    ) -> Cells:
        """Tables of rows of a matrix of codes against a base."""
        cells = np.empty(starts[-1], np.int64)
        if self.units is None:
            _kernels.counts.histogram_tables(codes, rows, base, stride, cells, starts)
        else:
            _kernels.tables.weighted_tables(
                codes, rows, base, self.units, stride, cells, starts
            )
        return Cells(cells, starts)

    def _occupied(
        self, at: IntArray, column: int, base: AnyArray, stride: int, n_classes: int
    ) -> JointCounts:
        """Occupied cells of one table too large to lay out."""
        keys = self.codes(column).astype(np.int64) * stride + base
        triple, pair = (
            Cells(counts, np.array([0, len(counts)]))
            for part in (keys, keys // n_classes)
            for counts in (self.tally(np.unique(part, return_inverse=True)[1]),)
        )
        return JointCounts(at, triple, pair)
