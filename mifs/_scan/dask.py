"""Shards on the workers of a Dask cluster.

Tasks are few: one a part where rows are read and coded, one a worker in each round of
counts. A part that is lost with its worker is read again, from what the frame was made
of.
"""

from __future__ import annotations

import importlib.util
import pkgutil
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import ref

import numpy as np

from mifs._arrays import IntArray
from mifs._data.shards import Add, Heavy, Task, add_counts
from mifs._data.telling import now_working

# Seconds between two looks at whether there are workers; that there may be none; that
# all may be paused, while they move what they hold to their disks.
LOOK, PATIENCE, PAUSED = 1.0, 20.0, 60.0
# Share of a worker's memory that is taken before values and codes are laid aside. From
# 0.6 on Dask moves to disk what it has, as a whole, and reads it as a whole.
IN_MEMORY = 0.4
# Bytes of columns that are brought to a place in one task.
ONE_TASK = 1 << 26
# Cells of a partition that keep a thread busy, and that are little beside its tasks.
FULL, SMALL = 10_000_000, 250_000
PARTITIONS = "partitions"
# Results that are added at once, where workers are many.
FAN = 8


class NoWorkersError(RuntimeError):
    """No worker of a cluster does what it is asked, and none will."""


class DaskShards:
    """Shards on the workers of a cluster.

    Parameters
    ----------
    client : distributed.Client
    futures : sequence of tuple of Future
        The objects of each shard.
    homes : Homes, default=None
        Which worker has which shard; None: to be found out.
    """

    def __init__(
        self,
        client: Any,
        futures: Sequence[tuple[Any, ...]],
        homes: Homes | None = None,
    ) -> None:
        self._client, self._futures = client, list(futures)
        self._homes = Homes() if homes is None else homes

    def __len__(self) -> int:
        return len(self._futures)

    def each(self, task: Task, *arguments: Any) -> list[Any]:
        """Do a task at each shard, and bring the results here."""
        return self._brought(self._mapped(task, arguments), PARTITIONS)

    def made(self, task: Task, *arguments: Any) -> DaskShards:
        """Do a task at each shard, and leave the results there."""
        made = self._mapped(task, arguments, _made)
        self._homes.made += map(ref, made)
        return DaskShards(self._client, [(future,) for future in made], self._homes)

    def beside(self, *others: DaskShards) -> DaskShards:
        """Put the objects of each shard side by side."""
        lists = [self._futures, *(other._futures for other in others)]
        futures = [sum(own, ()) for own in zip(*lists, strict=True)]
        return DaskShards(self._client, futures, self._homes)

    def without(self, empty: Sequence[int]) -> DaskShards:
        """Leave out some shards."""
        kept = np.setdiff1d(np.arange(len(self)), empty).tolist()
        futures = [self._futures[number] for number in kept]
        return DaskShards(self._client, futures, Homes(self._homes.made))

    def advice(self, cells: IntArray) -> str | None:
        """Say what to do about tasks too few for all threads, or too small."""
        n_threads = sum(self._client.nthreads().values())
        n_filled = int(np.count_nonzero(cells))
        if n_filled < n_threads and cells.sum() > n_threads * FULL:
            return (
                f"{n_filled} partitions hold the rows, and the workers have "
                f"{n_threads} threads; make more of them, as by "
                f"frame.repartition(npartitions={2 * n_threads}), or by smaller files"
            )
        if n_filled > 2 * n_threads and cells.sum() < n_filled * SMALL:
            return (
                f"{n_filled} partitions hold {cells.sum() // n_filled} cells each, and "
                "cost milliseconds each whatever they hold; make fewer, as by "
                "frame.repartition(partition_size='100MB'), or by larger files"
            )
        return None

    def let_go(self) -> None:
        """Cancel all that was read and made, also where a traceback still knows it."""
        made = [future for known in self._homes.made if (future := known())]
        self._homes.made.clear()
        if made and self._client.status == "running":
            self._client.cancel(made, force=True)

    def added(self, task: Task, *arguments: Any, add: Add = add_counts) -> Any:
        """Do a task at all shards of a worker, add the results there, and bring them.

        Results of many workers are added by workers, too.
        """
        sums = [
            self._client.submit(
                *(_added_there, [self._futures[i] for i in group], task, arguments),
                *(add,),
                key=key_of(task),
                pure=False,
                workers=[worker],
                allow_other_workers=True,
            )
            for worker, group in self._groups()
        ]
        while len(sums) > FAN:
            fans = [sums[i : i + FAN] for i in range(0, len(sums), FAN)]
            sums = [
                self._client.submit(_sum_of, fan, add, key=key_of(task), pure=False)
                for fan in fans
            ]
        return _sum_of(self._brought(sums), add)

    def gathered(
        self, task: Task, finish: Task, arguments: Sequence[Any], size: int
    ) -> list[Any]:
        """Finish what a task found, for each argument, as many in one task as fit."""
        room, n_workers = self._client.run_on_scheduler(_room)
        at_once = max(1, min(ONE_TASK, room // 16) // size)
        batches = [
            arguments[i : i + at_once] for i in range(0, len(arguments), at_once)
        ]
        wave = n_workers * (2 if size <= room // 16 else 1)
        found: list[Any] = []
        teller = now_working()
        for first in range(0, len(batches), wave):
            ends = []
            for batch in batches[first : first + wave]:
                parts = self._mapped(_each_of, (task, batch))
                ends.append(
                    self._client.submit(
                        *(_finished, parts, finish, batch),
                        key=key_of(finish),
                        pure=False,
                    )
                )
            found += [own for batch in self._brought(ends) for own in batch]
            if teller is not None:
                teller.tell(len(found), len(arguments), "columns cut")
        return found

    def _mapped(
        self, task: Task, arguments: tuple[Any, ...], do: Task | None = None
    ) -> list[Any]:
        """Futures of a task at each shard."""
        futures: list[Any] = self._client.map(
            do or _done,
            self._futures,
            task=task,
            arguments=arguments,
            key=[key_of(task) for _ in self._futures],
            pure=False,
        )
        return futures

    def _groups(self) -> list[tuple[str, list[int]]]:
        """Shards of each worker."""
        if not self._homes.groups:
            firsts = [futures[0] for futures in self._futures]
            self._waited(firsts, PARTITIONS)
            has = self._client.who_has(firsts)
            groups: dict[str, list[int]] = {}
            for number, future in enumerate(firsts):
                places = has.get(future.key) or ("",)
                groups.setdefault(places[0], []).append(number)
            self._homes.groups = list(groups.items())
        return self._homes.groups

    def _brought(self, futures: list[Any], what: str = "") -> list[Any]:
        """Bring results here; on an interrupt let go of the tasks."""
        from distributed import CancelledError, KilledWorker, TimeoutError

        try:
            while True:
                self._waited(futures, what)
                try:
                    results: list[Any] = self._client.sync(
                        lambda: self._client.gather(futures, asynchronous=True),
                        callback_timeout=PATIENCE,
                    )
                    return results
                except TimeoutError:
                    self._homes.groups = []
        except KilledWorker as error:
            raise NoWorkersError(
                f"{error}; workers that are killed have most often run out of memory: "
                "give them more, or make the partitions smaller, as by "
                "frame.repartition(partition_size='100MB')"
            ) from error
        except CancelledError as error:
            raise NoWorkersError(
                f"the tasks of this fit were cancelled ({error}): the scheduler, or "
                "the client, is gone; connect again, and fit again"
            ) from error
        except BaseException:
            self._client.cancel(futures, force=True)
            raise

    def _waited(self, futures: Sequence[Any], what: str = "") -> None:
        """Wait for tasks, as long as there are workers to do them.

        ``what`` they are is told where someone wants to know how far it is.

        Raises
        ------
        NoWorkersError
            There were none for some time.
        """
        from distributed import TimeoutError, wait

        seen, teller = time.monotonic(), now_working() if what else None
        while True:
            try:
                wait(futures, timeout=LOOK)
                return
            except TimeoutError:
                # Something is slow: a worker may be lost, and its shards elsewhere.
                self._homes.groups = []
            if teller is not None:
                n_done = sum(future.done() for future in futures)
                teller.tell(n_done, len(futures), what)
            n_workers, n_able = self._client.run_on_scheduler(_workers)
            patience = PAUSED if n_workers else PATIENCE
            if n_able:
                seen = time.monotonic()
            elif time.monotonic() - seen > patience:
                raise NoWorkersError(self._why_not(n_workers, patience))

    def _why_not(self, n_workers: int, patience: float) -> str:
        """Say why nothing is done."""
        address = self._client.scheduler.address
        if n_workers:
            return (
                f"all {n_workers} workers of the cluster at {address} have been paused "
                f"for {patience:.0f} s: their memory is full; give them more, or start "
                "more of them, and fit again"
            )
        return (
            f"the cluster at {address} has had no worker for {patience:.0f} s: all of "
            "them are gone, and none was started again; start some, and fit again"
        )


class Homes:
    """Which worker has which shard, and all that was made of them, which share it.

    Parameters
    ----------
    made : list of weakref.ref of Future, default=None
    """

    def __init__(self, made: list[ref[Any]] | None = None) -> None:
        self.groups: list[tuple[str, list[int]]] = []
        self.made: list[ref[Any]] = [] if made is None else made


def _workers(dask_scheduler: Any) -> tuple[int, int]:
    """How many workers there are, and how many of them take tasks."""
    return len(dask_scheduler.workers), len(dask_scheduler.running)


def _room(dask_scheduler: Any) -> tuple[int, int]:
    """Memory of the smallest worker, and how many there are."""
    workers = dask_scheduler.workers.values()
    limits = [worker.memory_limit or sys.maxsize for worker in workers]
    return min(limits, default=sys.maxsize), max(1, len(limits))


def key_of(task: Task) -> str:
    """Name of a task on the dashboard, with that of what asks for it."""
    name, teller = getattr(task, "__name__", "task").strip("_"), now_working()
    asks = "mifs" if teller is None else f"mifs_{teller.name}"
    return f"{asks}_{name}-{uuid4().hex}"


def _done(objects: tuple[Any, ...], task: Task, arguments: tuple[Any, ...]) -> Any:
    return task(*objects, *arguments)


def _made(objects: tuple[Any, ...], task: Task, arguments: tuple[Any, ...]) -> Any:
    return kept_here(task(*objects, *arguments))


def kept_here(made: Any) -> Any:
    """Keep a part, or its codes, on this worker: in memory, or where it is short aside.

    The engine of codes in memory lays them out a second time.
    """
    from distributed import get_worker

    worker = get_worker()
    limit = worker.memory_manager.memory_limit
    if not limit or not isinstance(made, Heavy):
        return made
    held = worker.monitor.get_process_memory() + 2 * made.nbytes
    if not made.nbytes or held < IN_MEMORY * limit:
        return made
    return made.aside(Path(worker.local_directory))


def _each_of(*more: Any) -> list[Any]:
    """Do a task with each of some arguments."""
    *objects, task, batch = more
    return [task(*objects, one) for one in batch]


def _finished(found: list[list[Any]], finish: Task, batch: Sequence[Any]) -> list[Any]:
    return [finish([own[i] for own in found], one) for i, one in enumerate(batch)]


def _sum_of(results: Iterable[Any], add: Add) -> Any:
    first, *others = results
    if others:
        # What came from another process may be read-only.
        first = np.copy(first) if add is add_counts else first
    for other in others:
        first = add(first, other)
    return first


def _added_there(
    shards: list[tuple[Any, ...]], task: Task, arguments: tuple[Any, ...], add: Add
) -> Any:
    """Do a task at the shards of a worker, in as many threads as it has."""
    from distributed import get_worker

    n_threads = min(get_worker().state.nthreads, len(shards))

    def do(objects: tuple[Any, ...]) -> Any:
        return task(*objects, *arguments)

    if n_threads == 1:
        return _sum_of(map(do, shards), add)
    with ThreadPoolExecutor(n_threads) as pool:
        return _sum_of(pool.map(do, shards), add)


def require_dask() -> None:
    """Refuse, with the remedy, what needs Dask where it is not installed.

    Raises
    ------
    ImportError
        It is not.
    """
    if importlib.util.find_spec("distributed") is None:
        raise ImportError(
            "a cluster needs dask and distributed: pip install 'mifs[dask]'"
        )


def current_client() -> Any:
    """Give the client of the cluster that counts.

    Raises
    ------
    ImportError
        Dask is not installed.
    ValueError
        There is none, or it is asynchronous.
    """
    require_dask()
    from distributed import Client

    try:
        client = Client.current()
    except ValueError:
        raise ValueError(
            "a dask frame is counted by the workers of a cluster, and no client is "
            "current; start one on this machine: from distributed import Client; "
            "client = Client(), or give the address of a scheduler: Client(address)"
        ) from None
    if client.asynchronous:
        raise ValueError(
            f"the current client {client!r} is asynchronous, and a fit waits for its "
            "workers; fit in a thread, as by await asyncio.to_thread(selector.fit, X, "
            "y), or with a Client of asynchronous=False"
        )
    return client


def versions_there(client: Any) -> dict[str, str | Exception]:
    """Version of mifs on each worker, by its address, or why there is none."""
    # A function of Python's own: one of mifs could not be sent where mifs is not.
    found: dict[str, str | Exception] = client.run(
        pkgutil.resolve_name, "mifs:__version__", on_error="return"
    )
    return found
