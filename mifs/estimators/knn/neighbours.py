"""k-NN information of columns: KSG, Ross, Frenzel-Pompe and their mixed form.

One idea behind all of them: the k-th neighbour in the joint space gives each point a
reach, and digammas of the numbers of points inside that reach, in each marginal space,
are averaged. A discrete variable has distances 0 and infinity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs.estimators.knn.sorted import (
    Arranged,
    Column,
    Groups,
    RowArray,
    arrange,
    one_group,
    starts_of,
)
from mifs.estimators.plugin.codes import join_codes


@lru_cache(maxsize=4)
def digamma_table(n: int) -> FloatArray:
    """Digamma of 1 … n + 1 at its place, (n + 2,); place 0 is not used."""
    table = np.asarray(digamma(np.arange(n + 2, dtype=np.float64)), dtype=np.float64)
    table[0] = 0.0
    return table


def plane_reaches(
    x: Arranged, y: Arranged, groups: Groups, k: int
) -> tuple[FloatArray, FloatArray, NDArray[np.int64]]:
    """Reaches by place in x and in y, and points inside, of the k-th neighbours."""
    if y.fitness > x.fitness + 0.25:
        reach_y, reach_x, inside = plane_reaches(y, x, groups, k)
        return reach_x, reach_y, inside
    cross = _kernels.knn_order.cross_places(x.places, y.rows)
    tol = x.tol + y.tol
    scratch = None if k <= 4 else np.empty(k - 4)
    enough, reach_x, reach_y, inside = _kernels.knn_plane.plane_radii(
        x.ordered, y.ordered, cross, groups.starts, k, tol, scratch
    )
    if not enough:
        points = np.empty((groups.n_rows, 2))
        points[:, 0] = x.ordered
        points[cross, 1] = y.ordered
        reach_x, inside = _kernels.knn_space.space_radii(
            points, (0, 0), groups.starts, k, tol
        )
        reach_y = reach_x[cross]
    return reach_x, reach_y, inside


def ksg(x: Arranged, y: Arranged, groups: Groups, k: int) -> float:
    """KSG algorithm 1 within groups, weighted by their sizes; x and y arranged in them.

    Kraskov, Stögbauer, Grassberger (2004), equation 8. One of many pairs of a column
    is cheaper with that column as x.
    """
    if groups.n_rows == 0:
        return 0.0
    psi = digamma_table(x.n_rows)
    reach_x, reach_y, inside = plane_reaches(x, y, groups, k)
    total = float(psi[inside].sum())
    total -= _kernels.knn_line.line_psi(x.ordered, groups.starts, reach_x, psi)
    total -= _kernels.knn_line.line_psi(y.ordered, groups.starts, reach_y, psi)
    return groups.mean_digamma(psi) + float(total) / groups.n_rows


def ross_information(column: Column, groups: Groups, k: int) -> float:
    """Ross's estimate between a continuous column and the groups of a discrete one."""
    if groups.n_rows == 0:
        return 0.0
    ordered, labels = column.ordered, groups.codes[column.rows]
    if not groups.complete:
        ordered, labels = ordered[labels >= 0], labels[labels >= 0]
    psi = digamma_table(len(column))
    return float(
        _kernels.knn_line.ross(ordered, labels, groups.starts, k, column.tol, psi)
    )


def ross_within(column: Column, codes: IntArray, classes: Groups, k: int) -> float:
    """Ross's estimate within classes, weighted by their sizes."""
    if classes.n_rows == 0:
        return 0.0
    within = arrange(column, classes)
    total = 0.0
    for begin, end in zip(classes.starts[:-1], classes.starts[1:], strict=True):
        rows = np.arange(end - begin, dtype=np.int32)
        part = Column(within.ordered[begin:end], rows, column.tol)
        groups = Groups(codes[within.rows[begin:end]])
        total += (end - begin) * ross_information(part, groups, k)
    return total / classes.n_rows


@dataclass(frozen=True)
class Variable:
    """One side of an information: continuous columns and a joint discrete code.

    Attributes
    ----------
    columns : sequence of Column
    codes : ndarray of shape (n,) or None
        Dense codes of all discrete columns together.
    """

    columns: Sequence[Column]
    codes: IntArray | None = None

    @property
    def constant(self) -> bool:
        """Whether it carries no information at all."""
        # Of one level, dense codes are all 0.
        varied = self.codes is not None and bool(self.codes.any())
        return not varied and all(column.constant for column in self.columns)

    def with_(self, other: Variable) -> Variable:
        """Both together."""
        codes = self.codes if other.codes is None else other.codes
        if self.codes is not None and other.codes is not None:
            codes = join_codes(self.codes, other.codes)
        return Variable([*self.columns, *other.columns], codes)


def alone_in_cells(variables: Sequence[Variable]) -> bool:
    """Whether every row is alone in its cell of the discrete columns."""
    everyone = Variable([])
    for variable in variables:
        everyone = everyone.with_(variable)
    return everyone.codes is not None and Groups(everyone.codes).n_rows == 0


def refuse_few_rows(k: int, n_rows: int) -> None:
    """Refuse more neighbours than there are.

    Raises
    ------
    ValueError
        With both numbers.
    """
    if k >= n_rows:
        raise ValueError(
            f"n_neighbors={k} must be below the number of rows, {n_rows}; pass "
            f"KNN(n_neighbors=...) with fewer, or more rows"
        )


def mixed_information(
    x: Variable, y: Variable, z: Variable, k: int, n_rows: int
) -> float:
    """I(X;Y|Z) of any mixture of columns; z may be without any.

    Frenzel and Pompe (2007), ψ(k) - ⟨ψ(n_xz) + ψ(n_yz) - ψ(n_z)⟩, where every count
    includes the point itself; discrete columns as Mesner and Shalizi (2021): the
    neighbours are sought within the cell of all discrete columns, and counted in
    the cell of each marginal's own. With at least one continuous column.
    """
    everyone = x.with_(y).with_(z)
    cells = _groups_of(everyone, np.arange(n_rows), n_rows)
    kept = np.flatnonzero(cells.codes >= 0)
    if len(kept) == 0:
        return 0.0
    psi = digamma_table(n_rows)
    reaches, inside = _radii(everyone, cells, k)
    total = psi[inside].sum()
    total -= psi[_counts(x.with_(z), kept, reaches)].sum()
    total -= psi[_counts(y.with_(z), kept, reaches)].sum()
    total += psi[_counts(z, kept, reaches)].sum()
    return float(total) / len(kept)


def _groups_of(variable: Variable, rows: NDArray[np.integer], n_rows: int) -> Groups:
    if variable.codes is None:
        return one_group(len(rows))
    return Groups(np.unique(variable.codes[rows], return_inverse=True)[1])


def _radii(
    everyone: Variable, cells: Groups, k: int
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Reach by row, (n,) with 0 for rows left out, and points inside, in any order."""
    tol = sum(column.tol for column in everyone.columns)
    first = everyone.columns[0]
    if len(everyone.columns) == 1:
        rows = cells.arrange(first.rows)
        found = _kernels.knn_line.line_radii(first.values[rows], cells.starts, k, tol)
    else:
        rows = cells.arrange(np.arange(len(first.values), dtype=np.int32))
        axes = (0,) * len(everyone.columns)
        points = _points(everyone, rows)
        found = _kernels.knn_space.space_radii(points, axes, cells.starts, k, tol)
    reaches = np.zeros(len(first.values))
    reaches[rows] = found[0]
    return reaches, found[1]


def _points(variable: Variable, rows: NDArray[np.integer]) -> FloatArray:
    points = np.empty((len(rows), len(variable.columns)))
    for axis, column in enumerate(variable.columns):
        points[:, axis] = column.values[rows]
    return points


def _counts(
    variable: Variable, kept: IntArray, reaches: FloatArray
) -> NDArray[np.int64]:
    """Points inside the reach in a marginal space, for the kept rows, in any order."""
    if not variable.columns:
        codes = _dense(variable, kept)
        return np.bincount(codes)[codes]
    rows, starts = _by_cell(variable, kept, len(reaches))
    first, *others = [column.values[rows] for column in variable.columns]
    reaches = reaches[rows]
    if not others:
        return np.asarray(_kernels.knn_line.line_counts(first, starts, reaches))
    if len(others) == 1:
        enough, counts = _kernels.knn_line.window_counts(
            first, others[0], starts, reaches
        )
        if enough:
            return np.asarray(counts)
    axes = (0,) * len(variable.columns)
    points = np.column_stack([first, *others])
    return np.asarray(_kernels.knn_space.space_counts(points, axes, starts, reaches))


def _dense(variable: Variable, kept: IntArray) -> IntArray:
    """Dense codes of the kept rows."""
    if variable.codes is None:
        return np.zeros(len(kept), np.intp)
    return np.unique(variable.codes[kept], return_inverse=True)[1]


def _by_cell(
    variable: Variable, kept: IntArray, n_rows: int
) -> tuple[RowArray, IntArray]:
    """Kept rows cell by cell, ascending in the first column, and where cells start."""
    rows = variable.columns[0].rows
    if variable.codes is None and len(kept) == n_rows:
        return rows, np.array([0, n_rows])
    codes = np.full(n_rows, -1, np.intp)
    codes[kept] = _dense(variable, kept)
    rows = rows[codes[rows] >= 0]
    starts = starts_of(np.bincount(codes[kept]))
    return rows[np.argsort(codes[rows], kind="stable")], starts
