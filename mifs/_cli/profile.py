"""``mifs profile``: how each column would be read, and what is odd about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mifs._cli._compiling import load_modules, say_that_kernels_compile
from mifs._cli._messages import input_errors, say_warning, sink_warnings
from mifs._cli._options import RunOptions, run_options
from mifs._cli._output import chosen_format, deliver, output_options, refuse_overwriting
from mifs._cli._sources import files_argument, refuse_absent
from mifs._cli._table_options import TableOptions, table_options

if TYPE_CHECKING:
    import pandas as pd


@click.command("profile")
@files_argument
@table_options(target=False)
@output_options("table")
@run_options
def command(
    files: tuple[str, ...],
    table: TableOptions,
    format_: str | None,
    output: str | None,
    run: RunOptions,
) -> None:
    """Say of each column how it would be read, and what is odd about it.

    \b
      column      its name
      kind        discrete, continuous, or unusable
      levels      of a discrete column, missing values being one; bins of others
      missing     share of the rows, or of their --weights, 0 to 1
      remarks     what is odd: constant, like ids, more than 50 levels, a near
                  duplicate of an earlier column, most values in one bin of equal
                  width (an outlier), a leak of the target, or why it is unusable

    CSV, JSON and Parquet have a column for each remark. Leaks are looked for with
    --target. The cost grows with the number of columns squared.

    Nothing is drawn and no columns are joined: there is no --seed, and no --group.

    \b
    Examples:
      mifs profile data.csv
      mifs profile data.csv --target y -o profile.csv
    """  # noqa: D301  # click reads the character of the escape
    refuse_absent(files)
    refuse_overwriting(output, files)
    form = chosen_format(format_, output, "table")
    load_modules()
    with input_errors(files[0] if len(files) == 1 else ""), sink_warnings(say_warning):
        import mifs
        from mifs._cli._reading import read_all
        from mifs._csv.findings import count

        say_that_kernels_compile("plugin")
        reading = read_all(files, table, quiet=run.quiet)
        profile = mifs.profile(
            reading.features,
            reading.target,
            discrete_features=reading.discrete,
            discrete_target=table.discrete_target,
            sample_weight=reading.weights,
            n_jobs=run.jobs,
        )
    n_rows = reading.features.shape[0]
    caption = f"{count(len(profile), 'column')}, {count(n_rows, 'row')}"
    profile = profile.reset_index(names="column")
    deliver(
        _for_people(profile) if form in ("table", "md") else profile,
        form,
        output,
        caption,
    )


def _for_people(profile: pd.DataFrame) -> pd.DataFrame:
    """Put what is odd into one column, in words."""
    from mifs.selectors._profile_frame import remarks_of

    shown = profile[["column", "kind", "levels", "missing"]].copy()
    shown["remarks"] = ["; ".join(remarks_of(row)) for _, row in profile.iterrows()]
    return shown
