"""How a CSV file is written."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from mifs._csv.findings import CSVError

# "None" is absent: it is a level of many real tables (Ames: no masonry veneer).
MISSING = ("NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-nan", "NULL", "null", "<NA>")


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
    thousands : str or None, default=None
        Character between groups of digits, as in 1,234.50.
    units : sequence of str, default=()
        Texts before or after numbers, such as "$" or "%".
    encoding : str or None, default=None
        None: UTF-8, or UTF-16 and UTF-32 where a byte order mark says so.
    missing : sequence of str, default=MISSING
        Texts that stand for a missing value. An empty field always does. In a column
        of numbers one that is a number stands for all of its value: -99 for -99.0.
    header : bool or None, default=None
        Whether the first line names the columns; they are called "1", "2", … if not.
        None: it does, and a first line that looks like data is an error.
    skip_lines : int, default=0
        Lines above the table, such as a title.
    text : sequence of str, default=()
        Columns kept as text, even if they look like numbers.
    numbers : sequence of str, default=()
        Columns read as numbers, even if they look like codes such as 007.

    Raises
    ------
    ValueError
        For a character that cannot be what it is said to be, or an unknown encoding.
    """

    delimiter: str | None = None
    decimal: str = "."
    thousands: str | None = None
    units: Sequence[str] = ()
    encoding: str | None = None
    missing: Sequence[str] = MISSING
    header: bool | None = None
    skip_lines: int = 0
    text: Sequence[str] = ()
    numbers: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check what pandas would refuse late or in other words."""
        if self.delimiter is not None and not _separates(self.delimiter, '"\r\n'):
            raise ValueError(
                f"delimiter {self.delimiter!r} is not usable: give one ASCII character "
                "that is neither a letter, a digit, a quote nor a newline, such as ';'"
            )
        if self.decimal not in (".", ","):
            raise ValueError(f"decimal mark {self.decimal!r}: give '.' or ','")
        self._check_thousands()
        if any(not unit.strip() or any(map(str.isdigit, unit)) for unit in self.units):
            raise ValueError(
                f"units {list(self.units)}: give texts without digits, such as '$'"
            )
        if self.skip_lines < 0:
            raise ValueError(f"skip_lines {self.skip_lines}: give 0 or more")
        if self.encoding is not None:
            _check_encoding(self.encoding)

    def _check_thousands(self) -> None:
        mark = self.thousands
        if mark is None:
            return
        if len(mark) != 1 or mark.isalnum() or mark in '"\r\n+-':
            raise ValueError(
                f"thousands mark {mark!r} is not usable: give one character, such as "
                "',' or '.'"
            )
        if mark == self.decimal:
            raise ValueError(
                f"{mark!r} cannot be both the thousands mark and the decimal mark"
            )

    @property
    def missing_texts(self) -> set[str]:
        """Texts of missing values; pandas takes 1 for 1.0, and the reverse, too."""
        whole = [int(value) for value in self.missing_numbers if value.is_integer()]
        return {"", *self.missing, *map(str, whole), *(f"{each}.0" for each in whole)}

    @property
    def missing_numbers(self) -> list[float]:
        """Numbers that stand for a missing value in columns of numbers."""
        texts = {*self.missing, *(t.replace(self.decimal, ".") for t in self.missing)}
        read = [value for text in texts if (value := _number(text)) is not None]
        return [value for value in read if value == value]

    def delimiter_of(self, name: str) -> str:
        """Delimiter of the file ``name``."""
        if self.delimiter is not None:
            delimiter = self.delimiter
        else:
            tabs = (".tsv", ".tab", *(f".tsv.{s}" for s in ("gz", "bz2", "xz", "zst")))
            delimiter = "\t" if name.lower().endswith(tabs) else ","
        if delimiter == self.decimal:
            raise CSVError(
                f"{delimiter!r} cannot be both the delimiter and the decimal mark; "
                "give the delimiter",
                name,
                "delimiter",
                value=";",
            )
        return delimiter


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _separates(mark: str, never: str) -> bool:
    return (
        len(mark) == 1 and mark.isascii() and not mark.isalnum() and mark not in never
    )


def _check_encoding(encoding: str) -> None:
    known = "give one that Python knows, such as utf-8, utf-16, latin-1 or cp1252"
    try:
        codecs.lookup(encoding)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        raise ValueError(f"encoding {encoding!r} is unknown; {known}") from None
    try:
        b"a".decode(encoding)
    except LookupError:  # rot13, hex and others that turn text into text
        raise ValueError(
            f"encoding {encoding!r} is not an encoding of text; {known}"
        ) from None
    except UnicodeError:  # one byte is too few for UTF-16
        pass
