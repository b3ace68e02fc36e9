"""Naive twin of the terms that leave out rows with missing values."""

import math
from collections import Counter


def entropy(labels, weights):
    total = sum(weights)
    counts = Counter()
    for label, weight in zip(labels, weights, strict=True):
        counts[label] += weight
    return -sum(c / total * math.log(c / total) for c in counts.values() if c)


def present(columns, y, weights):
    """Rows in which all columns have values (None: missing)."""
    rows = [
        (*values, label, weight)
        for *values, label, weight in zip(*columns, y, weights, strict=True)
        if None not in values
    ]
    return rows or None


def information(x, y, weights):
    rows = present([x], y, weights)
    if rows is None:
        return 0.0
    w = [row[-1] for row in rows]
    labels = [row[:2] for row in rows]
    alone = [[row[i] for row in rows] for i in range(2)]
    return sum(entropy(a, w) for a in alone) - entropy(labels, w)


def pair_terms(x, z, y, weights):
    """I(X;Z), I(X;Z|Y) and H(X,Z,Y) over the rows in which both have values."""
    rows = present([x, z], y, weights)
    if rows is None:
        return 0.0, 0.0, 0.0
    w = [row[-1] for row in rows]

    def h(*which):
        return entropy([tuple(row[i] for i in which) for row in rows], w)

    redundancy = h(0) + h(1) - h(0, 1)
    conditional = h(0, 2) + h(1, 2) - h(0, 1, 2) - h(2)
    return redundancy, conditional, h(0, 1, 2)
