"""Pieces of different sizes laid out one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import IntArray
from mifs._engines.base import Cells, JointCounts, Workers

# Cells laid out at once: 1 MiB of counts stays in the cache until it is summed.
CELLS_AT_ONCE = 1 << 17


def groups(chosen: NDArray[np.bool_], sizes: IntArray) -> Iterator[Any]:
    """Split the chosen candidates so that their cells stay within bounds."""
    total = sizes.sum()
    if total <= CELLS_AT_ONCE:
        yield slice(None) if chosen.all() else np.flatnonzero(chosen)
        return
    members = np.flatnonzero(chosen)
    part = np.cumsum(sizes[members]) // CELLS_AT_ONCE
    yield from np.split(members, np.flatnonzero(np.diff(part)) + 1)


def in_shares(
    count: Callable[[Any], Iterable[JointCounts]],
    members: Any,
    n_candidates: int,
    workers: Workers,
) -> Iterator[JointCounts]:
    """Tables of some of the candidates, of which each worker counts a part."""
    if workers.n == 1:
        yield from count(members)
        return
    own = np.arange(n_candidates)[members]
    for tables in workers.map(lambda part: list(count(part)), workers.runs(own)):
        yield from tables


def laid_out(members: Any, cells: Cells, by_class: bool) -> JointCounts:
    """Tables of which all cells are laid out, with the class or without."""
    if by_class:
        return JointCounts(members, triple=cells)
    return JointCounts(members, pair=cells)
