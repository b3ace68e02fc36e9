"""What goes to stderr: bad input and warnings, one clean line each."""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from errno import EDQUOT, EFBIG, ENOSPC
from typing import Any, TextIO

import click

from mifs._cli._remedies import in_words_of_the_shell


class InputError(click.ClickException):
    """Input that cannot be used: a message on stderr and exit code 2."""

    exit_code = 2


@contextmanager
def input_errors(file: str = "") -> Iterator[None]:
    """Turn errors about files and data into an `InputError` that names the file."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise InputError(named(file, reason(error))) from error


@contextmanager
def room_for(path: str | os.PathLike[str]) -> Iterator[None]:
    """Say of what is written that the disk is full: the error itself names no file."""
    try:
        yield
    except OSError as error:
        if error.errno not in (ENOSPC, EDQUOT, EFBIG) or error.filename:
            raise
        fact = f"{os.strerror(error.errno)}; free some room, or write it elsewhere"
        raise InputError(f"{os.fspath(path)}: {fact}") from error


def named(file: str, message: str) -> str:
    """Give the message with the name of its file in front, once."""
    known = not file or file == "-" or message.startswith(file)
    return message if known else f"{file}: {message}"


def reason(error: Exception, *, located: bool = True) -> str:
    """Say in one line what is wrong; an error that is no input error shows its type.

    ``located``: the line names the file and the line in it, where the error does.
    """
    if isinstance(error, OSError) and error.strerror:
        text = error.strerror
        if located and error.filename is not None:
            text = f"{error.filename}: {text}"
    elif isinstance(error, ValueError):
        text = in_words_of_the_shell(error, located=located)
    else:
        text = f"{type(error).__name__}: {error}"
    return " ".join(text.split())


def say(message: str) -> None:
    """Write one line to stderr, if there is anyone to read it, and to the log."""
    log(message)
    with suppress(OSError):
        click.echo(message, err=True)


_logs: list[TextIO] = []
_CLAIMED = "mifs.claimed"
# How each line of a log begins.
_LINE = "2020-01-01 00:00:00+00:00 "
_TIME = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00 "


def log(message: str) -> None:
    """Write one line to the log, with the time, if there is one."""
    for file in list(_logs):
        now = datetime.now(UTC).isoformat(" ", "seconds")
        try:
            file.write(f"{now} {message}\n")
            file.flush()
        except OSError as error:  # the work goes on
            _logs.remove(file)
            say(f"Warning: log '{file.name}' ends here: {error.strerror}")


def log_to(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Log to a file until the command line ends."""
    if value is None:
        return
    try:
        if not _may_be_log(value):
            raise click.BadParameter(
                f"'{value}' is there and no log of mifs: nothing is appended to it; "
                "give another file"
            )
        file = open(value, "a", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    except OSError as error:
        raise click.BadParameter(f"'{value}': {error.strerror}") from None
    _logs.append(file)
    claim(ctx, value, "--log")

    def close() -> None:
        if file in _logs:
            _logs.remove(file)
        with suppress(OSError):
            file.close()

    ctx.find_root().call_on_close(close)
    log(f"{ctx.command_path} starts")


def claim(ctx: click.Context, path: str, option: str) -> None:
    """Note whose file this is: no result may take its place."""
    ctx.meta.setdefault(_CLAIMED, {})[path] = option


def claimed(ctx: click.Context, path: str) -> str | None:
    """Say which option's file this is, if any's."""
    files: dict[str, str] = ctx.meta.get(_CLAIMED, {})
    there = (each for each in files if os.path.exists(each) and os.path.exists(path))
    same = next((each for each in there if os.path.samefile(each, path)), None)
    return None if same is None else files[same]


def _may_be_log(path: str) -> bool:
    """Whether a file is new, empty, none (a pipe), or begins as a log does.

    It might else be an input: which files are, is not known yet.
    """
    if not os.path.isfile(path):
        return True
    with open(path, "rb") as file:
        start = file.readline(len(_LINE))
    return not start or re.fullmatch(_TIME, start) is not None


def is_tty(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; one that was closed (>&-) is None."""
    return stream is not None and stream.isatty()


def some(words: Sequence[str], shown: int = 3) -> str:
    """Join the first few words, and say how many more there are."""
    more = f" and {len(words) - shown} more" if len(words) > shown else ""
    return ", ".join(words[:shown]) + more


class _Hook:
    """Stands in for ``warnings.showwarning`` while any command or task runs.

    `warnings.catch_warnings` cannot collect per thread, and tasks run in threads or,
    under a user's joblib backend, in other processes: so each thread has a sink of
    its own, and the hook is set by the first and removed by the last.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._caught = warnings.catch_warnings()
        self._show: Callable[..., None] = warnings.showwarning
        self._thread = threading.local()

    @contextmanager
    def sink(self, take: Callable[[str], None]) -> Iterator[None]:
        """Hand the warnings of mifs in this thread to ``take``, as text."""
        self._enter()
        outer = getattr(self._thread, "take", None)
        self._thread.take = take
        try:
            yield
        finally:
            self._thread.take = outer
            self._leave()

    def _enter(self) -> None:
        from mifs.exceptions import MifsWarning

        with self._lock:
            self._users += 1
            if self._users == 1:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                self._show = warnings.showwarning
                warnings.simplefilter("always", MifsWarning)
                warnings.showwarning = self._showwarning

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._caught.__exit__(None, None, None)

    def _showwarning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        from mifs.exceptions import MifsWarning

        if issubclass(category, MifsWarning):
            take: Any = getattr(self._thread, "take", None) or say_warning
            take(in_words_of_the_shell(message))
        else:
            self._show(message, category, filename, lineno, file, line)


def say_warning(message: str) -> None:
    """Write a warning to stderr."""
    say(f"Warning: {message}")


sink_warnings = _Hook().sink
