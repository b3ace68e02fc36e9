"""Laws of one column and the target as tables, and their information.

A continuous column is its nodes of quadrature: row i of a law is the probability
density at node i, times its weight, with each class. Whatever happens to the labels
afterwards is then a product with a matrix, and the information is that of a table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from mifs._arrays import FloatArray, IntArray
from mifs.probability import mutual_information


def information(law: FloatArray) -> float:
    """I(X;Y) of a law, nats."""
    # Quadrature sums to 1 within its error.
    return mutual_information(law, normalize=True)


def line() -> tuple[FloatArray, FloatArray]:
    """Nodes on the real line and their weights: x = sinh(π/2 sinh t) (Takahasi, Mori).

    They reach 1e18, so that no tail is cut, and are dense around 0. For smooth
    densities of scale 1 within 20 of 0 the trapezoidal rule errs by less than 1e-9.
    """
    t = np.linspace(-4, 4, 4001)
    inner = np.pi / 2 * np.sinh(t)
    slope = np.pi / 2 * np.cosh(t) * np.cosh(inner)
    return np.sinh(inner), slope * (t[1] - t[0])


def cut_law(correlation: float, edges: FloatArray) -> FloatArray:
    """Law of a standard normal column and the class of one that correlates with it."""
    x, weights = line()
    inside = np.abs(x) < 12
    x, weights = x[inside, np.newaxis], weights[inside, np.newaxis]
    spread = np.sqrt(1 - correlation**2)
    below = norm.cdf((edges - correlation * x) / spread)
    law: FloatArray = np.diff(below, axis=1) * norm.pdf(x) * weights
    return law


def gaussian_information(correlation: float) -> float:
    """Information of two normal variables, −½ log(1 − ρ²)."""
    return float(-0.5 * np.log1p(-(correlation**2)))


def correlation_of(wanted: ArrayLike) -> FloatArray:
    """Correlation at which two normal variables have this information."""
    correlation: FloatArray = np.sqrt(-np.expm1(-2 * np.asarray(wanted, float)))
    return correlation


def shares(weights: ArrayLike | None, n_classes: int) -> FloatArray:
    """Check the shares of the classes; None: all equal."""
    if weights is None:
        return np.full(n_classes, 1 / n_classes)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (n_classes,) or not (given > 0).all():
        raise ValueError(
            f"weights={weights!r} are not {n_classes} positive numbers, one a class"
        )
    normalized: FloatArray = given / given.sum()
    return normalized


def label_channel(label_noise: float, n_classes: int) -> FloatArray:
    """P(label given | true class): wrong ones are equally probable."""
    wrong = label_noise / max(1, n_classes - 1)
    channel = np.full((n_classes, n_classes), wrong)
    np.fill_diagonal(channel, 1 - label_noise)
    return channel


def flip_labels(
    classes: IntArray, label_noise: float, n_classes: int, rng: np.random.RandomState
) -> IntArray:
    """Replace a share of the labels by another class, each with equal probability."""
    if not label_noise:
        return classes
    flipped = rng.uniform(size=len(classes)) < label_noise
    step = rng.randint(1, n_classes, len(classes))
    return np.where(flipped, (classes + step) % n_classes, classes)
