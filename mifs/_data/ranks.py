"""Values at some ranks of columns whose rows lie in shards, found by counting.

No column is brought to one place. A sample of its rows gives a grid; how many values
each cell of it holds says in which cells the ranks are; and only values of these come,
each once with its count. Tables and counts add, so that the values are exact, whatever
the sample is: a bad one makes cells larger, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from mifs._arrays import AnyArray, IntArray
from mifs._data.cells import cells_of, counted_levels, edges_in_cells, ranks_of
from mifs._data.parts import Part
from mifs._data.shards import Shards

# Cells of a grid: as many as the square root of the rows, within these bounds.
FEWEST_CELLS, MOST_CELLS = 256, 16_384
# Cells of all columns that are counted at once.
AT_ONCE = 1 << 20
# Bytes of values and counts that come at once, about, if a column has not more.
ROOM = 1 << 27

# Values of each column, and how often each is there.
Levels: TypeAlias = list[tuple[AnyArray, IntArray]]


class Grids(NamedTuple):
    """Some columns, with sorted values that cut each into cells.

    Attributes
    ----------
    columns : sequence of int
    edges : list of ndarray
        A cell ends with an edge; the last one, beyond all of them, with none.
    """

    columns: Sequence[int]
    edges: list[AnyArray]


def quantiles_by_counts(
    parts: Shards, n_rows: IntArray, columns: Sequence[int], n: Sequence[int]
) -> dict[int, list[AnyArray]]:
    """Edges of ``quantile_edges`` of columns, without weights, for numbers of groups.

    Columns of a frequent value are left out: their bins depend on all values.
    """
    total = int(n_rows.sum())
    n_cells = int(np.clip(np.sqrt(total), FEWEST_CELLS, MOST_CELLS))
    # A column has a value and a count for each row in the cells of its ranks.
    held = 16 * total * sum(n) // n_cells
    size = max(1, min(AT_ONCE // n_cells, ROOM // max(1, held)))
    found: dict[int, list[AnyArray]] = {}
    for at in range(0, len(columns), size):
        some = columns[at : at + size]
        step = max(1, total // n_cells)
        samples = parts.each(sampled, some, step)
        edges = [np.unique(np.concatenate(own)) for own in zip(*samples, strict=True)]
        found |= _in_cells(parts, Grids(some, edges), n)
    return found


def _in_cells(
    parts: Shards, grids: Grids, n: Sequence[int]
) -> dict[int, list[AnyArray]]:
    """Find the quantiles of some columns, of which grids are known."""
    counted = parts.added(cell_counts, grids)
    ends = np.cumsum([len(edges) + 1 for edges in grids.edges])[:-1]
    below = [np.cumsum(counts) for counts in np.split(counted, ends)]
    cells = [np.unique(cells_of(own, ranks_of(own, n))) for own in below]
    levels = parts.added(levels_in, grids, cells, add=add_levels)
    found: dict[int, list[AnyArray]] = {}
    for column, own, chosen, (values, counts) in zip(
        grids.columns, below, cells, levels, strict=True
    ):
        if own[-1]:
            edges = edges_in_cells(own, chosen, *_merged(values, counts), n)
            found |= {} if edges is None else {column: edges}
    return found


def sampled(part: Part, columns: Sequence[int], step: int) -> list[AnyArray]:
    """Present values of one row of so many, drawn: rows may come in cycles."""
    rng = np.random.default_rng(part.number)
    rows = np.sort(rng.integers(0, part.n_rows, -(-part.n_rows // step)))
    found = []
    for column in columns:
        values = part.columns[column].numbers[rows]
        found.append(values[values == values])
    return found


def cell_counts(part: Part, grids: Grids) -> IntArray:
    """Present values in each cell of each column, one column after the other."""
    found = [np.diff(ends) for _, ends in _sorted(part, grids)]
    return np.concatenate(found).astype(np.int64)


def levels_in(part: Part, grids: Grids, cells: Sequence[IntArray]) -> Levels:
    """Different values in some cells of each column."""
    found: Levels = []
    for (values, ends), own in zip(_sorted(part, grids), cells, strict=True):
        some = [values[ends[cell] : ends[cell + 1]] for cell in own.tolist()]
        found.append(counted_levels(np.concatenate([values[:0], *some]), None))
    return found


def _sorted(part: Part, grids: Grids) -> Iterator[tuple[AnyArray, IntArray]]:
    """Sorted values of each column, and where its cells end among them."""
    for column, edges in zip(grids.columns, grids.edges, strict=True):
        values = np.sort(part.columns[column].numbers)
        n_present = (
            np.searchsorted(values, np.nan) if values.dtype.kind == "f" else None
        )
        values = values[:n_present]
        ends = np.searchsorted(values, edges, side="right")
        yield values, np.concatenate(([0], ends, [len(values)]))


def add_levels(first: Levels, second: Levels) -> Levels:
    """Put values beside others; `_merged` adds the counts of those that are equal."""
    return [
        (np.concatenate([values, others]), np.concatenate([counts, more]))
        for (values, counts), (others, more) in zip(first, second, strict=True)
    ]


def _merged(values: AnyArray, counts: IntArray) -> tuple[AnyArray, IntArray]:
    """Sort values, and add the counts of those that are equal."""
    order = np.argsort(values)
    return counted_levels(values[order], counts[order])
