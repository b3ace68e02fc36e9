"""What an engine must be able to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from mifs._arrays import AnyArray, IntArray
from mifs._data.blocks import ByteRows
from mifs._data.codes import Lent, Piece

if TYPE_CHECKING:
    from mifs._kernels.rounds import TiledColumns
    from mifs._kernels.ternary import Ternary


@dataclass(frozen=True)
class Workers:
    """A ``map`` that spreads calls over ``n`` threads."""

    map: Callable[..., Iterable[Any]] = map
    n: int = 1

    def runs(self, values: AnyArray) -> list[AnyArray]:
        """Values in as many runs as there are threads, of which none is empty."""
        return np.array_split(values, max(1, min(self.n, len(values))))


ALONE = Workers()


@dataclass(frozen=True)
class Cells:
    """Counts in the cells of several tables, one table after the other.

    The cells of table i are ``counts[starts[i]:starts[i + 1]]``, int64. Empty cells
    may be left out, and their order means nothing: entropies do not depend on it.
    """

    counts: IntArray
    starts: IntArray


class CodedTable(Protocol):
    """What an engine reads of an `EncodedTable`, or of joint labels in its place.

    Attributes
    ----------
    n_levels : ndarray of shape (p,), int64
    classes : ndarray of shape (n,)
    n_classes : int
    units : ndarray of shape (n,), int64, or None
        How often each row counts; None: once.
    """

    @property
    def n_levels(self) -> IntArray: ...

    @property
    def classes(self) -> AnyArray: ...

    @property
    def n_classes(self) -> int: ...

    @property
    def units(self) -> IntArray | None: ...

    def pieces(self) -> list[Piece]:
        """Columns whose codes are made at once."""
        ...

    def codes(self, piece: Piece, order: IntArray | None = None) -> AnyArray:
        """Codes of a piece, (b, n) uint8 or uint16, rows in ``order``."""
        ...

    def byte_rows(self, piece: Piece) -> ByteRows | None:
        """Return a piece of up to three levels a column as rows of bytes, if so."""
        ...

    def rows_of_source(self, order: IntArray) -> IntArray:
        """Rows of these bytes that come in ``order``."""
        ...

    def lend(self) -> Lent | None:
        """Matrices of codes, where they lie ready."""
        ...


class Logarithms(Protocol):
    """Tables of c log c, as scaled integers.

    Attributes
    ----------
    full_table : ndarray of shape (n + 1,), int64
        Of all counts up to the number of rows.
    paired_table : ndarray, int64
        See `mifs._kernels.sums.paired_table`.
    """

    @property
    def full_table(self) -> IntArray: ...

    @property
    def paired_table(self) -> IntArray: ...


NOT_COUNTED = np.empty(0, np.int64)


class TableSums(NamedTuple):
    """What is kept of each of some tables: sums of c log c, and occupied cells.

    Where the class was not asked for, those by class are the plain ones.

    Attributes
    ----------
    plain, by_class : ndarray of shape (b,), int64
        Σ c log c over the cells (candidate, pick), and (candidate, pick, class), as
        scaled integers.
    cells, cells_by_class : ndarray of shape (b,), int64
        How many of these cells are occupied. Empty where that was not asked for.
    """

    plain: IntArray
    by_class: IntArray
    cells: IntArray = NOT_COUNTED
    cells_by_class: IntArray = NOT_COUNTED


class Summed(Protocol):
    """Tables that are summed as they are counted, and not kept."""

    def sums(self, logarithms: Logarithms, occupied: bool) -> TableSums:
        """Sum c log c of each candidate, and count occupied cells where asked for."""
        ...


class JointCounts(NamedTuple):
    """Tables of some candidates against one pick.

    Attributes
    ----------
    members : slice or ndarray
        Which of the candidates asked for these are.
    triple : Cells or None
        (candidate, pick, class), where the class was asked for.
    pair : Cells or None
        (candidate, pick). None where all cells of ``triple`` are laid out with the
        class running fastest, so that sums of neighbours are the pair's counts.
    summed : Summed or None
        In place of both.
    """

    members: slice | NDArray[np.intp]
    triple: Cells | None = None
    pair: Cells | None = None
    summed: Summed | None = None


class RowCodes(NamedTuple):
    """Codes of columns that lie ready.

    Attributes
    ----------
    of : callable
        Codes of a column, (n,).
    sorted : bool
        Whether rows are sorted by class, which is stable; else they are as in the
        table.
    """

    of: Callable[[int], AnyArray]
    sorted: bool


class ByteColumns(NamedTuple):
    """All columns of a table, of which any two have a small table with the class.

    Attributes
    ----------
    codes : ndarray of shape (·, n), uint8
    rows, n_levels : ndarray of shape (p,), int64
        Row of each column in the codes; its levels.
    classes : ndarray of shape (n,)
    bits, plain : Ternary or None
        The columns in place of their codes, of which there are none then: rows in their
        classes, and all rows as one class.
    tiles : TiledColumns or None
        The columns in tiles, if all lie in some, beside their codes.
    """

    codes: AnyArray
    rows: IntArray
    n_levels: IntArray
    classes: AnyArray
    bits: Ternary | None = None
    plain: Ternary | None = None
    tiles: TiledColumns | None = None


class Engine(Protocol):
    """A table behind counts.

    Attributes
    ----------
    n_rows : int
    n_levels : ndarray of shape (p,), int64
    class_counts : ndarray of shape (n_classes,), int64
    row_codes : RowCodes or None
        None where rows are not all there, or do not count once each.
    byte_columns : ByteColumns or None
        For kernels that count as they go on; None where they are counted otherwise.
    pair_time : float or None
        Nanoseconds that a candidate takes in a round of all, about; None: not known.
    """

    n_rows: int
    n_levels: IntArray
    class_counts: IntArray

    @property
    def row_codes(self) -> RowCodes | None: ...

    @property
    def byte_columns(self) -> ByteColumns | None: ...

    @property
    def pair_time(self) -> float | None: ...

    def level_counts(self) -> Cells:
        """Tables (level, class) of each column, all cells laid out."""
        ...

    def pick(self, column: int) -> Any:
        """Prepare one column to be counted against others; ``counts`` are its table."""
        ...

    def grouped(self, groups: Sequence[list[int]]) -> Engine:
        """Engine whose columns are the joint labels of groups of columns."""
        ...

    def join(self, pick: Any | None, column: int) -> Any:
        """Make one joint label of a pick and a column, without empty levels."""
        ...

    def parts(self, candidates: NDArray[np.intp], n: int) -> list[NDArray[np.intp]]:
        """Positions of the candidates in at most n parts, to be counted in parallel.

        One part, if counting cannot be split by candidates but by rows.
        """
        ...

    def joint_counts(
        self,
        pick: Any,
        candidates: NDArray[np.intp],
        *,
        by_class: bool,
        workers: Workers = ALONE,
    ) -> Iterator[JointCounts]:
        """Tables of all candidates against a pick, some candidates at a time.

        Workers count parts of the rows, where it is worth it.
        """
        ...

    def pair_counts(
        self, picks: NDArray[np.intp], candidates: NDArray[np.intp], *, by_class: bool
    ) -> Iterator[JointCounts]:
        """Tables of candidate i against pick i, for all i."""
        ...
