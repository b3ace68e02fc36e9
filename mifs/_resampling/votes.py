"""What many selections say together: votes of resamples for columns that share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.stats import norm

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray

FREQUENCY, MEAN_RANK = CONSENSUS = ("frequency", "mean_rank")
# Shares of the resamples are equal to thresholds up to rounding.
ROUNDING = 1e-9


def wilson(counts: IntArray, n: int, confidence: float = 0.95) -> FloatArray:
    """Intervals of shares, (p, 2): E. B. Wilson, JASA 22 (1927)."""
    z = float(norm.ppf((1 + confidence) / 2))
    share = counts / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    limits = np.stack((middle - reach, middle + reach), axis=1)
    # At 0 and n the near limit is the share itself, which rounding would miss.
    limits[counts == 0, 0], limits[counts == n, 1] = 0, 1
    return limits


@dataclass(frozen=True, eq=False)
class Votes:
    """Votes of resamples.

    Attributes
    ----------
    ranks : ndarray of shape (n_resamples, n_features), int32
        Rank of each column in each resample: the chosen ones first.
    sizes : ndarray of shape (n_resamples,)
        Ranks of the chosen are so high at most.
    members : sequence of list of int
        Columns that share their votes: one is enough.
    together : bool
        Whether such columns are chosen together, so that all of them are kept, and not
        the most frequent only.
    """

    ranks: IntArray
    sizes: IntArray
    members: Sequence[list[int]]
    together: bool

    @property
    def n(self) -> int:
        """Number of resamples."""
        return len(self.ranks)

    @cached_property
    def chosen(self) -> BoolArray:
        """Which columns each resample chose, (n_resamples, n_features)."""
        chosen: BoolArray = self.ranks <= self.sizes[:, np.newaxis]
        return chosen

    @cached_property
    def shared(self) -> BoolArray:
        """Which groups of columns each resample chose, (n_resamples, n_groups)."""
        return np.asarray(self._reduced(np.logical_or, self.chosen), dtype=np.bool_)

    @cached_property
    def counts(self) -> IntArray:
        """Resamples that chose each group, (n_groups,)."""
        counts: IntArray = self.shared.sum(axis=0, dtype=np.int64)
        return counts

    @cached_property
    def mean_rank(self) -> FloatArray:
        """Mean over the resamples of the best rank in each group, (n_groups,)."""
        ranks = self._reduced(np.minimum, self.ranks).sum(axis=0, dtype=np.int64)
        mean: FloatArray = ranks / self.n
        return mean

    def _reduced(self, function: np.ufunc, values: AnyArray) -> AnyArray:
        """Reduce the columns of each group to one."""
        columns = np.concatenate([np.array(group) for group in self.members])
        values = values[:, columns]
        if len(columns) == len(self.members):
            return values
        sizes = [len(group) for group in self.members]
        reduced: AnyArray = function.reduceat(
            values, np.cumsum([0, *sizes[:-1]]), axis=1
        )
        return reduced

    def order(self, consensus: str) -> IntArray:
        """Order the groups from the best to the last; ties go to the lowest."""
        keys = {FREQUENCY: -self.counts, MEAN_RANK: self.mean_rank}
        first = keys.pop(consensus)
        order: IntArray = np.lexsort((*keys.values(), first))
        return order

    def elected(self, consensus: str, threshold: float) -> list[int]:
        """Take the groups that the consensus chooses, in its order.

        Those that reach a frequency; or those of the best mean ranks, as many as a
        resample chooses on average. What no resample chooses, as an excluded column,
        has a rank by its relevance, and is never taken.
        """
        order = self.order(consensus)
        if consensus == MEAN_RANK:
            most = round(float(self.shared.sum(axis=1).mean()))
            order = order[self.counts[order] > 0][:most]
        else:
            order = order[self.counts[order] >= threshold * self.n - ROUNDING]
        elected: list[int] = order.tolist()
        return elected

    def kept(self, group: int) -> list[int]:
        """Columns of a group that are kept if it is chosen."""
        members = self.members[group]
        if self.together or len(members) == 1:
            return members
        return [members[int(self._column_order(np.array(members))[0])]]

    def _column_order(self, columns: IntArray) -> IntArray:
        """Positions of columns by how often each was chosen, and then by its rank."""
        counts = self.chosen[:, columns].sum(axis=0)
        order: IntArray = np.lexsort((self.ranks[:, columns].sum(axis=0), -counts))
        return order

    def of_columns(self, values: FloatArray) -> FloatArray:
        """Give each column the value of its group."""
        n_features = self.ranks.shape[1]
        spread = np.empty((n_features, *values.shape[1:]))
        for group, value in zip(self.members, values, strict=True):
            spread[group] = value
        return spread

    def ranking(self, elected: list[list[int]], consensus: str) -> IntArray:
        """Ranks of the columns from 1: what is kept, then the rest."""
        ranking = np.zeros(self.ranks.shape[1], np.intp)
        for place, members in enumerate(elected, start=1):
            ranking[members] = place
        rest = np.flatnonzero(ranking == 0)
        if len(rest):
            alone = Votes(self.ranks, self.sizes, [[j] for j in rest.tolist()], False)
            following = rest[alone.order(consensus)]
            ranking[following] = len(elected) + 1 + np.arange(len(rest))
        return ranking
