"""Columns that are independent of the target."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy.signal import lfilter

from mifs._arrays import FloatArray

N_LEVELS = 300
# Correlation of neighbours in a chain of correlated columns.
NEIGHBOURS = 0.9

Draw: TypeAlias = Callable[[np.random.RandomState, tuple[int, int]], FloatArray]


def _correlated(rng: np.random.RandomState, shape: tuple[int, int]) -> FloatArray:
    """Draw normal columns in a chain: correlation falls off by distance."""
    fresh = rng.normal(size=shape)
    fresh[:, 1:] *= np.sqrt(1 - NEIGHBOURS**2)
    chain: FloatArray = lfilter([1.0], [1.0, -NEIGHBOURS], fresh, axis=1)
    return chain


DRAWS: dict[str, tuple[Draw, bool]] = {
    "normal": (lambda rng, shape: rng.normal(size=shape), False),
    "heavy_tails": (lambda rng, shape: rng.standard_cauchy(shape), False),
    "binary": (lambda rng, shape: rng.randint(0, 2, shape).astype(float), True),
    "many_levels": (
        lambda rng, shape: rng.randint(0, N_LEVELS, shape).astype(float),
        True,
    ),
    "correlated": (_correlated, False),
}
MIXED = "normal", "heavy_tails", "binary", "many_levels"
NOISE = *DRAWS, "mixed"


def draw_noise(
    kind: str, n_samples: int, n_columns: int, rng: np.random.RandomState
) -> tuple[FloatArray, list[bool]]:
    """Draw noise columns, and say which are discrete.

    Parameters
    ----------
    kind : str
        One of ``NOISE``; ``"mixed"`` deals out those of ``MIXED`` in turn.
    n_samples, n_columns : int
    rng : RandomState

    Returns
    -------
    columns : ndarray of shape (n_samples, n_columns)
    discrete : list of bool
    """
    if kind not in NOISE:
        raise ValueError(f"noise={kind!r} is not one of {', '.join(NOISE)}")
    if kind != "mixed":
        draw, discrete = DRAWS[kind]
        return draw(rng, (n_samples, n_columns)), [discrete] * n_columns
    columns = np.empty((n_samples, n_columns))
    for first, name in enumerate(MIXED):
        part = columns[:, first :: len(MIXED)]
        part[:] = DRAWS[name][0](rng, (n_samples, part.shape[1]))
    return columns, [DRAWS[MIXED[i % len(MIXED)]][1] for i in range(n_columns)]
