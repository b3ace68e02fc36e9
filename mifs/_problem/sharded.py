"""Codes of candidates for the tests of a path, where the rows lie in shards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.sharded import ShardedRows, places_of
from mifs._data.shards import Shards
from mifs._data.table import Table, Target
from mifs._engines.base import RowCodes
from mifs._engines.shard import (
    CLASSES,
    COLUMN,
    LABEL,
    NOTHING,
    Source,
    bin_part,
    count_strata,
    join_label,
    keys_of,
)
from mifs._engines.sharded import ShardedCodes, in_shards
from mifs._problem.coded import Coded, CodedUnits, whole_rows
from mifs._problem.constraints import Units

NO_CODES = np.empty(0, np.uint16)


@dataclass(frozen=True)
class There(Coded):
    """Codes of a unit that lie in shards: none are here.

    Attributes
    ----------
    where : Source or None
        A column of the coded shards, or their classes.
    label : Shards or None
        Codes that were made of others.
    """

    where: Source | None = None
    label: Shards | None = None


def coded_units(
    table: Table,
    units: Units,
    edges: Mapping[int, AnyArray] | None = None,
    ready: RowCodes | None = None,
) -> CodedUnits:
    """Code units here, or where their rows are."""
    if table.shards is None:
        return CodedUnits(table, units, edges, ready)
    return ShardedUnits(table, table.shards, units, edges)


class ShardedUnits(CodedUnits):
    """Units on bins that have not seen the target, coded where their rows are.

    Parameters
    ----------
    table : Table
    rows : ShardedRows
    units : Units
    edges : mapping of int to ndarray, default=None
        Of bins of columns, where they are known.
    """

    def __init__(
        self,
        table: Table,
        rows: ShardedRows,
        units: Units,
        edges: Mapping[int, AnyArray] | None = None,
    ) -> None:
        super().__init__(table, units, edges)
        self._rows, self._places = rows, places_of(table)
        known = dict(edges or {})
        encoded = EncodedTable.learn(table, self.n_bins, given=known)
        encoded = in_shards(encoded, table, rows)
        assert isinstance(encoded.source, ShardedCodes)
        self._shards, self._n_levels = encoded.source.shards, encoded.n_levels
        self._known_edges = encoded.edges

    @property
    def few_rows(self) -> bool:
        """No kernel here sees rows."""
        return False

    def _target(self, target: Target) -> Coded:
        here = super()._target(target)
        return There(
            NO_CODES, here.n_levels, here.ordered, here.gaps, where=(CLASSES, 0)
        )

    def _column(self, column: int) -> Coded:
        n_levels, where = int(self._n_levels[column]), (COLUMN, column)
        return There(NO_CODES, n_levels, *self.kind(column), where=where)

    def _quantiles(self, column: int, n: int) -> FloatArray:
        known = self._table.quantiles
        if known is not None and known.n == n and column in known.edges:
            return known.edges[column].astype(np.float64)
        place, weights = int(self._places[column]), self._table.weights
        ((edges,),) = self._rows.quantiles([place], (n,), weights=weights)
        return edges.astype(np.float64)

    def _between(self, pick: int, edges: FloatArray, n: int) -> Coded:
        column = self._units.members[pick][0]
        gaps = self.kind(column)[1]
        place = int(self._places[column])
        label = self._shards.beside(self._rows.parts).made(bin_part, place, edges, gaps)
        return There(NO_CODES, len(edges) + 1 + int(gaps), True, gaps, label=label)

    def _joined(self, first: Coded, second: Coded) -> Coded:  # type: ignore[override]
        shards, (one, other) = self._sources(first, second)
        keys = shards.added(keys_of, one, other, add=np.union1d)
        label = shards.made(join_label, one, other, keys)
        return There(NO_CODES, len(keys), ordered=False, label=label)

    def _sources(self, *units: Coded | None) -> tuple[Shards, list[Source]]:
        """Shards with what was made of them beside them, and where each unit is."""
        labels: list[Shards] = []
        sources: list[Source] = []
        for unit in units:
            if unit is None:
                sources.append((NOTHING, 0))
                continue
            assert isinstance(unit, There)
            if unit.label is None:
                assert unit.where is not None
                sources.append(unit.where)
            else:
                sources.append((LABEL, len(labels)))
                labels.append(unit.label)
        return self._shards.beside(*labels) if labels else self._shards, sources

    def tables(self, own: Coded, strata: Coded | None, target: Coded) -> IntArray:
        """Count (stratum, level, class), int64."""
        shape = 1 if strata is None else strata.n_levels, own.n_levels, target.n_levels
        shards, sources = self._sources(strata, own, target)
        cells: IntArray = shards.added(count_strata, *sources, shape)
        weights = self._table.weights
        if weights is None or weights.effective_rows_per_unit == 1:
            return cells
        return whole_rows(cells, weights.effective_rows_per_unit)
