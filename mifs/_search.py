"""Greedy forward search: terms and a criterion in, a path out.

Nothing here knows where the terms come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mifs.criteria import Criterion, Pair

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Progress = Callable[[int, int], None]

REDUNDANCY = "redundancy"
CONDITIONAL_REDUNDANCY = "conditional_redundancy"
JOINT_ENTROPY = "joint_entropy"
NONE = np.empty(0)


class Terms(Protocol):
    """See `mifs.estimators.Terms`."""

    relevance: FloatArray

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against the newest pick."""
        ...


@dataclass
class Path:
    """What was chosen, step by step; a list entry a step.

    ``redundancy`` and ``conditional_redundancy`` are means over the earlier picks, NaN
    where the criterion does not use them; ``runner_up`` is -1 after the last candidate.
    """

    feature: list[int] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    relevance: list[float] = field(default_factory=list)
    redundancy: list[float] = field(default_factory=list)
    conditional_redundancy: list[float] = field(default_factory=list)
    runner_up: list[int] = field(default_factory=list)
    margin: list[float] = field(default_factory=list)


@contextmanager
def term_pool(terms: Terms, n_threads: int) -> Iterator[Terms]:
    """Hold one thread pool over which the candidates of a round are spread."""
    if n_threads == 1:
        yield terms
        return
    with ThreadPoolExecutor(n_threads) as pool:
        yield _Spread(terms, pool, n_threads)


class _Spread:
    """Terms asked for by several threads, each for a run of the candidates."""

    def __init__(self, terms: Terms, pool: ThreadPoolExecutor, n_threads: int) -> None:
        self.relevance = terms.relevance
        self._terms = terms
        self._pool = pool
        self._n_threads = n_threads

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against the newest pick."""
        runs = np.array_split(candidates, min(self._n_threads, len(candidates)))
        parts = list(
            self._pool.map(lambda run: self._terms.pairwise(newest, run, wanted), runs)
        )
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}


class _Candidates:
    """The features not chosen yet, with what their picks contributed so far."""

    def __init__(self, terms: Terms, criterion: Criterion) -> None:
        self.index = np.arange(len(terms.relevance))
        self.relevance = terms.relevance
        self.reduced = np.zeros(len(self.index))
        self.redundancy = np.zeros(len(self.index))
        self.conditional_redundancy = np.zeros(len(self.index))
        self._terms = terms
        self._criterion = criterion
        self._picks = 0

    def scores(self) -> FloatArray:
        """Criterion scores; those of the first step are the relevances."""
        if self._picks == 0:
            return self.relevance
        return self._criterion.score(
            self.relevance, self.reduced, self._picks, self._criterion.parameters
        )

    def means(self, at: int) -> tuple[float, float]:
        """Mean redundancy and conditional redundancy of one candidate."""
        used = self._criterion.terms if self._picks else frozenset()
        return (
            self.redundancy[at] / self._picks if REDUNDANCY in used else np.nan,
            self.conditional_redundancy[at] / self._picks
            if CONDITIONAL_REDUNDANCY in used
            else np.nan,
        )

    def remove(self, at: int) -> None:
        """Take the chosen candidate out."""
        keep = np.ones(len(self.index), dtype=np.bool_)
        keep[at] = False
        for name in (
            "index",
            "relevance",
            "reduced",
            REDUNDANCY,
            CONDITIONAL_REDUNDANCY,
        ):
            setattr(self, name, getattr(self, name)[keep])

    def count_pick(self, newest: int) -> None:
        """Add the contribution of the newest pick."""
        self._picks += 1
        wanted = self._criterion.terms
        if not wanted or not len(self.index):
            return
        terms = self._terms.pairwise(newest, self.index, wanted)
        pair = Pair(
            self.relevance,
            float(self._terms.relevance[newest]),
            terms.get(REDUNDANCY, NONE),
            terms.get(CONDITIONAL_REDUNDANCY, NONE),
            terms.get(JOINT_ENTROPY, NONE),
        )
        self._reduce(self._criterion.contribution(pair, self._criterion.parameters))
        if REDUNDANCY in wanted:
            self.redundancy += pair.redundancy
        if CONDITIONAL_REDUNDANCY in wanted:
            self.conditional_redundancy += pair.conditional_redundancy

    def _reduce(self, contribution: FloatArray) -> None:
        if self._picks == 1:
            self.reduced = contribution.copy()
        elif self._criterion.reduction == "sum":
            self.reduced = self.reduced + contribution
        else:
            self.reduced = np.minimum(self.reduced, contribution)


def best_two(scores: FloatArray, tolerance: float) -> tuple[int, int]:
    """Positions of the winner and the runner-up (-1 if there is none).

    Scores within the tolerance of the best are tied, and the first of them wins.
    """
    winner = int(np.argmax(scores >= scores.max() - tolerance))
    if len(scores) == 1:
        return winner, -1
    others = scores.copy()
    others[winner] = -np.inf
    return winner, int(np.argmax(others >= others.max() - tolerance))


def greedy(
    terms: Terms,
    criterion: Criterion,
    n_features: int,
    *,
    n_threads: int = 1,
    progress: Progress | None = None,
) -> Path:
    """Choose ``n_features`` features one by one, each the best given those before.

    Parameters
    ----------
    terms : Terms
    criterion : Criterion
    n_features : int
        At most the number of features.
    n_threads : int
        Threads that share the candidates of a round.
    progress : callable, default=None
        Called as ``progress(step, n_features)`` after each step.

    Returns
    -------
    path : Path
    """
    path = Path()
    with term_pool(terms, n_threads) as shared:
        candidates = _Candidates(shared, criterion)
        for step in range(n_features):
            newest = _choose(candidates, criterion, path)
            if step + 1 < n_features:
                candidates.count_pick(newest)
            if progress is not None:
                progress(step + 1, n_features)
    return path


def _choose(candidates: _Candidates, criterion: Criterion, path: Path) -> int:
    """Move the best candidate to the path and return its index."""
    scores = candidates.scores()
    tolerance = criterion.tolerance(float(scores.max()), criterion.parameters)
    at, second = best_two(scores, tolerance)
    chosen = int(candidates.index[at])
    redundancy, conditional_redundancy = candidates.means(at)
    path.feature.append(chosen)
    path.score.append(float(scores[at]))
    path.relevance.append(float(candidates.relevance[at]))
    path.redundancy.append(redundancy)
    path.conditional_redundancy.append(conditional_redundancy)
    path.runner_up.append(int(candidates.index[second]) if second >= 0 else -1)
    path.margin.append(float(scores[at] - scores[second]) if second >= 0 else np.nan)
    candidates.remove(at)
    return chosen
