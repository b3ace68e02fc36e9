"""``mifs report``: a table and what was chosen of it, as one HTML page."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from mifs._cli._compiling import load_modules, say_that_kernels_compile
from mifs._cli._messages import input_errors, is_tty, say, say_warning, sink_warnings
from mifs._cli._options import RunOptions, run_options
from mifs._cli._output import (
    check_output,
    print_bytes,
    refuse_overwriting,
    replace_file,
)
from mifs._cli._progress import bars
from mifs._cli._resampling import refuse_all, resampled, stability_option
from mifs._cli._search_options import (
    EstimatorOptions,
    SearchOptions,
    estimator_options,
    search_options,
)
from mifs._cli._sources import files_argument, refuse_absent
from mifs._cli._table_options import TableOptions, table_options

_ARGUMENTS = "mifs.report.arguments"
_SUFFIXES = (".html", ".htm")


class _Told(click.Command):
    """A command that knows how it was called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the arguments as they were given."""
        ctx.meta[_ARGUMENTS] = list(args)
        return super().parse_args(ctx, args)


def _check_page(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """Refuse, before any work is done, what is no page or could not be written."""
    suffix = Path(value or "").suffix
    if value not in (None, "-") and suffix.lower() not in _SUFFIXES:
        raise click.BadParameter(
            f"a report is HTML, and '{value}' does not end with {_SUFFIXES[0]}"
        )
    return check_output(ctx, param, value)


@click.command("report", cls=_Told)
@files_argument
@table_options(constraints=True)
@search_options
@estimator_options
@stability_option
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False),
    callback=_check_page,
    metavar="FILE.html",
    help="Write to this file, whole or not at all, instead of stdout.",
)
@run_options
def command(
    files: tuple[str, ...],
    table: TableOptions,
    search: SearchOptions,
    estimation: EstimatorOptions,
    stability: int | None,
    output: str | None,
    run: RunOptions,
) -> None:
    """Write a report on a table and the features chosen of it: one HTML page.

    The page needs no network and no scripts. It opens with the answer in a sentence.
    Below are what is odd about the table, a ranking of all features, the path with
    each score in parts and the step where chance begins, what the chosen features
    share, each beside the target, what other criteria choose, the shares of subsamples
    that choose each feature (--stability), and the command that makes it again.

    The options are those of 'mifs rank'.

    \b
    Examples:
      mifs report data.csv --target y -o report.html
      mifs report data.csv --target y -k auto --stability 50 -o report.html
      mifs report 'days/*.parquet' --target y --criterion mrmr -o report.html
    """  # noqa: D301  # click reads the character of the escape
    refuse_absent(files)
    refuse_overwriting(output, files)
    refuse_all(stability, search)
    if output in (None, "-") and is_tty(sys.stdout):
        raise click.UsageError("HTML is not for the terminal; name a file (-o)")
    _check_jinja2()
    load_modules()
    said: list[str] = []

    def keep(message: str) -> None:
        said.append(message)
        say_warning(message)

    with input_errors(files[0] if len(files) == 1 else ""), sink_warnings(keep):
        from mifs._cli._reading import read
        from mifs._csv.files import several
        from mifs._csv.source import display_name
        from mifs._report._origin import Origin
        from mifs._report._report import make

        say_that_kernels_compile(estimation.estimator)
        reading = read(files, table, strict=True, quiet=run.quiet)
        n_said = len(said)
        selector = search.selector(
            reading, table, estimation, run.jobs, verbose=bars(run.quiet)
        )
        stable = resampled(selector, stability, reading, run) if stability else None
        if reading.n_dropped:
            said.insert(n_said, f"{reading.n_dropped} rows without a target left out")
            n_said += 1
        origin = Origin(
            command=_command(),
            source=several([display_name(path) for path in files]),
            said=tuple(said[:n_said]),
        )
        data = reading.features, reading.target, reading.weights
        page = make(selector, data, stable, origin=origin)
    _deliver(page.html.encode(), output)
    say(page.answer)


def _check_jinja2() -> None:
    """Refuse the work where its result could not be written."""
    from importlib.util import find_spec

    if find_spec("jinja2") is None:
        raise click.UsageError("a report needs jinja2: pip install 'mifs[report]'")


def _command() -> str:
    """Return the line that makes this report."""
    arguments = click.get_current_context().meta[_ARGUMENTS]
    return shlex.join(["mifs", "report", *arguments])


def _deliver(html: bytes, output: str | None) -> None:
    """Write to the file, or to stdout where none is named."""
    if output in (None, "-"):
        print_bytes(html)
        return
    assert output is not None
    with input_errors():
        replace_file(Path(output), html)
