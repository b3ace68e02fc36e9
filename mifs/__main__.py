"""Run the command line, by ``mifs`` or by ``python -m mifs``."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress


def run() -> None:
    """Run the command line; Ctrl-C is obeyed before anything large is imported.

    What is imported is no garbage: to look for some takes a fifth of the time that the
    imports take, and half as long as these at the end, where all of it is let go.
    """
    gc.disable()
    try:
        from mifs._interrupts import INTERRUPTED, TERMINATED, interrupts_end

        interrupts_end()
    except KeyboardInterrupt:
        print("Interrupted", file=sys.stderr)  # noqa: T201  # click is not there yet
        sys.exit(130)
    from mifs._cli import main

    try:
        main(prog_name="mifs")
    except SystemExit as end:
        if isinstance(end.code, int) and end.code in (INTERRUPTED, TERMINATED):
            # Threads at work in kernels must not see the interpreter taken down.
            with suppress(OSError):  # nobody reads it any more
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(end.code)
        raise
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
