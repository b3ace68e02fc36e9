"""Where results go: whole or not at all, and never over an input."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

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


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("name", ["rank", "score"])
def test_a_full_disk_is_one_clear_line(folder, name):
    done = run(name, "-o", "/dev/full")
    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir() == ["data.csv"]


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
