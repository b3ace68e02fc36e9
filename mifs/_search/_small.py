"""Steps of a search over a small table, of the criteria that a loop knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray
from mifs._search._path import NAN, Contributions, Step
from mifs._search._pool import is_short
from mifs._terms import CONDITIONAL_REDUNDANCY
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators._terms import Terms

if TYPE_CHECKING:
    from mifs._kernels.expected import Expected
    from mifs._kernels.small_table import SmallTable

LAZY = ("cmim", "icap", "jmim", "njmim")
# Their bounds part nobody: a loop evaluates all candidates, by bits.
EAGER = ("mrmr", "mifs")
# Of a joint entropy, from which nothing is taken off.
PLAIN = ("njmim",)
# Room for what is taken off, at first for so many picks.
FIRST_PICKS = 32


class Found(NamedTuple):
    """What a loop found.

    Attributes
    ----------
    steps : list of Step
        Fewer than asked for where whole rounds are to be evaluated elsewhere.
    n_evaluations : int
    helped : bool
        Whether bounds saved time.
    """

    steps: list[Step]
    n_evaluations: int
    helped: bool


class SmallSearch:
    """A loop that counts, sums, scores and chooses.

    Parameters
    ----------
    table : SmallTable
    relevance : ndarray of shape (p,)
    criterion : Criterion
    rounds : bool
        Whether the loop evaluates whole rounds, too.

    Attributes
    ----------
    rounds : bool
    """

    def __init__(
        self,
        table: SmallTable,
        relevance: FloatArray,
        criterion: Criterion,
        *,
        rounds: bool,
    ) -> None:
        self._table, self._relevance = table, relevance
        self._criterion, self.rounds = criterion, rounds

    @classmethod
    def of(cls, terms: Terms, criterion: Criterion) -> SmallSearch | None:
        """Return the loop of a table and a criterion, if both are of its kinds."""
        corrected = terms.observed_relevance is not None
        if not _is_known(criterion) or (corrected and criterion.name in PLAIN):
            return None
        table = terms.small_table(by_class=criterion.name in LAZY)
        if table is None:
            return None
        # Long rounds are for several threads.
        rounds = table.bits is not None and is_short(terms)
        if criterion.name in EAGER and not rounds:
            # Bounds part nobody.
            return None
        return cls(table, terms.relevance, criterion, rounds=rounds)

    def choose(
        self,
        contributions: Contributions,
        picks: Sequence[int],
        closed: BoolArray,
        costs: FloatArray,
        most: int,
        *,
        lazy: bool,
    ) -> Found:
        """Choose so many features, and update contributions and what is closed.

        ``lazy``: whether bounds are tried.
        """
        bounds, criterion = _kernels.bounds, self._criterion
        self._make_room(len(picks) + most)
        rule = _kernels.standing.Rule(
            _kind(criterion),
            float(criterion.parameters.get("beta", 1.0)),
            criterion.tolerance(0.0, criterion.parameters),
            lazy and criterion.name in LAZY,
            self.rounds,
        )
        steps = bounds.Steps(*np.empty((2, most), np.intp), *np.empty((4, most)))
        chosen = np.empty(len(picks) + most, np.intp)
        chosen[: len(picks)] = picks
        standing = _kernels.standing.Standing(self._relevance, *contributions)
        n, n_evaluations, helped = bounds.choose(
            *(self._table, standing, chosen, len(picks), closed, costs, rule, steps)
        )
        found = self._steps([values[:n].tolist() for values in steps], len(picks))
        return Found(found, int(n_evaluations), bool(helped))

    def _make_room(self, n_picks: int) -> None:
        """Make room for what chance adds to pairs with so many picks."""
        table = self._table
        if not len(table.expected.which) or len(table.expected.values) >= n_picks:
            return
        n = max(n_picks, FIRST_PICKS, 2 * len(table.expected.values))
        self._table = table._replace(
            expected=_with_room(table.expected, n),
            expected_by_class=_with_room(table.expected_by_class, n),
        )

    def _steps(self, columns: list[list[float]], n_picks: int) -> list[Step]:
        """Return what the loop wrote as steps, the first after so many picks."""
        given_class = CONDITIONAL_REDUNDANCY in self._criterion.terms
        found = []
        rows = zip(*columns, strict=True)
        for n, (feature, second, score, margin, *sums) in enumerate(rows, n_picks):
            redundancy = sums[0] / n if n else NAN
            conditional = sums[1] / n if n and given_class else NAN
            pick = int(feature)
            relevance = float(self._relevance[pick])
            means = redundancy, conditional
            found.append(Step(pick, score, relevance, *means, int(second), margin))
        return found


def _with_room(expected: Expected, n: int) -> Expected:
    """Room for the values of n picks, of which some are known."""
    values = np.empty((n, expected.values.shape[1]), np.int64)
    values[:, 0] = _kernels.expected.UNKNOWN
    values[: len(expected.values)] = expected.values
    return expected._replace(values=values)


def _is_known(criterion: Criterion) -> bool:
    """Whether a criterion is one of ours that the loop knows, too."""
    ours = CRITERIA.get(criterion.name)
    if ours is None or criterion.name not in (*LAZY, *EAGER):
        return False
    formulas = ours.contribution, ours.score, ours.tolerance
    if criterion.parameters.get("scheme", "difference") != "difference":
        return False
    return formulas == (criterion.contribution, criterion.score, criterion.tolerance)


def _kind(criterion: Criterion) -> int:
    """Which criterion it is for the loop."""
    kinds, name = _kernels.standing, criterion.name.upper()
    if name == "CMIM" and not criterion.parameters["include_relevance"]:
        return int(kinds.CMIM_OF_PICKS)
    return int(getattr(kinds, name))
