"""A feature and a target as a picture needs them: counts, values, correlations."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.intake import read_columns
from mifs._data.intervals import intervals
from mifs._data.reading import of_columns
from mifs._data.table import Columns, Table
from mifs.estimators import PlugIn
from mifs.estimators.plugin.codes import information_of
from mifs.estimators.plugin.corrected import expected_information
from mifs.plotting._bins import UNKNOWN, Bins

MISSING = "missing"


@dataclass(frozen=True, eq=False)
class Variable:
    """One of the two.

    Attributes
    ----------
    name : hashable
    codes : ndarray of shape (n,), intp
        Levels or bins.
    levels : list
        What the codes mean: labels, or intervals as text.
    values : ndarray of shape (n,), float64, or None
        Numbers, NaN where missing; None of labels.
    edges : ndarray or None
        Of the bins of a continuous variable; None of a discrete one.
    """

    name: Hashable
    codes: IntArray
    levels: list[Hashable]
    values: FloatArray | None
    edges: AnyArray | None

    @property
    def continuous(self) -> bool:
        """Whether it has bins."""
        return self.edges is not None


@dataclass(frozen=True, eq=False)
class Joint:
    """A feature and a target.

    Attributes
    ----------
    x, y : Variable
    """

    x: Variable
    y: Variable

    @property
    def counts(self) -> IntArray:
        """Rows of each level or bin of x and of y, (r, c)."""
        shape = len(self.x.levels), len(self.y.levels)
        cells = np.ravel_multi_index((self.x.codes, self.y.codes), shape)
        return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)

    def information(self, base: float) -> tuple[float, float]:
        """I(X;Y) of these counts, and what chance alone would make of it."""
        # Of dense codes: a level that no row has would be counted as one.
        x, y = (
            np.unique(variable.codes, return_inverse=True)[1].reshape(-1)
            for variable in (self.x, self.y)
        )
        found = information_of(x, y), expected_information(x, y)
        return found[0] / math.log(base), found[1] / math.log(base)

    def correlations(self) -> tuple[float, float]:
        """Pearson's and Spearman's, NaN where one has labels or is constant."""
        x, y = (_numbers(variable) for variable in (self.x, self.y))
        if x is None or y is None:
            return math.nan, math.nan
        here = ~np.isnan(x) & ~np.isnan(y)
        x, y = x[here], y[here]
        if min(np.ptp(x), np.ptp(y)) == 0:
            return math.nan, math.nan
        ranks = rankdata(x), rankdata(y)
        return float(np.corrcoef(x, y)[0, 1]), float(np.corrcoef(*ranks)[0, 1])

    def frame(self) -> pd.DataFrame:
        """Return the counts, with what they are of on both axes."""
        index = pd.Index(self.x.levels, name=self.x.name, tupleize_cols=False)
        columns = pd.Index(self.y.levels, name=self.y.name, tupleize_cols=False)
        return pd.DataFrame(self.counts, index, columns)


def read_joint(
    x: object,
    y: object,
    *,
    discrete_x: object = "auto",
    discrete_y: bool | str = "auto",
    n_bins: int | str = "auto",
    name: Hashable = None,
    bins: Bins = UNKNOWN,
    column: int = 0,
) -> Joint:
    """Read a column and a target, binned as selectors bin them.

    ``bins`` are known ones, among them those of ``column``.

    Raises
    ------
    ValueError
        Data that a selector refuses; several columns or outputs.
    """
    table = of_columns(
        _single(x),
        y,
        discrete_features=discrete_x,
        discrete_target=discrete_y,
        argument="discrete_x",
    )
    if table.further:
        raise ValueError(
            f"y has {1 + len(table.further)} outputs: pass one of them at a time"
        )
    table = replace(table, target=bins.of_target(table.target))
    encoded = PlugIn(n_bins, edges=bins.of([column])).encode(table)
    x_name = name_of(x, "feature") if name is None else name
    return Joint(
        feature_of(table, encoded, x_name),
        target_of(table, encoded, name_of(y, "target")),
    )


def read_variable(x: object, discrete: object, n_bins: int | str) -> Variable:
    """Read a column alone, binned as selectors bin it.

    Raises
    ------
    ValueError
        Data that a selector refuses; several columns.
    """
    table = of_columns(_single(x), discrete_features=discrete, argument="discrete")
    return feature_of(table, PlugIn(n_bins).encode(table), name_of(x, "x"))


def _single(x: object) -> Columns:
    columns = read_columns(x, "x")
    if columns.n_features > 1:
        raise ValueError(f"x has {columns.n_features} columns: pass one of them")
    return columns


def name_of(values: object, otherwise: Hashable) -> Hashable:
    """Name of values that have one, as a Series does."""
    name = getattr(values, "name", None)
    return otherwise if name is None or callable(name) else cast("Hashable", name)


def feature_of(
    table: Table, encoded: EncodedTable, name: Hashable, column: int = 0
) -> Variable:
    """Return a column of a table as it is encoded."""
    codes = encoded.column(column).astype(np.intp)
    edges = encoded.edges.get(column)
    known = encoded.levels(column)
    levels = _levels(edges, known)
    if encoded.missing[column]:
        levels.append(MISSING)
    labelled = table.labelled(column)
    values = None if labelled else table.numeric(column) + table.origin(column)
    return Variable(name, codes, levels, values, edges)


def target_of(table: Table, encoded: EncodedTable, name: Hashable) -> Variable:
    """Return the target of a table as it is encoded; the first of several outputs."""
    target, given = encoded.target, table.target
    if target.edges is not None:
        levels = _levels(target.edges)
        return Variable(name, target.codes, levels, given.values, target.edges)
    assert target.classes is not None
    classes = target.classes.tolist()
    values = None
    if len(classes) == 2 or target.classes.dtype.kind in "iuf":
        # Two classes are 0 and 1, whatever they are called.
        numbers = target.classes if len(classes) > 2 else np.arange(2)
        values = numbers.astype(np.float64)[target.codes]
    return Variable(name, target.codes, classes, values, None)


def _numbers(variable: Variable) -> FloatArray | None:
    """Numbers of a variable; two labels are 0 and 1."""
    if variable.values is None and len(variable.levels) == 2:
        return variable.codes.astype(np.float64)
    return variable.values


def _levels(edges: AnyArray | None, known: AnyArray | None = None) -> list[Hashable]:
    """Levels of a discrete column, or its bins as text."""
    if known is not None:
        return list(known.tolist())
    assert edges is not None
    return list(intervals(edges))
