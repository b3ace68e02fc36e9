"""What the user passed, and how it is to be read."""

from __future__ import annotations

from dataclasses import dataclass

from mifs._data.containers import Container, unwrap
from mifs._data.reading import read
from mifs._data.table import Table
from mifs._problem.reading import weigh
from mifs.estimators import Estimator


@dataclass(frozen=True, eq=False)
class Data:
    """Samples as they came.

    Attributes
    ----------
    X : array, sparse matrix or frame of shape (n_samples, n_features)
    y : object, default=None
        None: all rows are of one class.
    sample_weight : object, default=None
    discrete_features : object, default="auto"
        As the user passed it; a callable is asked about X.
    discrete_target : bool or str, default="auto"
    multioutput : str, default="auto"
    """

    X: Container
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
