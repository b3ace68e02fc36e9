"""Scores that need joint labels of several picks: CMI, JMI3, RelaxMRMR."""

from __future__ import annotations

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._pairwise import MOST
from mifs._search._path import Path, State, Step
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.criteria import Criterion
from mifs.estimators._terms import JointLabels, Terms


def joint_labels(terms: Terms) -> JointLabels:
    """Joint labels of terms.

    Raises
    ------
    TypeError
        Terms that do not count them, though their estimator says that they do.
    """
    labels = terms.joint_labels
    if labels is None:
        raise TypeError(f"{type(terms).__name__} promised joint counts and has none")
    return labels


class JointScorer:
    """What the three have in common: every candidate is evaluated in every round."""

    def __init__(self, terms: Terms, criterion: Criterion) -> None:
        self.terms = terms
        self.labels = joint_labels(terms)
        self.criterion = criterion
        self.relevance: FloatArray = terms.relevance
        self.picks: list[int] = []
        self.n_evaluations = 0
        self._every = np.arange(len(terms.relevance))
        self._closed = np.zeros(len(terms.relevance), dtype=np.bool_)
        self._begin()

    def _begin(self) -> None:
        """Stand where no pick is counted."""
        self._current: FloatArray = self.terms.relevance.copy()
        self._counted = 0

    def state(self) -> State:
        """Nothing: joint labels are training data, and are not kept."""
        return None

    def resume(self, earlier: Path) -> Path:
        """Return the earlier path; its picks are counted anew when they are needed."""
        self.picks = list(earlier.feature)
        return earlier.cut(len(earlier.feature))

    def scores(self) -> FloatArray:
        """Scores of all features, valid for those that are up to date."""
        return self._current

    def means(self, feature: int) -> tuple[float, float]:
        """Pairwise means, which these criteria do not have."""
        return np.nan, np.nan

    def take(self, feature: int) -> None:
        """Make a feature the newest pick."""
        self.picks.append(feature)

    def complete(self, feature: int, closed: BoolArray) -> None:
        """Bring all open scores up to date: those of one feature cost as much."""
        self._complete(np.flatnonzero(~closed))

    def _complete(self, candidates: IntArray) -> None:
        while self._counted < len(self.picks):
            self._count_pick(self._counted, candidates)
            self._counted += 1

    def ahead(self, closed: BoolArray, offset: FloatArray, most: int) -> list[Step]:
        """Nothing is chosen before scores are updated."""
        return []

    def update(self, closed: BoolArray, offset: FloatArray) -> FloatArray:
        """Scores brought up to date, less the offset; -inf where closed."""
        if (self._closed & ~closed).any():
            # Some were closed and are not: they lack picks, and all begin anew.
            self._begin()
        self._closed = closed.copy()
        self._complete(np.flatnonzero(~closed))
        scores: FloatArray = _kernels.choice.open_scores(self._current, offset, closed)
        return scores

    def _count_pick(self, step: int, candidates: IntArray) -> None:
        """Update the scores by pick number ``step``."""
        raise NotImplementedError

    def _joint(
        self, label: object, candidates: IntArray, *, by_class: bool = True
    ) -> tuple[FloatArray, FloatArray]:
        self.n_evaluations += len(candidates)
        if len(candidates) <= MOST * len(self._every):
            plain, with_class = self.labels.joint(label, candidates, by_class=by_class)
            return plain, with_class
        plain, with_class = self.labels.joint(label, self._every, by_class=by_class)
        return plain[candidates], with_class[candidates] if by_class else with_class


class ConditionalScorer(JointScorer):
    """CMI: I(Xk;Y|S) = H(k,S) + H(S,Y) − H(k,S,Y) − H(S), S as one joint label."""

    def _begin(self) -> None:
        super()._begin()
        self._label: object = None

    def _count_pick(self, step: int, candidates: IntArray) -> None:
        self._label = self.labels.join(self._label, self.picks[step])
        plain, with_class = self.labels.pick_entropies(self._label)
        pair, triple = self._joint(self._label, candidates)
        self._current[candidates] = (pair - triple) + (with_class - plain)


class TripleScorer(JointScorer):
    """JMI3: mean over pairs i < j of picks of I(Xk,Xi,Xj;Y); with one pick, J_1."""

    def _begin(self) -> None:
        super()._begin()
        self._sum = np.zeros(len(self.terms.relevance))

    def _count_pick(self, step: int, candidates: IntArray) -> None:
        newest = self.labels.join(None, self.picks[step])
        if step == 0:
            pair, triple = self._joint(newest, candidates)
            self._current[candidates] = pair - triple + self.labels.target_entropy
            return
        for earlier in self.picks[:step]:
            label = self.labels.join(newest, earlier)
            pair, triple = self._joint(label, candidates)
            self._sum[candidates] += pair - triple + self.labels.target_entropy
        self._current = self._sum / (step * (step + 1) / 2)


class RelaxedScorer(JointScorer):
    """RelaxMRMR: mRMR with c_j, less the mean of I(Xk;Xi|Xj) over ordered pairs.

    I(Xk;Xi|Xj) = I(Xk;Xi,Xj) − r_j, so that both orders of a pair need one joint count.
    """

    def _begin(self) -> None:
        super()._begin()
        p = len(self.terms.relevance)
        self._redundancy: list[FloatArray] = []
        self._excess = np.zeros(p)
        self._second_order = np.zeros(p)

    def means(self, feature: int) -> tuple[float, float]:
        """Mean redundancy; the conditional one is part of the sum only."""
        if not self._redundancy:
            return np.nan, np.nan
        redundancy = float(np.mean([r[feature] for r in self._redundancy]))
        return redundancy, redundancy - self._excess[feature] / len(self._redundancy)

    def _count_pick(self, step: int, candidates: IntArray) -> None:
        pick = self.picks[step]
        wanted = frozenset({REDUNDANCY, CONDITIONAL_REDUNDANCY})
        terms = self.terms.pairwise(pick, candidates, wanted)
        self.n_evaluations += len(candidates)
        redundancy = np.full(len(self.relevance), np.nan)
        redundancy[candidates] = terms[REDUNDANCY]
        newest = self.labels.join(None, pick)
        for number, earlier in enumerate(self.picks[:step]):
            label = self.labels.join(newest, earlier)
            entropy, _ = self.labels.pick_entropies(label)
            pair, _ = self._joint(label, candidates, by_class=False)
            shared = self.labels.entropy[candidates] + entropy - pair
            first = self._redundancy[number][candidates]
            self._second_order[candidates] += 2 * shared - first - terms[REDUNDANCY]
        self._redundancy.append(redundancy)
        excess = terms[REDUNDANCY] - terms[CONDITIONAL_REDUNDANCY]
        self._excess[candidates] += excess
        n = step + 1
        self._current = self.relevance - self._excess / n
        if step:
            self._current = self._current - self._second_order / (n * step)
