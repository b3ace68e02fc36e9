"""Time series: what stands at the same time, in spite of lags and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._arrays import FloatArray
from mifs.measures._estimates import as_frame, read_columns
from mifs.measures._samples import Sample, read_sample


@dataclass(frozen=True)
class Series:
    """A series of one column or several; its kinds do not depend on the lag.

    Attributes
    ----------
    frame : DataFrame of n rows
        Rows are equidistant times; missing values are allowed.
    discrete : ndarray of shape (n_columns,), bool
    present : ndarray of shape (n,), bool
        Rows without missing values.
    name : str
    """

    frame: pd.DataFrame
    discrete: NDArray[np.bool_]
    present: NDArray[np.bool_]
    name: str

    def at(self, rows: NDArray[np.intp]) -> Sample:
        """Sample of some rows."""
        return read_sample(self.frame.iloc[rows], self.discrete, self.name)

    def numbers(self, rows: NDArray[np.intp]) -> FloatArray | None:
        """Give some rows as numbers, (len(rows), d); None where they are labels."""
        if any(dtype.kind not in "biuf" for dtype in self.frame.dtypes):
            return None
        return np.asarray(self.frame.iloc[rows].to_numpy(dtype=np.float64))


def read_series(values: Any, discrete: Any, name: str) -> Series:
    """Read a series of shape (n,) or (n, d), with missing values where there are any.

    Raises
    ------
    ValueError
        No value at all in a column, and as `read_sample`.
    """
    frame = as_frame(values, name)
    present = ~frame.isna().to_numpy()
    empty = np.flatnonzero(~present.any(axis=0))
    if len(empty):
        raise ValueError(f"{name} has no value at all in column {empty[0]}; drop it")
    if isinstance(discrete, (str, bool, np.bool_)):
        discrete = [discrete] * frame.shape[1]
    if len(discrete) != frame.shape[1]:
        raise ValueError(
            f"discrete_{name} is a mask of {len(discrete)} entries for "
            f"{frame.shape[1]} columns of {name}"
        )
    kinds = [
        bool(read_columns(frame.iloc[present[:, j], j], kind, name)[1][0].discrete)
        for j, kind in enumerate(discrete)
    ]
    return Series(frame, np.array(kinds), present.all(axis=1), name)


def common_rows(parts: list[tuple[Series, int]]) -> list[NDArray[np.intp]]:
    """Rows of each part, its lag before a time t, for all t where nothing is missing.

    Raises
    ------
    ValueError
        Series of different lengths; fewer than two common times.
    """
    sizes = {series.name: len(series.frame) for series, _ in parts}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(f"the series must have the same number of rows, not {told}")
    lags = [lag for _, lag in parts]
    n_rows = len(parts[0][0].frame)
    times = np.arange(max(0, *lags), n_rows + min(0, *lags))
    for series, lag in parts:
        times = times[series.present[times - lag]]
    if len(times) < 2:
        told = ", ".join(f"{series.name} {lag}" for series, lag in parts)
        raise ValueError(
            f"{len(times)} of {n_rows} times have all values at the lags {told}; at "
            "least 2 are needed: shorten the lags, or fill the gaps"
        )
    return [times - lag for lag in lags]
