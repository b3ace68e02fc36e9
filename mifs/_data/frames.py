"""Columns of frames and series of any library: pandas, polars, pyarrow.

Numbers are read where they lie. Labels become codes by the means of their own library,
since conversions by way of numpy turn a missing category into a wrong one. polars and
pyarrow are imported only where the data are theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from narwhals.stable.v2 import dependencies as libraries
from numpy.typing import NDArray

from mifs._data.blocks import Block, ByteBlock
from mifs._data.containers import without_view
from mifs._data.series import SlicedBlock, blocks_of_columns
from mifs._data.values import (
    EXACT,
    Column,
    array_column,
    factorize,
    integers,
    nested,
    no_numbers,
    rank_labels,
    recode,
    replace_codes,
    too_large,
    used_codes,
)
from mifs.exceptions import ColumnTypeError


def frame_blocks(
    frame: Any,
    subjects: Sequence[str],
    n_jobs: int | None = None,
    *,
    apart: bool = False,
) -> list[Block]:
    """Blocks of a frame of pandas, polars or pyarrow; ``apart``: one a column.

    Raises
    ------
    ValueError
        Whole numbers that cannot be told apart.
    TypeError
        Columns that are neither numbers nor labels.
    """
    if isinstance(frame, pd.DataFrame):
        if not apart:
            return _pandas_blocks(frame, subjects, n_jobs)
        columns = _pandas_columns(frame, subjects, _one_dtype(frame))
    elif libraries.is_polars_dataframe(frame):
        columns = _polars_columns(frame, subjects)
    else:
        series = zip(frame.columns, subjects, strict=True)
        columns = [arrow_column(column, subject) for column, subject in series]
    return blocks_of_columns(columns, subjects, n_jobs, apart=apart)


def series_column(series: Any, subject: str) -> Column:
    """Read a series of pandas or polars, or an Arrow array."""
    if isinstance(series, pd.Series):
        return pandas_column(series, subject)
    if libraries.is_polars_series(series):
        return polars_column(series, subject)
    return arrow_column(series, subject)


def _pandas_blocks(
    frame: pd.DataFrame, subjects: Sequence[str], n_jobs: int | None
) -> list[Block]:
    dtype = _one_dtype(frame)
    if dtype is not None:
        if dtype in (np.bool_, np.uint8):
            return [ByteBlock(frame.to_numpy(), np.arange(frame.shape[1]))]
        # pandas below 3 takes no columns of foreign byte order.
        if dtype != np.uint64 and dtype.isnative:
            return [SlicedBlock(frame, dtype, n_jobs)]
    columns = _pandas_columns(frame, subjects, dtype)
    return blocks_of_columns(columns, subjects, n_jobs)


def _one_dtype(frame: pd.DataFrame) -> np.dtype[Any] | None:
    """NumPy dtype of all columns of a frame, if they are real numbers of one."""
    dtypes = set(frame.dtypes)
    dtype = dtypes.pop()
    plain = not dtypes and isinstance(dtype, np.dtype) and dtype.kind in "biuf"
    return dtype if plain else None


def _pandas_columns(
    frame: pd.DataFrame, subjects: Sequence[str], dtype: np.dtype[Any] | None
) -> list[Column]:
    """Read the columns of a frame; ``dtype`` is that of `_one_dtype`."""
    if dtype is not None:
        series: Iterable[Any] = frame.to_numpy().T
        return [array_column(s, name) for s, name in zip(series, subjects, strict=True)]
    series = (column for _, column in frame.items())
    return [pandas_column(s, name) for s, name in zip(series, subjects, strict=True)]


def pandas_column(series: pd.Series, subject: str) -> Column:
    """Read a pandas series: numbers stay where they are, labels become codes."""
    dtype = series.dtype
    if isinstance(dtype, np.dtype):
        return array_column(np.asarray(series), subject)
    if isinstance(dtype, pd.CategoricalDtype):
        levels: Any = series.array
        labels = levels.categories.to_numpy()
        return recode(levels.codes, labels, subject, ordered=True), "labels"
    if isinstance(dtype, pd.ArrowDtype):
        return arrow_column(series.array.__arrow_array__(), subject)
    if isinstance(dtype, pd.SparseDtype):
        return array_column(np.asarray(series.array.to_dense()), subject)
    if pd.api.types.is_bool_dtype(dtype) and not series.hasnans:
        return series.to_numpy(dtype=np.bool_), "b"
    if pd.api.types.is_bool_dtype(dtype) or isinstance(dtype, pd.StringDtype):
        return factorize(series.array, subject), "labels"
    if pd.api.types.is_integer_dtype(dtype):
        return _pandas_integers(series, subject)
    if pd.api.types.is_float_dtype(dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan), "f"
    raise ColumnTypeError(no_numbers(subject, dtype))


def _pandas_integers(series: pd.Series, subject: str) -> Column:
    """Whole numbers of a nullable dtype."""
    missing = series.isna().to_numpy()
    dtype = "uint64" if str(series.dtype).lower() == "uint64" else "int64"
    present = (series[~missing] if missing.any() else series).to_numpy(dtype=dtype)
    if dtype == "uint64" and present.max(initial=0) > np.iinfo(np.int64).max:
        raise ValueError(too_large(subject, present.max()))
    return integers(present.astype(np.int64, copy=False), missing)


def _polars_columns(frame: Any, subjects: Sequence[str]) -> list[Column]:
    """Read a polars frame; one query gives the codes of all its categories."""
    import polars as pl

    dtypes = zip(frame.columns, frame.dtypes, strict=True)
    labelled = [own for own, dtype in dtypes if isinstance(dtype, _categories(pl))]
    physical = frame.select(pl.col(labelled).to_physical()) if labelled else {}
    codes = {own: physical[own] for own in labelled}
    return [
        polars_column(series, subject, codes.get(series.name))
        for series, subject in zip(frame.get_columns(), subjects, strict=True)
    ]


def _categories(pl: Any) -> tuple[type, ...]:
    return pl.Categorical, pl.Enum


def polars_column(series: Any, subject: str, physical: Any = None) -> Column:
    """Read a polars series: numbers stay where they are, labels become codes.

    ``physical`` are the codes of a series of categories, if known.
    """
    import polars as pl

    dtype = series.dtype
    if isinstance(dtype, _categories(pl)):
        physical = series.to_physical() if physical is None else physical
        return _polars_labels(series, physical, subject), "labels"
    if isinstance(dtype, pl.String):
        return polars_column(series.cast(pl.Categorical), subject)
    if isinstance(dtype, pl.Boolean):
        if not series.null_count():
            return series, "b"
        return factorize(series.to_numpy(), subject), "labels"
    if dtype.is_integer():
        return _polars_integers(series, subject)
    if dtype.is_float():
        return series, "f"
    if isinstance(dtype, (pl.Decimal, pl.Null)):
        return series.cast(pl.Float64), "f"
    if dtype.is_nested():
        raise ColumnTypeError(nested(subject))
    if dtype.is_temporal():
        raise ColumnTypeError(no_numbers(subject, dtype))
    objects = np.empty(len(series), dtype=object)
    objects[:] = series.to_list()
    return array_column(objects, subject)


def _polars_integers(series: Any, subject: str) -> Column:
    import polars as pl

    n_missing = series.null_count()
    if isinstance(series.dtype, pl.Int64) and not n_missing:
        return series, "i"
    if _fits((series.min(), series.max()), n_missing, subject):
        # NumPy has no numbers of 128 bits.
        narrow = series.cast(pl.Int64) if "128" in str(series.dtype) else series
        return narrow, "f" if n_missing else "i"
    present = series.drop_nulls().cast(pl.Int64).to_numpy()
    return integers(present, series.is_null().to_numpy())


def _polars_labels(
    series: Any, physical: Any, subject: str
) -> tuple[NDArray[Any], NDArray[Any]]:
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
        ranks, labels = rank_labels(labels, subject)
    return replace_codes(codes, levels, ranks, labels), labels


def arrow_column(column: Any, subject: str) -> Column:
    """Read a pyarrow array: numbers stay where they are, labels become codes."""
    import pyarrow as pa
    from pyarrow import compute, types

    kind = column.type
    if types.is_dictionary(kind):
        return _arrow_labels(column, subject), "labels"
    texts = (types.is_string, types.is_large_string)
    bytes_ = (types.is_binary, types.is_large_binary, types.is_fixed_size_binary)
    if any(is_text(kind) for is_text in texts + bytes_):
        return _arrow_labels(column.dictionary_encode(), subject), "labels"
    if types.is_boolean(kind):
        if not column.null_count:
            return column.to_numpy(), "b"
        return _arrow_labels(column.dictionary_encode(), subject), "labels"
    if types.is_integer(kind):
        return _arrow_integers(column, subject)
    if types.is_floating(kind):
        return column, "f"
    if types.is_decimal(kind) or types.is_null(kind):
        return column.cast(pa.float64()), "f"
    if types.is_run_end_encoded(kind):
        return arrow_column(compute.run_end_decode(column), subject)
    if types.is_nested(kind):
        raise ColumnTypeError(nested(subject))
    if (plain := without_view(kind)) != kind:
        return arrow_column(column.cast(plain), subject)
    raise ColumnTypeError(no_numbers(subject, kind))


def _arrow_integers(column: Any, subject: str) -> Column:
    import pyarrow as pa
    from pyarrow import compute

    n_missing = column.null_count
    if not n_missing and not pa.types.is_uint64(column.type):
        return column, "i"
    limits = compute.min_max(column).as_py()
    if _fits((limits["min"], limits["max"]), n_missing, subject):
        return column, "f" if n_missing else "i"
    present = column.drop_null().cast(pa.int64()).to_numpy()
    return integers(present, np.asarray(column.is_null()))


def _arrow_labels(column: Any, subject: str) -> tuple[NDArray[Any], NDArray[Any]]:
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
    return recode(codes, labels, subject, ordered=column.type.ordered)


def types_of(labels: Any) -> set[type]:
    """Types of the labels, without those of missing ones."""
    return {type(label) for label in labels} - {type(None)}


def _fits(ends: tuple[Any, Any], n_missing: int, subject: str) -> bool:
    """Whether whole numbers can be read as they lie: int64, or float64 with gaps."""
    low, high = (0 if end is None else end for end in ends)
    if high > 2**63 - 1 or low < -(2**63):
        raise ValueError(too_large(subject, max(low, high, key=abs)))
    return not n_missing or max(-low, high) <= EXACT
