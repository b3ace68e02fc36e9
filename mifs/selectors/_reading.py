"""From what a user passes to `fit` to a table: which rows count, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from narwhals.stable.v2.dependencies import is_into_dataframe, is_into_series
from numpy.typing import NDArray
from scipy.sparse import issparse

from mifs._data.kinds import discrete_mask, read_features
from mifs._data.outputs import read_targets
from mifs._data.table import Table
from mifs._data.weights import Weights, read_weights, to_units
from mifs.estimators import Estimator

# Rows are repeated, rather than weighed, up to so many times their number.
MOST_COPIES = 8


def read(
    X: Any,
    y: Any,
    names: Sequence[str],
    *,
    discrete_features: Any,
    discrete_target: bool | str,
    multioutput: str = "auto",
    n_jobs: int | None,
    weights: Weights | None,
) -> Table:
    """Read a table with its targets; rules about kinds go by the weighted rows."""
    features = read_weighted(X, names, discrete_features, n_jobs, weights)
    target, *further = read_targets(
        y, features.n_rows, discrete_target, multioutput, weights
    )
    return replace(features, target=target, further=tuple(further))


def whole_values(X: Any) -> Any:
    """Return X with all that it says: scikit-learn's checks would lose some.

    NumPy makes text of the numbers of a list of rows that hold text too.

    Raises
    ------
    ValueError
        Complex numbers; a masked array with values under its mask.
    """
    if isinstance(X, np.ndarray) and X.dtype.kind == "c":
        raise ValueError(
            f"Complex data not supported, as in column 'x0', {X.flat[0]!s}; pass real "
            "columns instead: X.real, X.imag or abs(X)"
        )
    if isinstance(X, (list, tuple)) and np.asarray(X).dtype.kind in "US":
        return np.array(X, dtype=object)
    if isinstance(X, np.ma.MaskedArray) and np.ma.is_masked(X):
        raise ValueError(
            f"X is a masked array and {np.ma.count_masked(X)} of its values are "
            "masked; turn them into missing ones: X.astype(float).filled(np.nan)"
        )
    return X


def target_kind(table: Table) -> str:
    """Tell whether the outputs are discrete, continuous, or some of each."""
    kinds = {target.discrete for target in (table.target, *table.further)}
    if len(kinds) > 1:
        return "mixed"
    return "discrete" if kinds == {True} else "continuous"


def read_weighted(
    X: Any,
    names: Sequence[str],
    discrete_features: Any,
    n_jobs: int | None,
    weights: Weights | None,
) -> Table:
    """Read the columns alone, and keep the weights."""
    table = read_features(X, names, discrete_features=discrete_features, n_jobs=n_jobs)
    if weights is None:
        return table
    counted = replace(table, n_rows=weights.n_for_kinds)
    mask = discrete_mask(discrete_features, counted)
    return replace(table, discrete=mask, weights=weights)


def weigh(
    X: Any, y: Any, sample_weight: Any, estimator: Estimator
) -> tuple[Any, Any, Weights | None]:
    """Leave out rows of weight 0; repeat rows that an estimator would weigh as such.

    An estimator whose weights say how many rows a row stands for gets the repeated
    rows, so that the answer is theirs to the last bit, unless they are too many.

    Raises
    ------
    ValueError
        See `read_weights`; an estimator that knows no weights.
    """
    if sample_weight is None:
        return X, y, None
    name = type(estimator).__name__
    weighting = estimator.capabilities().weighting
    if weighting is None:
        raise ValueError(
            f"{name} cannot weigh rows: its distances know no sample_weight; leave it "
            "out, or use mi_estimator='plugin' or 'gaussian_copula'"
        )
    given = read_weights(sample_weight, X.shape[0])
    rows = np.flatnonzero(given)
    weights: Weights | None
    counted = weights = to_units(given[rows])
    if weighting == "rows":
        # The rules that go by a number of rows must not go by the scale of the weights.
        weights = replace(counted, total=float(counted.n_for_kinds))
        times = counted.row_counts
        few = counted.n_for_kinds <= MOST_COPIES * len(rows)
        if few and (times == np.floor(times)).all():
            rows, weights = np.repeat(rows, times.astype(np.intp)), None
    elif (given[rows] == 1).all():
        weights = None
    if not np.array_equal(rows, np.arange(len(given))):
        X, y = take(X, rows), take(y, rows)
    return X, y, weights


def take(data: Any, rows: NDArray[np.intp]) -> Any:
    """Take some rows of a frame, series, matrix, array or list."""
    if data is None:
        return None
    if is_into_dataframe(data):
        return nw.from_native(data, eager_only=True)[rows.tolist()].to_native()
    if is_into_series(data):
        return nw.from_native(data, series_only=True)[rows.tolist()].to_native()
    if issparse(data):
        return data.tocsr()[rows]
    if isinstance(data, (list, tuple)):
        return [data[row] for row in rows.tolist()]
    return np.asarray(data)[rows]
