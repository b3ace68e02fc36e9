"""Arguments and options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

Command = Callable[..., Any]


@dataclass(frozen=True)
class TableOptions:
    """How a file becomes features and a target."""

    target: str
    target_kind: str
    exclude: tuple[str, ...]
    delimiter: str | None
    decimal: str
    encoding: str | None
    missing: tuple[str, ...]

    @property
    def discrete_target(self) -> bool | str:
        """The selectors' parameter of that name."""
        kinds: dict[str, bool] = {"discrete": True, "continuous": False}
        return kinds.get(self.target_kind, self.target_kind)

    def read(self, path: str) -> tuple[pd.DataFrame, pd.Series]:
        """Features and target of a file; ValueError or OSError where it is odd."""
        from mifs._csv import files
        from mifs._csv.columns import split_target

        csv_format = files.CSVFormat(
            delimiter=self.delimiter,
            decimal=self.decimal,
            encoding=self.encoding,
            missing=self.missing or files.MISSING,
        )
        frame = files.read_csv(path, csv_format)
        name = files.display_name(path)
        return split_target(frame, self.target, self.exclude, name)


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


def feature_count(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> int | str | None:
    """Give a number of features, "all", or None where nothing was asked for."""
    if value is None or value == "all":
        return value
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter(
            f"{value!r} is no number of features; give 1 or more, or 'all'"
        )
    return int(value)


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
        "-x",
        "--exclude",
        multiple=True,
        metavar="COLUMN",
        help="Column to leave out, such as a row number; repeat for several.",
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
        "--encoding",
        metavar="NAME",
        help="Encoding of the text, such as latin-1.  [default: UTF-8, or UTF-16 by "
        "its byte order mark]",
    ),
    click.option(
        "--missing",
        multiple=True,
        metavar="TEXT",
        help="Text that stands for a missing value, besides the empty field; repeat "
        "for several.  [default: NA, N/A, NaN, NULL, <NA> and spellings of these]",
    ),
)


def table_options(command: Command) -> Command:
    """Add the options of `TableOptions`, passed on as ``table``."""

    @functools.wraps(command)
    def wrapped(**arguments: Any) -> Any:
        names = TableOptions.__dataclass_fields__
        table = TableOptions(**{name: arguments.pop(name) for name in names})
        return command(table=table, **arguments)

    for option in reversed(_TABLE_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def jobs_option(command: Command) -> Command:
    """Add ``--jobs``."""
    return click.option(
        "-j",
        "--jobs",
        type=int,
        default=-1,
        show_default=True,
        callback=_check_jobs,
        help="Threads, in joblib's meaning: -1 is one a core, -2 one less. The result "
        "does not depend on it.",
    )(command)


def _check_jobs(ctx: click.Context, param: click.Parameter, value: int) -> int:
    if value == 0:
        raise click.BadParameter("0 threads do no work; give 1 or more, or -1")
    return value
