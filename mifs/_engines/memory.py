"""The engine of tables in memory: codes, and bit columns of rows sorted by class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray, same
from mifs._data.codes import MAX_BYTE_LEVELS, Lent, Piece, empty_matrices, rows_by_width
from mifs._data.layout import consecutive, place, starts_of
from mifs._data.parallel import each
from mifs._engines.base import (
    ALONE,
    ByteColumns,
    Cells,
    CodedTable,
    JointCounts,
    RowCodes,
    Workers,
)
from mifs._engines.costs import bit_cost, bits_pay, pair_time, rounded, tile_cost
from mifs._engines.joined import join_groups, joint_label, label_counts
from mifs._engines.layout import CELLS_AT_ONCE, groups, in_shares, laid_out
from mifs._engines.packing import (
    by_levels,
    class_words,
    pack_codes,
    pack_rows,
    unpacked,
)
from mifs._engines.pairs import MAX_PAIR_CELLS, PairTables
from mifs._engines.pick import Pick
from mifs._engines.tiles import (
    FEWEST_LANES,
    TileRun,
    Tiles,
    TileShape,
    TileTables,
)

# How a candidate is counted: from bits, by a histogram of its uint8 or uint16 codes, or
# by sorting these, or with 255 others in a tile.
BITS, NARROW, WIDE, SORT_NARROW, SORT_WIDE, TILE = range(6)
# Codes that lie ready, perhaps on a disk, are counted where they lie if their tiles
# would take more bytes: one of four planes takes 128 a row. Tiles save a fifth of a fit
# of hundreds of columns, and nothing of one of 57.
MOST_OF_TILES = 1 << 27
# Nanoseconds that a value takes to become a code, and its bits; to be counted in tiles.
PACKING, COUNTING = 5.0, 0.1

# Ways of counting, and which candidates, or runs of tiles, are counted so.
Plan = list[tuple[int, Any]]


class MemoryEngine:
    """Counts of a table in memory; rows are sorted by class where bits count.

    Parameters
    ----------
    table : EncodedTable or JoinedColumns
        Every row counts once.
    n_jobs : int, default=None
    """

    def __init__(self, table: CodedTable, n_jobs: int | None = None) -> None:
        classes, n_classes = table.classes, table.n_classes
        assert table.units is None
        self.n_rows = len(classes)
        self.n_levels = table.n_levels
        self.class_counts = np.bincount(classes, minlength=n_classes)
        self._class_words = class_words(self.class_counts)
        self._in_bits = bits_pay(
            self.n_levels, self.n_rows, int(self._class_words[-1]), n_classes
        )
        dtype = np.uint8 if n_classes <= 256 else np.uint32
        order, self._classes = None, classes.astype(dtype)
        if self._in_bits.any() and (classes[1:] < classes[:-1]).any():
            # NumPy sorts 16-bit integers by radix, in linear time.
            short = classes.astype(np.uint16 if n_classes <= 65_536 else np.uint32)
            order = np.argsort(short, kind="stable")
            self._classes = self._classes[order]
        self._no_classes = np.zeros(self.n_rows, np.uint8)
        wide = self.n_levels > MAX_BYTE_LEVELS
        self._way = np.where(self._in_bits, BITS, np.where(wide, WIDE, NARROW))
        self._codes: dict[str, AnyArray] = {}
        self._code_rows = np.empty(len(self.n_levels), np.int64)
        shape = TileShape.of(self.n_levels, self.n_rows)
        few, large = shape.columns, shape.size(self.n_rows) > MOST_OF_TILES
        if order is None and large and table.lend() is not None:
            few = few[:0]
        in_tiles = len(few) >= FEWEST_LANES and not self._in_bits.any()
        self._store(table, order, n_jobs, shape.levels if in_tiles else 0)
        self._tiles: Tiles | None = None
        if self._codes and len(few) >= FEWEST_LANES:
            held = few, self.n_levels, self._codes["uint8"], self._code_rows
            self._tiles = Tiles(*held, shape.width, n_jobs)
        if in_tiles and self._tiles is not None:
            self._count_in_tiles(few, self._tiles.spread(few, n_classes), n_jobs)
        self._plans: dict[tuple[int, int, int, bool], tuple[Any, list[Any]]] = {}

    def _count_in_tiles(
        self, few: IntArray, runs: Sequence[TileRun], n_jobs: int | None
    ) -> None:
        """Count the levels of the columns in tiles."""
        tiles, classes = self._tiles, self._classes.astype(np.uint32)
        assert tiles is not None

        def count(run: TileRun) -> None:
            columns, groups = few[run.members], (len(self.class_counts), 1)
            tables = TileTables(tiles, run, classes, groups, ALONE)
            counts = tables.cells(self.n_levels[columns])
            place(self._counts, self._count_starts, columns, counts)

        each(count, [(run,) for run in runs], n_jobs, COUNTING * len(few) * self.n_rows)

    def _store(
        self, table: CodedTable, order: IntArray | None, n_jobs: int | None, tiled: int
    ) -> None:
        """Encode and pack piece by piece, then lay the pieces out by column.

        Columns of up to ``tiled`` levels lie in tiles, which count them.
        """
        n_words, n_classes = int(self._class_words[-1]), len(self.class_counts)
        sizes = np.where(self._in_bits, (self.n_levels - 1) * n_words, 0)
        self._word_starts = starts_of(sizes)
        self._count_starts = starts_of(self.n_levels * n_classes)
        self._words = np.empty(self._word_starts[-1], np.uint64)
        self._counts = np.empty(self._count_starts[-1], np.int64)
        lent = table.lend() if order is None else None
        if not (self._in_bits & (self.n_levels <= 2)).all():
            self._hold_codes(lent)
        pieces: list[Piece] = []
        for piece in table.pieces():
            pieces += by_levels(piece, self.n_levels[piece.columns], tiled)

        def pack(piece: Piece) -> None:
            codes, words, counts = self._pack(table, piece, order, tiled)
            if codes is not None and lent is None:
                self._keep_codes(piece.columns, codes)
            place(self._counts, self._count_starts, piece.columns, counts)
            place(self._words, self._word_starts, piece.columns, words)

        work = PACKING * len(self.n_levels) * self.n_rows
        each(pack, [(piece,) for piece in pieces], n_jobs, work)

    def _hold_codes(self, lent: Lent | None) -> None:
        """Take codes that lie ready, or make room for them."""
        if lent is None:
            matrices = empty_matrices(self.n_levels, self.n_rows)
            lent = Lent(*matrices, rows_by_width(self.n_levels))
        self._codes = {"uint8": lent.narrow, "uint16": lent.wide}
        self._code_rows = lent.rows

    def _pack(
        self, table: CodedTable, piece: Piece, order: IntArray | None, tiled: int
    ) -> tuple[AnyArray | None, AnyArray, IntArray]:
        """Codes (where kept), words and level counts (if not in tiles) of a piece."""
        columns = piece.columns
        n_levels, in_bits = self.n_levels[columns], self._in_bits[columns]
        rows = None if self._codes or order is None else table.byte_rows(piece)
        if rows is not None and order is not None:
            at = table.rows_of_source(order)
            return None, *pack_rows(rows, n_levels, at, self.class_counts)
        codes = table.codes(piece, order)
        if n_levels.max() <= tiled:
            return codes, np.empty(0, np.uint64), np.empty(0, np.int64)
        packed = pack_codes(codes, n_levels, in_bits, self._classes, self.class_counts)
        return (codes if self._codes else None), *packed

    def _keep_codes(self, columns: IntArray, codes: AnyArray) -> None:
        rows, kept = self._code_rows[columns], self._codes[codes.dtype.name]
        if not consecutive(rows):
            kept[rows] = codes
        elif len(rows) < len(kept):
            kept[rows[0] : rows[-1] + 1] = codes
        else:
            self._codes[codes.dtype.name] = codes

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        return Cells(self._counts, self._count_starts)

    @cached_property
    def _by_class(self) -> _kernels.counts.BitColumns:
        words = self._words, self._word_starts, self.n_levels
        counts = self._counts, self._count_starts, self._class_words
        return _kernels.counts.BitColumns(*words, *counts)

    @cached_property
    def _plain(self) -> _kernels.counts.BitColumns:
        """The same columns, all rows taken as one class."""
        return self._by_class._replace(
            counts=self._counts.reshape(-1, len(self.class_counts)).sum(axis=1),
            count_starts=starts_of(self.n_levels),
            class_words=self._class_words[[0, -1]],
        )

    def pick(self, column: int) -> Pick:
        """Prepare one column to be counted against others."""
        first, last = self._count_starts[column : column + 2]
        counts = self._counts[first:last].reshape(-1, len(self.class_counts))
        codes = None
        if self._codes:
            held, rows = self._codes_of(np.array([column]))
            codes = held[rows[0]]
        return Pick(codes, column, counts, self._classes)

    def join(self, pick: Pick | None, column: int) -> Pick:
        """Make one joint label of a pick and a column, without empty levels."""
        second = self.codes(column)
        if pick is None:
            return replace(self.pick(column), codes=second, column=None)
        assert pick.codes is not None
        m = int(self.n_levels[column])
        codes = joint_label(pick.codes, second, pick.n_levels, m)
        counts = label_counts(codes, self._classes, len(self.class_counts))
        return Pick(codes, None, counts, self._classes)

    def grouped(self, groups: Sequence[list[int]]) -> MemoryEngine:
        """Engine whose columns are the joint labels of groups of columns."""
        return MemoryEngine(join_groups(self, groups, self._classes, None))

    @property
    def row_codes(self) -> RowCodes:
        """Codes of all columns; rows may have come sorted."""
        falls = np.less(self._classes[1:], self._classes[:-1])
        return RowCodes(self.codes, not falls.any())

    @property
    def byte_columns(self) -> ByteColumns | None:
        """All columns, if they are counted by their codes, and any two of them so."""
        if not self._all_narrow:
            return None
        columns = self._code_rows, self.n_levels, self._classes
        tiles = None if self._tiles is None else self._tiles.whole()
        return ByteColumns(self._codes["uint8"], *columns, tiles=tiles)

    @property
    def pair_time(self) -> float:
        """Nanoseconds that a candidate takes in a round of all, about."""
        n_words = int(self._class_words[-1]) if self._in_bits.any() else None
        levels, n_classes = float(self.n_levels.mean()), len(self.class_counts)
        return pair_time(levels, n_classes, self.n_rows, n_words)

    def codes(self, column: int) -> AnyArray:
        """Codes of a column, also where only bits are kept."""
        pick = self.pick(column)
        if pick.codes is not None:
            return pick.codes
        words = self._words[self._word_starts[column] : self._word_starts[column + 1]]
        words = words.reshape(pick.n_levels - 1, self._class_words[-1])
        return unpacked(words, self.class_counts)

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        if self._tiles is None:
            return np.array_split(np.arange(len(candidates)), min(n, len(candidates)))
        return self._tiles.parts(candidates, n)

    def joint_counts(
        self,
        pick: Pick,
        candidates: IntArray,
        *,
        by_class: bool,
        workers: Workers = ALONE,
    ) -> Iterator[JointCounts]:
        """Tables of all candidates against a pick, some candidates at a time."""
        if pick.column is None or self._way[pick.column] != BITS:
            self._unpack()
        for kind, members in self._plan(pick, candidates, by_class):
            if kind == TILE:
                yield self._from_tiles(pick, members, by_class, workers)
            else:
                count = partial(self._count[kind], self, pick, candidates, by_class)
                yield from in_shares(count, members, len(candidates), workers)

    def _plan(self, pick: Pick, candidates: IntArray, by_class: bool) -> Plan:
        """How to count which candidates; kept for runs of columns, which come again."""
        n_joint = rounded(pick.n_levels * (len(self.class_counts) if by_class else 1))
        in_bits = pick.column is not None and bool(self._way[pick.column] == BITS)
        key = int(candidates[0]), len(candidates), n_joint, in_bits
        known = self._plans.get(key)
        if known is not None and same(known[0], candidates):
            return known[1]
        plan = self._make_plan(candidates, n_joint, in_bits)
        if consecutive(candidates):
            self._plans[key] = candidates.copy(), plan
        return plan

    def _make_plan(self, candidates: IntArray, n_joint: int, in_bits: bool) -> Plan:
        sizes = self.n_levels[candidates] * n_joint
        limit = self._most_cells
        way = self._way[candidates]
        if not in_bits:
            way = np.maximum(way, NARROW)
        way = np.where(sizes > limit, np.maximum(way, NARROW) + 2, way)
        tiled = self._tiled(candidates, way, n_joint)
        plan: Plan = []
        for kind in np.flatnonzero(np.bincount(way[~tiled])).tolist():
            members = groups(~tiled & (way == kind), np.minimum(sizes, limit))
            plan += [(kind, part) for part in members]
        if self._tiles is not None and tiled.any():
            at = np.flatnonzero(tiled)
            plan += [(TILE, run) for run in self._tiles.runs(candidates, at, n_joint)]
        return plan

    def _tiled(
        self, candidates: IntArray, way: AnyArray, n_joint: int
    ) -> NDArray[np.bool_]:
        """Which candidates are counted fastest in their tiles."""
        if self._tiles is None:
            return np.zeros(len(candidates), np.bool_)
        filled = self._tiles.filled(candidates)
        enough: NDArray[np.bool_] = (filled >= FEWEST_LANES) & (way <= NARROW)
        if not (way[enough] == BITS).any():
            return enough
        n_levels, n_classes = self.n_levels[candidates], len(self.class_counts)
        from_bits = bit_cost(
            n_levels, n_joint / n_classes, int(self._class_words[-1]), n_classes
        )
        cheap = tile_cost(n_levels, n_joint, self.n_rows) < filled * from_bits
        enough &= cheap | (way == NARROW)
        return enough

    def pair_counts(
        self, picks: IntArray, candidates: IntArray, *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of candidate i against pick i, for all i."""
        n_classes = len(self.class_counts) if by_class else 1
        way = self._way_of_pairs(picks, candidates, n_classes)
        if way == BITS:
            yield self._bit_tables(candidates, picks, slice(None), by_class)
        elif way == NARROW:
            classes = self._classes if by_class else self._no_classes
            columns = self._codes["uint8"], self._code_rows, self.n_levels
            pairs = PairTables(columns, candidates, picks, classes, n_classes)
            yield JointCounts(slice(None), summed=pairs)
        else:
            for column in np.unique(picks).tolist():
                members = np.flatnonzero(picks == column)
                tables = self.joint_counts(
                    self.pick(column), candidates[members], by_class=by_class
                )
                for table in tables:
                    yield table._replace(members=members[table.members])

    def _way_of_pairs(
        self, picks: IntArray, candidates: IntArray, n_classes: int
    ) -> int:
        """How to count pairs together, if their tables are small; else by sorting."""
        if self._all_narrow:
            return NARROW
        way = int(max(self._way[candidates].max(), self._way[picks].max()))
        sizes = self.n_levels[candidates] * self.n_levels[picks] * n_classes
        in_bits = way == BITS and sizes.sum() <= CELLS_AT_ONCE
        narrow = way == NARROW and sizes.max() <= MAX_PAIR_CELLS
        small = sizes.max() <= self._most_cells
        return way if small and (in_bits or narrow) else SORT_NARROW

    @cached_property
    def _all_narrow(self) -> bool:
        """Whether any two columns are byte codes with a small table."""
        cells = int(self.n_levels.max()) ** 2 * len(self.class_counts)
        small = cells <= min(self._most_cells, MAX_PAIR_CELLS)
        return small and bool((self._way == NARROW).all())

    @property
    def _most_cells(self) -> int:
        """Cells up to which a table is laid out; larger ones are sorted."""
        return 8 * self.n_rows + 256

    def _from_bits(
        self, pick: Pick, candidates: Any, by_class: bool, members: Any
    ) -> Iterator[JointCounts]:
        chosen = candidates[members]
        picks = np.full(len(chosen), pick.column)
        yield self._bit_tables(chosen, picks, members, by_class)

    def _bit_tables(
        self, candidates: Any, picks: Any, members: Any, by_class: bool
    ) -> JointCounts:
        columns = self._by_class if by_class else self._plain
        n_classes = len(columns.class_words) - 1
        starts = starts_of(self.n_levels[candidates] * self.n_levels[picks] * n_classes)
        cells = np.empty(starts[-1], np.int64)
        _kernels.counts.bit_tables(columns, candidates, picks, cells, starts)
        return laid_out(members, Cells(cells, starts), by_class)

    def _from_histograms(
        self, pick: Pick, candidates: Any, by_class: bool, members: Any
    ) -> Iterator[JointCounts]:
        base = pick.by_class if by_class else pick.plain
        stride = pick.n_levels * (len(self.class_counts) if by_class else 1)
        chosen = candidates[members]
        codes, rows = self._codes_of(chosen)
        starts = starts_of(self.n_levels[chosen] * stride)
        cells = np.empty(starts[-1], np.int64)
        _kernels.counts.histogram_tables(codes, rows, base, stride, cells, starts)
        yield laid_out(members, Cells(cells, starts), by_class)

    def _from_tiles(
        self, pick: Pick, run: TileRun, by_class: bool, workers: Workers
    ) -> JointCounts:
        assert self._tiles is not None
        base = pick.by_class if by_class else pick.plain
        n_classes = len(self.class_counts) if by_class else 1
        groups = pick.n_levels * n_classes, n_classes
        tables = TileTables(self._tiles, run, base, groups, workers)
        return JointCounts(run.members, summed=tables)

    def _from_sorting(
        self, pick: Pick, candidates: Any, by_class: bool, members: Any
    ) -> Iterator[JointCounts]:
        base = pick.by_class if by_class else pick.plain
        n_classes = len(self.class_counts) if by_class else 1
        order, _ = pick.groups_by_class if by_class else pick.groups_plain
        chosen = candidates[members]
        codes, rows = self._codes_of(chosen)
        triple, triple_starts, pair, pair_starts = _kernels.counts.sorted_tables(
            codes, rows, self.n_levels[chosen], base, order, n_classes
        )
        cells = Cells(triple, triple_starts) if by_class else None
        yield JointCounts(members, cells, Cells(pair, pair_starts))

    def _codes_of(self, columns: Any) -> tuple[AnyArray, IntArray]:
        """Code matrix of columns of one width, and their rows in it."""
        wide = self.n_levels[columns[0]] > MAX_BYTE_LEVELS
        return self._codes["uint16" if wide else "uint8"], self._code_rows[columns]

    def _unpack(self) -> None:
        """Make codes where only bits were kept, for a pick that has no bits."""
        if not self._codes:
            every = np.arange(len(self.n_levels))
            self._code_rows = every
            self._codes = {"uint8": np.stack([self.codes(j) for j in every.tolist()])}

    _count: ClassVar = {
        BITS: _from_bits,
        NARROW: _from_histograms,
        WIDE: _from_histograms,
        SORT_NARROW: _from_sorting,
        SORT_WIDE: _from_sorting,
    }
