"""Time and memory of JMI on tables of many columns, on one thread, as markdown.

python benchmarks/bench_wide.py                  every table
python benchmarks/bench_wide.py cohort           some of them
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

from timing import ONE_THREAD, Sheet, in_fresh_process, machine, peak_extra_memory

os.environ.update(ONE_THREAD)

import numpy as np
from numpy.typing import NDArray

from mifs import JMI
from mifs.estimators import PlugIn
from mifs.exceptions import MifsWarning

MEGABYTE = 1e6
CHOSEN = 20
Table = tuple[NDArray[Any], NDArray[np.integer]]


def genotypes(n: int, p: int) -> Table:
    """Codes (n, p) of three levels in Hardy–Weinberg proportions, and two classes."""
    rng = np.random.default_rng(0)
    X = np.empty((n, p), np.uint8)
    for first in range(0, p, 50_000):
        share = rng.uniform(0.05, 0.5, min(50_000, p - first)).astype(np.float32)
        both = rng.random((2, n, len(share)), np.float32) < share
        X[:, first : first + len(share)] = both.sum(axis=0)
    return X, (X[:, :5].sum(axis=1) + rng.integers(0, 4, n) > 4).astype(np.int64)


def methylation(n: int, p: int) -> Table:
    """Shares (n, p) between 0 and 1, float32, and two classes."""
    rng = np.random.default_rng(0)
    X = rng.random((n, p), np.float32)
    return X, (X[:, :5].sum(axis=1) + rng.normal(size=n) > 2.5).astype(np.int64)


TABLES: dict[str, tuple[str, Callable[[], Table]]] = {
    "genotypes": ("200 × 1 000 000, 3 levels", partial(genotypes, 200, 1_000_000)),
    "cohort": ("2 000 × 100 000, 3 levels", partial(genotypes, 2_000, 100_000)),
    "methylation": ("200 × 100 000, float32", partial(methylation, 200, 100_000)),
}
WAYS = {"plain": PlugIn(correction=None), "corrected, in tiers": "auto"}


def fit(X: NDArray[Any], y: NDArray[np.integer], way: str) -> JMI:
    """Fit JMI on one thread."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MifsWarning)
        found: JMI = JMI(CHOSEN, mi_estimator=WAYS[way], n_jobs=1).fit(X, y)
    return found


def seconds(name: str, way: str) -> tuple[float, float]:
    """Shortest of two fits, and the time in which the table is read ten times."""
    X, y = TABLES[name][1]()
    fit(X[:, :500], y, way)
    fits = []
    for _ in range(2):
        start = perf_counter()
        fit(X, y, way)
        fits.append(perf_counter() - start)
    start = perf_counter()
    for _ in range(10):
        X.sum()
    return min(fits), perf_counter() - start


def measured(name: str) -> list[tuple[str, ...]]:
    """One row for each way."""
    title, make = TABLES[name]
    rows = []
    for way in WAYS:
        taken, read = in_fresh_process(seconds, name, way)
        *_, peak = peak_extra_memory(make, partial(fit, way=way))
        times = f"{taken:.2f}", f"{read:.2f}", f"{taken / read:.1f}"
        rows.append((title, way, *times, f"{peak / MEGABYTE:.0f}"))
    return rows


def main() -> None:
    """Measure the tables named on the command line, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    chosen = parser.parse_args().tables or list(TABLES)
    unknown = sorted(set(chosen) - set(TABLES))
    if unknown:
        parser.error(f"no table {', '.join(unknown)}; known: {', '.join(TABLES)}")
    print(machine(("numpy", "numba", "scikit-learn")) + "\n")
    columns = ("table", "JMI, k = 20", "fit, s", "X read ten times, s", "ratio")
    rows = [row for name in chosen for row in measured(name)]
    print(Sheet("Wide tables", (*columns, "MB above X"), rows).markdown())


if __name__ == "__main__":
    main()
