"""Intake of frames: nanoseconds and bytes a cell by library, as markdown.

python benchmarks/bench_frames.py
"""

from __future__ import annotations

import tracemalloc
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from timing import Sheet, interleave, machine

from mifs._data import reading
from mifs._data.table import Table


def floats(n: int = 100_000, p: int = 200) -> pd.DataFrame:
    """One float column beside the other."""
    values = np.random.default_rng(0).normal(size=(n, p))
    return pd.DataFrame(values, columns=[f"x{j}" for j in range(p)])


def mixed(n: int = 45_000) -> pd.DataFrame:
    """Nine columns of categories and seven of whole numbers, as a bank has them."""
    rng = np.random.default_rng(0)
    labels = {
        f"label{j}": pd.Categorical.from_codes(
            rng.integers(0, m, n), [f"level {i}" for i in range(m)]
        )
        for j, m in enumerate([12, 3, 4, 2, 2, 2, 3, 12, 4])
    }
    ranges = [80, 100_000, 31, 5_000, 60, 900, 250]
    numbers = {f"number{j}": rng.integers(0, m, n) for j, m in enumerate(ranges)}
    return pd.DataFrame(labels | numbers)


def read(frame: Any, names: list[str]) -> Table:
    """Read a frame as `fit` does, apart from the target."""
    return reading.read(frame, names=names)


def peak_bytes(call: Any) -> int:
    """Bytes of Python's and numpy's own at the peak of a call."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def intake(title: str, frame: pd.DataFrame) -> Sheet:
    """One row a library."""
    names = list(frame.columns)
    apart = pd.DataFrame({name: frame[name].copy() for name in names}, copy=False)
    carriers = {
        "pandas": frame,
        "pandas, column by column": apart,
        "polars": pl.from_pandas(frame),
        "pyarrow": pa.Table.from_pandas(frame, preserve_index=False),
    }
    calls = {name: partial(read, X, names) for name, X in carriers.items()}
    timed = interleave(calls, rounds=60, budget=20)
    rows = []
    for name, call in calls.items():
        # The best run: others share the machine, and can only add to a time.
        best, middle = min(timed[name].seconds), timed[name].median
        per_cell = [f"{1e9 * seconds / frame.size:.1f}" for seconds in (best, middle)]
        rows.append((name, *per_cell, f"{peak_bytes(call) / frame.size:.2f}"))
    columns = (title, "best, ns a cell", "median, ns a cell", "peak, bytes a cell")
    return Sheet(f"Intake of {title}", columns, rows)


if __name__ == "__main__":
    print(machine(["mifs", "numpy", "pandas", "polars", "pyarrow"]), end="\n\n")
    print(intake("100 000 × 200 floats", floats()).markdown())
    print(intake("45 000 × 16 mixed columns", mixed()).markdown())
