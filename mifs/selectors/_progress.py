"""How far a search is, where one asks: a bar, or a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mifs._data.telling import Advance, working

STEPS = "steps"

# Seconds between two lines.
_PAUSE = 5.0


@contextmanager
def progress_bar(name: str, verbose: int) -> Iterator[Advance | None]:
    """Yield ``advance(step, total)`` that shows the step on stderr, or None if silent.

    ``verbose`` 1 is a bar; 2 is a line every few seconds, for logs.
    """
    if not verbose:
        with working(name, None):
            yield None
    elif verbose > 1:
        with working(name, lines := _lines(name)):
            yield lines
    else:
        with _bar(name) as bar, working(name, bar):
            yield bar


@contextmanager
def _bar(name: str) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(name, total=None)

        def advance(step: int, total: int, what: str = STEPS) -> None:
            said = name if what == STEPS else f"{name}, {what}"
            bar.update(task, description=said, completed=step, total=total)

        yield advance


def _lines(name: str) -> Advance:
    first: tuple[int, float] | None = None
    goal = 0, STEPS
    said = time.monotonic()

    def advance(step: int, total: int, what: str = STEPS) -> None:
        nonlocal first, goal, said
        now = time.monotonic()
        if first is None or (total, what) != goal:
            # The first step of some takes longer: kernels are loaded.
            first, goal, said = (step, now), (total, what), now
        elif now - said >= _PAUSE and first[0] < step < total:
            said = now
            left = (now - first[1]) / (step - first[0]) * (total - step)
            sys.stderr.write(
                f"{name}: {step} of {total} {what}, about {left:.0f} s left\n"
            )

    return advance
