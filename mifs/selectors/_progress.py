"""How far a search is, where one asks: a bar, or a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int], None]

# Seconds between two lines.
_PAUSE = 5.0


@contextmanager
def progress_bar(name: str, verbose: int) -> Iterator[Advance | None]:
    """Yield ``advance(step, total)`` that shows the step on stderr, or None if silent.

    ``verbose`` 1 is a bar; 2 is a line every few seconds, for logs.
    """
    if not verbose:
        yield None
    elif verbose > 1:
        yield _lines(name)
    else:
        with _bar(name) as advance:
            yield advance


@contextmanager
def _bar(name: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(name, total=None)
        yield lambda step, total: bar.update(task, completed=step, total=total)


def _lines(name: str) -> Advance:
    first: tuple[int, float] | None = None
    goal = 0
    said = time.monotonic()

    def advance(step: int, total: int) -> None:
        nonlocal first, goal, said
        now = time.monotonic()
        if first is None or total != goal:
            # The first step of some takes longer: kernels are loaded.
            first, goal, said = (step, now), total, now
        elif now - said >= _PAUSE and step < total:
            said = now
            left = (now - first[1]) / (step - first[0]) * (total - step)
            sys.stderr.write(
                f"{name}: {step} of {total} steps, about {left:.0f} s left\n"
            )

    return advance
