"""CSV files, written as Parquet so many rows at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from mifs._cli._options import RunOptions
from mifs._cli._parquet import copy_parquet
from mifs._cli._progress import progress
from mifs._cli._reading import format_of
from mifs._cli._table_options import TableOptions
from mifs._csv.columns import no_such_column
from mifs._csv.findings import CSVError
from mifs._data.own_folders import own_folder
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
    file: BinaryIO,
    run: RunOptions,
    columns: Collection[str] | None = None,
) -> tuple[int, list[str]]:
    """Write some columns, or all, to an open file; give its rows and their types.

    Raises
    ------
    CSVError
        As reading does; a name that no column has in an option.
    """
    paths = [Path(path) for path in files]
    with own_folder() as folder:
        form = format_of(options)
        source = TypedSource(paths, form, folder, run.jobs)
        for column in options.declared:
            if column not in source.names:
                raise CSVError(no_such_column(column, source.names), files[0], "name")
        kept = [
            place
            for place, name in enumerate(source.names)
            if columns is None or name in columns
        ]
        n_rows = _write(source, kept, file, quiet=run.quiet)
    return n_rows, [source.types[place] for place in kept]


def write_csv(
    files: Sequence[str], delimiter: str, file: BinaryIO
) -> tuple[int, list[str]]:
    """Write Parquet files of one schema as CSV; give its rows and their types.

    Raises
    ------
    CSVError
        Columns that a CSV file cannot hold, such as lists.
    """
    try:
        n_rows, schema = copy_parquet(files, delimiter, file)
    except pa.ArrowInvalid as error:
        fact = f"holds what CSV cannot: {error}; leave it out by mifs select"
        raise CSVError(fact, files[0], "other kind") from error
    return n_rows, [str(field.type) for field in schema]


def _write(
    source: TypedSource, kept: Sequence[int], file: BinaryIO, *, quiet: bool
) -> int:
    n_rows, writer = 0, None
    most, unit = source.n_bytes_typed, 10**6
    with progress("Converting", most, "MB", quiet=quiet, unit=unit) as advance:
        for batch in source.typed(advance):
            table = pa.table(
                {source.names[at]: _arrow(batch[at], source.types[at]) for at in kept}
            )
            writer = writer or parquet.ParquetWriter(
                file, table.schema, compression="zstd"
            )
            writer.write_table(table)
            n_rows += table.num_rows
        if writer is not None:
            writer.close()
    return n_rows


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
