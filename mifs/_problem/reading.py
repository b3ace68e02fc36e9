"""From what a user passes to `fit` to a table: which rows count, and how often."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mifs._data.containers import Container, take
from mifs._data.table import Table
from mifs._data.weighing import read_weights
from mifs._data.weights import Weights, to_units
from mifs.estimators import Estimator

# Rows are repeated, rather than weighed, up to so many times their number.
MOST_COPIES = 8


def target_kind(table: Table) -> str:
    """Tell whether the outputs are discrete, continuous, or some of each."""
    kinds = {target.discrete for target in (table.target, *table.further)}
    if len(kinds) > 1:
        return "mixed"
    return "discrete" if kinds == {True} else "continuous"


def weigh(
    X: Container, y: Container, sample_weight: object, estimator: Estimator
) -> tuple[Container, Container, Weights | None]:
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
        X, y = take(X, rows), None if y is None else take(y, rows)
    return X, y, weights
