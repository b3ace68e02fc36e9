"""Two checkouts of mifs in one run: what became slower, as a ratio of processor times.

    python benchmarks/bench_versions.py ../mifs-before
    python benchmarks/bench_versions.py ../mifs-before madelon knn   # names begin so

Each version lives in a process of its own, and both make the same calls in turn, so
that a slow moment of the machine falls on both. The calls are those of
`bench_select.py`, `bench_knn.py`, `bench_frames.py` and of `mifs.measures`; what later
versions do besides (corrections for chance, tests) is switched off.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import runpy
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import IO, Any

from timing import ONE_THREAD, Sheet

HERE = Path(__file__).resolve()
# Calls of less than this many seconds are timed many at once.
LONG = 0.02
Calls = dict[str, Callable[[], Any]]


def calls(checkout: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every call by name; tables are made when the first call wants them."""
    import tables

    for name, source, k in (
        ("madelon", tables.madelon, 20),
        ("binary", partial(tables.codes, 100_000, 200, 2), 20),
        ("levels10", partial(tables.codes, 100_000, 200, 10), 20),
        ("expression", partial(tables.codes, 72, 7129, 3), 50),
        ("frame", cache(_frame), 20),
        ("array", cache(_array), 20),
    ):
        for criterion in ("mim", "mrmr", "jmi", "cmim", "disr"):
            yield f"{name} {criterion}", _fit(criterion, k, source)
    for criterion in ("mifs", "cife", "icap", "jmim", "njmim", "jmi3"):
        yield f"madelon {criterion}", _fit(criterion, 20, tables.madelon)
    yield from _neighbours()
    yield from _intake(checkout)


def _fit(criterion: str, k: int, source: Callable[[], Any]) -> Callable[[], Any]:
    from mifs import MISelector
    from mifs.estimators import PlugIn

    plain = {"correction": None} if _takes(PlugIn, "correction") else {}
    selector = MISelector(criterion, k, mi_estimator=PlugIn(**plain), n_jobs=1)
    return lambda: selector.fit(*source())


def _neighbours() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the calls of `bench_knn.py`, and small ones of `mifs.measures`."""
    from bench_knn import dependences

    from mifs import MISelector, measures
    from mifs.estimators import KNN

    for n in (1_000, 10_000):
        for kind, X, y in dependences(n):
            classes, x = (y > 0).astype(int), X[:, 0].copy()
            yield (
                f"knn classif {n} {kind}",
                partial(measures.mutual_info_classif, X, classes, random_state=0),
            )
            yield (
                f"knn regression {n} {kind}",
                partial(measures.mutual_info_regression, X, y, random_state=0),
            )
            yield (
                f"knn given {n} {kind}",
                partial(
                    measures.conditional_mutual_information,
                    *(x, y, X[:, 1].copy()),
                    estimator=KNN(3, scale="standardize"),
                ),
            )
            yield f"knn one {n} {kind}", partial(measures.mutual_information, x, y)
            for name in ("mutual_information", "entropy"):
                counted = (classes,) if name == "entropy" else (x, classes)
                call = partial(getattr(measures, name), *counted, estimator="plugin")
                yield f"{name} {n} {kind}", call
    untested = {"alpha": 1} if _takes(MISelector, "alpha") else {}
    _, X, y = next(dependences(2_000))
    for target, values in (("classes", (y > 0).astype(int)), ("numbers", y)):
        for estimator in ("knn", "gaussian_copula"):
            selector = MISelector("jmi", 5, mi_estimator=estimator, n_jobs=1)
            selector.set_params(**untested)
            yield f"fit {estimator} {target}", partial(selector.fit, X, values)


def _intake(checkout: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the calls of `bench_frames.py`: frames become columns with kinds."""
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    # Its own benchmarks know how its own intake is called.
    script = checkout / "benchmarks" / "bench_frames.py"
    theirs = runpy.run_path(str(script))
    for title, make in (("floats", theirs["floats"]), ("mixed", theirs["mixed"])):
        frame = make()
        names = list(frame.columns)
        apart = pd.DataFrame({name: frame[name].copy() for name in names}, copy=False)
        for library, carrier in (
            ("pandas", frame),
            ("apart", apart),
            ("polars", pl.from_pandas(frame)),
            ("pyarrow", pa.Table.from_pandas(frame, preserve_index=False)),
        ):
            yield (
                f"intake {title} {library}",
                partial(theirs["read"], carrier, names),
            )


def _frame() -> Any:
    import pandas as pd

    X, y = _array()
    return pd.DataFrame(X).add_prefix("x"), y


def _array() -> Any:
    import tables

    return tables.measurements(2_000, 500)


def _takes(kind: type, parameter: str) -> bool:
    return parameter in inspect.signature(kind).parameters


def work(checkout: str) -> None:
    """Answer lines "times name" of standard input by seconds a call, until it ends."""
    sys.path.insert(0, checkout)
    warnings.simplefilter("ignore")
    home = importlib.import_module("mifs").__file__ or ""
    if not Path(home).is_relative_to(checkout):
        raise SystemExit(f"{checkout} holds no mifs: {home} was imported")
    known: Calls = dict(calls(Path(checkout)))
    print(*known, sep="\t", flush=True)
    for line in sys.stdin:
        times, name = line.rstrip("\n").split(" ", 1)
        begin = thread_time()
        for _ in range(int(times)):
            known[name]()
        print((thread_time() - begin) / int(times), flush=True)


class Version:
    """A process with one version of mifs, which makes calls when asked."""

    def __init__(self, checkout: Path) -> None:
        command = [sys.executable, str(HERE), "--work", str(checkout)]
        environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(checkout)}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.names = self._answer().split("\t")

    def _answer(self) -> str:
        out: IO[str] | None = self._process.stdout
        line = "" if out is None else out.readline()
        if not line:
            raise SystemExit("a version ended; what it says stands above")
        return line.rstrip("\n")

    def seconds(self, name: str, times: int = 1) -> float:
        """Processor seconds of one call, as the mean of some."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{times} {name}\n")
        self._process.stdin.flush()
        return float(self._answer())


def compare(old: Version, new: Version, name: str, budget: float) -> tuple[str, ...]:
    """One row: medians, and the median of the ratios of neighbouring runs."""
    pair = (old, new)
    for version in pair:
        version.seconds(name)
    one = min(version.seconds(name) for version in pair)
    times, begin = max(1, round(LONG / one)), perf_counter()
    runs: list[tuple[float, float]] = []
    while len(runs) < 5 or perf_counter() - begin < budget:
        # Each goes first as often as the other.
        turn = pair if len(runs) % 2 else pair[::-1]
        seconds = {version: version.seconds(name, times) for version in turn}
        runs.append((seconds[old], seconds[new]))
    before, after = (1e3 * median(side) for side in zip(*runs, strict=True))
    ratio = median(later / earlier for earlier, later in runs)
    return name, f"{before:.2f}", f"{after:.2f}", f"{ratio:.2f}", str(len(runs))


def main() -> None:
    """Print one table, the slowest ratio first."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--budget", type=float, default=4, help="seconds a call")
    parser.add_argument("before", type=Path, help="checkout of the version before")
    parser.add_argument("names", nargs="*", help="calls whose names begin so; all")
    arguments = parser.parse_intermixed_args()
    if arguments.work:
        work(str(arguments.before))
        return
    old, new = Version(arguments.before.resolve()), Version(HERE.parents[1])
    chosen = tuple(arguments.names) or ("",)
    names = [name for name in new.names if name.startswith(chosen)]
    rows = [compare(old, new, name, arguments.budget) for name in names]
    rows.sort(key=lambda row: -float(row[3]))
    head = ("call", "before, ms", "now, ms", "now / before", "runs")
    print(Sheet("Processor time, one thread", head, rows).markdown())


if __name__ == "__main__":
    main()
