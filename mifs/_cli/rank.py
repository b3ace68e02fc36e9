"""``mifs rank``: the features of one table in the order of choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mifs._cli._cluster import dask_option, workers_of
from mifs._cli._compiling import load_modules, say_that_kernels_compile
from mifs._cli._messages import input_errors, named, say, say_warning, sink_warnings
from mifs._cli._options import RunOptions, run_options
from mifs._cli._output import (
    chosen_format,
    deliver,
    output_options,
    refuse_overwriting,
    tested,
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

if TYPE_CHECKING:
    import pandas as pd

    from mifs import MISelector, StabilitySelector


@click.command("rank")
@files_argument
@table_options(constraints=True)
@search_options
@estimator_options
@stability_option
@output_options("table")
@dask_option
@run_options
def command(
    files: tuple[str, ...],
    table: TableOptions,
    search: SearchOptions,
    estimation: EstimatorOptions,
    stability: int | None,
    format_: str | None,
    output: str | None,
    cluster: str | None,
    run: RunOptions,
) -> None:
    """Rank the features of a table, CSV or Parquet ('-' reads stdin).

    Several FILES of the same columns are one table; a folder or a pattern in quotes
    means its files. They may be compressed (gzip, bzip2, xz, zstd). Columns that cannot
    tell anything (empty, constant, ids) are left out with a warning.

    Features are chosen one by one; each is the best by the criterion, given those
    before it, and those that add more than chance would come first. Columns of the
    result, in nats (1 nat = 1.44 bits):

    \b
      rank        1 = chosen first
      feature     name of the column
      score       the criterion's score in the round of the choice
      relevance   I(feature; target), what the feature tells about the target
      redundancy  mean I(feature; earlier choice), what it repeats of them;
                  empty where the criterion does not use it (null in JSON)
      expected    what chance alone would make of the relevance, which was taken off
      p           how often chance would do as well, adjusted for all features
      tier        1 = adds more than chance, 2 = does not
      frequency   share of the subsamples that choose it (--stability), and
      low, high   its 95 % interval (Wilson)

    Those on chance are left out where nothing is tested: with --correction none, unless
    -k is auto, and with --alpha 1.

    \b
    Examples:
      mifs rank data.csv --target y
      mifs rank data.csv --target y --criterion mrmr -k 5 -o ranking.json
      mifs rank 'days/*.parquet' --target y --criterion mifs --param beta=0.5
      mifs rank data.csv --target y -k auto --alpha 0.01
      mifs rank data.csv --target y --stability 50
      mifs rank data.csv --target y --exclude id --delimiter ';' --decimal ,
      mifs rank data.csv.gz --target y -k all --estimator knn --format csv
      mifs rank '/shared/*.parquet' --target y --dask tcp://scheduler:8786
      mifs rank data.csv --target y --drop-missing-target --text zip --missing '?'
    """  # noqa: D301  # click reads the character of the escape
    refuse_absent(files)
    refuse_overwriting(output, files)
    refuse_all(stability, search)
    _refuse_here(cluster, stability, files)
    form = chosen_format(format_, output, "table")
    load_modules()
    name = files[0] if len(files) == 1 else ""
    with input_errors(name), sink_warnings(say_warning), workers_of(cluster):
        from mifs._cli._reading import read
        from mifs._csv.findings import count

        say_that_kernels_compile(estimation.estimator)
        there = cluster is not None
        reading = read(files, table, strict=True, quiet=run.quiet, there=there)
        selector = search.selector(
            reading, table, estimation, run.jobs, verbose=bars(run.quiet)
        )
        ranking = _ranking(selector.path_)
        stable = None
        if stability:
            stable = resampled(selector, stability, reading, run)
            ranking = ranking.assign(**_frequencies(stable, selector))
        if search.n_features == "auto":
            say(selector.stop_reason_)
        n, p = reading.features.shape
    caption = (
        f"criterion {search.criterion}, {len(ranking)} of {count(p, 'feature')}, "
        f"{count(n, 'row')}; {_in_nats(ranking)} in nats"
    )
    if stable is not None:
        caption += f"; {_stability(stable)}"
    if reading.n_dropped:
        dropped = f"{count(reading.n_dropped, 'row')} without a target left out"
        caption += f"; {dropped}"
        if form not in ("table", "md"):
            say(named(name, dropped))
    deliver(ranking, form, output, caption)


def _refuse_here(
    cluster: str | None, stability: int | None, files: tuple[str, ...]
) -> None:
    """Refuse what needs rows, or files, where no worker is."""
    if cluster is None:
        return
    if stability:
        raise click.UsageError(
            "--stability draws rows, and with --dask these lie on the workers; leave "
            "one of them out"
        )
    if "-" in files:
        raise click.UsageError("--dask: workers cannot read '-'; give a file")


def _frequencies(
    stable: StabilitySelector, selector: MISelector
) -> dict[str, list[float]]:
    """How often each feature of the path was chosen, with intervals."""
    columns = selector.path_["feature"].to_numpy(dtype=int)
    low, high = stable.selection_interval_[columns].T
    frequency = stable.selection_frequency_[columns]
    return {"frequency": frequency.tolist(), "low": low.tolist(), "high": high.tolist()}


def _stability(stable: StabilitySelector) -> str:
    """Say how far the subsamples agree."""
    found, drawn = stable.stability_, f"{stable.n_resamples} subsamples of half of the"
    if stable.selections_.all():
        return f"{drawn} rows, which choose every feature (a smaller -k would tell)"
    low, high = found.interval
    return (
        f"{drawn} rows, whose stability is {found.estimate:.2f} "
        f"({low:.2f} to {high:.2f})"
    )


def _in_nats(ranking: pd.DataFrame) -> str:
    """Columns of the result that are in nats."""
    if "expected" in ranking:
        return "relevance, redundancy and expected"
    return "relevance and redundancy"


def _ranking(path: pd.DataFrame) -> pd.DataFrame:
    """Columns of the result, of the path of a selector."""
    columns = [
        "name",
        "score",
        "relevance",
        "redundancy",
        *tested(path["tier"].tolist()),
    ]
    names = {"name": "feature", "p_value": "p"}
    ranking = path[columns].rename(columns=names).reset_index(drop=True)
    ranking.insert(0, "rank", range(1, len(ranking) + 1))
    return ranking
