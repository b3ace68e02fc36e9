"""Run the command line, by ``mifs`` or by ``python -m mifs``."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """Run the command line; Ctrl-C is obeyed before anything large is imported.

    What is imported is no garbage: to look for some takes a fifth of the time that the
    imports take, and half as long as these at the end, where all of it is let go.
    """
    gc.disable()
    try:
        from mifs._interrupts import interrupts_end

        interrupts_end()
    except KeyboardInterrupt:
        print("Interrupted", file=sys.stderr)  # noqa: T201  # click is not there yet
        sys.exit(130)
    from mifs._cli import main

    try:
        main(prog_name="mifs")
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
