"""Entropies of samples, in any base."""

from __future__ import annotations

import math
from typing import Any

from mifs._arrays import FloatArray
from mifs.estimators.plugin.codes import conditional_entropy_of
from mifs.estimators.plugin.codes import entropy_of as counted_entropy
from mifs.measures._estimates import (
    Direct,
    choose,
    counted,
    counts,
    information,
    merge,
    neighbours,
)
from mifs.measures._samples import Sample, read_samples, read_variables, read_weight
from mifs.probability._tables import check_base, in_base


def entropy(
    x: Any,
    *,
    estimator: Any = "auto",
    discrete_x: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
) -> float:
    r"""Entropy of a sample, of one column or several together.

    Discrete columns are counted, H = −Σ p log p of the observed frequencies. Continuous
    columns have the differential entropy of Kozachenko and Leonenko [1]_,

    .. math:: h(X) = \psi(n) - \psi(k) + \frac dn \sum_i \log 2 \varepsilon_i,

    ε_i the distance of the k-th neighbour of row i in max norm. Mixed columns follow
    the chain rule, H(D) + h(C|D), with neighbours within the levels of D.

    Parameters
    ----------
    x : array-like of shape (n,) or (n, d)
        Numbers, booleans, strings or categories, also mixed columns of a frame.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
        ``"plugin"`` bins continuous columns and gives the entropy of the bins.
    discrete_x : {"auto"}, bool or array-like of d bools, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers of at most ``max(2, min(50, n / 10))`` levels.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.

    Returns
    -------
    float
        In units of ``log(base)``. At least 0 if counted; a differential entropy may
        have any sign, grows by log|a| if a column is multiplied by a, and is −∞ where
        a column is constant or a level holds equal rows only.

    Raises
    ------
    ValueError
        Missing or infinite values, wrong ``base``, ``discrete_x``, ``sample_weight``
        or estimator; no two rows of any level of the discrete columns.
    TypeError
        An estimator without entropies of continuous columns.

    Notes
    -----
    Distances are taken between columns of unit variance, and their scale is added
    back, so that units change the entropy by exactly their logarithm. **Ties** (rounded
    values): where the k-th neighbour is at distance 0, k becomes the number of rows
    tied with row i, itself included, and 2ε_i the distance of the nearest row that
    differs, as if they filled the cell that rounding made one. A distribution with
    true atoms has entropy −∞; the estimate then speaks of the gap around them. A level
    with a single row is left out of h(C|D), one with m ≤ k rows uses m − 1 neighbours.

    References
    ----------
    .. [1] L. F. Kozachenko, N. N. Leonenko, "Sample estimate of the entropy of a random
       vector", Problems of Information Transmission 23 (1987); in max norm: A. Kraskov,
       H. Stögbauer, P. Grassberger, Physical Review E 69 (2004), eq. 20.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.measures import entropy
    >>> entropy(list("aabc"), base=2)
    1.5
    >>> x = np.random.default_rng(0).normal(size=5000)  # ½ log 2πe = 1.42 nats
    >>> round(entropy(x), 1)
    1.4
    >>> entropy([0, 1], sample_weight=[3, 1], base=2)
    0.8112781244591328
    """
    check_base(base)
    (sample,) = read_samples(x=(x, discrete_x))
    weight = read_weight(sample_weight, sample.n_rows)
    chosen, (sample,), weight = choose(estimator, [sample], weight)
    return in_base(entropy_of(chosen, sample, weight), base)


def joint_entropy(
    *variables: Any,
    estimator: Any = "auto",
    discrete: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
) -> float:
    r"""Entropy of several variables together, H(X, Y, …).

    The same as `entropy` of all their columns side by side.

    Parameters
    ----------
    *variables : array-like of shape (n,) or (n, d)
        At least one.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        As in `entropy`.
    discrete : {"auto"}, bool or sequence, default="auto"
        Which columns are discrete, for all variables or one entry for each; for a
        single variable as in `entropy`.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.

    Returns
    -------
    float
        In units of ``log(base)``.

    Raises
    ------
    ValueError
        No variables, different numbers of rows, and as `entropy`.
    TypeError
        An estimator without entropies of continuous columns.

    See Also
    --------
    entropy : Of one variable, with the formulas.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.8.

    Examples
    --------
    >>> from mifs.measures import joint_entropy
    >>> joint_entropy([0, 0, 1, 1], [0, 1, 0, 1], base=2)
    2.0
    """
    check_base(base)
    sample = merge(*read_variables(variables, discrete))
    weight = read_weight(sample_weight, sample.n_rows)
    chosen, (sample,), weight = choose(estimator, [sample], weight)
    return in_base(entropy_of(chosen, sample, weight), base)


def conditional_entropy(
    x: Any,
    given: Any,
    *,
    estimator: Any = "auto",
    discrete_x: Any = "auto",
    discrete_given: Any = "auto",
    base: float = math.e,
    sample_weight: Any = None,
) -> float:
    r"""Entropy of x that is left once another variable is known, H(X|Z).

    Counted where all columns are discrete or binned, as a sum over cells: exactly 0
    where Z determines X. With ``"knn"``, a discrete Z leaves the entropy within its
    levels, weighted by their share; a continuous one leaves H(X) − I(X;Z), whose terms
    have less bias than a difference of two entropies.

    Parameters
    ----------
    x, given : array-like of shape (n,) or (n, d)
        X and Z.
    estimator : {"auto", "knn", "plugin"} or estimator object, default="auto"
        ``"auto"``: ``"plugin"`` if all columns are discrete, else ``"knn"``.
    discrete_x, discrete_given : {"auto"}, bool or array-like of bools, default="auto"
        Which columns are discrete, as in `entropy`.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    sample_weight : array-like of shape (n,), default=None
        How often each row counts, as if it were repeated. ``"plugin"`` takes any;
        `GaussianCopula` whole ones; ``"knn"`` equal ones, and leaves out those of 0.

    Returns
    -------
    float
        In units of ``log(base)``, never clipped.

    Raises
    ------
    ValueError
        Different numbers of rows, and as `entropy`.
    TypeError
        An estimator without entropies of continuous columns.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.10.

    Examples
    --------
    >>> from mifs.measures import conditional_entropy
    >>> conditional_entropy(list("wwxy"), given=list("aabb"), base=2)
    0.5
    """
    check_base(base)
    sample, known = read_samples(x=(x, discrete_x), given=(given, discrete_given))
    weight = read_weight(sample_weight, sample.n_rows)
    chosen, (sample, known), weight = choose(estimator, [sample, known], weight)
    return in_base(_conditional(chosen, sample, known, weight), base)


def entropy_of(
    chosen: Direct, sample: Sample, weight: FloatArray | None = None
) -> float:
    """H of a sample by the chosen estimator, nats."""
    if counts(chosen) or not sample.continuous:
        return counted_entropy(counted(chosen, sample, weight), weight)
    able = neighbours(chosen, "entropy")
    if not sample.discrete:
        return able.entropy_within(sample.continuous, None)
    levels = counted(chosen, Sample([], sample.discrete, sample.n_rows))
    return counted_entropy(levels) + able.entropy_within(sample.continuous, levels)


def _conditional(
    chosen: Direct, x: Sample, z: Sample, weight: FloatArray | None
) -> float:
    """H(X|Z), nats."""
    if counts(chosen) or not (x.continuous or z.continuous):
        codes = [counted(chosen, sample, weight) for sample in (x, z)]
        return conditional_entropy_of(codes[0], codes[1], weight)
    if z.continuous:
        return entropy_of(chosen, x) - information(chosen, x, z)
    levels = Sample([], x.discrete + z.discrete, x.n_rows)
    able = neighbours(chosen, "entropy")
    within = able.entropy_within(x.continuous, counted(chosen, levels))
    if not x.discrete:
        return within
    own = counted(chosen, Sample([], x.discrete, x.n_rows))
    return conditional_entropy_of(own, counted(chosen, z)) + within
