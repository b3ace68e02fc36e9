"""Feature selection by mutual information.

Names are loaded when they are first used, so that importing mifs costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mifs import criteria, estimators, exceptions
    from mifs.selectors import JMI, MIM, MIRMR, MRMR, MISelector

__version__ = "0.1.0"

_SELECTORS = ("JMI", "MIM", "MIRMR", "MRMR", "MISelector")
_MODULES = ("criteria", "estimators", "exceptions")

__all__ = [
    "JMI",
    "MIM",
    "MIRMR",
    "MRMR",
    "MISelector",
    "__version__",
    "criteria",
    "estimators",
    "exceptions",
]


def __getattr__(name: str) -> Any:
    """Load a public name (PEP 562)."""
    if name in _SELECTORS:
        return getattr(importlib.import_module("mifs.selectors"), name)
    if name in _MODULES:
        return importlib.import_module(f"mifs.{name}")
    raise AttributeError(f"module 'mifs' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
