"""The tables that are timed: MadelonD where it is at hand, the others generated."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MADELON = Path(__file__).resolve().parents[2] / "shared/reference/matrices/MadelonD.npz"
N_FACTORS = 10

Codes = tuple[NDArray[np.uint8], NDArray[np.integer]]
# edges in standard deviations: halves, mean ± half a deviation, tenths
CUTS = {
    2: [0.0],
    3: [-0.5, 0.5],
    10: [NormalDist().inv_cdf(tenth / 10) for tenth in range(1, 10)],
}


def measurements(
    n: int, p: int, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Normal columns (n, p), the first half in redundant families, and two classes.

    The classes depend on one hidden factor directly and on the product of two
    others, so that relevance, redundancy and complementarity all occur.
    """
    rng = np.random.default_rng(seed)
    factors = rng.standard_normal((n, N_FACTORS))
    X = rng.standard_normal((n, p))
    for column in range(p // 2):
        weight = rng.uniform(0.2, 0.9)
        X[:, column] *= np.sqrt(1 - weight**2)
        X[:, column] += weight * factors[:, column % N_FACTORS]
    direct, left, right = factors[:, :3].T
    y = direct + left * right + 0.5 * rng.standard_normal(n) > 0
    return X, y.astype(np.int64)


@cache
def codes(n: int, p: int, n_levels: int) -> Codes:
    """Generated table (n, p) of uint8 codes in rows, and its classes."""
    X, y = measurements(n, p)
    return np.digitize(X, CUTS[n_levels]).astype(np.uint8), y


@cache
def madelon() -> Codes:
    """MadelonD (2 000 × 500, 10 levels), or a generated table of that shape."""
    if not MADELON.exists():
        return codes(2_000, 500, 10)
    with np.load(MADELON) as arrays:
        return arrays["X"], arrays["y"]


@cache
def frame(n: int, p: int) -> tuple[pd.DataFrame, pd.Series]:
    """Generated float64 frame (n, p) with names, and its classes."""
    X, y = measurements(n, p)
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(p)]), pd.Series(y, name="y")
