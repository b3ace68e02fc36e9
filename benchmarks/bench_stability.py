"""Stability selection: what resamples cost, and whether its numbers are true.

    python benchmarks/bench_stability.py [speed] [coverage] [false] [criteria] [genes]

Each part prints a table as markdown; without a name, all run (some minutes). The tables
of ``criteria`` and ``genes`` lie in ../shared/data, as those of `calibration.py`.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter, process_time
from typing import Any

from timing import ONE_THREAD, Sheet, machine

if __name__ == "__main__":
    os.environ.update(ONE_THREAD)

import numpy as np
from numpy.typing import NDArray
from real_tables import SHARED, real_table
from sklearn.datasets import load_breast_cancer, load_wine

import mifs
from mifs import JMI, StabilitySelector
from mifs._problem.problem import choose, computed_once, make_gate
from mifs._problem.resampled import Repeated
from mifs._resampling.stability import stability_of
from mifs.estimators import PlugIn
from mifs.selectors._base import problem_of

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
PACKAGES = ("mifs", "numpy", "numba", "scikit-learn")

# --- what 100 subsamples cost ---------------------------------------------------------


def kinds(n: int = 2000, p: int = 500) -> Iterator[tuple[str, NDArray[Any], Any]]:
    """Tables of which ten columns add up to two classes."""
    rng = np.random.default_rng(0)
    for kind in ("continuous", "five levels", "binary"):
        if kind == "continuous":
            X = rng.normal(size=(n, p))
        else:
            X = rng.integers(0, 5 if kind == "five levels" else 2, (n, p))
            X = X.astype(np.uint8)
        score = X[:, :10].sum(axis=1) + 2 * X.std() * rng.normal(size=n)
        yield kind, X, score > np.median(score)


def cost(
    X: NDArray[Any], y: NDArray[Any], selector: JMI, rounds: int = 3
) -> list[float]:
    """Seconds of the rounds of one fit, and of 100 subsamples on one and two threads.

    The least of some runs in turn: processor time, and of two threads that of a clock,
    which means something on an idle machine only.
    """
    repeated = Repeated(problem_of(selector, X, y))
    problem = repeated.problem

    def search() -> None:
        terms = computed_once(problem, repeated.terms())
        start = process_time()
        gate = make_gate(problem, repeated.table, repeated.plan, terms)
        choose(problem, repeated.plan, terms, gate=gate)
        times[0].append(process_time() - start)

    def resample(n_jobs: int) -> None:
        stable = StabilitySelector(selector, 100, n_jobs=n_jobs)
        now = process_time if n_jobs == 1 else perf_counter
        start = now()
        stable.fit(X, y)
        times[n_jobs].append(now() - start)

    times: list[list[float]] = [[], [], []]
    for _ in range(rounds):
        for _ in range(5):
            search()
        resample(1)
        resample(2)
    return [min(each) for each in times]


def speed() -> Sheet:
    rows = []
    searches = {
        "default": JMI(20),
        "alpha=1": JMI(20, alpha=1),
        "published": JMI(20, mi_estimator=PlugIn(correction=None)),
    }
    for n in (2000, 20_000):
        for kind, X, y in kinds(n):
            for name, selector in searches.items():
                once, one, two = cost(X, y, selector, 3 if n == 2000 else 1)
                rows.append(
                    (
                        *(f"{n} × 500", kind, name, f"{1e3 * once:.1f}"),
                        *(f"{one:.2f}", f"{one / once:.0f}", f"{two / once:.0f}"),
                    )
                )
    head = ("table", "columns", "search", "rounds ms", "100 subsamples s", "ratio")
    return Sheet("JMI, k = 20", (*head, "two threads"), rows)


# --- does the interval hold the truth? ------------------------------------------------


def populations() -> dict[str, Callable[[int, np.random.Generator], BoolArray]]:
    """Ways to draw selections whose stability is known."""
    shares = np.repeat([0.9, 0.5, 0.05], [5, 5, 40])

    def independent(n: int, rng: np.random.Generator) -> BoolArray:
        return rng.random((n, len(shares))) < shares

    def chance(n: int, rng: np.random.Generator) -> BoolArray:
        return rng.random((n, 100)) < 0.1

    def best(k: int, liked: FloatArray) -> Callable[..., BoolArray]:
        """The k of the largest sums of how a feature is liked and of luck."""

        def draw(n: int, rng: np.random.Generator) -> BoolArray:
            order = np.argsort(-liked - rng.gumbel(size=(n, len(liked))))[:, :k]
            chosen = np.zeros((n, len(liked)), dtype=np.bool_)
            np.put_along_axis(chosen, order, True, axis=1)
            return chosen

        return draw

    return {
        "any number": independent,
        "ten of 60": best(10, np.repeat([4.0, 1.0, 0.0], [8, 12, 40])),
        "chance": chance,
        "one of 100": best(1, np.repeat([3.0, 2.0, 0.0], [1, 1, 98])),
        "all but sure": best(10, np.repeat([9.0, 0.0], [10, 90])),
    }


def covered(
    draw: Callable[[int, np.random.Generator], BoolArray], sizes: Sequence[int], n: int
) -> tuple[float, list[float]]:
    """The true stability, and for each number of selections how many of n hold it."""
    rng = np.random.default_rng(0)
    frequency = np.mean([draw(20_000, rng).mean(axis=0) for _ in range(10)], axis=0)
    share = frequency.mean()
    truth = 1 - (frequency * (1 - frequency)).mean() / (share * (1 - share))
    shares = []
    for size in sizes:
        intervals = [stability_of(draw(size, rng)).interval for _ in range(n)]
        shares.append(float(np.mean([low <= truth <= high for low, high in intervals])))
    return float(truth), shares


def coverage(n: int = 1000) -> Sheet:
    rows = []
    for name, draw in populations().items():
        truth, shares = covered(draw, (20, 50, 100, 500), n)
        rows.append((name, f"{truth:.3f}", *(f"{100 * each:.1f} %" for each in shares)))
    title = f"95 % interval of the stability, {n} simulations each"
    return Sheet(title, ("selections", "truth", "M = 20", "50", "100", "500"), rows)


# --- false selections -----------------------------------------------------------------


def false_selections(
    n: int,
    p: int,
    k: int,
    threshold: float,
    runs: int,
    relevant: int = 0,
    n_resamples: int = 100,
) -> tuple[float, dict[str, float]]:
    """Mean number of false features of tables, and its bounds."""
    rng = np.random.default_rng(0)
    found = []
    selector = mifs.MIM(k, alpha=1)
    for _ in range(runs):
        X, y = rng.normal(size=(n, p)), rng.integers(0, 2, n)
        X[:, :relevant] += y[:, None]
        stable = StabilitySelector(selector, n_resamples, threshold=threshold)
        stable.fit(X, y)
        found.append(np.count_nonzero(stable.support_[relevant:]))
    return float(np.mean(found)), stable.expected_false_selections_


def false() -> Sheet:
    rows = []
    for relevant in (0, 3):
        for k in (5, 10, 20):
            for threshold in (0.55, 0.6, 0.75):
                mean, bounds = false_selections(100, 100, k, threshold, 40, relevant)
                shown = (f"{value:.3f}" for value in bounds.values())
                rows.append(
                    (f"{relevant}", f"{k}", f"{threshold}", f"{mean:.3f}", *shown)
                )
    head = ("relevant", "k", "threshold", "false", "none", "unimodal", "r-concave")
    title = "False selections on average, 40 tables of 100 × 100, 50 pairs, and bounds"
    return Sheet(title, head, rows)


# --- criteria by stability ------------------------------------------------------------

GENES = ("colon", "leukemia", "lung_small", "lymphoma", "nci9")
# Those of Brown et al. (2012) that are at hand.
UCI = ("breast", "wine", "ionosphere", "satellite", "sonar", "splice", "votes")
ORDERED = ("jmi", "disr", "mim", "mrmr", "cmim", "icap", "condred", "mifs", "cife")


def named_table(name: str) -> tuple[Any, Any]:
    """A table by its name here."""
    if name in ("breast", "wine"):
        load = load_breast_cancer if name == "breast" else load_wine
        return load(return_X_y=True, as_frame=True)
    return real_table(f"skf_{name}" if name in GENES else name, most=2000)


def stabilities(
    name: str,
    criteria: Sequence[str] = ORDERED,
    n_resamples: int = 50,
) -> dict[str, float]:
    """Stability of each criterion on bootstraps of a table, as Brown et al. did."""
    X, y = named_table(name)
    found = {}
    for criterion in criteria:
        estimator = PlugIn(correction=None)
        selector = mifs.MISelector(criterion, 10, mi_estimator=estimator)
        stable = StabilitySelector(selector, n_resamples, scheme="bootstrap")
        found[criterion] = stable.fit(X, y).stability_.estimate
    return found


def criteria() -> Sheet:
    tables = {name: stabilities(name) for name in (*GENES, *UCI)}
    mean = {c: np.mean([row[c] for row in tables.values()]) for c in ORDERED}
    order = sorted(ORDERED, key=lambda c: -mean[c])
    rows = [
        (name, *(f"{row[c]:.2f}" for c in order))
        for name, row in {**tables, "mean": mean}.items()
    ]
    title = "Stability of ten features, 50 bootstraps, nothing taken off for chance"
    return Sheet(title, ("table", *order), rows)


# --- real rankings of genes -----------------------------------------------------------


def ranking_and_votes(
    name: str, k: int = 10, n_resamples: int = 100
) -> tuple[int, list[float], float]:
    """How a ranking of genes holds in halves of the patients.

    How many of its genes are also in a ranking of every other patient, the share of the
    subsamples that choose each, and the stability of these choices.
    """
    X, y = named_table(name)
    ranking = JMI(k).fit(X, y).selected_indices_
    halves = [set(JMI(k).fit(X[i::2], y[i::2]).selected_indices_) for i in (0, 1)]
    stable = StabilitySelector(JMI(k), n_resamples).fit(X, y)
    shares = stable.selection_frequency_[ranking].tolist()
    return len(halves[0] & halves[1]), shares, stable.stability_.estimate


def genes() -> Sheet:
    rows = []
    for name in GENES:
        shared, shares, estimate = ranking_and_votes(name)
        shown = " ".join(f"{share:.2f}" for share in shares)
        rows.append((name, shown, f"{shared}", f"{estimate:.2f}"))
    head = ("table", "frequency of the first ten, in order", "in both halves")
    title = "Ten genes by JMI, 100 subsamples; rankings of every other patient"
    return Sheet(title, (*head, "stability"), rows)


PARTS = {
    "speed": speed,
    "coverage": coverage,
    "false": false,
    "criteria": criteria,
    "genes": genes,
}


def main(names: list[str]) -> None:
    unknown = set(names) - set(PARTS)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; parts: {', '.join(PARTS)}")
    warnings.simplefilter("ignore")
    print(machine(PACKAGES))
    for name in names or PARTS:
        if name in ("criteria", "genes") and not SHARED.exists():
            print(f"\n{name}: {SHARED} is not here")
            continue
        print(f"\n{PARTS[name]().markdown()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
