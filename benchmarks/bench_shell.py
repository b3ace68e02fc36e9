"""Seconds that the command line takes, beside the imports that nothing can save.

`mifs rank --help`, `mifs rank` of a CSV file of 5 MB, and `import sklearn`, each in a
process of its own, in turns; the least of several rounds counts. Then `mifs score` of
2 000 small files (``--files N``) beside bare processes, one a core, that read and score
a share of them each: the least of ``--rounds``. Prints JSON.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

ROUNDS = 7


def write_table(path: Path) -> None:
    """Write 25 000 rows of numbers, whole numbers and words, 4.9 MB."""
    rng = np.random.default_rng(0)
    n = 25_000
    columns = {f"x{j}": np.round(rng.normal(size=n), 5) for j in range(20)}
    columns |= {f"k{j}": rng.integers(0, 9, n) for j in range(5)}
    words = ["red", "green", "blue", "a,b"]
    columns |= {f"t{j}": rng.choice(words, n) for j in range(3)}
    score = columns["x0"] + columns["k0"] + rng.normal(size=n)
    pd.DataFrame(columns | {"y": (score > 4).astype(int)}).to_csv(path, index=False)


def seconds(arguments: list[str]) -> float:
    """Time a process from its start to its end."""
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return perf_counter() - start


BARE = """
import sys, pandas as pd, mifs
for path in sys.argv[1:]:
    table = pd.read_csv(path)
    mifs.MIM(None).fit(table.drop(columns="y"), table["y"]).path_
"""


def write_files(folder: Path, n_files: int) -> list[str]:
    """Write files of 200 rows and 10 columns each."""
    rng, n = np.random.default_rng(1), 200
    paths = [str(folder / f"day{number:04d}.csv") for number in range(n_files)]
    for path in paths:
        columns = {f"x{j}": np.round(rng.normal(size=n), 5) for j in range(6)}
        columns |= {f"k{j}": rng.integers(0, 9, n) for j in range(2)}
        columns["t"] = rng.choice(["red", "green", "blue"], n)
        score = columns["x0"] + columns["k0"] + rng.normal(size=n)
        pd.DataFrame(columns | {"y": (score > 4).astype(int)}).to_csv(path, index=False)
    return paths


def bare_seconds(paths: list[str]) -> float:
    """Time bare processes, side by side, that read and score all files."""
    start, n = perf_counter(), os.cpu_count() or 1
    shares = [[sys.executable, "-c", BARE, *paths[first::n]] for first in range(n)]
    running = [subprocess.Popen(command) for command in shares]
    if any(process.wait() for process in running):
        raise RuntimeError("a process failed")
    return perf_counter() - start


def batch_times(folder: Path, n_files: int, rounds: int) -> dict[str, float]:
    """Least seconds of a batch by the shell and by bare processes, in turns."""
    paths = write_files(folder, n_files)
    output = str(folder / "scores.csv")
    command = ["-m", "mifs", "score", *paths, "--target", "y", "-q", "-o", output]
    found = [(seconds(command), bare_seconds(paths)) for _ in range(rounds)]
    shell, bare = map(min, zip(*found, strict=True))
    times = {f"mifs score, {n_files} files": shell, "bare processes": bare}
    return times | {"score / bare": shell / bare}


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--files", type=int, default=2000)
parser.add_argument("--rounds", type=int, default=2)
given = parser.parse_args()
with tempfile.TemporaryDirectory() as folder:
    table = Path(folder, "table.csv")
    write_table(table)
    commands = {
        "import sklearn": ["-c", "import sklearn"],
        "mifs rank --help": ["-m", "mifs", "rank", "--help"],
        "mifs rank, 5 MB": ["-m", "mifs", "rank", str(table), "--target", "y"],
    }
    times = {name: seconds(command) for name, command in commands.items()}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            times[name] = min(times[name], seconds(command))
    batch = batch_times(Path(folder), given.files, given.rounds)
times["rank / import sklearn"] = times["mifs rank, 5 MB"] / times["import sklearn"]
print(json.dumps(times | batch, indent=2))
