"""``mifs rank``: the features of one table in the order of choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mifs._cli._messages import input_errors, say_warning, sink_warnings
from mifs._cli._options import (
    TableOptions,
    feature_count,
    jobs_option,
    known_criterion,
    table_options,
)
from mifs._cli._output import (
    chosen_format,
    deliver,
    output_options,
    refuse_overwriting,
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
@click.option(
    "-k",
    "n_features",
    callback=feature_count,
    metavar="N|all",
    help=f"Features to choose, or 'all'.  [default: {_DEFAULT_COUNT}, or all where "
    "there are fewer]",
)
@output_options("table")
@jobs_option
def command(
    file: str,
    table: TableOptions,
    criterion: str,
    n_features: int | str | None,
    format_: str | None,
    output: str | None,
    jobs: int,
) -> None:
    """Rank the features of the CSV file FILE ('-' reads stdin).

    Features are chosen one by one; each is the best by the criterion, given those
    before it. Columns of the result, in nats (1 nat = 1.44 bits):

    \b
      rank        1 = chosen first
      feature     name of the column
      score       the criterion's score in the round of the choice
      relevance   I(feature; target), what the feature tells about the target
      redundancy  mean I(feature; earlier choice), what it repeats of them;
                  empty where the criterion does not use it (null in JSON)

    \b
    Examples:
      mifs rank data.csv --target y
      mifs rank data.csv --target y --criterion mrmr -k 5 -o ranking.json
      mifs rank data.csv --target y --exclude id --delimiter ';' --decimal ,
      gunzip -c data.csv.gz | mifs rank - --target y -k all --format csv
    """  # noqa: D301  # click reads the character of the escape
    refuse_overwriting(output, [file])
    with input_errors(file), sink_warnings(say_warning):
        features, target = table.read(file)
        count = _count(n_features, features.shape[1])
        ranking = _rank(features, target, criterion, count, table, jobs)
    caption = (
        f"criterion {criterion}, {len(ranking)} of {features.shape[1]} features, "
        f"{len(features)} rows; relevance and redundancy in nats"
    )
    form = chosen_format(format_, output, "table")
    deliver(ranking, form, output, caption)


def _count(n_features: int | str | None, available: int) -> int | None:
    """``n_features_to_select``: only a number that was asked for may be too large."""
    if n_features is None:
        return min(_DEFAULT_COUNT, available)
    return None if isinstance(n_features, str) else n_features


def _rank(
    features: pd.DataFrame,
    target: pd.Series,
    criterion: str,
    count: int | None,
    table: TableOptions,
    jobs: int,
) -> pd.DataFrame:
    from mifs import MISelector

    selector = MISelector(
        criterion=criterion,
        n_features_to_select=count,
        discrete_target=table.discrete_target,
        n_jobs=jobs,
    )
    path = selector.fit(features, target).path_
    ranking = path[["name", "score", "relevance", "redundancy"]]
    ranking = ranking.rename(columns={"name": "feature"}).reset_index(drop=True)
    ranking.insert(0, "rank", range(1, len(ranking) + 1))
    return ranking
