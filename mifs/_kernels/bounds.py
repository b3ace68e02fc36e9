"""A lazy step of a search over a small table, in one loop.

A score over some of the picks is an upper bound of the score. Candidates are evaluated
against the picks that they lack until none of the others can win, tie or come second.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit

# Scores that are compared at once.
BATCH = 256
# Candidates of the best bounds that come before the others, which raises the bar.
FIRST = 2
# What a pick contributes, and the score: of CMIM, ICAP, JMIM and NJMIM, and of CMIM
# without the relevance. See `mifs.criteria`.
CMIM, ICAP, JMIM, NJMIM, CMIM_OF_PICKS = range(5)


class SmallTable(NamedTuple):
    """Codes of a table, and the sums F = Σ n log n that turn counts into terms.

    Attributes
    ----------
    codes : ndarray of shape (·, n), uint8
    rows, n_levels : ndarray of shape (p,), int64
        Row of each column in the codes; its levels.
    classes : ndarray of shape (n,)
    n_classes, most_cells : int
        Classes; cells of the largest table of two columns and the class.
    plogp : ndarray of shape (n + 1,), int64
        c log c, as scaled integers.
    f_k, f_ky : ndarray of shape (p,), int64
        Of the columns, without the class and with it.
    f_n, f_y : int
        Of the rows, and of the classes.
    unit : float
        Of what the sums are multiples.
    """

    codes: Array
    rows: Array
    n_levels: Array
    classes: Array
    n_classes: int
    most_cells: int
    plogp: Array
    f_k: Array
    f_ky: Array
    f_n: int
    f_y: int
    unit: float


class Standing(NamedTuple):
    """What the picks contributed so far, (p,) each, to be updated.

    Attributes
    ----------
    relevance, reduced, redundancy, conditional : ndarray, float64
    seen : ndarray, intp
        How many of the picks each candidate was evaluated against.
    """

    relevance: Array
    reduced: Array
    redundancy: Array
    conditional: Array
    seen: Array


@njit
def complete_best(
    table: SmallTable,
    standing: Standing,
    picks: Array,
    scores: Array,
    costs: Array,
    kind: int,
    tolerance: float,
    most: int,
) -> tuple[int, bool]:
    """Evaluate candidates until the first two scores are exact, and all that are tied.

    ``scores`` (p,) are bounds less ``costs``, -inf where closed, and are updated. It
    gives up after more than so many evaluations. Returns their number, and whether it
    came to the end.
    """
    cells = np.empty(table.most_cells, np.int32)
    places = np.empty(table.classes.shape[0], np.uint16)
    seen, n_picks = standing.seen, picks.shape[0]
    best, second = _two_exact(scores, seen, n_picks)
    n = turn = 0
    k = -1
    while n <= most:
        bar = second - tolerance
        if turn < FIRST:
            k = _highest(scores, seen, n_picks, bar)
        else:
            k = _next(scores, seen, n_picks, bar, 0 if turn == FIRST else k + 1)
        if k < 0:
            return n, True
        turn += 1
        while seen[k] < n_picks and scores[k] >= bar:
            _evaluate(table, standing, k, picks[seen[k]], kind, cells, places)
            scores[k] = _score(standing, k, kind) - costs[k]
            n += 1
        if seen[k] == n_picks and scores[k] > second:
            second, best = min(best, scores[k]), max(best, scores[k])
    return n, False


@inlined
def _two_exact(scores: Array, seen: Array, n_picks: int) -> tuple[float, float]:
    """Largest two scores of those that have seen all picks, or -inf."""
    best = second = -np.inf
    some: Any = 0
    for own in seen:
        some += np.int64(own == n_picks)
    for k in range(scores.shape[0] if some else 0):
        if seen[k] == n_picks and scores[k] > second:
            second, best = min(best, scores[k]), max(best, scores[k])
    return best, second


@inlined
def _some(scores: Array, first: int, bar: float) -> bool:
    """Whether some score of a batch is not below the bar: one comparison in vectors."""
    found: Any = 0
    for k in range(first, min(first + BATCH, scores.shape[0])):
        found |= np.int64(scores[np.uint64(k)] >= bar)
    return bool(found)


@njit
def _highest(scores: Array, seen: Array, n_picks: int, bar: float) -> int:
    """Candidate of the best bound that has not seen all picks; -1: all are below."""
    place, highest = -1, bar
    for first in range(0, scores.shape[0], BATCH):
        if _some(scores, first, highest):
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
        if _some(scores, first, bar):
            for k in range(first, last):
                is_open = scores[k] >= bar and scores[k] > -np.inf
                if is_open and seen[k] < n_picks:
                    return k
        first = last
    return -1


@inlined
def _evaluate(
    table: SmallTable,
    standing: Standing,
    k: int,
    j: int,
    kind: int,
    cells: Array,
    places: Array,
) -> None:
    """Add what pick j contributes to candidate k."""
    plain, by_class = _sums(table, k, j, cells, places)
    n_rows = np.float64(table.classes.shape[0])
    shared = plain - (table.f_k[k] + table.f_k[j]) + table.f_n
    given = by_class - (table.f_ky[k] + table.f_ky[j]) + table.f_y
    redundancy = np.float64(shared) * table.unit / n_rows
    conditional = np.float64(given) * table.unit / n_rows
    entropy = np.float64(table.f_n - by_class) * table.unit / n_rows
    standing.redundancy[k] += redundancy
    standing.conditional[k] += conditional
    standing.seen[k] += 1
    if kind == ICAP:
        standing.reduced[k] += max(redundancy - conditional, 0.0)
    else:
        own = standing.relevance[k] - redundancy + conditional
        if kind in (JMIM, NJMIM):
            own = standing.relevance[j] + own
        if kind == NJMIM:
            own = own / entropy if entropy > 0 else 0.0
        standing.reduced[k] = min(standing.reduced[k], own)


@inlined
def _score(standing: Standing, k: int, kind: int) -> Any:
    """Score of a candidate over the picks that it has seen."""
    score = standing.reduced[k]
    if kind == CMIM:
        score = min(standing.relevance[k], score)
    elif kind == ICAP:
        score = standing.relevance[k] - score
    return score


@inlined
def _sums(
    table: SmallTable, k: int, j: int, cells: Array, places: Array
) -> tuple[int, int]:
    """F of two columns, and of them and the class.

    First the cells of all rows, in vectors, then their counts.
    """
    x, z, y = table.codes[table.rows[k]], table.codes[table.rows[j]], table.classes
    n_z, n_y = np.uint16(table.n_levels[j]), np.uint16(table.n_classes)
    for r in range(x.shape[0]):
        at = np.uint64(r)
        pair = np.uint16(x[at]) * n_z + np.uint16(z[at])
        places[at] = np.uint16(pair * n_y + np.uint16(y[at]))
    counts = cells[: table.n_levels[k] * table.n_levels[j] * table.n_classes]
    counts[:] = 0
    for r in range(x.shape[0]):
        counts[np.uint64(places[np.uint64(r)])] += 1
    plain = by_class = 0
    for first in range(0, counts.shape[0], table.n_classes):
        over_classes = 0
        for cell in range(first, first + table.n_classes):
            count = counts[np.uint64(cell)]
            by_class += table.plogp[np.uint64(count)]
            over_classes += count
        plain += table.plogp[np.uint64(over_classes)]
    return plain, by_class
