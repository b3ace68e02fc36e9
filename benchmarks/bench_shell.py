"""Seconds that the command line takes, beside the imports that nothing can save.

`mifs rank --help`, `mifs rank` of a CSV file of 5 MB, and `import sklearn`, each in a
process of its own, in turns; the least of several rounds counts. Prints JSON.
"""

import json
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
times["rank / import sklearn"] = times["mifs rank, 5 MB"] / times["import sklearn"]
print(json.dumps(times, indent=2))
