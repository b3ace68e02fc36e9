"""The test of every column of a table against its target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from mifs._arrays import IntArray
from mifs._chance import TableTest, table_test
from mifs._data.containers import check_table, unwrap
from mifs._data.encoded import EncodedTable
from mifs._data.reading import read
from mifs._data.table import Table
from mifs.estimators import PlugIn
from mifs.estimators.plugin.codes import entropy_of
from mifs.inference._tables import count

# P-values up to here are confirmed where few rows are expected.
LEVEL = 0.05


def relevance_test(
    X: Any,
    y: Any,
    *,
    discrete_features: Any = "auto",
    discrete_target: bool | str = "auto",
    n_bins: int | str = "auto",
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Test every column of a table for what it tells of the target.

    Each column by itself, as `mi_test` does it by ``"moments"``: with a trend where
    column or target is ordered (numbers; the classes of a discrete target are not), of
    the rows where neither is missing.

    Parameters
    ----------
    X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
        A table, as `fit` of the selectors takes it. Missing values are a level.
    y : array-like of shape (n_samples,)
        Classes or numbers; numbers are binned.
    discrete_features : "auto", bool, mask, indices or names, default="auto"
        As in the selectors.
    discrete_target : {"auto", True, False}, default="auto"
        As in the selectors.
    n_bins : int or "auto", default="auto"
        Bins of continuous columns, as in `mifs.estimators.PlugIn`.
    n_jobs : int, default=None
        Threads that read and bin, as in joblib.

    Returns
    -------
    tests : DataFrame
        One row a column of X, by its label:

        - ``relevance``: I(X;Y), nats, of which nothing is taken off;
        - ``expected``: what chance alone would make of it, its mean under permutation;
        - ``share``: relevance over H(Y), 0 to 1;
        - ``p_value``: of independence; not adjusted for the number of columns;
        - ``q_value``: adjusted by Benjamini and Hochberg: among columns of q ≤ 0.1 one
          in ten is expected to tell nothing.

    Raises
    ------
    ValueError
        What `fit` would refuse; several outputs.

    See Also
    --------
    mi_test : Of one pair of samples.

    References
    ----------
    .. [1] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of
       the Royal Statistical Society B 57 (1995).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from mifs import relevance_test
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 500)
    >>> X = pd.DataFrame({"size": y + rng.normal(size=500), "name": range(500)})
    >>> X["name"] = X["name"].astype(str)  # tells all of these rows, and nothing
    >>> relevance_test(X, y)[["relevance", "expected", "p_value"]].round(3)
            relevance  expected  p_value
    column
    size        0.093     0.007      0.0
    name        0.688     0.688      1.0
    """
    columns = unwrap(X)
    check_table(columns, min_rows=2)
    table = read(
        columns,
        y,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        n_jobs=n_jobs,
    )
    if table.further:
        raise ValueError(
            f"y has {1 + len(table.further)} outputs: pass one of them at a time"
        )
    encoded = PlugIn(n_bins).encode(table, n_jobs=n_jobs)
    every = range(encoded.n_features)
    tests = [_test_of(table, encoded, column) for column in every]
    return _frame(tests, table, encoded)


def _test_of(table: Table, encoded: EncodedTable, column: int) -> TableTest:
    """Test one column; a p-value that may be chosen for being small twice."""
    codes = encoded.column(column).astype(np.intp)
    tables = count(codes, encoded.classes.astype(np.intp))
    ordered = not table.labelled(column), not table.target.discrete
    level = LEVEL / encoded.n_features
    test = _at_level(tables, encoded.missing[column], ordered, LEVEL)
    if test.pvalue > level:
        return test
    again = _at_level(tables, encoded.missing[column], ordered, level)
    return max(test, again, key=lambda one: one.log_pvalue)


def _at_level(
    tables: IntArray, missing: bool, ordered: tuple[bool, bool], level: float
) -> TableTest:
    # Missing values are the last level, and have no place in the order.
    present = tables[:, :-1] if missing else tables
    return table_test(
        tables,
        ordered_rows=ordered[0],
        ordered_columns=ordered[1],
        trend_tables=lambda: present,
        alpha=level,
    )


def _frame(tests: list[TableTest], table: Table, encoded: EncodedTable) -> pd.DataFrame:
    n = table.n_rows
    relevance = np.array([test.g for test in tests]) / (2 * n)
    p_values = np.array([test.pvalue for test in tests])
    found = {
        "relevance": relevance,
        "expected": np.array([test.mean for test in tests]) / (2 * n),
        "share": relevance / entropy_of(encoded.classes),
        "p_value": p_values,
        "q_value": false_discovery_control(p_values),
    }
    index = pd.Index(list(table.labels), name="column", tupleize_cols=False)
    return pd.DataFrame(found, index=index)
