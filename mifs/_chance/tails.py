"""Upper tails in logarithms, where p-values underflow."""

from __future__ import annotations

import math

from scipy.special import gammaln
from scipy.special.cython_special import gammaincc

from mifs import _kernels

# Where gammaincc is near underflow.
UNDERFLOW = 1e-280


def log_gamma_tail(shape: float, x: float) -> float:
    """Logarithm of the probability that a gamma of this shape and scale 1 exceeds x."""
    p = float(gammaincc(shape, max(x, 0.0)))
    if p > UNDERFLOW:
        return math.log(p)
    upper = float(_kernels.strata.log_upper_gamma(shape, x))
    return upper - float(gammaln(shape))


def log_chi_squared_tail(df: int, x: float) -> float:
    """Logarithm of the probability that χ² of so many degrees of freedom exceeds x."""
    return log_gamma_tail(df / 2, x / 2) if df else 0.0
