"""``mifs compare``: what several criteria choose from one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mifs._cli._compiling import load_modules, say_that_kernels_compile
from mifs._cli._messages import input_errors, say_warning, sink_warnings
from mifs._cli._options import RunOptions, run_options
from mifs._cli._output import chosen_format, deliver, output_options, refuse_overwriting
from mifs._cli._search_options import (
    DEFAULT_COUNT,
    EstimatorOptions,
    constraints,
    count_option,
    estimator_options,
    known_criterion,
    n_units,
    number_of_features,
    seed_option,
)
from mifs._cli._sources import files_argument, refuse_absent
from mifs._cli._table_options import TableOptions, table_options

if TYPE_CHECKING:
    import pandas as pd

    from mifs.selectors._comparison import Comparison


def _criteria(
    ctx: click.Context, param: click.Parameter, value: str
) -> tuple[str, ...]:
    """Split the names, and give them as the registry spells them."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names:
        raise click.BadParameter("give names with commas between, as in jmi,mrmr")
    known = [known_criterion(ctx, param, name) for name in names]
    twice = next((name for name in known if known.count(name) > 1), None)
    if twice is not None:
        raise click.BadParameter(f"{twice!r} is given twice")
    return tuple(known)


@click.command("compare")
@files_argument
@table_options(constraints=True)
@click.option(
    "--criteria",
    callback=_criteria,
    default="mim,mrmr,jmi,cmim",
    show_default=True,
    metavar="NAME,NAME",
    help="Criteria that score the candidates; an unknown name lists all.",
)
@count_option(f"{DEFAULT_COUNT}, or all where there are fewer")
@seed_option
@estimator_options
@output_options("table")
@run_options
def command(
    files: tuple[str, ...],
    table: TableOptions,
    criteria: tuple[str, ...],
    n_features: int | str | None,
    seed: int,
    estimation: EstimatorOptions,
    format_: str | None,
    output: str | None,
    run: RunOptions,
) -> None:
    """Compare what several criteria choose from a table, CSV or Parquet.

    The result has one row a step and one column a criterion, with the names in the
    order of choice. As CSV, JSON and Parquet it has one row a criterion and step:

    \b
      criterion  its name
      step       1 = chosen first
      feature    name of the column
      score      the criterion's score in the round of the choice

    \b
    Examples:
      mifs compare data.csv --target y --criteria jmi,mrmr,cmim
      mifs compare data.csv --target y -k 20 -o comparison.csv
    """  # noqa: D301  # click reads the character of the escape
    refuse_absent(files)
    refuse_overwriting(output, files)
    form = chosen_format(format_, output, "table")
    load_modules()
    with input_errors(files[0] if len(files) == 1 else ""), sink_warnings(say_warning):
        import mifs
        from mifs._cli._reading import read

        say_that_kernels_compile(estimation.estimator)
        reading = read(files, table, strict=True, quiet=run.quiet)
        include, groups = constraints(table)
        available = n_units(reading.features.shape[1], groups)
        comparison = mifs.compare(
            reading.features,
            reading.target,
            criteria,
            number_of_features(n_features, available),
            mi_estimator=estimation.build(),
            discrete_features=reading.discrete,
            discrete_target=table.discrete_target,
            sample_weight=reading.weights,
            include=include,
            groups=groups,
            random_state=seed,
            n_jobs=run.jobs,
        )
    people = form in ("table", "md")
    shown = _side_by_side(comparison) if people else _in_rows(comparison)
    deliver(shown, form, output, _agreement(comparison))


def _in_rows(comparison: Comparison) -> pd.DataFrame:
    columns = ["criterion", "step", "name", "score"]
    return comparison.path[columns].rename(columns={"name": "feature"})


def _side_by_side(comparison: Comparison) -> pd.DataFrame:
    path = comparison.path
    table = path.pivot(index="step", columns="criterion", values="name")
    return table[path["criterion"].unique()].fillna("").reset_index()


def _agreement(comparison: Comparison) -> str:
    """Say how far the sets agree, 1 for equal ones."""
    jaccard = comparison.agreement["jaccard"]
    names = list(jaccard)
    if len(names) < 2:
        return "one criterion alone"
    pairs = [
        f"{jaccard.iloc[i, j]:.2f} ({names[i]}, {names[j]})"
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]
    return f"Jaccard agreement of the sets: {', '.join(pairs)}"
