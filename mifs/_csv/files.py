"""CSV files as pandas frames, read strictly: an odd file is an error, never a guess.

pandas pads short rows, takes long ones for an index, renames repeated columns, makes
numbers of codes such as 007 and merges the text "None" with missing values, all
without a word. Here each file is first walked byte by byte (`find_layout`), then
parsed by pandas' C engine.
"""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from mifs._csv.columns import checked_columns
from mifs._csv.findings import CSVError, count
from mifs._csv.format import CSVFormat
from mifs._csv.header import column_names
from mifs._csv.layout import Layout, code_columns, find_layout
from mifs._csv.marked import CODE, exact_floats, without_missing
from mifs._csv.source import decode, display_name, read_text


@dataclass(frozen=True)
class _Part:
    """The text of one file, below the lines that are skipped, found even."""

    name: str
    data: bytes
    delimiter: str
    layout: Layout
    names: list[str]
    start: int  # where its first row is

    @property
    def n_rows(self) -> int:
        return self.layout.n_records - (self.start > 0)

    @property
    def rows(self) -> bytes:
        return self.data[self.start :] if self.start else self.data


def read_csv(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    csv_format: CSVFormat | None = None,
) -> pd.DataFrame:
    r"""Read a CSV file, or refuse it with the line and the remedy.

    A column in which any value has a leading zero, a leading plus or more than 15
    digits is text: a number would not keep them.

    Parameters
    ----------
    path : str, path-like or sequence of these
        The file, which may be packed by gzip, bzip2, xz or zstd; ``"-"`` is standard
        input. Several files are one table; the types are those of all rows.
    csv_format : CSVFormat, optional
        How the file is written; a plain CSV in UTF-8 by default.

    Returns
    -------
    DataFrame
        One row a record, one column a name of the first line, types as pandas infers
        them from all rows. Columns without a name are called "Unnamed: 0" and so on,
        with a `CSVWarning`.

    Raises
    ------
    CSVError
        With file, line and remedy: no text, wrong encoding, no header or no rows,
        repeated names, rows of other lengths than the first line, stray quotes, other
        columns than in the first file. It is a ValueError.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data.csv")
    ...     _ = path.write_text("length,kind,code\n1.5,a,007\n,b,7\n")
    ...     frame = read_csv(path)
    >>> frame["length"].tolist()
    [1.5, nan]
    >>> frame["code"].tolist()
    ['007', '7']
    """
    csv_format = CSVFormat() if csv_format is None else csv_format
    paths = [path] if isinstance(path, str | os.PathLike) else path
    parts = [_part(each, csv_format) for each in paths]
    for part in parts[1:]:
        _check_schema(parts[0], part)
    names, name = parts[0].names, several([part.name for part in parts])
    n_rows = sum(part.n_rows for part in parts)
    codes = {code for part in parts for code in _codes(part, csv_format)}
    frame = _parse(parts, csv_format, name, codes)
    spelled = [text for text in csv_format.missing if CODE.match(text)]
    if spelled and codes:
        # A missing value such as -099 must not make text of a column of numbers.
        codes = {
            c for c in codes if frame[c].dropna().astype(str).str.match(CODE).any()
        }
        frame = _parse(parts, csv_format, name, codes)
    if frame.shape != (n_rows, len(names)) or not frame.index.equals(
        pd.RangeIndex(n_rows)
    ):
        raise CSVError(
            f"{n_rows} rows of {len(names)} fields were counted, pandas parsed "
            f"{frame.shape[0]} of {frame.shape[1]}; quote all texts and try again",
            name,
            "quote",
        )
    codes = codes - set(csv_format.numbers)
    frame = checked_columns(frame, csv_format, name, codes)
    return _without_missing(frame, csv_format)


def _without_missing(frame: pd.DataFrame, csv_format: CSVFormat) -> pd.DataFrame:
    """Take numbers that stand for a missing value out of columns of numbers.

    pandas does so as it parses, but not where a text is written in another way.
    """
    missing, found = csv_format.missing_numbers, {}
    for column in frame.select_dtypes("number") if missing else ():
        values = frame[column].to_numpy()
        kept = without_missing(values, missing)
        if kept is not values:
            found[column] = kept
    return frame.assign(**found) if found else frame


def several(names: Sequence[str]) -> str:
    """Name one file, or the first of several and how many more there are."""
    more = len(names) - 1
    return names[0] + (f" and {count(more, 'file')} more" if more else "")


def _part(path: str | os.PathLike[str], csv_format: CSVFormat) -> _Part:
    name = display_name(path)
    delimiter = csv_format.delimiter_of(name)
    data = _below(read_text(path, csv_format.encoding), csv_format.skip_lines, name)
    layout = find_layout(data, delimiter, name, csv_format.skip_lines)
    names = column_names(data, layout.header_end, csv_format, delimiter, name)
    start = 0 if csv_format.header is False else layout.header_end
    part = _Part(name, data, delimiter, layout, names, start)
    if part.n_rows == 0:
        raise CSVError("has a header and no rows; nothing can be read", name, "empty")
    return part


def _check_schema(first: _Part, part: _Part) -> None:
    """Refuse a file of other columns than the first of the table.

    Raises
    ------
    CSVError
        It names the file and the first column that differs.
    """
    same = "files of one table have the same columns in the same order"
    if part.delimiter != first.delimiter:
        raise CSVError(
            f"has {part.delimiter!r} between its fields where {first.name} has "
            f"{first.delimiter!r}; save them alike, or name the delimiter",
            part.name,
            "delimiter",
            value=first.delimiter,
        )
    if part.names == first.names:
        return
    missing = [c for c in first.names if c not in part.names]
    extra = [c for c in part.names if c not in first.names]
    if missing:
        fact = f"has no column {missing[0]!r}, which {first.name} has; {same}"
    elif extra:
        fact = f"has a column {extra[0]!r}, which {first.name} has not; {same}"
    else:
        pairs = zip(part.names, first.names, strict=True)
        own, other = next(pair for pair in pairs if pair[0] != pair[1])
        fact = f"has column {own!r} where {first.name} has {other!r}; {same}"
    column = (missing or extra or [""])[0] or None
    raise CSVError(fact, part.name, "name", column=column)


def _below(data: bytes, skip_lines: int, name: str) -> bytes:
    """Leave out the first lines."""
    start = 0
    for _ in range(skip_lines):
        start = data.find(b"\n", start) + 1
        if start == 0 or start == len(data):
            raise CSVError(
                f"has no more than {skip_lines} lines, and all of them were skipped",
                name,
                "empty",
            )
    return data[start:] if start else data


def _codes(part: _Part, csv_format: CSVFormat) -> set[str]:
    """Columns that hold codes, and so are read as text, if only to become numbers.

    pandas would merge whole numbers beside gaps without a word.
    """
    mask = code_columns(part.data, part.delimiter, part.layout)
    if part.start == 0:
        first = Layout(1, 1, part.layout.width)
        head = b"\n" + part.data[: part.layout.header_end]
        mask = mask | code_columns(head, part.delimiter, first)
    coded = {part.names[j] for j in mask.nonzero()[0].tolist()}
    return coded - set(csv_format.text)


def _parse(
    parts: Sequence[_Part], csv_format: CSVFormat, name: str, codes: Collection[str]
) -> pd.DataFrame:
    names = parts[0].names
    if len(parts) == 1:
        stream = io.BytesIO(parts[0].data)
        stream.seek(parts[0].start)
    else:  # text in one file makes text of the column in all
        stream = io.BytesIO(b"".join(part.rows for part in parts))
    as_text = [c for c in names if c in codes or c in csv_format.text]
    try:
        return pd.read_csv(
            stream,
            sep=parts[0].delimiter,
            decimal=csv_format.decimal,
            header=None,
            names=names,
            dtype=dict.fromkeys(as_text, str) or None,
            na_values=["", *csv_format.missing],
            keep_default_na=False,
            low_memory=False,  # else types are inferred by chunk, and may be mixed
            **exact_floats(),
        )
    except UnicodeDecodeError:
        for part in parts:
            decode(b"\n" * csv_format.skip_lines + part.data, "utf-8", part.name)
        raise
    except pd.errors.ParserError as error:
        raise CSVError(f"does not parse: {error}", name, "quote") from error
