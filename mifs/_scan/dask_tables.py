"""Tables that the workers of a cluster read: dask frames, Parquet and CSV files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pandas as pd

from mifs._csv.format import CSVFormat
from mifs._data.frames import arrow_column, pandas_column
from mifs._data.parts import PartColumn
from mifs._scan.dask import (
    DaskShards,
    Homes,
    current_client,
    kept_here,
    key_of,
    require_dask,
)
from mifs._scan.roles import Roles, roles_of
from mifs._scan.schemas import check_schema, open_parquet
from mifs._scan.sharded import Read, ShardedScan, read_part
from mifs._scan.sources import CSVSource
from mifs._scan.store import Store
from mifs._scan.writer import StoreWriter

# Rows of a part of Parquet files, about.
ROWS = 1 << 20


def scan_dask(
    frame: Any, roles: Callable[[list[str]], Roles], **options: Any
) -> ShardedScan:
    """Take a dask DataFrame, with its target, in place of a table in memory."""
    require_dask()
    own = roles(_names(frame))
    read = partial(_of_frames, roles=own)

    def make(text: tuple[str, ...]) -> DaskShards:
        parts = frame[own.all].to_delayed()
        return _there(_delayed(read, [(part,) for part in parts]))

    return ShardedScan(make, own, **options)


def scan_of_dask(X: Any, y: Any, sample_weight: Any = None) -> ShardedScan:
    """Take a dask DataFrame, and the target and the weights that lie beside it.

    Raises
    ------
    TypeError
        A target, or weights, of another kind.
    ValueError
        Other numbers of partitions.
    """
    require_dask()
    names = _names(X)
    _check_series(X, y, "y")
    series = [y]
    target = _other_than(names, "y" if y.name is None else str(y.name))
    weights = None
    if sample_weight is not None:
        _check_series(X, sample_weight, "sample_weight")
        series.append(sample_weight)
        weights = _other_than([*names, target], "sample_weight")
    every = [*names, target, *([] if weights is None else [weights])]
    own = roles_of(every, target, None, (), weights, False)
    read = partial(_of_laid, roles=own)

    def make(text: tuple[str, ...]) -> DaskShards:
        return _there(_delayed(read, _side_by_side(X, series)))

    return ShardedScan(make, own)


def _side_by_side(X: Any, series: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Partitions of a frame, and of what lies beside it, row beside row.

    Columns of one frame are read together. By themselves Dask would read a column of a
    file anew, and in other partitions: then these are left as they are.
    """
    if _of_one_frame(X, *series):
        # As in memory no label of a row counts, nor what Dask knows of labels.
        laid = X.map_partitions(
            *(_laid, *series), meta=X, enforce_metadata=False, clear_divisions=True
        )
        return [(part,) for part in laid.to_delayed()]
    lists = [each.to_delayed(optimize_graph=False) for each in (X, *series)]
    return list(zip(*lists, strict=True))


def _laid(*parts: Any) -> tuple[Any, ...]:
    return parts


def _of_one_frame(*given: Any) -> bool:
    """Whether all are made row by row of the same frame, as Dask can tell."""
    try:
        from dask.dataframe.dask_expr._expr import are_co_aligned
    except ImportError:
        return False
    return bool(are_co_aligned(*(each.expr for each in given)))


def _names(frame: Any) -> list[str]:
    """Names of the columns of a frame, all of them strings."""
    names = list(frame.columns)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(
                f"column {name!r} of the dask frame has no string for a name; rename "
                "the columns: frame.rename(columns=str)"
            )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(
            f"the dask frame has several columns {twice!r}; rename them, or drop the "
            "copies"
        )
    return names


def _other_than(names: Sequence[str], name: str) -> str:
    """Give a name that no column has."""
    while name in names:
        name += "_"
    return name


def _check_series(X: Any, given: Any, argument: str) -> None:
    if not (hasattr(given, "to_delayed") and given.ndim == 1):
        raise TypeError(
            f"X is a dask frame and {argument} a {type(given).__name__}; pass a dask "
            "Series, as X[column], or name the column: "
            "mifs.scan_frame(frame, target=column)"
        )
    if given.npartitions != X.npartitions:
        raise ValueError(
            f"X has {X.npartitions} partitions and {argument} {given.npartitions}; "
            "take both from one frame, or repartition one of them"
        )


def _there(reads: Sequence[Any]) -> DaskShards:
    """Let the workers read the parts, and keep what they read."""
    client = current_client()
    futures = client.compute(list(reads))
    homes = Homes(list(map(ref, futures)))
    return DaskShards(client, [(future,) for future in futures], homes)


def _delayed(read: Callable[..., Read], parts: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Call a function for each part, with the number of the part, later."""
    from dask.delayed import delayed

    call = delayed(_read)
    return [
        call(read, number, *part, dask_key_name=key_of(_read))
        for number, part in enumerate(parts)
    ]


def _read(read: Callable[..., Read], number: int, *part: Any) -> Read:
    values, kept = read(number, *part)
    return kept_here(values), kept


def _of_laid(number: int, *parts: Any, roles: Roles) -> Read:
    """Read a partition that is a frame and what lies beside it, together or not."""
    (laid,) = parts if len(parts) == 1 else (parts,)
    return _of_frames(number, *laid, roles=roles)


def _of_frames(number: int, *parts: Any, roles: Roles) -> Read:
    """Read a partition, with what lies beside it."""
    rows = [len(part) for part in parts]
    if len(set(rows)) > 1:
        raise ValueError(
            f"partition {number} of X has {rows[0]} rows, and what lies beside it "
            f"(y, sample_weight) {', '.join(map(str, rows[1:]))}: inconsistent "
            "numbers of samples"
        )
    series = [column for _, column in parts[0].items()] + list(parts[1:])
    named = zip(series, roles.all, strict=True)
    return read_part([_pandas(column, name) for column, name in named], number, roles)


def _pandas(series: pd.Series, name: str) -> PartColumn:
    subject, order = f"column {name!r}", None
    if isinstance(series.dtype, pd.CategoricalDtype):
        order = series.cat.categories.to_numpy()
    return PartColumn.of(pandas_column(series, subject), subject, order)


def scan_parquet_there(
    files: list[Path], roles: Callable[[list[str]], Roles], **options: Any
) -> ShardedScan:
    """Take Parquet files that the workers read, some row groups in each part."""
    require_dask()
    opened = [open_parquet(str(path)) for path in files]
    schemas = [each.schema_arrow for each in opened]
    for path, schema in zip(files, schemas, strict=True):
        check_schema(str(files[0]), schemas[0], str(path), schema)
    own = roles(schemas[0].names)
    parts = [
        (str(path.resolve()), groups)
        for path, each in zip(files, opened, strict=True)
        for groups in _row_groups(each.metadata)
    ]
    read = partial(_of_parquet, roles=own)
    return ShardedScan(lambda text: _there(_delayed(read, parts)), own, **options)


def _row_groups(metadata: Any) -> list[list[int]]:
    """Row groups of a file, as many together as make a part."""
    parts: list[list[int]] = []
    rows = ROWS
    for group in range(metadata.num_row_groups):
        own = metadata.row_group(group).num_rows
        if not parts or rows + own > ROWS:
            parts.append([])
            rows = 0
        parts[-1].append(group)
        rows += own
    return parts


def _of_parquet(number: int, path: str, groups: list[int], roles: Roles) -> Read:
    """Read row groups of a Parquet file."""
    table = open_parquet(path).read_row_groups(groups, columns=list(roles.all))
    subjects = {name: f"column {name!r}" for name in roles.all}
    columns = [
        PartColumn.of(arrow_column(table.column(name), subject), subject)
        for name, subject in subjects.items()
    ]
    return read_part(columns, number, roles)


def scan_csv_there(
    files: list[Path],
    form: CSVFormat,
    roles: Callable[[list[str]], Roles],
    **options: Any,
) -> ShardedScan:
    """Take CSV files that the workers read, each of them a part."""
    require_dask()
    with tempfile.TemporaryDirectory() as folder:
        names = CSVSource(files[:1], form, Path(folder), 1).names
    own = roles(names)
    parts = [(str(path.resolve()),) for path in files]

    def make(text: tuple[str, ...]) -> DaskShards:
        as_text = replace(form, text=(*form.text, *text))
        read = partial(_of_csv, form=as_text, first=parts[0][0], roles=own)
        return _there(_delayed(read, parts))

    return ShardedScan(make, own, **options)


def _of_csv(number: int, path: str, form: CSVFormat, first: str, roles: Roles) -> Read:
    """Read a CSV file as `CSVSource` does, by way of the worker's disk."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        # With the first file, whose columns it must have.
        both = [Path(each) for each in dict.fromkeys((first, path))]
        names = CSVSource(both, form, place, 1).names
        source = CSVSource([Path(path)], form, place, 1)
        source.fill(
            lambda _: StoreWriter(place, roles.all, roles.infinite_as_missing),
            [names.index(name) for name in roles.all],
            lambda n_rows, _: np.ones(n_rows, np.bool_),
        )
        store = Store(place, place)
        columns = [
            PartColumn.of(store.column(at), f"column {name!r}").rows(slice(None))
            for at, name in enumerate(roles.all)
        ]
    return read_part(columns, number, roles)
