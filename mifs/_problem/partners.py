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
# Bars that are looked up one by one: to find the equal ones takes longer.
FEW = 64


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
        self._settings = n_classes, n_rows, level
        self._found: dict[int, list[tuple[float, int]]] = {}
        # Redundancy of all units with a pick.
        self._redundancy: dict[int, FloatArray] = {}

    def of(self, candidate: int) -> list[int]:
        """Give the picks with which a candidate may say something, the best first."""
        return [pick for _, pick in self._found.get(candidate, ())]

    def nearest(self, unit: int, picks: Sequence[int]) -> list[int]:
        """Order picks by what they share with a unit, as far as all pairs were met."""
        known = self._redundancy
        return sorted(picks, key=lambda j: -known[j][unit] if j in known else 0.0)

    def promising(self, picks: Sequence[int], failed: BoolArray) -> IntArray:
        """Candidates that failed, and may say something with the last of the picks.

        All candidates meet the pick: those that did not fail yet may be asked for it.
        """
        pairs = self._terms.pairwise(picks[-1], self._every, BOTH)
        self._redundancy[picks[-1]] = pairs[REDUNDANCY]
        newest = np.array(picks[-1:])
        (above,) = self.screen.above(self._terms.relevance, pairs, newest, len(picks))
        above[list(picks)] = 0.0
        return self.meet(picks[-1], above, failed)

    def meet(self, pick: int, above: FloatArray, failed: BoolArray) -> IntArray:
        """Note who is above a bar with a pick; return those that failed."""
        candidates = np.flatnonzero(above > 0)
        far = above[candidates].tolist()
        for candidate, own in zip(candidates.tolist(), far, strict=True):
            found = self._found.setdefault(candidate, [])
            bisect.insort(found, (-own, pick))
        return candidates[failed[candidates]]

    @cached_property
    def _every(self) -> IntArray:
        return np.arange(len(self._terms.relevance))

    @cached_property
    def screen(self) -> Screen:
        """Which information is high, of these units."""
        return Screen(np.asarray(self._terms.n_levels), *self._settings)

    @cached_property
    def _terms(self) -> Terms:
        return self._pairs()


class Screen:
    """How far the information of pairs is above bars that chance seldom reaches.

    Parameters
    ----------
    n_levels : ndarray of shape (p,)
        Of the units.
    n_classes, n_rows, level : int, float, float
        As of `Partners`.
    """

    def __init__(
        self, n_levels: IntArray, n_classes: int, n_rows: float, level: float
    ) -> None:
        # Numbers of levels that units have, and which of them each has.
        self._numbers, self._which = np.unique(n_levels, return_inverse=True)
        self._df, self._n_rows, self._level = n_classes - 1, n_rows, level

    def above(
        self,
        relevance: FloatArray,
        pairs: dict[str, FloatArray],
        picks: IntArray,
        turn: int,
    ) -> FloatArray:
        """How far all units are above their bars with one pick, of each of some draws.

        Parameters
        ----------
        relevance : ndarray of shape (n_draws, p)
        pairs : dict of str to ndarray of shape (n_draws * p,)
            `BOTH`, of all units with the pick.
        picks : ndarray of shape (n_draws,), intp
        turn : int
            So many picks there are.

        Returns
        -------
        above : ndarray of shape (n_draws, p)
        """
        change = pairs[CONDITIONAL_REDUNDANCY] - pairs[REDUNDANCY]
        change = change.reshape(len(picks), -1)
        together = 2 * self._n_rows * (relevance + change)
        numbers, level = self._numbers, self._level / (turn * (turn + 1))
        if len(numbers) == 1:
            df = (numbers - 1) * numbers * self._df
            return np.asarray(together - bars(df, self._n_rows, level))
        kinds, kind = self._which[picks], np.zeros(1, np.intp)
        if len(picks) > 1:
            kinds, kind = np.unique(kinds, return_inverse=True)
        df = ((numbers - 1) * numbers[kinds][:, np.newaxis] * self._df).ravel()
        own = bars(df, self._n_rows, level).reshape(len(kinds), -1)
        return np.asarray(together - own[kind][:, self._which])


def bars(df: IntArray, n_rows: float, level: float) -> FloatArray:
    """How far 2nI must be above its mean by chance, for information to be looked at.

    Upper quantiles of χ², less its mean, of half the degrees of freedom of full tables,
    for they rise with them, and tables are not full.
    """
    every = _shapes(df, n_rows)
    if len(every) <= FEW:
        return np.array([_bar(shape, level) for shape in every.tolist()])
    if (every == every[0]).all():
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
