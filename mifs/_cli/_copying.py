"""Some columns of a table, copied: text stays the text that it was."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import compress
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from mifs._arrays import BoolArray
from mifs._cli._parquet import copy_parquet
from mifs._cli._reading import format_of
from mifs._cli._sources import is_parquet
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs._csv.layout import byte_classes, first_records
from mifs._csv.plain import STEP, PlainText
from mifs._csv.source import display_name
from mifs._data.own_folders import own_folder
from mifs._kernels.csv_scan import copy_fields
from mifs._scan.walk import header_end

if TYPE_CHECKING:
    from mifs._cli._options import RunOptions
    from mifs._cli._table_options import TableOptions


def copy_columns(
    paths: Sequence[str],
    options: TableOptions,
    columns: Sequence[str],
    form: str,
    file: BinaryIO,
    run: RunOptions,
) -> None:
    """Write some columns of a table, in the order of the table, to an open file.

    From CSV to CSV the fields are copied as text; Parquet keeps its types. From CSV to
    Parquet the types are those that the reader decides.
    """
    delimiter = {"tsv": "\t", "csv": options.delimiter or ","}.get(form)
    if is_parquet(paths[0]):
        copy_parquet(paths, delimiter, file, columns)
    elif delimiter is None:
        from mifs._cli._converting import write_parquet

        write_parquet(paths, options, file, run, set(columns))
    else:
        _copy_text(paths, format_of(options), set(columns), delimiter, file)


def _copy_text(
    paths: Sequence[str],
    csv_format: CSVFormat,
    columns: set[str],
    delimiter: str,
    file: BinaryIO,
) -> None:
    headed = csv_format.header is not False
    kept: BoolArray = np.zeros(0, np.bool_)
    for number, path in enumerate(paths):
        own = csv_format.delimiter_of(display_name(path))
        with own_folder() as folder:
            text = PlainText(path, csv_format, folder)
            end = header_end(text, own, csv_format.skip_lines)
            if number == 0:
                ((_, first),) = first_records(text.data[:end], own, 1)
                kept = np.isin(_names(first, csv_format), list(columns))
            start = end if number and headed else 0
            if own == delimiter:
                _copy_fields(text, start, own, kept, file)
            else:
                _rewrite(text, start, (own, delimiter), kept, file)


def _names(first: list[str], csv_format: CSVFormat) -> list[str]:
    """Names of the columns, as the reader gives them."""
    return [
        str(i + 1) if csv_format.header is False else name or f"Unnamed: {i}"
        for i, name in enumerate(first)
    ]


def _copy_fields(
    text: PlainText, start: int, delimiter: str, kept: BoolArray, file: BinaryIO
) -> None:
    """Copy fields byte by byte, some megabytes at a time."""
    data, classes = np.frombuffer(text.data, np.uint8), byte_classes(delimiter)
    out = np.empty(STEP, np.uint8)
    while start < len(data):
        mark = np.uint8(ord(delimiter))
        end, written = copy_fields(data, start, classes, mark, kept, out)
        if end < 0 or (end == start and len(out) > 2 * len(data) + STEP):
            raise CSVError("has changed while it was read", text.name)
        file.write(out[:written].data)
        if end == start:  # a record has no room
            out = np.empty(2 * len(out), np.uint8)
        start = end


def _rewrite(
    text: PlainText,
    start: int,
    delimiters: tuple[str, str],
    kept: BoolArray,
    file: BinaryIO,
) -> None:
    """Write fields anew, with another delimiter, which some may hold."""
    own, other = delimiters
    wrapped = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(wrapped, delimiter=other, lineterminator="\n")
    with text.path.open("rb") as source, _fields_of_any_length():
        source.seek(start)
        lines = io.TextIOWrapper(source, encoding="utf-8", newline="")
        for record in csv.reader(lines, delimiter=own):
            if len(record) <= 1 and not "".join(record).strip():
                continue  # a blank line is no record
            if len(record) != len(kept):
                raise CSVError("has changed while it was read", text.name)
            writer.writerow(compress(record, kept))
    wrapped.detach()


@contextmanager
def _fields_of_any_length() -> Iterator[None]:
    """Lift the limit of the csv module, which is one for the whole process."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


class _Again:
    """Standard input that was read once, and can be read again."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def buffer(self) -> io.BytesIO:
        """The bytes from their start."""
        return io.BytesIO(self._data)

    def isatty(self) -> bool:
        """Whether it is a terminal: no more."""
        return False


@contextmanager
def stdin_twice(paths: Sequence[str]) -> Iterator[None]:
    """Let standard input be read more than once, if it is one of the files."""
    if "-" not in paths:
        yield
        return
    stdin = sys.stdin
    sys.stdin = _Again(stdin.buffer.read())
    try:
        yield
    finally:
        sys.stdin = stdin
