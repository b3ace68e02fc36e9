"""Normal scores and plug-in information of rows that stand for several rows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.special import ndtri, xlogy

from mifs._arrays import FloatArray, IntArray

# Scores inside blocks of ties are evaluated at up to so many places a column.
_MOST_POINTS = 1 << 20


def weighted_scores(
    values: FloatArray, units: FloatArray, starts: IntArray
) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
    """Scores of columns (m, n) within groups of rows that stand for ``units`` rows.

    Returns the scores times √units, centred and of unit norm in each group; the
    entropies (m, n_groups); which columns have ties; and for these, units times the
    variance of the scores inside the blocks of ties.
    """
    scores, spread = np.zeros_like(values), np.zeros_like(values)
    entropy = np.zeros((len(values), len(starts) - 1))
    for k, column in enumerate(values):
        for group, (first, last) in enumerate(pairwise(starts.tolist())):
            some = slice(first, last)
            scored = _score_group(column[some], units[some])
            scores[k, some], spread[k, some], entropy[k, group] = scored
    tied = np.flatnonzero(spread.any(axis=1))
    roots = np.sqrt(units)
    return scores * roots, entropy, tied, spread[tied] * units


def _score_group(
    values: FloatArray, units: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Scores, variance inside ties, entropy; the scores are centred, of unit norm."""
    blocks, at = np.unique(values, return_inverse=True)
    if len(blocks) == 1:
        return np.zeros(len(values)), np.zeros(len(values)), 0.0
    sizes = np.bincount(at, units).astype(np.float64)
    n = sizes.sum()
    below = np.asarray(np.cumsum(sizes) - sizes, dtype=np.float64)
    scores = ndtri((below + (sizes + 1) / 2) / (n + 1))
    inside = _spread(below, sizes, scores)
    scores -= (sizes * scores).sum() / n
    norm = (sizes * scores**2).sum()
    shares = sizes / n
    entropy = -float(xlogy(shares, shares).sum())
    return scores[at] / np.sqrt(norm), inside[at] / norm, entropy


def _spread(below: FloatArray, sizes: FloatArray, scores: FloatArray) -> FloatArray:
    """Variance of the scores of each block, one for each row it stands for.

    A block that stands for no whole number of rows has that many, rounded, at even
    distances.
    """
    n = sizes.sum()
    points = np.rint(sizes * min(1.0, _MOST_POINTS / n)).astype(np.intp)
    points = np.maximum(points, 1)
    block = np.repeat(np.arange(len(points)), points)
    place = np.arange(len(block)) - np.repeat(np.cumsum(points) - points, points)
    ranks = below[block] + (place + 0.5) / points[block] * sizes[block] + 0.5
    gaps = ndtri(ranks / (n + 1)) - scores[block]
    mean = np.bincount(block, gaps) / points
    square = np.bincount(block, gaps**2) / points
    return np.where(points > 1, np.maximum(square - mean**2, 0), 0.0)
