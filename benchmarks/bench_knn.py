"""Time of the k-NN estimates beside their peers, and how far the answers agree.

Single thread, calls in turn, medians. Peers: scikit-learn, ennemi, feature-engine
(``pip install ennemi feature-engine``). ``--quick`` leaves out n = 100 000.

    python benchmarks/bench_knn.py [--quick | --growth | --fits]
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from timing import ONE_THREAD, Sheet, interleave, machine

os.environ.update(ONE_THREAD)

import numpy as np
import pandas as pd
import sklearn.feature_selection as theirs
from ennemi import estimate_mi
from feature_engine.selection import MRMR as FeatureEngineMRMR
from numpy.typing import NDArray

from mifs import JMI, MIRMR, measures
from mifs.estimators import KNN

FloatArray = NDArray[np.float64]
COLUMNS = 20
PACKAGES = ("mifs", "numpy", "numba", "scikit-learn", "ennemi", "feature-engine")


def dependences(n: int) -> Iterator[tuple[str, FloatArray, FloatArray]]:
    """Tables of 20 columns and a target: weak, strong and heavy-tailed dependence."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=n)
    noise = rng.normal(size=(n, COLUMNS))
    yield "weak", 0.2 * y[:, None] + noise, y
    yield "strong", y[:, None] + 0.05 * noise, y
    tails = rng.standard_cauchy(n)
    yield "heavy tails", tails[:, None] + rng.standard_cauchy((n, COLUMNS)), tails


def compare(
    label: tuple[str, ...],
    mine: Callable[[], Any],
    other: Callable[[], Any],
    floor: float,
    agreement: Callable[[Any, Any], str],
) -> tuple[str, ...]:
    """One row: both medians, their ratio, the floor, and how far answers agree."""
    timed = interleave({"mifs": mine, "peer": other}, rounds=7, budget=8.0)
    ours, peer = timed["mifs"], timed["peer"]
    return (
        *label,
        f"{1e3 * ours.median:.1f}",
        f"{1e3 * peer.median:.1f}",
        f"{peer.median / ours.median:.1f}",
        f"{floor:g}",
        agreement(ours.result, peer.result),
    )


def difference(mine: Any, other: Any) -> str:
    """Largest difference of two answers."""
    return f"{np.max(np.abs(np.asarray(mine) - np.asarray(other))):.0e}"


HEAD = ("mifs ms", "peer ms", "ratio", "floor", "difference")


def whole_calls(sizes: list[int]) -> Sheet:
    """The two drop-in functions beside scikit-learn's."""
    rows = []
    for name, floor in (("mutual_info_classif", 20), ("mutual_info_regression", 7)):
        for n in sizes:
            for kind, X, y in dependences(n):
                target = (y > np.median(y)).astype(int) if floor == 20 else y
                calls = [
                    partial(getattr(module, name), X, target, random_state=0)
                    for module in (measures, theirs)
                ]
                label = name, f"{n}", kind
                rows.append(compare(label, *calls, floor, difference))
    head = ("function", "n", "dependence", *HEAD)
    return Sheet(f"Tables of {COLUMNS} columns, beside scikit-learn", head, rows)


def conditional() -> Sheet:
    """Conditional mutual information beside ennemi, standardised columns."""
    estimator = KNN(3, scale="standardize")
    rows = []
    for n in (1_000, 10_000):
        z = np.random.default_rng(0).normal(size=(3, n))
        for kind, x, y in (("weak", z[0], z[1]), ("strong", z[0] + z[2], z[1] + z[2])):
            x, y = x / x.std(), y / y.std()
            given = z[2] / z[2].std()
            mine = partial(
                measures.conditional_mutual_information,
                x,
                y,
                given,
                estimator=estimator,
            )

            def other(x: Any = x, y: Any = y, given: Any = given) -> float:
                return float(estimate_mi(y, x, cond=given, k=3)[0, 0])

            rows.append(compare((f"{n}", kind), mine, other, 4, difference))
    return Sheet("I(X;Y|Z), beside ennemi", ("n", "dependence", *HEAD), rows)


def fits() -> Sheet:
    """Fits on 10 000 x 100, ten features, beside feature-engine's MRMR (kNN)."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(10_000, 100))
    X[:, 50:] += 0.7 * X[:, :50]
    y = (X[:, :5].sum(axis=1) + rng.normal(size=10_000) > 0).astype(int)
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(100)])
    peer = FeatureEngineMRMR(
        method="MID", max_features=10, regression=False, random_state=0
    )

    def other() -> list[int]:
        dropped = set(peer.fit(frame, y).features_to_drop_)
        return [j for j, name in enumerate(frame.columns) if name not in dropped]

    def common(mine: Any, theirs: Any) -> str:
        return f"{len(set(mine.selected_indices_) & set(theirs))} of 10 picks shared"

    # The peer takes a minute a fit: one, between the runs of ours.
    slow = None
    rows = []
    for name, kind, floor in (("MIRMR", MIRMR, "15"), ("JMI", JMI, "8")):
        selector = kind(10, mi_estimator=KNN(3, scale="standardize"), alpha=1)
        run = partial(selector.fit, X, y)
        seconds = interleave({name: run}, rounds=3)[name].seconds
        if slow is None:
            begin = perf_counter()
            picks = other()
            slow = perf_counter() - begin
        timed = interleave({name: run}, rounds=3)[name]
        ours = median([*seconds, *timed.seconds])
        shared = common(timed.result, picks)
        cells = f"{1e3 * ours:.0f}", f"{1e3 * slow:.0f}", f"{slow / ours:.1f}"
        rows.append((name, *cells, floor, shared))
    title = "Fit on 10 000 x 100, k = 10, class target, beside feature-engine"
    return Sheet(title, ("selector", *HEAD), rows)


def growth() -> Sheet:
    """Nanoseconds per row of one pair, up to a million rows; the least of the runs."""
    rows = []
    for kind in ("weak", "strong", "heavy tails", "half tied", "both tied"):
        cells = [kind]
        for n in (10_000, 100_000, 1_000_000):
            rng = np.random.default_rng(0)
            x, z = rng.normal(size=(2, n))
            y = {"weak": 0.3 * x + z, "strong": x + 0.01 * z}.get(kind, z)
            if kind == "heavy tails":
                x, y = rng.standard_cauchy((2, n))
            if kind == "both tied":
                x = np.where(rng.random(n) < 0.5, 0.0, x)
            if "tied" in kind:
                y = np.where(rng.random(n) < 0.5, 0.0, y)
            d = rng.integers(0, 2, n)
            options = {"estimator": KNN(), "discrete_x": False}
            calls = {
                "plane": partial(measures.mutual_information, x, y, **options),
                "line": partial(measures.mutual_information, y, d, **options),
            }
            timed = interleave(calls, rounds=40, budget=20.0)
            cells += [f"{1e9 * min(timed[name].seconds) / n:.0f}" for name in calls]
        rows.append(tuple(cells))
    head = ["data"]
    for n in ("1e4", "1e5", "1e6"):
        head += [f"KSG {n}", f"Ross {n}"]
    return Sheet("ns per row, sorting and ranks included", tuple(head), rows)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without n = 100 000")
    parser.add_argument("--growth", action="store_true", help="time by n only")
    parser.add_argument("--fits", action="store_true", help="fits only")
    arguments = parser.parse_args()
    print(machine(PACKAGES), end="\n\n")
    if arguments.growth:
        print(growth().markdown())
        return
    if arguments.fits:
        print(fits().markdown())
        return
    sizes = [1_000, 10_000] if arguments.quick else [1_000, 10_000, 100_000]
    print(conditional().markdown(), flush=True)
    print(whole_calls(sizes).markdown(), flush=True)
    print(fits().markdown(), flush=True)


if __name__ == "__main__":
    main()
