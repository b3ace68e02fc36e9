"""Columns of several kinds that are independent given two classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.utils import Bunch
from sklearn.utils.validation import check_scalar

from mifs._arrays import FloatArray, IntArray
from mifs.datasets._columns import (
    IRRELEVANT,
    RELEVANT,
    Columns,
    Frame,
    check_share,
    handed_over,
)
from mifs.datasets._laws import flip_labels, information, label_channel, line, shares

MOST_EFFECT = 5.0


class Distribution(Protocol):
    """What is asked of scipy's frozen distributions."""

    def rvs(self, size: int, random_state: np.random.RandomState) -> FloatArray:
        """Draw values."""
        ...

    def ppf(self, q: float) -> float:
        """Return a quantile."""
        ...

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return densities, of a continuous law."""
        ...

    def pmf(self, k: FloatArray) -> FloatArray:
        """Return probabilities, of a discrete law."""
        ...


def _category(tilt: float) -> Distribution:
    """Five levels without an order."""
    raw = np.exp(tilt * np.array([0.0, 1, -1, 0.5, -0.5]))
    drawn: Distribution = stats.rv_discrete(values=(np.arange(5), raw / raw.sum()))
    return drawn


# What a column of each kind is in class 0 (effect 0) and in class 1, and whether it is
# discrete.
KINDS: dict[str, tuple[Callable[[float], Distribution], bool]] = {
    "normal": (lambda effect: stats.norm(effect), False),
    "heavy_tails": (lambda effect: stats.cauchy(effect), False),
    "skewed": (lambda effect: stats.lognorm(1, scale=np.exp(effect)), False),
    "spread": (lambda effect: stats.norm(0, np.exp(effect / 2)), False),
    "count": (lambda effect: stats.poisson(3 * np.exp(effect / 2)), True),
    "binary": (lambda effect: stats.bernoulli(1 / (1 + np.exp(-effect))), True),
    "category": (_category, True),
}


def make_mixed(
    n_samples: int = 1000,
    *,
    kinds: Sequence[str] = tuple(KINDS),
    effect: float = 1.0,
    weights: ArrayLike | None = None,
    label_noise: float = 0.0,
    n_noise: int = 10,
    noise: str = "mixed",
    shuffle: bool = True,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
) -> Bunch | tuple[FloatArray, FloatArray | IntArray]:
    """Draw two classes that are seen in columns of many kinds.

    The columns are independent given the class, and all are relevant. In class 0 the
    effect is 0; in class 1 it moves the mean (``"normal"``), the location of a Cauchy
    law (``"heavy_tails"``), the median of a lognormal (``"skewed"``), the spread alone
    (``"spread"``, not monotone), the mean of a Poisson law (``"count"``), the share of
    ones (``"binary"``) or those of five levels (``"category"``).

    Parameters
    ----------
    n_samples : int, default=1000
        Rows to draw.
    kinds : sequence of str, default=all seven
        One relevant column for each; a kind may be repeated.
    effect : float, default=1.0
        From 0 (nothing is relevant) to 5.
    weights : array-like of shape (2,), default=None
        Shares of the classes, such as ``(.99, .01)``; None: equal.
    label_noise : float, default=0.0
        Probability that a label is that of the other class.
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
        With ``data`` (n_samples, n_features), float64; ``target`` (n_samples,);
        ``feature_names``; ``relevant`` and ``redundant``, indices of columns;
        ``discrete``, a mask; ``mutual_information`` (n_features,), I(Xk;Y) in
        nats (exact, or integrated with an error below 1e-6);
        ``joint_information``, I(X;Y) of all columns together (NaN: not
        known); ``DESCR``.

    Raises
    ------
    ValueError
        If a kind is unknown, or a number is out of its range.

    Examples
    --------
    >>> from mifs.datasets import make_mixed
    >>> rare = make_mixed(weights=(0.99, 0.01), shuffle=False, random_state=0)
    >>> rare.feature_names[:3], rare.mutual_information[:3].round(4).tolist()
    (['normal', 'heavy_tails', 'skewed'], [0.0049, 0.0022, 0.0049])
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ValueError(f"kinds: {unknown[0]!r} is not one of {', '.join(KINDS)}")
    check_scalar(effect, "effect", Real, min_val=0, max_val=MOST_EFFECT)
    check_share(label_noise, "label_noise")
    prior = shares(weights, 2)
    frame = Frame(n_samples, n_noise, noise, shuffle, random_state)
    rng = frame.rng()
    true = (rng.uniform(size=n_samples) < prior[1]).astype(np.int64)
    classes = flip_labels(true, label_noise, 2, rng)
    columns = Columns()
    for i, kind in enumerate(kinds):
        known = information(_law(kind, effect, prior) @ label_channel(label_noise, 2))
        name = f"{kind}{i}" if kinds.count(kind) > 1 else kind
        values = _draw(kind, effect, true, rng)
        discrete = KINDS[kind][1]
        role = RELEVANT if effect else IRRELEVANT
        columns.add(values, name, role, known, discrete=discrete)
    about = f"Two classes of shares {prior.tolist()}, seen in {', '.join(kinds)}."
    return handed_over(columns.bunch(frame, rng, classes, np.nan, about), return_X_y)


def _draw(
    kind: str, effect: float, true: IntArray, rng: np.random.RandomState
) -> FloatArray:
    """Values of a column given the classes."""
    law, _ = KINDS[kind]
    values = np.empty(len(true))
    for label, own in enumerate((0.0, effect)):
        here = true == label
        values[here] = law(own).rvs(size=int(np.count_nonzero(here)), random_state=rng)
    return values


def _law(kind: str, effect: float, prior: FloatArray) -> FloatArray:
    """P(value, class): at the nodes, or at every whole number that occurs."""
    law, discrete = KINDS[kind]
    both = law(0.0), law(effect)
    if discrete:
        values = np.arange(1 + max(one.ppf(1 - 1e-15) for one in both))
        density = np.stack([one.pmf(values) for one in both], axis=1)
    else:
        nodes, weights = line()
        density = np.stack([one.pdf(nodes) * weights for one in both], axis=1)
    joint: FloatArray = density * prior
    return joint
