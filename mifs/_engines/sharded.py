"""The engine of a table whose rows lie in shards: their integer tables are added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import AnyArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.kinds import MAX_LEVELS
from mifs._data.layout import starts_of
from mifs._data.parts import Rule
from mifs._data.sharded import ShardedRows, elsewhere, places_of
from mifs._data.shards import Shards
from mifs._data.table import Table
from mifs._engines.base import ALONE, Cells, JointCounts, Workers
from mifs._engines.layout import laid_out
from mifs._engines.shard import (
    COLUMN,
    LABEL,
    ONE,
    Coding,
    Request,
    Source,
    add_sparse,
    code_part,
    group_labels,
    join_label,
    joint_tables,
    level_tables,
    sparse_table,
)

# Cells of the tables that come back in one round: 64 MB at most.
MOST_CELLS = 1 << 24
# Nanoseconds of a code in a table, and of a round that is worth to be made shorter by
# bounds, which take several rounds to know who need not be asked.
COUNTING, LONG_ROUND = 0.4, 2e8


@dataclass(frozen=True, eq=False)
class ShardedCodes:
    """Where the codes of an `EncodedTable` are that no place holds as a whole.

    Attributes
    ----------
    shards : Shards
        Of `CodedShard`.
    n_rows : int
    n_levels : ndarray of shape (p,), int64
    """

    shards: Shards
    n_rows: int
    n_levels: IntArray

    def pieces(self, columns: IntArray) -> NoReturn:
        """No codes are here."""
        raise elsewhere()

    def codes(self, piece: Any, order: IntArray | None) -> NoReturn:
        """No codes are here."""
        raise elsewhere()

    def byte_rows(self, piece: Any) -> None:
        """No rows are here."""

    def lend(self, columns: IntArray) -> None:
        """Nothing lies ready here."""


def in_shards(encoded: EncodedTable, table: Table, rows: ShardedRows) -> EncodedTable:
    """Leave the codes of a table where its rows are."""
    for edges, shards in rows.coded:
        if same_edges(edges, encoded.edges):
            return replace(encoded, source=_codes(shards, encoded))
    rules = [
        Rule(edges=encoded.edges[column])
        if column in encoded.edges
        else Rule(levels=encoded.levels(column))
        for column in range(table.n_features)
    ]
    target = encoded.target
    coding = Coding(
        places_of(table).tolist(),
        rules,
        encoded.n_levels,
        rows.target,
        Rule(target.edges, None if target.edges is not None else target.classes),
        target.n_classes,
        rows.weighed,
    )
    shards = rows.parts.made(code_part, coding)
    rows.coded.append((encoded.edges, shards))
    return replace(encoded, source=_codes(shards, encoded))


def _codes(shards: Shards, encoded: EncodedTable) -> ShardedCodes:
    return ShardedCodes(shards, encoded.n_rows, encoded.n_levels)


def same_edges(first: dict[int, AnyArray], second: dict[int, AnyArray]) -> bool:
    """Whether the same columns are cut at the same values."""
    return first.keys() == second.keys() and all(
        np.array_equal(edges, second[column]) for column, edges in first.items()
    )


@dataclass(frozen=True, eq=False)
class ShardedPick:
    """A column, or a joint label of several, to count candidates against.

    Attributes
    ----------
    counts : ndarray of shape (n_levels, n_classes), int64
    column : int or None
        The single column that it is.
    label : Shards or None
        Codes of a joint label.
    """

    counts: IntArray
    column: int | None
    label: Shards | None = None

    @property
    def n_levels(self) -> int:
        """Number of levels."""
        return len(self.counts)

    @property
    def source(self) -> Source:
        """What it is to the shards."""
        return (LABEL, 0) if self.column is None else (COLUMN, self.column)


class ShardedEngine:
    """Counts of rows that lie in shards.

    Parameters
    ----------
    shards : Shards
        Of `CodedShard`.
    n_levels : ndarray of shape (p,), int64
    n_classes : int
    n_rows : int
        Of all shards; the sum of their units, if they have some.
    n_stored : int
        Of all shards, each row once.
    """

    row_codes = None
    byte_columns = None

    def __init__(
        self,
        shards: Shards,
        n_levels: IntArray,
        n_classes: int,
        n_rows: int,
        n_stored: int,
    ) -> None:
        self.shards, self.n_levels, self.n_rows = shards, n_levels, n_rows
        self._n_stored, self._n_classes = n_stored, n_classes
        # No cell, nor a sum of cells, is above the number of rows.
        self._dtype = np.min_scalar_type(n_rows) if n_rows < 2**32 else np.int64
        self._count_starts = starts_of(n_levels * n_classes)
        counts = shards.added(level_tables, self._dtype)
        self._counts: IntArray = counts.astype(np.int64)
        first = self._counts[: self._count_starts[1]].reshape(-1, n_classes)
        self.class_counts: IntArray = first.sum(axis=0)

    @classmethod
    def of_table(cls, encoded: EncodedTable) -> ShardedEngine:
        """Count an encoded table whose codes are in shards."""
        source: Any = encoded.source
        units = encoded.units
        n_rows = source.n_rows if units is None else int(units.sum())
        levels = encoded.n_levels, encoded.n_classes
        return cls(source.shards, *levels, n_rows, source.n_rows)

    @cached_property
    def _most_cells(self) -> int:
        """Cells up to which a table is laid out."""
        return min(8 * self._n_stored + 256, MOST_CELLS)

    @property
    def pair_time(self) -> float:
        """Nanoseconds of a candidate in a round of all; 0 where rounds are short.

        Fewer candidates would then not make up for more rounds.
        """
        each = COUNTING * self._n_stored / len(self.shards)
        return each if each * len(self.n_levels) > LONG_ROUND else 0.0

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        return Cells(self._counts, self._count_starts)

    def pick(self, column: int) -> ShardedPick:
        """Prepare one column to be counted against others."""
        first, last = self._count_starts[column : column + 2]
        return ShardedPick(
            self._counts[first:last].reshape(-1, self._n_classes), column
        )

    def join(self, pick: ShardedPick | None, column: int) -> ShardedPick:
        """Make one joint label of a pick and a column, without empty levels."""
        if pick is None:
            return self.pick(column)
        keys, counts = self._keys(pick, column)
        beside = self._beside(pick)
        label = beside.made(join_label, pick.source, (COLUMN, column), keys)
        return ShardedPick(counts, None, label)

    def _keys(self, pick: ShardedPick, column: int) -> tuple[IntArray, IntArray]:
        """Pairs of levels that occur, and how often in each class."""
        n_first, n_second = pick.n_levels, int(self.n_levels[column])
        if n_first * n_second * self._n_classes <= self._most_cells:
            (table,) = self.joint_counts(pick, np.array([column]), by_class=True)
            assert table.triple is not None
            shape = n_second, n_first, self._n_classes
            table_of_levels = table.triple.counts.reshape(shape)
            cells = table_of_levels.transpose(1, 0, 2).reshape(-1, self._n_classes)
            keys = np.flatnonzero(cells.any(axis=1))
            return keys, cells[keys]
        found, counts = self._sparse(pick, column, by_class=True)
        keys, at = np.unique(found // self._n_classes, return_inverse=True)
        laid = np.zeros((len(keys), self._n_classes), np.int64)
        laid[at, found % self._n_classes] = counts
        return keys, laid

    def grouped(self, groups: Sequence[list[int]]) -> ShardedEngine:
        """Engine whose columns are the joint labels of groups of columns."""
        labels, n_levels = [], []
        for members in groups:
            pick: ShardedPick | None = None
            for column in members:
                pick = self.join(pick, column)
            assert pick is not None
            labels.append(self._label(pick))
            n_levels.append(pick.n_levels)
        if max(n_levels) > MAX_LEVELS:
            largest = int(np.argmax(n_levels))
            raise OverflowError(largest, n_levels[largest])
        return ShardedEngine(
            self.shards.beside(*labels).made(group_labels),
            *(np.array(n_levels, np.int64), self._n_classes),
            *(self.n_rows, self._n_stored),
        )

    def _label(self, pick: ShardedPick) -> Shards:
        """Codes of a pick, as a label."""
        if pick.label is not None:
            return pick.label
        keys = np.arange(pick.n_levels)
        return self.shards.made(join_label, (COLUMN, pick.column), ONE, keys)

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates, in one part: the shards share the work."""
        return [np.arange(len(candidates))]

    def joint_counts(
        self,
        pick: ShardedPick,
        candidates: IntArray,
        *,
        by_class: bool,
        workers: Workers = ALONE,
    ) -> Iterator[JointCounts]:
        """Tables of all candidates against a pick, some candidates at a time."""
        n_classes = self._n_classes if by_class else 1
        sizes = self.n_levels[candidates] * (pick.n_levels * n_classes)
        small = sizes <= self._most_cells
        for members in _blocks(np.flatnonzero(small), sizes):
            whole = len(members) == len(candidates)
            requests = [(pick.column, candidates[members])]
            cells = self._tables(pick, requests, by_class)
            starts = starts_of(sizes[members])
            yield laid_out(
                slice(None) if whole else members, Cells(cells, starts), by_class
            )
        for place in np.flatnonzero(~small).tolist():
            yield self._occupied(pick, candidates, place, by_class)

    def pair_counts(
        self, picks: IntArray, candidates: IntArray, *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of candidate i against pick i, for all i."""
        n_classes = self._n_classes if by_class else 1
        sizes = self.n_levels[candidates] * self.n_levels[picks] * n_classes
        order = np.argsort(picks, kind="stable")
        small = sizes <= self._most_cells
        for members in _blocks(order[small[order]], sizes):
            own = picks[members]
            runs = np.split(members, np.flatnonzero(np.diff(own)) + 1)
            requests = [(int(picks[run[0]]), candidates[run]) for run in runs]
            cells = self._tables(None, requests, by_class)
            starts = starts_of(sizes[members])
            yield laid_out(members, Cells(cells, starts), by_class)
        for place in np.flatnonzero(~small).tolist():
            pick = self.pick(int(picks[place]))
            yield self._occupied(pick, candidates, place, by_class)

    def _beside(self, pick: ShardedPick | None) -> Shards:
        """Shards, with the codes of a label beside them if it is one."""
        if pick is None or pick.label is None:
            return self.shards
        return self.shards.beside(pick.label)

    def _tables(
        self,
        pick: ShardedPick | None,
        requests: Sequence[Request],
        by_class: bool,
    ) -> IntArray:
        """Cells of tables that are laid out, of all rows."""
        shards = self._beside(pick)
        cells = shards.added(joint_tables, requests, by_class, self._dtype)
        counts: IntArray = cells.astype(np.int64)
        return counts

    def _sparse(
        self, pick: ShardedPick, column: int, by_class: bool
    ) -> tuple[IntArray, IntArray]:
        """Keys of the occupied cells (pick, column, class) of one table, and counts."""
        keys, counts = self._beside(pick).added(
            *(sparse_table, pick.source, (COLUMN, column), by_class), add=add_sparse
        )
        return keys, counts

    def _occupied(
        self, pick: ShardedPick, candidates: IntArray, place: int, by_class: bool
    ) -> JointCounts:
        """Occupied cells of one table too large to lay out."""
        keys, counts = self._sparse(pick, int(candidates[place]), by_class)
        triple = _one(counts) if by_class else None
        if by_class:
            _, at = np.unique(keys // self._n_classes, return_inverse=True)
            together = np.zeros(int(at.max()) + 1, np.int64)
            np.add.at(together, at, counts)
            counts = together
        return JointCounts(np.array([place]), triple, _one(counts))


def _one(counts: IntArray) -> Cells:
    return Cells(counts, np.array([0, len(counts)]))


def _blocks(members: NDArray[np.intp], sizes: IntArray) -> Iterator[AnyArray]:
    """Split candidates so that the cells of a round stay within bounds."""
    if len(members):
        block = np.cumsum(sizes[members]) // MOST_CELLS
        yield from np.split(members, np.flatnonzero(np.diff(block)) + 1)
