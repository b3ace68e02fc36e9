"""Divergences between two given distributions of the same outcomes."""

from __future__ import annotations

import math

from numpy.typing import ArrayLike
from scipy.special import rel_entr, xlogy

from mifs.probability._tables import Floats, distribution, in_base, same_shape


def kl_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Kullback-Leibler divergence (relative entropy) of `p` from `q`.

    .. math:: D(P \| Q) = \sum_x p(x) \log \frac{p(x)}{q(x)}

    with 0 log (0/q) = 0 and infinity where q = 0 < p: no epsilon is added.

    Parameters
    ----------
    p, q : array-like of float, the same shape
        Probabilities of the same outcomes; each sums to 1. Joint tables are welcome.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first, as for counts.

    Returns
    -------
    float
        Divergence in units of ``log(base)``, not symmetric, 0 only for equal
        distributions, possibly infinite.

    Raises
    ------
    ValueError
        If the shapes differ, `p` or `q` does not sum to 1 (unless `normalize`) or
        has a negative, infinite or NaN value, or `base` is not above 1.

    References
    ----------
    S. Kullback, R. A. Leibler, "On information and sufficiency", 1951.

    Examples
    --------
    >>> from mifs.probability import kl_divergence
    >>> kl_divergence([1, 0], [0.25, 0.75], base=2)
    2.0
    >>> kl_divergence([0.5, 0.5], [1, 0])
    inf
    """
    table, other = _pair(p, q, normalize)
    return in_base(rel_entr(table, other).sum(), base)


def cross_entropy(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Cross-entropy: mean length of a code made for `q` when `p` is true.

    .. math:: H(P, Q) = -\sum_x p(x) \log q(x) = H(P) + D(P \| Q)

    Parameters
    ----------
    p, q : array-like of float, the same shape
        Probabilities of the same outcomes; each sums to 1. Joint tables are welcome.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first, as for counts.

    Returns
    -------
    float
        Cross-entropy in units of ``log(base)``; infinite where q = 0 < p.

    Raises
    ------
    ValueError
        If the shapes differ, `p` or `q` does not sum to 1 (unless `normalize`) or
        has a negative, infinite or NaN value, or `base` is not above 1.

    See Also
    --------
    cross_entropy_loss : The same as a loss, averaged over rows.

    References
    ----------
    K. P. Murphy, *Probabilistic Machine Learning: An Introduction*, 2022, sec. 6.1.

    Examples
    --------
    >>> from mifs.probability import cross_entropy
    >>> cross_entropy([0.5, 0.5], [0.25, 0.75], base=2)
    1.207518749639422
    """
    table, other = _pair(p, q, normalize)
    return in_base(-xlogy(table, other).sum(), base)


def js_divergence(
    p: ArrayLike, q: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Jensen-Shannon divergence: the square of scipy's ``jensenshannon`` distance.

    .. math:: \mathrm{JS}(P, Q) = \tfrac12 D(P \| M) + \tfrac12 D(Q \| M),
              \qquad M = \tfrac12 (P + Q)

    It is the mutual information of an outcome and a fair coin that chose between
    `p` and `q`.

    Parameters
    ----------
    p, q : array-like of float, the same shape
        Probabilities of the same outcomes; each sums to 1. Joint tables are welcome.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `p` and `q` by their sums first, as for counts.

    Returns
    -------
    float
        Divergence in units of ``log(base)``, symmetric, from 0 to one bit.

    Raises
    ------
    ValueError
        If the shapes differ, `p` or `q` does not sum to 1 (unless `normalize`) or
        has a negative, infinite or NaN value, or `base` is not above 1.

    References
    ----------
    J. Lin, "Divergence measures based on the Shannon entropy", 1991.

    Examples
    --------
    >>> from mifs.probability import js_divergence
    >>> js_divergence([1, 0], [0, 1], base=2)
    1.0
    >>> js_divergence([0.5, 0.5], [0.5, 0.5])
    0.0
    """
    table, other = _pair(p, q, normalize)
    # p log(2p / (p+q)): doubling is exact where halving could underflow to 0
    both = table + other
    twice = rel_entr(2 * table, both).sum() + rel_entr(2 * other, both).sum()
    return in_base(twice / 4, base)


def _pair(p: ArrayLike, q: ArrayLike, normalize: bool) -> tuple[Floats, Floats]:
    table = distribution(p, "p", n_axes=None, normalize=normalize)
    other = distribution(q, "q", n_axes=None, normalize=normalize)
    same_shape(table, other)
    return table, other
