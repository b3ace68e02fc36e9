"""A table as codes, made once: the noun between a table and an engine."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.blocks import ByteRows
from mifs._data.codes import (
    Codes,
    Lent,
    Piece,
    StoredCodes,
    TableCodes,
    empty_matrices,
    fill,
)
from mifs._data.coding import Coding, FineCode
from mifs._data.discretize import column_quantiles, count_levels, learn_edges
from mifs._data.encoded_target import EncodedTarget, encode_target
from mifs._data.sparse_codes import SparseCodes, runs_of_table
from mifs._data.table import Table
from mifs._data.weights import Weights, counted_rows

# A code of two bytes holds as many, and a level for missing values beside them.
MOST_QUANTILES = 65_535

# Rows that may be counted in all.
MOST_ROWS = 2.0**62


@dataclass(frozen=True, eq=False)
class EncodedTable:
    """Codes of columns and of the target, and what they mean.

    Of a table in memory the codes are made piece by piece as an engine asks for them,
    in the order of rows that it wants. `materialised`, pickled or opened from a folder,
    they lie one column after the other, and engines take them as they are.

    Columns are numbered as they come here; `rows` and `columns` give tables of some of
    them, of the same levels, of which some may then be empty.

    Attributes
    ----------
    source : Codes
        Where codes come from: all columns and rows.
    coding : Coding
        Of all columns of the source.
    target : EncodedTarget
    weights : Weights or None
        None: every row counts once.
    further : tuple of EncodedTarget
        More outputs.
    chosen : ndarray of shape (n_features,), intp
        Columns of the source that are here.
    picked : ndarray of shape (n_rows,), intp, or None
        Rows of the source that are here; None: all, in their order.
    held : object
        What an engine made of these columns and all rows of the source, for tables of
        some of the rows.
    """

    source: Codes | SparseCodes
    coding: Coding
    target: EncodedTarget
    weights: Weights | None = None
    further: tuple[EncodedTarget, ...] = ()
    chosen: IntArray = field(default_factory=lambda: np.empty(0, np.intp))
    picked: IntArray | None = None
    held: object = None
    _fine: dict[tuple[int, int], FineCode] = field(default_factory=dict)

    @classmethod
    def learn(
        cls,
        table: Table,
        n_bins: int,
        binning: str = "quantile",
        given: dict[int, FloatArray] | None = None,
        n_jobs: int | None = None,
    ) -> EncodedTable:
        """Learn the edges of all continuous columns and targets that have none given.

        Raises
        ------
        ValueError
            Edges given for a column of labels.
        """
        edges = learn_edges(table, n_bins, binning, given or {}, n_jobs)
        coding = Coding(
            names=table.names,
            labels=table.labels,
            discrete=table.discrete,
            missing=table.n_missing > 0,
            n_levels=count_levels(table, edges),
            edges=edges,
            levels=table.levels,
        )
        target, *further = (
            encode_target(target, n_bins, table.weights)
            for target in (table.target, *table.further)
        )
        source = TableCodes(table, edges, coding.n_levels)
        every = np.arange(table.n_features)
        return cls(source, coding, target, table.weights, tuple(further), every)

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [self.coding.names[column] for column in self.chosen.tolist()]

    @property
    def labels(self) -> list[Hashable]:
        """Names of the columns as the user's frame has them."""
        return [self.coding.labels[column] for column in self.chosen.tolist()]

    @property
    def discrete(self) -> BoolArray:
        """Which columns are discrete, (n_features,)."""
        return self.coding.discrete[self.chosen]

    @property
    def missing(self) -> BoolArray:
        """Which columns have a last level for missing values, (n_features,)."""
        return self.coding.missing[self.chosen]

    @property
    def n_levels(self) -> IntArray:
        """Levels of each column, missing values counted as one, (n_features,)."""
        return self.coding.n_levels[self.chosen]

    @property
    def edges(self) -> dict[int, AnyArray]:
        """Edges of each binned column."""
        known = self.coding.edges
        if not known or np.array_equal(
            self.chosen, np.arange(len(self.coding.n_levels))
        ):
            return known
        pairs = enumerate(self.chosen.tolist())
        return {here: known[there] for here, there in pairs if there in known}

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.chosen)

    @property
    def n_rows(self) -> int:
        """Number of rows, each counted once."""
        return len(self.target.codes)

    @property
    def classes(self) -> IntArray:
        """Class of each row, (n_rows,) intp."""
        return self.target.codes

    @property
    def n_classes(self) -> int:
        """Number of classes, those without rows included."""
        return self.target.n_classes

    @property
    def units(self) -> IntArray | None:
        """How often each row counts, (n_rows,) int64; None: once."""
        return None if self.weights is None else self.weights.units

    @property
    def sparse(self) -> bool:
        """Whether columns are those of a sparse matrix."""
        source = self.source
        return isinstance(source, SparseCodes) or (
            isinstance(source, TableCodes) and source.table.sparse
        )

    def levels(self, column: int) -> AnyArray | None:
        """Sorted levels behind the codes, without missing; None for a binned column."""
        there = int(self.chosen[column])
        return None if there in self.coding.edges else self.coding.levels(there)

    def column(self, column: int) -> AnyArray:
        """Codes of one column, (n_rows,) uint8 or uint16."""
        (piece,) = self.source.pieces(self.chosen[[column]])
        codes: AnyArray = self.source.codes(piece, self.picked)[0]
        return codes

    # What engines ask for.

    def pieces(self) -> list[Piece]:
        """Columns whose codes are made at once."""
        return self.source.pieces(self.chosen)

    def codes(self, piece: Piece, order: IntArray | None = None) -> AnyArray:
        """Codes of a piece, (b, n_rows) uint8 or uint16, rows in ``order``."""
        return self.source.codes(piece, self._in_source(order))

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Return a piece of up to three levels a column as rows of bytes, if it is so.

        They are those of the source: see `rows_of_source`.
        """
        return self.source.byte_rows(piece)

    def rows_of_source(self, order: IntArray) -> IntArray:
        """Rows of the source that come in ``order``."""
        return order if self.picked is None else self.picked[order]

    def _in_source(self, order: IntArray | None) -> IntArray | None:
        return self.picked if order is None else self.rows_of_source(order)

    def lend(self) -> Lent | None:
        """Matrices of codes, where they lie ready and all rows are here."""
        return self.source.lend(self.chosen) if self.picked is None else None

    def level_runs(self, n_jobs: int | None = None) -> SparseCodes:
        """Columns as the rows of each of their levels but that of zero.

        Raises
        ------
        TypeError
            The table is not sparse.
        """
        runs: Any = self.source
        if isinstance(runs, TableCodes) and runs.table.sparse:
            runs = runs_of_table(runs, n_jobs)
        if not isinstance(runs, SparseCodes):
            raise TypeError(
                "the codes of a dense table lie column by column, and have no level "
                "runs; count them by MemoryEngine or HistogramEngine"
            )
        return runs.restricted(self.chosen, self.picked)

    # Tables of the same levels.

    def rows(self, index: ArrayLike) -> EncodedTable:
        """Take some rows, by a mask or by their numbers; one may come more than once.

        Raises
        ------
        ValueError
            No row is left, or a mask of another length.
        IndexError
            A number that is no row's.
        """
        here = picked_of(index, self.n_rows, "rows")
        weights = None if self.weights is None else counted_rows(self.weights, here)
        return self._restricted(here, weights)

    def columns(self, index: ArrayLike) -> EncodedTable:
        """Take some columns, by a mask or by their numbers, in this order.

        Raises
        ------
        ValueError
            A column twice, none, or a mask of another length.
        IndexError
            A number that is no column's.
        """
        here = picked_of(index, self.n_features, "columns")
        if len(np.unique(here)) < len(here):
            raise ValueError(f"columns={index!r} names a column twice")
        return replace(self, chosen=self.chosen[here], held=None)

    def reweighted(self, counts: ArrayLike) -> EncodedTable:
        """Each row ``counts`` (n_rows,) times as often; those of 0 are left out.

        Raises
        ------
        ValueError
            Counts of another number, that are no whole numbers from 0 on, all 0, or
            2⁶² in all.
        """
        times = np.asarray(counts)
        if times.shape != (self.n_rows,):
            raise ValueError(
                f"counts have shape {times.shape} and the table has {self.n_rows} "
                "rows; give one count a row"
            )
        if times.dtype.kind not in "biu" or (times < 0).any():
            raise ValueError(f"counts={counts!r} must be whole numbers from 0 on")
        if times.sum(dtype=np.float64) >= MOST_ROWS:
            raise ValueError(
                f"the largest of the counts is {times.max()}: all must be below 2⁶² "
                "together; divide them by what they have in common"
            )
        here = np.flatnonzero(times)
        if not len(here):
            raise ValueError("counts are 0 in all rows: no row is left")
        kept = times[here].astype(np.int64)
        if self.weights is None and (kept == 1).all():
            return self._restricted(here, None)
        return self._restricted(here, counted_rows(self.weights, here, kept))

    def _restricted(self, here: IntArray, weights: Weights | None) -> EncodedTable:
        return replace(
            self,
            target=self.target.rows(here),
            further=tuple(target.rows(here) for target in self.further),
            weights=weights,
            picked=self.rows_of_source(here),
        )

    def outputs(self) -> list[EncodedTable]:
        """One table for each output."""
        targets = (self.target, *self.further)
        return [replace(self, target=target, further=()) for target in targets]

    # Codes that lie ready.

    def materialised(self, n_jobs: int | None = None) -> EncodedTable:
        """Codes of these rows and columns in memory, with none of the user's values.

        A sparse table keeps the rows of each level but that of zero.
        """
        return self.coded_as(self._materials(n_jobs))

    def coded_as(self, source: Codes | SparseCodes) -> EncodedTable:
        """Take the codes of these rows and columns from where they lie now."""
        return replace(
            self,
            source=source,
            coding=self.own_coding(),
            chosen=np.arange(self.n_features),
            picked=None,
            held=None,
            _fine=self.own_fine(),
        )

    def _materials(self, n_jobs: int | None) -> Codes | SparseCodes:
        if self.sparse:
            return self.level_runs(n_jobs)
        matrices = empty_matrices(self.n_levels, self.n_rows)
        fill(self.source, self.chosen, self.picked, matrices, n_jobs)
        return StoredCodes(*matrices, self.n_levels)

    def own_coding(self) -> Coding:
        """Return what the codes here mean, without the table behind them."""
        levels = {
            column: found
            for column in range(self.n_features)
            for found in (self.levels(column),)
            if found is not None
        }
        return Coding(
            names=self.names,
            labels=self.labels,
            discrete=self.discrete,
            missing=self.missing,
            n_levels=self.n_levels,
            edges=self.edges,
            levels=levels.__getitem__,
        )

    def own_fine(self) -> dict[tuple[int, int], FineCode]:
        """Finer codes that were made, of the rows and columns here."""
        number = {there: here for here, there in enumerate(self.chosen.tolist())}
        return {
            (number[column], n): self._picked_fine(fine)
            for (column, n), fine in self._fine.items()
            if column in number
        }

    def _picked_fine(self, fine: FineCode) -> FineCode:
        if self.picked is None:
            return fine
        return replace(fine, codes=fine.codes[self.picked])

    def __getstate__(self) -> dict[str, Any]:
        """Pickle codes, and nothing of what the user passed."""
        return dict(vars(self if self._lies_ready else self.materialised()))

    @property
    def _lies_ready(self) -> bool:
        whole = self.picked is None and self.n_features == len(self.source.n_levels)
        return whole and self.held is None and not isinstance(self.source, TableCodes)

    def finer(self, column: int, n: int) -> FineCode:
        """Code a continuous column by up to ``n`` quantiles of all rows of its source.

        Made once for each ``n``, and then kept, also by `save` and by pickles.

        Raises
        ------
        ValueError
            A column that is discrete, more quantiles than a code of two bytes holds,
            or values that are gone since the table was pickled or opened.
        """
        there = int(self.chosen[column])
        if (there, n) not in self._fine:
            self._fine[there, n] = self._make_finer(column, there, n)
        return self._picked_fine(self._fine[there, n])

    def _make_finer(self, column: int, there: int, n: int) -> FineCode:
        name = self.coding.names[there]
        if self.coding.discrete[there]:
            raise ValueError(
                f"column {name!r} is discrete: its levels are as fine as a code can be"
            )
        missing = bool(self.coding.missing[there])
        if not 2 <= n <= MOST_QUANTILES:
            raise ValueError(
                f"n={n} quantiles of column {name!r}; there may be 2 to "
                f"{MOST_QUANTILES}"
            )
        if not isinstance(self.source, TableCodes):
            raise ValueError(
                f"a finer code of column {name!r} needs its values, and this table "
                "keeps codes only, since it was pickled, opened or materialised; ask "
                "for it before"
            )
        table = self.source.table
        values = table.numeric(there)
        edges = column_quantiles(values, n, table.weights)
        codes = np.searchsorted(edges, values)
        codes[np.isnan(values)] = len(edges) + 1
        n_levels = len(edges) + 1 + missing
        if n_levels - missing > MOST_QUANTILES:
            raise ValueError(
                f"n={n} quantiles of column {name!r} are {n_levels} levels with the "
                f"gaps between its frequent values, more than a code holds; use fewer"
            )
        return FineCode(codes.astype(np.uint16), edges, n_levels)


def picked_of(index: ArrayLike, n: int, what: str) -> IntArray:
    """Numbers of the rows or columns that a mask or their numbers name.

    Raises
    ------
    ValueError, IndexError
        See `EncodedTable.rows`.
    """
    chosen = np.asarray(index)
    if chosen.dtype == np.bool_ and chosen.shape != (n,):
        raise ValueError(f"a mask of {chosen.size} entries for {n} {what}")
    if chosen.dtype != np.bool_ and (chosen.ndim != 1 or chosen.dtype.kind not in "iu"):
        if chosen.size:
            raise ValueError(f"{what}={index!r} is neither a mask nor whole numbers")
        chosen = chosen.astype(np.intp)
    picked: IntArray = np.arange(n)[chosen]
    if not picked.size:
        raise ValueError(f"{what}={index!r} leaves no {what} at all")
    return picked
