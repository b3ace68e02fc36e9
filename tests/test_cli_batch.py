"""Many files: failures by name, reason and line; a run that was killed goes on."""

from __future__ import annotations

import csv
import errno
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs._cli import main
from mifs._cli._journal import Journal
from mifs._cli._messages import InputError
from mifs._cli._scoring import Outcome

N_FILES = 200
OUT, JOURNAL = Path("out.csv"), Path("out.csv.journal")
BROKEN = {
    17: ("", "", "is empty; the first line must name the columns"),
    60: ("a,b,y\n1,2,0\n3,4\n5,6,1\n", "3", "2 fields, too few"),
    99: ("a,b\n1,2\n3,4\n", "", "has no column 'y'"),
    140: (b"a,b,y\n1,2,0\n\xff\xfe\x80,2,1\n", "3", "byte 0xff is not valid utf-8"),
    199: ('a,b,y\n1,2,0\n"3,4,1\n5,6,0\n', "3", "opens a quote that never closes"),
}


def write(folder, n=N_FILES, rows=30, broken=BROKEN):
    rng = np.random.default_rng(0)
    paths = []
    for i in range(n):
        path = folder / f"f{i:03}.csv"
        if i in broken:
            content = broken[i][0]
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            frame = pd.DataFrame(rng.integers(0, 3, (rows, 3)), columns=list("abc"))
            frame["y"] = (frame["a"] + rng.integers(0, 2, rows) > 1).astype(int)
            frame.to_csv(path, index=False)
        paths.append(path.name)
    return paths


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    write(folder)
    return folder


@pytest.fixture
def few(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, 4, broken={2: BROKEN[60]})


def run(*arguments):
    return CliRunner().invoke(main, ["score", *map(str, arguments), "-t", "y"])


def start(folder, output, *options):
    names = sorted(path.name for path in folder.glob("f*.csv"))
    command = [sys.executable, "-m", "mifs", "score", *names, "-t", "y", "-o", output]
    return subprocess.Popen(
        [*command, *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def journal_lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.fixture(scope="module")
def whole(folder):
    """A run over all files that nothing interrupts."""
    running = start(folder, "whole.csv", "--errors", "errors.csv")
    said = running.communicate(timeout=300)[1]
    return running.returncode, said, (folder / "whole.csv").read_bytes()


def test_195_of_200_files_are_scored_and_five_are_named(folder, whole):
    code, said, content = whole
    assert code == 1
    scored = dict.fromkeys(
        row["file"] for row in csv.DictReader(content.decode().splitlines())
    )
    good = [f"f{i:03}.csv" for i in range(N_FILES) if i not in BROKEN]
    assert list(scored) == good  # in the order of the arguments
    failures = [line for line in said.splitlines() if line.startswith("Failed: ")]
    errors = list(csv.DictReader((folder / "errors.csv").read_text().splitlines()))
    assert list(errors[0]) == ["file", "line", "reason"]
    found = zip(BROKEN.items(), failures, errors, strict=True)
    for (i, (_, line, why)), failure, error in found:
        place = f"f{i:03}.csv" + (f", line {line}" if line else "")
        assert failure.startswith(f"Failed: {place}")
        assert (error["file"], error["line"]) == (f"f{i:03}.csv", line)
        for reason in (failure, error["reason"]):
            assert why in reason
        assert "f0" not in error["reason"]
    assert "5 of 200 files failed: f017.csv, f060.csv, f099.csv" in said


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_run_goes_on_with_the_same_bytes(folder, whole):
    journal = folder / "killed.csv.journal"
    running = start(folder, "killed.csv")
    deadline = time.monotonic() + 120
    while journal_lines(journal) < 40 and time.monotonic() < deadline:
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    assert 40 <= journal_lines(journal) < N_FILES
    assert not (folder / "killed.csv").exists()
    with journal.open("ab") as file:
        file.write(b'{"file": "f1')  # torn by the kill
    resumed = start(folder, "killed.csv", "--resume")
    said = resumed.communicate(timeout=300)[1]
    assert resumed.returncode == 1
    assert (folder / "killed.csv").read_bytes() == whole[2]
    assert said.count("Failed: ") == len(BROKEN)
    assert journal_lines(journal) == N_FILES + 1  # kept, since some failed


@pytest.mark.tables
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks into /proc")
def test_workers_end_with_a_killed_run(folder):
    running = start(folder, "orphans.csv")
    while journal_lines(folder / "orphans.csv.journal") < 2:
        assert running.poll() is None
        time.sleep(0.01)
    children = children_of(running.pid)
    assert children  # many files are scored by processes
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while any(map(is_alive, children)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_success_removes_the_journal(few):
    done = run(*few[:2], "-o", "out.csv")
    assert done.exit_code == 0, done.stderr
    assert sorted(os.listdir()) == [*few, "out.csv"]


def test_a_journal_holds_complete_outcomes_and_their_circumstances(few):
    assert run(*few, "-o", "out.csv").exit_code == 1
    head, *outcomes = map(json.loads, JOURNAL.read_text().splitlines())
    assert head["options"]["target"] == "y"
    assert "numpy" in head["versions"]
    assert sorted(outcome["file"] for outcome in outcomes) == few
    assert all(len(outcome["content"]) == 32 for outcome in outcomes)


def test_what_is_done_is_not_done_again_unless_it_changed(few, monkeypatch):
    first = run(*few, "-o", "out.csv")
    whole = OUT.read_text()
    read = watch_reading(monkeypatch)
    again = run(*few, "-o", "out.csv", "--resume")
    assert (again.exit_code, read) == (1, [])
    assert (again.stderr, OUT.read_text()) == (first.stderr, whole)
    os.rename(few[1], "kept")
    os.rename(few[0], few[1])
    os.rename("kept", few[0])
    assert run(*few, "-o", "out.csv", "--resume").exit_code == 1
    assert sorted(read) == few[:2]
    swapped = OUT.read_text()
    assert swapped != whole
    os.remove("out.csv.journal")
    assert run(*few, "-o", "out.csv").exit_code == 1
    assert OUT.read_text() == swapped


def watch_reading(monkeypatch):
    from mifs._cli import _reading

    read, original = [], _reading.read

    def watched(path, *arguments, **options):
        read.extend(path)
        return original(path, *arguments, **options)

    monkeypatch.setattr(_reading, "read", watched)
    return read


def test_failures_are_tried_again_if_asked_for(few, monkeypatch):
    assert run(*few, "gone.csv", "-o", "out.csv").exit_code == 1
    read = watch_reading(monkeypatch)
    done = run(*few, "gone.csv", "-o", "out.csv", "--retry-failed")
    assert (done.exit_code, sorted(read)) == (1, [few[2], "gone.csv"])
    assert "--retry-failed tries again" in done.stderr
    os.replace(few[3], few[2])
    os.replace(few[1], "gone.csv")
    rest = [few[0], few[2], "gone.csv"]
    assert run(*rest, "-o", "out.csv", "--resume").exit_code == 0
    resumed = OUT.read_text()
    assert not os.path.exists("out.csv.journal")
    assert run(*rest, "-o", "out.csv").exit_code == 0
    assert OUT.read_text() == resumed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--bins", 3], "bins was not given and is 3"),
        (["--missing", "?"], "missing was not given and is '?'"),
        (["--alpha", 0.2], "alpha was 0.05 and is 0.2"),
        (["-k", "auto"], "n-features was all and is auto"),
    ],
)
def test_a_journal_of_other_options_is_refused(few, options, message):
    run(*few, "-o", "out.csv")
    before = JOURNAL.read_text()
    done = run(*few, "-o", "out.csv", "--resume", *options)
    assert done.exit_code == 2
    assert "out.csv.journal' is of other options: " + message in done.stderr
    assert "without --resume" in done.stderr
    assert JOURNAL.read_text() == before


def test_a_journal_of_other_versions_or_damaged_is_refused(few):
    run(*few, "-o", "out.csv")
    head, *rest = JOURNAL.read_text().splitlines(keepends=True)
    old = json.loads(head)
    old["versions"]["mifs"] = "0.0.1"
    JOURNAL.write_text(json.dumps(old) + "\n")
    done = run(*few, "-o", "out.csv", "--resume")
    assert done.exit_code == 2
    assert "of other versions: mifs was 0.0.1 and is " in done.stderr
    JOURNAL.write_text("".join([head, "{oops\n", *rest]))
    done = run(*few, "-o", "out.csv", "--resume")
    assert done.exit_code == 2
    assert "is damaged" in done.stderr
    for text in ("my diary\n", "my diary"):
        JOURNAL.write_text(text)
        for option in ((), ("--resume",)):
            done = run(*few, "-o", "out.csv", *option)
            assert done.exit_code == 2
            assert "is in the way" in done.stderr
        assert JOURNAL.read_text() == text


def test_starting_anew_says_that_one_could_go_on(few):
    run(*few, "-o", "out.csv")
    done = run(*few[:2], "-o", "out.csv")
    assert "Starts anew, though journal 'out.csv.journal'" in done.stderr
    assert "holds 4 files; --resume would go on" in done.stderr
    assert not os.path.exists("out.csv.journal")


def test_two_runs_do_not_write_one_journal(few):
    fcntl = pytest.importorskip("fcntl")
    run(*few, "-o", "out.csv")
    before = JOURNAL.read_bytes()
    with JOURNAL.open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run(*few, "-o", "out.csv")
        assert done.exit_code == 2
        assert "another run writes to journal 'out.csv.journal' now" in done.stderr
        assert JOURNAL.read_bytes() == before
    assert run(*few, "-o", "out.csv").exit_code == 1
    assert JOURNAL.read_bytes().count(b"\n") == before.count(b"\n")


def test_going_on_needs_a_file_and_nothing_to_go_on_with_is_a_start(few):
    for option in ("--resume", "--retry-failed"):
        done = run(*few, option)
        assert done.exit_code == 2
        assert "need -o" in done.stderr
    assert run(*few[:2], "-o", "out.csv", "--resume").exit_code == 0


def test_errors_are_a_file_of_its_own(few):
    assert run(*few[:2], "--errors", "errors.csv").exit_code == 0
    assert Path("errors.csv").read_text() == "file,line,reason\n"
    for path in (few[0], "same.csv"):
        done = run(*few, "-o", "same.csv", "--errors", path)
        assert done.exit_code == 2
        assert f"'{path}' is an input file" in done.stderr or path == "same.csv"
    assert "is the result (-o), too" in done.stderr
    done = run(*few, "-o", "same.csv", "--errors", "same.csv.journal")
    assert done.exit_code == 2
    assert "is the journal of the result, too" in done.stderr


def test_a_journal_that_cannot_be_written_is_named(few):
    def full(self):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(self.path))

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("error")  # joblib says what it gave up
        patch.setattr(Journal, "_locked", full)
        done = run(*few, "-o", "scores.csv")
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert "scores.csv.journal: Permission denied" in lines[-1]
    assert not os.path.exists("scores.csv")


@pytest.mark.skipif(os.name == "nt", reason="no limits of files")
def test_a_journal_on_a_full_disk_is_named(few):
    import resource

    journal = Journal("scores.csv", {})
    journal.add(Outcome("a.csv"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = journal.path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 9, limits[1]))
    try:
        with pytest.raises(InputError, match=r"scores\.csv\.journal: .*free some room"):
            journal.add(Outcome("b.csv"))
        journal.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(Journal("scores.csv", {}).known()) == ["a.csv"]
