"""Temporary folders that go with their process, at the latest with the next one.

A process that is killed removes nothing. So each folder holds a file that its process
keeps locked: a folder of which the lock is free is left over, and the next run removes
it. Process numbers would not tell, for containers may share a disk.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows, where nothing tells that a folder is left over
    flock = None  # type: ignore[assignment]

PREFIX, DRAFT, LOCK = "mifs-scan-", "mifs-draft-", "lock"


def new_folder() -> tuple[Path, Callable[[], None]]:
    """Make a folder among the temporary ones, and what removes it."""
    parent = Path(tempfile.gettempdir())
    remove_left_over(parent)
    draft = Path(tempfile.mkdtemp(prefix="mifs-new-", dir=parent))
    lock = (draft / LOCK).open("wb")
    _locks(lock)
    # Under its name it is locked already: no other run takes it for left over.
    folder = draft.rename(
        draft.with_name(PREFIX + draft.name.removeprefix("mifs-new-"))
    )

    def remove() -> None:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)

    return folder, remove


@contextmanager
def own_folder() -> Iterator[Path]:
    """Give a temporary folder for a block."""
    folder, remove = new_folder()
    try:
        yield folder
    finally:
        remove()


def remove_left_over(parent: Path) -> None:
    """Remove the folders of processes that are gone; those of other users stay."""
    if flock is None:
        return
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError), (folder / LOCK).open("r+b") as lock:
            if _locks(lock):
                shutil.rmtree(folder, ignore_errors=True)


def _locks(file: BinaryIO) -> bool:
    """Lock a file until it is closed; False: another holds it, or nothing can."""
    if flock is None:
        return False
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except OSError:
        return False
    return True
