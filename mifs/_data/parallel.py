"""joblib where it pays, a plain loop where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from numbers import Integral
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

    Raises
    ------
    ValueError, TypeError
        ``n_jobs`` is 0, or no whole number.
    """
    whole = isinstance(n_jobs, Integral) and not isinstance(n_jobs, bool)
    if n_jobs is not None and (not whole or n_jobs == 0):
        kind = ValueError if whole else TypeError
        raise kind(
            f"n_jobs={n_jobs!r} must be None or a whole number: so many workers, or -1 "
            "for all cores; n_jobs == 0 has no meaning"
        )
    if effective_n_jobs(n_jobs) == 1:
        return (function(*task) for task in tasks)
    parallel = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    results: Iterator[R] = parallel(delayed(function)(*task) for task in tasks)
    return results
