"""Terms that are kept, for several searches over one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._engines.base import Workers
from mifs.estimators._terms import JointLabels, Terms

Ask = Callable[[IntArray], dict[str, FloatArray]]


class TermCache(Terms):
    """Pairwise terms of any estimator, each computed at most once.

    One vector is held for each pick and term: no p × p matrix as long as the searches
    choose few features. Pairs are looked up by their pick.

    Attributes
    ----------
    n_computed : int
        Candidate–pick pairs that were computed.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._known: dict[tuple[int, str], FloatArray] = {}
        self.relevance = terms.relevance
        self.observed_relevance = terms.observed_relevance
        self.level_counts = terms.level_counts
        self.entropy = terms.entropy
        self.target_entropy = terms.target_entropy
        self.n_levels = terms.n_levels
        self.n_computed = 0

    @property
    def outputs(self) -> Sequence[Terms]:
        """Terms of each output, which are not kept."""
        return self._terms.outputs

    @property
    def joint_labels(self) -> JointLabels | None:
        """Joint labels, whose entropies are not kept."""
        return self._terms.joint_labels

    def parts(self, candidates: IntArray, n: int) -> list[IntArray]:
        """Positions of the candidates in at most n parts, to be counted in parallel."""
        return self._terms.parts(candidates, n)

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against a pick, from memory where known."""
        return self._look_up(
            newest,
            candidates,
            wanted,
            lambda missing: self._terms.pairwise(newest, missing, wanted),
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
            lambda missing: self._terms.pairwise_by_rows(
                newest, missing, wanted, workers
            ),
        )

    def _look_up(
        self, newest: int, candidates: IntArray, wanted: frozenset[str], ask: Ask
    ) -> dict[str, FloatArray]:
        known = {name: self._vector(newest, name) for name in wanted}
        unknown = np.zeros(len(candidates), dtype=np.bool_)
        for vector in known.values():
            unknown |= np.isnan(vector[candidates])
        missing = candidates[unknown]
        if len(missing):
            self.n_computed += len(missing)
            computed = ask(missing)
            for name in wanted:
                known[name][missing] = computed[name]
        return {name: vector[candidates] for name, vector in known.items()}

    def _vector(self, newest: int, name: str) -> FloatArray:
        empty = np.full(len(self.relevance), np.nan)
        return self._known.setdefault((newest, name), empty)
