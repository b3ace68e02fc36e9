"""Pictures of chosen features: beside the target, and of what they share."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from mifs._arrays import FloatArray, IntArray
from mifs._names import distinct, short
from mifs._report._marks import (
    AXIS,
    Key,
    Mark,
    Picture,
    Scale,
    axis,
    bar,
    fitting,
    line,
    percent,
    pixels,
    words,
)
from mifs.plotting._two_variables import MISSING, Variable

# Levels and classes that are drawn; the rest of them are one.
LEVELS, CLASSES = 12, 6
# Percent that levels have at the left and numbers of rows at the right, letters of a
# level (so many fit where two pictures stand side by side on paper), and its pixels.
LABELS, COUNTS, NAME, ROW = 42.0, 13.0, 20, 20.0
# Characters of names that are said of a picture, and of those in its legend.
SAID = 40
# Pixels of a cell of the map, and shades of it.
CELL, SHADES = 18.0, 10
# Columns of the map from which on every fifth has its number.
CROWDED = 15
QUANTILES = {"5 %": 0.05, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "95 %": 0.95}


class Joint(NamedTuple):
    """A feature and the target: one row a level or bin of the feature.

    Attributes
    ----------
    name : hashable
    levels : list of str
        Whole, of which no two that differ are the same.
    rows : ndarray of shape (n_levels,)
        How many rows each has, or their weight.
    heads : list of str
        Classes of the target, or `QUANTILES` of a quantity.
    values : ndarray of shape (n_levels, n_heads)
        Rows of each class, or quantiles.
    discrete : bool
        Whether the target has classes.
    """

    name: Hashable
    levels: list[str]
    rows: FloatArray
    heads: list[str]
    values: FloatArray
    discrete: bool


def joint_of(feature: Variable, target: Variable, weights: FloatArray) -> Joint:
    """Count the target within each level or bin of a feature."""
    codes, levels = _frequent(feature, LEVELS, weights)
    rows = _sums(codes, weights, len(levels))
    if target.continuous:
        assert target.values is not None
        own = [codes == level for level in range(len(levels))]
        found = [_quantiles(target.values[here], weights[here]) for here in own]
        quantiles = np.array(found)
        return Joint(feature.name, levels, rows, list(QUANTILES), quantiles, False)
    classes, names = _frequent(target, CLASSES, weights)
    shape = len(levels), len(names)
    cells = np.ravel_multi_index((codes, classes), shape)
    counts = _sums(cells, weights, shape[0] * shape[1]).reshape(shape)
    return Joint(feature.name, levels, rows, names, counts, True)


def _frequent(
    variable: Variable, most: int, weights: FloatArray
) -> tuple[IntArray, list[str]]:
    """Codes of the most frequent levels in their order, the others put together."""
    counts = _sums(variable.codes, weights, len(variable.levels))
    kept = np.flatnonzero(counts)
    if len(kept) > most:
        kept = np.sort(np.argsort(-counts, kind="stable")[: most - 1])
    place = np.full(len(counts), len(kept))
    place[kept] = np.arange(len(kept))
    names = distinct([_told(variable, level) for level in kept.tolist()], sys.maxsize)
    n_others = int((counts > 0).sum()) - len(kept)
    return place[variable.codes], [*names, f"{n_others} others"] if n_others else names


def _told(variable: Variable, level: int) -> Hashable:
    """Return a level; where a value is the word for no value, say which this is."""
    name = variable.levels[level]
    last = level == len(variable.levels) - 1
    if last and name == MISSING and name in variable.levels[:-1]:
        return f"{MISSING} (no value)"
    return name


def _sums(codes: IntArray, weights: FloatArray, n: int) -> FloatArray:
    """Weight of the rows of each code."""
    return np.bincount(codes, weights, n).astype(np.float64)


def _quantiles(values: FloatArray, weights: FloatArray) -> list[float]:
    """Smallest values that the shares of the rows reach."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    wanted = np.array(list(QUANTILES.values()))
    places = np.searchsorted(reached, wanted - 1e-12)
    return [float(value) for value in values[order][places.clip(max=len(values) - 1)]]


def joint_picture(joint: Joint, scale: Scale, target: str) -> Picture:
    """Draw shares of classes, or quartiles of a quantity, within each level."""
    height = ROW * len(joint.levels)
    label = f"Share of {short(target, 24)}" if joint.discrete else short(target, 30)
    marks = axis(scale, height, label)
    looks, counts = fitting(joint.levels, NAME), map(_rows_text, joint.rows.tolist())
    marks += [_column(LABELS, looks), _column(100, list(counts))]
    marks += [_shares(joint, scale)] if joint.discrete else _boxes(joint, scale)
    says = _shares_say if joint.discrete else _boxes_say
    return Picture(height + AXIS, says(joint, short(target, SAID)), marks)


def _column(x: float, texts: Sequence[str]) -> Mark:
    """Write a text a level, which ends at x."""
    rows = [
        Mark("text", {"y": pixels(ROW * row + 14)}, text)
        for row, text in enumerate(texts)
    ]
    return Mark("svg", {"x": percent(x), "class": "ends"}, inside=tuple(rows))


def _rows_text(n: float) -> str:
    """Write a number of rows, or their weight, in at most seven letters."""
    whole = f"{n:.0f}" if n < 1e6 else f"{n:.1e}".replace("e+0", "e")
    return whole if n >= 1e3 or n == round(n) else f"{n:.4g}"


def keys_of(joints: Sequence[Joint]) -> list[Key]:
    """Return the legend of all pictures, which have the same classes."""
    heads = distinct(joints[0].heads, SAID) if joints[0].discrete else []
    return [Key(f"c{place}", "bar", name) for place, name in enumerate(heads)]


def scale_of(joints: Sequence[Joint]) -> Scale:
    """Return one scale for all pictures, whose target is the same."""
    ends = LABELS + 2, 100 - COUNTS
    if joints[0].discrete:
        return Scale(0, 1, *ends)
    values = np.concatenate([joint.values.ravel() for joint in joints])
    return Scale(float(values.min()), float(values.max()), *ends)


def _shares(joint: Joint, scale: Scale) -> Mark:
    """Draw one group of bars a class: what they share is said once.

    Each bar begins at the left, below that of the class before, so that its width is
    all that is its own; its height is that of the style sheet.
    """
    ends = np.cumsum(joint.values / joint.rows[:, np.newaxis], axis=1)
    starts = np.column_stack([np.zeros(len(ends)), ends[:, :-1]])
    groups = []
    for place in range(len(joint.heads) - 1, -1, -1):
        there = np.flatnonzero(ends[:, place] > starts[:, place]).tolist()
        tops = [pixels(ROW * row + 2) for row in there]
        widths = [percent(round(100 * end, 1)) for end in ends[there, place].tolist()]
        bars = [
            Mark("rect", {"y": top, "width": width})
            for top, width in zip(tops, widths, strict=True)
        ]
        groups.append(Mark("g", {"class": f"c{place}"}, inside=tuple(bars)))
    left, right = scale(0), scale(1)
    room = {"x": percent(left), "width": percent(right - left), "class": "shares"}
    return Mark("svg", room, inside=tuple(groups))


def _boxes(joint: Joint, scale: Scale) -> list[Mark]:
    marks = []
    for row, own in enumerate(joint.values.tolist()):
        low, first, middle, third, high = (scale(value) for value in own)
        top = ROW * row
        marks += [
            line((low, top + ROW / 2), (high, top + ROW / 2), "whisker"),
            bar(first, third, top + 4, ROW - 8, "box"),
            line((middle, top + 3), (middle, top + ROW - 3), "median"),
        ]
    return marks


def _shares_say(joint: Joint, target: str) -> str:
    """Say of the class that differs most where it is rare and where it is not."""
    shares = joint.values / joint.rows[:, np.newaxis]
    place = int(np.argmax(np.ptp(shares, axis=0)))
    own = shares[:, place]
    low, high = _said(joint, own)
    name, head = short(joint.name, SAID), short(joint.heads[place], SAID)
    return (
        f"Stacked bars of {target} within {len(own)} levels of {name}: the share of "
        f"{head} is {own.min():.2f} in {low}, and {own.max():.2f} in {high}."
    )


def _said(joint: Joint, values: FloatArray) -> list[str]:
    """Name the levels of the smallest and of the largest value."""
    ends = int(values.argmin()), int(values.argmax())
    return distinct([joint.levels[place] for place in ends], SAID)


def _boxes_say(joint: Joint, target: str) -> str:
    middle = joint.values[:, list(QUANTILES).index("median")]
    low, high = _said(joint, middle)
    return (
        f"Boxes of the quartiles of {target} within {len(middle)} levels of "
        f"{short(joint.name, SAID)}: the median is {middle.min():.4g} in {low}, and "
        f"{middle.max():.4g} in {high}."
    )


def map_picture(shares: FloatArray, names: Sequence[Hashable]) -> Picture:
    """Draw a square of cells, the darker the more two features share."""
    n = len(shares)
    left, top = 7.0, 18.0
    wide = (100 - left) / n
    marks = []
    for place in range(n):
        x, y = left + wide * (place + 0.5), top + CELL * (place + 0.5) + 4
        if n <= CROWDED or (place + 1) % 5 == 0:
            marks.append(words(x, 12, str(place + 1), "small", "middle"))
        marks.append(words(left - 1, y, str(place + 1), "small", "end"))
    marks.append(_cells(shares, {"x": percent(left), "y": pixels(top)}, left))
    keys = [
        Key(f"cell s{shade}", "bar", f"up to {shade / SHADES:g}")
        for shade in range(2, SHADES + 1, 2)
    ]
    return Picture(top + CELL * n + 2, _map_says(shares, names), marks, keys)


def _cells(shares: FloatArray, corner: dict[str, str], left: float) -> Mark:
    """Draw the cells of each shade as one path, in units of a cell."""
    n = len(shares)
    shades = np.ceil(np.nan_to_num(shares).clip(0, 1) * SHADES).astype(int)
    paths = []
    for shade in range(1, SHADES + 1):
        rows, columns = np.nonzero(shades == shade)
        cells = zip(columns.tolist(), rows.tolist(), strict=True)
        drawn = "".join(f"M{x} {y}h1v1h-1z" for x, y in cells)
        if drawn:
            paths.append(Mark("path", {"class": f"s{shade}", "d": drawn}))
    square = {"width": percent(100 - left), "height": pixels(CELL * n)}
    square |= {"viewBox": f"0 0 {n} {n}", "preserveAspectRatio": "none"}
    return Mark("svg", corner | square | {"class": "cell"}, inside=tuple(paths))


def _map_says(shares: FloatArray, names: Sequence[Hashable]) -> str:
    n = len(shares)
    rows, columns = np.triu_indices(n, 1)
    most = int(np.argmax(shares[rows, columns]))
    pair = distinct([names[rows[most]], names[columns[most]]], SAID)
    return (
        f"Map of what every two of {n} features share, 0 to 1; most is shared by "
        f"{pair[0]} and {pair[1]}: {shares[rows[most], columns[most]]:.2f}."
    )
