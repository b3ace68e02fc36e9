"""Tests of tables of few rows: the kernel that tests counts them, many in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mifs._chance import MANY, NO_STRATA, LevelTest
from mifs._problem.coded import Coded, CodedUnits

# Picks, whether a unit is tested against one of them, the output, and whether the unit
# has few levels.
_Key = tuple[tuple[int, ...], bool, int, bool]
_Numbers = tuple[int, ...]
# Row of the codes of the unit that is tested, which is another one each time.
OWN = 0


class Test(NamedTuple):
    """A test of a unit.

    Attributes
    ----------
    picks : tuple of int
        What is given: one pick or two.
    level : float
    output : int
        Whose classes they are.
    of_pick : bool
        Whether it is the dependence on the pick that is tested.
    """

    picks: tuple[int, ...]
    level: float
    output: int = 0
    of_pick: bool = False


class FewRows:
    """Asks the kernel for tests, of codes that lie one below the other.

    Parameters
    ----------
    codes : CodedUnits
    test : LevelTest
        Of dependence on picks nothing is drawn.
    """

    def __init__(self, codes: CodedUnits, test: LevelTest) -> None:
        self._units, self._test = codes, test
        self._against: dict[_Key, tuple[_Numbers, _Numbers]] = {}
        # Rows of codes that are kept, and what has these codes.
        self._rows: dict[int, int] = {}
        self._kept: list[Coded] = []
        n_rows = len(codes.targets[0].codes)
        self._codes = np.empty((16, n_rows), np.uint16)
        self._unit: int | None = None

    def log_p(self, unit: int, tests: Sequence[Test]) -> list[float]:
        """Logarithms of p-values; NaN: not decided."""
        own = self._units.of(unit)
        if unit != self._unit:
            self._codes[OWN], self._unit = own.codes, unit
        asked = [self._asked(own, test) for test in tests]
        levels = [test.level for test in tests]
        return self._test.decided(self._codes, asked, levels)

    def _asked(self, own: Coded, test: Test) -> tuple[int, ...]:
        """Numbers of a test, as of `mifs._kernels.level.Asked`."""
        few = own.n_levels <= MANY
        key = test.picks, test.of_pick, test.output, few
        if key not in self._against:
            self._against[key] = self._other_side(test, few)
        strata, rest = self._against[key]
        return (-1, *strata, OWN, own.n_levels, own.ordered, own.gaps, *rest)

    def _other_side(self, test: Test, few: bool) -> tuple[_Numbers, _Numbers]:
        """Strata, and against what a unit is tested within them, and how."""
        if test.of_pick:
            other = self._units.of(*test.picks)
            return NO_STRATA, (*self._side(other), True, False)
        target = self._units.targets[test.output]
        strata, cut_finer = self._strata(test.picks, few and target.n_levels <= MANY)
        return strata, (*self._side(target), not cut_finer, self._test.draws)

    def _strata(self, picks: tuple[int, ...], few: bool) -> tuple[_Numbers, bool]:
        """Strata of one pick or two, and whether those for the trend are finer.

        Of strata that the kernel joins some are empty: not where their number matters.
        """
        both = self._units.few_strata(*picks) if few else None
        if both is None:
            strata, cut_finer = self._units.strata_of_g(*picks)
            return (self._row(strata), -1, strata.n_levels, 1), cut_finer
        first, second, cut_finer = both
        n, n_second = first.n_levels, second.n_levels
        return (self._row(first), self._row(second), n * n_second, n_second), cut_finer

    def _side(self, coded: Coded) -> _Numbers:
        return self._row(coded), coded.n_levels, coded.ordered, coded.gaps

    def _row(self, coded: Coded) -> int:
        """Row of codes, which are added if they are new."""
        row = self._rows.get(id(coded))
        if row is None:
            self._kept.append(coded)
            row = self._rows[id(coded)] = len(self._kept)
            if row == len(self._codes):
                more = np.empty((2 * row, self._codes.shape[1]), np.uint16)
                more[:row] = self._codes
                self._codes = more
            self._codes[row] = coded.codes
        return row
