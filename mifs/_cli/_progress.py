"""How far a command is: a bar on a terminal, else a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from mifs._cli._messages import is_tty, say

# Seconds between two lines where stderr is no terminal.
_PAUSE = 5.0
# Called with how many more are done.
Advance = Callable[[int], None]


def progress(
    doing: str, total: int, noun: str, *, quiet: bool, unit: int = 1
) -> AbstractContextManager[Advance]:
    """Show how many of ``total`` are done; call what is given as some more are.

    A ``noun`` is so many of what is counted, as 10⁶ bytes are 1 MB.
    """
    if quiet:
        return nullcontext(lambda more: None)
    if is_tty(sys.stderr):
        return _bar(doing, total, unit)
    return nullcontext(_Lines(doing, total, noun, unit))


def bytes_read(quiet: bool) -> Callable[[int], AbstractContextManager[Advance]]:
    """Show the bytes of a large table that are read, of so many."""

    def show(total: int) -> AbstractContextManager[Advance]:
        return progress("Reading", total, "MB", quiet=quiet, unit=10**6)

    return show


def bars(quiet: bool) -> int:
    """``verbose`` of a selector: a bar over its steps on a terminal, else lines."""
    if quiet or sys.stderr is None:
        return 0
    return 1 if is_tty(sys.stderr) else 2


@contextmanager
def _bar(doing: str, total: int, unit: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import (
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TimeRemainingColumn,
    )

    done = MofNCompleteColumn() if unit == 1 else DownloadColumn()
    columns = (*Progress.get_default_columns()[:2], done)
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console) as shown:
        task = shown.add_task(doing, total=total)
        yield lambda more: shown.advance(task, more)


class _Lines:
    """Says how far it is, if the last line is some seconds old."""

    def __init__(self, doing: str, total: int, noun: str, unit: int) -> None:
        self._doing, self._total, self._noun, self._unit = doing, total, noun, unit
        self._done, self._said = 0, time.monotonic()
        self._first: tuple[int, float] | None = None

    def __call__(self, more: int) -> None:
        self._done += more
        now = time.monotonic()
        if (
            self._first is None
        ):  # until then workers start, which says little of the rest
            self._first = self._done, now
        elif now - self._said >= _PAUSE and self._done < self._total:
            self._said = now
            done, start = self._first
            left = (now - start) / (self._done - done) * (self._total - self._done)
            say(
                f"{self._doing}: {self._done // self._unit} of "
                f"{self._total // self._unit} {self._noun}, about {left:.0f} s left"
            )
