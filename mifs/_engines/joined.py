"""Groups of columns as single columns: the joint label of the members."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mifs._data.blocks import AnyArray, IntArray, code_dtype


class JoinedColumns:
    """Ready codes of some columns, class-sorted; stands where an `Encoding` stands."""

    itemsize = 1

    def __init__(self, codes: list[AnyArray], n_levels: list[int]) -> None:
        self._codes = codes
        self.n_levels: NDArray[np.int64] = np.array(n_levels, dtype=np.int64)
        self.columns = np.arange(len(codes))

    def pieces(self) -> list[tuple[Any, IntArray]]:
        """Columns that share a code dtype."""
        wide = self.n_levels > 256
        return [(self, np.flatnonzero(way)) for way in (wide, ~wide) if way.any()]

    def codes(self, block: Any, positions: IntArray, order: IntArray) -> AnyArray:
        """Codes of some columns, (len(positions), n)."""
        dtype = code_dtype(self.n_levels[positions])
        return np.stack([self._codes[j][order].astype(dtype) for j in positions])
