"""The loop that all forward criteria share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._joint import ConditionalScorer, RelaxedScorer, TripleScorer
from mifs._search._pairwise import PairwiseScorer
from mifs._search._path import Path
from mifs._search._pool import term_pool
from mifs._search._scorer import Scorer
from mifs._search._whole import fcbf, spectral
from mifs.criteria import Criterion
from mifs.estimators._terms import Terms

Progress = Callable[[int, int], None]

Whole = Callable[[Terms, Criterion, IntArray], Path]

SCORERS: dict[str, Callable[[Terms, Criterion], Scorer]] = {
    "conditional": ConditionalScorer,
    "triples": TripleScorer,
    "relaxed": RelaxedScorer,
}
WHOLE: dict[str, Whole] = {
    "fcbf": fcbf,
    "spectral": spectral,
}


@dataclass
class Constraints:
    """What a search must, may not and would rather not choose.

    Attributes
    ----------
    include : list of int
        Chosen first, in this order.
    exclude : list of int
    costs : ndarray of shape (p,) or None
        Subtracted from the scores.
    """

    include: list[int] = field(default_factory=list)
    exclude: list[int] = field(default_factory=list)
    costs: FloatArray | None = None


def search(
    terms: Terms,
    criterion: Criterion,
    n_features: int,
    *,
    constraints: Constraints | None = None,
    lazy: bool = False,
    earlier: Path | None = None,
    n_threads: int = 1,
    progress: Progress | None = None,
) -> Path:
    """Choose ``n_features`` features in the order of a criterion.

    Parameters
    ----------
    terms : Terms
    criterion : Criterion
    n_features : int
        At most the number of features that may be chosen.
    constraints : Constraints, default=None
    lazy : bool, default=False
        Whether partial scores are upper bounds; the path is the same either way.
    earlier : Path, default=None
        A shorter path of the same search, to be continued.
    n_threads : int, default=1
    progress : callable, default=None
        Called as ``progress(step, n_features)`` after each step.

    Returns
    -------
    path : Path
    """
    constraints = constraints or Constraints()
    with term_pool(terms, n_threads) as shared:
        if criterion.search in WHOLE:
            return _cut(
                WHOLE[criterion.search], shared, criterion, constraints, n_features
            )
        scorer: Scorer
        if criterion.search in SCORERS:
            scorer = SCORERS[criterion.search](shared, criterion)
        else:
            scorer = PairwiseScorer(shared, criterion, lazy=lazy)
        path = Path()
        if earlier is not None:
            path = scorer.resume(earlier)
        return _forward(scorer, path, n_features, constraints, n_threads, progress)


def _forward(
    scorer: Scorer,
    path: Path,
    n_features: int,
    constraints: Constraints,
    n_threads: int,
    progress: Progress | None,
) -> Path:
    """Choose features one by one, each the best given those before."""
    p = len(scorer.relevance)
    costs = np.zeros(p) if constraints.costs is None else constraints.costs
    closed = np.zeros(p, dtype=np.bool_)
    closed[constraints.exclude] = True
    closed[path.feature] = True
    for step in range(len(path.feature), n_features):
        if step < len(constraints.include):
            newest = _force(scorer, constraints.include[step], closed, costs, path)
        else:
            newest = _choose(scorer, scorer.settle(closed, costs, n_threads), path)
        closed[newest] = True
        scorer.take(newest)
        if progress is not None:
            progress(step + 1, n_features)
    path.n_evaluations = scorer.n_evaluations
    path.state = scorer.state()
    return path


def _force(
    scorer: Scorer, feature: int, closed: BoolArray, costs: FloatArray, path: Path
) -> int:
    """Take a feature that the user wants, and score it."""
    scorer.complete(feature, closed)
    score = float(scorer.scores()[feature] - costs[feature])
    path.add(feature, score, float(scorer.relevance[feature]), scorer.means(feature))
    return feature


def _choose(scorer: Scorer, scores: FloatArray, path: Path) -> int:
    """Take the best candidate."""
    criterion = scorer.criterion
    tolerance = criterion.tolerance(float(scores.max()), criterion.parameters)
    chosen, second = _kernels.choice.best_two(scores, tolerance)
    margin = float(scores[chosen] - scores[second]) if second >= 0 else np.nan
    path.add(
        chosen,
        float(scores[chosen]),
        float(scorer.relevance[chosen]),
        scorer.means(chosen),
        (second, margin),
    )
    return chosen


def _cut(
    order: Whole,
    terms: Terms,
    criterion: Criterion,
    constraints: Constraints,
    n_features: int,
) -> Path:
    """First features of a criterion that orders all of them at once."""
    if constraints.include or constraints.costs is not None:
        raise ValueError(
            f"criterion {criterion.name!r} orders all features at once: include and "
            "costs have no meaning for it; exclude has"
        )
    open_ = np.setdiff1d(np.arange(len(terms.relevance)), constraints.exclude)
    return order(terms, criterion, open_).cut(n_features)
