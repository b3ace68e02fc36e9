"""Naive twins of mifs.measures: loops over rows and full distance matrices."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from oracles_knn import distances, same
from scipy.special import digamma


def rows_of(x):
    """Rows as things that can be counted."""
    x = np.asarray(x)
    return [tuple(row) for row in (x[:, None] if x.ndim == 1 else x).tolist()]


def weighted_counts(rows, weight=None):
    total = Counter()
    weight = np.ones(len(rows)) if weight is None else weight
    for row, w in zip(rows, weight, strict=True):
        total[row] += float(w)
    return total


def entropy(x, weight=None):
    counts = weighted_counts(rows_of(x), weight)
    n = math.fsum(counts.values())
    return -math.fsum(c / n * math.log(c / n) for c in counts.values() if c > 0)


def joined(*variables):
    return [sum(parts, ()) for parts in zip(*map(rows_of, variables), strict=True)]


def joint_entropy(*variables, weight=None):
    counts = weighted_counts(joined(*variables), weight)
    n = math.fsum(counts.values())
    return -math.fsum(c / n * math.log(c / n) for c in counts.values() if c > 0)


def mutual_information(x, y, weight=None):
    return (
        joint_entropy(x, weight=weight)
        + joint_entropy(y, weight=weight)
        - joint_entropy(x, y, weight=weight)
    )


def conditional_mutual_information(x, y, z, weight=None):
    return (
        joint_entropy(x, z, weight=weight)
        + joint_entropy(y, z, weight=weight)
        - joint_entropy(x, y, z, weight=weight)
        - joint_entropy(z, weight=weight)
    )


def pointwise(x, y):
    n_x, n_y = Counter(rows_of(x)), Counter(rows_of(y))
    n_xy, n = Counter(joined(x, y)), len(rows_of(x))
    return [
        math.log(n_xy[a + b] * n / (n_x[a] * n_y[b]))
        for a, b in zip(rows_of(x), rows_of(y), strict=True)
    ]


def differential_entropy(x, k, scale=None):
    """Kozachenko-Leonenko in max norm; ties as the docstring of `entropy` says."""
    x = np.asarray(x, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    n, d = x.shape
    scale = x.std(axis=0) if scale is None else scale
    table = np.round(distances(x / scale), 12)
    total = 0.0
    for row in table:
        others = np.sort(row)[: n - 1]
        order = min(k, n - 1)
        radius = others[order - 1]
        if radius == 0:
            order = 1 + np.sum(others == 0)
            radius = others[others > 0][0] / 2
        total += digamma(n) - digamma(order) + d * math.log(2 * radius)
    return total / n + np.log(scale).sum()


def mixed_entropy(codes, x, k):
    """H(D) + h(C|D); levels with one row are left out of the second term."""
    codes, x = np.asarray(codes), np.asarray(x)
    levels, sizes = np.unique(codes, return_counts=True)
    parts = [
        (size, differential_entropy(x[codes == level], k, x.std(axis=0)))
        for level, size in zip(levels, sizes, strict=True)
        if size > 1
    ]
    within = sum(size * h for size, h in parts) / sum(size for size, _ in parts)
    return entropy(codes) + within


def total_correlation(tables, k):
    """Kraskov et al. (2004), equation 23, of distance matrices without ties."""
    joint = np.maximum.reduce(tables)
    n = len(joint)
    radius = np.sort(joint, axis=1)[:, k - 1]
    total = digamma(k) + (len(tables) - 1) * digamma(n)
    for table in tables:
        counts = (table < radius[:, None]).sum(axis=1) + 1
        total -= digamma(counts).mean()
    return total


def standardized(x):
    x = np.asarray(x, dtype=float)
    return distances(x / x.std())


def levels(codes):
    return same(codes)


def transfer_samples(source, target, lag, history):
    """Triples (source, target, past) at all times where nothing is missing."""
    triples = []
    for t in range(max(lag, history), len(target)):
        past = tuple(target[t - step] for step in range(1, history + 1))
        triple = (source[t - lag], target[t], past)
        if not any(math.isnan(v) for v in (*triple[:2], *past)):
            triples.append(triple)
    s, y, past = zip(*triples, strict=True)
    return np.array(s), np.array(y), np.array(past)


def lagged_samples(x, y, lag):
    """Pairs (x[t - lag], y[t]) at all times where nothing is missing."""
    pairs = [
        (x[t - lag], y[t])
        for t in range(len(y))
        if 0 <= t - lag < len(x) and not math.isnan(x[t - lag]) and not math.isnan(y[t])
    ]
    return np.array(pairs).T
