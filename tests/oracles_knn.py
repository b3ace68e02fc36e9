"""Naive twins of the k-NN estimators: full distance matrices, no shortcuts."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma


def distances(x):
    """Max-norm distance matrix, infinite on the diagonal."""
    x = np.asarray(x, dtype=float)
    if x.ndim == 1:
        x = x[:, None]
    table = np.abs(x[:, None, :] - x[None, :, :]).max(axis=2)
    np.fill_diagonal(table, np.inf)
    return table


def same(codes):
    """Distance matrix of a discrete variable: 0 or infinite."""
    codes = np.asarray(codes)
    table = np.where(codes[:, None] == codes[None, :], 0.0, np.inf)
    np.fill_diagonal(table, np.inf)
    return table


def ball(joint, k):
    """k-th distance, ball members: (closer than it + 1), or tied with a zero one."""
    members = np.isfinite(joint).sum(axis=1)
    rank = np.minimum(k, members) - 1
    radius = np.take_along_axis(np.sort(joint, axis=1), rank[:, None], axis=1)
    return radius, count(joint, radius)


def count(table, radius):
    """Points closer than the radius, or at distance 0 where it is 0; with self."""
    inside = np.where(radius > 0, table < radius, table <= 0)
    return inside.sum(axis=1) + 1


def naive_conditional(x, y, z, k):
    """I(X;Y|Z) from distance matrices; z None for I(X;Y). Lone points are left out."""
    tables = [x, y] if z is None else [x, y, z]
    joint = np.maximum.reduce(tables)
    keep = np.isfinite(joint).any(axis=1)
    x, y, *rest = (t[np.ix_(keep, keep)] for t in tables)
    joint = joint[np.ix_(keep, keep)]
    radius, members = ball(joint, k)
    if not rest:
        marginals = count(x, radius), count(y, radius)
        last = digamma(len(joint))
    else:
        (z,) = rest
        marginals = (
            count(np.maximum(x, z), radius),
            count(np.maximum(y, z), radius),
        )
        last = digamma(count(z, radius))
    near, far = marginals
    return float(np.mean(digamma(members) - digamma(near) - digamma(far) + last))


def naive_ksg(x, y, k):
    return naive_conditional(distances(x), distances(y), None, k)


def between(value):
    """Digamma, linear between integers."""
    whole = np.floor(value)
    part = value - whole
    return (1 - part) * digamma(whole) + part * digamma(whole + 1)


def naive_ross(x, y, k):
    """Ross with ties broken on average over all random orders."""
    y = np.asarray(y)
    _, inverse, sizes = np.unique(y, return_inverse=True, return_counts=True)
    keep = sizes[inverse] > 1
    x, y, sizes = np.asarray(x)[keep], y[keep], sizes[inverse][keep]
    table, own = distances(x), distances(x)
    own[y[:, None] != y[None, :]] = np.inf
    terms = []
    for i in range(len(x)):
        near = min(k, sizes[i] - 1)
        radius = np.sort(own[i])[near - 1]
        if radius == 0:
            tied, everyone = (own[i] == 0).sum() + 1, (table[i] == 0).sum() + 1
            terms.append(digamma(tied) - digamma(everyone) - digamma(sizes[i]))
            continue
        edge = (own[i] == radius).sum()
        others = (table[i] == radius).sum() - edge
        nth = near - (own[i] < radius).sum()
        inside = (table[i] < radius).sum() + 1 + (nth - 1) + others * nth / (edge + 1)
        terms.append(digamma(near) - between(inside) - digamma(sizes[i]))
    return float(digamma(len(x)) + np.mean(terms))


def naive_within(x, y, z, k, estimate):
    """Weighted mean of an estimate within the classes of z that have two members."""
    z = np.asarray(z)
    parts = [z == label for label in np.unique(z)]
    parts = [part for part in parts if part.sum() > 1]
    weights = np.array([part.sum() for part in parts])
    values = [estimate(x[part], y[part], k) for part in parts]
    return float(np.average(values, weights=weights))
