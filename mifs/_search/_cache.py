"""Terms that are kept, for several searches over one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from mifs._arrays import FloatArray, IntArray, same
from mifs._engines.base import Workers
from mifs._search._pool import spread
from mifs._terms import CONDITIONAL_REDUNDANCY, JOINT_ENTROPY, REDUNDANCY
from mifs.estimators._terms import JointLabels, Terms

if TYPE_CHECKING:
    from mifs._kernels.rounds import TiledColumns
    from mifs._kernels.small_table import SmallTable

Ask = Callable[[IntArray, frozenset[str]], dict[str, FloatArray]]
Place = tuple[int, IntArray] | tuple[IntArray, IntArray]

# Terms of pairs.
PAIRS = frozenset({REDUNDANCY, CONDITIONAL_REDUNDANCY, JOINT_ENTROPY})
# Values of each term that are kept at most, 64 MB.
MOST_KEPT = 1 << 23


class TermCache(Terms):
    """Pairwise terms of any estimator, each computed at most once.

    One vector is held for each pick and term, as long as there is room: no p × p matrix
    where the searches choose few features.

    Parameters
    ----------
    terms : Terms
    whole : frozenset of str, default=None
        Names of terms of which all features will be asked for: they are computed at
        once for each pick.

    Attributes
    ----------
    whole : frozenset of str or None
    source : Terms
        Where they come from, without being kept.
    n_computed : int
        Candidate–pick pairs that were computed.
    """

    def __init__(self, terms: Terms, whole: frozenset[str] | None = None) -> None:
        self.source = terms
        n = len(terms.relevance)
        self._most = min(n, MOST_KEPT // n)
        # Memory is taken only as rows are written.
        self._known = {name: np.empty((self._most, n)) for name in PAIRS}
        self._rows: dict[int, int] = {}
        self.whole, self._every = whole, np.arange(n)
        self._filled: set[int] = set()
        # Rows of which all is known, as they came: laid out when some are asked for.
        self._whole_rows: dict[int, dict[str, FloatArray]] = {}
        # Rows of terms that were written to, and those of which all is known.
        self._begun: set[tuple[int, str]] = set()
        self._complete: set[tuple[int, str]] = set()
        self._lock = Lock()
        self.relevance = terms.relevance
        self.observed_relevance = terms.observed_relevance
        self.level_counts = terms.level_counts
        self.entropy = terms.entropy
        self.target_entropy = terms.target_entropy
        self.n_levels = terms.n_levels
        self.edges, self.row_codes = terms.edges, terms.row_codes
        self.n_computed = 0

    @property
    def outputs(self) -> Sequence[Terms]:
        """Terms of each output, which are not kept."""
        return self.source.outputs

    @property
    def pair_time(self) -> float | None:
        """Of pairs that are not known yet."""
        return self.source.pair_time

    def small_table(self, *, by_class: bool) -> SmallTable | None:
        """Return what a loop needs that does not look here: of one search only."""
        if self.whole is None:
            return None
        return self.source.small_table(by_class=by_class)

    def knows(self, pick: int) -> bool:
        """Whether `whole` terms of all features with a pick are kept."""
        return self._rows.get(pick) in self._filled

    def tiled_columns(self) -> tuple[TiledColumns, IntArray] | None:
        """Return what such a loop needs besides."""
        return None if self.whole is None else self.source.tiled_columns()

    @property
    def joint_labels(self) -> JointLabels | None:
        """Joint labels, whose entropies are not kept."""
        return self.source.joint_labels

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        if self.whole is not None:
            # `pairwise_by_rows` parts what it has to ask for.
            return [np.arange(len(candidates))]
        return self.source.parts(candidates, n)

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against a pick, from memory where known."""
        return self._look_up(
            newest,
            candidates,
            wanted,
            lambda *asked: self.source.pairwise(newest, *asked),
        )

    def pairwise_by_rows(
        self,
        newest: int,
        candidates: IntArray,
        wanted: frozenset[str],
        workers: Workers,
    ) -> dict[str, FloatArray]:
        """Return `pairwise`, what is missing counted by all workers."""
        return self._look_up(
            newest,
            candidates,
            wanted,
            lambda *asked: spread(self.source, workers).pairwise(newest, *asked),
        )

    def pairs(
        self, picks: IntArray, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i, from memory where known."""
        rows = [self._row(pick) for pick in picks.tolist()]
        if None in rows:
            return self.source.pairs(picks, candidates, wanted)
        at = np.array(rows, np.intp), candidates
        missing = self._missing(at, wanted)
        if len(missing):
            found = self.source.pairs(picks[missing], candidates[missing], wanted)
            self._keep((at[0][missing], at[1][missing]), found)
        return {name: self._known[name][at] for name in wanted}

    def _look_up(
        self, newest: int, candidates: IntArray, wanted: frozenset[str], ask: Ask
    ) -> dict[str, FloatArray]:
        row = self._row(newest)
        if row is None:
            return ask(candidates, wanted)
        if self.whole is not None:
            if row not in self._filled:
                self._keep_row(row, ask(self._every, self.whole))
            if wanted <= self.whole:
                whole = self._whole_rows.get(row)
                if whole is None:
                    whole = {name: self._known[name][row] for name in wanted}
                if same(candidates, self._every):
                    return {name: whole[name] for name in wanted}
                return {name: whole[name][candidates] for name in wanted}
        missing = self._missing((row, candidates), wanted)
        if len(missing) == len(candidates):
            computed = ask(candidates, wanted)
            self._keep((row, candidates), computed)
            return computed
        if len(missing):
            asked = candidates[missing]
            self._keep((row, asked), ask(asked, wanted))
        return {name: self._known[name][row, candidates] for name in wanted}

    def _row(self, pick: int) -> int | None:
        """Give the row of a pick in what is kept; None: there is no place for it."""
        with self._lock:
            if pick not in self._rows and len(self._rows) < self._most:
                self._rows[pick] = len(self._rows)
            return self._rows.get(pick)

    def _missing(self, at: Place, wanted: frozenset[str]) -> IntArray:
        """Which of some pairs lack a term."""
        rows = {at[0]} if isinstance(at[0], int) else set(at[0].tolist())
        self._lay_out(rows)
        unknown = np.zeros(len(at[1]), dtype=np.bool_)
        for name in wanted:
            keys = {(row, name) for row in rows}
            if not keys <= self._complete:
                self._begin(keys - self._begun)
                unknown |= np.isnan(self._known[name][at])
        return np.flatnonzero(unknown)

    def _begin(self, keys: set[tuple[int, str]]) -> None:
        """Note of rows of terms that nothing is known."""
        for row, name in keys:
            with self._lock:
                if (row, name) not in self._begun:
                    self._known[name][row] = np.nan
                    self._begun.add((row, name))

    def _keep_row(self, row: int, terms: dict[str, FloatArray]) -> None:
        """Keep terms of all features against one pick."""
        with self._lock:
            self._whole_rows[row] = terms
            self.n_computed += len(self._every)
            self._filled.add(row)

    def _lay_out(self, rows: set[int]) -> None:
        """Copy rows of which all is known to where single pairs are looked up."""
        for row in rows & self._whole_rows.keys():
            # Another thread may have done it.
            terms = self._whole_rows.get(row, {})
            for name, values in terms.items():
                self._known[name][row] = values
            keys = {(row, name) for name in terms}
            with self._lock:
                self._begun |= keys
                self._complete |= keys
                self._whole_rows.pop(row, None)

    def _keep(self, at: Place, computed: dict[str, FloatArray]) -> None:
        for name, values in computed.items():
            self._known[name][at] = values
        with self._lock:
            self.n_computed += len(at[1])
