"""Options that all commands share, and how options become records."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import click

from mifs._cli._config import configure
from mifs._cli._messages import log_to

Command = Callable[..., Any]


def grouped(
    argument: str, record: type[Any], options: Sequence[Callable[[Command], Command]]
) -> Callable[[Command], Command]:
    """Make options whose values are passed on as one record.

    Fields of the record that no option gives keep their defaults.
    """

    def add(command: Command) -> Command:
        def wrapped(**arguments: Any) -> Any:
            given = {f.name for f in fields(record)} & set(arguments)
            values = {name: arguments.pop(name) for name in given}
            return command(**{argument: record(**values)}, **arguments)

        added: Command = functools.wraps(command)(wrapped)
        for option in reversed(options):
            added = option(added)
        return added

    return add


@dataclass(frozen=True)
class RunOptions:
    """How a command runs, which has no influence on its result."""

    jobs: int = -1
    quiet: bool = False


def _check_jobs(ctx: click.Context, param: click.Parameter, value: int) -> int:
    if value == 0:
        raise click.BadParameter("0 threads do no work; give 1 or more, or -1")
    return value


run_options = grouped(
    "run",
    RunOptions,
    (
        click.option(
            "-j",
            "--jobs",
            type=int,
            default=-1,
            show_default=True,
            callback=_check_jobs,
            help="Threads or processes, in joblib's meaning: -1 is one a core, -2 one "
            "less. The result does not depend on it.",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Show no progress on stderr."),
        click.option(
            "--log",
            type=click.Path(dir_okay=False),
            callback=log_to,
            expose_value=False,
            is_eager=True,
            metavar="FILE",
            help="Append what is said on stderr to this file, with the time.",
        ),
        click.option(
            "--config",
            type=click.Path(dir_okay=False),
            callback=configure,
            expose_value=False,
            is_eager=True,
            metavar="FILE.toml",
            help="Take options from this file, by their long names; those of the "
            "command line win.",
        ),
    ),
)
