"""Arguments and options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from mifs._cli._output import check_output

Command = Callable[..., Any]


@dataclass(frozen=True)
class TableOptions:
    """How a file becomes features and a target."""

    target: str
    target_kind: str
    drop_missing_target: bool
    exclude: tuple[str, ...]
    discrete: tuple[str, ...]
    continuous: tuple[str, ...]
    text: tuple[str, ...]
    delimiter: str | None
    decimal: str
    thousands: str | None
    units: tuple[str, ...]
    encoding: str | None
    header: bool | None
    skip_lines: int
    missing: tuple[str, ...]
    only_missing: tuple[str, ...]
    infinite_as_missing: bool

    def __post_init__(self) -> None:
        """Refuse options that contradict each other."""
        twice = {c for c in self.declared if self.declared.count(c) > 1}
        if twice:
            raise click.UsageError(
                f"column {min(twice)!r} is declared more than once; give one of "
                "--discrete, --continuous and --text"
            )
        if self.target in (*self.discrete, *self.continuous):
            raise click.UsageError(
                f"column {self.target!r} is the target; say --target-kind instead"
            )

    @property
    def declared(self) -> tuple[str, ...]:
        """Columns of which an option says the kind."""
        return (*self.discrete, *self.continuous, *self.text)

    def without(self, columns: Collection[str]) -> TableOptions:
        """Give the options, without what is said of some columns."""

        def kept(named: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(c for c in named if c not in columns)

        return replace(
            self,
            exclude=kept(self.exclude),
            discrete=kept(self.discrete),
            continuous=kept(self.continuous),
            text=kept(self.text),
        )

    @property
    def discrete_target(self) -> bool | str:
        """The selectors' parameter of that name."""
        kinds: dict[str, bool] = {"discrete": True, "continuous": False}
        return kinds.get(self.target_kind, self.target_kind)


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

    def build(self) -> Any:
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
        estimator: Any = resolve(self.estimator)
        if estimator.get_params().get("missing") == "error":
            estimator.set_params(missing="pairwise")
        return estimator


def _delimiter(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """Give one character; some have a name, since shells make them hard to type."""
    names = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
    return None if value is None else names.get(value, value)


def known_criterion(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Give the name as the registry, imported only here, spells it."""
    from mifs.criteria import resolve

    try:
        return resolve(value).name
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


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


def _columns(flag: str, help_: str) -> Callable[[Command], Command]:
    """Make an option that names columns."""
    return click.option(*flag.split(), multiple=True, metavar="COLUMN", help=help_)


_TABLE_OPTIONS = (
    click.option(
        "-t", "--target", required=True, metavar="COLUMN", help="Column to predict."
    ),
    click.option(
        "--target-kind",
        type=click.Choice(["auto", "discrete", "continuous"]),
        default="auto",
        show_default=True,
        help="Classes or a quantity; auto: text, booleans and few whole numbers are "
        "classes.",
    ),
    click.option(
        "--drop-missing-target",
        is_flag=True,
        help="Leave out rows without a target; the result says how many.",
    ),
    _columns("-x --exclude", "Column to leave out; repeat for several."),
    _columns(
        "--discrete",
        "Column whose values are levels, even if they are numbers; repeat for several.",
    ),
    _columns(
        "--continuous",
        "Column of measured numbers, even if they are few, whole, or written as 007; "
        "repeat for several.",
    ),
    _columns(
        "--text",
        "Column to keep as text, even if it looks like numbers; repeat for several. "
        "Columns with leading zeros or more than 15 digits are text anyway.",
    ),
    click.option(
        "-d",
        "--delimiter",
        callback=_delimiter,
        metavar="CHAR",
        help="Character between fields, or 'tab'.  [default: comma; tab for .tsv]",
    ),
    click.option(
        "--decimal",
        type=click.Choice([".", ","]),
        default=".",
        show_default=True,
        help="Decimal mark.",
    ),
    click.option(
        "--thousands",
        metavar="CHAR",
        help="Character between groups of digits, as the comma in 1,234.50.",
    ),
    click.option(
        "--unit",
        "units",
        multiple=True,
        metavar="TEXT",
        help="Text before or after numbers, such as $ or %; repeat for several.",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        help="Encoding of the text, such as latin-1.  [default: UTF-8, or UTF-16 by "
        "its byte order mark]",
    ),
    click.option(
        "--header/--no-header",
        default=None,
        help="Whether the first line names the columns; without names they are called "
        "1, 2, …  [default: it does, and one that looks like data is an error]",
    ),
    click.option(
        "--skip-lines",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Lines above the table to skip, such as a title.",
    ),
    click.option(
        "--missing",
        multiple=True,
        metavar="TEXT",
        help="Text that stands for a missing value, besides the empty field and NA, "
        "N/A, NaN, NULL, <NA> and spellings of these; repeat for several.",
    ),
    click.option(
        "--only-missing",
        multiple=True,
        metavar="TEXT",
        help="The same, in place of NA and the others; '' for the empty field alone.",
    ),
    click.option(
        "--infinite-as-missing",
        is_flag=True,
        help="Take infinite values as missing; otherwise they are an error.",
    ),
)

_ESTIMATOR_OPTIONS = (
    click.option(
        "-e",
        "--estimator",
        callback=known_estimator,
        default="auto",
        metavar="NAME",
        help="How information is estimated: plugin (from counts of levels and bins), "
        "knn (without bins) or gaussian_copula.  [default: plugin]",
    ),
    click.option(
        "--bins",
        type=click.IntRange(min=2),
        metavar="N",
        help="Bins of each continuous column, for the plugin estimator.  [default: by "
        "the number of rows]",
    ),
    click.option(
        "--correction",
        type=click.Choice(["none", "permutation", "miller_madow", "shrinkage"]),
        help="What is taken off for chance, which makes columns of many levels look "
        "relevant, for the plugin estimator.  [default: permutation]",
    ),
)


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


def table_options(command: Command) -> Command:
    """Add the options of `TableOptions`, passed on as ``table``."""
    return _grouped(command, "table", TableOptions, _TABLE_OPTIONS)


def estimator_options(command: Command) -> Command:
    """Add the options of `EstimatorOptions`, passed on as ``estimation``."""
    return _grouped(command, "estimation", EstimatorOptions, _ESTIMATOR_OPTIONS)


def _grouped(
    command: Command,
    argument: str,
    record: type[TableOptions] | type[EstimatorOptions],
    options: Sequence[Callable[[Command], Command]],
) -> Command:
    """Add options whose values are passed on as one record."""

    def wrapped(**arguments: Any) -> Any:
        fields = {name: arguments.pop(name) for name in record.__dataclass_fields__}
        return command(**{argument: record(**fields)}, **arguments)

    added: Command = functools.wraps(command)(wrapped)
    for option in reversed(options):
        added = option(added)
    return added


def jobs_option(command: Command) -> Command:
    """Add ``--jobs``."""
    return click.option(
        "-j",
        "--jobs",
        type=int,
        default=-1,
        show_default=True,
        callback=_check_jobs,
        help="Threads or processes, in joblib's meaning: -1 is one a core, -2 one "
        "less. The result does not depend on it.",
    )(command)


def batch_options(command: Command) -> Command:
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


def quiet_option(command: Command) -> Command:
    """Add ``--quiet``."""
    return click.option(
        "-q", "--quiet", is_flag=True, help="Show no progress on stderr."
    )(command)


def _check_jobs(ctx: click.Context, param: click.Parameter, value: int) -> int:
    if value == 0:
        raise click.BadParameter("0 threads do no work; give 1 or more, or -1")
    return value
