"""Clusters on this machine, and frames for them."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from sharded_tables import frames

NEEDED = "no dask: pip install 'mifs[dask]'"
dask = pytest.importorskip("dask", reason=NEEDED)
dd = pytest.importorskip("dask.dataframe", reason=NEEDED)
distributed = pytest.importorskip("distributed", reason=NEEDED)

MARKS = [
    pytest.mark.dask,
    pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning"),
    # Of dask's own, when workers end.
    pytest.mark.filterwarnings("ignore::pandas.errors.PandasChangeWarning:dask"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Two workers for all tests of a module."""
    with two_workers(tmp_path_factory.mktemp("workers")) as client:
        yield client


@contextmanager
def two_workers(folder, **options):
    """Two workers, processes of one thread each, that are started again if they die."""
    settings = {
        "temporary-directory": str(folder),
        # On a busy machine a start takes longer than the 15 s after which a cluster
        # gives a worker up.
        "distributed.deploy.lost-worker-timeout": "120s",
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            **{"n_workers": 2, "threads_per_worker": 1, **options},
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextmanager
def workers_that_stay_dead(folder):
    """A cluster whose two workers nobody starts again."""
    with (
        dask.config.set({"temporary-directory": str(folder)}),
        distributed.LocalCluster(
            n_workers=0, dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        command = [sys.executable, "-m", "distributed.cli.dask_worker", "--no-nanny"]
        options = ["--nthreads", "1", "--no-dashboard", "--local-directory", folder]
        workers = [
            subprocess.Popen(
                [*command, *map(str, options), cluster.scheduler_address],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(2)
        ]
        try:
            client.wait_for_workers(2, timeout=60)
            yield client
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()


def held_by_workers(client):
    """Give the keys of what the workers hold of our fits, when that is said to go."""
    gc.collect()
    deadline = time.monotonic() + 20
    while (held := client.run_on_scheduler(_ours)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return held


def _ours(dask_scheduler):
    return [key for key in dask_scheduler.tasks if str(key).startswith("mifs_")]


def kill_workers(client, n):
    """Kill some workers, as the system does when memory is short."""
    pids = sorted(client.run(os.getpid).values())
    for pid in pids[:n]:
        os.kill(pid, signal.SIGKILL)


def there(frame, n_parts):
    """Give a dask frame of unequal parts, one of them empty."""
    parts = [dask.delayed(part) for part in frames(frame, n_parts)]
    return dd.from_delayed(parts, meta=frame.iloc[:0], verify_meta=False)
