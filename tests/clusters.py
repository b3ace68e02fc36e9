"""Clusters on this machine, and frames for them."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from sharded_tables import frames

dask = pytest.importorskip("dask")
dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")


@contextmanager
def two_workers(folder, **options):
    """Two workers, processes of one thread each, that are started again if they die."""
    with (
        dask.config.set({"temporary-directory": str(folder)}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            **options,
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


def kill_workers(client, n):
    """Kill some workers, as the system does when memory is short."""
    pids = sorted(client.run(os.getpid).values())
    for pid in pids[:n]:
        os.kill(pid, signal.SIGKILL)


def there(frame, n_parts):
    """Give a dask frame of unequal parts, one of them empty."""
    parts = [dask.delayed(part) for part in frames(frame, n_parts)]
    return dd.from_delayed(parts, meta=frame.iloc[:0], verify_meta=False)
