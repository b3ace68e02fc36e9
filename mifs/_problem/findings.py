"""What `fit` has to say besides its result."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from mifs._arrays import BoolArray
from mifs._problem.constraints import Units
from mifs._search import Path
from mifs._search._stopping import AT_CHANCE
from mifs.criteria import Criterion
from mifs.exceptions import ChanceWarning, MifsWarning, NoGainWarning

NOTHING = 1e-12
# Names that a message lists.
SHOWN = 10


class Finding(NamedTuple):
    """A warning that is still to be given."""

    category: type[MifsWarning]
    text: str


def without_gain(
    path: Path, criterion: Criterion, names: Sequence[Hashable], *, costly: bool
) -> list[Finding]:
    """Say if the last features chosen have neither relevance nor synergy."""
    useless = n_useless(_gains(path, criterion, costly))
    if not useless:
        return []
    text = (
        f"the last {useless} of {len(path)} selected features carry no information "
        f"about the target: {last_names(path, names, useless)}; ask for fewer"
    )
    return [Finding(NoGainWarning, text)]


def at_chance(path: Path, units: Units, reason: str) -> list[Finding]:
    """Name the chosen features that add no more than chance would.

    ``reason``: why the path ends, for one that has no step.
    """
    second = [units.names[step.feature] for step in path if step.tier == 2]
    if not path and path.stop_reason == AT_CHANCE:
        return [Finding(ChanceWarning, f"{reason}; nothing is selected")]
    if not second:
        return []
    more = f" and {len(second) - SHOWN} more" if len(second) > SHOWN else ""
    text = (
        f"the last {len(second)} of {len(path)} selected features add no more than "
        f"chance would: {second[:SHOWN]}{more}; n_features_to_select='auto' leaves "
        "them out"
    )
    return [Finding(ChanceWarning, text)]


def why(path: Path, units: Units, n_excluded: int) -> str:
    """Say why a path ends, in a sentence."""
    if path.stop_reason != AT_CHANCE:
        return path.stop_reason
    remaining = len(units.members) - len(path) - n_excluded
    begin = f"stopped at {len(path)}: "
    if path.best_left is None:
        return f"{begin}none of {remaining} remaining adds more than chance would"
    feature, p_value = path.best_left
    return (
        f"{begin}the best of {remaining} remaining, {units.names[feature]!r}, adds no "
        f"more than chance would (p = {p_value:.2g})"
    )


def n_useless(gains: BoolArray) -> int:
    """Count the steps at the end of a path that gained nothing."""
    return int(np.argmax(gains[::-1])) if gains.any() else len(gains)


def last_names(path: Path, names: Sequence[Hashable], n: int) -> list[Hashable]:
    """Names of the last features, the first ten of them."""
    return [names[unit] for unit in path.feature[-n:]][:SHOWN]


def _gains(path: Path, criterion: Criterion, costly: bool) -> BoolArray:
    """Whether the feature of each step tells anything, as far as that was asked."""
    gains: BoolArray
    if criterion.search == "conditional" and not costly:
        gains = np.array(path.score) > NOTHING
        return gains
    if criterion.search != "pairwise":
        return np.ones(len(path), dtype=np.bool_)
    synergy = np.subtract(path.conditional_redundancy, path.redundancy)
    gains = (np.array(path.relevance) > NOTHING) | (synergy > NOTHING)
    return gains
