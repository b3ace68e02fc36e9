"""Terms by pairs of columns with missing values, for estimators of whole rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._data.blocks import NumberBlock
from mifs._data.table import Table, Target
from mifs._data.weights import Weights
from mifs.estimators._terms import Terms

Estimate = Callable[[Table, "int | None"], Terms]


@dataclass(frozen=True)
class _Pattern:
    """Columns whose values are missing in the same rows.

    Attributes
    ----------
    columns : ndarray of shape (m,), intp
    present : ndarray of shape (n,), bool
    terms : Terms or None
        Of these columns and rows; None for fewer than two rows.
    """

    columns: IntArray
    present: BoolArray
    terms: Terms | None


class RowsOfPairs(Terms):
    """Terms of the rows in which the columns concerned have values.

    Each term is what the estimator says of the table without the other rows: columns
    are scaled or ranked over the rows of the pair.

    Parameters
    ----------
    table : Table
    estimate : callable
        Makes the terms of a table without missing values, with so many jobs.
    n_jobs : int or None
    """

    def __init__(self, table: Table, estimate: Estimate, n_jobs: int | None) -> None:
        self._table = table
        self._estimate = estimate
        self.relevance = np.zeros(table.n_features)
        self._patterns: list[_Pattern] = []
        self._home = np.empty((table.n_features, 2), np.intp)
        for present, columns in _patterns(table):
            terms = self._terms(columns, present, n_jobs)
            self._home[columns, 0] = len(self._patterns)
            self._home[columns, 1] = np.arange(len(columns))
            self._patterns.append(_Pattern(columns, present, terms))
            if terms is not None and not _is_constant(rows_of(table.target, present)):
                self.relevance[columns] = terms.relevance

    def _terms(
        self, columns: IntArray, present: BoolArray, n_jobs: int | None = None
    ) -> Terms | None:
        """Terms of some columns in some rows; None where no two rows are left."""
        rows = np.flatnonzero(present)
        if len(rows) < 2:
            return None
        return self._estimate(_part(self._table, columns, rows), n_jobs)

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of each candidate against the newest pick (see `Terms`)."""
        out = {name: np.zeros(len(candidates)) for name in wanted}
        here, place = self._home[newest].tolist()
        patterns = self._home[candidates, 0]
        for there in np.unique(patterns).tolist():
            at = np.flatnonzero(patterns == there)
            if there == here:
                terms, pick = self._patterns[here].terms, place
                others = self._home[candidates[at], 1]
            else:
                present = self._patterns[here].present & self._patterns[there].present
                columns = np.append(newest, candidates[at])
                terms, pick = self._terms(columns, present), 0
                others = np.arange(1, len(columns))
            if terms is not None:
                for name, values in terms.pairwise(pick, others, wanted).items():
                    out[name][at] = values
        return out


def _patterns(table: Table) -> list[tuple[BoolArray, IntArray]]:
    """Rows that are present, and the columns that are present in just these."""
    found: dict[bytes, list[int]] = {}
    complete = np.ones(table.n_rows, dtype=np.bool_)
    missing = table.n_missing > 0
    for j in range(table.n_features):
        present = ~np.isnan(table.numeric(j)) if missing[j] else complete
        found.setdefault(np.packbits(present).tobytes(), []).append(j)
    patterns = []
    for key, columns in found.items():
        bits = np.unpackbits(np.frombuffer(key, np.uint8), count=table.n_rows)
        patterns.append((bits.astype(np.bool_), np.array(columns, dtype=np.intp)))
    return patterns


def _part(table: Table, columns: IntArray, rows: IntArray) -> Table:
    """Take some columns and rows of a table, as numbers or numbers of levels."""
    values = np.empty((len(columns), len(rows)))
    for place, column in enumerate(columns.tolist()):
        values[place] = table.numeric(column)[rows]
    weights = table.weights
    if weights is not None:
        weights = _rows_of_weights(weights, rows)
    return replace(
        table,
        blocks=[NumberBlock(values.T, np.arange(len(columns)))],
        names=[table.names[j] for j in columns],
        discrete=table.discrete[columns],
        target=rows_of(table.target, rows),
        n_rows=len(rows),
        weights=weights,
    )


def rows_of(target: Target, rows: Any) -> Target:
    """Target of some rows; a single value left is a single class."""
    values = target.values[rows]
    if not target.discrete and np.ptp(values) > 0:
        return Target(values, discrete=False)
    classes, codes = np.unique(values, return_inverse=True)
    return Target(codes.astype(np.intp), True, np.arange(len(classes)))


def _is_constant(target: Target) -> bool:
    """Whether a target is a single class, of which no feature holds information."""
    return target.discrete and target.n_classes < 2


def _rows_of_weights(weights: Weights, rows: IntArray) -> Weights:
    n_for_kinds = max(1, round(float(weights.row_counts[rows].sum())))
    return replace(weights, units=weights.units[rows], n_for_kinds=n_for_kinds)
