"""Records of a text larger than memory, walked in blocks side by side.

A block starts behind a newline, and is taken to start a record. That is so if all
blocks before it end with a record; where one does not (a newline in quotes), or
anything is odd, the text is walked in one piece, which finds the line of the fault.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator

import numpy as np

from mifs._arrays import AnyArray, BoolArray
from mifs._csv.layout import Layout, byte_classes, code_columns, find_layout
from mifs._csv.plain import HEAD, PlainText
from mifs._data.parallel import run
from mifs._kernels import csv_scan
from mifs._scan.fields import FieldReader, Span

# Bytes of a block; the columns of one take twice as many, or some times as many.
BLOCK = 1 << 24
# The kernel that looks for codes looks so far ahead.
_AHEAD = 64


def walk(
    text: PlainText,
    delimiter: str,
    skipped: int,
    n_jobs: int | None = None,
    advance: Callable[[int], None] = lambda more: None,
) -> tuple[list[Span], BoolArray]:
    """Find where the records lie, and which columns hold codes such as 007.

    The first span is the first record, that of the header where there is one.
    ``advance`` is called with the bytes of each block.

    Raises
    ------
    CSVError
        See `find_layout`.
    """
    codes, classes = np.frombuffer(text.data, np.uint8), byte_classes(delimiter)
    blocks = list(_blocks(text.data))
    parts = [(codes[start:end],) for start, end in blocks]
    for (start, _), (part,), at in zip(
        blocks, parts, run(csv_scan.first_invalid, parts, n_jobs), strict=True
    ):
        text.refuse_bytes(at, part, start)
    tasks = [(codes[start:end], classes) for start, end in blocks]
    found: list[tuple[int, int, int, int, int, int]] = []
    for each in run(csv_scan.scan_records, tasks, n_jobs):
        advance(len(tasks[len(found)][0]))
        found.append(each)
    _, _, _, width, header_end, _ = found[0]
    even = all(each[0] == csv_scan.EVEN and each[3] in (width, 0) for each in found)
    if not even or width <= 1:
        layout = find_layout(text.data, delimiter, text.name, skipped)
        return _spans(text, delimiter, layout), code_columns(
            text.data, delimiter, layout
        )
    rest = [(max(s, header_end), e) for s, e in blocks if e > header_end]
    coded = _coded(codes, rest, delimiter, width, n_jobs)
    spans = [Span(0, header_end, 1)]
    for (start, end), each in zip(blocks, found, strict=True):
        here = Span(max(start, header_end), end, each[5] - (start < header_end))
        spans += [here] if here.n_rows else []
    return spans, coded


def _spans(text: PlainText, delimiter: str, layout: Layout) -> list[Span]:
    """Give the first record, and all others, as many at a time as a block has."""
    reader = FieldReader(text, delimiter, ".", layout.width)
    n, size = layout.n_records, len(text.data)
    most = max(1, n * BLOCK // size)
    spans, left = [Span(0, layout.header_end, 1)], n - 1
    while left:
        spans.append(reader.span(spans[-1].end, min(most, left)))
        left -= spans[-1].n_rows
    return spans


def header_end(text: PlainText, delimiter: str, skipped: int) -> int:
    """Byte where the first record ends, as the first lines show; these are checked.

    Raises
    ------
    CSVError
        See `find_layout`, of the first lines.
    """
    head = text.data[:HEAD]
    cut = head.rfind(b"\n") + 1
    head = head[:cut] if cut else text.data[:]
    codes = np.frombuffer(head, np.uint8)
    status, _, _, width, end, _ = csv_scan.scan_records(codes, byte_classes(delimiter))
    whole = len(head) == len(text.data)
    # Quotes may close behind the head.
    if width == 1 or status not in (csv_scan.EVEN, csv_scan.OPEN_QUOTE) or whole:
        find_layout(head, delimiter, text.name, skipped)
    return int(end)


def _coded(
    codes: AnyArray,
    blocks: list[tuple[int, int]],
    delimiter: str,
    width: int,
    n_jobs: int | None,
) -> BoolArray:
    """Mask of the columns of which a field in one of the blocks is a code."""
    mark, classes = np.uint8(ord(delimiter)), byte_classes(delimiter)
    seen = ((_window(codes, *block), mark) for block in blocks)
    suspect = list(run(csv_scan.may_hold_codes, seen, n_jobs))
    tasks = [
        (codes[start:end], classes, width)
        for (start, end), may in zip(blocks, suspect, strict=True)
        if may
    ]
    coded: BoolArray = np.zeros(width, np.bool_)
    for columns in run(csv_scan.coded_columns, tasks, n_jobs):
        coded |= columns
    return coded


def _window(codes: AnyArray, start: int, end: int) -> AnyArray:
    """Bytes of a block, the one before it, and some behind it."""
    if end + _AHEAD <= len(codes):
        return codes[start - 1 : end + _AHEAD]
    window = np.append(codes[start - 1 : end], np.full(_AHEAD, ord("\n"), np.uint8))
    window.flags.writeable = False
    return window


def _blocks(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(data):
        newline = data.find(b"\n", min(start + BLOCK, len(data) - 1))
        end = len(data) if newline < 0 else newline + 1
        yield start, end
        start = end
