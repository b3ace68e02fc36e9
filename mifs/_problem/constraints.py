"""Groups, forced and forbidden features, costs: from columns to what is searched.

A unit is a group of columns that is taken or left together; without groups every column
is its own unit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._data.containers import entries_of
from mifs._data.labels import Labels
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
    names : sequence of hashable
        Name of the group, or label of the single column.
    grouped : bool
        Whether any unit may have several columns.
    """

    members: Sequence[list[int]]
    names: Sequence[Hashable]
    grouped: bool

    def of_columns(self, columns: Sequence[int]) -> list[int]:
        """Units that hold the columns, in their order, each once."""
        if not self.grouped:
            return list(dict.fromkeys(columns))
        home = {column: u for u, unit in enumerate(self.members) for column in unit}
        return list(dict.fromkeys(home[column] for column in columns))


def read_units(groups: object, labels: Labels) -> Units:
    """Units of ``groups``: a mapping from names to columns, or a name for each column.

    Columns that the mapping leaves out, or whose name is None, stand alone.

    Raises
    ------
    ValueError
        Groups that overlap, unknown columns, names of another number than columns.
    """
    if groups is None:
        return Units(Alone(len(labels)), labels.labels, grouped=False)
    given = _as_mapping(groups, labels)
    owner: dict[int, Hashable] = {}
    for group, columns in given.items():
        for column in columns:
            if column in owner:
                raise ValueError(
                    f"groups overlap: column {labels[column]!r} is in "
                    f"{owner[column]!r} and in {group!r}; a column belongs to one group"
                )
            owner[column] = group
    alone = [[j] for j in range(len(labels)) if j not in owner]
    lonely = {labels[column] for (column,) in alone}
    unclear = [group for group in given if group in lonely]
    if unclear:
        raise ValueError(f"groups {unclear} have names of columns that stand alone")
    ordered = sorted([*given.values(), *alone], key=min)
    names = [owner.get(unit[0], labels[unit[0]]) for unit in ordered]
    return Units(ordered, names, grouped=True)


def _as_mapping(groups: object, labels: Labels) -> dict[Hashable, list[int]]:
    """Columns of each group, whose names stay what they are."""
    given: dict[Hashable, list[int]] = {}
    if isinstance(groups, Mapping):
        for group, columns in groups.items():
            members = labels.places(columns, f"groups[{group!r}]").tolist()
            given[_name_of(group)] = members
        _check_spelling(given)
        return {group: members for group, members in given.items() if members}
    names = _by_column(groups, labels, "groups") if np.iterable(groups) else groups
    if not isinstance(names, list) or len(names) != len(labels):
        raise ValueError(
            f"groups={groups!r} must be one label for each of the {len(labels)} "
            "columns (None: a column of its own), or a mapping from names to columns"
        )
    for column, name in enumerate(map(_name_of, names)):
        if not (pd.api.types.is_scalar(name) and pd.isna(name)):
            given.setdefault(name, []).append(column)
    _check_spelling(given)
    return given


def _name_of(group: object) -> Hashable:
    """Name of a group; of NumPy's numbers and strings, those of Python."""
    if not isinstance(group, Hashable):
        raise ValueError(
            f"groups has the name {group!r}; names are strings, numbers or tuples"
        )
    return group.item() if isinstance(group, np.generic) else group


def _check_spelling(names: Iterable[Hashable]) -> None:
    """Refuse 1 beside "1", which messages and tables would not tell apart."""
    seen: set[str] = set()
    for text in map(str, names):
        if text in seen:
            raise ValueError(f"groups has {text!r} twice, as text and not")
        seen.add(text)


def _by_column(values: Any, labels: Labels, argument: str) -> list[Any]:
    """Entries in the order of the columns; those of a Series go by its labels.

    Only where whole numbers are positions, a Series that is numbered goes by order.
    """
    if isinstance(values, pd.Series) and (
        values.index.inferred_type == "string" or not labels.by_position
    ):
        places = labels.places(list(values.index), argument).tolist()
        labelled = dict(zip(places, values, strict=True))
        return [labelled.get(column) for column in range(len(labels))]
    return entries_of(values, argument)


def read_constraints(
    units: Units,
    labels: Labels,
    *,
    include: object,
    exclude: object,
    costs: object,
    cost_weight: float,
) -> Constraints:
    """Turn columns by label or position into units, and costs into offsets of scores.

    Raises
    ------
    ValueError
        Unknown columns, a feature both included and excluded, costs not finite.
    """
    forced = _units_of(include, units, labels, "include")
    forbidden = _units_of(exclude, units, labels, "exclude")
    barred = set(forbidden)
    both = [units.names[unit] for unit in forced if unit in barred]
    if both:
        raise ValueError(f"{both} are both in include and in exclude; choose one")
    offsets = None
    if costs is not None:
        each = cost_weight * _costs(costs, labels)
        offsets = np.array([each[unit].sum() for unit in units.members])
    return Constraints(forced, forbidden, offsets)


def _units_of(which: object, units: Units, labels: Labels, argument: str) -> list[int]:
    """Units named by columns or, where there are groups, by group names."""
    if which is None:
        return []
    if not units.grouped:
        return units.of_columns(labels.places(which, argument).tolist())
    first = {
        name: members[0]
        for name, members in zip(units.names, units.members, strict=True)
        if name not in labels
    }
    return units.of_columns(labels.places(which, argument, first).tolist())


def _costs(costs: object, labels: Labels) -> NDArray[np.float64]:
    if isinstance(costs, Mapping):
        places = labels.places(list(costs), "costs").tolist()
        given = dict(zip(places, costs.values(), strict=True))
        costs = [given.get(column, 0.0) for column in range(len(labels))]
    elif isinstance(costs, pd.Series):
        costs = [0.0 if c is None else c for c in _by_column(costs, labels, "costs")]
    elif isinstance(costs, np.ma.MaskedArray):
        costs = entries_of(costs, "costs")
    try:
        values = np.asarray(costs, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"costs must be numbers: {error}") from error
    if values.shape != (len(labels),):
        raise ValueError(
            f"costs has shape {values.shape}; give one number for each of the "
            f"{len(labels)} columns, or a mapping from columns to numbers"
        )
    infinite = [labels[j] for j in np.flatnonzero(~np.isfinite(values))[:10]]
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
    # Of a draw they are made only for it.
    labels = terms.joint_labels if units.grouped else None
    if labels is None:
        return terms
    try:
        return labels.grouped(units.members)
    except OverflowError as error:
        number, n_levels = error.args
        raise ValueError(
            f"group {units.names[number]!r} has {n_levels} joint levels, more than "
            "65535; leave some of its columns out of the group, or exclude it"
        ) from None
