"""What corrections and tests cost, as ratios of fits made in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from time import thread_time

import tables
from calibration_cells import Cell, Part, Totals
from timing import interleave

from mifs import MISelector
from mifs.estimators import PlugIn

CRITERIA = "mim", "mrmr", "jmi", "cmim"
# Rows, columns, levels; and the number of features.
SHAPES: dict[tuple[int, int], tuple[Callable[[], tables.Codes], int]] = {
    (2_000, 500): (tables.madelon, 20),
    (72, 7_129): (partial(tables.codes, 72, 7_129, 3), 50),
    (100_000, 200): (partial(tables.codes, 100_000, 200, 10), 20),
}


def ways(criterion: str, k: int) -> dict[str, MISelector]:
    """Selectors to k features of the published search, and of what came after."""
    published = PlugIn(correction=None)
    return {
        "plain": MISelector(criterion, k, mi_estimator=published, n_jobs=1),
        "corrected": MISelector(criterion, k, alpha=1.0, n_jobs=1),
        "tiers": MISelector(criterion, k, n_jobs=1),
        "auto": MISelector(criterion, "auto", n_jobs=1),
    }


def cost(cell: Cell, runs: Iterable[int]) -> Totals:
    """Ratios of medians of processor time, times the number of runs."""
    make, k = SHAPES[cell.n, cell.p]
    codes, n_runs = make(), len(list(runs))
    totals: Totals = {}
    for name in CRITERIA:
        selectors = ways(name, k)
        calls = {way: partial(one.fit, *codes) for way, one in selectors.items()}
        timed = interleave(calls, rounds=n_runs, budget=30.0, clock=thread_time)
        plain, corrected, tiers, auto = (timed[call].median for call in calls)
        for measure, value in {
            "ms, plain": 1e3 * plain,
            "corrected / plain": corrected / plain,
            "tiers / corrected": tiers / corrected,
            "auto / plain": auto / plain,
            "picks of auto": len(timed["auto"].result.path_),
        }.items():
            totals[name, measure] = value * n_runs
    return totals


COST = {
    "cost": Part(
        [Cell("cost", n, p, "", "") for n, p in SHAPES], cost, seeds=15, whole=True
    )
}
