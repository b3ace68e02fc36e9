"""A progress bar where one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(
    name: str, verbose: int
) -> Iterator[Callable[[int, int], None] | None]:
    """Yield ``advance(step, total)`` that moves a bar on stderr, or None if silent."""
    if not verbose:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(name, total=None)
        yield lambda step, total: bar.update(task, completed=step, total=total)
