"""Seconds that a fresh process takes to import mifs and to fit for the first time.

Prints JSON; kept apart from the other benchmarks, whose imports would hide the cost.
"""

import json
from time import perf_counter

stages = {}
start = perf_counter()


def stage(name: str) -> None:
    """Close a stage and start the clock of the next."""
    global start
    stages[name] = perf_counter() - start
    start = perf_counter()


import sklearn  # noqa: E402, F401

stage("import sklearn")
import mifs  # noqa: E402, F401

stage("import mifs")
from mifs import JMI  # noqa: E402

stage("from mifs import JMI")
import numpy as np  # noqa: E402

rng = np.random.default_rng(0)
X = rng.integers(10, size=(2_000, 500), dtype=np.uint8)
y = rng.integers(2, size=2_000)
stage("data")
for run in ("first fit", "second fit"):
    JMI(20, n_jobs=1).fit(X, y)
    stage(run)
print(json.dumps(stages))
