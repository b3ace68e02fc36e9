"""Time series: what stands at the same time, in spite of lags and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import FloatArray, IntArray
from mifs._data.intake import read_columns
from mifs.measures._samples import Sample, read_kinds, refuse_infinite, subject_of


@dataclass(frozen=True)
class Series:
    """A series of one column or several; its kinds do not depend on the lag.

    Attributes
    ----------
    values : list of ndarray of shape (n,), float64
        Columns as numbers, NaN where missing; codes of labels.
    codes : list of ndarray of shape (n,), intp
        Codes of the discrete columns.
    discrete, labelled : ndarray of shape (n_columns,), bool
        Which columns are discrete, and which hold labels.
    present : ndarray of shape (n,), bool
        Rows without missing values; rows are equidistant times.
    name : str
    """

    values: list[FloatArray]
    codes: list[IntArray]
    discrete: NDArray[np.bool_]
    labelled: NDArray[np.bool_]
    present: NDArray[np.bool_]
    name: str

    def at(self, rows: NDArray[np.intp]) -> Sample:
        """Sample of some rows."""
        discrete = [np.unique(own[rows], return_inverse=True)[1] for own in self.codes]
        continuous = [self.values[j][rows] for j in np.flatnonzero(~self.discrete)]
        return Sample(continuous, discrete, len(rows))

    def numbers(self, rows: NDArray[np.intp]) -> FloatArray | None:
        """Give some rows as numbers, (len(rows), d); None where they are labels."""
        if self.labelled.any():
            return None
        return np.column_stack([values[rows] for values in self.values])


def read_series(values: object, discrete: Any, name: str) -> Series:
    """Read a series of shape (n,) or (n, d), with missing values where there are any.

    Raises
    ------
    ValueError
        No value at all in a column, infinite values, and as `read_sample`.
    """
    columns = read_columns(values, name, apart=True)
    n_missing = columns.n_missing
    empty = np.flatnonzero(n_missing == columns.n_rows)
    if len(empty):
        subject = subject_of(columns, int(empty[0]), name)
        raise ValueError(f"{subject} has no value at all, only missing ones; drop it")
    refuse_infinite(columns, name)
    kinds = read_kinds(discrete, columns, name, columns.n_rows - n_missing)
    every = range(columns.n_features)
    numbers = [columns.numeric(j) for j in every]
    return Series(
        numbers,
        [columns.codes(j) for j in every if kinds[j]],
        kinds,
        np.array([columns.labelled(j) for j in every]),
        np.all([~np.isnan(column) for column in numbers], axis=0),
        name,
    )


def common_rows(parts: list[tuple[Series, int]]) -> list[NDArray[np.intp]]:
    """Rows of each part, its lag before a time t, for all t where nothing is missing.

    Raises
    ------
    ValueError
        Series of different lengths; fewer than two common times.
    """
    sizes = {series.name: len(series.present) for series, _ in parts}
    if len(set(sizes.values())) > 1:
        listing = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(f"the series must have the same number of rows, not {listing}")
    lags = [lag for _, lag in parts]
    n_rows = len(parts[0][0].present)
    times = np.arange(max(0, *lags), n_rows + min(0, *lags))
    for series, lag in parts:
        times = times[series.present[times - lag]]
    if len(times) < 2:
        steps: dict[str, list[int]] = {}
        for series, lag in parts:
            steps.setdefault(series.name, []).append(lag)
        listing = ", ".join(f"{name} {_span(own)}" for name, own in steps.items())
        raise ValueError(
            f"{len(times)} of {n_rows} times have all values at the lags {listing}; at "
            "least 2 are needed: shorten the lags (or history), or fill the gaps"
        )
    return [times - lag for lag in lags]


def _span(lags: list[int]) -> str:
    """Write lags: all of a few, the ends of many."""
    if len(lags) > 3:
        return f"{lags[0]}, {lags[1]}, …, {lags[-1]}"
    return ", ".join(map(str, lags))
