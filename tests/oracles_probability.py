"""Naive twins of mifs.probability: loops over outcomes, straight from the formulas."""

from __future__ import annotations

import itertools
import math

import numpy as np


def cells(table):
    table = np.asarray(table, dtype=float)
    return {index: float(table[index]) for index in np.ndindex(table.shape)}


def margin(joint, axes):
    """Probabilities of the variables of some axes, by adding up the others."""
    totals = {}
    for index, p in joint.items():
        key = tuple(index[axis] for axis in axes)
        totals[key] = totals.get(key, 0.0) + p
    return totals


def entropy_of(probabilities):
    return -math.fsum(p * math.log(p) for p in probabilities.values() if p > 0)


def entropy(table):
    return entropy_of(cells(table))


def marginal_entropy(table, axes):
    return entropy_of(margin(cells(table), axes))


def self_information(p):
    return math.inf if p == 0 else -math.log(p)


def conditional_entropy(table, given):
    joint = cells(table)
    known = margin(joint, given)
    return -math.fsum(
        p * math.log(p / known[tuple(index[axis] for axis in given)])
        for index, p in joint.items()
        if p > 0
    )


def mutual_information(table):
    joint = cells(table)
    p_x, p_y = margin(joint, (0,)), margin(joint, (1,))
    return math.fsum(
        p * math.log(p / (p_x[x,] * p_y[y,])) for (x, y), p in joint.items() if p > 0
    )


def conditional_mutual_information(table, given=2):
    """Mean over z of the mutual information within z."""
    table = np.moveaxis(np.asarray(table, dtype=float), given, 2)
    total = 0.0
    for z in range(table.shape[2]):
        p_z = table[:, :, z].sum()
        if p_z > 0:
            total += p_z * mutual_information(table[:, :, z] / p_z)
    return total


def normalized_mutual_information(table, normalizer):
    h_x, h_y = marginal_entropy(table, (0,)), marginal_entropy(table, (1,))
    mean = {
        "arithmetic": (h_x + h_y) / 2,
        "geometric": math.sqrt(h_x * h_y),
        "min": min(h_x, h_y),
        "max": max(h_x, h_y),
    }
    return mutual_information(table) / mean[normalizer]


def total_correlation(table):
    n_axes = np.ndim(table)
    alone = sum(marginal_entropy(table, (axis,)) for axis in range(n_axes))
    return alone - entropy(table)


def dual_total_correlation(table):
    axes = range(np.ndim(table))
    h = entropy(table)
    rest = (tuple(other for other in axes if other != axis) for axis in axes)
    return h - sum(h - marginal_entropy(table, others) for others in rest)


def interaction_information(table):
    """By inclusion and exclusion of all seven entropies."""
    total = 0.0
    for size in (1, 2, 3):
        for axes in itertools.combinations(range(3), size):
            total += (-1) ** size * marginal_entropy(table, axes)
    return total


def kl_divergence(p, q):
    total = 0.0
    q_of = cells(q)
    for index, probability in cells(p).items():
        if probability > 0:
            if q_of[index] == 0:
                return math.inf
            total += probability * math.log(probability / q_of[index])
    return total


def cross_entropy(p, q):
    q_of = cells(q)
    return math.fsum(
        probability * self_information(q_of[index])
        for index, probability in cells(p).items()
        if probability > 0
    )


def js_divergence(p, q):
    middle = (np.asarray(p, dtype=float) + np.asarray(q, dtype=float)) / 2
    return entropy(middle) - (entropy(p) + entropy(q)) / 2


def channel_information(p, channel):
    joint = [[p[x] * w for w in row] for x, row in enumerate(channel)]
    return mutual_information(joint)


def channel_capacity(channel):
    """Nested ternary searches over the inputs: the information is concave in them."""

    def best(fixed, left):
        if len(fixed) == len(channel) - 1:
            return channel_information([*fixed, left], channel)
        low, high = 0.0, left
        while high - low > 1e-11:
            third = (high - low) / 3
            a = best([*fixed, low + third], left - low - third)
            b = best([*fixed, high - third], left - high + third)
            low, high = (low + third, high) if a < b else (low, high - third)
        return max(best([*fixed, at], left - at) for at in (low, high))

    return best([], 1.0)


def bottleneck_objective(joint, beta, n_grid=100_001):
    """max of I(Z;Y) - I(X;Z) / beta for two values of X.

    It is the concave envelope, at p(x), of r -> H(r) / beta - H(Y | x ~ r), plus
    H(Y) - H(X) / beta; the envelope is the lowest line above a grid of r.
    """
    joint = np.asarray(joint, dtype=float)
    p_x = joint.sum(axis=1)
    rows = joint / p_x[:, None]
    r = np.linspace(0, 1, n_grid)
    height = _entropies(np.c_[r, 1 - r]) / beta - _entropies(np.c_[r, 1 - r] @ rows)

    def line(slope):
        return (height + slope * (p_x[0] - r)).max()

    low, high = -60.0, 60.0
    for _ in range(120):
        third = (high - low) / 3
        if line(low + third) > line(high - third):
            low += third
        else:
            high -= third
    return line((low + high) / 2) + entropy(joint.sum(axis=0)) - entropy(p_x) / beta


def _entropies(rows):
    positive = np.where(rows > 0, rows, 1.0)
    return -(rows * np.log(positive)).sum(axis=1)


def bottleneck_point(joint, encoder):
    """I(X;Z) and I(Z;Y) of an encoder, from the table of all three."""
    joint = np.asarray(joint, dtype=float)
    table = joint[:, :, None] * np.asarray(encoder)[:, None, :]
    return mutual_information(table.sum(axis=1)), mutual_information(table.sum(axis=0))


def cross_entropy_loss(targets, predictions):
    rows = [
        [float(k == target) for k in range(len(predictions[0]))]
        if np.ndim(target) == 0
        else target
        for target in targets
    ]
    losses = [cross_entropy(t, q) for t, q in zip(rows, predictions, strict=True)]
    return math.fsum(losses) / len(losses)


def label_smoothing(row, epsilon, convention):
    n = len(row)
    if convention == "all_classes":
        return [(1 - epsilon) * t + epsilon / n for t in row]
    # every class hands epsilon of its probability to the others, in equal parts
    smoothed = [(1 - epsilon) * t for t in row]
    for k, other in itertools.permutations(range(n), 2):
        smoothed[other] += epsilon * row[k] / (n - 1)
    return smoothed


def gaussian_kl(mean_p, std_p, mean_q, std_q, n_grid=200_001):
    """By the trapezoid rule over 12 standard deviations."""
    x = np.linspace(mean_p - 12 * std_p, mean_p + 12 * std_p, n_grid)
    log_p = -(((x - mean_p) / std_p) ** 2) / 2 - math.log(std_p)
    log_q = -(((x - mean_q) / std_q) ** 2) / 2 - math.log(std_q)
    density = np.exp(log_p) / math.sqrt(2 * math.pi)
    height = density * (log_p - log_q)
    return float((height[1:] + height[:-1]).sum() * (x[1] - x[0]) / 2)


def elbo(log_likelihood, kl):
    return [a - b for a, b in zip(log_likelihood, kl, strict=True)]


def _split(scores):
    n = len(scores)
    joint = [scores[i][i] for i in range(n)]
    return joint, [scores[i][j] for i in range(n) for j in range(n) if i != j]


def _mean(values):
    values = list(values)
    return math.fsum(values) / len(values)


def donsker_varadhan_bound(scores):
    joint, product = _split(scores)
    return _mean(joint) - math.log(_mean(math.exp(f) for f in product))


def nwj_bound(scores):
    joint, product = _split(scores)
    return _mean(joint) - _mean(math.exp(f - 1) for f in product)


def infonce_bound(scores):
    return _mean(
        math.log(math.exp(row[i]) / _mean(math.exp(f) for f in row))
        for i, row in enumerate(scores)
    )


def smile_estimate(scores, clip=5.0):
    joint, product = _split(scores)
    within = _mean(math.exp(min(max(f, -clip), clip)) for f in product)
    return _mean(joint) - math.log(within)


def jensen_shannon_objective(scores):
    joint, product = _split(scores)
    kept = _mean(math.log(1 + math.exp(-f)) for f in joint)
    return -kept - _mean(math.log(1 + math.exp(f)) for f in product)
