"""The decorators of all kernels, and how kernels are cached on disk."""

from __future__ import annotations

import functools
import hashlib
import importlib
import os
import pkgutil
from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

# Division by zero is that of NumPy: a check for each takes time to compile and to run.
OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}
# First and last versions of Numba whose internals are known to `mifs._kernels.parts`.
KNOWN = ((0, 60), (0, 68))
# Files whose functions become part of kernels of other files.
SHARED = (
    "jit.py",
    "parts.py",
    "vectors.py",
    "vector_type.py",
    "registers.py",
    "plain.py",
    "lane_sums.py",
    "knn_strips.py",
    "memo.py",
    "chance.py",
    "moments.py",
    "strata.py",
    "trends.py",
    "scipy_calls.py",
    "csv_scan.py",
    "ternary.py",
    "choice.py",
    "selection.py",
    "standing.py",
    "expected.py",
    "small_table.py",
    "tiles.py",
    "rounds.py",
)


def njit(function: F) -> F:
    """Compile without the GIL, cached on disk where some folder is writable.

    Numba raises at import where neither the package nor the home folder can be
    written (containers); there the kernel is compiled anew in each process.
    """
    compiled: Any
    name = function.__qualname__
    # Numba names the cache's file after the function, and takes it for stale if the
    # function's own file has changed: the name must tell of the other files.
    function.__qualname__ = f"{name}_{shared_stamp()}"
    try:
        compiled = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:
        compiled = numba.njit(**OPTIONS)(function)
    finally:
        function.__qualname__ = name
    if _parts() is not None:
        compiled.__class__ = _parts().Kernel
    compiled.__qualname__ = name
    kernel: F = compiled
    return kernel


def inlined(function: F) -> F:
    """Make a function part of every kernel that calls it, without a call.

    Such a function is in the file of the kernels that call it, or in one of `SHARED`.
    For small functions of innermost loops: a call would count the references to each
    array by atomic operations, which take longer than the function's own work.
    """
    return _as_part(function, plain={"inline": "always"}, linked={"forceinline": True})


def inlined_by_type(function: F) -> F:
    """Make a function part of every kernel that calls it, as `inlined`.

    For those that ask whether an argument is None: without `mifs._kernels.parts` Numba
    inlines before it knows the types, and would compile the branch that is never taken.
    """
    return _as_part(function, plain={}, linked={"forceinline": True})


def shared(function: F) -> F:
    """Compile a function of `SHARED` with the kernels that call it, for LLVM to inline.

    Without `mifs._kernels.parts`, what is `inlined` takes minutes where such functions
    call each other.
    """
    return _as_part(function, plain={}, linked={})


def _as_part(function: F, plain: dict[str, Any], linked: dict[str, Any]) -> F:
    """Compile a function that kernels call, with options of either way of doing it."""
    made: Any
    if _parts() is None:
        made = numba.njit(**plain, **OPTIONS)(function)
    else:
        made = _parts().part(function, {**linked, **OPTIONS})
    part: F = made
    return part


def _by_the_book() -> bool:
    """Whether Numba's internals are not to be used."""
    config: Any = numba.config
    plain = os.environ.get("MIFS_PLAIN_KERNELS", "0") != "0"
    return plain or bool(config.DISABLE_JIT)


@functools.cache
def _parts() -> Any:
    """`mifs._kernels.parts`; None: every function is compiled as Numba does it."""
    first, last = KNOWN
    if _by_the_book() or not first <= numba.version_info.short <= last:
        return None
    try:
        return importlib.import_module("mifs._kernels.parts")
    except (ImportError, AttributeError, TypeError):
        return None


@functools.cache
def in_registers() -> bool:
    """Whether kernels hold vectors in registers (`mifs._kernels.registers`).

    If not, `mifs._kernels.plain` does the same: where nothing is compiled, where what
    is used of Numba's internals is missing, and where the environment asks for it.
    """
    if _by_the_book():
        return False
    try:
        importlib.import_module("mifs._kernels.registers")
    except (ImportError, AttributeError, TypeError):
        return False
    return True


@functools.cache
def shared_stamp() -> str:
    """Hash of what becomes part of cached kernels without being in their files.

    Numba's version is in it so that two environments may share a folder.
    """
    stamp = hashlib.sha256(f"{numba.__version__} {in_registers()}".encode())
    for file in SHARED:
        try:
            stamp.update(pkgutil.get_data("mifs._kernels", file) or b"")
        except OSError:
            # A frozen program has no files; Numba then looks at the program itself.
            continue
    return stamp.hexdigest()[:8]
