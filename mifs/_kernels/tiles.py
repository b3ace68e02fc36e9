"""Kernels that count 256 candidates at once, one bit lane each.

Codes lie in tiles of bit planes (n, bits, 4) uint64: a row holds the codes of one
sample for 256 features, lowest bits first. The rows of a pick's level and class form a
group. Within a group, the rows in which a candidate's code has all bits of s are
counted, s = 1 … m − 1, by bit-sliced counters, 16 rows at a time through a tree of full
adders (positional population count: Klarqvist, Muła, Lemire 2020). Differences of these
counts are those of the levels. The time does not grow with the levels of the pick.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.datamodel.models import PrimitiveModel
from numba.core.datamodel.registry import register_default

from mifs._kernels.jit import intrinsic, njit

Array = np.ndarray[Any, np.dtype[Any]]

WORDS = 4
LANES = 64 * WORDS
# Rows that one tree of adders takes, and their words.
ROWS = 16
BLOCK = ROWS * WORDS
# Blocks of 64 rows that are read from a column at once.
SPAN = 32
# Rows whose planes stay in the second cache, and planes that count them.
CHUNK = 4096
SLICES = 13


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
    def __init__(self, manager: Any, kind: Vector) -> None:
        super().__init__(manager, kind, kind.llvm)


def _address(context: Any, builder: Any, kind: Any, args: Any, vector: Any) -> Any:
    """Address of a vector in the array ``args[0]`` from ``args[1]`` on."""
    data = context.make_array(kind)(context, builder, args[0]).data
    return builder.bitcast(builder.gep(data, [args[1]]), vector.as_pointer())


def _repeat(builder: Any, value: Any, vector: Any) -> Any:
    """Vector of equal integers."""
    nothing, index = ir.Constant(vector, ir.Undefined), ir.IntType(32)
    first = builder.insert_element(nothing, value, ir.Constant(index, 0))
    lanes = ir.Constant(ir.VectorType(index, vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, nothing, lanes)


@intrinsic
def _load(typingctx: Any, array: Any, at: Any) -> Any:
    """Four words of a contiguous array."""
    words = Vector(64, WORDS)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args, words.llvm)
        return builder.load(address, align=8)

    return words(array, at), codegen


@intrinsic
def _load_lanes(typingctx: Any, array: Any, at: Any, like: Any) -> Any:
    """64 integers of an array, as wide as those of the array ``like``."""
    lanes = Vector(like.dtype.bitwidth, 64)
    narrow = Vector(array.dtype.bitwidth, 64)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args, narrow.llvm)
        loaded = builder.load(address, align=1)
        same = narrow.bits == lanes.bits
        return loaded if same else builder.zext(loaded, lanes.llvm)

    return lanes(array, at, like), codegen


@intrinsic
def _store(typingctx: Any, array: Any, at: Any, vector: Any) -> Any:
    """Write a vector to a contiguous array."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args, vector.llvm)
        builder.store(args[2], address, align=1)
        return context.get_dummy_value()

    return types.void(array, at, vector), codegen


@intrinsic
def _splat(typingctx: Any, word: Any) -> Any:
    """Four equal words."""
    words = Vector(64, WORDS)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _repeat(builder, args[0], words.llvm)

    return words(word), codegen


@intrinsic
def _and(typingctx: Any, a: Any, b: Any) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.and_(*args)


@intrinsic
def _xor(typingctx: Any, a: Any, b: Any) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.xor(*args)


@intrinsic
def _plus(typingctx: Any, a: Any, b: Any) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.add(*args)


@intrinsic
def _minus(typingctx: Any, a: Any, b: Any) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.sub(*args)


@intrinsic
def _left(typingctx: Any, a: Any, b: Any) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.shl(*args)


@intrinsic
def _right(typingctx: Any, a: Any, b: Any) -> Any:
    return a(a, b), lambda context, builder, signature, args: builder.lshr(*args)


@intrinsic
def _majority(typingctx: Any, a: Any, b: Any, c: Any) -> Any:
    """Carry of a full adder."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        a, b, c = args
        return builder.or_(builder.and_(a, b), builder.and_(builder.xor(a, b), c))

    return a(a, b, c), codegen


@intrinsic
def _append_bit(typingctx: Any, lanes: Any, word: Any) -> Any:
    """Twice each of 64 integers, plus its bit of a word."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        bits = builder.bitcast(args[1], ir.VectorType(ir.IntType(1), 64))
        twice = builder.add(args[0], args[0])
        return builder.sub(twice, builder.sext(bits, lanes.llvm))

    return lanes(lanes, word), codegen


@intrinsic
def _bits_of_bytes(typingctx: Any, codes: Any, at: Any, low: Any) -> Any:
    """Bits ``low`` to ``low + 3`` of each of 64 bytes, a word each."""
    words, lanes = Vector(64, WORDS), Vector(8, 64).llvm

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args, lanes)
        by = _repeat(builder, builder.trunc(args[2], ir.IntType(8)), lanes)
        bytes_ = builder.lshr(builder.load(address, align=1), by)
        nothing = ir.Constant(lanes, [0] * 64)
        planes = ir.Constant(words.llvm, ir.Undefined)
        for bit in range(WORDS):
            masked = builder.and_(bytes_, ir.Constant(lanes, [1 << bit] * 64))
            is_set = builder.icmp_unsigned("!=", masked, nothing)
            word = builder.bitcast(is_set, ir.IntType(64))
            at = ir.Constant(ir.IntType(32), bit)
            planes = builder.insert_element(planes, word, at)
        return planes

    return words(codes, at, low), codegen


@njit
def _turn(words: Array, at: int) -> None:
    """Transpose four times 64 × 64 bits: bit c of word (r, b) is bit r of (c, b)."""
    width = 32
    mask = np.uint64(0x00000000FFFFFFFF)
    while width:
        by, field = _splat(np.uint64(width)), _splat(mask)
        for start in range(0, 64, 2 * width):
            first = at + WORDS * start
            for k in range(first, first + WORDS * width, WORDS):
                low, high = _load(words, k), _load(words, k + WORDS * width)
                changed = _and(_xor(_right(low, by), high), field)
                _store(words, k, _xor(low, _left(changed, by)))
                _store(words, k + WORDS * width, _xor(high, changed))
        width >>= 1
        mask ^= mask << np.uint64(width)


@njit
def _read_planes(codes: Array, at: int, low: int, words: Array, to: int) -> None:
    """Four bit planes of the rows of a column that ``codes[at:]`` begins with."""
    for start in range(0, codes.shape[0] - at, 64):
        planes = _bits_of_bytes(codes, at + start, low)
        _store(words, WORDS * start + to, planes)


@njit
def fill_tile(codes: Array, rows: Array, tile: Array) -> None:
    """Bit planes (n, bits, 4) of the columns ``codes[rows]``, at most 256, uint8."""
    n, bits = tile.shape[:2]
    flat = codes.reshape(-1)
    words = np.empty(64 * SPAN * WORDS, np.uint64)
    padded = np.zeros(64, np.uint8)
    for start in range(0, n, 64 * SPAN):
        size = min(64 * SPAN, n - start)
        whole = size & -64
        for group in range(WORDS):
            columns = rows[64 * group : 64 * group + 64]
            for low in range(0, bits, WORDS):
                words[:] = 0
                for lane in range(columns.shape[0]):
                    at = columns[lane] * n + start
                    _read_planes(flat[: at + whole], at, low, words, WORDS * lane)
                    if whole < size:
                        padded[: size - whole] = flat[at + whole : at + size]
                        planes = _bits_of_bytes(padded, 0, low)
                        _store(words, WORDS * (whole + lane), planes)
                for i in range(0, size, 64):
                    _turn(words, WORDS * i)
                for i in range(size):
                    for bit in range(low, min(low + WORDS, bits)):
                        tile[start + i, bit, group] = words[WORDS * i + bit - low]


@njit
def _sort_groups(base: Array, first: int, starts: Array, order: Array) -> None:
    """Rows ``first + i`` of a chunk, sorted by group; ``starts`` of each group."""
    starts[:] = 0
    for i in range(order.shape[0]):
        starts[np.uint64(base[first + i]) + np.uint64(1)] += 1
    for g in range(1, starts.shape[0]):
        starts[g] += starts[g - 1]
    for i in range(order.shape[0]):
        group = np.uint64(base[first + i])
        order[starts[group]] = first + i
        starts[group] += 1
    for g in range(starts.shape[0] - 1, 0, -1):
        starts[g] = starts[g - 1]
    starts[0] = 0


@njit
def _add_two(rows: Array, at: int, ones: Any) -> Any:
    """Add two rows; return the new ones and a carry of weight two."""
    a, b = _load(rows, at), _load(rows, at + WORDS)
    return _xor(_xor(a, b), ones), _majority(a, b, ones)


@njit
def _add_four(rows: Array, at: int, ones: Any, twos: Any) -> Any:
    ones, a = _add_two(rows, at, ones)
    ones, b = _add_two(rows, at + 2 * WORDS, ones)
    return ones, _xor(_xor(a, b), twos), _majority(a, b, twos)


@njit
def _add_eight(rows: Array, at: int, ones: Any, twos: Any, fours: Any) -> Any:
    ones, twos, a = _add_four(rows, at, ones, twos)
    ones, twos, b = _add_four(rows, at + 4 * WORDS, ones, twos)
    return ones, twos, _xor(_xor(a, b), fours), _majority(a, b, fours)


@njit
def _add_sixteen(rows: Array, at: int, counter: Array, c: int, slices: int) -> None:
    """Add 16 rows of 256 bits to the bit-sliced counter at ``counter[c:]``."""
    ones, twos = _load(counter, c), _load(counter, c + WORDS)
    fours, eights = _load(counter, c + 2 * WORDS), _load(counter, c + 3 * WORDS)
    ones, twos, fours, a = _add_eight(rows, at, ones, twos, fours)
    ones, twos, fours, b = _add_eight(rows, at + 8 * WORDS, ones, twos, fours)
    _store(counter, c, ones)
    _store(counter, c + WORDS, twos)
    _store(counter, c + 2 * WORDS, fours)
    _store(counter, c + 3 * WORDS, _xor(_xor(a, b), eights))
    carry = _majority(a, b, eights)
    for at_slice in range(c + 4 * WORDS, c + slices * WORDS, WORDS):
        slice_ = _load(counter, at_slice)
        _store(counter, at_slice, _xor(slice_, carry))
        carry = _and(slice_, carry)


@njit
def _gather(words: Array, first: int, bits: int, order: Array, rows: Array) -> None:
    """Planes of up to 16 rows of a tile; those of plane b from ``rows[BLOCK << b]``."""
    for r in range(order.shape[0]):
        at = first + np.int64(order[np.uint64(r)]) * bits * WORDS
        for b in range(bits):
            _store(rows, (BLOCK << b) + r * WORDS, _load(words, at + b * WORDS))
    nothing = _splat(np.uint64(0))
    for r in range(order.shape[0], ROWS):
        for b in range(bits):
            _store(rows, (BLOCK << b) + r * WORDS, nothing)


@njit
def _count_group(
    words: Array, first: int, bits: int, order: Array, rows: Array, counter: Array
) -> None:
    """Count the rows ``order`` of a tile where a code has all bits of s, for all s."""
    counter[:] = 0
    levels = rows.shape[0] // BLOCK
    slices = counter.shape[0] // (levels * WORDS)
    for start in range(0, order.shape[0], ROWS):
        _gather(words, first, bits, order[start : start + ROWS], rows)
        for s in range(1, levels):
            rest = s & (s - 1)
            if rest:
                lowest = s ^ rest
                for i in range(0, BLOCK, WORDS):
                    a = _load(rows, rest * BLOCK + i)
                    b = _load(rows, lowest * BLOCK + i)
                    _store(rows, s * BLOCK + i, _and(a, b))
            _add_sixteen(rows, s * BLOCK, counter, s * slices * WORDS, slices)


@njit
def _level_counts(counter: Array, size: int, levels: int, counts: Array) -> None:
    """Turn bit-sliced counters of a group into counts (levels × 256) of its levels."""
    slices = counter.shape[0] // (levels * WORDS)
    counts[:LANES] = size
    for s in range(1, levels):
        for w in range(WORDS):
            lanes = _load_lanes(counts, 0, counts)
            lanes = _minus(lanes, lanes)
            for at_slice in range(slices - 1, -1, -1):
                word = counter[np.uint64((s * slices + at_slice) * WORDS + w)]
                lanes = _append_bit(lanes, word)
            _store(counts, s * LANES + 64 * w, lanes)
    bit = 1
    while bit < levels:
        for s in range(levels - bit):
            if not s & bit:
                for i in range(s * LANES, (s + 1) * LANES, 64):
                    more = _load_lanes(counts, i + bit * LANES, counts)
                    _store(counts, i, _minus(_load_lanes(counts, i, counts), more))
        bit <<= 1


@njit
def tile_tables(
    words: Array, firsts: Array, base: Array, rows: tuple[int, int], counts: Array
) -> None:
    """``counts[t, group, level, lane]`` of the tiles whose planes begin at ``firsts``.

    ``base`` (n,) uint32 is the group of each row, of which ``rows`` (first, last) are
    counted; ``counts`` (·, groups, levels, 256) uint16 or int32.
    """
    n_groups, levels = counts.shape[1], counts.shape[2]
    bits = 0
    while (1 << bits) < levels:
        bits += 1
    planes = np.zeros(levels * BLOCK, np.uint64)
    counters = np.zeros(levels * SLICES * WORDS, np.uint64)
    group_counts = np.zeros(levels * LANES, np.uint16)
    starts = np.empty(n_groups + 1, np.int64)
    flat = counts.reshape(-1)
    flat[:] = 0
    for row in range(rows[0], rows[1], CHUNK):
        order = np.empty(min(CHUNK, rows[1] - row), np.uint32)
        _sort_groups(base, row, starts, order)
        for t in range(firsts.shape[0]):
            for g in range(n_groups):
                size = starts[g + 1] - starts[g]
                slices = 4
                while (1 << slices) <= size:
                    slices += 1
                if size:
                    members = order[starts[g] : starts[g + 1]]
                    counter = counters[: levels * slices * WORDS]
                    _count_group(words, firsts[t], bits, members, planes, counter)
                    _level_counts(counter, size, levels, group_counts)
                    at = (t * n_groups + g) * levels * LANES
                    for i in range(0, levels * LANES, 64):
                        more = _load_lanes(group_counts, i, flat)
                        _store(
                            flat, at + i, _plus(_load_lanes(flat, at + i, flat), more)
                        )
