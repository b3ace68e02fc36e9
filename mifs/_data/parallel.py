"""joblib where it pays, a plain loop where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from joblib import Parallel, delayed, effective_n_jobs

R = TypeVar("R")


def run(
    function: Callable[..., R], tasks: Iterable[tuple[Any, ...]], n_jobs: int | None
) -> Iterator[R]:
    """Results of ``function(*task)`` in the order of the tasks.

    Threads are preferred, since all kernels release the GIL, but a user's
    ``joblib.parallel_config`` is obeyed. A `Parallel` call costs about 10 ms, so one
    worker means a plain loop.
    """
    if effective_n_jobs(n_jobs) == 1:
        return (function(*task) for task in tasks)
    parallel = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    results: Iterator[R] = parallel(delayed(function)(*task) for task in tasks)
    return results
