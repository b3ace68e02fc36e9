"""Steps of a search over a small table, of the criteria that a loop knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._path import Contributions, Step
from mifs._search._pool import is_short
from mifs._terms import CONDITIONAL_REDUNDANCY
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators._terms import Terms

if TYPE_CHECKING:
    from mifs._kernels.bounds import Steps
    from mifs._kernels.expected import Expected
    from mifs._kernels.rounds import TiledColumns
    from mifs._kernels.small_table import SmallTable

LAZY = ("cmim", "icap", "jmim", "njmim", "mrmr")
# Those that the loop knows of bits only, where a round takes some nanoseconds a pair:
# of other tables such bounds, which only the sign of the terms gives, part nobody.
BY_BITS = ("mrmr", "mifs")
# Those that the loop knows of whole rounds, from bits or in tiles.
IN_ROUNDS = ("jmi", *BY_BITS)
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
    bounded : bool
        Whether a score over some of the picks is an upper bound.
    tiled : tuple or None
        Columns in tiles, and a table of pairs of sums, where rounds are counted so.

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
        bounded: bool,
        tiled: tuple[TiledColumns, IntArray] | None = None,
    ) -> None:
        self._table, self._relevance, self._tiled = table, relevance, tiled
        self._criterion, self.rounds, self._bounded = criterion, rounds, bounded

    @classmethod
    def of(
        cls, terms: Terms, criterion: Criterion, *, lazy: bool = True
    ) -> SmallSearch | None:
        """Return the loop of a table and a criterion, if both are of its kinds.

        ``lazy``: whether bounds may be tried, where nothing is taken off.
        """
        corrected = terms.observed_relevance is not None
        if not _is_known(criterion) or (corrected and criterion.name in PLAIN):
            return None
        # Long rounds are for several threads.
        short = is_short(terms)
        if not (short or criterion.name in LAZY):
            return None
        by_bits = criterion.name in BY_BITS
        table = terms.small_table(by_class=not by_bits)
        if table is None:
            return None
        in_bits, tiled = table.bits is not None, None
        if criterion.name in IN_ROUNDS and not in_bits:
            tiled = terms.tiled_columns()
        rounds = (in_bits or tiled is not None) and short
        # What is corrected may be negative, and bounds nothing.
        signed = by_bits and (corrected or not in_bits)
        bounded = (lazy or corrected) and criterion.name in LAZY and not signed
        if not (bounded or rounds):
            return None
        ways = {"rounds": rounds, "bounded": bounded}
        return cls(table, terms.relevance, criterion, **ways, tiled=tiled)

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
            lazy and self._bounded,
            self.rounds,
        )
        steps = bounds.Steps(*np.empty((2, most), np.intp), *np.empty((4, most)))
        chosen = np.empty(len(picks) + most, np.intp)
        chosen[: len(picks)] = picks
        standing = _kernels.standing.Standing(self._relevance, *contributions)
        rest = standing, chosen, len(picks), closed, costs, rule, steps
        if self._tiled is None:
            n, n_evaluations, helped = bounds.choose(self._table, *rest)
        else:
            n, n_evaluations = bounds.choose_in_rounds(self._table, self._tiled, *rest)
            helped = True
        done = bounds.Steps(*(values[:n] for values in steps))
        found = self._steps(done, len(picks))
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

    def _steps(self, steps: Steps, n_picks: int) -> list[Step]:
        """Return what the loop wrote as steps, the first after so many picks."""
        n = np.arange(n_picks, n_picks + len(steps.feature), dtype=np.float64)
        n[n == 0] = np.nan
        conditional = np.full(len(n), np.nan)
        if CONDITIONAL_REDUNDANCY in self._criterion.terms:
            conditional = steps.conditional / n
        columns = (
            *(steps.feature, steps.score, self._relevance[steps.feature]),
            *(steps.redundancy / n, conditional, steps.runner_up, steps.margin),
        )
        return list(map(Step, *(values.tolist() for values in columns)))


def _with_room(expected: Expected, n: int) -> Expected:
    """Room for the values of n picks, of which some are known."""
    values = np.empty((n, expected.values.shape[1]), np.int64)
    values[:, 0] = _kernels.expected.UNKNOWN
    values[: len(expected.values)] = expected.values
    return expected._replace(values=values)


def _is_known(criterion: Criterion) -> bool:
    """Whether a criterion is one of ours that the loop knows, too."""
    ours = CRITERIA.get(criterion.name)
    if ours is None or criterion.name not in (*LAZY, *IN_ROUNDS):
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
