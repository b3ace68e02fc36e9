"""The engine of drawn rows: bit planes of the whole table serve every draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.codes import MAX_BYTE_LEVELS, Lent
from mifs._data.encoded import EncodedTable
from mifs._data.layout import place, starts_of
from mifs._engines.base import ByteColumns, JointCounts
from mifs._engines.costs import bits_pay
from mifs._engines.memory import BITS, NARROW, WIDE, MemoryEngine
from mifs._engines.packing import class_words, pack_codes
from mifs._engines.pick import Pick
from mifs._engines.ternary import TernaryEngine
from mifs._engines.tiles import FEWEST_LANES, MAX_TILE_LEVELS, TileRun, Tiles


@dataclass(frozen=True, eq=False)
class HeldTiles:
    """Columns of few levels in tiles that hold all rows of a table.

    Attributes
    ----------
    columns : ndarray of int
        Which they are.
    tiles : Tiles
    lent : Lent
        Codes of all columns.
    classes : ndarray of shape (n,)
        Of all rows.
    runs : list of TileRun
        Of all these columns, where classes are counted.
    """

    columns: IntArray
    tiles: Tiles
    lent: Lent
    classes: AnyArray
    runs: list[TileRun]

    def codes(self, column: int, rows: IntArray) -> AnyArray:
        """Codes of some rows of one of these columns, (n,) uint8."""
        codes: AnyArray = self.lent.narrow[self.lent.rows[column]][rows]
        return codes


def holding(table: EncodedTable) -> EncodedTable:
    """Lay the columns of a table out in tiles, for many draws of its rows to count."""
    lent = table.lend()
    few = np.flatnonzero(table.n_levels <= MAX_TILE_LEVELS)
    if lent is None or table.units is not None or len(few) < FEWEST_LANES:
        return table
    tiles = Tiles(few, table.n_levels, lent.narrow, lent.rows)
    dtype = np.uint8 if table.n_classes <= 256 else np.uint32
    runs = tiles.runs(few, np.arange(len(few)), table.n_classes)
    held = HeldTiles(few, tiles, lent, table.classes.astype(dtype), runs)
    return replace(table, held=held)


def engine_in_memory(
    table: EncodedTable, n_jobs: int | None = None
) -> MemoryEngine | TernaryEngine:
    """Count rows of tiles that are there already, or pack the table."""
    if isinstance(table.held, HeldTiles) and table.picked is not None:
        return DrawnEngine(table, table.held)
    if TernaryEngine.holds(table):
        return TernaryEngine(table, n_jobs)
    return MemoryEngine(table, n_jobs)


class DrawnEngine(MemoryEngine):
    """Counts of some rows of a table that others count, too.

    Bit columns, where they pay, are made from the tiles, a few cycles a word. Where
    few candidates are asked for, or columns of many levels, the codes of the rows are
    brought together first.

    Parameters
    ----------
    table : EncodedTable
        Some rows, of which every one counts once.
    held : HeldTiles
        Of all rows.
    """

    def __init__(self, table: EncodedTable, held: HeldTiles) -> None:
        assert table.picked is not None
        self.held, self.rows = held, table.picked
        classes, n_classes = held.classes[self.rows], table.n_classes
        self.n_rows, self.n_levels = table.n_rows, table.n_levels
        self.class_counts = np.bincount(classes, minlength=n_classes)
        self._class_words = class_words(self.class_counts)
        n_words = int(self._class_words[-1])
        self._in_bits = bits_pay(self.n_levels, self.n_rows, n_words, n_classes)
        if self._in_bits.any():
            order = np.argsort(classes, kind="stable")
            self.rows, classes = self.rows[order], classes[order]
        self._classes = classes
        self._no_classes = np.zeros(self.n_rows, np.uint8)
        wide = self.n_levels > MAX_BYTE_LEVELS
        self._way = np.where(self._in_bits, BITS, np.where(wide, WIDE, NARROW))
        self._codes, self._code_rows = {}, held.lent.rows
        self._tiles = held.tiles.drawn(self.rows)
        self._count_starts = starts_of(self.n_levels * n_classes)
        self._counts = np.empty(self._count_starts[-1], np.int64)
        self._count_in_tiles(held.columns, held.runs, n_jobs=1)
        self._count_others(np.flatnonzero(self.n_levels > MAX_TILE_LEVELS))
        self._plans = {}

    @cached_property
    def _by_class(self) -> _kernels.counts.BitColumns:
        """Bit columns of the rows, from the planes of the tiles."""
        assert self._tiles is not None
        columns = np.flatnonzero(self._in_bits)
        sizes = (self.n_levels - 1) * self._in_bits * int(self._class_words[-1])
        self._word_starts = starts_of(sizes)
        starts = np.append(self._word_starts[columns], self._word_starts[-1])
        self._words = self._tiles.bit_columns(
            *(columns, self.n_levels[columns], starts, starts_of(self.class_counts))
        )
        return super()._by_class

    def _count_others(self, columns: IntArray) -> None:
        """Count the levels of the columns that are in no tile."""
        wide = self.n_levels[columns] > MAX_BYTE_LEVELS
        for own in (columns[~wide], columns[wide]):
            if len(own):
                codes, rows = self._codes_of(own)
                _, counts = pack_codes(
                    *(codes[rows], self.n_levels[own], self._in_bits[own]),
                    *(self._classes, self.class_counts),
                )
                place(self._counts, self._count_starts, own, counts)

    def _bring_together(self) -> None:
        """Copy the codes of the rows, once, when they are first asked for."""
        if not self._codes:
            lent = self.held.lent
            self._codes = {
                "uint8": np.take(lent.narrow, self.rows, axis=1),
                "uint16": np.take(lent.wide, self.rows, axis=1),
            }

    def _codes_of(self, columns: IntArray) -> tuple[AnyArray, IntArray]:
        self._bring_together()
        return super()._codes_of(columns)

    @property
    def byte_columns(self) -> ByteColumns | None:
        """All columns, if any two are counted by their codes."""
        self._bring_together()
        return super().byte_columns

    def pair_counts(
        self, picks: IntArray, candidates: IntArray, *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of candidate i against pick i, for all i."""
        if not (self._in_bits[candidates].all() and self._in_bits[picks].all()):
            self._bring_together()
        return super().pair_counts(picks, candidates, by_class=by_class)

    def _unpack(self) -> None:
        """No codes are brought together for tiles."""

    def codes(self, column: int) -> AnyArray:
        """Codes of a column, (n,)."""
        lent, wide = self.held.lent, self.n_levels[column] > MAX_BYTE_LEVELS
        whole = (lent.wide if wide else lent.narrow)[self._code_rows[column]]
        codes: AnyArray = whole[self.rows]
        return codes

    def pick(self, column: int) -> Pick:
        """Prepare one column to be counted against others."""
        first, last = self._count_starts[column : column + 2]
        counts = self._counts[first:last].reshape(-1, len(self.class_counts))
        return Pick(self.codes(column), column, counts, self._classes)
