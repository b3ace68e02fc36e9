"""From what a user passes to `fit` to a table: which rows count, and how often."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mifs._arrays import FloatArray
from mifs._data.containers import Container, shape_of, take
from mifs._data.table import Table
from mifs._data.weighing import read_weights
from mifs._data.weights import Weights, to_units
from mifs.estimators import Estimator


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
        See `read_weights`; different weights for an estimator that knows none; a
        target of another length.
    """
    if sample_weight is None:
        return X, y, None
    # Not left to whoever reads the target: rows are taken of both first.
    if y is not None and shape_of(y)[0] != X.shape[0]:
        raise ValueError(
            f"X has {X.shape[0]} rows and the target y has {shape_of(y)[0]}: "
            "inconsistent numbers of samples"
        )
    weighting = estimator.capabilities().weighting
    given = read_weights(sample_weight, X.shape[0])
    rows = np.flatnonzero(given)
    if weighting is None and np.ptp(given[rows]) > 0:
        raise ValueError(
            f"{type(estimator).__name__} cannot weigh rows: its distances know no "
            "sample_weight but equal ones, beside 0; leave it out, or use "
            "mi_estimator='plugin' or 'gaussian_copula'"
        )
    weights = counted(given[rows], estimator)
    times = None if weights is None or weighting != "rows" else weights.repeats
    if times is not None:
        rows, weights = np.repeat(rows, times), None
    if not np.array_equal(rows, np.arange(len(given))):
        X, y = take(X, rows), None if y is None else take(y, rows)
    return X, y, weights


def counted(given: FloatArray, estimator: Estimator) -> Weights | None:
    """Positive weights as an estimator takes them; None: every row counts once."""
    weighting = estimator.capabilities().weighting
    if weighting == "rows":
        weights = to_units(given)
        # The rules that go by a number of rows must not go by the scale of the weights.
        return replace(weights, total=float(weights.n_for_kinds))
    if weighting is None or (given == 1).all():
        return None
    return to_units(given)
