"""Normal scores, and the information of Gaussian copulas."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._data.parallel import run
from mifs.estimators.gaussian.weighted import weighted_scores
from mifs.estimators.plugin.codes import entropy_of

# BLAS adds up so many products at once: it starts threads of its own above 10 000.
PRODUCTS = 8192
_CHUNK_CELLS = 1 << 20
# log1p(-x) is finite up to here.
_ALMOST_ONE = 1 - 2.0**-53


def half_rank_scores(n: int) -> FloatArray:
    """Make a table of Φ⁻¹(r / (n + 1)) at 2r, for half-ranks r = 0 … n, (2n + 1,)."""
    table = np.asarray(ndtri(np.arange(2 * n + 1) / (2 * (n + 1))), dtype=np.float64)
    table[0] = 0.0
    return table


class Columns(Protocol):
    """Columns of values; a slice gives some of them, (m, n) float64."""

    def __len__(self) -> int: ...

    def __getitem__(self, some: slice, /) -> FloatArray: ...


@dataclass(frozen=True)
class Scores:
    """Normal scores of columns within groups of consecutive rows.

    Attributes
    ----------
    rows : ndarray of shape (p, n)
        One column of the table a row; centred and of unit norm within each group, 0
        where the column is constant; times the roots of the weights.
    entropy : ndarray of shape (p, n_groups)
        Plug-in entropy of the values, ln n where all are different.
    spread : ndarray of shape (n_tied, n)
        Variance of the scores inside the block of ties that a row belongs to, times
        its weight.
    slots : ndarray of shape (p,), intp
        Row of `spread`, -1 for columns without ties.
    starts : ndarray of shape (n_groups + 1,), intp
    roots : ndarray of shape (n,)
        Square roots of the weights; a row of weight 2 stands for two.
    """

    rows: FloatArray
    entropy: FloatArray
    spread: FloatArray
    slots: IntArray
    starts: IntArray
    roots: FloatArray

    @property
    def shares(self) -> FloatArray:
        """Share of the rows in each group."""
        sums = np.add.reduceat(self.roots**2, self.starts[:-1])
        return np.asarray(sums / sums.sum(), dtype=np.float64)

    def correlations(self, at: IntArray, other: FloatArray) -> FloatArray:
        """Correlation of some rows with another row within groups, (m, n_groups).

        One BLAS product a row, so that the answer for one does not depend on the
        others.
        """
        if not len(at):
            return np.empty((0, len(self.starts) - 1))
        low, high = int(at.min()), int(at.max()) + 1
        if 2 * len(at) > high - low:
            return self._products(self.rows[low:high], other)[at - low]
        width = max(1, _CHUNK_CELLS // self.rows.shape[1])
        pieces = [at[i : i + width] for i in range(0, len(at), width)]
        return np.concatenate([self._products(self.rows[i], other) for i in pieces])

    def _products(self, rows: FloatArray, other: FloatArray) -> FloatArray:
        out = np.zeros((len(rows), len(self.starts) - 1))
        for group, last in enumerate(self.starts[1:].tolist()):
            for first in range(int(self.starts[group]), last, PRODUCTS):
                run_of = slice(first, min(first + PRODUCTS, last))
                product = np.matmul(rows[:, None, run_of], other[run_of, None])
                out[:, group] += product[:, 0, 0]
        return out

    def level_information(self, at: IntArray, codes: IntArray) -> FloatArray:
        """I(X;D) of some rows and a discrete variable, mean over the groups, (m,)."""
        out = np.empty(len(at))
        _kernels.copula.level_information(
            self.rows, at, self.spread, self.slots, codes, self.starts, self.roots, out
        )
        return out

    def level_information_given(self, at: IntArray, codes: IntArray) -> FloatArray:
        """I(X;D|T) of some rows, a discrete variable and T, the last row, (m,)."""
        out = np.empty(len(at))
        _kernels.copula.level_information_given(
            self.rows, self.spread, self.slots, at, codes, self.roots, out
        )
        return out


def every_row(n_rows: int) -> IntArray:
    """Bounds of one group of all rows."""
    return np.array([0, n_rows], dtype=np.intp)


def score(
    columns: Columns,
    starts: IntArray,
    n_jobs: int | None = None,
    units: FloatArray | None = None,
) -> Scores:
    """Make normal scores of columns within groups of rows.

    The score of a value is Φ⁻¹(r / (n + 1)), r its rank, the mean rank among ties; n
    and r count rows as often as ``units``, if given, says.
    """
    n, p = int(starts[-1]), len(columns)
    rows = np.empty((p, n))
    entropy = np.empty((p, len(starts) - 1))
    width = max(1, _CHUNK_CELLS // n)
    tables = np.concatenate([half_rank_scores(int(m)) for m in np.diff(starts)])
    given = tables if units is None else units
    chunk = _score_chunk if units is None else _score_weighted_chunk
    tasks = ((columns, slice(i, i + width), starts, given) for i in range(0, p, width))
    spreads: list[FloatArray] = [np.empty((0, n))]
    slots = np.full(p, -1, np.intp)
    n_tied = 0
    for first, found in zip(range(0, p, width), run(chunk, tasks, n_jobs), strict=True):
        part, facts, tied, spread = found
        rows[first : first + len(part)] = part
        entropy[first : first + len(part)] = facts
        slots[first + tied] = n_tied + np.arange(len(tied))
        n_tied += len(tied)
        spreads.append(spread)
    roots = np.ones(n) if units is None else np.sqrt(units)
    return Scores(rows, entropy, np.concatenate(spreads), slots, starts, roots)


def _score_weighted_chunk(
    columns: Columns, some: slice, starts: IntArray, units: FloatArray
) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
    """Scores, entropies, which columns are tied, and the spread of these."""
    return weighted_scores(columns[some], units, starts)


def _score_chunk(
    columns: Columns, some: slice, starts: IntArray, tables: FloatArray
) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
    """Scores, entropies, which columns are tied, and the spread of these."""
    values = np.ascontiguousarray(columns[some])
    order = np.empty(values.shape, np.intp)
    for first, last in pairwise(starts.tolist()):
        order[:, first:last] = np.argsort(values[:, first:last], axis=1)
    scores, spread = np.empty_like(values), np.empty_like(values)
    entropy = np.empty((len(values), len(starts) - 1))
    tied = np.empty(len(values), np.bool_)
    _kernels.copula.normal_scores(
        values, order, tables, starts, scores, spread, entropy, tied
    )
    return scores, entropy, np.flatnonzero(tied), spread[tied]


def correlation_information(correlation: FloatArray) -> FloatArray:
    """−½ log(1 − ρ²), finite up to |ρ| = 1."""
    return -np.log1p(-np.minimum(correlation**2, _ALMOST_ONE)) / 2


def least(first: FloatArray, second: FloatArray | float) -> FloatArray:
    """Smaller of two, element by element."""
    return np.asarray(np.minimum(first, second), dtype=np.float64)


def partial_correlation(
    both: FloatArray, first: FloatArray, second: FloatArray | float
) -> FloatArray:
    """Correlation of two columns given a third, from the three correlations."""
    free = np.maximum((1 - first**2) * (1 - second**2), 2.0**-100)
    partial = (both - first * second) / np.sqrt(free)
    return np.asarray(np.clip(partial, -1, 1))


def gaussian_mutual_information(x: ArrayLike, y: ArrayLike) -> float:
    """I(X;Y) of a Gaussian copula, x and y of one column or several, in nats.

    The columns become normal scores; with ρ_i the canonical correlations of the two
    sets,

        ``I(X;Y) = −½ Σ log(1 − ρ_i²) = ½ log(|C_x| |C_y| / |C_xy|)``,

    C the correlation matrices; at most the plug-in entropies H(X) and H(Y) (ln n where
    all rows are different), which is the answer for copies.

    Parameters
    ----------
    x, y : array-like of shape (n,) or (n, d)
        Samples of two continuous variables.

    Returns
    -------
    information : float
        At least 0; 0 if x or y is constant.

    Raises
    ------
    ValueError
        Other shapes, missing or infinite values.

    References
    ----------
    .. [1] R. A. A. Ince et al., "A statistical framework for neuroimaging data analysis
       based on mutual information estimated via a Gaussian copula", Human Brain Mapping
       38 (2017), 1541–1573.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.estimators import gaussian_mutual_information
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(1000, 2))
    >>> y = x.sum(axis=1) + rng.normal(size=1000)  # ½ ln 3 = 0.55 nats
    >>> round(gaussian_mutual_information(x, y), 2)
    0.53
    """
    first, second = _matrices(x=x, y=y)
    return information_of_columns(first, second, np.empty((len(first), 0)))


def gaussian_conditional_mutual_information(
    x: ArrayLike, y: ArrayLike, z: ArrayLike
) -> float:
    """I(X;Y|Z) of a Gaussian copula, each of one column or several, in nats.

    −½ Σ log(1 − ρ_i²), ρ_i the canonical correlations of x and y after regression of
    their normal scores on those of z; at most H(X) − I(X;Z) and H(Y) − I(Y;Z).

    Parameters
    ----------
    x, y, z : array-like of shape (n,) or (n, d)
        Samples of three continuous variables.

    Returns
    -------
    information : float
        At least 0.

    Raises
    ------
    ValueError
        Other shapes, missing or infinite values.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.estimators import gaussian_conditional_mutual_information
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=1000)
    >>> x, y = z + rng.normal(size=(2, 1000))  # independent once z is known
    >>> round(gaussian_conditional_mutual_information(x, y, z), 2)
    0.0
    """
    return information_of_columns(*_matrices(x=x, y=y, z=z))


def _matrices(**given: ArrayLike) -> list[FloatArray]:
    matrices = []
    for name, values in given.items():
        matrix = np.asarray(values, dtype=np.float64)
        matrix = matrix[:, None] if matrix.ndim == 1 else matrix
        if matrix.ndim != 2 or not len(matrix):
            raise ValueError(
                f"{name} has shape {np.shape(values)}; it must be (n,) or (n, d), "
                "with one row at least"
            )
        if not np.isfinite(matrix).all():
            raise ValueError(
                f"{name} has missing or infinite values: drop these rows, or impute"
            )
        matrices.append(matrix)
    sizes = [len(matrix) for matrix in matrices]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"{', '.join(given)} have {sizes} rows; the numbers must be equal"
        )
    return matrices


def information_of_columns(x: FloatArray, y: FloatArray, z: FloatArray) -> float:
    """I(X;Y|Z) of matrices (n, d) of values; z may have no columns."""
    n = len(x)
    scored = [score(values.T, every_row(n)).rows.T for values in (x, y, z)]
    known = _basis(scored[2])
    first, second = (_basis(s - known @ (known.T @ s)) for s in scored[:2])
    limits = [joint_entropy(values) for values in (x, y)]
    if known.shape[1]:
        for place, scores in enumerate(scored[:2]):
            limits[place] -= min(_canonical(_basis(scores), known), limits[place])
    return min(_canonical(first, second), *limits)


def _basis(columns: FloatArray) -> FloatArray:
    """Orthonormal basis of columns; what is below the resolution of ranks is none."""
    if not columns.shape[1]:
        return columns
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, sizes > 1 / len(columns)])


def _canonical(first: FloatArray, second: FloatArray) -> float:
    if not first.shape[1] or not second.shape[1]:
        return 0.0
    product: FloatArray = np.asarray(first.T @ second, dtype=np.float64)
    correlations = np.asarray(np.linalg.svd(product, compute_uv=False), np.float64)
    return float(correlation_information(correlations).sum())


def joint_entropy(values: FloatArray) -> float:
    """Plug-in entropy of the rows of a matrix (n, d)."""
    return entropy_of(np.unique(values, axis=0, return_inverse=True)[1].ravel())
