"""What `mifs._kernels.registers` does, in plain Python that Numba compiles as well.

It replaces the registers where Numba's internals have changed, and runs as it is
with ``NUMBA_DISABLE_JIT=1``. Four words are a tuple, 64 integers an array. Every
function gives the same bits as its namesake; it is only slower.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mifs._kernels.jit import shared

__all__ = [
    "WORDS",
    "and_",
    "append_bit",
    "equal_bytes",
    "lanes_from",
    "left",
    "load",
    "load_eight",
    "load_lanes",
    "load_two",
    "majority",
    "minus",
    "no_bytes",
    "or_",
    "plus",
    "plus_two",
    "popcount",
    "right",
    "rows_at_level",
    "rows_with_bit",
    "shift_lanes",
    "splat",
    "store",
    "turn_square",
    "widen",
    "xor",
    "xor3",
]

WORDS = 4

Place = int | np.int64
Ints = NDArray[np.integer]
Bytes = NDArray[np.uint8]
Word = np.uint64
Four = tuple[Word, Word, Word, Word]
Two = tuple[np.integer, np.integer]


@shared
def load(array: NDArray[Word], at: Place) -> Four:
    """Four words of a contiguous array."""
    return array[at], array[at + 1], array[at + 2], array[at + 3]


@shared
def load_two(array: Ints, at: Place) -> Two:
    """Two integers of a contiguous array, int64."""
    # An unsigned place plus 1 would be a float in Numba.
    first = np.int64(at)
    return array[first], array[first + 1]


@shared
def load_eight(array: Bytes, at: Place) -> Word:
    """Eight bytes of a contiguous array as one word, the first lowest."""
    word = np.uint64(0)
    for i in range(8):
        word |= np.uint64(array[at + i]) << np.uint64(8 * i)
    return word


@shared
def load_lanes(array: Ints, at: Place, like: Ints) -> Ints:
    """64 integers of an array, as wide as those of the array ``like``."""
    return array[at : at + 64].astype(like.dtype)


@shared
def store(array: Ints, at: Place, vector: Four | Two | Ints) -> None:
    """Write a vector to a contiguous array."""
    for i in range(len(vector)):
        array[at + i] = vector[i]


@shared
def splat(word: Word) -> Four:
    """Four equal words."""
    return word, word, word, word


@shared
def and_(a: Four, b: Four) -> Four:
    return a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3]


@shared
def xor(a: Four, b: Four) -> Four:
    return a[0] ^ b[0], a[1] ^ b[1], a[2] ^ b[2], a[3] ^ b[3]


@shared
def left(a: Four, b: Four) -> Four:
    return a[0] << b[0], a[1] << b[1], a[2] << b[2], a[3] << b[3]


@shared
def right(a: Four, b: Four) -> Four:
    return a[0] >> b[0], a[1] >> b[1], a[2] >> b[2], a[3] >> b[3]


@shared
def xor3(a: Four, b: Four, c: Four) -> Four:
    """Sum of a full adder."""
    return xor(xor(a, b), c)


@shared
def _majority(a: Word, b: Word, c: Word) -> Word:
    return (a & b) | ((a ^ b) & c)


@shared
def majority(a: Four, b: Four, c: Four) -> Four:
    """Carry of a full adder."""
    return (
        _majority(a[0], b[0], c[0]),
        _majority(a[1], b[1], c[1]),
        _majority(a[2], b[2], c[2]),
        _majority(a[3], b[3], c[3]),
    )


@shared
def plus_two(a: Two, b: Two) -> Two:
    return a[0] + b[0], a[1] + b[1]


@shared
def plus(a: Ints, b: Ints) -> Ints:
    return a + b


@shared
def minus(a: Ints, b: Ints) -> Ints:
    return a - b


@shared
def or_(a: Ints, b: Ints) -> Ints:
    return a | b


@shared
def no_bytes() -> Bytes:
    """64 bytes of 0."""
    return np.zeros(64, np.uint8)


@shared
def widen(lanes: Bytes, like: Ints) -> Ints:
    """64 bytes as integers as wide as those of the array ``like``."""
    return lanes.astype(like.dtype)


@shared
def shift_lanes(lanes: Ints, by: int) -> Ints:
    """64 integers times 2 ** by."""
    return (lanes << by).astype(lanes.dtype)


@shared
def append_bit(lanes: Bytes, word: Word) -> Bytes:
    """Twice each of 64 integers, plus its bit of a word."""
    longer = lanes + lanes
    for i in range(64):
        longer[i] += np.uint8((word >> np.uint64(i)) & np.uint64(1))
    return longer


@shared
def lanes_from(lanes: Ints, least: int) -> Word:
    """Word of those of 64 integers that are not below the least."""
    word = np.uint64(0)
    for i in range(64):
        word |= np.uint64(lanes[i] >= least) << np.uint64(i)
    return word


@shared
def equal_bytes(first: Bytes, at: Place, second: Bytes, to: Place) -> Word:
    """Word of the 64 bytes of two arrays, from ``at`` and from ``to``, that agree."""
    word = np.uint64(0)
    for i in range(64):
        word |= np.uint64(first[at + i] == second[to + i]) << np.uint64(i)
    return word


@shared
def rows_at_level(codes: Bytes, at: Place, level: int) -> Word:
    """Word of the 64 byte codes from ``at`` on that equal the level, as bits."""
    word = np.uint64(0)
    for i in range(64):
        word |= np.uint64(codes[at + i] == level) << np.uint64(i)
    return word


@shared
def rows_with_bit(codes: Bytes, at: Place, bit: np.uint8) -> Word:
    """Word of the 64 bytes of an array that have a bit (1, 2, 4, … uint8) set."""
    word = np.uint64(0)
    for i in range(64):
        word |= np.uint64((codes[at + i] & bit) != 0) << np.uint64(i)
    return word


@shared
def turn_square(words: NDArray[Word], at: Place, out: Bytes, to: Place, n: int) -> None:
    """Turn 64 × 8 bytes: column c of 64 words goes to ``out[to + c * n]`` and on."""
    for i in range(64):
        word = words[at + i]
        for c in range(8):
            out[to + c * n + i] = (word >> np.uint64(8 * c)) & np.uint64(255)


@shared
def popcount(word: Word) -> Word:
    """Count the ones of a word: of pairs of bits, of fours, of bytes (Warren 2013)."""
    pairs = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    low = np.uint64(0x3333333333333333)
    fours = (pairs & low) + ((pairs >> np.uint64(2)) & low)
    ones = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    ones += ones >> np.uint64(8)
    ones += ones >> np.uint64(16)
    return (ones + (ones >> np.uint64(32))) & np.uint64(127)
