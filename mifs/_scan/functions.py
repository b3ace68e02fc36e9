"""The ways to a scan: CSV and Parquet files, and lazy frames.

What they say in the same words is written by ``docs/make_docstrings.py``.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mifs._csv.format import MISSING, CSVFormat
from mifs._csv.places import CSV_SUFFIXES, PARQUET_SUFFIXES
from mifs._data.containers import is_dask
from mifs._scan import dask_tables
from mifs._scan.arrow import lazy_source, parquet_source
from mifs._scan.roles import Roles, check_names, roles_of
from mifs._scan.scan import Scan
from mifs._scan.sources import CSVSource, Source, files_of


def scan_csv(
    source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    target: str | Sequence[str],
    columns: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    weights: str | None = None,
    discrete_features: object = "auto",
    discrete_target: bool | str = "auto",
    drop_missing_target: bool = False,
    infinite_as_missing: bool = False,
    quantiles: str = "exact",
    random_state: int = 0,
    delimiter: str | None = None,
    decimal: str = ".",
    thousands: str | None = None,
    units: Sequence[str] = (),
    encoding: str | None = None,
    missing: Sequence[str] = MISSING,
    header: bool | None = None,
    skip_lines: int = 0,
    text: Sequence[str] = (),
    numbers: Sequence[str] = (),
    engine: str = "disk",
    cache_dir: str | os.PathLike[str] | None = None,
    n_jobs: int | None = None,
) -> Scan:
    """Take CSV files of any size in place of a table in memory.

    Parameters
    ----------
    source : path, or list of paths
        A file, a folder, a pattern such as ``"day*.csv"``, or a list of these: files of
        one schema are one table. They may be packed by gzip, bzip2, xz or zstd.
    target : str or list of str
        Column to predict, or several.
    columns : list of str, default=None
        Columns that are read as features; None: all others.
    exclude : list of str, default=()
        Columns that are left out.
    weights : str, default=None
        Column that says how often each row counts, in numbers or booleans.
    discrete_features, discrete_target : default="auto"
        As of the selectors, where these leave it at ``"auto"``.
    drop_missing_target : bool, default=False
        Whether to leave out rows without a target; ``n_rows_dropped`` counts them.
    infinite_as_missing : bool, default=False
        Whether to take infinite values as missing; they are refused otherwise.
    quantiles : {"exact", "sample"}, default="exact"
        Bins of continuous columns are cut at quantiles of all rows, or of a sample of
        100 000: less to sort, and a `SampledEdgesWarning` says so. All else is exact.
    random_state : int, default=0
        Of that sample.
    delimiter : str, default=None
        One ASCII character between fields. None: tab for files named .tsv or .tab, else
        a comma.
    decimal : str, default="."
        The decimal mark.
    thousands : str, default=None
        Character between groups of digits, as in 1,234.50.
    units : list of str, default=()
        Texts before or after numbers, such as "$" or "%".
    encoding : str, default=None
        None: UTF-8, or UTF-16 and UTF-32 where a byte order mark says so.
    missing : list of str
        Texts that stand for a missing value. An empty field always does. In a column
        of numbers "-99" stands for -99.0, too.
    header : bool, default=None
        Whether the first line names the columns; they are called "1", "2", … if not.
        None: it does, and a first line that looks like data is an error.
    skip_lines : int, default=0
        Lines above the table, such as a title.
    text, numbers : list of str, default=()
        Columns kept as text, or read as numbers, whatever they look like.
    engine : {"disk", "dask"}, default="disk"
        Who reads the files: this process, to its disk; or the workers of the current
        Dask client, which must reach them, and with whom the rows stay.
    cache_dir : path, default=None
        Folder that keeps the columns in binary. A later scan of the same files (by
        size, time and a sample of their bytes), with the same options and version, goes
        on from there, and its ``cached`` is True.
    n_jobs : int, default=None
        As in joblib.

    Returns
    -------
    scan : Scan
        To be passed to ``fit`` in place of X, without y. The rows are read then.

    Raises
    ------
    ValueError
        Files that cannot be read as they are written, with file, line and remedy;
        columns that they do not have.
    OSError
        Files that cannot be read.

    See Also
    --------
    scan_parquet : The same of Parquet files, which are read faster.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import mifs
    >>> from sklearn.datasets import load_iris
    >>> table = load_iris(as_frame=True).frame
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "iris.csv")
    ...     table.to_csv(path, index=False)
    ...     with mifs.scan_csv(path, target="target") as scan:
    ...         selector = mifs.JMI(2).fit(scan)
    >>> selector.get_feature_names_out().tolist()
    ['petal length (cm)', 'petal width (cm)']
    """
    form = CSVFormat(
        delimiter=delimiter,
        decimal=decimal,
        thousands=thousands,
        units=_texts(units, "units"),
        encoding=encoding,
        missing=_texts(missing, "missing"),
        header=header,
        skip_lines=skip_lines,
        text=_texts(text, "text"),
        numbers=_texts(numbers, "numbers"),
    )

    def source_in(folder: Path) -> Source:
        files = files_of(source, CSV_SUFFIXES)
        return CSVSource(files, form, folder, n_jobs)

    def roles(names: list[str]) -> Roles:
        check_names((*form.text, *form.numbers), names)
        said = drop_missing_target, infinite_as_missing
        return roles_of(names, target, columns, exclude, weights, *said)

    options: dict[str, Any] = {
        "discrete_features": discrete_features,
        "discrete_target": discrete_target,
        "quantiles": quantiles,
        "random_state": random_state,
    }
    if on_workers(engine, cache_dir):
        files = files_of(source, CSV_SUFFIXES)
        return dask_tables.scan_csv_there(files, form, roles, **options)
    cache = None if cache_dir is None else Path(cache_dir)
    return Scan(source_in, roles, cache_dir=cache, **options)


def scan_parquet(
    source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    target: str | Sequence[str],
    columns: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    weights: str | None = None,
    discrete_features: object = "auto",
    discrete_target: bool | str = "auto",
    drop_missing_target: bool = False,
    infinite_as_missing: bool = False,
    quantiles: str = "exact",
    random_state: int = 0,
    engine: str = "disk",
    cache_dir: str | os.PathLike[str] | None = None,
) -> Scan:
    """Take Parquet files of any size in place of a table in memory.

    Parameters
    ----------
    source : path, or list of paths
        A file, a folder, a pattern such as ``"day*.parquet"``, or a list of these:
        files of one schema are one table.
    target : str or list of str
        Column to predict, or several.
    columns : list of str, default=None
        Columns that are read as features; None: all others.
    exclude : list of str, default=()
        Columns that are left out.
    weights : str, default=None
        Column that says how often each row counts, in numbers or booleans.
    discrete_features, discrete_target : default="auto"
        As of the selectors, where these leave it at ``"auto"``.
    drop_missing_target : bool, default=False
        Whether to leave out rows without a target; ``n_rows_dropped`` counts them.
    infinite_as_missing : bool, default=False
        Whether to take infinite values as missing; they are refused otherwise.
    quantiles : {"exact", "sample"}, default="exact"
        Bins of continuous columns are cut at quantiles of all rows, or of a sample of
        100 000: less to sort, and a `SampledEdgesWarning` says so. All else is exact.
    random_state : int, default=0
        Of that sample.
    engine : {"disk", "dask"}, default="disk"
        Who reads the files: this process, to its disk; or the workers of the current
        Dask client, which must reach them, and with whom the rows stay.
    cache_dir : path, default=None
        Folder that keeps the columns in binary. A later scan of the same files (by
        size, time and a sample of their bytes), with the same options and version, goes
        on from there, and its ``cached`` is True.

    Returns
    -------
    scan : Scan
        To be passed to ``fit`` in place of X, without y. The rows are read then.

    Raises
    ------
    ValueError
        Columns that the files do not have, or of another type than in the first.
    ImportError
        Without pyarrow: ``pip install 'mifs[files]'``.
    OSError
        Files that cannot be read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import mifs
    >>> from sklearn.datasets import load_iris
    >>> table = load_iris(as_frame=True).frame
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "iris.parquet")
    ...     table.to_parquet(path)
    ...     with mifs.scan_parquet(path, target="target") as scan:
    ...         selector = mifs.JMI(2).fit(scan)
    >>> selector.get_feature_names_out().tolist()
    ['petal length (cm)', 'petal width (cm)']
    """
    require_arrow("Parquet files")

    def roles(names: list[str]) -> Roles:
        said = drop_missing_target, infinite_as_missing
        return roles_of(names, target, columns, exclude, weights, *said)

    options: dict[str, Any] = {
        "discrete_features": discrete_features,
        "discrete_target": discrete_target,
        "quantiles": quantiles,
        "random_state": random_state,
    }
    if on_workers(engine, cache_dir):
        files = files_of(source, PARQUET_SUFFIXES)
        return dask_tables.scan_parquet_there(files, roles, **options)
    cache = None if cache_dir is None else Path(cache_dir)
    return Scan(
        lambda _: parquet_source(files_of(source, PARQUET_SUFFIXES)),
        roles,
        cache_dir=cache,
        **options,
    )


def scan_frame(
    lazy: Any,
    *,
    target: str | Sequence[str],
    columns: Sequence[str] | None = None,
    exclude: Sequence[str] = (),
    weights: str | None = None,
    discrete_features: object = "auto",
    discrete_target: bool | str = "auto",
    drop_missing_target: bool = False,
    infinite_as_missing: bool = False,
    quantiles: str = "exact",
    random_state: int = 0,
) -> Scan:
    """Take a lazy frame in place of a table in memory; its rows are never collected.

    Parameters
    ----------
    lazy : polars.LazyFrame, pyarrow Dataset, DuckDB relation or dask DataFrame
        Read in one pass, so many rows at a time. That of Dask is read by the workers of
        the current client, and its rows stay there.
    target : str or list of str
        Column to predict, or several.
    columns : list of str, default=None
        Columns that are read as features; None: all others.
    exclude : list of str, default=()
        Columns that are left out.
    weights : str, default=None
        Column that says how often each row counts, in numbers or booleans.
    discrete_features, discrete_target : default="auto"
        As of the selectors, where these leave it at ``"auto"``.
    drop_missing_target : bool, default=False
        Whether to leave out rows without a target; ``n_rows_dropped`` counts them.
    infinite_as_missing : bool, default=False
        Whether to take infinite values as missing; they are refused otherwise.
    quantiles : {"exact", "sample"}, default="exact"
        Bins of continuous columns are cut at quantiles of all rows, or of a sample of
        100 000: less to sort, and a `SampledEdgesWarning` says so. All else is exact.
    random_state : int, default=0
        Of that sample.

    Returns
    -------
    scan : Scan
        To be passed to ``fit`` in place of X, without y. The rows are read then.

    Raises
    ------
    TypeError
        Anything else than such a frame.
    ValueError
        Columns that it does not have.
    ImportError
        Without pyarrow: ``pip install 'mifs[files]'``; for a dask frame, without
        distributed: ``pip install 'mifs[dask]'``.

    Examples
    --------
    >>> import mifs
    >>> import polars as pl
    >>> from sklearn.datasets import load_iris
    >>> lazy = pl.from_pandas(load_iris(as_frame=True).frame).lazy()
    >>> with mifs.scan_frame(lazy, target="target") as scan:
    ...     selector = mifs.JMI(2).fit(scan)
    >>> selector.get_feature_names_out().tolist()
    ['petal length (cm)', 'petal width (cm)']
    """

    def roles(names: list[str]) -> Roles:
        said = drop_missing_target, infinite_as_missing
        return roles_of(names, target, columns, exclude, weights, *said)

    options: dict[str, Any] = {
        "discrete_features": discrete_features,
        "discrete_target": discrete_target,
        "quantiles": quantiles,
        "random_state": random_state,
    }
    if is_dask(lazy):
        return dask_tables.scan_dask(lazy, roles, **options)
    require_arrow("lazy frames")
    source = lazy_source(lazy)
    return Scan(lambda _: source, roles, **options)


def _texts(given: Sequence[str], option: str) -> tuple[str, ...]:
    if isinstance(given, str):
        raise TypeError(f"{option}={given!r} is one text; give a list of texts")
    return tuple(given)


ENGINES = ("disk", "dask")


def on_workers(engine: str, cache_dir: object) -> bool:
    """Whether the workers of a cluster read the files.

    Raises
    ------
    ValueError
        An unknown engine, or a folder for columns that are not kept here.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine={engine!r} is neither 'disk' nor 'dask'")
    if engine == "dask" and cache_dir is not None:
        raise ValueError(
            f"cache_dir={cache_dir!r} keeps columns on the disk of this machine, and "
            "with engine='dask' they stay on the workers; leave one of them out"
        )
    return engine == "dask"


def require_arrow(what: str) -> None:
    """Refuse, with the remedy, what needs pyarrow where it is not installed.

    Raises
    ------
    ImportError
        It is not.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise ImportError(f"{what} need pyarrow: pip install 'mifs[files]'")
