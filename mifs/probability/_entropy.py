"""Entropies of given distributions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr, rel_entr

from mifs.probability._tables import (
    Floats,
    distribution,
    in_base,
    in_base_each,
    numbers,
)


def self_information(probability: ArrayLike, *, base: float = math.e) -> float | Floats:
    r"""Self-information (surprisal) of events with given probabilities.

    .. math:: i(x) = -\log p(x)

    Parameters
    ----------
    probability : array-like of float, any shape
        Probabilities of events, each in [0, 1]. They need not sum to 1.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.

    Returns
    -------
    float or ndarray of float64, shape of `probability`
        Self-information in units of ``log(base)``; infinite where the probability
        is 0. A scalar gives a float.

    Raises
    ------
    ValueError
        If a probability is NaN or outside [0, 1], or `base` is not above 1.

    References
    ----------
    C. E. Shannon, "A mathematical theory of communication", 1948.

    Examples
    --------
    >>> from mifs.probability import self_information
    >>> self_information(0.125, base=2)
    3.0
    >>> self_information([1, 0.5, 0], base=2)
    array([ 0.,  1., inf])
    """
    events = numbers(probability, "probability")
    if events.size and not (events.min() >= 0.0 and events.max() <= 1.0):
        raise ValueError(
            f"probability has values from {float(events.min())!r} to "
            f"{float(events.max())!r}; probabilities lie between 0 and 1"
        )
    with np.errstate(divide="ignore"):
        return in_base_each(-np.log(events), base)


def entropy(p: ArrayLike, *, base: float = math.e, normalize: bool = False) -> float:
    r"""Entropy of a distribution.

    .. math:: H(X) = -\sum_x p(x) \log p(x), \qquad 0 \log 0 = 0

    Parameters
    ----------
    p : array-like of float, shape (n_outcomes,)
        Probabilities; they sum to 1.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `p` by its sum first, as for counts.

    Returns
    -------
    float
        Entropy in units of ``log(base)``, from 0 to the logarithm of the number of
        outcomes.

    Raises
    ------
    ValueError
        If `p` does not sum to 1 (unless `normalize`), has a negative, infinite or
        NaN value or another number of axes, or `base` is not above 1.

    See Also
    --------
    joint_entropy : The same for a table with several axes.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.1.

    Examples
    --------
    >>> from mifs.probability import entropy
    >>> entropy([0.5, 0.25, 0, 0, 0.125, 0.125], base=2)
    1.75
    >>> entropy([3, 1], base=2, normalize=True)
    0.8112781244591328
    """
    table = distribution(p, "p", n_axes=1, normalize=normalize)
    return in_base(entr(table).sum(), base)


def joint_entropy(
    joint: ArrayLike, *, base: float = math.e, normalize: bool = False
) -> float:
    r"""Entropy of all variables of a joint table together.

    .. math:: H(X, Y, \dots) = -\sum p(x, y, \dots) \log p(x, y, \dots)

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
        Joint entropy in units of ``log(base)``.

    Raises
    ------
    ValueError
        If `joint` does not sum to 1 (unless `normalize`), has a negative, infinite
        or NaN value or no cells, or `base` is not above 1.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.8.

    Examples
    --------
    >>> from mifs.probability import joint_entropy
    >>> joint_entropy([[0.25, 0.25], [0.25, 0.25]], base=2)
    2.0
    """
    table = distribution(joint, "joint", n_axes=None, normalize=normalize)
    return in_base(entr(table).sum(), base)


def conditional_entropy(
    joint: ArrayLike,
    given: int | tuple[int, ...],
    *,
    base: float = math.e,
    normalize: bool = False,
) -> float:
    r"""Entropy of the other variables of a joint table, given those of some axes.

    .. math:: H(Y | X) = -\sum_{x,y} p(x, y) \log \frac{p(x, y)}{p(x)}

    The sum is formed as written, not as a difference of entropies, so it is exactly
    0 where X determines Y and never negative.

    Parameters
    ----------
    joint : array-like of float, at least two axes
        Joint probabilities, one axis per variable; they sum to 1.
    given : int or tuple of int
        Axis or axes of the variables that are known; negative ones count from the
        end. For a table of X (axis 0) and Y (axis 1), ``given=0`` is H(Y|X).
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts.

    Returns
    -------
    float
        Conditional entropy in units of ``log(base)``.

    Raises
    ------
    ValueError
        If `given` names no axis, all axes, an axis twice or one that `joint` has
        not; if `joint` does not sum to 1 (unless `normalize`) or has a negative,
        infinite or NaN value; if `base` is not above 1.

    References
    ----------
    T. M. Cover, J. A. Thomas, *Elements of Information Theory*, 2006, eq. 2.10.

    Examples
    --------
    >>> from mifs.probability import conditional_entropy
    >>> conditional_entropy([[0.5, 0.0], [0.25, 0.25]], given=0, base=2)
    0.5
    """
    table = distribution(joint, "joint", n_axes=None, normalize=normalize)
    known = _axes(given, table.ndim)
    others = tuple(axis for axis in range(table.ndim) if axis not in known)
    if not known or not others:
        raise ValueError(
            f"given={given!r} leaves nothing to know or nothing unknown in a table "
            f"of {table.ndim} axes; name some of its axes, not all"
        )
    return in_base(-rel_entr(table, table.sum(others, keepdims=True)).sum(), base)


def _axes(given: int | tuple[int, ...], n_axes: int) -> tuple[int, ...]:
    """Return axes as numbers from 0, each once."""
    named = given if isinstance(given, tuple) else (given,)
    for axis in named:
        if not -n_axes <= axis < n_axes:
            raise ValueError(
                f"given={given!r} names axis {axis}, but joint has {n_axes} axes; "
                f"name axes from {-n_axes} to {n_axes - 1}"
            )
    axes = tuple(axis % n_axes for axis in named)
    if len(set(axes)) < len(axes):
        raise ValueError(f"given={given!r} names an axis twice; name each once")
    return axes
