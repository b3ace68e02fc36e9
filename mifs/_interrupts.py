"""Ctrl-C while nothing is at work yet: the shell imports modules for a second."""

from __future__ import annotations

import os
import signal

# 128 and the number of the signal, SIGINT.
INTERRUPTED = 130


def _end(number: int, frame: object) -> None:
    """End the process; an exception could be lost in an import, or be a traceback."""
    try:
        os.write(2, b"Interrupted\n")
    finally:
        os._exit(INTERRUPTED)


def interrupts_end() -> None:
    """Let Ctrl-C end the process at once, unless it is ignored (as under nohup)."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def interrupts_raise() -> None:
    """Let Ctrl-C raise again: from now on there are things to put away."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)
