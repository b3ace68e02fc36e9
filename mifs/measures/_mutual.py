"""Mutual information and conditional mutual information of samples."""

from __future__ import annotations

import math
from typing import Any

from mifs.measures._estimates import choose, information
from mifs.measures._samples import Sample, read_samples, read_weight
from mifs.probability._tables import check_base, in_base


def mutual_information(
    x: Any,
    y: Any,
    *,
    estimator: Any = "auto",
    discrete_x: Any = "auto",
    discrete_y: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
    correction: str | None = None,
) -> float:
    """Mutual information I(X;Y) of two variables, each of one column or several.

    A direct estimate in the joint space, never clipped: a negative k-NN estimate
    stays negative.

    Parameters
    ----------
    x, y : array-like of shape (n,) or (n, d)
        Samples; numbers, booleans, strings or categories, also mixed columns of a
        frame.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_x, discrete_y : {"auto"}, bool or array-like of d bools, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers of at most ``max(2, min(50, n / 10))`` levels.
    base : float, default=e
        Of the logarithm: e for nats, 2 for bits, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.
    correction : {"permutation", "miller_madow", "shrinkage"} or None, default=None
        What is taken off for chance where all is counted (``"plugin"``), as in
        `mifs.estimators.PlugIn`, whose own parameter is for selectors and not asked;
        the result may be negative. None: nothing.

    Returns
    -------
    information : float
        0 if x or y is constant.

    Raises
    ------
    ValueError
        Different numbers of rows; missing or infinite values; wrong ``base``,
        ``discrete_x``, ``discrete_y``, ``sample_weight``, ``correction`` or estimator;
        a correction where not all is counted; for ``"knn"`` no more rows than
        neighbours.
    TypeError
        An estimator that has no direct estimate of these variables.

    See Also
    --------
    conditional_mutual_information : I(X;Y|Z).

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69 (2004), 066138.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.measures import mutual_information
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=2000)
    >>> y = x + rng.normal(size=2000)  # ½ ln 2 = 0.35 nats
    >>> round(mutual_information(x, y), 2)
    0.35
    >>> mutual_information([0, 0, 1, 1], list("aabb"), base=2)
    1.0
    >>> dice, noise = rng.integers(0, [[6], [20]], size=(2, 300))
    >>> round(mutual_information(dice, noise), 2)  # of nothing
    0.16
    >>> corrected = mutual_information(dice, noise, correction="permutation")
    >>> abs(corrected) < 0.03
    True
    """
    samples = read_samples(x=(x, discrete_x), y=(y, discrete_y))
    return _estimate(samples, estimator, base, sample_weight, correction)


def conditional_mutual_information(
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
    correction: str | None = None,
) -> float:
    """Conditional mutual information I(X;Y|Z), each of one column or several.

    A direct estimate in the joint space, never clipped: Frenzel and Pompe's for
    continuous columns, with distances 0 and infinity for discrete ones; within the
    levels of a discrete z, weighted by their share.

    Parameters
    ----------
    x, y, z : array-like of shape (n,) or (n, d)
        Samples, as in `mutual_information`.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_x, discrete_y, discrete_z : {"auto"}, bool or array-like, default="auto"
        Which columns are discrete, as in `mutual_information`.
    base : float, default=e
        Of the logarithm.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as in `mutual_information`.
    correction : {"permutation", "miller_madow", "shrinkage"} or None, default=None
        What is taken off for chance where all is counted (``"plugin"``), as in
        `mifs.estimators.PlugIn`, whose own parameter is for selectors and not asked;
        within the levels of Z. None: nothing.

    Returns
    -------
    information : float
        0 if x or y is constant.

    Raises
    ------
    ValueError
        Different numbers of rows; missing or infinite values; wrong ``base``,
        ``discrete_x``, ``discrete_y``, ``discrete_z``, ``sample_weight``,
        ``correction`` or estimator; a correction where not all is counted; for
        ``"knn"`` no more rows than neighbours.
    TypeError
        An estimator that has no direct estimate of these variables.

    See Also
    --------
    mutual_information : I(X;Y).

    References
    ----------
    .. [1] S. Frenzel, B. Pompe, "Partial mutual information for coupling analysis of
       multivariate time series", Physical Review Letters 99 (2007), 204101.
    .. [2] O. C. Mesner, C. R. Shalizi, "Conditional mutual information estimation for
       mixed, discrete and continuous data", IEEE Transactions on Information Theory
       67 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.measures import conditional_mutual_information
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=2000)
    >>> x, y = z + rng.normal(size=(2, 2000))  # independent once z is known
    >>> round(abs(conditional_mutual_information(x, y, z)), 1)
    0.0
    """
    samples = read_samples(x=(x, discrete_x), y=(y, discrete_y), z=(z, discrete_z))
    return _estimate(samples, estimator, base, sample_weight, correction)


def _estimate(
    samples: list[Sample],
    estimator: object,
    base: float,
    sample_weight: object,
    correction: str | None,
) -> float:
    """I(X;Y) of two samples, I(X;Y|Z) of three, in units of the base."""
    check_base(base)
    weight = read_weight(sample_weight, samples[0].n_rows)
    chosen, samples, weight = choose(estimator, samples, weight)
    found = information(chosen, *samples, weight=weight, correction=correction)
    return in_base(found, base)
