"""Tables that several test files use: one in each library, small ones and real ones."""

import functools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FRAMES = {
    "nullable": lambda frame: frame.convert_dtypes(),
    "arrow dtypes": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.from_pandas,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
}


def small_table(seed=0, n=60):
    """Columns of every kind, some of which tell of the answers; nothing missing."""
    rng = np.random.default_rng(seed)
    size = rng.normal(size=n)
    count = rng.integers(0, 4, n)
    town = np.array(["Ulm", "Bonn", "Kiel"])[(size > 0).astype(int) + (count > 2)]
    X = pd.DataFrame(
        {
            "size": size,
            "count": count,
            "weight": (size + rng.normal(size=n)).astype("float32"),
            "town": pd.Series(town, dtype="str"),
            "grade": pd.Categorical(np.array(list("cab"))[rng.integers(0, 3, n)]),
            "open": rng.random(n) > 0.4,
        }
    )
    answer = size + count + rng.normal(size=n)
    return X, targets_of(answer, rng)


def targets_of(answer, rng):
    """Targets of every kind that go by the same numbers."""
    n = len(answer)
    low, high = np.quantile(answer, [0.35, 0.75])
    classes = np.array(list("xyz"))[np.digitize(answer, [low, high])]
    time = np.exp(answer + rng.normal(size=n))
    return {
        "binary": pd.Series(answer > low, name="rich"),
        "multiclass": pd.Series(classes, name="class", dtype="str"),
        "continuous": pd.Series(answer, name="answer"),
        "multilabel": pd.DataFrame({"p": answer > low, "q": rng.random(n) > 0.5}),
        "multi-output": pd.DataFrame({"p": answer, "q": answer + rng.normal(size=n)}),
        "survival": survival(rng.random(n) < 0.7, time),
    }


def survival(event, time):
    """Right-censored times, as scikit-survival has them."""
    y = np.empty(len(time), dtype=[("event", bool), ("time", float)])
    y["event"], y["time"] = event, time
    return y


def with_gaps(frame):
    """Every fifth value of every column missing, at other places in each."""
    gaps = (np.arange(len(frame))[:, None] + np.arange(frame.shape[1])) % 5 == 0
    return frame.convert_dtypes().mask(gaps)


@functools.cache
def manifest():
    if not SHARED.exists():
        pytest.skip("the real tables of ../shared are not here")
    told = json.loads((SHARED / "manifest.json").read_text())
    return {table["name"]: table for table in told}


def real_table(name):
    """Features and target of a real table, without the rows of missing targets."""
    target = manifest()[name]["target"]
    table = pd.read_parquet(SHARED / manifest()[name]["file"]).dropna(subset=[target])
    return table.drop(columns=target), table[target]


def frame_of_kinds(n=240, seed=0):
    """Numbers with gaps, counts, labels, booleans; three columns that tell."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    X = pd.DataFrame(rng.normal(size=(n, 6)), columns=list("abcdef"))
    X["a"] += y
    X["b"] = X["a"] + rng.normal(size=n) / 2
    X.loc[rng.random(n) < 0.2, ["a", "e"]] = np.nan
    X["count"] = rng.poisson(1 + y)
    X["label"] = np.array(["x", "y", "z"])[(y + (rng.random(n) < 0.4)) % 3]
    X.loc[rng.random(n) < 0.1, "label"] = None
    X["flag"] = rng.random(n) < 0.3 + 0.2 * y
    X["skewed"] = np.where(rng.random(n) < 0.5, 0, rng.exponential(size=n))
    return X, y
