"""What enters: arrays and frames become blocks of columns."""

from __future__ import annotations

from decimal import Decimal
from numbers import Complex, Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from mifs._data.blocks import AnyArray, Block, ByteBlock, LabelBlock, NumberBlock
from mifs._data.sparse import SparseBlock, canonical

# What pandas infers of objects that are all numbers.
NUMBERS = ("integer", "floating", "mixed-integer-float", "decimal")
MIXED = ("mixed", "mixed-integer")


def read_blocks(X: Any, names: list[str], n_jobs: int | None = None) -> list[Block]:
    """Blocks of a pandas frame, a two-dimensional array or a sparse matrix.

    Raises
    ------
    ValueError
        A frame without rows, with one row, or without columns.
    TypeError
        Dates, complex numbers or nested values; the column is named.
    """
    if isinstance(X, pd.DataFrame):
        return _frame_blocks(X, names, n_jobs)
    if issparse(X):
        return [_sparse_block(X, names, n_jobs)]
    X = np.asarray(X)
    if X.dtype.kind in "biuf":
        return [_matrix_block(X, np.arange(X.shape[1]), names, n_jobs)]
    if X.dtype.kind in "USTO":
        columns = [_column_values(X[:, j], names[j]) for j in range(X.shape[1])]
        return _column_blocks(columns, names, n_jobs)
    raise TypeError(_no_numbers(names[0], X.dtype))


def _frame_blocks(
    frame: pd.DataFrame, names: list[str], n_jobs: int | None
) -> list[Block]:
    if frame.shape[0] < 2 or frame.shape[1] < 1:
        raise ValueError(
            f"Found array with {frame.shape[0]} sample(s) and {frame.shape[1]} "
            f"feature(s) (shape={frame.shape}) while a minimum of 2 samples and "
            "1 feature is required."
        )
    dtypes = set(frame.dtypes)
    dtype = next(iter(dtypes))
    if len(dtypes) == 1 and isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        columns = np.arange(frame.shape[1])
        return [_matrix_block(frame.to_numpy(), columns, names, n_jobs)]
    series = [frame.iloc[:, j] for j in range(frame.shape[1])]
    values = [series_values(s, name) for s, name in zip(series, names, strict=True)]
    return _column_blocks(values, names, n_jobs)


def series_values(series: pd.Series, name: str) -> AnyArray | tuple[AnyArray, AnyArray]:
    """Numbers of a column (bool, integer or float array), or its codes and labels."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        used = series.cat.remove_unused_categories()
        return used.cat.codes.to_numpy(), used.cat.categories.to_numpy()
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return np.asarray(series)
    if pd.api.types.is_bool_dtype(dtype):
        return factorize(series.array, name)
    if pd.api.types.is_numeric_dtype(dtype) and dtype.kind in "iuf":
        if series.hasnans:
            numbers = np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
            return _exact(numbers, name) if dtype.kind in "iu" else numbers
        return np.asarray(series.to_numpy(dtype=dtype.kind + "8"))
    if pd.api.types.is_string_dtype(dtype) or pd.api.types.is_object_dtype(dtype):
        return _column_values(series.to_numpy(dtype=object), name)
    raise TypeError(_no_numbers(name, dtype))


def _column_values(values: AnyArray, name: str) -> AnyArray | tuple[AnyArray, AnyArray]:
    """Objects as numbers where all are numbers, else as codes and labels."""
    if values.dtype.kind in "UST":
        return factorize(values, name)
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in NUMBERS or (kind in MIXED and _all_real(values)):
        return _numbers(values, name)
    if kind.startswith(("date", "time", "period", "interval", "complex")):
        raise TypeError(_no_numbers(name, kind))
    return factorize(values, name)


def _all_real(values: AnyArray) -> bool:
    present = values[~pd.isna(values)]
    return all(isinstance(value, (Real, Decimal)) for value in present)


def _numbers(values: AnyArray, name: str) -> AnyArray:
    """Real numbers held as objects: integers where all are, else float64."""
    missing = pd.isna(values)
    whole = all(isinstance(value, Integral) for value in values[~missing])
    if whole and not missing.any():
        try:
            return np.array(values, dtype=np.int64)
        except OverflowError as error:
            raise ValueError(_too_large(name, 2**63 - 1)) from error
    numbers = np.full(len(values), np.nan)
    numbers[~missing] = values[~missing].astype(np.float64)
    return _exact(numbers, name) if whole else numbers


def _exact(numbers: AnyArray, name: str) -> AnyArray:
    """Whole numbers beside missing values, which float64 must not merge."""
    if np.nanmax(np.abs(numbers), initial=0) > 2**53:
        raise ValueError(_too_large(name, 2**53))
    return numbers


def factorize(values: Any, name: str) -> tuple[AnyArray, AnyArray]:
    """Codes in sorted order of the labels, -1 for missing, and the labels."""
    try:
        codes, labels = pd.factorize(values)
    except TypeError as error:
        raise TypeError(_nested(name)) from error
    labels = np.asarray(labels)
    if labels.dtype == np.object_:
        _check_labels(labels, name)
    try:
        order = np.argsort(labels, kind="stable")
    except TypeError:
        keys = [(type(label).__name__, label) for label in labels]
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__))
    rank = np.empty(len(labels) + 1, np.intp)
    rank[order] = np.arange(len(labels))
    rank[-1] = -1
    return rank[codes], labels[order]


def _check_labels(labels: AnyArray, name: str) -> None:
    for label in labels:
        if pd.api.types.is_list_like(label):
            raise TypeError(_nested(name))
        if isinstance(label, Complex) and not isinstance(label, Real):
            raise TypeError(_no_numbers(name, "complex"))


def _column_blocks(
    columns: list[AnyArray | tuple[AnyArray, AnyArray]],
    names: list[str],
    n_jobs: int | None,
) -> list[Block]:
    blocks: list[Block] = []
    for j, column in enumerate(columns):
        if isinstance(column, tuple):
            blocks.append(LabelBlock(*column, j))
        else:
            block = _matrix_block(column[:, None], np.array([j]), names, n_jobs)
            blocks.append(block)
    return blocks


def _matrix_block(
    values: AnyArray, columns: AnyArray, names: list[str], n_jobs: int | None
) -> Block:
    """Return a block of a real matrix."""
    if values.dtype in (np.bool_, np.uint8):
        return ByteBlock(values, columns)
    if values.dtype == np.uint64:
        over = np.flatnonzero(values.max(axis=0) > np.iinfo(np.int64).max)
        if len(over):
            raise ValueError(_too_large(names[columns[over[0]]], 2**63 - 1))
    return NumberBlock(values, columns, n_jobs)


def _sparse_block(matrix: Any, names: list[str], n_jobs: int | None) -> Block:
    """Return a block of a sparse matrix of real numbers."""
    if matrix.dtype.kind not in "biuf":
        raise TypeError(_no_numbers(names[0], matrix.dtype))
    columns = canonical(matrix)
    if matrix.dtype == np.uint64:
        over = np.flatnonzero(columns.data > np.iinfo(np.int64).max)
        if len(over):
            column = np.searchsorted(columns.indptr, over[0], side="right") - 1
            raise ValueError(_too_large(names[column], 2**63 - 1))
    return SparseBlock(columns, n_jobs)


def _too_large(name: str, bound: int) -> str:
    return (
        f"column {name!r} has whole numbers beyond {bound}, which cannot be told "
        "apart; convert it to float, or to str if they are names"
    )


def _nested(name: str) -> str:
    return (
        f"column {name!r} holds nested values; an argument must be a string or a "
        "number: turn each value into one, or leave the column out"
    )


def _no_numbers(name: str, dtype: object) -> str:
    return (
        f"column {name!r} has dtype {dtype}, which is neither a number nor a label; "
        "convert it to numbers (for dates, say, days since the first) or to str"
    )
