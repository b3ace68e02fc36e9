"""How files become a table: the options, and what they are in the commands."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import click

from mifs._cli._options import Command, grouped


@dataclass(frozen=True)
class TableOptions:
    """How a file becomes features and a target."""

    target: str | None = None
    target_kind: str = "auto"
    drop_missing_target: bool = False
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    weights: str | None = None
    keep: tuple[str, ...] = ()
    discrete: tuple[str, ...] = ()
    continuous: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    delimiter: str | None = None
    decimal: str = "."
    thousands: str | None = None
    units: tuple[str, ...] = ()
    encoding: str | None = None
    header: bool | None = None
    skip_lines: int = 0
    missing: tuple[str, ...] = ()
    only_missing: tuple[str, ...] = ()
    infinite_as_missing: bool = False

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
        for option, columns in self._roles():
            if set(columns) & {self.target, self.weights, *self.exclude, *self.keep}:
                raise click.UsageError(
                    f"{option} names a column that is no feature, by another option: "
                    f"{', '.join(map(repr, columns))}"
                )
        if self.weights is not None and self.weights in (self.target, *self.exclude):
            raise click.UsageError(
                f"column {self.weights!r} cannot hold the weights and be the target or "
                "excluded"
            )

    @property
    def declared(self) -> tuple[str, ...]:
        """Columns of which an option says the kind."""
        return (*self.discrete, *self.continuous, *self.text)

    @property
    def grouped(self) -> tuple[str, ...]:
        """Columns of all groups."""
        return tuple(column for _, columns in self.groups for column in columns)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Columns that stay features, whatever they look like."""
        return (*self.declared, *self.include, *self.grouped)

    @property
    def apart(self) -> tuple[str, ...]:
        """Columns that are neither features nor the target."""
        weights = () if self.weights is None else (self.weights,)
        return tuple(dict.fromkeys((*self.exclude, *self.keep, *weights)))

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that a table must have."""
        roles = (self.target, *self.wanted, self.weights, *self.keep)
        return tuple(column for column in roles if column is not None)

    def _roles(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (("--include", self.include), ("--group", self.grouped))

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


def _delimiter(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """Give one character; some have a name, since shells make them hard to type."""
    names = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
    return None if value is None else names.get(value, value)


def _columns(flag: str, help_: str) -> Callable[[Command], Command]:
    """Make an option that names columns."""
    return click.option(*flag.split(), multiple=True, metavar="COLUMN", help=help_)


_ROLES = (
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
    click.option(
        "--infinite-as-missing",
        is_flag=True,
        help="Take infinite values as missing; otherwise they are an error.",
    ),
)

# How a file is written, and which columns hold what.
_DIALECT = (
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
)


def _groups(
    ctx: click.Context, param: click.Parameter, value: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Split NAME=COL,COL; a column that holds a comma stands in quotes."""
    found = []
    for text in value:
        name, equals, listed = text.partition("=")
        columns = next(csv.reader([listed]), [])
        if not (name and equals and columns and all(columns)):
            raise click.BadParameter(
                f"{text!r}: give a name and its columns, as in size=height,width"
            )
        found.append((name, tuple(columns)))
    names = [name for name, _ in found]
    if len(set(names)) < len(names):
        raise click.BadParameter("each group has a name of its own")
    return tuple(found)


_WEIGHTS = click.option(
    "--weights", metavar="COLUMN", help="Column that says how often each row counts."
)
_KEEP = _columns(
    "--keep",
    "Column to write as well, though it is no feature, such as an id; repeat for "
    "several.",
)
_CONSTRAINTS = (
    _columns("--include", "Column to choose first, in this order; repeat for several."),
    click.option(
        "--group",
        "groups",
        multiple=True,
        callback=_groups,
        metavar="NAME=COL,COL",
        help="Columns that are taken or left together; repeat for several groups.",
    ),
)


def table_options(
    *, constraints: bool = False, target: bool = True, keep: bool = False
) -> Callable[[Command], Command]:
    """Add the options of `TableOptions`, passed on as ``table``.

    ``constraints``: those that say which features are chosen first or together;
    ``target``: whether there must be one; ``keep``: columns that pass through.
    """
    options = (
        _target(required=target),
        *_ROLES,
        _WEIGHTS,
        *((_KEEP,) if keep else ()),
        *(_CONSTRAINTS if constraints else ()),
        *_DIALECT,
    )
    return grouped("table", TableOptions, options)


def _target(*, required: bool) -> Callable[[Command], Command]:
    return click.option(
        "-t", "--target", required=required, metavar="COLUMN", help="Column to predict."
    )


dialect_options = grouped("table", TableOptions, _DIALECT)
