"""Columns on disk, read: each as a whole, when it is asked for."""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mifs._arrays import AnyArray
from mifs._data.blocks import Block, ByteBlock
from mifs._data.coding import array_of_json
from mifs._data.encoded_files import mapped
from mifs._data.folders import new_array
from mifs._data.kinds import MAX_LEVELS
from mifs._data.series import as_array, blocks_of_columns
from mifs._data.table import Columns
from mifs._data.values import EXACT, Column, factorize, integers, too_large
from mifs._scan.writer import (
    CROWDED,
    GAP,
    HEAD,
    LABELS,
    PARTS,
    StoredColumn,
    objects_of,
)


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
        if column.gapped or not whole:
            parts = self._parts(place)
            if column.gapped or self._rounds(parts):
                return self._gapped(column, parts)
        return _Numbers(self, place), "i" if whole else "f"

    @staticmethod
    def _gapped(column: StoredColumn, parts: list[AnyArray]) -> Column:
        """Whole numbers that float64 would round, some of them missing.

        Raises
        ------
        ValueError
            There are fractions beside them.
        """
        _, infinite, fractional, low, _ = column.facts
        if infinite or fractional or low <= GAP:
            raise ValueError(too_large(f"column {column.name!r}"))
        values = np.concatenate(list(map(_with_gaps, parts)))
        missing = values == GAP
        return integers(values[~missing], missing)

    def _labels(self, place: int) -> tuple[AnyArray, AnyArray]:
        """Codes in the order of the labels, mapped from a file; and the labels."""
        if place not in self._ranked:
            column = self.columns[place]
            subject = f"column {column.name!r}"
            ranks, labels = factorize(objects_of(column.labels), subject)
            table = np.append(ranks, -1).astype(np.min_scalar_type(-len(labels) - 1))
            codes = np.empty(self.n_rows, table.dtype)
            first = 0
            for part in self._parts(place):
                # A part that is all missing may have come as numbers.
                missing = part.dtype.kind == "f"
                codes[first : first + len(part)] = -1 if missing else table[part]
                first += len(part)
            self._ranked[place] = mapped(codes, self._folder), labels
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


def _with_gaps(part: AnyArray) -> AnyArray:
    """Whole numbers, int64, `GAP` where they miss."""
    if part.dtype.kind == "i":
        return part.astype(np.int64, copy=False)
    missing = np.isnan(part)
    return np.where(missing, GAP, np.where(missing, 0, part).astype(np.int64))


def _column_of(described: dict[str, Any]) -> StoredColumn:
    return StoredColumn(
        described["name"],
        [(first, n_rows, dtype) for first, n_rows, dtype in described["parts"]],
        described["kind"],
        array_of_json(described["labels"]).tolist(),
        described["gaps"],
        tuple(described["facts"]),
        described["gapped"],
    )
