"""Small and odd tables go through every command: right, or one clear line."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from mifs._cli import main

COMMANDS = {
    "rank": ["-t", "y"],
    "score": ["-t", "y"],
    "select": ["-t", "y", "-o", "out.csv"],
    "profile": [],
    "compare": ["-t", "y"],
    "convert": ["out.parquet"],
}
ROWS = "".join(f"{i % 3},{i % 5},{i % 2}\n" for i in range(30))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(name, content, path="in.csv", mode="w"):
    with open(path, mode, newline="" if mode == "w" else None) as file:
        file.write(content)
    return CliRunner().invoke(main, [name, path, *COMMANDS[name]])


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a,b,y\n" + ROWS.rstrip("\n"), 0),  # no newline at the end
        ("a,b,y\r\n" + ROWS.replace("\n", "\r\n"), 0),
        ("a,b,y\n", 2),
        ("", 2),
        ("a,b,y\n1,2,0\n", None),  # one row
        ("y\n0\n1\n0\n", None),  # one column
        ("a,b,y\n" + "1,2,0\n" * 20, None),  # nothing varies
        ('a,b,y\n1,"2\n3,4,5\n', 2),
        ("a,b,y\n1,2,0\n3,4\n", 2),
    ],
)
def test_small_tables(name, content, code):
    done = run(name, content)
    assert "Traceback" not in done.stderr
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if code == 0:
        assert done.exit_code == 0, done.stderr
    elif code == 2:
        assert done.exit_code == (1 if name == "score" else 2)
        assert "in.csv" in done.stderr
    if done.exit_code:
        assert sorted(os.listdir()) == ["in.csv"]
        assert done.stderr.count("\n") <= 3


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("name", ["select", "convert"])
def test_a_pipe_is_not_read_twice(folder, name):
    os.mkfifo(folder / "pipe.csv")
    done = CliRunner().invoke(main, [name, "pipe.csv", *COMMANDS[name]])
    assert done.exit_code == 2
    assert "send it to standard input (-)" in " ".join(done.stderr.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_names_in_files_are_no_paths_and_no_code(name):
    header = '../../evil,"=cmd()",y\n'
    done = run(name, header + ROWS)
    assert done.exit_code == 0, done.stderr
    left = {"in.csv"} | {c for c in COMMANDS[name] if c.startswith("out")}
    assert set(os.listdir()) == left
    if name != "convert":
        text = done.stdout if name != "select" else open_text("out.csv")
        assert "../../evil" in text


def open_text(path):
    with open(path) as file:
        return file.read()
