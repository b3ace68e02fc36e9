"""The two tiers of a path: what adds more than chance, then the rest.

The criterion orders, a test decides: only the candidate that the criterion puts first
is tested. If it fails, it goes to the second tier for good, for its p-value can only
grow as features are picked, and the next is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from mifs import _kernels
from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._search._path import Path, Step
from mifs._search._scorer import Scorer


class Gate(Protocol):
    """Tests whether a candidate adds more than chance to what is picked.

    Attributes
    ----------
    alpha : float
        A candidate with a p-value above it is in the second tier.
    shown : bool
        Whether p-values are to be shown, and not only to tell who is in which tier.
    """

    @property
    def alpha(self) -> float: ...

    @property
    def shown(self) -> bool: ...

    def p_value(self, candidate: int, picks: Sequence[int]) -> float:
        """Return the adjusted p-value, which does not fall as there are more picks."""
        ...

    def p_value_in_full(
        self, chosen: int, picks: Sequence[int], p_value: float
    ) -> float:
        """Return it of one that passed, whose p-value as a test has it may be less."""
        ...

    def promising(self, picks: Sequence[int], failed: BoolArray) -> IntArray:
        """Those that failed, and may pass now for what they say with the last pick."""
        ...

    def hopeless(self) -> BoolArray:
        """Which candidates would fail, as far as that is seen without a test."""
        ...


class Tiers:
    """Candidates that failed so far, and their p-values.

    Parameters
    ----------
    gate : Gate
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._failed = gate.hopeless()
        # The candidate that the criterion puts first among those that fail.
        self.best_left: tuple[int, float] | None = None
        self._second = False
        self._n_seen = 0

    def best(
        self,
        scorer: Scorer,
        closed: BoolArray,
        costs: FloatArray,
        picks: list[int],
        *,
        first: bool,
    ) -> Step | None:
        """Take the best candidate, of the first tier if it has any.

        ``first``: there is to be no other.
        """
        failing: tuple[int, float] | None = None
        if not self._second:
            self._look_again(picks)
        while not self._second and not (closed | self._failed).all():
            step = best_of(scorer, closed | self._failed, costs)
            p_value = self._gate.p_value(step.feature, picks)
            if p_value <= self._gate.alpha:
                p_value = self._in_full(step.feature, picks, p_value)
                return step._replace(p_value=p_value, tier=1)
            self._failed[step.feature] = True
            failing = failing or (step.feature, p_value)
        if not self._second:
            self._second, self.best_left = True, failing
        if first:
            return None
        step = best_of(scorer, closed.copy(), costs)
        p_value = math.nan
        if self._gate.shown:
            p_value = self._gate.p_value(step.feature, picks)
        return step._replace(p_value=p_value, tier=2)

    def _in_full(self, chosen: int, picks: Sequence[int], p_value: float) -> float:
        """P-value of one that passed, as it is shown."""
        if not self._gate.shown:
            return p_value
        return self._gate.p_value_in_full(chosen, picks, p_value)

    def _look_again(self, picks: list[int]) -> None:
        """Give those another chance that say something with a new pick."""
        for place in range(self._n_seen, len(picks)):
            again = self._gate.promising(picks[: place + 1], self._failed)
            self._failed[again] = False
        self._n_seen = len(picks)

    def parted(self, path: Path) -> Iterator[Step]:
        """Give the steps of a path found as a whole: those that pass, then the rest."""
        rest = []
        for step in path:
            p_value = 1.0
            if not self._failed[step.feature]:
                p_value = self._gate.p_value(step.feature, ())
            if p_value <= self._gate.alpha:
                p_value = self._in_full(step.feature, (), p_value)
                yield step._replace(p_value=p_value, tier=1)
            else:
                rest.append(step)
        for step in rest:
            p_value = self._gate.p_value(step.feature, ())
            self.best_left = self.best_left or (step.feature, p_value)
            yield step._replace(p_value=p_value, tier=2)


def best_of(scorer: Scorer, closed: BoolArray, costs: FloatArray) -> Step:
    """Take the best candidate, which may then be closed."""
    if ahead := scorer.ahead(closed, costs, 1):
        return ahead[0]
    scores, criterion = scorer.update(closed, costs), scorer.criterion
    tolerance = criterion.tolerance(float(scores.max()), criterion.parameters)
    chosen, second = _kernels.choice.best_two(scores, tolerance)
    margin = float(scores[chosen] - scores[second]) if second >= 0 else np.nan
    score, relevance = float(scores[chosen]), float(scorer.relevance[chosen])
    return Step(chosen, score, relevance, *scorer.means(chosen), second, margin)
