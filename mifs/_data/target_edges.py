"""Bins that are cut with a view to the target: MDLP and the information bottleneck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._data.cutting import repeated, whole_times
from mifs._data.mdlp import mdlp_edges
from mifs._data.merging import bottleneck_edges
from mifs._data.parallel import run

if TYPE_CHECKING:
    from mifs._data.table import Table

SUPERVISED = ("mdlp", "ib")


def supervised_edges(
    table: Table,
    columns: IntArray,
    classes: IntArray,
    binning: str,
    n_bins: int,
    n_jobs: int | None = None,
) -> dict[int, FloatArray]:
    """Edges of some columns, learned from the classes of the rows.

    Parameters
    ----------
    table : Table
        What the columns are taken from.
    columns : ndarray of shape (b,)
        Columns to cut.
    classes : ndarray of shape (n,), intp
        Class codes.
    binning : {"mdlp", "ib"}
        See `mdlp_edges` and `bottleneck_edges`.
    n_bins : int
        At most so many bins, where ``binning="ib"``.
    n_jobs : int, default=None
        Threads over columns.

    Raises
    ------
    ValueError
        There is no target; there are weights that are no multiples of one unit.
    """
    n_classes = int(classes.max()) + 1
    if n_classes < 2:
        raise ValueError(
            f"binning={binning!r} cuts columns with a view to a target, and there is "
            "none; use binning='quantile'"
        )
    table.refuse_beyond(columns, f"binning={binning!r}")
    times = None
    if table.weights is not None:
        times = whole_times(table.weights, f"binning={binning!r}")
    tasks = (
        (table, column, classes, n_classes, times, binning, n_bins)
        for column in columns.tolist()
    )
    return dict(zip(columns.tolist(), run(_cut, tasks, n_jobs), strict=True))


def _cut(
    table: Table,
    column: int,
    classes: IntArray,
    n_classes: int,
    times: IntArray | None,
    binning: str,
    n_bins: int,
) -> FloatArray:
    """Edges of one column from its present values, each repeated so many times."""
    values = table.numeric(column)
    values, classes = repeated(values, classes, ~np.isnan(values), times)
    if binning == "mdlp":
        return mdlp_edges(values, classes, n_classes)
    return bottleneck_edges(values, classes, n_classes, n_levels=n_bins)
