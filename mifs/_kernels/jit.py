"""The decorators of all kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba import extending

F = TypeVar("F", bound=Callable[..., Any])


def njit(function: F) -> F:
    """Compile without the GIL, cached on disk where some folder is writable.

    Numba raises at import where neither the package nor the home folder can be
    written (containers); there the kernel is compiled anew in each process.
    """
    compiled: Any
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        compiled = numba.njit(nogil=True)(function)
    kernel: F = compiled
    return kernel


def inlined(function: F) -> F:
    """Make a function part of every kernel of its file that calls it.

    A call counts the references to each array, atomically, which takes longer than
    what the innermost loops do.
    """
    part: Any = numba.njit(nogil=True, inline="always")(function)
    inlined_: F = part
    return inlined_


def intrinsic(function: Callable[..., Any]) -> Any:
    """Give kernels a function that is written in LLVM's own terms.

    Its first parameter, the typing context, is Numba's; kernels pass the others.
    """
    return extending.intrinsic(function)
