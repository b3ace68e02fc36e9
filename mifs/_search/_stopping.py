"""When a search ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mifs._search._path import Path

NOTHING_LEFT = "no candidate is left"
AT_CHANCE = "no candidate adds more than chance"


class StoppingRule(Protocol):
    """Asked after each step, once all included features are in.

    Attributes
    ----------
    most : int
        Steps that it allows at most; progress is measured by it.
    """

    @property
    def most(self) -> int: ...

    def reason(self, path: Path) -> str | None:
        """Why the search ends with the last step of a path; None: it goes on."""
        ...

    @property
    def at_chance(self) -> bool:
        """Whether it ends where no candidate adds more than chance."""
        ...


@dataclass(frozen=True)
class StopAfter:
    """Stop after a number of steps."""

    most: int
    at_chance: bool = False

    def reason(self, path: Path) -> str | None:
        """Say that there are as many steps as were asked for, if a number was."""
        if len(path) < self.most or self.at_chance:
            return None
        return f"stopped at {len(path)}: so many features were asked for"


def as_rule(stop: StoppingRule | int) -> StoppingRule:
    """Return a rule, of which a number is the simplest."""
    return StopAfter(stop) if isinstance(stop, int) else stop
