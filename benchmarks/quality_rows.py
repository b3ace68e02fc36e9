"""Rows of results/quality*.csv: written one by one, read again, put in order."""

from __future__ import annotations

import csv
import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

RESULTS = Path(__file__).with_name("results")
PICKS, SCORES = RESULTS / "quality_picks.csv", RESULTS / "quality.csv"
TABLES = RESULTS / "quality_tables.csv"
MACHINE = RESULTS / "quality_machine.json"
KEYS = {
    PICKS.name: ("part", "table", "selector", "k", "settings"),
    SCORES.name: ("table", "selector", "k", "model", "settings", "picked"),
    TABLES.name: ("part", "table"),
}
VALUES = {
    PICKS.name: ("seconds", "picks", "note"),
    SCORES.name: ("scores",),
    TABLES.name: ("rows", "columns", "labels", "missing", "classes", "truth"),
}
# What tells rows of one thing apart from older ones of it.
VERSIONED = ("settings", "picked")


class Rows:
    """Rows of a file, of which the newest of each key counts.

    Parameters
    ----------
    file : Path
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._key = KEYS[file.name]
        self._fields = (*self._key, *VALUES[file.name])
        self._rows: dict[tuple[str, ...], dict[str, str]] = {}
        if file.exists():
            with file.open(newline="", encoding="utf-8") as lines:
                for row in csv.DictReader(lines):
                    if None not in row.values():  # else it was being written
                        self._rows[self._of(row)] = row

    def _of(self, row: dict[str, str]) -> tuple[str, ...]:
        return tuple(row[name] for name in self._key)

    def has(self, key: dict[str, str]) -> bool:
        return self._of(key) in self._rows

    def get(self, key: dict[str, str]) -> dict[str, str]:
        return self._rows[self._of(key)]

    def put(self, row: dict[str, str]) -> None:
        """Add a row, at once on disk."""
        self._file.parent.mkdir(exist_ok=True)
        fresh = not self._file.exists()
        with self._file.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self._fields, lineterminator="\n")
            if fresh:
                writer.writeheader()
            writer.writerow(row)
        self._rows[self._of(row)] = row

    def tidy(self) -> None:
        """Keep the newest row of each thing, in the order of the names."""
        newest: dict[tuple[str, ...], dict[str, str]] = {}
        for row in self._rows.values():
            place = tuple(row[n] for n in self._key if n not in VERSIONED)
            newest[place] = row
        draft = self._file.with_suffix(".part")
        with draft.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self._fields, lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for _, row in sorted(newest.items()))
        draft.replace(self._file)
        self._rows = {self._of(row): row for row in newest.values()}

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(list(self._rows.values()), columns=self._fields, dtype=str)


def spelled(picks: list[list[int]]) -> str:
    """Picks of each fold in one cell; columns that follow each other as "3-12"."""
    return "|".join(" ".join(_runs(fold)) for fold in picks)


def _runs(fold: list[int]) -> Iterator[str]:
    begin = 0
    for end in range(1, len(fold) + 1):
        if end == len(fold) or fold[end] != fold[end - 1] + 1:
            first, last = fold[begin], fold[end - 1]
            yield f"{first}-{last}" if end - begin > 1 else str(first)
            begin = end


def read_picks(cell: str) -> list[list[int]]:
    """Picks of each fold."""
    return [
        [column for run in fold.split() for column in _columns(run)]
        for fold in cell.split("|")
    ]


def _columns(run: str) -> range:
    first, _, last = run.partition("-")
    return range(int(first), int(last or first) + 1)


def machine(versions: set[str]) -> None:
    """Say where and with what the rows were made, beside what earlier runs said."""
    known = json.loads(MACHINE.read_text()) if MACHINE.exists() else {}
    known["packages"] = sorted({*known.get("packages", []), *versions})
    known["python"] = sys.version.split()[0]
    known["processor"] = _processor()
    known["cores"] = os.cpu_count()
    known["last run"] = datetime.now(UTC).date().isoformat()
    MACHINE.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.processor()
