"""One thread pool for all rounds of a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._engines.base import ALONE, Workers
from mifs.estimators._terms import JointLabels, Terms

if TYPE_CHECKING:
    from mifs._kernels.rounds import TiledColumns
    from mifs._kernels.small_table import SmallTable

# Nanoseconds of a round that threads would not make shorter: to hand it to them and to
# put the answers together takes a third of that.
SHORT_ROUND = 5e5


@contextmanager
def worker_pool(n_threads: int) -> Iterator[Workers]:
    """Threads that are held for a while; none is begun before it is needed."""
    if n_threads == 1:
        yield ALONE
        return
    with ThreadPoolExecutor(n_threads) as pool:
        yield Workers(pool.map, n_threads)


@contextmanager
def term_pool(terms: Terms, n_threads: int) -> Iterator[Terms]:
    """Terms whose candidates are spread over threads held for the whole search."""
    with worker_pool(n_threads) as workers:
        yield spread(terms, workers)


def is_short(terms: Terms) -> bool:
    """Whether threads would not make rounds shorter."""
    each = terms.pair_time
    return each is not None and each * len(terms.relevance) < SHORT_ROUND


def spread(terms: Terms, workers: Workers) -> Terms:
    """Terms whose candidates are spread over threads that are there, if that pays."""
    if workers.n == 1 or is_short(terms):
        return terms
    return _Spread(terms, _Threads(terms, workers))


class _Threads:
    """Threads, and which candidates each of them is asked about."""

    def __init__(self, terms: Terms, workers: Workers) -> None:
        self._terms = terms
        self._parted: tuple[IntArray, list[IntArray]] | None = None
        self.workers = workers
        self.map, self.runs = workers.map, workers.runs

    def parts(self, candidates: IntArray) -> list[IntArray]:
        """Positions of the candidates of each thread; whole rounds come again."""
        if self._parted is None or self._parted[0] is not candidates:
            self._parted = candidates, self._terms.parts(candidates, self.workers.n)
        return self._parted[1]


class _Spread(Terms):
    """Terms asked for by several threads, each for some of the candidates."""

    def __init__(self, terms: Terms, threads: _Threads) -> None:
        self._terms = terms
        self._threads = threads
        self.relevance = terms.relevance
        self.observed_relevance = terms.observed_relevance
        self.level_counts = terms.level_counts
        self.entropy = terms.entropy
        self.target_entropy = terms.target_entropy
        self.n_levels = terms.n_levels
        self.edges = terms.edges

    @property
    def pair_time(self) -> float | None:
        """Of one thread."""
        return self._terms.pair_time

    def small_table(self, *, by_class: bool) -> SmallTable | None:
        """Return what a loop of one thread needs."""
        return self._terms.small_table(by_class=by_class)

    def knows(self, pick: int) -> bool:
        """Whether terms of all features with a pick are kept."""
        return self._terms.knows(pick)

    def tiled_columns(self) -> tuple[TiledColumns, IntArray] | None:
        """Nothing: long rounds are for several threads."""
        return None

    @property
    def joint_labels(self) -> JointLabels | None:
        """Joint labels, with candidates spread likewise."""
        labels = self._terms.joint_labels
        return None if labels is None else _SpreadLabels(labels, self._threads)

    def pairwise(
        self, newest: int, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of the candidates against the newest pick."""
        threads, terms = self._threads, self._terms
        parts = threads.parts(candidates)
        if len(parts) == 1 and len(candidates) > 1:
            # One part that cannot be split: its rows are.
            return terms.pairwise_by_rows(newest, candidates, wanted, threads.workers)
        found = threads.map(
            lambda part: terms.pairwise(newest, candidates[part], wanted), parts
        )
        tables = list(found)
        return {name: _scattered(parts, [t[name] for t in tables]) for name in wanted}

    def pairs(
        self, picks: IntArray, candidates: IntArray, wanted: frozenset[str]
    ) -> dict[str, FloatArray]:
        """Terms of candidate i against pick i."""
        runs = self._threads.runs
        found = self._threads.map(
            lambda some, others: self._terms.pairs(some, others, wanted),
            runs(picks),
            runs(candidates),
        )
        parts = list(found)
        return {name: np.concatenate([part[name] for part in parts]) for name in wanted}


class _SpreadLabels:
    """Joint labels asked for by several threads, each for some of the candidates."""

    def __init__(self, labels: JointLabels, threads: _Threads) -> None:
        self._labels = labels
        self._threads = threads
        self.entropy = labels.entropy
        self.target_entropy = labels.target_entropy
        self.grouped = labels.grouped
        self.join = labels.join
        self.pick_entropies = labels.pick_entropies

    def joint(
        self, label: object, candidates: IntArray, *, by_class: bool
    ) -> tuple[FloatArray, FloatArray]:
        """Joint entropies of the candidates with a joint label."""
        parts = self._threads.parts(candidates)
        found = self._threads.map(
            lambda part: self._labels.joint(label, candidates[part], by_class=by_class),
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
