"""Options of a file, the log, and the completion of shells."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs._cli import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 3, (80, 5)), columns=list("abcde"))
    frame["y"] = (frame["b"] + rng.integers(0, 2, 80) > 1).astype(int)
    frame.to_csv("data.csv", index=False)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def with_config(folder, text, *arguments):
    (folder / "mifs.toml").write_text(text)
    return run(*arguments, "--config", "mifs.toml")


def test_a_file_gives_options_and_the_command_line_wins(folder):
    text = 'target = "y"\nk = 2\nexclude = ["a", "c"]\nformat = "csv"\nbins = 3\n'
    done = with_config(folder, text, "rank", "data.csv")
    assert done.exit_code == 0, done.stderr
    options = ("-t", "y", "-x", "a", "-x", "c", "-f", "csv", "--bins", 3)
    assert done.stdout == run("rank", "data.csv", "-k", 2, *options).stdout
    done = with_config(folder, text, "rank", "data.csv", "-k", 1, "-f", "json")
    assert len(json.loads(done.stdout)) == 1


def test_options_of_one_command_and_of_others(folder):
    text = (
        'target = "y"\nk = "all"\nkeep = "a"\nquiet = true\n'
        'drop_missing_target = true\n[rank]\nk = 1\n[score]\nformat = "json"\n'
    )
    ranked = with_config(folder, text, "rank", "data.csv", "-f", "json")
    assert len(json.loads(ranked.stdout)) == 1
    scored = with_config(folder, text, "score", "data.csv")
    assert len(json.loads(scored.stdout)) == 5
    profiled = with_config(folder, text, "profile", "data.csv", "-f", "json")
    assert len(json.loads(profiled.stdout)) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('tarjet = "y"', "no option is called 'tarjet'; near names: 'target'"),
        ("[rnk]\nk = 1", "no command is called 'rnk'; near names: 'rank'"),
        ("[rank]\nkeep = 'a'", "no option is called 'keep'"),
        ("config = 'other.toml'", "no option is called 'config'"),
        ("k = 1\nk = 2", "'mifs.toml' is no TOML"),
        ("k = true", "'k' takes a value"),
        ("quiet = 'yes'", "'quiet' takes true or false"),
        ("target = ['y', 'a']", "'target' takes one value, no list"),
        ("bins = 1", "1 is not in the range"),
        ("criterion = 'oops'", "unknown"),
    ],
)
def test_a_file_that_cannot_be(folder, text, message):
    done = with_config(folder, text, "rank", "data.csv", "-t", "y")
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_no_file_of_options():
    done = run("rank", "data.csv", "-t", "y", "--config", "none.toml")
    assert done.exit_code == 2
    assert "'none.toml': No such file" in done.stderr


def test_the_log_holds_what_is_said_with_the_time(folder):
    options = ("-t", "y", "-k", "auto", "--log", "mifs.log")
    done = run("rank", "data.csv", *options)
    assert done.exit_code == 0
    assert run("rank", "none.csv", *options).exit_code == 2
    run("score", "none.csv", "-t", "y", "--log", "mifs.log")
    lines = (folder / "mifs.log").read_text().splitlines()
    at = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00 (.*)")
    said = [at.fullmatch(line)[1] for line in lines]
    assert [text for text in said if text.endswith("starts")] == [
        "main rank starts",
        "main rank starts",
        "main score starts",
    ]
    for line in done.stderr.splitlines():
        assert line in said
    assert "Done" in said
    assert any("File 'none.csv' does not exist" in text for text in said)
    assert said[-1] == "Ended with exit code 1"


def test_a_log_that_cannot_be_written(folder):
    done = run("rank", "data.csv", "-t", "y", "--log", "no/such/file")
    assert done.exit_code == 2
    assert "No such file or directory" in done.stderr


def completions(words, shell="bash"):
    environment = {
        **os.environ,
        "_MIFS_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1) if shell != "fish" else words[-1],
    }
    done = subprocess.run(
        [sys.executable, "-c", "from mifs.__main__ import run; run()"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_options_and_names(shell):
    assert any("rank" in word for word in completions(["mifs", "ra"], shell))
    options = completions(["mifs", "rank", "--drop"], shell)
    assert any("--drop-missing-target" in word for word in options)
    criteria = completions(["mifs", "rank", "--criterion", "jm"], shell)
    assert [w for name in ("jmi", "jmi3", "jmim") for w in criteria if name in w]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_that_a_shell_reads(shell):
    if shutil.which(shell) is None and shell == "bash":
        pytest.skip("bash is asked for its version")
    environment = {**os.environ, "_MIFS_COMPLETE": f"{shell}_source"}
    done = subprocess.run(
        [sys.executable, "-c", "from mifs.__main__ import run; run()"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_MIFS_COMPLETE" in done.stdout
    assert "mifs" in done.stdout
