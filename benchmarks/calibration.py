"""How often the tests of a path err, and what they find, on tables of known truth.

    python benchmarks/calibration.py noise --seeds 100     noise tables, some minutes
    python benchmarks/calibration.py estimators truth      other parts
    python benchmarks/calibration.py report                prints the tables of the docs
    python benchmarks/calibration.py report --write        also into docs/how_many.md

Results are sums over runs and stand in calibration.csv, which is written every few
seconds: a run that was cut goes on where it stopped, and one of more seeds adds to what
is there. Every run draws a table from its own seed, so that a row does not depend on
the number of jobs nor on the order. Cells with fewer seeds come first.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

from timing import ONE_THREAD

os.environ.update(ONE_THREAD)

import pandas as pd
from calibration_cells import Cell, Results, Totals, chunks
from calibration_cost import COST
from calibration_paths import PATHS
from calibration_report import report, write
from calibration_tests import TESTS
from joblib import Parallel, delayed

PARTS = {**PATHS, **TESTS, **COST}
OUT = Path(__file__).with_suffix(".csv")
# Seconds between two writes.
PATIENCE = 10.0


def run(
    cells: Sequence[Cell], results: Results, n_seeds: int, n_jobs: int, minutes: float
) -> None:
    """Measure what is left of cells of one part, and keep it."""
    begin = last = time.monotonic()
    whole = PARTS[cells[0].part].whole
    todo = chunks(cells, results, n_seeds, whole=whole)
    parallel = Parallel(n_jobs=n_jobs, return_as="generator", batch_size=1)
    within = (c for c in todo if time.monotonic() - begin < 60 * minutes)
    for cell, runs, totals in parallel(delayed(measured)(*c) for c in within):
        keep = results.replace if whole else results.add
        keep(cell, len(runs), totals)
        if time.monotonic() - last > PATIENCE:
            results.save()
            last = time.monotonic()
    results.save()


def measured(cell: Cell, runs: range) -> tuple[Cell, range, Totals]:
    """Sums over the runs; what selectors warn of is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cell, runs, PARTS[cell.part].measure(cell, runs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="+", choices=[*PARTS, "report"])
    parser.add_argument("--seeds", type=int, help="runs a cell; each part has its own")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--only", default="n > 0", help="cells, as of DataFrame.query")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--write", action="store_true", help="report into the docs")
    given = parser.parse_args()
    results = Results(given.out)
    for name in given.part:
        if name == "report":
            print(text := report(results.frame()))
            if given.write:
                write(text)
            continue
        part = PARTS[name]
        every = pd.DataFrame(part.cells, columns=Cell._fields)
        cells = [part.cells[i] for i in every.query(given.only).index]
        run(cells, results, given.seeds or part.seeds, given.jobs, given.minutes)


if __name__ == "__main__":
    main()
