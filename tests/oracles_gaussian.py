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
