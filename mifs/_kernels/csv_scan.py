"""Strict passes over the bytes of a CSV file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mifs._kernels.jit import inlined, njit

EVEN, RAGGED, STRAY_QUOTE, OPEN_QUOTE, LONE_RETURN = 0, 1, 2, 3, 4
PLAIN, BLANK, RETURN, DELIMITER, QUOTE, NEWLINE = 0, 1, 2, 3, 4, 5
_FIELD_START, _BARE, _QUOTED, _CLOSED = 0, 1, 2, 3

# Whole numbers of more digits are not all floats: 2**53 has 16.
MOST_DIGITS = 15
# Bytes of a field beside its own: two quotes, and what parts it from the next.
_MORE = 3
_LF, _CR, _SPACE, _MARK, _PLUS, _MINUS, _POINT, _ZERO, _NINE = (
    10,
    13,
    32,
    34,
    43,
    45,
    46,
    48,
    57,
)


@njit
def scan_records(
    data: NDArray[np.uint8], classes: NDArray[np.uint8]
) -> tuple[int, int, int, int, int, int]:
    """Walk the records of ``data`` (n,) uint8, the states of pandas' C tokenizer.

    ``classes`` (256,) uint8 says what each byte is; the last byte is a newline.
    Returns status, line and number of fields of the record that stopped the walk,
    fields of the first record, byte where the first record ends, records in all.
    Lines of blanks are no records.
    """
    state, fields, blank = _FIELD_START, 1, True
    line, first_line, width, header_end, records = 1, 1, 0, 0, 0
    # unsigned: numba then drops the test for negative indices, 1.5 times as fast
    i, n, one = np.uint64(0), np.uint64(data.size), np.uint64(1)
    while i < n:
        kind = classes[data[i]]
        i += one
        if kind == RETURN and state != _QUOTED:
            if classes[data[i]] != NEWLINE:
                return LONE_RETURN, line, fields, width, header_end, records
        elif state == _QUOTED:
            if kind == QUOTE:
                state = _CLOSED
            line += kind == NEWLINE
        elif kind == QUOTE and state != _BARE:
            state, blank = _QUOTED, False
        elif kind == DELIMITER:
            state, blank, fields = _FIELD_START, False, fields + 1
        elif kind == NEWLINE:
            if not blank:
                if records == 0:
                    width, header_end = fields, int(np.int64(i))
                elif fields != width:
                    return RAGGED, first_line, fields, width, header_end, records
                records += 1
            line += 1
            state, fields, blank, first_line = _FIELD_START, 1, True, line
        elif state == _CLOSED:
            return STRAY_QUOTE, first_line, fields, width, header_end, records
        else:
            blank = blank and kind == BLANK and classes[data[i]] != PLAIN
            state = _BARE
            while classes[data[i]] == PLAIN:
                i += one
    status = OPEN_QUOTE if state == _QUOTED else EVEN
    return status, first_line, fields, width, header_end, records


@inlined
def _digit(byte: int) -> bool:
    return (byte >= _ZERO) & (byte <= _NINE)


@njit
def may_hold_codes(data: NDArray[np.uint8], delimiter: np.uint8) -> bool:
    """Whether a byte of ``data`` (n,) uint8 but the last 16 may start a code.

    A look at a few bytes each, without branches, which runs at the speed of memory:
    nearly all files hold no code, and need no walk through their fields.
    """
    found = False
    for i in range(data.size - MOST_DIGITS - 1):
        first, second, third = data[i + 1], data[i + 2], data[i + 3]
        starts = (data[i] == delimiter) | (data[i] <= _SPACE) | (data[i] == _MARK)
        zero = ((first == _ZERO) & _digit(second)) | (
            (first == _MINUS) & (second == _ZERO) & _digit(third)
        )
        long = _digit(second) & _digit(third)
        for ahead in range(4, MOST_DIGITS + 2):
            long &= _digit(data[i + ahead])
        found |= starts & (zero | (first == _PLUS) | long)
    return found


@inlined
def _is_code(data: NDArray[np.uint8], i: int, classes: NDArray[np.uint8]) -> bool:
    """Whether a number would lose something of the field of ``data`` at byte ``i``.

    A leading zero before another digit, a leading plus, or a whole number of more
    than `MOST_DIGITS` digits.
    """
    while classes[data[i]] == BLANK:
        i += 1
    if data[i] == _PLUS and (_digit(data[i + 1]) or data[i + 1] == _POINT):
        return True
    if data[i] == _PLUS or data[i] == _MINUS:
        i += 1
    start = i
    while _digit(data[i]):
        i += 1
    if i - start > 1 and data[start] == _ZERO:
        return True
    return i - start > MOST_DIGITS and classes[data[i]] != PLAIN


@inlined
def _is_suspect(data: NDArray[np.uint8], i: np.uint64, kind: int) -> bool:
    """Whether the first two bytes of a field leave it open that it is a code."""
    digits = _digit(data[i + np.uint64(1)]) and data[i] >= _ZERO
    return kind != PLAIN or digits or data[i] == _PLUS or data[i] == _MINUS


@njit
def coded_columns(
    data: NDArray[np.uint8], classes: NDArray[np.uint8], width: int
) -> NDArray[np.bool_]:
    """Mask (width,) of the columns of which any field is a code.

    ``data`` (n,) uint8 are records of ``width`` fields each, found even before, and
    end with a newline; ``classes`` (256,) uint8 says what each byte is.
    """
    coded = np.zeros(width, dtype=np.bool_)
    column, state = 0, _FIELD_START
    i, n, one = np.uint64(0), np.uint64(data.size), np.uint64(1)
    while i < n:
        kind = classes[data[i]]
        if state == _QUOTED:
            state = _CLOSED if kind == QUOTE else _QUOTED
        elif kind in (DELIMITER, NEWLINE):
            column = 0 if kind == NEWLINE else column + 1
            state = _FIELD_START
        elif state == _FIELD_START and kind != RETURN:
            if not coded[column] and _is_suspect(data, i, kind):
                coded[column] = _is_code(data, np.int64(i) + (kind == QUOTE), classes)
            state = _QUOTED if kind == QUOTE else _BARE
        elif state == _CLOSED and kind == QUOTE:
            state = _QUOTED
        i += one
        while state != _FIELD_START and classes[data[i]] == PLAIN:
            i += one
    return coded


@njit
def first_invalid(data: NDArray[np.uint8]) -> int:
    """Position of the first byte of ``data`` (n,) uint8 that is no text in UTF-8.

    A NUL byte is none. -1 if all are. ``data`` ends with an ASCII character.
    """
    i, n = 0, data.size
    while i < n:
        if i + 64 <= n:
            # Nearly all of most texts is ASCII: 64 bytes at once, without branches.
            high, low = np.uint8(0), np.uint8(255)
            for k in range(64):
                byte = data[i + k]
                high |= byte
                low = min(low, byte)
            if high < 128 and low > 0:
                i += 64
                continue
        end = min(i + 64, n)
        while i < end:
            length = _sequence(data, i, n)
            if length == 0:
                return i
            i += length
    return -1


@inlined
def _sequence(data: NDArray[np.uint8], i: int, n: int) -> int:
    """Bytes of the character at byte ``i``, 0 if it is none (Unicode, table 3-7)."""
    first = data[i]
    if first < 128:
        return int(first > 0)
    length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    if first < 0xC2 or first > 0xF4 or i + length > n:
        return 0
    low, high = 0x80, 0xBF
    if first == 0xE0:
        low = 0xA0
    elif first == 0xED:
        high = 0x9F
    elif first == 0xF0:
        low = 0x90
    elif first == 0xF4:
        high = 0x8F
    if data[i + 1] < low or data[i + 1] > high:
        return 0
    for k in range(2, length):
        if data[i + k] < 0x80 or data[i + k] > 0xBF:
            return 0
    return length


@njit
def copy_fields(
    data: NDArray[np.uint8],
    start: int,
    classes: NDArray[np.uint8],
    delimiter: np.uint8,
    kept: NDArray[np.bool_],
    out: NDArray[np.uint8],
) -> tuple[int, int]:
    """Copy some fields of the records of ``data`` (n,) uint8 from byte ``start`` on.

    ``classes`` (256,) uint8 says what each byte is, ``kept`` (width,) bool which fields
    are copied; the last byte is a newline. ``out`` (m,) uint8 is filled with as many
    whole records as it has room for. Lines of blanks are no records. Returns the byte
    behind the last record that was copied, and the bytes written; the former is -1
    where a record has not ``width`` fields.
    """
    state, column, blank, alone = _FIELD_START, 0, True, kept.sum() == 1
    first, i, n_out, done, written = start, start, 0, start, 0
    while i < data.size:
        kind = classes[data[i]]
        if state == _QUOTED:
            state = _CLOSED if kind == QUOTE else _QUOTED
        elif kind == NEWLINE and blank and column == 0:
            first, state, done = i + 1, _FIELD_START, i + 1
        elif kind in (DELIMITER, NEWLINE):
            if column == kept.size:
                return -1, written
            if kept[column]:
                end = i - (kind == NEWLINE and i > first and data[i - 1] == _CR)
                if n_out + end - first + _MORE > out.size:
                    return done, written
                if n_out > written:
                    out[n_out - 1] = delimiter
                n_out = _put(data, first, end, out, n_out, alone and blank)
            first, state, column, blank = i + 1, _FIELD_START, column + 1, True
            if kind == NEWLINE:
                if column != kept.size:
                    return -1, written
                column, done, written = 0, i + 1, n_out
        elif kind == QUOTE and state != _BARE:
            state, blank = _QUOTED, False
        elif kind != RETURN:
            state, blank = _BARE, blank and kind == BLANK
        i += 1
        while state == _BARE and classes[data[i]] == PLAIN:
            i, blank = i + 1, False
    return done, written


@inlined
def _put(
    data: NDArray[np.uint8],
    first: int,
    end: int,
    out: NDArray[np.uint8],
    at: int,
    quoted: bool,
) -> int:
    """Copy one field and a newline; in quotes where a line would seem to be blank."""
    if quoted:
        out[at] = _MARK
        at += 1
    for i in range(first, end):
        out[at] = data[i]
        at += 1
    if quoted:
        out[at] = _MARK
        at += 1
    out[at] = _LF
    return at + 1
