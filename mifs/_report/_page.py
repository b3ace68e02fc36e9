"""What a page is made of, and the template that makes it HTML.

All text comes from here as text: jinja2 escapes it. No module but this knows jinja2.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from mifs._names import distinct, short, visible
from mifs._report._marks import Key, Picture
from mifs.selectors._html import number

if TYPE_CHECKING:
    from jinja2 import Template

# Characters of a name in a table, and of one that a pointer reads.
NAME, WHOLE = 48, 200


class Cell(NamedTuple):
    """A cell of a table; ``bar`` is the share of a bar beside it, 0 to 1."""

    text: str
    whole: str = ""
    bar: float | None = None


@dataclass(frozen=True)
class Grid:
    """A table: its head, and rows of which the first cell is a head, too."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: Sequence[bool]
    sortable: bool = False

    @property
    def counts(self) -> bool:
        """Whether all but the first column are numbers."""
        return all(self.numeric[1:])

    @property
    def looks(self) -> str:
        """Classes of the table in the style sheet."""
        own = {"sortable": self.sortable, "counts": self.counts}
        return " ".join(name for name, there in own.items() if there)


@dataclass(frozen=True)
class Figure:
    """A picture, what is said below it, and its numbers.

    ``title`` is in place of the caption, above the picture.
    """

    picture: Picture
    caption: str
    grids: Sequence[Grid]
    names: Sequence[Cell] = ()
    title: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading.

    ``keys`` are the legend of all figures; ``folded`` are tables behind a line that
    opens them.
    """

    id: str
    title: str
    texts: Sequence[str] = ()
    notes: Sequence[str] = ()
    keys: Sequence[Key] = ()
    figures: Sequence[Figure] = ()
    grids: Sequence[Grid] = ()
    folded: Sequence[Grid] = ()
    code: str = ""


@dataclass(frozen=True)
class Page:
    """A whole report."""

    title: str
    answer: Sequence[str]
    sections: Sequence[Section] = field(default_factory=tuple)


def check_jinja2() -> None:
    """Refuse to begin what could not be written at the end.

    Raises
    ------
    ImportError
        Without jinja2.
    """
    try:
        import jinja2  # noqa: F401
    except ImportError as error:
        text = "a report needs jinja2: pip install 'mifs[report]'"
        raise ImportError(text) from error


def html_of(page: Page) -> str:
    """Write a page as HTML."""
    template, style, script = _template()
    return str(template.render(page=page, style=style, script=script))


@cache
def _template() -> tuple[Template, str, str]:
    """Return the compiled template, its styles and its script."""
    from jinja2 import Environment, StrictUndefined

    home = files("mifs._report")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    html, css, js = (
        home.joinpath(f"page.{name}").read_text(encoding="utf-8")
        for name in ("html", "css", "js")
    )
    return environment.from_string(html), css, js


def name_cells(names: Iterable[Hashable], most: int = NAME) -> list[Cell]:
    """Names in little room, of which no two that differ look the same."""
    given = list(names)
    looks = zip(distinct(given, most), map(visible, given), strict=True)
    return [
        Cell(look, "" if look == name else short(name, WHOLE)) for look, name in looks
    ]


def whole_names(names: Iterable[Hashable]) -> list[Cell]:
    """Names of any length, of which no two that differ look the same."""
    return name_cells(names, sys.maxsize)


def texts_of(values: Iterable[object]) -> list[Cell]:
    """Cells of numbers and texts; what is missing is empty."""
    return [Cell(text_of(value)) for value in values]


def text_of(value: object) -> str:
    """Write a value: whole numbers as they are, others as `number` does."""
    if isinstance(value, float):
        return number(value)
    return "" if value is None or value is pd.NA else str(value)


def with_bars(values: Sequence[float]) -> list[Cell]:
    """Cells of numbers, each with a bar from 0; none of what is below 0."""
    largest = max((value for value in values if math.isfinite(value)), default=0.0)
    return [
        Cell(number(value), bar=max(0.0, value) / largest if largest > 0 else None)
        for value in values
    ]


def grid(
    caption: str,
    columns: Iterable[tuple[str, Sequence[Cell]]],
    sortable: bool = False,
) -> Grid:
    """Put columns side by side, each with its head; those without letters are numbers.

    Heads may be the same, as of a class that is called as another column.
    """
    heads, each = zip(*columns, strict=True)
    rows = list(zip(*each, strict=True))
    numeric = [
        all(_numeric(cell.text) for cell in cells) and any(c.text for c in cells)
        for cells in each
    ]
    return Grid(caption, heads, rows, numeric, sortable)


def _numeric(text: str) -> bool:
    try:
        float(text.removesuffix(" %") or "0")
    except ValueError:
        return False
    return True
