"""Time and memory of selection from files, beside tools that read a file once.

``bench_files.py --megabytes 3000 --folder /data`` makes a CSV file of mixed columns
there (numbers, gaps, text with commas, quotes and accents, ids, booleans, dates), and
Parquet of the same table, unless they are there already. Every way runs in a process of
its own, all in turn, round after round: seconds, without the start of Python, and the
most anonymous memory that the process held. Mapped files are no anonymous memory: the
system drops their pages when others need room. Prints markdown.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import numpy as np
import polars as pl
from timing import Sheet, machine

TARGET, USELESS = "y", ["id", "date"]
PART, BYTES_A_ROW = 200_000, 517
# Megabytes of a table in whose fit all kernels are compiled.
WARM = 20
WORDS = ["red", "green, light", 'blue "sky"', "ümläut", None, "naïve", "gelb"]


def make_part(rng: np.random.Generator, first: int, n: int) -> pl.DataFrame:
    """Rows of 28 floats, 6 with gaps, 10 whole numbers, 3 with gaps, 9 texts, …"""
    z = rng.normal(size=(n, 4))
    columns = {
        f"f{j}": np.round(z[:, j % 4] * (j % 3) + rng.normal(size=n) * 3, 6)
        for j in range(28)
    }
    for j in range(6):
        values = rng.lognormal(size=n) + z[:, 0]
        values[rng.random(n) < 0.1] = np.nan
        columns[f"g{j}"] = pl.Series(values, nan_to_null=True)
    for j in range(10):
        highest = (5, 50, 1000, 10**6)[j % 4]
        columns[f"i{j}"] = rng.integers(0, highest, n) + (z[:, 1] > 0)
    for j in range(3):
        values = rng.integers(0, 100, n).astype(float)
        values[rng.random(n) < 0.05] = np.nan
        columns[f"h{j}"] = pl.Series(values, nan_to_null=True).cast(pl.Int64)
    for j in range(6):
        columns[f"s{j}"] = pl.Series(WORDS).gather(rng.integers(0, len(WORDS), n))
    levels = pl.Series([f"level {k}" for k in range(150)])
    for j in range(3):
        columns[f"t{j}"] = levels.gather(rng.integers(0, 150, n))
    columns["id"] = [f"r{number:09d}" for number in range(first, first + n)]
    columns["flag"] = rng.random(n) < 0.3
    days = np.datetime64("2020-01-01") + rng.integers(0, 2000, n)
    columns["date"] = pl.Series(days).cast(pl.Date)
    score = z[:, 0] + z[:, 1] * z[:, 2] + rng.normal(size=n)
    classes = pl.Series(["low", "mid", "high"])
    columns[TARGET] = classes.gather(np.digitize(score, [-0.7, 0.7]))
    return pl.DataFrame(columns)


def make_files(folder: Path, megabytes: float) -> Path:
    """Give the CSV file of a size, made if it is not there, with Parquet beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"table{megabytes:g}.csv"
    n_rows = int(megabytes * 1e6 / BYTES_A_ROW)
    if not path.exists():
        rng = np.random.default_rng(0)
        with path.open("wb") as file:
            for first in range(0, n_rows, PART):
                part = make_part(rng, first, min(PART, n_rows - first))
                part.write_csv(file, include_header=not first)
    parquet = path.with_suffix(".parquet")
    if not parquet.exists():
        plan = pl.scan_csv(
            path, schema=make_part(np.random.default_rng(0), 0, 9).schema
        )
        plan.sink_parquet(parquet)
    return path


def null_counts(plan: pl.LazyFrame) -> None:
    """Stream all columns once."""
    plan.select(pl.all().null_count()).collect(engine="streaming")


def polars_csv(path: Path) -> None:
    null_counts(pl.scan_csv(path, infer_schema=False))


def polars_parquet(path: Path) -> None:
    # The null counts of Parquet stand in its footer: count what must be read.
    plan = pl.scan_parquet(path.with_suffix(".parquet"))
    plan.select(pl.all().drop_nulls().len()).collect(engine="streaming")


def pandas_chunks(path: Path) -> None:
    import pandas as pd

    for frame in pd.read_csv(path, chunksize=250_000):
        frame.isna().sum()


def mifs_csv(path: Path, **options: float) -> None:
    import mifs

    with mifs.scan_csv(path, target=TARGET, exclude=USELESS, n_jobs=-1) as scan:
        mifs.JMI(20, n_jobs=-1, **options).fit(scan)


def mifs_csv_untested(path: Path) -> None:
    mifs_csv(path, alpha=1)


def mifs_parquet(path: Path, **options: float) -> None:
    import mifs

    parquet = path.with_suffix(".parquet")
    with mifs.scan_parquet(parquet, target=TARGET, exclude=USELESS) as scan:
        mifs.JMI(20, n_jobs=-1, **options).fit(scan)


def mifs_parquet_untested(path: Path) -> None:
    mifs_parquet(path, alpha=1)


def mrmr_pandas(path: Path) -> None:
    """The numbers of the table; mrmr's own polars needs a version before 1.0."""
    import pandas as pd
    from mrmr import mrmr_classif

    frame = pd.read_parquet(path.with_suffix(".parquet"))
    features = frame.select_dtypes("number").fillna(0)
    mrmr_classif(features, frame[TARGET], K=20, n_jobs=1, show_progress=False)


@dataclass
class Way:
    """One way through the file, and what its runs took.

    Attributes
    ----------
    run : callable or None
        None: a command, qsv.
    beside : str
        The way of which the time is the unit of the ratio.
    seconds, memory : list
        Seconds and bytes of each run.
    """

    run: Callable[[Path], None] | None
    beside: str
    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)


CSV, PARQUET = "polars, CSV streamed once", "polars, Parquet read once"
WAYS = {
    CSV: Way(polars_csv, CSV),
    "pandas, CSV in chunks": Way(pandas_chunks, CSV),
    "qsv stats": Way(None, CSV),
    "mifs, CSV": Way(mifs_csv, CSV),
    "mifs, CSV, alpha=1": Way(mifs_csv_untested, CSV),
    PARQUET: Way(polars_parquet, PARQUET),
    "mifs, Parquet": Way(mifs_parquet, PARQUET),
    "mifs, Parquet, alpha=1": Way(mifs_parquet_untested, PARQUET),
    "mrmr-selection, pandas": Way(mrmr_pandas, PARQUET),
}
NEEDED = {"mrmr-selection, pandas": find_spec("mrmr"), "qsv stats": shutil.which("qsv")}
ABSENT = {
    "mrmr-selection, pandas": "pip install mrmr_selection",
    "qsv stats": "the command qsv is not on the path (cargo install qsv)",
}


def measure(name: str, path: Path) -> tuple[float, int]:
    """Seconds and most anonymous bytes of a way in a process of its own."""
    python = [sys.executable, "-W", "ignore"]
    own = [*python, __file__, "--run", name, "--file", str(path)]
    command = ["qsv", "stats", str(path)] if WAYS[name].run is None else own
    start = perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, anonymous_bytes(process.pid))
            sleep(0.01)
        printed = process.communicate()[0]
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")
    whole = perf_counter() - start
    return (whole if WAYS[name].run is None else json.loads(printed), peak)


def anonymous_bytes(process: int) -> int:
    """Memory of a process that no file stands behind (Linux)."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    values = (line.split()[1] for line in lines if line.startswith("RssAnon"))
    return sum(map(int, values)) * 1024


def sheet(path: Path, n_rows: int, n_columns: int) -> Sheet:
    rows = []
    for name, way in WAYS.items():
        if not way.seconds:
            continue
        ratio = median(way.seconds) / median(WAYS[way.beside].seconds)
        cells = n_rows * n_columns / 1e9
        rows.append(
            (
                name,
                f"{median(way.seconds):.2f}",
                f"{median(way.seconds) / cells:.0f}",
                f"{ratio:.2f}",
                f"{max(way.memory) / 1e6:.0f}",
            )
        )
    size = path.stat().st_size / 1e6
    shown = f"{n_rows:,}".replace(",", " ")
    title = f"{shown} rows × {n_columns} columns, {size:.0f} MB of CSV, JMI, k = 20"
    head = ("way", "seconds", "seconds a 10⁹ cells", "ratio", "anonymous memory, MB")
    return Sheet(title, head, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=300)
    parser.add_argument("--folder", type=Path, help="default: a temporary one")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ways", nargs="*", help="some of them, by a part of the name")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help="a CSV file that is there already")
    given = parser.parse_args()
    if given.run:
        run = WAYS[given.run].run
        assert run is not None
        start = perf_counter()
        run(given.file)
        print(json.dumps(perf_counter() - start))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        path = given.file or make_files(folder, given.megabytes)
        small = make_files(Path(temporary), WARM)
        names = [name for name in WAYS if NEEDED.get(name, True)]
        if given.ways:
            units = {WAYS[name].beside for name in names}
            part = [n for n in names if any(way in n for way in given.ways)]
            names = [n for n in names if n in part or n in units]
        for name in names:
            measure(name, small)  # compiled kernels are kept, and files are cached
        for _ in range(given.rounds):
            for name in names:
                seconds, memory = measure(name, path)
                WAYS[name].seconds.append(seconds)
                WAYS[name].memory.append(memory)
        n_rows = pl.scan_parquet(path.with_suffix(".parquet")).select(pl.len())
        table = pl.read_parquet_schema(path.with_suffix(".parquet"))
        print(machine(["numpy", "numba", "polars", "pandas", "pyarrow"]), end="\n\n")
        print(sheet(path, n_rows.collect().item(), len(table)).markdown())
        for name, remedy in ABSENT.items():
            if not NEEDED[name]:
                print(f"\n{name}: not measured, for it is not installed: {remedy}.")


if __name__ == "__main__":
    main()
