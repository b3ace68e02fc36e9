"""A table whose rows lie in shards, in place of one in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray, IntArray
from mifs._data.kinds import MAX_LEVELS
from mifs._data.parts import (
    ColumnFacts,
    Part,
    PartColumn,
    Weighed,
    facts_of,
)
from mifs._data.sharded import (
    ShardedRows,
    elsewhere,
    gathered_column,
    in_two_types,
    merged,
    sharded_blocks,
    without_units,
)
from mifs._data.shards import Shards
from mifs._data.table import Columns
from mifs._data.values import Column
from mifs._data.weighing import read_weights
from mifs._data.weights import to_units
from mifs._scan.roles import Kept, Roles
from mifs._scan.scan import QUANTILES, SAMPLED, Scan
from mifs._scan.writer import CROWDED, LABELS, NUMBERS
from mifs._warn import warn
from mifs.exceptions import PartitionsWarning

# Rows of a part: all, those that have a weight, those of them without a target.
KeptRows = tuple[int, int, int]


# Rows of a part, those that it has left out, and what it holds.
Told = tuple[int, KeptRows, list[ColumnFacts]]
# A part, and which rows it has left out.
Read = tuple[Part, KeptRows]


def read_part(columns: list[PartColumn], number: int, roles: Roles) -> Read:
    """Make a part of some rows, without those that do not count.

    Parameters
    ----------
    columns : list of PartColumn
        In the order of the roles.
    number : int
        Which part it is.
    roles : Roles

    Returns
    -------
    read : tuple
        The part, and its `KeptRows`.
    """
    chosen = Kept(roles, roles.all)
    batch: dict[int, Column] = {
        at: ((own.values, own.labels), "labels")
        if own.labels is not None
        else (own.values, own.kind)
        for at, own in enumerate(columns)
    }
    rows = chosen.rows(len(columns[0].values), batch.__getitem__)
    columns = [_finite(own, roles).rows(rows) for own in columns]
    return Part(number, columns, int(np.count_nonzero(rows))), chosen.counts


def _finite(column: PartColumn, roles: Roles) -> PartColumn:
    if not roles.infinite_as_missing or column.kind != "f":
        return column
    values = np.where(np.isinf(column.values), np.nan, column.values)
    return replace(column, values=values)


def part_of(read: Read) -> Part:
    """Take the part of what was read."""
    return read[0]


def told_of(read: Read) -> Told:
    """Tell how many rows a part has, which it has left out, and what it holds."""
    part, kept = read
    return part.n_rows, kept, facts_of(part)


def column_of(part: Part, place: int) -> PartColumn:
    """Take a column of a part."""
    return part.columns[place]


def _kind(facts: ColumnFacts) -> str:
    if facts.kind != "labels":
        return NUMBERS
    return CROWDED if len(facts.labels) > MAX_LEVELS else LABELS


class ShardedScan(Scan):
    """A table that lies in shards, as `Scan` is one on disk.

    Parameters
    ----------
    make : callable
        Gives shards of what `read_part` returns. It is given columns that are to be
        read as text, whatever they look like in some of the rows.
    roles : Roles
    discrete_features, discrete_target : default="auto"
    quantiles : {"exact", "sample"}, default="exact"
    random_state : int, default=0
    """

    def __init__(
        self,
        make: Callable[[tuple[str, ...]], Shards],
        roles: Roles,
        *,
        discrete_features: object = "auto",
        discrete_target: bool | str = "auto",
        quantiles: str = "exact",
        random_state: int = 0,
    ) -> None:
        if quantiles not in QUANTILES:
            raise ValueError(f"quantiles={quantiles!r} is neither 'exact' nor 'sample'")
        if len(roles.targets) > 1:
            raise ValueError(
                f"the targets {', '.join(map(repr, roles.targets))} are several, and a "
                "dask frame has one: fit a selector to each"
            )
        self._make, self._roles = make, roles
        self.discrete_features, self.discrete_target = (
            discrete_features,
            discrete_target,
        )
        self._sampled, self._random_state = quantiles == "sample", random_state
        self._read_rows: ShardedRows | None = None
        self._made: list[Shards] = []
        self._columns = None
        self._left_out = set()
        self.n_rows_dropped = None
        self.cached = False
        self._weights: FloatArray | None = None
        self._closed = False

    def close(self) -> None:  # type: ignore[override]
        """Let the workers forget the rows."""
        self._closed = True
        for shards in self._made:
            shards.let_go()
        self._made, self._read_rows, self._columns = [], None, None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features; the rows are read for it."""
        return int(self.shards.n_rows.sum()), len(self.feature_names)

    @property
    def folder(self) -> NoReturn:
        """There is none."""
        raise elsewhere()

    def store(self) -> NoReturn:
        """There is none."""
        raise elsewhere()

    def kinds(self) -> dict[str, str]:
        """Kinds of all columns, as of a table on disk."""
        n_rows = int(self.shards.n_rows.sum())
        return {
            name: "" if facts.facts[0] == n_rows else _kind(facts)
            for name, facts in zip(self._roles.all, self._facts, strict=True)
        }

    def read(self, show: Callable[[int], Any]) -> None:
        """Read the rows."""
        with show(0):
            _ = self.shards

    @property
    def shards(self) -> ShardedRows:
        """Rows where they lie, read when they are first asked for.

        Raises
        ------
        ValueError
            The scan is closed.
        """
        if self._closed:
            raise ValueError(f"{self!r} is closed; make another")
        if self._read_rows is None:
            self._read_rows = self._read_there()
        return self._read_rows

    def _read_there(self) -> ShardedRows:
        """Read the rows where they lie, and learn what they hold.

        Raises
        ------
        ValueError, TypeError
            Missing targets; columns that cannot be read.
        """
        read, told = self._made_and_told(())
        if mixed := self._mixed(told):
            # Of a file, text in some rows makes text of all; a frame says no.
            read, told = self._made_and_told(mixed)
        chosen = Kept(self._roles, self._roles.all)
        chosen.add([kept for _, kept, _ in told])
        chosen.check()
        self.n_rows_dropped = chosen.n_missing
        n_rows = np.array([n for n, _, _ in told])
        filled = np.flatnonzero(n_rows).tolist()
        self._facts = [
            merged([told[i][2][at] for i in filled], f"column {name!r}")
            for at, name in enumerate(self._roles.all)
        ]
        if advice := read.advice(n_rows * len(self._roles.all)):
            warn(advice, PartitionsWarning)
        parts = read.without(np.flatnonzero(n_rows == 0).tolist()).made(part_of)
        # Parts know their numbers among all, also of those without rows.
        rows = ShardedRows(parts, n_rows, len(self._roles.features))
        if self._roles.weights is None:
            return rows
        return replace(rows, weighed=self._weigh(rows))

    def _made_and_told(self, text: tuple[str, ...]) -> tuple[Shards, list[Told]]:
        """Read the rows where they lie, and let them tell what they hold."""
        self._made.append(self._make(text))
        return self._made[-1], self._made[-1].each(told_of)

    def _mixed(self, told: Sequence[Told]) -> tuple[str, ...]:
        """Columns that are of one type in some parts, and of another in others."""
        filled = [facts for n_rows, _, facts in told if n_rows]
        return tuple(
            name
            for at, name in enumerate(self._roles.all)
            if in_two_types([facts[at] for facts in filled])
        )

    def _weigh(self, rows: ShardedRows) -> Weighed | None:
        """Bring the weights here, and tell how they become units there."""
        place = len(self._roles.all) - 1
        found = self._gathered(rows, place)
        kind = self._facts[place].kind
        if kind not in ("b", "i", "f"):
            raise ValueError(
                f"column {self._roles.weights!r} is to hold weights, and holds no "
                "numbers"
            )
        n_rows = int(rows.n_rows.sum())
        given = read_weights(found.to_numpy(), n_rows, self._roles.weights)
        self._weights = given
        if (given == 1).all():
            return None
        weights = to_units(given)
        raw = found.to_numpy().astype(np.float64)
        factor = float(given.max() / raw.max())
        top = 0.0 if weights.whole else float(given.max())
        total = 0.0 if weights.whole else float((given / given.max()).sum())
        return Weighed(place, factor, top, total, without_units(weights))

    @staticmethod
    def _take(rows: ShardedRows, place: int) -> list[PartColumn]:
        found: list[PartColumn] = rows.parts.each(column_of, place)
        return found

    def _gathered(self, rows: ShardedRows, place: int) -> pd.Series:
        return gathered_column(self._facts[place], self._take(rows, place))

    def features(self, n_jobs: int | None = None) -> Columns:
        """Tell of the features what is known of them here."""
        if self._columns is None:
            rows, features = self.shards, enumerate(self._roles.features)
            places = [j for j, name in features if name not in self._left_out]
            blocks = sharded_blocks(rows, self._facts, places)
            names = self.feature_names
            self._columns = Columns(blocks, names, names, int(rows.n_rows.sum()))
        return self._columns

    def target(self) -> pd.Series:
        """Bring the target here: one value a row."""
        series = self._gathered(self.shards, len(self._roles.features))
        return series.rename(self._roles.targets[0])

    def weights(self) -> FloatArray | None:
        """Give the weight of each row, which are here."""
        _ = self.shards
        return self._weights

    def sample(self) -> IntArray | None:
        """Give the rows whose quantiles are edges of bins; None: all rows."""
        n_rows = int(self.shards.n_rows.sum())
        if not self._sampled or n_rows <= SAMPLED:
            return None
        rng = np.random.default_rng(self._random_state)
        return np.sort(rng.choice(n_rows, SAMPLED, replace=False, shuffle=False))
