"""Textbook twins of the supervised discretisers: slow, plain, on their own."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import groupby

import numpy as np

TIE = 1e-12


def entropies(counts):
    """Entropy in bits of each row of counts (m, K)."""
    counts = np.atleast_2d(np.asarray(counts, dtype=float))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    logs = np.log2(np.where(shares > 0, shares, 1.0))
    return -(shares * logs).sum(axis=1)


def mdlp_edges(values, classes, max_cuts=None):
    """Fayyad and Irani's recursion over every cut between two distinct values.

    With ``max_cuts`` the cut of most gain times rows is taken first, wherever it is.
    """
    values, classes = np.asarray(values, dtype=float), np.asarray(classes)
    distinct, place = np.unique(values, return_inverse=True)
    labels, coded = np.unique(classes, return_inverse=True)
    counts = np.zeros((distinct.size, labels.size), dtype=int)
    np.add.at(counts, (place, coded), 1)
    tie = TIE * values.size / math.log(2)
    parts, cuts = [_mdlp_cut(counts, 0, distinct.size, tie)], []
    while any(parts) and (max_cuts is None or len(cuts) < max_cuts):
        paying = [part for part in parts if part]
        most = max(gain for gain, *_ in paying)
        best = min(
            (part for part in paying if part[0] >= most - tie), key=lambda part: part[1]
        )
        _, low, middle, high = best
        cuts.append(middle - 1)
        paying.remove(best)
        spans = ((low, middle), (middle, high))
        parts = paying + [_mdlp_cut(counts, *span, tie) for span in spans]
    return distinct[sorted(cuts)]


def _mdlp_cut(counts, low, high, tie):
    """Gain times rows in bits, and (low, middle, high), of a cut that pays, or None."""
    part = counts[low:high]
    if len(part) < 2:
        return None
    n = part.sum()
    left = np.cumsum(part, axis=0)[:-1]
    right = part.sum(axis=0) - left
    n_left, n_right = left.sum(axis=1), right.sum(axis=1)
    rest = n_left * entropies(left) + n_right * entropies(right)
    cut = int(np.flatnonzero(rest <= rest.min() + tie)[0])
    k, k1, k2 = ((c > 0).sum() for c in (part.sum(axis=0), left[cut], right[cut]))
    h, h1, h2 = (entropies(c)[0] for c in (part.sum(axis=0), left[cut], right[cut]))
    delta = math.log2(3 ** int(k) - 2) - (k * h - k1 * h1 - k2 * h2)
    if not h - rest[cut] / n > (math.log2(n - 1) + delta) / n:
        return None
    return n * h - rest[cut], low, low + cut + 1, high


def information(counts):
    """Mutual information in nats of a count table."""
    joint = np.asarray(counts, dtype=float) / np.sum(counts)
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    present = joint > 0
    return float((joint[present] * np.log(joint[present] / product[present])).sum())


def objective(counts, beta):
    """I(Z;Y) - I(Z;X)/beta of a hard clustering Z whose class counts these are."""
    shares = np.sum(counts, axis=1) / np.sum(counts)
    present = shares[shares > 0]
    entropy = -(present * np.log(present)).sum()
    return information(counts) - (0.0 if beta is None else entropy / beta)


def merge_loss(a, b, n, beta):
    """p (JS - h/beta): what joining the class counts a and b takes, nats."""
    size_a, size_b = sum(a), sum(b)
    size = size_a + size_b
    if not size_a or not size_b:
        return 0.0
    js = weights_entropy = 0.0
    for part, total in ((a, size_a), (b, size_b)):
        weight = total / size
        weights_entropy -= weight * math.log(weight)
        for y, c in enumerate(part):
            if c:
                js += weight * c / total * math.log(c / total * size / (a[y] + b[y]))
    return size / n * (js - (0.0 if beta is None else weights_entropy / beta))


def bottleneck_groups(counts, n_levels, beta, neighbours):
    """Slonim and Tishby's greedy merges, every pair computed anew at each step."""
    n = int(np.sum(counts))
    groups = [([level], [int(c) for c in row]) for level, row in enumerate(counts)]
    while len(groups) > 1:
        pairs = [
            (merge_loss(groups[i][1], groups[j][1], n, beta), i, j)
            for i in range(len(groups))
            for j in range(
                i + 1, min(i + 2, len(groups)) if neighbours else len(groups)
            )
        ]
        least = min(pairs)[0]
        crowded = n_levels is not None and len(groups) > n_levels
        if not crowded and not least < -TIE:
            break
        _, i, j = next(pair for pair in pairs if pair[0] <= least + TIE)
        members = groups[i][0] + groups[j][0]
        total = [x + y for x, y in zip(groups[i][1], groups[j][1], strict=True)]
        groups[i] = (members, total)
        del groups[j]
    codes = np.empty(len(counts), dtype=int)
    for code, (members, _) in enumerate(groups):
        codes[members] = code
    return codes


def quantile_edges(values, n_bins):
    """Inverted-CDF quantiles, around values of a share of 1/n_bins; few are levels.

    Such a value is a bin of its own. Each stretch below, between and above them is cut
    into parts of equal content: in all round(m ** (1/3)) for m other rows, or as many
    as they would have anyway, but no more than there are bins left.
    """
    ordered = sorted(values)
    times = Counter(ordered)
    distinct = sorted(times)
    if len(distinct) <= n_bins:
        return np.array(distinct[:-1])
    frequent = [v for v in distinct if times[v] * n_bins >= len(ordered)]
    others = [v for v in ordered if v not in frequent]
    stretches = [
        list(stretch)
        for _, stretch in groupby(others, lambda v: sum(f < v for f in frequent))
    ]
    wanted = n_bins
    if frequent:
        m = len(others) // math.gcd(*times.values())
        ordinary = len(others) * n_bins // len(ordered)
        wanted = min(n_bins - len(frequent), max(round(m ** (1 / 3)), ordinary))
    edges = set(frequent)
    for stretch, parts in zip(stretches, parts_of(stretches, wanted), strict=True):
        ranks = [-(-q * len(stretch) // parts) for q in range(1, parts + 1)]
        edges |= {stretch[rank - 1] for rank in ranks}
    return np.array(sorted(edges - {distinct[-1]}))


def parts_of(stretches, wanted):
    """How many parts each makes at the least content that gives ``wanted`` at most."""
    sizes = [len(stretch) for stretch in stretches]
    contents = {
        Fraction(size, parts) for size in sizes for parts in range(1, wanted + 1)
    }
    best = [1] * len(sizes)
    for content in sorted(contents, reverse=True):
        parts = [max(1, size // content) for size in sizes]
        if sum(parts) <= wanted:
            best = parts
    return best


def right_closed(values, edges):
    """Number of edges below each value."""
    return np.array([sum(edge < x for edge in edges) for x in values], dtype=int)
