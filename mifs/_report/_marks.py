"""Pictures as values: marks of an SVG, which the template of the page draws.

Places from left to right are percent of the width, so that a picture is as wide as the
page and its text keeps its size; places from top to bottom are pixels. How a mark looks
is a class of the style sheet, which knows light and dark.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mifs._names import distinct

# Percent that are left free at both sides, for marks at the ends.
MARGIN = 2.0
# Pixels below a plot, for numbers and a label.
AXIS = 38.0
# Ticks of an axis, at least.
TICKS = 3
# Pixels of the narrowest picture, and of a letter or digit below an axis.
NARROWEST, DIGIT = 320.0, 6.7
# Letters of a name at least.
LEAST = 7


@dataclass(frozen=True)
class Mark:
    """An element of an SVG; ``title`` is what a pointer that rests there reads."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    title: str = ""
    inside: tuple[Mark, ...] = ()


class Key(NamedTuple):
    """A line of a legend: the class of a mark, its form, and what it means."""

    look: str
    form: str
    meaning: str


@dataclass(frozen=True)
class Picture:
    """Marks, how high they stand, and a text that says what they show."""

    height: float
    says: str
    marks: Sequence[Mark]
    keys: Sequence[Key] = ()


@dataclass(frozen=True)
class Scale:
    """From numbers to percent of the width."""

    low: float
    high: float
    left: float = MARGIN
    right: float = 100 - MARGIN

    def __call__(self, value: float) -> float:
        """Place of a number."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.left + share * (self.right - self.left)

    @classmethod
    def of(
        cls, values: Iterable[float], left: float = MARGIN, right: float = 100 - MARGIN
    ) -> Scale:
        """Make one from 0, or below, to the largest of some numbers."""
        finite = [value for value in values if math.isfinite(value)]
        return cls(min([0.0, *finite]), max([0.0, *finite]) or 1.0, left, right)


def bar(start: float, end: float, top: float, height: float, look: str) -> Mark:
    """Draw a bar between two places."""
    return Mark(
        "rect",
        {
            "x": percent(min(start, end)),
            "width": percent(abs(end - start)),
            "y": pixels(top),
            "height": pixels(height),
            "class": look,
        },
    )


def line(start: tuple[float, float], end: tuple[float, float], look: str) -> Mark:
    """Draw a line between two points."""
    (x1, y1), (x2, y2) = start, end
    return Mark(
        "line",
        {
            "x1": percent(x1),
            "y1": pixels(y1),
            "x2": percent(x2),
            "y2": pixels(y2),
            "class": look,
        },
    )


def dot(x: float, y: float, look: str, radius: float = 5) -> Mark:
    """Draw a circle."""
    return Mark(
        "circle",
        {"cx": percent(x), "cy": pixels(y), "r": pixels(radius), "class": look},
    )


def diamond(x: float, y: float, look: str) -> Mark:
    """Draw a diamond, whose form stands at the top of the page."""
    return Mark(
        "use",
        {"href": "#diamond", "x": percent(x), "y": pixels(y), "class": look},
    )


def words(
    x: float,
    y: float,
    text: str,
    look: str = "",
    anchor: str = "start",
    whole: str = "",
) -> Mark:
    """Write a text; ``whole`` is what it was before it was made short."""
    attributes = {"x": percent(x), "y": pixels(y)}
    if look:
        attributes["class"] = look
    if anchor != "start":
        attributes["text-anchor"] = anchor
    return Mark("text", attributes, text, whole if whole != text else "")


def axis(scale: Scale, height: float, label: str) -> list[Mark]:
    """Draw ticks with numbers below a plot, lines through it, and a label."""
    marks = []
    ticks = nice(scale.low, scale.high)
    for tick in ticks:
        x = scale(tick)
        look = "zero" if tick == 0 else "grid"
        marks.append(line((x, 0), (x, height), look))
    for tick, text in _apart(scale, ticks):
        x = scale(tick)
        anchor = "start" if x < 6 else "end" if x > 94 else "middle"
        marks.append(words(x, height + 14, text, "small", anchor))
    middle = (scale.left + scale.right) / 2
    marks.append(words(middle, height + 32, label, "small", "middle"))
    return marks


def _apart(scale: Scale, ticks: list[float]) -> list[tuple[float, str]]:
    """Ticks with their texts: so many of them, with 0, as have room side by side."""
    texts = [tick_text(tick, ticks) for tick in ticks]
    gap = (max(map(len, texts)) + 0.6) * DIGIT
    between = [scale(tick) * NARROWEST / 100 for tick in ticks[:2]]
    step = math.ceil(gap / max(between[-1] - between[0], gap / len(ticks)))
    first = ticks.index(0) % step if 0 in ticks else 0
    if first + step >= len(ticks):
        # One number alone tells no scale: the ends do.
        first, step = 0, max(1, len(ticks) - 1)
    return list(zip(ticks, texts, strict=True))[first::step]


def nice(low: float, high: float) -> list[float]:
    """Round numbers from ``low`` to ``high``, a few of them."""
    if not 0 < high - low < math.inf:
        return sorted({low, high})
    power = 10.0 ** math.ceil(math.log10(high - low))
    for step in (power / k for k in (1, 2, 5, 10, 20, 50)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 >= TICKS:
            break
    return [place * step for place in range(first, last + 1)]


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """As few decimals as tell ticks apart."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(value) or 1.0
    if 1e-4 <= step < 1e6:
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return f"{value + 0.0:.{decimals}f}"
    largest = max(map(abs, ticks))
    digits = 1 + math.ceil(math.log10(largest / step)) if largest > step > 0 else 3
    return f"{value + 0.0:.{min(max(digits, 3), 17)}g}"


def fitting(names: Sequence[Hashable], most: int) -> list[str]:
    """Names in the room of so many letters, of which wide ones take more.

    No two that differ look the same.
    """
    cuts = [distinct(names, n) for n in range(most, LEAST, -1)]
    looks = [
        next((look for look in own if width(look) <= most), own[-1])
        for own in zip(*cuts, strict=True)
    ]
    return looks if len(set(looks)) == len(set(cuts[-1])) else cuts[-1]


def width(text: str) -> float:
    """How many small letters a text is wide, about."""
    return sum(map(_width, text))


def _width(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF" or letter in "MW@%—":
        return 1.9
    return 1.3 if letter.isupper() or letter in "mw" else 1.0


def percent(value: float) -> str:
    """Write a place from left to right."""
    return f"{value + 0.0:.2f}".rstrip("0").rstrip(".") + "%"


def pixels(value: float) -> str:
    """Write a place from top to bottom."""
    return f"{value + 0.0:.1f}".rstrip("0").rstrip(".")
