"""Values as code that makes them again; what code cannot make is said in words."""

from __future__ import annotations

import inspect
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

import numpy as np
from sklearn.base import BaseEstimator

import mifs
import mifs.estimators
from mifs._names import short
from mifs._report._origin import Code
from mifs.criteria import CRITERIA, Criterion

# Letters of a value that are written as code, and of one in a table of settings.
LONGEST, SHOWN = 2000, 300
# Names that the code of a report uses itself.
TAKEN = {"X", "y", "weights", "selector", "stable", "table", "scan", "mifs"}
BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
}


class Unwritten(Exception):
    """A value of which no code is known; the text says what it is."""


class Writer:
    """Writes values as code, and remembers what this needs.

    Attributes
    ----------
    imports : set of tuple of str
        Modules, and names of theirs.
    told : dict of str to str
        Names that stand for what cannot be written, and what it is.
    """

    def __init__(self) -> None:
        self.imports: set[tuple[str, str]] = set()
        self.told: dict[str, str] = {}

    def argument(self, name: str, value: object) -> str:
        """Write a value; where that cannot be, a name that stands for it."""
        try:
            text = self.value(value)
        except Unwritten as error:
            return self._named(name, str(error))
        if len(text) > LONGEST and not isinstance(value, BaseEstimator):
            n = f" of {len(value)} entries" if hasattr(value, "__len__") else ""
            return self._named(name, f"a {type(value).__name__}{n}")
        return text

    def value(self, value: object) -> str:
        """Write a value.

        Raises
        ------
        Unwritten
            It cannot be written.
        """
        if isinstance(value, Criterion):
            return self._criterion(value)
        if isinstance(value, np.ndarray) and value.dtype.kind in "biufUSO":
            return self._several(list, value.tolist())
        if isinstance(value, np.generic) and value.dtype.kind in "biufUS":
            value = value.item()
        if isinstance(value, Mapping) and type(value) is dict:
            pairs = (f"{self.value(k)}: {self.value(v)}" for k, v in value.items())
            return f"{{{', '.join(pairs)}}}"
        if type(value) in BRACKETS:
            return self._several(type(value), value)  # type: ignore[arg-type]
        if isinstance(value, float) and not math.isfinite(value):
            return f'float("{value}")'
        if value is None or type(value) in (bool, int, float, str, bytes):
            return repr(value)
        if inspect.isroutine(value) or isinstance(value, type):
            return self._imported(value)
        return self._made(value)

    def _several(self, kind: type, values: Iterable[object]) -> str:
        begin, end = BRACKETS[kind]
        own = [self.value(each) for each in values]
        if kind is set:
            own.sort()
        if kind is set and not own:
            return "set()"
        comma = "," if kind is tuple and len(own) == 1 else ""
        return f"{begin}{', '.join(own)}{comma}{end}"

    def _criterion(self, record: Criterion) -> str:
        known = CRITERIA.get(record.name)
        if known == record:
            return repr(record.name)
        if known is not None:
            changed = {
                name: value
                for name, value in record.parameters.items()
                if name in known.parameters and value != known.parameters[name]
            }
            if known.with_parameters(changed) == record:
                self.imports.add(("mifs.criteria", "CRITERIA"))
                own = f"CRITERIA[{record.name!r}]"
                return f"{own}.with_parameters({self.value(changed)})"
        raise Unwritten(f"a criterion of your own, {record.name!r}")

    def _imported(self, thing: Callable[..., object] | type) -> str:
        """Write the name of a function or class, and import it."""
        name = getattr(thing, "__qualname__", "")
        home = home_of(thing)
        if home is None:
            raise Unwritten(f"{name or thing!r}, which no module has under its name")
        self.imports.add((home, name))
        return str(name)

    def _made(self, thing: object) -> str:
        """Write the call that makes an object of its parameters, without defaults."""
        kind = type(thing)
        known = isinstance(thing, BaseEstimator) or kind.__module__.startswith(
            "sklearn."
        )
        parameters = inspect.signature(kind).parameters if known else {}
        if not known or not all(hasattr(thing, name) for name in parameters):
            raise Unwritten(_what(thing))
        name = kind.__name__
        if home_of(kind) is None:
            self.told[name] = "a class of your own"
        else:
            name = self._imported(kind)
        arguments = []
        for parameter in parameters.values():
            value = getattr(thing, parameter.name)
            if _is(value, parameter.default):
                continue
            text = self.argument(parameter.name, value)
            required = parameter.default is parameter.empty
            arguments.append(text if required else f"{parameter.name}={text}")
        return f"{name}({', '.join(arguments)})"

    def _named(self, name: str, what: str) -> str:
        own, number = f"own_{name}" if name in TAKEN else name, 1
        while own in self.told:
            number += 1
            own = f"{name}_{number}"
        self.told[own] = what
        return own


def _what(thing: object) -> str:
    """Say what a thing is of which there is no code."""
    name = type(thing).__name__
    if isinstance(thing, (np.random.RandomState, np.random.Generator)):
        return (
            f"a {name} in the state in which the fit found it; a whole number in its "
            "place gives the same result each time"
        )
    return f"a value of type {name}"


def _is(value: object, default: object) -> bool:
    """Whether a value is its default; but for plain values only the same object is."""
    plain = isinstance(value, (str, int, float))
    return value is default or (
        plain and type(value) is type(default) and value == default
    )


def home_of(thing: Callable[..., object] | type) -> str | None:
    """Return the module from which a class or function is imported, if there is one."""
    name, module = getattr(thing, "__qualname__", ""), getattr(thing, "__module__", "")
    if not name.isidentifier() or module in (None, "", "__main__", "builtins"):
        return None
    parts = module.split(".")
    homes = [".".join(parts[:k]) for k in range(1, len(parts) + 1)]
    for home in (mifs.__name__, mifs.estimators.__name__, *homes):
        if getattr(sys.modules.get(home), name, None) is thing:
            return home
    return module if getattr(_module(module), name, None) is thing else None


def _module(name: str) -> object:
    try:
        return import_module(name)
    except ImportError:
        return None


def settings_of(estimator: BaseEstimator) -> dict[str, str]:
    """Return parameters with their values, as one would write them."""
    values = estimator.get_params(deep=False)
    return {name: _setting(value) for name, value in values.items()}


def _setting(value: object) -> str:
    try:
        return short(Writer().value(value), SHOWN)
    except Unwritten as error:
        return short(error, SHOWN)


def code_of(
    fitted: Mapping[str, BaseEstimator],
    fits: Mapping[str, str],
    call: Callable[[Writer], str],
    told: Mapping[str, str],
) -> Code:
    """Return the code that fits selectors and makes the report.

    ``fitted`` are selectors by the names of their variables, ``fits`` the arguments of
    their ``fit``, ``call`` writes those of the report, and ``told`` says what the names
    of the data stand for.
    """
    writer = Writer()
    lines = [
        f"{name} = {writer.value(selector)}.fit({fits[name]})"
        for name, selector in fitted.items()
    ]
    last = f'mifs.report({call(writer)}).save("report.html")'
    heads = [
        f"from {home} import "
        f"{', '.join(sorted(own for other, own in writer.imports if other == home))}"
        for home in sorted({home for home, _ in writer.imports})
    ]
    text = "\n".join(["import mifs", *heads, "", *lines, last])
    return Code(text, {**told, **writer.told})
