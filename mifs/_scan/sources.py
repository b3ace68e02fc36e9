"""Where the rows of a scan come from: each source gives batches of columns."""

from __future__ import annotations

import glob as globbing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from narwhals.stable.v2 import dependencies as libraries

from mifs._arrays import BoolArray
from mifs._csv.columns import (
    may_hide_numbers,
    warn_of_coded_measures,
    warn_of_numbers_in_text,
)
from mifs._csv.files import CODE
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs._csv.header import column_names
from mifs._csv.layout import Layout, code_columns
from mifs._csv.plain import HEAD, PlainText
from mifs._data.frames import arrow_column
from mifs._data.values import Column
from mifs._scan.csv_batches import TEXT, UNKNOWN, Reader, Resplit, batches, flags
from mifs._scan.store import StoreWriter
from mifs._scan.walk import header_end, walk
from mifs.exceptions import ColumnTypeError

# Which rows of a batch are kept, (n,) bool.
Keep = Callable[[dict[int, Column]], BoolArray]
# Rows that come at once from other libraries.
ROWS = 100_000


class Source(Protocol):
    """Columns that can be read in one pass or two.

    Attributes
    ----------
    names : list of str
    files : list of Path
        What is read, for a later run to see whether it is the same.
    described : dict
        How it is read, for the same.
    """

    names: list[str]
    files: list[Path]
    described: dict[str, Any]

    def fill(
        self, make: Callable[[], StoreWriter], wanted: Sequence[int], keep: Keep
    ) -> None:
        """Write the wanted columns, of the rows that ``keep`` tells of a batch."""
        ...


def files_of(source: object, suffixes: tuple[str, ...]) -> list[Path]:
    """Files behind a path, a folder, a pattern or a list of these, sorted.

    Raises
    ------
    FileNotFoundError
        Nothing is there.
    TypeError
        What is no path.
    """
    if isinstance(source, (list, tuple)):
        return [path for each in source for path in files_of(each, suffixes)]
    if not isinstance(source, (str, os.PathLike)):
        raise TypeError(
            f"source={source!r} is no path, nor a list of paths; a frame that is in "
            "memory goes to fit itself, a lazy one to scan_frame"
        )
    path = Path(source)
    if path.is_dir():
        found = sorted(f for f in path.iterdir() if f.name.lower().endswith(suffixes))
    elif path.exists():
        return [path]
    else:
        found = sorted(map(Path, globbing.glob(os.fspath(source))))
    if not found:
        raise FileNotFoundError(
            f"{os.fspath(source)!r}: no such file, and no file of that pattern or in "
            f"that folder that ends with {' or '.join(suffixes)}"
        )
    return found


class CSVSource:
    """CSV files of one schema.

    Parameters
    ----------
    files : list of Path
    csv_format : CSVFormat
    folder : Path
        For copies of packed files.
    engine : {"polars", "pandas"}
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
        engine: str,
        n_jobs: int | None = None,
    ) -> None:
        self.files, self._format, self._n_jobs = files, csv_format, n_jobs
        self._engine = engine
        self.described = {"csv": repr(csv_format)}
        self._header = csv_format.header is not False
        self._texts = [PlainText(path, csv_format, folder) for path in files]
        self._delimiters = [csv_format.delimiter_of(str(path)) for path in files]
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

    def fill(
        self, make: Callable[[], StoreWriter], wanted: Sequence[int], keep: Keep
    ) -> None:
        """Write the wanted columns, in one pass or two."""
        layouts, coded = self._walked()
        for polars in (True, False) if self._engine == "polars" else (False,):
            reader = self._reader(coded)
            try:
                with make() as writer:
                    self._write(layouts, reader, wanted, keep, writer, polars)
                    for column in writer.columns:
                        if column.name not in self._format.text:
                            column.labels = flags(column.labels)
                    writer.finish()
            except Resplit:
                continue
            break
        self._warn(reader, writer, coded, wanted)

    def _walked(self) -> tuple[list[Layout], BoolArray]:
        """Walk all records: where they lie, and which columns hold codes."""
        walked = [
            walk(text, delimiter, self._format.skip_lines, self._n_jobs)
            for text, delimiter in zip(self._texts, self._delimiters, strict=True)
        ]
        layouts = [layout for layout, _ in walked]
        coded = np.any([mask for _, mask in walked], axis=0)
        if not self._header:
            coded |= np.any(
                [
                    self._coded_first(*each)
                    for each in zip(self._texts, self._delimiters, layouts, strict=True)
                ],
                axis=0,
            )
        if not sum(layout.n_records - self._header for layout in layouts):
            fact = "has a header and no rows; nothing can be read"
            raise CSVError(fact, self._texts[0].name, "empty")
        return layouts, coded

    @staticmethod
    def _coded_first(text: PlainText, delimiter: str, layout: Layout) -> BoolArray:
        """Mask of the columns of which the first record, no header, holds a code."""
        first = b"\n" + text.data[: layout.header_end]
        return code_columns(first, delimiter, Layout(1, 1, layout.width))

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
        layouts: list[Layout],
        reader: Reader,
        wanted: Sequence[int],
        keep: Keep,
        writer: StoreWriter,
        polars: bool,
    ) -> None:
        """Write all columns, and once more those that turned out to be text."""
        kept: list[BoolArray] = []
        for batch in self._batches(layouts, reader, wanted, polars):
            rows = keep(batch)
            kept.append(rows)
            good = {j: read for j, read in batch.items() if j not in reader.spoilt}
            writer.append(self._numbered(good, wanted), rows)
        spoilt = sorted(reader.spoilt)
        for place in spoilt:
            writer.forget(wanted.index(place))
        every, first = np.concatenate(kept), 0
        for batch in self._batches(layouts, reader, spoilt, polars) if spoilt else ():
            rows = every[first : first + length(batch[spoilt[0]])]
            first += len(rows)
            writer.append(self._numbered(batch, wanted), rows)

    @staticmethod
    def _numbered(batch: dict[int, Column], wanted: Sequence[int]) -> dict[int, Column]:
        """Give columns the numbers that the writer knows."""
        numbers = {place: number for number, place in enumerate(wanted)}
        return {numbers[place]: column for place, column in batch.items()}

    def _batches(
        self, layouts: list[Layout], reader: Reader, wanted: Sequence[int], polars: bool
    ) -> Iterator[dict[int, Column]]:
        """Batches of all files; the rows must be as many as there are records."""
        for text, delimiter, layout in zip(
            self._texts, self._delimiters, layouts, strict=True
        ):
            end = layout.header_end if self._header else 0
            n_rows, reader.name = 0, text.name
            for batch in batches(text, delimiter, end, reader, wanted, polars):
                n_rows += length(next(iter(batch.values())))
                yield batch
            if n_rows == layout.n_records - self._header:
                continue
            if polars:
                raise Resplit
            raise CSVError(
                f"{layout.n_records - self._header} rows were counted, pandas parsed "
                f"{n_rows}; quote all texts and try again",
                text.name,
                "quote",
            )


def length(column: Column) -> int:
    """Rows of a column of a batch."""
    values, kind = column
    return len(values[0] if kind in ("labels", "gapped") else values)


class ArrowSource:
    """Batches of Arrow: Parquet files, and the lazy frames of other libraries.

    Parameters
    ----------
    names : list of str
    batches : callable
        Gives record batches of the columns of these names.
    files : list of Path, default=()
    """

    def __init__(
        self,
        names: list[str],
        batches: Callable[[list[str]], Iterable[Any]],
        files: Sequence[Path] = (),
    ) -> None:
        self.names, self.files = names, list(files)
        self.described = {"parquet": True}
        self._batches = batches

    def fill(
        self, make: Callable[[], StoreWriter], wanted: Sequence[int], keep: Keep
    ) -> None:
        """Write the wanted columns."""
        import pyarrow as pa

        names = [self.names[place] for place in wanted]
        numbers = {place: number for number, place in enumerate(wanted)}
        with make() as writer:
            for rows in self._batches(names):
                arrays = {name: pa.chunked_array([rows.column(name)]) for name in names}
                batch = {
                    place: _arrow_column(arrays[name], name)
                    for place, name in zip(wanted, names, strict=True)
                }
                kept = keep(batch)
                writer.append({numbers[place]: batch[place] for place in wanted}, kept)
            writer.finish()


def _arrow_column(array: Any, name: str) -> Column:
    try:
        return arrow_column(array, f"column {name!r}")
    except ColumnTypeError as error:
        remedy = f"exclude=[{name!r}] leaves it out of a scan"
        raise ColumnTypeError(f"{error}; {remedy}") from None


def parquet_source(files: list[Path]) -> ArrowSource:
    """Parquet files of one schema.

    Raises
    ------
    ValueError
        No Parquet, or other columns than in the first.
    """
    from pyarrow import dataset

    schemas = list(map(_schema_of, files))
    for file, schema in zip(files, schemas, strict=True):
        if twice := sorted({n for n in schema.names if schema.names.count(n) > 1}):
            raise ValueError(
                f"{file}: several columns are named {twice[0]!r}; give each a name of "
                "its own"
            )
        for own, first in zip_longest(schema, schemas[0]):
            if _typed_name(own) != _typed_name(first):
                raise ValueError(
                    f"{file}: has {_typed_name(own)} where {files[0]} has "
                    f"{_typed_name(first)}; files of one table have the same columns "
                    "and types in the same order"
                )
    # Texts come as codes and labels, as the file has them: half the time of texts.
    coded = dataset.ParquetFileFormat(dictionary_columns=_texts(schemas[0]))
    table = dataset.dataset(list(map(str, files)), format=coded)
    return ArrowSource(schemas[0].names, _of_dataset(table), files)


def _schema_of(file: Path) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_schema(file)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{file}: is no Parquet file, or damaged: {error}") from error


def _texts(schema: Any) -> list[str]:
    from pyarrow import types

    kinds = (types.is_string, types.is_large_string, types.is_string_view)
    return [field.name for field in schema if any(is_(field.type) for is_ in kinds)]


def _typed_name(field: Any) -> str:
    if field is None:
        return "no further column"
    return f"the column {field.name!r} of type {field.type}"


def lazy_source(lazy: Any) -> ArrowSource:
    """Lazy frame of polars, dataset of pyarrow or relation of DuckDB.

    Raises
    ------
    TypeError
        Anything else.
    """
    if libraries.is_polars_lazyframe(lazy):
        return ArrowSource(list(lazy.collect_schema()), _of_polars(lazy))
    if libraries.is_duckdb_relation(lazy):
        _check_cases(lazy.columns)
        return ArrowSource(list(lazy.columns), _of_duckdb(lazy))
    if type(lazy).__module__.startswith("pyarrow") and hasattr(lazy, "to_batches"):
        return ArrowSource(list(lazy.schema.names), _of_dataset(lazy))
    raise TypeError(
        f"{type(lazy).__name__} is no polars LazyFrame, pyarrow Dataset or DuckDB "
        "relation; a frame that is in memory goes to fit itself"
    )


def _check_cases(names: Sequence[str]) -> None:
    """Refuse names that differ in case only: DuckDB takes one column for both."""
    known: dict[str, str] = {}
    for name in names:
        if (other := known.setdefault(name.lower(), name)) != name:
            raise ValueError(
                f"DuckDB does not tell the columns {other!r} and {name!r} apart; give "
                "one of them another name in the query"
            )


def _of_polars(lazy: Any) -> Callable[[list[str]], Iterable[Any]]:
    def read(names: list[str]) -> Iterator[Any]:
        import polars as pl

        # Arrow has no whole numbers of 128 bits.
        frames = lazy.select(names).cast({pl.Int128: pl.Int64})
        for frame in frames.collect_batches(chunk_size=ROWS, engine="streaming"):
            yield from frame.to_arrow().combine_chunks().to_batches()

    return read


def _of_duckdb(relation: Any) -> Callable[[list[str]], Iterable[Any]]:
    def read(names: list[str]) -> Iterable[Any]:
        quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        chosen = relation.project(quoted)
        reader = getattr(chosen, "to_arrow_reader", None) or chosen.fetch_arrow_reader
        batches: Iterable[Any] = reader(ROWS)
        return batches

    return read


def _of_dataset(dataset: Any) -> Callable[[list[str]], Iterable[Any]]:
    def read(names: list[str]) -> Iterable[Any]:
        batches: Iterable[Any] = dataset.to_batches(columns=names, batch_size=ROWS)
        return batches

    return read
