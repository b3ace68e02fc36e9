"""What a user may pass, as one of a few containers whose rows can be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import (
    Callable,
    Hashable,
    Iterator,
    Mapping,
    MappingView,
    Sequence,
    Set,
)
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from narwhals.stable.v2 import dependencies as libraries
from numpy.typing import NDArray
from scipy.sparse import issparse

# An array without a mask, a frame or series of pandas, polars or pyarrow, or a sparse
# matrix. polars and pyarrow are imported by those who use them: no type names them.
Container: TypeAlias = Any


def unwrap(data: object, argument: str = "X") -> Container:
    """Return the container behind what a user passed; nothing is read, little copied.

    Raises
    ------
    TypeError
        A lazy frame, which holds a plan and not the rows; None.
    ValueError
        A masked array with values under its mask; rows of different lengths.
    """
    if isinstance(data, np.ndarray):
        return _unmasked(data, argument)
    if isinstance(data, (pd.DataFrame, pd.Series)) or issparse(data):
        return data
    if isinstance(data, (list, tuple)):
        return _array_of(data, argument)
    if isinstance(data, pd.MultiIndex):
        raise TypeError(
            f"{argument} is a MultiIndex, whose entries are tuples; pass one level, "
            f"{argument}.get_level_values(0), or a table, {argument}.to_frame()"
        )
    if isinstance(data, (pd.Index, pd.api.extensions.ExtensionArray)):
        return pd.Series(data, name=getattr(data, "name", None))
    native = nw.to_native(data, pass_through=True)
    if libraries.is_polars_dataframe(native) or libraries.is_polars_series(native):
        return native
    refuse_lazy(data, argument)
    return _native(native, argument)


def refuse_lazy(data: object, argument: str = "X") -> None:
    """Refuse what holds a plan of a table, not its rows.

    Raises
    ------
    TypeError
        For polars LazyFrames, DuckDB relations, Dask and other lazy frames.
    """
    plain = isinstance(data, (np.ndarray, pd.DataFrame, pd.Series, list))
    if plain or not (
        libraries.is_into_lazyframe(data) or libraries.is_narwhals_lazyframe(data)
    ):
        return
    remedy = f"{argument}.collect()"
    if libraries.is_duckdb_relation(data):
        remedy = f"{argument}.df() or .arrow()"
    elif libraries.is_dask_dataframe(data):
        remedy = (
            f"{argument}.compute(), or {argument}.sample(frac=0.01).compute(); "
            "selectors that count can be fitted to it as it is"
        )
    raise TypeError(
        f"{argument} is a {type(data).__module__.split('.')[0]} {type(data).__name__}, "
        f"which holds a plan and not the rows; collect it first: {remedy}"
    )


def is_dask(data: object) -> bool:
    """Whether something is a dask DataFrame, which is not imported for that."""
    return bool(libraries.is_dask_dataframe(data))


def _native(data: Any, argument: str) -> Container:
    """Container behind an object of another library."""
    if isinstance(data, (pd.DataFrame, pd.Series)):
        return data
    if is_arrow(data):
        return _arrow(data, argument)
    if libraries.is_into_dataframe(data):
        return nw.from_native(data, eager_only=True).to_pandas()
    if libraries.is_into_series(data):
        return nw.from_native(data, series_only=True).to_pandas()
    if data is None:
        raise TypeError(f"{argument} is None; pass an array, a series or a frame")
    _refuse_without_order(data, argument)
    return _array_of(data, argument)


def is_arrow(data: object) -> bool:
    """Whether something comes from pyarrow, which is not imported for that."""
    return type(data).__module__.split(".")[0] == "pyarrow"


def _arrow(data: Any, argument: str) -> Container:
    """Turn record batches into a table, arrays into a chunked one."""
    import pyarrow as pa

    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.Array):
        return pa.chunked_array([data])
    if isinstance(data, (pa.Table, pa.ChunkedArray)):
        return data
    raise TypeError(
        f"{argument} is a pyarrow {type(data).__name__}; pass an array, a chunked "
        "array, a table or a record batch"
    )


def _unmasked(array: NDArray[Any], argument: str) -> NDArray[Any]:
    if not isinstance(array, np.ma.MaskedArray):
        return np.asarray(array)
    n_masked = int(np.count_nonzero(np.ma.getmaskarray(array)))
    if n_masked:
        numbers = array.dtype.kind in "biuf"
        filled = "float).filled(np.nan)" if numbers else "object).filled(None)"
        raise ValueError(
            f"{argument} is a masked array and {n_masked} of its values are masked; "
            "drop these rows, or, where missing values are taken, pass them as such, "
            f"{argument}.astype({filled}"
        )
    return np.asarray(array.data)


def _array_of(data: Any, argument: str) -> NDArray[Any]:
    """Array of a list that holds each value as the list does.

    NumPy makes text of the numbers in a list that holds text too, and floats of whole
    numbers beside gaps.
    """
    listed = isinstance(data, (list, tuple))
    if listed and len(data) and isinstance(data[0], np.ma.MaskedArray):
        return _unmasked(np.ma.stack(data), argument)
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise ValueError(
            f"{argument} is a list of rows of different lengths ({error}); give all "
            "rows as many values"
        ) from None
    rounded = array.dtype.kind == "f" and bool((np.abs(array) >= 2.0**53).any())
    if listed and (rounded or array.dtype.kind in "US"):
        return np.array(data, dtype=object)
    return array


def _refuse_without_order(data: Any, argument: str) -> None:
    """Refuse what has values and is no array of them.

    Raises
    ------
    TypeError
        For mappings, sets, and what can be run through only once.
    """
    if isinstance(data, Mapping):
        remedy = f"pass pandas.DataFrame({argument}), or the values in an array"
    elif isinstance(data, (Iterator, MappingView)):
        remedy = f"pass list({argument})"
    elif isinstance(data, Set):
        remedy = "its values have no order: pass a list or an array"
    else:
        return
    kind = type(data).__name__
    raise TypeError(f"{argument} is a {kind}, which is no table and no array; {remedy}")


def entries_of(data: object, argument: str) -> list[Any]:
    """Entries of a list, array or series of any library; missing ones stay missing.

    Raises
    ------
    ValueError
        A masked array with values under its mask.
    """
    if isinstance(data, (list, tuple)):
        return list(data)
    masked = np.ma.getmaskarray(data) if isinstance(data, np.ma.MaskedArray) else None
    if masked is not None and masked.any():
        raise ValueError(
            f"{argument} is a masked array and {np.count_nonzero(masked)} of its "
            f"values are masked; give those that are meant, as by "
            f"{argument}.compressed() or {argument}.filled(...)"
        )
    container = unwrap(data, argument)
    if isinstance(container, np.ndarray):
        listed: list[Any] = list(container.tolist())
        return listed
    entries: list[Any] = nw.from_native(container, series_only=True).to_list()
    return entries


def is_series(data: Container) -> bool:
    """Whether a container is a series of pandas or polars, or an Arrow array."""
    # Plain types first: narwhals asks itself whether it is one of its own.
    if isinstance(data, (np.ndarray, pd.DataFrame)) or issparse(data):
        return False
    return isinstance(data, pd.Series) or (
        libraries.is_polars_series(data) or libraries.is_pyarrow_chunked_array(data)
    )


def is_frame(data: object) -> bool:
    """Whether something is a frame of pandas, polars, pyarrow or narwhals."""
    return not isinstance(data, np.ndarray) and libraries.is_into_dataframe(data)


def labels_of(frame: Container) -> list[Hashable]:
    """Labels of the columns of a frame, as they are there."""
    if not isinstance(frame, pd.DataFrame) and libraries.is_pyarrow_table(frame):
        return list(frame.column_names)
    return list(frame.columns)


def shape_of(data: Container) -> tuple[int, ...]:
    """Shape of a container."""
    return (len(data),) if is_series(data) else tuple(data.shape)


def take(data: Container, rows: NDArray[np.intp]) -> Container:
    """Take some rows of a container."""
    if isinstance(data, np.ndarray):
        return data[rows]
    if isinstance(data, (pd.DataFrame, pd.Series)):
        return _taken(data, lambda each: each.iloc[rows])
    if issparse(data):
        return data.tocsr()[rows]
    if libraries.is_polars_dataframe(data) or libraries.is_polars_series(data):
        return data[rows]
    return _taken(data, lambda each: each.take(rows))


def _taken(data: Container, take: Callable[[Container], Any]) -> Any:
    """Take a part of data of pandas or Arrow, in plainer types if it must be.

    pandas takes no rows of foreign byte order, and below version 3 no columns; Arrow
    takes no rows of views.
    """
    try:
        return take(data)
    except (ValueError, NotImplementedError):
        return take(_in_plain_types(data))


def _in_plain_types(data: Container) -> Container:
    if isinstance(data, pd.DataFrame):
        columns = [_in_plain_types(column) for _, column in data.items()]
        return pd.concat(columns, axis=1).set_axis(data.columns, axis=1)
    if isinstance(data, pd.Series):
        return _plain_series(data)
    if libraries.is_pyarrow_chunked_array(data):
        return data.cast(without_view(data.type))
    for at, field in enumerate(data.schema if libraries.is_pyarrow_table(data) else ()):
        data = data.set_column(at, field.name, _in_plain_types(data.column(at)))
    return data


def _plain_series(series: pd.Series) -> pd.Series:
    if isinstance(series.dtype, np.dtype):
        return series.astype(series.dtype.newbyteorder("="))
    if not isinstance(series.dtype, pd.ArrowDtype):
        return series
    # ``astype`` of pandas fails for the views.
    column = series.array.__arrow_array__()
    plain = pd.arrays.ArrowExtensionArray(column.cast(without_view(column.type)))
    return pd.Series(plain, series.index, name=series.name)


def without_view(kind: Any) -> Any:
    """Arrow type of the same text or bytes that is no view: few kernels know views."""
    import pyarrow as pa

    if pa.types.is_string_view(kind):
        return pa.large_string()
    return pa.large_binary() if pa.types.is_binary_view(kind) else kind


def take_columns(data: Container, columns: Sequence[int]) -> Container:
    """Take some columns of a container of two dimensions, by position."""
    if isinstance(data, np.ndarray):
        return data[:, columns]
    if isinstance(data, pd.DataFrame):
        return _taken(data, lambda each: each.iloc[:, columns])
    if issparse(data):
        return data.tocsc()[:, columns]
    if libraries.is_polars_dataframe(data):
        return data[:, columns]
    return data.select(columns)


def column_of(frame: Container, position: int) -> Container:
    """Column of a frame, as a series of its library; of an array, of one axis."""
    if isinstance(frame, np.ndarray):
        return frame[:, position]
    if issparse(frame):
        return frame.tocsc()[:, [position]].toarray().ravel()
    if isinstance(frame, pd.DataFrame):
        return frame.iloc[:, position]
    if libraries.is_polars_dataframe(frame):
        return frame.to_series(position)
    return frame.column(position)


def select_columns(X: Any, positions: list[int], container: str) -> Any:
    """Take columns of a frame; ``container`` is "default" (its own), or a library."""
    native = nw.to_native(X, pass_through=True)
    if not positions and isinstance(native, pd.DataFrame):
        # narwhals would lose the rows with the columns.
        frame = nw.from_native(native.iloc[:, :0])
    else:
        frame = _taken(
            native, lambda each: nw.from_native(each, eager_only=True)[:, positions]
        )
    if container == "pandas":
        return frame.to_pandas()
    if container == "polars":
        return frame.to_polars()
    return frame.to_native()


def with_blanks(frame: Container, names: Sequence[str]) -> Container:
    """Put a column of zeros at each name that a frame lacks, in the order of names.

    Beside strings, dates and other columns that are no numbers it is all missing.
    """
    columns = nw.from_native(frame, eager_only=True)
    plain = all(
        kind.is_numeric() or kind == nw.Boolean for kind in columns.schema.values()
    )
    blank = nw.lit(0, nw.Int64) if plain else nw.lit(None)
    kept = set(columns.columns)
    return columns.select(
        nw.col(name) if name in kept else blank.alias(name) for name in names
    ).to_native()


def check_table(table: Container, min_rows: int, argument: str = "X") -> None:
    """Refuse what is no table of enough rows, or whose columns share a name.

    Raises
    ------
    ValueError
        Another number of dimensions than two, fewer rows, no columns, one label twice.
    """
    shape = shape_of(table)
    if len(shape) > 2:
        raise ValueError(
            f"Found array with dim {len(shape)}, while dim <= 2 is required: "
            f"{argument} has shape {shape}, and must be (n_samples, n_features)"
        )
    if len(shape) < 2:
        raise ValueError(
            f"Expected 2D array, got {len(shape)}D array instead: {argument} has shape "
            f"{shape}. Reshape your data by {_as_table(table, argument)} if it is one "
            "column"
        )
    if shape[0] < min_rows or shape[1] < 1:
        least = 1 if shape[1] < 1 else min_rows
        raise ValueError(
            f"{argument} is too small: Found array with {shape[0]} sample(s) and "
            f"{shape[1]} feature(s) "
            f"(shape={shape}) while a minimum of {least} is required; a minimum of "
            f"{min_rows} samples and 1 feature is required."
        )
    check_names(table, argument)


def _as_table(column: Container, argument: str) -> str:
    """How a user makes a table of one column, or of records."""
    if isinstance(column, np.ndarray):
        if column.dtype.names or not column.ndim:
            return f"pandas.DataFrame({argument})"
        return f"numpy.reshape({argument}, (-1, 1))"
    if is_arrow(column):
        return f"pyarrow.table({{'x': {argument}}})"
    return f"{argument}.to_frame()"


def check_names(table: Container, argument: str = "X") -> None:
    """Refuse a frame whose columns share a name.

    Raises
    ------
    ValueError
        One label twice.
    """
    if not is_frame(table):
        return
    times = Counter(labels_of(table))
    repeated = [f"{label!r} {n} times" for label, n in times.items() if n > 1]
    if repeated:
        how = ".rename_columns([...])" if is_arrow(table) else ".columns = [...]"
        raise ValueError(
            f"{argument} has columns of the same name, {', '.join(repeated[:10])}; "
            f"rename them, as by {argument}{how}, or drop the copies"
        )
