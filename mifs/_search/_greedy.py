"""The loop that all forward criteria share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._joint import ConditionalScorer, RelaxedScorer, TripleScorer
from mifs._search._pairwise import PairwiseScorer
from mifs._search._path import Path, Step
from mifs._search._pool import term_pool
from mifs._search._scorer import Scorer
from mifs._search._stopping import (
    AT_CHANCE,
    NOTHING_LEFT,
    StopAfter,
    StoppingRule,
    as_rule,
)
from mifs._search._tiers import Gate, Tiers, best_of
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
WHOLE: dict[str, Whole] = {"fcbf": fcbf, "spectral": spectral}


class Start(NamedTuple):
    """Features that a search begins with, for what they tell together.

    Attributes
    ----------
    features : tuple of int
        In the order of choice.
    p_values : tuple of float
        Adjusted; NaN where nobody asked.
    tier : int
        1: they add more than chance; 0: nobody asked; 2: they do not, and are taken
        only where nothing does.
    n_evaluations : int
        Pairs that were evaluated in order to find them.
    """

    features: tuple[int, ...]
    p_values: tuple[float, ...]
    tier: int
    n_evaluations: int


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
    start : Start or None
        Chosen first, where nothing is included.
    """

    include: list[int] = field(default_factory=list)
    exclude: list[int] = field(default_factory=list)
    costs: FloatArray | None = None
    start: Start | None = None


def search(
    terms: Terms,
    criterion: Criterion,
    stop: StoppingRule | int,
    *,
    constraints: Constraints | None = None,
    gate: Gate | None = None,
    lazy: bool = False,
    earlier: Path | None = None,
    n_threads: int = 1,
    progress: Progress | None = None,
) -> Path:
    """Choose features in the order of a criterion.

    Parameters
    ----------
    terms : Terms
    criterion : Criterion
    stop : StoppingRule or int
        Asked after each step; a number of steps.
    constraints : Constraints, default=None
    gate : Gate, default=None
        Tells what adds more than chance, which comes first then.
    lazy : bool, default=False
        Whether partial scores are upper bounds; the path is the same either way.
    earlier : Path, default=None
        A shorter path of the same search, to be continued.
    n_threads : int, default=1
    progress : callable, default=None
        Called as ``progress(step, most)`` after each step.

    Returns
    -------
    path : Path
    """
    constraints, rule = constraints or Constraints(), as_rule(stop)
    with term_pool(terms, n_threads) as shared:
        if criterion.search in WHOLE:
            return _in_order(shared, criterion, constraints, rule, gate)
        scorer: Scorer
        if criterion.search in SCORERS:
            scorer = SCORERS[criterion.search](shared, criterion)
        else:
            scorer = PairwiseScorer(shared, criterion, lazy=lazy)
        path = Path() if earlier is None else scorer.resume(earlier)
        return forward(scorer, path, rule, constraints, progress, gate)


def forward(
    scorer: Scorer,
    path: Path,
    stop: StoppingRule,
    constraints: Constraints,
    progress: Progress | None,
    gate: Gate | None = None,
) -> Path:
    """Choose features one by one, each the best given those before."""
    for _ in walk(scorer, path, stop, constraints, progress, gate):
        pass
    return path


def walk(
    scorer: Scorer,
    path: Path,
    stop: StoppingRule,
    constraints: Constraints,
    progress: Progress | None = None,
    gate: Gate | None = None,
) -> Iterator[int]:
    """Give each feature when it is chosen, before the next one is looked for."""
    p = len(scorer.relevance)
    costs = np.zeros(p) if constraints.costs is None else constraints.costs
    closed = np.zeros(p, dtype=np.bool_)
    closed[constraints.exclude] = True
    closed[path.feature] = True
    tiers = None if gate is None else Tiers(gate)
    steps, reason = path.steps, None
    while reason is None and not closed.all():
        found = _next_steps(scorer, closed, costs, path, constraints, tiers, stop)
        if not found:
            reason = AT_CHANCE
        for step in found:
            steps.append(step)
            closed[step.feature] = True
            scorer.take(step.feature)
            if progress is not None:
                progress(len(steps), stop.most)
            # Several are found only where no rule looks at those before the last.
            if step is found[-1] and len(steps) >= len(constraints.include):
                reason = stop.reason(path)
                if reason is not None:
                    break
            yield step.feature
    path.stop_reason = reason or NOTHING_LEFT
    path.n_evaluations = scorer.n_evaluations
    if constraints.start is not None:
        path.n_evaluations += constraints.start.n_evaluations
    path.state = scorer.state()
    if tiers is not None:
        path.tested, path.best_left = True, tiers.best_left


def _next_steps(
    scorer: Scorer,
    closed: BoolArray,
    costs: FloatArray,
    path: Path,
    constraints: Constraints,
    tiers: Tiers | None,
    stop: StoppingRule,
) -> list[Step]:
    """Take the next step, or several where nobody asks for less; none is left: []."""
    n, start = len(path), constraints.start
    begun = n >= len(constraints.include) and (
        start is None or n >= len(start.features)
    )
    if tiers is None and begun and isinstance(stop, StopAfter):
        n_open = len(closed) - int(np.count_nonzero(closed))
        most = n_open if stop.at_chance else min(n_open, stop.most - n)
        if most > 1 and (found := scorer.ahead(closed, costs, most)):
            return found
    step = _next(scorer, closed, costs, path, constraints, tiers, stop)
    return [] if step is None else [step]


def _next(
    scorer: Scorer,
    closed: BoolArray,
    costs: FloatArray,
    path: Path,
    constraints: Constraints,
    tiers: Tiers | None,
    stop: StoppingRule,
) -> Step | None:
    """Take what is to be first, or else the best; None: none adds more than chance."""
    n, include, start = len(path), constraints.include, constraints.start
    if n < len(include):
        return _forced(scorer, include[n], closed, costs)
    if start is not None and n >= len(start.features):
        start = None
    if start is not None and (start.tier < 2 or (n and path[0].tier == 2)):
        return _started(start, n, scorer, closed, costs)
    best = _best(scorer, closed, costs, path, tiers, stop)
    if start is not None and not n and best is not None and best.tier == 2:
        return _started(start, n, scorer, closed, costs)
    return best


def _best(
    scorer: Scorer,
    closed: BoolArray,
    costs: FloatArray,
    path: Path,
    tiers: Tiers | None,
    stop: StoppingRule,
) -> Step | None:
    """Take the best candidate, of the first tier if it has any; None: it has none."""
    if tiers is None:
        return best_of(scorer, closed, costs)
    return tiers.best(scorer, closed, costs, path.feature, first=stop.at_chance)


def _started(
    start: Start, n: int, scorer: Scorer, closed: BoolArray, costs: FloatArray
) -> Step:
    """Take a feature that the search begins with, and score it."""
    step = _forced(scorer, start.features[n], closed, costs)
    return step._replace(p_value=start.p_values[n], tier=start.tier)


def _forced(scorer: Scorer, feature: int, closed: BoolArray, costs: FloatArray) -> Step:
    """Take a feature that the user wants, and score it."""
    scorer.complete(feature, closed)
    score = float(scorer.scores()[feature] - costs[feature])
    relevance = float(scorer.relevance[feature])
    return Step(feature, score, relevance, *scorer.means(feature))


def _in_order(
    terms: Terms,
    criterion: Criterion,
    constraints: Constraints,
    stop: StoppingRule,
    gate: Gate | None,
) -> Path:
    """First features of a criterion that orders all of them at once."""
    if constraints.include or constraints.costs is not None:
        raise ValueError(
            f"criterion {criterion.name!r} orders all features at once: include and "
            "costs have no meaning for it; exclude has"
        )
    open_ = np.setdiff1d(np.arange(len(terms.relevance)), constraints.exclude)
    whole = WHOLE[criterion.search](terms, criterion, open_)
    path = Path(n_evaluations=whole.n_evaluations, stop_reason=NOTHING_LEFT)
    tiers = None if gate is None else Tiers(gate)
    for step in whole if tiers is None else tiers.parted(whole):
        if stop.at_chance and step.tier == 2:
            path.stop_reason = AT_CHANCE
            break
        path.steps.append(step)
        reason = stop.reason(path)
        if reason is not None:
            path.stop_reason = reason
            break
    if tiers is not None:
        path.tested, path.best_left = True, tiers.best_left
    return path
