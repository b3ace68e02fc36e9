"""Sparse text: time beside the same table dense, and peak memory, as markdown.

python benchmarks/bench_sparse.py
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from timing import Sheet, interleave, machine, peak_extra_memory

from mifs import MISelector
from mifs.estimators import PlugIn
from mifs.exceptions import MifsWarning

MEGABYTE = 1 << 20


def indicators(n: int, p: int, per_row: int, n_classes: int = 2) -> tuple[Any, Any]:
    """Which of p words each of n documents has, `per_row` of them; and classes."""
    rng = np.random.default_rng(0)
    columns = np.sort(rng.integers(0, p, (n, per_row)), axis=1)
    starts = np.arange(0, n * per_row + 1, per_row)
    parts = (np.ones(n * per_row, np.bool_), columns.ravel(), starts)
    return sp.csr_array(parts, shape=(n, p)), rng.integers(0, n_classes, n)


def words(n: int, p: int, per_row: int, n_classes: int = 2) -> tuple[Any, Any]:
    """How often each of n documents has each of p words, as Zipf has it."""
    rng = np.random.default_rng(0)
    weights = np.cumsum(1 / np.arange(1, p + 1))
    drawn = np.searchsorted(weights, rng.random(n * per_row) * weights[-1])
    rows = np.repeat(np.arange(n), per_row)
    table = sp.coo_array((np.ones(len(rows), np.int32), (rows, drawn)), shape=(n, p))
    return table.tocsr(), rng.integers(0, n_classes, n)


def fit(criterion: str, X: Any, y: Any) -> Any:
    """Choose 50 features."""
    plain = PlugIn(correction=None)
    return MISelector(criterion, 50, mi_estimator=plain, n_jobs=1).fit(X, y)


def beside_dense() -> Sheet:
    """Fits of one table, sparse and dense."""
    rows = []
    for make in (indicators, words):
        X, y = make(4_000, 5_000, 50)
        dense = X.toarray()
        for criterion in ("jmi", "cmim"):
            timed = interleave(
                {
                    "sparse": partial(fit, criterion, X, y),
                    "dense": partial(fit, criterion, dense, y),
                },
                rounds=5,
            )
            sparse, dense_too = timed["sparse"], timed["dense"]
            same = sparse.result.path_.equals(dense_too.result.path_)
            rows.append(
                (
                    make.__name__,
                    criterion,
                    f"{1e3 * sparse.median:.0f}",
                    f"{1e3 * dense_too.median:.0f}",
                    f"{dense_too.median / sparse.median:.1f}",
                    "same" if same else "others",
                )
            )
    columns = ("4 000 × 5 000", "criterion", "sparse, ms", "dense, ms", "ratio", "path")
    return Sheet("Text, 50 words a document, k = 50", columns, rows)


def large() -> Sheet:
    """Time and peak extra memory of JMI, in fresh processes."""
    rows = []
    for name, make, n_classes in (
        ("indicators, 2 classes", indicators, 2),
        ("words, 2 classes", words, 2),
        ("words, 20 classes", words, 20),
    ):
        table = partial(make, 20_000, 50_000, 100, n_classes)
        first, second = peak_extra_memory(table, partial(fit, "jmi"))
        timed = interleave({"fit": partial(fit, "jmi", *table())}, rounds=3)["fit"]
        memory = (f"{first / MEGABYTE:.0f}", f"{second / MEGABYTE:.0f}")
        rows.append((name, f"{timed.median:.2f}", *memory))
    columns = ("20 000 × 50 000", "fit, s", "first fit, MB", "second fit, MB")
    return Sheet("JMI on text, 100 words a document, k = 50", columns, rows)


if __name__ == "__main__":
    warnings.simplefilter("ignore", MifsWarning)
    print(machine(["mifs", "numpy", "scipy", "numba"]), end="\n\n")
    for section in (beside_dense, large):
        print(section().markdown())
