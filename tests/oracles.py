"""Textbook twins of the plug-in estimator, the binnings and the greedy searches.

Slow and plain: dictionaries of counts, one formula a criterion. Nothing of mifs.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations, permutations

import numpy as np
import oracles_discretize

TIE = 1e-12
FLOOR = 1e-4 * math.log(2)  # of Peng's quotient: 1e-4 bits

# --- the plug-in estimator, nats ------------------------------------------------------


def entropy(*variables):
    """Joint entropy of the observed frequencies of some variables."""
    counts = Counter(zip(*map(_levels, variables), strict=True))
    n = sum(counts.values())
    return -math.fsum(c / n * math.log(c / n) for c in counts.values())


def mutual_information(a, b):
    return entropy(a) + entropy(b) - entropy(a, b)


def conditional_mutual_information(a, b, given):
    return entropy(a, given) + entropy(b, given) - entropy(a, b, given) - entropy(given)


def _levels(values):
    """A list whose missing values are one level."""
    return [
        "missing" if v is None or v != v else v for v in np.asarray(values).tolist()
    ]


# --- binning --------------------------------------------------------------------------


def n_bins(n):
    """Cube root of n, rounded, from 3 to 10."""
    return min(max(round(math.cbrt(n)), 3), 10)


def quantile_edges(values, n_bins):
    """Edges of the present values, as of `oracles_discretize.quantile_edges`."""
    present = [v for v in np.asarray(values).tolist() if v == v]
    return oracles_discretize.quantile_edges(present, n_bins).tolist()


def uniform_edges(values, n_bins):
    """Inner edges of bins of equal width."""
    present = [v for v in np.asarray(values).tolist() if v == v]
    low, high = min(present), max(present)
    edges = {low + (high - low) * (i / n_bins) for i in range(1, n_bins)}
    return sorted(edge for edge in edges if low <= edge < high)


def binned(values, edges):
    """Number of edges below each value; a missing value comes after the last bin."""
    return [
        len(edges) + 1 if v != v else sum(edge < v for edge in edges)
        for v in np.asarray(values).tolist()
    ]


# --- the terms of a table -------------------------------------------------------------


class Terms:
    """Information among columns 0 … p - 1 of discrete values and the target "y"."""

    def __init__(self, columns, y):
        self.p = len(columns)
        self._variables = {j: _levels(column) for j, column in enumerate(columns)}
        self._variables["y"] = _levels(y)
        self._entropies = {frozenset(): 0.0}

    def h(self, *names):
        """Joint entropy."""
        key = frozenset(names)
        if key not in self._entropies:
            self._entropies[key] = entropy(*(self._variables[name] for name in key))
        return self._entropies[key]

    def relevance(self, k):
        """I(Xk;Y)."""
        return self.h(k) + self.h("y") - self.h(k, "y")

    def redundancy(self, k, j):
        """I(Xk;Xj)."""
        return self.h(k) + self.h(j) - self.h(k, j)

    def conditional_redundancy(self, k, j):
        """I(Xk;Xj|Y)."""
        return self.h(k, "y") + self.h(j, "y") - self.h(k, j, "y") - self.h("y")

    def redundancy_given(self, k, i, j):
        """I(Xk;Xi|Xj)."""
        return self.h(k, j) + self.h(i, j) - self.h(k, i, j) - self.h(j)

    def joint_relevance(self, *columns):
        """I(Xk,Xj,…;Y)."""
        return self.h(*columns) + self.h("y") - self.h(*columns, "y")


# --- the criteria: score of candidate k after the picks s -----------------------------


def _mean(values):
    values = list(values)
    return math.fsum(values) / len(values)


def mim(t, k, s):
    return t.relevance(k)


def mifs(t, k, s, beta=1.0):
    return t.relevance(k) - beta * math.fsum(t.redundancy(k, j) for j in s)


def mrmr(t, k, s, scheme="difference"):
    redundancy = _mean(t.redundancy(k, j) for j in s)
    if scheme == "quotient":
        return t.relevance(k) / (max(0.0, redundancy) + FLOOR)
    return t.relevance(k) - redundancy


def betagamma(t, k, s, beta=1.0, gamma=1.0):
    conditional = math.fsum(t.conditional_redundancy(k, j) for j in s)
    return mifs(t, k, s, beta) + gamma * conditional


def cife(t, k, s):
    return betagamma(t, k, s)


def condred(t, k, s):
    return betagamma(t, k, s, beta=0.0)


def jmi(t, k, s):
    return _mean(t.joint_relevance(k, j) - t.relevance(j) for j in s)


def cmim(t, k, s, include_relevance=True):
    given = [t.joint_relevance(k, j) - t.relevance(j) for j in s]
    return min([t.relevance(k), *given] if include_relevance else given)


def icap(t, k, s):
    excess = (t.redundancy(k, j) - t.conditional_redundancy(k, j) for j in s)
    return t.relevance(k) - math.fsum(max(0.0, e) for e in excess)


def disr(t, k, s):
    return _mean(t.joint_relevance(k, j) / t.h(k, j, "y") for j in s)


def jmim(t, k, s):
    return min(t.joint_relevance(k, j) for j in s)


def njmim(t, k, s):
    return min(t.joint_relevance(k, j) / t.h(k, j, "y") for j in s)


def cmi(t, k, s):
    return t.joint_relevance(k, *s) - t.joint_relevance(*s)


def jmi3(t, k, s):
    if len(s) == 1:
        return t.joint_relevance(k, s[0])
    return _mean(t.joint_relevance(k, i, j) for i, j in combinations(s, 2))


def relaxmrmr(t, k, s):
    score = mrmr(t, k, s) + _mean(t.conditional_redundancy(k, j) for j in s)
    if len(s) == 1:
        return score
    pairs = permutations(s, 2)
    return score - _mean(t.redundancy_given(k, i, j) for i, j in pairs)


TWINS = (
    *(mim, mifs, mrmr, betagamma, cife, condred, jmi, cmim, icap, disr),
    *(jmim, njmim, cmi, jmi3, relaxmrmr),
)
CRITERIA = {twin.__name__: twin for twin in TWINS}

# --- criteria that order all features at once: [(feature, score), …] ------------------


def spec_cmi(t):
    """Weights of the dominant eigenvector of the conditional relevances.

    Of several dominant ones each feature has the length of its row, which does not
    depend on their choice.
    """
    q = np.diag([t.relevance(k) for k in range(t.p)])
    for i, j in combinations(range(t.p), 2):
        both = t.joint_relevance(i, j)
        q[i, j] = q[j, i] = (2 * both - t.relevance(i) - t.relevance(j)) / 2
    values, vectors = np.linalg.eigh(q)
    dominant = vectors[:, values >= values.max() - TIE]
    weights = np.sqrt((dominant**2).mean(axis=1)).tolist()
    return _from_best(dict(enumerate(weights)))


def fcbf(t, threshold=0.0):
    """Features that no better survivor says better, then the others."""
    su = {k: 2 * t.relevance(k) / (t.h(k) + t.h("y")) for k in range(t.p)}
    survivors, removed = {}, {}
    for q, score in _from_best(su):
        better = any(
            2 * t.redundancy(p, q) / (t.h(p) + t.h(q)) >= score - TIE for p in survivors
        )
        (removed if better or score <= threshold + TIE else survivors)[q] = score
    return [*survivors.items(), *_from_best(removed)]


def _from_best(scores):
    """Items by falling score, those tied with the best of the rest by index."""
    scores, ordered = dict(scores), []
    while scores:
        best = first_best(scores, {})
        ordered.append((best, scores.pop(best)))
    return ordered


ORDERS = {"spec_cmi": spec_cmi, "fcbf": fcbf}

# Parameters, beside the defaults, with which a criterion is to be tried.
VARIANTS = {
    "mifs": [{"beta": 0.5}],
    "mrmr": [{"scheme": "quotient"}],
    "betagamma": [{"beta": 0.3, "gamma": 0.7}],
    "cmim": [{"include_relevance": False}],
    "fcbf": [{"threshold": 0.05}],
}

# --- greedy forward search ------------------------------------------------------------


@dataclass
class Path:
    """One entry a step; redundancies are means over the earlier picks."""

    feature: list = field(default_factory=list)
    score: list = field(default_factory=list)
    redundancy: list = field(default_factory=list)
    conditional_redundancy: list = field(default_factory=list)
    runner_up: list = field(default_factory=list)
    margin: list = field(default_factory=list)


def tolerance(best, parameters):
    """Scores so close to the best are tied."""
    quotient = parameters.get("scheme") == "quotient"
    return 1e-8 * max(1.0, abs(best)) if quotient else TIE


def first_best(scores, parameters):
    """Lowest key among those tied with the best."""
    best = max(scores.values())
    tied = tolerance(best, parameters)
    return min(k for k, score in scores.items() if score >= best - tied)


def greedy(terms, criterion, n_features, parameters=None):
    """Choose features one by one, every candidate scored anew at every step."""
    twin, parameters, path = CRITERIA[criterion], dict(parameters or {}), Path()
    for _ in range(n_features):
        s = path.feature
        rest = [k for k in range(terms.p) if k not in s]
        scores = {
            k: twin(terms, k, s, **parameters) if s else terms.relevance(k)
            for k in rest
        }
        chosen = first_best(scores, parameters)
        score = scores.pop(chosen)
        second = first_best(scores, parameters) if scores else -1
        path.score.append(score)
        path.runner_up.append(second)
        path.margin.append(score - scores[second] if scores else math.nan)
        for name in ("redundancy", "conditional_redundancy"):
            term = getattr(terms, name)
            mean = _mean(term(chosen, j) for j in s) if s else math.nan
            getattr(path, name).append(mean)
        path.feature.append(chosen)
    return path
