"""Rounds of counts on the workers of a cluster, beside those of one process.

python benchmarks/bench_dask.py [rows] [columns] [partitions] [workers]

Workers of one thread each (two), and two threads here, on the same codes, in turn. What
a round on the workers takes beyond that is parted: tasks that do nothing (scheduling),
tasks that send a table of the same size (and transfer), and the rest (counting).
"""

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from distributed import Client, LocalCluster

from mifs._data.codes import StoredCodes
from mifs._engines.base import Workers
from mifs._engines.memory import MemoryEngine
from mifs._engines.shard import CodedShard
from mifs._engines.sharded import ShardedEngine
from mifs._scan.dask import DaskShards

LEVELS, CLASSES, TURNS = 10, 3, 9


def shard(number, n_rows, n_columns):
    """Codes of a part."""
    rng = np.random.default_rng(number)
    codes = rng.integers(0, LEVELS, (n_columns, n_rows), np.uint8)
    classes = rng.integers(0, CLASSES, n_rows, np.uint8)
    wide = np.empty((0, n_rows), np.uint16)
    stored = StoredCodes(codes, wide, np.full(n_columns, LEVELS))
    return CodedShard(stored, classes, CLASSES, None)


def nothing(own):
    return np.zeros(1)


def as_large(own, n_cells, dtype):
    return np.zeros(n_cells, dtype)


def in_process(whole, pool, pick):
    """One round of two threads."""
    every = np.arange(len(whole.n_levels))
    prepared = whole.pick(pick)
    parts = whole.parts(every, 2)
    if len(parts) == 1:
        workers = Workers(pool.map, 2)
        tables = whole.joint_counts(prepared, every, by_class=True, workers=workers)
        return [t.summed.cells(whole.n_levels) if t.summed else t for t in tables]

    def count(part):
        return list(whole.joint_counts(prepared, every[part], by_class=True))

    return list(pool.map(count, parts))


def timed(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return 1e3 * (time.perf_counter() - start)


def main(n_rows=2_000_000, n_columns=50, n_parts=4, n_workers=2):
    own = n_rows // n_parts
    every = np.arange(n_columns)
    n_cells = n_columns * LEVELS**2 * CLASSES
    with (
        LocalCluster(
            n_workers=n_workers, threads_per_worker=1, dashboard_address=":0"
        ) as c,
        Client(c) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        made = client.map(shard, range(n_parts), n_rows=own, n_columns=n_columns)
        shards = DaskShards(client, [(future,) for future in made])
        rows = own * n_parts
        engine = ShardedEngine(shards, np.full(n_columns, LEVELS), CLASSES, rows, rows)
        parts = [shard(number, own, n_columns) for number in range(n_parts)]
        codes = np.concatenate([part.stored.narrow for part in parts], axis=1)
        classes = np.concatenate([part.classes for part in parts])
        wide = np.empty((0, rows), np.uint16)
        stored = StoredCodes(codes, wide, engine.n_levels)
        whole = MemoryEngine(CodedShard(stored, classes, CLASSES, None))
        found = {"in process": [], "cluster": [], "scheduling": [], "and transfer": []}

        def there(pick):
            prepared = engine.pick(pick)
            return list(engine.joint_counts(prepared, every, by_class=True))

        for turn in range(TURNS + 1):
            times = {
                "in process": timed(in_process, whole, pool, turn),
                "cluster": timed(there, turn),
                "scheduling": timed(shards.added, nothing),
                "and transfer": timed(shards.added, as_large, n_cells, engine._dtype),
            }
            for name, value in times.items() if turn else ():
                found[name].append(value)
    shape = f"{rows} rows, {n_columns} columns, {n_parts} partitions"
    print(f"{shape}, {n_workers} workers; ms a round, median")
    for name, values in found.items():
        print(f"{name:14}{statistics.median(values):8.1f}{min(values):8.1f} at least")
    ratio = statistics.median(found["cluster"]) / statistics.median(found["in process"])
    print(f"{'ratio':14}{ratio:8.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
