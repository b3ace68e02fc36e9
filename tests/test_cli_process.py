"""The command as a process: signals, closed and full outputs, exit codes."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from repeats import first
from sklearn.datasets import load_wine

MIFS = [sys.executable, "-m", "mifs"]


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    path = tmp_path_factory.mktemp("wine") / "wine.csv"
    load_wine(as_frame=True).frame.to_csv(path, index=False)
    return path


def command(name, path, *options):
    """Few features are asked for, none of which needs a warning."""
    return [*MIFS, name, str(path), "-t", "target", "-k", "4", "-q", *options]


NAMES = ["rank", "score"]
SIGNALS = [(signal.SIGINT, 130, "Interrupted\n"), (signal.SIGTERM, 143, "Terminated\n")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize(
    ("name", "sent", "code", "said"),
    first(2, [(NAMES[(i + j) % 2], *SIGNALS[j]) for i in range(2) for j in range(2)]),
)
def test_an_interrupt_leaves_nothing(tmp_path, name, sent, code, said):
    """A pipe without data keeps the command at work: score in a thread of joblib."""
    fifo, output = tmp_path / "data.csv", tmp_path / "result.csv"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        command(name, fifo, "-o", str(output)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with open(fifo, "wb"):  # opens as soon as the command reads
        time.sleep(0.5)
        running.send_signal(sent)
        stdout, stderr = running.communicate(timeout=60)
    assert (running.returncode, stdout) == (code, "")
    assert stderr == said
    assert sorted(os.listdir(tmp_path)) == ["data.csv"]


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to another process")
def test_an_interrupt_while_threads_are_at_work(tmp_path):
    """Their kernels do not see the interpreter taken down (it crashed, mostly)."""
    rng, path = np.random.default_rng(0), tmp_path / "data.csv"
    table = np.column_stack([rng.normal(size=(1500, 150)), rng.integers(0, 2, 1500)])
    header = ",".join([*(f"x{j}" for j in range(150)), "target"])
    np.savetxt(path, table, "%.3g", ",", header=header, comments="")
    options = ["-t", "target", "-k", "20", "--stability", "4000", "--jobs", "2"]
    running = subprocess.Popen(
        [*MIFS, "rank", str(path), *options], stderr=subprocess.PIPE, text=True
    )
    time.sleep(6)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said.splitlines()[-1]) == (130, "Interrupted")


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to another process")
@pytest.mark.parametrize(
    ("module", "delay"),
    [
        *(("mifs._interrupts", delay) for delay in (0, 0.005, 0.05, 0.3, 1)),
        *((name, 0) for name in ("click", "numpy", "pandas", "sklearn.base", "numba")),
    ],
)
def test_an_interrupt_while_modules_are_imported(module, delay):
    """The process says itself which modules it has; at last it waits for its input."""
    running = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "mifs", "rank", "-", "-t", "y"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while running.stderr.readline().split("|")[-1].strip() != module:
        assert running.poll() is None
    time.sleep(delay)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    lines = [line for line in said.splitlines() if "import time:" not in line]
    assert (running.returncode, lines) == (130, ["Interrupted"])


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be told to end")
@pytest.mark.parametrize(("sent", "code", "said"), first(1, SIGNALS))
def test_a_large_table_is_put_away(tmp_path, sent, code, said):
    """The folder of a scan goes with its process, and with the next if it is killed."""
    table, temporary = tmp_path / "large.csv", tmp_path / "temporary"
    temporary.mkdir()
    row = b"0.123456789," * 40 + b"1\n" + b"0.987654321," * 40 + b"0\n"
    names = ",".join(f"x{j}" for j in range(40)) + ",target\n"
    table.write_bytes(names.encode() + row * 90_000)
    environment = {**os.environ, "TMPDIR": str(temporary)}

    def folders():
        return set(temporary.glob("mifs-scan-*"))

    def begin():
        before = folders()
        options = {"stderr": subprocess.PIPE, "text": True, "env": environment}
        running = subprocess.Popen(command("rank", table), **options)
        while not folders() - before:
            assert running.poll() is None
            time.sleep(0.01)
        return running

    killed = begin()
    killed.kill()
    killed.communicate(timeout=60)
    (left,) = folders()
    running = begin()
    running.send_signal(sent)
    assert running.communicate(timeout=60)[1] == said
    assert running.returncode == code
    assert not left.exists()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("name", first(1, NAMES))
def test_a_closed_pipe_ends_quietly_with_141(wine, name):
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            command(name, wine), stdout=write, stderr=subprocess.PIPE, timeout=120
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("arguments", first(2, [["score"], ["--help"], ["rank"]]))
def test_a_full_output_is_one_line_and_1(wine, arguments):
    line = command(*arguments, wine) if arguments != ["--help"] else [*MIFS, "--help"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, timeout=120)
    assert done.returncode == 1
    assert done.stderr == b"Error: standard output: No space left on device\n"


@pytest.mark.parametrize("closed", first(1, [">&- 2>&-", ">&-", "2>&-"]))
def test_closed_streams_are_no_traceback(wine, closed):
    line = " ".join(command("score", wine)) + f" {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=120)
    assert b"Traceback" not in done.stdout + done.stderr
    assert done.returncode == (1 if ">&-" in closed.replace("2>&-", "") else 0)


def test_failures_are_said_even_if_the_pipe_is_closed(wine, tmp_path):
    read, write = os.pipe()
    os.close(read)
    line = [*MIFS, "score", str(wine), str(tmp_path / "no.csv"), "-t", "target"]
    done = subprocess.run(line, stdout=write, stderr=subprocess.PIPE, timeout=120)
    os.close(write)
    assert done.returncode == 141
    assert done.stderr.splitlines()[-1].startswith(b"1 of 2 files failed")


def test_the_first_run_says_that_it_compiles(wine, tmp_path):
    pty = pytest.importorskip("pty", reason="the system has no pseudo-terminals")
    parent, child = pty.openpty()
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    with subprocess.Popen(
        command("rank", wine, "-k", "1"),
        stdout=subprocess.DEVNULL,
        stderr=child,
        env=environment,
    ) as running:
        os.close(child)
        with open(parent, "rb", buffering=0) as terminal:
            said = terminal.read(200)
        running.kill()
    assert b"Compiling for the first run, which takes" in said


def test_a_parquet_goes_through_a_pipe(wine):
    done = subprocess.run(
        command("rank", wine, "-f", "parquet"), capture_output=True, timeout=120
    )
    assert done.stderr == b""
    assert done.stdout.startswith(b"PAR1")
    assert len(pd.read_parquet(io.BytesIO(done.stdout))) == 4
