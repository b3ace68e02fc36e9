"""Terms that are kept, for several searches over one table."""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import FloatArray, IntArray


class TermCache:
    """Pairwise terms of any estimator, each computed at most once.

    One vector is held for each pick and term: no p × p matrix as long as the searches
    choose few features.
    """

    def __init__(self, terms: Any) -> None:
        self._terms = terms
        self._known: dict[tuple[int, str], FloatArray] = {}
        self.n_computed = 0

    def __getattr__(self, name: str) -> Any:
        """Everything but the pairwise terms is the terms' own."""
        if name == "pairs":  # each pair is looked up by its pick
            raise AttributeError(name)
        return getattr(self._terms, name)

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str], *workers: Any
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against a pick, from memory where known."""
        known = {name: self._vector(newest, name) for name in wanted}
        unknown = np.zeros(len(candidates), dtype=np.bool_)
        for vector in known.values():
            unknown |= np.isnan(vector[candidates])
        missing = candidates[unknown]
        if len(missing):
            self.n_computed += len(missing)
            computed = self._terms.pairwise(newest, missing, wanted, *workers)
            for name in wanted:
                known[name][missing] = computed[name]
        return {name: vector[candidates] for name, vector in known.items()}

    def _vector(self, newest: int, name: str) -> FloatArray:
        empty = np.full(len(self._terms.relevance), np.nan)
        return self._known.setdefault((newest, name), empty)
