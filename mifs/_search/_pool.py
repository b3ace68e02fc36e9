"""One thread pool for all rounds of a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._engines.base import Workers


@contextmanager
def term_pool(terms: Any, n_threads: int) -> Iterator[Any]:
    """Terms whose candidates are spread over threads held for the whole search."""
    if n_threads == 1:
        yield terms
        return
    with ThreadPoolExecutor(n_threads) as pool:
        yield _Spread(terms, pool, n_threads)


class _Spread:
    """Terms asked for by several threads, each for some of the candidates."""

    def __init__(self, terms: Any, pool: ThreadPoolExecutor, n_threads: int) -> None:
        self._terms = terms
        self._pool = pool
        self._n_threads = n_threads
        self._parted: tuple[IntArray, list[IntArray]] | None = None

    def __getattr__(self, name: str) -> Any:
        """Everything but the rounds is the terms' own."""
        return getattr(self._terms, name)

    def _runs(self, candidates: IntArray) -> list[IntArray]:
        return np.array_split(candidates, min(self._n_threads, len(candidates)))

    def _parts(self, candidates: IntArray) -> list[IntArray]:
        """Positions of the candidates of each thread; whole rounds come again."""
        if self._parted is None or self._parted[0] is not candidates:
            if hasattr(self._terms, "parts"):
                parts = self._terms.parts(candidates, self._n_threads)
            else:
                parts = self._runs(np.arange(len(candidates)))
            self._parted = candidates, parts
        return self._parted[1]

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against the newest pick."""
        parts = self._parts(candidates)
        if len(parts) == 1 and len(candidates) > 1:
            # One part that cannot be split: its rows are.
            workers = Workers(self._pool.map, self._n_threads)
            whole: dict[str, FloatArray]
            whole = self._terms.pairwise(newest, candidates, wanted, workers)
            return whole
        found = self._pool.map(
            lambda part: self._terms.pairwise(newest, candidates[part], wanted), parts
        )
        tables = list(found)
        return {name: _scattered(parts, [t[name] for t in tables]) for name in wanted}

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
        parts = self._parts(candidates)
        found = self._pool.map(
            lambda part: self._terms.joint(pick, candidates[part], by_class=by_class),
            parts,
        )
        plain, with_class = zip(*found, strict=True)
        joint = _scattered(parts, with_class) if by_class else with_class[0]
        return _scattered(parts, plain), joint


def _scattered(parts: list[IntArray], values: Sequence[FloatArray]) -> FloatArray:
    """Values of the parts in the order of the candidates."""
    together = np.empty(sum(map(len, parts)))
    for part, of_part in zip(parts, values, strict=True):
        together[part] = of_part
    return together


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
