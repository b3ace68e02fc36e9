"""Does it choose well? Selections of mifs and its peers, and how models do with them.

    python benchmarks/quality.py select            who picks which columns, by fold
    python benchmarks/quality.py score             how models predict from these
    python benchmarks/quality.py report            prints the tables
    python benchmarks/quality.py report --write    also into docs/defaults.md
    python benchmarks/quality.py all --quick       a few tables, in some minutes

quality_plan.toml says what is run, and was written before the first run. Rows go to
results/ as soon as they are there; what is there, of the same settings and versions, is
not run again. ``--group mifs`` runs the selectors of mifs alone, ``--only NAME …`` some
selectors, ``--part real …`` and ``--tables NAME …`` some tables, ``--again`` those also
that have rows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
import warnings
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import pandas as pd
from joblib import Parallel, delayed
from quality_ranks import Results
from quality_report import report, write
from quality_rows import PICKS, SCORES, TABLES, Rows, machine, read_picks, spelled
from quality_selectors import ENTRIES
from quality_tables import Task, extended, is_there, real, simulated
from quality_workers import Workers
from rich.progress import Progress
from scores import Scores, folds, is_number

PLAN = Path(__file__).with_name("quality_plan.toml")
Plan = dict[str, Any]
Wanted = tuple[dict[str, str], str]


@dataclass(frozen=True)
class Source:
    """Where a table comes from; ``seeds`` are drawn tables, in place of folds.

    Attributes
    ----------
    part : str
        ``"real"``, ``"extended"`` or ``"simulated"``.
    name : str
    of : tuple
        Arguments of the function that makes it.
    """

    part: str
    name: str
    of: tuple[Any, ...]

    def training(self, run: Plan) -> Iterator[Task]:
        """Tables that a selector sees, one after the other."""
        if self.part == "simulated":
            name, options, n, seeds = self.of
            yield from (simulated(name, options, n, seed) for seed in range(seeds))
            return
        task = real(self.of[0], run["rows"], run["folds"])
        if self.part == "extended":
            task = extended(task, *self.of[1:], run["seed"])
        for rows, _ in folds(task.y, run["seed"]):
            yield task.rows(rows)


def sources(
    plan: Plan, wanted: list[str], parts: list[str], quick: bool
) -> list[Source]:
    """All tables of the plan that are at hand, or some."""
    names = sorted(plan["tables"]["choose"] + plan["tables"]["confirm"])
    found = [Source("real", name, (name,)) for name in filter(is_there, names)]
    some, drawn = plan["extended"], plan["simulated"]
    found += [
        Source("extended", f"{name} + {share:.0%} {kind}", (name, kind, share))
        for name in filter(is_there, some["tables"])
        for kind in some["kinds"]
        for share in some["shares"]
    ]
    found += [
        Source("simulated", f"{name}, n = {n}", (name, options, n, drawn["seeds"]))
        for name, options in drawn["tables"].items()
        for n in drawn["rows"]
    ]
    if quick:
        wanted = wanted or plan["quick"]["tables"]
    return [
        source
        for source in found
        if (not wanted or {source.name, source.of[0]} & {*wanted})
        and (not parts or source.part in parts)
    ]


def selectors(plan: Plan, given: argparse.Namespace) -> list[str]:
    """Selectors that are wanted and installed; the others are named."""
    names = given.only or (plan["quick"]["selectors"] if given.quick else list(ENTRIES))
    if given.group:
        names = [name for name in names if ENTRIES[name].group in given.group]
    lacking = [name for name in names if not ENTRIES[name].version]
    if lacking:
        print(f"not installed, left out: {', '.join(lacking)}")
    return [name for name in names if name not in lacking]


def settings_of(selector: str, run: Plan) -> str:
    """Eight digits that change with whatever picks depend on."""
    kept = {name: run[name] for name in ("rows", "folds", "seed", "longest", "ks")}
    return _digest(ENTRIES[selector].settings, kept)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:8]


def asked(selector: str, run: Plan) -> list[int | str]:
    """Numbers of columns for which a selector runs."""
    entry = ENTRIES[selector]
    fixed = [run["longest"]] if entry.path else run["ks"]
    return [*(fixed if entry.fixed else []), *(["auto"] if entry.auto else [])]


def picked(source: Source, selector: str, k: int | str, run: Plan) -> dict[str, str]:
    """Picks of each training table, and the seconds of a processor that all took."""
    picks, seconds = [], 0.0
    for task in source.training(run):
        most = task.X.shape[1]
        warm(selector, task.classes)
        begun = process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picks.append(
                ENTRIES[selector].pick(task, k if k == "auto" else min(int(k), most))
            )
        seconds += process_time() - begun
    return {"seconds": f"{seconds:.3f}", "picks": spelled(picks), "note": ""}


@cache
def warm(selector: str, classes: bool) -> None:
    """Load what a first call loads, in each process."""
    options = {"generator": "make_mixed" if classes else "make_dependence"}
    with warnings.catch_warnings(), suppress(Exception):
        warnings.simplefilter("ignore")
        ENTRIES[selector].pick(simulated("", options, 100, 0), 3)


def wants(source: Source, selector: str, plan: Plan) -> bool:
    """Whether a selector has a part in a table; in real ones all but settings have."""
    if source.part == "real":
        some = plan["ablations"]
        again = some["confirm"] if selector in some["better"] else []
        few = ENTRIES[selector].group == "ablation"
        return not few or source.name in some["choose"] + again
    chosen: list[str] = plan[source.part]["selectors"]
    return selector in chosen


def select(plan: Plan, given: argparse.Namespace) -> None:
    """Add the picks that are not there."""
    run, rows, due = plan["run"], Rows(PICKS), []
    for source in sources(plan, given.tables, given.part, given.quick):
        for selector in selectors(plan, given):
            key = {"part": source.part, "table": source.name, "selector": selector}
            key |= {"settings": settings_of(selector, run)}
            keys = [key | {"k": str(k)} for k in asked(selector, run)]
            keys = [key for key in keys if given.again or not rows.has(key)]
            if keys and wants(source, selector, plan):
                due.append((source, selector, keys))
    with (
        Progress() as progress,
        Workers(given.jobs) as workers,
        ThreadPoolExecutor(given.jobs) as pool,
    ):
        bar = progress.add_task("select", total=len(due))
        jobs = [pool.submit(all_picked, workers, *job, run) for job in due]
        for job in as_completed(jobs):
            for row in job.result():
                rows.put(row)
                progress.update(bar, description=f"select {row['table']}")
            progress.advance(bar)
    rows.tidy()
    machine({ENTRIES[name].version for name in selectors(plan, given)})
    describe(plan, given)


def describe(plan: Plan, given: argparse.Namespace) -> None:
    """Say what the tables are, so that a report needs none of them."""
    rows = Rows(TABLES)
    for source in sources(plan, given.tables, given.part, given.quick):
        key = {"part": source.part, "table": source.name}
        if given.again or not rows.has(key):
            rows.put(key | about(list(source.training(plan["run"]))))
    rows.tidy()


def about(tasks: list[Task]) -> dict[str, str]:
    """Size and kind of what a selector sees; what there is to find, from 1, 0 is none.

    Of one spelling where all tables have the same.
    """
    X, y = tasks[0].X, tasks[0].y
    truths = [(task.truth + 1).tolist() for task in tasks if task.truth is not None]
    if all(truth == truths[0] for truth in truths):
        truths = truths[:1]
    return {
        "rows": str(len(X)),
        "columns": str(X.shape[1]),
        "labels": str(sum(not is_number(X[name]) for name in X)),
        "missing": str(int(X.isna().to_numpy().sum())),
        "classes": str(len({*y.tolist()})) if tasks[0].classes else "",
        "truth": spelled(truths),
    }


def all_picked(
    workers: Workers,
    source: Source,
    selector: str,
    keys: list[dict[str, str]],
    run: Plan,
) -> list[dict[str, str]]:
    """Rows of a selector on a table; after a stop longer selections are not tried."""
    found: list[dict[str, str]] = []
    limit = run["slow_s" if selector in run["slow"] else "limit_s"]
    for key in keys:
        k = key["k"]
        if found and found[-1]["note"].startswith("stopped") and k != "auto":
            found.append(found[-1] | key)
            continue
        args = source, selector, k if k == "auto" else int(k), run
        found.append(key | workers.ask(picked, args, limit))
    return found


def sets_of(picks: pd.DataFrame, ks: list[int]) -> dict[str, dict[str, str]]:
    """Columns by fold of each selector and k of a table, as they are spelled."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in picks.itertuples():
        entry = ENTRIES.get(row.selector)
        if entry is None or row.note:
            continue
        if row.selector == "all features" or row.k == "auto" or not entry.path:
            k = "all" if row.selector == "all features" else row.k
            found[row.selector][k] = row.picks
            continue
        each = read_picks(row.picks)
        found[row.selector] |= {
            str(k): spelled([fold[:k] for fold in each]) for k in ks
        }
    return found


def scored(
    name: str, wanted: list[Wanted], known: list[tuple[Wanted, str]], run: Plan
) -> list[dict[str, str]]:
    """Rows of scores of one table; sets that have a row already cost nothing."""
    task = real(name, run["rows"], run["folds"])
    scores, cut = Scores(task.X, task.y, run["trees"]), folds(task.y, run["seed"])
    names, rows = task.X.columns, []
    for (key, picks), found in known:
        each = zip(read_picks(picks), found.split(), strict=True)
        for number, (chosen, score) in enumerate(each):
            scores.learn(key["model"], names[chosen].tolist(), number, float(score))
    for key, picks in wanted:
        each = enumerate(zip(cut, read_picks(picks), strict=True))
        found = [
            scores(key["model"], names[chosen].tolist(), fold, number)
            for number, (fold, chosen) in each
        ]
        rows.append(key | {"scores": " ".join(f"{score:.4f}" for score in found)})
    return rows


def score(plan: Plan, given: argparse.Namespace) -> None:
    """Add the scores of real tables that are not there."""
    run, rows, wanted = plan["run"], Rows(SCORES), defaultdict(list)
    known, names = defaultdict(list), selectors(plan, given)
    picks = Rows(PICKS).frame()
    picks = picks[picks["part"] == "real"]
    only = {source.name for source in sources(plan, given.tables, [], given.quick)}
    for name, part in picks[picks["table"].isin(only)].groupby("table"):
        p = real(str(name), run["rows"], run["folds"]).X.shape[1]
        for key, chosen in sets(part, p, run):
            if rows.has(key) and not given.again:
                known[str(name)].append(((key, chosen), rows.get(key)["scores"]))
            elif key["selector"] in names:
                wanted[str(name)].append((key, chosen))
    with Progress() as progress:
        bar = progress.add_task("score", total=sum(map(len, wanted.values())))
        jobs = (
            delayed(scored)(name, keys, known[name], run)
            for name, keys in wanted.items()
        )
        for found in Parallel(given.jobs, return_as="generator_unordered")(jobs):
            for row in found:
                rows.put(row)
            progress.update(bar, advance=len(found))
    rows.tidy()


def sets(picks: pd.DataFrame, p: int, run: Plan) -> Iterator[Wanted]:
    """Sets of columns of a table to be scored, and the keys of their rows."""
    settings = dict(zip(picks["selector"], picks["settings"], strict=True))
    for selector, of in sets_of(picks, run["ks"]).items():
        for k, chosen in of.items():
            if k.isdecimal() and int(k) >= p:
                continue
            for model in run["models"]:
                key = {"table": str(picks["table"].iloc[0]), "selector": selector}
                key |= {"k": k, "model": model, "settings": settings[selector]}
                yield key | {"picked": _digest(run["trees"], chosen)}, chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["select", "score", "report", "all"])
    parser.add_argument("--quick", action="store_true", help="a few tables")
    parser.add_argument("--only", nargs="*", default=[], help="selectors")
    parser.add_argument("--group", nargs="*", default=[], help="mifs, peer, …")
    parser.add_argument("--part", nargs="*", default=[], help="real, extended, …")
    parser.add_argument("--tables", nargs="*", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="what has rows, too")
    parser.add_argument("--write", action="store_true", help="tables into the docs")
    given = parser.parse_args()
    plan = tomllib.loads(PLAN.read_text(encoding="utf-8"))
    if given.what in ("select", "all"):
        select(plan, given)
    if given.what in ("score", "all"):
        score(plan, given)
    if given.what in ("report", "all"):
        results = Results.read(plan)
        print(report(results))
        if given.write:
            write(results)


if __name__ == "__main__":
    main()
