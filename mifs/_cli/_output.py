"""Where results go: stdout, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from errno import EBADF
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from mifs._cli import _formats
from mifs._cli._messages import InputError, claimed, input_errors, is_tty, room_for

if TYPE_CHECKING:
    import pandas as pd

Command = Callable[..., Any]

# 128 and the number of the signal, SIGPIPE.
_CLOSED_PIPE = 141


def output_options(
    default_format: str, formats: Sequence[str] = _formats.FORMATS
) -> Callable[[Command], Command]:
    """Add ``--format`` and ``-o``; without a format, the file's suffix decides."""

    def add(command: Command) -> Command:
        command = click.option(
            "-o",
            "--output",
            type=click.Path(dir_okay=False),
            callback=check_output,
            metavar="FILE",
            help="Write to this file, whole or not at all, instead of stdout.",
        )(command)
        return click.option(
            "-f",
            "--format",
            "format_",
            type=click.Choice(formats),
            help="Form of the result; all but table and md hold all digits.  [default: "
            f"by the suffix of -o, else {default_format}]",
        )(command)

    return add


def check_output(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """Refuse, before any work is done, what could not be written at the end."""
    if value is None or value == "-":
        return None
    folder = Path(value).parent
    if not folder.is_dir():
        raise click.BadParameter(f"folder '{folder}' does not exist; create it first")
    if os.path.exists(value) and not os.access(value, os.W_OK):
        raise click.BadParameter(f"'{value}' is not writable")
    if (option := claimed(ctx, value)) and os.path.isfile(value):
        raise click.BadParameter(f"'{value}' is the file of {option}; give another")
    replaced = not os.path.exists(value) or os.path.isfile(value)
    if replaced and not os.access(Path(os.path.realpath(value)).parent, os.W_OK):
        raise click.BadParameter(
            f"folder '{folder}' is not writable: a file is written beside '{value}' "
            "first, and takes its place when it is complete"
        )
    return value


def tested(tiers: Sequence[int]) -> list[str]:
    """Columns of a path that say what chance would do; none where nobody asked.

    ``tiers`` are those of its steps. It has none only where no candidate passed.
    """
    asked = not tiers or any(tiers)
    return ["expected", "p_value", "tier"] if asked else []


def refuse_overwriting(
    output: str | None, inputs: Sequence[str], option: str = "-o"
) -> None:
    """Refuse to replace an input file by the result."""
    if output is None or not os.path.exists(output):
        return
    for path in inputs:
        if os.path.exists(path) and os.path.samefile(output, path):
            raise click.BadParameter(
                f"'{output}' is an input file; give another file",
                param_hint=f"'{option}'",
            )


def chosen_format(
    format_: str | None,
    output: str | None,
    default: str,
    formats: Sequence[str] = _formats.FORMATS,
) -> str:
    """Give the form asked for, else that of the file's suffix, else the default."""
    if format_ is None:
        try:
            format_ = _formats.format_of(output or "", formats) or default
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="'-o'") from None
    _formats.check_writable_format(format_)
    if format_ == "parquet" and output is None and is_tty(sys.stdout):
        raise click.UsageError("Parquet is not for the terminal; name a file (-o)")
    return format_


def deliver(
    frame: pd.DataFrame, format_: str, output: str | None, caption: str
) -> None:
    """Write ``frame`` to the file ``output``, or to stdout where that is None.

    The caption stands under a table; the other formats hold the records alone.
    """
    data = _formats.render(frame, format_, caption, on_terminal=output is None)
    if output is None:
        print_bytes(data)
    else:
        with input_errors():
            replace_file(Path(output), data)


def print_bytes(data: bytes) -> None:
    """Print in one piece; who closed the pipe has read enough."""
    if sys.stdout is None:
        raise OSError(EBADF, os.strerror(EBADF))
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        abandon_stdout()
        sys.exit(_CLOSED_PIPE)


def abandon_stdout() -> None:
    """Send what is left for stdout to nowhere: Python would fail on it at its end."""
    if sys.stdout is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` into ``path`` in one step: no reader ever meets half a file."""
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a draft beside ``path``, which takes its place when all is written.

    Drafts of runs that were killed are removed.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():  # a device or a pipe is written, not moved
        with room_for(path), path.open("wb") as file:
            yield file
        return
    _remove_drafts(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with room_for(path), _opened(draft, path) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o7777)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _opened(draft: Path, path: Path) -> BinaryIO:
    try:
        return draft.open("xb")
    except OSError as error:
        fact = f"{error.strerror}; nothing can be written there"
        raise InputError(f"{path}: {fact}") from error


def _remove_drafts(path: Path) -> None:
    """Remove drafts of ``path`` whose processes are gone.

    In containers every run may have the same number: a draft of this one is old, too.
    """
    name = re.compile(rf"\.{re.escape(path.name)}\.(\d+)\.tmp")
    with os.scandir(path.parent) as entries:
        drafts = [(entry, name.fullmatch(entry.name)) for entry in entries]
    for entry, found in drafts:
        if found and (int(found[1]) == os.getpid() or not _runs(int(found[1]))):
            os.unlink(entry.path)


def _runs(process: int) -> bool:
    """Whether a process runs; on Windows a signal would end it, so it does."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it is another user's
        return True
    return True
