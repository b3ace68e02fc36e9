"""Methods under the name of their class, parameters under the names of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import TypeVar, cast

# What other libraries, and the literature, call parameters of the selectors.
SYNONYMS = {
    "k": "n_features_to_select",
    "n_features": "n_features_to_select",
    "max_features": "n_features_to_select",
    "estimator": "mi_estimator",
    "sample_weight": "fit(sample_weight=)",
}

Signature = TypeVar("Signature", bound=Callable[..., None])


def renamed(method: Signature, qualname: str) -> Signature:
    """Return a copy of a method with another name and the same signature."""
    function = cast("FunctionType", method)
    copy = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    for attribute in ("__kwdefaults__", "__annotations__", "__module__"):
        setattr(copy, attribute, getattr(function, attribute))
    copy.__qualname__ = qualname
    return cast("Signature", copy)


def check_parameters(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse a parameter by the name that it has elsewhere, and say what it is here.

    Raises
    ------
    TypeError
        For one of `SYNONYMS`, unless a subclass has it.
    """
    known = frozenset(known)
    for name in given:
        if name in SYNONYMS and name not in known:
            raise TypeError(
                f"{owner} has no parameter {name!r}; pass {SYNONYMS[name]} instead"
            )
