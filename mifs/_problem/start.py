"""The pair of features that a search begins with.

Two features of which neither tells anything alone (XOR) are found by looking at all
pairs, for the highest I(Xi,Xj;Y). Where a path has two tiers, the first that passes a
test is taken, in this order. A pair passes where

    p · (number of pairs) / .2 ≤ α,   p = max(p(Xi ⊥ Y | Xj), p(Xj ⊥ Y | Xi)),

whichever it is; the other tests have the rest of α. The best of all also passes if both
of its features pass these, one after the other.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._data.parallel import run
from mifs._problem.chance import PAIR, ChanceGate
from mifs._problem.pairs import Pairs, Search, Sides, joined
from mifs._search import Constraints, Start
from mifs._search._greedy import WHOLE
from mifs._search._path import from_best
from mifs.criteria import Criterion
from mifs.estimators import Terms

# Pairs whose joint relevances differ by no more are tied.
TIE = 1e-12
# Pairs that are tested at most.
MOST_TESTED = 100
# Seconds that all pairs may take, and after which it is known what a pair takes.
MOST_SECONDS, MEASURED = 3600.0, 3.0

Progress = Callable[[int, int], None]
# A pair, the more relevant first; p-values of both; their tier.
_Found = tuple[tuple[int, int], tuple[float, float], int]


def check_start(
    start: str | None, criterion: Criterion, constraints: Constraints
) -> None:
    """Refuse what says otherwise what comes first.

    Raises
    ------
    ValueError
        A criterion that orders all features at once, or features that are included.
    """
    if start is None:
        return
    if criterion.search in WHOLE:
        raise ValueError(
            f"criterion {criterion.name!r} orders all features at once: "
            f"start={start!r} has no meaning for it; leave it out"
        )
    if constraints.include:
        raise ValueError(
            f"include and start={start!r} both say what comes first: leave one of "
            "them out"
        )


def pair_start(
    terms: Terms,
    constraints: Constraints,
    gate: ChanceGate | None,
    *,
    n_jobs: int | None,
    progress: Progress | None,
) -> Start | None:
    """Find the pair of highest joint relevance, less its costs; None: there is none.

    Parameters
    ----------
    terms : Terms
        Of units, not kept: of each pair they are asked for once.
    constraints : Constraints
    gate : ChanceGate or None
        Tests of the path, if it has two tiers.
    n_jobs : int or None
    progress : callable or None
        Called as ``progress(n_done, n_pairs)``.

    Raises
    ------
    ValueError
        All pairs would take more than an hour.
    """
    p = len(terms.relevance)
    open_ = np.setdiff1d(np.arange(p), constraints.exclude)
    costs = np.zeros(p) if constraints.costs is None else constraints.costs
    sides = Sides.of(open_, open_, p)
    if not sides.n_pairs:
        return None
    best, likely = _candidates(terms, sides, costs, gate, n_jobs, progress)
    alone = terms.relevance - costs
    pairs = [_ordered(pair, alone) for pair in (*best, *likely)]
    found: _Found = pairs[0], (np.nan, np.nan), 0
    if gate is not None:
        found = _tested(pairs, sides.n_pairs, gate)
    return Start(*found, sides.n_pairs)


def _candidates(
    terms: Terms,
    sides: Sides,
    costs: FloatArray,
    gate: ChanceGate | None,
    n_jobs: int | None,
    progress: Progress | None,
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Give the best of all pairs, and those that may pass a test, the best first."""
    level, counted = 1.0, None
    if gate is not None:
        level = gate.alpha * PAIR / sides.n_pairs
        if len(gate.codes.targets) == 1:
            counted = gate.codes.n_rows, gate.codes.targets[0].n_levels
    most = MOST_TESTED
    search = Search(terms, sides, most, counted, level)
    clock = _Clock(sides.n_pairs, len(sides.picks))

    def block(picks: IntArray) -> tuple[Pairs, Pairs, int]:
        pairs = search.pairs_of(picks)
        net = pairs.joint - (costs[pairs.first] + costs[pairs.second])
        pairs = pairs._replace(joint=net)
        likely = pairs.at(pairs.suspect).best(most)
        return pairs.best(most), likely, len(pairs.joint)

    def tasks() -> Iterator[tuple[IntArray]]:
        # Those that run are waited for: joblib warns of what is cut off.
        return itertools.takewhile(lambda _: clock.refusal is None, search.blocks())

    best: list[Pairs] = []
    likely: list[Pairs] = []
    n_done = 0
    for good, some, n in run(block, tasks(), n_jobs, search.work):
        best = [joined([*best, good]).best(most)]
        likely = [joined([*likely, some]).best(most)]
        n_done += n
        clock.look(n_done)
        if progress is not None and n:
            progress(n_done, sides.n_pairs)
    if clock.refusal is not None:
        raise ValueError(clock.refusal)
    return _in_order(best[0])[:1], _in_order(likely[0])


def _in_order(pairs: Pairs) -> list[tuple[int, int]]:
    """Pairs as a search would take them, one by one, ties by their columns."""
    pairs = pairs.at(np.lexsort((pairs.second, pairs.first)))
    pairs = pairs.at(from_best(pairs.joint, TIE))
    return list(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))


def _ordered(pair: tuple[int, int], alone: FloatArray) -> tuple[int, int]:
    """Put the more relevant first; ties by their columns."""
    first, second = pair
    return (second, first) if alone[second] > alone[first] + TIE else (first, second)


def _tested(pairs: list[tuple[int, int]], n_pairs: int, gate: ChanceGate) -> _Found:
    """Give the first pair that passes, or else the best one."""
    best = pairs[0]
    one_by_one = gate.p_value(best[0], ()), gate.p_value_beside(best[1], best[0])
    if max(one_by_one) <= gate.alpha:
        return best, one_by_one, 1
    least = 1.0
    for pair in dict.fromkeys(pairs):
        p_value = gate.p_value_of_pair(*pair, n_pairs)
        if p_value <= gate.alpha:
            return pair, (p_value, p_value), 1
        least = p_value if pair == best else least
    return best, (least, least), 2


class _Clock:
    """Says of all pairs that they would take hours, as soon as it is seen.

    Attributes
    ----------
    refusal : str or None
        How long they would take; None: no hours, or not known yet.
    """

    def __init__(self, n_pairs: int, n_features: int) -> None:
        self.refusal: str | None = None
        self._n_pairs, self._n_features = n_pairs, n_features
        self._first: tuple[int, float] | None = None
        self._decided = False

    def look(self, n_done: int) -> None:
        """Note how many are done; the first task loads kernels, and does not count."""
        now = time.monotonic()
        if self._first is None:
            self._first = n_done, now
            return
        seconds, n = now - self._first[1], n_done - self._first[0]
        if self._decided or seconds < MEASURED or not n:
            return
        self._decided = True
        each = seconds / n
        left = each * (self._n_pairs - n_done)
        if left > MOST_SECONDS:
            self.refusal = (
                f"start='pair' looks at all {self._n_pairs:,} pairs of "
                f"{self._n_features:,} features, which would take about "
                f"{left / 3600:,.1f} hours ({1e6 * each:.3g} µs a pair, as measured); "
                "choose some thousand of them first, say by MIM, or leave start out"
            )
