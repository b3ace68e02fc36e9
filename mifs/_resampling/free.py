"""Which features the rows decide about, and the bounds of the false ones among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mifs._arrays import BoolArray
from mifs._resampling.bounds import ASSUMPTIONS, expected_false, selection_bound

# Features a resample, where none chose any.
LEAST = 1e-9


@dataclass(frozen=True)
class Free:
    """Features, or groups that share their votes, that the rows decide about.

    A bound is of features that chance could choose. One that can never be chosen would
    make it too small, and so would one that always is.

    Attributes
    ----------
    number : int
        Of those that may be chosen, and need not be.
    n_sure : int
        Chosen whatever the rows say.
    n_pairs : int
        Pairs of complementary subsamples.
    """

    number: int
    n_sure: int
    n_pairs: int

    @classmethod
    def among(
        cls,
        members: Sequence[list[int]],
        sure: Sequence[int],
        never: BoolArray,
        n_resamples: int,
    ) -> Free:
        """Count groups: with columns that are sure to be chosen, or never can be."""
        fixed = set(sure)
        closed = never.tolist()
        n_sure = free = 0
        for group in members:
            if not fixed.isdisjoint(group):
                n_sure += 1
            elif not all(closed[column] for column in group):
                free += 1
        return cls(max(1, free), n_sure, max(1, n_resamples // 2))

    def decided(self, n_selected: float) -> float:
        """How many of the selected ones the rows decide about."""
        return float(min(max(n_selected - self.n_sure, LEAST), self.number))

    def most(self, threshold: float, bound: float, assumption: str) -> int:
        """Give the largest number to be selected that keeps a bound."""
        found = selection_bound(
            self.number,
            threshold=threshold,
            bound=bound,
            n_pairs=self.n_pairs,
            assumption=assumption,
        )
        return int(found.n_selected)

    def threshold(self, n_selected: float, bound: float, assumption: str) -> float:
        """Give the least threshold that keeps a bound."""
        found = selection_bound(
            self.number,
            n_selected=self.decided(n_selected),
            bound=bound,
            n_pairs=self.n_pairs,
            assumption=assumption,
        )
        return found.threshold

    def expected(
        self, n_selected: float, threshold: float, holding: Sequence[str]
    ) -> dict[str, float]:
        """Bounds of the false ones by assumption, NaN for those that do not hold."""
        bounds = dict.fromkeys(ASSUMPTIONS, np.nan)
        q = self.decided(n_selected)
        for name in holding:
            bounds[name] = expected_false(name, self.number, self.n_pairs, q, threshold)
        return bounds
