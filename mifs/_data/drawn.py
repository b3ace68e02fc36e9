"""Some rows of a table, with kinds, levels and bins of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.table import Table, Target

# Columns of the whole that are kept, for every draw asks for much the same.
MOST_KEPT = 512


class KeptColumns:
    """Columns of a table, each read once.

    Parameters
    ----------
    table : Table
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._kept: dict[tuple[str, int], AnyArray] = {}

    def get(self, what: str, column: int) -> AnyArray:
        """Give the ``numeric`` values, ``codes`` or ``levels`` of a column."""
        found = self._kept.get((what, column))
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[what, column] = getattr(self.table, what)(column)
        return found


@dataclass(frozen=True)
class DrawnTable(Table):
    """Rows of a table of which one column after the other is asked for.

    It has no blocks: who counts all columns takes an `EncodedTable` of the same rows.

    Attributes
    ----------
    whole : KeptColumns
    picked : ndarray of shape (n_rows,), intp
        Rows of the whole that are here.
    missing : ndarray of shape (n_features,), int64
        Missing values of each column among them.
    """

    whole: KeptColumns | None = None
    picked: IntArray | None = None
    missing: IntArray | None = None

    def _get(self, what: str, column: int) -> AnyArray:
        assert self.whole is not None
        return self.whole.get(what, column)

    def numeric(self, column: int) -> FloatArray:
        """Values of a column, as the whole gives them."""
        return self._get("numeric", column)[self.picked]

    def lent(self, column: int) -> FloatArray:
        """Return `numeric`, which lies nowhere."""
        return self.numeric(column)

    def codes(self, column: int) -> IntArray:
        """Codes of a column's levels in the whole, of which some may have no row."""
        return self._get("codes", column)[self.picked]

    def narrow_codes(self, column: int) -> AnyArray:
        """Such codes, in as few bytes as the whole has them."""
        return self._get("narrow_codes", column)[self.picked]

    def levels(self, column: int) -> AnyArray:
        """Sorted levels of a column of the whole."""
        return self._get("levels", column)

    def labelled(self, column: int) -> bool:
        """Whether a column holds labels, not numbers or booleans."""
        assert self.whole is not None
        return self.whole.table.labelled(column)

    @property
    def all_labelled(self) -> BoolArray:
        """Which columns hold labels, (n_features,)."""
        assert self.whole is not None
        return self.whole.table.all_labelled

    @property
    def n_missing(self) -> IntArray:
        """Missing values of each column, (n_features,)."""
        assert self.missing is not None
        return self.missing

    def _by_column(self, facts: Iterable[IntArray]) -> IntArray:
        raise TypeError("drawn rows have no blocks: ask the whole table")


class Draws:
    """Tables of drawn rows, of one table.

    Parameters
    ----------
    whole : Table
    encoded : sequence of EncodedTable
        The whole, for each of its outputs.
    """

    def __init__(self, whole: Table, encoded: list[EncodedTable]) -> None:
        self._table = whole
        self._kept = KeptColumns(whole)
        self._encoded = encoded
        self._gapped = np.flatnonzero(whole.n_missing)
        self._gaps: BoolArray = np.empty((len(self._gapped), whole.n_rows), np.bool_)
        for row, column in enumerate(self._gapped.tolist()):
            self._gaps[row] = np.isnan(whole.numeric(column))

    def rows(self, index: IntArray) -> tuple[DrawnTable, list[EncodedTable]]:
        """Draw rows, each once: their values, and their codes for each output."""
        encoded = self.codes(index)
        return self.values(index, encoded), encoded

    def codes(self, index: IntArray) -> list[EncodedTable]:
        """Codes of drawn rows, for each output."""
        return [each.rows(index) for each in self._encoded]

    def values(self, index: IntArray, encoded: list[EncodedTable]) -> DrawnTable:
        """Give the values of rows that were drawn, of which these are the codes."""
        missing = np.zeros(self._table.n_features, np.int64)
        missing[self._gapped] = self._gaps[:, index].sum(axis=1)
        target, *further = (
            _drawn(given, coded, index)
            for given, coded in zip(
                (self._table.target, *self._table.further), self._encoded, strict=True
            )
        )
        whole = self._table
        return DrawnTable(
            [],
            whole.names,
            whole.labels,
            len(index),
            discrete=whole.discrete,
            target=target,
            weights=encoded[0].weights,
            further=tuple(further),
            whole=self._kept,
            picked=index,
            missing=missing,
        )

    def reweighted(self, counts: IntArray) -> list[EncodedTable]:
        """Codes of rows that come so many times, for each output."""
        return [each.reweighted(counts) for each in self._encoded]


def _drawn(target: Target, encoded: EncodedTable, index: IntArray) -> Target:
    """Rows of a target, of the same classes or bins."""
    edges = encoded.target.edges
    return replace(target, values=target.values[index], edges=edges)
