"""What the loop asks of the scores of a criterion."""

from __future__ import annotations

from typing import Protocol

from mifs._arrays import BoolArray, FloatArray
from mifs._search._path import Path, State, Step
from mifs.criteria import Criterion


class Scorer(Protocol):
    """Scores of all candidates, given the features picked so far.

    Attributes
    ----------
    criterion : Criterion
    relevance : ndarray of shape (p,)
        Scores of the features alone.
    n_evaluations : int
        Candidate–pick pairs evaluated so far.
    """

    @property
    def criterion(self) -> Criterion: ...

    @property
    def relevance(self) -> FloatArray: ...

    @property
    def n_evaluations(self) -> int: ...

    def resume(self, earlier: Path) -> Path:
        """Stand where an earlier search ended; return its path, to be continued."""
        ...

    def state(self) -> State:
        """Return what is needed to go on from here, if that can be kept."""
        ...

    def complete(self, feature: int, closed: BoolArray) -> None:
        """Bring the score of a feature up to date, and of others if need be."""
        ...

    def update(self, closed: BoolArray, offset: FloatArray) -> FloatArray:
        """Update scores; less the offset, -inf where closed, the first two exact."""
        ...

    def ahead(self, closed: BoolArray, offset: FloatArray, most: int) -> list[Step]:
        """Choose up to so many features at once, and close them; none: `update` first.

        They are not taken yet.
        """
        ...

    def scores(self) -> FloatArray:
        """Scores of all features, exact for those that are up to date."""
        ...

    def means(self, feature: int) -> tuple[float, float]:
        """Mean redundancy and conditional redundancy of a feature with the picks."""
        ...

    def take(self, feature: int) -> None:
        """Make a feature the newest pick."""
        ...
