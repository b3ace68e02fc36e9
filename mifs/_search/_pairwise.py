"""Scores that are made of one contribution for each pick, eager or lazy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from mifs._search._path import FloatArray, IntArray, Path
from mifs._search._pool import pairs
from mifs.criteria import Criterion, Pair

REDUNDANCY = "redundancy"
CONDITIONAL_REDUNDANCY = "conditional_redundancy"
JOINT_ENTROPY = "joint_entropy"
NONE = np.empty(0)

CONTRIBUTIONS = ("reduced", "redundancy", "conditional_redundancy", "seen")

# Candidates of the best bounds that a lazy round evaluates at once, for each thread:
# more of them are evaluated in vain, fewer cost more calls. Measured on three sets.
LAZY_BLOCK = 32
PATIENCE = 4
# A step with so many evaluations for each candidate shows that the bounds do not help:
# a whole round costs less than its parts. The search is eager for some steps then, and
# for more the next time.
# Where only the sign of the terms bounds a score, bounds seldom help.
HOPELESS = {"always": 0.25, "non-negative": 0.05}
PAUSE = {"always": 2, "non-negative": 4}
# Candidates that are so large a part of all features are evaluated with all of them.
MOST = 0.9


class PairwiseScorer:
    """Candidates with what the picks contributed to them so far.

    A candidate has been evaluated against the first ``seen`` picks. Where contributions
    can only lower a score (`lazy`), a score over fewer picks is an upper bound, and
    only candidates that can still win, tie or come second are evaluated further.
    """

    def __init__(self, terms: Any, criterion: Criterion, *, lazy: bool) -> None:
        p = len(terms.relevance)
        self.terms = terms
        self.criterion = criterion
        self.lazy = lazy
        self.relevance: FloatArray = terms.relevance
        self.reduced = np.full(p, 0.0 if criterion.reduction == "sum" else np.inf)
        self.redundancy = np.zeros(p)
        self.conditional_redundancy = np.zeros(p)
        self.seen = np.zeros(p, np.intp)
        self.picks: list[int] = []
        self.n_evaluations = 0
        self._lazy_from = 1
        self._pause = 1

    def state(self) -> dict[str, Any]:
        """Contributions so far, enough to continue the search."""
        return {name: getattr(self, name) for name in CONTRIBUTIONS}

    def resume(self, earlier: Path) -> Path:
        """Stand where an earlier search ended; return its path, to be continued."""
        for name, values in earlier.state.items():
            setattr(self, name, values.copy())
        self.picks = list(earlier.feature)
        return earlier.cut(len(earlier.feature))

    def scores(self) -> FloatArray:
        """Scores of all features; upper bounds for those not evaluated to the end."""
        if not self.picks:
            return self.relevance
        criterion, n = self.criterion, len(self.picks)
        return criterion.score(self.relevance, self.reduced, n, criterion.parameters)

    def means(self, feature: int) -> tuple[float, float]:
        """Mean redundancy and conditional redundancy of a feature with the picks."""
        used, n = self.criterion.terms if self.picks else frozenset(), len(self.picks)
        return (
            self.redundancy[feature] / n if REDUNDANCY in used else np.nan,
            self.conditional_redundancy[feature] / n
            if CONDITIONAL_REDUNDANCY in used
            else np.nan,
        )

    def take(self, feature: int) -> None:
        """Make a feature the newest pick."""
        self.picks.append(feature)

    def complete(self, candidates: IntArray) -> None:
        """Evaluate candidates against all the picks they have not met."""
        if not self.criterion.terms or not len(candidates):
            return
        seen = self.seen[candidates]
        for step in range(seen.min(), len(self.picks)):
            behind = candidates[seen <= step]
            pick, wanted = self.picks[step], self.criterion.terms
            if len(behind) > MOST * len(self.seen):
                # The few others are evaluated in vain: a whole round is faster.
                terms = self.terms.pairwise(pick, np.arange(len(self.seen)), wanted)
                everyone = len(behind) == len(candidates)
                at: IntArray | slice = slice(None) if everyone else behind
                terms = {name: values[at] for name, values in terms.items()}
            else:
                at, terms = behind, self.terms.pairwise(pick, behind, wanted)
            self._add(np.array([pick]), at, terms)
            self.seen[candidates] = np.maximum(self.seen[candidates], step + 1)
            self.n_evaluations += int(np.count_nonzero(seen <= step))

    def settle(self, candidates: IntArray, offset: FloatArray, n_threads: int) -> None:
        """Evaluate as many candidates as it takes to know the first and the second."""
        no_bounds = self.scores()[candidates[0]] == np.inf
        if not self.lazy or no_bounds or len(self.picks) < self._lazy_from:
            self.complete(candidates)
            return
        before = self.n_evaluations
        hopeless = HOPELESS[self.criterion.lowers] * len(candidates)
        for round_ in count():
            growth = 1 << max(0, round_ - PATIENCE)
            block, depth = growth * LAZY_BLOCK * n_threads, growth
            scores = (self.scores() - offset)[candidates]
            done = self.seen[candidates] == len(self.picks)
            bar = self._second_best(scores[done])
            able = np.flatnonzero((scores >= bar) & ~done)
            if not len(able):
                return
            if self.n_evaluations - before > hopeless:
                self.complete(candidates)
                self._pause *= PAUSE[self.criterion.lowers]
                self._lazy_from = len(self.picks) + self._pause
                return
            if len(able) > block:
                able = able[np.argpartition(-scores[able], block)[:block]]
            self._advance(candidates[able], depth)

    def _second_best(self, scores: FloatArray) -> float:
        """Return a bound below which no candidate is first, second or tied."""
        if len(scores) < 2:
            return -np.inf
        second, best = np.partition(scores, -2)[-2:].tolist()
        return float(second) - self.criterion.tolerance(best, self.criterion.parameters)

    def _advance(self, candidates: IntArray, depth: int) -> None:
        """Evaluate each candidate against the next picks it has not met."""
        missing = np.minimum(len(self.picks) - self.seen[candidates], depth)
        each = np.repeat(candidates, missing)
        if not len(each):
            return
        step = np.arange(len(each)) - np.repeat(np.cumsum(missing) - missing, missing)
        picks = np.array(self.picks)[self.seen[each] + step]
        terms = pairs(self.terms, picks, each, self.criterion.terms)
        for first in _without_repeats(missing):
            part = {name: values[first] for name, values in terms.items()}
            self._add(picks[first], each[first], part)
        self.seen[candidates] += missing
        self.n_evaluations += len(each)

    def _add(
        self, picks: IntArray, at: IntArray | slice, terms: dict[str, FloatArray]
    ) -> None:
        """Add the contributions of pick i to candidate i; no candidate comes twice."""
        pair = Pair(
            self.relevance[at],
            self.relevance[picks],
            terms.get(REDUNDANCY, NONE),
            terms.get(CONDITIONAL_REDUNDANCY, NONE),
            terms.get(JOINT_ENTROPY, NONE),
        )
        contribution = self.criterion.contribution(pair, self.criterion.parameters)
        reduce = np.add if self.criterion.reduction == "sum" else np.minimum
        self.reduced[at] = reduce(self.reduced[at], contribution)
        if REDUNDANCY in terms:
            self.redundancy[at] += pair.redundancy
        if CONDITIONAL_REDUNDANCY in terms:
            self.conditional_redundancy[at] += pair.conditional_redundancy


def _without_repeats(missing: IntArray) -> Iterator[IntArray]:
    """Positions of everyone's first pair, then of everyone's second, and so on."""
    starts = np.cumsum(missing) - missing
    for step in range(missing.max()):
        yield starts[missing > step] + step
