"""Where the rows of a scan come from: each source gives batches of columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from joblib import effective_n_jobs

from mifs._arrays import BoolArray
from mifs._csv.columns import (
    may_hide_numbers,
    warn_of_coded_measures,
    warn_of_numbers_in_text,
)
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs._csv.header import column_names
from mifs._csv.layout import Layout, code_columns
from mifs._csv.marked import CODE
from mifs._csv.places import files_at
from mifs._csv.plain import HEAD, PlainText
from mifs._data.values import Column
from mifs._scan.csv_batches import TEXT, UNKNOWN, Reader, batches, flags
from mifs._scan.fields import Span
from mifs._scan.walk import header_end, walk
from mifs._scan.writer import StoreWriter

# Column of a batch by its place in the source.
ReadColumn = Callable[[int], Column]
# Which rows of a batch are kept, (n,) bool; given their number.
Keep = Callable[[int, ReadColumn], BoolArray]
# Given the most rows that may come, 0 if that is not known.
Make = Callable[[int], StoreWriter]
# Called with how many more bytes are read.
Progress = Callable[[int], None]


class Source(Protocol):
    """Columns that can be read in one pass or two.

    Attributes
    ----------
    names : list of str
    files : list of Path
        What is read, for a later run to see whether it is the same.
    described : dict
        How it is read, for the same.
    advance : callable
        Called with more bytes as they are read, ``n_bytes`` in all.
    n_bytes : int
    """

    names: list[str]
    files: list[Path]
    described: dict[str, Any]
    advance: Progress
    n_bytes: int

    def fill(self, make: Make, wanted: Sequence[int], keep: Keep) -> None:
        """Write the wanted columns, of the rows that ``keep`` tells of a batch."""
        ...


def files_of(source: object, suffixes: tuple[str, ...]) -> list[Path]:
    """Files behind a path, a folder, a pattern or a list of these, sorted.

    Raises
    ------
    FileNotFoundError
        Nothing is there.
    ValueError
        An empty list.
    TypeError
        What is no path.
    """
    if isinstance(source, (list, tuple)):
        if not source:
            raise ValueError("source is an empty list: name a file")
        return [path for each in source for path in files_of(each, suffixes)]
    if not isinstance(source, (str, os.PathLike)):
        raise TypeError(
            f"source={source!r} is no path, nor a list of paths; a frame that is in "
            "memory goes to fit itself, a lazy one to scan_frame"
        )
    found = files_at(os.fspath(source), suffixes)
    if not found or not os.path.exists(found[0]):
        raise FileNotFoundError(
            f"{os.fspath(source)!r}: no such file, and no file of that pattern or in "
            f"that folder that ends with {' or '.join(suffixes)}"
        )
    return list(map(Path, found))


class CSVSource:
    """CSV files of one schema.

    Parameters
    ----------
    files : list of Path
    csv_format : CSVFormat
    folder : Path
        For copies of packed files.
    n_jobs : int or None

    Raises
    ------
    CSVError
        See `mifs._csv.files.read_csv`.
    """

    def __init__(
        self,
        files: list[Path],
        csv_format: CSVFormat,
        folder: Path,
        n_jobs: int | None = None,
    ) -> None:
        self.files, self._format, self._n_jobs = files, csv_format, n_jobs
        self.advance: Progress = lambda more: None
        self.described = {"csv": repr(csv_format)}
        self._header = csv_format.header is not False
        self._texts = [PlainText(path, csv_format, folder) for path in files]
        self._delimiters = [csv_format.delimiter_of(str(path)) for path in files]
        # They are walked, and then read.
        self.n_bytes = 2 * sum(len(text.data) for text in self._texts)
        self.names = self._names(0)
        for number in range(1, len(files)):
            self._check_names(number)

    def _names(self, number: int) -> list[str]:
        text, delimiter = self._texts[number], self._delimiters[number]
        end = header_end(text, delimiter, self._format.skip_lines)
        return column_names(text.data[:HEAD], end, self._format, delimiter, text.name)

    def _check_names(self, number: int) -> None:
        names = self._names(number)
        if names == self.names:
            return
        pairs = zip_longest(names, self.names)
        own, first = next(pair for pair in pairs if pair[0] != pair[1])
        raise CSVError(
            f"has the column {own!r} where {self._texts[0].name} has {first!r}; files "
            "of one table have the same columns in the same order",
            self._texts[number].name,
            "name",
            column=own or first,
        )

    def fill(self, make: Make, wanted: Sequence[int], keep: Keep) -> None:
        """Write the wanted columns, in one pass or two."""
        spans, coded = self._walked()
        reader = self._reader(coded)
        with make(sum(span.n_rows for each in spans for span in each)) as writer:
            self._write(spans, reader, wanted, keep, writer)
            for column in writer.columns:
                if column.name not in self._format.text:
                    column.labels = flags(column.labels)
            writer.finish()
        self._warn(reader, writer, coded, wanted)

    def _walked(self) -> tuple[list[list[Span]], BoolArray]:
        """Walk all records: where they lie, and which columns hold codes."""
        spans, coded = [], np.zeros(len(self.names), np.bool_)
        for text, delimiter in zip(self._texts, self._delimiters, strict=True):
            skipped, n_jobs = self._format.skip_lines, self._n_jobs
            here, mask = walk(text, delimiter, skipped, n_jobs, self.advance)
            coded |= mask
            if not self._header:
                coded |= self._coded_first(text, delimiter, here[0].end)
            spans.append(here[self._header :])
            if not spans[-1]:
                fact = "has a header and no rows; nothing can be read"
                raise CSVError(fact, text.name, "empty")
        return spans, coded

    def _coded_first(self, text: PlainText, delimiter: str, end: int) -> BoolArray:
        """Mask of the columns of which the first record, no header, holds a code."""
        first = b"\n" + text.data[:end]
        return code_columns(first, delimiter, Layout(1, 1, len(self.names)))

    def _reader(self, coded: BoolArray) -> Reader:
        form = self._format
        coded = coded & ~np.isin(self.names, form.numbers)
        # A missing value such as -099 must not make text of a column of numbers.
        spelled = any(map(CODE.match, form.missing))
        text = np.isin(self.names, form.text) | (coded & (not spelled))
        kinds = np.where(text, TEXT, UNKNOWN).tolist()
        suspects = set(np.flatnonzero(coded & ~text).tolist())
        return Reader(self.names, form, kinds, self._texts[0].name, suspects=suspects)

    def _warn(
        self,
        reader: Reader,
        writer: StoreWriter,
        coded: BoolArray,
        wanted: Sequence[int],
    ) -> None:
        """Say of columns of text that most of their values are numbers, and why."""
        form, name = self._format, self._texts[0].name
        for place, column in zip(wanted, writer.columns, strict=True):
            declared = column.name in (*form.text, *form.numbers)
            if reader.kinds[place] != TEXT or declared or not column.labels:
                continue
            if coded[place]:
                texts = list(map(str, column.labels))
                warn_of_coded_measures(column.name, texts, form.decimal, name)
            elif may_hide_numbers(column.labels, form.decimal):
                counts = writer.counts(wanted.index(place))
                warn_of_numbers_in_text(counts, form.decimal, name)

    def _write(
        self,
        spans: list[list[Span]],
        reader: Reader,
        wanted: Sequence[int],
        keep: Keep,
        writer: StoreWriter,
    ) -> None:
        """Write all columns, and once more those that turned out to be text."""
        kept: list[BoolArray] = []
        places, n_threads = dict(enumerate(wanted)), effective_n_jobs(self._n_jobs)
        n_rows = sum(span.n_rows for each in spans for span in each)
        for batch in self._batches(spans, reader, wanted):
            rows = keep(_length(batch[wanted[0]]), batch.__getitem__)
            kept.append(rows)
            self.advance(len(rows) * self.n_bytes // (2 * n_rows))
            good = {j: p for j, p in places.items() if p not in reader.spoilt}
            writer.append(good, batch.__getitem__, rows, n_threads)
        spoilt = sorted(reader.spoilt)
        for place in spoilt:
            writer.forget(wanted.index(place))
        again = self._batches(spans, reader, spoilt) if spoilt else ()
        for rows, batch in zip(kept, again, strict=bool(spoilt)):
            spoilt_here = {j: p for j, p in places.items() if p in batch}
            writer.append(spoilt_here, batch.__getitem__, rows, n_threads)

    def _batches(
        self, spans: list[list[Span]], reader: Reader, wanted: Sequence[int]
    ) -> Iterator[dict[int, Column]]:
        """Batches of all files."""
        n_threads = effective_n_jobs(self._n_jobs)
        for number, (text, delimiter) in enumerate(
            zip(self._texts, self._delimiters, strict=True)
        ):
            reader.name = text.name
            yield from batches(
                text, delimiter, spans[number], reader, wanted, n_threads
            )


def _length(column: Column) -> int:
    """Rows of a column of a batch."""
    values, kind = column
    return len(values[0] if kind in ("labels", "gapped") else values)
