"""``mifs rank``: the features of one table in the order of choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mifs._cli._compiling import load_modules, say_that_kernels_compile
from mifs._cli._messages import input_errors, say, say_warning, sink_warnings
from mifs._cli._options import (
    EstimatorOptions,
    TableOptions,
    alpha_option,
    count_option,
    estimator_options,
    jobs_option,
    known_criterion,
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

_DEFAULT_COUNT = 10


@click.command("rank")
@click.argument(
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    metavar="FILE",
)
@table_options
@click.option(
    "-c",
    "--criterion",
    callback=known_criterion,
    metavar="NAME",
    default="jmi",
    show_default=True,
    help="Criterion that scores the candidates, such as mim, mrmr or jmi; an unknown "
    "name lists all.",
)
@count_option(f"{_DEFAULT_COUNT}, or all where there are fewer")
@alpha_option
@estimator_options
@output_options("table")
@jobs_option
def command(
    file: str,
    table: TableOptions,
    estimation: EstimatorOptions,
    criterion: str,
    n_features: int | str | None,
    alpha: float,
    format_: str | None,
    output: str | None,
    jobs: int,
) -> None:
    """Rank the features of the CSV file FILE ('-' reads stdin).

    The file may be compressed (gzip, bzip2, xz, zstd). Columns that cannot tell
    anything (empty, constant, ids) are left out with a warning.

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

    The last three are left out where nothing is tested: with --correction none, unless
    -k is auto, and with --alpha 1.

    \b
    Examples:
      mifs rank data.csv --target y
      mifs rank data.csv --target y --criterion mrmr -k 5 -o ranking.json
      mifs rank data.csv --target y -k auto --alpha 0.01
      mifs rank data.csv --target y --exclude id --delimiter ';' --decimal ,
      mifs rank data.csv.gz --target y -k all --estimator knn --format csv
      mifs rank data.csv --target y --drop-missing-target --text zip --missing '?'
    """  # noqa: D301  # click reads the character of the escape
    refuse_overwriting(output, [file])
    form = chosen_format(format_, output, "table")
    load_modules()
    with input_errors(file), sink_warnings(say_warning):
        from mifs import MISelector
        from mifs._cli._reading import read
        from mifs._csv.findings import count

        say_that_kernels_compile(estimation.estimator)
        reading = read(file, table, strict=True)
        available = reading.features.shape[1]
        selector = MISelector(
            criterion=criterion,
            n_features_to_select=_count(n_features, available),
            alpha=alpha,
            mi_estimator=estimation.build(),
            discrete_features=reading.discrete,
            discrete_target=table.discrete_target,
            n_jobs=jobs,
        )
        ranking = _ranking(selector.fit(reading.features, reading.target).path_)
        if n_features == "auto":
            say(selector.stop_reason_)
    caption = (
        f"criterion {criterion}, {len(ranking)} of {count(available, 'feature')}, "
        f"{count(len(reading.target), 'row')}; {_in_nats(ranking)} in nats"
    )
    if reading.n_dropped:
        dropped = f"{count(reading.n_dropped, 'row')} without a target left out"
        caption += f"; {dropped}"
        if form not in ("table", "md"):
            say(f"{file}: {dropped}")
    deliver(ranking, form, output, caption)


def _in_nats(ranking: pd.DataFrame) -> str:
    """Columns of the result that are in nats."""
    if "expected" in ranking:
        return "relevance, redundancy and expected"
    return "relevance and redundancy"


def _count(n_features: int | str | None, available: int) -> int | str | None:
    """``n_features_to_select``: only a number that was asked for may be too large."""
    if n_features is None:
        return min(_DEFAULT_COUNT, available)
    return None if n_features == "all" else n_features


def _ranking(path: pd.DataFrame) -> pd.DataFrame:
    """Columns of the result, of the path of a selector."""
    columns = ["name", "score", "relevance", "redundancy", *tested(path)]
    names = {"name": "feature", "p_value": "p"}
    ranking = path[columns].rename(columns=names).reset_index(drop=True)
    ranking.insert(0, "rank", range(1, len(ranking) + 1))
    return ranking
