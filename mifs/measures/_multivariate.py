"""Pointwise and many-sided information of samples."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs.estimators._base import NeighbourEstimator
from mifs.estimators.plugin.codes import counts_of, join_codes
from mifs.measures._estimates import (
    Direct,
    choose,
    counted,
    counts,
    information,
    merge,
    neighbours,
    variable,
)
from mifs.measures._samples import Sample, read_samples, read_variables, read_weight
from mifs.probability._tables import check_base, in_base


def interaction_information(
    x: Any,
    y: Any,
    z: Any,
    *,
    estimator: Any = "auto",
    discrete_x: Any = "auto",
    discrete_y: Any = "auto",
    discrete_z: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
) -> float:
    r"""Interaction information I(X;Y|Z) − I(X;Y): positive for synergy.

    Two direct estimates in the joint spaces. Counted, it is the same for every order
    of the three variables; a k-NN estimate is so only up to its error.

    Parameters
    ----------
    x, y, z : array-like of shape (n,) or (n, d)
        Samples, as in `entropy`.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_x, discrete_y, discrete_z : {"auto"}, bool or array-like, default="auto"
        Which columns are discrete, as in `entropy`.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.

    Returns
    -------
    float
        In units of ``log(base)``: positive where two variables tell more together than
        apart, negative where they repeat.

    Raises
    ------
    ValueError
        Different numbers of rows, and as `entropy`.
    TypeError
        An estimator that has no direct estimate of these variables.

    References
    ----------
    W. J. McGill, "Multivariate information transmission", 1954; the sign is that of
    A. Jakulin, I. Bratko, "Quantifying and visualizing attribute interactions", 2003.

    Examples
    --------
    >>> from mifs.measures import interaction_information
    >>> interaction_information([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], base=2)
    1.0
    """
    check_base(base)
    samples = read_samples(x=(x, discrete_x), y=(y, discrete_y), z=(z, discrete_z))
    weight = read_weight(sample_weight, samples[0].n_rows)
    chosen, samples, weight = choose(estimator, samples, weight)
    within = information(chosen, *samples, weight=weight)
    return in_base(within - information(chosen, *samples[:2], weight=weight), base)


def total_correlation(
    *variables: Any,
    estimator: Any = "auto",
    discrete: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
) -> float:
    r"""Total correlation (multi-information) of several variables.

    .. math:: T = \sum_i H(X_i) - H(X_1, \dots, X_m)
              = \sum_{i \ge 2} I(X_i; X_1, \dots, X_{i-1})

    Counted for discrete columns. With ``"knn"`` the estimator of Kraskov et al. for m
    variables, ψ(k) + (m − 1) ψ(n) − ⟨Σ ψ(n_i)⟩, one radius for all spaces; discrete
    columns have distances 0 and infinity, and a row alone in its cell is left out.
    Other estimators add up the second form.

    Parameters
    ----------
    *variables : array-like of shape (n,) or (n, d)
        Each is one variable; a single matrix has one variable in each column.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete : {"auto"}, bool or sequence, default="auto"
        Which columns are discrete, for all variables or one entry for each; a mask of
        columns for a single matrix.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.

    Returns
    -------
    float
        In units of ``log(base)``, never clipped; the mutual information for two
        variables, 0 for one.

    Raises
    ------
    ValueError
        No variables, different numbers of rows, and as `entropy`.
    TypeError
        An estimator that has no direct estimate of these variables.

    References
    ----------
    S. Watanabe, "Information theoretical analysis of multivariate correlation", 1960;
    A. Kraskov, H. Stögbauer, P. Grassberger, Physical Review E 69 (2004), eq. 23.

    Examples
    --------
    >>> from mifs.measures import total_correlation
    >>> total_correlation([0, 1], [0, 1], [0, 1], base=2)
    2.0
    """
    check_base(base)
    samples = read_variables(variables, discrete)
    weight = read_weight(sample_weight, samples[0].n_rows)
    chosen, samples, weight = choose(estimator, samples, weight)
    return in_base(_total(chosen, samples, weight), base)


def _total(chosen: Direct, samples: list[Sample], weight: FloatArray | None) -> float:
    pointwise = "pointwise" in chosen.capabilities().samples
    if pointwise and any(sample.continuous for sample in samples):
        return _mean_shared(neighbours(chosen, "pointwise"), samples)
    return sum(
        information(chosen, samples[place], merge(*samples[:place]), weight=weight)
        for place in range(1, len(samples))
    )


def _mean_shared(chosen: NeighbourEstimator[Any], samples: list[Sample]) -> float:
    # A constant adds nothing, and would be a space where every row is tied.
    read = [(variable(chosen, sample), sample) for sample in samples]
    varied = [(one, sample) for one, sample in read if not one.constant]
    if len(varied) < 2:
        return 0.0
    if not any(sample.continuous for _, sample in varied):
        return _total(chosen, [sample for _, sample in varied], None)
    local = chosen.shared([one for one, _ in varied], samples[0].n_rows)
    kept = local[~np.isnan(local)]
    return float(np.sort(kept).mean()) if len(kept) else 0.0


def dual_total_correlation(
    *variables: Any,
    estimator: Any = "auto",
    discrete: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
) -> float:
    r"""Dual total correlation (excess entropy) of several variables.

    .. math:: D = H(X_1, \dots, X_m) - \sum_i H(X_i \mid X_{-i})
              = \sum_{i \ge 2} I(X_i; X_1, \dots, X_{i-1} \mid X_{i+1}, \dots, X_m)

    X_{−i} being all variables but the i-th: what they share, where `total_correlation`
    counts what all of them share once for each. Every estimator adds up the second
    form, whose terms are direct estimates.

    Parameters
    ----------
    *variables : array-like of shape (n,) or (n, d)
        Each is one variable; a single matrix has one variable in each column.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete : {"auto"}, bool or sequence, default="auto"
        Which columns are discrete, for all variables or one entry for each; a mask of
        columns for a single matrix.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as in `total_correlation`.

    Returns
    -------
    float
        In units of ``log(base)``, never clipped; the mutual information for two
        variables, 0 for one. Counted, it is the same for every order of the variables;
        a k-NN estimate is so only up to its error.

    Raises
    ------
    ValueError
        No variables, different numbers of rows, and as `entropy`.
    TypeError
        An estimator that has no direct estimate of these variables.

    See Also
    --------
    total_correlation : The sum of the entropies less the joint one.
    mifs.probability.dual_total_correlation : Of a given distribution.

    References
    ----------
    T. S. Han, "Nonnegative entropy measures of multivariate symmetric correlations",
    Information and Control 36 (1978).

    Examples
    --------
    >>> from mifs.measures import dual_total_correlation
    >>> dual_total_correlation([0, 1], [0, 1], [0, 1], base=2)
    1.0
    >>> x, y = [0, 0, 1, 1], [0, 1, 0, 1]
    >>> dual_total_correlation(x, y, [0, 1, 1, 0], base=2)  # exclusive or
    2.0
    """
    check_base(base)
    samples = read_variables(variables, discrete)
    weight = read_weight(sample_weight, samples[0].n_rows)
    chosen, samples, weight = choose(estimator, samples, weight)
    total = 0.0
    for place in range(1, len(samples)):
        earlier, later = merge(*samples[:place]), samples[place + 1 :]
        given = merge(*later) if later else None
        total += information(chosen, samples[place], earlier, given, weight=weight)
    return in_base(total, base)


def pointwise_mutual_information(
    x: Any,
    y: Any,
    *,
    estimator: Any = "auto",
    discrete_x: Any = "auto",
    discrete_y: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
) -> FloatArray:
    r"""Pointwise mutual information of each row.

    .. math:: i(x, y) = \log \frac{p(x, y)}{p(x)\,p(y)}

    How much more often the values of a row meet than by chance; the mean over the rows
    is the mutual information. Rows with the same pair of discrete values have the same
    value. With ``"knn"``, the terms of the k-NN estimate, before its mean: noisy one by
    one, to be smoothed or averaged over regions.

    Parameters
    ----------
    x, y : array-like of shape (n,) or (n, d)
        Samples, as in `entropy`.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_x, discrete_y : {"auto"}, bool or array-like of bools, default="auto"
        Which columns are discrete, as in `entropy`.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.

    Returns
    -------
    ndarray of shape (n,), float64
        In units of ``log(base)``, of any sign. NaN where it is not defined: for
        ``"knn"`` in a row alone in its cell of discrete values, for ``"plugin"`` in a
        row whose levels have no weight.

    Raises
    ------
    ValueError
        Different numbers of rows, and as `entropy`.
    TypeError
        An estimator without terms of single rows.

    References
    ----------
    R. M. Fano, *Transmission of Information*, 1961; K. W. Church, P. Hanks, "Word
    association norms, mutual information, and lexicography", 1990.

    Examples
    --------
    >>> from mifs.measures import pointwise_mutual_information
    >>> pointwise_mutual_information(list("aabb"), list("ccdd"), base=2)
    array([1., 1., 1., 1.])
    """
    unit = check_base(base)
    samples = read_samples(x=(x, discrete_x), y=(y, discrete_y))
    n_rows = samples[0].n_rows
    given = read_weight(sample_weight, n_rows)
    chosen, samples, weight = choose(estimator, samples, given)
    discrete = not any(sample.continuous for sample in samples)
    if counts(chosen) or discrete:
        codes = [counted(chosen, sample, weight) for sample in samples]
        local = _counted_pointwise(codes[0], codes[1], weight)
    else:
        local = _shared(neighbours(chosen, "pointwise"), samples)
    if given is None or len(local) == n_rows:
        return local / unit
    # Rows of weight 0 were left out.
    out = np.full(n_rows, np.nan)
    out[given > 0] = local / unit
    return out


def _shared(chosen: NeighbourEstimator[Any], samples: list[Sample]) -> FloatArray:
    """Estimate what samples share, row by row."""
    read = [variable(chosen, sample) for sample in samples]
    if any(one.constant for one in read):
        return np.zeros(samples[0].n_rows)
    return chosen.shared(read, samples[0].n_rows)


def _counted_pointwise(
    x: IntArray, y: IntArray, weight: FloatArray | None
) -> FloatArray:
    both = join_codes(x, y)
    n_both, n_x, n_y = (counts_of(codes, weight) for codes in (both, x, y))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = n_both[both] * n_both.sum() / (n_x[x] * n_y[y])
        return np.asarray(np.log(ratio), dtype=np.float64)
