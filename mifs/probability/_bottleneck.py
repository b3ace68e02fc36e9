"""The information bottleneck of a given joint table."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr

from mifs.probability._tables import Floats, check_base, distribution, numbers

_ROUNDS = 2000
_SAME = 1e-13  # nats, or probability: a difference that is rounding
_NEVER = -1e300  # log 0 that survives a product with 0


class BottleneckCurve(NamedTuple):
    """Points of the information bottleneck, in order of rising beta.

    Parameters
    ----------
    betas : ndarray of float64, shape (n_betas,)
        The multipliers, sorted.
    complexity : ndarray of float64, shape (n_betas,)
        I(X;Z), what the representation keeps of the input.
    relevance : ndarray of float64, shape (n_betas,)
        I(Z;Y), what it keeps of the target.
    encoders : ndarray of float64, shape (n_betas, n_x, n_x)
        P(Z|x) of every point, in rows; unused values of Z have probability 0.
    """

    betas: Floats
    complexity: Floats
    relevance: Floats
    encoders: Floats


def information_bottleneck(
    joint: ArrayLike,
    betas: ArrayLike | None = None,
    *,
    tol: float = 1e-9,
    base: float = math.e,
    normalize: bool = False,
) -> BottleneckCurve:
    r"""Best representations Z of X for Y, from none to all of the information.

    For every β the encoder P(Z|X) minimises I(X;Z) − β I(Z;Y). Optima satisfy

    .. math:: p(z|x) \propto p(z) \, e^{-\beta D(P(Y|x) \| P(Y|z))}, \quad
              p(z) = \sum_x p(x)\,p(z|x), \quad
              p(y|z) = \sum_x p(y|x)\,p(x|z)

    which are iterated, with leaps where they crawl, from several starts: Z = X, and
    the solutions of the neighbouring β from above and from below. All encoders found
    are then offered to every β and the best is kept, so the curve of `relevance`
    against `complexity` is concave, as it must be. Nothing is random.

    Parameters
    ----------
    joint : array-like of float, shape (n_x, n_y)
        Joint probabilities: axis 0 is X, axis 1 is Y; they sum to 1.
    betas : array-like of float, shape (n_betas,), optional
        Multipliers from 0 to infinity. Up to 1 nothing is worth keeping and the point
        is (0, 0); ``math.inf`` gives the minimal sufficient statistic of X, with
        I(Z;Y) = I(X;Y). By default 1, 40 values around and above the one at which
        information starts to flow, and infinity.
    tol : float, default=1e-9
        The equations are iterated until P(X, Z) changes by no more in total, at most
        6 000 times; what is left unconverged lowers a point, never lifts it.
    base : float, default=math.e
        Base of the logarithm: 2 for bits, e for nats, 10 for bans.
    normalize : bool, default=False
        Divide `joint` by its sum first, as for counts.

    Returns
    -------
    BottleneckCurve
        Named tuple (betas, complexity, relevance, encoders); the second and third in
        units of ``log(base)``.

    Raises
    ------
    ValueError
        If `betas` is empty, not a sequence or has a negative or NaN value; if
        `joint` does not sum to 1 (unless `normalize`), has a negative, infinite or
        NaN value or not two axes; if `tol` is not positive or `base` is not above 1.

    Notes
    -----
    The problem is not convex: for two values of X the points agree with a grid
    search to its precision, for more values local optima cannot be excluded. Every
    point is reached by the encoder returned with it.

    References
    ----------
    N. Tishby, F. C. Pereira, W. Bialek, "The information bottleneck method", 1999;
    R. Varadhan, C. Roland, "Simple and globally convergent methods for accelerating
    the convergence of any EM algorithm", 2008 (the leaps).

    Examples
    --------
    >>> import math
    >>> from mifs.probability import information_bottleneck
    >>> curve = information_bottleneck([[0.4, 0.1], [0.1, 0.4]], [1, 5, math.inf])
    >>> curve.complexity.round(4)
    array([0.    , 0.5995, 0.6931])
    >>> curve.relevance.round(4)
    array([0.    , 0.1774, 0.1927])
    """
    table = distribution(joint, "joint", n_axes=2, normalize=normalize)
    unit = check_base(base)
    if not tol > 0:
        raise ValueError(f"tol={tol!r} is not positive; pass one such as 1e-9")
    used: NDArray[np.bool_] = np.asarray(table.any(axis=1))
    table = table[used]
    p_x = table.sum(axis=1)
    rows = table / p_x[:, np.newaxis]
    multipliers = _default_betas(table) if betas is None else _check_betas(betas)
    best = _best_encoders(p_x, rows, multipliers, tol)
    points = np.array([_informations(p_x, rows, encoder) for encoder in best])
    encoders = np.stack([_all_rows(encoder, p_x, used) for encoder in best])
    complexity, relevance = points.T / unit
    return BottleneckCurve(multipliers, complexity, relevance, encoders)


def _check_betas(betas: ArrayLike) -> Floats:
    values = numbers(betas, "betas")
    if values.ndim != 1 or values.size == 0:
        raise ValueError(
            f"betas has shape {values.shape}; pass a list of at least one number"
        )
    if values.min() < 0:
        raise ValueError(
            f"betas has the negative value {float(values.min())!r}; "
            "pass multipliers from 0 to math.inf"
        )
    return np.sort(values)


def _default_betas(table: Floats) -> Floats:
    """1, 40 values around and above the first useful one, infinity."""
    root = np.sqrt(np.outer(table.sum(axis=1), table.sum(axis=0)))
    scaled = np.divide(table, root, out=np.zeros_like(table), where=root > 0)
    # Z = const turns unstable at 1 / (second singular value, squared)
    spectrum = np.linalg.svd(scaled, compute_uv=False)
    critical = 1 / spectrum[1] ** 2 if spectrum.size > 1 and spectrum[1] > 1e-7 else 1.0
    between = np.geomspace(max(1.001, critical / 2), 100 * critical, 40)
    return np.concatenate([[1.0], between, [math.inf]])


def _best_encoders(
    p_x: Floats, rows: Floats, betas: Floats, tol: float
) -> list[Floats]:
    """Find the encoder (x, z) of every beta: the best of all that any beta met."""
    finite = betas[np.isfinite(betas)]
    constant = np.ones((len(p_x), 1))
    copy = np.eye(len(p_x))
    pool = [constant, _minimal_statistic(rows)]
    pool += _sweep(p_x, rows, constant, finite, tol)
    pool += _sweep(p_x, rows, copy, finite[::-1], tol)
    for beta in finite:
        pool += _sweep(p_x, rows, copy, np.array([beta]), tol)
    chosen = _choose(p_x, rows, betas, pool)
    for beta, encoder in zip(betas, chosen, strict=True):
        if math.isfinite(beta):
            pool.append(_iterate(p_x, rows, encoder, beta, tol))
    return _choose(p_x, rows, betas, pool)


def _choose(
    p_x: Floats, rows: Floats, betas: Floats, pool: list[Floats]
) -> list[Floats]:
    """Of the pool, each beta's best; the simplest where several are."""
    points = np.array([_informations(p_x, rows, encoder) for encoder in pool])
    simplest_first = np.argsort(points[:, 0].round(12), kind="stable")
    chosen = []
    for beta in betas:
        weight = 1.0 if math.isinf(beta) else beta / (1 + beta)
        gain = weight * points[:, 1] - (1 - weight) * points[:, 0]
        good = gain[simplest_first] >= gain.max() - _SAME
        chosen.append(pool[simplest_first[np.argmax(good)]])
    return chosen


def _sweep(
    p_x: Floats, rows: Floats, start: Floats, betas: Floats, tol: float
) -> list[Floats]:
    """Solve for the encoders (x, z), each started at the one before."""
    found = []
    encoder = start
    for beta in betas:
        encoder = _iterate(p_x, rows, _loosened(encoder), beta, tol)
        found.append(encoder)
    return found


def _loosened(encoder: Floats) -> Floats:
    """Mix in 1 % of Z = X and of noise: equal or unused values of Z never part."""
    n_x, n_z = encoder.shape
    mixed = np.full((n_x, n_x), 0.01 / n_x)
    mixed[:, :n_z] += 0.98 * encoder
    return mixed + 0.01 * np.eye(n_x)


def _iterate(
    p_x: Floats, rows: Floats, encoder: Floats, beta: float, tol: float
) -> Floats:
    """Solve the self-consistent equations from an encoder (x, z).

    Two updates and a leap along them (SQUAREM), which is kept where it has gained:
    near a beta at which a value of Z splits, plain updates need thousands.
    """
    for _ in range(_ROUNDS):
        first, _ = _update(p_x, rows, encoder, beta)
        second, energy = _update(p_x, rows, first, beta)
        if (p_x @ np.abs(second - first)).sum() <= tol:
            return second
        leap, leap_energy = _update(p_x, rows, _leap(encoder, first, second), beta)
        encoder = leap if leap_energy <= energy else second
    return encoder


def _leap(start: Floats, first: Floats, second: Floats) -> Floats:
    """Extrapolate two updates, staying above 0."""
    step = first - start
    bend = second - first - step
    curvature = float(np.linalg.norm(bend))
    length = float(np.linalg.norm(step)) / curvature if curvature > 0 else 1.0
    length = max(1.0, length)
    far = np.maximum(start + 2 * length * step + length**2 * bend, 0.01 * second)
    return np.asarray(far / far.sum(axis=1, keepdims=True))


def _update(
    p_x: Floats, rows: Floats, encoder: Floats, beta: float
) -> tuple[Floats, float]:
    """Update an encoder (x, z) once; return also what updates never let rise."""
    p_z, decoder = _decode(p_x, rows, encoder)
    with np.errstate(divide="ignore", over="ignore"):
        log_decoder = np.maximum(np.log(decoder), _NEVER)
        score = np.log(p_z) + beta * (rows @ log_decoder.T)
    top = score.max(axis=1, keepdims=True)
    share = np.exp(score - top)
    total = share.sum(axis=1, keepdims=True)
    # I(X;Z) - beta I(Z;Y) + a constant, at the new encoder and the old P(Z), P(Y|Z)
    return share / total, -float(p_x @ (top + np.log(total))[:, 0])


def _decode(p_x: Floats, rows: Floats, encoder: Floats) -> tuple[Floats, Floats]:
    """Return P(Z) and the rows P(Y|z), 0 for a value of Z not in use."""
    p_xz = p_x[:, np.newaxis] * encoder
    p_z = p_xz.sum(axis=0)
    return p_z, p_xz.T @ rows / np.where(p_z > 0, p_z, 1.0)[:, np.newaxis]


def _informations(p_x: Floats, rows: Floats, encoder: Floats) -> tuple[float, float]:
    """I(X;Z) and I(Z;Y) in nats; exactly 0 for a constant Z."""
    if encoder.shape[1] == 1:
        return 0.0, 0.0
    p_z, decoder = _decode(p_x, rows, encoder)
    complexity = p_x @ rel_entr(encoder, p_z).sum(axis=1)
    relevance = p_z @ rel_entr(decoder, p_x @ rows).sum(axis=1)
    return float(complexity), float(relevance)


def _minimal_statistic(rows: Floats) -> Floats:
    """Merge the x of equal P(Y|x), up to rounding, in an encoder (x, z)."""
    leaders: list[Floats] = []
    values = []
    for row in rows:
        near = [np.abs(row - leader).max() <= _SAME for leader in leaders]
        if not any(near):
            leaders.append(row)
            near.append(True)
        values.append(near.index(True))
    encoder: Floats = np.eye(len(leaders))[values]
    return encoder


def _all_rows(encoder: Floats, p_x: Floats, used: NDArray[np.bool_]) -> Floats:
    """Widen to n_x values of Z, and give an x of probability 0 the row P(Z)."""
    n_z = encoder.shape[1]
    rows = np.zeros((used.size, used.size))
    rows[used, :n_z] = encoder
    rows[~used, :n_z] = p_x @ encoder
    return rows
