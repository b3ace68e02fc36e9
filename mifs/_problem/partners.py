"""With which of the picks a candidate may say something: a screen before the tests.

Criteria with a term given the class also take what tells something with a pick only
(XOR). Every candidate meets every pick here, so that only information is compared, of
pairs that the engines count; a test of the pair decides.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import gammainccinv

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.estimators import Terms

BOTH = frozenset({REDUNDANCY, CONDITIONAL_REDUNDANCY})


class Partners:
    """Pairs of a candidate and a pick whose information is high.

    Parameters
    ----------
    pairs : callable
        Gives terms of the units, corrected for chance.
    n_units : int
        Candidates there are.
    n_classes : int
    n_rows : float
    level : float
        Of the tests of one candidate with all picks.
    """

    def __init__(
        self,
        pairs: Callable[[], Terms],
        n_units: int,
        n_classes: int,
        n_rows: float,
        level: float,
    ) -> None:
        self._pairs = pairs
        self._df, self._n_rows = n_classes - 1, n_rows
        self._level = level
        self._found: dict[int, list[tuple[float, int]]] = {}
        # How many picks a candidate has met, and how many there are to meet.
        self._n_met = np.zeros(n_units, np.intp)
        self._n_picks = 0

    def of(self, candidate: int, picks: Sequence[int]) -> list[int]:
        """Give the picks with which a candidate may say something, the best first."""
        first = int(self._n_met[candidate])
        new = np.array(picks[first : self._n_picks], np.intp)
        if len(new):
            own = np.full(len(new), candidate)
            self._meet(own, new, np.arange(first, self._n_picks) + 1)
        return [pick for _, pick in self._found.get(candidate, ())]

    def promising(self, picks: Sequence[int], failed: BoolArray) -> IntArray:
        """Candidates that failed, and may say something with the last of the picks."""
        self._n_picks = len(picks)
        able = failed.copy()
        able[list(picks)] = False
        candidates = np.flatnonzero(able)
        last = np.full(len(candidates), picks[-1])
        return self._meet(candidates, last, np.full(len(candidates), len(picks)))

    def _meet(self, candidates: IntArray, picks: IntArray, turns: IntArray) -> IntArray:
        """Note the pairs that are above the bar, and give their candidates."""
        self._n_met[candidates] = turns.max(initial=0)
        above = self._above(candidates, picks, turns)
        places = np.flatnonzero(above > 0)
        for place in places.tolist():
            found = self._found.setdefault(int(candidates[place]), [])
            bisect.insort(found, (-float(above[place]), int(picks[place])))
        return candidates[places]

    def _above(
        self, candidates: IntArray, picks: IntArray, turns: IntArray
    ) -> FloatArray:
        """How far pairs, of one candidate or of one pick, are above a bar."""
        if not len(candidates):
            return np.empty(0)
        terms, last = self._terms, picks[-1]
        if (picks == last).all():
            pair = terms.pairwise(int(last), candidates, BOTH)
        else:
            pair = terms.pairs(picks, candidates, BOTH)
        change = pair[CONDITIONAL_REDUNDANCY] - pair[REDUNDANCY]
        together = 2 * self._n_rows * (terms.relevance[candidates] + change)
        levels = np.asarray(terms.n_levels)
        df = (levels[candidates] - 1) * levels[picks] * self._df
        return together - self._bars(df, turns)

    def _bars(self, df: IntArray, turns: IntArray) -> FloatArray:
        """Upper quantiles of χ² less its mean, at the level of each turn."""
        if turns[0] == turns[-1]:
            return bars(df, self._n_rows, self._level_of(int(turns[0])))
        shapes = _shapes(df, self._n_rows).tolist()
        pairs = zip(shapes, turns.tolist(), strict=True)
        return np.array([_bar(shape, self._level_of(turn)) for shape, turn in pairs])

    def _level_of(self, turn: int) -> float:
        return self._level / (turn * (turn + 1))

    @cached_property
    def _terms(self) -> Terms:
        return self._pairs()


def bars(df: IntArray, n_rows: float, level: float) -> FloatArray:
    """How far 2nI must be above its mean by chance, for information to be looked at.

    Upper quantiles of χ², less its mean, of half the degrees of freedom of full tables,
    for they rise with them, and tables are not full.
    """
    every = _shapes(df, n_rows)
    if len(every) and (every == every[0]).all():
        return np.full(len(every), _bar(float(every[0]), level))
    shapes, which = np.unique(every, return_inverse=True)
    return np.array([_bar(shape, level) for shape in shapes.tolist()])[which]


def bars_of_all(df: IntArray, level: float) -> FloatArray:
    """Give such bars of all degrees of freedom: only what is beyond chance is above."""
    return np.array([_bar(max(own / 2, 0.5), level) for own in df.tolist()])


def _shapes(df: IntArray, n_rows: float) -> FloatArray:
    """Shapes of the gammas that are χ² of half the degrees of freedom."""
    shapes: FloatArray = np.clip(df / 4, 0.5, max(0.5, n_rows / 16))
    return shapes


@lru_cache(1 << 16)
def _bar(shape: float, level: float) -> float:
    return float(2 * (gammainccinv(shape, level) - shape))
