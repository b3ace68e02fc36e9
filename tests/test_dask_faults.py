"""Workers die, or are full, a user is impatient: the same result, or none."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from clusters import (
    MARKS,
    client,
    dd,
    held_by_workers,
    kill_workers,
    there,
    two_workers,
    workers_that_stay_dead,
)
from sharded_tables import assert_same, fitted, table

import mifs
from mifs._scan import dask as shards

pytestmark = MARKS
__all__ = ["client"]


@pytest.fixture(scope="module")
def mixed():
    X, y = table(9000)
    return X, y, fitted("jmi", X, y)


def at_the(number, task, do, monkeypatch):
    """Do something right after a task was sent out, the so manieth time."""
    seen = []
    for name in ("made", "added"):
        known = getattr(shards.DaskShards, name)

        def sent(self, own, *arguments, known=known, name=name, **options):
            matches = own.__name__ == task
            if matches and name == "added":
                seen.append(own)
                if len(seen) == number:
                    do()
            found = known(self, own, *arguments, **options)
            if matches and name == "made":
                seen.append(own)
                if len(seen) == number:
                    do()
            return found

        monkeypatch.setattr(shards.DaskShards, name, sent)
    return seen


@pytest.mark.parametrize(
    ("number", "task", "n_killed"),
    [(1, "code_part", 1), (3, "joint_tables", 1), (2, "joint_tables", 2)],
)
def test_a_killed_worker_costs_time_only(
    number, task, n_killed, client, mixed, monkeypatch
):
    X, y, expected = mixed
    frame = there(X.assign(answer=y), 6)
    client.wait_for_workers(2, timeout=60)
    seen = at_the(number, task, lambda: kill_workers(client, n_killed), monkeypatch)
    assert_same(expected, fitted("jmi", frame[list(X)], frame["answer"]))
    assert len(seen) >= number


def test_no_worker_is_left(tmp_path, mixed, monkeypatch):
    X, y, _ = mixed
    frame = there(X.assign(answer=y), 3)
    with workers_that_stay_dead(tmp_path) as client:
        at_the(2, "joint_tables", lambda: kill_workers(client, 2), monkeypatch)
        monkeypatch.setattr(shards, "PATIENCE", 3.0)
        start = time.monotonic()
        with pytest.raises(shards.NoWorkersError, match="has had no worker for 3 s"):
            mifs.JMI(4).fit(frame[list(X)], frame["answer"])
        assert time.monotonic() - start < 30


def test_workers_whose_memory_is_full_say_so(monkeypatch):
    class Client:
        scheduler = type("Scheduler", (), {"address": "tcp://here"})

        def run_on_scheduler(self, function):
            states = {"workers": [1, 2], "running": []}
            return function(type("Scheduler", (), states))

    def never(futures, timeout):
        raise TimeoutError

    monkeypatch.setattr("distributed.wait", never)
    monkeypatch.setattr(shards, "PAUSED", 0.0)
    with pytest.raises(shards.NoWorkersError, match=r"all 2 workers .* been paused"):
        shards.DaskShards(Client(), [])._waited([])


@pytest.mark.parametrize(("number", "task"), [(1, "code_part"), (2, "joint_tables")])
def test_an_interrupt_lets_go_of_the_rows(number, task, client, mixed, monkeypatch):
    X, y, expected = mixed
    frame = there(X.assign(answer=y), 3)

    def interrupt():
        raise KeyboardInterrupt

    client.wait_for_workers(2, timeout=60)
    with monkeypatch.context() as patch:
        at_the(number, task, interrupt, patch)
        # Its traceback is kept, as an interpreter does, and knows the rows.
        with pytest.raises(KeyboardInterrupt) as kept:
            mifs.JMI(4).fit(frame[list(X)], frame["answer"])
    assert kept.tb is not None
    assert held_by_workers(client) == []
    assert_same(expected, fitted("jmi", frame[list(X)], frame["answer"]))


def test_more_than_the_memory_of_the_workers(tmp_path):
    """Values of 1.3 GB, of which one worker of 1 GiB may take 0.4."""
    frame = dd.from_map(_made, range(26), meta=_made(0).iloc[:0])
    with two_workers(tmp_path, n_workers=1, memory_limit="1GiB") as client:
        scan = mifs.scan_frame(frame, target="y", quantiles="sample")
        selector = mifs.JMI(3, alpha=1.0).fit(scan)
        kept = list(tmp_path.rglob("mifs-aside-*"))
        # Values, and codes of those parts that no longer found room.
        assert len(kept) > 26
        assert sum(path.stat().st_size for path in kept) > 1.3e9
        scan.close()
        assert held_by_workers(client) == []
        deadline = time.monotonic() + 20
        while list(tmp_path.rglob("mifs-aside-*")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert selector.get_feature_names_out()[0] == "x1"


def _made(number):
    rng = np.random.default_rng(number)
    y = rng.integers(0, 2, 125_000)
    X = rng.random((len(y), 50), np.float32).astype(np.float64)
    X[:, 1] += y
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(50)])
    return frame.assign(y=y)
