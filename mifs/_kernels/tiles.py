"""Kernels that count 64 candidates at once, one byte lane each.

Codes lie in tiles (·, n, 64): a row of a tile holds one sample of 64 features, a cache
line. The rows of a pick's level and class form a group; within a group, each level of
all 64 candidates is counted by comparing bytes, so that the time does not grow with the
levels of the pick or the classes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from mifs._kernels.jit import intrinsic, njit

Array = np.ndarray[Any, np.dtype[Any]]

LANES = 64
# A byte lane counts to 255 before it must be emptied.
BYTE_ROWS = 255


@intrinsic
def _count_level(
    typingctx: Any, tile: Any, order: Any, start: Any, stop: Any, level: Any, out: Any
) -> Any:
    """``out[lane]`` = how many of the rows ``order[start:stop]`` have the level.

    Written in vectors, since LLVM does not keep 64 accumulators of a scalar loop in
    registers: one comparison and one subtraction count a row of 64 features.
    """
    signature = types.void(tile, order, start, stop, level, out)

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        lanes = ir.VectorType(ir.IntType(8), LANES)
        data = [
            context.make_array(kind)(context, builder, value).data
            for kind, value in ((signature.args[i], args[i]) for i in (0, 1, 5))
        ]
        wanted = _splat(builder, builder.trunc(args[4], ir.IntType(8)))
        before = builder.block
        loop, end = (builder.append_basic_block(name) for name in ("rows", "end"))
        builder.branch(loop)
        builder.position_at_end(loop)
        row, total = builder.phi(args[2].type), builder.phi(lanes)
        sample = builder.zext(builder.load(builder.gep(data[1], [row])), row.type)
        offset = builder.mul(sample, ir.Constant(row.type, LANES))
        address = builder.bitcast(builder.gep(data[0], [offset]), lanes.as_pointer())
        equal = builder.icmp_unsigned("==", builder.load(address, align=1), wanted)
        counted = builder.sub(total, builder.sext(equal, lanes))
        following = builder.add(row, ir.Constant(row.type, 1))
        row.add_incoming(args[2], before)
        row.add_incoming(following, loop)
        total.add_incoming(ir.Constant(lanes, [0] * LANES), before)
        total.add_incoming(counted, loop)
        builder.cbranch(builder.icmp_signed("<", following, args[3]), loop, end)
        builder.position_at_end(end)
        builder.store(counted, builder.bitcast(data[2], lanes.as_pointer()), align=1)
        return context.get_dummy_value()

    return signature, codegen


def _splat(builder: Any, byte: Any) -> Any:
    """Vector of 64 equal bytes."""
    lanes = ir.VectorType(ir.IntType(8), LANES)
    nothing = ir.Constant(lanes, ir.Undefined)
    first = ir.Constant(ir.IntType(32), 0)
    spread = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    one = builder.insert_element(nothing, byte, first)
    return builder.shuffle_vector(one, nothing, spread)


@njit
def fill_tile(codes: Array, rows: Array, tile: Array) -> None:
    """``tile[i, lane] = codes[rows[lane], i]``; lanes without a feature keep 0."""
    n = codes.shape[1]
    for start in range(0, n, LANES):
        stop = min(start + LANES, n)
        for lane in range(rows.shape[0]):
            column = codes[rows[lane]]
            for i in range(start, stop):
                tile[np.uint64(i), np.uint64(lane)] = column[np.uint64(i)]


@njit
def tile_tables(
    tiles: Array, chosen: Array, order: Array, group_starts: Array, counts: Array
) -> None:
    """``counts[t, group, level, lane]`` int32 of the chosen ``tiles`` (·, n, 64).

    ``order`` (n,) uint32 lists the rows group by group. The last level is what the
    others leave of the group.
    """
    levels = counts.shape[2]
    lane_counts = np.zeros(LANES, np.uint8)
    for t in range(chosen.shape[0]):
        tile = tiles[chosen[t]]
        for g in range(group_starts.shape[0] - 1):
            table = counts[t, g]
            table[: levels - 1] = 0
            table[levels - 1] = group_starts[g + 1] - group_starts[g]
            for start in range(group_starts[g], group_starts[g + 1], BYTE_ROWS):
                stop = min(start + BYTE_ROWS, group_starts[g + 1])
                for level in range(levels - 1):
                    _count_level(tile, order, start, stop, level, lane_counts)
                    row = table[level]
                    for lane in range(LANES):
                        row[lane] += lane_counts[lane]
            last = table[levels - 1]
            for level in range(levels - 1):
                row = table[level]
                for lane in range(LANES):
                    last[lane] -= row[lane]


@njit
def tile_plogp_sums(
    counts: Array, n_classes: int, table: Array, sums: Array, folded: Array
) -> None:
    """``sums[t, lane]`` of c log c over all cells, and ``folded`` over the class.

    ``counts`` (·, groups, levels, 64) with the class fastest among groups; all counts
    are within the ``table`` of c log c.
    """
    for t in range(counts.shape[0]):
        total, total_folded = sums[t], folded[t]
        total[:] = 0
        total_folded[:] = 0
        for j in range(counts.shape[1] // n_classes):
            groups = counts[t, j * n_classes : (j + 1) * n_classes]
            for level in range(counts.shape[2]):
                for lane in range(LANES):
                    part = over_classes = 0
                    for y in range(n_classes):
                        count = groups[np.uint64(y), np.uint64(level), np.uint64(lane)]
                        part += table[np.uint64(count)]
                        over_classes += count
                    total[np.uint64(lane)] += part
                    total_folded[np.uint64(lane)] += table[np.uint64(over_classes)]
