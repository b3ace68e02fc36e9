"""What a search leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple, overload

import numpy as np

from mifs._arrays import FloatArray, IntArray

NAN = float("nan")


class Contributions(NamedTuple):
    """What the picks contributed to each feature so far, each (n_features,).

    Attributes
    ----------
    reduced : ndarray, float64
        Sum or least of the contributions.
    redundancy, conditional_redundancy : ndarray, float64
        Sums of the terms.
    seen : ndarray, intp
        How many of the picks each feature was evaluated against.
    """

    reduced: FloatArray
    redundancy: FloatArray
    conditional_redundancy: FloatArray
    seen: IntArray


# What a search needs in order to go on, if that can be kept.
State = Contributions | None


class Step(NamedTuple):
    """One choice.

    Attributes
    ----------
    feature : int
    score, relevance : float
    redundancy, conditional_redundancy : float
        Means over the earlier picks, NaN where the criterion does not use them.
    runner_up : int
        The second best, -1 where there was no choice.
    margin : float
        How far its score was behind; NaN where there was no choice.
    p_value : float
        How often chance would do as well, adjusted; NaN where nobody asked.
    expected : float
        What chance alone would make of the relevance, nats; NaN where it was not
        corrected.
    tier : int
        1: it adds more than chance; 2: it does not; 0: nobody asked.
    """

    feature: int
    score: float
    relevance: float
    redundancy: float = NAN
    conditional_redundancy: float = NAN
    runner_up: int = -1
    margin: float = NAN
    p_value: float = NAN
    expected: float = NAN
    tier: int = 0


@dataclass
class Path(Sequence[Step]):
    """Steps in the order of choice.

    Attributes
    ----------
    steps : list of Step
    n_evaluations : int
        Candidate–pick pairs evaluated after the relevances.
    stop_reason : str
        Why the search ended.
    tested : bool
        Whether it has two tiers.
    best_left : tuple of int and float, or None
        The candidate that failed last while the first tier was searched, and its
        p-value.
    state : Contributions or None
        What a scorer needs in order to go on from here.
    """

    steps: list[Step] = field(default_factory=list)
    n_evaluations: int = 0
    stop_reason: str = ""
    tested: bool = False
    best_left: tuple[int, float] | None = None
    state: State = None

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, at: int) -> Step: ...
    @overload
    def __getitem__(self, at: slice) -> list[Step]: ...
    def __getitem__(self, at: int | slice) -> Step | list[Step]:
        """Return a step, or some of them."""
        return self.steps[at]

    def cut(self, n_features: int) -> Path:
        """Return the first steps only, which cannot be continued."""
        return Path(self.steps[:n_features], self.n_evaluations, self.stop_reason)

    def beside_chance(self, relevance: FloatArray, observed: FloatArray | None) -> Path:
        """Return the path with what chance alone would make of each relevance."""
        if observed is not None:
            expected = observed - relevance
            self.steps = [
                step._replace(expected=float(expected[step.feature]))
                for step in self.steps
            ]
        return self

    @property
    def feature(self) -> list[int]:
        """Features in the order of choice."""
        return [step.feature for step in self.steps]

    @property
    def score(self) -> list[float]:
        """Score of each at its step."""
        return [step.score for step in self.steps]

    @property
    def relevance(self) -> list[float]:
        """Relevance of each."""
        return [step.relevance for step in self.steps]

    @property
    def redundancy(self) -> list[float]:
        """Mean redundancy with the earlier picks."""
        return [step.redundancy for step in self.steps]

    @property
    def conditional_redundancy(self) -> list[float]:
        """Mean conditional redundancy with the earlier picks."""
        return [step.conditional_redundancy for step in self.steps]

    @property
    def runner_up(self) -> list[int]:
        """Second best of each step."""
        return [step.runner_up for step in self.steps]

    @property
    def p_value(self) -> list[float]:
        """Adjusted p-value of each."""
        return [step.p_value for step in self.steps]

    @property
    def expected(self) -> list[float]:
        """Relevance that chance alone would make, of each."""
        return [step.expected for step in self.steps]

    @property
    def tier(self) -> list[int]:
        """Tier of each."""
        return [step.tier for step in self.steps]

    @property
    def margin(self) -> list[float]:
        """How far the second best was behind."""
        return [step.margin for step in self.steps]


def from_best(scores: FloatArray, tolerance: float) -> IntArray:
    """Positions in the order in which a search would choose them one by one."""
    order = np.argsort(-scores, kind="stable")
    falling, place = scores[order], np.argsort(order)
    open_ = np.ones(len(order), np.bool_)
    tied: list[int] = []
    chosen: list[int] = []
    best = last = 0
    while len(chosen) < len(order):
        best += int(np.argmax(open_[best:]))
        while last < len(order) and falling[last] >= falling[best] - tolerance:
            heappush(tied, int(order[last]))
            last += 1
        winner = heappop(tied)
        open_[place[winner]] = False
        chosen.append(winner)
    return np.array(chosen, np.intp)
