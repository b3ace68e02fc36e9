"""From what a user passes to a table: columns, kinds, target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mifs._data.intake import read_columns
from mifs._data.kinds import decide_kinds
from mifs._data.outputs import read_targets
from mifs._data.table import Columns, Table, Target
from mifs._data.weights import Weights


def read(
    X: object,
    y: object = None,
    *,
    names: Sequence[str] | None = None,
    discrete_features: object = "auto",
    discrete_target: bool | str = "auto",
    multioutput: str = "auto",
    weights: Weights | None = None,
    n_jobs: int | None = None,
) -> Table:
    """Read X and y once, decide what each column is, refuse what cannot be used.

    Without a target all rows are of one class. The rules that decide what is discrete
    go by the weighted rows.

    Raises
    ------
    ValueError, TypeError
        See `read_columns`, `decide_kinds` and `read_targets`. Columns are named.
    """
    return of_columns(
        read_columns(X, names=names, n_jobs=n_jobs),
        y,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        multioutput=multioutput,
        weights=weights,
    )


def of_columns(
    columns: Columns,
    y: object = None,
    *,
    discrete_features: object = "auto",
    discrete_target: bool | str = "auto",
    multioutput: str = "auto",
    weights: Weights | None = None,
    argument: str = "discrete_features",
) -> Table:
    """Table of columns that are read already, as `read` makes it.

    ``argument`` is how a user calls ``discrete_features``.
    """
    n_counted = None if weights is None else weights.n_for_kinds
    discrete = decide_kinds(columns, discrete_features, n_counted, argument)
    targets = [Target(np.zeros(columns.n_rows, np.intp), True, np.zeros(1))]
    if y is not None:
        targets = read_targets(y, columns.n_rows, discrete_target, multioutput, weights)
    return Table(
        columns.blocks,
        columns.names,
        columns.labels,
        columns.n_rows,
        discrete=discrete,
        target=targets[0],
        weights=weights,
        further=tuple(targets[1:]),
    )
