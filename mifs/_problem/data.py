"""What the user passed, and how it is to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mifs._chance import numbers_of_strata
from mifs._data.containers import Container, unwrap
from mifs._data.reading import of_columns, read
from mifs._data.table import Quantiles, Table
from mifs._problem.abilities import who_can
from mifs._problem.reading import counted, weigh
from mifs._scan import Scan
from mifs._scan.sharded import ShardedScan
from mifs.estimators import Estimator
from mifs.estimators._base import named


@dataclass(frozen=True, eq=False)
class Data:
    """Samples as they came.

    Attributes
    ----------
    X : array, sparse matrix or frame of shape (n_samples, n_features), or Scan
        The latter holds the target and the weights, too.
    y : object, default=None
        None: all rows are of one class.
    sample_weight : object, default=None
    discrete_features : object, default="auto"
        As the user passed it; a callable is asked about X.
    discrete_target : bool or str, default="auto"
    multioutput : str, default="auto"
    """

    X: Container | Scan
    y: object = None
    sample_weight: object = None
    discrete_features: object = "auto"
    discrete_target: bool | str = "auto"
    multioutput: str = "auto"


def read_data(data: Data, estimator: Estimator, n_jobs: int | None = None) -> Table:
    """Read the columns and the target, with weights as the estimator takes them.

    Raises
    ------
    ValueError, TypeError
        What cannot be read; columns are named.
    """
    if isinstance(data.X, Scan):
        return _read_scan(data.X, data, estimator, n_jobs)
    y = None if data.y is None else unwrap(data.y, "y")
    X, y, weights = weigh(data.X, y, data.sample_weight, estimator)
    said = data.discrete_features
    return read(
        X,
        y,
        discrete_features=said(X) if callable(said) else said,
        discrete_target=data.discrete_target,
        multioutput=data.multioutput,
        n_jobs=n_jobs,
        weights=weights,
    )


def _read_scan(
    scan: Scan, data: Data, estimator: Estimator, n_jobs: int | None
) -> Table:
    """Read a table on disk; its codes go there, too."""
    if "counts" not in estimator.capabilities().samples:
        able = who_can(lambda able: "counts" in able.samples)
        raise ValueError(
            f"{named(estimator)} needs all rows in memory, and a Scan is read column "
            f"by column; use mi_estimator={able}, or read the table (pandas.read_csv)"
        )
    columns, weights = scan.features(n_jobs), None
    if (given := scan.weights()) is not None:
        weights = counted(given, estimator)
    own = data.discrete_features
    kinds = scan.discrete_features if isinstance(own, str) and own == "auto" else own
    kind = data.discrete_target
    table = of_columns(
        columns,
        scan.target(),
        discrete_features=kinds,
        discrete_target=scan.discrete_target if kind == "auto" else kind,
        multioutput=data.multioutput,
        weights=weights,
    )
    if isinstance(scan, ShardedScan):
        table = replace(table, shards=scan.shards)
    else:
        table = replace(table, folder=scan.folder)
    # Into so many strata the tests cut a pick: a column is sorted once for both.
    strata = numbers_of_strata(table.n_rows)[0]
    kept = Quantiles(strata, {}) if weights is None and strata > 1 else None
    return replace(table, sample=scan.sample(), quantiles=kept)
