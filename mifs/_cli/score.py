"""``mifs score``: every feature of many files."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

import click

from mifs._cli._cluster import dask_option, workers_of
from mifs._cli._compiling import load_modules, say_that_kernels_compile, start_work
from mifs._cli._messages import say
from mifs._cli._options import Command, RunOptions, run_options
from mifs._cli._outcomes import say_outcomes, write_errors
from mifs._cli._output import (
    check_output,
    chosen_format,
    deliver,
    output_options,
    refuse_overwriting,
)
from mifs._cli._progress import progress
from mifs._cli._scoring import Choice, Outcome, Task, do, table_of
from mifs._cli._search_options import (
    EstimatorOptions,
    alpha_option,
    count_option,
    estimator_options,
    seed_option,
)
from mifs._cli._sources import files_argument
from mifs._cli._table_options import TableOptions, table_options
from mifs._cli._workers import workers_pay

if TYPE_CHECKING:
    from mifs._cli._journal import Journal

R = TypeVar("R")


def _batch_options(command: Command) -> Command:
    """Add the options of a run over many files."""
    for option in (
        click.option(
            "--retry-failed",
            is_flag=True,
            help="Go on as --resume does, and try again what failed.",
        ),
        click.option(
            "--resume",
            is_flag=True,
            help="Go on with the journal beside -o of a run that was ended: files that "
            "are done and have not changed are not read again.",
        ),
        click.option(
            "--errors",
            type=click.Path(dir_okay=False),
            callback=check_output,
            metavar="FILE",
            help="Write the files that failed to this CSV: file, line, reason.",
        ),
    ):
        command = option(command)
    return command


@click.command("score")
@files_argument
@table_options(constraints=True)
@count_option("all")
@alpha_option
@seed_option
@estimator_options
@output_options("csv")
@_batch_options
@dask_option
@run_options
@click.pass_context
def command(
    ctx: click.Context,
    files: tuple[str, ...],
    table: TableOptions,
    n_features: int | str | None,
    alpha: float,
    seed: int,
    estimation: EstimatorOptions,
    format_: str | None,
    output: str | None,
    errors: str | None,
    resume: bool,
    retry_failed: bool,
    cluster: str | None,
    run: RunOptions,
) -> None:
    """Score every feature of each of the CSV files FILES on its own.

    The result has one row a file and feature, the most informative first:

    \b
      file      the file, as it was given
      feature   name of the column
      kind      discrete or continuous, as decided from its values; or group
      mi        I(feature; target) in nats (1 nat = 1.44 bits)
      rank      1 = most informative of its file; those to --include come first, then
                those of tier 1
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

    With -o a journal, FILE.journal, keeps what is done until all is. After a crash or
    Ctrl-C the same command with --resume goes on; --retry-failed also tries again what
    failed. The result is the same as without a break.

    \b
    Examples:
      mifs score day1.csv day2.csv --target y
      mifs score data/*.csv --target y --exclude id --jobs 4 -o scores.parquet
      mifs score data/*.csv --target y -k auto
      mifs score data/*.csv --target y --continuous age --bins 8 --estimator plugin
      mifs score /shared/*.csv --target y --dask tcp://scheduler:8786 -o scores.csv
    """  # noqa: D301  # click reads the character of the escape
    refuse_overwriting(output, files)
    refuse_overwriting(errors, files, "--errors")
    _refuse_same(output, errors)
    form = chosen_format(format_, output, "csv")
    if cluster is not None and "-" in files:
        raise click.UsageError("--dask: workers cannot read '-'; give a file")
    if cluster is not None or workers_pay(
        files, run.jobs
    ):  # they import, and this process does not wait
        start_work()
    else:
        load_modules()
    say_that_kernels_compile(estimation.estimator)
    choice = Choice(n_features or "all", alpha, seed, estimation)
    journal = _journal(output, table, choice)
    if journal is None and (resume or retry_failed):
        raise click.UsageError(
            "--resume and --retry-failed need -o and a file, beside which the journal "
            "stands"
        )
    known = _known(journal, resume, retry_failed)
    with _interruption_explained(journal), workers_of(cluster):
        tasks = _tasks(files, known, journal is not None, far=cluster is not None)
        done = _done(tasks, known, table, choice, journal, run)
    failed = [outcome for outcome in done if outcome.scores is None]
    try:
        if len(failed) < len(files):
            _deliver(done, form, output)
        if errors is not None:
            write_errors(failed, errors)
        if journal is not None and not failed:
            journal.remove()
    finally:  # said last, and even if the result cannot be written
        kept = journal is not None and journal.close()
        say_outcomes(done, retry=kept)
    if failed:
        ctx.exit(1)


def _refuse_same(output: str | None, errors: str | None) -> None:
    """Refuse a list of errors in the place of the result, or of its journal."""
    if output is None or errors is None:
        return
    taken = {"": "the result (-o)", ".journal": "the journal of the result"}
    for suffix, what in taken.items():
        if os.path.realpath(errors) == os.path.realpath(output) + suffix:
            raise click.UsageError(f"'{errors}' is {what}, too; give another file")


def _journal(output: str | None, table: TableOptions, choice: Choice) -> Journal | None:
    """Give the journal beside a result that is a file, not a pipe or a device."""
    from mifs._cli._journal import Journal

    if output is None or (os.path.exists(output) and not os.path.isfile(output)):
        return None
    settings = {
        "n_features": choice.n_features,
        "alpha": choice.alpha,
        "seed": choice.seed,
    }
    return Journal(output, asdict(table) | asdict(choice.estimation) | settings)


def _known(
    journal: Journal | None, resume: bool, retry_failed: bool
) -> dict[str, Outcome]:
    """Outcomes of an earlier run that are good enough for this one."""
    if journal is None:
        return {}
    if not (resume or retry_failed):
        journal.start()
        return {}
    known = journal.known()
    return {
        file: outcome
        for file, outcome in known.items()
        if not retry_failed or outcome.scores is not None
    }


@contextmanager
def _interruption_explained(journal: Journal | None) -> Iterator[None]:
    """Say how to go on after Ctrl-C, if anything is done."""
    try:
        yield
    except KeyboardInterrupt:
        if journal is not None and journal.close():
            say(
                f"Journal '{journal.name}' keeps what is done; the same command with "
                "--resume goes on"
            )
        raise


def _tasks(
    files: Sequence[str], known: Mapping[str, Outcome], hashed: bool, *, far: bool
) -> list[Task]:
    """Give a task for each file; where others do them paths are whole."""
    contents = {file: outcome.content for file, outcome in known.items()}
    owner = None if far else os.getpid()
    paths = [os.path.abspath(file) if far else None for file in files]
    return [
        Task(i, file, hashed, contents.get(file), owner, path)
        for i, (file, path) in enumerate(zip(files, paths, strict=True))
    ]


def _done(
    tasks: Sequence[Task],
    known: Mapping[str, Outcome],
    table: TableOptions,
    choice: Choice,
    journal: Journal | None,
    run: RunOptions,
) -> list[Outcome]:
    """Outcomes of all files, in their order."""
    done: list[Outcome] = [Outcome(task.file) for task in tasks]
    with (
        progress("Scoring", len(tasks), "files", quiet=run.quiet) as advance,
        _given_up_silently(_results(tasks, table, choice, run.jobs)) as results,
    ):
        for place, outcome in results:
            if outcome is None:
                outcome = known[tasks[place].file]
            elif journal is not None:
                journal.add(outcome)
            done[place] = outcome
            advance(1)
    return done


@contextmanager
def _given_up_silently(results: Generator[R, None, None]) -> Iterator[Iterator[R]]:
    """After an error no further results are asked for, and joblib need not say so.

    Threads that are still at work may have set other filters by then.
    """
    try:
        yield results
    finally:
        with suppress(UserWarning), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.close()


def _results(
    tasks: Sequence[Task], table: TableOptions, choice: Choice, jobs: int
) -> Generator[tuple[int, Outcome | None], None, None]:
    """Do the tasks in parallel; each result comes as soon as it is there.

    Paths go out and small tables come back, so that any joblib backend serves, one
    set by a user's `joblib.parallel_config` too. joblib hands a process several small
    files at a time.
    """
    from joblib import Parallel, delayed

    many = workers_pay([task.file for task in tasks], jobs)
    parallel = Parallel(
        n_jobs=jobs,
        prefer="processes" if many else "threads",
        return_as="generator_unordered",
    )
    results: Generator[tuple[int, Outcome | None], None, None] = parallel(
        delayed(do)(task, table, choice) for task in tasks
    )
    return results


def _deliver(done: Sequence[Outcome], format_: str, output: str | None) -> None:
    scores = table_of(done)
    n_scored = sum(outcome.scores is not None for outcome in done)
    unit = "mi and expected in nats" if "expected" in scores else "mi in nats"
    caption = f"{len(scores)} features of {n_scored} files; {unit}"
    deliver(scores, format_, output, caption)
