"""How far a command is, where stderr is no terminal: a line now and then, or none."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs._cli import main

COMMANDS = {
    "rank": (["a.csv", "-t", "y", "-k", "3"], r"MISelector: 2 of 3 steps"),
    "select": (["a.csv", "-t", "y", "-k", "3"], r"MISelector: 2 of 3 steps"),
    "score": (["a.csv", "b.csv", "c.csv", "-t", "y"], r"Scoring: 2 of 3 files"),
    "convert": (["a.csv", "a.parquet"], r"Converting: \d+ of \d+ MB"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("mifs._scan.walk.BLOCK", 200)
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name in "abc":
        frame = pd.DataFrame(rng.integers(0, 3, (60, 4)), columns=list("abcd"))
        frame["y"] = rng.integers(0, 2, 60)
        frame.to_csv(f"{name}.csv", index=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_lines_say_how_far_a_command_is_and_quiet_says_nothing(name, monkeypatch):
    arguments, line = COMMANDS[name]
    shown = re.compile(line + r", about \d+ s left")
    short = CliRunner().invoke(main, [name, *arguments])
    assert short.exit_code == 0, short.stderr
    assert not shown.search(short.stderr)
    monkeypatch.setattr("mifs._cli._progress._PAUSE", 0)
    monkeypatch.setattr("mifs.selectors._progress._PAUSE", 0)
    assert shown.search(CliRunner().invoke(main, [name, *arguments]).stderr)
    quiet = CliRunner().invoke(main, [name, *arguments, "--quiet"])
    assert " s left" not in quiet.stderr


@pytest.mark.parametrize("name", ["rank", "select", "compare", "profile"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_large_file_says_the_bytes_that_are_read(name, suffix, monkeypatch):
    monkeypatch.setattr("mifs._cli._reading.LARGE", 1)
    monkeypatch.setattr("mifs._scan.arrow.ROWS", 20)
    monkeypatch.setattr("mifs._cli._progress._PAUSE", 0)
    pd.concat([pd.read_csv("a.csv")] * 5).to_parquet("a.parquet", index=False)
    line = re.compile(r"Reading: 0 of 0 MB, about \d+ s left")
    arguments = [name, f"a.{suffix}", "-t", "y"]
    shown = CliRunner().invoke(main, arguments)
    assert shown.exit_code == 0, shown.stderr
    assert line.search(shown.stderr)
    quiet = CliRunner().invoke(main, [*arguments, "--quiet"])
    assert not line.search(quiet.stderr)
    assert quiet.stdout == shown.stdout
