"""What chance alone would tell: the mean of information under permutation.

It depends on the margins alone (`mifs._kernels.chance`). For one pick the mean of a
candidate is a sum over the candidate's levels of a function of their counts, smooth
beyond small ones, so that it is evaluated at few counts, the nodes, and interpolated.
Picks that are columns are, too: a table of two nodes each serves all of them.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._data.layout import starts_of

if TYPE_CHECKING:
    from mifs._kernels.expected import Expected

# Every count up to here is a node; from there on each is 8 % more than the last, which
# cubic interpolation in log a bridges with an error below 1e-6 of the mean.
DENSE = 32
RATIO = 1.08
# Nodes around a count.
FOUR = np.arange(4)


@lru_cache(maxsize=64)
def nodes_of(n: int) -> IntArray:
    """Choose the counts from 0 to n at which a function of counts is evaluated."""
    steps = max(0, int(np.ceil(np.log(max(n, 1) / DENSE) / np.log(RATIO))))
    sparse = np.ceil(DENSE * RATIO ** np.arange(1, steps + 1)).astype(np.int64)
    grid = np.unique(np.concatenate([np.arange(DENSE + 1), sparse, [n]]))
    # Four nodes at least, for the interpolation.
    return grid[grid <= max(n, 4)]


@lru_cache(maxsize=32)
def node_table(n: int) -> FloatArray:
    """Evaluate the function at each two of the nodes, as any picks need it."""
    table: FloatArray = _kernels.chance.node_table(nodes_of(n), n)
    return table


def between(counts: FloatArray, grid: IntArray) -> tuple[IntArray, FloatArray]:
    """First of the four nodes around each count, and their shares in its value.

    Linear up to the last of the dense nodes, where whole counts are nodes.
    """
    after = np.searchsorted(grid, counts, side="right")
    few = counts <= DENSE
    place = np.clip(after - np.where(few, 1, 2), 0, len(grid) - 4)
    shares = np.zeros((len(counts), 4))
    shares[few] = _linear(counts[few], grid[place[few, np.newaxis] + FOUR])
    if not few.all():
        nodes = grid[place[~few, np.newaxis] + FOUR]
        shares[~few] = _lagrange(counts[~few], nodes)
    return place, shares


def _linear(counts: FloatArray, nodes: IntArray) -> FloatArray:
    shares: FloatArray = np.maximum(0, 1 - np.abs(counts[:, np.newaxis] - nodes))
    return shares


def _lagrange(counts: FloatArray, nodes: IntArray) -> FloatArray:
    """Cubic in the logarithm of the count."""
    logs, at = np.log(np.maximum(nodes, 0.5)), np.log(np.maximum(counts, 0.5))
    far = logs[:, :, np.newaxis] - logs[:, np.newaxis]
    far[:, FOUR, FOUR] = 1.0
    factors = (at[:, np.newaxis] - logs)[:, np.newaxis] / far
    factors[:, FOUR, FOUR] = 1.0
    shares: FloatArray = factors[:, :, 0] * factors[:, :, 1]
    shares *= factors[:, :, 2]
    shares *= factors[:, :, 3]
    return shares


class Margins:
    """Counts of the levels of columns, in all rows or by class.

    Parameters
    ----------
    counts : ndarray of shape (n_levels, n_classes), int64
        Of the levels of all columns, in units.
    starts : ndarray of shape (n_features + 1,), int64
        Where the levels of each column begin.
    rows_per_unit : float
        Rows that a unit of the counts stands for.
    scale : float
        Sums are whole multiples of its inverse.
    """

    def __init__(
        self, counts: IntArray, starts: IntArray, rows_per_unit: float, scale: float
    ) -> None:
        n_classes = counts.shape[1]
        units = counts[starts[0] : starts[1]].sum(axis=0)
        # Rows of a class are a whole number, of which its counts are shares.
        self.totals = np.maximum(1, np.rint(units * rows_per_unit)).astype(np.int64)
        self._rows = self.totals / np.maximum(units, 1)
        self._counts = counts
        self._levels, self._starts = starts, starts * n_classes
        self._scale = scale / rows_per_unit
        grids, places, shares, of_rows = [], [], [], []
        which = np.empty(counts.shape, np.int32)
        n_nodes = n_margins = 0
        for y, total in enumerate(self.totals.tolist()):
            distinct, own = _distinct(np.ascontiguousarray(counts[:, y]), n_margins)
            grid = nodes_of(total)
            place, share = between(distinct * self._rows[y], grid)
            grids.append(grid)
            places.append(place + n_nodes)
            of_rows.append(share)
            # A share in rows of the class, of the rows that there are.
            shares.append(share * (units[y] * rows_per_unit / total))
            which[:, y] = own
            n_nodes, n_margins = n_nodes + len(grid), n_margins + len(distinct)
        self._nodes = np.concatenate(grids)
        self._node_starts = starts_of([len(grid) for grid in grids])
        self._places, self._shares = np.concatenate(places), np.concatenate(shares)
        self._shares_of_rows = np.concatenate(of_rows)
        self._which = which.ravel()
        self._sums: dict[int, FloatArray] = {}

    @cached_property
    def _wanted(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Nodes that some count lies between."""
        wanted = np.zeros(len(self._nodes), np.bool_)
        for node in range(4):
            used = self._shares[:, node] != 0
            wanted[self._places[used] + node] = True
        return wanted

    def of_pick(self, counts: IntArray) -> FloatArray:
        """Sum at the nodes for a pick, (n_levels, n_classes) units."""
        rows = np.sort(counts * self._rows, axis=0)
        where = self._nodes, self._node_starts, self._wanted
        sums: FloatArray = _kernels.chance.pick_excess(*where, rows, self.totals)
        return sums

    def of_column(self, column: int) -> FloatArray:
        """Sum at the nodes for one of the columns, interpolated as well; kept."""
        self._keep([column])
        return self._sums[column]

    def _keep(self, columns: list[int]) -> None:
        """Sum at the nodes for those of some columns that were not asked for yet."""
        new = [column for column in columns if column not in self._sums]
        if new:
            self._sums.update(zip(new, self._between(np.array(new)), strict=True))

    def _between(self, columns: IntArray) -> FloatArray:
        """Sum at the nodes for some of the columns, (b, nodes)."""
        which = self._which.reshape(-1, len(self.totals))
        sums: FloatArray = _kernels.chance.columns_between(
            *(*self._tables, self._node_starts, self._places),
            *(self._shares_of_rows, which, self._levels, columns),
        )
        return sums

    @property
    def for_loops(self) -> Expected:
        """What compiled loops over pairs take off; values have no room yet."""
        return _kernels.expected.Expected(
            *(*self._tables, self._node_starts, self._places, self._shares_of_rows),
            *(self._shares, self._which.reshape(-1, len(self.totals)), self._levels),
            *(self._scale, np.empty((0, len(self._places)), np.int64)),
        )

    @cached_property
    def _tables(self) -> tuple[FloatArray, IntArray]:
        """Tables of the nodes of all classes, and where each begins."""
        tables = [node_table(n).ravel() for n in self.totals.tolist()]
        return np.concatenate(tables), starts_of([len(table) for table in tables])

    def column(self, pick: int, columns: IntArray) -> IntArray:
        """N · E[I] of each column against one of the columns, as scaled integers."""
        return self.against(self.of_column(pick), columns)

    def label(self, counts: IntArray, columns: IntArray) -> IntArray:
        """N · E[I] of each column against a label with these counts, in one class."""
        return self.against(self.of_pick(counts.reshape(-1, 1)), columns)

    def against(self, sums: FloatArray, columns: IntArray) -> IntArray:
        """N · E[I] of each column against one pick, as scaled integers."""
        totals: IntArray = _kernels.chance.add_levels(
            *(sums, self._places, self._shares, self._which),
            *(self._starts, columns, self._scale),
        )
        return totals

    def pairs(self, picks: IntArray, columns: IntArray) -> IntArray:
        """N · E[I] of column i against column ``picks[i]``, as scaled integers."""
        firsts = picks[np.flatnonzero(np.diff(picks, prepend=-1))]
        distinct = np.unique(firsts)
        self._keep(distinct.tolist())
        slots = np.empty(len(self._starts) - 1, np.int64)
        slots[distinct] = np.arange(len(distinct))
        kept = [self._sums[pick] for pick in distinct.tolist()]
        sums = np.array(kept).reshape(-1, len(self._nodes))
        totals: IntArray = _kernels.chance.add_levels_of_pairs(
            *(sums, slots[picks], self._places, self._shares, self._which),
            *(self._starts, columns, self._scale),
        )
        return totals

    def rounds(self, draws: IntArray, picks: IntArray, p: int) -> IntArray:
        """N · E[I] of the p columns of some draws against a pick of each, (b, p).

        Column k of draw r is column r p + k here.
        """
        firsts = p * draws
        sums = self._between(firsts + picks)
        totals: IntArray = _kernels.chance.add_levels_of_draws(
            *(sums, self._places, self._shares, self._which),
            *(self._starts, firsts, p, self._scale),
        )
        return totals


def _distinct(counts: IntArray, first: int) -> tuple[IntArray, IntArray]:
    """Sorted distinct counts, and the place of each count among them, from a first."""
    largest = int(counts.max(initial=0))
    if largest > 8 * len(counts) + 65_536:
        distinct, own = np.unique(counts, return_inverse=True)
        return distinct, own + first
    seen = np.zeros(largest + 1, np.bool_)
    seen[counts] = True
    places = np.cumsum(seen, dtype=np.int32) + np.int32(first - 1)
    return np.flatnonzero(seen), places[counts]
