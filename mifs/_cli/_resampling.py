"""``--stability``: the same choice again, in subsamples of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mifs._cli._options import RunOptions
from mifs._cli._progress import bars

if TYPE_CHECKING:
    from mifs import MISelector, StabilitySelector
    from mifs._cli._reading import Reading
    from mifs._cli._search_options import SearchOptions


def _pairs(ctx: click.Context, param: click.Parameter, value: int | None) -> int | None:
    """Refuse half a pair of subsamples."""
    if value is not None and value % 2:
        raise click.BadParameter(
            f"{value} is odd, and subsamples are drawn in pairs that share no row"
        )
    return value


stability_option = click.option(
    "--stability",
    type=click.IntRange(min=2),
    callback=_pairs,
    metavar="N",
    help="Choose again in N subsamples of half of the rows, and say in which share of "
    "them each feature is chosen.",
)


def refuse_all(stability: int | None, search: SearchOptions) -> None:
    """Refuse to count how often a feature is chosen where all are."""
    if stability and search.n_features == "all":
        raise click.UsageError(
            "--stability counts how often a feature is chosen, and -k all chooses all; "
            "give -k a number, or auto"
        )


def resampled(
    selector: MISelector, n: int, reading: Reading, run: RunOptions
) -> StabilitySelector:
    """Choose again in subsamples; what is odd about the table was said before."""
    import warnings

    from mifs import StabilitySelector
    from mifs.exceptions import MifsWarning

    stable = StabilitySelector(
        selector,
        n,
        random_state=selector.random_state,
        n_jobs=run.jobs,
        verbose=bars(run.quiet),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MifsWarning)
        stable.fit(reading.features, reading.target, reading.weights)
    return stable
