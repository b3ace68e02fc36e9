"""All pairs of columns: what two tell of a target together, and what chance would.

    I(X1,X2;Y) = I(X1;Y) + I(X2;Y) + I(X1;X2|Y) − I(X1;X2)

so that the terms of a search give it for all pairs: each column of one side is once the
pick, and those of the other side are its candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.special import gammaincc

from mifs import _kernels
from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.parallel import run
from mifs._problem.coded import CodedUnits
from mifs._problem.partners import BOTH, bars, bars_of_all
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.estimators import Terms

# P-values between these are looked for among all pairs, for they decide about the false
# discovery rates of others: smaller ones count as the first, larger ones as 1.
SMALLEST, SMALL = 1e-9, 1e-2
# Picks of a task, whose candidates are counted alike; pairs of a task.
PICKS, PAIRS = 16, 2048
# Pairs of a task, some 50 bytes each, but at least all those of a pick.
MOST_AT_ONCE = 1 << 18
# Nanoseconds of a pair, where it is not known.
PAIR_TIME = 1e4

Advance = Callable[[int, int], None]
# Codes of columns and strata, their levels, strata of columns, classes, their number.
_Tables = tuple[AnyArray, IntArray, IntArray, AnyArray, int]


@dataclass(frozen=True)
class Sides:
    """Which pairs there are: one column of each side, every two columns once.

    Attributes
    ----------
    picks, others : ndarray of int
        Columns of both sides; the first has no more.
    n_columns : int
        Of the table.
    """

    picks: IntArray
    others: IntArray
    n_columns: int

    @classmethod
    def of(cls, within: IntArray, against: IntArray, n_columns: int) -> Sides:
        """Take the smaller side for the picks: a round has a fixed cost."""
        first, second = np.unique(within), np.unique(against)
        if len(second) < len(first):
            first, second = second, first
        return cls(first, second, n_columns)

    def follows(self, pick: int) -> BoolArray:
        """Which of the others are paired with a pick, and not with one before it."""
        follows: BoolArray = self.others != pick
        if self._on_both[pick]:
            follows &= ~(self._on_both[self.others] & (self.others < pick))
        return follows

    @property
    def n_pairs(self) -> int:
        """How many there are."""
        both = int(self._on_both.sum())
        return len(self.picks) * len(self.others) - both - both * (both - 1) // 2

    @cached_property
    def _on_both(self) -> BoolArray:
        both = np.zeros(self.n_columns, np.bool_)
        both[np.intersect1d(self.picks, self.others)] = True
        return both


class Pairs(NamedTuple):
    """Pairs of columns, the lower position first, and their terms, nats.

    Attributes
    ----------
    first, second : ndarray of shape (m,), intp
    joint : ndarray of shape (m,)
        I(X1,X2;Y).
    redundancy : ndarray of shape (m,)
        I(X1;X2).
    interaction : ndarray of shape (m,)
        I(X1;X2|Y) − I(X1;X2).
    suspect, certain : ndarray of shape (m,), bool
        Whether each of both seems to tell more, given the other, than chance often
        does; and more than it ever does.
    """

    first: IntArray
    second: IntArray
    joint: FloatArray
    redundancy: FloatArray
    interaction: FloatArray
    suspect: BoolArray
    certain: BoolArray

    def at(self, which: IntArray | BoolArray) -> Pairs:
        """Take some of them."""
        return Pairs._make(values[which] for values in self)

    def best(self, n: int) -> Pairs:
        """Take those of most joint relevance, in this order; ties by their columns."""
        if n < len(self.joint):
            bar = np.partition(self.joint, -n)[-n]
            return self.at(self.joint >= bar)._sorted().at(np.arange(n))
        return self._sorted()

    def _sorted(self) -> Pairs:
        return self.at(np.lexsort((self.second, self.first, -self.joint)))


def joined(parts: list[Pairs]) -> Pairs:
    """Put pairs together."""
    return Pairs._make(map(np.concatenate, zip(*parts, strict=True)))


class Search:
    """Goes through all pairs, and keeps the best, and those that may not be chance.

    Parameters
    ----------
    terms : Terms
    sides : Sides
    top : int
        Pairs that are kept.
    counted : tuple of float, or None
        Rows, and classes of the target; None: all pairs are suspects.
    level : float
        Of the tests: suspects are those that may be below it.
    """

    def __init__(
        self,
        terms: Terms,
        sides: Sides,
        top: int,
        counted: tuple[float, int] | None,
        level: float = SMALL,
    ) -> None:
        self._terms, self._sides, self._top = terms, sides, top
        self._counted, self._level = counted, level
        self._kept_bars: dict[int, list[tuple[FloatArray, FloatArray]]] = {}

    def run(
        self, n_jobs: int | None, advance: Advance | None
    ) -> tuple[Pairs, Pairs, int]:
        """Best pairs; all suspects, in no order; and how many others are certain."""
        best: list[Pairs] = []
        suspects = []
        n_done = n_certain = 0
        for pairs, some, certain, n in run(
            self._block, self.blocks(), n_jobs, self.work
        ):
            best = [joined([*best, pairs]).best(self._top)]
            suspects.append(some)
            n_done, n_certain = n_done + n, n_certain + certain
            if advance is not None and n:
                advance(n_done, self._sides.n_pairs)
        n_certain -= int(best[0].certain.sum())
        return best[0], joined(suspects), n_certain

    @property
    def work(self) -> float:
        """Nanoseconds that all pairs take, about."""
        return self._sides.n_pairs * (self._terms.pair_time or PAIR_TIME)

    def blocks(self) -> Iterator[tuple[IntArray]]:
        """Give the picks of each task: few, where they have many candidates."""
        picks, most = self._sides.picks, MOST_AT_ONCE // len(self._sides.others)
        n = PICKS if self._terms.n_levels is not None else 1
        n = max(1, min(n, most))
        return ((picks[i : i + n],) for i in range(0, len(picks), n))

    def _block(self, picks: IntArray) -> tuple[Pairs, Pairs, int, int]:
        pairs = self.pairs_of(picks)
        doubtful = pairs.at(pairs.suspect & ~pairs.certain)
        n_certain, n_pairs = int(pairs.certain.sum()), len(pairs.joint)
        return pairs.best(self._top), doubtful, n_certain, n_pairs

    def pairs_of(self, picks: IntArray) -> Pairs:
        """Give the pairs of some picks with those that follow them."""
        follow = np.array([self._sides.follows(pick) for pick in picks.tolist()])
        # One way of counting serves all picks; few pairs are counted without need.
        either = follow.any(axis=0)
        candidates = self._sides.others[either]
        rounds = zip(picks.tolist(), follow[:, either], strict=True)
        return joined([self._round(pick, candidates).at(of) for pick, of in rounds])

    def _round(self, pick: int, candidates: IntArray) -> Pairs:
        """Give the pairs of one pick."""
        if not len(candidates):
            nothing = np.empty((3, 0)), np.empty((2, 0), np.bool_)
            return Pairs(candidates, candidates, *nothing[0], *nothing[1])
        terms = self._terms.pairwise(pick, candidates, BOTH)
        interaction = terms[CONDITIONAL_REDUNDANCY] - terms[REDUNDANCY]
        relevance = self._terms.relevance
        joint = relevance[pick] + relevance[candidates] + interaction
        return Pairs(
            np.minimum(candidates, pick),
            np.maximum(candidates, pick),
            *(joint, terms[REDUNDANCY], interaction),
            *self._against_chance(pick, candidates, interaction),
        )

    def _against_chance(
        self, pick: int, candidates: IntArray, interaction: FloatArray
    ) -> tuple[BoolArray, BoolArray]:
        """Whether pairs are suspects, and whether they are certain."""
        suspect = np.ones(len(candidates), np.bool_)
        if self._terms.n_levels is None or self._counted is None:
            return suspect, ~suspect
        n_rows, _ = self._counted
        certain = np.full_like(suspect, self._terms.observed_relevance is not None)
        relevance, at = self._terms.relevance, self._kinds[1][candidates]
        given_pick, given_candidate = self._bars(int(self._terms.n_levels[pick]))
        for own, (few, many) in (
            (relevance[candidates], given_pick),
            (relevance[pick], given_candidate),
        ):
            information = 2 * n_rows * (own + interaction)
            suspect &= information > few[at]
            certain &= information > many[at]
        return suspect, certain

    def _bars(self, levels: int) -> list[tuple[FloatArray, FloatArray]]:
        """Bars of candidates given a pick of so many levels, and of it given them."""
        if levels not in self._kept_bars and self._counted is not None:
            n_rows, n_classes = self._counted
            kinds = self._kinds[0]
            all_df = (kinds - 1) * levels, (levels - 1) * kinds
            every = [df * (n_classes - 1) for df in all_df]
            self._kept_bars[levels] = [
                (bars(df, n_rows, self._level), bars_of_all(df, SMALLEST))
                for df in every
            ]
        return self._kept_bars[levels]

    @cached_property
    def _kinds(self) -> tuple[IntArray, IntArray]:
        """Numbers of levels that occur, and which of them each column has."""
        return np.unique(np.asarray(self._terms.n_levels), return_inverse=True)


def small_p_values(codes: CodedUnits, pairs: Pairs, n_jobs: int | None) -> FloatArray:
    """P-values of G of pairs, the larger of both, as far as their moments give them."""
    columns = np.unique(np.concatenate([pairs.first, pairs.second]))
    if not len(columns):
        return np.empty(0)
    every = [codes.of(column) for column in columns.tolist()]
    strata = np.arange(len(columns))
    for place, column in enumerate(columns.tolist()):
        if (cut := codes.strata(column, fine=False)) is not every[place]:
            strata[place] = len(every)
            every.append(cut)
    (target,) = codes.targets
    tables = (
        np.stack([c.codes for c in every]),
        np.array([c.n_levels for c in every]),
        *(strata, target.codes, target.n_levels),
    )
    both = np.column_stack([pairs.first, pairs.second])
    at = np.searchsorted(columns, both)
    tasks = [(tables, at[i : i + PAIRS]) for i in range(0, len(at), PAIRS)]
    return np.concatenate(list(run(_p_values, tasks, n_jobs)))


def _p_values(tables: _Tables, pairs: IntArray) -> FloatArray:
    found = np.empty((len(pairs), 2, 5))
    memo = _kernels.memo.new_memo()
    _kernels.pair_tests.moments_of_pairs(*tables, pairs, memo, found)
    g, mean, variance, floor, df = np.moveaxis(found, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = gammaincc(mean**2 / variance, g * mean / variance)
        # Nearly all cells hold one row: what varies is G less its least value.
        rest = np.maximum(mean - floor, 0)
        beyond = gammaincc(rest**2 / variance, (g - floor) * rest / variance)
    p = np.where(floor > 0, np.fmax(p, beyond), p)
    p[(df == 0) | ~np.isfinite(p)] = 1.0
    worst: FloatArray = p.max(axis=1)
    return worst


def discovery_rates(
    p_values: FloatArray, others: FloatArray, n_smallest: int, n_tests: int
) -> FloatArray:
    """Adjust p-values (m,) among n_tests by Benjamini and Hochberg.

    There are ``others`` beside them, as many of `SMALLEST`, and those that are 1.
    """
    smallest = np.full(n_smallest, SMALLEST)
    every = np.concatenate([p_values, others, smallest])
    order = np.argsort(every, kind="stable")
    rates = every[order] * n_tests / np.arange(1, len(every) + 1)
    rates = np.minimum.accumulate(rates[::-1])[::-1]
    adjusted = np.empty(len(every))
    adjusted[order] = np.minimum(rates, 1)
    return adjusted[: len(p_values)]
