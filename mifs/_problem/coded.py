"""Codes of candidates for the tests of a path, and strata of what is picked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._chance import numbers_of_strata
from mifs._data.cutting import bin_codes
from mifs._data.discretize import column_quantiles, default_n_bins, edges_of_sorted
from mifs._data.encoded_files import mapped
from mifs._data.encoded_target import encode_target
from mifs._data.table import Table, Target
from mifs._engines.base import ALONE, RowCodes, Workers
from mifs._engines.joined import joint_label
from mifs._problem.constraints import Units

# With fewer rows for each cell of a table, or in all, it takes less time to count them
# again than to sum the table over its classes.
ROWS_OF_CELL, MANY_ROWS = 8, 1 << 13
# Rows of a worker, at least.
ROWS_OF_WORKER = 1 << 17
# Cells of a table that is kept, at most.
MOST_KEPT = 1 << 16
# Bytes of codes of a table on disk that stay in memory.
MOST_HELD = 1 << 27
# Rows of the joint strata that are kept, at most: 8 MB.
MOST_JOINED = 1 << 22


@dataclass(frozen=True)
class Coded:
    """Codes of a unit, in one or several grains.

    Attributes
    ----------
    codes : ndarray of shape (n,), uint16 or uint32; uint8 of those that lie on disk
    n_levels : int
    ordered : bool
        Whether the order of the levels means something.
    gaps : bool
        Whether the last level is that of missing values.
    """

    codes: AnyArray
    n_levels: int
    ordered: bool
    gaps: bool = False


def coded(codes: AnyArray, n_levels: int, ordered: bool, gaps: bool = False) -> Coded:
    """Keep codes in two bytes if these hold them: rows are counted again and again."""
    return Coded(codes.astype(_width(n_levels), copy=False), n_levels, ordered, gaps)


def _width(n_levels: int) -> type[np.uint16] | type[np.uint32]:
    return np.uint16 if n_levels <= 1 << 16 else np.uint32


class CodedUnits:
    """Units on bins that have not seen the target, coded as they are asked for.

    Parameters
    ----------
    table : Table
    units : Units
        Columns, or groups of them.
    edges : mapping of int to ndarray, default=None
        Of bins of columns, where they are known; None: of none.
    ready : RowCodes, default=None
        Codes of columns, where they lie ready; all rows are then in their order.
    """

    def __init__(
        self,
        table: Table,
        units: Units,
        edges: Mapping[int, AnyArray] | None = None,
        ready: RowCodes | None = None,
    ) -> None:
        self._table, self._units = table, units
        self.n_bins = default_n_bins(
            table.weights.total if table.weights else table.n_rows
        )
        self._known_edges = edges or {}
        self._n_held = 0
        self._kept_sorted: dict[int, FloatArray] = {}
        self._coded: dict[int, Coded] = {}
        self._kinds: dict[int, tuple[bool, bool]] = {}
        self._kept_strata: dict[tuple[int, int], Coded] = {}
        self._finest_edges: dict[int, FloatArray] = {}
        self._kept_joined: dict[tuple[int | bool, ...], Coded] = {}
        self._kept_cuts: dict[tuple[int, ...], tuple[Coded, bool]] = {}
        self._kept_pairs: dict[tuple[int, ...], tuple[Coded, Coded, bool] | None] = {}
        self._kept_tables: tuple[int, dict[tuple[int, int], IntArray]] = -1, {}
        self._ready, self._order = ready, None
        self.workers = ALONE
        self.targets = [self._target(t) for t in (table.target, *table.further)]
        if ready is not None and ready.sorted:
            (target,) = self.targets
            self._order = np.argsort(target.codes, kind="stable")
            self.targets = [self._sorted(target)]

    def _target(self, target: Target) -> Coded:
        encoded = encode_target(target, self.n_bins, self._table.weights)
        return coded(encoded.codes, encoded.n_classes, not encoded.discrete)

    def _sorted(self, unit: Coded) -> Coded:
        """Rows in the order of codes that lie ready."""
        if self._order is None:
            return unit
        return replace(unit, codes=unit.codes[self._order])

    @cached_property
    def n_rows(self) -> float:
        """Rows, the effective ones where weights are fractions."""
        weights = self._table.weights
        if weights is None:
            return self._table.n_rows
        return weights.n_units * weights.effective_rows_per_unit

    @cached_property
    def few_rows(self) -> bool:
        """Whether counting takes no longer than to ask for it, and rows have no weight.

        Then it is done by the kernel that tests.
        """
        return self._table.weights is None and self._table.n_rows < MANY_ROWS

    @cached_property
    def _finest(self) -> int:
        """Most quantile groups into which a pick is cut."""
        return numbers_of_strata(int(self.n_rows))[1]

    def of(self, unit: int) -> Coded:
        """Codes of a unit; kept."""
        if unit not in self._coded:
            first, *others = (self._column(j) for j in self._units.members[unit])
            for other in others:
                first = self._joined(first, other)
            lent = self._ready is not None and not others
            self._coded[unit] = first if lent else self._kept(first)
        return self._coded[unit]

    @staticmethod
    def _joined(first: Coded, second: Coded) -> Coded:
        """Joint levels of two units, without empty ones."""
        codes = joint_label(first.codes, second.codes, first.n_levels, second.n_levels)
        return coded(codes, int(codes.max()) + 1, ordered=False)

    def _column(self, column: int) -> Coded:
        ready, kind = self._ready, self.kind(column)
        if self._table.discrete[column]:
            codes = ready.of(column) if ready else self._table.narrow_codes(column)
            return self._of_codes(codes, int(codes.max()) + 1, *kind)
        edges = self._edges(column)
        if ready is None:
            return self._binned(column, edges)
        return self._of_codes(ready.of(column), len(edges) + 1 + int(kind[1]), *kind)

    def _of_codes(self, codes: AnyArray, n_levels: int, *kind: bool) -> Coded:
        """Codes of a column; those that lie ready on disk are not copied."""
        on_disk = self._ready is not None and self._table.folder is not None
        make = Coded if on_disk and not self.few_rows else coded
        return make(codes, n_levels, *kind)

    def kind(self, column: int) -> tuple[bool, bool]:
        """Whether the levels of a column are ordered, and whether values miss."""
        if column not in self._kinds:
            table = self._table
            ordered = not (table.discrete[column] and table.labelled(column))
            ordered = ordered or table.levels(column).dtype.kind in "biuf"
            self._kinds[column] = bool(ordered), bool(table.n_missing[column])
        return self._kinds[column]

    def _edges(self, column: int) -> FloatArray:
        """Edges of the bins of a continuous column."""
        if column in self._known_edges:
            return self._known_edges[column].astype(np.float64)
        return self._quantiles(column, self.n_bins)

    def _quantiles(self, column: int, n: int) -> FloatArray:
        """Edges of so many quantile groups of a column, which may be cut again."""
        known = self._table.quantiles
        if known is not None and known.n == n and column in known.edges:
            return known.edges[column].astype(np.float64)
        weights = self._table.weights
        if weights is not None:
            return column_quantiles(self._table.numeric(column), n, weights)
        if column not in self._kept_sorted:
            if self._table.folder is not None:
                # Of a table on disk no more than the last.
                self._kept_sorted.clear()
            self._kept_sorted[column] = np.sort(self._table.lent(column))
        edges: FloatArray = edges_of_sorted(self._kept_sorted[column][None], n)[0]
        return edges

    def _binned(self, column: int, edges: FloatArray) -> Coded:
        """Bins between edges, rows as here; what misses is a level of its own."""
        gaps = bool(self._table.n_missing[column])
        n_levels = len(edges) + 1 + int(gaps)
        codes = np.empty(self._table.n_rows, _width(n_levels))
        values, order = self._table.lent(column), self._order
        if order is None:
            order = np.arange(len(codes))

        def cut(share: tuple[int, int]) -> None:
            rows = slice(*share)
            codes[rows] = bin_codes(values, edges, codes.dtype, order[rows])

        for _ in self._sharing.map(cut, self._shares):
            pass
        return coded(codes, n_levels, True, gaps)

    def _kept(self, unit: Coded) -> Coded:
        """Codes to be used again: on disk, of a table that is there, beyond some."""
        if self._table.folder is None:
            return unit
        self._n_held += unit.codes.nbytes
        if self._n_held <= MOST_HELD:
            return unit
        return replace(unit, codes=mapped(unit.codes, self._table.folder))

    def strata(self, *picks: int, fine: bool) -> Coded:
        """Strata of a pick for G, or finer ones for the trend; of two, joint ones.

        The second is cut as finely as its rows in a level of the first allow: what it
        repeats of a candidate would else be left within its bins, and a copy with noise
        pass together with anything.
        """
        which = int(fine)
        if len(picks) == 1:
            return self._cut(picks[0], numbers_of_strata(int(self.n_rows))[which])
        own, cut = self._both(*picks, fine=fine)
        key = *picks, fine and cut is not self._both(*picks, fine=False)[1]
        if key not in self._kept_joined:
            if (len(self._kept_joined) + 1) * self._table.n_rows > MOST_JOINED:
                self._kept_joined.clear()
            self._kept_joined[key] = self._joined(own, cut)
        return self._kept_joined[key]

    def _both(self, pick: int, other: int, *, fine: bool) -> tuple[Coded, Coded]:
        """Levels of a pick, and strata of another one within them."""
        own = self.of(pick)
        numbers = numbers_of_strata(int(self.n_rows) // own.n_levels)
        return own, self._cut(other, numbers[int(fine)])

    def few_strata(self, *picks: int) -> tuple[Coded, Coded, bool] | None:
        """Two picks whose joint strata for G are not many more than they have rows.

        And whether those for the trend are finer. The kernel that counts joins them.
        None: they are many, or one. Kept, for candidates are given the same picks.
        """
        if len(picks) == 1:
            return None
        if picks not in self._kept_pairs:
            own, cut = self._both(*picks, fine=False)
            few = own.n_levels * cut.n_levels <= self.n_rows
            found = (own, cut, self.cut_finer(*picks)) if few else None
            self._kept_pairs[picks] = found
        return self._kept_pairs[picks]

    def strata_of_g(self, *picks: int) -> tuple[Coded, bool]:
        """Strata of one pick or two for G, and whether those for the trend are finer.

        Kept for one pick.
        """
        if picks not in self._kept_cuts:
            found = self.strata(*picks, fine=False), self.cut_finer(*picks)
            if len(picks) > 1:
                return found
            self._kept_cuts[picks] = found
        return self._kept_cuts[picks]

    def cut_finer(self, *picks: int) -> bool:
        """Whether the finer strata for the trend are others than those for G."""
        n_rows = int(self.n_rows)
        if len(picks) > 1:
            n_rows //= self.of(picks[0]).n_levels
        n, last = numbers_of_strata(n_rows), picks[-1]
        return n[0] != n[1] and self._is_cut(last, n[1])

    def _cut(self, pick: int, n: int) -> Coded:
        """Strata of a pick: so many quantile groups, parted by its bins; kept.

        By the bins, for an exact copy tells nothing within one, and something across
        the border of two.
        """
        if not self._is_cut(pick, n):
            return self.of(pick)
        if (pick, n) not in self._kept_strata:
            column = self._units.members[pick][0]
            edges = np.union1d(self._edges(column), self._quantiles(column, n))
            self._kept_strata[pick, n] = self._kept(self._between(pick, edges, n))
        return self._kept_strata[pick, n]

    def _is_cut(self, pick: int, n: int) -> bool:
        """Whether so many groups of a pick are others than its levels."""
        column, *others = self._units.members[pick]
        if others or self._table.discrete[column]:
            return False
        return n > self.of(pick).n_levels

    def _between(self, pick: int, edges: FloatArray, n: int) -> Coded:
        """Strata between edges: finest ones put together, where these have the edges.

        So many quantile groups are often some of each of the finest. On disk these are
        hundreds of thousands and few tests ask for them: only if they are there.
        """
        column, finest = self._units.members[pick][0], self._finest
        if n == finest:
            self._finest_edges[pick] = edges
        elif n < finest and (
            self._table.folder is None or (pick, finest) in self._kept_strata
        ):
            fine = self._cut(pick, finest)
            cuts = self._finest_edges[pick]
            at = np.searchsorted(cuts, edges)
            if at[-1] < len(cuts) and (cuts[at] == edges).all():
                level = np.searchsorted(at, np.arange(fine.n_levels))
                # What misses comes last.
                level[len(cuts) + 1 :] = len(edges) + 1
                codes = level.astype(_width(len(edges) + 2))[fine.codes]
                return coded(codes, len(edges) + 1 + int(fine.gaps), True, fine.gaps)
        return self._binned(column, edges)

    @cached_property
    def _shares(self) -> list[tuple[int, int]]:
        """First and last row of each worker; few are not worth a thread."""
        n = min(self.workers.n, 1 + self._table.n_rows // ROWS_OF_WORKER)
        ends = [i * self._table.n_rows // n for i in range(n + 1)]
        return list(pairwise(ends))

    @property
    def _sharing(self) -> Workers:
        """Who does the shares; of one there is nobody to wait for."""
        return self.workers if len(self._shares) > 1 else ALONE

    @cached_property
    def _units_of_rows(self) -> tuple[IntArray, float] | None:
        weights = self._table.weights
        if weights is None:
            return None
        return weights.units, weights.effective_rows_per_unit

    def given(self, unit: int, pick: int, output: int) -> IntArray:
        """Count (stratum of G of a pick, level, class); small ones kept for one unit.

        Tests at other levels, and of what depends on what, ask for them again.
        """
        if self._kept_tables[0] != unit:
            self._kept_tables = unit, {}
        known, key = self._kept_tables[1], (pick, output)
        if key in known:
            return known[key]
        strata = self.strata(pick, fine=False)
        tables = self.tables(self.of(unit), strata, self.targets[output])
        if tables.size <= MOST_KEPT:
            known[key] = tables
        return tables

    def pair(self, unit: int, pick: int) -> IntArray:
        """Count (level, level of a pick), as one table of (1, r, c), int64."""
        own, other = self.of(unit), self.of(pick)
        n_cells = own.n_levels * other.n_levels * self.targets[0].n_levels
        n_rows, plain = self._table.n_rows, self._table.weights is None
        summed = n_rows >= MANY_ROWS and ROWS_OF_CELL * n_cells <= n_rows
        is_cut = self._is_cut(pick, numbers_of_strata(int(self.n_rows))[0])
        if is_cut or not (plain and summed):
            return self.tables(own, None, other)
        # One pass over the rows serves this test and that given the pick.
        by_level = self.given(unit, pick, 0).sum(axis=2)
        return np.ascontiguousarray(by_level.T[np.newaxis])

    def tables(self, own: Coded, strata: Coded | None, target: Coded) -> IntArray:
        """Count (stratum, level, class), int64."""
        shape = 1 if strata is None else strata.n_levels, own.n_levels, target.n_levels
        cells = np.zeros(shape, np.int64)
        where = target.codes if strata is None else strata.codes
        none = strata is None
        if self._units_of_rows is None:
            # As many as there are workers; the others begin where all is 0.
            parts = [cells, *np.zeros((len(self._shares) - 1, *shape), np.int64)]

            def count(share: tuple[int, int], part: IntArray) -> None:
                rows = slice(*share)
                codes = own.codes[rows], target.codes[rows]
                _kernels.tables.count_strata(where[rows], none, *codes, part)

            for _ in self._sharing.map(count, self._shares, parts):
                pass
            return sum(parts[1:], start=cells)
        units, rows_per_unit = self._units_of_rows
        _kernels.tables.weigh_strata(where, none, own.codes, target.codes, units, cells)
        return cells if rows_per_unit == 1 else whole_rows(cells, rows_per_unit)


def whole_rows(cells: IntArray, rows_per_unit: float) -> IntArray:
    """Rows of cells, as whole numbers: their running sums are rounded."""
    ends = np.rint(np.cumsum(cells) * rows_per_unit).astype(np.int64)
    rows: IntArray = np.diff(ends, prepend=0).reshape(cells.shape)
    return rows
