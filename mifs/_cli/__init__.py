"""The command line: one module a command, found by its name.

A module of this folder without a leading underscore is a command; it holds it under
the name ``command``. Only click is imported here, so that ``--help`` answers at once:
numpy, pandas, scikit-learn and numba are imported inside the commands.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import click

from mifs import __version__
from mifs._cli._messages import log, say
from mifs._cli._output import abandon_stdout
from mifs._interrupts import INTERRUPTED, TERMINATED, Terminated


class _Commands(click.Group):
    """The commands of this folder, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the commands, sorted."""
        names = (module.name for module in iter_modules(__path__))
        return sorted(name for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; one that is interrupted ends as shells expect."""
        try:
            result = super().invoke(ctx)
            log("Done")
            return result
        except Terminated:
            say("Terminated")
            ctx.exit(TERMINATED)
        except KeyboardInterrupt:
            say("Interrupted")
            ctx.exit(INTERRUPTED)
        except click.ClickException as error:
            log(f"Error: {error.format_message()}")
            raise
        except click.exceptions.Exit as end:
            log(f"Ended with exit code {end.exit_code}")
            raise

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; a help text that cannot be printed is no traceback."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            abandon_stdout()
            say(f"Error: standard output: {error.strerror or error}")
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mifs")
def main() -> None:
    """Select features by mutual information, in nats (1 nat = 1.44 bits).

    \b
    Examples:
      mifs rank data.csv --target y
      mifs profile data.csv --target y
      mifs rank data.csv --target y --criterion mrmr -k 5 --format json
      mifs select data.csv --target y -k 20 --keep id -o small.csv
      mifs score day*.csv --target y -o scores.csv
      mifs report data.csv --target y -o report.html
      mifs convert big.csv big.parquet

    Exit codes: 0 done; 1 some files failed, or stdout cannot be written; 2 wrong usage
    or unreadable input; 130 interrupted, 143 terminated; 141 stdout was closed (as by
    head).
    """  # noqa: D301  # click reads the character of the escape
