"""Columns whose rows lie in shards: what is known of them here, and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.blocks import Block, Elsewhere, LabelBlock, NumberBlock
from mifs._data.parts import (
    FEW,
    LABELS,
    ColumnFacts,
    PartColumn,
    Rule,
    Wanted,
    Weighed,
    cut,
    digest_of,
    distinct_of,
    first_rows,
    numbers_between,
    to_be_cut,
)
from mifs._data.ranks import quantiles_by_counts
from mifs._data.shards import Shards
from mifs._data.table import Columns
from mifs._data.values import EXACT, factorize, too_large
from mifs._data.weights import Weights

# Repeated values to be expected of numbers drawn from a range, of which none came.
EXPECTED_REPEATS = 10.0
# Rows of a column that is brought to one place rather than counted.
FEW_ROWS = 1 << 17
# Numbers that are compared at once.
AT_ONCE = 1 << 23


@dataclass(frozen=True, eq=False)
class ShardedRows:
    """Rows of a table, in shards of one part each.

    Attributes
    ----------
    parts : Shards
        Of `Part`.
    n_rows : ndarray of int64
        Of each part.
    target : int
        Which column of a part holds the target.
    weighed : Weighed or None
        How rows count.
    coded : list of (dict, Shards)
        What was coded, by the edges of its bins.
    """

    parts: Shards
    n_rows: IntArray
    target: int
    weighed: Weighed | None = None
    coded: list[tuple[dict[int, AnyArray], Shards]] = field(default_factory=list)
    _known_edges: dict[tuple[int, int], AnyArray] = field(default_factory=dict)
    _known_levels: dict[int, AnyArray] = field(default_factory=dict)

    @cached_property
    def firsts(self) -> IntArray:
        """First row of each part."""
        return np.cumsum(self.n_rows) - self.n_rows

    def quantiles(
        self,
        columns: Sequence[int],
        numbers: tuple[int, ...],
        rows: IntArray | None = None,
        weights: Weights | None = None,
    ) -> list[list[AnyArray]]:
        """Edges of quantile groups of columns, for each number of groups; kept.

        Columns of many rows are counted; others, and those with frequent values or
        weights, are brought to one place and sorted there, as one of a table here.
        ``weights`` are those of ``rows``, of which None are all.
        """
        weighed = self.weighed
        if weighed is not None and weights is not None:
            weighed = replace(weighed, weights=without_units(weights))
        wanted = [
            Wanted(column, numbers, weighed, rows, self.firsts)
            for column in columns
            if any((column, n) not in self._known_edges for n in numbers)
        ]
        n_rows = int(self.n_rows.sum())
        if weighed is None and rows is None and n_rows > FEW_ROWS:
            many = [own.column for own in wanted]
            counted = quantiles_by_counts(self.parts, self.n_rows, many, numbers)
            self._keep(counted, numbers)
            wanted = [own for own in wanted if own.column not in counted]
        found = self.parts.gathered(to_be_cut, cut, wanted, 8 * max(1, n_rows))
        places = [own.column for own in wanted]
        self._keep(dict(zip(places, found, strict=True)), numbers)
        return [[self._known_edges[column, n] for n in numbers] for column in columns]

    def _keep(self, found: dict[int, list[AnyArray]], numbers: tuple[int, ...]) -> None:
        for column, edges in found.items():
            keys = [(column, n) for n in numbers]
            self._known_edges.update(zip(keys, edges, strict=True))

    def levels(self, column: int) -> AnyArray:
        """Sorted different numbers of a column, without NaN; kept."""
        if column not in self._known_levels:
            found = self.parts.each(distinct_of, column)
            self._known_levels[column] = np.unique(np.concatenate(found))
        return self._known_levels[column]

    def digest(self, column: int, levels: AnyArray | None) -> bytes:
        """Tell a column from all but its copies, by its values or its levels' rows."""
        if levels is None:
            return b"".join(self.parts.each(digest_of, column))
        rule = Rule(levels=levels)
        first = self.parts.added(first_rows, column, rule, self.firsts, add=np.minimum)
        return b"".join(self.parts.each(digest_of, column, rule, first))

    def all_differ(self, column: int, low: float, high: float, n: int) -> bool:
        """Whether no number of a column comes twice; some of a range at a time."""
        bounds = np.linspace(low, high + 1, n // AT_ONCE + 2)
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            found = self.parts.each(numbers_between, column, first, last)
            together = np.concatenate(found)
            if len(np.unique(together)) < len(together):
                return False
        return True


def without_units(weights: Weights) -> Weights:
    """All that is known of weights but those of the rows, for these are sent."""
    return replace(weights, units=np.empty(0, np.int64))


def merged(facts: Sequence[ColumnFacts], subject: str) -> ColumnFacts:
    """Put together what the parts of a column tell.

    Raises
    ------
    TypeError
        Labels in some rows and numbers in others.
    ValueError
        Whole numbers that would be rounded beside fractions.
    """
    kinds = {own.kind for own in facts} - {""}
    ends = [own.facts for own in facts]
    sums = np.array([own[:3] for own in ends]).sum(axis=0).tolist()
    together = (*sums, min(own[3] for own in ends), max(own[4] for own in ends))
    if kinds <= {"b", LABELS} and LABELS in kinds:
        return _merged_labels(facts, together, subject)
    if LABELS in kinds or ("b" in kinds and len(kinds) > 1):
        raise TypeError(
            f"{subject} holds labels in some rows and numbers in others; give it one "
            "type"
        )
    gaps = sums[0] > 0
    kind = "f" if "f" in kinds or not kinds else kinds.pop()
    if kind == "f" and any(
        own.kind == "i" and max(-own.facts[3], own.facts[4]) > EXACT for own in facts
    ):
        raise ValueError(too_large(subject))
    if kind == "b" and gaps:
        return _merged_labels(facts, together, subject)
    return _merged_numbers(facts, kind, together)


def in_two_types(facts: Sequence[ColumnFacts]) -> bool:
    """Whether parts hold a column in types that do not go together."""
    types = {type(label) for own in facts for label in own.labels}
    kinds = {own.kind for own in facts} - {""}
    if types - {bool}:
        return len(kinds) > 1 or {bool, str} <= types
    return len(kinds) > 1 and not kinds <= {"i", "f"} and not kinds <= {"b", LABELS}


def _merged_labels(
    facts: Sequence[ColumnFacts], together: Any, subject: str
) -> ColumnFacts:
    used: dict[Any, None] = {}
    for own in facts:
        given = own.distinct.astype(bool).tolist() if own.kind == "b" else own.labels  # type: ignore[union-attr]
        used.update(dict.fromkeys(given))
    orders = [own.order for own in facts if own.order is not None]
    if orders:
        every = dict.fromkeys(label for order in orders for label in order)
        labels: tuple[Any, ...] = tuple(label for label in every if label in used)
    else:
        labels = tuple(factorize(objects(list(used)), subject)[1].tolist())
    return ColumnFacts(LABELS, together, None, labels)


def _merged_numbers(
    facts: Sequence[ColumnFacts], kind: str, together: Any
) -> ColumnFacts:
    known = [own for own in facts if own.kind]
    distinct = None
    if not (together[1] or together[2]) and known:
        lists = [own.distinct for own in known if own.distinct is not None]
        if len(lists) == len(known):
            dtype = np.float64 if kind == "f" else np.int64
            distinct = np.unique(np.concatenate(lists).astype(dtype))
            distinct = distinct if len(distinct) <= FEW else None
    ends = [own.ends for own in known if own.ends is not None]
    steps = [(a[1], b[0]) for a, b in pairwise(ends)]
    whole = len(ends) == len(known)
    return ColumnFacts(
        kind,
        together,
        distinct,
        rising=whole and all(o.rising for o in known) and all(a < b for a, b in steps),
        falling=whole
        and all(o.falling for o in known)
        and all(a > b for a, b in steps),
        repeats=not whole or any(own.repeats for own in known),
    )


class ShardedNumbers(Elsewhere, NumberBlock):
    """Columns of numbers, or of booleans, of which no row is here.

    Parameters
    ----------
    rows : ShardedRows
    facts : list of ColumnFacts
    columns : ndarray of shape (b,)
        Their positions in the table.
    places : ndarray of shape (b,)
        Their positions in the parts.
    """

    def __init__(
        self,
        rows: ShardedRows,
        facts: list[ColumnFacts],
        columns: IntArray,
        places: IntArray,
    ) -> None:
        kind = facts[0].kind
        self.columns, self.places = columns, places
        self.categorical = kind == "b"
        self._dtype = np.float64 if kind == "f" else np.int64
        self._rows, self._own = rows, facts
        levels = [-1 if own.distinct is None else len(own.distinct) for own in facts]
        self._facts = np.array([own.facts for own in facts]), np.array(levels)
        self._n = int(rows.n_rows.sum())

    def levels(self, position: int) -> AnyArray:
        """Sorted distinct values of a column, without missing."""
        known = self._own[position].distinct
        if known is not None:
            return known
        return self._rows.levels(int(self.places[position]))

    def cut(
        self,
        positions: IntArray,
        numbers: tuple[int, ...],
        rows: IntArray | None,
        weights: Weights | None,
    ) -> list[list[AnyArray]]:
        """Edges of so many quantile groups of columns, of some of the rows."""
        places = self.places[positions].tolist()
        return self._rows.quantiles(places, numbers, rows, weights)

    def extremes(self, positions: IntArray) -> FloatArray:
        """Lowest and highest value of columns, (len(positions), 2)."""
        return np.stack([self._low[positions], self._high[positions]], axis=1)

    @property
    def constant(self) -> BoolArray:
        """Which columns have one value, and none missing, (b,)."""
        full = (self.n_missing == 0) & (self.n_infinite == 0)
        same: BoolArray = (self._low == self._high) & full
        return same

    @property
    def row_numbers(self) -> BoolArray:
        """Which hold whole numbers, all different, that can only be ids, (b,)."""
        return np.array([self._numbers_rows(j) for j in range(len(self.columns))])

    def _numbers_rows(self, position: int) -> bool:
        own = self._own[position]
        if own.repeats:
            return False
        if own.rising or own.falling:
            return True
        low, high = float(self._low[position]), float(self._high[position])
        n, span = self._n - int(self.n_missing[position]), high - low + 1
        if n > span or n * (n - 1) / 2 / span <= EXPECTED_REPEATS:
            return False
        return self._rows.all_differ(int(self.places[position]), low, high, n)

    def digest(self, position: int, discrete: bool) -> bytes:
        """See `ShardedRows.digest`."""
        levels = self.levels(position) if discrete else None
        return self._rows.digest(int(self.places[position]), levels)

    def numeric(self, position: int) -> NoReturn:
        """No values are here."""
        raise elsewhere()

    def contiguous(self, positions: IntArray) -> NoReturn:
        """No values are here."""
        raise elsewhere()

    def codes(self, positions: IntArray, order: IntArray) -> NoReturn:
        """No codes are here."""
        raise elsewhere()


class ShardedLabels(Elsewhere, LabelBlock):
    """One column of labels, of which no row is here.

    Parameters
    ----------
    rows : ShardedRows
    facts : ColumnFacts
    column, place : int
        Its position in the table, and in the parts.
    """

    def __init__(
        self, rows: ShardedRows, facts: ColumnFacts, column: int, place: int
    ) -> None:
        labels = objects(facts.labels)
        super().__init__(np.zeros(0, np.int8), plain(labels), column)
        self.n_missing = np.array([int(facts.facts[0])])
        self.n_levels = np.array([len(labels) + (facts.facts[0] > 0)])
        self.places = np.array([place])
        self._rows = rows

    @property
    def constant(self) -> BoolArray:
        """Whether there is one label; levels tell."""
        return np.zeros(1, np.bool_)

    @property
    def row_numbers(self) -> BoolArray:
        """Labels are no row numbers; levels tell what they are."""
        return np.zeros(1, np.bool_)

    def digest(self, position: int, discrete: bool) -> bytes:
        """See `ShardedRows.digest`."""
        labels = self._labels.astype(object)
        return self._rows.digest(int(self.places[0]), labels)

    def numeric(self, position: int) -> NoReturn:
        """No values are here."""
        raise elsewhere()

    def contiguous(self, positions: IntArray) -> NoReturn:
        """No values are here."""
        raise elsewhere()

    def own_codes(self, missing: int | None = None) -> NoReturn:
        """No codes are here."""
        raise elsewhere()

    def codes(self, positions: IntArray, order: IntArray) -> NoReturn:
        """No codes are here."""
        raise elsewhere()


def plain(labels: AnyArray) -> AnyArray:
    """Labels as an array of numbers, where all of them are of one such type."""
    types = {type(label) for label in labels.tolist()}
    return (
        labels.astype(types.pop()) if len(types) == 1 and types <= NUMBERS else labels
    )


NUMBERS: set[type] = {int, float}


def elsewhere() -> TypeError:
    """Return the error of who needs rows that are not here."""
    return TypeError(
        "the rows of this table lie on the workers, and what was asked for needs them "
        "here: selectors that count can be fitted to it; for the rest take a sample, "
        "as by frame.sample(frac=0.01).compute()"
    )


def places_of(columns: Columns) -> IntArray:
    """Where the columns of a table stand in the parts."""
    places = np.empty(columns.n_features, np.int64)
    for block in columns.blocks:
        assert isinstance(block, Elsewhere)
        places[block.columns] = block.places
    return places


def sharded_blocks(
    rows: ShardedRows, facts: Sequence[ColumnFacts], places: Sequence[int]
) -> list[Block]:
    """Blocks of the columns at some places of the parts, in this order."""
    blocks: list[Block] = []
    groups: dict[str, list[int]] = {}
    for column, place in enumerate(places):
        own = facts[place]
        if own.kind == LABELS:
            blocks.append(ShardedLabels(rows, own, column, place))
        else:
            groups.setdefault(own.kind, []).append(column)
    at = np.array(places)
    for members in groups.values():
        here = np.array(members)
        own_facts = [facts[place] for place in at[here].tolist()]
        blocks.append(ShardedNumbers(rows, own_facts, here, at[here]))
    return blocks


def gathered_column(facts: ColumnFacts, found: Sequence[PartColumn]) -> pd.Series:
    """Bring a column here, as the parts have it."""
    if facts.kind != LABELS:
        return pd.Series(np.concatenate([column.values for column in found]))
    labels = objects(facts.labels)
    rule = Rule(levels=labels)
    codes = np.concatenate([rule.codes(column) for column in found]).astype(np.int64)
    codes[codes == len(labels)] = -1
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(plain(labels))))


def objects(labels: Sequence[Any]) -> AnyArray:
    """Labels as an array of objects, whatever they are."""
    array = np.empty(len(labels), object)
    array[:] = labels
    return array
