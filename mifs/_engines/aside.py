"""Codes that lie in a file, counted column by column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from mifs._arrays import AnyArray, IntArray
from mifs._data.aside import Aside
from mifs._data.codes import MAX_BYTE_LEVELS, StoredCodes, rows_by_width
from mifs._engines.base import Cells
from mifs._engines.histogram import HistogramEngine

FIRST = np.zeros(1, np.int64)


@dataclass(frozen=True, eq=False)
class CodesAside:
    """Matrices of codes in a file, where `StoredCodes` has them in memory.

    Attributes
    ----------
    matrices : Aside
        Of codes in one byte, and in two.
    n_levels : ndarray of shape (p,), int64
    """

    matrices: Aside
    n_levels: IntArray

    @classmethod
    def of(cls, stored: StoredCodes, folder: Path) -> CodesAside:
        """Move codes to a file."""
        return cls(Aside([stored.narrow, stored.wide], folder), stored.n_levels)

    @cached_property
    def _rows(self) -> IntArray:
        return rows_by_width(self.n_levels)

    def column(self, column: int) -> AnyArray:
        """Codes of a column, (1, n)."""
        row, wide = int(self._rows[column]), self.n_levels[column] > MAX_BYTE_LEVELS
        return self.matrices.rows(int(wide), row, row + 1)


class EngineAside(HistogramEngine):
    """Counts of codes that lie in a file.

    Parameters
    ----------
    table : CodedShard
        Whose codes are `CodesAside`.
    """

    def _store(self, table: Any, n_jobs: int | None) -> None:
        self._stored: CodesAside = table.stored
        self._wide = self.n_levels > MAX_BYTE_LEVELS

    def codes(self, column: int) -> AnyArray:
        """Codes of a column, (n,)."""
        codes: AnyArray = self._stored.column(column)[0]
        return codes

    def grouped(self, groups: Any) -> NoReturn:
        """Joint labels are made by tasks of their own."""
        raise NotImplementedError

    def _tables(
        self, columns: IntArray, base: AnyArray, stride: int, starts: IntArray
    ) -> Cells:
        """Tables of columns of one width against a base."""
        cells = np.empty(starts[-1], np.int64)
        for i, column in enumerate(columns.tolist()):
            own = slice(starts[i], starts[i + 1])
            ends = starts[i : i + 2] - starts[i]
            codes = self._stored.column(column)
            cells[own] = self._counted(codes, FIRST, base, stride, ends).counts
        return Cells(cells, starts)
