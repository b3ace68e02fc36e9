"""Fields of a CSV file: numbers to the last bit, and the number of each text.

Decimal digits w · 10^q become the float nearest to them, as Python's `float` does:

- w ≤ 2⁵³ and |q| ≤ 22: both are floats, so one rounding is all there is (Clinger 1990).
- Else by the first 128 bits of 5^q, where these tell which float is nearest, and they
  nearly always do (Lemire 2021, "Number parsing at a gigabyte per second").

What is written otherwise is left to the caller, as a text.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mifs._kernels.csv_scan import (
    BLANK,
    DELIMITER,
    MOST_DIGITS,
    NEWLINE,
    PLAIN,
    QUOTE,
    RETURN,
)
from mifs._kernels.jit import inlined, njit

# Powers of ten that floats are, and those of five that are tabled.
EXACT_POWER, MOST_POWER = 22, 64
_LF, _MARK, _PLUS, _MINUS, _ZERO, _NINE, _E, _LOWER_E = 10, 34, 43, 45, 48, 57, 69, 101
# Digits whose number is below 2⁶⁴.
_WORD_DIGITS = 19

Bytes = NDArray[np.uint8]


def powers_of_ten() -> NDArray[np.float64]:
    """10^0 … 10^22, (23,), all of them exact."""
    return np.array([float(10**k) for k in range(EXACT_POWER + 1)])


def powers_of_five() -> NDArray[np.uint64]:
    """First 128 bits of 5^q for q = -64 … 64, (129, 2): the high word, the low word.

    Those of reciprocals are rounded up as far as one is exact enough for it.
    """
    table = np.empty((2 * MOST_POWER + 1, 2), np.uint64)
    for q in range(-MOST_POWER, MOST_POWER + 1):
        power = 5 ** abs(q)
        if q < 0:
            bits = (1 << ((power - 1).bit_length() + 127)) // power + (q >= -27)
        else:
            bits = (power << 128) >> power.bit_length()
        table[q + MOST_POWER] = bits >> 64, bits & (2**64 - 1)
    return table


@inlined
def _digit(byte: int) -> bool:
    return (byte >= _ZERO) & (byte <= _NINE)


@inlined
def _product(a: np.uint64, b: np.uint64) -> tuple[np.uint64, np.uint64]:
    """High and low word of a · b."""
    half, low = np.uint64(32), np.uint64(0xFFFFFFFF)
    a_high, a_low, b_high, b_low = a >> half, a & low, b >> half, b & low
    first, last = a_high * b_high, a_low * b_low
    left, right = a_high * b_low, a_low * b_high
    middle = (last >> half) + (left & low) + (right & low)
    high = first + (left >> half) + (right >> half) + (middle >> half)
    return high, (middle << half) | (last & low)


@inlined
def _nearest(w: np.uint64, q: int, fives: NDArray[np.uint64]) -> np.uint64:
    """Bits of the float nearest to w · 10^q > 0, |q| ≤ 64; 0: they are not certain."""
    zeros, every = 0, np.uint64(0xFFFFFFFFFFFFFFFF)
    for step in (32, 16, 8, 4, 2, 1):
        if w >> np.uint64(64 - step) == np.uint64(0):
            w <<= np.uint64(step)
            zeros += step
    high, low = _product(w, fives[q + MOST_POWER, 0])
    if high & np.uint64(0x1FF) == np.uint64(0x1FF):
        more, _ = _product(w, fives[q + MOST_POWER, 1])
        if low > every - more:
            high += np.uint64(1)
            low -= (every - more) + np.uint64(1)
        else:
            low += more
    if low == every and (q < -27 or q > 55):
        return np.uint64(0)
    top = high >> np.uint64(63)
    shift = top + np.uint64(9)
    mantissa = high >> shift  # 53 bits, and one that rounds
    exponent = ((217706 * q) >> 16) + 63 + np.int64(top) - zeros + 1023
    # Half-way between two floats: to the even one.
    tie = low <= np.uint64(1) and -4 <= q <= 23
    tie = tie and mantissa & np.uint64(3) == np.uint64(1)
    if tie and mantissa << shift == high:
        mantissa -= np.uint64(1)
    mantissa = (mantissa + (mantissa & np.uint64(1))) >> np.uint64(1)
    if mantissa >> np.uint64(53) != np.uint64(0):
        mantissa >>= np.uint64(1)
        exponent += 1
    hidden = np.uint64(1) << np.uint64(52)
    return (mantissa - hidden) | (np.uint64(exponent) << np.uint64(52))


@inlined
def _digits(data: Bytes, i: np.uint64, w: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Append the digits at byte ``i`` to a number: where they end, and the number.

    Of more than 19 it is another number, below 2⁶⁴.
    """
    low = np.uint64((1 << 60) - 1)
    while _digit(data[i]):
        w = (w & low) * np.uint64(10) + np.uint64(data[i] - _ZERO)
        i += np.uint64(1)
    return i, w


@inlined
def _number(
    data: Bytes,
    i: np.uint64,
    point: int,
    tens: NDArray[np.float64],
    fives: NDArray[np.uint64],
    bits: NDArray[np.uint64],
    value: NDArray[np.float64],
) -> tuple[np.uint64, bool, bool]:
    """Read the number at byte ``i``: where it ends, if there is one, if it is whole.

    In quotes or not.
    It goes to ``value`` (1,) float64, of which ``bits`` is a view.
    """
    one, w = np.uint64(1), np.uint64(0)
    quoted = data[i] == _MARK
    if quoted:
        i += one
    negative = data[i] == _MINUS
    if negative:
        i += one
    start = i
    i, w = _digits(data, i, w)
    digits, q, whole = int(np.int64(i - start)), 0, True
    if data[i] == point:
        whole = False
        i += one
        first = i
        i, w = _digits(data, i, w)
        q = -int(np.int64(i - first))
        digits -= q
    if digits > _WORD_DIGITS:
        while data[start] == _ZERO or data[start] == point:
            digits -= data[start] == _ZERO
            start += one
    found = digits > 0
    if data[i] == _E or data[i] == _LOWER_E:
        whole = False
        i += one
        down = data[i] == _MINUS
        if down or data[i] == _PLUS:
            i += one
        first, power = i, 0
        while _digit(data[i]) and power < 1000:
            power = power * 10 + int(np.int64(data[i] - _ZERO))
            i += one
        found = found and bool(i > first)
        q += -power if down else power
    found = found and digits <= (MOST_DIGITS if whole else _WORD_DIGITS)
    if w <= np.uint64(1 << 53) and -EXACT_POWER <= q <= EXACT_POWER:
        value[0] = np.float64(w) * tens[q] if q >= 0 else np.float64(w) / tens[-q]
    elif w == np.uint64(0):
        value[0] = 0.0
    elif found and -MOST_POWER <= q <= MOST_POWER:
        bits[0] = _nearest(w, q, fives)
        found = bool(bits[0] != np.uint64(0))
    else:
        found = False
    if negative:
        value[0] = -value[0]
    if quoted:
        found = found and data[i] == _MARK
        i += one
    return i, found, whole


@inlined
def _field(
    data: Bytes, i: np.uint64, classes: Bytes
) -> tuple[np.uint64, np.uint64, np.uint64, bool]:
    """Bytes where the text at byte ``i`` begins and ends, what is behind, if quoted."""
    one = np.uint64(1)
    quoted = classes[data[i]] == QUOTE
    if quoted:
        i += one
        first = i
        while classes[data[i]] != QUOTE or classes[data[i + one]] == QUOTE:
            i += one + one if classes[data[i]] == QUOTE else one
        last = i
        i += one
    else:
        first = i
        while classes[data[i]] in (PLAIN, BLANK, QUOTE):
            i += one
        last = i
    return first, last, i, quoted


@inlined
def _label(
    data: Bytes,
    text: tuple[np.uint64, np.uint64],
    quoted: bool,
    slots: NDArray[np.int32],
    labels: NDArray[np.int64],
    ends: tuple[int, int],
    n_labels: int,
) -> int:
    """Give the number of the text between two bytes; -1: there are too many.

    ``slots`` from ``low`` to ``high``, the two ``ends``, 2^m int32, hold the numbers of
    texts plus one, by their hashes, and ``labels`` from half of it on,
    (2^(m - 1), 3) int64, where each was first seen, and if in quotes.
    """
    (first, last), (low, high) = text, ends
    key, length = 0x811C9DC5 + quoted, int(np.int64(last - first))
    for at in range(first, last):
        key = ((key ^ int(np.int64(data[at]))) * 0x01000193) & 0xFFFFFFFF
    mask, rows = high - low - 1, low >> 1
    slot = (key ^ (key >> 15)) & mask
    while slots[low + slot] != 0:
        number = slots[low + slot] - 1
        row = rows + number
        start = labels[row, 0]
        if labels[row, 1] - start == length and labels[row, 2] == quoted:
            there, here = np.uint64(start), first
            while here < last and data[there] == data[here]:
                there += np.uint64(1)
                here += np.uint64(1)
            if here == last:
                return int(number)
        slot = (slot + 1) & mask
    if 2 * n_labels == high - low:
        return -1
    row = rows + n_labels
    labels[row, 0], labels[row, 1] = np.int64(first), np.int64(last)
    labels[row, 2] = quoted
    slots[low + slot] = n_labels + 1
    return n_labels


@inlined
def _behind_blanks(data: Bytes, i: np.uint64, classes: Bytes) -> np.uint64:
    """Byte behind a line of blanks, which is no record; ``i`` where there is none."""
    one, at = np.uint64(1), i
    while classes[data[at]] == BLANK:
        at += one
    if classes[data[at]] == RETURN:
        at += one
    return at + one if classes[data[at]] == NEWLINE else i


@njit
def read_fields(
    data: Bytes,
    start: int,
    end: int,
    classes: Bytes,
    point: int,
    powers: tuple[NDArray[np.float64], NDArray[np.uint64]],
    places: NDArray[np.int64],
    numeric: NDArray[np.bool_],
    values: NDArray[np.float64],
    codes: NDArray[np.int32],
    slots: NDArray[np.int32],
    labels: NDArray[np.int64],
    starts: NDArray[np.int64],
    facts: NDArray[np.int64],
) -> tuple[int, int]:
    """Read some columns of the records of ``data`` (n,) uint8 between two bytes.

    A record starts at the one and ends at the other, which is behind a newline; all
    have as many fields. Stops when ``values`` is full. Returns the byte where it
    stopped, -1 where a record has other fields, and the rows that were read.

    Parameters
    ----------
    classes : (256,) uint8
        What each byte is.
    point : int
        The decimal mark.
    powers : tuple
        `powers_of_ten` and `powers_of_five`.
    places : (width,) int64
        Number that each column has below, -1 if it is not wanted.
    numeric : (k,) bool
        Whether to look for numbers.
    values : (k, m) float64
        Takes the numbers, NaN where there is none.
    codes : (k, m) int32
        Takes the numbers of the texts of each column, -1 for an empty field; of a
        numeric column those of what is no plain number, and nothing where all are.
    slots, labels : (s,) int32 of zeros, (s / 2, 3) int64
        See `_label`; those of column j begin at ``starts[j]`` and at half of it.
    starts : (k + 1,) int64
    facts : (k, 3) int64
        Takes the missing numbers, those with a fraction, and the different texts,
        -1 if they are too many for the slots.
    """
    tens, fives = powers
    value = np.empty(1, np.float64)
    bits = value.view(np.uint64)
    width, row, column, one = places.size, 0, 0, np.uint64(1)
    # Unsigned: Numba then drops the test for negative indices. In one piece: each array
    # that goes on to a function is counted field by field, which takes a tenth more.
    i, behind = np.uint64(start), np.uint64(end)
    facts[:] = 0
    while i < behind and row < values.shape[1]:
        if column == 0:
            at = _behind_blanks(data, i, classes)
            if at != i:
                i = at
                continue
        elif column == width:
            return -1, row
        j, unread = places[column], True
        if j >= 0 and numeric[j]:
            at, found, whole = i, classes[data[i]] in (DELIMITER, NEWLINE, RETURN), True
            if found:
                value[0] = np.nan
                facts[j, 0] += 1
            else:
                at, found, whole = _number(data, i, point, tens, fives, bits, value)
                found = found and classes[data[at]] in (DELIMITER, NEWLINE, RETURN)
            if found:
                values[j, row], unread, i = value[0], False, at
                facts[j, 1] += not whole
                if facts[j, 2] != 0:
                    codes[j, row] = -1
        if unread:
            first, last, i, quoted = _field(data, i, classes)
            text = first, last
            if j >= 0:
                values[j, row] = np.nan
                codes[j, row] = -1
                if first == last:  # in quotes, too
                    facts[j, 0] += 1
                elif facts[j, 2] >= 0:
                    if facts[j, 2] == 0:
                        codes[j, :row] = -1
                    ends = starts[j], starts[j + 1]
                    number = _label(
                        data, text, quoted, slots, labels, ends, facts[j, 2]
                    )
                    codes[j, row] = number
                    if number < 0 or number == facts[j, 2]:  # too many, or a new one
                        facts[j, 2] = number + (number >= 0)
        kind = classes[data[i]]
        i += one
        if kind == RETURN:
            kind = classes[data[i]]
            i += one
        column += 1
        if kind == NEWLINE:
            if column != width:
                return -1, row
            row, column = row + 1, 0
    return int(np.int64(i)), row
