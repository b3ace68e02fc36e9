"""Draws of one table whose searches share their rounds: what each of them tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._engines.base import Cells, RowCodes
from mifs._engines.drawn import HeldTiles
from mifs._problem.chance import ChanceGate
from mifs._problem.partners import BOTH
from mifs.estimators import Terms

NOTHING: frozenset[str] = frozenset()


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
    by_rounds : bool
        Whether rounds of the search are of the bins of the tests, and show who cannot
        pass, and who may say something with a pick; else each gate counts for itself.
    """

    def __init__(
        self, gates: Sequence[ChanceGate], stacked: Terms, *, by_rounds: bool
    ) -> None:
        self._gates, self._by_rounds = gates, by_rounds
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
        pairs = zip(draws.tolist(), candidates.tolist(), strict=True)
        return np.array(
            [
                self._gates[r].p_value(k, picks[r]) <= self._gates[r].alpha
                for r, k in pairs
            ],
            np.bool_,
        )
