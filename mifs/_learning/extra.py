"""The extra that brings what networks need."""

from __future__ import annotations

from importlib.util import find_spec

PACKAGES = ("jax", "optax", "equinox")


def need_extra(what: str) -> None:
    """Refuse to go on where a package is missing, before any work.

    Raises
    ------
    ImportError
        The extra ``learn`` is not installed.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        text = f"{what} needs {', '.join(missing)}: pip install 'mifs[learn]'"
        raise ImportError(text)
