"""Integers side by side as a type of Numba's, for `mifs._kernels.registers`.

What both files use of Numba's internals is looked up when this one is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.codegen import CPUCodegen
from numba.core.cpu import CPUContext
from numba.core.datamodel.models import PrimitiveModel
from numba.core.datamodel.registry import register_default

if TYPE_CHECKING:
    from numba.core.datamodel.manager import DataModelManager

Values = Sequence[ir.Value]

# Internals that are first used when a kernel is compiled: if one is missing, this
# file cannot be imported.
NEEDED = {
    ir.IRBuilder: ("bitcast", "gep", "insert_element", "shuffle_vector", "load",
                   "store", "zext", "sext", "trunc", "and_", "or_", "xor", "add", "sub",
                   "mul", "shl", "lshr", "icmp_unsigned", "ctpop", "call"),
    ir.IntType: ("as_pointer",),
    BaseContext: ("make_array", "get_dummy_value"),
    CPUContext: ("codegen",),
    CPUCodegen: ("magic_tuple",),
    cgutils: ("get_or_insert_function",),
}  # fmt: skip
for _owner, _names in NEEDED.items():
    for _name in _names:
        getattr(_owner, _name)


class Vector(types.Type):
    """Integers of ``bits`` bits side by side, which kernels hold in registers."""

    def __init__(self, bits: int, lanes: int) -> None:
        self.bits, self.lanes = bits, lanes
        super().__init__(name=f"Vector({bits}, {lanes})")

    @property
    def llvm(self) -> Any:
        """The type in LLVM's own terms."""
        return ir.VectorType(ir.IntType(self.bits), self.lanes)


@register_default(Vector)
class _VectorModel(PrimitiveModel):
    def __init__(self, manager: DataModelManager, kind: Vector) -> None:
        super().__init__(manager, kind, kind.llvm)


def bits_of(array: types.Array) -> int:
    """Width of the integers of an array."""
    kind: Any = array.dtype  # an integer, whose class says no types
    return int(kind.bitwidth)


def address_of(
    context: BaseContext,
    builder: ir.IRBuilder,
    kind: types.Array,
    args: Values,
    vector: ir.VectorType,
) -> Any:
    """Address of a vector in the array ``args[0]`` from ``args[1]`` on."""
    data = context.make_array(kind)(context, builder, args[0]).data
    return builder.bitcast(builder.gep(data, [args[1]]), vector.as_pointer())


def repeat(builder: ir.IRBuilder, value: ir.Value, vector: ir.VectorType) -> Any:
    """Vector of equal integers."""
    nothing, index = ir.Constant(vector, ir.Undefined), ir.IntType(32)
    first = builder.insert_element(nothing, value, ir.Constant(index, 0))
    lanes = ir.Constant(ir.VectorType(index, vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, nothing, lanes)
