"""Facility location: the columns that say most about all columns (InfoMax)."""

from __future__ import annotations

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._greedy import Constraints, Progress, forward
from mifs._search._path import Path, State, Step
from mifs._search._pool import term_pool
from mifs._search._stopping import StoppingRule, as_rule
from mifs._terms import REDUNDANCY
from mifs.criteria import Criterion
from mifs.estimators._terms import Terms

INFOMAX = Criterion(
    name="infomax",
    formula="mean_j max(0, I(Xk;Xj) - max_s I(Xs;Xj))",
    source="Linsker 1988",
    terms=frozenset({REDUNDANCY}),
)


def cover(
    terms: Terms,
    stop: StoppingRule | int,
    *,
    constraints: Constraints,
    lazy: bool,
    n_threads: int = 1,
    progress: Progress | None = None,
) -> tuple[Path, FloatArray, FloatArray]:
    """Choose columns greedily by f(S) = mean over j of max over s in S of I(Xs;Xj).

    Parameters
    ----------
    terms : Terms
    stop : StoppingRule or int
    constraints : Constraints
    lazy : bool
        Whether old gains are taken as bounds; the path is the same either way.
    n_threads : int, default=1
    progress : callable, default=None

    Returns
    -------
    path : Path
        ``score`` and ``relevance`` are gains: at that step, and alone.
    gains : ndarray of shape (p,)
        f of each column alone, nats.
    values : ndarray of shape (n_features,)
        f of the columns chosen up to each step, nats.
    """
    with term_pool(terms, n_threads) as shared:
        scorer = CoverageScorer(shared, lazy=lazy)
        path = forward(scorer, Path(), as_rule(stop), constraints, progress)
    return path, scorer.relevance, np.array(scorer.values)


class CoverageScorer:
    """Gains of all columns, of which some may be those of an earlier step.

    f is submodular, so that an old gain is an upper bound of the present one: only
    columns that can still win, tie or come second are evaluated anew (Minoux 1978).
    A gain alone is no bound where an I is negative, and a ceiling takes its place.
    """

    def __init__(self, terms: Terms, *, lazy: bool) -> None:
        self.terms = terms
        self.criterion = INFOMAX
        self.lazy = lazy
        self.relevance, self._ceilings = gains_alone(terms)
        self.picks: list[int] = []
        self.values: list[float] = []
        self.n_evaluations = 0
        p = len(self.relevance)
        self.seen = np.zeros(p, np.intp)
        self._gains = self.relevance.copy()
        self._covered: FloatArray = np.zeros(p)

    def state(self) -> State:
        """Nothing: such a search is not continued."""
        return None

    def resume(self, earlier: Path) -> Path:
        """Nothing: such a search is not continued."""
        return Path()

    def scores(self) -> FloatArray:
        """Gains; upper bounds for the columns not evaluated at this step."""
        return self._gains

    def means(self, feature: int) -> tuple[float, float]:
        """Mean terms, which this objective does not have."""
        return np.nan, np.nan

    def take(self, feature: int) -> None:
        """Add a column to S."""
        information = self._information(feature)
        if self.picks:
            information = np.maximum(self._covered, information)
        else:
            self._gains = self._ceilings
        self._covered = information
        self.values.append(float(information.mean()))
        self.picks.append(feature)

    def complete(self, feature: int, closed: BoolArray) -> None:
        """Evaluate a feature against the picks that its score lacks."""
        self._complete(np.array([feature]))

    def _complete(self, candidates: IntArray) -> None:
        """Evaluate the candidates against all picks."""
        p = len(self.relevance)
        for column in candidates[self.seen[candidates] < len(self.picks)].tolist():
            gain = np.maximum(self._information(column) - self._covered, 0.0)
            self._gains[column] = gain.sum() / p
            self.seen[column] = len(self.picks)
            self.n_evaluations += p

    def ahead(self, closed: BoolArray, offset: FloatArray, most: int) -> list[Step]:
        """Nothing is chosen before scores are updated."""
        return []

    def update(self, closed: BoolArray, offset: FloatArray) -> FloatArray:
        """Scores after as many evaluations as it takes to know the first and second."""
        choice, n_picks = _kernels.choice, len(self.picks)
        if not self.lazy:
            self._complete(np.flatnonzero(~closed))
        while True:
            scores: FloatArray
            scores, best, second = choice.open_bounds(
                self._gains, offset, closed, self.seen, n_picks
            )
            bar = -np.inf
            if second > -np.inf:
                bar = second - self.criterion.tolerance(best, {})
            able = choice.best_behind(scores, self.seen, n_picks, bar, 1)
            if not len(able):
                return scores
            self._complete(able)

    def _information(self, column: int) -> FloatArray:
        """I(X_column;Xj) of all j, (p,) nats; that of the column itself is its H."""
        every = np.arange(len(self.relevance))
        found = self.terms.pairwise(column, every, self.criterion.terms)
        information: FloatArray = found[REDUNDANCY]
        return information


def gains_alone(terms: Terms) -> tuple[FloatArray, FloatArray]:
    """Objective f of each column alone, and a ceiling of its later gains, (p,) nats.

    max(0, I(Xk;Xj) − max_s I(Xs;Xj)) ≤ max(0, I(Xk;Xj)) + max(0, −min_s I(Xs;Xj)).
    Each pair is counted once.
    """
    p = len(terms.relevance)
    total, positive = np.zeros((2, p))
    least = np.full(p, np.inf)
    for column in range(p):
        after = np.arange(column, p)
        shared = terms.pairwise(column, after, INFOMAX.terms)[REDUNDANCY]
        for sums, values in ((total, shared), (positive, np.maximum(shared, 0.0))):
            sums[column] += values.sum()
            sums[column + 1 :] += values[1:]
        least[column] = min(least[column], shared.min())
        least[column + 1 :] = np.minimum(least[column + 1 :], shared[1:])
    return total / p, (positive + np.maximum(-least, 0.0).sum()) / p
