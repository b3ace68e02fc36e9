"""Tests of which it only matters whether they pass a level."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from mifs import _kernels
from mifs._arrays import AnyArray, IntArray
from mifs._chance.many import MANY
from mifs._chance.table import Memory, table_test
from mifs._chance.tails import ADDRESSES, Addresses

if TYPE_CHECKING:
    from mifs._kernels.memo import Memo


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

    def _asked(self, alpha: float) -> tuple[tuple[float, bool, int], Addresses, Memo]:
        """Arguments of the kernels."""
        assert ADDRESSES is not None
        test = alpha, self._seed is not None, MANY
        return test, ADDRESSES, self._memory.memo

    def of_rows(
        self,
        codes: tuple[AnyArray, AnyArray, AnyArray],
        shape: tuple[int, int, int],
        ordered: tuple[bool, bool],
        gaps: tuple[bool, bool],
        alpha: float,
        *,
        scored: bool,
    ) -> float | None:
        """Return `log_p` of rows of strata, levels and classes; None: not decided.

        ``scored``: the trend is in the same strata.
        """
        if ADDRESSES is None:
            return None
        decided, log_p = _kernels.level.decide_rows(
            *(*codes, shape, ordered, gaps, scored), *self._asked(alpha)
        )
        return float(log_p) if decided else None

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

        As `mifs._kernels.level.decide_pairs` takes them.
        """
        if ADDRESSES is None:
            return [math.nan] * len(which)
        asked = self._asked(alpha)
        found = _kernels.level.decide_pairs(
            *(codes, others, which, own, kinds, most_cells), *asked
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

        Returns
        -------
        log_p : float
        """
        if ADDRESSES is not None:
            decided, log_p = _kernels.level.decide(
                *(tables, ordered, gaps, finer is None), *self._asked(alpha)
            )
            if decided:
                return float(log_p)

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
            only_level=True,
            memory=self._memory,
        ).log_pvalue
