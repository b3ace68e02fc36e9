"""Parquet files as frames, whose columns are as a CSV file of the same values gives."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pandas as pd

from mifs._csv.findings import CSVError
from mifs._scan.schemas import check_schema, open_parquet, require_pyarrow

if TYPE_CHECKING:
    import pyarrow as pa

# Whole numbers that floats hold exactly.
_EXACT = 2**53


def read_parquet(paths: Sequence[str], left_out: Collection[str] = ()) -> pd.DataFrame:
    """Read Parquet files of one schema as one table.

    Columns of types that no feature can have are left out if they are named.

    Raises
    ------
    CSVError
        Without pyarrow; for a column that differs from the first file's, or holds
        lists, records or bytes.
    """
    require_pyarrow(paths[0])
    import pyarrow as pa

    tables = [_read(path) for path in paths]
    for path, table in zip(paths[1:], tables[1:], strict=True):
        check_schema(paths[0], tables[0].schema, path, table.schema)
    table = pa.concat_tables(tables)
    if table.num_rows == 0:
        raise CSVError("has no rows; nothing can be read", paths[0], "empty")
    columns = {
        name: _column(table.column(name), name, paths[0])
        for name in table.column_names
        if name not in left_out
    }
    for name in left_out:
        if name in table.column_names:
            columns[name] = pd.Series(np.nan, range(table.num_rows))  # nobody asks
    return pd.DataFrame({name: columns[name] for name in table.column_names})


def _read(path: str) -> pa.Table:
    file = open_parquet(path)
    import pyarrow as pa

    try:
        return file.read()
    except pa.ArrowException as error:
        raise CSVError(f"is no Parquet file, or damaged: {error}", path) from error


def _column(values: pa.ChunkedArray, name: str, path: str) -> pd.Series:
    """Give a column as pandas parses the same values from text."""
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    kind = values.type
    gaps = values.null_count > 0
    if pa.types.is_decimal(kind):
        values = values.cast(pa.float64())
    elif pa.types.is_integer(kind) and gaps:
        return _with_gaps(values)
    elif pa.types.is_boolean(kind) and gaps:
        flags = [np.nan if flag is None else flag for flag in values.to_pylist()]
        return pd.Series(flags, dtype=object)
    elif pa.types.is_null(kind):
        return pd.Series(np.full(len(values), np.nan))
    elif (pa.types.is_nested(kind) and not pa.types.is_dictionary(kind)) or (
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    ):
        raise CSVError(
            f"column {name!r} holds {kind}, which is no feature; leave it out",
            path,
            "exclude",
            column=name,
        )
    column: pd.Series = values.to_pandas()
    return column


def _with_gaps(values: pa.ChunkedArray) -> pd.Series:
    """Whole numbers with gaps: floats, where these hold all of them."""
    import pyarrow as pa
    from pyarrow import compute

    least, most = compute.min_max(values).as_py().values()
    if least is None or (least >= -_EXACT and most <= _EXACT):
        floats: pd.Series = values.cast(pa.float64()).to_pandas()
        return floats
    return pd.Series(values.to_pylist(), dtype="Int64")


def copy_parquet(
    paths: Sequence[str],
    delimiter: str | None,
    file: BinaryIO,
    columns: Collection[str] | None = None,
) -> tuple[int, pa.Schema]:
    """Write some columns, or all, to an open file; give the rows and the types.

    As CSV with a delimiter, else as Parquet with its own types.
    """
    require_pyarrow(paths[0])
    import pyarrow as pa
    from pyarrow import csv, parquet

    files = list(map(open_parquet, paths))
    whole = files[0].schema_arrow
    for path, each in zip(paths, files, strict=True):
        check_schema(paths[0], whole, path, each.schema_arrow)
    kept = [name for name in whole.names if columns is None or name in columns]
    schema = pa.schema([whole.field(name) for name in kept])
    n_rows = 0
    if delimiter is None:
        writer = parquet.ParquetWriter(file, schema, compression="zstd")
    else:
        form = csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
        writer = csv.CSVWriter(file, schema, write_options=form)
    with writer:
        for each in files:
            for batch in each.iter_batches(columns=kept):
                writer.write_batch(batch.select(kept))
                n_rows += batch.num_rows
    return n_rows, schema
