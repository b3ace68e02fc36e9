"""What is counted where the rows of a shard lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.blocks import ByteRows
from mifs._data.codes import Lent, Piece, StoredCodes, writable
from mifs._data.layout import place, starts_of
from mifs._data.parts import Part, Rule, Weighed
from mifs._engines.aside import CodesAside, EngineAside
from mifs._engines.base import JointCounts
from mifs._engines.histogram import HistogramEngine
from mifs._engines.memory import MemoryEngine
from mifs._engines.pick import Pick
from mifs._engines.tiles import TileTables


@dataclass(frozen=True, eq=False)
class CodedShard:
    """Codes of the rows of a shard, of the levels of the whole table.

    An engine reads it as an `EncodedTable`.

    Attributes
    ----------
    stored : StoredCodes or CodesAside
    classes : ndarray of shape (n,), uint8 or uint32
    n_classes : int
    units : ndarray of shape (n,), int64, or None
    """

    stored: StoredCodes | CodesAside
    classes: AnyArray
    n_classes: int
    units: IntArray | None

    @property
    def n_levels(self) -> IntArray:
        """Levels of each column."""
        return self.stored.n_levels

    @property
    def _ready(self) -> StoredCodes:
        """Codes in memory, as engines of tables in memory read them."""
        assert isinstance(self.stored, StoredCodes)
        return self.stored

    def pieces(self) -> list[Piece]:
        """Columns of one width."""
        return self._ready.pieces(np.arange(len(self.n_levels)))

    def codes(self, piece: Piece, order: IntArray | None = None) -> AnyArray:
        """Codes of a piece, (b, n)."""
        return self._ready.codes(piece, order)

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Columns lie one after the other."""
        return None

    def rows_of_source(self, order: IntArray) -> IntArray:
        """All rows are here."""
        return order

    def lend(self) -> Lent | None:
        """Codes lie ready."""
        return self._ready.lend(np.arange(len(self.n_levels)))

    def column(self, column: int) -> AnyArray:
        """Codes of one column, (n,), rows as they came."""
        if isinstance(self.stored, CodesAside):
            return self.stored.column(column)[0]  # type: ignore[no-any-return]
        (piece,) = self.stored.pieces(np.array([column]))
        codes: AnyArray = self.stored.codes(piece, None)[0]
        return codes

    @property
    def engine(self) -> MemoryEngine | HistogramEngine:
        """Counts the rows; one of codes in memory is made once."""
        if isinstance(self.stored, StoredCodes):
            return self._kept_engine
        return _every_cell(EngineAside(self))

    @cached_property
    def _kept_engine(self) -> MemoryEngine | HistogramEngine:
        if self.units is None:
            return _Laid(self)
        return _every_cell(HistogramEngine(self))

    def aside(self, folder: Path) -> CodedShard:
        """Move the codes to a file."""
        return replace(self, stored=CodesAside.of(self._ready, folder))

    def __getstate__(self) -> dict[str, Any]:
        """Leave the engine where it is: another place makes its own."""
        state = dict(vars(self))
        state.pop("_kept_engine", None)
        return state

    @property
    def nbytes(self) -> int:
        """Bytes that the codes take in memory."""
        if isinstance(self.stored, CodesAside):
            return 0
        return int(self.stored.narrow.nbytes + self.stored.wide.nbytes)

    def __sizeof__(self) -> int:
        units = 0 if self.units is None else self.units.nbytes
        return self.nbytes + int(self.classes.nbytes) + units


def _every_cell(engine: HistogramEngine) -> HistogramEngine:
    """Lay out every cell of a table: who asks knows how many there are."""
    engine._limit = np.iinfo(np.int64).max
    return engine


class _Laid(MemoryEngine):
    """Counts of which every cell is laid out: who asks knows how many there are."""

    @property
    def _most_cells(self) -> int:
        return int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Coding:
    """How parts become shards of codes.

    Attributes
    ----------
    places : list of int
        Where the features stand in a part.
    rules : list of Rule
    n_levels : ndarray of int64
        Of each feature, missing values counted as one.
    target : int
    classes : Rule
    n_classes : int
    weighed : Weighed or None
    """

    places: list[int]
    rules: list[Rule]
    n_levels: IntArray
    target: int
    classes: Rule
    n_classes: int
    weighed: Weighed | None


def code_part(part: Part, coding: Coding) -> CodedShard:
    """Turn the rows of a part into codes."""
    pairs = zip(coding.places, coding.rules, strict=True)
    codes = [rule.codes(part.columns[at]) for at, rule in pairs]
    stored = StoredCodes.of_columns(codes, coding.n_levels)
    classes = coding.classes.codes(part.columns[coding.target])
    units = None if coding.weighed is None else coding.weighed.units(part)
    dtype = np.uint8 if coding.n_classes <= 256 else np.uint32
    return CodedShard(stored, classes.astype(dtype), coding.n_classes, units)


def level_tables(shard: CodedShard, dtype: DTypeLike) -> AnyArray:
    """Tables (level, class) of all columns, one after the other."""
    return shard.engine.level_counts().counts.astype(dtype)


# One of the columns, or the label that lies beside the shard; whom to count against it.
Request = tuple[int | None, IntArray]


def joint_tables(shard: CodedShard, *more: Any) -> AnyArray:
    """Tables of candidates against picks, every cell laid out, one after the other.

    ``more`` is a label (n,), if one of the requests is about one, and then the
    requests, whether the class is counted, and the dtype of the counts.
    """
    *labels, requests, by_class, dtype = more
    n_classes = shard.n_classes if by_class else 1
    found = []
    for column, candidates in requests:
        pick = _pick(shard, labels[0] if labels else None, column)
        sizes = shard.n_levels[candidates] * (pick.n_levels * n_classes)
        cells = np.empty(int(sizes.sum()), dtype)
        for tables in shard.engine.joint_counts(pick, candidates, by_class=by_class):
            _lay_out(tables, shard.n_levels[candidates], starts_of(sizes), cells)
        found.append(cells)
    return found[0] if len(found) == 1 else np.concatenate(found)


def _pick(shard: CodedShard, label: Label | None, column: int | None) -> Pick:
    engine: Any = shard.engine
    if column is not None:
        pick: Pick = engine.pick(column)
        return pick
    assert label is not None
    order = _order_of(engine, shard)
    codes = label.codes if order is None else label.codes[order]
    classes = engine._classes if isinstance(engine, MemoryEngine) else engine.classes
    # Only the shape of the counts is asked for.
    counts = np.empty((label.n_levels, shard.n_classes), np.int64)
    return Pick(codes, None, counts, classes)


def _order_of(engine: Any, shard: CodedShard) -> IntArray | None:
    """Order in which the engine has the rows; None: as they came."""
    if isinstance(engine, HistogramEngine) or not engine.row_codes.sorted:
        return None
    short = shard.classes.astype(np.uint16 if shard.n_classes <= 65_536 else np.uint32)
    return np.argsort(short, kind="stable")


def _lay_out(
    tables: JointCounts, n_levels: IntArray, starts: IntArray, cells: AnyArray
) -> None:
    """Put tables where they belong among those of all candidates."""
    members = np.arange(len(n_levels))[tables.members]
    if isinstance(tables.summed, TileTables):
        counts = tables.summed.cells(n_levels[members])
    else:
        laid = tables.triple if tables.triple is not None else tables.pair
        assert laid is not None
        counts = laid.counts
    place(cells, starts, members, counts)


@dataclass(frozen=True, eq=False)
class Label:
    """Joint label of several columns.

    Attributes
    ----------
    codes : ndarray of shape (n,), uint32
    n_levels : int
    """

    codes: AnyArray
    n_levels: int

    def __sizeof__(self) -> int:
        return int(self.codes.nbytes)


def group_labels(shard: CodedShard, *labels: Label) -> CodedShard:
    """Make labels the columns of a shard."""
    n_levels = np.array([label.n_levels for label in labels])
    stored = StoredCodes.of_columns([label.codes for label in labels], n_levels)
    return CodedShard(stored, shard.classes, shard.n_classes, shard.units)


Sparse = tuple[IntArray, IntArray]


def sparse_table(shard: CodedShard, *more: Any) -> Sparse:
    """Occupied cells of one table that is too large to lay out: keys and counts.

    ``more`` are labels that lie beside the shard, the sources of the pick and of the
    candidate, and whether classes are told apart: the last of what a key is made of.
    """
    *sources, by_class = more
    key = _keys(shard, sources)
    if by_class:
        key = key * shard.n_classes + shard.classes
    keys, at = np.unique(key, return_inverse=True)
    counts = np.bincount(at, shard.units, minlength=len(keys)).astype(np.int64)
    return keys, counts


def add_sparse(first: Sparse, second: Sparse) -> Sparse:
    """Add tables of occupied cells."""
    keys, at = np.unique(np.concatenate([first[0], second[0]]), return_inverse=True)
    both = np.concatenate([first[1], second[1]]).astype(np.float64)
    return keys, np.bincount(at, both, minlength=len(keys)).astype(np.int64)


# Codes of a shard: of a column, of a label that lies beside it, or of the classes; none
# where all rows are in one stratum.
Source = tuple[str, int]
COLUMN, LABEL, CLASSES, NOTHING = "column", "label", "classes", "nothing"
# A source of one level: a column by itself is a joint label, too.
ONE = ("one", 0)


def _resolved(
    shard: CodedShard, labels: Sequence[Label], source: Source
) -> tuple[AnyArray, int]:
    """Codes of a source, and its levels."""
    kind, number = source
    if kind == LABEL:
        return labels[number].codes, labels[number].n_levels
    if kind == CLASSES:
        return shard.classes, shard.n_classes
    if kind == ONE[0]:
        return np.zeros(len(shard.classes), np.uint8), 1
    return shard.column(number), int(shard.n_levels[number])


def _keys(shard: CodedShard, more: Sequence[Any]) -> IntArray:
    """Key of each row: first code × levels of the second + second code."""
    *labels, first, second = more
    codes, n_levels = _resolved(shard, labels, second)
    keys: IntArray = _resolved(shard, labels, first)[0].astype(np.int64) * n_levels
    return keys + codes


def keys_of(shard: CodedShard, *more: Any) -> IntArray:
    """Find the keys of the levels of a joint label that occur, sorted.

    ``more`` are labels that lie beside the shard, and two sources.
    """
    return np.unique(_keys(shard, more))


def join_label(shard: CodedShard, *more: Any) -> Label:
    """Make a joint label, as `keys_of` has it, of the levels of these keys."""
    *sources, keys = more
    at = np.searchsorted(keys, _keys(shard, sources))
    return Label(at.astype(np.uint32), len(keys))


def count_strata(shard: CodedShard, *more: Any) -> IntArray:
    """Count (stratum, level, class), int64.

    ``more`` are labels that lie beside the shard, sources of the strata, the levels and
    the classes, and the shape of the tables.
    """
    *labels, strata, own, target, shape = more
    alone = strata[0] == NOTHING
    codes, classes = (_as_counted(shard, labels, each) for each in (own, target))
    where = classes if alone else _as_counted(shard, labels, strata)
    cells = np.zeros(shape, np.int64)
    if shard.units is None:
        _kernels.tables.count_strata(where, alone, codes, classes, cells)
    else:
        units = shard.units
        _kernels.tables.weigh_strata(where, alone, codes, classes, units, cells)
    return cells


def _as_counted(shard: CodedShard, labels: Sequence[Label], source: Source) -> AnyArray:
    """Codes in two bytes or four, as the kernel knows them."""
    codes, n_levels = _resolved(shard, labels, source)
    width = np.uint16 if n_levels <= 1 << 16 else np.uint32
    return writable(codes.astype(width, copy=False))


def bin_part(
    shard: CodedShard, part: Part, column: int, edges: AnyArray, gaps: bool
) -> Label:
    """Cut a column of the values beside a shard; missing ones come last."""
    rule = Rule(edges=edges)
    codes = rule.codes(part.columns[column]).astype(np.uint32)
    return Label(codes, rule.n_levels + int(gaps))
