"""What counting costs, and what it therefore goes by: the one place for that rule."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import IntArray

MAX_BIT_LEVELS = 16
FEWEST_IN_BITS = 0.1


def bit_cost(n_levels: Any, n_others: Any, n_words: int, n_classes: int) -> Any:
    """Time of a joint table from bits, ns, measured on AVX2 and AVX-512.

    A word costs 0.4 and a run of words 8, once for each pair of levels, of which the
    last follow from the margins.
    """
    return (n_levels - 1.0) * (n_others - 1.0) * (0.4 * n_words + 8.0 * n_classes)


def bits_pay(
    n_levels: IntArray, n_rows: int, n_words: int, n_classes: int
) -> NDArray[np.bool_]:
    """Whether a column is packed in bits, to be counted against single others.

    A row of a histogram costs 0.75 ns; packing costs too, and for packing all rows are
    sorted, which a few columns are not worth.
    """
    bits = bit_cost(n_levels, n_levels, n_words, n_classes)
    pay: NDArray[np.bool_] = (n_levels <= MAX_BIT_LEVELS) & (bits < 0.25 * n_rows)
    return pay if pay.mean() > FEWEST_IN_BITS else np.zeros_like(pay)


def tile_cost(
    n_levels: IntArray | float, n_groups: float, n_rows: int
) -> NDArray[np.float64]:
    """Time of the joint tables of a tile, ns, measured as above."""
    return np.asarray(n_levels * (3.0 * n_rows + 100.0 * n_groups), np.float64)


def pair_time(
    n_levels: float, n_classes: int, n_rows: int, n_words: int | None
) -> float:
    """Time of a candidate in a round of all, ns: from bits, or in a tile of 256."""
    if n_words is not None:
        return 50.0 + float(bit_cost(n_levels, n_levels, n_words, n_classes))
    return 20.0 + float(tile_cost(n_levels, n_levels * n_classes, n_rows)) / 256


def rounded(n: int) -> int:
    """Two binary digits of a number, rounded up: like picks share a plan."""
    shift = max(n.bit_length() - 2, 0)
    return -(-n >> shift) << shift
