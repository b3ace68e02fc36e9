"""Points in groups and their neighbours: entropy and shared information, row by row."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs.estimators.knn.neighbours import Variable, refuse_few_rows
from mifs.estimators.knn.sorted import Column, Groups, read_column


class Cloud:
    """Some rows as points, max norm, each row within its group; answers by row.

    Parameters
    ----------
    columns : sequence of Column
        At least one.
    codes : ndarray of shape (n,), intp
        Dense group of each row, -1 for rows left out; groups of two rows or more.
    """

    def __init__(self, columns: Sequence[Column], codes: IntArray) -> None:
        kept = np.flatnonzero(codes >= 0)
        groups = codes[kept]
        self._line = len(columns) == 1
        self._axes = (0,) * len(columns)
        keys = (columns[0].values[kept], groups) if self._line else (groups,)
        self.rows = kept[np.lexsort(keys)]
        self.starts = np.r_[0, np.cumsum(np.bincount(groups))].astype(np.intp)
        self.tol = float(sum(column.tol for column in columns))
        self.points = np.column_stack([column.values[self.rows] for column in columns])
        self._n_rows = len(codes)

    def reaches(self, k: int) -> tuple[FloatArray, IntArray]:
        """Reach of the k-th neighbour, (n,), and the points inside, itself included."""
        if self._line:
            found = _kernels.knn_line.line_radii(
                self.points[:, 0].copy(), self.starts, k, self.tol
            )
        else:
            found = _kernels.knn_space.space_radii(
                self.points, self._axes, self.starts, k, self.tol
            )
        reaches, inside = np.zeros(self._n_rows), np.zeros(self._n_rows, np.int64)
        reaches[self.rows], inside[self.rows] = found
        return reaches, inside

    def inside(self, reaches: FloatArray) -> IntArray:
        """Points of the group closer than the reach of each row, itself included."""
        reach = reaches[self.rows]
        counts = np.zeros(self._n_rows, np.int64)
        if self._line:
            points = self.points[:, 0].copy()
            counts[self.rows] = _kernels.knn_line.line_counts(
                points, self.starts, reach
            )
        else:
            found = _kernels.knn_space.space_counts(
                self.points, self._axes, self.starts, reach
            )
            counts[self.rows] = found
        return counts

    def spread(self, k: int) -> tuple[FloatArray, IntArray]:
        """Half the width of a cube around each row of the cloud, and rows in it, (m,).

        The k-th neighbour on its surface; where that is at distance 0, the rows tied
        with it inside, itself included, spread up to half-way to the nearest row that
        differs (width 0 where all rows of a group are equal).
        """
        found, inside = self.reaches(k)
        reaches = found[self.rows]
        halves = reaches + self.tol
        sizes = np.diff(self.starts)
        order = np.repeat(np.minimum(k, sizes - 1), sizes).astype(np.int64)
        tied = reaches <= np.nextafter(self.tol, np.inf)
        if tied.any():
            halves[tied] = self._to_the_next()[tied] / 2
            order[tied] = inside[self.rows][tied]
        return halves, order

    def _to_the_next(self) -> FloatArray:
        """Distance to the nearest row of the group that differs, 0 if there is none."""
        labels = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        keys = np.column_stack([labels, self.points])
        distinct, which = np.unique(keys, axis=0, return_inverse=True)
        columns = [
            Column(values, np.empty(0, np.int32), self.tol / self.points.shape[1])
            for values in distinct[:, 1:].T
        ]
        groups = Groups(distinct[:, 0].astype(np.intp))
        nearest = np.zeros(len(distinct))
        if groups.n_rows:
            reaches, _ = Cloud(columns, groups.codes).reaches(1)
            nearest = np.where(groups.codes >= 0, reaches + self.tol, 0.0)
        return np.asarray(nearest[which.ravel()])


def differential_entropy(
    columns: list[FloatArray], codes: IntArray | None, k: int
) -> float:
    """Kozachenko and Leonenko's h(C|D): columns C, within the levels D of codes."""
    n_rows = len(columns[0])
    groups = Groups(np.zeros(n_rows, np.intp) if codes is None else codes)
    if n_rows < 2 or groups.n_rows == 0:
        raise ValueError(
            "no two rows share a level of the discrete columns (or there is one row): "
            "the entropy of continuous columns needs neighbours; merge rare levels"
        )
    scaled = [read_column(column, "standardize") for column in columns]
    if any(column.constant for column in scaled):
        return -math.inf
    refuse_few_rows(k, n_rows)
    cloud = Cloud(scaled, groups.codes)
    halves, order = cloud.spread(k)
    if not halves.all():
        return -math.inf
    sizes = np.diff(cloud.starts)
    volume = len(columns) * np.log(2 * halves)
    local = digamma(np.repeat(sizes, sizes)) - digamma(order) + volume
    return float(np.sort(local).mean()) + sum(map(_log_of_scale, columns, scaled))


def _log_of_scale(column: FloatArray, scaled: Column) -> float:
    """Logarithm of the unit of a scaled column."""
    first, last = scaled.rows[0], scaled.rows[-1]
    scaled_width = np.log(scaled.values[last] - scaled.values[first])
    if scaled.origin:
        # Beside a large origin the difference is exact, and the quotients are not.
        return float(np.log(column[last] - column[first]) - scaled_width)
    largest = np.abs(column).max()
    width = column.max() / largest - column.min() / largest
    return float(np.log(largest) + np.log(width) - scaled_width)


def shared_information(variables: list[Variable], k: int, n_rows: int) -> FloatArray:
    """Log of joint density over the product of the variables' own, by row, (n,).

    Kraskov, Stögbauer and Grassberger (2004), equation 23, before its mean; discrete
    columns have distances 0 and infinity. NaN for a row alone in its cell.
    """
    everyone = variables[0]
    for other in variables[1:]:
        everyone = everyone.with_(other)
    codes = np.zeros(n_rows, np.intp) if everyone.codes is None else everyone.codes
    cells = Groups(codes).codes
    kept = cells >= 0
    reaches, inside = Cloud(everyone.columns, cells).reaches(k)
    local = digamma(inside[kept]) + (len(variables) - 1) * digamma(kept.sum())
    for one in variables:
        local -= digamma(_inside_of(one, kept, reaches)[kept])
    out = np.full(n_rows, np.nan)
    out[kept] = local
    return out


def _inside_of(one: Variable, kept: NDArray[np.bool_], reaches: FloatArray) -> IntArray:
    codes = np.full(len(kept), -1, np.intp)
    codes[kept] = 0
    if one.codes is not None:
        codes[kept] = np.unique(one.codes[kept], return_inverse=True)[1]
    if not one.columns:
        return np.bincount(codes[kept])[codes]
    return Cloud(one.columns, codes).inside(reaches)
