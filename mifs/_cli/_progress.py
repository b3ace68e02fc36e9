"""How far a command is: a bar on a terminal, else a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from mifs._cli._messages import is_tty, say

# Seconds between two lines where stderr is no terminal.
_PAUSE = 5.0


def progress(
    doing: str, total: int, noun: str, *, quiet: bool
) -> AbstractContextManager[Callable[[], None]]:
    """Show how many of ``total`` are done; what is given is called after each."""
    if quiet:
        return nullcontext(lambda: None)
    if is_tty(sys.stderr):
        return _bar(doing, total)
    return nullcontext(_Lines(doing, total, noun))


def bars(quiet: bool) -> int:
    """``verbose`` of a selector: a bar over its rounds, on a terminal."""
    return int(not quiet and is_tty(sys.stderr))


@contextmanager
def _bar(doing: str, total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console) as shown:
        task = shown.add_task(doing, total=total)
        yield lambda: shown.advance(task)


class _Lines:
    """Says how far it is, if the last line is some seconds old."""

    def __init__(self, doing: str, total: int, noun: str) -> None:
        self._doing, self._total, self._noun = doing, total, noun
        self._done, self._said = 0, time.monotonic()
        self._first = 0.0

    def __call__(self) -> None:
        self._done += 1
        now = time.monotonic()
        if self._done == 1:  # until then workers start, which tells nothing of the rest
            self._first = now
        elif now - self._said >= _PAUSE and self._done < self._total:
            self._said = now
            left = (now - self._first) / (self._done - 1) * (self._total - self._done)
            say(
                f"{self._doing}: {self._done} of {self._total} {self._noun}, about "
                f"{left:.0f} s left"
            )
