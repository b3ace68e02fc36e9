"""Capacity of a given channel."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr

from mifs.probability._tables import Floats, check_base, conditional_rows, in_base

# Blahut-Arimoto needs 1 round for symmetric channels and some 100 where every input
# is used, but 1/gap rounds where an input is just not worth using.
_ROUNDS = 200
_NEWTON_STEPS = 200
_TINY = 1e-150


class ChannelCapacity(NamedTuple):
    """Capacity of a channel and the input that reaches it.

    Parameters
    ----------
    capacity : float
        Mutual information of input and output at ``input_distribution``; the true
        capacity is between this and ``capacity + gap``.
    input_distribution : ndarray of float64, shape (n_inputs,)
        The distribution of inputs that reaches it.
    gap : float
        Blahut-Arimoto upper bound minus ``capacity``, in the same unit.
    """

    capacity: float
    input_distribution: Floats
    gap: float


def channel_capacity(
    channel: ArrayLike,
    *,
    tol: float = 1e-12,
    base: float = math.e,
    normalize: bool = False,
) -> ChannelCapacity:
    r"""Capacity of a discrete memoryless channel.

    .. math:: C = \max_{p(x)} I(X; Y), \qquad
              I(X; Y) \le C \le \max_x D(P(Y|x) \| P(Y))

    Blahut-Arimoto rounds p(x) ← p(x) exp D(P(Y|x) || P(Y)) / Z start from the
    uniform input and stop when the two bounds are within `tol` of each other. Where an
    input is just not worth using they get arbitrarily slow; then interior-point Newton
    steps on the same problem take over (about 20, each a solution of n_inputs
    equations), held to the same bounds.

    Parameters
    ----------
    channel : array-like of float, shape (n_inputs, n_outputs)
        Row x holds P(Y|x) and sums to 1.
    tol : float, default=1e-12
        Largest distance of the bounds in nats.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide each row by its sum first.

    Returns
    -------
    ChannelCapacity
        Named tuple (capacity, input_distribution, gap); capacity and gap in units of
        ``log(base)``.

    Raises
    ------
    ValueError
        If a row does not sum to 1 (unless `normalize`), a value is negative, infinite
        or NaN, `channel` has not two axes, `tol` is not positive or `base` is not
        above 1.
    ArithmeticError
        If rounding keeps the bounds further apart than `tol`.

    References
    ----------
    Blahut, "Computation of channel capacity and rate-distortion functions", 1972;
    Arimoto, "An algorithm for computing the capacity of arbitrary discrete
    memoryless channels", 1972.

    Examples
    --------
    A binary erasure channel that loses a quarter of the bits:

    >>> from mifs.probability import channel_capacity
    >>> found = channel_capacity([[0.75, 0.25, 0], [0, 0.25, 0.75]], base=2)
    >>> round(found.capacity, 12), found.input_distribution
    (0.75, array([0.5, 0.5]))
    """
    rows = conditional_rows(channel, "channel", normalize=normalize)
    check_base(base)
    if not tol > 0:
        raise ValueError(f"tol={tol!r} is not positive; pass nats such as 1e-12")
    rows = rows[:, rows.any(axis=0)]
    p, gap = _blahut_arimoto(rows, tol)
    if gap > tol:
        p, gap = _interior_point(rows, tol)
    if gap > tol:
        raise ArithmeticError(
            f"the bounds of the capacity stay {gap:.3g} nats apart, above tol={tol!r}; "
            "pass a larger tol"
        )
    capacity = float(p @ _divergences(rows, p))
    return ChannelCapacity(in_base(capacity, base), p, in_base(gap, base))


def _blahut_arimoto(rows: Floats, tol: float) -> tuple[Floats, float]:
    """Input (x,) and its gap in nats after at most `_ROUNDS` rounds."""
    p = np.full(len(rows), 1 / len(rows))
    for _ in range(_ROUNDS):
        divergences = _divergences(rows, p)
        gap = _gap(divergences, p)
        if gap <= tol:
            break
        p = p * np.exp(divergences - divergences.max())
        # an input at exactly 0 would leave an output without probability
        p = np.maximum(p / p.sum(), _TINY)
    return p, gap


def _interior_point(rows: Floats, tol: float) -> tuple[Floats, float]:
    """Input (x,) and its gap in nats by primal-dual Newton steps.

    The conditions of the maximum are D(P(Y|x) || P(Y)) + s(x) = C with p(x) s(x) = 0.
    The steps solve them for p(x) s(x) = mu while mu falls to 0.
    """
    p = np.full(len(rows), 1 / len(rows))
    divergences = _divergences(rows, p)
    level = divergences.max() + 0.1 * max(float(np.ptp(divergences)), 1e-3)
    slack = level - divergences
    for _ in range(_NEWTON_STEPS):
        dp, dlevel, dslack = _newton_step(rows, p, slack, level)
        share = min(1.0, _room(p, dp), _room(slack, dslack))
        p, slack = p + share * dp, slack + share * dslack
        p, level = p / p.sum(), level + share * dlevel
        gap = _gap(_divergences(rows, p), p)
        if gap <= tol:
            break
    return p, gap


def _newton_step(
    rows: Floats, p: Floats, slack: Floats, level: float
) -> tuple[Floats, float, Floats]:
    """Find steps of input (x,), level and slack (x,) towards a tenth of mu."""
    n_inputs = len(p)
    wanted = 0.1 * float(p @ slack) / n_inputs / p - slack
    matrix = np.ones((n_inputs + 1, n_inputs + 1))
    # dD(P(Y|x) || P(Y)) / dp(x') = -sum_y p(y|x) p(y|x') / p(y)
    matrix[:-1, :-1] = (rows / (p @ rows)) @ rows.T + np.diag(slack / p)
    matrix[-1, -1] = 0.0
    right = np.append(_divergences(rows, p) + slack - level + wanted, 1 - p.sum())
    solution = np.linalg.solve(matrix, right)
    dp = solution[:-1]
    return dp, float(solution[-1]), wanted - slack / p * dp


def _room(values: Floats, step: Floats) -> float:
    """95 % of the step at which the first of the positive values reaches 0."""
    return 0.95 / max(float((-step / values).max()), _TINY)


def _divergences(rows: Floats, p: Floats) -> Floats:
    """D(P(Y|x) || P(Y)) in nats of every input (x,)."""
    divergences: Floats = -entr(rows).sum(axis=1) - rows @ np.log(p @ rows)
    return divergences


def _gap(divergences: Floats, p: Floats) -> float:
    """Upper minus lower bound of the capacity, in nats."""
    return float(divergences.max() - p @ divergences)
