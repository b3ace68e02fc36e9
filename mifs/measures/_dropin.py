"""scikit-learn's two functions, with the same answers and without the wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.preprocessing import scale
from sklearn.utils import check_random_state

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._data.parallel import run
from mifs._data.values import factorize
from mifs.estimators.knn.neighbours import digamma_table, plane_reaches
from mifs.estimators.knn.sorted import Arranged, Groups, one_group, sort_column
from mifs.estimators.plugin.codes import information_of
from mifs.measures._arguments import check_neighbours, read_arguments

_Estimate = Callable[[FloatArray, bool], float]


def mutual_info_classif(
    X: Any,
    y: Any,
    *,
    discrete_features: Any = "auto",
    n_neighbors: int = 3,
    copy: bool = True,
    random_state: Any = None,
    n_jobs: int | None = None,
) -> FloatArray:
    """Mutual information of each feature with a class, as scikit-learn's function.

    Same arguments, scaling, noise and answers as
    `sklearn.feature_selection.mutual_info_classif` (to 1e-10), so that replacing the
    import changes nothing but the time. The one difference is a **constant** continuous
    column: its information is 0, where scikit-learn estimates that of the noise which
    it adds.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Classes.
    discrete_features : {"auto"}, bool or array-like, default="auto"
        Mask, indices or labels of discrete columns, one label, or a bool for all;
        ``"auto"`` is False for dense and True for sparse X. Of a frame whose labels are
        not all strings whole numbers are labels.
    n_neighbors : int, default=3
        Neighbours k; more of them mean less variance and more bias.
    copy : bool, default=True
        False: X may be overwritten.
    random_state : int, RandomState instance or None, default=None
        Of the noise of 1e-10 standard deviations that breaks ties.
    n_jobs : int, default=None
        As in joblib, over columns.

    Returns
    -------
    mi : ndarray of shape (n_features,), float64
        In nats; negative estimates are replaced by 0.

    Raises
    ------
    ValueError
        A sparse X with continuous columns, unknown ``discrete_features``,
        ``n_neighbors`` below 1, missing or infinite values, a continuous target.
    IndexError
        A mask of another length, an index or label that X does not have; it is a
        ValueError, too.

    See Also
    --------
    mifs.measures.mutual_information : Without noise and never clipped.

    Notes
    -----
    As in scikit-learn, values become floats: 1 and ``"1"`` are one number, two labels
    elsewhere in mifs, and whole numbers beyond 2⁵³ may be rounded to one value, of
    which a `MifsWarning` names two.

    References
    ----------
    .. [1] B. C. Ross, "Mutual information between discrete and continuous data sets",
       PLoS ONE 9 (2014), e87357.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mifs.measures import mutual_info_classif
    >>> X, y = load_iris(return_X_y=True)
    >>> mutual_info_classif(X, y, random_state=0).round(2)
    array([0.47, 0.29, 0.99, 0.97])
    """
    check_neighbours(n_neighbors)
    X, y, discrete = read_arguments(X, y, discrete_features, numbers=False)
    columns = _perturb(X, discrete, copy, check_random_state(random_state))
    estimate = _against_classes(_codes(y), n_neighbors)
    return _each_column(columns, discrete, estimate, n_jobs)


def mutual_info_regression(
    X: Any,
    y: Any,
    *,
    discrete_features: Any = "auto",
    n_neighbors: int = 3,
    copy: bool = True,
    random_state: Any = None,
    n_jobs: int | None = None,
) -> FloatArray:
    """Mutual information of each feature with a number, as scikit-learn's function.

    Same arguments, scaling, noise and answers as
    `sklearn.feature_selection.mutual_info_regression` (to 1e-10), but in two cases. A
    **constant** continuous column or target has information 0, where scikit-learn
    estimates that of the noise which it adds. And of a **float32 target** beside a
    discrete column scikit-learn rounds distances to float32, which moves its answer
    by a neighbour here and there; here they are float64.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Features.
    y : array-like of shape (n_samples,)
        Numbers.
    discrete_features : {"auto"}, bool or array-like, default="auto"
        Mask, indices or labels of discrete columns, one label, or a bool for all;
        ``"auto"`` is False for dense and True for sparse X. Of a frame whose labels are
        not all strings whole numbers are labels.
    n_neighbors : int, default=3
        Neighbours k; more of them mean less variance and more bias.
    copy : bool, default=True
        False: X may be overwritten.
    random_state : int, RandomState instance or None, default=None
        Of the noise of 1e-10 standard deviations that breaks ties.
    n_jobs : int, default=None
        As in joblib, over columns.

    Returns
    -------
    mi : ndarray of shape (n_features,), float64
        In nats; negative estimates are replaced by 0.

    Raises
    ------
    ValueError
        A sparse X with continuous columns, unknown ``discrete_features``,
        ``n_neighbors`` below 1 or not below the number of rows, missing or infinite
        values.
    IndexError
        A mask of another length, an index or label that X does not have; it is a
        ValueError, too.

    See Also
    --------
    mifs.measures.mutual_information : Without noise and never clipped.

    Notes
    -----
    As in scikit-learn, values become floats: 1 and ``"1"`` are one number, two labels
    elsewhere in mifs, and whole numbers beyond 2⁵³ may be rounded to one value, of
    which a `MifsWarning` names two.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69 (2004), 066138.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from mifs.measures import mutual_info_regression
    >>> X, y = make_regression(50, 3, n_informative=1, noise=1e-4, random_state=42)
    >>> mutual_info_regression(X, y, random_state=0).round(2)
    array([0.12, 2.65, 0.03])
    """
    check_neighbours(n_neighbors)
    X, y, discrete = read_arguments(X, y, discrete_features, numbers=True)
    if not discrete.all() and n_neighbors >= len(y):
        raise ValueError(
            f"n_neighbors={n_neighbors} must be below the number of rows, {len(y)}"
        )
    rng = check_random_state(random_state)
    columns = _perturb(X, discrete, copy, rng)
    if y.min() == y.max():
        return np.zeros(X.shape[1])
    y = scale(y, with_mean=False)
    size = np.maximum(1, np.mean(np.abs(y)))
    y += 1e-10 * size * rng.standard_normal(size=len(y))
    estimate = _against_numbers(y.astype(np.float64), n_neighbors)
    return _each_column(columns, discrete, estimate, n_jobs)


def _perturb(
    X: Any, discrete: NDArray[np.bool_], copy: bool, rng: np.random.RandomState
) -> list[FloatArray | None]:
    """Columns of X; the continuous ones scaled, with noise, None where constant."""
    columns: list[Any] = [None] * len(discrete)
    for column in np.flatnonzero(discrete):
        columns[column] = (
            X[:, [column]].toarray()[:, 0] if issparse(X) else X[:, column]
        )
    if discrete.all():
        return columns
    # scikit-learn's steps on arrays of the same layout: sums then round alike.
    if X.dtype == np.object_:  # with text among the discrete columns
        part = X[:, ~discrete].astype(np.float64)
    else:
        part = X.astype(np.float64, copy=copy)[:, ~discrete]
    varied = part.min(axis=0) < part.max(axis=0)
    # `sklearn.preprocessing.scale` without its checks of what was checked already.
    deviations = np.nanstd(part, axis=0)
    part /= np.where(deviations < 10 * np.finfo(np.float64).eps, 1.0, deviations)
    means = np.maximum(1, np.mean(np.abs(part), axis=0))
    noise = rng.standard_normal(size=part.shape)
    noise *= 1e-10 * means
    part += noise
    for place, column in enumerate(np.flatnonzero(~discrete)):
        if varied[place]:
            columns[column] = np.ascontiguousarray(part[:, place])
    return columns


def _each_column(
    columns: list[FloatArray | None],
    discrete: NDArray[np.bool_],
    estimate: _Estimate,
    n_jobs: int | None,
) -> FloatArray:
    def score(values: FloatArray | None, discrete: np.bool_) -> float:
        return 0.0 if values is None else max(0.0, estimate(values, bool(discrete)))

    tasks = zip(columns, discrete, strict=True)
    return np.array(list(run(score, tasks, n_jobs)), dtype=np.float64)


def _codes(labels: Any) -> IntArray:
    if labels.dtype == np.object_:  # of several types, perhaps
        return factorize(labels, "a column of X")[0].astype(np.intp)
    return np.unique(labels, return_inverse=True)[1].astype(np.intp)


def _sort(values: FloatArray) -> Arranged:
    return Arranged(*sort_column(values), 0.0, len(values))


def _ross(sorted_column: Arranged, groups: Groups, k: int) -> float:
    if groups.n_rows == 0:
        return 0.0
    kept = groups.keep(sorted_column.rows)
    ordered = sorted_column.ordered
    if not groups.complete:
        ordered = ordered[groups.codes[sorted_column.rows] >= 0]
    psi = digamma_table(len(sorted_column.rows))
    return float(
        _kernels.knn_line.ross_plain(ordered, groups.codes[kept], groups.starts, k, psi)
    )


def _against_classes(codes: IntArray, k: int) -> _Estimate:
    groups = Groups(codes)

    def estimate(values: FloatArray, discrete: bool) -> float:
        if discrete:
            return information_of(_codes(values), codes)
        return _ross(_sort(values), groups, k)

    return estimate


def _against_numbers(y: FloatArray, k: int) -> _Estimate:
    target = _sort(y)
    n = len(y)
    everyone = one_group(n)
    psi = digamma_table(n)

    def estimate(values: FloatArray, discrete: bool) -> float:
        if discrete:
            return _ross(target, Groups(_codes(values)), k)
        column = _sort(values)
        reach_y, reach_x, _ = plane_reaches(target, column, everyone, k)
        total = _kernels.knn_line.line_psi(
            target.ordered, everyone.starts, reach_y, psi
        )
        total += _kernels.knn_line.line_psi(
            column.ordered, everyone.starts, reach_x, psi
        )
        return float(psi[n] + psi[k] - total / n)

    return estimate
