"""Direct Gaussian-copula information of samples with columns of both kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs.estimators.gaussian.copula import every_row, information_of_columns, score
from mifs.estimators.plugin.codes import join_codes


@dataclass(frozen=True)
class GaussianSample:
    """One side of an information: continuous columns and a joint discrete code.

    Attributes
    ----------
    columns : list of ndarray of shape (n,), float64
    codes : ndarray of shape (n,) or None
    """

    columns: list[FloatArray]
    codes: IntArray | None = None

    def matrix(self, rows: IntArray) -> FloatArray:
        """Continuous columns at some rows, (m, d)."""
        if not self.columns:
            return np.empty((len(rows), 0))
        return np.stack([column[rows] for column in self.columns], axis=1)

    def levels(self, rows: IntArray) -> IntArray:
        """Codes at some rows, all 0 where nothing is discrete."""
        if self.codes is None:
            return np.zeros(len(rows), np.intp)
        return self.codes[rows]


def information_of_samples(
    x: GaussianSample, y: GaussianSample, z: GaussianSample, n_rows: int
) -> float:
    """I(X;Y|Z), the mean over the levels of the discrete part of z."""
    levels = z.levels(np.arange(n_rows))
    nats = 0.0
    for level in np.unique(levels):
        rows = np.flatnonzero(levels == level)
        nats += len(rows) * _information(x, y, z, rows)
    return nats / n_rows


def _information(
    x: GaussianSample, y: GaussianSample, z: GaussianSample, rows: IntArray
) -> float:
    values = [variable.matrix(rows) for variable in (x, y, z)]
    codes = [variable.levels(rows) for variable in (x, y)]
    if not any(np.ptp(part) for part in codes):
        return information_of_columns(values[0], values[1], values[2])
    return _mixed(values, codes[0], codes[1])


def _mixed(values: list[FloatArray], x: IntArray, y: IntArray) -> float:
    """I(X;Y|Z) = H(X,Z) + H(Y,Z) − H(Z) − H(X,Y,Z), each of columns and codes.

    A cell needs one more row than there are columns; others are left out.
    """
    n = len(x)
    matrix = np.concatenate(values, axis=1)
    both = join_codes(x, y)
    kept = np.bincount(both)[both] > matrix.shape[1]
    if not kept.any():
        return 0.0
    scores = score(matrix.T, every_row(n))
    spread = np.zeros_like(scores.rows)
    spread[scores.slots >= 0] = scores.spread
    table = scores.rows[:, kept], spread[:, kept]
    owner = np.repeat([0, 1, 2], [part.shape[1] for part in values])
    x, y, both = x[kept], y[kept], both[kept]
    parts = [((0, 2), x, 1), ((1, 2), y, 1), ((2,), x * 0, -1), ((0, 1, 2), both, -1)]
    nats = 0.0
    for owners, codes, sign in parts:
        nats += sign * _entropy(table, np.isin(owner, owners), codes, n)
    return nats * len(x) / n


def _entropy(
    table: tuple[FloatArray, FloatArray], used: Any, codes: IntArray, n: int
) -> float:
    """H of scored columns and codes, without the constant of a Gaussian, per row."""
    rows, spread = table[0][used], table[1][used]
    total = 0.0
    for level in np.unique(codes):
        here = codes == level
        share = here.mean()
        covariance = np.atleast_2d(np.cov(rows[:, here], bias=True))
        total -= share * np.log(share)
        if len(rows):
            covariance += np.diag(spread[:, here].mean(axis=1))
            # Scores are of unit norm; what ranks cannot resolve counts as 1 / n³.
            sizes = np.maximum(np.linalg.eigvalsh(covariance), 1.0 / n**3)
            total += share * np.log(sizes).sum() / 2
    return float(total)
