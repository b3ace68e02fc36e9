"""Naive twins of the Gaussian-copula estimates: one pair at a time, as published."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata


def scores(x):
    """Van der Waerden scores, mean ranks among ties."""
    return ndtri(rankdata(x) / (len(x) + 1))


def entropy(x):
    """Plug-in entropy of the values."""
    share = np.unique(x, return_counts=True)[1] / len(x)
    return -(share * np.log(share)).sum()


def log_det(columns):
    return np.linalg.slogdet(np.atleast_2d(np.cov(columns)))[1]


def continuous(x, w):
    """−½ log(1 − ρ²), bounded by the entropies; 0 for a constant column."""
    if np.ptp(x) == 0 or np.ptp(w) == 0:
        return 0.0
    rho = np.corrcoef(scores(x), scores(w))[0, 1]
    with np.errstate(divide="ignore"):
        nats = -0.5 * np.log(max(1 - rho**2, 0.0))
    return min(nats, entropy(x), entropy(w))


def partial(x, w, y):
    """−½ log(1 − ρ²) of the partial correlation, from the determinants."""
    x, w, y = scores(x), scores(w), scores(y)
    return 0.5 * (log_det([x, y]) + log_det([w, y]) - log_det([y]) - log_det([x, w, y]))


def within(estimate, x, w, classes):
    """Mean of an estimate over classes, weighted by their rows."""
    total = 0.0
    for label in np.unique(classes):
        rows = classes == label
        total += rows.sum() * estimate(x[rows], w[rows])
    return total / len(classes)


def spread(x):
    """Variance of the normal scores that each value's block of ties spans."""
    order = np.argsort(x, kind="stable")
    all_scores = np.empty(len(x))
    all_scores[order] = ndtri(np.arange(1, len(x) + 1) / (len(x) + 1))
    out = np.empty(len(x))
    for value in np.unique(x):
        out[x == value] = all_scores[x == value].var()
    return out


def levels(x, d):
    """½(log σ² − Σ_d p_d log σ_d²), levels of one row left out."""
    kept = np.array([np.sum(d == level) > 1 for level in d])
    if np.ptp(x) == 0 or not kept.any():
        return 0.0
    s, inside = scores(x), spread(x)
    whole = s[kept].var() + inside[kept].mean()
    total = 0.0
    for level in np.unique(d[kept]):
        rows = d == level
        total += rows.sum() * np.log(whole / (s[rows].var() + inside[rows].mean()))
    return 0.5 * total / len(x)


def levels_given(x, d, y):
    """½(log v − Σ_d p_d log v_d), v residual variances of x given y."""
    sx, sy, wx, wy = scores(x), scores(y), spread(x), spread(y)
    kept = np.array([np.sum(d == level) > 2 for level in d])

    def residual(rows):
        both = np.cov(sx[rows], sy[rows], bias=True)
        both += np.diag([wx[rows].mean(), wy[rows].mean()])
        return both[0, 0] - both[0, 1] ** 2 / both[1, 1]

    total = 0.0
    for level in np.unique(d[kept]):
        rows = d == level
        total += rows.sum() * np.log(residual(kept) / residual(rows))
    return 0.5 * total / len(x)


def plug_in(x, w):
    both = np.unique(np.c_[x, w], axis=0, return_inverse=True)[1]
    return entropy(x) + entropy(w) - entropy(both.ravel())


# The same with weights u: how many rows each row stands for.


def weighted_ranks(x, u):
    """Places below each value, and how many rows share it."""
    below = np.array([u[x < value].sum() for value in x])
    return below, np.array([u[x == value].sum() for value in x])


def weighted_scores(x, u):
    """Scores of the mean ranks that the rows would have if they were repeated."""
    below, same = weighted_ranks(x, u)
    return ndtri((below + (same + 1) / 2) / (u.sum() + 1))


def weighted_spread(x, u):
    """Variance of evenly spaced scores inside a block of ties, one for each row."""
    out = np.empty(len(x))
    for i, (first, size) in enumerate(zip(*weighted_ranks(x, u), strict=True)):
        n_points = max(1, round(size))
        steps = (np.arange(n_points) + 0.5) / n_points
        out[i] = ndtri((first + steps * size + 0.5) / (u.sum() + 1)).var()
    return out


def weighted_entropy(x, u):
    share = np.array([u[x == value].sum() for value in np.unique(x)]) / u.sum()
    return -(share * np.log(share)).sum()


def covariance(x, y, u):
    """2 x 2, by the shares of the rows."""
    return np.cov(x, y, aweights=u, bias=True)


def weighted_continuous(x, w, u):
    if np.ptp(x) == 0 or np.ptp(w) == 0:
        return 0.0
    both = covariance(weighted_scores(x, u), weighted_scores(w, u), u)
    free = 1 - both[0, 1] ** 2 / (both[0, 0] * both[1, 1])
    with np.errstate(divide="ignore"):
        nats = -0.5 * np.log(max(free, 0.0))
    return min(nats, weighted_entropy(x, u), weighted_entropy(w, u))


def weighted_partial(x, w, y, u):
    scored = np.array([weighted_scores(v, u) for v in (x, w, y)])
    whole = np.cov(scored, aweights=u)
    xy, wy = (whole[np.ix_(some, some)] for some in ([0, 2], [1, 2]))
    parts = [np.linalg.slogdet(c)[1] for c in (xy, wy, whole)]
    return 0.5 * (parts[0] + parts[1] - np.log(whole[2, 2]) - parts[2])


def weighted_within(estimate, x, w, classes, u):
    total = 0.0
    for label in np.unique(classes):
        rows = classes == label
        total += u[rows].sum() * estimate(x[rows], w[rows], u[rows])
    return total / u.sum()


def weighted_levels(x, d, u):
    kept = np.array([u[d == level].sum() >= 2 for level in d])
    if np.ptp(x) == 0 or not kept.any():
        return 0.0
    s, inside = weighted_scores(x, u), weighted_spread(x, u)

    def variance(rows):
        within = np.average(inside[rows], weights=u[rows])
        return covariance(s[rows], s[rows], u[rows])[0, 0] + within

    total = 0.0
    for level in np.unique(d[kept]):
        rows = d == level
        total += u[rows].sum() * np.log(variance(kept) / variance(rows))
    return 0.5 * total / u.sum()


def weighted_levels_given(x, d, y, u):
    scored = [weighted_scores(v, u) for v in (x, y)]
    inside = [weighted_spread(v, u) for v in (x, y)]
    kept = np.array([u[d == level].sum() >= 3 for level in d])

    def residual(rows):
        both = covariance(scored[0][rows], scored[1][rows], u[rows])
        both += np.diag([np.average(v[rows], weights=u[rows]) for v in inside])
        return both[0, 0] - both[0, 1] ** 2 / both[1, 1]

    total = 0.0
    for level in np.unique(d[kept]):
        rows = d == level
        total += u[rows].sum() * np.log(residual(kept) / residual(rows))
    return 0.5 * total / u.sum()


def weighted_plug_in(x, w, u):
    both = np.unique(np.c_[x, w], axis=0, return_inverse=True)[1].ravel()
    alone = weighted_entropy(x, u) + weighted_entropy(w, u)
    return alone - weighted_entropy(both, u)
