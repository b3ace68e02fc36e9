"""Results as table, CSV or JSON, on stdout or in a file."""

from __future__ import annotations

import io
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mifs._cli._messages import input_errors

if TYPE_CHECKING:
    import pandas as pd

Command = Callable[..., Any]

FORMATS = ("table", "csv", "json")


def output_options(default_format: str) -> Callable[[Command], Command]:
    """Add ``--format`` and ``-o``; without a format, the file's suffix decides."""

    def add(command: Command) -> Command:
        command = click.option(
            "-o",
            "--output",
            type=click.Path(dir_okay=False),
            callback=_check_output,
            metavar="FILE",
            help="Write to this file, whole or not at all, instead of stdout.",
        )(command)
        return click.option(
            "-f",
            "--format",
            "format_",
            type=click.Choice(FORMATS),
            help="Form of the result; csv and json hold all digits.  [default: by the "
            f"suffix of -o, else {default_format}]",
        )(command)

    return add


def _check_output(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """Refuse, before any work is done, what could not be written at the end."""
    if value is None or value == "-":
        return None
    folder = Path(value).parent
    if not folder.is_dir():
        raise click.BadParameter(f"folder '{folder}' does not exist; create it first")
    if not os.access(value if os.path.exists(value) else folder, os.W_OK):
        raise click.BadParameter(f"'{value}' is not writable")
    return value


def refuse_overwriting(output: str | None, inputs: Sequence[str]) -> None:
    """Refuse to replace an input file by the result."""
    if output is None or not os.path.exists(output):
        return
    for path in inputs:
        if os.path.exists(path) and os.path.samefile(output, path):
            raise click.BadParameter(
                f"'{output}' is an input file; give another file", param_hint="'-o'"
            )


def chosen_format(format_: str | None, output: str | None, default: str) -> str:
    """Give the form asked for, else that of the file's suffix, else the default."""
    if format_ is not None:
        return format_
    suffix = Path(output or "").suffix.lower().removeprefix(".")
    return suffix if suffix in FORMATS else default


def deliver(
    frame: pd.DataFrame, format_: str, output: str | None, caption: str
) -> None:
    """Write ``frame`` to the file ``output``, or to stdout where that is None.

    The caption stands under a table; CSV and JSON hold the records alone.
    """
    if format_ == "json":
        text = _json(frame)
    elif format_ == "csv":
        text = frame.to_csv(index=False, lineterminator="\n")
    else:
        text = _table(frame, caption, on_terminal=output is None)
    if output is None:
        _print(text, portable=format_ != "table")
    else:
        with input_errors():
            _replace(Path(output), text)


def _json(frame: pd.DataFrame) -> str:
    import json

    records = [
        {key: None if _is_nan(value) else value for key, value in record.items()}
        for record in frame.to_dict("records")
    ]
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _table(frame: pd.DataFrame, caption: str, on_terminal: bool) -> str:
    """Draw a table: as wide as the terminal, else as wide as its longest names."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    is_terminal = on_terminal and sys.stdout.isatty()
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in frame.columns:
        numeric = frame[column].dtype.kind in "iuf"
        table.add_column(
            Text(column),
            justify="right" if numeric else "left",
            no_wrap=numeric,
            overflow="fold",
        )
    for record in frame.itertuples(index=False):
        table.add_row(*(Text(_cell(value)) for value in record))
    buffer = io.StringIO()
    width = None if is_terminal else 1_000_000
    console = Console(file=buffer, width=width, force_terminal=is_terminal)
    console.print(table)
    lines = [line.rstrip() for line in buffer.getvalue().splitlines()]
    return "\n".join([*lines, "", caption, ""])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:.6f}"
    text = str(value)
    # A newline or an escape sequence in a name would break the table or the terminal.
    return text if text.isprintable() else repr(text)[1:-1]


def _print(text: str, portable: bool) -> None:
    """Print in one piece; files in UTF-8 whatever the locale, tables in the locale."""
    encoding = "utf-8" if portable else (sys.stdout.encoding or "utf-8")
    click.echo(text.encode(encoding, errors="replace"), nl=False)


def _replace(path: Path, text: str) -> None:
    """Put ``text`` into ``path`` in one step: no reader ever meets half a file."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():  # a device or a pipe is written, not moved
        path.write_text(text, encoding="utf-8", newline="")
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o7777)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
