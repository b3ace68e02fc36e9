"""Fields of a CSV text, copied as they are written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mifs._kernels.csv_scan import (
    BLANK,
    DELIMITER,
    NEWLINE,
    PLAIN,
    QUOTE,
    RETURN,
)
from mifs._kernels.jit import inlined, njit

_FIELD_START, _BARE, _QUOTED, _CLOSED = 0, 1, 2, 3
_LF, _CR, _MARK = 10, 13, 34
# Bytes of a field beside its own: two quotes, and what parts it from the next.
MORE = 3


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
                if n_out + end - first + MORE > out.size:
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
            i += 1
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
