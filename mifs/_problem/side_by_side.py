"""Draws of one table whose searches share their rounds: what each of them tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._chance import LevelTest, Memory
from mifs._data.encoded import EncodedTable
from mifs._engines.base import Cells, RowCodes
from mifs._engines.drawn import HeldTiles
from mifs._problem.chance import DEPENDENT, ChanceGate
from mifs._problem.partners import BOTH
from mifs.estimators import Terms

NOTHING: frozenset[str] = frozenset()
# In place of a column.
CLASSES = -1


class OneDraw(Terms):
    """What the tests of a draw ask of its terms, of some that are stacked.

    Parameters
    ----------
    stacked : Terms
        Feature r p + k is feature k of draw r.
    number, n_draws : int
        Which draw it is, of how many.
    encoded : EncodedTable
        Its codes.
    """

    def __init__(
        self, stacked: Terms, number: int, n_draws: int, encoded: EncodedTable
    ) -> None:
        p = len(stacked.relevance) // n_draws
        here = slice(number * p, number * p + p)
        self.relevance = stacked.relevance[here]
        assert stacked.n_levels is not None
        assert stacked.level_counts is not None
        self.n_levels = stacked.n_levels[here]
        starts = stacked.level_counts.starts[here.start : here.stop + 1]
        counts = stacked.level_counts.counts[starts[0] : starts[-1]]
        self.level_counts = Cells(counts, starts - starts[0])
        held, rows = encoded.held, encoded.picked
        assert isinstance(held, HeldTiles)
        assert rows is not None
        self.row_codes = RowCodes(lambda column: held.codes(column, rows), False)
        self.edges = encoded.edges

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Nothing: rounds are counted for all draws at once."""
        raise TypeError("pairs of a draw are counted by rounds of all draws")


class DrawnGates:
    """The tests of some draws; see `mifs._search.Gates`.

    Parameters
    ----------
    gates : sequence of ChanceGate
        One a draw, all of the same settings.
    stacked : Terms
        Of these draws.
    encoded : sequence of EncodedTable
        Their codes.
    by_rounds : bool
        Whether rounds of the search are of the bins of the tests, and show who cannot
        pass, and who may say something with a pick; else each gate counts for itself.
    """

    def __init__(
        self,
        gates: Sequence[ChanceGate],
        stacked: Terms,
        encoded: Sequence[EncodedTable],
        *,
        by_rounds: bool,
    ) -> None:
        self._gates, self._by_rounds = gates, by_rounds
        self._foreseen = _Foreseen(gates, encoded) if by_rounds else None
        self._relevance = stacked.relevance.reshape(len(gates), -1)
        self._levels = stacked.level_counts
        looked_for = gates[0].partners is not None
        self.terms = BOTH if looked_for and by_rounds else NOTHING

    def hopeless(self) -> BoolArray:
        """Which candidates of each draw would fail, (n_draws, p)."""
        gates, shape = self._gates, self._relevance.shape
        if not self._by_rounds:
            return np.array([gate.hopeless() for gate in gates])
        assert self._levels is not None
        gaps = np.concatenate([gate.gaps for gate in gates])
        labelled = np.tile(gates[0].labelled, len(gates))
        found = gates[0].hopeless_of(self._levels, gaps, labelled)
        return found.reshape(shape)

    def promising(
        self,
        draws: IntArray,
        picks: Sequence[list[int]],
        pairs: dict[str, FloatArray],
        failed: BoolArray,
    ) -> Iterator[tuple[int, IntArray]]:
        """Those of some draws that failed, and may pass now with the last picks."""
        if not self.terms:
            for r in draws.tolist():
                yield r, self._gates[r].promising(picks[r], failed[r])
            return
        partners = [self._gates[r].partners for r in draws.tolist()]
        assert partners[0] is not None
        chosen = np.array([picks[r] for r in draws.tolist()])
        above = partners[0].screen.above(
            *(self._relevance[draws], pairs, chosen[:, -1], chosen.shape[1])
        )
        np.put_along_axis(above, chosen, 0.0, axis=1)
        for at in np.flatnonzero((above > 0).any(axis=1)).tolist():
            own, r = partners[at], int(draws[at])
            assert own is not None
            yield r, own.meet(picks[r][-1], above[at], failed[r])

    def passing(
        self, draws: IntArray, candidates: IntArray, picks: Sequence[list[int]]
    ) -> BoolArray:
        """Whether a candidate of each of some draws adds more than chance."""
        pairs = list(zip(draws.tolist(), candidates.tolist(), strict=True))
        if self._foreseen is not None:
            self._foreseen.test(pairs, picks)
        gates = self._gates
        found = [gates[r].p_value(k, picks[r]) <= gates[r].alpha for r, k in pairs]
        return np.array(found, np.bool_)


class _Foreseen:
    """Tests of which many gates will ask, done at once.

    What is not decided here they do by themselves.

    Parameters
    ----------
    gates, encoded
        As of `DrawnGates`.
    """

    def __init__(
        self, gates: Sequence[ChanceGate], encoded: Sequence[EncodedTable]
    ) -> None:
        held = encoded[0].held
        assert isinstance(held, HeldTiles)
        self._gates, self._held = gates, held
        self._draws = np.array([each.picked for each in encoded], np.uint32)
        self._n_levels = encoded[0].n_levels.tolist()
        self._gaps = np.array([gate.gaps for gate in gates])
        # Row of each column that was asked for, after that of the classes.
        self._rows = {CLASSES: 0}
        self._codes = held.classes[np.newaxis].astype(np.uint16)
        memory = Memory.of_many_tests()
        self._test, self._undrawn = LevelTest(0, memory), LevelTest(None, memory)

    def test(
        self, pairs: Sequence[tuple[int, int]], picks: Sequence[list[int]]
    ) -> None:
        """Test candidates of some draws alone, and with picks they may depend on."""
        gates, level = self._gates, self._gates[0].level
        new = [(r, k, CLASSES) for r, k in pairs if k not in gates[r].alone]
        for (r, k, _), log_p in self._decided(new, self._test, level):
            gates[r].alone[k] = log_p
        if not gates[0].given_picks:
            return
        new = [
            (r, k, pick)
            for r, k in pairs
            if gates[r].alone.get(k, 0.0) <= math.log(level)
            for pick in picks[r]
            if pick not in gates[r].dependence.get(k, ())
        ]
        for (r, k, pick), log_p in self._decided(new, self._undrawn, DEPENDENT):
            gates[r].dependence.setdefault(k, {})[pick] = log_p

    def _decided(
        self, asked: Sequence[tuple[int, int, int]], test: LevelTest, level: float
    ) -> Iterator[tuple[tuple[int, int, int], float]]:
        """Give what was asked for, draw and two columns, as far as it is decided."""
        if not asked:
            return
        rows = [
            test.asked(*self._side(r, k), *self._side(r, j), draw=r)
            for r, k, j in asked
        ]
        levels = [level] * len(asked)
        logs = test.decided(self._codes, rows, levels, self._draws)
        for one, log_p in zip(asked, logs, strict=True):
            if not math.isnan(log_p):
                yield one, log_p

    def _row(self, column: int) -> int:
        """Row of a column, which is added if it is new."""
        if column not in self._rows:
            row, lent = len(self._rows), self._held.lent
            if row == len(self._codes):
                more = np.empty((2 * row + 16, self._codes.shape[1]), np.uint16)
                more[:row] = self._codes
                self._codes = more
            self._codes[row] = lent.narrow[lent.rows[column]]
            self._rows[column] = row
        return self._rows[column]

    def _side(self, draw: int, column: int) -> tuple[int, tuple[int, bool, bool]]:
        """Row of a column, and what it is there."""
        return self._row(column), self._kind(draw, column)

    def _kind(self, draw: int, column: int) -> tuple[int, bool, bool]:
        """Levels, whether their order means something, whether the last is missing."""
        if column == CLASSES:
            target = self._gates[draw].codes.targets[0]
            return target.n_levels, target.ordered, False
        gaps = bool(self._gaps[draw, column])
        ordered, _ = self._gates[0].codes.kind(column)
        return self._n_levels[column], ordered, gaps
