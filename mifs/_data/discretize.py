"""Continuous columns become bins; edges are learned once and kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.blocks import Block, Elsewhere, chunks
from mifs._data.cells import LONG, edges_by_counting
from mifs._data.labels import Labels
from mifs._data.parallel import run
from mifs._data.sparse import SparseBlock
from mifs._data.table import Table
from mifs._data.weights import Weights
from mifs._warn import warn
from mifs.exceptions import SampledEdgesWarning

BINNINGS = ("quantile", "uniform")
# One more bin than edges, and one level for missing values, fit uint16.
MAX_EDGES = 65_534
# Nanoseconds that a value takes to be sorted.
SORTING = 50.0


def default_n_bins(n: float) -> int:
    """``clip(round(n ** (1 / 3)), 3, 10)``, n the sum of weights."""
    n_bins: int = min(max(round(n ** (1 / 3)), 3), 10)
    return n_bins


@dataclass(frozen=True)
class Ragged:
    """Rows of different lengths: row j is ``values[starts[j]:starts[j + 1]]``."""

    values: AnyArray
    starts: IntArray

    @classmethod
    def of_rows(cls, rows: Sequence[AnyArray]) -> Ragged:
        """Rows, one after the other."""
        starts = np.concatenate(([0], np.cumsum([len(row) for row in rows])))
        return cls(np.concatenate(rows), starts)

    @classmethod
    def from_mask(cls, values: AnyArray, mask: NDArray[np.bool_]) -> Ragged:
        """Rows of a matrix without the entries outside ``mask``."""
        starts = np.concatenate(([0], np.cumsum(mask.sum(axis=1))))
        return cls(values[mask], starts)

    def replaced(self, rows: IntArray, others: Ragged) -> Ragged:
        """All rows, some of them replaced by those of ``others``."""
        each = [self[row] for row in range(len(self))]
        for at, row in enumerate(rows.tolist()):
            each[row] = others[at]
        return Ragged.of_rows(each)

    def __getitem__(self, row: int) -> AnyArray:
        return self.values[self.starts[row] : self.starts[row + 1]]

    def __len__(self) -> int:
        return len(self.starts) - 1


def quantile_edges(
    columns: AnyArray, n_bins: int, weights: Weights | None = None
) -> Ragged:
    """Inverted-CDF quantiles of each column (b, n), so that edges are data values.

    The i-th edge is the ⌈i·m / n_bins⌉-th smallest of the m present values, or with
    weights the smallest value at and below which i / n_bins of the weight of the
    present values lies, as if rows were repeated by their weights. A column with at
    most ``n_bins`` distinct values keeps them as its bins. Values that hold 1 / n_bins
    of the weight are bins of their own, see `mifs._kernels.edges`.
    """
    if weights is None:
        return _unweighted(columns, (n_bins,))[0]
    order = np.argsort(columns, axis=1)
    ordered = np.take_along_axis(columns, order, axis=1)
    present = ordered.shape[1] - np.isnan(ordered).sum(axis=1)
    below = np.cumsum(weights.units[order], axis=1)
    total = np.take_along_axis(below, present[:, None] - 1, axis=1)
    wanted = -(-np.arange(1, n_bins) * total // n_bins) - weights.slack
    rank = np.stack(
        [np.searchsorted(*both) for both in zip(below, wanted, strict=True)]
    )
    counted = (below, weights.slack, weights.rows_per_unit)
    return _distinct_edges(ordered, present, rank, n_bins, counted)


def _unweighted(columns: AnyArray, numbers: tuple[int, ...]) -> list[Ragged]:
    """`quantile_edges` of columns (b, n), for each number of bins."""
    counted: list[Any] = [None] * len(columns)
    if columns.shape[1] >= LONG and columns.dtype == np.float64:
        counted = [edges_by_counting(column, numbers) for column in columns]
    rest = [j for j, known in enumerate(counted) if known is None]
    ordered = np.sort(columns if len(rest) == len(columns) else columns[rest], axis=1)
    found = [edges_of_sorted(ordered, n) for n in numbers]
    if len(rest) == len(columns):
        return found
    for at, j in enumerate(rest):
        counted[j] = [edges[at] for edges in found]
    return [Ragged.of_rows(list(own)) for own in zip(*counted, strict=True)]


def edges_of_sorted(ordered: AnyArray, n_bins: int) -> Ragged:
    """`quantile_edges` of columns (b, n) that are sorted, without weights."""
    present = np.full(len(ordered), ordered.shape[1])
    if ordered.dtype.kind == "f":  # NaN comes last
        for column in np.flatnonzero(np.isnan(ordered[:, -1:]).any(axis=1)).tolist():
            present[column] = np.searchsorted(ordered[column], np.nan)
    rank = -(-np.arange(1, n_bins) * present[:, None] // n_bins) - 1
    below = _rows_up_to(ordered.shape[1])
    return _distinct_edges(ordered, present, rank, n_bins, (below, 0, 1.0))


@lru_cache(maxsize=1)
def _rows_up_to(n: int) -> IntArray:
    """Rows at and below each of some, (1, n); one of all columns that are learned."""
    return np.arange(1, n + 1)[None]


def column_quantiles(
    values: FloatArray, n_bins: int, weights: Weights | None
) -> FloatArray:
    """Quantile edges of one column (n,), of rows that may have weights."""
    edges: FloatArray = quantile_edges(values[None], n_bins, weights)[0]
    return edges


def _distinct_edges(
    ordered: AnyArray,
    present: IntArray,
    rank: IntArray,
    n_bins: int,
    counted: tuple[IntArray, int, float],
) -> Ragged:
    """Values at some ranks of sorted columns, each once, and none without a bin.

    ``counted`` are the units of weight at and below each row, how many of them may be
    due to rounding, and the rows that one is.
    """
    edges = np.take_along_axis(ordered, rank, axis=1)
    top = np.take_along_axis(ordered, present[:, None] - 1, axis=1)
    distinct = np.zeros((len(ordered), n_bins), ordered.dtype)
    n_distinct = np.empty(len(ordered), np.int64)
    _kernels.columns.distinct_of_sorted(ordered, distinct, n_distinct)
    few = n_distinct <= n_bins
    edges[few] = distinct[few, :-1]
    used = np.arange(n_bins - 1) < np.where(few, n_distinct - 1, n_bins)[:, None]
    new = np.ones(edges.shape, dtype=np.bool_)
    # Compared, not subtracted: the difference of two extreme values overflows.
    new[:, 1:] = edges[:, 1:] > edges[:, :-1]
    plain = Ragged.from_mask(edges, used & new & (edges < top))
    below, slack, rows_per_unit = counted
    frequent = _kernels.edges.holds_frequent(
        ordered, below, present, rank, n_bins, slack
    )
    spiked = np.flatnonzero(frequent & ~few)
    if not len(spiked):
        return plain
    below = below if len(below) == 1 else below[spiked]
    levels = _kernels.edges.levels_of_sorted(ordered[spiked], below, present[spiked])
    around = _kernels.edges.edges_of_levels(*levels, n_bins, slack, rows_per_unit)
    return plain.replaced(spiked, Ragged(*around))


def uniform_edges(columns: AnyArray, n_bins: int) -> Ragged:
    """Edges of ``n_bins`` bins of equal width between the extremes of each column."""
    low = np.nanmin(columns, axis=1).astype(np.float64)[:, None]
    high = np.nanmax(columns, axis=1).astype(np.float64)[:, None]
    # Halved, so that the width of the widest range is still finite.
    halves = low / 2 + (high / 2 - low / 2) * (np.arange(1, n_bins) / n_bins)
    edges = 2 * halves
    return Ragged.from_mask(edges, (edges >= low) & (edges < high))


def edge_rule(
    binning: str, weights: Weights | None = None
) -> Callable[[AnyArray, int], Ragged]:
    """Give the function that cuts columns (b, n) into so many bins."""
    if binning == "uniform":
        return uniform_edges
    return partial(quantile_edges, weights=weights) if weights else quantile_edges


def explicit_edges(edges: Any, labels: Sequence[Hashable]) -> dict[int, FloatArray]:
    """Edges given by the user, by column: a mapping from columns, or a list.

    Raises
    ------
    ValueError
        A list of another length than the columns, unknown columns, one column twice,
        edges that are not finite and strictly increasing.
    """
    if edges is None:
        return {}
    if isinstance(edges, Mapping):
        places = Labels(labels).places(list(edges), "edges").tolist()
        listed = list(zip(places, edges.values(), strict=True))
    else:
        each = enumerate(_one_for_each_column(edges, len(labels)))
        listed = [(column, given) for column, given in each if given is not None]
    checked: dict[int, FloatArray] = {}
    for column, given in listed:
        if column in checked:
            raise ValueError(f"edges are given twice for column {labels[column]!r}")
        checked[column] = _checked_edges(given, labels[column])
    return checked


def _one_for_each_column(edges: object, n_columns: int) -> Sequence[ArrayLike | None]:
    if isinstance(edges, str) or not isinstance(edges, Sequence):
        edges = ()
    if len(edges) != n_columns:
        raise ValueError(
            "edges must be a mapping from columns to edges, or a list with one "
            f"entry (edges or None) for each of the {n_columns} columns"
        )
    return edges


def _checked_edges(edges: ArrayLike, label: Hashable) -> FloatArray:
    try:
        values = np.ma.filled(np.ma.asarray(edges, np.float64), np.nan)
    except (TypeError, ValueError):
        values = np.array([np.nan])
    if (
        values.ndim != 1
        or not np.isfinite(values).all()
        or (values[1:] <= values[:-1]).any()
    ):
        raise ValueError(
            f"edges of column {label!r} must be finite and strictly increasing "
            f"numbers, got {edges!r}"
        )
    if len(values) > MAX_EDGES:
        raise ValueError(
            f"edges of column {label!r}: {len(values)} are more than {MAX_EDGES}"
        )
    return values


def learn_edges(
    table: Table,
    n_bins: int,
    binning: str,
    given: dict[int, FloatArray],
    n_jobs: int | None = None,
) -> dict[int, AnyArray]:
    """Edges of each binned column: those given, or learned from its values.

    Raises
    ------
    ValueError
        Edges given for a column of labels.
    """
    if not given and table.discrete.all():
        return {}
    for column in given:
        if table.labelled(column):
            raise ValueError(
                f"column {table.labels[column]!r} holds labels, which edges cannot "
                "cut; turn them into numbers, or leave its edges out"
            )
    # Those of whole numbers are exact, learned elsewhere from the same values.
    rounded = [column for column, own in given.items() if own.dtype.kind == "f"]
    table.refuse_beyond(np.array(rounded, np.intp), "given edges")
    _refuse_rounding(table, binning)
    rows = table.sample if binning == "quantile" else None
    weights = table.weights
    if weights is not None and rows is not None:
        weights = weights.of_rows(rows)
    learn = edge_rule(binning, weights)
    edges: dict[int, AnyArray] = dict(given)
    binned = ~table.discrete
    binned[list(given)] = False
    if rows is not None and binned.any():
        _say_sampled(len(rows), table.n_rows)
    kept = table.quantiles if learn is quantile_edges and rows is None else None
    numbers = (n_bins,) if kept is None else (n_bins, kept.n)
    tasks = [
        (learn, block, piece, numbers, rows)
        for block in table.blocks
        for piece in chunks(
            np.flatnonzero(binned[block.columns]),
            0 if isinstance(block, Elsewhere) else 8 * table.n_rows,
        )
    ]
    others = () if kept is None else (kept.edges,)
    work = SORTING * table.n_rows * int(binned.sum())
    results = list(run(_learn_piece, tasks, n_jobs, work))
    _rows_up_to.cache_clear()
    for (_, block, piece, *_), learned in zip(tasks, results, strict=True):
        columns = block.columns[piece].tolist()
        for known, each in zip((edges, *others), learned, strict=True):
            known.update((column, each[i]) for i, column in enumerate(columns))
    return edges


def _refuse_rounding(table: Table, binning: str) -> None:
    """Refuse whole numbers that bins would merge; quantiles of int64 are exact."""
    inexact = ~table.discrete
    if binning == "quantile":
        inexact &= table.n_missing > 0
    table.refuse_beyond(np.flatnonzero(inexact), f"binning={binning!r}")


def _say_sampled(n_sampled: int, n_rows: int) -> None:
    warn(
        f"edges of continuous columns are quantiles of a sample of {n_sampled} of "
        f"{n_rows} rows; quantiles='exact' takes all",
        SampledEdgesWarning,
    )


def _learn_piece(
    learn: Any,
    block: Block,
    positions: IntArray,
    numbers: tuple[int, ...],
    rows: IntArray | None = None,
) -> list[Ragged]:
    """Edges of some columns for each number of bins."""
    if isinstance(block, Elsewhere):
        if learn is uniform_edges:
            return [learn(block.extremes(positions), n) for n in numbers]
        weights = None if learn is quantile_edges else learn.keywords["weights"]
        found = block.cut(positions, numbers, rows, weights)
        return [Ragged.of_rows([own[i] for own in found]) for i in range(len(numbers))]
    if isinstance(block, SparseBlock) and learn is quantile_edges:
        return [Ragged(*block.quantile_edges(positions, n)) for n in numbers]
    if isinstance(block, SparseBlock) and learn is uniform_edges:
        values: AnyArray = block.extremes(positions)
    else:
        values = block.contiguous(positions)
    values = values if rows is None else values[:, rows]
    if learn is quantile_edges:
        return _unweighted(values, numbers)
    return [learn(values, n) for n in numbers]


def count_levels(table: Table, edges: dict[int, AnyArray]) -> IntArray:
    """Levels of each column, bins where it has edges; missing values count as one."""
    n_levels = table.n_levels.copy()
    if not edges and n_levels.min() >= 0:
        return n_levels
    missing = table.n_missing > 0
    binned = np.fromiter(edges, np.intp, len(edges))
    n_cuts = np.fromiter(map(len, edges.values()), np.int64, len(edges))
    n_levels[binned] = n_cuts + 1 + missing[binned]
    for column in np.flatnonzero(n_levels < 0).tolist():
        n_levels[column] = len(table.levels(column)) + missing[column]
    return n_levels
