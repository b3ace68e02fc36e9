"""Where a report comes from: versions, and the code or the command."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from importlib.metadata import version

import mifs

PACKAGES = ("numpy", "scipy", "scikit-learn", "pandas", "numba")


@dataclass(frozen=True)
class Code:
    """Code that makes a report again.

    Attributes
    ----------
    text : str
    told : dict of str to str
        Names that it does not define, and what they stand for.
    """

    text: str
    told: dict[str, str] = field(default_factory=dict)


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


def versions() -> dict[str, str]:
    """Return versions of what computes the numbers."""
    found = {"mifs": mifs.__version__, "Python": platform.python_version()}
    return found | {name: version(name) for name in PACKAGES}
