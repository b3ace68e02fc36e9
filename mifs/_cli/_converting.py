"""CSV files, written as Parquet so many rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from mifs._cli._options import RunOptions
from mifs._cli._output import replacing
from mifs._cli._progress import progress
from mifs._cli._reading import format_of
from mifs._cli._table_options import TableOptions
from mifs._csv.columns import no_such_column
from mifs._csv.findings import CSVError
from mifs._data.series import as_array
from mifs._data.values import Column
from mifs._scan.csv_batches import FLAGS
from mifs._scan.typed import FLAG, TypedSource

_TYPES = {
    "whole": pa.int64(),
    "float": pa.float64(),
    "text": pa.large_string(),
    FLAG: pa.bool_(),
    "nothing": pa.null(),
}


def write_parquet(
    files: Sequence[str],
    options: TableOptions,
    output: Path,
    folder: Path,
    run: RunOptions,
) -> tuple[int, list[str]]:
    """Write the file, whole or not at all; give its rows and the types of its columns.

    Raises
    ------
    CSVError
        As reading does; a name that no column has in an option.
    """
    engine = "polars" if find_spec("polars") else "pandas"
    paths = [Path(file) for file in files]
    source = TypedSource(paths, format_of(options), folder, engine, run.jobs)
    for column in options.declared:
        if column not in source.names:
            raise CSVError(no_such_column(column, source.names), files[0], "name")
    n_rows, most = 0, 2 * source.n_rows
    shown = progress("Converting", most, "rows (read twice)", quiet=run.quiet)
    with replacing(output) as file, shown as advance:
        writer = None
        for batch in _tables(source, advance):
            if writer is None:
                writer = parquet.ParquetWriter(file, batch.schema)
            writer.write_table(batch)
            n_rows += batch.num_rows
        if writer is not None:
            writer.close()
    return n_rows, source.types


def _tables(source: TypedSource, advance: Callable[[int], None]) -> Iterator[pa.Table]:
    for batch in source.typed(advance):
        columns = [
            _arrow(column, kind)
            for column, kind in zip(batch, source.types, strict=True)
        ]
        yield pa.table(dict(zip(source.names, columns, strict=True)))


def _arrow(column: Column, type_: str) -> pa.Array:
    """Give a column as Arrow, missing values as such."""
    values, kind = column
    if type_ == "nothing":
        return pa.nulls(len(as_array(values)))
    if kind != "labels":
        array = as_array(values)
        gaps = np.isnan(array) if array.dtype.kind == "f" else None
        if type_ in ("text", FLAG):  # all missing, here
            return pa.nulls(len(array), _TYPES[type_])
        return pa.array(array, _TYPES[type_], mask=gaps)
    codes, labels = values
    if type_ == FLAG:
        labels = [FLAGS.get(label) for label in labels]
    index = pa.array(np.asarray(codes, dtype=np.int64), mask=np.asarray(codes) < 0)
    return pa.array(labels, _TYPES[type_]).take(index)
