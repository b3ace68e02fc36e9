"""Large files, which are read column by column by way of a disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mifs._cli._progress import bytes_read
from mifs._cli._reading import (
    Reading,
    check_missing_target,
    format_of,
    infinite_values,
    say_useless,
    without_absent,
)
from mifs._cli._sources import is_parquet
from mifs._csv.columns import check_columns, split_target
from mifs._data.kinds import MAX_LEVELS
from mifs._data.reading import of_columns
from mifs._data.table import Table
from mifs._problem.oddities import constant, count_levels, id_like
from mifs._scan.arrow import parquet_source
from mifs._scan.roles import Roles
from mifs._scan.scan import Scan
from mifs._scan.sharded import ShardedScan
from mifs._scan.sources import CSVSource, Source
from mifs._scan.writer import CROWDED, LABELS

if TYPE_CHECKING:
    from mifs._arrays import BoolArray
    from mifs._cli._table_options import TableOptions


def read_large(
    paths: Sequence[str], options: TableOptions, name: str, *, strict: bool, quiet: bool
) -> Reading:
    """Read a table to a disk, as `mifs._cli._reading.read` reads it to memory.

    Raises
    ------
    CSVError, OSError
        The same.
    """
    given = options

    def roles(names: list[str]) -> Roles:
        nonlocal options
        if not strict:
            options = without_absent(given, names)
        return _roles(names, options, name)

    scan = Scan(lambda folder: _source(paths, given, folder), roles)
    scan.read(bytes_read(quiet))
    return _reading(scan, options, name)


def read_there(paths: Sequence[str], options: TableOptions, name: str) -> Reading:
    """Let the workers of a cluster read a table, each some of its rows.

    Raises
    ------
    CSVError, OSError
        As `read_large`.
    """
    from mifs._scan.dask_tables import scan_csv_there, scan_parquet_there

    files = list(map(Path, paths))
    roles = partial(_roles, options=options, name=name)
    if all(map(is_parquet, paths)):
        scan: Scan = scan_parquet_there(files, roles)
    else:
        scan = scan_csv_there(files, format_of(options), roles)
    return _reading(scan, options, name)


def _roles(names: list[str], options: TableOptions, name: str) -> Roles:
    """Say what the columns are to the search."""
    columns = pd.DataFrame(columns=names)
    check_columns(columns, options.required, name, options.skip_lines)
    assert options.target is not None
    features, _ = split_target(
        columns, options.target, options.apart, name, options.skip_lines
    )
    targets, as_missing = [options.target], options.infinite_as_missing
    return Roles(list(features), targets, options.weights, True, as_missing)


def _reading(scan: Scan, options: TableOptions, name: str) -> Reading:
    """Look at a table that was read, and leave out what cannot tell anything."""
    _check_target(scan, options, name)
    scan.weights()
    _leave_out_useless(scan, options, name)
    discrete = _discrete(scan, options)
    return Reading(scan, None, discrete, scan.n_rows_dropped or 0)


def scan_all(
    paths: Sequence[str], options: TableOptions, name: str, *, quiet: bool
) -> Scan:
    """Give all columns by way of a disk, with the target if there is one.

    Raises
    ------
    CSVError, OSError
        As `mifs._cli._reading.read_all`.
    """

    def roles(names: list[str]) -> Roles:
        columns = pd.DataFrame(columns=names)
        named = (*options.required, *options.exclude)
        check_columns(columns, named, name, options.skip_lines)
        if options.target is not None:
            columns, _ = split_target(
                columns, options.target, options.apart, name, options.skip_lines
            )
        else:
            columns = columns.drop(columns=list(options.apart))
        features = list(columns)
        if not features:
            raise ValueError(
                "the table has no column but the target: nothing to profile"
            )
        targets = [] if options.target is None else [options.target]
        as_missing = options.infinite_as_missing
        return Roles(features, targets, options.weights, True, as_missing)

    scan = Scan(lambda folder: _source(paths, options, folder), roles)
    scan.read(bytes_read(quiet))
    _check_target(scan, options, name)
    scan.weights()
    scan.discrete_features = _discrete(scan, options)
    return scan


def _source(paths: Sequence[str], options: TableOptions, folder: Path) -> Source:
    files = list(map(Path, paths))
    if all(map(is_parquet, paths)):
        return parquet_source(files)
    return CSVSource(files, format_of(options), folder, n_jobs=-1)


def _check_target(scan: Scan, options: TableOptions, name: str) -> None:
    n_kept, n_dropped = scan.shape[0], scan.n_rows_dropped or 0
    if n_dropped:
        shares = n_dropped, n_kept + n_dropped
        text = list(scan.kinds().values())[len(scan.feature_names)] == LABELS
        check_missing_target(shares, options, name, text=text)


def _leave_out_useless(scan: Scan, options: TableOptions, name: str) -> None:
    """Leave out, with one warning, columns that cannot tell anything."""
    n_features = len(scan.feature_names)
    kinds = list(scan.kinds().items())[:n_features]
    found = {
        "empty": [column for column, kind in kinds if not kind],
        f"more than {MAX_LEVELS} levels": [c for c, kind in kinds if kind == CROWDED],
    }
    scan.leave_out([column for columns in found.values() for column in columns])
    if scan.feature_names:
        found |= _odd(scan, options, name)
    found = {why: columns for why, columns in found.items() if columns}
    if found:
        say_useless(found, n_features, name)
        scan.leave_out([column for columns in found.values() for column in columns])


def _odd(scan: Scan, options: TableOptions, name: str) -> dict[str, list[str]]:
    """Constant and id-like columns of which no option says anything."""
    columns = scan.features()
    names = np.array(columns.names, dtype=object)
    infinite = columns.n_infinite
    if infinite.any():
        at = np.flatnonzero(infinite).tolist()
        raise infinite_values({names[j]: int(infinite[j]) for j in at}, name)
    table = _table_of(scan)
    levels = count_levels(table)
    free = ~np.isin(names, options.wanted)
    same = constant(table, levels) & free
    return {
        "one value only": names[same].tolist(),
        "like ids or row numbers": names[id_like(table, levels) & free].tolist(),
    }


def _table_of(scan: Scan) -> Table:
    """Columns without a target; those of rows on workers are asked there."""
    table = of_columns(scan.features())
    return (
        replace(table, shards=scan.shards) if isinstance(scan, ShardedScan) else table
    )


def _discrete(scan: Scan, options: TableOptions) -> BoolArray | str:
    """Give "auto", or a mask where options say what columns are."""
    if not (options.discrete or options.continuous):
        return "auto"
    names = np.array(scan.feature_names, dtype=object)
    automatic: BoolArray = _table_of(scan).discrete
    discrete = automatic | np.isin(names, options.discrete)
    return discrete & ~np.isin(names, options.continuous)
