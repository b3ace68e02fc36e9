"""One thread pool for all rounds of a search."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from mifs._search._path import FloatArray, IntArray


@contextmanager
def term_pool(terms: Any, n_threads: int) -> Iterator[Any]:
    """Terms whose candidates are spread over threads held for the whole search."""
    if n_threads == 1:
        yield terms
        return
    with ThreadPoolExecutor(n_threads) as pool:
        yield _Spread(terms, pool, n_threads)


class _Spread:
    """Terms asked for by several threads, each for a run of the candidates."""

    def __init__(self, terms: Any, pool: ThreadPoolExecutor, n_threads: int) -> None:
        self._terms = terms
        self._pool = pool
        self._n_threads = n_threads

    def __getattr__(self, name: str) -> Any:
        """Everything but the rounds is the terms' own."""
        return getattr(self._terms, name)

    def _runs(self, candidates: IntArray) -> list[IntArray]:
        return np.array_split(candidates, min(self._n_threads, len(candidates)))

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against the newest pick."""
        parts = list(
            self._pool.map(
                lambda run: self._terms.pairwise(newest, run, wanted),
                self._runs(candidates),
            )
        )
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}

    def pairs(
        self, picks: IntArray, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i."""
        runs = zip(self._runs(picks), self._runs(candidates), strict=True)
        parts = list(
            self._pool.map(lambda run: pairs(self._terms, run[0], run[1], wanted), runs)
        )
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}

    def joint(
        self, pick: Any, candidates: IntArray, *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """Joint entropies of the candidates with a joint label."""
        parts = list(
            self._pool.map(
                lambda run: self._terms.joint(pick, run, by_class=by_class),
                self._runs(candidates),
            )
        )
        plain, with_class = zip(*parts, strict=True)
        return np.concatenate(plain), np.concatenate(with_class)


def pairs(
    terms: Any, picks: IntArray, candidates: IntArray, wanted: frozenset[str]
) -> dict[str, FloatArray]:
    """Terms of candidate i against pick i, from any terms."""
    if hasattr(terms, "pairs"):
        found: dict[str, FloatArray] = terms.pairs(picks, candidates, wanted)
        return found
    found = {name: np.empty(len(picks)) for name in wanted}
    for pick in np.unique(picks).tolist():
        members = np.flatnonzero(picks == pick)
        terms_of_pick = terms.pairwise(pick, candidates[members], wanted)
        for name in wanted:
            found[name][members] = terms_of_pick[name]
    return found
