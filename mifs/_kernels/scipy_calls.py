"""Calls of compiled functions of SciPy by their addresses.

The addresses are arguments of kernels: what is cached on disk holds none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba

if TYPE_CHECKING or numba.config.DISABLE_JIT:
    from scipy.special import cython_special

    def upper_gamma(address: int, shape: float, x: float) -> Any:
        """Γ(shape, x) / Γ(shape)."""
        return cython_special.gammaincc(shape, x)

    def log_gamma(address: int, shape: float) -> Any:
        """Log Γ(shape)."""
        return cython_special.gammaln(shape)

else:
    from llvmlite import ir
    from numba import types
    from numba.extending import intrinsic

    def _calling(n_arguments: int) -> Any:
        """Generate the call of a function of so many float64."""

        def codegen(
            context: object, builder: ir.IRBuilder, signature: object, args: Any
        ) -> Any:
            double, skip = ir.DoubleType(), ir.IntType(32)
            # Cython's functions take a flag more, which they ignore.
            function = ir.FunctionType(double, [double] * n_arguments + [skip])
            address = builder.inttoptr(args[0], function.as_pointer())
            return builder.call(address, [*args[1:], ir.Constant(skip, 0)])

        return codegen

    @intrinsic
    def upper_gamma(typingctx: object, address: Any, shape: Any, x: Any) -> Any:
        """Γ(shape, x) / Γ(shape)."""
        number = types.float64
        return number(types.int64, number, number), _calling(2)

    @intrinsic
    def log_gamma(typingctx: object, address: Any, shape: Any) -> Any:
        """Log Γ(shape)."""
        return types.float64(types.int64, types.float64), _calling(1)
