"""What a part of the calibration consists of: cells, runs and their sums."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

# By criterion (or method of a test) and measure.
Totals = dict[tuple[str, str], float]


class Cell(NamedTuple):
    """What tables are drawn, and how they are searched."""

    part: str
    n: int
    p: int
    noise: str
    target: str
    effect: str = ""
    estimator: str = "plug-in"

    def seed(self, run: int) -> int:
        """Of a run, other ones for other cells."""
        key = zlib.crc32(repr(tuple(self)).encode())
        return int(np.random.SeedSequence([key, run]).generate_state(1)[0])


@dataclass(frozen=True)
class Part:
    """Cells, what some runs of a cell give, and the usual number of runs.

    ``whole``: not all is a sum over runs, so that a cell is measured in one go.
    """

    cells: Sequence[Cell]
    measure: Callable[[Cell, Iterable[int]], Totals]
    seeds: int
    whole: bool = False


def cells(
    part: str,
    ns: Iterable[int],
    ps: Iterable[int],
    kinds: Iterable[str],
    targets: Iterable[str],
    *,
    effects: Iterable[str] = ("",),
    names: Iterable[str] = ("plug-in",),
) -> list[Cell]:
    """All combinations."""
    fields = ns, ps, kinds, targets, effects, names
    return [Cell(part, *each) for each in product(*fields)]


def summed(
    one: Callable[[Cell, int], Totals],
) -> Callable[[Cell, Iterable[int]], Totals]:
    """Sums of what single runs give, of a cell and a seed."""

    def measure(cell: Cell, runs: Iterable[int]) -> Totals:
        totals: Counter[tuple[str, str]] = Counter()
        for run in runs:
            totals.update(one(cell, cell.seed(run)))
        return dict(totals)

    return measure


KEYS = [*Cell._fields, "criterion", "measure"]
# Runs of one cell between two looks at the others.
CHUNK = 20


class Results:
    """Sums of what was measured, in a CSV file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sums: dict[Cell, tuple[int, Totals]] = {}
        if path.exists():
            texts = dict.fromkeys(("noise", "target", "effect", "estimator"), str)
            frame = pd.read_csv(path, keep_default_na=False, dtype=texts)
            for row in frame.itertuples(index=False):
                cell = Cell(*row[: len(Cell._fields)])
                _, totals = self._sums.setdefault(cell, (row.seeds, {}))
                totals[row.criterion, row.measure] = row.total

    def seeds(self, cell: Cell) -> int:
        """Runs of a cell so far."""
        return self._sums.get(cell, (0, {}))[0]

    def add(self, cell: Cell, seeds: int, totals: Totals) -> None:
        before, sums = self._sums.get(cell, (0, {}))
        for key, value in totals.items():
            sums[key] = sums.get(key, 0) + value
        self._sums[cell] = before + seeds, sums

    def replace(self, cell: Cell, seeds: int, totals: Totals) -> None:
        self._sums[cell] = seeds, totals

    def frame(self) -> pd.DataFrame:
        rows = [
            (*cell, *key, seeds, total)
            for cell, (seeds, totals) in self._sums.items()
            for key, total in totals.items()
        ]
        frame = pd.DataFrame(rows, columns=[*KEYS, "seeds", "total"])
        return frame.sort_values(KEYS, ignore_index=True)

    def save(self) -> None:
        """Write all at once: a run that is cut leaves the old file or the new one."""
        new = self._path.with_suffix(".new")
        self.frame().to_csv(new, index=False, float_format="%.6g")
        new.replace(self._path)


def chunks(
    cells: Sequence[Cell], results: Results, n_seeds: int, *, whole: bool = False
) -> Iterator[tuple[Cell, range]]:
    """Runs that are left, a few of each cell in turn; ``whole``: all of each."""
    done = {cell: results.seeds(cell) for cell in cells}
    if whole:
        yield from ((c, range(n_seeds)) for c in cells if done[c] < n_seeds)
        return
    for stop in range(CHUNK, n_seeds + CHUNK, CHUNK):
        for cell, before in done.items():
            if runs := range(before, min(stop, n_seeds)):
                done[cell] = runs.stop
                yield cell, runs
