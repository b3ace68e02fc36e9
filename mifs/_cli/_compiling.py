"""What a command waits for before it works: modules, and the compiler."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from mifs._cli._messages import is_tty, say
from mifs._interrupts import interrupts_raise


def load_modules() -> None:
    """Import what commands work with; they can be interrupted by exceptions then."""
    import mifs._cli._reading
    import mifs.selectors  # noqa: F401

    start_work()


def start_work() -> None:
    """Let Ctrl-C raise, and look for garbage again, but not among the modules."""
    interrupts_raise()
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def say_that_kernels_compile(estimator: str) -> None:
    """Say that this run takes longer, on a terminal, where nothing is compiled yet.

    Numba keeps compiled kernels in one folder, which is looked into; whether all that
    this run needs is there is not known before.
    """
    if not is_tty(sys.stderr):
        return
    from mifs._kernels import csv_scan

    stats = getattr(csv_scan.scan_records, "stats", None)
    folder = getattr(stats, "cache_path", None)
    if folder is None:
        return
    kernels = "knn_*" if estimator == "knn" else "c*"
    if not any(Path(folder).glob(f"{kernels}.nbi")):
        say(
            "Compiling for the first run, which takes up to a minute; later runs "
            "start at once."
        )
