"""Groups of columns that repeat one factor, among noise."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm
from sklearn.utils import Bunch
from sklearn.utils.validation import check_scalar

from mifs._arrays import FloatArray, IntArray
from mifs.datasets import _laws
from mifs.datasets._columns import (
    REDUNDANT,
    RELEVANT,
    Columns,
    Frame,
    check_share,
    handed_over,
)
from mifs.datasets._laws import (
    correlation_of,
    cut_law,
    flip_labels,
    gaussian_information,
    label_channel,
    shares,
)

# With two equal classes .0044, .0087 (2), .0176 (2), .03 (2) and .06 nats are left.
EIGHT = 0.0977, 0.048, 0.048, 0.0279, 0.0279, 0.0137, 0.0137, 0.0069


def make_groups(
    n_samples: int = 2000,
    *,
    information: Sequence[float] = EIGHT,
    n_copies: int = 17,
    copy_noise: float = 0.3,
    n_classes: int | None = 2,
    weights: ArrayLike | None = None,
    label_noise: float = 0.0,
    n_noise: int = 60,
    noise: str = "mixed",
    shuffle: bool = True,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple[FloatArray, FloatArray | IntArray]:
    r"""Draw factors that add up to the target, with copies of them, among noise.

    .. math:: s = \sum_g \rho_g z_g + \sqrt{1 - \sum_g \rho_g^2}\; \varepsilon,
              \quad \rho_g^2 = 1 - e^{-2 I_g}

    The factors z and ε are independent standard normal. The score s is the target, or
    is cut into classes. To find one column of each group is all there is to find; a
    copy adds nothing to its original, but a noisy one may be taken in its place.
    Without factors, ``information=()``, all is noise.

    Parameters
    ----------
    n_samples : int, default=2000
        Rows to draw.
    information : sequence of float, default=eight from .0977 to .0069
        I(z_g;s) of each factor, nats. Classes keep less, about .63 of it where there
        are two equal ones.
    n_copies : int, default=17
        Copies, dealt out to the groups in turn: the first of each group is exact, the
        second noisy, and so on.
    copy_noise : float, default=0.3
        Standard deviation of what is added to a noisy copy.
    n_classes : int or None, default=2
        Classes that the score is cut into; None: the target is the score.
    weights : array-like of shape (n_classes,), default=None
        Shares of the classes, lowest scores first; None: equal.
    label_noise : float, default=0.0
        Probability that a label is that of another class.
    n_noise : int, default=60
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
        With ``data`` (n_samples, n_features), float64; ``target`` (n_samples,);
        ``feature_names``; ``relevant`` and ``redundant``, indices of columns;
        ``discrete``, a mask; ``mutual_information`` (n_features,), I(Xk;Y) in
        nats (a closed form or integrated, error below 1e-9);
        ``joint_information``, I(X;Y) of all columns together; ``groups``
        (n_features,), the group of each column, −1 for noise; ``DESCR``.

    Raises
    ------
    ValueError
        If the factors tell more than there is (Σ ρ² ≥ 1), `noise` is unknown, a number
        is out of its range, or a continuous target is asked to have classes.

    Examples
    --------
    >>> from mifs.datasets import make_groups
    >>> table = make_groups(shuffle=False, random_state=0)
    >>> table.data.shape, len(table.relevant), len(table.redundant)
    ((2000, 85), 8, 17)
    >>> table.feature_names[8], table.feature_names[16]
    ('x0_copy0', 'x0_noisy1')
    >>> table.mutual_information[[0, 8, 16]].round(4).tolist()
    [0.06, 0.06, 0.0547]
    """
    correlations = _correlations(information)
    _check(n_copies, copy_noise, n_classes, weights, label_noise, len(correlations))
    frame = Frame(n_samples, n_noise, noise, shuffle, random_state)
    rng = frame.rng()
    target = _Target(n_classes, weights, label_noise)
    factors = rng.normal(size=(n_samples, len(correlations)))
    rest = np.sqrt(1 - np.square(correlations).sum())
    score = factors @ correlations + rest * rng.normal(size=n_samples)
    columns = Columns()
    known = target.information
    for g, correlation in enumerate(correlations.tolist()):
        columns.add(factors[:, g], f"x{g}", RELEVANT, known(correlation), group=g)
    for i in range(n_copies):
        turn, g = divmod(i, len(correlations))
        added = copy_noise if turn % 2 else 0.0
        values = factors[:, g] + added * rng.normal(size=n_samples)
        name = f"x{g}_{'noisy' if added else 'copy'}{turn}"
        told = known(float(correlations[g] / np.sqrt(1 + added**2)))
        columns.add(values, name, REDUNDANT, told, group=g)
    joint = known(float(np.sqrt(np.square(correlations).sum())))
    about = f"{len(correlations)} factors of {target}, with {n_copies} copies."
    shown = target.of(score, rng)
    return handed_over(columns.bunch(frame, rng, shown, joint, about), return_X_y)


class _Target:
    """What is shown of a standard normal score."""

    def __init__(
        self, n_classes: int | None, weights: ArrayLike | None, label_noise: float
    ) -> None:
        self._n_classes, self._noise = n_classes, label_noise
        if n_classes is not None:
            below = np.cumsum(shares(weights, n_classes))[:-1]
            self._edges = np.concatenate([[-np.inf], norm.ppf(below), [np.inf]])
            self._channel = label_channel(label_noise, n_classes)

    def __str__(self) -> str:
        if self._n_classes is None:
            return "a continuous target"
        return f"a target of {self._n_classes} classes"

    def of(
        self, score: FloatArray, rng: np.random.RandomState
    ) -> FloatArray | IntArray:
        """Show a score: as it is, or its class."""
        if self._n_classes is None:
            return score
        classes = np.searchsorted(self._edges[1:-1], score).astype(np.int64)
        return flip_labels(classes, self._noise, self._n_classes, rng)

    def information(self, correlation: float) -> float:
        """Of a normal column that has this correlation with the score, nats."""
        if self._n_classes is None:
            return gaussian_information(correlation)
        return _laws.information(cut_law(correlation, self._edges) @ self._channel)


def _correlations(wanted: Sequence[float]) -> FloatArray:
    if any(value < 0 for value in wanted):
        raise ValueError(f"information={wanted!r} has a number below 0")
    correlations = correlation_of(wanted)
    if (together := np.square(correlations).sum()) >= 1:
        raise ValueError(
            f"information={wanted!r}: the factors would explain {together:.3f} of the "
            "variance of the target; pass smaller numbers"
        )
    return correlations


def _check(
    n_copies: int,
    copy_noise: float,
    n_classes: int | None,
    weights: ArrayLike | None,
    label_noise: float,
    n_groups: int,
) -> None:
    most = None if n_groups else 0
    check_scalar(n_copies, "n_copies", Integral, min_val=0, max_val=most)
    check_scalar(copy_noise, "copy_noise", Real, min_val=0)
    check_share(label_noise, "label_noise")
    if n_classes is not None:
        check_scalar(n_classes, "n_classes", Integral, min_val=2)
    elif weights is not None or label_noise:
        raise ValueError(
            "weights and label_noise are those of classes; pass n_classes with them"
        )
