"""What trains networks runs by ``make learn``, with its doctests; and less garbage."""

import gc
from importlib.util import find_spec

import pytest

LEARNS = {"representations", "_learning"}
PACKAGES = ("jax", "optax", "equinox")


def pytest_configure() -> None:
    """Do not look for garbage among the tests while they are found: that is a fifth."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage among what tests make, and not among the tests themselves."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark doctests of what needs jax; without it, skip all that is marked so."""
    absent = [name for name in PACKAGES if find_spec(name) is None]
    reason = f"no {', '.join(absent)}: pip install 'mifs[learn]'"
    for item in items:
        if LEARNS & set(item.path.parts) or item.path.name == "_neural.py":
            item.add_marker(pytest.mark.learn)
        if absent and item.get_closest_marker("learn"):
            item.add_marker(pytest.mark.skip(reason=reason))
