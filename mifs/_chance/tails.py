"""Upper tails in logarithms, where p-values underflow."""

from __future__ import annotations

import ctypes
import math

from scipy.special import cython_special, gammaln
from scipy.special.cython_special import gammaincc

from mifs import _kernels

# Where gammaincc is near underflow.
UNDERFLOW = 1e-280


# Of `gammaincc` and `gammaln`, as kernels call them.
Addresses = tuple[int, int]


def _address(name: str, n_arguments: int) -> int:
    """Address of a compiled function of so many float64.

    Raises
    ------
    ValueError
        SciPy has another function of that name, or none.
    """
    arguments = ", ".join(["double"] * n_arguments)
    signature = f"double ({arguments}, int __pyx_skip_dispatch)".encode()
    # A prototype of our own: the types of those of `ctypes.pythonapi` are everybody's.
    kind = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    pointer_of = kind(("PyCapsule_GetPointer", ctypes.pythonapi))
    capsules: dict[str, object] = getattr(cython_special, "__pyx_capi__", {})
    return int(pointer_of(capsules.get(name), signature))


def _addresses() -> Addresses | None:
    """Addresses of both; None where this SciPy does not give them."""
    try:
        return _address("gammaincc", 2), _address("gammaln", 1)
    except ValueError:
        return None


ADDRESSES = _addresses()


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
