"""Rows that lie in several places: tasks go to them, and tables that add come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from mifs._arrays import AnyArray, IntArray

# What is done where the rows lie: ``task(*objects of a shard, *arguments)``.
Task = Callable[..., Any]
# Puts two results of a task together, in any order.
Add = Callable[[Any, Any], Any]


@runtime_checkable
class Heavy(Protocol):
    """What may take more memory than there is: values, or codes, of a shard."""

    @property
    def nbytes(self) -> int:
        """Bytes that it takes in memory."""
        ...

    def aside(self, folder: Path) -> Self:
        """Move it to a file."""
        ...


def add_counts(first: AnyArray, second: AnyArray) -> AnyArray:
    """Add two tables of one shape, in the place of the first."""
    first += second
    return first


class Shards(Protocol):
    """Objects, one or several a shard, each where its rows lie.

    Tasks and arguments are sent to them and must be picklable; what a task is given
    is not to be changed. Results come in the order of the shards.
    """

    def __len__(self) -> int: ...

    def each(self, task: Task, *arguments: Any) -> list[Any]:
        """Do a task at each shard, and bring the results here."""
        ...

    def added(self, task: Task, *arguments: Any, add: Add = add_counts) -> Any:
        """Do a task at each shard, and bring the sum of the results here."""
        ...

    def made(self, task: Task, *arguments: Any) -> Self:
        """Do a task at each shard, and leave the results there, a shard each."""
        ...

    def beside(self, *others: Self) -> Self:
        """Shards whose tasks are given what lies in the others, too."""
        ...

    def gathered(
        self, task: Task, finish: Task, arguments: Sequence[Any], size: int
    ) -> list[Any]:
        """For each argument bring the results of a task to one place, and finish there.

        ``finish`` is given the list of the results and the argument. What it returns
        comes here. ``size`` is how many bytes the results are together.
        """
        ...

    def without(self, empty: Sequence[int]) -> Self:
        """Leave out some shards."""
        ...

    def advice(self, cells: IntArray) -> str | None:
        """Say what to do about shards of so many cells each; None: they are fine."""
        ...

    def let_go(self) -> None:
        """Give up all that lies there, whoever here still knows of it."""
        ...


class ShardsHere:
    """Shards in this process, one after the other: the plainest that there are.

    Parameters
    ----------
    objects : sequence of tuple
        What lies in each shard.
    """

    def __init__(self, objects: Sequence[tuple[Any, ...]]) -> None:
        self._objects = list(objects)

    def __len__(self) -> int:
        return len(self._objects)

    def each(self, task: Task, *arguments: Any) -> list[Any]:
        """Do a task at each shard."""
        return [task(*objects, *arguments) for objects in self._objects]

    def added(self, task: Task, *arguments: Any, add: Add = add_counts) -> Any:
        """Add the results of a task."""
        first, *others = self.each(task, *arguments)
        for other in others:
            first = add(first, other)
        return first

    def made(self, task: Task, *arguments: Any) -> ShardsHere:
        """Keep the results of a task."""
        return ShardsHere([(each,) for each in self.each(task, *arguments)])

    def beside(self, *others: ShardsHere) -> ShardsHere:
        """Put the objects of each shard side by side."""
        lists = [self._objects, *(other._objects for other in others)]
        return ShardsHere([sum(own, ()) for own in zip(*lists, strict=True)])

    def gathered(
        self, task: Task, finish: Task, arguments: Sequence[Any], size: int
    ) -> list[Any]:
        """Finish what a task found, for each argument."""
        return [finish(self.each(task, one), one) for one in arguments]

    def without(self, empty: Sequence[int]) -> ShardsHere:
        """Leave out some shards."""
        kept = np.setdiff1d(np.arange(len(self)), empty).tolist()
        return ShardsHere([self._objects[number] for number in kept])

    def advice(self, cells: IntArray) -> None:
        """One after the other they cost nothing but their rows."""

    def let_go(self) -> None:
        """Nothing lies elsewhere."""
