"""Mutual information of all pairs of columns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray
from mifs._data.containers import shape_of, unwrap
from mifs._data.parallel import run
from mifs._data.reading import read
from mifs._data.table import Table
from mifs._terms import REDUNDANCY
from mifs.estimators import PlugIn, resolve
from mifs.measures._estimates import check_binning, plug_in_entropy
from mifs.probability._tables import check_base


def pairwise_mutual_information(
    X: Any,
    *,
    estimator: Any = "plugin",
    discrete: Any = "auto",
    base: float = math.e,
    n_jobs: int | None = None,
) -> FloatArray:
    r"""Mutual information of every pair of columns, I(X_i;X_j).

    The redundancy terms of the selectors, one row of the matrix at a time: besides the
    matrix, memory is that of the encoded table.

    Parameters
    ----------
    X : {array-like, DataFrame} of shape (n_samples, n_features)
        Numbers, booleans, strings or categories; missing values are a level of their
        own for ``"plugin"``, and an error for others.
    estimator : str or estimator object, default="plugin"
        As ``mi_estimator`` of the selectors: one for the whole matrix.
    discrete : {"auto"}, bool, mask, indices or names, default="auto"
        As ``discrete_features`` of the selectors.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    n_jobs : int, default=None
        As in joblib, over rows of the matrix.

    Returns
    -------
    ndarray of shape (n_features, n_features), float64
        Symmetric, in units of ``log(base)``, never clipped. The diagonal is I(X;X):
        the entropy of a discrete or binned column, +∞ for a continuous one (0 if it is
        constant).

    Raises
    ------
    ValueError
        Infinite values, unknown columns or estimator, wrong ``base``; fewer than two
        rows.
    TypeError
        Columns that are neither numbers nor labels, an estimator that is none.

    Notes
    -----
    Columns are measured one against one: an estimate can differ from
    `mutual_information` of the two columns where that counts continuous columns in
    other bins (``PlugIn(edges=…)``).

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.28.

    Examples
    --------
    >>> from mifs.measures import pairwise_mutual_information
    >>> X = [[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]
    >>> pairwise_mutual_information(X, base=2)
    array([[1., 1., 0.],
           [1., 1., 0.],
           [0., 0., 1.]])
    """
    unit = check_base(base)
    table = _read(X, discrete, n_jobs)
    chosen = resolve(estimator)
    if isinstance(chosen, PlugIn) and not table.discrete.all():
        check_binning(chosen)
    terms = chosen.prepare(table, n_jobs=n_jobs)
    p = table.n_features
    matrix = np.empty((p, p))

    def fill(column: int) -> None:
        others = np.arange(column + 1, p)
        if len(others):
            found = terms.pairwise(column, others, frozenset({REDUNDANCY}))
            matrix[column, others] = matrix[others, column] = found[REDUNDANCY]
        matrix[column, column] = _of_itself(column, table, terms, chosen)

    for _ in run(fill, ((column,) for column in range(p)), n_jobs):
        pass
    matrix /= unit
    return matrix


def _read(X: object, discrete: Any, n_jobs: int | None) -> Table:
    container = unwrap(X)
    shape = shape_of(container)
    if len(shape) != 2:
        raise ValueError(f"X has shape {shape}; it must be (n_samples, n_features)")
    if shape[0] < 2 or shape[1] < 1:
        raise ValueError(
            f"X has shape {shape}; at least two rows and one column are needed"
        )
    return read(container, discrete_features=discrete, n_jobs=n_jobs)


def _of_itself(column: int, table: Table, terms: Any, chosen: Any) -> float:
    """I(X;X)."""
    if isinstance(chosen, PlugIn):
        return float(terms.entropy[column])
    if table.discrete[column]:
        return plug_in_entropy(table.codes(column))
    values: NDArray[np.float64] = table.numeric(column)
    return 0.0 if values.min() == values.max() else math.inf
