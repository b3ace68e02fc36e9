"""Kernels that other kernels call: compiled as parts of these, not for themselves.

Numba optimises each function that a kernel calls, makes machine code of it and of its
wrapper for Python, and then optimises the same again as a part of its caller: once for
each level of calls. A part is only linked to what calls it. The outermost kernel is
optimised, with all of its parts, and it alone becomes machine code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, _LowerResult
from numba.core.compiler_machinery import register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import NativeLowering

from mifs._kernels.jit import OPTIONS


class _PartLibrary(JITCodeLibrary):
    """Code to be linked to that of other functions, neither optimised nor emitted."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):
    """Lower a function without an entry for Python. Numba's own state has no types."""

    _name = "mifs_part_lowering"

    def run_pass(self, state: Any) -> bool:
        name = state.func_id.func_qualname
        code = _PartLibrary(state.targetctx.codegen(), name)
        state["library"] = code
        super().run_pass(state)
        lowered = state["cr"]
        # Callers look the code up by what would be its entry.
        key = functools.partial(state.func_id.func)
        state.targetctx.insert_user_function(key, lowered.fndesc, [code])
        state["cr"] = _LowerResult(
            lowered.fndesc, lowered.call_helper, cfunc=key, env=lowered.env
        )
        return True


class _PartCompiler(CompilerBase):
    """Numba's compiler, but for the last step."""

    def define_pipelines(self) -> list[Any]:
        self.state.flags.no_compile = True
        manager = DefaultPassBuilder.define_nopython_pipeline(self.state)
        manager.passes = [
            (_PartLowering if step is NativeLowering else step, description)
            for step, description in manager.passes
        ]
        manager.finalize()
        return [manager]


class _Part(CPUDispatcher):
    """A function that only kernels call."""

    def add_overload(self, result: Any) -> None:
        """Remember what was compiled, of which nothing can be called from Python."""
        self.overloads[tuple(result.signature.args)] = result


def part(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Compile a function for the kernels that call it only."""
    own: dict[str, Any] = {"no_cpython_wrapper": True, "pipeline_class": _PartCompiler}
    dispatcher: Any = numba.njit(**own, **options)(function)
    dispatcher.__class__ = _Part
    return dispatcher


class Kernel(CPUDispatcher):
    """A function that is compiled for Python, and as a part of kernels that call it."""

    @functools.cached_property
    def part(self) -> Any:
        """What kernels call in place of this."""
        return part(self.py_func, OPTIONS)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Compile the part for these types of arguments."""
        return self.part.get_call_template(args, kws)

    def get_overload(self, sig: Any) -> Any:
        """Return what the code of the part is found by."""
        return self.part.get_overload(sig)

    def compile(self, sig: Any) -> Any:
        """Compile for Python, and give the parts their environments."""
        entry = super().compile(sig)
        result: Any
        context: Any = self.targetctx
        for result in self.overloads.values():
            if result.entry_point is entry:
                for environment in result._find_referenced_environments():
                    context.codegen().set_env(environment.env_name, environment)
        return entry
