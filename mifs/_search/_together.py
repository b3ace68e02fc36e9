"""Searches of several draws of one table, step by step side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._cache import TermCache
from mifs._search._greedy import Constraints, walk
from mifs._search._pairwise import REDUCTIONS, PairwiseScorer, pair_of
from mifs._search._path import Path
from mifs._search._stopping import StoppingRule
from mifs._search._tiers import Gate
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators._terms import Terms


class GivenRounds(PairwiseScorer):
    """Candidates whose contributions are brought to them, round by round."""

    def add_round(self, terms: dict[str, FloatArray]) -> None:
        """Add what the newest pick contributes to all features."""
        if self.criterion.terms:
            self._add(self.picks[-1], slice(None), terms)

    def complete(self, feature: int, closed: BoolArray) -> None:
        """Nothing lacks."""

    def update(self, closed: BoolArray, offset: FloatArray) -> FloatArray:
        """Scores less the offset, and -inf where closed."""
        return self._open_scores(closed, offset)


def search_rows(
    stacked: Terms,
    n_draws: int,
    criterion: Criterion,
    most: int,
    constraints: Constraints,
) -> list[list[int]]:
    """Choose so many features of each draw as `search` does, step by step for all.

    Parameters
    ----------
    stacked : Terms
        Feature r p + k is feature k of draw r; asked for whole rounds, as pairs.
    n_draws : int
    criterion : Criterion
        Pairwise, and `elementwise`.
    most : int
    constraints : Constraints

    Returns
    -------
    features : list of list of int
        Of each draw, in the order of choice.
    """
    relevance = scores = stacked.relevance
    p = len(relevance) // n_draws
    shape, firsts = (n_draws, p), p * np.arange(n_draws)
    reduced = np.full(len(relevance), 0.0 if criterion.reduction == "sum" else np.inf)
    closed = np.zeros(shape, np.bool_)
    closed[:, constraints.exclude] = True
    chosen: list[IntArray] = []
    costs = constraints.costs
    for step in range(min(most, p - len(constraints.exclude))):
        if step and criterion.terms:
            picks, terms = _round(stacked, firsts, chosen[-1], p, criterion.terms)
            pair = pair_of(relevance, slice(None), picks, terms)
            contribution = criterion.contribution(pair, criterion.parameters)
            reduced = REDUCTIONS[criterion.reduction](reduced, contribution)
        if step:
            scores = criterion.score(relevance, reduced, step, criterion.parameters)
        if step < len(constraints.include):
            chosen.append(np.full(n_draws, constraints.include[step]))
        else:
            chosen.append(_best(criterion, scores.reshape(shape), closed, costs))
        closed[np.arange(n_draws), chosen[-1]] = True
    features: list[list[int]] = np.transpose(chosen).tolist()
    return features


def elementwise(criterion: Criterion) -> bool:
    """Whether a criterion is one of ours, of which we know that it can be stacked."""
    ours = CRITERIA.get(criterion.name)
    return ours is not None and (
        (ours.contribution, ours.score) == (criterion.contribution, criterion.score)
    )


def _best(
    criterion: Criterion,
    scores: FloatArray,
    closed: BoolArray,
    costs: FloatArray | None,
) -> IntArray:
    """Best feature of each draw that is not closed."""
    costs = np.zeros(scores.shape[1]) if costs is None else costs
    left = np.where(closed, -np.inf, scores - costs)
    parameters = criterion.parameters
    tolerances = [criterion.tolerance(b, parameters) for b in left.max(axis=1).tolist()]
    best: IntArray = _kernels.choice.best_of_each(left, np.array(tolerances))
    return best


def search_together(
    stacked: Terms,
    each: Sequence[Terms],
    criterion: Criterion,
    stop: StoppingRule,
    wanted: frozenset[str],
    *,
    constraints: Constraints,
    gates: Sequence[Gate | None],
) -> list[list[int]]:
    """Choose features of each draw by rounds that all share; gates part each path.

    Parameters
    ----------
    stacked, criterion, constraints
        As in `search_rows`; any pairwise criterion.
    each : sequence of Terms
        Of the draws; a `TermCache` also gets the terms of each round.
    stop : StoppingRule
    wanted : frozenset of str
        Terms that rounds are asked for.
    gates : sequence of Gate or None
        Of each draw.

    Returns
    -------
    features : list of list of int
    """
    paths = [Path() for _ in each]
    scorers = [GivenRounds(terms, criterion, lazy=False) for terms in each]
    walks = [
        walk(scorer, path, stop, constraints, gate=gate)
        for scorer, path, gate in zip(scorers, paths, gates, strict=True)
    ]
    going = list(range(len(each)))
    while going:
        going = [r for r in going if next(walks[r], None) is not None]
        if not (going and wanted):
            continue
        chosen, p = [scorers[r].picks[-1] for r in going], len(each[0].relevance)
        firsts = p * np.array(going)
        _, found = _round(stacked, firsts, np.array(chosen), p, wanted)
        for place, (r, pick) in enumerate(zip(going, chosen, strict=True)):
            here = slice(p * place, p * place + p)
            own = {name: values[here] for name, values in found.items()}
            scorers[r].add_round(own)
            terms = each[r]
            if isinstance(terms, TermCache):
                terms.fill(pick, own)
    return [path.feature for path in paths]


def _round(
    stacked: Terms, firsts: IntArray, chosen: IntArray, p: int, wanted: frozenset[str]
) -> tuple[IntArray, dict[str, FloatArray]]:
    """Terms of all features of some draws against one pick of each.

    The features of a draw begin at ``firsts``. Given are the picks, one beside each
    feature, and the terms, both (draws · p,).
    """
    picks = np.repeat(firsts + chosen, p)
    candidates = (firsts[:, np.newaxis] + np.arange(p)).ravel()
    return picks, stacked.pairs(picks, candidates, wanted)
