"""Steps of a search over a small table in one loop, lazy where bounds help.

A score over some of the picks is an upper bound of the score. Candidates are evaluated
against the picks that they lack until none of the others can win, tie or come second.
Most candidates never can: steps look at a list of those that may.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.choice import BATCH, best_two, some
from mifs._kernels.expected import is_expected, look_up, take_off
from mifs._kernels.jit import inlined, njit
from mifs._kernels.rounds import TiledColumns, sums_of_round
from mifs._kernels.small_table import (
    Scratch,
    SmallTable,
    add_round,
    evaluate_all,
    evaluate_pair,
    labels,
    room,
)
from mifs._kernels.standing import (
    MRMR,
    Rule,
    Standing,
    n_open,
    open_lack,
    score,
    score_of,
    scores_of,
)

# Candidates of the best bounds that come before the others, which raises the bar.
FIRST = 2
# A pair takes so many times as long alone as in a round.
LOOP = 6
# After a step that bounds did not help, so many times as many are whole rounds.
PAUSE = 2
# Candidates that are listed at first; later so many times as many as reach the bar.
LISTED = 128
GROWTH = 2
# Halvings of the range of the bounds, to find how many candidates reach which.
HALVINGS = 10


class Steps(NamedTuple):
    """Choices, to be filled, (most,) each.

    Attributes
    ----------
    feature, runner_up : ndarray, intp
        -1: there was no second.
    score, margin : ndarray, float64
    redundancy, conditional : ndarray, float64
        Sums over the earlier picks.
    """

    feature: Array
    runner_up: Array
    score: Array
    margin: Array
    redundancy: Array
    conditional: Array


class Shortlist(NamedTuple):
    """Candidates whose bounds, now or after more picks, reach a floor.

    Attributes
    ----------
    columns : ndarray of shape (p,), int64
        The first of them are listed, in ascending order.
    scores : ndarray of shape (p,), float64
        Their scores over the picks that they have seen, less costs; -inf where closed.
    size : ndarray of shape (1,), int64
        How many are listed.
    floor : ndarray of shape (1,), float64
        Infinite where nobody is listed, -inf where all are.
    """

    columns: Array
    scores: Array
    size: Array
    floor: Array


@njit
def choose(
    table: SmallTable,
    standing: Standing,
    picks: Array,
    n_picks: int,
    closed: Array,
    costs: Array,
    rule: Rule,
    steps: Steps,
) -> tuple[int, int, bool]:
    """Choose as many features as there is room for, each the best given those before.

    ``picks`` holds the earlier ones, and takes the new; ``closed`` too. Returns how
    many were found, how many pairs were evaluated, and whether bounds helped. Fewer
    are found where a whole round is to be evaluated elsewhere before the next.
    """
    scratch = room(table, rule.kind, closed.shape[0])
    listed = _nobody(closed.shape[0])
    pause = lazy_from = 1
    n_evaluations, helped = 0, True
    for step in range(steps.feature.shape[0]):
        n = n_picks + step
        so_far = picks[:n]
        exact = n == 0
        tried = not exact and rule.lazy and n >= lazy_from
        tried = tried and score_of(standing, picks[n - 1], n, rule) < np.inf
        if scratch.corrected:
            look_up(table.expected, so_far)
            if rule.kind < MRMR:
                look_up(table.expected_by_class, so_far)
        if tried:
            done, exact = _complete_best(
                table, standing, so_far, listed, closed, costs, rule, scratch
            )
            n_evaluations += done
            if not exact:
                pause *= PAUSE
                lazy_from = n + pause
                helped = False
        if not exact and not rule.rounds:
            return step, n_evaluations, helped
        if not exact:
            n_evaluations += evaluate_all(
                table, scratch.bits, standing, so_far, closed, rule, scratch
            )
        size = listed.size[0] if tried and exact else closed.shape[0]
        if not (tried and exact):
            scores_of(standing, n, rule, closed, costs, listed.scores)
            listed.size[0], listed.floor[0] = 0, np.inf
        winner, second = best_two(listed.scores[:size], rule.tolerance)
        _keep_scores(listed.scores, winner, second, steps, step)
        if tried and exact:
            listed.scores[winner] = -np.inf
            winner = listed.columns[winner]
            second = listed.columns[second] if second >= 0 else second
        _keep(standing, winner, second, steps, step)
        picks[n], closed[winner] = winner, True
    return steps.feature.shape[0], n_evaluations, helped


@njit
def choose_in_rounds(
    table: SmallTable,
    tiled: tuple[TiledColumns, Array],
    standing: Standing,
    picks: Array,
    n_picks: int,
    closed: Array,
    costs: Array,
    rule: Rule,
    steps: Steps,
) -> tuple[int, int]:
    """Choose as `choose`, with a whole round in tiles before each step.

    ``tiled`` holds the columns in tiles and `mifs._kernels.sums.paired_table`. Fewer
    are found where candidates lack more than the newest pick.
    """
    p, n_evaluations, tables = closed.shape[0], 0, (table.plogp, tiled[1])
    n_classes = table.n_classes if rule.kind < MRMR else 1
    base, scores = np.empty(table.classes.shape[0], np.uint32), np.empty(p)
    sums, columns = (np.empty(p, np.int64), np.empty(p, np.int64)), np.arange(p)
    for step in range(steps.feature.shape[0]):
        n = n_picks + step
        if n > 0:
            if not open_lack(standing.seen, closed, n - 1):
                return step, n_evaluations
            j = picks[n - 1]
            labels(table, j, n_classes, base)
            groups = table.n_levels[j] * n_classes, n_classes
            sums_of_round(tiled[0], base, groups, tables, sums)
            by_class, plain = sums
            if is_expected(table.expected):
                look_up(table.expected, picks[:n])
                take_off(table.expected, columns, n - 1, plain)
                if rule.kind < MRMR:
                    look_up(table.expected_by_class, picks[:n])
                    take_off(table.expected_by_class, columns, n - 1, by_class)
            add_round(table, standing, columns, j, n - 1, (plain, by_class), rule.kind)
            n_evaluations += n_open(closed)
        scores_of(standing, n, rule, closed, costs, scores)
        winner, second = best_two(scores, rule.tolerance)
        _keep_scores(scores, winner, second, steps, step)
        _keep(standing, winner, second, steps, step)
        picks[n], closed[winner] = winner, True
    return steps.feature.shape[0], n_evaluations


@inlined
def _nobody(p: int) -> Any:
    """Make an empty list of p candidates."""
    size, floor = np.zeros(1, np.int64), np.full(1, np.inf)
    return Shortlist(np.empty(p, np.int64), np.empty(p, np.float64), size, floor)


@inlined
def _keep_scores(
    scores: Array, winner: int, second: int, steps: Steps, at: int
) -> None:
    """Write down how good a choice is, of places among the scores."""
    steps.score[at] = scores[winner]
    steps.margin[at] = scores[winner] - scores[second] if second >= 0 else np.nan


@inlined
def _keep(standing: Standing, winner: int, second: int, steps: Steps, at: int) -> None:
    """Write a choice down."""
    steps.feature[at], steps.runner_up[at] = winner, second
    steps.redundancy[at] = standing.redundancy[winner]
    steps.conditional[at] = standing.conditional[winner]


@inlined
def _complete_best(
    table: SmallTable,
    standing: Standing,
    picks: Array,
    listed: Shortlist,
    closed: Array,
    costs: Array,
    rule: Rule,
    scratch: Scratch,
) -> tuple[int, bool]:
    """Evaluate candidates until the first two scores are exact, and all that are tied.

    All of them are listed then. It gives up where whole rounds, of all that candidates
    lack, would take less time. Returns the number of evaluations, and whether it came
    to the end.
    """
    seen, n_picks = standing.seen, picks.shape[0]
    scores, columns = listed.scores, listed.columns
    most = n_picks * seen.shape[0]
    for own in seen:
        most -= own
    most //= LOOP
    if rule.kind == MRMR:
        # The others have scores that do not change with the number of picks.
        _score_listed(standing, listed, n_picks, rule, closed, costs)
    best = second = -np.inf
    n = turn = 0
    at = -1
    while n <= most:
        bar = second - rule.tolerance
        if turn < FIRST:
            at = _highest(listed, seen, n_picks, bar)
        else:
            at = _next(listed, seen, n_picks, bar, 0 if turn == FIRST else at + 1)
        turn += 1
        if at < 0:
            if bar >= listed.floor[0]:
                return n, True
            _list(standing, listed, n_picks, rule, closed, costs, bar)
            turn = 0 if second == -np.inf else FIRST
            continue
        k = columns[at]
        while seen[k] < n_picks and scores[at] >= bar:
            evaluate_pair(table, standing, k, picks[seen[k]], rule, scratch)
            scores[at] = score_of(standing, k, n_picks, rule) - costs[k]
            n += 1
        if seen[k] == n_picks and scores[at] > second:
            second, best = min(best, scores[at]), max(best, scores[at])
    return n, False


@inlined
def _list(
    standing: Standing,
    listed: Shortlist,
    n: int,
    rule: Rule,
    closed: Array,
    costs: Array,
    bar: float,
) -> None:
    """List more candidates than reach a bar, by their bounds over any more picks."""
    bounds, columns, p = listed.scores, listed.columns, closed.shape[0]
    scores_of(standing, np.inf, rule, closed, costs, bounds)
    reaching = _n_reaching(bounds, bar) if bar > -np.inf else listed.size[0]
    wanted = max(GROWTH * reaching, LISTED)
    floor = _reached_by(bounds, wanted) if GROWTH * wanted < p else -np.inf
    size = 0
    for k in range(p):
        columns[size] = k
        size += bounds[k] >= floor
    listed.size[0], listed.floor[0] = size, floor
    _score_listed(standing, listed, n, rule, closed, costs)


@inlined
def _reached_by(bounds: Array, wanted: int) -> Any:
    """Floor that so many of the bounds reach, and not many more; -inf: none is such."""
    low, high = np.inf, -np.inf
    for bound in bounds:
        if abs(bound) < np.inf:
            low, high = min(low, bound), max(high, bound)
    if _n_reaching(bounds, low) < wanted:
        # Few are open: the scores of all may come to lie below their bounds.
        return -np.inf
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        enough = _n_reaching(bounds, middle) >= wanted
        low, high = (middle, high) if enough else (low, middle)
    return low


@inlined
def _n_reaching(bounds: Array, bar: float) -> Any:
    """How many of the bounds are not below a bar."""
    n: Any = 0
    for k in range(bounds.shape[0]):
        n += np.int64(bounds[np.uint64(k)] >= bar)
    return n


@njit
def _score_listed(
    standing: Standing,
    listed: Shortlist,
    n: int,
    rule: Rule,
    closed: Array,
    costs: Array,
) -> None:
    """Scores of those that are listed, of n picks."""
    relevance, reduced, scores = standing.relevance, standing.reduced, listed.scores
    kind, weight, picks = rule.kind, rule.weight, np.float64(n)
    for i in range(listed.size[0]):
        at = np.uint64(i)
        k = np.uint64(listed.columns[at])
        found = score(relevance[k], reduced[k], kind, weight, picks)
        scores[at] = -np.inf if closed[k] else found - costs[k]


@inlined
def _highest(listed: Shortlist, seen: Array, n_picks: int, bar: float) -> int:
    """Place of the best bound that has not seen all picks; -1: all are below."""
    place, highest = -1, bar
    scores, columns, size = listed.scores, listed.columns, listed.size[0]
    for first in range(0, size, BATCH):
        if some(scores, first, highest):
            for i in range(first, min(first + BATCH, size)):
                higher = scores[i] > highest or (place < 0 and scores[i] == highest)
                if higher and seen[columns[i]] < n_picks and scores[i] > -np.inf:
                    place, highest = i, scores[i]
    return place


@inlined
def _next(listed: Shortlist, seen: Array, n_picks: int, bar: float, start: int) -> int:
    """Next place not below the bar that has not seen all picks; -1: there is none.

    Closed candidates score -inf.
    """
    scores, columns, size = listed.scores, listed.columns, listed.size[0]
    place = start
    while place < size:
        if place % BATCH == 0 and not some(scores, place, bar):
            place += BATCH
            continue
        is_open = scores[place] >= bar and scores[place] > -np.inf
        if is_open and seen[columns[place]] < n_picks:
            return place
        place += 1
    return -1
