"""Parameters of an estimator, as scikit-learn lists them."""

from __future__ import annotations

from functools import cache
from numbers import Number
from types import NoneType

from sklearn.base import BaseEstimator

# What is right or wrong by its class and value.
PLAIN = str, Number, NoneType, BaseEstimator
# Sets of parameters that were right, of which so many are kept.
_RIGHT: set[tuple[object, ...]] = set()
MOST = 1024


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

    def _validate_params(self) -> None:
        """Check parameters as scikit-learn does, plain values that were right once."""
        values = [getattr(self, name) for name in self._get_param_names()]
        if not all(isinstance(value, PLAIN) for value in values):
            super()._validate_params()
            return
        # Of an estimator its class alone is looked at; True is not 1.
        own = (value for value in values if not isinstance(value, BaseEstimator))
        seen = type(self), *map(type, values), *own
        if seen not in _RIGHT:
            super()._validate_params()
            if len(_RIGHT) == MOST:
                _RIGHT.clear()
            _RIGHT.add(seen)
