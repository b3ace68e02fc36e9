"""Signals that end the shell: Ctrl-C, and SIGTERM, which `timeout` and services send.

While nothing is at work yet (modules are imported for a second) they end the process at
once; later they raise, for then there are things to put away.
"""

from __future__ import annotations

import os
import signal

# 128 and the number of the signal, SIGINT and SIGTERM.
INTERRUPTED, TERMINATED = 130, 143
_SAID = {signal.SIGINT: b"Interrupted\n", signal.SIGTERM: b"Terminated\n"}


class Terminated(KeyboardInterrupt):
    """SIGTERM came, of which as much is put away as after Ctrl-C."""


def _end(number: int, frame: object) -> None:
    """End the process; an exception could be lost in an import, or be a traceback."""
    try:
        os.write(2, _SAID[signal.Signals(number)])
    finally:
        os._exit(128 + number)


def _terminate(number: int, frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is being put away, is
    raise Terminated


def interrupts_end() -> None:
    """Let both end the process at once, unless they are ignored (as under nohup)."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def interrupts_raise() -> None:
    """Let both raise: from now on there are things to put away."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGTERM) is _end:
        signal.signal(signal.SIGTERM, _terminate)
