"""CSV files of any size, in batches of columns whose types are those of all rows."""

from __future__ import annotations

from collections.abc import Iterator

from mifs._data.values import Column
from mifs._scan.csv_batches import FLAGS, FLOAT, TEXT, UNKNOWN, WHOLE, Reader, Resplit
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

    def typed(self) -> Iterator[list[Column]]:
        """Give all columns, so many rows at a time.

        Raises
        ------
        CSVError
            As reading does.
        """
        layouts, coded = self._walked()
        every = list(range(len(self.names)))
        for polars in (True, False) if self._engine == "polars" else (False,):
            reader = self._reader(coded)
            flags = {p for p in every if self.names[p] not in self._format.text}
            try:
                for batch in self._batches(layouts, reader, every, polars):
                    flags -= {p for p in flags if not _flags(batch[p], reader.missing)}
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


def _flags(column: Column, missing: set[str]) -> bool:
    """Whether all that a batch has of a column are True, False and missing."""
    values, kind = column
    return kind != "labels" or all(
        label in FLAGS or label in missing for label in values[1]
    )
