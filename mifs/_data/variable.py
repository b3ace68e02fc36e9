"""One column by itself: a variable, a target, weights."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.blocks import NumberBlock, code_dtype
from mifs._data.survey import TABLE_RANGE, distinct

_NONE = np.zeros(1, np.int64)
_NONE.flags.writeable = False
_FRACTIONAL = np.array([-1])
_FRACTIONAL.flags.writeable = False
_FIRST = np.zeros(1, np.intp)
_FIRST.flags.writeable = False


class VariableBlock(NumberBlock):
    """One column of numbers or booleans, which is read once and kept.

    As `NumberBlock`, without what many columns cost: a small sample is read in less
    time than a call of its estimator takes.

    Parameters
    ----------
    values : ndarray of shape (n,)
    column : int, default=0
        Its position in the table.
    """

    def __init__(self, values: AnyArray, column: int = 0) -> None:
        self.columns = np.array([column]) if column else _FIRST
        self.categorical = values.dtype.kind == "b"
        self._dtype = np.float64 if values.dtype.kind == "f" else np.int64
        self._column = np.ascontiguousarray(values, self._dtype)[np.newaxis]
        self._column.flags.writeable = False
        self._values = self._column.T
        self._marks: AnyArray | None = None
        self._described = np.empty((1, 5))
        _kernels.columns.describe(self._column, self._described)
        missing, infinite, fractions, *_ = self._described[0].tolist()
        self.n_missing = self.n_infinite = _NONE
        if fractions:
            self.n_levels = _FRACTIONAL
        if missing or infinite:
            gaps = self._described[:, :2].astype(np.int64)
            self.n_missing, self.n_infinite = gaps[:, 0], gaps[:, 1]

    @cached_property
    def n_levels(self) -> IntArray:
        """Distinct values, missing included; -1 where some value is no integer."""
        levels = self._facts[1]
        return levels + (self.n_missing > 0) if levels[0] >= 0 else levels

    @cached_property
    def _facts(self) -> tuple[FloatArray, IntArray]:
        facts = self._described
        return facts, np.array([self._count(*facts[0].tolist())])

    def _count(
        self, missing: float, infinite: float, fractions: float, low: float, high: float
    ) -> int:
        """Count distinct integers; -1 if there are fractions, or no value."""
        if infinite or fractions or low > high:
            return -1
        n_rows = self._column.shape[1]
        few = high < low + max(TABLE_RANGE, 8 * n_rows)
        if not few or max(-low, high) >= 2.0**53:
            return len(distinct(self._column[0]))
        self._marks = np.zeros(int(high - low) + 1, np.uint8)
        self._starts = np.array([0, len(self._marks)])
        self._base = np.array([low], self._dtype)
        _kernels.columns.seen_integers(
            self._column, self._base, self._starts, self._marks
        )
        return int(np.count_nonzero(self._marks))

    def numeric(self, position: int) -> FloatArray:
        """Values of the column, float64 of shape (n,), NaN where missing."""
        return np.array(self._column[0], dtype=np.float64)

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Values of the column, (1, n) int64 or float64, read-only."""
        return self._column

    def levels(self, position: int) -> AnyArray:
        """Sorted distinct values of the column, without missing."""
        if self._marks is None:
            return super().levels(position)
        levels: AnyArray = np.flatnonzero(self._marks).astype(self._dtype)
        levels += self._base[0]
        return levels

    def own_codes(self) -> IntArray:
        """Codes of the column, intp of shape (n,), however many levels there are."""
        codes: IntArray = self._column[0]
        if self.categorical:
            return np.asarray(codes - codes.min(), dtype=np.intp)
        n_distinct = self._facts[1][0]
        if self._marks is None:
            # NaN sorts behind every level, as the code of missing values does.
            codes = np.searchsorted(self.levels(0), codes)
        elif self.n_missing[0]:
            codes = self.codes(_NONE, np.arange(len(codes)))[0].astype(np.intp)
        else:
            codes = (codes - self._base[0]).astype(np.intp, copy=False)
            if n_distinct < len(self._marks):
                ranks = np.cumsum(self._marks, dtype=np.intp)
                codes = ranks.take(codes) - 1
        return codes

    def codes(self, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of the column's own levels, (1, n)."""
        if int(self.n_levels[0]) > 1 << 16 or self._marks is None:
            return super().codes(positions, order)
        ranks = np.cumsum(self._marks, dtype=np.int64)
        # One more entry, for missing values.
        table = np.append(ranks - 1, ranks[-1]).astype(np.uint16)
        whole = np.array([0, len(table)])
        codes = np.empty(self._column.shape, code_dtype(self.n_levels))
        _kernels.columns.integer_codes(
            self._column, order, self._base, whole, table, codes
        )
        return codes
