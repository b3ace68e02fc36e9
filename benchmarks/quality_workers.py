"""Processes that are asked one thing after the other, and replaced if it takes long."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Self

Function = Callable[..., dict[str, str]]
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
CONTEXT = get_context("spawn")


def _answer(end: Connection) -> None:
    """Do what comes through the pipe; an error is an answer, too.

    The system ends a process that uses more of a processor than it may: that a busy
    machine makes all slower is nobody's fault.
    """
    while True:
        function, args, limit = end.recv()
        signal.setitimer(signal.ITIMER_PROF, limit)
        try:
            found = function(*args)
        except Exception as error:  # peers raise what they like
            said = " ".join(str(error).split())
            found = {"note": f"{type(error).__name__}: {said[:100]}"}
        signal.setitimer(signal.ITIMER_PROF, 0)
        end.send(found)


class Worker:
    """One process, started when it is needed."""

    def __init__(self) -> None:
        self._process: Any = None

    def ask(
        self,
        function: Callable[..., dict[str, str]],
        args: tuple[Any, ...],
        limit: float,
    ) -> dict[str, str]:
        if self._process is None or not self._process.is_alive():
            self._end, end = CONTEXT.Pipe()
            self._process = CONTEXT.Process(target=_answer, args=(end,), daemon=True)
            self._process.start()
            end.close()  # else its end would not be seen
        self._end.send((function, args, limit))
        try:
            return {"seconds": "", "picks": "", "note": ""} | self._end.recv()
        except EOFError:
            self._process.join()
            stopped = self._process.exitcode == -signal.SIGPROF
            note = f"stopped after {limit:.0f} s" if stopped else "its process died"
        self.stop()
        return {"seconds": "", "picks": "", "note": note}

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


class Workers:
    """As many of them as run at once; each has one thread.

    Parameters
    ----------
    n : int
    """

    def __init__(self, n: int) -> None:
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
        self._all = [Worker() for _ in range(n)]
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._all:
            self._free.put(worker)

    def ask(
        self,
        function: Callable[..., dict[str, str]],
        args: tuple[Any, ...],
        limit: float,
    ) -> dict[str, str]:
        """Have a free worker call a function; say so where it took too long."""
        worker = self._free.get()
        try:
            return worker.ask(function, args, limit)
        finally:
            self._free.put(worker)

    def __enter__(self) -> Self:
        """Stop the processes at the end."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop them."""
        for worker in self._all:
            worker.stop()
