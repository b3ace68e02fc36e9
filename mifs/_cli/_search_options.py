"""What is searched for, and how information is estimated: the options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mifs._cli._options import Command, grouped

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from mifs._cli._reading import Reading
    from mifs._cli._table_options import TableOptions
    from mifs.selectors import MISelector

# Features that are chosen where nothing was asked for.
DEFAULT_COUNT = 10
# What a parameter of a criterion may be.
Value = int | float | bool | str


@dataclass(frozen=True)
class EstimatorOptions:
    """How information is estimated."""

    estimator: str
    bins: int | None
    correction: str | None

    def __post_init__(self) -> None:
        """Refuse what is for counts only, of an estimator that does not count."""
        if self.estimator in ("auto", "plugin"):
            return
        if self.bins is not None:
            raise click.UsageError(
                f"--bins is for --estimator plugin; {self.estimator} makes no bins"
            )
        if self.correction not in (None, "none"):
            raise click.UsageError(
                f"--correction is for --estimator plugin; {self.estimator} counts "
                "nothing that chance would add to"
            )

    def build(self) -> object:
        """Give the estimator; missing values are deleted pairwise.

        The plug-in estimator counts missing values as a level instead.
        """
        from mifs.estimators import PlugIn, resolve

        if self.estimator in ("auto", "plugin"):
            correction = self.correction or "permutation"
            return PlugIn(
                n_bins=self.bins or "auto",
                correction=None if correction == "none" else correction,
            )
        estimator: BaseEstimator = resolve(self.estimator)
        if estimator.get_params().get("missing") == "error":
            estimator.set_params(missing="pairwise")
        return estimator


@dataclass(frozen=True)
class SearchOptions:
    """What is searched for."""

    criterion: str = "jmi"
    params: tuple[tuple[str, Value], ...] = ()
    n_features: int | str | None = None
    alpha: float = 0.05
    start: str = "single"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse parameters that the criterion does not have."""
        from mifs.criteria import resolve

        try:
            resolve(self.criterion, dict(self.params))
        except ValueError as error:
            raise click.UsageError(f"--param: {error}") from None

    def count(self, available: int) -> int | str | None:
        """``n_features_to_select``: only a number asked for may be too large."""
        return number_of_features(self.n_features, available)

    def selector(
        self,
        reading: Reading,
        table: TableOptions,
        estimation: EstimatorOptions,
        jobs: int,
        *,
        verbose: int,
    ) -> MISelector:
        """Give the fitted selector of these options."""
        from mifs import MISelector

        include, groups = constraints(table)
        if include and self.start == "pair":
            raise click.UsageError(
                "--start pair and --include both say what comes first: give one of them"
            )
        available = n_units(reading.features.shape[1], groups)
        selector = MISelector(
            criterion=self.criterion,
            n_features_to_select=self.count(available),
            criterion_params=dict(self.params) or None,
            alpha=self.alpha,
            start=None if self.start == "single" else self.start,
            mi_estimator=estimation.build(),
            discrete_features=reading.discrete,
            discrete_target=table.discrete_target,
            include=include,
            groups=groups,
            random_state=self.seed,
            n_jobs=jobs,
            verbose=verbose,
        )
        selector.fit(reading.features, reading.target, reading.weights)
        return selector


def constraints(
    table: TableOptions,
) -> tuple[list[str] | None, dict[str, list[str]] | None]:
    """``include`` and ``groups`` of the selectors; a group is included as a whole."""
    groups = {name: list(columns) for name, columns in table.groups}
    of_group = {c: name for name, listed in groups.items() for c in listed}
    include = dict.fromkeys(of_group.get(c, c) for c in table.include)
    return list(include) or None, groups or None


def n_units(n_features: int, groups: dict[str, list[str]] | None) -> int:
    """Count what can be chosen: groups, and columns of none."""
    groups = groups or {}
    grouped = {column for listed in groups.values() for column in listed}
    return n_features - len(grouped) + len(groups)


def number_of_features(
    n_features: int | str | None, available: int
) -> int | str | None:
    """``n_features_to_select`` of ``-k``: ten, or all where there are fewer."""
    if n_features is None:
        return min(DEFAULT_COUNT, available)
    return None if n_features == "all" else n_features


def known_criterion(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Give the name as the registry, imported only here, spells it."""
    from mifs.criteria import resolve

    try:
        return resolve(value).name
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _criteria_like(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[str]:
    from mifs.criteria import CRITERIA

    return [name for name in CRITERIA if name.startswith(incomplete.lower())]


def _estimators_like(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[str]:
    from mifs.estimators import ESTIMATORS

    return [name for name in ("auto", *ESTIMATORS) if name.startswith(incomplete)]


def known_estimator(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Give the name of an estimator of the registry, imported only here."""
    if value == "auto":
        return value
    from mifs.estimators import ESTIMATORS

    if value not in ESTIMATORS:
        raise click.BadParameter(
            f"{value!r} is unknown; known: {', '.join(sorted(ESTIMATORS))}"
        )
    return value


def feature_count(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> int | str | None:
    """Give a number, "all" or "auto", or None where nothing was asked for."""
    if value in (None, "all", "auto"):
        return value
    assert value is not None
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(
            f"{value!r} is no number of features; give 1 or more, 'auto' or 'all'"
        )
    return int(value)


def count_option(default: str) -> Callable[[Command], Command]:
    """Add ``-k``; ``default`` says what holds where it is not given."""
    return click.option(
        "-k",
        "n_features",
        callback=feature_count,
        metavar="N|auto|all",
        help="Features to choose, 'all', or 'auto': those that add more than chance.  "
        f"[default: {default}]",
    )


def alpha_option(command: Command) -> Command:
    """Add ``--alpha``."""
    return click.option(
        "--alpha",
        type=click.FloatRange(0, 1, min_open=True),
        default=0.05,
        show_default=True,
        help="Level of the tests of tier 1: how often a table that tells nothing may "
        "give a feature; 1 tests nothing.",
    )(command)


estimator_options = grouped(
    "estimation",
    EstimatorOptions,
    (
        click.option(
            "-e",
            "--estimator",
            callback=known_estimator,
            shell_complete=_estimators_like,
            default="auto",
            metavar="NAME",
            help="How information is estimated: plugin (from counts of levels and "
            "bins), knn (without bins) or gaussian_copula.  [default: plugin]",
        ),
        click.option(
            "--bins",
            type=click.IntRange(min=2),
            metavar="N",
            help="Bins of each continuous column, for the plugin estimator.  "
            "[default: by the number of rows]",
        ),
        click.option(
            "--correction",
            type=click.Choice(["none", "permutation", "miller_madow", "shrinkage"]),
            help="What is taken off for chance, which makes columns of many levels "
            "look relevant, for the plugin estimator.  [default: permutation]",
        ),
    ),
)


def _params(
    ctx: click.Context, param: click.Parameter, value: tuple[str, ...]
) -> tuple[tuple[str, Value], ...]:
    """Split NAME=VALUE; whether the criterion has such a parameter it says itself."""
    found: dict[str, Value] = {}
    for text in value:
        name, equals, given = text.partition("=")
        if not (name and equals and given):
            raise click.BadParameter(f"{text!r}: give NAME=VALUE, as in beta=0.5")
        if name in found:
            raise click.BadParameter(f"{name!r} is given twice")
        found[name] = _value(given)
    return tuple(found.items())


def _value(text: str) -> Value:
    """Give a number, true or false, or else the text itself."""
    flags = {"true": True, "false": False}
    if text.lower() in flags:
        return flags[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="Of the tables that a test of few rows draws.",
)
search_options = grouped(
    "search",
    SearchOptions,
    (
        click.option(
            "-c",
            "--criterion",
            callback=known_criterion,
            shell_complete=_criteria_like,
            metavar="NAME",
            default="jmi",
            show_default=True,
            help="Criterion that scores the candidates, such as mim, mrmr or jmi; an "
            "unknown name lists all.",
        ),
        click.option(
            "--param",
            "params",
            multiple=True,
            callback=_params,
            metavar="NAME=VALUE",
            help="Parameter of the criterion, such as beta=0.5 of mifs; repeat for "
            "several.",
        ),
        count_option(f"{DEFAULT_COUNT}, or all where there are fewer"),
        alpha_option,
        click.option(
            "--start",
            type=click.Choice(["single", "pair"]),
            default="single",
            show_default=True,
            help="Begin with the best feature, or with the two of all pairs that tell "
            "most together: columns that tell nothing alone (XOR) are found so.",
        ),
        seed_option,
    ),
)
