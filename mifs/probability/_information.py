"""Information that variables of a given joint table share."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr, rel_entr

from mifs.probability._tables import Floats, distribution, in_base


def mutual_information(
    joint: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Mutual information of the two variables of a joint table.

    .. math:: I(X; Y) = \sum_{x,y} p(x, y) \log \frac{p(x, y)}{p(x)\,p(y)}
              = D(P_{XY} \| P_X P_Y)

    Summed as D(P(Y|x) || P(Y)) over x: no product of margins that could underflow,
    no difference of entropies, and no clipping.

    Parameters
    ----------
    joint : array-like of float, shape (n_x, n_y)
        Joint probabilities: axis 0 is X, axis 1 is Y; they sum to 1.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts (a contingency table).

    Returns
    -------
    float
        Mutual information in units of ``log(base)``, from 0 to the smaller entropy.

    Raises
    ------
    ValueError
        If `joint` does not sum to 1 (unless `normalize`), has a negative, infinite
        or NaN value or not two axes, or `base` is not above 1.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.28.

    Examples
    --------
    >>> from mifs.probability import mutual_information
    >>> mutual_information([[0.5, 0], [0, 0.5]], base=2)
    1.0
    >>> round(mutual_information([[40, 10], [10, 40]], normalize=True), 6)
    0.192745
    """
    table = distribution(joint, "joint", n_axes=2, normalize=normalize)
    return in_base(_information(table[:, :, np.newaxis]), base)


def conditional_mutual_information(
    joint: ArrayLike, given: int = 2, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Mutual information of two variables of a joint table, given the third.

    .. math:: I(X; Y | Z) = \sum_{x,y,z} p(x, y, z)
              \log \frac{p(x, y, z)\,p(z)}{p(x, z)\,p(y, z)}

    Parameters
    ----------
    joint : array-like of float, shape (n_x, n_y, n_z)
        Joint probabilities: axis 0 is X, axis 1 is Y, axis 2 is Z; they sum to 1.
    given : int, default=2
        Axis of the variable that is known.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts.

    Returns
    -------
    float
        Conditional mutual information in units of ``log(base)``.

    Raises
    ------
    ValueError
        If `given` is no axis of `joint`; if `joint` does not sum to 1 (unless
        `normalize`), has a negative, infinite or NaN value or not three axes; if
        `base` is not above 1.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.61.

    Examples
    --------
    Two fair coins and their exclusive or: nothing in pairs, one bit in three.

    >>> import numpy as np
    >>> from mifs.probability import conditional_mutual_information
    >>> xor = np.zeros((2, 2, 2))
    >>> xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    >>> conditional_mutual_information(xor, base=2)
    1.0
    """
    table = distribution(joint, "joint", n_axes=3, normalize=normalize)
    if given not in range(-3, 3):
        raise ValueError(f"given={given!r} is no axis of joint; name one of 0, 1, 2")
    return in_base(_information(np.moveaxis(table, given, 2)), base)


def normalized_mutual_information(
    joint: ArrayLike, normalizer: str = "arithmetic", *, normalize: bool = False
) -> float:
    r"""Mutual information as a share of a mean of the two entropies.

    .. math:: \frac{I(X; Y)}{\mathrm{mean}(H(X), H(Y))}

    The names and the limits are those of scikit-learn's
    ``normalized_mutual_info_score``. With the arithmetic mean it is the symmetrical
    uncertainty.

    Parameters
    ----------
    joint : array-like of float, shape (n_x, n_y)
        Joint probabilities: axis 0 is X, axis 1 is Y; they sum to 1.
    normalizer : {"arithmetic", "geometric", "min", "max"}, default="arithmetic"
        The mean of the entropies by which the mutual information is divided.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts.

    Returns
    -------
    float
        A ratio without unit from 0 to 1: 1 where both variables are constant, 0
        where only one is.

    Raises
    ------
    ValueError
        If `normalizer` is unknown; if `joint` does not sum to 1 (unless
        `normalize`), has a negative, infinite or NaN value or not two axes.

    References
    ----------
    A. Strehl, J. Ghosh, "Cluster ensembles", 2002 (geometric mean); T. O. Kvalseth,
    "Entropy and correlation: some comments", 1987 (arithmetic mean).

    Examples
    --------
    >>> from mifs.probability import normalized_mutual_information
    >>> normalized_mutual_information([[0.5, 0], [0, 0.5]])
    1.0
    >>> round(normalized_mutual_information([[0.5, 0], [0.25, 0.25]], "min"), 6)
    0.383689
    """
    if normalizer not in _MEANS:
        raise ValueError(
            f"normalizer={normalizer!r} is unknown; pass one of {', '.join(_MEANS)}"
        )
    table = distribution(joint, "joint", n_axes=2, normalize=normalize)
    n_levels = [int(np.count_nonzero(table.any(axis=axis))) for axis in (1, 0)]
    if min(n_levels) == 1:
        return 1.0 if max(n_levels) == 1 else 0.0
    entropies = [float(entr(table.sum(axis)).sum()) for axis in (1, 0)]
    return _information(table[:, :, np.newaxis]) / _MEANS[normalizer](*entropies)


def total_correlation(
    joint: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Total correlation (multi-information) of all variables of a joint table.

    .. math:: T = \sum_i H(X_i) - H(X_1, \dots, X_n)
              = \sum_{i \ge 2} I(X_i; X_1, \dots, X_{i-1})

    Parameters
    ----------
    joint : array-like of float, any number of axes
        Joint probabilities, one axis per variable; they sum to 1.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts.

    Returns
    -------
    float
        Total correlation in units of ``log(base)``; 0 only for independent
        variables, the mutual information for two.

    Raises
    ------
    ValueError
        If `joint` does not sum to 1 (unless `normalize`), has a negative, infinite
        or NaN value or no cells, or `base` is not above 1.

    References
    ----------
    S. Watanabe, "Information theoretical analysis of multivariate correlation", 1960.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.probability import total_correlation
    >>> copies = np.zeros((2, 2, 2))
    >>> copies[0, 0, 0] = copies[1, 1, 1] = 0.5
    >>> total_correlation(copies, base=2)
    2.0
    """
    table = distribution(joint, "joint", n_axes=None, normalize=normalize)
    nats = 0.0
    for axis in range(1, table.ndim):
        later = tuple(range(axis + 1, table.ndim))
        nats += _information(_earlier_and(table.sum(later), axis))
    return in_base(nats, base)


def dual_total_correlation(
    joint: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Dual total correlation (binding information) of the variables of a table.

    .. math:: D = H(X_1, \dots, X_n) - \sum_i H(X_i | X_{-i})
              = \sum_{i \ge 2} I(X_i; X_1, \dots, X_{i-1} | X_{i+1}, \dots, X_n)

    Parameters
    ----------
    joint : array-like of float, any number of axes
        Joint probabilities, one axis per variable; they sum to 1.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts.

    Returns
    -------
    float
        Dual total correlation in units of ``log(base)``; 0 only for independent
        variables, the mutual information for two.

    Raises
    ------
    ValueError
        If `joint` does not sum to 1 (unless `normalize`), has a negative, infinite
        or NaN value or no cells, or `base` is not above 1.

    References
    ----------
    T. S. Han, "Nonnegative entropy measures of multivariate symmetric
    correlations", 1978.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.probability import dual_total_correlation
    >>> copies = np.zeros((2, 2, 2))
    >>> copies[0, 0, 0] = copies[1, 1, 1] = 0.5
    >>> dual_total_correlation(copies, base=2)
    1.0
    """
    table = distribution(joint, "joint", n_axes=None, normalize=normalize)
    nats = sum(_information(_earlier_and(table, axis)) for axis in range(1, table.ndim))
    return in_base(nats, base)


def interaction_information(
    joint: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Interaction information of three variables: positive for synergy.

    .. math:: I(X; Y; Z) = I(X; Y | Z) - I(X; Y)

    It is the same for every order of the axes. The co-information of other texts is
    its negative.

    Parameters
    ----------
    joint : array-like of float, shape (n_x, n_y, n_z)
        Joint probabilities, one axis per variable; they sum to 1.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts.

    Returns
    -------
    float
        Interaction information in units of ``log(base)``: positive where two
        variables tell more together than apart, negative where they repeat.

    Raises
    ------
    ValueError
        If `joint` does not sum to 1 (unless `normalize`), has a negative, infinite
        or NaN value or not three axes, or `base` is not above 1.

    References
    ----------
    W. J. McGill, "Multivariate information transmission", 1954; the sign is that of
    A. Jakulin, I. Bratko, "Quantifying and visualizing attribute interactions", 2003.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.probability import interaction_information
    >>> xor = np.zeros((2, 2, 2))
    >>> xor[[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]] = 0.25
    >>> interaction_information(xor, base=2)
    1.0
    """
    table = distribution(joint, "joint", n_axes=3, normalize=normalize)
    pair = table.sum(axis=2, keepdims=True)
    return in_base(_information(table) - _information(pair), base)


_MEANS: dict[str, Callable[[float, float], float]] = {
    "arithmetic": lambda h_x, h_y: (h_x + h_y) / 2,
    "geometric": lambda h_x, h_y: math.sqrt(h_x * h_y),
    "min": min,
    "max": max,
}


def _earlier_and(table: Floats, axis: int) -> Floats:
    """Merge the axes into three: all before `axis`, `axis` itself, all behind."""
    shape = table.shape
    return table.reshape(math.prod(shape[:axis]), shape[axis], -1)


def _information(table: Floats) -> float:
    """I(X;Y|Z) in nats of a table (x, y, z), as the mean of D(P(Y|x,z) || P(Y|z))."""
    p_xz = table.sum(axis=1, keepdims=True)
    y_given_xz = _share(table, p_xz)
    y_given_z = _share(table.sum(axis=0, keepdims=True), p_xz.sum(axis=0))
    return float((p_xz * rel_entr(y_given_xz, y_given_z)).sum())


def _share(part: Floats, whole: Floats) -> Floats:
    """Part / whole, 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
