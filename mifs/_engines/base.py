"""What an engine must be able to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Counts in the cells of several tables, one table after the other.

    The cells of table i are ``counts[starts[i]:starts[i + 1]]``, int64. Empty cells
    may be left out, and their order means nothing: entropies do not depend on it.
    """

    counts: IntArray
    starts: IntArray


@dataclass(frozen=True)
class JointCounts:
    """Tables of some candidates against one pick.

    Attributes
    ----------
    members : slice or ndarray
        Which of the candidates asked for these are.
    pair : Cells
        (candidate, pick)
    triple : Cells or None
        (candidate, pick, class), where the class was asked for.
    """

    members: slice | NDArray[np.intp]
    pair: Cells
    triple: Cells | None


class Engine(Protocol):
    """A table behind counts.

    Attributes
    ----------
    n_rows : int
    n_levels : ndarray of shape (p,), int64
    class_counts : ndarray of shape (n_classes,), int64
    """

    n_rows: int
    n_levels: IntArray
    class_counts: IntArray

    def level_counts(self) -> tuple[Cells, Cells]:
        """Tables of each column, (level,) and (level, class)."""
        ...

    def pick(self, column: int) -> Any:
        """Prepare one column to be counted against others."""
        ...

    def joint_counts(
        self, pick: Any, candidates: NDArray[np.intp], *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of all candidates against a pick, some candidates at a time."""
        ...
