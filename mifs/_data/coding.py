"""What codes of columns mean, and how that is kept as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Coding:
    """What the codes of columns mean.

    Attributes
    ----------
    names : sequence of str
    labels : sequence of hashable
        Names as the user's frame has them.
    discrete : ndarray of shape (p,), bool
    missing : ndarray of shape (p,), bool
        Whether the last level of a column is that of missing values.
    n_levels : ndarray of shape (p,), int64
        Missing values count as one level, the last.
    edges : dict of int to ndarray
        Edges of each binned column; bins are closed on the right.
    levels : callable
        Gives the sorted levels behind the codes of another column.
    """

    names: Sequence[str]
    labels: Sequence[Hashable]
    discrete: BoolArray
    missing: BoolArray
    n_levels: IntArray
    edges: dict[int, AnyArray]
    levels: Callable[[int], AnyArray]

    def described(self) -> list[dict[str, Any]]:
        """Describe each column, as JSON can keep it.

        Raises
        ------
        TypeError
            Levels or labels that JSON cannot keep; the column is named.
        """
        columns = []
        for j, name in enumerate(self.names):
            binned = j in self.edges
            values = self.edges[j] if binned else self.levels(j)
            columns.append(
                {
                    "name": name,
                    "label": scalar_to_json(self.labels[j], f"label of column {j}"),
                    "discrete": bool(self.discrete[j]),
                    "missing": bool(self.missing[j]),
                    "n_levels": int(self.n_levels[j]),
                    "edges" if binned else "levels": array_to_json(
                        values, f"column {name!r}"
                    ),
                }
            )
        return columns

    @classmethod
    def of_described(cls, columns: list[dict[str, Any]]) -> Coding:
        """Read what `described` wrote."""
        levels = {
            j: array_of_json(column["levels"])
            for j, column in enumerate(columns)
            if "levels" in column
        }
        return cls(
            names=[column["name"] for column in columns],
            labels=[scalar_of_json(column["label"]) for column in columns],
            discrete=np.array([column["discrete"] for column in columns], np.bool_),
            missing=np.array([column["missing"] for column in columns], np.bool_),
            n_levels=np.array([column["n_levels"] for column in columns], np.int64),
            edges={
                j: array_of_json(column["edges"])
                for j, column in enumerate(columns)
                if "edges" in column
            },
            levels=levels.__getitem__,
        )


@dataclass(frozen=True)
class FineCode:
    """A second, finer code of a continuous column.

    Attributes
    ----------
    codes : ndarray of shape (n_rows,), uint16
        Bins closed on the right; missing values come last.
    edges : ndarray
    n_levels : int
        Missing values count as one.
    """

    codes: AnyArray
    edges: FloatArray
    n_levels: int


def array_to_json(values: AnyArray, subject: str) -> dict[str, Any]:
    """Keep an array of numbers, strings, booleans or bytes with its type.

    Raises
    ------
    TypeError
        Values of another type.
    """
    values = np.asarray(values)
    if values.dtype.kind in "biu" or values.dtype in (np.float32, np.float64):
        # The shortest decimals of Python's floats are read back to the same bits.
        return {"dtype": values.dtype.str, "values": values.tolist()}
    kind = values.dtype.str if values.dtype.kind in "US" else "object"
    return {
        "dtype": kind,
        "values": [scalar_to_json(value, subject) for value in values.tolist()],
    }


def array_of_json(kept: dict[str, Any]) -> AnyArray:
    """Read what `array_to_json` wrote."""
    if kept["dtype"] != "object":
        values = [scalar_of_json(value) for value in kept["values"]]
        return np.array(values, dtype=kept["dtype"])
    array = np.empty(len(kept["values"]), dtype=object)
    for place, value in enumerate(kept["values"]):
        array[place] = scalar_of_json(value)
    return array


def scalar_to_json(value: object, subject: str) -> object:
    """Keep a string, a number, a boolean or bytes so that its type is read back.

    Raises
    ------
    TypeError
        A value of another type.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": repr(value)}
    if value is None or type(value) in (str, bool, int, float):
        return value
    raise TypeError(
        f"{subject} has the value {value!r} of type {type(value).__name__}, which no "
        "file of an encoded table keeps; make it a string, a number, a boolean or bytes"
    )


def scalar_of_json(kept: Any) -> Any:
    """Read what `scalar_to_json` wrote."""
    if not isinstance(kept, dict):
        return kept
    return bytes.fromhex(kept["bytes"]) if "bytes" in kept else float(kept["float"])
