"""Methods that a class inherits, under its own name."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TypeVar, cast

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
