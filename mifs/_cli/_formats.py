"""Results as text or bytes: table, CSV, TSV, JSON, Markdown, Parquet."""

from __future__ import annotations

import io
import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mifs._cli._messages import is_tty

if TYPE_CHECKING:
    import pandas as pd

# What a spreadsheet takes for a formula, behind apostrophes that shield one, unless it
# is a number or a mark alone (OWASP, "CSV Injection"; ASVS 5.0, 1.2.10).
_FORMULA = re.compile(r"'*(\s*[=+\-@＝＋－＠]|[\t\r\n\0])")
_HARMLESS = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]", re.ASCII)
FORMATS = ("table", "csv", "tsv", "json", "md", "parquet")
# "table" is what people read, and has no suffix of its own but .txt.
_SUFFIXES = {f".{name}": name for name in FORMATS[1:]} | {".txt": "table"}


def format_of(path: str, formats: Sequence[str] = FORMATS) -> str | None:
    """Give the format by the suffix of a file, or None where it has no suffix.

    Raises
    ------
    ValueError
        For a suffix that is not known; those that are known are listed.
    """
    suffix = Path(path).suffix.lower()
    known = {end: name for end, name in _SUFFIXES.items() if name in formats}
    if suffix and suffix not in known:
        raise ValueError(
            f"the suffix {suffix!r} of '{path}' is unknown; known: "
            f"{', '.join(known)}; or say the format (--format)"
        )
    return known.get(suffix)


def check_writable_format(format_: str) -> None:
    """Refuse Parquet where neither pyarrow nor polars is installed."""
    from importlib.util import find_spec

    if format_ == "parquet" and not (find_spec("pyarrow") or find_spec("polars")):
        raise click.UsageError(
            "Parquet needs pyarrow or polars; install one (pip install 'mifs[files]'), "
            "or choose another format"
        )


def render(
    frame: pd.DataFrame, format_: str, caption: str, *, on_terminal: bool
) -> bytes:
    """Give the file as it is written; the caption stands under a table for people."""
    if format_ == "parquet":
        return _parquet(frame)
    if format_ == "json":
        return _json(frame).encode()
    if format_ in ("csv", "tsv"):
        delimiter = {"csv": ",", "tsv": "\t"}[format_]
        texts = {
            name: [shield(cell) if isinstance(cell, str) else cell for cell in column]
            for name, column in frame.items()
            if column.dtype.kind not in "iufb"
        }
        frame = frame.assign(**texts)
        text: str = frame.to_csv(index=False, lineterminator="\n", sep=delimiter)
        return text.encode()
    if format_ == "md":
        return _markdown(frame, caption).encode()
    # A terminal may know fewer letters than UTF-8 has.
    encoding = getattr(sys.stdout, "encoding", None) if on_terminal else None
    return _table(frame, caption, on_terminal).encode(
        encoding or "utf-8", errors="replace"
    )


def shield(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    Before a text that has one already, too: to take one from each such text gives back
    what it was.
    """
    formula = _FORMULA.match(text) and not _HARMLESS.fullmatch(text)
    return f"'{text}" if formula else text


def _parquet(frame: pd.DataFrame) -> bytes:
    from importlib.util import find_spec

    buffer = io.BytesIO()
    if find_spec("pyarrow"):
        frame.to_parquet(buffer, index=False)
    else:
        import polars as pl

        columns = {name: frame[name].tolist() for name in frame.columns}
        pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def _json(frame: pd.DataFrame) -> str:
    import json

    records = [
        {key: None if _is_nan(value) else value for key, value in record.items()}
        for record in frame.to_dict("records")
    ]
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _markdown(frame: pd.DataFrame, caption: str) -> str:
    numeric = [frame[column].dtype.kind in "iuf" for column in frame.columns]
    rows = [
        list(frame.columns),
        ["---:" if number else "---" for number in numeric],
        *([_cell(v) for v in record] for record in frame.itertuples(index=False)),
    ]
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join([*(f"| {line} |" for line in lines), "", caption, ""])


def _table(frame: pd.DataFrame, caption: str, on_terminal: bool) -> str:
    """Draw a table: as wide as the terminal, else as wide as its longest names."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    is_terminal = on_terminal and is_tty(sys.stdout)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in frame.columns:
        numeric = frame[column].dtype.kind in "iuf"
        table.add_column(
            Text(column),
            justify="right" if numeric else "left",
            no_wrap=numeric,
            overflow="fold",
        )
    for record in frame.itertuples(index=False):
        table.add_row(*(Text(_cell(value)) for value in record))
    buffer = io.StringIO()
    width = None if is_terminal else 1_000_000
    console = Console(file=buffer, width=width, force_terminal=is_terminal)
    console.print(table)
    lines = [line.rstrip() for line in buffer.getvalue().splitlines()]
    return "\n".join([*lines, "", caption, ""])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:.6f}"
    text = str(value)
    # A newline or an escape sequence in a name would break the table or the terminal.
    return text if text.isprintable() else repr(text)[1:-1]
