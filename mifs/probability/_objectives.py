"""Formulas of bounds and losses, written once for arrays of numpy and of jax.

They ask the array for its namespace (the array API standard), check nothing, and do
nothing that a compiler could not trace. What is public checks its arguments and calls
them; training calls them as they are. ``valid`` marks the rows of a padded batch that
are there by 1, and those that fill it up by 0.
"""

from __future__ import annotations

import math
from types import ModuleType
from typing import TypeVar

import numpy as np

# An array of numpy or of jax: what goes in comes out.
T = TypeVar("T")


def namespace(array: object) -> ModuleType:
    """Return the module of functions of an array; numpy below 2 does not tell."""
    told = getattr(array, "__array_namespace__", None)
    found: ModuleType = np if told is None else told()
    return found


def log_softmax(scores: T) -> T:
    """Logarithms of probabilities, (..., k), of scores."""
    xp = namespace(scores)
    shifted = xp.subtract(scores, xp.max(scores, axis=-1, keepdims=True))
    logs: T = shifted - xp.log(xp.sum(xp.exp(shifted), axis=-1, keepdims=True))
    return logs


def soft_losses(targets: T, log_q: T) -> T:
    """Cross-entropy of each row of target probabilities; 0 asks nothing."""
    xp = namespace(log_q)
    asked = xp.where(xp.greater(targets, 0), log_q, 0.0)
    losses: T = -xp.sum(targets * asked, axis=-1)
    return losses


def gaussian_divergences(mean_p: T, std_p: T, mean_q: T, std_q: T) -> T:
    """D(P || Q) of normal distributions, of each dimension."""
    xp = namespace(mean_p)
    ratio = xp.divide(std_p, std_q)
    off = xp.divide(xp.subtract(mean_p, mean_q), std_q)
    divergences: T = (ratio - 1) * (ratio + 1) / 2 - xp.log(ratio) + off**2 / 2
    return divergences


def donsker_varadhan(scores: T, valid: T | None = None) -> T:
    """Mean score of the pairs, less the log of the mean of e^score of the others."""
    xp, mask = namespace(scores), others(scores, valid)
    bound: T = xp.subtract(joint_mean(scores, valid), _log_mean_exp(scores, mask))
    return bound


def nwj(scores: T, valid: T | None = None) -> T:
    """Mean score of the pairs, less the mean of e^(score - 1) of the others."""
    xp, mask = namespace(scores), others(scores, valid)
    mean_exp = xp.exp(xp.asarray(_log_mean_exp(scores, mask)) - 1)
    bound: T = joint_mean(scores, valid) - mean_exp
    return bound


def smile(scores: T, clip: float, valid: T | None = None) -> T:
    """As `donsker_varadhan`, with the scores of the others within -clip to clip."""
    xp, mask = namespace(scores), others(scores, valid)
    within = _log_mean_exp(xp.clip(scores, -clip, clip), mask)
    bound: T = xp.subtract(joint_mean(scores, valid), within)
    return bound


def infonce(scores: T, valid: T | None = None) -> T:
    """Log n, less the cross-entropy of finding the partner of each row."""
    xp = namespace(scores)
    there = xp.asarray(_there(scores, valid))
    among = xp.where(there[None, :] > 0, scores, -math.inf)
    found = xp.where(there > 0, _diagonal(log_softmax(among)), 0.0)
    n = xp.sum(there)
    bound: T = xp.sum(found) / n + xp.log(n)
    return bound


def jensen_shannon(scores: T, valid: T | None = None) -> T:
    """Twice the Jensen-Shannon divergence less log 4, at the most."""
    xp = namespace(scores)
    matrix, mask = xp.asarray(scores), xp.asarray(others(scores, valid))
    zero = xp.zeros_like(matrix)
    lost = xp.sum(xp.logaddexp(zero, matrix) * mask) / xp.sum(mask)
    objective: T = -joint_mean(xp.logaddexp(zero, -matrix), valid) - lost
    return objective


def joint_mean(scores: T, valid: T | None = None) -> T:
    """Mean over the diagonal, the scores of the pairs."""
    xp = namespace(scores)
    there = xp.asarray(_there(scores, valid))
    mean: T = xp.sum(xp.asarray(_diagonal(scores)) * there) / xp.sum(there)
    return mean


def others(scores: T, valid: T | None = None) -> T:
    """Matrix of 1 for the scores of no pairs, of 0 for the rest."""
    xp = namespace(scores)
    there = xp.asarray(_there(scores, valid))
    mask: T = there[:, None] * there[None, :] * (1 - xp.eye(len(there)))
    return mask


def _there(scores: T, valid: T | None) -> T:
    xp = namespace(scores)
    there: T = xp.ones_like(xp.asarray(scores)[0, :]) if valid is None else valid
    return there


def _diagonal(scores: T) -> T:
    # linalg.diagonal is that of the standard, but not of numpy below 2.
    xp = namespace(scores)
    matrix = xp.asarray(scores)
    diagonal: T = xp.sum(xp.where(xp.eye(len(matrix)) > 0, matrix, 0.0), axis=1)
    return diagonal


def _log_mean_exp(scores: T, mask: T) -> T:
    """Log of the mean of e^score where the mask is 1."""
    xp = namespace(scores)
    values = xp.where(xp.greater(mask, 0), scores, -math.inf)
    top = xp.max(values)
    mean: T = top + xp.log(xp.sum(xp.exp(values - top)) / xp.sum(mask))
    return mean
