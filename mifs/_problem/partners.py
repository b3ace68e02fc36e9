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
        able = np.ones(len(failed), np.bool_)
        able[list(picks)] = False
        candidates = np.flatnonzero(able)
        above = self._above(candidates, picks[-1], len(picks))
        places = np.flatnonzero(above > 0)
        far, candidates = above[places].tolist(), candidates[places]
        for candidate, own in zip(candidates.tolist(), far, strict=True):
            found = self._found.setdefault(candidate, [])
            bisect.insort(found, (-own, picks[-1]))
        return candidates[failed[candidates]]

    def _above(self, candidates: IntArray, pick: int, turn: int) -> FloatArray:
        """How far the information of candidates and of a pick is above a bar."""
        if not len(candidates):
            return np.empty(0)
        terms = self._terms
        pair = terms.pairwise(pick, candidates, BOTH)
        change = pair[CONDITIONAL_REDUNDANCY] - pair[REDUNDANCY]
        together = 2 * self._n_rows * (terms.relevance[candidates] + change)
        levels = np.asarray(terms.n_levels)
        df = (levels[candidates] - 1) * levels[pick] * self._df
        return together - bars(df, self._n_rows, self._level / (turn * (turn + 1)))

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
