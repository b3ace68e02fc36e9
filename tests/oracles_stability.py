"""Plain twins of the stability of selections and of the bounds of false ones."""

from __future__ import annotations

import math
from itertools import combinations


def kuncheva(sets, p):
    """Mean over all pairs of sets of one size of (r − k²/p) / (k − k²/p)."""
    k = len(sets[0])
    chance = k * k / p
    pairs = list(combinations(sets, 2))
    return sum((len(a & b) - chance) / (k - chance) for a, b in pairs) / len(pairs)


def nogueira(rows):
    """Estimate and published variance, by the formulas of the paper."""
    m, d = len(rows), len(rows[0])
    sizes = [sum(row) for row in rows]
    shares = [sum(row[f] for row in rows) / m for f in range(d)]
    mean = sum(sizes) / m
    chance = mean / d * (1 - mean / d)
    variances = [m / (m - 1) * share * (1 - share) for share in shares]
    estimate = 1 - sum(variances) / d / chance
    phi = []
    for row, size in zip(rows, sizes, strict=True):
        agreed = sum(z * share for z, share in zip(row, shares, strict=True)) / d
        rest = 2 * mean * size / d**2 - size / d - mean / d + 1
        phi.append((agreed - size * mean / d**2 + estimate / 2 * rest) / chance)
    middle = sum(phi) / m
    return estimate, 4 / m**2 * sum((one - middle) ** 2 for one in phi)


def extremal_tail(a, k, tail, target, s):
    """P(X ≥ tail) of (a + i)^s on 0 … k with the rest of the mean at k + 1."""
    weights = [(a + i) ** s for i in range(k + 1)]
    rest = sum((target - i) * w for i, w in enumerate(weights)) / (k + 1 - target)
    whole = sum(weights) + rest
    return (sum(weights[tail:]) + rest) / whole


def extremal_a(k, target, s):
    """The a with which (a + i)^s on 0 … k have the mean, by bisection."""
    low, high = 1e-9, 1e9
    for _ in range(200):
        a = math.sqrt(low * high)
        weights = [(a + i) ** s for i in range(k + 1)]
        mean = sum(i * w for i, w in enumerate(weights)) / sum(weights)
        low, high = (a, high) if mean < target else (low, a)
    return math.sqrt(low * high)


def largest_tail(mean, t, n, s, steps=40):
    """D of Shah and Samworth, by looking at many a of each k."""
    tail, target = math.ceil(t * n - 1e-9), mean * n
    best = 0.0
    for k in range(max(tail - 1, math.ceil(2 * target) + 1), n):
        low, high = extremal_a(k + 1, target, s), extremal_a(k, target, s)
        for step in range(steps + 1):
            a = low + (high - low) * step / steps
            best = max(best, extremal_tail(a, k, tail, target, s))
    return best


def largest_tail_of_r(mean, t, n, s):
    """As R's stabs finds it: its optimiser may stop at its first point."""
    tail, target = math.ceil(t * n - 1e-9), mean * n
    first = (3 - math.sqrt(5)) / 2
    best = 0.0
    for k in range(math.ceil(2 * target) + 1, n):
        low, high = extremal_a(k + 1, target, s), extremal_a(k, target, s)
        a = low + first * (high - low)
        if k + 1 >= tail:
            best = max(best, extremal_tail(a, k, tail, target, s))
    return best
