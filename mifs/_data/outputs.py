"""Targets of several outputs, and times of events that may be censored."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from mifs._data.containers import unwrap
from mifs._data.discretize import default_n_bins
from mifs._data.encoded_target import encode_target
from mifs._data.intake import read_columns
from mifs._data.table import Target
from mifs._data.target import read_target, target_of, warn_of_two_axes
from mifs._data.weights import Weights


def read_targets(
    y: Any,
    n_rows: int,
    discrete: bool | str,
    multioutput: str,
    weights: Weights | None = None,
) -> list[Target]:
    """One target, or one for each output whose terms are to be averaged.

    Outputs are joined to one label, a level for each combination that occurs, where
    ``multioutput`` is ``"joint"``, or ``"auto"`` and all are discrete and together have
    at most ``max(2, n / 10)`` levels. A structured array of a boolean and a number is
    right-censored survival: its label is the event with the quantile bin of its time.

    Raises
    ------
    ValueError
        See `read_target`, for each output by name; other structured arrays.
    """
    y = unwrap(y, "y")
    if getattr(getattr(y, "dtype", None), "names", None):
        return [_survival(y, n_rows, weights)]
    n_counted = None if weights is None else weights.n_for_kinds
    outputs = read_columns(y.toarray() if issparse(y) else y, "y")
    if outputs.n_features == 1:
        warn_of_two_axes(y)
    targets = [
        target_of(outputs, column, n_rows, discrete, n_counted)
        for column in range(outputs.n_features)
    ]
    if len(targets) == 1 or multioutput == "mean":
        return targets
    if multioutput == "auto" and not all(target.discrete for target in targets):
        return targets
    n_bins = default_n_bins(n_rows if weights is None else weights.total)
    joint = _joint([encode_target(target, n_bins, weights).codes for target in targets])
    fits = joint.n_classes <= max(2, (n_counted or n_rows) / 10)
    return [joint] if fits or multioutput == "joint" else targets


def _joint(codes: list[Any]) -> Target:
    """One level for each combination of codes that occurs."""
    together, levels = np.unique(np.stack(codes), axis=1, return_inverse=True)
    classes = np.arange(together.shape[1])
    return Target(levels.reshape(-1).astype(np.intp), discrete=True, classes=classes)


def _survival(y: Any, n_rows: int, weights: Weights | None) -> Target:
    """Joint label of the event and the quantile bin of its time."""
    kinds = {y.dtype[name].kind: name for name in y.dtype.names}
    numbers = [kind for kind in kinds if kind in "fiu"]
    if len(y.dtype.names) != 2 or "b" not in kinds or len(numbers) != 1:
        raise ValueError(
            f"the target is a structured array of fields {list(y.dtype.names)}; right-"
            "censored survival needs two: a boolean (whether the event was seen) and a "
            "number (its time, or that of the last look)"
        )
    name = kinds[numbers[0]]
    event, time = y[kinds["b"]], pd.Series(y[name].astype(np.float64), name=name)
    target = read_target(time, n_rows, False)
    if (target.values < 0).any():
        n_negative = int(np.count_nonzero(target.values < 0))
        raise ValueError(f"{n_negative} times {name!r} are negative; count from 0 on")
    if not event.any():
        raise ValueError(
            f"no event {kinds['b']!r} was seen, all times are censored: nothing can be "
            "learnt about them"
        )
    n_bins = default_n_bins(n_rows if weights is None else weights.total)
    return _joint([event.astype(np.intp), encode_target(target, n_bins, weights).codes])
