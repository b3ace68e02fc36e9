"""Commands say of a large file, read by way of a disk, what they say of a small one."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from click.testing import CliRunner
from test_scan import mixed

from mifs._cli import _reading as reading
from mifs._cli import main


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = mixed(1500, seed=4)
    table.loc[:20, "y"] = None
    table["one"], table["empty"] = 7, None
    table["id"] = range(1500)
    table["name"] = [f"n{i}" for i in range(1500)]
    table["high"] = np.where(np.arange(1500) == 700, np.inf, table["near"])
    table.to_csv("table.csv", index=False)
    return table


def ways(monkeypatch, *arguments):
    """What a command gives of a table in memory, and of the same on disk.

    Without progress, of which a slow machine shows some lines.
    """
    found = []
    for large in (reading.LARGE, 1):
        with monkeypatch.context() as patch:
            patch.setattr(reading, "LARGE", large)
            result = CliRunner().invoke(main, [*arguments, "--quiet"])
        found.append((result.exit_code, result.stdout, result.stderr))
    return found


def test_select_leaves_the_limit_of_the_csv_module_as_it_is(table):
    limit = csv.field_size_limit()
    command = ("select", "table.csv", *USUAL, "-k", "2", "-o", "small.csv")
    assert CliRunner().invoke(main, command).exit_code == 0
    assert csv.field_size_limit() == limit


USUAL = ("--target", "y", "--drop-missing-target", "--exclude", "high")
COMMANDS = {
    "rank": ("rank", "table.csv", *USUAL, "--format", "csv"),
    "auto": ("rank", "table.csv", *USUAL, "-k", "auto"),
    "declared": (
        *("rank", "table.csv", *USUAL, "--discrete", "whole", "--continuous", "count"),
        *("--text", "wide", "-c", "mrmr", "--format", "json"),
    ),
    "weights": ("rank", "table.csv", *USUAL, "--weights", "weight", "-k", "3"),
    "infinite": (*("rank", "table.csv", *USUAL[:3]), "--infinite-as-missing"),
    "sentinel": ("rank", "table.csv", *USUAL, "--missing", "3", "-k", "3"),
    "parquet": ("rank", "table.parquet", *USUAL, "-k", "5"),
    "compare": ("compare", "table.csv", *USUAL, "--criteria", "jmi,cmim"),
    "select": ("select", "table.csv", *USUAL, "-k", "3", "--keep", "id"),
    "score": ("score", "table.csv", *USUAL, "--exclude", "absent"),
    "score groups": (
        *("score", "table.csv", *USUAL, "--include", "noise"),
        *("--group", "two=word,flag"),
    ),
    "profile": ("profile", "table.csv", "--exclude", "high", "--format", "csv"),
    "profile of a target": ("profile", "table.csv", *USUAL, "--format", "csv"),
    "profile of infinite": ("profile", "table.csv", "--format", "csv"),
    "profile, finite": ("profile", "table.csv", "--infinite-as-missing"),
    "profile, declared": (
        *("profile", "table.csv", "--exclude", "high", "--exclude", "empty"),
        *("--discrete", "whole", "--continuous", "count", "--text", "wide"),
    ),
    "profile, weights": ("profile", "table.csv", *USUAL, "--weights", "weight"),
    "profile, weights alone": (
        *("profile", "table.csv", "--exclude", "high", "--weights", "weight"),
        *("--format", "json"),
    ),
    "profile, infinite target": (
        *("profile", "table.csv", "--target", "high", "--drop-missing-target"),
        "--infinite-as-missing",
    ),
    "profile of Parquet": ("profile", "table.parquet", *USUAL, "--format", "json"),
    "profile, no target": ("profile", "table.csv", "--target", "z"),
    "profile, missing target": ("profile", "table.csv", "--target", "y"),
    "profile of nothing": ("profile", "small.csv", "--target", "y", "--exclude", "a"),
    "no target": ("rank", "table.csv", "--target", "z"),
    "missing target": ("rank", "table.csv", "--target", "y", "--exclude", "high"),
    "infinite values": ("rank", "table.csv", *USUAL[:3]),
    "excluded target": ("rank", "table.csv", *USUAL[:3], "--exclude", "y"),
    "no feature": ("rank", "small.csv", "--target", "y"),
    "broken": ("rank", "broken.csv", "--target", "y"),
    "missing text": ("rank", "text.csv", "--target", "y", "--continuous", "a"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_large_files_give_what_small_ones_give(table, monkeypatch, command):
    with open("small.csv", "w") as file:
        file.write("a,y\n" + "7,0\n7,1\n" * 30)
    with open("broken.csv", "w") as file:
        file.write("a,y\n" + "7,0\n8,1\n" * 30 + "9\n")
    with open("text.csv", "w") as file:
        file.write("a,y\n" + "7,0\n8,1\n" * 30 + "?,0\n")
    if "table.parquet" in command:
        pytest.importorskip("pyarrow")
        table.to_parquet("table.parquet")
    small, large = ways(monkeypatch, *command)
    assert large == small


WEIGHTS = {
    "text": ("word", "column 'word' is to hold weights, and holds no numbers"),
    "empty": (
        "empty",
        "weight 'empty' is missing in 1479 of 1479 rows; weights must be",
    ),
    "gaps": (
        "gaps",
        "weight 'gaps' is missing in 1 of 1105 rows; weights must be finite",
    ),
    "negative": (
        "less",
        "weight 'less' is negative in 1479 of 1479 rows, the first is",
    ),
    "infinite": (
        "much",
        "weight 'much' is infinite in 1 of 1105 rows, the first is inf",
    ),
    "zero": (
        "zero",
        "weight 'zero' is zero in all rows (0 everywhere): no row is left",
    ),
    "booleans": ("even", ""),
    "halves": ("half", ""),
}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("case", WEIGHTS)
def test_weights_of_large_files(table, monkeypatch, kind, case):
    weights, n = table["weight"].astype(float), np.arange(len(table))
    table["gaps"], table["much"] = weights.copy(), weights.copy()
    table.loc[50, ["gaps", "much"]] = np.nan, np.inf
    table["less"], table["zero"], table["half"] = weights - 100, 0, weights / 2
    table["even"] = n % 2 == 0
    table.to_csv("table.csv", index=False)
    table.to_parquet("table.parquet")
    column, fact = WEIGHTS[case]
    options = *USUAL, "--weights", column
    for other in {"gaps", "much", "less", "zero", "half", "even"} - {column}:
        options += ("--exclude", other)
    for verb in (("rank", "-k", "2"), ("profile",)):
        small, large = ways(monkeypatch, *verb, f"table.{kind}", *options)
        assert large == small
        status, output, errors = small
        if fact:
            assert (status, output) == (2, "")
            assert errors.startswith(f"Error: table.{kind}: {fact}")
        else:
            rows = table[table[column] != 0]["y"].notna().sum()
            assert status == 0
            assert f" {rows} rows" in output.splitlines()[-1]
