"""Where results go: whole or not at all, and never over an input."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs._cli import main

ROWS = "".join(f"{i % 3},{i % 7},{i % 2}\n" for i in range(40))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("a,b,y\n" + ROWS)
    return tmp_path


def run(name, *arguments):
    return CliRunner().invoke(main, [name, "data.csv", "-t", "y", *arguments])


def dead_process():
    return subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize("name", ["rank", "score"])
@pytest.mark.skipif(os.name == "nt", reason="processes are not asked whether they run")
def test_drafts_of_killed_runs_are_removed_and_no_other_file(folder, name):
    old = [f".out.csv.{int(dead_process())}.tmp", f".out.csv.{os.getpid()}.tmp"]
    others = [f".out.csv.{os.getppid()}.tmp", ".out.csv.x.tmp", ".other.csv.1.tmp"]
    for path in (*old, *others):
        (folder / path).write_text("half")
    assert run(name, "-o", "out.csv").exit_code == 0
    assert sorted(os.listdir()) == sorted([*others, "data.csv", "out.csv"])


# Names of columns, and what stands for them in a cell of a CSV file.
FORMULAS = {
    "=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
    "+1+2": "'+1+2",
    "-2-3": "'-2-3",
    "@SUM(A1)": "'@SUM(A1)",
    " =A1": "' =A1",
    "＝A1": "'＝A1",
    "'=A1": "''=A1",
    "''+x": "'''+x",
    "-x": "'-x",
    "-1.5e3": "-1.5e3",
    "+7": "+7",
    "-": "-",
    "'t Hooft": "'t Hooft",
    "a=b": "a=b",
    "'": "'",
}


def restored(cell):
    # As docs/files.md says it.
    return cell[1:] if re.match(r"''*(\s*[=+\-@＝＋－＠]|[\t\r\n\0])", cell) else cell


@pytest.fixture
def formulas(folder):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.integers(0, 3, 60) for name in FORMULAS})
    frame["y"] = rng.integers(0, 2, 60)
    frame.to_csv("=day.csv", index=False)
    return frame


@pytest.mark.parametrize("form", ["csv", "tsv"])
@pytest.mark.parametrize("name", ["rank", "score", "profile", "compare"])
def test_names_are_no_formulas_of_a_spreadsheet(formulas, name, form):
    options = {"compare": ["--criteria", "mim"], "profile": []}
    options = options.get(name, ["--alpha", "1"]) + ["-k", "15"] * (name != "profile")
    command = [name, "=day.csv", "-t", "y", *options]
    done = CliRunner().invoke(main, [*command, "-o", f"out.{form}"])
    assert done.exit_code == 0
    delimiter = {"csv": ",", "tsv": "\t"}[form]
    with open(f"out.{form}", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=delimiter))
    column = "column" if name == "profile" else "feature"
    cells = [row[column] for row in rows]
    assert sorted(cells) == sorted(FORMULAS.values())
    assert sorted(map(restored, cells)) == sorted(FORMULAS)
    if name == "score":
        assert {row["file"] for row in rows} == {"'=day.csv"}
    as_json = CliRunner().invoke(main, [*command, "-f", "json"])
    names = [row[column] for row in json.loads(as_json.stdout)]
    assert names == list(map(restored, cells))


def test_errors_are_no_formulas_of_a_spreadsheet(folder):
    (folder / "@bad.csv").write_text("=a,y\n1,2,3\n")
    command = ["score", "@bad.csv", "-t", "y", "--errors", "errors.csv"]
    assert CliRunner().invoke(main, command).exit_code == 1
    with open("errors.csv", newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["file"] == "'@bad.csv"


def test_what_is_copied_stays_as_it_is(formulas):
    # Values and names of a table, unlike those of a result, are the user's own.
    options = ["-k", "15", "--alpha", "1", "-o", "small.csv"]
    done = CliRunner().invoke(main, ["select", "=day.csv", "-t", "y", *options])
    assert done.exit_code == 0
    with open("=day.csv", "rb") as whole, open("small.csv", "rb") as small:
        assert small.read() == whole.read()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("name", ["rank", "score"])
def test_a_full_disk_is_one_clear_line(folder, name):
    done = run(name, "-o", "/dev/full")
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir() == ["data.csv"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
def test_a_log_on_a_full_disk_ends_and_the_work_goes_on(folder):
    done = run("rank", "--log", "/dev/full", "--format", "csv")
    assert done.exit_code == 0
    assert done.stdout == run("rank", "--format", "csv").stdout
    fact = "Warning: log '/dev/full' ends here: No space left on device"
    assert done.stderr.count(fact) == 1


@pytest.mark.parametrize("usage", [[], ["--absent"]])
@pytest.mark.parametrize("name", ["data.csv", "link.csv", "other.txt"])
def test_a_log_is_appended_to_logs_only(folder, name, usage):
    """An input is not known yet when a wrong option is logged."""
    (folder / "other.txt").write_text("mine\n")
    os.link("data.csv", "link.csv")
    before = (folder / name).read_bytes()
    done = run("rank", *usage, "--log", name)
    assert done.exit_code == 2
    if not usage:
        assert f"'{name}' is there and no log of mifs" in done.stderr
    assert (folder / name).read_bytes() == before


def test_a_log_grows(folder):
    (folder / "log.txt").touch()
    for n_runs in (1, 2):
        assert run("rank", "--log", "log.txt").exit_code == 0
        lines = (folder / "log.txt").read_text().splitlines()
        assert sum(line.endswith("rank starts") for line in lines) == n_runs


@pytest.mark.skipif(os.name == "nt", reason="folders have other rights")
@pytest.mark.parametrize("old", [True, False])
def test_a_folder_that_takes_no_file_is_refused_before_work(folder, monkeypatch, old):
    """Asked of the system, which says yes to root whatever the rights are."""
    if old:
        (folder / "out.csv").write_text("old")
    folder.chmod(0o555)
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: path != folder and allowed(path, mode)
    )
    try:
        done = run("rank", "-o", "out.csv")
    finally:
        folder.chmod(stat.S_IRWXU)
    assert done.exit_code == 2
    assert "folder '.' is not writable" in done.stderr
    assert sorted(os.listdir()) == ["data.csv", *["out.csv"] * old]


@pytest.mark.parametrize("name", ["rank", "score", "convert"])
@pytest.mark.parametrize("option", ["--log", "--config"])
def test_no_result_takes_the_place_of_a_log_or_options(folder, name, option):
    other = folder / "other.parquet"
    if option == "--config":
        other.write_text("quiet = true\n")
    target = () if name == "convert" else ("-t", "y")
    output = (str(other),) if name == "convert" else ("-o", str(other))
    command = [name, "data.csv", *target, option, "other.parquet", *output]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert f"other.parquet' is the file of {option}; give another" in done.stderr
    text = other.read_text()
    assert text == "quiet = true\n" if option == "--config" else "starts" in text


@pytest.mark.parametrize("name", ["rank", "select"])
def test_a_place_where_nothing_can_be_written_is_named(name, monkeypatch):
    open_ = Path.open

    def refused(path, mode="r", **options):
        if "x" in mode:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return open_(path, mode, **options)

    monkeypatch.setattr(Path, "open", refused)
    done = run(name, "-k", "1", "-o", "out.csv")
    assert done.exit_code == 2
    error = done.stderr.splitlines()[-1]
    assert error.startswith("Error: ")
    assert error.endswith("out.csv: Permission denied; nothing can be written there")
    assert "data.csv" not in error


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
def test_a_full_device_is_named():
    done = run("select", "-k", "1", "-o", "/dev/full")
    assert done.exit_code == 2
    assert "Error: /dev/full: No space left on device" in done.stderr
