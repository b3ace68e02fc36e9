"""Kernels that choose among scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.selection import kth_smallest

# Scores that are compared at once.
BATCH = 256


@njit
def open_scores(scores: Array, costs: Array, closed: Array) -> Array:
    """Scores (p,) less costs, -inf where closed."""
    left = np.empty(scores.shape[0], np.float64)
    for k in range(left.shape[0]):
        left[k] = -np.inf if closed[k] else scores[k] - costs[k]
    return left


@inlined
def some(scores: Array, first: int, bar: float) -> bool:
    """Whether some score of a batch is not below the bar: one comparison in vectors."""
    found: Any = 0
    for k in range(first, min(first + BATCH, scores.shape[0])):
        found |= np.int64(scores[np.uint64(k)] >= bar)
    return bool(found)


@njit
def open_bounds(
    scores: Array, costs: Array, closed: Array, seen: Array, n_picks: int
) -> tuple[Array, float, float]:
    """`open_scores`, and the largest two of those that have seen so many picks."""
    left = open_scores(scores, costs, closed)
    largest, second = _two_largest(left, seen, n_picks)
    return left, largest, second


@inlined
def _two_largest(scores: Array, seen: Array, n_picks: int) -> tuple[float, float]:
    """Largest two scores of those that have seen so many picks, or -inf."""
    largest = second = -np.inf
    for first in range(0, scores.shape[0], BATCH):
        if some(scores, first, second):
            for k in range(first, min(first + BATCH, scores.shape[0])):
                if scores[k] > second and seen[k] == n_picks:
                    second = min(largest, scores[k])
                    largest = max(largest, scores[k])
    return largest, second


@njit
def best_behind(
    scores: Array, seen: Array, n_picks: int, bar: float, most: int
) -> Array:
    """Best of the candidates not below the bar that have seen fewer picks.

    In ascending order; of equal ones the first. Closed candidates score -inf.
    """
    found = _behind(scores, seen, n_picks, bar)
    if found.shape[0] <= most:
        return found
    least = kth_smallest(scores[found], found.shape[0] - most)
    ties = most
    for k in found:
        ties -= scores[k] > least
    n = 0
    for k in found:
        if scores[k] > least or (scores[k] == least and ties > 0):
            ties -= scores[k] == least
            found[n] = k
            n += 1
    return found[:n]


@inlined
def _behind(scores: Array, seen: Array, n_picks: int, bar: float) -> Array:
    """Candidates not below the bar that have seen fewer picks, and are not closed."""
    found = np.empty(scores.shape[0], np.intp)
    n = 0
    for first in range(0, scores.shape[0], BATCH):
        if some(scores, first, bar):
            for k in range(first, min(first + BATCH, scores.shape[0])):
                is_open = scores[k] >= bar and scores[k] > -np.inf
                if is_open and seen[k] < n_picks:
                    found[n] = k
                    n += 1
    return found[:n]


@njit
def best_two(scores: Array, tolerance: float) -> tuple[int, int]:
    """Winner and runner-up; closed candidates score -inf, and -1 means there is none.

    Scores within the tolerance of the best are tied, and the first of them wins.
    """
    place, largest, next_ = _top(scores)
    winner = _first_within(scores, largest - tolerance, -1)
    if winner != place:
        next_ = largest
    if next_ == -np.inf:
        return winner, -1
    return winner, _first_within(scores, next_ - tolerance, winner)


@njit
def best_of_each(scores: Array, tolerances: Array) -> Array:
    """Winner of each row of scores (·, p), as of `best_two`."""
    winners = np.empty(scores.shape[0], np.intp)
    for r in range(winners.shape[0]):
        own = scores[r]
        winners[r] = _first_within(own, _top(own)[1] - tolerances[r], -1)
    return winners


@inlined
def _top(scores: Array) -> tuple[int, float, float]:
    """Place of the largest score, that score, and the largest of the others."""
    place, largest, next_ = -1, -np.inf, -np.inf
    for first in range(0, scores.shape[0], BATCH):
        if some(scores, first, next_):
            for k in range(first, min(first + BATCH, scores.shape[0])):
                if scores[k] > largest:
                    place, largest, next_ = k, scores[k], largest
                elif scores[k] > next_:
                    next_ = scores[k]
    return place, largest, next_


@inlined
def _first_within(scores: Array, bar: float, but: int) -> int:
    """First of the scores not below the bar, but one."""
    for first in range(0, scores.shape[0], BATCH):
        if some(scores, first, bar):
            for k in range(first, min(first + BATCH, scores.shape[0])):
                if scores[k] >= bar and k != but:
                    return k
    return 0
