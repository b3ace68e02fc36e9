"""Criteria that order all features at once: FCBF and SpecCMI."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh

from mifs._arrays import FloatArray, IntArray
from mifs._search._path import Path, Step, from_best
from mifs._terms import CONDITIONAL_REDUNDANCY, REDUNDANCY
from mifs.criteria import Criterion
from mifs.estimators._terms import Terms

MAX_SPECTRAL = 5_000
TIE = 1e-12
ALONE = frozenset({REDUNDANCY})
BOTH = frozenset({REDUNDANCY, CONDITIONAL_REDUNDANCY})


def fcbf(terms: Terms, criterion: Criterion, candidates: IntArray) -> Path:
    """Fast correlation-based filter: drop what a better feature says better.

    A feature q is removed if some better survivor p has SU(p, q) ≥ SU(q, Y), with the
    symmetrical uncertainty SU(A, B) = 2 I(A;B) / (H(A) + H(B)).
    """
    path = Path()
    entropy, target_entropy = terms.entropies()
    uncertainty = _symmetrical(terms.relevance, entropy, target_entropy)
    order = candidates[from_best(uncertainty[candidates], TIE)]
    relevant = uncertainty[order] > criterion.parameters["threshold"] + TIE
    waiting, removed, survivors = order[relevant], [order[~relevant]], []
    while len(waiting):
        best, waiting = int(waiting[0]), waiting[1:]
        survivors.append(best)
        if not len(waiting):
            break
        shared = terms.pairwise(best, waiting, ALONE)[REDUNDANCY]
        path.n_evaluations += len(waiting)
        between = _symmetrical(shared, entropy[waiting], float(entropy[best]))
        worse = between >= uncertainty[waiting] - TIE
        removed.append(waiting[worse])
        waiting = waiting[~worse]
    rest = np.sort(np.concatenate(removed))
    rest = rest[from_best(uncertainty[rest], TIE)]
    for feature in [*survivors, *rest.tolist()]:
        score, relevance = float(uncertainty[feature]), float(terms.relevance[feature])
        path.steps.append(Step(feature, score, relevance))
    return path


def _symmetrical(
    shared: FloatArray, first: FloatArray, second: FloatArray | float
) -> FloatArray:
    """Symmetrical uncertainty, 0 for two constants."""
    total = first + second
    ratio = np.zeros_like(shared)
    np.divide(2 * shared, total, out=ratio, where=total > 0)
    return ratio


def spectral(terms: Terms, criterion: Criterion, candidates: IntArray) -> Path:
    """SpecCMI: weights are the dominant eigenvector of Q, which is dense.

    Q_ii = I(Xi;Y), Q_ij = ½ [I(Xi;Y|Xj) + I(Xj;Y|Xi)], and I(Xi;Y|Xj) = R_i − r + c.
    """
    p = len(candidates)
    if p > MAX_SPECTRAL:
        raise ValueError(
            f"SpecCMI holds a matrix of all pairs and takes at most {MAX_SPECTRAL} "
            f"features, the table has {p}; rank with MIM first, or use JMI"
        )
    path = Path()
    relevance = terms.relevance[candidates]
    matrix = np.zeros((p, p))
    for i in range(p - 1):
        after = candidates[i + 1 :]
        pair = terms.pairwise(int(candidates[i]), after, BOTH)
        change = pair[CONDITIONAL_REDUNDANCY] - pair[REDUNDANCY]
        matrix[i, i + 1 :] = (relevance[i] + relevance[i + 1 :]) / 2 + change
        path.n_evaluations += len(after)
    matrix += matrix.T + np.diag(relevance)
    weights = _dominant_weights(matrix)
    for i in from_best(weights, TIE).tolist():
        chosen, score = int(candidates[i]), float(weights[i])
        path.steps.append(Step(chosen, score, float(relevance[i])))
    return path


def _dominant_weights(matrix: FloatArray) -> FloatArray:
    """Absolute entries of the dominant eigenvector, of length 1.

    Where several are dominant, each feature has the length of its row in them, scaled
    to length 1 in all, which does not depend on their choice.
    """
    p = len(matrix)
    values, vectors = eigh(matrix, subset_by_index=[max(p - 2, 0), p - 1])
    if values[0] >= values[-1] - TIE and p > 2:
        values, vectors = eigh(matrix)
    dominant = vectors[:, values >= values[-1] - TIE]
    weights: FloatArray = np.sqrt((dominant**2).mean(axis=1))
    return weights
