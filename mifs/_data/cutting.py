"""What the ways to cut a column with a view to the target share."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.discretize import quantile_edges
from mifs._data.weights import Weights

Codes: TypeAlias = NDArray[np.intp]
Counts: TypeAlias = NDArray[np.int64]

# A table of logarithms is as long as the rows: 2 GiB.
MOST_ROWS = 2**28
# Losses this close, in nats per row of the column, count as equal: the lowest wins.
TIE = 1e-12


def clogc_table(n: int) -> FloatArray:
    """c·ln c for c = 0..n, rounded to a binary grid on which sums are exact."""
    c = np.arange(n + 1, dtype=np.float64)
    table: FloatArray = np.log(np.maximum(c, 1.0))
    table *= c
    grid = 2.0 ** (int(np.frexp(table[-1])[1]) - 52)
    table /= grid
    np.rint(table, out=table)
    table *= grid
    return table


def column_edges(values: FloatArray, n_bins: int) -> FloatArray:
    """Quantile edges of one column without NaN; none where it is empty."""
    if not values.size:
        return np.empty(0)
    edges: FloatArray = quantile_edges(values[np.newaxis], n_bins)[0] + 0.0
    return edges


def bin_codes(
    values: FloatArray,
    edges: FloatArray,
    dtype: npt.DTypeLike = np.intp,
    order: IntArray | None = None,
) -> Codes:
    """Codes 0..len(edges) of right-closed bins; NaN is len(edges) + 1.

    Of the rows ``order``, all as they are if it is None.
    """
    order = np.arange(values.size) if order is None else order
    codes = np.empty(order.size, dtype)
    spans = np.array([0, edges.size])
    # arrays of one kind, read-only and own, whatever the user's: else a second compile
    column = values[np.newaxis]
    column.flags.writeable = False
    _kernels.columns.bin_codes(column, order, edges.copy(), spans, codes[np.newaxis])
    return codes


def repeated(
    column: AnyArray, classes: Codes, present: BoolArray, times: IntArray | None
) -> tuple[AnyArray, Codes]:
    """Present values and their classes, each as often as its row counts."""
    if times is None:
        whole = bool(present.all())
        return (column, classes) if whole else (column[present], classes[present])
    each = times[present]
    return np.repeat(column[present], each), np.repeat(classes[present], each)


def whole_times(weights: Weights, what: str) -> IntArray:
    """How often each row is repeated where ``what`` counts rows, (n,) int64.

    Raises
    ------
    ValueError
        Weights that are no multiples of one unit, or more rows than can be counted.
    """
    times = weights.units if weights.whole else weights.row_counts
    if (times != np.floor(times)).any():
        raise ValueError(
            f"{what} counts rows, so that every sample_weight must be a whole number, "
            "or a multiple of one unit; round them, or use binning='quantile'"
        )
    if times.sum() > MOST_ROWS:
        raise ValueError(
            f"{what} counts rows, and by sample_weight there are {times.sum():.3g}, "
            f"more than {MOST_ROWS}; divide the weights, and round them"
        )
    return times.astype(np.int64)


def class_counts(codes: Codes, n_levels: int, classes: Codes, n_classes: int) -> Counts:
    """Count table (n_levels, n_classes) of two coded columns."""
    cells = np.bincount(codes * n_classes + classes, minlength=n_levels * n_classes)
    return cells.reshape(n_levels, n_classes).astype(np.int64, copy=False)


def check_coded(
    column: NDArray[Any], codes: Codes, n_codes: int, what: str = "classes"
) -> None:
    """Raise ValueError where the kernels would count outside their tables."""
    if column.shape != codes.shape or column.ndim != 1:
        msg = f"{column.shape} values but {codes.shape} {what}"
        raise ValueError(f"{msg}: pass two 1-d arrays of one length.")
    if codes.size and not 0 <= codes.min() <= codes.max() < n_codes:
        msg = f"{what} hold codes {codes.min()}..{codes.max()}, but there are {n_codes}"
        raise ValueError(f"{msg}: pass codes 0..{n_codes - 1}.")
