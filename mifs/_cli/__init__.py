"""The command line: one module a command, found by its name.

A module of this folder without a leading underscore is a command; it holds it under
the name ``command``. Only click is imported here, so that ``--help`` answers at once:
numpy, pandas, scikit-learn and numba are imported inside the commands.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import click

from mifs import __version__


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


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mifs")
def main() -> None:
    """Select features by mutual information, in nats (1 nat = 1.44 bits).

    \b
    Examples:
      mifs rank data.csv --target y
      mifs rank data.csv --target y --criterion mrmr -k 5 --format json
      mifs score day*.csv --target y -o scores.csv

    Exit codes: 0 done, 1 some files failed, 2 wrong usage or unreadable input.
    """  # noqa: D301  # click reads the character of the escape
