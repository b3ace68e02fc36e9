"""The largest tails of r-concave laws on 0, 1/n, …, 1 with a mean.

f is r-concave for r < 0 if f^r is convex, r = 1/s. The law of the largest tail is

    f(i) ∝ (a + i)^s for i = 0 … k, and what the mean leaves for f(k + 1),

0 beyond: f^r is then linear, bends up once, and is infinite after it. That f(k + 1) is
neither negative nor above (a + k + 1)^s says that a is between the values with which
0 … k + 1 and 0 … k have the mean alone.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

from mifs._arrays import FloatArray

# Products such as t n are whole numbers up to rounding.
ROUNDING = 1e-9
# A tail is the largest but for so small a part of it.
PRECISION = 1e-11
# The error of a Newton step is of the order of its square.
CLOSE = 1e-7


@lru_cache(maxsize=1024)
def largest_tail(mean: float, t: float, n: int, s: float) -> float:
    """Largest P(X ≥ t) of r-concave X on 0, 1/n, …, 1 with a mean, r = 1/s."""
    tail, target = math.ceil(t * n - ROUNDING), mean * n
    first = _first(target)
    if tail <= first:
        # A flat or rising f reaches as far.
        return 1.0
    log_a = _limits(target, n, s)
    ends = [
        _end(one, k, tail, s)
        for k, one in enumerate(log_a.tolist(), first)
        if k >= tail - 1
    ]
    above, below = ends[:-1], ends[1:]
    largest = max(end.tail for end in ends)
    # No a between two ends gives a larger tail than this.
    most = [
        1 - (near.k + 1 - target) / (near.k + 1 - far.low_mean + near.excess)
        for near, far in zip(above, below, strict=True)
    ]
    for place in np.argsort(most)[::-1].tolist():
        if most[place] <= largest * (1 + PRECISION):
            break
        near, far = above[place], below[place]
        at = partial(_tail, k=near.k, tail=tail, target=target, s=s)
        limits = (far.log_a, near.log_a)
        found = minimize_scalar(
            lambda x, at=at: -at(x), bounds=limits, method="bounded"
        )
        largest = max(largest, -float(found.fun))
    return min(1.0, largest)


def _first(target: float) -> int:
    """Give the least k of which a falling law has the mean, with room to spare."""
    return math.ceil(2 * target - ROUNDING) + 1


class _End(NamedTuple):
    """What the law on 0 … k says that has the mean alone.

    ``tail``: P(X ≥ tail); ``low_mean``: E(X | X < tail); ``excess``: E(k + 1 − X) over
    X ≥ tail, in units of P(X < tail). With a the latter two rise.
    """

    k: int
    log_a: float
    tail: float
    low_mean: float
    excess: float


def _end(log_a: float, k: int, tail: int, s: float) -> _End:
    weights, rest = _weights(log_a, k, s), np.arange(k + 1.0, 0, -1)
    low, high = float(weights[:tail].sum()), float(weights[tail:].sum())
    low_mean = k + 1 - float(weights[:tail] @ rest[:tail]) / low
    excess = float(weights[tail:] @ rest[tail:]) / low
    return _End(k, log_a, high / (low + high), low_mean, excess)


def _tail(log_a: float, k: int, tail: int, target: float, s: float) -> float:
    """P(X ≥ tail) of the law that has what is left of the mean at k + 1."""
    weights, i = _weights(log_a, k, s), np.arange(k + 1.0)
    last = float(weights @ (target - i))
    high = float(weights[tail:].sum()) * (k + 1 - target) + last
    return high / float(weights @ (k + 1 - i))


def _weights(log_a: float, k: int, s: float) -> FloatArray:
    """Give (a + i)^s for i = 0 … k, over a^s, which may be beyond float64."""
    weights = 1 / (1 + np.arange(k + 1) * math.exp(-log_a))
    # Powers of 2 and 4 are many times faster so.
    for _ in range(int(math.log2(-s))):
        weights *= weights
    return weights


@lru_cache(maxsize=64)
def _limits(target: float, n: int, s: float) -> FloatArray:
    """Log of the a with which the laws on 0 … k have a mean, for each k up to n."""
    found: list[float] = []
    for k in range(_first(target), n + 1):
        start = found[-1] if found else 0.0
        if len(found) > 1:
            start += found[-1] - found[-2]
        found.append(_log_a(k, target, s, start))
    return np.array(found)


def _log_a(k: int, target: float, s: float, log_a: float) -> float:
    """Log of the a with which the law on 0 … k has a mean, by Newton's method.

    log(m / (k/2 − m)) of the mean m is all but linear in log a: of small a with slope
    −s, of large ones with slope 1.
    """
    i, middle = np.arange(k + 1.0), k / 2
    wanted, step = math.log(target / (middle - target)), math.inf
    while abs(step) > CLOSE:
        weights = _weights(log_a, k, s)
        whole = float(weights.sum())
        mean = float(weights @ i) / whole
        # d log w / d log a, but for the factor s.
        slopes = 1 / (1 + i * math.exp(-log_a))
        rise = s * float((weights * slopes) @ (i - mean)) / whole
        rise *= middle / (mean * (middle - mean))
        step = (wanted - math.log(mean / (middle - mean))) / rise
        log_a += step
    return log_a
