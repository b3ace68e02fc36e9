"""Speed and memory of selection beside the peers, on one thread, as markdown.

python benchmarks/bench_select.py                   every section
python benchmarks/bench_select.py madelon memory    some of them
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from timing import ONE_THREAD, Sheet, Timed, interleave, machine, peak_extra_memory

# The libraries below read these when they are imported.
os.environ.update(ONE_THREAD)

import polars as pl
import tables
from calibration_cost import SHAPES, ways
from peers import FEAST, Peer, fast_select_mrmr, mrmr_selection_fcq, mrmrs_fcq

from mifs import MISelector, _search, interactions
from mifs._problem import problem
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn
from mifs.exceptions import MifsWarning

PACKAGES = (
    "numpy",
    "numba",
    "scikit-learn",
    "pandas",
    "fstoolbox",
    "fast-select",
    "mrmrs",
    "mrmr-selection",
)
BESIDE = (
    "criterion",
    "fit, ms",
    "rounds alone, ms",
    "peer",
    "peer, ms",
    "peer / fit",
    "peer / rounds",
    "picks",
)
WAYS = ("plain", "corrected", "tiers", "auto")
TIE = 1e-9
# Rows, columns and levels of tables whose pairs are counted.
PAIRED = ((10_000, 1_000, 2), (2_000, 500, 10), (72, 2_000, 3))
MEGABYTE = 1e6


def fit(criterion: str, X: Any, y: Any, k: int) -> MISelector:
    """Fit the published search, as peers do, on one thread."""
    plain = PlugIn(correction=None)
    return MISelector(criterion, k, mi_estimator=plain, n_jobs=1).fit(X, y)


def rounds(criterion: str, X: Any, y: Any, k: int) -> Callable[..., _search.Path]:
    """Return the search of a fit, to be run again alone as the fit ran it."""
    with patch.object(problem, "search", wraps=problem.search) as search:
        fit(criterion, X, y, k)
    return partial(problem.search, *search.call_args.args, **search.call_args.kwargs)


def madelon() -> Sheet:
    """Small and many levels."""
    rivals = {"FEAST": FEAST, "fast-select": {"mrmr": fast_select_mrmr}}
    title = "MadelonD: 2 000 × 500, 10 levels, k = 20"
    return beside(title, tables.madelon(), 20, ("mim", "mrmr", "jmi"), rivals)


def binary() -> Sheet:
    """Long and two levels."""
    title = "100 000 × 200, uint8, binary, k = 20"
    codes = tables.codes(100_000, 200, 2)
    return beside(title, codes, 20, ("mrmr", "jmi"), {"FEAST": FEAST})


def levels10() -> Sheet:
    """Long and ten levels."""
    title = "100 000 × 200, uint8, 10 levels, k = 20"
    codes = tables.codes(100_000, 200, 10)
    return beside(title, codes, 20, ("mrmr", "jmi"), {"FEAST": FEAST})


def expression() -> Sheet:
    """Wide and short, as discretised gene expression."""
    title = "72 × 7 129, 3 levels, k = 50"
    codes = tables.codes(72, 7_129, 3)
    names = ("mrmr", "mifs", "jmi", "cmim", "jmim", "njmim")
    return beside(title, codes, 50, names, {"FEAST": FEAST})


def pairs() -> Sheet:
    """All pairs of columns: their table, and a search that begins with the best."""
    rows = []
    for n, p, n_levels in PAIRED:
        X, y = tables.codes(n, p, n_levels)
        begin = partial(MISelector("jmi", 2, start="pair", n_jobs=1).fit, X, y)
        calls = {"interactions": partial(interactions, X, y, n_jobs=1), "start": begin}
        timed = interleave(calls)
        each = (f"{1e9 * timed[call].median / (p * (p - 1) / 2):.0f}" for call in calls)
        title = f"{n:,} × {p:,}, {n_levels} levels".replace(",", " ")
        rows.append((title, *(milliseconds(timed[call]) for call in calls), *each))
    columns = ("table", "interactions, ms", 'start="pair", ms')
    columns += ("ns a pair", "ns a pair")
    return Sheet("All pairs of columns, one thread", columns, rows)


def criteria() -> Sheet:
    """Every criterion there is, in one run, so that any two rows compare."""
    title = "Every criterion on MadelonD, k = 20"
    return beside(title, tables.madelon(), 20, CRITERIA, {"FEAST": FEAST}, budget=40.0)


def beside(
    title: str,
    codes: tables.Codes,
    k: int,
    names: Iterable[str],
    rivals: Mapping[str, Mapping[str, Peer]],
    budget: float = 20.0,
) -> Sheet:
    """Time whole fits, rounds alone and peers in turn on the same integer codes."""
    X, y = codes
    calls: dict[tuple[str, str], Callable[[], Any]] = {}
    for name in names:
        calls[name, "fit"] = partial(fit, name, X, y, k)
        calls[name, "rounds"] = rounds(name, X, y, k)
        for rival, peers in rivals.items():
            if name in peers:
                calls[name, rival] = partial(peers[name], X, y, k)
    timed = interleave(calls, budget=budget)
    rows = [row for name in names for row in _rows(name, timed, rivals)]
    return Sheet(title, BESIDE, rows)


def _rows(
    name: str, timed: Mapping[tuple[str, str], Timed], rivals: Iterable[str]
) -> list[tuple[str, ...]]:
    """One row a peer, or a row without peer where no peer has the criterion."""
    whole, alone = timed[name, "fit"], timed[name, "rounds"]
    assert alone.result.feature == whole.result.selected_indices_.tolist()
    ours = (name, milliseconds(whole), milliseconds(alone))
    rows = []
    for rival in rivals:
        if (name, rival) in timed:
            peer = timed[name, rival]
            ratios = (ratio(peer, whole), ratio(peer, alone))
            picks = agreement(whole.result, peer.result)
            rows.append((*ours, rival, milliseconds(peer), *ratios, picks))
    return rows or [(*ours, "–", "–", "–", "–", "–")]


def agreement(selector: MISelector, picks: list[int]) -> str:
    """How far a peer's picks go with ours, and whether a tie parts them."""
    ours = selector.selected_indices_.tolist()
    pairs = zip(ours, picks, strict=True)
    step = next((at for at, (our, their) in enumerate(pairs) if our != their), None)
    if step is None:
        return "same"
    why = "a tie" if selector.path_["margin"].iloc[step] <= TIE else "others"
    return f"same to step {step}, then {why}"


def chance() -> Sheet:
    """What the correction costs, the two tiers, and the stop, in one run."""
    rows = []
    for (n, p), (make, k) in SHAPES.items():
        X, y = make()
        for name in ("mrmr", "jmi", "cmim"):
            selectors = ways(name, k)
            calls = {way: partial(one.fit, X, y) for way, one in selectors.items()}
            rows.append((f"{n} × {p}", name, *_costs(interleave(calls))))
    columns = ("table", "criterion", *WAYS, "corrected / plain")
    columns += ("tiers / corrected", "auto / plain")
    return Sheet("Correction for chance, tiers and stop, ms", columns, rows)


def _costs(timed: Mapping[str, Timed]) -> tuple[str, ...]:
    """Times, and the ratios that are to stay small."""
    pairs = (("corrected", "plain"), ("tiers", "corrected"), ("auto", "plain"))
    ratios = (f"{timed[a].median / timed[b].median:.2f}" for a, b in pairs)
    return (*(milliseconds(timed[way]) for way in WAYS), *ratios)


def frame() -> Sheet:
    """Continuous columns, our binning included; the peers use correlation."""
    X, y = tables.frame(2_000, 500)
    arguments = {
        "mrmrs": (mrmrs_fcq, pl.from_pandas(X), pl.Series(y.to_numpy())),
        "mrmr-selection": (mrmr_selection_fcq, X, y),
    }
    calls: dict[str, Callable[[], Any]] = {"mifs": partial(fit, "mrmr", X, y, 20)}
    for name, (peer, features, target) in arguments.items():
        calls[name] = partial(peer, features, target, 20)
    timed = interleave(calls)
    ours = timed["mifs"]
    chosen = set(X.columns[ours.result.selected_indices_])
    rows = [("mifs", milliseconds(ours), "1.0", "20 of 20")]
    for name in arguments:
        shared = f"{len(chosen.intersection(timed[name].result))} of 20"
        rows.append((name, milliseconds(timed[name]), ratio(timed[name], ours), shared))
    columns = ("mRMR by", "time, ms", "ratio to mifs", "picks shared with mifs")
    return Sheet("float64 DataFrame, 2 000 × 500, k = 20", columns, rows)


def threads() -> Sheet:
    """Greedy rounds alone, one thread against two."""
    names = ("mrmr", "jmi")
    calls = {}
    for name in names:
        search = rounds(name, *tables.codes(100_000, 200, 10), 20)
        calls[name, 1] = search
        calls[name, 2] = partial(search, n_threads=2)
    timed = interleave(calls)
    rows = []
    for name in names:
        one, two = timed[name, 1], timed[name, 2]
        same = "same" if one.result.score == two.result.score else "others"
        rows.append((name, milliseconds(one), milliseconds(two), ratio(one, two), same))
    columns = ("criterion", "one thread, ms", "two threads, ms", "ratio", "path")
    return Sheet("Two threads in the rounds of 100 000 × 200, 10 levels", columns, rows)


def jobs() -> Sheet:
    """Whole fits with one job and with two: small work stays on one."""
    made = {
        "MadelonD, 10 levels": tables.madelon,
        "72 × 7 129, 3 levels": partial(tables.codes, 72, 7_129, 3),
        "100 000 × 200, binary": partial(tables.codes, 100_000, 200, 2),
        "100 000 × 200, 10 levels": partial(tables.codes, 100_000, 200, 10),
        "20 000 × 2 000, 10 levels": partial(tables.codes, 20_000, 2_000, 10),
        "2 000 × 500, float64": partial(tables.measurements, 2_000, 500),
        "100 000 × 200, float64": partial(tables.measurements, 100_000, 200),
    }
    rows = []
    for title, make in made.items():
        X, y = make()
        plain = PlugIn(correction=None)
        calls = {
            n_jobs: partial(
                MISelector("jmi", 20, mi_estimator=plain, n_jobs=n_jobs).fit, X, y
            )
            for n_jobs in (1, 2)
        }
        timed = interleave(calls)
        one, two = timed[1], timed[2]
        rows.append((title, milliseconds(one), milliseconds(two), ratio(one, two)))
    columns = ("table", "one job, ms", "two jobs, ms", "one / two")
    return Sheet("Whole fits of JMI, k = 20, with one job and two", columns, rows)


def memory() -> Sheet:
    """Peak extra memory of a JMI fit, each in a fresh process."""
    cases = {
        "uint8, binary": partial(tables.codes, 100_000, 200, 2),
        "uint8, 10 levels": partial(tables.codes, 100_000, 200, 10),
        "float64 DataFrame": partial(tables.frame, 100_000, 200),
    }
    rows = []
    for name, table in cases.items():
        peaks = peak_extra_memory(table, partial(fit, "jmi", k=20))
        cells = 100_000 * 200
        allowed = f"{3 * cells / MEGABYTE + 50:.0f}"
        measured = [(f"{b / MEGABYTE:.0f}", f"{b / cells:.2f}") for b in peaks]
        rows.append((name, *measured[0], *measured[1], allowed))
    columns = (
        "100 000 × 200",
        "first fit, MB",
        "bytes a cell",
        "second fit, MB",
        "bytes a cell",
        "3 bytes a cell + 50 MB",
    )
    return Sheet("Peak extra memory of a JMI fit, k = 20", columns, rows)


def startup() -> Sheet:
    """Import and first fit, medians of fresh processes with a warm cache."""
    script = Path(__file__).with_name("startup.py")
    runs = []
    for _ in range(8):
        done = subprocess.run(
            [sys.executable, str(script)], check=True, capture_output=True, text=True
        )
        runs.append(json.loads(done.stdout))
    # the first run may have filled the cache
    rows = [
        (stage, f"{1e3 * median(run[stage] for run in runs[1:]):.0f}")
        for stage in runs[0]
        if stage != "data"
    ]
    return Sheet("Start of a process, JMI on 2 000 × 500", ("stage", "ms"), rows)


def milliseconds(timed: Timed) -> str:
    """Median with three significant digits."""
    value = 1e3 * timed.median
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def ratio(slow: Timed, fast: Timed) -> str:
    """Ratio of the medians, and so how many times as fast the second is."""
    value = slow.median / fast.median
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


SECTIONS: dict[str, Callable[[], Sheet]] = {
    section.__name__: section
    for section in (
        madelon,
        binary,
        levels10,
        expression,
        pairs,
        chance,
        frame,
        threads,
        jobs,
        memory,
        startup,
        criteria,
    )
}


def main() -> None:
    """Run the sections named on the command line, all by default."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS)
    )
    parser.add_argument(
        "--json", action="store_true", help="write bench_select.json too"
    )
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.sections) - set(SECTIONS))
    if unknown:
        parser.error(f"no section {', '.join(unknown)}; known: {', '.join(SECTIONS)}")
    warnings.simplefilter("ignore", MifsWarning)
    host = machine(PACKAGES)
    print(f"{host}\n")
    results = []
    for name in arguments.sections or SECTIONS:
        results.append(SECTIONS[name]())
        print(results[-1].markdown(), flush=True)
    if arguments.json:
        report = {"machine": host, "tables": [asdict(table) for table in results]}
        Path(__file__).with_suffix(".json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
