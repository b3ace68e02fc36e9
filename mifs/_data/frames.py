"""Frames of any library become blocks: pandas, polars, pyarrow.

Numbers are read where they lie. Labels become codes by the means of their own library,
since conversions by way of numpy turn a missing category into a wrong one. polars and
pyarrow are imported only where the data are theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2 import dependencies as libraries

from mifs._data.blocks import Block, ByteBlock
from mifs._data.series import SlicedBlock, blocks_of_columns
from mifs._data.values import (
    Values,
    column_values,
    exact,
    factorize,
    nested,
    no_numbers,
    rank_labels,
    recode,
    replace_codes,
    too_large,
    used_codes,
)

# A column that is read later: the series, and the kind of number that it becomes.
Column = tuple[Any, str]


def refuse_lazy(X: Any, argument: str = "X") -> None:
    """Refuse what holds a plan of a table, not its rows.

    Raises
    ------
    TypeError
        For polars LazyFrames, DuckDB relations, Dask and other lazy frames.
    """
    plain = isinstance(X, (np.ndarray, pd.DataFrame, pd.Series, list))
    if plain or not (
        libraries.is_into_lazyframe(X) or libraries.is_narwhals_lazyframe(X)
    ):
        return
    remedy = ".collect()"
    if libraries.is_duckdb_relation(X):
        remedy = ".df() or .arrow()"
    elif libraries.is_dask_dataframe(X):
        remedy = ".compute()"
    raise TypeError(
        f"{argument} is a {type(X).__module__.split('.')[0]} {type(X).__name__}, which "
        f"holds a plan and not the rows; collect it first: {argument}{remedy}"
    )


def is_frame(X: Any) -> bool:
    """Whether something is a frame of pandas, polars, pyarrow or narwhals."""
    return not isinstance(X, np.ndarray) and libraries.is_into_dataframe(X)


def frame_blocks(X: Any, names: Sequence[str], n_jobs: int | None) -> list[Block]:
    """Blocks of an eager frame.

    Raises
    ------
    ValueError
        Fewer than two rows, no column, whole numbers that cannot be told apart.
    TypeError
        Columns that are neither numbers nor labels.
    """
    frame = eager(X)
    if frame.shape[0] < 2 or frame.shape[1] < 1:
        raise ValueError(
            f"Found array with {frame.shape[0]} sample(s) and {frame.shape[1]} "
            f"feature(s) (shape={frame.shape}) while a minimum of 2 samples and "
            "1 feature is required."
        )
    if isinstance(frame, pd.DataFrame):
        return _pandas_blocks(frame, names, n_jobs)
    if libraries.is_polars_dataframe(frame):
        columns = _polars_columns(frame, names)
    else:
        series = zip(frame.columns, names, strict=True)
        columns = [arrow_column(column, name) for column, name in series]
    values, kinds = zip(*columns, strict=True)
    return blocks_of_columns(values, names, n_jobs, kinds)


def eager(X: Any) -> Any:
    """Return the pandas, polars or pyarrow frame behind a frame of any library."""
    frame = nw.to_native(X, pass_through=True)
    if (
        isinstance(frame, pd.DataFrame)
        or libraries.is_polars_dataframe(frame)
        or libraries.is_pyarrow_table(frame)
    ):
        return frame
    return nw.from_native(frame, eager_only=True).to_pandas()


def _pandas_blocks(
    frame: pd.DataFrame, names: Sequence[str], n_jobs: int | None
) -> list[Block]:
    dtypes = set(frame.dtypes)
    dtype = next(iter(dtypes))
    if len(dtypes) == 1 and isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        if dtype in (np.bool_, np.uint8):
            return [ByteBlock(frame.to_numpy(), np.arange(frame.shape[1]))]
        if dtype != np.uint64:
            return [SlicedBlock(frame, dtype, n_jobs)]
    series = (column for _, column in frame.items())
    values = [series_values(s, name) for s, name in zip(series, names, strict=True)]
    return blocks_of_columns(values, names, n_jobs)


def series_values(series: pd.Series, name: str) -> Values:
    """Numbers of a column (bool, integer or float array), or its codes and labels."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        levels: Any = series.array
        return recode(levels.codes, levels.categories.to_numpy(), name, ordered=True)
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return np.asarray(series)
    if isinstance(dtype, pd.ArrowDtype) and str(dtype).startswith("dictionary"):
        values, _ = arrow_column(series.array.__arrow_array__(), name)
        labelled: Values = values
        return labelled
    if pd.api.types.is_bool_dtype(dtype):
        return factorize(series.array, name)
    if pd.api.types.is_numeric_dtype(dtype) and dtype.kind in "iuf":
        if series.hasnans:
            numbers = np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
            return exact(numbers, name) if dtype.kind in "iu" else numbers
        return np.asarray(series.to_numpy(dtype=dtype.kind + "8"))
    if isinstance(dtype, pd.StringDtype):
        return factorize(series.array, name)
    if pd.api.types.is_string_dtype(dtype) or pd.api.types.is_object_dtype(dtype):
        return column_values(series.to_numpy(dtype=object), name)
    raise TypeError(no_numbers(name, dtype))


def _polars_columns(frame: Any, names: Sequence[str]) -> list[Column]:
    """Read a polars frame; one query tells the codes of all its categories."""
    import polars as pl

    dtypes = zip(frame.columns, frame.dtypes, strict=True)
    labelled = [own for own, dtype in dtypes if isinstance(dtype, _categories(pl))]
    physical = frame.select(pl.col(labelled).to_physical()) if labelled else {}
    codes = {own: physical[own] for own in labelled}
    return [
        polars_column(series, name, codes.get(series.name))
        for series, name in zip(frame.get_columns(), names, strict=True)
    ]


def _categories(pl: Any) -> tuple[type, ...]:
    return pl.Categorical, pl.Enum


def polars_column(series: Any, name: str, physical: Any = None) -> Column:
    """Read a polars series: numbers stay where they are, labels become codes.

    ``physical`` are the codes of a series of categories, if known.
    """
    import polars as pl

    dtype = series.dtype
    if isinstance(dtype, _categories(pl)):
        physical = series.to_physical() if physical is None else physical
        return _polars_labels(series, physical, name), "labels"
    if isinstance(dtype, pl.String):
        return polars_column(series.cast(pl.Categorical), name)
    if isinstance(dtype, pl.Boolean):
        if not series.null_count():
            return series, "b"
        return factorize(series.to_numpy(), name), "labels"
    if dtype.is_integer():
        return _polars_integers(series, name)
    if dtype.is_float():
        return series, "f"
    if isinstance(dtype, (pl.Decimal, pl.Null)):
        return series.cast(pl.Float64), "f"
    if dtype.is_nested():
        raise TypeError(nested(name))
    if dtype.is_temporal():
        raise TypeError(no_numbers(name, dtype))
    return _by_kind(column_values(np.array(series.to_list(), dtype=object), name))


def _polars_integers(series: Any, name: str) -> Column:
    import polars as pl

    n_missing = series.null_count()
    if isinstance(series.dtype, pl.Int64) and not n_missing:
        return series, "i"
    return _integers(series, name, (series.min(), series.max()), n_missing)


def _polars_labels(series: Any, physical: Any, name: str) -> Values:
    """Codes and labels of polars categories."""
    import polars as pl

    highest = physical.max()
    n_codes = 0 if highest is None else int(highest) + 1
    if series.null_count():
        physical = physical.cast(pl.UInt32).fill_null(n_codes)
    codes = physical.to_numpy()
    levels, rows = used_codes(codes, n_codes)
    if isinstance(series.dtype, pl.Enum):
        labels = np.array(series.dtype.categories.to_list(), dtype=object)[levels]
        ranks = np.arange(len(levels))
    else:
        # All series of a process share their categories: take those of these rows.
        labels = np.array(series[rows].cast(pl.String).to_list(), dtype=object)
        ranks, labels = rank_labels(labels, name)
    return replace_codes(codes, levels, ranks, labels), labels


def arrow_column(column: Any, name: str) -> Column:
    """Read a pyarrow array: numbers stay where they are, labels become codes."""
    import pyarrow as pa
    from pyarrow import compute, types

    kind = column.type
    if types.is_dictionary(kind):
        return _arrow_labels(column, name), "labels"
    text = (types.is_string, types.is_large_string, types.is_binary)
    if any(is_text(kind) for is_text in (*text, types.is_large_binary)):
        return _arrow_labels(column.dictionary_encode(), name), "labels"
    if types.is_boolean(kind):
        if not column.null_count:
            return column.to_numpy(), "b"
        return _arrow_labels(column.dictionary_encode(), name), "labels"
    if types.is_integer(kind):
        if not column.null_count and not types.is_uint64(kind):
            return column, "i"
        limits = compute.min_max(column).as_py()
        ends = limits["min"], limits["max"]
        return _integers(column, name, ends, column.null_count)
    if types.is_floating(kind):
        return column, "f"
    if types.is_decimal(kind) or types.is_null(kind):
        return column.cast(pa.float64()), "f"
    if types.is_nested(kind):
        raise TypeError(nested(name))
    if "view" in str(kind):
        return arrow_column(column.cast(pa.large_string()), name)
    raise TypeError(no_numbers(name, kind))


def _arrow_labels(column: Any, name: str) -> Values:
    """Codes and labels of a dictionary column, nulls as -1."""
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    codes = column.indices
    if not pa.types.is_signed_integer(codes.type):
        codes = codes.cast(pa.int64())
    if codes.null_count:
        codes = codes.fill_null(-1)
    codes = codes.to_numpy()
    labels = np.array(column.dictionary.to_pylist(), dtype=object)
    if types_of(labels) <= {int, float}:
        labels = column.dictionary.to_numpy(zero_copy_only=False)
    return recode(codes, labels, name, ordered=column.type.ordered)


def types_of(labels: Any) -> set[type]:
    """Types of the labels, without those of missing ones."""
    return {type(label) for label in labels} - {type(None)}


def _integers(series: Any, name: str, ends: tuple[Any, Any], n_missing: int) -> Column:
    """Whole numbers; float64 where some are missing, if that merges none."""
    low, high = (0 if end is None else end for end in ends)
    if n_missing:
        if max(-low, high) > 2**53:
            raise ValueError(too_large(name, 2**53))
        return series, "f"
    if high > 2**63 - 1 or low < -(2**63):
        raise ValueError(too_large(name, 2**63 - 1))
    return series, "i"


def _by_kind(values: Values) -> Column:
    if isinstance(values, tuple):
        return values, "labels"
    return values, "f" if values.dtype.kind == "f" else "i"


def native_target(y: Any) -> Any:
    """Turn a polars or pyarrow target into a pandas series, or frame of several.

    Labels become categories in sorted order; anything else is returned as it is.
    """
    refuse_lazy(y, "y")
    y = nw.to_native(y, pass_through=True)
    if libraries.is_polars_series(y):
        return _pandas_series(*polars_column(y, y.name or "y"), y.name or None)
    if libraries.is_pyarrow_chunked_array(y) or _is_arrow_array(y):
        return _pandas_series(*arrow_column(y, "y"), None)
    if libraries.is_polars_dataframe(y) or libraries.is_pyarrow_table(y):
        frame = nw.from_native(y, eager_only=True)
        columns = {
            name: native_target(frame[name].to_native()) for name in frame.columns
        }
        return pd.DataFrame(columns)
    return y


def _is_arrow_array(y: Any) -> bool:
    return type(y).__module__.split(".")[0] == "pyarrow" and hasattr(y, "null_count")


def _pandas_series(values: Any, kind: str, name: str | None) -> pd.Series:
    if kind == "labels":
        codes, labels = values
        return pd.Series(pd.Categorical.from_codes(codes, labels), name=name)
    numbers = values if isinstance(values, np.ndarray) else values.to_numpy()
    return pd.Series(numbers, name=name)


def select_columns(X: Any, positions: list[int], container: str) -> Any:
    """Take columns of a frame; ``container`` is "default" (its own), or a library."""
    frame = nw.from_native(X, eager_only=True)[:, positions]
    if container == "pandas":
        return frame.to_pandas()
    if container == "polars":
        return frame.to_polars()
    return frame.to_native()
