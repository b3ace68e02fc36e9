"""What candidates are counted against: a column, or a joint label of several."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._data.layout import starts_of


@dataclass(frozen=True)
class Pick:
    """A column, or a joint label of several, to count candidates against.

    Attributes
    ----------
    codes : ndarray of shape (n,) or None
        None where bits are all that is kept.
    column : int or None
        The single column that it is; None for a joint label.
    counts : ndarray of shape (n_levels, n_classes), int64
    classes : ndarray of shape (n,)
        Class of each row.
    """

    codes: AnyArray | None
    column: int | None
    counts: IntArray
    classes: AnyArray

    @property
    def n_levels(self) -> int:
        """Number of levels."""
        return len(self.counts)

    @cached_property
    def by_class(self) -> NDArray[np.uint32]:
        """Level times the number of classes plus class, of each row."""
        assert self.codes is not None
        labels: NDArray[np.uint32] = _kernels.counts.labels_by_class(
            self.codes, self.classes, self.counts.shape[1]
        )
        return labels

    @cached_property
    def plain(self) -> NDArray[np.uint32]:
        """Level of each row."""
        assert self.codes is not None
        return self.codes.astype(np.uint32)

    @cached_property
    def groups_by_class(self) -> tuple[NDArray[np.uint32], IntArray]:
        """Rows sorted by level and class, and where each such group begins."""
        return _grouped(self.by_class, self.counts.ravel())

    @cached_property
    def groups_plain(self) -> tuple[NDArray[np.uint32], IntArray]:
        """Rows sorted by level, and where each begins."""
        return _grouped(self.plain, self.counts.sum(axis=1))


def _grouped(
    base: NDArray[np.uint32], counts: IntArray
) -> tuple[NDArray[np.uint32], IntArray]:
    """Rows sorted by an integer label of which the counts are known."""
    short = base.astype(np.uint16) if len(counts) <= 65_536 else base
    return np.argsort(short, kind="stable").astype(np.uint32), starts_of(counts)
