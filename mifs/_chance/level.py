"""Tests of which it only matters whether they pass a level."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._chance.many import MANY
from mifs._chance.table import Memory, table_test
from mifs._chance.tails import ADDRESSES

# What is not there where tables are counted by the kernel, or were counted before.
NO_TABLES = np.empty((0, 0, 0), np.int64)
NO_CODES = np.empty((1, 0), np.uint16)
NOWHERE = NO_CODES[0], NO_CODES[0], 1
FIRST, NOTHING = np.zeros(1, np.int64), np.empty(0, np.int64)


@lru_cache
def _kinds(n_levels: int, ordered: bool, gaps: bool) -> IntArray:
    """One row of the kinds that the kernel takes, which it only reads."""
    kinds: IntArray = np.array([[n_levels, ordered, gaps]])
    return kinds


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

    def _decided(
        self,
        tables: IntArray,
        strata: tuple[AnyArray, AnyArray, int],
        column: tuple[AnyArray, int],
        others: tuple[AnyArray, IntArray],
        kinds: tuple[tuple[int, bool, bool], IntArray],
        most_cells: int,
        alpha: float,
        *,
        scored: bool,
    ) -> list[float]:
        """Ask `mifs._kernels.level.decide`, which says what these are."""
        if ADDRESSES is None:
            return [math.nan] * max(1, len(others[1]))
        test = alpha, self._seed is not None, MANY
        found = _kernels.level.decide(
            *(tables, strata, column, *others, *kinds, most_cells, scored, test),
            *(ADDRESSES, self._memory.memo),
        )
        logs: list[float] = found.tolist()
        return logs

    def of_rows(
        self,
        codes: tuple[AnyArray, AnyArray, AnyArray],
        shape: tuple[int, int, int],
        ordered: tuple[bool, bool],
        gaps: tuple[bool, bool],
        alpha: float,
        *,
        scored: bool,
        parted: tuple[AnyArray, int] | None = None,
    ) -> float:
        """Return `log_p` of rows of strata, levels and classes; NaN: not decided.

        ``scored``: the trend is in the same strata; ``parted``: codes by which they are
        parted further, and the number of these, by which their number is multiplied.
        """
        strata, own, classes = codes
        further, n_further = (NO_CODES[0], 1) if parted is None else parted
        n_strata = shape[0] * n_further
        kinds = _kinds(shape[2], ordered[1], gaps[1])
        return self._decided(
            NO_TABLES,
            (strata, further, n_further),
            (own, n_strata),
            (classes[np.newaxis], FIRST),
            ((shape[1], ordered[0], gaps[0]), kinds),
            n_strata * shape[1] * shape[2],
            alpha,
            scored=scored,
        )[0]

    def of_pairs(
        self,
        codes: AnyArray,
        others: AnyArray,
        which: IntArray,
        own: tuple[int, bool, bool],
        kinds: IntArray,
        most_cells: int,
        alpha: float,
    ) -> list[float]:
        """Return `log_p` of a column and each of others; NaN: not decided.

        As `mifs._kernels.level.decide` takes them; ``which`` are not empty.
        """
        return self._decided(
            *(NO_TABLES, NOWHERE, (codes, 1), (others, which)),
            *((own, kinds), most_cells, alpha),
            scored=True,
        )

    def of_drawn(
        self, codes: AnyArray, draws: AnyArray, asked: IntArray, alpha: float
    ) -> list[float]:
        """Return `log_p` of pairs of columns in drawn rows; NaN: not decided.

        As `mifs._kernels.level.decide_drawn` takes them.
        """
        if ADDRESSES is None:
            return [math.nan] * len(asked)
        test = alpha, self._seed is not None, MANY
        found = _kernels.level.decide_drawn(
            codes, draws, asked, test, ADDRESSES, self._memory.memo
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
        kinds = _kinds(tables.shape[2], ordered[1], gaps[1])
        return self._decided(
            tables,
            NOWHERE,
            (NO_CODES[0], 1),
            (NO_CODES, NOTHING),
            ((tables.shape[1], ordered[0], gaps[0]), kinds),
            tables.size,
            alpha,
            scored=scored,
        )[0]
