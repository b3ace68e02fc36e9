"""``mifs score``: every feature of many files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from mifs._cli._compiling import load_modules, say_that_kernels_compile
from mifs._cli._messages import (
    is_tty,
    named,
    reason,
    say,
    say_warning,
    sink_warnings,
    some,
)
from mifs._cli._options import (
    EstimatorOptions,
    TableOptions,
    alpha_option,
    count_option,
    estimator_options,
    jobs_option,
    table_options,
)
from mifs._cli._output import (
    chosen_format,
    deliver,
    output_options,
    refuse_overwriting,
    tested,
)

if TYPE_CHECKING:
    import pandas as pd

    from mifs._cli._reading import Reading


@dataclass
class _Outcome:
    """What became of one file: its scores, or why there are none."""

    file: str
    scores: pd.DataFrame | None = None
    failure: str = ""
    n_dropped: int = 0
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Choice:
    """Which features of a file are shown, and how they are scored."""

    n_features: int | str
    alpha: float
    estimation: EstimatorOptions


@click.command("score")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@table_options
@count_option("all")
@alpha_option
@estimator_options
@output_options("csv")
@jobs_option
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[str, ...],
    table: TableOptions,
    n_features: int | str | None,
    alpha: float,
    estimation: EstimatorOptions,
    format_: str | None,
    output: str | None,
    jobs: int,
) -> None:
    """Score every feature of each of the CSV files FILES on its own.

    The result has one row a file and feature, the most informative first:

    \b
      file      the file, as it was given
      feature   name of the column
      kind      discrete or continuous, as decided from its values
      mi        I(feature; target) in nats (1 nat = 1.44 bits)
      rank      1 = most informative of its file; those of tier 1 come first
      expected  what chance alone would make of mi, which was taken off
      p         how often chance would do as well, adjusted for all features
      tier      1 = tells more than chance, 2 = does not

    The last three are left out where nothing is tested: with --correction none, unless
    -k is auto, and with --alpha 1.

    Files are comparable where kinds, bins and estimator are the same: fix them by
    --discrete, --continuous, --text, --target-kind, --bins and --estimator. Columns
    that cannot tell anything (empty, constant, ids) are left out with a warning.

    A file that fails is named on stderr with the reason; the others are complete,
    and the exit code is 1.

    \b
    Examples:
      mifs score day1.csv day2.csv --target y
      mifs score data/*.csv --target y --exclude id --jobs 4 -o scores.parquet
      mifs score data/*.csv --target y -k auto
      mifs score data/*.csv --target y --continuous age --bins 8 --estimator plugin
    """  # noqa: D301  # click reads the character of the escape
    refuse_overwriting(output, files)
    form = chosen_format(format_, output, "csv")
    load_modules()
    say_that_kernels_compile(estimation.estimator)
    choice = _Choice(n_features or "all", alpha, estimation)
    outcomes = list(_outcomes(files, table, choice, jobs))
    scored = [done.scores for done in outcomes if done.scores is not None]
    try:
        if scored:
            _deliver(scored, form, output)
    finally:  # said last, and even if the result cannot be written
        _say_warnings(outcomes)
        _say_dropped(outcomes)
        _say_failures(outcomes)
    if len(scored) < len(files):
        ctx.exit(1)


def _say_failures(outcomes: Sequence[_Outcome]) -> None:
    failed = [outcome for outcome in outcomes if outcome.scores is None]
    for outcome in failed:
        say(f"Failed: {named(outcome.file, outcome.failure)}")
    if failed:
        names = some([outcome.file for outcome in failed])
        say(f"{len(failed)} of {len(outcomes)} files failed: {names}")


def _say_warnings(outcomes: Sequence[_Outcome]) -> None:
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


def _say_dropped(outcomes: Sequence[_Outcome]) -> None:
    dropped = [outcome for outcome in outcomes if outcome.n_dropped]
    if dropped:
        rows = sum(outcome.n_dropped for outcome in dropped)
        names = some([outcome.file for outcome in dropped])
        say(
            f"Rows without a target left out: {rows}, in {len(dropped)} of "
            f"{len(outcomes)} files: {names}"
        )


def _outcomes(
    files: Sequence[str], table: TableOptions, choice: _Choice, jobs: int
) -> Iterator[_Outcome]:
    """Score the files in parallel, and give the outcomes in the order of the files.

    Paths go out and small tables come back, so that any joblib backend serves, one
    set by a user's `joblib.parallel_config` too. Threads are the default: pandas
    parses and the kernels count without the GIL, and worker processes would first
    take a second each to import numpy, pandas and numba.
    """
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=jobs, prefer="threads", return_as="generator")
    tasks = (delayed(score_file)(file, table, choice) for file in files)
    with _progress(len(files)) as advance:
        for outcome in parallel(tasks):
            advance()
            yield outcome


def score_file(file: str, table: TableOptions, choice: _Choice) -> _Outcome:
    """Read and score one file; no error leaves, so that the others are complete."""
    from mifs._cli._reading import read

    outcome = _Outcome(file)
    with sink_warnings(outcome.warnings.append):
        try:
            reading = read(file, table, strict=False)
            outcome.scores = _scores(file, reading, table, choice)
            outcome.n_dropped = reading.n_dropped
        except Exception as error:
            outcome.failure = reason(error)
    return outcome


def _scores(
    file: str, reading: Reading, table: TableOptions, choice: _Choice
) -> pd.DataFrame:
    from mifs import MIM

    every = choice.n_features == "all"
    selector = MIM(
        n_features_to_select=None if every else choice.n_features,
        alpha=choice.alpha,
        mi_estimator=choice.estimation.build(),
        discrete_features=reading.discrete,
        discrete_target=table.discrete_target,
        n_jobs=1,
    )
    path = selector.fit(reading.features, reading.target).path_
    scores = path[["name", "relevance", *tested(path)]].reset_index(names="rank")
    scores.insert(0, "kind", selector.feature_kinds_[path["feature"]])
    scores.insert(0, "file", file)
    names = {"name": "feature", "relevance": "mi", "p_value": "p"}
    scores = scores.rename(columns=names)
    first = ["file", "feature", "kind", "mi", "rank"]
    return scores[[*first, *scores.columns.difference(first, sort=False)]]


def _deliver(scored: Sequence[pd.DataFrame], format_: str, output: str | None) -> None:
    import pandas as pd

    scores = pd.concat(scored, ignore_index=True)
    unit = "mi and expected in nats" if "expected" in scores else "mi in nats"
    caption = f"{len(scores)} features of {len(scored)} files; {unit}"
    deliver(scores, format_, output, caption)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """Show a bar over the files on stderr, where that is a terminal."""
    if not is_tty(sys.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("Scoring", total=total)
        yield lambda: progress.advance(task)
