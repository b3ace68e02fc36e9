"""Which files an argument means: itself, those of a folder, those of a pattern."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from mifs._csv.places import CSV_SUFFIXES, PARQUET_SUFFIXES, TABLES, files_at
from mifs._csv.source import PARQUET, head_of


def expanded(
    ctx: click.Context, param: click.Parameter, value: str | tuple[str, ...]
) -> tuple[str, ...]:
    """Give the files of all arguments; those of a folder or a pattern sorted.

    A file whose name is a pattern is that file. What does not exist stays as it is:
    reading it says so.
    """
    arguments = (value,) if isinstance(value, str) else value
    return tuple(path for argument in arguments for path in _files(argument))


def _files(argument: str) -> Sequence[str]:
    found = files_at(argument, (*CSV_SUFFIXES, *PARQUET_SUFFIXES))
    if found:
        return found
    if os.path.isdir(argument):
        raise click.BadParameter(
            f"folder '{argument}' holds no file that ends with "
            f"{', '.join(TABLES)} or .parquet"
        )
    raise click.BadParameter(f"no file is named like '{argument}'")


def refuse_absent(paths: Sequence[str]) -> None:
    """Refuse, before anything is imported, files that are not there."""
    for path in paths:
        if path != "-" and not os.path.exists(path):
            raise click.BadParameter(
                f"File '{path}' does not exist.", param_hint="'FILE'"
            )


def refuse_pipes(paths: Sequence[str]) -> None:
    """Refuse what cannot be read twice, as <(command) of a shell."""
    for path in paths:
        if path != "-" and not os.path.isfile(path):
            raise click.BadParameter(
                f"'{path}' is a pipe or a device, and is read twice here; send it to "
                "standard input (-)",
                param_hint="'FILE'",
            )


def is_parquet(path: str) -> bool:
    """Whether a file is Parquet, by its first bytes."""
    there = path == "-" or Path(path).is_file()
    return there and head_of(path, len(PARQUET)) == PARQUET


files_argument = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(allow_dash=True),
    callback=expanded,
    metavar="FILES...",
)
