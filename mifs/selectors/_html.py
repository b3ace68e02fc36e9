"""Results in a notebook: tables with bars, which run nothing and load nothing.

Their colour is that of the text around (``currentColor``), which fits light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import pandas as pd

from mifs._names import NAME, distinct, short, visible

# Rows that are shown, characters of a name and of a remark, and pixels of a bar.
ROWS, WIDE, REMARK = 20, 40, 600
WIDTH, HEIGHT = 96, 10


class Column(NamedTuple):
    """A column of a table: its head, and ready HTML of its cells."""

    head: str
    cells: Sequence[str]
    align: str = "right"


def path_html(path: pd.DataFrame, stop_reason: str) -> str:
    """Return the first steps of a path, and why it ends."""
    shown = path.head(ROWS)
    columns = [
        Column("name", name_cells(shown["name"]), "left"),
        Column("score", _numbers_with_bars(shown["score"])),
        Column("relevance (nats)", [number(value) for value in shown["relevance"]]),
    ]
    if shown["p_value"].notna().any():
        columns.append(Column("p-value", [p_text(p) for p in shown["p_value"]]))
    second = int((path["tier"] == 2).sum())
    remarks = [
        rest(len(path), "steps", "path_"),
        _at_chance(second, len(path)),
        stop_reason,
    ]
    return (
        f"<div>{table_html('rank', shown.index, columns)}{remarks_html(remarks)}</div>"
    )


def _at_chance(second: int, n: int) -> str:
    """Say how many of the steps add no more than chance, if any."""
    if not second:
        return ""
    if second == 1:
        return f"the last of {n} features adds no more than chance would"
    return f"the last {second} of {n} features add no more than chance would"


def frequencies_html(frequencies: pd.DataFrame, rule: str) -> str:
    """Return the features that most resamples choose, and how many are selected.

    ``rule``: by what they are selected.
    """
    shown = frequencies.head(ROWS)
    ends = zip(shown["low"], shown["high"], strict=True)
    columns = [
        Column("name", name_cells(shown["name"]), "left"),
        Column("frequency", _numbers_with_bars(shown["frequency"], largest=1.0)),
        Column("95 % interval", [f"{low:.2f} to {high:.2f}" for low, high in ends]),
        Column("selected", ["yes" if own else "" for own in shown["selected"]]),
    ]
    n, p = int(frequencies["selected"].sum()), len(frequencies)
    remarks = [
        rest(p, "features", "frequencies_"),
        f"{n} of {p} features are selected; {rule}",
    ]
    return (
        f"<div>{table_html('rank', shown.index, columns)}{remarks_html(remarks)}</div>"
    )


def names_html(names: pd.DataFrame, scores: pd.DataFrame) -> str:
    """Return names of steps by criteria, each with a bar of its score.

    A step that a criterion does not have is NaN, and empty. The bars of a criterion are
    drawn to a scale of its own.
    """
    # Together, so that what differs looks different in all columns.
    looks = name_cells(names.where(names.notna(), "").to_numpy().ravel(), NAME)
    columns = []
    for place, criterion in enumerate(names):
        own = looks[place :: names.shape[1]]
        drawn = zip(own, bars(scores[criterion]), names[criterion].notna(), strict=True)
        cells = [f"{look}<br>{bar}" if there else "" for look, bar, there in drawn]
        columns.append(Column(str(criterion), cells, "left"))
    return table_html("step", names.index, columns)


def remarks_html(remarks: Iterable[str]) -> str:
    """Return one paragraph a remark, without those that are empty."""
    return "".join(f"<p>{escape(short(text, REMARK))}</p>" for text in remarks if text)


def bars(values: Iterable[float], largest: float = 0.0) -> list[str]:
    """Draw a bar each, from 0 to the right or to the left, all to one scale.

    ``largest``: what the scale reaches at least. What is not finite has no bar.
    """
    given = np.fromiter(values, dtype=np.float64)
    finite = given[np.isfinite(given)]
    low = min(0.0, finite.min(initial=0.0))
    high = max(largest, finite.max(initial=0.0))
    # Divided one by one: a difference of two large numbers might be infinite.
    unit = max(high, -low) or 1.0
    pixels = WIDTH / (high / unit - low / unit or 1.0)
    zero = 0.0 - low / unit * pixels
    return [_bar(value / unit * pixels, zero) for value in given.tolist()]


def _bar(length: float, zero: float) -> str:
    """Draw one bar, and the line at 0 where some bars go to the left of it."""
    if not math.isfinite(length):
        return ""
    start = zero + min(length, 0.0)
    line = f'<path d="M{zero:.1f} 0V{HEIGHT}" stroke="currentColor"/>' if zero else ""
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">'
        f'<rect x="{start:.1f}" width="{abs(length):.1f}" height="{HEIGHT}" '
        f'fill="currentColor" opacity=".45"/>{line}</svg>'
    )


def bar_cells(
    texts: Iterable[str], values: Iterable[float], largest: float = 0.0
) -> list[str]:
    """Return ready HTML of texts, each with a bar of its value in the same line."""
    drawn = zip(texts, bars(values, largest), strict=True)
    return [f"{escape(text)}&nbsp;{bar}" for text, bar in drawn]


def _numbers_with_bars(values: Sequence[float], largest: float = 0.0) -> list[str]:
    return bar_cells(map(number, values), values, largest)


def name_cells(names: Iterable[Hashable], most: int = WIDE) -> list[str]:
    """Names in little room, the whole one where the pointer rests."""
    given = list(names)
    shown = zip(map(visible, given), distinct(given, most), strict=True)
    return [
        escape(look)
        if look == text
        else f'<span title="{escape(short(text, REMARK))}">{escape(look)}</span>'
        for text, look in shown
    ]


def number(value: float) -> str:
    """Four decimals, or four digits of what is very small or large."""
    if math.isnan(value):
        return ""
    plain = value == 0 or 1e-3 <= abs(value) < 1e4
    # 0 is added, for -0.0 is to be 0.
    return f"{value + 0.0:.4f}" if plain else f"{value:.4g}"


def p_text(p: float) -> str:
    """Two digits of a p-value, as many as anyone should read."""
    return "" if math.isnan(p) else f"{p:.2g}"


def rest(n: int, what: str, where: str) -> str:
    return f"… and {n - ROWS} more {what}; all are in {where}" if n > ROWS else ""


def table_html(
    corner: str, rows: Iterable[str | int], columns: Sequence[Column]
) -> str:
    """Return a table with a head for each row and column.

    ``rows``: ready HTML of the heads of rows, or whole numbers.
    """
    styles = [f' style="text-align:{column.align}"' for column in columns]
    heads = "".join(
        f'<th scope="col"{style}>{escape(column.head)}</th>'
        for style, column in zip(styles, columns, strict=True)
    )
    lines = []
    for row, *cells in zip(rows, *(column.cells for column in columns), strict=True):
        drawn = zip(styles, cells, strict=True)
        contents = "".join(f"<td{style}>{cell}</td>" for style, cell in drawn)
        lines.append(f'<tr><th scope="row">{row}</th>{contents}</tr>')
    # Front ends that know frames style tables of this class.
    return (
        f'<table class="dataframe">\n<thead><tr><th scope="col">{escape(corner)}</th>'
        f"{heads}</tr></thead>\n<tbody>{''.join(lines)}</tbody>\n</table>"
    )
