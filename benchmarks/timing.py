"""Times of callables run in turn, peak memory of one callable, and the machine."""

from __future__ import annotations

import ctypes
import gc
import importlib.metadata
import multiprocessing
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
)
ONE_THREAD = dict.fromkeys(THREAD_VARIABLES, "1")


@dataclass(frozen=True)
class Timed:
    """What a callable returned, and the seconds of each of its timed runs."""

    result: Any
    seconds: list[float]

    @property
    def median(self) -> float:
        """Median of the runs, in seconds."""
        return median(self.seconds)


def interleave(
    callables: Mapping[str, Callable[[], Any]],
    rounds: int = 15,
    budget: float = 12.0,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, Timed]:
    """Run every callable once untimed, then all of them in turn, round by round.

    In turn, so that a slow moment of the machine falls on all alike. After
    `budget` seconds no further round starts, but three are always run.
    """
    timed = {name: Timed(call(), []) for name, call in callables.items()}
    start = perf_counter()
    for done in range(rounds):
        if done >= 3 and perf_counter() - start > budget:
            break
        for name, call in callables.items():
            begin = clock()
            call()
            timed[name].seconds.append(clock() - begin)
    return timed


def in_fresh_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Result of a module's function in a new interpreter that shares nothing."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=spawn) as pool:
        return pool.submit(function, *arguments).result()


def peak_extra_memory(
    prepare: Callable[[], Sequence[Any]], run: Callable[..., Any], repeats: int = 2
) -> list[int]:
    """Bytes that `run(*prepare())` adds at its peak, first and later runs apart.

    Measured in a fresh process as the high-water mark of resident memory during
    the run less the resident memory just before it (Linux). The first run pays
    for the code it loads, later ones only for what they work on.
    """
    peaks: list[int] = in_fresh_process(_peaks, prepare, run, repeats)
    return peaks


def _peaks(
    prepare: Callable[[], Sequence[Any]], run: Callable[..., Any], repeats: int
) -> list[int]:
    prepared = prepare()
    peaks = []
    for _ in range(repeats):
        _return_freed_memory()
        # 5 resets the high-water mark to what is resident now, see proc(5)
        Path("/proc/self/clear_refs").write_text("5")
        baseline = _resident_bytes("VmRSS")
        run(*prepared)
        peaks.append(_resident_bytes("VmHWM") - baseline)
    return peaks


def _return_freed_memory() -> None:
    # what the allocator keeps would be reused by the run and so stay uncounted
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def _resident_bytes(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    raise OSError(f"/proc/self/status has no {field}; memory is measured on Linux only")


def machine(packages: Iterable[str]) -> str:
    """One line: processor, cores, system, Python and the versions of packages."""
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in packages
    )
    cores = len(os.sched_getaffinity(0))
    return (
        f"{_processor()}, {cores} cores; {platform.system()}, "
        f"Python {platform.python_version()}; {versions}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


@dataclass(frozen=True)
class Sheet:
    """A titled table of text, ready to print."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def markdown(self) -> str:
        """Heading and rows in the syntax of GitHub."""
        rule = ("---",) * len(self.columns)
        lines = [
            "| " + " | ".join(row) + " |" for row in (self.columns, rule, *self.rows)
        ]
        return "\n".join([f"### {self.title}", "", *lines, ""])
