"""What a search leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from heapq import heappop, heappush

import numpy as np

from mifs._arrays import FloatArray, IntArray


@dataclass
class Path:
    """What was chosen, step by step; a list entry a step.

    ``redundancy`` and ``conditional_redundancy`` are means over the earlier picks, NaN
    where the criterion does not use them; ``runner_up`` is -1 where there was no
    choice; ``n_evaluations`` counts the candidate–pick pairs evaluated after the
    relevances; ``state`` is what a scorer needs in order to go on from here.
    """

    feature: list[int] = field(default_factory=list)
    score: list[float] = field(default_factory=list)
    relevance: list[float] = field(default_factory=list)
    redundancy: list[float] = field(default_factory=list)
    conditional_redundancy: list[float] = field(default_factory=list)
    runner_up: list[int] = field(default_factory=list)
    margin: list[float] = field(default_factory=list)
    n_evaluations: int = 0
    state: dict[str, FloatArray | IntArray] = field(default_factory=dict)

    def add(
        self,
        feature: int,
        score: float,
        relevance: float,
        means: tuple[float, float] = (np.nan, np.nan),
        runner_up: tuple[int, float] = (-1, np.nan),
    ) -> None:
        """Append a step; ``runner_up`` is a feature and the margin to it."""
        self.feature.append(feature)
        self.score.append(score)
        self.relevance.append(relevance)
        self.redundancy.append(means[0])
        self.conditional_redundancy.append(means[1])
        self.runner_up.append(runner_up[0])
        self.margin.append(runner_up[1])

    def cut(self, n_features: int) -> Path:
        """Return the first steps only."""
        steps = {name: getattr(self, name)[:n_features] for name in STEPS}
        return replace(self, **steps, state={})


STEPS = (
    "feature",
    "score",
    "relevance",
    "redundancy",
    "conditional_redundancy",
    "runner_up",
    "margin",
)


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
