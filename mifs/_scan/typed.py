"""CSV files of any size, in batches of columns whose types are those of all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from mifs._arrays import BoolArray
from mifs._csv.layout import Layout
from mifs._data.values import Column
from mifs._scan.csv_batches import FLAGS, FLOAT, TEXT, UNKNOWN, WHOLE, Reader, Resplit
from mifs._scan.sources import CSVSource, length

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
    def _layout(self) -> tuple[list[Layout], BoolArray]:
        return self._walked()

    @property
    def n_rows(self) -> int:
        """Rows of all files, which are counted when it is first asked for."""
        layouts, _ = self._layout
        return sum(layout.n_records - self._header for layout in layouts)

    def typed(self, advance: Callable[[int], None]) -> Iterator[list[Column]]:
        """Give all columns, so many rows at a time.

        ``advance`` is called with the rows of each batch, in both passes.

        Raises
        ------
        CSVError
            As reading does.
        """
        layouts, coded = self._layout
        every = list(range(len(self.names)))
        for polars in (True, False) if self._engine == "polars" else (False,):
            reader = self._reader(coded)
            flags = {p for p in every if self.names[p] not in self._format.text}
            try:
                for batch in self._batches(layouts, reader, every, polars):
                    flags -= {p for p in flags if not _flags(batch[p], reader.missing)}
                    advance(length(batch[0]))
            except Resplit:
                continue
            flags -= reader.spoilt
            break
        self.types = [
            FLAG if kind == TEXT and place in flags else NAMES[kind]
            for place, kind in enumerate(reader.kinds)
        ]
        known = Reader(self.names, self._format, list(reader.kinds), reader.name)
        for batch in self._batches(layouts, known, every, polars):
            yield [batch[place] for place in every]
            advance(length(batch[0]))


def _flags(column: Column, missing: set[str]) -> bool:
    """Whether all that a batch has of a column are True, False and missing."""
    values, kind = column
    return kind != "labels" or all(
        label in FLAGS or label in missing for label in values[1]
    )
