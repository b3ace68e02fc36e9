"""Normal scores of sorted columns, and entropy differences of their moments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit


@njit
def _tie_variance(table: Array, first: int, last: int) -> Any:
    """Variance of the scores of the ranks first + 1 … last."""
    centre = table[first + last + 1]
    mean = 0.0
    square = 0.0
    for rank in range(first + 1, last + 1):
        gap = table[2 * rank] - centre
        mean += gap
        square += gap * gap
    mean /= last - first
    return max(0.0, square / (last - first) - mean * mean)


@njit
def _score_ranks(values: Array, order: Array, table: Array, scores: Array) -> Any:
    """Scores of the mean ranks, (n,); returns their sum, sum of squares and entropy."""
    n = values.shape[0]
    total = 0.0
    square = 0.0
    logs = 0.0
    first = 0
    while first < n:
        value = values[order[first]]
        last = first + 1
        while last < n and values[order[last]] == value:
            last += 1
        size = last - first
        score = table[first + last + 1]
        total += size * score
        square += size * score * score
        if size > 1:
            logs += size * math.log(size)
        for place in range(first, last):
            scores[order[place]] = score
        first = last
    return total, square, math.log(n) - logs / n


@njit
def _spread_of_ties(
    values: Array, order: Array, table: Array, norm: float, spread: Array
) -> Any:
    """Variance of the scores inside the block of ties of each row, over norm."""
    n = values.shape[0]
    first = 0
    while first < n:
        last = first + 1
        while last < n and values[order[last]] == values[order[first]]:
            last += 1
        inside = 0.0
        if last > first + 1:
            inside = _tie_variance(table, first, last) / norm
        for place in range(first, last):
            spread[order[place]] = inside
        first = last


@njit
def _score_group(values: Array, order: Array, table: Array, scores: Array) -> Any:
    """Write scores, centred and of unit norm; returns squared norm and entropy."""
    n = values.shape[0]
    if values[order[0]] == values[order[n - 1]]:
        scores[:] = 0.0
        return 0.0, 0.0
    total, square, entropy = _score_ranks(values, order, table, scores)
    mean = total / n
    norm = square - total * mean
    scale = 1 / math.sqrt(norm)
    for row in range(n):
        scores[row] = (scores[row] - mean) * scale
    return norm, entropy


@njit
def normal_scores(
    values: Array,
    order: Array,
    tables: Array,
    starts: Array,
    scores: Array,
    spread: Array,
    entropy: Array,
    tied: Array,
) -> Any:
    """Write scores, centred and of unit norm in each group, and variances in ties.

    values, order (ascending within groups), scores (m, n); tables (2n + n_groups,), the
    scores of half-ranks, group by group; starts (n_groups + 1,); entropy (m, n_groups);
    tied (m,) bool; spread (m, n) is written where tied.
    """
    for k in range(values.shape[0]):
        norms = np.empty(len(starts) - 1)
        tied[k] = False
        for g in range(len(starts) - 1):
            i, j = starts[g], starts[g + 1]
            table = tables[2 * i + g : 2 * j + g + 1]
            norms[g], entropy[k, g] = _score_group(
                values[k, i:j], order[k, i:j], table, scores[k, i:j]
            )
            distinct = math.log(j - i) == entropy[k, g]
            tied[k] |= norms[g] > 0 and not distinct
        if not tied[k]:
            continue
        spread[k] = 0.0
        for g in range(len(starts) - 1):
            i, j = starts[g], starts[g + 1]
            table = tables[2 * i + g : 2 * j + g + 1]
            if norms[g] > 0:
                _spread_of_ties(
                    values[k, i:j], order[k, i:j], table, norms[g], spread[k, i:j]
                )


@njit
def _level_counts(codes: Array, starts: Array, roots: Array, n_levels: int) -> Any:
    """Rows by group and level, (n_groups, n_levels) float64."""
    counts = np.zeros((len(starts) - 1, n_levels))
    for g in range(len(starts) - 1):
        for i in range(starts[g], starts[g + 1]):
            counts[g, codes[i]] += roots[i] * roots[i]
    return counts


@njit
def _entropy_difference(
    counts: Array, sums: Array, squares: Array, least: float
) -> Any:
    """Rows × ½(log v − mean log v_level), and 0 for levels of fewer rows than least."""
    n = counts.sum()
    kept = 0.0
    total = 0.0
    square = 0.0
    inside = 0.0
    for level in range(len(counts)):
        m = counts[level]
        if m < least:
            continue
        kept += m
        total += sums[level]
        square += squares[level]
        variance = squares[level] / m - (sums[level] / m) ** 2
        inside += m * math.log(max(variance, 1.0 / n**3))
    if kept == 0:
        return 0.0
    whole = square / kept - (total / kept) ** 2
    return (kept * math.log(max(whole, 1.0 / n**3)) - inside) / 2


@njit
def level_information(
    rows: Array,
    at: Array,
    spread: Array,
    slots: Array,
    codes: Array,
    starts: Array,
    roots: Array,
    out: Array,
) -> Any:
    """I(X;D) of some rows of scores and one discrete variable, mean over groups.

    rows (p, n), at (m,), spread (t, n), slots (p,) rows of spread or -1, codes (n,),
    starts (n_groups + 1,), roots (n,) of the weights, out (m,).
    """
    n_levels = codes.max() + 1
    counts = _level_counts(codes, starts, roots, n_levels)
    sums = np.empty(n_levels)
    squares = np.empty(n_levels)
    for a in range(len(at)):
        row = rows[at[a]]
        slot = slots[at[a]]
        out[a] = 0.0
        for g in range(len(starts) - 1):
            sums[:] = 0.0
            squares[:] = 0.0
            for i in range(starts[g], starts[g + 1]):
                sums[codes[i]] += row[i] * roots[i]
                squares[codes[i]] += row[i] * row[i]
            if slot >= 0:
                for i in range(starts[g], starts[g + 1]):
                    squares[codes[i]] += spread[slot, i]
            if squares.sum() > 0:
                out[a] += _entropy_difference(counts[g], sums, squares, 2)
        out[a] /= counts.sum()


@njit
def _residual_variance(m: float, sums: Array) -> Any:
    """Of x given t by least squares; sums of x, xx, t, tt, xt over m rows."""
    x = sums[1] / m - (sums[0] / m) ** 2
    t = sums[3] / m - (sums[2] / m) ** 2
    both = sums[4] / m - sums[0] * sums[2] / m**2
    return x - both * both / t if t > 0 else x


@njit
def _residual_difference(counts: Array, sums: Array, n: int) -> Any:
    """Rows × ½(log v − mean log v_level) of residual variances, levels of 3 or more."""
    whole = np.zeros(5)
    kept = 0.0
    inside = 0.0
    for level in range(len(counts)):
        m = counts[level]
        if m < 3:
            continue
        kept += m
        whole += sums[level]
        variance = _residual_variance(m, sums[level])
        inside += m * math.log(max(variance, 1.0 / n**3))
    if kept == 0:
        return 0.0
    variance = max(_residual_variance(kept, whole), 1.0 / n**3)
    return (kept * math.log(variance) - inside) / 2


@njit
def level_information_given(
    rows: Array,
    spread: Array,
    slots: Array,
    at: Array,
    codes: Array,
    roots: Array,
    out: Array,
) -> Any:
    """I(X;D|T) of rows of scores, one discrete variable, and T, the last of the rows.

    Levels of fewer than three rows are left out.
    """
    n_levels = codes.max() + 1
    counts = np.zeros(n_levels)
    for i in range(len(codes)):
        counts[codes[i]] += roots[i] * roots[i]
    n = counts.sum()
    last = len(rows) - 1
    sums = np.empty((n_levels, 5))
    for a in range(len(at)):
        x, t = rows[at[a]], rows[last]
        sums[:] = 0.0
        for i in range(len(codes)):
            sums[codes[i], 0] += x[i] * roots[i]
            sums[codes[i], 1] += x[i] * x[i]
            sums[codes[i], 2] += t[i] * roots[i]
            sums[codes[i], 3] += t[i] * t[i]
            sums[codes[i], 4] += x[i] * t[i]
        for moment, slot in ((1, slots[at[a]]), (3, slots[last])):
            if slot >= 0:
                for i in range(len(codes)):
                    sums[codes[i], moment] += spread[slot, i]
        out[a] = _residual_difference(counts, sums, n) / n
