"""Which columns a user means: by label, by position, or by a mask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from functools import cached_property
from numbers import Integral
from types import MappingProxyType
from typing import Any, TypeGuard

import numpy as np

from mifs._arrays import IntArray
from mifs._data.containers import entries_of, is_arrow
from mifs._data.table import Numbered

# Labels that an error lists.
SHOWN = 20
NONE: Mapping[Hashable, int] = MappingProxyType({})


class Labels(Sequence[Hashable]):
    """Labels of the columns as the frame has them, and where each stands.

    One rule for all parameters that name columns: a list of bools is a mask; what
    equals a label is that label; a whole number is a position if all labels are strings
    (as those of arrays, x0, x1, …, are), and can only be a label otherwise.

    Each label is looked up in constant time, so that many names cost linear time.
    """

    def __init__(self, labels: Sequence[Hashable]) -> None:
        self.labels = labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, column: Any) -> Any:
        """Return the label of a column, or those of a slice."""
        return self.labels[column]

    def __contains__(self, item: object) -> bool:
        """Whether a thing is a label; positions are none."""
        return _is_hashable(item) and not _is_bool(item) and item in self._places

    @cached_property
    def _places(self) -> dict[Hashable, int]:
        return {label: place for place, label in enumerate(self.labels)}

    @cached_property
    def _repeated(self) -> set[Hashable]:
        if len(self._places) == len(self.labels):
            return set()
        times = Counter(self.labels)
        return {label for label, number in times.items() if number > 1}

    @cached_property
    def by_position(self) -> bool:
        """Whether whole numbers are positions, since no label can be one."""
        return isinstance(self.labels, Numbered) or all(
            isinstance(label, str) for label in self.labels
        )

    def places(
        self, which: object, argument: str, groups: Mapping[Hashable, int] = NONE
    ) -> IntArray:
        """Positions of the columns that a parameter names, in its order; sets by place.

        A group, by name, is at its first member; a label or position comes before it.

        Raises
        ------
        ValueError
            A label or position that the table does not have, or a label that it has
            twice; a mask of another length; things that are none of these.
        """
        items = self._items(which, argument)
        if items and all(map(_is_bool, items)):
            return self._of_mask(items, argument)
        found = [self._find(item, groups) for item in items]
        strange = [i for i, place in zip(items, found, strict=True) if place is None]
        if strange:
            raise ValueError(self._what_is_wrong(strange, items, argument))
        self._check_unique(items, argument)
        places = np.array(found, dtype=np.intp)
        # A set of strings has another order in each process.
        return np.sort(places) if isinstance(which, Set) else places

    def place(self, item: object, argument: str) -> int:
        """Position of one column; raises as `places` does."""
        return int(self.places([item], argument)[0])

    def _items(self, which: object, argument: str) -> list[object]:
        # A tuple may be one label, of columns with several levels.
        label = isinstance(which, tuple) and not self.by_position and which in self
        single = label or isinstance(which, (str, bytes))
        if single or not isinstance(which, Iterable):
            return [which]
        held = is_arrow(which) or isinstance(which, np.ma.MaskedArray)
        return entries_of(which, argument) if held else list(which)

    def _is_position(self, item: object) -> bool:
        return isinstance(item, Integral) and not _is_bool(item) and self.by_position

    def _find(self, item: object, groups: Mapping[Hashable, int] = NONE) -> int | None:
        """Position of a label or a position, if there is one."""
        if _is_bool(item):
            return None
        if not _is_hashable(item):  # lists and arrays are no labels
            return None
        if isinstance(item, (int, np.integer)) and self.by_position:
            inside = -len(self) <= item < len(self)
            place = int(item) % len(self) if inside else None
        else:
            place = self._places.get(item)
        return groups.get(item) if place is None else place

    def _of_mask(self, items: list[object], argument: str) -> IntArray:
        if len(items) != len(self):
            raise ValueError(
                f"{argument} is a mask of {len(items)} entries for {len(self)} columns"
            )
        return np.flatnonzero(np.array(items, dtype=np.bool_))

    def _what_is_wrong(
        self, strange: list[object], items: list[object], argument: str
    ) -> str:
        """Say what is wrong with items that name no column."""
        if all(map(self._is_position, strange)):
            return f"{argument}={items} has an index outside the {len(self)} columns"
        named = [isinstance(item, (str, tuple, Integral)) for item in strange]
        if not all(named) or any(map(_is_bool, strange)):
            return f"{argument}={items} is neither mask, indices nor names"
        known = f"{list(self[:SHOWN])}{' …' if len(self) > SHOWN else ''}"
        remedy = ""
        if not self.by_position and any(isinstance(i, Integral) for i in strange):
            remedy = "; whole numbers are labels here: give positions as a mask"
        return f"{argument} names unknown columns {strange}; known: {known}{remedy}"

    def _check_unique(self, items: list[object], argument: str) -> None:
        asked = [item for item in items if not self._is_position(item)]
        unclear = [item for item in asked if item in self._repeated] if asked else []
        if unclear:
            remedy = "their indices or a mask" if self.by_position else "a mask"
            raise ValueError(
                f"{argument} names columns {unclear}, of which the table has more than "
                f"one; give {remedy}"
            )


def _is_hashable(item: object) -> TypeGuard[Hashable]:
    """Whether a thing has a hash; a tuple of lists only looks as if."""
    try:
        hash(item)
    except TypeError:
        return False
    return True


def _is_bool(item: object) -> bool:
    return isinstance(item, (bool, np.bool_))
