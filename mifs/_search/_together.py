"""Searches of several draws of one table, step by step side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._engines.base import ALONE, Workers
from mifs._engines.tiles import run_or
from mifs._search._greedy import Constraints
from mifs._search._pairwise import REDUCTIONS, pair_of
from mifs._search._stopping import StoppingRule
from mifs.criteria import CRITERIA, Criterion

Picks = Sequence[list[int]]


class Rounds(Protocol):
    """Terms of several draws, of which whole rounds are asked for.

    Attributes
    ----------
    relevance : ndarray of shape (n_draws * p,)
        Feature r p + k is feature k of draw r.
    """

    @property
    def relevance(self) -> FloatArray: ...

    def rounds(
        self, draws: IntArray, columns: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of all features of some draws with a pick of each, (n_draws, p)."""
        ...


class Gates(Protocol):
    """What a `Gate` says, of several draws.

    Attributes
    ----------
    terms : frozenset of str
        What `promising` needs of each round.
    """

    @property
    def terms(self) -> frozenset[str]: ...

    def hopeless(self) -> BoolArray:
        """Which candidates of each draw would fail, (n_draws, p)."""
        ...

    def promising(
        self,
        draws: IntArray,
        picks: Picks,
        pairs: dict[str, FloatArray],
        failed: BoolArray,
    ) -> Iterator[tuple[int, IntArray]]:
        """Those of some draws that failed, and may pass now with the last picks.

        ``picks`` and ``failed`` are of all draws, ``pairs`` (n, p) of these.
        """
        ...

    def passing(self, draws: IntArray, candidates: IntArray, picks: Picks) -> BoolArray:
        """Whether a candidate of each of some draws adds more than chance."""
        ...


def search_rows(
    stacked: Rounds,
    n_draws: int,
    criterion: Criterion,
    stop: StoppingRule,
    constraints: Constraints,
    gates: Gates | None = None,
    workers: Workers = ALONE,
) -> list[list[int]]:
    """Choose features of each draw as `search` does, step by step for all.

    Parameters
    ----------
    stacked : Rounds
    n_draws : int
    criterion : Criterion
        Pairwise, and `elementwise`.
    stop : StoppingRule
        A number of features, or at chance.
    constraints : Constraints
        Without a start.
    gates : Gates, default=None
        Part each path in two tiers.
    workers : Workers
        Share the draws of each round.

    Returns
    -------
    features : list of list of int
        Of each draw, in the order of choice.
    """
    rows = _Rows(stacked, n_draws, criterion, constraints, workers)
    tiers = None if gates is None else _Tiers(gates)
    wanted = criterion.terms if gates is None else criterion.terms | gates.terms
    picks: list[list[int]] = [[] for _ in range(n_draws)]
    going = np.arange(n_draws)
    n_open = rows.p - len(constraints.exclude)
    for step in range(n_open if stop.at_chance else min(stop.most, n_open)):
        if step and wanted:
            pairs = rows.add_round(going, picks, wanted)
            if tiers is not None:
                tiers.look_again(going, picks, pairs)
        if step < len(constraints.include):
            best = np.full(len(going), constraints.include[step])
        elif tiers is None:
            best = rows.best(rows.left(going, step))
        else:
            best = tiers.best(rows, going, picks, first=stop.at_chance)
        going, best = going[best >= 0], best[best >= 0]
        if not len(going):
            break
        for r, pick in zip(going.tolist(), best.tolist(), strict=True):
            picks[r].append(pick)
        rows.closed[going, best] = True
    return picks


def elementwise(criterion: Criterion) -> bool:
    """Whether a criterion is one of ours, of which we know that it can be stacked."""
    ours = CRITERIA.get(criterion.name)
    if ours is None or ours.search != "pairwise":
        return False
    formulas = ours.contribution, ours.score
    return formulas == (criterion.contribution, criterion.score)


class _Rows:
    """Scores of all features of some draws, a row each.

    Parameters
    ----------
    stacked, n_draws, criterion, constraints, workers
        As in `search_rows`.

    Attributes
    ----------
    p : int
        Features of a draw.
    closed : ndarray of shape (n_draws, p), bool
    """

    def __init__(
        self,
        stacked: Rounds,
        n_draws: int,
        criterion: Criterion,
        constraints: Constraints,
        workers: Workers,
    ) -> None:
        self._stacked, self._criterion = stacked, criterion
        self._workers = workers
        costs = constraints.costs
        self._relevance = stacked.relevance.reshape(n_draws, -1)
        shape = self._relevance.shape
        self.p = shape[1]
        self._costs = np.zeros(self.p) if costs is None else costs
        self._reduced = np.full(shape, 0.0 if criterion.reduction == "sum" else np.inf)
        self.closed = np.zeros(shape, np.bool_)
        self.closed[:, constraints.exclude] = True

    def add_round(
        self, draws: IntArray, picks: Picks, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Add what the newest picks of some draws contribute; return their terms."""
        newest = np.array([picks[r][-1] for r in draws.tolist()])
        runs = self._workers.runs
        found = self._workers.map(
            lambda some, own: self._add(some, own, wanted), runs(draws), runs(newest)
        )
        parts = list(found)
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}

    def _add(
        self, draws: IntArray, newest: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Add what the newest picks of some of the draws contribute."""
        criterion, at = self._criterion, run_or(draws)
        terms = self._stacked.rounds(draws, newest, wanted)
        if criterion.terms:
            of_picks = self._relevance[draws, newest][:, np.newaxis]
            pair = pair_of(self._relevance[at], of_picks, terms)
            contribution = criterion.contribution(pair, criterion.parameters)
            reduction = REDUCTIONS[criterion.reduction]
            self._reduced[at] = reduction(self._reduced[at], contribution)
        return terms

    def left(self, draws: IntArray, n_picks: int) -> FloatArray:
        """Scores of some draws less costs, and -inf where closed."""
        criterion, at = self._criterion, run_or(draws)
        scores = self._relevance[at]
        if n_picks:
            rest = self._reduced[at], n_picks, criterion.parameters
            scores = criterion.score(scores, *rest)
        own = scores - self._costs
        own[self.closed[at]] = -np.inf
        return own

    def best(self, left: FloatArray) -> IntArray:
        """Best feature of each row of scores; -1: all are closed."""
        criterion, tops = self._criterion, left.max(axis=1)
        open_ = tops > -np.inf
        if not open_.all():
            best = np.full(len(left), -1)
            if open_.any():
                best[open_] = self.best(left[open_])
            return best
        tolerances = [
            criterion.tolerance(b, criterion.parameters) for b in tops.tolist()
        ]
        return np.asarray(_kernels.choice.best_of_each(left, np.array(tolerances)))


class _Tiers:
    """The rule of `Tiers` for several draws, all of which take a step at once.

    Parameters
    ----------
    gates : Gates
    """

    def __init__(self, gates: Gates) -> None:
        self._gates = gates
        self._failed = gates.hopeless()
        self._second = np.zeros(len(self._failed), np.bool_)

    def look_again(
        self, draws: IntArray, picks: Picks, pairs: dict[str, FloatArray]
    ) -> None:
        """Give those another chance that say something with the new picks."""
        if not self._second.all():
            for r, again in self._gates.promising(draws, picks, pairs, self._failed):
                self._failed[r, again] = False

    def best(
        self, rows: _Rows, draws: IntArray, picks: Picks, *, first: bool
    ) -> IntArray:
        """Take the best of each draw, of the first tier if it has any.

        ``first``: there is to be no other, but -1.
        """
        every = rows.left(draws, len(picks[draws[0]]))
        left = np.where(self._failed[draws], -np.inf, every)
        best = np.full(len(draws), -1)
        waiting = np.flatnonzero(~self._second[draws])
        while len(waiting):
            asked = rows.best(left[waiting])
            self._second[draws[waiting[asked < 0]]] = True
            waiting, asked = waiting[asked >= 0], asked[asked >= 0]
            passing = self._gates.passing(draws[waiting], asked, picks)
            best[waiting[passing]] = asked[passing]
            waiting, asked = waiting[~passing], asked[~passing]
            self._failed[draws[waiting], asked] = True
            left[waiting, asked] = -np.inf
        if not first:
            rest = np.flatnonzero(best < 0)
            if len(rest):
                best[rest] = rows.best(every[rest])
        return best
