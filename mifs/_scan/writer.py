"""Columns on disk, written: batches of rows are appended, column after column.

All go to one file. A column is the join of its parts, and takes on the way the type
that holds all of them: whole numbers become floats where a later part has fractions or
gaps, as if the table had been read at once.

Where the rows are known to be no more than some, each column has room for eight bytes a
row. Its parts then follow each other, and floats are read where they lie; what is left
of the room is a hole in the file, which takes no disk.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray, BoolArray
from mifs._data.coding import array_to_json
from mifs._data.kinds import MAX_LEVELS
from mifs._data.series import Facts, as_array, described
from mifs._data.values import Column, too_large
from mifs._scan.fields import ahead

PARTS, HEAD = "columns.bin", "columns.json"
# Into so many tasks the columns of a batch are split for each thread.
TASKS_OF_THREAD = 4
# Labels that are kept of a column that has too many.
SAMPLE = 1000
NUMBERS, LABELS, CROWDED = "numbers", "labels", "more labels than a column may have"
# What stands for a missing value among whole numbers that float64 would round.
GAP = np.iinfo(np.int64).min


@dataclass
class StoredColumn:
    """What is known of a column while it is written.

    Attributes
    ----------
    name : str
    parts : list of (int, int, str)
        Byte where a part starts, its rows, its dtype.
    kind : str
        Numbers, labels, or crowded; empty while all is missing.
    labels : list
        In the order in which they came; codes of parts number them, -1 is missing.
    gaps : bool
        Whether any value is missing.
    facts : tuple of float
        Of numbers: missing, infinite, fractional ones, the lowest and the highest of
        the finite ones, as `mifs._kernels.columns.describe` gives them.
    gapped : bool
        Whether parts of whole numbers hold `GAP`.
    """

    name: str
    parts: list[tuple[int, int, str]] = field(default_factory=list)
    kind: str = ""
    labels: list[Any] = field(default_factory=list)
    gaps: bool = False
    facts: Facts = (0.0, 0.0, 0.0, math.inf, -math.inf)
    gapped: bool = False

    def note(self, part: AnyArray) -> bool:
        """Learn the facts of a part, (m,) int64 or float64; whether all is missing."""
        facts = described(part)
        counts = [a + b for a, b in zip(self.facts[:3], facts[:3], strict=True)]
        low, high = min(self.facts[3], facts[3]), max(self.facts[4], facts[4])
        self.facts = counts[0], counts[1], counts[2], low, high
        self.gaps |= facts[0] > 0
        return facts[0] == len(part)


class StoreWriter:
    """Appends batches of rows.

    Parameters
    ----------
    folder : Path
    names : sequence of str
    infinite_as_missing : bool, default=False
    n_rows : int, default=0
        The most that may come; 0: not known.
    """

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        infinite_as_missing: bool = False,
        n_rows: int = 0,
    ) -> None:
        self._infinite_as_missing = infinite_as_missing
        self._room, self._size = 8 * n_rows, 0
        self._ends = [place * self._room for place in range(len(names))]
        self.columns = [StoredColumn(name) for name in names]
        self._known: list[dict[Any, int]] = [{} for _ in names]
        self._rows: list[list[int]] = [[] for _ in names]
        self._folder = folder
        self._file = (folder / PARTS).open("wb")

    def append(
        self,
        places: Mapping[int, int],
        read: Callable[[int], Column],
        rows: BoolArray,
        n_threads: int = 1,
    ) -> None:
        """Write some rows of a batch of columns.

        Threads read some columns each, and make of them what this one writes.

        Parameters
        ----------
        places : mapping of int to int
            By number of the column here, its place in the batch.
        read : callable
            Gives a column by its place.
        rows : ndarray of shape (n,), bool
        n_threads : int, default=1
        """
        at = None if rows.all() else rows

        def parts(some: list[tuple[int, int]]) -> list[tuple[int, AnyArray]]:
            return [(own, self._part(own, *read(place), at)) for own, place in some]

        columns = list(places.items())
        step = max(1, len(columns) // (TASKS_OF_THREAD * n_threads))
        tasks = ((columns[k : k + step],) for k in range(0, len(columns), step))
        for made in ahead(parts, tasks, n_threads):
            for own, part in made:
                self._write(own, part)

    def _write(self, place: int, part: AnyArray) -> None:
        """Write the next part of a column."""
        first = self._start(place, part.dtype.str)
        self._file.seek(first)
        self.columns[place].parts.append((first, len(part), part.dtype.str))
        self._file.write(np.ascontiguousarray(part).data)
        self._ends[place] = first + part.nbytes
        self._size = max(self._size, first + part.nbytes)

    def _start(self, place: int, dtype: str) -> int:
        """Byte where the next part of a column starts.

        It is one where eight bytes start, so that no value lies across two words; or
        that behind a part of the same dtype.
        """
        if not self._room:
            return -(-self._size // 8) * 8
        end, parts = self._ends[place], self.columns[place].parts
        return end if parts and parts[-1][2] == dtype else -(-end // 8) * 8

    def forget(self, place: int) -> None:
        """Begin a column anew."""
        self.columns[place] = StoredColumn(self.columns[place].name)
        self._known[place], self._rows[place] = {}, []
        self._ends[place] = place * self._room

    def counts(self, place: int) -> pd.Series:
        """Rows of each label of a column, the most frequent first."""
        column = self.columns[place]
        labels = pd.Index(column.labels, name=column.name, dtype=object)
        rows = pd.Series(self._rows[place][: len(labels)], index=labels)
        return rows.sort_values(ascending=False, kind="stable")

    def __enter__(self) -> Self:
        """Close the file at the end, also after an error."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self._file.close()

    def finish(self) -> None:
        """End the file, and say what it holds."""
        self._file.truncate(self._size)
        self._file.flush()
        head = {
            "bytes": self._size,
            "columns": list(map(_as_json, self.columns)),
        }
        draft = self._folder / f"{HEAD}.part"
        draft.write_text(json.dumps(head), encoding="utf-8")
        draft.replace(self._folder / HEAD)

    def _part(
        self, place: int, values: Any, kind: str, rows: BoolArray | None
    ) -> AnyArray:
        """Turn what was read of a column in a batch into numbers or codes."""
        column = self.columns[place]
        if kind == "gapped":
            numbers, missing = values
            at = slice(None) if rows is None else rows
            return self._gapped(column, numbers[at], missing[at])
        if kind == "labels":
            codes, labels = values
            return self._labels(place, codes if rows is None else codes[rows], labels)
        part = as_array(values)
        part = part if rows is None else part[rows]
        if kind == "b":
            return self._labels(place, part.astype(np.int8), [False, True])
        if kind == "u8" and part.max(initial=0) > np.iinfo(np.int64).max:
            raise ValueError(too_large(f"column {column.name!r}"))
        part = part.astype(
            np.float64 if part.dtype.kind == "f" else np.int64, copy=False
        )
        if self._infinite_as_missing and part.dtype.kind == "f":
            part = np.where(np.isinf(part), np.nan, part)
        if not column.note(part):
            self._become(column, NUMBERS)
        return _narrowest(part)

    def _gapped(
        self, column: StoredColumn, values: AnyArray, missing: BoolArray
    ) -> AnyArray:
        """Whole numbers that float64 would round, int64, and `GAP` where they miss."""
        present = values[~missing]
        if len(present):
            self._become(column, NUMBERS)
        column.note(present)
        before, *others = column.facts
        n_missing = before + int(np.count_nonzero(missing))
        column.facts = n_missing, others[0], others[1], others[2], others[3]
        column.gaps = column.gapped = True
        return np.where(missing, GAP, values)

    @staticmethod
    def _become(column: StoredColumn, kind: str) -> None:
        column.kind = column.kind or kind
        if (column.kind == NUMBERS) != (kind == NUMBERS):
            raise TypeError(
                f"column {column.name!r} holds {column.kind} in some rows and {kind} "
                "in others; give it one type"
            )

    def _labels(self, place: int, codes: AnyArray, labels: Any) -> AnyArray:
        """Codes of a batch in the numbers of all batches, in few bytes."""
        column, known = self.columns[place], self._known[place]
        counts = np.bincount(codes + np.intp(1), minlength=len(labels) + 1)
        column.gaps |= bool(counts[0])
        used = np.flatnonzero(counts[1:])
        if not len(used):  # as numbers: of what type the column is, others will tell
            nothing = np.full(len(codes), np.nan)
            column.note(nothing)
            return nothing
        self._become(column, LABELS)
        if column.kind == CROWDED:
            return np.zeros(len(codes), np.int8)
        ranks = np.full(len(labels) + 1, -1, np.int32)
        for at in used.tolist():
            label = labels[at]
            if label not in known:
                known[label] = len(known)
                column.labels.append(label)
                self._rows[place].append(0)
            ranks[at] = known[label]
            self._rows[place][ranks[at]] += int(counts[at + 1])
        if len(known) > MAX_LEVELS:
            column.kind, column.labels = CROWDED, column.labels[:SAMPLE]
            self._known[place] = {}
        return ranks.astype(np.min_scalar_type(-len(known) - 1))[codes]


def _narrowest(part: AnyArray) -> AnyArray:
    """Whole numbers in as few bytes as hold them; floats in eight."""
    if part.dtype.kind == "f":
        return part
    if not len(part):
        return part.astype(np.int8)
    ends = np.array([part.min(), part.max()], dtype=np.int64)
    for dtype in (np.int8, np.int16, np.int32):
        if np.iinfo(dtype).min <= ends[0] and ends[1] <= np.iinfo(dtype).max:
            return part.astype(dtype)
    return part


def _as_json(column: StoredColumn) -> dict[str, Any]:
    labels = array_to_json(objects_of(column.labels), f"column {column.name!r}")
    return {**vars(column), "labels": labels}


def objects_of(labels: list[Any]) -> AnyArray:
    array = np.empty(len(labels), object)
    array[:] = labels
    return array
