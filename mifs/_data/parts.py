"""Some rows of a table where they lie, and what these tell of its columns."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

import numpy as np

from mifs._arrays import AnyArray, BoolArray, IntArray
from mifs._data.aside import Aside
from mifs._data.cutting import bin_codes
from mifs._data.discretize import edges_of_sorted, quantile_edges
from mifs._data.series import Facts, as_array, described
from mifs._data.survey import distinct
from mifs._data.values import Column, too_large
from mifs._data.weights import Weights, in_units

# Different whole numbers, at most, of which a part says which they are.
FEW = 1024
LABELS = "labels"
NOTHING = (0.0, 0.0, 0.0, math.inf, -math.inf)
NO_VALUES: AnyArray = np.empty(0)


@dataclass(frozen=True)
class PartColumn:
    """Some rows of a column.

    Attributes
    ----------
    values : ndarray of shape (n,)
        Numbers or booleans, or codes of labels, -1 where missing.
    kind : {"i", "f", "b", "labels"}
        Whole numbers, others, booleans, labels.
    labels : ndarray of object or None
    order : ndarray or None
        All categories, those of no row here among them, where they have an order.
    """

    values: AnyArray
    kind: str
    labels: AnyArray | None = None
    order: AnyArray | None = None

    @classmethod
    def of(
        cls, column: Column, subject: str, order: AnyArray | None = None
    ) -> PartColumn:
        """Take a column of a frame.

        Raises
        ------
        ValueError
            Whole numbers beyond 2⁵³ beside missing ones, or beyond int64.
        """
        values, kind = column
        if kind == LABELS:
            return cls(np.asarray(values[0]), LABELS, np.asarray(values[1]), order)
        if kind == "gapped":
            raise ValueError(too_large(subject))
        values = as_array(values)
        if kind == "u8" and values.max(initial=0) > np.iinfo(np.int64).max:
            raise ValueError(too_large(subject))
        return cls(values, kind if kind in "bf" else "i")

    def rows(self, kept: BoolArray | slice) -> PartColumn:
        """Keep some rows, apart from the frame that they came from."""
        return replace(self, values=np.array(self.values[kept]))

    @property
    def numbers(self) -> AnyArray:
        """Values as int64 or float64."""
        dtype = np.float64 if self.kind == "f" else np.int64
        return self.values.astype(dtype, copy=False)


@dataclass(frozen=True)
class Part:
    """Some rows of all columns.

    Attributes
    ----------
    number : int
        Which part it is.
    columns : sequence of PartColumn
    n_rows : int
    """

    number: int
    columns: Sequence[PartColumn]
    n_rows: int

    @property
    def nbytes(self) -> int:
        """Bytes that its values take in memory."""
        if isinstance(self.columns, ColumnsAside):
            return 0
        return sum(column.values.nbytes for column in self.columns)

    def __sizeof__(self) -> int:
        return self.nbytes

    def aside(self, folder: Path) -> Part:
        """Move the values to a file."""
        return replace(self, columns=ColumnsAside(self.columns, folder))


class ColumnsAside(Sequence[PartColumn]):
    """Columns whose values lie in a file.

    Parameters
    ----------
    columns : iterable of PartColumn
    folder : path
    """

    def __init__(self, columns: Iterable[PartColumn], folder: Path) -> None:
        columns = list(columns)
        self._values = Aside([column.values for column in columns], folder)
        self._rest = [replace(column, values=NO_VALUES) for column in columns]

    def __len__(self) -> int:
        return len(self._rest)

    @overload
    def __getitem__(self, at: int) -> PartColumn: ...
    @overload
    def __getitem__(self, at: slice) -> list[PartColumn]: ...
    def __getitem__(self, at: int | slice) -> PartColumn | list[PartColumn]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return replace(self._rest[at], values=self._values[at])


@dataclass(frozen=True)
class ColumnFacts:
    """What some rows tell of a column.

    Attributes
    ----------
    kind : str
        As of `PartColumn`; empty where all is missing.
    facts : tuple of float
        See `mifs._data.series.described`; of labels only what is missing.
    distinct : ndarray or None
        The different whole numbers; None: too many, or some that are not whole.
    labels : list
        Those that occur, in their order.
    order : list or None
        All categories.
    ends : tuple of int or None
        First and last of whole numbers.
    rising, falling, repeats : bool
        Whether each of the whole numbers is above, or below, the one before; whether
        one comes twice.
    """

    kind: str
    facts: Facts = NOTHING
    distinct: AnyArray | None = None
    labels: tuple[Any, ...] = ()
    order: tuple[Any, ...] | None = None
    ends: tuple[int, int] | None = None
    rising: bool = True
    falling: bool = True
    repeats: bool = False


def facts_of(part: Part) -> list[ColumnFacts]:
    """Learn what a part tells of each column."""
    return [_facts(column) for column in part.columns]


def _facts(column: PartColumn) -> ColumnFacts:
    if column.labels is not None:
        return _facts_of_labels(column)
    values = column.numbers
    facts = described(values)
    if facts[0] == len(values):
        return ColumnFacts("", facts)
    if facts[1] or facts[2]:
        return ColumnFacts(column.kind, facts)
    present = values[~np.isnan(values)] if facts[0] else values
    levels = np.unique(present)
    return ColumnFacts(
        column.kind,
        facts,
        levels if len(levels) <= FEW else None,
        ends=(int(present[0]), int(present[-1])),
        rising=bool((present[1:] > present[:-1]).all()),
        falling=bool((present[1:] < present[:-1]).all()),
        repeats=len(levels) < len(present),
    )


def _facts_of_labels(column: PartColumn) -> ColumnFacts:
    codes, labels = column.values, column.labels
    assert labels is not None
    counts = np.bincount(codes + np.intp(1), minlength=len(labels) + 1)
    facts = (float(counts[0]), *NOTHING[1:])
    used = tuple(labels[np.flatnonzero(counts[1:])].tolist())
    order = None if column.order is None else tuple(column.order.tolist())
    return ColumnFacts(LABELS if used else "", facts, None, used, order)


@dataclass(frozen=True)
class Rule:
    """How a column becomes codes.

    Attributes
    ----------
    edges : ndarray or None
        Of bins closed on the right.
    levels : ndarray or None
        Sorted numbers, or labels in their order.
    """

    edges: AnyArray | None = None
    levels: AnyArray | None = None

    @property
    def n_levels(self) -> int:
        """Levels, without that of missing values."""
        if self.edges is not None:
            return len(self.edges) + 1
        assert self.levels is not None
        return len(self.levels)

    def codes(self, column: PartColumn) -> AnyArray:
        """Codes of some rows (n,), missing values after the last level."""
        dtype = np.min_scalar_type(self.n_levels)
        if self.edges is not None:
            return bin_codes(column.numbers, self.edges, dtype)
        assert self.levels is not None
        if column.labels is None:
            if self.levels.dtype == np.object_:
                return self._of_booleans(column).astype(dtype)
            at: AnyArray = np.searchsorted(self.levels, column.numbers)
            return at.astype(dtype)
        return self._of_labels(column.labels, column.values).astype(dtype)

    def _of_booleans(self, column: PartColumn) -> AnyArray:
        """Booleans, or nothing but gaps, of a column that holds labels elsewhere."""
        if column.kind != "b":
            return np.full(len(column.values), self.n_levels)
        labels = np.array([False, True], dtype=object)
        return self._of_labels(labels, column.values.astype(np.int8))

    def _of_labels(self, labels: AnyArray, codes: AnyArray) -> AnyArray:
        assert self.levels is not None
        place = {label: rank for rank, label in enumerate(self.levels.tolist())}
        ranks = [place.get(label, self.n_levels) for label in labels.tolist()]
        # Code -1, of what is missing, is the last.
        table: AnyArray = np.array([*ranks, self.n_levels])
        return table[codes]


def distinct_of(part: Part, column: int) -> AnyArray:
    """Sorted different numbers of a column of a part, without NaN."""
    return distinct(part.columns[column].numbers)


def numbers_between(part: Part, column: int, low: float, high: float) -> AnyArray:
    """Numbers of a column that are at least ``low`` and below ``high``."""
    values = part.columns[column].numbers
    return values[(values >= low) & (values < high)]


@dataclass(frozen=True)
class Wanted:
    """Quantiles of one column.

    Attributes
    ----------
    column : int
    numbers : tuple of int
        Into how many groups it is cut, each time.
    weighed : Weighed or None
    rows : ndarray of int64 or None
        The only rows that count, ascending, by their place among those of all parts.
    firsts : ndarray of int64
        First row of each part.
    """

    column: int
    numbers: tuple[int, ...]
    weighed: Weighed | None
    rows: IntArray | None
    firsts: IntArray


@dataclass(frozen=True)
class Weighed:
    """How weights become units, wherever the rows are.

    Attributes
    ----------
    column : int
        Which holds the weights.
    factor, top, total : float
        By which weights are multiplied; the largest then; the sum of their shares of
        it; 0 where weights are whole, and units themselves.
    weights : Weights
        Of all rows, without their units.
    """

    column: int
    factor: float
    top: float
    total: float
    weights: Weights

    def units(self, part: Part) -> IntArray:
        """Units of the rows of a part, (n,) int64."""
        given = part.columns[self.column].numbers.astype(np.float64) * self.factor
        if not self.top:
            return given.astype(np.int64)
        return in_units(given / self.top, self.total)


def to_be_cut(part: Part, wanted: Wanted) -> tuple[AnyArray, IntArray | None]:
    """Values of a column, and the units of their rows if these have weights."""
    values = part.columns[wanted.column].numbers
    units = None if wanted.weighed is None else wanted.weighed.units(part)
    if wanted.rows is not None:
        first = wanted.firsts[part.number]
        inside = slice(*np.searchsorted(wanted.rows, [first, first + part.n_rows]))
        here = wanted.rows[inside] - first
        values, units = values[here], None if units is None else units[here]
    if units is None and values.dtype.kind == "f":
        values = values[~np.isnan(values)]
    return values, units


def cut(found: list[tuple[AnyArray, IntArray | None]], wanted: Wanted) -> list[Any]:
    """Edges of quantile groups, for each number of them."""
    values = np.concatenate([values for values, _ in found])
    if wanted.weighed is None:
        values.sort()
        return [edges_of_sorted(values[None], n)[0] for n in wanted.numbers]
    known = [units for _, units in found if units is not None]
    weights = replace(wanted.weighed.weights, units=np.concatenate(known))
    return [quantile_edges(values[None], n, weights)[0] for n in wanted.numbers]


def first_rows(part: Part, column: int, rule: Rule, firsts: IntArray) -> IntArray:
    """First row of each level of a column, as numbered in all parts."""
    codes = rule.codes(part.columns[column])
    rows = np.full(rule.n_levels + 1, np.iinfo(np.int64).max)
    levels, at = np.unique(codes, return_index=True)
    rows[levels] = at + firsts[part.number]
    return rows


def digest_of(
    part: Part, column: int, rule: Rule | None = None, names: IntArray | None = None
) -> bytes:
    """Digest of values, or of what the levels are called."""
    if rule is None:
        plain = part.columns[column].numbers.astype(np.float64) + 0.0
        plain[np.isnan(plain)] = np.nan
        content: AnyArray = plain
    else:
        assert names is not None
        content = names[rule.codes(part.columns[column])]
    return hashlib.sha256(content.tobytes()).digest()
