"""The sections on chosen features: what they share, and each beside the target."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from mifs._arrays import FloatArray
from mifs._names import short
from mifs._report._counted import Counted
from mifs._report._found import NAME, Found
from mifs._report._joint import (
    Joint,
    joint_of,
    joint_picture,
    keys_of,
    map_picture,
    scale_of,
)
from mifs._report._page import (
    Cell,
    Figure,
    Grid,
    Section,
    grid,
    name_cells,
    whole_names,
)
from mifs._report._profiled import LISTED
from mifs._report._said import bins_are, gaps_are
from mifs.estimators import PlugIn
from mifs.plotting._two_variables import Variable
from mifs.selectors._html import number


def redundancy(found: Found) -> Section | None:
    """Show what every two chosen features share."""
    counted = found.counted
    if counted is None or len(counted.columns) < 2:
        return None
    names = [found.names[j] for j in counted.columns.tolist()]
    cells = name_cells(names)
    columns: dict[str, Sequence[Cell]] = {
        "feature": [
            Cell(f"{place}  {cell.text}", cell.whole)
            for place, cell in enumerate(cells, 1)
        ]
    }
    for place, own in enumerate(counted.shares.T, 1):
        columns[str(place)] = [Cell(f"{share:.2f}") for share in own]
    caption = (
        "Mutual information of every two chosen features over the mean of their "
        "entropies: 0 of independent ones, 1 of copies. It is counted"
        f"{'' if isinstance(found.estimator, PlugIn) else ' in bins'}, and nothing is "
        f"taken off for chance.{_gaps(found, counted)}{_left_out(found, counted)}"
    )
    figure = Figure(
        map_picture(counted.shares, names),
        caption,
        [grid("The numbers of the map", columns.items())],
        names=cells,
    )
    return Section("redundancy", "Redundancy", figures=[figure])


def _gaps(found: Found, counted: Counted) -> str:
    """Say what missing values are in pictures, where it is not what they are else."""
    shown = counted.facts["missing"].to_numpy()[counted.columns]
    said = gaps_are(found.estimator) if (shown > 0).any() else ""
    return f" {said}" if said else ""


def _left_out(found: Found, counted: Counted) -> str:
    """Say how many chosen features are not shown."""
    more = len(found.chosen) - len(counted.columns)
    return f" {more} more chosen features are not shown." if more else ""


def distributions(found: Found) -> Section | None:
    """Show each chosen feature beside the target."""
    counted = found.counted
    if counted is None or counted.target is None or not counted.features:
        return None
    weights = counted.weights
    joints = [joint_of(own, counted.target, weights) for own in counted.features]
    figures = _figures(found, counted.columns.tolist(), joints, counted.target.name)
    name, n = short(counted.target.name, NAME), len(counted.outputs)
    about = found.about if n == 1 else f"“{name}”, the first of {n} outputs,"
    what = (
        f"Shares of the classes of {about} within each level of a feature."
        if joints[0].discrete
        else f"{about} within each level of a feature: 5 % to 95 % as a line, "
        "quartiles as a box, the median as a stroke."
    )
    bins = any(feature.continuous for feature in counted.features)
    weighed = "Weights" if counted.table.weights is not None else "Numbers of rows"
    text = (
        f"{what}{' ' + bins_are(found.estimator) if bins else ''}"
        f"{_gaps(found, counted)} {weighed} stand at the right."
        f"{_left_out(found, counted)}"
    )
    title = "Chosen features and the target"
    classes = [_classes(counted.target, weights)] if joints[0].discrete else []
    keys = keys_of(joints)
    return Section(
        "distributions", title, [text], keys=keys, figures=figures, folded=classes
    )


def _figures(
    found: Found, columns: list[int], joints: list[Joint], target: Hashable
) -> list[Figure]:
    """Draw each feature, below its place and its relevance."""
    scale, names = scale_of(joints), name_cells(joint.name for joint in joints)
    figures = []
    for place, (column, joint, name) in enumerate(
        zip(columns, joints, names, strict=True), 1
    ):
        relevance = number(found.relevance[column])
        title = f"{place}  {name.text}: relevance {relevance} nats"
        picture = joint_picture(joint, scale, str(target))
        numbers = [_joint_numbers(joint, name.text)]
        figures.append(Figure(picture, "", numbers, title=title))
    return figures


def _joint_numbers(joint: Joint, name: str) -> Grid:
    columns: list[tuple[str, Sequence[Cell]]] = [
        ("level or bin", [Cell(level) for level in joint.levels]),
        ("rows", [Cell(f"{n:.6g}") for n in joint.rows]),
    ]
    heads = name_cells(joint.heads)
    for head, values in zip(heads, joint.values.T, strict=True):
        columns.append((head.text, [Cell(f"{value:.6g}") for value in values]))
    what = "rows of each class" if joint.discrete else "quantiles of the target"
    return grid(f"{name}: {what}", columns)


def _classes(target: Variable, weights: FloatArray) -> Grid:
    """List all classes by their whole names, the most frequent ones first."""
    counts = np.bincount(target.codes, weights, len(target.levels))
    order = np.argsort(-counts, kind="stable")[:LISTED].tolist()
    shares = counts / counts.sum()
    columns: dict[str, Sequence[Cell]] = {
        "class": whole_names(target.levels[j] for j in order),
        "rows": [Cell(f"{counts[j]:.6g}") for j in order],
        "share": [Cell(f"{100 * shares[j]:.1f} %") for j in order],
    }
    return grid(f"All {len(counts)} classes", columns.items())
