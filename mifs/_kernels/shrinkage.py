"""Information of tables that are shrunk towards the product of their margins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import njit

# Sums of shares are kept as whole multiples of this: no order of the cells matters.
SHARE = 2.0**-60


@njit
def _whole(share: float) -> Any:
    return np.int64(np.rint(share / SHARE))


@njit
def _squares(counts: Array, total: int) -> float:
    """Sum of squared shares of levels."""
    squares = 0
    for count in counts:
        squares += _whole((count / total) ** 2)
    return squares * SHARE


@njit
def intensity(squares: float, crossed: float, expected: float, rows: float) -> float:
    """Intensity of shrinkage, λ (Hausser, Strimmer 2009, eq. 6), within [0, 1].

    Of a table with shares p and the target t of products of its margins: ``squares`` is
    Σ p², ``crossed`` Σ p t, ``expected`` Σ t².
    """
    distance = squares - 2 * crossed + expected
    if rows <= 1 or distance <= 0:
        return 1.0
    return min(1.0, max(0.0, (1 - squares) / ((rows - 1) * distance)))


@njit
def shrunk_information(
    cells: tuple[Array, Array, Array, Array],
    starts: Array,
    own: tuple[Array, Array, Array],
    pick: Array,
    totals: Array,
    rows_per_unit: float,
    scale: float,
) -> Array:
    """Sum n_y · I of each table's strata y, (b,) int64, in nats times ``scale``.

    With p' = λ t + (1 − λ) p the margins stay what they are. Then I is Σ p' log(p'/t)
    over occupied cells, and λ log λ times the share of t in all others.

    Parameters
    ----------
    cells : tuple of (count, level, level of the pick, stratum), each (n_cells,) int64
        Occupied cells; those of table i from ``starts[i]`` on.
    starts : ndarray of shape (b + 1,), int64
    own : tuple of (counts (n_levels, n_strata), first (b,), last (b,)), int64
        Margins of all columns, and where those of the candidates begin and end.
    pick : ndarray of shape (m, n_strata), int64
        Margins of the pick.
    totals : ndarray of shape (n_strata,), int64
    rows_per_unit, scale : float
        As in `mifs.estimators.plugin.corrections.Correction`.
    """
    counts, levels, others, strata = cells
    margins, first, last = own
    n_strata = totals.shape[0]
    sums = np.zeros(starts.shape[0] - 1, np.int64)
    of_pick = np.zeros(n_strata)
    for y in range(n_strata):
        of_pick[y] = _squares(pick[:, y], max(1, totals[y]))
    for i in range(sums.shape[0]):
        table = margins[first[i] : last[i]]
        squares = np.zeros(n_strata, np.int64)
        crossed, covered = np.zeros_like(squares), np.zeros_like(squares)
        for cell in range(starts[i], starts[i + 1]):
            y = strata[cell]
            n = totals[y]
            p = counts[cell] / n
            t = (table[levels[cell], y] / n) * (pick[others[cell], y] / n)
            squares[y] += _whole(p * p)
            crossed[y] += _whole(p * t)
            covered[y] += _whole(t)
        shrinkage = np.ones(n_strata)
        for y in range(n_strata):
            if totals[y] > 0:
                expected = _squares(table[:, y], totals[y]) * of_pick[y]
                rows = totals[y] * rows_per_unit
                of_shares = squares[y] * SHARE, crossed[y] * SHARE
                shrinkage[y] = intensity(*of_shares, expected, rows)
                lam = shrinkage[y]
                if lam > 0:
                    empty = max(0.0, 1 - covered[y] * SHARE)
                    value = totals[y] * empty * lam * math.log(lam)
                    sums[i] += np.int64(np.rint(value * scale))
        for cell in range(starts[i], starts[i + 1]):
            y = strata[cell]
            n, lam = totals[y], shrinkage[y]
            p = counts[cell] / n
            t = (table[levels[cell], y] / n) * (pick[others[cell], y] / n)
            ratio = lam + (1 - lam) * (p / t)
            sums[i] += np.int64(np.rint(n * t * ratio * math.log(ratio) * scale))
    return sums
