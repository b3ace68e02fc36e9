"""Columns as they came, in blocks that share one array.

A block knows three things about its columns: how many levels each has (a missing value
is a level of its own, the last), their values as float64, and their integer codes.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mifs import _kernels
from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.layout import by_column
from mifs._data.parallel import each, run
from mifs._data.survey import (
    Survey,
    code_tables,
    distinct,
    fits_table,
    fractional,
    gaps_of_rows,
    read_only,
    seen_integers,
    survey_columns,
)
from mifs._data.weights import Weights

CHUNK_BYTES = 1 << 23
# Columns that are copied at once if these bytes hold them: of rows of a matrix a whole
# line of the cache is read.
LINE, MOST_OF_LINE = 16, 3 << 23
# Bytes of a copy of a matrix that is kept while it is read.
MOST_KEPT = 48 << 20
# Nanoseconds that a value takes to be looked at, to be told from a gap, and as a byte.
SURVEY, GAPS, SEEN = 5.0, 1.0, 0.2


# A matrix of bytes (n, b), the first of some columns, and (2, ·) the lowest two values
# of each; one that does not occur where there is no second.
ByteRows = tuple[AnyArray, int, NDArray[np.uint8]]


class Block(Protocol):
    """Columns of one nature.

    Attributes
    ----------
    columns : ndarray of shape (b,)
        Their positions in the table.
    n_missing, n_infinite : ndarray of shape (b,), int64
        Missing and infinite values of each column.
    n_levels : ndarray of shape (b,), int64
        Distinct values, missing included; -1 where some value is not an integer.
    categorical : bool
        Whether the dtype alone makes these columns discrete.
    itemsize : int
        Bytes that reading one cell costs.
    """

    itemsize: int
    columns: IntArray
    categorical: bool

    @property
    def n_missing(self) -> IntArray: ...

    @property
    def n_infinite(self) -> IntArray: ...

    @property
    def n_levels(self) -> IntArray: ...

    def numeric(self, position: int) -> FloatArray:
        """Values of one column, float64 of shape (n,), NaN where missing."""
        ...

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Values of some columns, (len(positions), n) int64 or float64, read-only."""
        ...

    def levels(self, position: int) -> AnyArray:
        """Sorted distinct values of a column, without missing."""
        ...

    def codes(self, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of the columns' own levels, (len(positions), n), rows in ``order``.

        They may be the user's own array: nobody writes to them.
        """
        ...


def code_dtype(n_levels: NDArray[np.int64]) -> type[np.uint8] | type[np.uint16]:
    """Smallest dtype that holds the codes of all these columns."""
    return np.uint8 if n_levels.max(initial=0) <= 256 else np.uint16


def chunks(positions: IntArray, bytes_each: int) -> list[IntArray]:
    """Split positions of columns that take so many bytes, to bound what is copied."""
    each = max(bytes_each, 1)
    width = max(1, CHUNK_BYTES // each, min(LINE, MOST_OF_LINE // each))
    return [positions[i : i + width] for i in range(0, len(positions), width)]


class Elsewhere:
    """Columns of which no row is here: what needs rows is asked where these are."""

    columns: IntArray
    places: IntArray

    @property
    def constant(self) -> BoolArray:
        """Which columns have one value, and none missing, (b,)."""
        raise NotImplementedError

    @property
    def row_numbers(self) -> BoolArray:
        """Which hold whole numbers, all different, that can only be ids, (b,)."""
        raise NotImplementedError

    def digest(self, position: int, discrete: bool) -> bytes:
        """Tell a column from all but its copies."""
        raise NotImplementedError

    def extremes(self, positions: IntArray) -> FloatArray:
        """Lowest and highest value of columns, (len(positions), 2)."""
        raise NotImplementedError

    def cut(
        self,
        positions: IntArray,
        numbers: tuple[int, ...],
        rows: IntArray | None,
        weights: Weights | None,
    ) -> list[list[AnyArray]]:
        """Edges of so many quantile groups of columns, of some of the rows."""
        raise NotImplementedError


class ByteBlock:
    """Columns of an uint8 or bool matrix (n, b)."""

    itemsize = 1

    def __init__(
        self, values: AnyArray, columns: IntArray, n_jobs: int | None = None
    ) -> None:
        self.columns, self._n_jobs = columns, n_jobs
        self.categorical = values.dtype == np.bool_
        values = values.view(np.uint8)
        self._by_row = values.flags.c_contiguous or not values.flags.f_contiguous
        values = np.ascontiguousarray(values if self._by_row else values.T)
        self._own = values
        self._values = read_only(values)
        self._seen, self.n_levels = self._find_levels()
        self.n_missing = self.n_infinite = np.zeros(len(columns), np.int64)

    def _find_levels(self) -> tuple[NDArray[np.uint8], IntArray]:
        """Which byte values occur in which column, (b, highest value + 1); how many."""
        kernels, b, by_row = _kernels.columns, len(self.columns), self._by_row
        n, step = len(self._values), max(1, CHUNK_BYTES // self._values.shape[1])
        spans = [(i, at, min(at + step, n)) for i, at in enumerate(range(0, n, step))]
        highest, work = np.zeros(len(spans), np.int64), SEEN * self._values.size

        def look(i: int, first: int, last: int) -> None:
            highest[i] = self._values[first:last].max()

        each(look, spans, self._n_jobs, work)
        used = int(highest.max()) + 1
        if used > 64:
            marks = np.zeros((b, 256), np.uint8)
            mark = kernels.seen_in_rows if by_row else kernels.seen_in_columns
            mark(self._values, marks)
            return marks[:, :used], marks.sum(axis=1, dtype=np.int64)
        masks = np.zeros((len(spans), b) if by_row else b, np.uint64)

        def mask(i: int, first: int, last: int) -> None:
            values = self._values[first:last]
            if by_row:
                kernels.masks_of_rows(values, used, masks[i])
            else:
                kernels.masks_of_columns(values, masks[first:last])

        each(mask, spans, self._n_jobs, work)
        if by_row:
            masks = np.bitwise_or.reduce(masks, axis=0)
        seen, n_levels = np.empty((b, used), np.uint8), np.empty(b, np.int64)
        kernels.seen_of_masks(masks, seen, n_levels)
        return seen, n_levels

    def numeric(self, position: int) -> FloatArray:
        """Values of one column, float64 of shape (n,)."""
        values = self._values[:, position] if self._by_row else self._values[position]
        return values.astype(np.float64)

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Values of some columns, (len(positions), n) int64."""
        columns = self._values.T if self._by_row else self._values
        return read_only(np.ascontiguousarray(columns[positions], dtype=np.int64))

    def levels(self, position: int) -> AnyArray:
        """Sorted distinct values of a column."""
        return np.flatnonzero(self._seen[position])

    def codes(self, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of the columns' own levels, (len(positions), n) uint8."""
        values, first, n = self._values, int(positions[0]), len(order)
        seen = self._seen[positions]
        # Values that are their own codes already: 0 … m - 1.
        coded = bool((seen[:, :1] == 1).all() and (seen[:, 1:] <= seen[:, :-1]).all())
        in_order = n == values.shape[-1] and bool((order == np.arange(n)).all())
        if coded and not self._by_row and in_order:
            return self._as_they_are(positions)
        if positions[-1] - first + 1 != len(positions):
            values = values[:, positions] if self._by_row else values[positions]
            values, first = read_only(np.ascontiguousarray(values)), 0
        lut = np.cumsum(seen, axis=1, dtype=np.uint8) - np.uint8(1)
        codes = np.empty((len(positions), n), np.uint8)
        if not self._by_row:
            _kernels.columns.bytes_of_columns(values, first, order, lut, codes)
            return codes
        _kernels.columns.bytes_of_rows(values, first, order, codes)
        if not coded:
            _kernels.columns.recode(codes, lut)
        return codes

    def byte_rows(self, positions: IntArray) -> ByteRows | None:
        """Return neighbouring columns of up to three values as they lie, row by row."""
        first, width = int(positions[0]), len(positions)
        together = int(positions[-1]) - first + 1 == width
        few = self.n_levels[positions].max() <= 3
        if not (self._by_row and together and few and self._values.shape[1] >= 64):
            return None
        lowest = np.empty((2, width), np.uint8)
        _kernels.columns.lowest_two(self._seen[first : first + width], lowest)
        return self._values, first, lowest

    def _as_they_are(self, positions: IntArray) -> AnyArray:
        """Return columns uncopied; kernels see one type, whatever the user passed."""
        first, last = int(positions[0]), int(positions[-1])
        if last - first + 1 != len(positions):
            return self._own[positions]
        values = self._own[first : last + 1]
        return values if values.flags.writeable else values.copy()


class NumberBlock:
    """Columns of an integer or floating-point matrix (n, b), in any memory order."""

    itemsize = 8

    def __init__(
        self, values: AnyArray, columns: IntArray, n_jobs: int | None = None
    ) -> None:
        self.columns = columns
        self.categorical = False
        self._values = values
        self._dtype = np.float64 if values.dtype.kind == "f" else np.int64
        self._n_jobs = n_jobs

    @cached_property
    def _facts(self) -> Survey:
        """What is found of all columns; made when it is first asked for."""
        every = np.arange(len(self.columns))
        if not self._float_rows or self._small is not None:
            return self._surveyed(every)
        facts, levels = np.zeros((len(every), 5)), np.full(len(every), -1)
        parted = fractional(self._values)
        facts[:, 2] = parted
        if parted.any():
            facts[:, :2] = self._gaps()
        if len(rest := np.flatnonzero(~parted)):
            facts[rest], levels[rest] = self._surveyed(rest)
        return facts, levels

    @property
    def _float_rows(self) -> bool:
        """Whether these are floats that lie row by row."""
        itemsize = self._values.itemsize
        return self._dtype is np.float64 and self._values.strides[1] == itemsize

    def _surveyed(self, positions: IntArray) -> Survey:
        """Look at some columns, one after the other."""
        pieces = ((piece,) for piece in self._pieces(positions))
        work = SURVEY * len(self._values) * len(positions)
        surveys = list(run(self._survey, pieces, self._n_jobs, work))
        if len(surveys) == 1:
            return surveys[0]
        facts, levels = zip(*surveys, strict=True)
        return np.concatenate(facts), np.concatenate(levels)

    def _pieces(self, positions: IntArray) -> list[IntArray]:
        """Positions that are surveyed together."""
        return chunks(positions, 8 * len(self._values))

    def _survey(self, positions: IntArray) -> Survey:
        return survey_columns(self.contiguous(positions))

    def _gaps(self) -> FloatArray:
        """Missing and infinite values of each column, (b, 2)."""
        n_rows = max(1, CHUNK_BYTES // max(1, self._values[0].nbytes))
        firsts = range(0, len(self._values), n_rows)
        pieces = ((self._values[first : first + n_rows],) for first in firsts)
        work = GAPS * self._values.size
        gaps = run(gaps_of_rows, pieces, self._n_jobs, work)
        both: FloatArray = np.sum(list(gaps), axis=0)
        return both.T

    @cached_property
    def n_missing(self) -> IntArray:
        """Missing values of each column, (b,)."""
        return self._facts[0][:, 0].astype(np.int64)

    @cached_property
    def n_infinite(self) -> IntArray:
        """Infinite values of each column, (b,)."""
        return self._facts[0][:, 1].astype(np.int64)

    @cached_property
    def n_levels(self) -> IntArray:
        """Distinct values, missing included; -1 where some value is no integer."""
        levels = self._facts[1]
        return np.where(levels < 0, -1, levels + (self.n_missing > 0))

    @property
    def _low(self) -> FloatArray:
        return self._facts[0][:, 3]

    @property
    def _high(self) -> FloatArray:
        return self._facts[0][:, 4]

    @property
    def beyond(self) -> BoolArray:
        """Which columns hold whole numbers that float64 would round, (b,)."""
        if self._dtype is np.float64:
            return np.zeros(len(self.columns), dtype=np.bool_)
        # 2⁵³ itself may be 2⁵³ + 1, rounded.
        mask: BoolArray = np.maximum(-self._low, self._high) >= 2.0**53
        return mask

    def exact(self, position: int) -> bool:
        """Whether float64 holds each value of a column."""
        if self._dtype is np.float64:
            return True
        return bool(max(-self._low[position], self._high[position]) < 2.0**53)

    def numeric(self, position: int) -> FloatArray:
        """Values of one column, float64 of shape (n,), NaN where missing."""
        return np.array(self._values[:, position], dtype=np.float64)

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Values of some columns, (len(positions), n) int64 or float64."""
        first, last = int(positions[0]), int(positions[-1])
        together = last - first + 1 == len(positions)
        at = slice(first, last + 1) if together else positions
        if self._small is not None:
            return read_only(self._small[at])
        return read_only(by_column(self._values, at, self._dtype))

    @cached_property
    def _small(self) -> AnyArray | None:
        """All values by column, if that is a small copy: they are asked for thrice."""
        if 8 * self._values.size > MOST_KEPT:
            return None
        return by_column(self._values, slice(None), self._dtype)

    def levels(self, position: int) -> AnyArray:
        """Sorted distinct values of a column, without missing."""
        columns = self.contiguous(np.array([position]))
        low, high = self._low[[position]], self._high[[position]]
        if self.n_levels[position] < 0 or not fits_table(low, high, len(columns[0])):
            return distinct(columns[0])
        seen, _ = seen_integers(columns, low, high)
        levels = (np.flatnonzero(seen) + int(low[0])).astype(columns.dtype)
        return np.asarray(levels)

    def codes(self, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of the columns' own levels, (len(positions), n)."""
        columns = self.contiguous(positions)
        low, high = self._low[positions], self._high[positions]
        fractional = self.n_levels[positions] < 0
        if fractional.any() or not fits_table(low, high, columns.shape[1]).all():
            return self._bisected(columns, positions, order)
        seen, starts = seen_integers(columns, low, high)
        lut, starts = code_tables(seen, starts)
        shape = len(positions), len(order)
        codes = np.empty(shape, code_dtype(self.n_levels[positions]))
        base = low.astype(self._dtype)
        _kernels.columns.integer_codes(columns, order, base, starts, lut, codes)
        return codes

    def _bisected(
        self, columns: AnyArray, positions: IntArray, order: IntArray
    ) -> AnyArray:
        """Codes of columns whose values no table can hold."""
        rows = []
        for column, position in zip(columns, positions, strict=True):
            # NaN sorts behind every level, as the code of missing values does
            rows.append(np.searchsorted(self.levels(position), column[order]))
        codes = np.stack(rows)
        return codes.astype(np.uint8 if codes.max() < 256 else np.uint16)


class LabelBlock:
    """One string or categorical column, already as codes with -1 for missing."""

    itemsize = 1

    def __init__(self, codes: AnyArray, labels: AnyArray, column: int) -> None:
        self.columns = np.array([column])
        self.categorical = True
        self.n_missing = np.array([np.count_nonzero(codes < 0)])
        self.n_infinite = np.zeros(1, np.int64)
        self.n_levels = np.array([len(labels) + (self.n_missing[0] > 0)])
        self._codes = codes
        self._labels = labels

    def numeric(self, position: int) -> FloatArray:
        """Codes of the column as float64 of shape (n,), NaN where missing."""
        return np.where(self._codes < 0, np.nan, self._codes.astype(np.float64))

    def contiguous(self, positions: IntArray) -> AnyArray:
        """Codes of the column as float64 of shape (1, n), NaN where missing."""
        return read_only(self.numeric(0)[None])

    def levels(self, position: int) -> AnyArray:
        """Sorted labels of the column."""
        return self._labels

    def own_codes(self, missing: int | None = None) -> IntArray:
        """Codes of the column, intp of shape (n,), however many levels there are.

        Where missing, ``missing`` or the code after the last level.
        """
        codes = self._codes.astype(np.intp, copy=False)
        if not self.n_missing[0]:
            return codes
        last = len(self._labels) if missing is None else missing
        return np.where(codes < 0, last, codes)

    def codes(self, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of the column, (1, n)."""
        codes = self._codes[order]
        codes = np.where(codes < 0, len(self._labels), codes)
        return codes.astype(code_dtype(self.n_levels))[None]
