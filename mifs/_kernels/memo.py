"""What is remembered of functions of three counts: those of strata come again.

A memo is an array of keys, int64, and two of values, float64: each key has one place,
and what came last stays there. Only one thread at a time may use it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.jit import inlined

# Places, a power of two: 1.5 MB, of which only what is used is touched. Fewer for a
# single test.
PLACES, FEW_PLACES = 1 << 16, 1 << 10
# Counts from here on have no key.
LARGEST = 1 << 20
# What is remembered: `chance.excess`; `moments._of_two`; `strata._moments_of_two`.
EXCESS, ROW_OF_TWO, TABLE_OF_TWO = range(3)

Memo = tuple[Array, Array, Array]


def new_memo(places: int = PLACES) -> Memo:
    """Make a memo in which nothing is remembered."""
    return np.zeros(places, np.int64), np.zeros(places), np.zeros(places)


@inlined
def key_of(kind: int, a: int, b: int, n: int) -> Any:
    """Key of three counts for one of four functions, never 0 of n > 0 rows."""
    return (((a << 20 | b) << 20 | n) << 2) | kind


@inlined
def place_of(kind: int, a: int, b: int, n: int, n_places: int) -> Any:
    """Where a key has its place: beside those of a + 1, which is often the next."""
    return (a + b * 40_503 + n * 9_973 + kind * 21_937) & (n_places - 1)
