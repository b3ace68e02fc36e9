"""What a score is made of: relevance, redundancy, conditional redundancy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray, IntArray
from mifs._search._greedy import WHOLE
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.criteria import Criterion, Pair

# What is left of a score once its parts are taken off is rounding below it, nats.
ROUNDING = 1e-9
TWO = np.array([2])
RELEVANCE, GIVEN, COSTS = "relevance", "given the picks", "costs"


def in_nats(criterion: Criterion) -> bool:
    """Whether a score has the unit of its terms: it doubles where all of them do."""
    if not criterion.pairwise:
        return criterion.search not in WHOLE
    terms = np.array([[0.3], [0.2], [0.1], [0.05], [1.0]])
    once, twice = (_score(criterion, Pair(*(k * terms)), TWO) for k in (1, 2))
    return bool(np.allclose(2 * once, twice))


def parts_of_scores(path: pd.DataFrame, criterion: Criterion) -> pd.DataFrame:
    """Split each score of a path into parts that add up to it, nats.

    Where contributions of picks are summed up, the parts are relevance, redundancy and
    conditional redundancy with their weights and signs, as far as the criterion has
    them. Of another score, as a minimum, they are the relevance and what is taken off
    or added, given the picks. Costs, if there are any, are apart.
    """
    relevance, score = path["relevance"].to_numpy(), path["score"].to_numpy()
    parts = {RELEVANCE: relevance}
    if _is_sum(criterion):
        parts |= _weighted(path, criterion)
        rest = score - sum(parts.values())
        if (np.abs(rest) > ROUNDING).any():
            parts[COSTS] = rest
    elif (np.abs(score - relevance) > ROUNDING).any():
        parts[GIVEN] = score - relevance
    return pd.DataFrame(parts, index=path.index)


def _weighted(path: pd.DataFrame, criterion: Criterion) -> dict[str, FloatArray]:
    """Redundancy and conditional redundancy as they enter the score."""
    columns = ["relevance", "redundancy", "conditional_redundancy"]
    relevance, redundancy, conditional = path[columns].fillna(0.0).to_numpy().T
    nothing, n_picks = np.zeros(len(path)), np.arange(len(path))
    plain, less, whole = (
        _score(criterion, Pair(relevance, nothing, r, c, nothing), n_picks)
        for r, c in (
            (nothing, nothing),
            (redundancy, nothing),
            (redundancy, conditional),
        )
    )
    found = {}
    if REDUNDANCY in criterion.terms:
        found["redundancy"] = less - plain
    if CONDITIONAL_REDUNDANCY in criterion.terms:
        found["conditional redundancy"] = whole - less
    return found


def _is_sum(criterion: Criterion) -> bool:
    """Whether a score is its relevance and a sum over picks, linear in their terms."""
    if not criterion.pairwise or criterion.reduction != "sum":
        return False
    redundancy = np.array([0.0, 0.2, 0.02, 0.22])
    conditional = np.array([0.0, 0.06, 0.16, 0.22])
    relevance, of_picks, entropy = (np.full(4, value) for value in (0.3, 0.2, 1.0))
    pair = Pair(relevance, of_picks, redundancy, conditional, entropy)
    none, some, others, both = _score(criterion, pair, TWO)
    return bool(np.allclose([none, some + others - none], [0.3, both]))


def _score(criterion: Criterion, pair: Pair, n_picks: IntArray) -> FloatArray:
    """Score of candidates whose terms are the same with each of so many picks."""
    contribution = criterion.contribution(pair, criterion.parameters)
    if criterion.reduction == "sum":
        contribution = contribution * n_picks
    relevance, n = pair.relevance, np.maximum(n_picks, 1)
    # A score takes one number of picks; arrays of them go as well.
    score = criterion.score(relevance, contribution, n, criterion.parameters)  # type: ignore[arg-type]
    # Without picks it is the relevance, whatever the criterion.
    return np.where(n_picks > 0, score, relevance)
