"""Tables drawn from their margins, and p-values from draws (Besag, Clifford 1991)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import RandomState
from scipy.stats import random_table

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray

# So many draws that reach the observed value are enough: p is then known to 22 %.
ENOUGH = 20
# Probability of what is not believed to be chance.
HARDLY = 1e-3
# Cells or random numbers that are drawn at once, at most.
DRAWN_AT_ONCE = 1 << 18
# Beyond so many rows, and so many for each cell, it is cheaper to draw cells.
FEW_ROWS, ROWS_OF_CELL = 100, 6
# Draws first of all; each time as many again as there are.
FIRST = 32
# Margins of which draws are kept at once.
MOST_KEPT = 64
# One of so many draws is a peak.
SHARE_OF_PEAKS = 20

Draw = Callable[[int], FloatArray]


def at_least(
    draw: Draw, observed: float, most: int, level: float | None = None
) -> tuple[int, FloatArray]:
    """How many draws reach a value, and the draws: until `ENOUGH` reach it.

    ``draw(m)`` gives m values, (m,). No more than ``most`` are drawn; no more, either,
    than show that the p-value is above a ``level``, where that is all that matters.
    """
    reached, drawn, pieces = 0, 0, [np.empty(0)]
    while drawn < most and reached < ENOUGH and not _above(reached, drawn, level):
        values = draw(min(max(FIRST, drawn), most - drawn))
        places = np.flatnonzero(values >= observed)[: ENOUGH - reached]
        reached += len(places)
        if reached == ENOUGH:
            values = values[: places[-1] + 1]
        pieces.append(values)
        drawn += len(values)
    return reached, np.concatenate(pieces)


def _above(reached: int, drawn: int, level: float | None) -> bool:
    """Whether so many would hardly have reached it, were the p-value the level."""
    if level is None or not reached:
        return False
    return (drawn * level) ** reached / math.factorial(reached) < HARDLY


def p_of_draws(reached: int, drawn: int) -> float:
    """Give a p-value that is never too small: h / l where h were enough, at draw l."""
    return reached / drawn if reached == ENOUGH else (1 + reached) / (1 + drawn)


def log_p_beyond(observed: float, values: FloatArray) -> float:
    """Logarithm of the p-value of what no draw has reached.

    The largest of the draws are taken for exponential (peaks over a threshold).
    """
    n_top = len(values) // SHARE_OF_PEAKS
    none = -math.log(1 + len(values))
    if n_top < 1:
        return none
    peaks = np.partition(values, -n_top - 1)[-n_top - 1 :]
    above = float(peaks.mean() - peaks[0]) * (n_top + 1) / n_top
    if above <= 0:
        return none
    beyond = (observed - float(peaks[0])) / above
    return min(none, math.log(n_top / len(values)) - beyond)


class Kept:
    """Draws of the margins that came last, for tables of the same margins.

    Quantile bins have the same margins in many columns.
    """

    def __init__(self) -> None:
        self._known: dict[object, tuple[Draw, FloatArray]] = {}

    def draw(self, key: object, start: Callable[[], Draw]) -> Draw:
        """Draw from the first on what ``start()`` draws for a key, or drew before."""
        if key not in self._known:
            if len(self._known) == MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = start(), np.empty(0)
        known, (fresh, values) = 0, self._known[key]

        def draw(n: int) -> FloatArray:
            nonlocal known, values
            first, known = known, known + n
            while len(values) < known:
                values = np.append(values, fresh(max(FIRST, len(values))))
                self._known[key] = fresh, values
            return values[first:known]

        return draw


def key_of(tables: IntArray, *, ordered: bool) -> object:
    """Key of the margins of tables, on which alone depends what is drawn."""
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    if not ordered:
        rows, columns = np.sort(rows, axis=1), np.sort(columns, axis=1)
    return ordered, tables.shape, rows.tobytes(), columns.tobytes()


class Margins:
    """Tables with given margins in each stratum, to be drawn.

    Empty levels are left out where their order means nothing, and the others sorted,
    so that neither decides what is drawn. Where a stratum has many rows for each of its
    cells, these are drawn one by one (Patefield 1981), otherwise rows change places.

    Parameters
    ----------
    tables : ndarray of shape (n_strata, r, c), int64
    ordered : bool
        Whether the order of the levels means something.
    """

    def __init__(self, tables: IntArray, *, ordered: bool) -> None:
        strata: list[list[IntArray]] = []
        # Of strata of one level on a side, which their margins determine.
        self._fixed = np.zeros(tables.shape[1:])
        for table in tables:
            margins = [table.sum(axis=1), table.sum(axis=0)]
            if not ordered:
                margins = [np.sort(margin[margin > 0]) for margin in margins]
                margins.sort(key=lambda margin: (len(margin), margin.tolist()))
            if all(np.count_nonzero(margin) > 1 for margin in margins):
                strata.append(margins)
            elif ordered:
                self._fixed += table
        if not ordered:
            strata.sort(key=lambda pair: [margin.tolist() for margin in pair])
        self._shape = tables.shape[1:] if ordered else _largest(strata)
        short = [pair for pair in strata if not _cells_pay(*pair)]
        self._long = [pair for pair in strata if _cells_pay(*pair)]
        self._rows = _Rows(short) if short else None

    def sums(self, n: int, random: RandomState) -> FloatArray:
        """Σ t log t of the cells of all strata, of n draws."""
        sums = np.zeros(n)
        for rows, columns in self._long:
            for part in _parts(n, len(rows) * len(columns)):
                drawn = _drawn(rows, columns, len(sums[part]), random)
                sums[part] += _kernels.strata.cell_sums(drawn)
        if self._rows is not None:
            self._rows.add_sums(sums, np.zeros(self._shape, np.int64), random)
        return sums

    def tables(self, n: int, random: RandomState) -> FloatArray:
        """Tables summed over the strata, of n draws, (n, r, c): of ordered levels."""
        tables = np.tile(self._fixed, (n, 1, 1))
        for rows, columns in self._long:
            tables += _drawn(rows, columns, n, random)
        if self._rows is not None:
            self._rows.add_tables(tables, random)
        return tables


def _cells_pay(rows: IntArray, columns: IntArray) -> bool:
    """Whether it is cheaper to draw cells than to move rows."""
    cells = np.count_nonzero(rows) * np.count_nonzero(columns)
    return bool(rows.sum() > FEW_ROWS + ROWS_OF_CELL * cells)


def _largest(strata: list[list[IntArray]]) -> tuple[int, ...]:
    """Most levels of either side."""
    return tuple(max((len(pair[k]) for pair in strata), default=0) for k in (0, 1))


class _Rows:
    """Levels and labels of the rows of some strata, as kernels take them."""

    def __init__(self, strata: list[list[IntArray]]) -> None:
        # The side that has more rows in its largest levels is moved less.
        at_rest = [sum(int(pair[side].max()) for pair in strata) for side in (0, 1)]
        self._turned = at_rest[1] > at_rest[0]
        levels, labels, moved = [], [], []
        for pair in strata:
            own, other = pair[::-1] if self._turned else pair
            last = own.argmax()
            order = np.append(np.delete(np.arange(len(own)), last), last)
            levels.append(np.repeat(order, own[order]))
            labels.append(np.repeat(np.arange(len(other)), other))
            moved.append(own.sum() - own[last])
        self._ends = np.cumsum([len(part) for part in levels])
        self._levels, self._labels = np.concatenate(levels), np.concatenate(labels)
        self._moved = np.array(moved, np.int64)

    def add_sums(self, sums: FloatArray, table: IntArray, random: RandomState) -> None:
        table = np.ascontiguousarray(table.T) if self._turned else table
        for part, uniforms in self._uniforms(len(sums), random):
            _kernels.draws.sums_of_shuffled(*self._given, uniforms, table, sums[part])

    def add_tables(self, tables: FloatArray, random: RandomState) -> None:
        n, r, c = tables.shape
        own = np.zeros((n, c, r) if self._turned else tables.shape, np.int64)
        for part, uniforms in self._uniforms(n, random):
            _kernels.draws.tables_of_shuffled(*self._given, uniforms, own[part])
        tables += own.transpose(0, 2, 1) if self._turned else own

    @property
    def _given(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        return self._levels, self._labels, self._ends, self._moved

    def _uniforms(
        self, n: int, random: RandomState
    ) -> Iterator[tuple[slice, FloatArray]]:
        """Random numbers of so many of n draws as memory allows at once."""
        each = int(self._moved.sum())
        for part in _parts(n, each):
            yield part, random.random_sample((part.stop - part.start, each))


def _parts(n: int, each: int) -> list[slice]:
    """Parts of n draws, each of which needs so many numbers."""
    step = max(1, DRAWN_AT_ONCE // max(1, each))
    return [slice(first, min(n, first + step)) for first in range(0, n, step)]


def _drawn(
    rows: IntArray, columns: IntArray, n: int, random: RandomState
) -> FloatArray:
    """Tables with these margins, (n, r, c), float64."""
    some_rows, some_columns = np.flatnonzero(rows), np.flatnonzero(columns)
    margins = random_table(rows[some_rows], columns[some_columns])
    tables = np.zeros((n, len(rows), len(columns)))
    drawn = margins.rvs(size=n, random_state=random)
    tables[:, some_rows[:, np.newaxis], some_columns] = drawn
    return tables


def draws_of_g(
    tables: IntArray, seed: int | RandomState, kept: Kept | None = None
) -> tuple[Draw, float]:
    """Half of G less what margins fix, of drawn tables, and of these tables."""

    def start() -> Draw:
        margins, random = Margins(tables, ordered=False), _random(seed)
        return lambda n: margins.sums(n, random)

    sums = _kernels.strata.cell_sums
    parts = [_without_empty(table)[np.newaxis] for table in tables]
    observed = float(sum(sums(part)[0] for part in parts if min(part.shape[1:]) > 1))
    if kept is None:
        return start(), observed
    return kept.draw(key_of(tables, ordered=False), start), observed


def _without_empty(table: IntArray) -> FloatArray:
    rows, columns = table.any(axis=1), table.any(axis=0)
    kept: FloatArray = np.ascontiguousarray(table[rows][:, columns], np.float64)
    return kept


def draws_of_scores(
    tables: IntArray,
    weights: FloatArray,
    statistic: Callable[[FloatArray], FloatArray],
    seed: int,
    kept: Kept,
    name: str,
) -> Draw:
    """Statistics of drawn tables: of Σ_i w_i t_ij, summed over the strata, (n, c).

    ``name``: of the statistic, for the same margins may have several.
    """

    def start() -> Draw:
        margins, random = Margins(tables, ordered=True), _random(seed)
        return lambda n: statistic(weights @ margins.tables(n, random))

    return kept.draw((name, key_of(tables, ordered=True)), start)


def _random(seed: int | RandomState) -> RandomState:
    return seed if isinstance(seed, RandomState) else RandomState(seed)
