"""Classes that are a rule of binary inputs: XOR and its relatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from numbers import Integral, Real

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils.validation import check_scalar

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs.datasets._columns import (
    REDUNDANT,
    RELEVANT,
    Columns,
    Frame,
    check_share,
    handed_over,
)
from mifs.datasets._laws import flip_labels, information, label_channel

# States of all inputs are enumerated.
MOST_INPUTS = 16

RULES: dict[str, Callable[[IntArray], BoolArray]] = {
    "parity": lambda bits: bits.sum(axis=1) % 2 == 1,
    "and": lambda bits: bits.sum(axis=1) == bits.shape[1],
    "or": lambda bits: bits.sum(axis=1) > 0,
    "majority": lambda bits: 2 * bits.sum(axis=1) > bits.shape[1],
}


def make_boolean(
    n_samples: int = 1000,
    *,
    rule: str = "parity",
    n_inputs: int = 2,
    share: float | Sequence[float] = 0.5,
    label_noise: float = 0.0,
    n_hints: int = 0,
    hint: float = 0.6,
    continuous: bool = False,
    n_noise: int = 10,
    noise: str = "binary",
    shuffle: bool = True,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple[FloatArray, FloatArray | IntArray]:
    """Draw two classes that are a rule of binary inputs, such as XOR.

    With fair inputs (`share` .5) the parity of k inputs, XOR for two, cannot be seen
    in any k − 1 of them: each alone carries exactly 0, all together
    log 2 − H(`label_noise`). ``"and"``, ``"or"`` and ``"majority"`` have main effects
    and an interaction.

    Parameters
    ----------
    n_samples : int, default=1000
        Rows to draw.
    rule : {"parity", "and", "or", "majority"}, default="parity"
        What makes class 1 of the inputs; a majority is more than half.
    n_inputs : int, default=2
        From 1 to 16. All are relevant.
    share : float or sequence of n_inputs floats, default=0.5
        Probability that an input is 1. Of two inputs the XOR is seen in the one whose
        partner is not fair.
    label_noise : float, default=0.0
        Probability that a label is that of the other class.
    n_hints : int, default=0
        Binary columns that agree with the rule sometimes, each by itself: they tell
        something alone, and nothing beside the inputs.
    hint : float, default=0.6
        Probability that a hint agrees.
    continuous : bool, default=False
        Show inputs as uniform numbers in [0, 1] that are 1 − `share` or more for a 1.
        Hints stay binary.
        The information is the same.
    n_noise : int, default=10
        Columns that are independent of everything.
    noise : str, default="binary"
        Of what kind: ``"normal"``, ``"heavy_tails"`` (Cauchy), ``"binary"``,
        ``"many_levels"`` (300 levels), ``"correlated"`` (a chain of normal columns,
        .9 from one to the next) or ``"mixed"`` (the first four in turn).
    shuffle : bool, default=True
        Shuffle the columns. If False the inputs come first, then hints, noise last.
    random_state : int, RandomState or None, default=None
        Pass an int for the same table at every call.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    bunch : Bunch, or tuple (X, y)
        With ``data`` (n_samples, n_features), float64; ``target`` (n_samples,);
        ``feature_names``; ``relevant`` and ``redundant``, indices of columns;
        ``discrete``, a mask; ``mutual_information`` (n_features,), I(Xk;Y) in
        nats (exact);
        ``joint_information``, I(X;Y) of all columns together; ``DESCR``.

    Raises
    ------
    ValueError
        If `rule` or `noise` is unknown, or a number is out of its range.

    Examples
    --------
    >>> from mifs.datasets import make_boolean
    >>> xor = make_boolean(random_state=0)
    >>> [xor.feature_names[k] for k in xor.relevant]
    ['x1', 'x0']
    >>> float(xor.mutual_information.max()), round(xor.joint_information, 4)
    (0.0, 0.6931)
    """
    if rule not in RULES:
        raise ValueError(f"rule={rule!r} is not one of {', '.join(RULES)}")
    check_scalar(n_inputs, "n_inputs", Integral, min_val=1, max_val=MOST_INPUTS)
    fair = _shares(share, n_inputs)
    check_scalar(n_hints, "n_hints", Integral, min_val=0)
    check_share(hint, "hint")
    check_share(label_noise, "label_noise")
    frame = Frame(n_samples, n_noise, noise, shuffle, random_state)
    rng = frame.rng()
    shown = rng.uniform(size=(n_samples, n_inputs))
    bits = (shown >= 1 - fair).astype(np.int64)
    true = RULES[rule](bits).astype(np.int64)
    classes = flip_labels(true, label_noise, 2, rng)
    single, joint, of_hint = _information(rule, fair, label_noise, hint)
    columns = Columns()
    for i in range(n_inputs):
        values = shown[:, i] if continuous else bits[:, i]
        columns.add(values, f"x{i}", RELEVANT, single[i], discrete=not continuous)
    for i in range(n_hints):
        values = flip_labels(true, 1 - hint, 2, rng)
        columns.add(values, f"hint{i}", REDUNDANT, of_hint, discrete=True)
    about = f"Class 1 is the {rule} of {n_inputs} inputs, label noise {label_noise}."
    return handed_over(columns.bunch(frame, rng, classes, joint, about), return_X_y)


def _shares(share: float | Sequence[float], n_inputs: int) -> FloatArray:
    """Probability that each input is 1."""
    if isinstance(share, Real):
        check_share(float(share), "share")
        return np.full(n_inputs, float(share))
    given = np.asarray(share, np.float64)
    if given.shape != (n_inputs,) or not ((given >= 0) & (given <= 1)).all():
        raise ValueError(
            f"share={share!r} must be a number from 0 to 1, or one for each of the "
            f"{n_inputs} inputs"
        )
    return given


def _information(
    rule: str, share: FloatArray, label_noise: float, hint: float
) -> tuple[list[float], float, float]:
    """I(Xk;Y) of every input, of all together, and of a hint, over all 2^k states."""
    states = np.array(list(product([0, 1], repeat=len(share))))
    probability = np.where(states == 1, share, 1 - share).prod(axis=1)
    true = np.eye(2)[RULES[rule](states).astype(np.int64)]
    channel = label_channel(label_noise, 2)
    law = probability[:, np.newaxis] * (true @ channel)
    single = [
        information(np.stack([law[states[:, i] == bit].sum(axis=0) for bit in (0, 1)]))
        for i in range(len(share))
    ]
    seen = label_channel(1 - hint, 2).T @ np.diag(probability @ true) @ channel
    return single, information(law), information(seen)
