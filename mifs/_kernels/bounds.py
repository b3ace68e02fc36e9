"""Steps of a search over a small table in one loop, lazy where bounds help.

A score over some of the picks is an upper bound of the score. Candidates are evaluated
against the picks that they lack until none of the others can win, tie or come second.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.choice import BATCH, best_two, some
from mifs._kernels.expected import is_expected, look_up, of_pair, take_off
from mifs._kernels.jit import inlined, inlined_by_type, njit
from mifs._kernels.small_table import Scratch, SmallTable, room_for, sums_of_pair
from mifs._kernels.standing import (
    MRMR,
    NJMIM,
    Rule,
    Standing,
    all_lack,
    least_seen,
    n_open,
    reduced_by,
    score,
    score_of,
)
from mifs._kernels.ternary import Ternary, round_sums

# Candidates of the best bounds that come before the others, which raises the bar.
FIRST = 2
# A pair takes so many times as long alone as in a round.
LOOP = 6
# After a step that bounds did not help, so many times as many are whole rounds.
PAUSE = 2


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
    scratch, scores = room_for(table, closed.shape[0]), np.empty(closed.shape[0])
    pause = lazy_from = 1
    n_evaluations, helped = 0, True
    for step in range(steps.feature.shape[0]):
        n = n_picks + step
        so_far = picks[:n]
        exact = n == 0
        tried = not exact and rule.lazy and n >= lazy_from
        tried = tried and score_of(standing, picks[n - 1], n, rule) < np.inf
        if is_expected(table.expected):
            look_up(table.expected, so_far)
            if rule.kind < MRMR:
                look_up(table.expected_by_class, so_far)
        if exact or tried:
            _update(standing, n, rule, closed, costs, scores)
        if tried:
            done, exact = _complete_best(
                table, standing, so_far, scores, costs, rule, scratch
            )
            n_evaluations += done
            if not exact:
                pause *= PAUSE
                lazy_from = n + pause
                helped = False
        if not exact and not rule.rounds:
            return step, n_evaluations, helped
        if not exact:
            n_evaluations += _complete_all(
                table, table.bits, table.plain, standing, so_far, closed, rule, scratch
            )
            _update(standing, n, rule, closed, costs, scores)
        winner, second = best_two(scores, rule.tolerance)
        _keep(standing, scores, winner, second, steps, step)
        picks[n], closed[winner] = winner, True
    return steps.feature.shape[0], n_evaluations, helped


@inlined
def _update(
    standing: Standing, n: int, rule: Rule, closed: Array, costs: Array, scores: Array
) -> None:
    """Scores over the picks that each candidate has seen; -inf where closed."""
    relevance, reduced = standing.relevance, standing.reduced
    kind, weight, picks = rule.kind, rule.weight, np.float64(n)
    for k in range(scores.shape[0]):
        at = np.uint64(k)
        found = relevance[at]
        if n > 0:
            found = score(relevance[at], reduced[at], kind, weight, picks)
        scores[at] = -np.inf if closed[at] else found - costs[at]


@inlined
def _keep(
    standing: Standing, scores: Array, winner: int, second: int, steps: Steps, at: int
) -> None:
    """Write a choice down."""
    steps.feature[at], steps.runner_up[at] = winner, second
    steps.score[at] = scores[winner]
    steps.margin[at] = scores[winner] - scores[second] if second >= 0 else np.nan
    steps.redundancy[at] = standing.redundancy[winner]
    steps.conditional[at] = standing.conditional[winner]


@inlined
def _complete_best(
    table: SmallTable,
    standing: Standing,
    picks: Array,
    scores: Array,
    costs: Array,
    rule: Rule,
    scratch: Scratch,
) -> tuple[int, bool]:
    """Evaluate candidates until the first two scores are exact, and all that are tied.

    ``scores`` (p,) are bounds less ``costs``, -inf where closed, and are updated. It
    gives up where whole rounds, of all that candidates lack, would take less time.
    Returns the number of evaluations, and whether it came to the end.
    """
    seen, n_picks = standing.seen, picks.shape[0]
    most = n_picks * seen.shape[0]
    for own in seen:
        most -= own
    most //= LOOP
    best, second = _two_exact(scores, seen, n_picks)
    n = turn = 0
    k = -1
    while n <= most:
        bar = second - rule.tolerance
        if turn < FIRST:
            k = _highest(scores, seen, n_picks, bar)
        else:
            k = _next(scores, seen, n_picks, bar, 0 if turn == FIRST else k + 1)
        if k < 0:
            return n, True
        turn += 1
        while seen[k] < n_picks and scores[k] >= bar:
            j = picks[seen[k]]
            sums = sums_of_pair(table, table.bits, k, j, scratch)
            _add(table, standing, k, j, _beyond_chance(table, k, seen[k], sums), rule)
            scores[k] = score_of(standing, k, n_picks, rule) - costs[k]
            n += 1
        if seen[k] == n_picks and scores[k] > second:
            second, best = min(best, scores[k]), max(best, scores[k])
    return n, False


@inlined
def _two_exact(scores: Array, seen: Array, n_picks: int) -> tuple[float, float]:
    """Largest two scores of those that have seen all picks, or -inf."""
    best = second = -np.inf
    any_: Any = 0
    for own in seen:
        any_ += np.int64(own == n_picks)
    for k in range(scores.shape[0] if any_ else 0):
        if seen[k] == n_picks and scores[k] > second:
            second, best = min(best, scores[k]), max(best, scores[k])
    return best, second


@njit
def _highest(scores: Array, seen: Array, n_picks: int, bar: float) -> int:
    """Candidate of the best bound that has not seen all picks; -1: all are below."""
    place, highest = -1, bar
    for first in range(0, scores.shape[0], BATCH):
        if some(scores, first, highest):
            for k in range(first, min(first + BATCH, scores.shape[0])):
                higher = scores[k] > highest or (place < 0 and scores[k] == highest)
                if higher and seen[k] < n_picks and scores[k] > -np.inf:
                    place, highest = k, scores[k]
    return place


@njit
def _next(scores: Array, seen: Array, n_picks: int, bar: float, start: int) -> int:
    """Next candidate not below the bar that has not seen all picks; -1: there is none.

    Closed candidates score -inf.
    """
    first = start
    while first < scores.shape[0]:
        last = min(first + BATCH, scores.shape[0])
        if some(scores, first, bar):
            for k in range(first, last):
                is_open = scores[k] >= bar and scores[k] > -np.inf
                if is_open and seen[k] < n_picks:
                    return k
        first = last
    return -1


@inlined_by_type
def _complete_all(
    table: SmallTable,
    by_class: Ternary | None,
    plain: Ternary | None,
    standing: Standing,
    picks: Array,
    closed: Array,
    rule: Rule,
    scratch: Scratch,
) -> int:
    """Evaluate all open candidates against the picks that they lack, in rounds."""
    if by_class is None or plain is None:
        return 0
    seen, columns, sums = standing.seen, scratch.columns, scratch.sums
    bits = plain if rule.kind >= MRMR else by_class
    newest = picks.shape[0] - 1
    if rule.kind >= MRMR and all_lack(seen, newest):
        for k in range(seen.shape[0]):
            columns[np.uint64(k)] = k
        round_sums(bits, columns, picks[newest], table.plogp, sums)
        if is_expected(table.expected):
            take_off(table.expected, columns, newest, sums[0])
        _add_redundancies(table, standing, picks[newest], sums[0])
        return int(n_open(closed))
    least, n = least_seen(seen, closed, picks.shape[0]), 0
    for step in range(least, picks.shape[0]):
        behind = 0
        for k in range(seen.shape[0]):
            at = np.uint64(k)
            columns[behind] = k
            behind += (seen[at] <= step) & ~closed[at]
        n += behind
        if 2 * behind > seen.shape[0]:
            # Neighbours are counted faster, and nobody looks at the others.
            behind = seen.shape[0]
            for k in range(behind):
                columns[np.uint64(k)] = k
        some = columns[:behind]
        round_sums(bits, some, picks[step], table.plogp, sums)
        if is_expected(table.expected):
            take_off(table.expected, some, step, sums[0])
            if rule.kind < MRMR:
                take_off(table.expected_by_class, some, step, sums[1])
        _add_round(table, standing, some, picks[step], step, sums, rule.kind)
    return n


@inlined
def _add_redundancies(
    table: SmallTable, standing: Standing, j: int, plain: Array
) -> None:
    """Add what pick j contributes where contributions are redundancies, in vectors."""
    n_rows, unit, f_k = np.float64(table.classes.shape[0]), table.unit, table.f_k
    rest, seen = table.f_n - f_k[j], standing.seen
    redundancies, reduced = standing.redundancy, standing.reduced
    for i in range(seen.shape[0]):
        k = np.uint64(i)
        redundancy = np.float64(plain[k] - f_k[k] + rest) * unit / n_rows
        redundancies[k] += redundancy
        reduced[k] += redundancy
        seen[k] += 1


@inlined
def _beyond_chance(
    table: SmallTable, k: int, step: int, sums: tuple[Any, Any]
) -> tuple[Any, Any]:
    """Take off the sums of a candidate and the pick of a step what chance adds."""
    plain, by_class = sums
    if is_expected(table.expected):
        plain -= of_pair(table.expected, k, step)
        by_class -= of_pair(table.expected_by_class, k, step)
    return plain, by_class


@inlined
def _add(
    table: SmallTable,
    standing: Standing,
    k: int,
    j: int,
    sums: tuple[Any, Any],
    rule: Rule,
) -> None:
    """Add what pick j contributes to candidate k."""
    n_rows, unit = np.float64(table.classes.shape[0]), table.unit
    plain, by_class = sums
    shared = plain - (table.f_k[k] + table.f_k[j]) + table.f_n
    given = by_class - (table.f_ky[k] + table.f_ky[j]) + table.f_y
    redundancy = np.float64(shared) * unit / n_rows
    conditional = np.float64(given) * unit / n_rows
    entropy = np.float64(table.f_n - by_class) * unit / n_rows
    standing.redundancy[k] += redundancy
    standing.conditional[k] += conditional
    standing.seen[k] += 1
    standing.reduced[k] = reduced_by(
        rule.kind,
        standing.reduced[k],
        standing.relevance[k],
        standing.relevance[j],
        redundancy,
        conditional,
        entropy,
    )


@inlined
def _add_round(
    table: SmallTable,
    standing: Standing,
    columns: Array,
    j: int,
    step: int,
    sums: tuple[Array, Array],
    kind: int,
) -> None:
    """Add what pick j, of a step, contributes to those of some columns that lack it.

    Closed ones, too: nobody looks at them again.
    """
    n_rows, unit = np.float64(table.classes.shape[0]), table.unit
    f_k, f_ky, f_n = table.f_k, table.f_ky, table.f_n
    rest, rest_y = f_n - f_k[j], table.f_y - f_ky[j]
    plain, by_class, seen = sums[0], sums[1], standing.seen
    relevance, reduced = standing.relevance, standing.reduced
    redundancies, conditionals = standing.redundancy, standing.conditional
    of_pick = relevance[j]
    for i in range(columns.shape[0]):
        at, k = np.uint64(i), np.uint64(columns[np.uint64(i)])
        if seen[k] > step:
            continue
        seen[k] += 1
        redundancy = np.float64(plain[at] - f_k[k] + rest) * unit / n_rows
        redundancies[k] += redundancy
        if kind >= MRMR:
            reduced[k] += redundancy
            continue
        conditional = np.float64(by_class[at] - f_ky[k] + rest_y) * unit / n_rows
        conditionals[k] += conditional
        entropy = 0.0
        if kind == NJMIM:
            entropy = np.float64(f_n - by_class[at]) * unit / n_rows
        reduced[k] = reduced_by(
            kind, reduced[k], relevance[k], of_pick, redundancy, conditional, entropy
        )
