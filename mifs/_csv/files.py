"""CSV files as pandas frames, read strictly: an odd file is an error, never a guess.

pandas pads short rows, takes long ones for an index, renames repeated columns and
merges the text "None" with missing values, all without a word. Here each file is
first walked byte by byte (`scan_records`), then parsed by pandas' C engine.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._csv.columns import checked_columns
from mifs._kernels import csv_scan
from mifs.exceptions import MifsWarning

# "None" is absent: it is a level of many real tables (Ames: no masonry veneer).
MISSING = ("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "<NA>")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_CSV = (
    (b"\x1f\x8b", "is compressed by gzip: unpack it, or pipe it in (gunzip -c)"),
    (b"PK\x03\x04", "is a zip archive or an Excel workbook: save the table as CSV"),
    (b"PAR1", "is a Parquet file: save the table as CSV"),
)
_OTHER_DELIMITERS = {";": "';'", "\t": "tab", "|": "'|'", ",": "','"}


@dataclass(frozen=True)
class CSVFormat:
    """How a CSV file is written.

    Parameters
    ----------
    delimiter : str or None, default=None
        One ASCII character between fields. None: tab for files named .tsv or .tab,
        else a comma.
    decimal : str, default="."
        The decimal mark.
    encoding : str or None, default=None
        None: UTF-8, or UTF-16 and UTF-32 where a byte order mark says so.
    missing : sequence of str, default=MISSING
        Texts that stand for a missing value. An empty field always does.

    Raises
    ------
    ValueError
        For a delimiter or a decimal mark that cannot be one, or an unknown encoding.
    """

    delimiter: str | None = None
    decimal: str = "."
    encoding: str | None = None
    missing: Sequence[str] = MISSING

    def __post_init__(self) -> None:
        """Check what pandas would refuse late or in other words."""
        mark = self.delimiter
        if mark is not None and (
            len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in '"\r\n'
        ):
            raise ValueError(
                f"delimiter {mark!r} is not usable: give one ASCII character that is "
                "neither a letter, a digit, a quote nor a newline, such as ';'"
            )
        if self.decimal not in (".", ","):
            raise ValueError(f"decimal mark {self.decimal!r}: give '.' or ','")
        if self.encoding is not None:
            _check_encoding(self.encoding)

    def delimiter_of(self, name: str) -> str:
        """Delimiter of the file ``name``."""
        if self.delimiter is not None:
            delimiter = self.delimiter
        else:
            delimiter = "\t" if name.lower().endswith((".tsv", ".tab")) else ","
        if delimiter == self.decimal:
            raise ValueError(
                f"{name}: {delimiter!r} cannot be both the delimiter and the decimal "
                "mark; give the delimiter (--delimiter ';')"
            )
        return delimiter


def _check_encoding(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise ValueError(
            f"encoding {encoding!r} is unknown; give one that Python knows, such as "
            "utf-8, utf-16, latin-1 or cp1252"
        ) from None


def read_csv(
    path: str | os.PathLike[str], csv_format: CSVFormat | None = None
) -> pd.DataFrame:
    r"""Read a CSV file, or refuse it with the line and the remedy.

    Parameters
    ----------
    path : str or path-like
        The file; ``"-"`` is standard input.
    csv_format : CSVFormat, optional
        How the file is written; a plain CSV in UTF-8 by default.

    Returns
    -------
    DataFrame
        One row a record, one column a name of the first line, types as pandas infers
        them from all rows. Columns without a name are called "Unnamed: 0" and so on,
        with a `MifsWarning`.

    Raises
    ------
    ValueError
        With file, line and remedy: no text, wrong encoding, no header or no rows,
        repeated names, rows of other lengths than the first line, stray quotes.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data.csv")
    ...     _ = path.write_text("length,kind\n1.5,a\n,b\n")
    ...     frame = read_csv(path)
    >>> frame["length"].tolist()
    [1.5, nan]
    """
    csv_format = CSVFormat() if csv_format is None else csv_format
    name = display_name(path)
    delimiter = csv_format.delimiter_of(name)
    data = _utf8_text(_read_bytes(path), csv_format.encoding, name)
    header_end, n_rows = _scan(data, delimiter, name)
    names = _column_names(data[:header_end], delimiter, name)
    stream = io.BytesIO(data)
    stream.seek(header_end)
    frame = _parse(stream, names, delimiter, csv_format, name)
    if frame.shape != (n_rows, len(names)) or not frame.index.equals(
        pd.RangeIndex(n_rows)
    ):
        raise ValueError(
            f"{name}: {n_rows} rows of {len(names)} fields were counted, pandas parsed "
            f"{frame.shape[0]} of {frame.shape[1]}; quote all texts and try again"
        )
    return checked_columns(frame, csv_format.decimal, name)


def display_name(path: str | os.PathLike[str]) -> str:
    """Give the name under which errors speak of a file."""
    return "standard input" if path == "-" else os.fspath(path)


def _read_bytes(path: str | os.PathLike[str]) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    return Path(path).read_bytes()


def _utf8_text(data: bytes, encoding: str | None, name: str) -> bytes:
    """Give ``data`` as UTF-8 without byte order mark, with a newline at the end."""
    for signature, what in _NOT_CSV:
        if data.startswith(signature):
            raise ValueError(f"{name} {what}")
    for mark, marked in _BYTE_ORDER_MARKS:
        if data.startswith(mark) and encoding is None:
            encoding = marked
    if encoding is not None and codecs.lookup(encoding).name != "utf-8":
        data = _decode(data, encoding, name).encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise ValueError(
            f"{name}, line {_line_of(data, data.index(0))}: holds a NUL byte, so it is "
            "no UTF-8 text; if it is UTF-16, say so (--encoding utf-16)"
        )
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    if not data.strip():
        raise ValueError(f"{name} is empty; the first line must name the columns")
    return data if data.endswith(b"\n") else data + b"\n"


def _decode(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
        raise ValueError(
            f"{name}, line {line}: byte 0x{data[error.start]:02x} is not valid "
            f"{encoding}; name the right encoding (such as --encoding latin-1)"
        ) from None


def _line_of(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _scan(data: bytes, delimiter: str, name: str) -> tuple[int, int]:
    """Byte where the header ends and number of rows below it; refuse uneven files."""
    codes = np.frombuffer(data, dtype=np.uint8)
    result = csv_scan.scan_records(codes, _byte_classes(delimiter))
    status, line, fields, width, header_end, records = result
    if width == 1:
        _refuse_other_delimiter(data[:header_end].decode(errors="replace"), name)
    where = f"{name}, line {line}"
    if status == csv_scan.RAGGED:
        few = "few" if fields < width else "many"
        raise ValueError(
            f"{where}: {_count(fields, 'field')}, too {few}: the first line has "
            f"{_count(width, 'field')}; correct the line, or put fields that hold a "
            f"{delimiter!r} in quotes"
        )
    if status == csv_scan.STRAY_QUOTE:
        raise ValueError(
            f"{where}: text follows a closing quote; write quotes inside a quoted "
            'field twice ("")'
        )
    if status == csv_scan.LONE_RETURN:
        # pandas takes it for a newline and then loses an empty field (3.1.1).
        raise ValueError(
            f"{where}: a carriage return that ends no line; put the field that holds "
            "it in quotes, or end all lines alike"
        )
    if status == csv_scan.OPEN_QUOTE:
        raise ValueError(
            f"{where}: the record that starts here opens a quote that never closes"
        )
    if records < 2:
        raise ValueError(f"{name} has a header and no rows; nothing can be scored")
    return header_end, records - 1


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _byte_classes(delimiter: str) -> NDArray[np.uint8]:
    classes = np.full(256, csv_scan.PLAIN, dtype=np.uint8)
    classes[[ord(" "), ord("\t")]] = csv_scan.BLANK
    classes[ord("\r")] = csv_scan.RETURN
    classes[ord("\n")] = csv_scan.NEWLINE
    classes[ord('"')] = csv_scan.QUOTE
    classes[ord(delimiter)] = csv_scan.DELIMITER
    return classes


def _refuse_other_delimiter(header: str, name: str) -> None:
    for mark, spelled in _OTHER_DELIMITERS.items():
        if mark in header:
            raise ValueError(
                f"{name}, header: the only column is {header.strip()!r}; if {spelled} "
                f"separates the fields, say so (--delimiter {spelled})"
            )


def _column_names(header: bytes, delimiter: str, name: str) -> list[str]:
    """Names in the first record, each once; a nameless column gets pandas' name."""
    text = _decode(header, "utf-8", name)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        record = next(r for r in lines if len(r) > 1 or "".join(r).strip())
    except csv.Error as error:
        raise ValueError(f"{name}, header: {error}; shorten the name") from error
    nameless = [i for i, column in enumerate(record) if not column.strip()]
    for i in nameless:
        record[i] = f"Unnamed: {i}"
        warnings.warn(
            f"{name}: column {i + 1} has no name and is called {record[i]!r}; if it "
            "numbers the rows, leave it out (--exclude)",
            MifsWarning,
            stacklevel=3,
        )
    if len(set(record)) < len(record):
        twice = next(column for column in record if record.count(column) > 1)
        places = [str(i + 1) for i, column in enumerate(record) if column == twice]
        raise ValueError(
            f"{name}, header: columns {' and '.join(places)} are all named "
            f"{twice!r}; give each column a name of its own"
        )
    return record


def _parse(
    stream: io.BytesIO,
    names: list[str],
    delimiter: str,
    csv_format: CSVFormat,
    name: str,
) -> pd.DataFrame:
    options: dict[str, Any] = {}
    if tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1):
        # From 3.1 on every float is read exactly, and the option is deprecated.
        options["float_precision"] = "round_trip"
    try:
        return pd.read_csv(
            stream,
            sep=delimiter,
            decimal=csv_format.decimal,
            header=None,
            names=names,
            na_values=["", *csv_format.missing],
            keep_default_na=False,
            low_memory=False,  # else types are inferred by chunk, and may be mixed
            **options,
        )
    except UnicodeDecodeError:
        _decode(stream.getvalue(), "utf-8", name)
        raise
    except pd.errors.ParserError as error:
        raise ValueError(f"{name} does not parse: {error}") from error
