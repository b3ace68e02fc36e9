"""How information is estimated.

An estimator is a small object with parameters; `resolve` turns the ``mi_estimator`` of
a selector into one.
"""

from __future__ import annotations

from collections.abc import Callable

from sklearn.base import clone

from mifs.estimators._base import Capabilities, Estimator, SampleEstimator
from mifs.estimators._terms import JointLabels, Terms
from mifs.estimators.gaussian.copula import (
    gaussian_conditional_mutual_information,
    gaussian_mutual_information,
)
from mifs.estimators.gaussian.estimator import GaussianCopula
from mifs.estimators.knn.estimator import KNN
from mifs.estimators.plugin.estimator import PlugIn

ESTIMATORS: dict[str, Callable[[], Estimator]] = {
    "auto": PlugIn,
    "gaussian_copula": GaussianCopula,
    "knn": KNN,
    "plugin": PlugIn,
}


def resolve(estimator: object, argument: str = "mi_estimator") -> Estimator:
    """Return a fresh estimator from a name or an object.

    Parameters
    ----------
    estimator : str or Estimator
        A key of `ESTIMATORS`, or an object, which is cloned.
    argument : str, default="mi_estimator"
        What it is called where it was given, for messages.

    Returns
    -------
    estimator : Estimator
        Not yet used.

    Raises
    ------
    ValueError
        An unknown name; the known ones are listed.
    TypeError
        An object without the methods of `Estimator`.

    Examples
    --------
    >>> from mifs.estimators import resolve
    >>> resolve("plugin")
    PlugIn()
    """
    if isinstance(estimator, str):
        if estimator not in ESTIMATORS:
            raise ValueError(
                f"{argument}={estimator!r} is unknown; known: "
                f"{', '.join(sorted(ESTIMATORS))}"
            )
        return ESTIMATORS[estimator]()
    if isinstance(estimator, type) or not isinstance(estimator, Estimator):
        raise TypeError(
            f"{argument}={estimator!r} is neither a name ({', '.join(ESTIMATORS)}) "
            "nor an estimator object such as PlugIn(n_bins=5), with the methods "
            "prepare and capabilities, and get_params of scikit-learn's BaseEstimator"
        )
    fresh: Estimator = clone(estimator)
    return fresh


__all__ = [
    "ESTIMATORS",
    "KNN",
    "Capabilities",
    "Estimator",
    "GaussianCopula",
    "JointLabels",
    "PlugIn",
    "SampleEstimator",
    "Terms",
    "gaussian_conditional_mutual_information",
    "gaussian_mutual_information",
    "resolve",
]
