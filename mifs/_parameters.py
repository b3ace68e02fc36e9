"""Parameters of an estimator, as scikit-learn lists them."""

from __future__ import annotations

from functools import cache

from sklearn.base import BaseEstimator


class Parameters(BaseEstimator):
    """An estimator whose class is inspected for the names of its parameters once.

    scikit-learn does it at every `get_params`, of which a fit calls several: 0.1 ms
    each, where a small table is fitted in 2.
    """

    @classmethod
    @cache
    def _get_param_names(cls) -> list[str]:
        names: list[str] = super()._get_param_names()
        return names
