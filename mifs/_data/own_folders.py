"""Temporary folders that go with their process, at the latest with the next one.

A process that is killed removes nothing. So each folder holds a file that its process
keeps locked: a folder of which the lock is free is left over, and the next run removes
it. Process numbers would not tell, for containers may share a disk.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from weakref import finalize

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # Windows, where nothing tells that a folder is left over
    flock = None  # type: ignore[assignment]

PREFIX, DRAFT, LOCK = "mifs-scan-", "mifs-draft-", "lock"


def new_folder(owner: object) -> tuple[Path, finalize[..., object]]:
    """Make a folder among the temporary ones, and what removes it.

    That happens at the latest when its owner is gone, or Python ends.
    """
    parent = Path(tempfile.gettempdir())
    remove_left_over(parent)
    name = secrets.token_hex(8)
    draft, folder = parent / f"mifs-new-{name}", parent / f"{PREFIX}{name}"
    locks: list[BinaryIO] = []
    # Before there is anything to be removed: an interrupt may come at any time.
    remove = finalize(owner, _remove, locks, (draft, folder))
    draft.mkdir(mode=0o700)
    locks.append((draft / LOCK).open("wb"))
    _locks(locks[0])
    # Under its name it is locked already: no other run takes it for left over.
    return draft.rename(folder), remove


def _remove(locks: list[BinaryIO], folders: tuple[Path, ...]) -> None:
    for lock in locks:
        lock.close()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


class _Block:
    """Owns the folder of a block."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """Give a temporary folder for a block."""
    block = _Block()
    folder, remove = new_folder(block)
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
