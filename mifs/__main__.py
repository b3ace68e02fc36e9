"""Run the command line by ``python -m mifs``."""

from __future__ import annotations

from mifs._cli import main

if __name__ == "__main__":
    main(prog_name="mifs")
