"""Quantiles without sorting: counts of cells say in which of them a rank is.

How many values each cell holds tells where the ranks of the quantiles are; only the
values of these cells are sorted. What comes out is exact, whatever the cells are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.survey import read_only

# Rows from which it takes less time to count than to sort.
LONG = 1 << 16
# Cells, and values of a sample that tells where they are. Some beyond either end of
# the sample are left to the outermost cells, which outliers must not make wide.
CELLS, SAMPLED, BEYOND = 1 << 14, 1 << 12, 1 << 4


def edges_by_counting(values: FloatArray, n: Sequence[int]) -> list[AnyArray] | None:
    """Edges of `quantile_edges` of one column (rows,), for numbers of groups.

    None: a value is frequent, so that its bins depend on all values, or nothing of a
    sample is present.
    """
    values = read_only(np.ascontiguousarray(values))
    sample = values[:: max(1, len(values) // SAMPLED)]
    sample = np.sort(sample[np.isfinite(sample)])[BEYOND:-BEYOND]
    if not len(sample) or sample[0] == sample[-1]:
        return None
    often = 2 * len(sample) // max(n)
    if often and (sample[often:] == sample[:-often]).any():
        return None
    with np.errstate(over="ignore"):
        grid = float(sample[0]), CELLS / float(sample[-1] - sample[0])
    below = np.cumsum(_kernels.columns.count_cells(values, *grid, CELLS))
    chosen = np.unique(cells_of(below, ranks_of(below, n)))
    wanted = np.zeros(CELLS + 1, np.bool_)
    wanted[chosen] = True
    room = np.empty(int(np.diff(below, prepend=0)[chosen].sum()) + 1)
    found = np.sort(_kernels.columns.values_in_cells(values, *grid, wanted, room))
    return edges_in_cells(below, chosen, *counted_levels(found, None), n)


def ranks_of(below: IntArray, n: Sequence[int]) -> IntArray:
    """Ranks of all quantiles, and of the largest value."""
    total = int(below[-1])
    ranks = [-(-np.arange(1, groups + 1) * total // groups) - 1 for groups in n]
    return np.maximum(np.concatenate(ranks), 0)


def cells_of(below: IntArray, ranks: IntArray) -> IntArray:
    """Cells in which these ranks are; the last one of a column without values."""
    return np.minimum(np.searchsorted(below, ranks, side="right"), len(below) - 1)


def edges_in_cells(
    below: IntArray,
    cells: IntArray,
    values: AnyArray,
    counts: IntArray,
    n: Sequence[int],
) -> list[AnyArray] | None:
    """Edges of groups, of the values of the cells that hold them; None: frequent."""
    before = np.concatenate(([0], below))[cells]
    held = below[cells] - before
    # Ranks among the values that came: those of cells that did not are taken off.
    shift = before - (np.cumsum(held) - held)
    up_to = np.cumsum(counts)
    found = []
    for groups in n:
        ranks = ranks_of(below, [groups])
        own = shift[np.searchsorted(cells, cells_of(below, ranks))]
        at = np.searchsorted(up_to, ranks - own, side="right")
        if (counts[at] >= -(-int(below[-1]) // groups)).any():
            return None
        edges = values[at]
        new = np.concatenate(([True], edges[1:] > edges[:-1]))
        found.append(edges[new & (edges < edges[-1])])
    return found


def counted_levels(
    values: AnyArray, counts: IntArray | None
) -> tuple[AnyArray, IntArray]:
    """Different ones of sorted values, and the sums of their counts."""
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    starts = starts[: len(values)]
    if counts is None:
        return values[starts], np.diff(np.append(starts, len(values)))
    return values[starts], np.add.reduceat(counts, starts) if len(starts) else counts
