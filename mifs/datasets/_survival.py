"""Times of events, some of which are not seen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from numbers import Real

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils.validation import check_scalar

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs.datasets._columns import IRRELEVANT, RELEVANT, Columns, Frame, handed_over
from mifs.datasets._laws import information

# Effects that may be enumerated, and how large the sum of all may be.
MOST_EFFECTS, MOST_EFFECT = 10, 5.0
# Nodes of quadrature in time.
N_NODES = 100
FIELDS = [("event", np.bool_), ("time", np.float64)]


def make_survival(
    n_samples: int = 1000,
    *,
    effects: Sequence[float] = (1.0, 0.5),
    interaction: float = 1.0,
    end: float = 1.5,
    loss: float = 0.3,
    n_noise: int = 10,
    noise: str = "mixed",
    shuffle: bool = True,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple[FloatArray, AnyArray]:
    r"""Draw times until an event, right-censored, and binary columns that hasten it.

    .. math:: \log rate = \sum_i effect_i (x_i - 1/2)
              + interaction \cdot (2 (u \oplus v) - 1)

    The time is exponential with this rate. Whoever has had no event is last seen at
    the `end`, or is lost before, at an exponential time of rate `loss`. All columns are
    fair coins. The two of the pair, u and v, tell nothing alone.

    Parameters
    ----------
    n_samples : int, default=1000
        Rows to draw.
    effects : sequence of float, default=(1.0, 0.5)
        One column for each, ten at most; their sizes sum up to 5 at most.
    interaction : float, default=1.0
        Effect of the pair, from −5 to 5; 0: there is no pair.
    end : float, default=1.5
        Time at which all are last seen, in units of the mean time at rate 1.
    loss : float, default=0.3
        Rate at which rows are lost before.
    n_noise : int, default=10
        Columns that are independent of everything.
    noise : str, default="mixed"
        Of what kind: ``"normal"``, ``"heavy_tails"`` (Cauchy), ``"binary"``,
        ``"many_levels"`` (300 levels), ``"correlated"`` (a chain of normal columns,
        .9 from one to the next) or ``"mixed"`` (the first four in turn).
    shuffle : bool, default=True
        Shuffle the columns. If False the relevant ones come first, noise last.
    random_state : int, RandomState or None, default=None
        Pass an int for the same table at every call.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    bunch : Bunch, or tuple (X, y)
        With ``data`` (n_samples, n_features), float64; ``target`` (n_samples,), a
        structured array of ``event`` (bool) and ``time`` (float64); ``feature_names``;
        ``relevant`` and ``redundant``, indices of columns; ``discrete``, a mask;
        ``mutual_information`` (n_features,), I(Xk;Y) of event and time together, in
        nats (integrated, error below 1e-9); ``joint_information``, I(X;Y) of all
        columns together; ``DESCR``.

    Raises
    ------
    ValueError
        If there are more effects than ten, or a number is out of its range.

    Examples
    --------
    >>> from mifs.datasets import make_survival
    >>> table = make_survival(shuffle=False, random_state=0)
    >>> table.feature_names[:4], table.target.dtype.names
    (['x0', 'x1', 'pair0', 'pair1'], ('event', 'time'))
    >>> table.mutual_information[:4].round(4).tolist()
    [0.0357, 0.0087, 0.0, 0.0]
    """
    _check(effects, interaction, end, loss)
    frame = Frame(n_samples, n_noise, noise, shuffle, random_state)
    rng = frame.rng()
    names = [f"x{i}" for i in range(len(effects))]
    names += ["pair0", "pair1"] if interaction else []
    bits = rng.randint(0, 2, (n_samples, len(names)))
    time = rng.exponential(1 / np.exp(_log_rate(bits, effects, interaction)))
    last = np.minimum(end, rng.exponential(1 / loss, n_samples) if loss else np.inf)
    target = np.empty(n_samples, FIELDS)
    target["event"], target["time"] = time <= last, np.minimum(time, last)
    single, joint = _information(effects, interaction, end, loss)
    sizes = [*effects, interaction, interaction]
    columns = Columns()
    for i, name in enumerate(names):
        role = RELEVANT if sizes[i] else IRRELEVANT
        columns.add(bits[:, i], name, role, single[i], discrete=True)
    about = f"Times until an event, with effects {list(effects)} and {interaction}."
    return handed_over(columns.bunch(frame, rng, target, joint, about), return_X_y)


def _check(
    effects: Sequence[float], interaction: float, end: float, loss: float
) -> None:
    if len(effects) > MOST_EFFECTS:
        raise ValueError(
            f"effects has {len(effects)} numbers; pass {MOST_EFFECTS} at most"
        )
    size = abs(interaction) + sum(abs(effect) for effect in effects)
    check_scalar(size, "sizes of effects and interaction", Real, max_val=MOST_EFFECT)
    check_scalar(end, "end", Real, min_val=0, include_boundaries="neither")
    check_scalar(loss, "loss", Real, min_val=0)


def _log_rate(
    bits: IntArray, effects: Sequence[float], interaction: float
) -> FloatArray:
    k = len(effects)
    alone = (bits[:, :k] - 0.5) @ np.asarray(effects, np.float64)
    rate: FloatArray = np.asarray(alone, np.float64)
    if interaction:
        rate += interaction * (2 * (bits[:, k] ^ bits[:, k + 1]) - 1)
    return rate


def _information(
    effects: Sequence[float], interaction: float, end: float, loss: float
) -> tuple[list[float], float]:
    """I(Xk;Y) of every column, and of all together, over all 2^k states."""
    n = len(effects) + (2 if interaction else 0)
    states = np.array(list(product([0, 1], repeat=n)), np.intp).reshape(-1, n)
    rate = np.exp(_log_rate(states, effects, interaction))
    law = _law(rate[:, np.newaxis], end, loss) / len(states)
    single = [
        information(np.stack([law[states[:, i] == bit].sum(axis=0) for bit in (0, 1)]))
        for i in range(len(effects))
    ]
    return [*single, 0.0, 0.0], information(law)


def _law(rate: FloatArray, end: float, loss: float) -> FloatArray:
    """P of an event or a loss at each node, and of the end, (n_states, 2 m + 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(N_NODES)
    time = end * (nodes + 1) / 2
    still = np.exp(-(rate + loss) * time) * weights * end / 2
    at_end = np.exp(-(rate + loss) * end)
    law: FloatArray = np.hstack([rate * still, loss * still, at_end])
    return law
