"""A table in parts, chosen from by the workers of a cluster.

python examples/cluster/local_cluster.py [number of parts]

Needs `pip install 'mifs[dask]'`. The cluster is this machine: two workers, each a
process that may take 1 GiB. The table is made by the workers, part by part, and no
process ever holds it as a whole; 50 parts (10 million rows, 1.7 GB) are more than a
worker may take. What a worker has no room for lies in a file beside it. With
`Client("tcp://scheduler:8786")` the same lines use the machines of a cluster.
"""

import sys
import tempfile

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster

from mifs import JMI

ROWS, COLUMNS = 200_000, 20


def part(number):
    """Some visits: x2 tells of the target alone, x3 and x4 together."""
    rng = np.random.default_rng(number)
    X = rng.normal(size=(ROWS, COLUMNS))
    liking = X[:, 2] + X[:, 3] * X[:, 4] + rng.normal(size=ROWS)
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(COLUMNS)])
    return frame.assign(bought=liking > 1)


def main(n_parts):
    """Fit, and say what was chosen."""
    frame = dd.from_map(part, range(n_parts), meta=part(0).iloc[:0])
    features = frame.drop(columns="bought")
    selector = JMI("auto", verbose=2).fit(features, frame["bought"])
    print(selector.path_[["name", "score", "relevance", "tier"]].round(4).to_string())
    print(f"{n_parts * ROWS} rows; in order: {', '.join(selector.path_['name'])}")
    # The frame stays a plan: nothing is read until someone asks for rows.
    smaller = selector.transform(features)
    print(f"kept: {', '.join(smaller.columns)}, {smaller.npartitions} partitions")


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        dask.config.set({"temporary-directory": folder}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit="1GiB",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):
        print(f"dashboard: {client.dashboard_link}")
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
