"""Groups, forced and forbidden features, costs: from columns to what is searched.

A unit is a group of columns that is taken or left together; without groups every column
is its own unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._data.kinds import column_indices
from mifs._search import Constraints
from mifs.estimators import Terms


class Alone(Sequence[list[int]]):
    """Every column a unit of its own, without a list for each."""

    def __init__(self, n_columns: int) -> None:
        self._columns = range(n_columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, unit: Any) -> Any:
        """Return the only column of a unit, in a list."""
        return [self._columns[unit]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alone) and self._columns == other._columns

    def __hash__(self) -> int:
        return hash(self._columns)


@dataclass(frozen=True)
class Units:
    """What is searched.

    Attributes
    ----------
    members : sequence of list of int
        Columns of each unit, in the order of their first members.
    names : sequence of str
        Name of the group, or of the single column.
    grouped : bool
        Whether any unit may have several columns.
    """

    members: Sequence[list[int]]
    names: Sequence[str]
    grouped: bool

    def of_columns(self, columns: NDArray[np.intp]) -> list[int]:
        """Units that hold the columns, in their order, each once."""
        if not self.grouped:
            return list(dict.fromkeys(columns.tolist()))
        home = {column: u for u, unit in enumerate(self.members) for column in unit}
        return list(dict.fromkeys(home[column] for column in columns.tolist()))


def read_units(groups: Any, names: Sequence[str]) -> Units:
    """Units of ``groups``: a mapping from names to columns, or a label a column.

    Columns that the mapping leaves out, or whose label is None, stand alone.

    Raises
    ------
    ValueError
        Groups that overlap, unknown columns, labels of another number than columns.
    """
    if groups is None:
        return Units(Alone(len(names)), names, grouped=False)
    given = _as_mapping(groups, names)
    owner: dict[int, str] = {}
    for group, columns in given.items():
        for column in columns:
            if column in owner:
                raise ValueError(
                    f"groups overlap: column {names[column]!r} is in {owner[column]!r} "
                    f"and in {group!r}; a column belongs to one group"
                )
            owner[column] = group
    alone = [[j] for j in range(len(names)) if j not in owner]
    unclear = sorted({names[column] for (column,) in alone} & set(given))
    if unclear:
        raise ValueError(f"groups {unclear} have names of columns that stand alone")
    ordered = sorted([*given.values(), *alone], key=min)
    labels = [owner.get(unit[0], names[unit[0]]) for unit in ordered]
    return Units(ordered, labels, grouped=True)


def _as_mapping(groups: Any, names: Sequence[str]) -> dict[str, list[int]]:
    given: dict[str, list[int]] = {}
    if isinstance(groups, Mapping):
        for group, columns in groups.items():
            if str(group) in given:
                raise ValueError(f"groups has {str(group)!r} twice, as text and not")
            members = column_indices(columns, names, f"groups[{group!r}]").tolist()
            given[str(group)] = members
        return {group: members for group, members in given.items() if members}
    labels = _by_column(groups, names, "groups") if np.iterable(groups) else groups
    if not isinstance(labels, list) or len(labels) != len(names):
        raise ValueError(
            f"groups={groups!r} must be one label for each of the {len(names)} columns "
            "(None: a column of its own), or a mapping from names to columns"
        )
    for column, label in enumerate(labels):
        if not pd.isna(label):
            given.setdefault(str(label), []).append(column)
    return given


def _by_column(values: Any, names: Sequence[str], argument: str) -> list[Any]:
    """Entries in the order of the columns; those of a Series go by its labels."""
    if isinstance(values, pd.Series) and values.index.inferred_type == "string":
        places = column_indices(list(values.index), names, argument).tolist()
        labelled = dict(zip(places, values, strict=True))
        return [labelled.get(column) for column in range(len(names))]
    return list(values)


def read_constraints(
    units: Units,
    names: Sequence[str],
    *,
    include: Any,
    exclude: Any,
    costs: Any,
    cost_weight: float,
) -> Constraints:
    """Turn columns by name or index into units, and costs into offsets of scores.

    Raises
    ------
    ValueError
        Unknown columns, a feature both included and excluded, costs not finite.
    """
    forced = _units_of(include, units, names, "include")
    forbidden = _units_of(exclude, units, names, "exclude")
    both = [units.names[u] for u in forced if u in set(forbidden)]
    if both:
        raise ValueError(f"{both} are both in include and in exclude; choose one")
    offsets = None
    if costs is not None:
        each = cost_weight * _costs(costs, names)
        offsets = np.array([each[unit].sum() for unit in units.members])
    return Constraints(forced, forbidden, offsets)


def _units_of(
    which: Any, units: Units, names: Sequence[str], argument: str
) -> list[int]:
    """Units named by columns or, where there are groups, by group names."""
    if which is None:
        return []
    items = (
        list(which) if np.iterable(which) and not isinstance(which, str) else [which]
    )
    columns: list[int] = []
    if items and all(isinstance(item, (bool, np.bool_)) for item in items):
        columns = column_indices(items, names, argument).tolist()
        items = []
    for item in items:
        if isinstance(item, str) and item not in names and item in units.names:
            columns.append(units.members[units.names.index(item)][0])
        else:
            columns.extend(column_indices(item, names, argument).tolist())
    return units.of_columns(np.array(columns, dtype=np.intp))


def _costs(costs: Any, names: Sequence[str]) -> NDArray[np.float64]:
    if isinstance(costs, Mapping):
        places = column_indices(list(costs), names, "costs").tolist()
        given = dict(zip(places, costs.values(), strict=True))
        costs = [given.get(column, 0.0) for column in range(len(names))]
    elif isinstance(costs, pd.Series):
        costs = [0.0 if c is None else c for c in _by_column(costs, names, "costs")]
    try:
        values = np.asarray(costs, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"costs must be numbers: {error}") from error
    if values.shape != (len(names),):
        raise ValueError(
            f"costs has shape {values.shape}; give one number for each of the "
            f"{len(names)} columns, or a mapping from columns to numbers"
        )
    infinite = [names[j] for j in np.flatnonzero(~np.isfinite(values))[:10]]
    if infinite:
        raise ValueError(f"costs of {infinite} are not finite; exclude them instead")
    return values


def group_terms(terms: Terms, units: Units) -> Terms:
    """Terms of the units: of the columns themselves, or of the groups as joint labels.

    Raises
    ------
    ValueError
        A group of more joint levels than can be counted.
    """
    labels = terms.joint_labels
    if not units.grouped or labels is None:
        return terms
    try:
        return labels.grouped(units.members)
    except OverflowError as error:
        number, n_levels = error.args
        raise ValueError(
            f"group {units.names[number]!r} has {n_levels} joint levels, more than "
            "65535; leave some of its columns out of the group, or exclude it"
        ) from None
