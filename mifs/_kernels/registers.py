"""Words and integers side by side in registers, written in LLVM's own terms.

Numba's internals are used here and in `vector_type` only; `mifs._kernels.plain` does
without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.cpu import CPUContext
from numba.extending import intrinsic

from mifs._kernels.plain import WORDS
from mifs._kernels.plain import __all__ as __all__
from mifs._kernels.vector_type import Values, Vector, address_of, bits_of, repeat

if TYPE_CHECKING:
    from numba.core.typing.context import Context
    from numba.core.typing.templates import Signature


@intrinsic
def load(typingctx: Context, array: types.Array, at: types.Type) -> Any:
    """Four words of a contiguous array."""
    words = Vector(64, WORDS)

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        address = address_of(context, builder, signature.args[0], args, words.llvm)
        return builder.load(address, align=8)

    return words(array, at), codegen


@intrinsic
def load_lanes(
    typingctx: Context, array: types.Array, at: types.Type, like: types.Array
) -> Any:
    """64 integers of an array, as wide as those of the array ``like``."""
    lanes = Vector(bits_of(like), 64)
    narrow = Vector(bits_of(array), 64)

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        address = address_of(context, builder, signature.args[0], args, narrow.llvm)
        loaded = builder.load(address, align=1)
        same = narrow.bits == lanes.bits
        return loaded if same else builder.zext(loaded, lanes.llvm)

    return lanes(array, at, like), codegen


@intrinsic
def store(
    typingctx: Context, array: types.Array, at: types.Type, vector: Vector
) -> Any:
    """Write a vector to a contiguous array."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        address = address_of(context, builder, signature.args[0], args, vector.llvm)
        builder.store(args[2], address, align=1)
        return context.get_dummy_value()

    return types.void(array, at, vector), codegen


@intrinsic
def splat(typingctx: Context, word: types.Type) -> Any:
    """Four equal words."""
    words = Vector(64, WORDS)

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        return repeat(builder, args[0], words.llvm)

    return words(word), codegen


@intrinsic
def and_(typingctx: Context, a: types.Type, b: types.Type) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.and_(*args)


@intrinsic
def xor(typingctx: Context, a: types.Type, b: types.Type) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.xor(*args)


@intrinsic
def plus(typingctx: Context, a: types.Type, b: types.Type) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.add(*args)


# Pairs are vectors as well: `mifs._kernels.plain` tells the two apart.
plus_two = plus


@intrinsic
def minus(typingctx: Context, a: types.Type, b: types.Type) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.sub(*args)


@intrinsic
def left(typingctx: Context, a: types.Type, b: types.Type) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.shl(*args)


@intrinsic
def right(typingctx: Context, a: types.Type, b: types.Type) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.lshr(*args)


def _of_three(
    context: CPUContext, builder: ir.IRBuilder, args: Values, table: int
) -> Any:
    """Any function of three words' bits in one instruction, or None without AVX-512.

    Bit i of the table is its value where the three bits make the number i.
    """
    vector = args[0].type
    if "+avx512vl" not in context.codegen().magic_tuple()[2] or vector.count != 4:
        return None
    kind = ir.FunctionType(vector, [vector, vector, vector, ir.IntType(32)])
    name = "llvm.x86.avx512.pternlog.q.256"
    function = cgutils.get_or_insert_function(builder.module, kind, name)
    return builder.call(function, [*args, ir.Constant(ir.IntType(32), table)])


@intrinsic
def xor3(typingctx: Context, a: types.Type, b: types.Type, c: types.Type) -> Any:
    """Sum of a full adder."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        at_once = _of_three(context, builder, args, 0b10010110)
        return at_once or builder.xor(builder.xor(args[0], args[1]), args[2])

    return a(a, b, c), codegen


@intrinsic
def majority(typingctx: Context, a: types.Type, b: types.Type, c: types.Type) -> Any:
    """Carry of a full adder."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        a, b, c = args
        carry = builder.and_(builder.xor(a, b), c)
        at_once = _of_three(context, builder, args, 0b11101000)
        return at_once or builder.or_(builder.and_(a, b), carry)

    return a(a, b, c), codegen


@intrinsic
def equal_bytes(
    typingctx: Context,
    first: types.Array,
    at: types.Type,
    second: types.Array,
    to: types.Type,
) -> Any:
    """Word of the 64 bytes of two arrays, from ``at`` and from ``to``, that agree."""
    lanes = Vector(8, 64).llvm

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        left = address_of(context, builder, signature.args[0], args[:2], lanes)
        right = address_of(context, builder, signature.args[2], args[2:], lanes)
        equal = builder.icmp_unsigned(
            "==", builder.load(left, align=1), builder.load(right, align=1)
        )
        return builder.bitcast(equal, ir.IntType(64))

    return types.uint64(first, at, second, to), codegen


@intrinsic
def load_eight(typingctx: Context, array: types.Array, at: types.Type) -> Any:
    """Eight bytes of a contiguous uint8 array as one word."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        word = ir.IntType(64)
        address = address_of(context, builder, signature.args[0], args, word)
        return builder.load(address, align=1)

    return types.uint64(array, at), codegen


@intrinsic
def popcount(typingctx: Context, word: types.Type) -> Any:
    """Count the ones of a word: one instruction, which LLVM vectorises."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        return builder.ctpop(args[0])

    return word(word), codegen


@intrinsic
def rows_at_level(
    typingctx: Context, codes: types.Array, at: types.Type, level: types.Type
) -> Any:
    """Word of the 64 byte codes from ``at`` on that equal the level, as bits.

    In vectors: one comparison, whose mask is the word.
    """
    lanes = Vector(8, 64).llvm

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        address = address_of(context, builder, signature.args[0], args, lanes)
        wanted = repeat(builder, builder.trunc(args[2], ir.IntType(8)), lanes)
        equal = builder.icmp_unsigned("==", builder.load(address, align=1), wanted)
        return builder.bitcast(equal, ir.IntType(64))

    return types.uint64(codes, at, level), codegen


@intrinsic
def load_two(typingctx: Context, array: types.Array, at: types.Type) -> Any:
    """Two integers of a contiguous array, int64."""
    two = Vector(64, 2)

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        address = address_of(context, builder, signature.args[0], args, two.llvm)
        return builder.load(address, align=8)

    return two(array, at), codegen


@intrinsic
def or_(typingctx: Context, a: types.Type, b: types.Type) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.or_(*args)


@intrinsic
def shift_lanes(typingctx: Context, lanes: Vector, by: types.Type) -> Any:
    """64 integers times 2 ** by."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        narrow = builder.trunc(args[1], ir.IntType(lanes.bits))
        return builder.shl(args[0], repeat(builder, narrow, lanes.llvm))

    return lanes(lanes, by), codegen


@intrinsic
def lanes_from(typingctx: Context, lanes: Vector, least: types.Type) -> Any:
    """Word of those of 64 integers that are not below the least."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        narrow = builder.trunc(args[1], ir.IntType(lanes.bits))
        bar = repeat(builder, narrow, lanes.llvm)
        return builder.bitcast(
            builder.icmp_unsigned(">=", args[0], bar), ir.IntType(64)
        )

    return types.uint64(lanes, least), codegen


@intrinsic
def no_bytes(typingctx: Context) -> Any:
    """64 bytes of 0."""
    lanes = Vector(8, 64)
    nothing = ir.Constant(lanes.llvm, [0] * 64)
    return lanes(), lambda context, builder, signature, args: nothing


@intrinsic
def widen(typingctx: Context, lanes: Vector, like: types.Array) -> Any:
    """64 bytes as integers as wide as those of the array ``like``."""
    wide = Vector(bits_of(like), 64)
    return wide(lanes, like), lambda context, builder, signature, args: builder.zext(
        args[0], wide.llvm
    )


@intrinsic
def append_bit(typingctx: Context, lanes: Vector, word: types.Type) -> Any:
    """Twice each of 64 integers, plus its bit of a word."""

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        bits = builder.bitcast(args[1], ir.VectorType(ir.IntType(1), 64))
        twice = builder.add(args[0], args[0])
        return builder.sub(twice, builder.sext(bits, lanes.llvm))

    return lanes(lanes, word), codegen


@intrinsic
def rows_with_bit(
    typingctx: Context, codes: types.Array, at: types.Type, bit: types.Type
) -> Any:
    """Word of the 64 bytes of an array that have a bit (1, 2, 4, … uint8) set."""
    lanes = Vector(8, 64).llvm

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        address = address_of(context, builder, signature.args[0], args, lanes)
        wanted = repeat(builder, args[2], lanes)
        masked = builder.and_(builder.load(address, align=1), wanted)
        is_set = builder.icmp_unsigned("!=", masked, ir.Constant(lanes, [0] * 64))
        return builder.bitcast(is_set, ir.IntType(64))

    return types.uint64(codes, at, bit), codegen


@intrinsic
def turn_square(
    typingctx: Context,
    words: types.Array,
    at: types.Type,
    out: types.Array,
    to: types.Type,
    n: types.Type,
) -> Any:
    """Turn 64 × 8 bytes: column c of 64 words goes to ``out[to + c * n]`` and on."""
    lanes, rows = Vector(8, 64).llvm, ir.VectorType(ir.IntType(64), 8)

    def codegen(
        context: CPUContext, builder: ir.IRBuilder, signature: Signature, args: Values
    ) -> Any:
        words, at, out, to, n = args
        eights = []
        for i in range(8):
            place = builder.add(at, ir.Constant(at.type, 8 * i))
            pair = words, place
            address = address_of(context, builder, signature.args[0], pair, lanes)
            square = _shuffled(builder, builder.load(address, align=8), TURNED)
            eights.append(builder.bitcast(square, rows))
        for c, column in enumerate(_turn_words(builder, eights)):
            place = builder.add(to, builder.mul(n, ir.Constant(n.type, c)))
            address = address_of(
                context, builder, signature.args[2], (out, place), rows
            )
            builder.store(column, address, align=1)
        return context.get_dummy_value()

    return types.void(words, at, out, to, n), codegen


# Where the bytes of 8 × 8 are found when rows and columns change places.
TURNED = [8 * (i % 8) + i // 8 for i in range(64)]


def _shuffled(
    builder: ir.IRBuilder,
    first: ir.Value,
    places: list[int],
    second: ir.Value | None = None,
) -> Any:
    """Elements of one or two vectors by their places."""
    index = ir.IntType(32)
    mask = ir.Constant(ir.VectorType(index, len(places)), places)
    nothing = ir.Constant(first.type, ir.Undefined)
    return builder.shuffle_vector(first, second or nothing, mask)


def _turn_words(builder: ir.IRBuilder, rows: list[Any]) -> list[Any]:
    """Turn 8 × 8 words: exchange single words, then pairs, then fours of two rows."""
    for width in (1, 2, 4):
        turned = list(rows)
        low = [i if not i & width else 8 + i - width for i in range(8)]
        high = [i + width if not i & width else 8 + i for i in range(8)]
        for i in range(8):
            if not i & width:
                turned[i] = _shuffled(builder, rows[i], low, rows[i + width])
                turned[i + width] = _shuffled(builder, rows[i], high, rows[i + width])
        rows = turned
    return rows
