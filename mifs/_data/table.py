"""The one noun that every estimator reads: a table with a target."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.blocks import Block, ByteBlock, Elsewhere, LabelBlock, NumberBlock
from mifs._data.series import GappedBlock, distances_from
from mifs._data.sparse import SparseBlock
from mifs._data.variable import VariableBlock
from mifs._data.weights import Weights

if TYPE_CHECKING:
    from mifs._data.sharded import ShardedRows

# Codes of blocks are uint8 or uint16.
MOST_CODES = 1 << 16


class Numbered(Sequence[str]):
    """Names x0, x1, … of columns that have none, made when they are asked for."""

    def __init__(self, n_columns: int, pattern: str = "x{}") -> None:
        self._columns = range(n_columns)
        self._pattern = pattern

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, place: Any) -> Any:
        """Return the name at a place, or a list of those of a slice."""
        columns = self._columns[place]
        if isinstance(columns, range):
            return [self._pattern.format(column) for column in columns]
        return self._pattern.format(columns)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Numbered):
            return False
        return (self._columns, self._pattern) == (other._columns, other._pattern)

    def __hash__(self) -> int:
        return hash((self._columns, self._pattern))


@dataclass(frozen=True)
class Target:
    """What is to be predicted.

    Attributes
    ----------
    values : ndarray of shape (n,)
        Dense class codes (intp) if discrete, else float64.
    discrete : bool
    classes : ndarray or None
        The labels behind the codes, sorted, or as several outputs have them.
    edges : ndarray or None
        Edges of the bins of a continuous target, where they are given: those of the
        table that its rows were drawn from.
    """

    values: AnyArray
    discrete: bool
    classes: AnyArray | None = None
    edges: FloatArray | None = None

    @property
    def codes(self) -> IntArray:
        """Class codes of a discrete target, (n,) intp."""
        if not self.discrete:
            raise TypeError("a continuous target has no codes before it is binned")
        return self.values

    @property
    def n_classes(self) -> int:
        """Number of classes of a discrete target."""
        return 0 if self.classes is None else len(self.classes)


@dataclass(frozen=True)
class Quantiles:
    """Edges of quantile groups of columns, all rows of which count once.

    Attributes
    ----------
    n : int
        Groups of a column.
    edges : dict of int to ndarray
        Those of each column that was sorted.
    """

    n: int
    edges: dict[int, AnyArray]


@dataclass(frozen=True)
class Columns:
    """Columns in blocks, and what they are called.

    Attributes
    ----------
    blocks : list of Block
        Every column is in exactly one.
    names : sequence of str
    labels : sequence of hashable
        Their labels as a frame has them: whole numbers stay such. The names of others.
    n_rows : int
    """

    blocks: list[Block]
    names: Sequence[str]
    labels: Sequence[Hashable]
    n_rows: int

    @property
    def n_features(self) -> int:
        """Number of columns."""
        return len(self.names)

    @property
    def sparse(self) -> bool:
        """Whether the columns are those of a sparse matrix."""
        return any(isinstance(block, SparseBlock) for block in self.blocks)

    @property
    def has_missing(self) -> bool:
        """Whether any value of the columns is missing."""
        return any(np.count_nonzero(block.n_missing) for block in self.blocks)

    @property
    def has_infinite(self) -> bool:
        """Whether any value of the columns is infinite."""
        return any(np.count_nonzero(block.n_infinite) for block in self.blocks)

    @cached_property
    def _home(self) -> IntArray:
        """(n_features, 2): the block of each column, and its place there."""
        home = np.empty((self.n_features, 2), np.intp)
        for number, block in enumerate(self.blocks):
            home[block.columns, 0] = number
            home[block.columns, 1] = np.arange(len(block.columns))
        return home

    def _find(self, column: int) -> tuple[Block, int]:
        if len(self.blocks) == 1:
            return self.blocks[0], column
        number, position = self._home[column]
        return self.blocks[number], int(position)

    def numeric(self, column: int) -> FloatArray:
        """Values of a column, float64 of shape (n_rows,), NaN where missing.

        Whole numbers beyond 2⁵³ are given as distances from their lowest, `origin`,
        which float64 can tell apart.

        Raises
        ------
        ValueError
            If it cannot.
        """
        block, position = self._find(column)
        if not isinstance(block, NumberBlock) or block.exact(position):
            return block.numeric(position)
        values = block.contiguous(np.array([position]))[0]
        everywhere = np.ones(len(values), dtype=np.bool_)
        subject = f"column {self.labels[column]!r}"
        return distances_from(self.origin(column), values, everywhere, subject)

    def lent(self, column: int) -> FloatArray:
        """Return `numeric` as it may lie somewhere: nobody writes to it."""
        block, position = self._find(column)
        if not isinstance(block, NumberBlock) or not block.exact(position):
            return self.numeric(column)
        return np.asarray(block.contiguous(np.array([position]))[0], np.float64)

    def origin(self, column: int) -> int:
        """Whole number from which `numeric` counts; 0 if it gives the values."""
        block, position = self._find(column)
        if isinstance(block, GappedBlock):
            return block.origin
        if not self.beyond[column]:
            return 0
        return int(block.contiguous(np.array([position]))[0].min())

    @cached_property
    def beyond(self) -> BoolArray:
        """Which columns hold whole numbers that float64 would round, (n_features,)."""
        mask = np.zeros(self.n_features, dtype=np.bool_)
        for block in self.blocks:
            if isinstance(block, (NumberBlock, SparseBlock)):
                mask[block.columns] = block.beyond
        return mask

    def refuse_beyond(self, columns: IntArray, consumer: str) -> None:
        """Refuse whole numbers beyond 2⁵³ where they would be rounded.

        Raises
        ------
        ValueError
            With the column and the remedy.
        """
        for column in columns[self.beyond[columns]].tolist():
            raise ValueError(
                f"column {self.labels[column]!r} has whole numbers beyond {2**53}, "
                f"which {consumer} would round; subtract the smallest of them first, "
                "or convert it to str if they are names"
            )

    def digest(self, column: int, discrete: bool) -> bytes:
        """Tell a column from all but its copies, of rows that are elsewhere."""
        block, position = self._find(column)
        assert isinstance(block, Elsewhere)
        return block.digest(position, discrete)

    def codes(self, column: int) -> IntArray:
        """Dense codes of a column's own levels, intp of shape (n_rows,)."""
        return np.asarray(self.narrow_codes(column), dtype=np.intp)

    def narrow_codes(self, column: int) -> AnyArray:
        """Return `codes` in the dtype in which they are found."""
        block, position = self._find(column)
        if isinstance(block, (LabelBlock, VariableBlock)):
            return block.own_codes()
        at = np.array([position])
        if not 0 <= block.n_levels[position] <= MOST_CODES:
            # NaN sorts behind every level, as the code of missing values does.
            levels, values = block.levels(position), block.contiguous(at)[0]
            return np.asarray(np.searchsorted(levels, values))
        codes: AnyArray = block.codes(at, np.arange(self.n_rows))[0]
        return codes

    def levels(self, column: int) -> AnyArray:
        """Sorted levels behind the codes of a column, without missing."""
        block, position = self._find(column)
        return block.levels(position)

    def labelled(self, column: int) -> bool:
        """Whether a column holds labels, not numbers or booleans."""
        return isinstance(self._find(column)[0], LabelBlock)

    @property
    def all_labelled(self) -> BoolArray:
        """Which columns hold labels, (n_features,)."""
        labels = np.zeros(self.n_features, np.bool_)
        for block in self.blocks:
            labels[block.columns] = isinstance(block, LabelBlock)
        return labels

    def boolean(self, column: int) -> bool:
        """Whether a column holds booleans, none of them missing."""
        block, _ = self._find(column)
        return block.categorical and not isinstance(block, LabelBlock)

    def alone(self, column: int) -> Columns:
        """One of the columns, without the others."""
        block, position = self._find(column)
        at = np.array([position])
        own: Block
        if isinstance(block, GappedBlock):
            own = copy(block)
            own.columns = np.zeros(1, np.intp)
        elif isinstance(block, LabelBlock):
            own = LabelBlock(block.own_codes(missing=-1), block.levels(0), 0)
        elif self.boolean(column):
            own = ByteBlock(block.contiguous(at).T.astype(np.bool_), np.zeros(1, int))
        else:
            own = NumberBlock(block.contiguous(at).T, np.zeros(1, int))
        names, labels = [self.names[column]], [self.labels[column]]
        return Columns([own], names, labels, self.n_rows)

    @cached_property
    def n_missing(self) -> IntArray:
        """Missing values of each column, (n_features,)."""
        return self._by_column(block.n_missing for block in self.blocks)

    @cached_property
    def n_infinite(self) -> IntArray:
        """Infinite values of each column, (n_features,)."""
        return self._by_column(block.n_infinite for block in self.blocks)

    @cached_property
    def n_levels(self) -> IntArray:
        """Distinct values of each column, missing included; -1 if some are no integers.

        Of shape (n_features,).
        """
        return self._by_column(block.n_levels for block in self.blocks)

    def _by_column(self, facts: Iterable[IntArray]) -> IntArray:
        """Put what the blocks say of their columns in the order of the columns."""
        if len(self.blocks) == 1:
            out: IntArray = np.asarray(next(iter(facts)), np.int64).view()
        else:
            out = np.empty(self.n_features, np.int64)
            for block, values in zip(self.blocks, facts, strict=True):
                out[block.columns] = values
        out.flags.writeable = False
        return out


@dataclass(frozen=True)
class Table(Columns):
    """Columns with their kinds, the target, and the weights of the rows.

    Attributes
    ----------
    discrete : ndarray of shape (n_features,), bool
    target : Target
    weights : Weights or None
        None: every row counts once.
    further : tuple of Target
        More outputs, over which terms are to be averaged.
    folder : Path or None
        Where codes go, of a table that need not fit in memory.
    sample : ndarray of int64 or None
        Rows, ascending, whose quantiles are the edges of columns; None: all.
    quantiles : Quantiles or None
        Kept while edges are learned, where columns are not to be sorted again.
    shards : ShardedRows or None
        Where the rows are, of a table of which no place holds all.
    """

    discrete: NDArray[np.bool_]
    target: Target
    weights: Weights | None = None
    further: tuple[Target, ...] = ()
    folder: Path | None = None
    sample: IntArray | None = None
    quantiles: Quantiles | None = None
    shards: ShardedRows | None = None
