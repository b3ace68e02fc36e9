"""Processes at work for a command: they end when it was killed."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Sequence

from mifs._cli._compiling import load_modules

_MANY = 64
_watched: set[int] = set()


def work_for(owner: int) -> None:
    """Prepare this process, once, if the process ``owner`` started it to do its work.

    It ends soon after its owner. Workers of joblib wait five minutes for more work, and
    finish what they were given, even if the command that would take their results was
    killed.
    """
    if os.getppid() == owner and owner not in _watched:
        _watched.add(owner)
        threading.Thread(target=_watch, args=(owner,), daemon=True).start()
        gc.disable()
        load_modules()


def workers_pay(files: Sequence[str], jobs: int) -> bool:
    """Whether so many files are worth processes of their own.

    Small files are mostly work of the interpreter, of which a process does one thing at
    a time; but each process takes a second to import numpy, pandas and numba.
    """
    return len(files) >= _MANY and jobs != 1 and "-" not in files


def _watch(owner: int) -> None:
    while os.getppid() == owner:
        time.sleep(0.5)
    os._exit(1)
