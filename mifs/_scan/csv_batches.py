"""A CSV file in batches of typed columns.

polars splits the text into fields and reads plain numbers; what it does not read is
parsed as the reader of whole files parses it, so that both give the same values.
Without polars, or where polars takes lines otherwise, pandas splits the text.

A column is whole numbers, then floats, then text, as its values come. Text that comes
after numbers makes text of all of them: such a column is read a second time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray
from mifs._csv.files import CODE
from mifs._csv.findings import CSVError
from mifs._csv.format import CSVFormat
from mifs._csv.marked import parse_numbers, unmarked
from mifs._csv.plain import PlainText
from mifs._data.frames import arrow_column
from mifs._data.values import Column, factorize

# Rows that pandas reads at once, and texts that tell whether others are worth a look.
ROWS, FEW = 50_000, 20
UNKNOWN, WHOLE, FLOAT, TEXT = range(4)
FLAGS = {"True": True, "TRUE": True, "true": True}
FLAGS |= {"False": False, "FALSE": False, "false": False}


# What pandas would not take for one field.
_WHOLE = re.compile(r"\s*[+-]?\d+\s*")
_NO_NUMBER = re.compile(r'[\n\r\x1f"]|^\s*$')
# Letters that no number has: not those of "inf", "infinity", "nan" and exponents.
_LETTERS = re.compile(r"(?i:[b-dghj-mo-su-xz])", re.ASCII)
# What pandas certainly takes for a number; to ask it costs 2 ms a column.
_PLAIN = re.compile(r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)


class Resplit(Exception):
    """polars takes this text otherwise than pandas."""


@dataclass
class Reader:
    """Turns the fields of a file into columns, and learns what these are.

    Attributes
    ----------
    names : list of str
    csv_format : CSVFormat
    kinds : list of int
        Whole numbers, floats or text, as far as is known.
    name : str
        The file, in errors.
    spoilt : set of int
        Columns of text of which some values were read as numbers.
    suspects : set of int
        Columns in which something looks like a code, perhaps a missing value only.
    """

    names: list[str]
    csv_format: CSVFormat
    kinds: list[int]
    name: str
    spoilt: set[int] = field(default_factory=set)
    suspects: set[int] = field(default_factory=set)

    @property
    def missing(self) -> set[str]:
        """Texts that stand for a missing value."""
        return {"", *self.csv_format.missing}

    @property
    def plain(self) -> bool:
        """Whether numbers are written as polars reads them."""
        form = self.csv_format
        return form.decimal == "." and not (form.thousands or form.units)

    def column(self, place: int, texts: Any, numbers: Any = None) -> Column:
        """Read a column of texts; ``numbers`` is what polars made of it."""
        if self.kinds[place] == TEXT:
            return self._labels(texts)
        values = self._numbers(place, texts, numbers)
        if values is not None:
            if self.kinds[place] != UNKNOWN or not _all_missing(values):
                whole = values.dtype.kind == "i" and self.kinds[place] != FLOAT
                self.kinds[place] = WHOLE if whole else FLOAT
            return values, values.dtype.kind
        if self.names[place] in self.csv_format.numbers:
            raise self._no_number(place, texts)
        if self.kinds[place] != UNKNOWN:
            self.spoilt.add(place)
        self.kinds[place] = TEXT
        return self._labels(texts)

    def _numbers(self, place: int, texts: Any, numbers: Any) -> AnyArray | None:
        """Give the numbers that texts stand for; None where one is no number."""
        if place in self.suspects and self._holds_codes(texts):
            return None
        if numbers is None:
            return self._parsed(texts)
        read: AnyArray = numbers.to_numpy()
        if numbers.null_count() == texts.null_count() and not _has_nan(numbers):
            return read
        unread = numbers.is_null() & texts.is_not_null()
        if numbers.dtype.is_float():
            unread |= numbers.is_nan().fill_null(False)
        if numbers.dtype.is_integer() and self._start_well(texts.filter(unread)):
            return self._numbers(place, texts, texts.cast(float, strict=False))
        at = unread.to_numpy()
        parsed = self._parsed(texts.filter(unread))
        if parsed is None:
            return None
        mended = read.astype(np.float64)
        mended[at] = parsed
        return mended

    def _holds_codes(self, texts: Any) -> bool:
        present = set(_objects(texts).dropna()) - self.missing
        return any(map(CODE.match, present))

    def _start_well(self, texts: Any) -> bool:
        """Whether the first of some texts are numbers."""
        few = [text for text in texts[:FEW] if text is not None]
        if self.csv_format.decimal == "." and all(map(_PLAIN.fullmatch, few)):
            return True
        return self._parse(few) is not None

    def _parsed(self, texts: Any) -> AnyArray | None:
        """Parse texts as the reader of whole files does; None: one is no number."""
        codes, distinct = pd.factorize(_objects(texts))
        if len(distinct) > FEW and not self._start_well(distinct):
            return None
        values = self._parse(distinct)
        if values is None:
            return None
        if len(codes) and codes.min() < 0:
            values = np.append(values.astype(float), np.nan)  # code -1 is the last
        numbers: AnyArray = values[codes]
        return numbers

    def _parse(self, distinct: Iterable[str]) -> AnyArray | None:
        form, missing, distinct = self.csv_format, self.missing, list(distinct)
        present = [text for text in distinct if text not in missing]
        if not present:
            return np.full(len(distinct), np.nan)
        if any(map(_NO_NUMBER.search, present)):
            return None
        if not form.units and any(map(_LETTERS.search, present)):
            return None
        if form.units or form.thousands:
            values = unmarked(pd.Series(present, dtype=object), form).to_numpy()
        else:
            values = parse_numbers(present, form.decimal)
        if values.dtype.kind not in "if":
            if not all(map(_WHOLE.fullmatch, present)):
                return None
            values = np.array(list(map(float, present)))  # beyond 64 bits
        if len(present) == len(distinct):
            return np.asarray(values)
        found = np.full(len(distinct), np.nan)
        found[[text not in missing for text in distinct]] = values
        return found

    def _labels(self, texts: Any) -> Column:
        subject = f"column of {self.name}"
        if isinstance(texts, pd.Series):
            codes, labels = factorize(texts.to_numpy(dtype=object), subject)
        else:
            (codes, labels), _ = arrow_column(texts.to_arrow(), subject)
        gone = [label in self.missing for label in labels]
        if any(gone):
            table = np.append(np.where(gone, -1, np.arange(len(labels))), -1)
            codes = table[codes]
        return (codes, labels), "labels"

    def _no_number(self, place: int, texts: Any) -> CSVError:
        """Error for a text in a column that is to be read as numbers."""
        column, shown = self.names[place], ""
        for text in pd.unique(_objects(texts).dropna()):
            if text not in self.missing and self._parse([str(text)]) is None:
                shown = str(text)
                break
        return CSVError(
            f"column {column!r} is to be read as numbers, but {shown!r} is none; if "
            "it stands for a missing value, say so",
            self.name,
            "missing",
            column=column,
            value=shown,
        )


def _objects(texts: Any) -> pd.Series:
    if isinstance(texts, pd.Series):
        return texts
    return pd.Series(texts.to_list(), dtype=object)


def _has_nan(numbers: Any) -> bool:
    return numbers.dtype.is_float() and bool(numbers.is_nan().any())


def _all_missing(values: AnyArray) -> bool:
    return values.dtype.kind == "f" and bool(np.isnan(values).all())


def batches(
    text: PlainText,
    delimiter: str,
    header_end: int,
    reader: Reader,
    wanted: Collection[int],
    polars: bool,
) -> Iterator[dict[int, Column]]:
    """Read some columns of a text, so many rows at a time.

    Raises
    ------
    Resplit
        polars takes the text otherwise; nothing that it gave may be used.
    CSVError
        A value that is no number in a column that is to be read as numbers.
    """
    split = _by_polars if polars else _by_pandas
    return split(text, delimiter, header_end, reader, sorted(wanted))


def _by_polars(
    text: PlainText, delimiter: str, header_end: int, reader: Reader, wanted: list[int]
) -> Iterator[dict[int, Column]]:
    import polars as pl

    names = list(map(str, range(len(reader.names))))
    frames = pl.scan_csv(
        text.path,
        separator=delimiter,
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        skip_rows=int(header_end > 0),
        null_values=list(reader.csv_format.missing),
        glob=False,
    ).select(names[place] for place in wanted)
    try:
        for frame in frames.collect_batches(chunk_size=ROWS, engine="streaming"):
            yield _read_polars(frame, reader, wanted)
    except pl.exceptions.PolarsError as error:
        raise Resplit from error


def _read_polars(frame: Any, reader: Reader, wanted: list[int]) -> dict[int, Column]:
    """Read a batch: polars parses plain numbers, all columns side by side."""
    import polars as pl

    types = {UNKNOWN: pl.Int64, WHOLE: pl.Int64, FLOAT: pl.Float64}
    casts = [
        pl.col(str(place)).cast(types[reader.kinds[place]], strict=False)
        for place in wanted
        if reader.plain and reader.kinds[place] != TEXT
    ]
    found = frame.select(casts).get_columns() if casts else []
    numbers = {int(column.name): column for column in found}
    texts = zip(wanted, frame.get_columns(), strict=True)
    return {
        place: reader.column(place, text, numbers.get(place)) for place, text in texts
    }


def _by_pandas(
    text: PlainText, delimiter: str, header_end: int, reader: Reader, wanted: list[int]
) -> Iterator[dict[int, Column]]:
    with text.path.open("rb") as file:
        file.seek(header_end)
        try:
            frames = pd.read_csv(
                file,
                sep=delimiter,
                header=None,
                names=range(len(reader.names)),
                usecols=wanted,
                dtype=object,
                na_values=["", *reader.csv_format.missing],
                keep_default_na=False,
                chunksize=ROWS,
            )
            for frame in frames:
                yield {place: reader.column(place, frame[place]) for place in wanted}
        except pd.errors.ParserError as error:
            fact = f"does not parse: {error}"
            raise CSVError(fact, reader.name, "quote") from error


def flags(labels: list[Any]) -> list[Any]:
    """Labels as booleans, where all of them are such texts."""
    if labels and all(label in FLAGS for label in labels):
        return [FLAGS[label] for label in labels]
    return labels
