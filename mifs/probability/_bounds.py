"""Variational bounds on mutual information from the scores of a critic.

A critic f(x, y) is any function of a pair. On a batch of n independent pairs it fills a
matrix of scores f(x_i, y_j): the diagonal holds draws of the joint distribution P, the
rest draws of the product of the margins, P_X P_Y.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from mifs.probability import _objectives
from mifs.probability._tables import Floats, finite, in_base


def donsker_varadhan_bound(scores: ArrayLike, *, base: float = math.e) -> float:
    r"""Donsker-Varadhan bound on mutual information, the objective of MINE.

    .. math:: I(X; Y) \ge E_P f - \log E_{P_X P_Y} e^f

    with equality for f = log p(x, y) / (p(x) p(y)) + any constant. The expectations
    are means over the diagonal and over the rest; the logarithm of a mean is biased,
    so on small batches the result may exceed the mutual information.

    Parameters
    ----------
    scores : array-like of float, shape (n, n), n at least 2
        ``scores[i, j]`` is the critic's f(x_i, y_j); pair i is (x_i, y_i).
    base : float, default=math.e
        Base of the result: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float
        The bound in units of ``log(base)``; negative for a bad critic.

    Raises
    ------
    ValueError
        If `scores` is not square with two rows at least or has infinite or NaN
        values, or `base` is not above 1.

    References
    ----------
    M. I. Belghazi et al., "Mutual information neural estimation", 2018.

    Examples
    --------
    >>> from mifs.probability import donsker_varadhan_bound
    >>> donsker_varadhan_bound([[2.0, 0.0], [0.0, 2.0]])
    2.0
    """
    return in_base(float(_objectives.donsker_varadhan(_square(scores))), base)


def nwj_bound(scores: ArrayLike, *, base: float = math.e) -> float:
    r"""Nguyen-Wainwright-Jordan bound on mutual information (f-GAN, MINE-f).

    .. math:: I(X; Y) \ge E_P f - \tfrac1e E_{P_X P_Y} e^f

    with equality for f = 1 + log p(x, y) / (p(x) p(y)). Unbiased for every critic,
    so on average it never exceeds the mutual information; its variance grows with
    e\ :sup:`I`.

    Parameters
    ----------
    scores : array-like of float, shape (n, n), n at least 2
        ``scores[i, j]`` is the critic's f(x_i, y_j); pair i is (x_i, y_i).
    base : float, default=math.e
        Base of the result: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float
        The bound in units of ``log(base)``; ``-inf`` where e\ :sup:`f` overflows.

    Raises
    ------
    ValueError
        If `scores` is not square with two rows at least or has infinite or NaN
        values, or `base` is not above 1.

    References
    ----------
    X. Nguyen, M. J. Wainwright, M. I. Jordan, "Estimating divergence functionals and
    the likelihood ratio by convex risk minimization", 2010; the form is that of
    B. Poole et al., "On variational bounds of mutual information", 2019.

    Examples
    --------
    >>> from mifs.probability import nwj_bound
    >>> nwj_bound([[2.0, 1.0], [1.0, 2.0]])
    1.0
    """
    matrix = _square(scores)
    with np.errstate(over="ignore"):
        return in_base(float(_objectives.nwj(matrix)), base)


def infonce_bound(scores: ArrayLike, *, base: float = math.e) -> float:
    r"""InfoNCE bound on mutual information, the objective of CPC.

    .. math:: I(X; Y) \ge \frac1n \sum_i
              \log \frac{e^{f(x_i, y_i)}}{\frac1n \sum_j e^{f(x_i, y_j)}}

    It is log n minus the cross-entropy loss of finding the partner of x_i among the
    n candidates of its row, so it never exceeds log n, whatever the critic; transpose
    `scores` to find the partner of y_i.

    Parameters
    ----------
    scores : array-like of float, shape (n, n), n at least 2
        ``scores[i, j]`` is the critic's f(x_i, y_j); pair i is (x_i, y_i).
    base : float, default=math.e
        Base of the result: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float
        The bound in units of ``log(base)``, at most the logarithm of n.

    Raises
    ------
    ValueError
        If `scores` is not square with two rows at least or has infinite or NaN
        values, or `base` is not above 1.

    References
    ----------
    A. van den Oord, Y. Li, O. Vinyals, "Representation learning with contrastive
    predictive coding", 2018, eq. 4; B. Poole et al., "On variational bounds of mutual
    information", 2019.

    Examples
    --------
    >>> from mifs.probability import infonce_bound
    >>> infonce_bound([[100.0, 0.0], [0.0, 100.0]], base=2)
    1.0
    """
    return in_base(float(_objectives.infonce(_square(scores))), base)


def jensen_shannon_objective(scores: ArrayLike, *, base: float = math.e) -> float:
    r"""Jensen-Shannon objective of Deep InfoMax. Not a bound on mutual information.

    .. math:: E_P [-\mathrm{sp}(-f)] - E_{P_X P_Y} [\mathrm{sp}(f)]
              \le 2\,\mathrm{JS}(P, P_X P_Y) - \log 4,
              \qquad \mathrm{sp}(f) = \log(1 + e^f)

    with equality for f = log p(x, y) / (p(x) p(y)). The right side rises
    from -log 4 for independent variables to 0 for joint and product distributions
    without common outcomes. The objective ranks representations; it is no amount of
    mutual information.

    Parameters
    ----------
    scores : array-like of float, shape (n, n), n at least 2
        ``scores[i, j]`` is the critic's f(x_i, y_j); pair i is (x_i, y_i).
    base : float, default=math.e
        Base of the result: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float
        The objective in units of ``log(base)``, never above 0.

    Raises
    ------
    ValueError
        If `scores` is not square with two rows at least or has infinite or NaN
        values, or `base` is not above 1.

    See Also
    --------
    js_divergence : The divergence itself, of given distributions.

    References
    ----------
    R. D. Hjelm et al., "Learning deep representations by mutual information
    estimation and maximization", 2019, eq. 4.

    Examples
    --------
    >>> from mifs.probability import jensen_shannon_objective
    >>> jensen_shannon_objective([[0.0, 0.0], [0.0, 0.0]], base=2)
    -2.0
    """
    return in_base(float(_objectives.jensen_shannon(_square(scores))), base)


def smile_estimate(
    scores: ArrayLike, *, clip: float = 5.0, base: float = math.e
) -> float:
    r"""SMILE estimate of mutual information. Not a bound on it.

    .. math:: E_P f - \log E_{P_X P_Y} e^{\min(\max(f, -\tau), \tau)}

    It is the Donsker-Varadhan bound with the scores of the product clipped, whose
    variance then no longer grows with e\ :sup:`I`. The price is a bias: for a large
    `clip` it is the bound, for a small one it may be above the mutual information.

    Parameters
    ----------
    scores : array-like of float, shape (n, n), n at least 2
        ``scores[i, j]`` is the critic's f(x_i, y_j); pair i is (x_i, y_i).
    clip : float, default=5.0
        The limit τ of the scores, nats, above 0.
    base : float, default=math.e
        Base of the result: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float
        The estimate in units of ``log(base)``.

    Raises
    ------
    ValueError
        If `scores` is not square with two rows at least or has infinite or NaN
        values, `clip` is not above 0, or `base` is not above 1.

    References
    ----------
    J. Song, S. Ermon, "Understanding the limitations of variational mutual
    information estimators", 2020, eq. 17.

    Examples
    --------
    >>> from mifs.probability import smile_estimate
    >>> smile_estimate([[2.0, 9.0], [9.0, 2.0]], clip=1.0)
    1.0
    """
    if not 0.0 < clip < math.inf:
        raise ValueError(f"clip={clip!r} is not above 0; pass such as 5.0, nats")
    return in_base(float(_objectives.smile(_square(scores), clip)), base)


def _square(scores: ArrayLike) -> Floats:
    matrix = finite(scores, "scores")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise ValueError(
            f"scores has shape {matrix.shape}; pass (n, n) with n at least 2: the "
            "critic's score of every x_i with every y_j"
        )
    return matrix
