"""Kernels of what chance does to a table: its mean information under permutation.

With fixed margins a (candidate) and b (pick) of n rows, the count t of a cell is
hypergeometric, and with μ = ab/n

    n · E[I] = Σ E[t log(t/μ)] = Σ E[t log(t/μ) − t + μ],

a sum over the cells of terms that are positive, so that nothing cancels: `excess`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined, njit
from mifs._kernels.memo import EXCESS, LARGEST, Memo, key_of, place_of

# From this expected count on an expansion is right to 1e-6 of the term.
EXPANDED = 40.0
# Weights of counts below this share of all are left out.
NEGLIGIBLE = 1e-16
# t log t of the counts that matter where fewer than EXPANDED are expected.
_T = np.arange(512.0)
T_LOG_T = _T * np.log(np.maximum(_T, 1.0))


@njit
def t_log_t(t: int) -> Any:
    """Look t log t up, if t is small."""
    if t < T_LOG_T.shape[0]:
        return T_LOG_T[t]
    return t * np.log(np.float64(t))


@njit
def _expansion(a: float, b: float, n: float) -> float:
    """`excess` where many are expected, from the moments of t, up to the eighth.

    E[t log(t/μ) − t + μ] = Σ (−1)^m E[(t − μ)^m] / (m (m − 1) μ^(m − 1)), m ≥ 2; the
    moments above the fourth as far as they are of the leading orders in 1/μ.
    """
    mu, c, d = a * b / n, n - a, n - b
    v = mu * (c / n) * (d / (n - 1.0))
    m3 = v * (n - 2 * b) * (n - 2 * a) / (n * (n - 2.0))
    # Fourth cumulant over v², times mu: products of the margins stay finite.
    q = (c / n) * (d / n)
    above = (n - 1) * (n * (n + 1) - 6 * b * d - 6 * a * c) / n + 6 * mu * q * n * (
        5 * n - 6
    ) / n
    k4 = v * v * above / (mu * q * (n - 2.0) * (n - 3.0))
    m5, m6 = 10 * m3 * v, 15 * v**3 + 10 * m3 * m3 + 15 * v * k4
    high = m5 / 20 - m6 / (30 * mu) + 105 * m3 * v * v / (42 * mu**2)
    high -= 105 * v**4 / (56 * mu**3)
    return (
        v / (2 * mu)
        - m3 / (6 * mu**2)
        + (k4 + 3 * v * v) / (12 * mu**3)
        - (high / mu**4)
    )


@njit
def _by_counts(a: int, b: int, n: int) -> Any:
    """`excess` as the sum over all counts whose probability matters."""
    mu, low, high = a * b / n, max(0, a + b - n), min(a, b)
    mode = min(max((a + 1) * (b + 1) // (n + 2), low), high)
    slope, others = 1.0 + np.log(mu), np.float64(n - a - b)
    total = weight = 1.0
    value = t_log_t(mode) - slope * mode + mu
    # Counts as floats, too: whole numbers are exact, and not turned at every step.
    rows, columns, now = np.float64(a), np.float64(b), np.float64(mode)
    for t in range(mode + 1, high + 1):
        now += 1.0
        weight *= (rows - now + 1.0) * (columns - now + 1.0) / (now * (others + now))
        total += weight
        value += weight * (t_log_t(t) - slope * now + mu)
        if weight < NEGLIGIBLE * total:
            break
    weight, now = 1.0, np.float64(mode)
    for t in range(mode - 1, low - 1, -1):
        now -= 1.0
        weight *= (now + 1.0) * (others + now + 1.0) / ((rows - now) * (columns - now))
        total += weight
        value += weight * (t_log_t(t) - slope * now + mu)
        if weight < NEGLIGIBLE * total:
            break
    return value / total


@njit
def excess(a: int, b: int, n: int) -> Any:
    """E[t log(t/μ)] of a cell with margins a and b of n rows, nats times rows."""
    if a <= 0 or b <= 0 or a >= n or b >= n:
        return 0.0
    if np.float64(a) * b < EXPANDED * n:
        return _by_counts(a, b, n)
    return _expansion(np.float64(a), np.float64(b), np.float64(n))


@inlined
def _remembered(a: int, b: int, n: int, keys: Array, values: Array) -> Any:
    """`excess`, of which the memo is asked first."""
    key = key_of(EXCESS, a, b, n)
    # An unsigned place needs no look at whether it counts from the end.
    at = np.uint64(place_of(EXCESS, a, b, n, keys.shape[0]))
    if n >= LARGEST or keys[at] != key:
        keys[at], values[at] = key, excess(a, b, n)
    return values[at]


@njit
def _excess_between(a: float, b: float, n: int) -> Any:
    """`excess` of margins that are no whole numbers, as of weighted rows: bilinear."""
    low_a, low_b = np.floor(a), np.floor(b)
    part_a, part_b = a - low_a, b - low_b
    i, j = int(low_a), int(low_b)
    value = (1 - part_a) * (1 - part_b) * excess(i, j, n)
    if part_a > 0:
        value += part_a * (1 - part_b) * excess(i + 1, j, n)
    if part_b > 0:
        value += (1 - part_a) * part_b * excess(i, j + 1, n)
    if part_a > 0 and part_b > 0:
        value += part_a * part_b * excess(i + 1, j + 1, n)
    return value


@njit
def sort_few(counts: Array) -> None:
    """Sort in place, by ever smaller steps (Shell 1959): a call of sort takes longer.

    Numba would compile its own sort for two seconds.
    """
    step = 1
    while step < counts.shape[0] // 3:
        step = 3 * step + 1
    while step:
        for i in range(step, counts.shape[0]):
            own, j = counts[i], i
            while j >= step and counts[j - step] > own:
                counts[j] = counts[j - step]
                j -= step
            counts[j] = own
        step //= 3


@inlined
def excess_of_sorted(
    rows: Array, columns: Array, n: int, of_row: Array, memo: Memo
) -> float:
    """`table_excess` of whole numbers that are sorted.

    ``of_row`` is room for what comes of a row in each column: it serves the next rows
    that are alike.
    """
    keys, values, _ = memo
    total, before = 0.0, 0
    for i in range(rows.shape[0]):
        if rows[i] == 0:
            continue
        if rows[i] != before:
            before = rows[i]
            same, last = 0.0, -1
            for j in range(columns.shape[0]):
                if columns[j] != last:
                    last = columns[j]
                    same = _remembered(before, last, n, keys, values)
                of_row[j] = same
        for j in range(columns.shape[0]):
            total += of_row[j]
    return total


@njit
def table_excess(rows: Array, columns: Array, n: int) -> float:
    """N · E[I] of a table with these margins, float64, nats times rows."""
    rows, columns, total = rows.copy(), columns.copy(), 0.0
    sort_few(rows)
    sort_few(columns)
    for a in rows:
        same, last = 0.0, -1.0
        for b in columns:
            if b != last:
                same, last = _excess_between(a, b, n), b
            total += same
    return total


@njit
def pick_excess(
    nodes: Array, starts: Array, wanted: Array, counts: Array, totals: Array
) -> Array:
    """Sum `excess` over the levels of a pick at nodes, for each class on its own.

    ``counts`` are those of the pick, (n_levels, n_classes) float64, sorted in each
    class, ``totals`` the rows of the classes. The nodes of class y are
    ``nodes[starts[y]:starts[y + 1]]``; those not ``wanted`` get 0.
    """
    sums = np.zeros(nodes.shape[0])
    for y in range(totals.shape[0]):
        columns, n = counts[:, y], totals[y]
        first = 0
        while first < columns.shape[0]:
            b, last = columns[first], first
            while last < columns.shape[0] and columns[last] == b:
                last += 1
            for i in range(starts[y], starts[y + 1]):
                if wanted[i]:
                    value = _excess_between(np.float64(nodes[i]), b, n)
                    sums[i] += (last - first) * value
            first = last
    return sums


@njit
def node_table(nodes: Array, n: int) -> Array:
    """`excess` of each two nodes, (m, m)."""
    m = nodes.shape[0]
    table = np.empty((m, m))
    for i in range(m):
        for j in range(i + 1):
            table[i, j] = table[j, i] = excess(nodes[i], nodes[j], n)
    return table


@njit
def columns_between(
    tables: Array,
    table_starts: Array,
    starts: Array,
    places: Array,
    shares: Array,
    which: Array,
    level_starts: Array,
    columns: Array,
) -> Array:
    """As `pick_excess`, of columns whose counts lie between nodes, too: (b, nodes).

    The `node_table` of class y begins at ``tables[table_starts[y]]``. ``places`` and
    ``shares`` as in `add_levels`, of rows; ``which`` (n_levels, n_classes) are the
    margins of the levels, and column k has those from ``level_starts[k]`` on.
    """
    n_classes = which.shape[1]
    sums = np.zeros((columns.shape[0], starts[-1]))
    for k in range(columns.shape[0]):
        levels = which[level_starts[columns[k]] : level_starts[columns[k] + 1]]
        of_column = sums[k]
        for y in range(n_classes):
            first, m = starts[y], starts[y + 1] - starts[y]
            # A sum of floats depends on the order, and that of the levels means none.
            margins = levels[:, y].copy()
            sort_few(margins)
            for margin in margins:
                for node in range(4):
                    share = shares[margin, node]
                    row = table_starts[y] + (places[margin] - first + node) * m
                    if share != 0:
                        for i in range(m):
                            of_column[first + i] += share * tables[row + i]
    return sums


@njit
def _interpolated(sums: Array, place: int, shares: Array) -> float:
    value = 0.0
    for j in range(4):
        value += shares[j] * sums[place + j]
    return value


@njit
def values_between(
    sums: Array, places: Array, shares: Array, scale: float, values: Array
) -> None:
    """Values of margins between nodes, as whole multiples of the inverse of a scale."""
    for i in range(values.shape[0]):
        value = _interpolated(sums, places[i], shares[i])
        values[i] = np.int64(np.rint(value * scale))


@njit
def add_levels(
    sums: Array,
    places: Array,
    shares: Array,
    which: Array,
    starts: Array,
    columns: Array,
    scale: float,
) -> Array:
    """Sum over the levels of each column, (b,) int64: `pick_excess` times ``scale``.

    Level i has margin ``which[i]``, whose value lies between the four nodes from
    ``places[which[i]]`` on, with these shares. Each value is made a whole number first:
    then the order of the levels means nothing.
    """
    values = np.empty(places.shape[0], np.int64)
    values_between(sums, places, shares, scale, values)
    totals = np.empty(columns.shape[0], np.int64)
    for k in range(columns.shape[0]):
        total = np.int64(0)
        for level in range(starts[columns[k]], starts[columns[k] + 1]):
            total += values[np.uint64(which[np.uint64(level)])]
        totals[k] = total
    return totals


@njit
def _end_of_run(slots: Array, first: int) -> int:
    """End of the columns that meet one pick."""
    last = first + 1
    while last < slots.shape[0] and slots[last] == slots[first]:
        last += 1
    return last


@njit
def _of_many(slots: Array, starts: Array, columns: Array, first: int, n: int) -> bool:
    """Whether the columns that meet one pick have more levels than n."""
    levels = 0
    for k in range(first, _end_of_run(slots, first)):
        levels += starts[columns[k] + 1] - starts[columns[k]]
    return levels > n


@njit
def add_levels_of_pairs(
    sums: Array,
    slots: Array,
    places: Array,
    shares: Array,
    which: Array,
    starts: Array,
    columns: Array,
    scale: float,
) -> Array:
    """As `add_levels`, column i against the pick with row ``slots[i]`` of the sums."""
    totals = np.empty(columns.shape[0], np.int64)
    values, last, ready = np.empty(places.shape[0], np.int64), 0, False
    for k in range(columns.shape[0]):
        of_pick = sums[slots[k]]
        if k == last:
            # Of a pick that so many columns meet, each margin is looked at once.
            ready = _of_many(slots, starts, columns, k, values.shape[0])
            last = _end_of_run(slots, k)
            if ready:
                values_between(of_pick, places, shares, scale, values)
        total = np.int64(0)
        for level in range(starts[columns[k]], starts[columns[k] + 1]):
            margin = np.uint64(which[np.uint64(level)])
            if ready:
                total += values[margin]
            else:
                value = _interpolated(of_pick, places[margin], shares[margin])
                total += np.int64(np.rint(value * scale))
        totals[k] = total
    return totals


@njit
def add_levels_of_draws(
    sums: Array,
    places: Array,
    shares: Array,
    which: Array,
    starts: Array,
    firsts: Array,
    p: int,
    scale: float,
) -> Array:
    """As `add_levels`, of the p columns from each first one on, against its sums."""
    totals = np.empty((firsts.shape[0], p), np.int64)
    values = np.empty(places.shape[0], np.int64)
    for i in range(firsts.shape[0]):
        values_between(sums[i], places, shares, scale, values)
        level = starts[firsts[i]]
        for k in range(p):
            total, end = np.int64(0), starts[firsts[i] + k + 1]
            while level < end:
                total += values[np.uint64(which[np.uint64(level)])]
                level += 1
            totals[i, k] = total
    return totals


@njit
def units_excess(rows: Array, columns: Array, rows_per_unit: float) -> Any:
    """`table_excess` of margins in units, int64, times units a row.

    The rows that they stand for are a whole number, of which the counts are shares.
    """
    units = rows.sum()
    if units == 0:
        return 0.0
    n = max(1, int(np.rint(units * rows_per_unit)))
    return table_excess(rows * (n / units), columns * (n / units), n) * (units / n)


@njit
def present_excess(
    counts: Array,
    starts: Array,
    tables: tuple[int, int],
    n_strata: int,
    rows_per_unit: float,
) -> Array:
    """Sum `units_excess` of two sides of pairs over strata.

    ``tables`` are the numbers of the first side and the second among eight tables a
    pair, as `mifs.estimators.plugin.present` lays them out, strata fastest.
    """
    first, second = tables
    sums = np.zeros((starts.shape[0] - 1) // 8)
    for i in range(sums.shape[0]):
        at = starts[8 * i : 8 * i + 9]
        for y in range(n_strata):
            rows = counts[at[first] + y : at[first + 1] : n_strata].copy()
            columns = counts[at[second] + y : at[second + 1] : n_strata].copy()
            sums[i] += units_excess(rows, columns, rows_per_unit)
    return sums
