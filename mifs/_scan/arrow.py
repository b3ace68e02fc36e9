"""Rows that come as Arrow: Parquet files, and the lazy frames of other libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from narwhals.stable.v2 import dependencies as libraries

from mifs._data.frames import arrow_column
from mifs._data.values import Column, too_large
from mifs._scan.schemas import check_schema, open_parquet
from mifs._scan.sources import Keep, Make, Progress
from mifs.exceptions import ColumnTypeError

# Rows that come at once from other libraries.
ROWS = 100_000
# Batches, and files, that pyarrow reads before they are asked for: 16 and 4 by default,
# which takes twice the memory and no less time.
AHEAD = 1


class ArrowSource:
    """Batches of Arrow: Parquet files, and the lazy frames of other libraries.

    Parameters
    ----------
    names : list of str
    batches : callable
        Gives record batches of the columns of these names.
    files : list of Path, default=()
    n_rows : int, default=0
        Of the files, for the progress.
    """

    def __init__(
        self,
        names: list[str],
        batches: Callable[[list[str]], Iterable[Any]],
        files: Sequence[Path] = (),
        n_rows: int = 0,
    ) -> None:
        self.names, self.files = names, list(files)
        self.described = {"parquet": True}
        self.advance: Progress = lambda more: None
        self.n_bytes = sum(path.stat().st_size for path in files)
        self._batches, self._n_rows = batches, n_rows

    def fill(self, make: Make, wanted: Sequence[int], keep: Keep) -> None:
        """Write the wanted columns."""
        import pyarrow as pa

        names = [self.names[place] for place in wanted]
        places = dict(enumerate(wanted))
        with make(self._n_rows) as writer:
            for rows in self._batches(names):
                batch = partial(self._column, rows)
                kept = keep(len(rows), batch)
                # As many threads as Arrow reads with, which the user sets there.
                writer.append(places, batch, kept, pa.cpu_count())
                self.advance(len(kept) * self.n_bytes // max(1, self._n_rows))
            writer.finish()
        # Arrow keeps what it freed, hundreds of megabytes.
        pa.default_memory_pool().release_unused()

    def _column(self, rows: Any, place: int) -> Column:
        """Column of a record batch."""
        import pyarrow as pa

        name = self.names[place]
        return _arrow_column(pa.chunked_array([rows.column(name)]), name)


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
    CSVError
        No Parquet, or other columns than in the first.
    """
    from pyarrow import dataset

    paths = list(map(str, files))
    schemas = [open_parquet(path).schema_arrow for path in paths]
    for path, schema in zip(paths, schemas, strict=True):
        check_schema(paths[0], schemas[0], path, schema)
    # Texts come as codes and labels, as the file has them: half the time of texts.
    # Not buffered ahead: of files on a disk that takes memory and saves no time.
    coded = dataset.ParquetFileFormat(
        dictionary_columns=_texts(schemas[0]),
        default_fragment_scan_options=dataset.ParquetFragmentScanOptions(
            pre_buffer=False
        ),
    )
    table = dataset.dataset(paths, format=coded)
    n_rows = table.count_rows()
    return ArrowSource(schemas[0].names, _of_dataset(table), files, n_rows)


def _texts(schema: Any) -> list[str]:
    from pyarrow import types

    kinds = (types.is_string, types.is_large_string, types.is_string_view)
    return [field.name for field in schema if any(is_(field.type) for is_ in kinds)]


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
        f"{type(lazy).__name__} is no polars LazyFrame, pyarrow Dataset, DuckDB "
        "relation or dask DataFrame; a frame that is in memory goes to fit itself"
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
    places = {name: place for place, name in enumerate(lazy.collect_schema())}

    def read(names: list[str]) -> Iterator[Any]:
        import polars as pl

        # By place: names such as "*" and "^x.*$" would be patterns.
        chosen = lazy.select(pl.selectors.by_index([places[name] for name in names]))
        for frame in chosen.collect_batches(chunk_size=ROWS, engine="streaming"):
            yield from _in_64_bits(frame).to_arrow().combine_chunks().to_batches()

    return read


def _in_64_bits(frame: Any) -> Any:
    """Frame of polars without integers of 128 bits, which Arrow does not have.

    Raises
    ------
    ValueError
        They are beyond int64.
    """
    import polars as pl

    wide = [name for name, kind in frame.schema.items() if "Int128" in str(kind)]
    for name in wide:
        for end in (frame[name].min(), frame[name].max()):
            if end is not None and not -(2**63) <= end < 2**63:
                raise ValueError(too_large(f"column {name!r}", end))
    return frame.with_columns(frame[name].cast(pl.Int64) for name in wide)


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
        batches: Iterable[Any] = dataset.to_batches(
            columns=names,
            batch_size=ROWS,
            batch_readahead=AHEAD,
            fragment_readahead=AHEAD,
        )
        return batches

    return read
