"""Columns on disk: batches of rows are appended, and each column is read as a whole.

A batch is written column after column to one file. A column is the join of its parts,
and takes on the way the type that holds all of them: whole numbers become floats where
a later part has fractions or gaps, as if the table had been read at once.

Where the rows are known to be no more than some, each column has room for eight bytes a
row. Its parts then follow each other, and floats are read where they lie; what is left
of the room is a hole in the file, which takes no disk.
"""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray, BoolArray
from mifs._data.blocks import Block, ByteBlock
from mifs._data.coding import array_of_json, array_to_json
from mifs._data.folders import new_array
from mifs._data.kinds import MAX_LEVELS
from mifs._data.series import Facts, as_array, blocks_of_columns, described
from mifs._data.table import Columns
from mifs._data.values import EXACT, Column, factorize, too_large

PARTS, HEAD = "columns.bin", "columns.json"
# Labels that are kept of a column that has too many.
SAMPLE = 1000
NUMBERS, LABELS, CROWDED = "numbers", "labels", "more labels than a column may have"


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
    """

    name: str
    parts: list[tuple[int, int, str]] = field(default_factory=list)
    kind: str = ""
    labels: list[Any] = field(default_factory=list)
    gaps: bool = False
    facts: Facts = (0.0, 0.0, 0.0, math.inf, -math.inf)

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

    def append(self, batch: Mapping[int, Column], rows: BoolArray) -> None:
        """Write some rows (n,) of a batch of columns, numbered as their names are."""
        at = None if rows.all() else rows
        for place, (values, kind) in batch.items():
            part = self._part(place, values, kind, at)
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
            raise ValueError(too_large(f"column {column.name!r}"))
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

    @staticmethod
    def _become(column: StoredColumn, kind: str) -> None:
        column.kind = column.kind or kind
        if (column.kind == NUMBERS) != (kind == NUMBERS):
            raise TypeError(
                f"column {column.name!r} holds {column.kind} in some rows and {kind} "
                "in others; give it one type"
            )

    def _labels(self, place: int, codes: AnyArray, labels: Any) -> AnyArray:
        """Codes of a batch in the numbers of all batches, int32."""
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
        return ranks[codes]


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
    labels = array_to_json(_objects(column.labels), f"column {column.name!r}")
    return {**vars(column), "labels": labels}


def _objects(labels: list[Any]) -> AnyArray:
    array = np.empty(len(labels), object)
    array[:] = labels
    return array


class _Numbers:
    """Numbers of a column, read when they are asked for, as a series is.

    Attributes
    ----------
    facts : tuple of float
        What was learned of them when they were written.
    """

    def __init__(self, store: Store, place: int) -> None:
        self._store, self._place = store, place
        self.facts = store.columns[place].facts

    def __len__(self) -> int:
        return self._store.n_rows

    def to_numpy(self) -> AnyArray:
        """Values, int64 or float64, NaN where missing."""
        return self._store.numbers(self._place)


class Store:
    """Columns that `StoreWriter` wrote.

    Parameters
    ----------
    folder : Path
        Only read: other processes may read it, too.
    scratch : Path
        Folder for what is made of the columns.

    Raises
    ------
    FileNotFoundError
        The folder holds no columns.
    ValueError
        It is damaged.
    """

    def __init__(self, folder: Path, scratch: Path) -> None:
        head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        if (found := (folder / PARTS).stat().st_size) != head["bytes"]:
            fact = f"has {found} bytes, should have {head['bytes']}"
            raise ValueError(f"{str(folder / PARTS)!r} {fact}")
        self.columns = [_column_of(described) for described in head["columns"]]
        self.n_rows = sum(n_rows for _, n_rows, _ in self.columns[0].parts)
        self._folder = scratch
        with (folder / PARTS).open("rb") as file:
            self._bytes = (
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                if self.n_rows
                else b""
            )
        self._ranked: dict[int, tuple[AnyArray, AnyArray]] = {}
        self._counter = count()

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [column.name for column in self.columns]

    def _parts(self, place: int) -> list[AnyArray]:
        """Values of the parts, those of one dtype that follow each other as one."""
        joined: list[tuple[int, int, str]] = []
        for first, n_rows, dtype in self.columns[place].parts:
            if joined and joined[-1][2] == dtype:
                start, before, _ = joined[-1]
                if start + before * np.dtype(dtype).itemsize == first:
                    joined[-1] = start, before + n_rows, dtype
                    continue
            joined.append((first, n_rows, dtype))
        return [
            np.frombuffer(self._bytes, dtype, n_rows, first)
            for first, n_rows, dtype in joined
            if n_rows
        ]

    def numbers(self, place: int) -> AnyArray:
        """Values of a column of numbers, (n,) int64 or float64, NaN where missing.

        They are mapped, and read-only, if they lie in one piece as they are.
        """
        parts = self._parts(place)
        if len(parts) == 1 and parts[0].dtype.itemsize == 8:
            return parts[0]
        whole = all(part.dtype.kind == "i" for part in parts)
        values: AnyArray = np.concatenate(
            parts, dtype=np.int64 if whole else np.float64, casting="unsafe"
        )
        if not whole and self._rounds(parts):
            raise ValueError(too_large(f"column {self.columns[place].name!r}"))
        return values

    @staticmethod
    def _rounds(parts: list[AnyArray]) -> bool:
        wide = (part for part in parts if part.dtype == np.int64)
        return any(max(-int(p.min()), int(p.max())) > EXACT for p in wide)

    def column(self, place: int) -> Column:
        """Return a column as one of a frame, numbers to be read when asked for.

        Raises
        ------
        ValueError
            More labels than a column may have.
        """
        column = self.columns[place]
        if column.kind == CROWDED:
            raise ValueError(
                f"column {column.name!r} has more than {MAX_LEVELS} levels: an id, "
                "perhaps; exclude it"
            )
        if column.kind == LABELS:
            codes, labels = self._labels(place)
            if not column.gaps and {type(label) for label in labels} == {bool}:
                return labels.astype(np.bool_)[codes], "b"
            return (codes, labels), "labels"
        whole = all(np.dtype(dtype).kind == "i" for _, _, dtype in column.parts)
        return _Numbers(self, place), "i" if whole else "f"

    def _labels(self, place: int) -> tuple[AnyArray, AnyArray]:
        """Codes in the order of the labels, mapped from a file; and the labels."""
        if place not in self._ranked:
            column = self.columns[place]
            subject = f"column {column.name!r}"
            ranks, labels = factorize(_objects(column.labels), subject)
            table = np.append(ranks, -1).astype(np.min_scalar_type(-len(labels) - 1))
            codes = self._new(f"codes{place}", table.dtype, (self.n_rows,))
            first = 0
            for part in self._parts(place):
                # A part that is all missing may have come as numbers.
                missing = part.dtype.kind == "f"
                codes[first : first + len(part)] = -1 if missing else table[part]
                first += len(part)
            self._ranked[place] = self._kept(codes), labels
        return self._ranked[place]

    def _new(self, name: str, dtype: Any, shape: tuple[int, ...]) -> Any:
        return new_array(self._folder / f"{name}.npy", shape, dtype)

    @staticmethod
    def _kept(array: Any) -> AnyArray:
        """Map an array that was written, so that its pages may be dropped."""
        array.flush()
        return np.asarray(np.load(array.filename, mmap_mode="c"))

    def frame(self, places: Sequence[int]) -> pd.DataFrame:
        """Give some columns in memory: targets, weights."""
        data = {}
        for place in places:
            values, kind = self.column(place)
            name = self.columns[place].name
            if kind == "labels":
                codes, labels = values
                data[name] = pd.Series(pd.Categorical.from_codes(codes, labels))
            else:
                data[name] = pd.Series(np.array(as_array(values)))
        return pd.DataFrame(data)

    def table(self, places: Sequence[int], n_jobs: int | None = None) -> Columns:
        """Columns of features, read piece by piece as they are asked for."""
        names = [self.columns[place].name for place in places]
        columns = [self.column(place) for place in places]
        blocks: list[Block] = []
        for boolean in (True, False):
            here = [
                j for j, (_, kind) in enumerate(columns) if (kind == "b") == boolean
            ]
            group = [columns[j] for j in here]
            if not here:
                continue
            subjects = [f"column {names[j]!r}" for j in here]
            for block in (
                [self._boolean_block(group)]
                if boolean
                else blocks_of_columns(group, subjects, n_jobs)
            ):
                block.columns = np.array(here)[block.columns]
                blocks.append(block)
        return Columns(blocks, names, names, self.n_rows)

    def _boolean_block(self, columns: list[Column]) -> Block:
        # A file of its own: of another table one may still be mapped.
        matrix = self._new(
            f"booleans{next(self._counter)}", np.bool_, (len(columns), self.n_rows)
        )
        for row, (values, _) in enumerate(columns):
            matrix[row] = values
        return ByteBlock(self._kept(matrix).T, np.arange(len(columns)))


def _column_of(described: dict[str, Any]) -> StoredColumn:
    return StoredColumn(
        described["name"],
        [(first, n_rows, dtype) for first, n_rows, dtype in described["parts"]],
        described["kind"],
        array_of_json(described["labels"]).tolist(),
        described["gaps"],
        tuple(described["facts"]),
    )
