"""How a report is made again: settings, versions, and the code or the command."""

from __future__ import annotations

import inspect
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from sklearn.base import BaseEstimator

import mifs
import mifs.estimators
from mifs.criteria import CRITERIA, Criterion

PACKAGES = ("numpy", "scipy", "scikit-learn", "pandas", "numba")


@dataclass(frozen=True)
class Origin:
    """Where a report comes from.

    Attributes
    ----------
    command : str
        The line of the shell, if it was one.
    source : str
        What was read: names of files.
    said : tuple of str
        Warnings of the reading.
    """

    command: str = ""
    source: str = ""
    said: tuple[str, ...] = ()


def settings_of(estimator: BaseEstimator) -> dict[str, str]:
    """Return parameters with their values, as one would write them."""
    values = estimator.get_params(deep=False)
    return {name: written(value, set()) for name, value in values.items()}


def versions() -> dict[str, str]:
    """Return versions of what computes the numbers."""
    found = {"mifs": mifs.__version__, "Python": platform.python_version()}
    return found | {name: version(name) for name in PACKAGES}


def code_of(fitted: Mapping[str, BaseEstimator], call: str, data: str) -> str:
    """Return the code that fits selectors and makes the report.

    ``fitted`` are selectors by the names of their variables, ``call`` the arguments of
    the report, and ``data`` those of ``fit``.
    """
    imports: set[tuple[str, str]] = set()
    lines = [
        f"{name} = {written(selector, imports)}.fit({data})"
        for name, selector in fitted.items()
    ]
    homes = sorted({home for home, _ in imports})
    heads = [
        f"from {home} import {', '.join(sorted(n for h, n in imports if h == home))}"
        for home in homes
    ]
    last = f'mifs.report({call}).save("report.html")'
    return "\n".join(["import mifs", *heads, "", *lines, last])


def written(value: object, imports: set[tuple[str, str]]) -> str:
    """Write a value as code; names that it needs are put into ``imports``."""
    if isinstance(value, BaseEstimator):
        return _made(value, imports)
    if isinstance(value, Criterion):
        return repr(value.name) if CRITERIA.get(value.name) == value else "…"
    if isinstance(value, np.ndarray):
        return repr(value.tolist())
    if isinstance(value, np.generic):
        return repr(value.item())
    return " ".join(repr(value).split())


def _made(estimator: BaseEstimator, imports: set[tuple[str, str]]) -> str:
    """Write the call that makes an estimator, without its defaults."""
    kind = type(estimator)
    imports.add((_home(kind), kind.__name__))
    parameters = inspect.signature(kind).parameters
    arguments = []
    for name, parameter in parameters.items():
        value = getattr(estimator, name)
        if value is parameter.default or _equal(value, parameter.default):
            continue
        text = written(value, imports)
        required = parameter.default is parameter.empty
        arguments.append(text if required else f"{name}={text}")
    return f"{kind.__name__}({', '.join(arguments)})"


def _equal(value: object, default: object) -> bool:
    """Whether a value is its default; but for plain values only the same object is."""
    plain = isinstance(value, (str, int, float))
    return plain and type(value) is type(default) and value == default


def _home(kind: type) -> str:
    """Return the module from which a class is imported."""
    for home in (mifs, mifs.estimators):
        if kind.__name__ in home.__all__:
            return home.__name__
    return kind.__module__
