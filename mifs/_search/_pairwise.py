"""Scores that are made of one contribution for each pick, eager or lazy."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain, count

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._path import Contributions, Path, Step
from mifs._search._small import SmallSearch
from mifs._terms import CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, REDUNDANCY
from mifs.criteria import Criterion, Pair
from mifs.estimators._terms import Terms

NONE = np.empty(0)
REDUCTIONS: dict[str, np.ufunc] = {"sum": np.add, "min": np.minimum}

# Candidates of the best bounds that a lazy step evaluates at once, first and later:
# more are wasted, fewer cost more calls. Measured on three sets. The same for any
# number of threads, so that what is evaluated does not depend on it.
FIRST_BLOCK = 24
LAZY_BLOCK = 32
PATIENCE = 5
# After evaluations of such a part of all candidates a step shows that bounds do not
# help: a whole round costs less than its parts. The search is eager for some steps
# then, and for more the next time. Where only the sign of the terms bounds a score,
# bounds seldom help, and small rounds cost less than to find out: rounds of so few
# candidates, and of so few nanoseconds.
WASTED = {"always": 0.25, "non-negative": 0.05}
SMALL = {"always": 0, "non-negative": 1024}
CHEAP = {"always": 1e5, "non-negative": 1e6}
PAUSE = {"always": 2, "non-negative": 4}
# Candidates that are so large a part of all features are evaluated with all of them.
MOST = 0.9


class PairwiseScorer:
    """Candidates with what the picks contributed to them so far.

    A candidate has been evaluated against the first ``seen`` picks. Where contributions
    can only lower a score (`lazy`), a score over fewer picks is an upper bound, and
    only candidates that can still win, tie or come second are evaluated further.
    """

    def __init__(self, terms: Terms, criterion: Criterion, *, lazy: bool) -> None:
        p = len(terms.relevance)
        self.terms = terms
        self.criterion = criterion
        self._may_be_lazy = lazy
        self.relevance: FloatArray = terms.relevance
        self.reduced = np.full(p, 0.0 if criterion.reduction == "sum" else np.inf)
        self.redundancy = np.zeros(p)
        self.conditional_redundancy = np.zeros(p)
        self.seen = np.zeros(p, np.intp)
        self._every = np.arange(p)
        self.picks: list[int] = []
        self.n_evaluations = 0
        self._finite = False
        self._lazy_from = 1
        self._pause = 1

    @cached_property
    def _small(self) -> SmallSearch | None:
        """A loop over a small table, made when it is first asked for."""
        return SmallSearch.of(self.terms, self.criterion, lazy=self._may_be_lazy)

    @cached_property
    def lazy(self) -> bool:
        """Whether bounds are tried."""
        if not self._may_be_lazy:
            return False
        return self._small is not None or self._pays(len(self._every))

    def _at_hand(self) -> bool:
        """Whether all that scores need is known, as where tests asked for it before."""
        return all(map(self.terms.knows, self.picks))

    def _pays(self, p: int) -> bool:
        """Whether rounds of all take longer than to find out who need not be asked."""
        lowers, each = self.criterion.lowers, self.terms.pair_time
        return p > SMALL[lowers] and (each is None or p * each > CHEAP[lowers])

    def state(self) -> Contributions:
        """Contributions so far, enough to continue the search."""
        return Contributions(
            self.reduced, self.redundancy, self.conditional_redundancy, self.seen
        )

    def resume(self, earlier: Path) -> Path:
        """Stand where an earlier search ended; return its path, to be continued."""
        if earlier.state is not None:
            self.reduced = earlier.state.reduced.copy()
            self.redundancy = earlier.state.redundancy.copy()
            self.conditional_redundancy = earlier.state.conditional_redundancy.copy()
            self.seen = earlier.state.seen.copy()
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

    def complete(self, feature: int, closed: BoolArray) -> None:
        """Evaluate a feature against the picks that its score lacks."""
        self._complete(np.array([feature]))

    def _complete(self, candidates: IntArray) -> None:
        """Evaluate candidates against the picks that their scores lack."""
        if not self.criterion.terms or not len(candidates):
            return
        seen, n_picks = self.seen[candidates], len(self.picks)
        least, most = int(seen.min()), int(seen.max())
        for step in range(least, n_picks):
            behind = candidates if most <= step else candidates[seen <= step]
            self._evaluate(self.picks[step], behind)
            self.n_evaluations += len(behind)
        self.seen[candidates] = n_picks

    def _evaluate(self, pick: int, behind: IntArray) -> None:
        """Evaluate candidates against a pick."""
        if len(behind) <= MOST * len(self._every):
            terms = self.terms.pairwise(pick, behind, self.criterion.terms)
        else:
            # The few others are wasted work: a whole round is faster.
            terms = self.terms.pairwise(pick, self._every, self.criterion.terms)
            terms = {name: values[behind] for name, values in terms.items()}
        self._add(pick, behind, terms)

    def _round(self, closed: BoolArray) -> None:
        """Evaluate all candidates that are not closed."""
        if not self.criterion.terms or not self.picks:
            return
        n_open = len(closed) - int(np.count_nonzero(closed))
        if n_open > MOST * len(closed) and self._lack_the_newest_only():
            pick = self.picks[-1]
            terms = self.terms.pairwise(pick, self._every, self.criterion.terms)
            self._add(pick, slice(None), terms)
            self.n_evaluations += n_open
            self.seen[:] = len(self.picks)
        else:
            self._complete(np.flatnonzero(~closed))

    def _lack_the_newest_only(self) -> bool:
        """Whether all features, closed or not, lack the newest pick and no other.

        Those that failed a test may lack more, and be open again.
        """
        ahead = self.seen != len(self.picks) - 1
        if not np.count_nonzero(ahead):
            return True
        return bool(np.isin(np.flatnonzero(ahead), self.picks).all())

    def update(self, closed: BoolArray, offset: FloatArray) -> FloatArray:
        """Scores after as many evaluations as it takes to know the first and second.

        Less the offset, and -inf where closed.
        """
        asks = self._may_be_lazy and not self._at_hand()
        lazy = asks and self.lazy and self._small is None
        if not lazy or len(self.picks) < self._lazy_from or not self._bounded():
            self._round(closed)
            return self._open_scores(closed, offset)
        first, n_picks = self.n_evaluations, len(self.picks)
        most = FIRST_BLOCK
        wasted = WASTED[self.criterion.lowers] * len(closed)
        depths = chain([1] * (PATIENCE + 1), (2**power for power in count(1)))
        while True:
            scores, bar = self._bounds(closed, offset)
            depth = next(depths)
            able = _kernels.choice.best_behind(
                scores, self.seen, n_picks, bar, depth * most
            )
            most = LAZY_BLOCK
            if not len(able):
                return scores
            if self.n_evaluations - first > wasted:
                self._be_eager()
                return self.update(closed, offset)
            self._advance(able, depth)

    def _be_eager(self) -> None:
        """Search eagerly for some steps, and for more the next time."""
        self._pause *= PAUSE[self.criterion.lowers]
        self._lazy_from = len(self.picks) + self._pause

    def ahead(self, closed: BoolArray, offset: FloatArray, most: int) -> list[Step]:
        """Next choices that a loop makes at once, which are closed then.

        Of a small table, where a pair takes less than to ask for it.
        """
        if most == 1 and self._at_hand():
            return []
        small = self._small
        if small is None:
            return []
        lazy = len(self.picks) >= self._lazy_from and self._bounded()
        if self.picks and not (lazy or small.rounds):
            return []
        found = small.choose(
            self.state(), self.picks, closed, offset, most, lazy=lazy or not self.picks
        )
        self.n_evaluations += found.n_evaluations
        if not found.helped:
            self._be_eager()
        return found.steps

    def _open_scores(self, closed: BoolArray, offset: FloatArray) -> FloatArray:
        scores: FloatArray = _kernels.choice.open_scores(self.scores(), offset, closed)
        return scores

    def _bounded(self) -> bool:
        """Whether the scores so far are bounds, not infinite for want of picks."""
        if self._finite or not self.picks:
            return self._finite
        newest, criterion = self.picks[-1:], self.criterion
        (score,) = criterion.score(
            self.relevance[newest],
            self.reduced[newest],
            len(self.picks),
            criterion.parameters,
        )
        self._finite = bool(score < np.inf)
        return self._finite

    def _bounds(
        self, closed: BoolArray, offset: FloatArray
    ) -> tuple[FloatArray, float]:
        """Open scores, and a bar below which none is first, second or tied."""
        scores, best, second = _kernels.choice.open_bounds(
            self.scores(), offset, closed, self.seen, len(self.picks)
        )
        if second == -np.inf:
            return scores, -np.inf
        tolerance = self.criterion.tolerance(best, self.criterion.parameters)
        return scores, second - tolerance

    def _advance(self, candidates: IntArray, depth: int) -> None:
        """Evaluate each candidate against the next picks that its score lacks."""
        seen = self.seen[candidates]
        if depth == 1:
            picks = np.array(self.picks)[seen]
            terms = self.terms.pairs(picks, candidates, self.criterion.terms)
            self._add(picks, candidates, terms)
            self.seen[candidates] = seen + 1
            self.n_evaluations += len(candidates)
            return
        missing = np.minimum(len(self.picks) - seen, depth)
        ends = missing.cumsum()
        each = np.repeat(candidates, missing)
        step = np.repeat(seen - (ends - missing), missing) + np.arange(len(each))
        picks = np.array(self.picks)[step]
        terms = self.terms.pairs(picks, each, self.criterion.terms)
        for at in _without_repeats(missing, ends):
            part = {name: values[at] for name, values in terms.items()}
            self._add(picks[at], each[at], part)
        self.seen[candidates] += missing
        self.n_evaluations += len(each)

    def _add(
        self, picks: int | IntArray, at: IntArray | slice, terms: dict[str, FloatArray]
    ) -> None:
        """Add the contributions of pick i to candidate i; no candidate comes twice."""
        pair = pair_of(self.relevance[at], self.relevance[picks], terms)
        contribution = self.criterion.contribution(pair, self.criterion.parameters)
        reduction = REDUCTIONS[self.criterion.reduction]
        self.reduced[at] = reduction(self.reduced[at], contribution)
        if REDUNDANCY in terms:
            self.redundancy[at] += pair.redundancy
        if CONDITIONAL_REDUNDANCY in terms:
            self.conditional_redundancy[at] += pair.conditional_redundancy


def pair_of(
    own: FloatArray, of_picks: FloatArray, terms: dict[str, FloatArray]
) -> Pair:
    """Terms of candidates and picks of these relevances; one pick, or one each."""
    return Pair(
        own,
        of_picks,
        terms.get(REDUNDANCY, NONE),
        terms.get(CONDITIONAL_REDUNDANCY, NONE),
        terms.get(JOINT_ENTROPY, NONE),
    )


def _without_repeats(missing: IntArray, ends: IntArray) -> Iterator[IntArray]:
    """Positions of everyone's first pair, then of everyone's second, and so on."""
    for step in range(missing.max()):
        yield (ends - missing)[missing > step] + step
