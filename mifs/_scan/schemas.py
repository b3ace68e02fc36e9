"""Parquet files of one table: opened, and compared by their columns."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mifs._csv.findings import CSVError
from mifs._csv.source import display_name

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


def require_pyarrow(path: str) -> None:
    """Refuse a Parquet file where pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        raise CSVError(
            "is a Parquet file, which needs pyarrow: pip install 'mifs[files]'",
            display_name(path),
            "other kind",
        )


def open_parquet(path: str) -> pq.ParquetFile:
    """Open a Parquet file, or say what is wrong with it."""
    require_pyarrow(path)
    import pyarrow as pa
    from pyarrow import parquet

    # A footer says what the file holds: standard input is read as a whole.
    source = pa.BufferReader(sys.stdin.buffer.read()) if path == "-" else path
    path = display_name(path)
    try:
        file = parquet.ParquetFile(source)
    except pa.ArrowException as error:
        raise CSVError(f"is no Parquet file, or damaged: {error}", path) from error
    names = file.schema_arrow.names
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        fact = f"two columns are named {twice!r}; give each a name of its own"
        raise CSVError(fact, path, "name", column=twice)
    return file


def check_schema(first: str, known: pa.Schema, path: str, schema: pa.Schema) -> None:
    """Refuse a file whose columns or types are others than those of the first.

    Raises
    ------
    CSVError
        With the file and the column.
    """
    theirs = {field.name: field.type for field in known}
    mine = {field.name: field.type for field in schema}
    absent = next((name for name in theirs if name not in mine), None)
    added = next((name for name in mine if name not in theirs), None)
    other = next((n for n, kind in mine.items() if kind != theirs.get(n)), None)
    pairs = zip(schema.names, known.names, strict=False)
    if absent is not None:
        column, fact = absent, f"has no column {absent!r}, which {first} has"
    elif added is not None:
        column, fact = added, f"has a column {added!r}, which {first} has not"
    elif other is not None:
        column, kind = other, theirs[other]
        fact = f"column {other!r} is {mine[other]}, and {kind} in {first}"
    elif moved := next((pair for pair in pairs if pair[0] != pair[1]), None):
        column, fact = (
            moved[0],
            f"has column {moved[0]!r} where {first} has {moved[1]!r}",
        )
    else:
        return
    same = "files of one table have the same columns and types in the same order"
    raise CSVError(f"{fact}; {same}", path, "name", column=column)
