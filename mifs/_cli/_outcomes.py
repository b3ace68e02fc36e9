"""What is said of a batch: warnings, rows left out, and last the files that failed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from mifs._cli._formats import shield
from mifs._cli._messages import input_errors, named, say, say_warning, some
from mifs._cli._output import replace_file
from mifs._cli._scoring import Outcome


def say_outcomes(outcomes: Sequence[Outcome], *, retry: bool) -> None:
    """Say what is odd about the files; ``retry``: those that failed can be retried."""
    _say_warnings(outcomes)
    _say_dropped(outcomes)
    _say_failures(outcomes, retry)


def write_errors(failed: Sequence[Outcome], path: str) -> None:
    """Write a CSV of the files that failed, with the line and the reason."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "line", "reason"])
    writer.writerows(
        [shield(done.file), done.line, shield(done.reason)] for done in failed
    )
    with input_errors():
        replace_file(Path(path), text.getvalue().encode(errors="surrogateescape"))


def _say_failures(outcomes: Sequence[Outcome], retry: bool) -> None:
    failed = [outcome for outcome in outcomes if outcome.scores is None]
    for outcome in failed:
        say(f"Failed: {named(outcome.file, outcome.failure)}")
    if failed:
        names = some([outcome.file for outcome in failed])
        again = "; the same command with --retry-failed tries again" if retry else ""
        say(f"{len(failed)} of {len(outcomes)} files failed: {names}{again}")


def _say_warnings(outcomes: Sequence[Outcome]) -> None:
    """Say each warning once, with the files that it is about."""
    files: dict[str, list[str]] = {}
    for outcome in outcomes:
        for warning in dict.fromkeys(outcome.warnings):
            text = warning.removeprefix(outcome.file).removeprefix(":").strip()
            files.setdefault(text, []).append(outcome.file)
    for text, of in files.items():
        if len(of) == 1:
            say_warning(named(of[0], text))
        else:
            say_warning(f"{text} [in {len(of)} files: {some(of)}]")


def _say_dropped(outcomes: Sequence[Outcome]) -> None:
    dropped = [outcome for outcome in outcomes if outcome.n_dropped]
    if dropped:
        rows = sum(outcome.n_dropped for outcome in dropped)
        names = some([outcome.file for outcome in dropped])
        say(
            f"Rows without a target left out: {rows}, in {len(dropped)} of "
            f"{len(outcomes)} files: {names}"
        )
