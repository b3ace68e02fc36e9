"""P-values of single tests where nothing depends on anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from calibration_cells import Cell, Part, Totals, cells
from numpy.random import Generator
from scipy.stats import kstest

from mifs import mi_test

METHODS = "moments", "permutation", "chi2"
LEVELS = 0.05, 0.01, 0.001
# Runs of the Kolmogorov-Smirnov test, and of permutations, which are dear.
KS_RUNS = 300

Draw = Callable[[Generator, int], Any]
NUMBERS: Draw = lambda rng, n: rng.normal(size=n)  # noqa: E731


def codes(n_levels: int, *, named: bool = False) -> Draw:
    """Equal shares; names have no order."""
    return lambda rng, n: rng.integers(0, n_levels, n).astype(str if named else int)


def rare(rng: Generator, n: int) -> Any:
    """Two classes, one of them rare."""
    return (rng.random(n) < 0.05).astype(int)


def skewed(rng: Generator, n: int) -> Any:
    """Some ten levels, of which most are rare."""
    return np.minimum(rng.geometric(0.5, n), 10).astype(str)


PAIRS: dict[str, tuple[Draw, Draw]] = {
    "2 × 2": (codes(2), codes(2)),
    "2 × rare": (codes(2), rare),
    "numbers × 2": (NUMBERS, codes(2)),
    "numbers × rare": (NUMBERS, rare),
    "numbers × numbers": (NUMBERS, NUMBERS),
    "10 names × 5 names": (codes(10, named=True), codes(5, named=True)),
    "rare names × 5 names": (skewed, codes(5, named=True)),
    "300 names × 2": (codes(300, named=True), codes(2)),
    "300 names × 10 names": (codes(300, named=True), codes(10, named=True)),
}
GIVEN: dict[str, Draw | None] = {
    "": None,
    "4 levels": codes(4),
    "numbers": NUMBERS,
    "common cause": None,
}


def sample(cell: Cell, rng: Generator) -> tuple[Any, Any, Any]:
    """X, Y and what is given; X and Y are independent, given it."""
    x, y = (draw(rng, cell.n) for draw in PAIRS[cell.target])
    if cell.effect != "common cause":
        given = GIVEN[cell.effect]
        return x, y, None if given is None else given(rng, cell.n)
    cause = rng.integers(0, 4, cell.n)
    return pushed(x, cause, rng), pushed(y, cause, rng), cause


def pushed(values: Any, cause: Any, rng: Generator) -> Any:
    """Make a variable depend on a cause: by a shift, or by other shares."""
    if values.dtype.kind == "f":
        return values + cause
    levels, own = np.unique(values, return_inverse=True)
    towards = cause * len(levels) // 4
    return levels[np.where(rng.random(len(own)) < 0.3, towards, own)]


def single(cell: Cell, runs: Iterable[int]) -> Totals:
    """How often p is at most α, and how far its distribution is above the diagonal."""
    method = cell.estimator
    p = np.array([p_value(cell, run, method) for run in runs])
    totals: Totals = {(method, f"p <= {a}"): float((p <= a).sum()) for a in LEVELS}
    distance = kstest(p[:KS_RUNS], "uniform", alternative="greater").statistic
    totals[method, "KS distance"] = float(distance) * len(p)
    return totals


def p_value(cell: Cell, run: int, method: str) -> float:
    # The same samples for all methods.
    seed = cell._replace(estimator="").seed(run)
    x, y, given = sample(cell, np.random.default_rng(seed))
    return mi_test(x, y, given, method=method, random_state=seed).pvalue


def single_cells() -> list[Cell]:
    """Whatever is given by moments, and nothing given by the others."""
    first, *others = METHODS
    fields = "single", (50, 1000), (1,), ("",), PAIRS
    return [
        *cells(*fields, effects=GIVEN, names=[first]),
        *cells(*fields, names=others),
    ]


TESTS = {"single": Part(single_cells(), single, seeds=300, whole=True)}
