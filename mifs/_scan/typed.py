"""CSV files of any size, in batches of columns whose types are those of all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import pandas as pd

from mifs._arrays import BoolArray
from mifs._csv.columns import warn_of_coded_measures, warn_of_numbers_in_text
from mifs._data.kinds import MAX_LEVELS
from mifs._data.values import Column
from mifs._scan.csv_batches import FLAGS, FLOAT, TEXT, UNKNOWN, WHOLE, Reader
from mifs._scan.fields import Span
from mifs._scan.sources import CSVSource

# Types of columns; of one that is all missing nothing is known.
NAMES = {UNKNOWN: "nothing", WHOLE: "whole", FLOAT: "float", TEXT: "text"}
FLAG = "flag"


class TypedSource(CSVSource):
    """CSV files that are read twice: to learn the types, and to give the values.

    Attributes
    ----------
    types : list of str
        "whole", "float", "text", "flag" or "nothing", a column; known when the first
        batch is there.
    """

    types: list[str]

    @cached_property
    def _spans(self) -> tuple[list[list[Span]], BoolArray]:
        return self._walked()

    @property
    def n_bytes_typed(self) -> int:
        """Bytes that `typed` reads: all of them thrice, for they are walked first."""
        return 3 * self.n_bytes // 2

    def typed(self, advance: Callable[[int], None]) -> Iterator[list[Column]]:
        """Give all columns, so many rows at a time.

        ``advance`` is called with more bytes as they are walked, and read twice.

        Raises
        ------
        CSVError
            As reading does.
        """
        self.advance = advance
        spans, coded = self._spans
        sizes = [span.end - span.start for each in spans for span in each]
        every = list(range(len(self.names)))
        reader = self._reader(coded)
        flags = {p for p in every if self.names[p] not in self._format.text}
        batches = self._batches(spans, reader, every)
        for size, batch in zip(sizes, batches, strict=True):
            flags -= {p for p in flags if not _flags(batch[p], reader.missing)}
            advance(size)
        flags -= reader.spoilt
        self.types = [
            FLAG if kind == TEXT and place in flags else NAMES[kind]
            for place, kind in enumerate(reader.kinds)
        ]
        texts = {place: _Counts() for place in every if self._may_hide(place)}
        known = Reader(self.names, self._format, list(reader.kinds), reader.name)
        batches = self._batches(spans, known, every)
        for size, batch in zip(sizes, batches, strict=True):
            yield [batch[place] for place in every]
            for place, counts in texts.items():
                counts.add(batch[place])
            advance(size)
        for place, counts in texts.items():
            self._warn_of_numbers(self.names[place], counts.rows, bool(coded[place]))

    def _may_hide(self, place: int) -> bool:
        """Whether a column is text that nobody asked for, and may hide numbers."""
        form, name = self._format, self.names[place]
        return self.types[place] == "text" and name not in (*form.text, *form.numbers)

    def _warn_of_numbers(self, name: str, rows: dict[str, int], coded: bool) -> None:
        decimal, file = self._format.decimal, self._texts[0].name
        if coded:
            warn_of_coded_measures(name, list(rows), decimal, file)
        elif rows:
            counts = pd.Series(rows).rename_axis(name)
            counts = counts.sort_values(ascending=False, kind="stable")
            warn_of_numbers_in_text(counts, decimal, file)


class _Counts:
    """Rows of each text of a column, as long as they are not too many texts."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}

    def add(self, column: Column) -> None:
        """Count a batch."""
        values, kind = column
        if kind != "labels" or len(self.rows) > MAX_LEVELS:
            return
        codes, labels = values
        counts = np.bincount(codes + np.intp(1), minlength=len(labels) + 1)[1:]
        for at in np.flatnonzero(counts).tolist():
            text = str(labels[at])
            self.rows[text] = self.rows.get(text, 0) + int(counts[at])


def _flags(column: Column, missing: set[str]) -> bool:
    """Whether all that a batch has of a column are True, False and missing."""
    values, kind = column
    return kind != "labels" or all(
        label in FLAGS or label in missing for label in values[1]
    )
