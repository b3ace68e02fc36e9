"""From a file to features and a target, as the options of the shell say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from mifs._arrays import BoolArray, FloatArray
from mifs._cli._parquet import read_parquet
from mifs._cli._sources import is_parquet
from mifs._cli._useless import useless
from mifs._csv.columns import check_columns, no_such_column, split_target
from mifs._csv.files import read_csv, several
from mifs._csv.findings import CSVError, count
from mifs._csv.format import MISSING, CSVFormat
from mifs._csv.source import display_name
from mifs._data.reading import read as read_table
from mifs._data.weighing import no_weight, read_weights
from mifs._warn import warn
from mifs.exceptions import MifsWarning

if TYPE_CHECKING:
    from mifs._cli._table_options import TableOptions
    from mifs._scan import Scan


_SHOWN = 10
# Bytes of files from which on a table is not held in memory.
LARGE = 1 << 26
_INFINITE = [np.inf, -np.inf]
Table = TypeVar("Table", pd.DataFrame, pd.Series)


@dataclass(frozen=True)
class Reading:
    """Features, which of them are discrete, the target, and the rows without one.

    The latter, ``n_dropped`` of them, were left out. A scan of a large table has its
    target and weights itself.
    """

    features: pd.DataFrame | Scan
    target: pd.Series | None
    discrete: BoolArray | str
    n_dropped: int
    weights: FloatArray | None = None


class _Whole(Reading):
    """A table in memory."""

    features: pd.DataFrame


def read(
    paths: Sequence[str],
    options: TableOptions,
    *,
    strict: bool,
    quiet: bool = True,
    there: bool = False,
) -> Reading:
    """Read a table from its files; ``strict``: it has each column that is named.

    Unless ``quiet`` it shows how far it is with a large one. ``there``: the workers of
    a cluster read it.

    Raises
    ------
    CSVError
        For what cannot be used, with what would mend it.
    OSError
        If a file cannot be read.
    """
    name = several([display_name(path) for path in paths])
    if there:
        from mifs._cli._scanning import read_there

        return read_there(paths, options, name)
    if is_large(paths):
        from mifs._cli._scanning import read_large

        return read_large(paths, options, name, strict=strict, quiet=quiet)
    frame = read_frame(paths, options)
    if not strict:
        options = without_absent(options, list(frame.columns))
    check_columns(frame, options.required, name, options.skip_lines)
    reading = _split(frame, options, name)
    _refuse_infinite(reading, name)
    features = of_kinds(reading.features, options)
    features = _without_useless(features, options, name)
    discrete = discrete_mask(features, options)
    return replace(reading, features=features, discrete=discrete)


def is_large(paths: Sequence[str]) -> bool:
    """Whether files are read column by column by way of a disk, not as a whole."""
    files = [Path(path) for path in paths if path != "-" and Path(path).is_file()]
    size = sum(file.stat().st_size for file in files)
    return len(files) == len(paths) and size >= LARGE


def read_all(paths: Sequence[str], options: TableOptions, *, quiet: bool) -> Reading:
    """Read all columns, and the target if there is one.

    Raises
    ------
    CSVError, OSError
        As `read`; columns that cannot tell anything are not left out.
    """
    name = several([display_name(path) for path in paths])
    if is_large(paths):
        from mifs._cli._scanning import scan_all

        scan = scan_all(paths, options, name, quiet=quiet)
        return Reading(scan, None, "auto", scan.n_rows_dropped or 0)
    frame = read_frame(paths, options)
    columns = (*options.required, *options.exclude)
    check_columns(frame, columns, name, options.skip_lines)
    reading = _split(frame, options, name)
    features = of_kinds(reading.features, options)
    return replace(
        reading, features=features, discrete=discrete_mask(features, options)
    )


def _split(frame: pd.DataFrame, options: TableOptions, name: str) -> _Whole:
    """Features, target and weights, of the rows that have a target and a weight."""
    weights = _weights(frame, options, name)
    if weights is not None and not weights.all():  # a row of weight 0 is not there
        frame, weights = _rows(frame, weights != 0), weights[weights != 0]
    target = None
    if options.target is None:
        features = frame.drop(columns=list(options.apart))
    else:
        features, target = split_target(
            frame, options.target, options.apart, name, options.skip_lines
        )
    if options.infinite_as_missing:
        features = features.replace(_INFINITE, np.nan)
        target = None if target is None else target.replace(_INFINITE, np.nan)
    missing = np.zeros(len(frame), np.bool_)
    if target is not None and (missing := _missing_target(target, options, name)).any():
        features, target = _rows(features, ~missing), _rows(target, ~missing)
    if weights is not None:
        weights = _checked(weights[~missing], options, name)
    return _Whole(features, target, "auto", int(missing.sum()), weights)


def _rows(table: Table, kept: BoolArray) -> Table:
    return table[kept].reset_index(drop=True)


def read_frame(paths: Sequence[str], options: TableOptions) -> pd.DataFrame:
    """Read the columns of a table from its files, CSV or Parquet."""
    packed = [is_parquet(path) for path in paths]
    if all(packed):
        return read_parquet(paths, (*options.exclude, *options.keep))
    if any(packed):
        other = paths[packed.index(not packed[0])]
        raise CSVError(
            f"is {'CSV' if packed[0] else 'Parquet'}, unlike {paths[0]}; files of one "
            "table are of one kind",
            other,
        )
    return read_csv(paths, format_of(options))


def _weights(
    frame: pd.DataFrame, options: TableOptions, name: str
) -> FloatArray | None:
    """Give the weights of all rows, NaN where missing."""
    if options.weights is None:
        return None
    column = frame[options.weights]
    if column.dtype.kind not in "iufb":
        fact = f"column {column.name!r} is to hold weights, and holds no numbers"
        raise CSVError(fact, name, column=options.weights)
    weights: FloatArray = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if not weights.any():
        raise CSVError(no_weight(options.weights), name, column=options.weights)
    infinite = options.infinite_as_missing & np.isinf(weights)
    return np.where(infinite, np.nan, weights)


def _checked(weights: FloatArray, options: TableOptions, name: str) -> FloatArray:
    """Refuse weights of the rows that are kept, if they cannot weigh."""
    column = options.weights
    try:
        return read_weights(weights, len(weights), column)
    except ValueError as error:
        raise CSVError(str(error), name, column=column) from None


def format_of(options: TableOptions) -> CSVFormat:
    """How the options say that the file is written."""
    missing = (*(options.only_missing or MISSING), *options.missing)
    continuous = options.continuous
    if options.target_kind == "continuous" and options.target is not None:
        continuous = (*continuous, options.target)
    return CSVFormat(
        delimiter=options.delimiter,
        decimal=options.decimal,
        thousands=options.thousands,
        units=options.units,
        encoding=options.encoding,
        missing=missing,
        header=options.header,
        skip_lines=options.skip_lines,
        text=options.text,
        numbers=continuous,
    )


def without_absent(options: TableOptions, columns: list[str]) -> TableOptions:
    """Leave out of the options, with a warning, what this file has no column for."""
    named = (*options.exclude, *options.declared)
    absent = [c for c in dict.fromkeys(named) if c not in columns]
    for column in absent:
        warn(
            f"{no_such_column(column, columns, listing=False)}; the option that names "
            "it has no effect",
            MifsWarning,
        )
    return options.without(absent) if absent else options


def _refuse_infinite(reading: _Whole, name: str) -> None:
    """Refuse infinite values of features and target."""
    target = reading.target
    further = () if target is None else ((target.name, target),)
    found = {
        str(column): n
        for column, values in (*reading.features.items(), *further)
        if values.dtype.kind == "f" and (n := int(np.isinf(values.to_numpy()).sum()))
    }
    if found:
        raise infinite_values(found, name)


def infinite_values(found: dict[str, int], name: str) -> CSVError:
    """Error for columns that hold infinite values, so many each."""
    counted = [f"{c!r} ({count(n, 'value')})" for c, n in found.items()]
    return CSVError(
        f"column{'s' if len(found) > 1 else ''} {_listed(counted)} "
        f"{'hold' if len(found) > 1 else 'holds'} infinite values; exclude what "
        "holds them, or take infinite values as missing",
        name,
        "infinite",
        column=str(next(iter(found))),
    )


def _missing_target(target: pd.Series, options: TableOptions, name: str) -> BoolArray:
    """Mask of the rows without a target: refused unless they are to be left out."""
    missing: BoolArray = target.isna().to_numpy()
    if missing.any():
        text, shares = target.dtype.kind == "O", (int(missing.sum()), len(target))
        check_missing_target(shares, options, name, text=text)
    return missing


def check_missing_target(
    shares: tuple[int, int], options: TableOptions, name: str, *, text: bool
) -> None:
    """Refuse missing targets unless they are to be left out, and some remain."""
    n_missing, n_rows = shares
    fact = f"target {options.target!r} is missing in {n_missing} of {n_rows} rows"
    if n_missing == n_rows:
        raise CSVError(fact + ": there is nothing to predict", name)
    if not options.drop_missing_target:
        kept = (
            ""
            if options.only_missing or not text
            else "if a text such as 'NA' is a class here, keep it as text: "
            "--only-missing ''; otherwise "
        )
        raise CSVError(
            f"{fact}, and rows without a target cannot be used; {kept}leave them out",
            name,
            "missing target",
            column=options.target,
        )


def of_kinds(features: pd.DataFrame, options: TableOptions) -> pd.DataFrame:
    """Give each column the type by which the selectors know its kind.

    Categories are discrete. Text becomes categories too, so
    that its levels are counted once.
    """
    kinds: dict[str, str] = {
        column: "category"
        for column, dtype in features.dtypes.items()
        if dtype.kind == "O"
    }
    kinds |= dict.fromkeys(options.discrete, "category")
    # Whole numbers are exact as they are, and floats may be the same for two of them.
    kinds |= {
        column: "float64"
        for column in options.continuous
        if column in features and not is_integer_dtype(features[column])
    }
    # Not by `DataFrame.astype`, which takes all columns apart and joins them again.
    typed = {c: features[c].astype(kinds[c]) for c in kinds if c in features.columns}
    return features.assign(**typed) if typed else features


def _without_useless(
    features: pd.DataFrame, options: TableOptions, name: str
) -> pd.DataFrame:
    """Leave out, with one warning, columns that cannot tell anything."""
    found = useless(features, options)
    if not found:
        return features
    say_useless(found, features.shape[1], name)
    return features.drop(columns=[c for columns in found.values() for c in columns])


def say_useless(found: dict[str, list[str]], n_features: int, name: str) -> None:
    """Warn of columns that are left out, or refuse a table that has no others."""
    said = "; ".join(f"{_listed(map(repr, c))} ({why})" for why, c in found.items())
    if sum(map(len, found.values())) == n_features:
        raise CSVError(f"has no feature that could tell anything: {said}", name)
    warn(
        f"left out: {said}; say --discrete, --continuous or --text to keep a column, "
        "--exclude to leave it out without this warning",
        MifsWarning,
    )


def discrete_mask(features: pd.DataFrame, options: TableOptions) -> BoolArray | str:
    """Give "auto", or a mask where options say what is continuous."""
    continuous = features.columns.isin(options.continuous)
    if not continuous.any():
        return "auto"
    mask: BoolArray = read_table(features, n_jobs=1).discrete & ~continuous
    return mask


def _listed(words: Iterable[str]) -> str:
    """Join the first words, and say how many more there are."""
    every: Sequence[str] = list(words)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
