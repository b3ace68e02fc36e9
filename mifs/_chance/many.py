"""Mean scores of many columns: their covariances are inverted by way of the strata.

The sums x of the scores in each column less their means have the covariances

    V = D − A'A,    D = diag(Σ_s v_s n_sj),    A_sj = √(v_s / n_s) n_sj,

v_s being the variance of the scores in stratum s, of n_s rows. Where strata are fewer
than columns, M = I − A D⁻¹ A' is the smaller matrix, and (Woodbury)

    x' V⁻ x = x' D⁻¹ x + b' M⁻ b,    b = A D⁻¹ x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray

# Columns beyond which elimination of their covariances takes long.
MANY = 64
# An eigenvalue below it is 0, but for rounding.
ZERO = 1e-10


@dataclass(frozen=True)
class ManyColumns:
    """Quadratic forms of mean scores.

    Attributes
    ----------
    some : ndarray of shape (c,), bool
        Columns in which the sum of the scores varies.
    excess : ndarray of shape (m,)
        x of these columns.
    diagonal : ndarray of shape (m,)
        Of D.
    shares : ndarray of shape (n_strata, m)
        A D⁻¹.
    inverse : ndarray of shape (n_strata, n_strata)
        M⁻.
    rank : int
        Of V.
    """

    some: BoolArray
    excess: FloatArray
    diagonal: FloatArray
    shares: FloatArray
    inverse: FloatArray
    rank: int

    @property
    def statistic(self) -> float:
        """Form of x."""
        return float(self._forms(self.excess[np.newaxis])[0])

    def forms(self, x: FloatArray) -> FloatArray:
        """Forms of some vectors, (n, c)."""
        return self._forms(x[:, self.some])

    def _forms(self, x: FloatArray) -> FloatArray:
        b = x @ self.shares.T
        forms: FloatArray = (x**2 / self.diagonal).sum(axis=1)
        forms += (b @ self.inverse * b).sum(axis=1)
        return forms


def many_columns(tables: IntArray) -> ManyColumns | None:
    """Make them of tables (n_strata, r, c); None where that is not cheaper."""
    n_strata, _, c = tables.shape
    if c <= MANY or n_strata >= c:
        return None
    u, _ = _kernels.trends.level_scores(tables)
    rows, columns = tables.sum(axis=2), tables.sum(axis=1).astype(float)
    n = rows.sum(axis=1)
    sums = rows @ u
    squares = rows @ u**2 - sums**2 / np.maximum(n, 1)
    varies = (n > 1) & (squares > 0)
    variance = squares[varies] / (n[varies] - 1)
    columns, shifts = columns[varies], (sums / np.maximum(n, 1))[varies]
    some = columns.any(axis=0)
    columns = columns[:, some]
    excess = (u @ tables[varies].sum(axis=0))[some] - shifts @ columns
    diagonal = variance @ columns
    scaled = np.sqrt(variance / n[varies])[:, np.newaxis] * columns
    shares = scaled / diagonal
    inverse, rank = _inverse(np.eye(len(scaled)) - shares @ scaled.T)
    rank += len(excess) - len(scaled)
    return ManyColumns(some, excess, diagonal, shares, inverse, rank)


def _inverse(small: FloatArray) -> tuple[FloatArray, int]:
    """M⁻ and the rank of M, the eigenvalues of which are between 0 and 1."""
    values, vectors = np.linalg.eigh((small + small.T) / 2)
    vectors, values = vectors[:, values > ZERO], values[values > ZERO]
    return vectors / values @ vectors.T, len(values)
