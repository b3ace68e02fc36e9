"""The one noun that every estimator reads: a table with a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import AnyArray, FloatArray, IntArray
from mifs._data.blocks import Block, LabelBlock
from mifs._data.sparse import SparseBlock
from mifs._data.weights import Weights


class Numbered(Sequence[str]):
    """Names x0, x1, … of columns that have none, made when they are asked for."""

    def __init__(self, n_columns: int) -> None:
        self._columns = range(n_columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, place: Any) -> Any:
        """Return the name at a place, or a list of those of a slice."""
        columns = self._columns[place]
        if isinstance(columns, range):
            return [f"x{column}" for column in columns]
        return f"x{columns}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Numbered) and self._columns == other._columns

    def __hash__(self) -> int:
        return hash(self._columns)


@dataclass(frozen=True)
class Target:
    """What is to be predicted.

    Attributes
    ----------
    values : ndarray of shape (n,)
        Dense class codes (intp) if discrete, else float64.
    discrete : bool
    classes : ndarray or None
        The sorted labels behind the codes.
    """

    values: AnyArray
    discrete: bool
    classes: AnyArray | None = None

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
class Table:
    """Columns in blocks, their names and kinds, and the target.

    Attributes
    ----------
    blocks : list of Block
        Every column is in exactly one.
    names : sequence of str
    discrete : ndarray of shape (n_features,), bool
    target : Target
    n_rows : int
    weights : Weights or None
        None: every row counts once.
    further : tuple of Target
        More outputs, over which terms are to be averaged.
    """

    blocks: list[Block]
    names: Sequence[str]
    discrete: NDArray[np.bool_]
    target: Target
    n_rows: int
    weights: Weights | None = None
    further: tuple[Target, ...] = ()

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
        return any(block.n_missing.any() for block in self.blocks)

    @cached_property
    def _home(self) -> IntArray:
        """(n_features, 2): the block of each column, and its place there."""
        home = np.empty((self.n_features, 2), np.intp)
        for number, block in enumerate(self.blocks):
            home[block.columns, 0] = number
            home[block.columns, 1] = np.arange(len(block.columns))
        return home

    def _find(self, column: int) -> tuple[Block, int]:
        number, position = self._home[column]
        return self.blocks[number], int(position)

    def numeric(self, column: int) -> FloatArray:
        """Values of a column, float64 of shape (n_rows,), NaN where missing."""
        block, position = self._find(column)
        return block.numeric(position)

    def codes(self, column: int) -> IntArray:
        """Dense codes of a column's own levels, intp of shape (n_rows,)."""
        block, position = self._find(column)
        codes = block.codes(np.array([position]), np.arange(self.n_rows))
        return np.asarray(codes[0], dtype=np.intp)

    def levels(self, column: int) -> AnyArray:
        """Sorted levels behind the codes of a column, without missing."""
        block, position = self._find(column)
        return block.levels(position)

    def labelled(self, column: int) -> bool:
        """Whether a column holds labels, not numbers or booleans."""
        return isinstance(self._find(column)[0], LabelBlock)

    def gather(self, fact: str) -> NDArray[Any]:
        """One per-column fact of the blocks (``"n_missing"``, …), (n_features,)."""
        out = np.empty(self.n_features, np.int64)
        for block in self.blocks:
            out[block.columns] = getattr(block, fact)
        return out
