"""Targets of several outputs, and times of events that may be censored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from mifs._arrays import IntArray
from mifs._data.containers import unwrap
from mifs._data.discretize import default_n_bins
from mifs._data.encoded_target import EncodedTarget, encode_target
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
    encoded = [encode_target(target, n_bins, weights) for target in targets]
    together, levels = _combinations(encoded)
    fits = together.shape[1] <= max(2, (n_counted or n_rows) / 10)
    if fits or multioutput == "joint":
        return [_joint(encoded, together, levels)]
    return targets


def _combinations(outputs: Sequence[EncodedTarget]) -> tuple[IntArray, IntArray]:
    """Find the combinations of classes, (n_outputs, c), and which one each row has."""
    codes = np.stack([output.codes for output in outputs])
    together, levels = np.unique(codes, axis=1, return_inverse=True)
    return together, levels.reshape(-1).astype(np.intp)


def _joint(
    outputs: Sequence[EncodedTarget], together: IntArray, levels: IntArray
) -> Target:
    """One level for each combination, with the names of all of its classes."""
    names = [output.names() for output in outputs]
    classes = [
        ", ".join(own[code] for own, code in zip(names, each, strict=True))
        for each in together.T.tolist()
    ]
    return Target(levels, discrete=True, classes=np.array(classes))


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
    said = np.array([f"not {kinds['b']}", str(kinds["b"])])
    seen = EncodedTarget(event.astype(np.intp), 2, classes=said)
    both = [seen, encode_target(target, n_bins, weights)]
    return _joint(both, *_combinations(both))
