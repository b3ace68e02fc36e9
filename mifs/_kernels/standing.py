"""What picks contributed to candidates, and the scores of criteria that a loop knows.

See `mifs.criteria`; to the last bit the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, shared

# CMIM, ICAP, JMIM and NJMIM, CMIM without the relevance, JMI, mRMR and MIFS: the last
# two need no class.
CMIM, ICAP, JMIM, NJMIM, CMIM_OF_PICKS, JMI, MRMR, MIFS = range(8)


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


class Rule(NamedTuple):
    """What scores are, and how they are found.

    Attributes
    ----------
    kind : int
        One of the criteria above.
    weight : float
        Of the contributions of MIFS.
    tolerance : float
        Scores so close to the best are tied.
    lazy, rounds : bool
        Whether bounds are tried; whether whole rounds are evaluated here, from bits.
    """

    kind: int
    weight: float
    tolerance: float
    lazy: bool
    rounds: bool


@inlined
def reduced_by(
    kind: int,
    so_far: float,
    own: float,
    of_pick: float,
    redundancy: float,
    conditional: float,
    entropy: float,
) -> Any:
    """Contributions so far, and that of a pick, from the relevances and the terms."""
    told = own - redundancy + conditional
    if kind in (JMIM, NJMIM):
        told = of_pick + told
    if kind == NJMIM:
        told = told / entropy if entropy > 0 else 0.0
    reduced = min(so_far, told)
    if kind == ICAP:
        reduced = so_far + max(redundancy - conditional, 0.0)
    elif kind == JMI:
        reduced = so_far + (redundancy - conditional)
    elif kind >= MRMR:
        reduced = so_far + redundancy
    return reduced


@inlined
def score(own: float, reduced: float, kind: int, weight: float, n: float) -> Any:
    """Score of a candidate over the picks that it has seen, of n."""
    found = reduced
    if kind == CMIM:
        found = min(own, reduced)
    elif kind == ICAP:
        found = own - reduced
    elif kind in (JMI, MRMR):
        found = own - reduced / n
    elif kind == MIFS:
        found = own - weight * reduced
    return found


@inlined
def score_of(standing: Standing, k: int, n: int, rule: Rule) -> Any:
    """Score of a candidate over the picks that it has seen, of n."""
    own, reduced = standing.relevance[k], standing.reduced[k]
    return score(own, reduced, rule.kind, rule.weight, np.float64(n))


@inlined
def all_lack(seen: Array, newest: int) -> bool:
    """Whether all features, closed or not, lack the newest pick and no other."""
    others: Any = 0
    for own in seen:
        others += np.int64(own != newest)
    return bool(others == 0)


@inlined
def open_lack(seen: Array, closed: Array, newest: int) -> bool:
    """Whether all open candidates lack the newest pick and no other."""
    others: Any = 0
    for k in range(seen.shape[0]):
        at = np.uint64(k)
        others += np.int64((seen[at] != newest) & ~closed[at])
    return bool(others == 0)


@inlined
def n_open(closed: Array) -> Any:
    """Candidates that are left."""
    n: Any = 0
    for own in closed:
        n += np.int64(not own)
    return n


@inlined
def least_seen(seen: Array, closed: Array, n_picks: int) -> int:
    """Fewest picks that an open candidate was evaluated against."""
    least = n_picks
    for k in range(seen.shape[0]):
        at = np.uint64(k)
        least = min(least, n_picks if closed[at] else seen[at])
    return least


@shared
def scores_of(
    standing: Standing, n: float, rule: Rule, closed: Array, costs: Array, scores: Array
) -> None:
    """Fill scores (p,) less costs over the picks that each has seen; -inf where closed.

    Of n picks; infinite: bounds of the scores however many there will be.
    """
    relevance, reduced = standing.relevance, standing.reduced
    kind, weight, picks = rule.kind, rule.weight, np.float64(n)
    for k in range(scores.shape[0]):
        at = np.uint64(k)
        found = relevance[at]
        if n > 0:
            found = score(relevance[at], reduced[at], kind, weight, picks)
        scores[at] = -np.inf if closed[at] else found - costs[at]
