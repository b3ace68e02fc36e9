"""Run the command line, by ``mifs`` or by ``python -m mifs``."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line; Ctrl-C is obeyed before anything large is imported."""
    try:
        from mifs._interrupts import interrupts_end

        interrupts_end()
    except KeyboardInterrupt:
        print("Interrupted", file=sys.stderr)  # noqa: T201  # click is not there yet
        sys.exit(130)
    from mifs._cli import main

    main(prog_name="mifs")


if __name__ == "__main__":
    run()
