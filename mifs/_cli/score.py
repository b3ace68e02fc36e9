"""``mifs score``: every feature of many files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from mifs._cli._messages import (
    named,
    reason,
    say,
    say_warning,
    sink_warnings,
)
from mifs._cli._options import TableOptions, jobs_option, table_options
from mifs._cli._output import (
    chosen_format,
    deliver,
    output_options,
    refuse_overwriting,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class _Outcome:
    """What became of one file: its scores, or why there are none."""

    file: str
    scores: pd.DataFrame | None = None
    failure: str = ""
    warnings: list[str] = field(default_factory=list)


@click.command("score")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@table_options
@output_options("csv")
@jobs_option
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[str, ...],
    table: TableOptions,
    format_: str | None,
    output: str | None,
    jobs: int,
) -> None:
    """Score every feature of each of the CSV files FILES on its own.

    The result has one row a file and feature, the most informative first:

    \b
      file     the file, as it was given
      feature  name of the column
      kind     discrete or continuous, as decided from its values
      mi       I(feature; target) in nats (1 nat = 1.44 bits)
      rank     1 = most informative of its file

    A file that fails is named on stderr with the reason; the others are complete,
    and the exit code is 1.

    \b
    Examples:
      mifs score day1.csv day2.csv --target y
      mifs score data/*.csv --target y --exclude id --jobs 4 -o scores.csv
    """  # noqa: D301  # click reads the character of the escape
    refuse_overwriting(output, files)
    scored = []
    for outcome in _outcomes(files, table, jobs):
        for warning in outcome.warnings:
            say_warning(named(outcome.file, warning))
        if outcome.scores is None:
            say(f"Failed: {named(outcome.file, outcome.failure)}")
        else:
            scored.append(outcome.scores)
    if scored:
        _deliver(scored, format_, output)
    n_failed = len(files) - len(scored)
    if n_failed:
        say(f"{n_failed} of {len(files)} files failed")
        ctx.exit(1)


def _outcomes(
    files: Sequence[str], table: TableOptions, jobs: int
) -> Iterator[_Outcome]:
    """Score the files in parallel, and give the outcomes in the order of the files.

    Paths go out and small tables come back, so that any joblib backend serves, one
    set by a user's `joblib.parallel_config` too. Threads are the default: pandas
    parses and the kernels count without the GIL, and worker processes would first
    take a second each to import numpy, pandas and numba.
    """
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=jobs, prefer="threads", return_as="generator")
    tasks = (delayed(score_file)(file, table) for file in files)
    with _progress(len(files)) as advance:
        for outcome in parallel(tasks):
            advance()
            yield outcome


def score_file(file: str, table: TableOptions) -> _Outcome:
    """Read and score one file; no error leaves, so that the others are complete."""
    outcome = _Outcome(file)
    with sink_warnings(outcome.warnings.append):
        try:
            outcome.scores = _scores(file, table)
        except Exception as error:
            outcome.failure = reason(error)
    return outcome


def _scores(file: str, table: TableOptions) -> pd.DataFrame:
    import pandas as pd

    from mifs import MIM

    features, target = table.read(file)
    selector = MIM(
        n_features_to_select=None, discrete_target=table.discrete_target, n_jobs=1
    )
    selector.fit(features, target)
    scores = pd.DataFrame(
        {
            "file": file,
            "feature": list(features.columns),
            "kind": selector.feature_kinds_,
            "mi": selector.relevance_,
            "rank": selector.ranking_,
        }
    )
    return scores.sort_values("rank", ignore_index=True)


def _deliver(
    scored: Sequence[pd.DataFrame], format_: str | None, output: str | None
) -> None:
    import pandas as pd

    scores = pd.concat(scored, ignore_index=True)
    caption = f"{len(scores)} features of {len(scored)} files; mi in nats"
    form = chosen_format(format_, output, "csv")
    deliver(scores, form, output, caption)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """Show a bar over the files on stderr, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("Scoring", total=total)
        yield lambda: progress.advance(task)
