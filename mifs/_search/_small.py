"""Lazy steps of a search over a small table, of the criteria that a loop knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mifs import _kernels
from mifs._arrays import FloatArray
from mifs._search._path import Contributions
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators._terms import Terms

if TYPE_CHECKING:
    from mifs._kernels.bounds import SmallTable


class SmallSearch:
    """A loop that counts, sums and scores until the first two scores are exact.

    Parameters
    ----------
    table : SmallTable
    relevance : ndarray of shape (p,)
    criterion : Criterion
    """

    def __init__(
        self, table: SmallTable, relevance: FloatArray, criterion: Criterion
    ) -> None:
        self._table, self._relevance = table, relevance
        self._kind = _kind(criterion)
        self._tolerance = criterion.tolerance(0.0, criterion.parameters)

    @classmethod
    def of(cls, terms: Terms, criterion: Criterion) -> SmallSearch | None:
        """Return the loop of a table and a criterion, if both are of its kinds."""
        if not _is_known(criterion):
            return None
        table = terms.small_table
        return None if table is None else cls(table, terms.relevance, criterion)

    def complete_best(
        self,
        contributions: Contributions,
        picks: Sequence[int],
        scores: FloatArray,
        costs: FloatArray,
        most: int,
    ) -> tuple[int, bool]:
        """Evaluate candidates, and update contributions and scores less costs.

        Returns
        -------
        n_evaluations : int
        exact : bool
            Whether the first two scores are; False: it took more than ``most``.
        """
        standing = _kernels.bounds.Standing(self._relevance, *contributions)
        n, exact = _kernels.bounds.complete_best(
            *(self._table, standing, np.array(picks, np.intp), scores, costs),
            *(self._kind, self._tolerance, most),
        )
        return int(n), bool(exact)


def _is_known(criterion: Criterion) -> bool:
    """Whether a criterion is one of ours that the loop knows, too."""
    ours = CRITERIA.get(criterion.name)
    if ours is None or criterion.name not in ("cmim", "icap", "jmim", "njmim"):
        return False
    formulas = ours.contribution, ours.score, ours.tolerance
    return formulas == (criterion.contribution, criterion.score, criterion.tolerance)


def _kind(criterion: Criterion) -> int:
    """Which criterion it is for the loop."""
    bounds = _kernels.bounds
    if criterion.name == "cmim":
        alone = not criterion.parameters["include_relevance"]
        return int(bounds.CMIM_OF_PICKS if alone else bounds.CMIM)
    known = {"icap": bounds.ICAP, "jmim": bounds.JMIM, "njmim": bounds.NJMIM}
    return int(known[criterion.name])
