"""Tables drawn from their margins, and p-values from draws (Besag, Clifford 1991)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.random import RandomState
from scipy.stats import random_table

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray

# So many draws that reach the observed value are enough: p is then known to 22 %.
ENOUGH = 20
# Cells that are drawn at once, at most.
DRAWN_AT_ONCE = 1 << 18
# Draws first of all; each time as many again as there are.
FIRST = 32
# One of so many draws is a peak.
SHARE_OF_PEAKS = 20

Draw = Callable[[int], FloatArray]


def at_least(draw: Draw, observed: float, most: int) -> tuple[int, FloatArray]:
    """How many draws reach a value, and the draws: until `ENOUGH` reach it.

    ``draw(m)`` gives m values, (m,). No more than ``most`` are drawn.
    """
    reached, drawn, pieces = 0, 0, [np.empty(0)]
    while drawn < most and reached < ENOUGH:
        values = draw(min(max(FIRST, drawn), most - drawn))
        places = np.flatnonzero(values >= observed)[: ENOUGH - reached]
        reached += len(places)
        if reached == ENOUGH:
            values = values[: places[-1] + 1]
        pieces.append(values)
        drawn += len(values)
    return reached, np.concatenate(pieces)


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


class Margins:
    """Tables with given margins in each stratum, to be drawn.

    Empty levels are left out, so that they draw nothing; levels are sorted where their
    order means nothing, so that it does not decide what is drawn.
    """

    def __init__(self, tables: IntArray, *, ordered: bool) -> None:
        self._strata = []
        for table in tables:
            margins = [table.sum(axis=1), table.sum(axis=0)]
            if not ordered:
                margins = [np.sort(margin[margin > 0]) for margin in margins]
                margins.sort(key=lambda margin: (len(margin), margin.tolist()))
            if all(np.count_nonzero(margin) > 1 for margin in margins):
                self._strata.append(margins)
        if not ordered:
            self._strata.sort(key=lambda pair: [margin.tolist() for margin in pair])
        self.cells = sum(len(r) * len(c) for r, c in self._strata)

    def draw(
        self,
        n: int,
        random: RandomState,
        summed: Callable[[FloatArray], FloatArray],
    ) -> FloatArray:
        """Σ over the strata of what ``summed`` makes of n tables, (n, r, c) float64."""
        pieces = []
        for first in range(0, n, step := max(1, DRAWN_AT_ONCE // max(1, self.cells))):
            size = min(step, n - first)
            each = (_drawn(r, c, size, random) for r, c in self._strata)
            pieces.append(sum(map(summed, each), start=np.zeros(1)))
        return np.concatenate(pieces)


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


def draws_of_g(tables: IntArray, seed: int | RandomState) -> tuple[Draw, float]:
    """Half of G less what margins fix, of drawn tables, and of these tables."""
    margins, random = Margins(tables, ordered=False), _random(seed)
    sums = _kernels.strata.cell_sums
    parts = [_without_empty(table)[np.newaxis] for table in tables]
    observed = float(sum(sums(part)[0] for part in parts if min(part.shape[1:]) > 1))
    return lambda n: margins.draw(n, random, sums), observed


def _without_empty(table: IntArray) -> FloatArray:
    rows, columns = table.any(axis=1), table.any(axis=0)
    kept: FloatArray = np.ascontiguousarray(table[rows][:, columns], np.float64)
    return kept


def draws_of_scores(
    tables: IntArray,
    weights: FloatArray,
    statistic: Callable[[FloatArray], FloatArray],
    seed: int,
) -> Draw:
    """Statistics of drawn tables: of Σ_i w_i t_ij, summed over the strata, (n, c)."""
    margins, random = Margins(tables, ordered=True), _random(seed)

    def draw(n: int) -> FloatArray:
        return statistic(margins.draw(n, random, lambda drawn: weights @ drawn))

    return draw


def _random(seed: int | RandomState) -> RandomState:
    return seed if isinstance(seed, RandomState) else RandomState(seed)
