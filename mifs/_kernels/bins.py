"""Kernels of the supervised discretisers: MDLP cuts and information-bottleneck merges.

Every c·log c comes from a table on a binary grid, so the sums are exact and depend
neither on the order of the rows nor on that of the classes.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit

Arrays: TypeAlias = tuple[Array, ...]


@njit
def boundary_blocks(values: Array, classes: Array, n_classes: int) -> Arrays:
    """Sorted (n,) rows -> (start, label, count, last), int64: the blocks' class counts.

    A block is one value, or a run of values whose rows are all of one class: boundary
    points lie only between blocks (Fayyad, Irani 1993, theorem 1). Entries
    start[b]:start[b+1] list the classes of block b; last[b] is its last row.
    """
    n = values.shape[0]
    start = np.empty(n + 1, np.int64)
    label = np.empty(n, np.int64)
    count = np.empty(n, np.int64)
    last = np.empty(n, np.int64)
    slot = np.full(n_classes, -1, np.int64)
    n_blocks = n_entries = row = 0
    while row < n:
        first = n_entries
        value = values[row]
        while row < n and values[row] == value:
            c = classes[row]
            if slot[c] < first:
                slot[c] = n_entries
                label[n_entries] = c
                count[n_entries] = 0
                n_entries += 1
            count[slot[c]] += 1
            row += 1
        pure = n_entries - first == 1 and n_blocks > 0
        if pure and first - start[n_blocks - 1] == 1 and label[first - 1] == c:
            count[first - 1] += count[first]
            n_entries = first
            slot[c] = -1
        else:
            start[n_blocks] = first
            n_blocks += 1
        last[n_blocks - 1] = row - 1
    start[n_blocks] = n_entries
    return start[: n_blocks + 1], label[:n_entries], count[:n_entries], last[:n_blocks]


@njit
def _class_counts(entries: Arrays, low: int, high: int, n_classes: int) -> Array:
    """Class counts (n_classes,) int64 of the blocks low:high."""
    start, label, count = entries
    totals = np.zeros(n_classes, np.int64)
    for entry in range(start[low], start[high]):
        totals[label[entry]] += count[entry]
    return totals


@njit
def _best_cut(
    entries: Arrays,
    low: int,
    high: int,
    whole: Array,
    clogc: Array,
    tolerance: float,
    loss: Array,
) -> int:
    """Block after which blocks low:high are cut at least class entropy; lowest tie."""
    start, label, count = entries
    left = np.zeros_like(whole)
    right = whole.copy()
    n_left = 0
    n_right = 0
    sum_left = 0.0
    sum_right = 0.0
    for c in whole:
        n_right += c
        sum_right += clogc[c]
    least = np.inf
    for block in range(low, high - 1):
        for entry in range(start[block], start[block + 1]):
            c = label[entry]
            weight = count[entry]
            sum_left += clogc[left[c] + weight] - clogc[left[c]]
            sum_right += clogc[right[c] - weight] - clogc[right[c]]
            left[c] += weight
            right[c] -= weight
            n_left += weight
            n_right -= weight
        loss[block] = (clogc[n_left] - sum_left) + (clogc[n_right] - sum_right)
        least = min(least, loss[block])
    for block in range(low, high - 1):
        if loss[block] <= least + tolerance:
            return block
    return high - 1


@njit
def _entropy(counts: Array, clogc: Array) -> tuple[int, int, float]:
    """(n, number of classes present, n times the entropy in nats) of counts."""
    n = 0
    present = 0
    total = 0.0
    for c in counts:
        n += c
        present += c > 0
        total += clogc[c]
    return n, present, clogc[n] - total


@njit
def _mdl_gain(whole: Array, left: Array, clogc: Array) -> float:
    """N times the gain of a cut, nats; -inf where it costs more (MDL criterion)."""
    n, k, h = _entropy(whole, clogc)
    n1, k1, h1 = _entropy(left, clogc)
    n2, k2, h2 = _entropy(whole - left, clogc)
    # log(3^k - 2), written so that it cannot overflow
    log_labelings = k * np.log(3.0) + np.log1p(-2.0 * 3.0 ** (-k))
    delta = log_labelings - (k * h / n - k1 * h1 / n1 - k2 * h2 / n2)
    gain: float = h - h1 - h2
    return gain if gain > np.log(n - 1.0) + delta else -np.inf


@njit
def _next_part(low: Array, gain: Array, tolerance: float) -> int:
    """Which of some parts has most gain; of ties the lowest in the column."""
    most = gain.max()
    chosen = -1
    for part in range(gain.shape[0]):
        tied = gain[part] >= most - tolerance
        if tied and (chosen < 0 or low[part] < low[chosen]):
            chosen = part
    return chosen


@njit
def mdlp_cuts(
    entries: Arrays, n_classes: int, clogc: Array, tolerance: float, most: int
) -> Array:
    """Mask (n_blocks,) bool of the blocks after which MDLP cuts.

    ``most`` is the number of cuts, those of most gain first; below 0: all that pay.
    """
    n_blocks = entries[0].shape[0] - 1
    cut_after = np.zeros(n_blocks, np.bool_)
    loss = np.empty(n_blocks, np.float64)
    # Parts that a cut pays for: their first block, the one after the cut, their stop.
    part = np.empty((3, n_blocks + 1), np.int64)
    gain = np.empty(n_blocks + 1, np.float64)
    new = np.empty((2, 2), np.int64)
    new[0, 0], new[0, 1] = 0, n_blocks
    n_new, n_parts = 1, 0
    while True:
        for i in range(n_new):
            low, high = new[i, 0], new[i, 1]
            if high - low < 2:
                continue
            whole = _class_counts(entries, low, high, n_classes)
            middle = _best_cut(entries, low, high, whole, clogc, tolerance, loss) + 1
            left = _class_counts(entries, low, middle, n_classes)
            gain[n_parts] = _mdl_gain(whole, left, clogc)
            part[0, n_parts], part[1, n_parts], part[2, n_parts] = low, middle, high
            n_parts += gain[n_parts] > -np.inf
        if n_parts == 0 or most == 0:
            return cut_after
        # Where all are taken their order is free: the last one needs no search.
        at = n_parts - 1
        if most > 0:
            at = _next_part(part[0, :n_parts], gain[:n_parts], tolerance)
        low, middle, high = part[0, at], part[1, at], part[2, at]
        cut_after[middle - 1] = True
        most -= 1 if most > 0 else 0
        new[0, 0], new[0, 1], new[1, 0], new[1, 1] = low, middle, middle, high
        n_new = 2
        n_parts -= 1
        for side in range(3):
            part[side, at] = part[side, n_parts]
        gain[at] = gain[n_parts]


@njit
def _level_sums(counts: Array, clogc: Array) -> tuple[Array, Array]:
    """Size (L,) int64 and sum of c·log c (L,) float64 of each row of counts (L, K)."""
    size = np.zeros(counts.shape[0], np.int64)
    cells = np.zeros(counts.shape[0], np.float64)
    for level in range(counts.shape[0]):
        for c in counts[level]:
            size[level] += c
            cells[level] += clogc[c]
    return size, cells


@njit
def _merge_loss(table: Arrays, shrink: float, i: int, j: int) -> float:
    """N·(dI(Z;Y) - dI(Z;X)/beta) lost by joining i and j; shrink = 1 - 1/beta."""
    counts, size, cells, clogc = table
    joint = 0.0
    for y in range(counts.shape[1]):
        joint += clogc[counts[i, y] + counts[j, y]]
    spread = clogc[size[i] + size[j]] - clogc[size[i]] - clogc[size[j]]
    loss: float = shrink * spread - (joint - cells[i] - cells[j])
    return loss


@njit
def _absorb(table: Arrays, i: int, j: int) -> None:
    """Add level j to level i in the count table."""
    counts, size, cells, clogc = table
    size[i] += size[j]
    cells[i] = 0.0
    for y in range(counts.shape[1]):
        counts[i, y] += counts[j, y]
        cells[i] += clogc[counts[i, y]]


@njit
def _remove(array: Array, position: int, n: int) -> None:
    """Close the gap at position of array[:n]."""
    for k in range(position, n - 1):
        array[k] = array[k + 1]


@njit
def merge_neighbours(
    counts: Array, clogc: Array, keep: int, shrink: float, tolerance: float
) -> Array:
    """Greedy merges of neighbouring rows of counts (L, K) -> (L,) int64 first members.

    Merges while more than keep levels are left, or while a merge gains.
    """
    n = counts.shape[0]
    size, cells = _level_sums(counts, clogc)
    table = (counts, size, cells, clogc)
    alive = np.arange(n)
    gap = np.empty(n, np.float64)
    for k in range(n - 1):
        gap[k] = _merge_loss(table, shrink, k, k + 1)
    while n > 1:
        least = gap[: n - 1].min()
        if n <= keep and least >= -tolerance:
            break
        k = 0
        while gap[k] > least + tolerance:
            k += 1
        _absorb(table, alive[k], alive[k + 1])
        _remove(alive, k + 1, n)
        _remove(gap, k, n - 1)
        n -= 1
        if k > 0:
            gap[k - 1] = _merge_loss(table, shrink, alive[k - 1], alive[k])
        if k < n - 1:
            gap[k] = _merge_loss(table, shrink, alive[k], alive[k + 1])
    first = np.empty(counts.shape[0], np.int64)
    for k in range(n):
        stop = alive[k + 1] if k + 1 < n else counts.shape[0]
        first[alive[k] : stop] = alive[k]
    return first


@njit
def _scan(
    table: Arrays,
    shrink: float,
    alive: Array,
    n: int,
    k: int,
    near: Array,
    partner: Array,
) -> None:
    """Set near and partner of alive[k]: its least loss with a later level."""
    i = alive[k]
    near[i] = np.inf
    for later in range(k + 1, n):
        loss = _merge_loss(table, shrink, i, alive[later])
        if loss < near[i]:
            near[i] = loss
            partner[i] = alive[later]


@njit
def _least(
    table: Arrays,
    shrink: float,
    alive: Array,
    n: int,
    near: Array,
    partner: Array,
    tolerance: float,
) -> float:
    """Least loss of all pairs; rows whose partner is gone (-1) hold a lower bound."""
    while True:
        least = np.inf
        for k in range(n - 1):
            least = min(least, near[alive[k]])
        stale = False
        for k in range(n - 1):
            i = alive[k]
            if partner[i] < 0 and near[i] <= least + tolerance:
                _scan(table, shrink, alive, n, k, near, partner)
                stale = True
        if not stale:
            return least


@njit
def _revise(
    table: Arrays,
    shrink: float,
    alive: Array,
    n: int,
    i: int,
    j: int,
    near: Array,
    partner: Array,
) -> None:
    """Bring near and partner up to date after level j went into i < j."""
    for k in range(n):
        row = alive[k]
        if row == i:
            _scan(table, shrink, alive, n, k, near, partner)
        if row >= j:
            break
        gone = partner[row] == j or partner[row] == i
        if row < i:
            loss = _merge_loss(table, shrink, row, i)
            if loss <= near[row]:
                near[row] = loss
                partner[row] = i
                gone = False
        if gone and row != i:
            partner[row] = -1


@njit
def merge_any(
    counts: Array, clogc: Array, keep: int, shrink: float, tolerance: float
) -> Array:
    """Greedy merges of any two rows of counts (L, K) -> (L,) int64 first members.

    Each level remembers its best later partner, so a merge costs O(L·K) unless
    forgotten partners have to be sought again; memory O(L).
    """
    n = counts.shape[0]
    size, cells = _level_sums(counts, clogc)
    table = (counts, size, cells, clogc)
    alive = np.arange(n)
    first = np.arange(n)
    near = np.full(n, np.inf)
    partner = np.full(n, -1, np.int64)
    for k in range(n - 1):
        _scan(table, shrink, alive, n, k, near, partner)
    while n > 1:
        least = _least(table, shrink, alive, n, near, partner, tolerance)
        if n <= keep and least >= -tolerance:
            break
        k = 0
        while near[alive[k]] > least + tolerance:
            k += 1
        i = alive[k]
        later = k + 1
        while _merge_loss(table, shrink, i, alive[later]) > least + tolerance:
            later += 1
        j = alive[later]
        _absorb(table, i, j)
        first[j] = i
        _remove(alive, later, n)
        n -= 1
        _revise(table, shrink, alive, n, i, j, near, partner)
    # a level points at an earlier one, so one ascending pass finds every first member
    for level in range(counts.shape[0]):
        first[level] = first[first[level]]
    return first
