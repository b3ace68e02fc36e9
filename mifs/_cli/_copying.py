"""Some columns of a table, copied: text stays the text that it was."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from mifs._cli._parquet import open_parquet
from mifs._cli._reading import format_of
from mifs._cli._sources import is_parquet
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs._csv.plain import PlainText
from mifs._csv.source import display_name

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
        _copy_parquet(paths, columns, delimiter, file)
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
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    places: list[int] = []
    for number, path in enumerate(paths):
        records = _records(path, csv_format)
        first = next(records)
        if number == 0:
            places = _places(first, columns, csv_format)
        if number == 0 or csv_format.header is False:
            records = chain([first], records)
        writer.writerows([record[place] for place in places] for record in records)
    text.detach()


def _places(first: list[str], columns: set[str], csv_format: CSVFormat) -> list[int]:
    """Places of the columns, as the reader names them."""
    names = [
        str(i + 1) if csv_format.header is False else name or f"Unnamed: {i}"
        for i, name in enumerate(first)
    ]
    return [i for i, name in enumerate(names) if name in columns]


@contextmanager
def _fields_of_any_length() -> Iterator[None]:
    """Lift the limit of the csv module, which is one for the whole process."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _records(path: str, csv_format: CSVFormat) -> Iterator[list[str]]:
    """Give the records of a file that was found even; blank lines are none."""
    delimiter = csv_format.delimiter_of(display_name(path))
    width = 0
    with TemporaryDirectory(prefix="mifs-") as folder, _fields_of_any_length():
        source = PlainText(path, csv_format, Path(folder))
        with source.path.open(encoding="utf-8", newline="") as text:
            for record in csv.reader(text, delimiter=delimiter):
                if len(record) <= 1 and not "".join(record).strip():
                    continue
                width = width or len(record)
                if len(record) != width:
                    raise CSVError("has changed while it was read", source.name)
                yield record


def _copy_parquet(
    paths: Sequence[str], columns: Sequence[str], delimiter: str | None, file: BinaryIO
) -> None:
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    writer = None
    for path in paths:
        source = open_parquet(path)
        kept = [name for name in source.schema_arrow.names if name in set(columns)]
        for batch in source.iter_batches(columns=kept):
            if writer is None and delimiter is None:
                writer = parquet.ParquetWriter(file, batch.schema, compression="zstd")
            elif writer is None:
                form = arrow_csv.WriteOptions(
                    delimiter=delimiter, quoting_style="needed"
                )
                writer = arrow_csv.CSVWriter(file, batch.schema, write_options=form)
            writer.write_batch(batch.select(kept))
    if writer is not None:
        writer.close()


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
