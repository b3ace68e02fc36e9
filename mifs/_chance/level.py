"""Tests of which it only matters whether they pass a level."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._chance.many import MANY
from mifs._chance.table import Memory, table_test
from mifs._chance.tails import ADDRESSES

if TYPE_CHECKING:
    from mifs._kernels.level import Asked

# What is not there where rows are counted by the kernel, or were counted before.
NO_TABLES, NO_CODES = np.empty((0, 0, 0), np.int64), np.empty((0, 0), np.uint16)
NO_DRAWS = np.empty((0, 0), np.uint32)
NO_STRATA = -1, -1, 1, 1
# Cells of a table that are counted at most, 128 MB.
MOST_CELLS = 1 << 24

# Levels of a side, whether their order means something, and whether the last is that
# of missing values.
Kind = tuple[int, bool, bool]


class LevelTest:
    """`table_test` with ``only_level``, in less time: what it remembers is kept.

    Parameters
    ----------
    seed : int or None
        Of the drawn tables. None: nothing is drawn.
    memory : Memory
    """

    def __init__(self, seed: int | None, memory: Memory) -> None:
        self._seed, self._memory = seed, memory

    @property
    def draws(self) -> bool:
        """Whether tables may be drawn."""
        return self._seed is not None

    def asked(
        self,
        x: int,
        kind_x: Kind,
        y: int,
        kind_y: Kind,
        strata: tuple[int, int, int, int] = NO_STRATA,
        *,
        draw: int = -1,
        scored: bool = True,
    ) -> Asked:
        """Describe a test of rows, as `decided` takes it."""
        sides = x, *kind_x, y, *kind_y
        return _kernels.level.Asked(draw, *strata, *sides, scored, self.draws)

    def decided(
        self,
        codes: AnyArray,
        asked: Sequence[tuple[int, ...]],
        levels: Sequence[float],
        draws: AnyArray = NO_DRAWS,
        tables: IntArray = NO_TABLES,
    ) -> list[float]:
        """Return `log_p` of tests of rows, in one call; NaN: not decided.

        As `mifs._kernels.level.decide` takes them.
        """
        if ADDRESSES is None:
            return [math.nan] * len(asked)
        found = _kernels.level.decide(
            *(tables, codes, draws, np.array(asked), np.array(levels)),
            *((MOST_CELLS, MANY), ADDRESSES, self._memory.memo),
        )
        logs: list[float] = found.tolist()
        return logs

    def log_p(
        self,
        tables: IntArray,
        ordered: tuple[bool, bool],
        gaps: tuple[bool, bool],
        alpha: float,
        finer: Callable[[], IntArray] | None = None,
        *,
        in_full: bool = False,
    ) -> float:
        """Logarithm of the p-value.

        Parameters
        ----------
        tables : ndarray of shape (n_strata, r, c), int64
            Counts.
        ordered : pair of bool
            Whether the order of the rows and that of the columns mean something.
        gaps : pair of bool
            Whether the last row and the last column are that of missing values, which
            have no place in the order.
        alpha : float
        finer : callable, default=None
            Gives tables in other strata for the trend; None: the same.
        in_full : bool, default=False
            Whether the p-value itself is asked for, not only its side of the level.

        Returns
        -------
        log_p : float
        """
        if not in_full:
            log_p = self._of_table(tables, ordered, gaps, alpha, scored=finer is None)
            if not math.isnan(log_p):
                return log_p

        def scored() -> IntArray:
            all_levels = tables if finer is None else finer()
            r, c = all_levels.shape[1:]
            return all_levels[:, : r - gaps[0], : c - gaps[1]]

        return table_test(
            tables,
            ordered_rows=ordered[0],
            ordered_columns=ordered[1],
            trend_tables=scored,
            seed=self._seed,
            alpha=alpha,
            only_level=not in_full,
            memory=self._memory,
        ).log_pvalue

    def _of_table(
        self,
        tables: IntArray,
        ordered: tuple[bool, bool],
        gaps: tuple[bool, bool],
        alpha: float,
        *,
        scored: bool,
    ) -> float:
        """Return `log_p` of tables that are counted; NaN: not decided."""
        r, c = tables.shape[1:]
        kinds = (r, ordered[0], gaps[0]), -1, (c, ordered[1], gaps[1])
        asked = self.asked(-1, *kinds, scored=scored)
        return self.decided(NO_CODES, [asked], [alpha], tables=tables)[0]
