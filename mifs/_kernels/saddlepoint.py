"""Kernel of the tails of a trend in two classes, by its double saddlepoint.

In each stratum m of the n rows are drawn for a class, without replacement; T is the sum
of their scores u. That is the sum of independent rows, each in the class with
probability f = m / n, given that m are (Robinson 1982; Booth, Butler 1990). With

    K(λ, μ) = Σ_s Σ_i log(1 − f_s + f_s exp(λ u_i + μ_s))

the saddlepoint solves K_λ = t, K_μs = m_s; and P(T ≥ t) is the normal tail beyond
w + log(v / w) / w (Barndorff-Nielsen), w = √(2 (λ t + Σ μ_s m_s − K)),
v = 2 sinh(λ / 2) √(|K″| / Π n_s f_s (1 − f_s)). T is a whole number: t is taken half
a step lower (Daniels 1987).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit

STEPS = 200
CLOSE = 1e-11


@njit
def _tilted(levels: Array, scores: Array, m: int, slope: float, start: float) -> Any:
    """Solve for the shift of one stratum at a slope: Newton's method in a bracket.

    ``levels``: rows of each level. Returns the shift; mean and variance of the sum of
    the scores, given m rows in the class; variance of their number; K less its value
    at 0.
    """
    n = levels.sum()
    base = math.log(m / (n - m))
    low, high, shift = -np.inf, np.inf, start
    mean = number = cross = square = own = 0.0
    for _ in range(STEPS):
        expected = mean = number = cross = square = own = 0.0
        for i in range(levels.shape[0]):
            if levels[i] == 0:
                continue
            z = base + slope * scores[i] + shift
            tail = math.exp(-abs(z))
            p = 1 / (1 + tail) if z > 0 else tail / (1 + tail)
            spread = levels[i] * tail / (1 + tail) ** 2
            expected += levels[i] * p
            mean += levels[i] * p * scores[i]
            number += spread
            cross += spread * scores[i]
            square += spread * scores[i] ** 2
            own += levels[i] * (max(z, 0.0) + math.log1p(tail))
        gap = expected - m
        if abs(gap) <= CLOSE * n:
            break
        if gap > 0:
            high = shift
        else:
            low = shift
        step = shift - gap / number if number > 0 else np.nan
        if low < step < high:
            shift = step
        elif low == -np.inf or high == np.inf:
            shift -= math.copysign(max(1.0, abs(shift)), gap)
        else:
            shift = (low + high) / 2
    variance = square - cross * cross / number if number > 0 else 0.0
    return shift, mean, variance, number, own + n * math.log(1 - m / n)


@njit
def _at(rows: Array, taken: Array, scores: Array, slope: float, shifts: Array) -> Any:
    """Sum over the strata at a slope; ``shifts`` are those of the last, and renewed.

    Returns the mean of T and its variance; Σ μ m − K; half the logarithm of the ratio
    of the variances of the numbers of rows in the class, to those at slope 0.
    """
    mean = variance = rate = ratio = 0.0
    for s in range(rows.shape[0]):
        n, m = rows[s].sum(), taken[s]
        found = _tilted(rows[s], scores, m, slope, shifts[s])
        shifts[s] = found[0]
        mean += found[1]
        variance += found[2]
        rate += found[0] * m - found[4]
        ratio += 0.5 * math.log(max(found[3], 1e-300) / (m * (1 - m / n)))
    return mean, variance, rate, ratio


@njit
def upper_tail(rows: Array, taken: Array, scores: Array, t: float) -> Any:
    """Place on the normal scale of P(T ≥ t), t a whole number above the mean of T.

    ``rows`` (n_strata, r): of each level; ``taken``: those in the class, of which there
    are some and not all in each stratum. T can be larger than t.
    """
    wanted, shifts = t - 0.5, np.zeros(rows.shape[0])
    low, high, slope = 0.0, np.inf, 0.0
    mean, variance, rate, ratio = _at(rows, taken, scores, slope, shifts)
    if mean >= wanted:
        return 0.0
    for _ in range(STEPS):
        if abs(mean - wanted) <= 1e-9 * (1 + abs(wanted)):
            break
        if mean < wanted:
            low = slope
        else:
            high = slope
        step = slope + (wanted - mean) / variance if variance > 0 else np.nan
        if not low < step < high or step > 4 * low + 1:
            step = 2 * low + 1 / 16 if high == np.inf else (low + high) / 2
        slope = step
        mean, variance, rate, ratio = _at(rows, taken, scores, slope, shifts)
    w = math.sqrt(max(0.0, 2 * (slope * wanted + rate)))
    v = 2 * math.sinh(slope / 2) * math.exp(ratio) * math.sqrt(variance)
    if min(w, v) <= 0:
        return w
    return w + math.log(v / w) / w
