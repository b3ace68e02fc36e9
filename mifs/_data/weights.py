"""Weights of rows, as whole numbers, so that weighted counts are counts."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray, IntArray

# Rows are repeated, rather than weighed, up to so many times their number.
MOST_COPIES = 8
# Units that fractional weights are rounded to: float64 resolves as much of their sum.
GRID = 2**52

# Weights as different as their inverse are no small whole numbers times some unit.
LEAST_SHARE = 1e-4
ROUNDING = 1e-9
WHOLE = 1e-6


@dataclass(frozen=True)
class Weights:
    """Weights of the rows of a table, all positive.

    Whole weights are kept as they are: a row of weight 3 counts as three rows, exactly.
    Fractional ones become multiples of 2⁻⁵² of their sum, so that tables of either kind
    are integers and their sums exact.

    Attributes
    ----------
    units : ndarray of shape (n,), int64
        Weights in units.
    total : float
        Sum of the weights as they were given.
    whole : bool
        Whether a unit is 1.
    n_for_kinds : int
        The n of the rules that decide what is discrete: the sum of the weights, divided
        by their greatest common divisor, or the number of rows where they have none.
        So it is that of the repeated rows, and scaling changes no kind.
    """

    units: IntArray
    total: float
    whole: bool
    n_for_kinds: int

    @property
    def n_units(self) -> int:
        """Sum of the weights, in units."""
        return int(self.units.sum())

    @property
    def row_counts(self) -> NDArray[np.float64]:
        """How many rows each row stands for; their sum is ``n_for_kinds``.

        Whole numbers where the weights are multiples of a common unit.
        """
        counts = self.units / self.n_units * self.n_for_kinds
        whole = np.rint(counts)
        return whole if (np.abs(counts - whole) < WHOLE * counts).all() else counts

    def of_rows(self, rows: IntArray) -> Weights:
        """Weights of some rows, of which each stands for as many as before."""
        units = self.units[rows]
        share = units.sum() / self.n_units
        n_for_kinds = round(self.n_for_kinds * share)
        return Weights(units, self.total * share, self.whole, n_for_kinds)

    def described(self) -> dict[str, float]:
        """All but the units, as JSON can keep it."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in kept.items() if name != "units"}

    @property
    def rows_per_unit(self) -> float:
        """Rows that a unit is."""
        return 1.0 if self.whole else self.n_for_kinds / self.n_units

    @property
    def effective_rows_per_unit(self) -> float:
        """Rows that a unit is where chance is reckoned: (Σw)² / Σw² rows in all.

        Whole weights are repeated rows.
        """
        if self.whole:
            return 1.0
        shares = self.units / self.n_units
        return float(1 / (shares**2).sum() / self.n_units)

    @property
    def repeats(self) -> IntArray | None:
        """How often each row is to be repeated; None if not a few whole times."""
        times = self.row_counts
        few = self.n_for_kinds <= MOST_COPIES * len(self.units)
        whole = few and bool((times == np.floor(times)).all())
        return times.astype(np.intp) if whole else None

    @property
    def slack(self) -> int:
        """Units by which rounding may have moved a sum of weights."""
        return 0 if self.whole else 4 * len(self.units)


def to_units(weights: NDArray[np.float64]) -> Weights:
    """Positive weights as whole numbers of units."""
    total = float(weights.sum())
    if (weights == np.floor(weights)).all() and total <= GRID:
        units = weights.astype(np.int64)
        return Weights(units, total, True, int(total) // int(np.gcd.reduce(units)))
    divisor = _common_divisor(np.unique(weights / weights.max()))
    n_for_kinds = len(weights)
    if divisor > 0:
        n_for_kinds = round(total / (divisor * weights.max()))
    shares = weights / weights.max()
    return Weights(in_units(shares, shares.sum()), total, False, n_for_kinds)


def in_units(shares: FloatArray, total: float) -> IntArray:
    """Shares of the largest weight, whose sum is known, as whole numbers of units."""
    units = np.rint(shares / total * GRID).astype(np.int64)
    return np.maximum(units, 1)


def counted_rows(
    weights: Weights | None, rows: IntArray, times: IntArray | None = None
) -> Weights:
    """Weights of some rows, each taken so many times (None: once)."""
    counts: FloatArray = np.ones(len(rows))
    if weights is not None:
        unit = 1.0 if weights.whole else weights.total / weights.n_units
        counts = np.asarray(weights.units[rows] * unit, dtype=np.float64)
    return to_units(counts if times is None else counts * times)


def _common_divisor(shares: NDArray[np.float64]) -> float:
    """Divide shares of the largest as Euclid does, up to rounding; 0 if none is."""
    divisor = 1.0
    for share in shares.tolist():
        while share > ROUNDING:
            divisor, share = share, divisor % share
            if divisor - share < ROUNDING:
                share = 0.0
        if divisor < LEAST_SHARE:
            return 0.0
    return divisor
