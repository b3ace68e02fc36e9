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
    n_classes : int
    n_rows : float
    level : float
        Of the tests of one candidate with all picks.
    """

    def __init__(
        self,
        pairs: Callable[[], Terms],
        n_classes: int,
        n_rows: float,
        level: float,
    ) -> None:
        self._pairs = pairs
        self._df, self._n_rows = n_classes - 1, n_rows
        self._level = level
        self._found: dict[int, list[tuple[float, int]]] = {}

    def of(self, candidate: int) -> list[int]:
        """Give the picks with which a candidate may say something, the best first."""
        return [pick for _, pick in self._found.get(candidate, ())]

    def promising(self, picks: Sequence[int], failed: BoolArray) -> IntArray:
        """Candidates that failed, and may say something with the last of the picks.

        All candidates meet the pick: those that did not fail yet may be asked for it.
        """
        above = self._above(picks[-1], len(picks))
        above[list(picks)] = 0.0
        candidates = np.flatnonzero(above > 0)
        far = above[candidates].tolist()
        for candidate, own in zip(candidates.tolist(), far, strict=True):
            found = self._found.setdefault(candidate, [])
            bisect.insort(found, (-own, picks[-1]))
        return candidates[failed[candidates]]

    def _above(self, pick: int, turn: int) -> FloatArray:
        """How far the information of all units and of a pick is above a bar."""
        pair = self._terms.pairwise(pick, self._every, BOTH)
        change = pair[CONDITIONAL_REDUNDANCY] - pair[REDUNDANCY]
        together = 2 * self._n_rows * (self._terms.relevance + change)
        numbers, which = self._levels
        df = (numbers - 1) * numbers[which[pick]] * self._df
        own = bars(df, self._n_rows, self._level / (turn * (turn + 1)))
        above: FloatArray = together - (own if len(own) == 1 else own[which])
        return above

    @cached_property
    def _every(self) -> IntArray:
        return np.arange(len(self._terms.relevance))

    @cached_property
    def _levels(self) -> tuple[IntArray, IntArray]:
        """Numbers of levels that units have, and which of them each has."""
        return np.unique(np.asarray(self._terms.n_levels), return_inverse=True)

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
