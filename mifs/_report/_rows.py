"""Pictures of features, one row each: its name, and below it what is drawn.

Names stand above their bars, so that long ones have room on narrow pages, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mifs._arrays import FloatArray
from mifs._names import distinct, short
from mifs._report._marks import (
    AXIS,
    Key,
    Mark,
    Picture,
    Scale,
    axis,
    bar,
    diamond,
    dot,
    fitting,
    line,
    words,
)
from mifs._report._page import WHOLE
from mifs.plotting._split import COSTS, GIVEN
from mifs.selectors._html import number

# Rows that are drawn, characters of a name, pixels of a row: name, bar, and a gap.
ROWS, NAME = 20, 30
# Characters of a name that is said of a picture.
SAID = 60
ROW, TOP, BAR = 36.0, 19.0, 12.0
# Pixels above the first row of what adds no more than chance.
GAP = 22.0
# Class of each part of a score.
LOOKS = {
    "relevance": "relevance",
    "redundancy": "redundancy",
    "conditional redundancy": "conditional",
    GIVEN: "given",
    COSTS: "costs",
    "score": "whole",
}
STOP = "“auto” stops here"


def names_above(
    names: Sequence[object],
    tops: Sequence[float],
    ends: Sequence[str] = (),
    first_in_band: int | None = None,
) -> list[Mark]:
    """Write the name of each row, and where there are ``ends`` its number, too."""
    whole = [short(name, WHOLE) for name in names]
    rows = zip(fitting(names, NAME), whole, tops, strict=True)
    marks = []
    for row, (look, text, top) in enumerate(rows):
        number_of_it = f"{row + 1}  " if ends else ""
        ground = " banded" if first_in_band is not None and row >= first_in_band else ""
        own = number_of_it + look, f"strong{ground}"
        marks.append(words(0, top + 14, *own, whole=number_of_it + text))
        if ends:
            marks.append(words(100, top + 14, ends[row], f"small{ground}", "end"))
    return marks


def parts_in(path: pd.DataFrame) -> list[str]:
    """Parts into which the scores of a path are split; "score" where they are one."""
    return [name for name in LOOKS if name != "score" and name in path] or ["score"]


def path_picture(
    path: pd.DataFrame, unit: str, *, stops: bool, taken_off: str
) -> Picture:
    """Draw what each score is made of, and where chance begins.

    ``path`` has the columns of `mifs.plotting.SelectionPathDisplay.frame`;
    ``taken_off``: what its column of what is expected is.
    """
    shown, parts = path.head(ROWS), parts_in(path)
    second = int((shown["tier"] == 2).sum())
    first = len(shown) - second
    ends = bool(second) or (stops and len(shown) == len(path))
    gap = GAP if ends else 0.0
    tops = [ROW * row + gap * (row >= first) for row in range(len(shown))]
    height = ROW * len(shown) + gap
    right, left = _sides(shown, parts)
    expected = _expected(shown, parts)
    scale = Scale.of([*(right + expected), *left, *shown["score"]])
    edge = ROW * first
    marks = [bar(0, 100, edge, height - edge, "band")] if second else []
    marks += axis(scale, height, f"{'Score' if parts == ['score'] else 'Nats'}{unit}")
    if ends:
        marks.append(line((0, edge + 2), (100, edge + 2), "stop"))
        ground = " banded" if second else ""
        marks.append(words(100, edge + 17, STOP, f"small{ground}", "end"))
    scores = [f"score {number(score)}" for score in shown["score"]]
    marks += names_above(shown["name"].tolist(), tops, scores, first)
    marks += _stacks(shown, parts, tops, scale)
    marks += _chance(right, expected, tops, scale)
    for top, score, other in zip(
        tops, shown["score"], shown["runner_up_score"], strict=True
    ):
        y = top + TOP + BAR / 2
        if math.isfinite(other):
            marks.append(dot(scale(other), y, "open", 4))
        marks.append(diamond(scale(score), y, "mark"))
    keys = _keys(shown, parts, taken_off)
    return Picture(height + AXIS, _path_says(shown, second), marks, keys)


def _sides(shown: pd.DataFrame, parts: list[str]) -> tuple[FloatArray, FloatArray]:
    """Where the bars end that go to the right, and to the left."""
    values = shown[parts].to_numpy(dtype=np.float64)
    return values.clip(min=0).sum(axis=1), values.clip(max=0).sum(axis=1)


def _expected(shown: pd.DataFrame, parts: list[str]) -> FloatArray:
    """Return what chance would make of each relevance, 0 where nobody asked."""
    if parts == ["score"]:
        return np.zeros(len(shown))
    expected: FloatArray = np.nan_to_num(shown["expected"].to_numpy(dtype=np.float64))
    return expected


def _stacks(
    shown: pd.DataFrame, parts: list[str], tops: Sequence[float], scale: Scale
) -> list[Mark]:
    marks = []
    for top, values in zip(tops, shown[parts].to_numpy(np.float64), strict=True):
        right = left = 0.0
        for name, value in zip(parts, values.tolist(), strict=True):
            start = right if value >= 0 else left
            if value:
                own = scale(start), scale(start + value)
                marks.append(bar(*own, top + TOP, BAR, LOOKS[name]))
            right, left = right + max(value, 0.0), left + min(value, 0.0)
    return marks


def _chance(
    start: FloatArray, expected: FloatArray, tops: Sequence[float], scale: Scale
) -> list[Mark]:
    rows = zip(start.tolist(), expected.tolist(), tops, strict=True)
    return [
        bar(scale(at), scale(at + more), top + TOP, BAR, "expected")
        for at, more, top in rows
        if more > 0
    ]


def _keys(shown: pd.DataFrame, parts: list[str], taken_off: str) -> list[Key]:
    keys = [Key(LOOKS[name], "bar", name) for name in parts if name != "score"]
    keys.append(Key("mark", "diamond", "score, where the bars end"))
    if shown["runner_up_score"].notna().any():
        keys.append(Key("open", "dot", "score of the runner-up"))
    if (_expected(shown, parts) > 0).any():
        keys.append(Key("expected", "bar", taken_off))
    if (shown["tier"] == 2).any():
        keys.append(Key("band", "bar", "adds no more than chance"))
    return keys


def _path_says(shown: pd.DataFrame, second: int) -> str:
    first, last = distinct(shown["name"].iloc[[0, -1]].tolist(), SAID)
    scores = number(shown["score"].iloc[0]), number(shown["score"].iloc[-1])
    text = (
        f"Bars of the scores of {len(shown)} steps, from {first} with {scores[0]} "
        f"to {last} with {scores[1]}."
    )
    return f"{text} The last {second} add no more than chance." if second else text


def stability_picture(
    frequencies: pd.DataFrame, threshold: float | None, n: int
) -> Picture:
    """Draw in which share of the resamples each feature is chosen.

    ``frequencies`` are ``frequencies_`` of a `mifs.StabilitySelector`; ``threshold`` is
    None where another rule selects.
    """
    shown = frequencies.head(ROWS)
    height = ROW * len(shown)
    tops = [ROW * row for row in range(len(shown))]
    scale = Scale(0.0, 1.0)
    marks = axis(scale, height, f"Share of {n} resamples that choose it")
    if threshold is not None:
        at = scale(threshold)
        marks.append(line((at, 0), (at, height), "limit"))
    ends = [f"{value:.2f}" for value in shown["frequency"]]
    marks += names_above(shown["name"].tolist(), tops, ends)
    for top, (_, row) in zip(tops, shown.iterrows(), strict=True):
        y = top + TOP + BAR / 2
        marks.append(line((scale(row["low"]), y), (scale(row["high"]), y), "whisker"))
        look = "relevance" if row["selected"] else "open"
        marks.append(dot(scale(row["frequency"]), y, look))
    keys = [
        Key("relevance", "dot", "selected"),
        Key("open", "dot", "not selected"),
        Key("whisker", "line", "95 % interval"),
    ]
    if threshold is not None:
        keys.append(Key("limit", "line", f"threshold, {threshold:g}"))
    first, last = distinct(shown["name"].iloc[[0, -1]].tolist(), SAID)
    says = (
        f"Points with intervals: how often {len(shown)} features are chosen, from "
        f"{first} with {ends[0]} to {last} with {ends[-1]}; "
        f"{int(shown['selected'].sum())} are selected."
    )
    return Picture(height + AXIS, says, marks, keys)


def agreement_picture(steps: pd.DataFrame) -> Picture:
    """Draw at which step each criterion chooses a feature: the earlier, the darker.

    ``steps`` has the columns of `mifs.plotting.CriteriaAgreementDisplay.frame`.
    """
    shown, criteria = steps.head(ROWS), [str(name) for name in steps.columns[1:]]
    head = 24.0
    tops = [head + ROW * row for row in range(len(shown))]
    places = [100 * (place + 0.5) / len(criteria) for place in range(len(criteria))]
    marks = [
        words(x, 14, short(name, 14), "small", "middle", whole=name)
        for x, name in zip(places, criteria, strict=True)
    ]
    marks += names_above(shown["name"].tolist(), tops)
    last = int(steps[steps.columns[1:]].max().max())
    width = min(40.0, 80 / len(criteria))
    for top, row in zip(tops, shown.iloc[:, 1:].itertuples(index=False), strict=True):
        marks.append(bar(0, 100, top + TOP, 16, "track"))
        for x, step in zip(places, row, strict=True):
            if step is pd.NA:
                continue
            cell = bar(x - width / 2, x + width / 2, top + TOP, 16, "cell")
            strength = 0.42 - 0.34 * (int(step) - 1) / max(1, last - 1)
            cell.attributes["fill-opacity"] = f"{strength:.2f}"
            marks += [cell, words(x, top + TOP + 12.5, str(step), "", "middle")]
    everywhere = int(shown.iloc[:, 1:].notna().all(axis=1).sum())
    says = (
        f"Steps at which {len(criteria)} criteria ({', '.join(criteria)}) choose "
        f"{len(shown)} features; {everywhere} of these are chosen by all of them."
    )
    return Picture(head + ROW * len(shown), says, marks)
