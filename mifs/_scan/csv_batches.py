"""A CSV file in batches of typed columns.

A kernel splits the text into fields and reads plain numbers; what it does not read is
parsed as the reader of whole files parses it, so that both give the same values.

A column is whole numbers, then floats, then text, as its values come. Text that comes
after numbers makes text of all of them: such a column is read a second time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray
from mifs._csv.columns import no_number, refuse_same_floats
from mifs._csv.format import CSVFormat
from mifs._csv.marked import CODE, numbers_of, unmarked, without_missing
from mifs._csv.plain import PlainText
from mifs._data.values import Column, factorize
from mifs._scan.fields import FieldReader, Fields, Span, ahead

# Texts that tell whether others are worth a look.
FEW = 20
UNKNOWN, WHOLE, FLOAT, TEXT = range(4)
FLAGS = {"True": True, "TRUE": True, "true": True}
FLAGS |= {"False": False, "FALSE": False, "false": False}


# Letters that no number has: not those of "inf", "infinity", "nan" and exponents.
_LETTERS = re.compile(r"(?i:[b-dghj-mo-su-xz])", re.ASCII)
# What pandas certainly takes for a number; to ask it costs 2 ms a column.
_PLAIN = re.compile(r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)


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
    many : set of int
        Columns that have many different texts.
    """

    names: list[str]
    csv_format: CSVFormat
    kinds: list[int]
    name: str
    spoilt: set[int] = field(default_factory=set)
    suspects: set[int] = field(default_factory=set)
    many: set[int] = field(default_factory=set)

    @cached_property
    def missing(self) -> set[str]:
        """Texts that stand for a missing value."""
        return self.csv_format.missing_texts

    @cached_property
    def missing_numbers(self) -> list[float]:
        """Numbers that stand for a missing value."""
        return self.csv_format.missing_numbers

    @property
    def plain(self) -> bool:
        """Whether numbers are written as the kernel reads them."""
        return not (self.csv_format.thousands or self.csv_format.units)

    def numeric(self, place: int) -> bool:
        """Whether the kernel is to look for numbers in a column."""
        plain = self.plain and place not in self.suspects
        return plain and self.kinds[place] != TEXT

    def column(self, place: int, fields: Fields) -> Column | None:
        """Read a column; None: it must be split again, by what is known now."""
        if self.kinds[place] == TEXT:
            if fields.values is not None:
                return None
            if not fields.complete:
                self.many.add(place)
                return None
            return self._labels(fields)
        if not fields.complete and self._start_well(fields.texts):
            self.many.add(place)
            return None
        read = self._numbers(place, fields) if fields.complete else None
        if read is not None:
            values = without_missing(read, self.missing_numbers)
            if values.dtype.kind == "f":
                refuse_same_floats(self.names[place], fields.texts, self.name)
            if self.kinds[place] != UNKNOWN or not _all_missing(read):
                whole = values.dtype.kind == "i" and self.kinds[place] != FLOAT
                self.kinds[place] = WHOLE if whole else FLOAT
            return values, values.dtype.kind
        if self.names[place] in self.csv_format.numbers:
            return self._truths(place, fields), "f"
        if self.kinds[place] != UNKNOWN:
            self.spoilt.add(place)
        self.kinds[place] = TEXT
        return self.column(place, fields)

    def _numbers(self, place: int, fields: Fields) -> AnyArray | None:
        """Give the numbers that fields stand for; None where one is no number."""
        if place in self.suspects and self._holds_codes(fields.texts):
            return None
        values, codes = fields.values, fields.codes
        if codes is None:
            assert values is not None
            mixed = not fields.whole or self.kinds[place] == FLOAT
            return values if mixed else values.astype(np.int64)
        parsed = self._parsed(fields.texts)
        if parsed is None:
            return None
        if values is None:
            # Code -1 is the last.
            gaps = bool(len(codes)) and codes.min() < 0
            read = np.append(parsed.astype(float), np.nan) if gaps else parsed
            return np.asarray(read[codes])
        at = codes >= 0
        values[at] = 0
        mended = values.astype(parsed.dtype if fields.whole else np.float64)
        mended[at] = parsed[codes[at]]
        return mended

    def _holds_codes(self, texts: Iterable[str]) -> bool:
        return any(map(CODE.match, set(texts) - self.missing))

    def _start_well(self, texts: list[str]) -> bool:
        """Whether the first of some texts are numbers."""
        few = texts[:FEW]
        if self.csv_format.decimal == "." and all(map(_PLAIN.fullmatch, few)):
            return True
        return self._parse(few) is not None

    def _parsed(self, texts: list[str]) -> AnyArray | None:
        """Parse texts as the reader of whole files does; None: one is no number."""
        if len(texts) > FEW and not self._start_well(texts):
            return None
        return self._parse(texts)

    def _parse(self, distinct: Iterable[str]) -> AnyArray | None:
        form, missing, distinct = self.csv_format, self.missing, list(distinct)
        present = [text for text in distinct if text not in missing]
        if not present:
            return np.full(len(distinct), np.nan)
        if not form.units and any(map(_LETTERS.search, present)):
            return None
        values = numbers_of(present, form.decimal)
        if values is None and (form.units or form.thousands):
            values = unmarked(pd.Series(present, dtype=object), form).to_numpy()
        if values is None or values.dtype.kind not in "if":
            return None
        if len(present) == len(distinct):
            return np.asarray(values)
        found = np.full(len(distinct), np.nan)
        found[[text not in missing for text in distinct]] = values
        return found

    def _labels(self, fields: Fields) -> Column:
        texts = np.array(fields.texts, dtype=object)
        ranks, labels = factorize(texts, f"column of {self.name}")
        gone = np.array([label in self.missing for label in labels], np.bool_)
        # Code -1, for what is empty, is the last.
        table = np.append(np.where(gone[ranks], -1, ranks), -1).astype(np.int32)
        return (table[fields.codes], labels), "labels"

    def _truths(self, place: int, fields: Fields) -> AnyArray:
        """Give 1 and 0 for the booleans of a column that is to be read as numbers.

        Raises
        ------
        CSVError
            It holds something else.
        """
        values, codes, texts = fields.values, fields.codes, fields.texts
        present = [text for text in texts if text not in self.missing]
        alone = values is None or _all_missing(values)
        if codes is None or not (alone and all(text in FLAGS for text in present)):
            decimal = self.csv_format.decimal
            wrong = (text for text in present if numbers_of([text], decimal) is None)
            raise no_number(self.names[place], next(wrong, present[0]), self.name)
        # Code -1, for what is empty, is the last.
        return np.array([*(FLAGS.get(text, np.nan) for text in texts), np.nan])[codes]


def _all_missing(values: AnyArray) -> bool:
    return values.dtype.kind == "f" and bool(np.isnan(values).all())


def batches(
    text: PlainText,
    delimiter: str,
    spans: Iterable[Span],
    reader: Reader,
    wanted: Collection[int],
    n_threads: int,
) -> Iterator[dict[int, Column]]:
    """Read some columns of a text, so many rows at a time.

    Raises
    ------
    CSVError
        A value that is no number in a column that is to be read as numbers.
    """
    width, decimal = len(reader.names), reader.csv_format.decimal
    split = FieldReader(text, delimiter, decimal, width).read

    def fields(span: Span, places: list[int]) -> tuple[Span, dict[int, Fields]]:
        numeric = list(map(reader.numeric, places))
        many = [place in reader.many for place in places]
        return span, split(span, places, numeric, many)

    tasks = ((span, sorted(wanted)) for span in spans)
    for span, found in ahead(fields, tasks, n_threads):
        batch: dict[int, Column] = {}
        while found:
            read = {place: reader.column(place, each) for place, each in found.items()}
            batch.update((p, column) for p, column in read.items() if column)
            again = [place for place, column in read.items() if column is None]
            _, found = fields(span, again) if again else (span, {})
        yield {place: batch[place] for place in sorted(wanted)}


def flags(labels: list[Any]) -> list[Any]:
    """Labels as booleans, where all of them are such texts."""
    if labels and all(label in FLAGS for label in labels):
        return [FLAGS[label] for label in labels]
    return labels
