"""``mifs select``: a table with the chosen features alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mifs._cli._compiling import load_modules, say_that_kernels_compile
from mifs._cli._messages import input_errors, say, say_warning, sink_warnings
from mifs._cli._options import RunOptions, run_options
from mifs._cli._output import (
    chosen_format,
    output_options,
    print_bytes,
    refuse_overwriting,
    replacing,
)
from mifs._cli._progress import bars
from mifs._cli._search_options import (
    EstimatorOptions,
    SearchOptions,
    estimator_options,
    search_options,
)
from mifs._cli._sources import files_argument, refuse_absent, refuse_pipes
from mifs._cli._table_options import TableOptions, table_options

if TYPE_CHECKING:
    from mifs.selectors import MISelector


@click.command("select")
@files_argument
@table_options(constraints=True, keep=True)
@search_options
@estimator_options
@output_options("csv", ("csv", "tsv", "parquet"))
@run_options
def command(
    files: tuple[str, ...],
    table: TableOptions,
    search: SearchOptions,
    estimation: EstimatorOptions,
    format_: str | None,
    output: str | None,
    run: RunOptions,
) -> None:
    """Write a table with the chosen features, the target and the columns to --keep.

    The features are those of 'mifs rank' with the same options. Columns and rows stay
    in the order of the table, and no row is left out. From CSV to CSV the fields are
    copied as text, in UTF-8; Parquet keeps its types.

    \b
    Examples:
      mifs select data.csv --target y -k 20 --keep id -o small.csv
      mifs select data.csv --target y -k auto -o small.parquet
      mifs select 'days/*.parquet' --target y -k 20 -o small.parquet
      mifs select - --target y -k 20 < data.csv | gzip > small.csv.gz
    """  # noqa: D301  # click reads the character of the escape
    refuse_absent(files)
    refuse_pipes(files)
    refuse_overwriting(output, files)
    form = chosen_format(format_, output, "csv", ("csv", "tsv", "parquet"))
    load_modules()
    name = files[0] if len(files) == 1 else ""
    from mifs._cli._copying import copy_columns, stdin_twice

    with input_errors(name), sink_warnings(say_warning), stdin_twice(files):
        from mifs._cli._reading import read
        from mifs._csv.findings import count

        say_that_kernels_compile(estimation.estimator)
        reading = read(files, table, strict=True, quiet=run.quiet)
        selector = search.selector(
            reading, table, estimation, run.jobs, verbose=bars(run.quiet)
        )
        chosen = _columns(selector, table)
        if search.n_features == "auto":
            say(selector.stop_reason_)
        columns = [*chosen, *table.keep, *_present(table.target)]
        with sink_warnings(lambda warning: None):  # all were given by the first reading
            if output is None:
                buffer = io.BytesIO()
                copy_columns(files, table, columns, form, buffer, run)
            else:
                with replacing(Path(output)) as file:
                    copy_columns(files, table, columns, form, file, run)
    if output is None:
        print_bytes(buffer.getvalue())
    if not run.quiet:
        named = f": {', '.join(chosen)}" if chosen else ""
        say(f"{count(len(chosen), 'feature')}{named}")


def _columns(selector: MISelector, table: TableOptions) -> list[str]:
    """Columns of the chosen features and groups, in the order of choice."""
    groups = dict(table.groups)
    names = selector.path_["name"].tolist()
    return [column for name in names for column in groups.get(name, (name,))]


def _present(column: str | None) -> Sequence[str]:
    return () if column is None else (column,)
