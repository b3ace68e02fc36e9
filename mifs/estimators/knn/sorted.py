"""Columns sorted once, as they are and within groups of rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray

RowArray = NDArray[np.int32]

SCALES = ("standardize", "rank")
# Rounding error of a value, and of a difference of values beside a typical value.
_VALUE_ERROR = 2.0**-50
_DIFFERENCE_ERROR = 2.0**-46
# Gaps of this many rounding errors, or more, show that smaller ones are rounding.
_CLEAR = 2.0**10
# Neighbouring whole numbers of this size are as close as rounding errors.
_LARGE = 2.0**48


class Column:
    """A continuous column, scaled and sorted once.

    Parameters
    ----------
    values : ndarray of shape (n,), float64, or None
        By row; None to take them from `ordered` when they are asked for.
    rows : ndarray of shape (n,), int32
        Rows in ascending order of the values.
    tol : float
        Rounding error of differences of the values; those that differ by less than
        rounding are equal.
    ordered : ndarray of shape (n,), float64, or None
        In ascending order; None to take them from `values`.
    origin : float
        What was subtracted from the values before they were scaled.
    """

    def __init__(
        self,
        values: FloatArray | None,
        rows: RowArray,
        tol: float,
        ordered: FloatArray | None = None,
        origin: float = 0.0,
    ) -> None:
        self.rows = rows
        self.tol = tol
        self.origin = origin
        self._values = values
        self._ordered = ordered

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def values(self) -> FloatArray:
        """Values by row."""
        if self._values is None:
            values = np.empty(len(self))
            values[self.rows] = self.ordered
            # Another thread may read it as soon as it is set.
            self._values = values
        return self._values

    @property
    def ordered(self) -> FloatArray:
        """Values in ascending order."""
        if self._ordered is None:
            self._ordered = self.values[self.rows]
        return self._ordered

    @property
    def constant(self) -> bool:
        """Whether all values are equal."""
        return bool(self.ordered[0] == self.ordered[-1])


def sort_column(values: FloatArray) -> tuple[RowArray, FloatArray]:
    """Rows in ascending order of the values, ties in the order of rows; the values."""
    keys, bits = _kernels.knn_order.sort_keys(values)
    keys.sort()
    enough, rows, ordered = _kernels.knn_order.take_sorted(values, keys, bits)
    if not enough:
        rows = np.argsort(values, kind="stable").astype(np.int32)
        ordered = values[rows]
    return rows, ordered


def read_column(values: FloatArray, scale: str) -> Column:
    """Scale and sort a column (n,); standardised (unit variance) or normal scores.

    Values that differ by rounding only become equal, where the gaps between them tell
    that apart from their own resolution (see `look_at_gaps`); whole numbers never do.
    """
    return _scored(values) if scale == "rank" else _standardized(values)


def _scored(values: FloatArray) -> Column:
    """Take normal quantiles of the mean ranks, as `_tied_scores`."""
    rows, ordered = sort_column(np.array(values))
    any_equal, rounded, fine = _kernels.knn_scale.look_at_gaps(
        ordered, _VALUE_ERROR, _CLEAR
    )
    if rounded and not fine and not _whole(ordered):
        _kernels.knn_scale.merge_rounded(ordered, _VALUE_ERROR)
        any_equal = True
    scores, tol = _normal_scores(len(ordered))
    if any_equal:
        scores = _tied_scores(ordered, scores)
        tol = _tol(scores)
    return Column(None, rows, tol, scores)


def _standardized(values: FloatArray) -> Column:
    """Divide values by their standard deviation."""
    rows, ordered = _sort_shares(values)
    _, rounded, fine = _kernels.knn_scale.look_at_gaps(ordered, _VALUE_ERROR, _CLEAR)
    if rounded and not fine:
        fine = _whole(values)
        if not fine:
            _kernels.knn_scale.merge_rounded(ordered, _VALUE_ERROR)
    origin = _exact_origin(values) if fine else 0.0
    if origin:
        rows, ordered = _sort_shares(values - origin)
    _kernels.knn_scale.divide_by_deviation(ordered)
    # Less than any difference that is none of rounding.
    tol = _tol(ordered)
    if fine:
        tol = min(tol, _kernels.knn_scale.least_gap(ordered) / 4)
    return Column(None, rows, tol, ordered, origin)


def _exact_origin(values: FloatArray) -> float:
    """Return the least value if it can be subtracted from all exactly, else 0."""
    low, high = float(values.min()), float(values.max())
    # Neither is more than twice the other (Sterbenz).
    return low if 0 < high <= 2 * low or 2 * high <= low < 0 else 0.0


def _whole(values: FloatArray) -> bool:
    """Whether they are large whole numbers, whose differences are none of rounding."""
    large = max(float(values.max()), -float(values.min())) >= _LARGE
    return large and bool((values == np.floor(values)).all())


def _sort_shares(values: FloatArray) -> tuple[RowArray, FloatArray]:
    """Sorted rows, and the values as shares of the largest: squares stay finite."""
    largest = max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))
    return sort_column(values / largest if largest > 0 else 0.0 * values)


def _tol(ordered: FloatArray) -> float:
    """Give the rounding error of differences of sorted values."""
    return float(_DIFFERENCE_ERROR * _kernels.knn_scale.median_size(ordered))


@lru_cache(maxsize=4)
def _normal_scores(n: int) -> tuple[FloatArray, float]:
    """Take normal quantiles of the mean ranks of n untied values; their tol."""
    scores = ndtri((2 * np.arange(n) + 1) / (2 * n))
    return scores, _tol(scores)


def _tied_scores(ordered: FloatArray, scores: FloatArray) -> FloatArray:
    """Take normal quantiles of the mean ranks of sorted values."""
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    begins = np.flatnonzero(first)
    sizes = np.diff(begins, append=len(ordered))
    distinct = scores[begins]
    tied = sizes > 1
    distinct[tied] = ndtri((2 * begins + sizes)[tied] / (2 * len(ordered)))
    return np.repeat(distinct, sizes)


def starts_of(sizes: NDArray[np.integer]) -> IntArray:
    """First place of each group, and the number of rows."""
    starts = np.zeros(len(sizes) + 1, np.intp)
    np.cumsum(sizes, out=starts[1:])
    return starts


class Groups:
    """Rows that share a discrete value; a row alone in its group is left out.

    Parameters
    ----------
    codes : ndarray of shape (n,)
        Dense codes.

    Attributes
    ----------
    codes : ndarray of shape (n,), intp
        Codes of the groups kept; -1 for rows left out.
    starts : ndarray of shape (n_groups + 1,), intp
    """

    def __init__(self, codes: IntArray) -> None:
        sizes = np.bincount(codes)
        kept = sizes > 1
        self.complete = bool(kept.all() or not (sizes == 1).any())
        renamed = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.intp)
        self.codes = renamed[codes]
        self.starts = starts_of(sizes[kept])

    @property
    def n_rows(self) -> int:
        """Number of rows kept."""
        return int(self.starts[-1])

    @cached_property
    def _sizes(self) -> IntArray:
        return np.diff(self.starts)

    @cached_property
    def _small_codes(self) -> NDArray[np.integer]:
        few = len(self.starts) < 2**15
        return self.codes.astype(np.int16 if few else np.int64)

    def keep(self, rows: RowArray) -> RowArray:
        """Rows that are kept, in the given order."""
        return rows if self.complete else rows[self.codes[rows] >= 0]

    def order(self, rows: RowArray) -> NDArray[np.integer] | slice:
        """Order of rows group by group, in the given order within each."""
        if len(self.starts) == 2 and self.complete:
            return slice(None)
        codes = self._small_codes[rows]
        return np.argsort(codes, kind="stable")[len(codes) - self.n_rows :]

    def arrange(self, rows: RowArray) -> RowArray:
        """Rows group by group, in the given order within each."""
        return rows[self.order(rows)]

    def mean_digamma(self, psi: FloatArray) -> float:
        """Mean over the rows of the digamma of the size of their group."""
        return float(self._sizes @ psi[self._sizes]) / self.n_rows


@lru_cache(maxsize=1)
def one_group(n_rows: int) -> Groups:
    """One group of all rows."""
    return Groups(np.zeros(n_rows, np.intp))


@dataclass(frozen=True)
class Arranged:
    """A column sorted within groups.

    Attributes
    ----------
    rows : ndarray of shape (m,), int32
        Rows group by group, ascending within each.
    ordered : ndarray of shape (m,), float64
        Their values.
    tol : float
    """

    rows: RowArray
    ordered: FloatArray
    tol: float
    n_rows: int

    @cached_property
    def places(self) -> RowArray:
        """Place of each row in `rows`, (n,); undefined for rows left out."""
        return np.asarray(_kernels.knn_order.places_of(self.rows, self.n_rows))

    @cached_property
    def fitness(self) -> float:
        """Whether it is a column to cut the plane along, as a share of its rows.

        A strip holds all rows of a value, but only a part of a cluster.
        """
        ties = _kernels.knn_order.ties_less_clusters(self.ordered)
        return float(ties) / max(1, len(self.ordered))


def arrange(column: Column, groups: Groups) -> Arranged:
    """Sort a column within groups."""
    order = groups.order(column.rows)
    return Arranged(column.rows[order], column.ordered[order], column.tol, len(column))
