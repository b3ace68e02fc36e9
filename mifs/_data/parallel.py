"""Threads where they pay, a plain loop where they do not; a user's joblib is obeyed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import chain, islice
from numbers import Integral
from typing import Any, TypeVar

from joblib import Parallel, delayed, effective_n_jobs, parallel_config
from joblib.parallel import ThreadingBackend, get_active_backend

R = TypeVar("R")

# Nanoseconds of work that a second thread would not make shorter: it costs some 0.3 ms
# to have one, and at most half of the work is saved.
SHORT = 4e6


def run(
    function: Callable[..., R],
    tasks: Iterable[tuple[Any, ...]],
    n_jobs: int | None,
    work: float | None = None,
    *,
    coarse: bool = False,
) -> Iterator[R]:
    """Results of ``function(*task)`` in the order of the tasks.

    Threads are preferred, since all kernels release the GIL, but a user's
    ``joblib.parallel_config`` is obeyed. A call of `Parallel` costs 10 ms and more, a
    pool of threads a thirtieth of that, and one worker is a plain loop.

    Parameters
    ----------
    function : callable
    tasks : iterable of tuple
    n_jobs : int or None
        As joblib's.
    work : float, default=None
        Nanoseconds that all tasks take, about, of kernels that start no threads of
        their own; None: not known, or there may be some.
    coarse : bool, default=False
        Whether a task is worth another machine, as a fit is: others stay here where
        the user's backend is a cluster of Dask, whatever it has.

    Raises
    ------
    ValueError, TypeError
        ``n_jobs`` is 0, or no whole number.
    """
    _check(n_jobs)
    if isinstance(tasks, list) and len(tasks) == 1 and not coarse:
        return iter([function(*tasks[0])])
    if n_jobs == 1:
        return (function(*task) for task in tasks)
    if not coarse and on_cluster():
        with parallel_config("threading"):
            return iter(list(run(function, tasks, n_jobs, work)))
    n = effective_n_jobs(n_jobs)
    threads = in_threads()
    if n == 1 or (threads and work is not None and work < SHORT):
        return (function(*task) for task in tasks)
    if threads and work is not None:
        return _in_a_pool(function, tasks, n)
    parallel = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    results: Iterator[R] = parallel(delayed(function)(*task) for task in tasks)
    return results


def each(
    function: Callable[..., object],
    tasks: Iterable[tuple[Any, ...]],
    n_jobs: int | None,
    work: float,
) -> None:
    """Call ``function(*task)`` for what it writes: in threads, or here.

    Where the user's backend has processes, it is here: what they write nobody sees.
    """
    _check(n_jobs)
    if work < SHORT:
        for task in tasks:
            function(*task)
        return
    if not (in_threads() or on_cluster()):
        n_jobs = 1
    deque(run(function, tasks, n_jobs, work), maxlen=0)


def _check(n_jobs: int | None) -> None:
    """Refuse what is no number of workers."""
    whole = isinstance(n_jobs, Integral) and not isinstance(n_jobs, bool)
    if n_jobs is not None and (not whole or n_jobs == 0):
        kind = ValueError if whole else TypeError
        raise kind(
            f"n_jobs={n_jobs!r} must be None or a whole number: so many workers, or -1 "
            "for all cores; n_jobs == 0 has no meaning"
        )


def in_threads() -> bool:
    """Whether tasks of a user's joblib, or of his default, are threads."""
    return type(get_active_backend(prefer="threads")[0]) is ThreadingBackend


def on_cluster() -> bool:
    """Whether a user's joblib sends tasks to the workers of a Dask cluster."""
    return type(get_active_backend(prefer="threads")[0]).__module__ == "joblib._dask"


def _in_a_pool(
    function: Callable[..., R], tasks: Iterable[tuple[Any, ...]], n: int
) -> Iterator[R]:
    """Give results as they are asked for; few tasks are ahead of them.

    One task alone needs no pool.
    """
    tasks = iter(tasks)
    first = list(islice(tasks, 2))
    if len(first) < 2:
        yield from (function(*task) for task in first)
        return
    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(n) as pool:
        try:
            for task in chain(first, tasks):
                # Who works, and whom it tells, is known in each thread.
                waiting.append(pool.submit(copy_context().run, function, *task))
                if len(waiting) == 2 * n:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
