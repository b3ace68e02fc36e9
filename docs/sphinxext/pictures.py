"""What of an example becomes a picture: the displays that a cell makes."""

from __future__ import annotations

import tempfile
import warnings
from typing import Any

from sphinx_gallery.scrapers import figure_rst

SHOWN: set[int] = set()
FILTERS: list[list[Any]] = []
FOLDER = tempfile.TemporaryDirectory()  # goes when the build ends


def displays(
    block: tuple[str, str, int], variables: dict[str, Any], settings: dict[str, Any]
) -> str:
    """Save the figures of new displays, which pyplot does not know."""
    paths = []
    for name, value in list(variables["example_globals"].items()):
        module = type(value).__module__
        if not module.startswith("mifs.plotting") or id(value) in SHOWN:
            continue
        SHOWN.add(id(value))
        if name.startswith("_") or value.figure_.canvas.manager is not None:
            continue  # drawn into a figure of pyplot, which shows it
        path = next(variables["image_path_iterator"])
        value.figure_.savefig(path, dpi=110)
        paths.append(path)
    return figure_rst(paths, settings["src_dir"])


def reset(settings: dict[str, Any], file: str, when: str) -> None:
    """Begin anew: no pictures are shown yet, and a warning is an error."""
    SHOWN.clear()
    if when == "before":
        FILTERS.append(warnings.filters[:])
        for category in (UserWarning, RuntimeWarning):
            warnings.simplefilter("error", category)
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    else:
        warnings.filters[:] = FILTERS.pop()


def folder(settings: dict[str, Any], script: dict[str, Any]) -> list[str]:
    """Where a script writes what it would write to the current folder."""
    return [FOLDER.name]
