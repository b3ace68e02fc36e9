"""What mifs decides on real tables, where chance is added, or is all there is.

    python benchmarks/decisions.py chance      columns of chance beside real ones
    python benchmarks/decisions.py six         the first six picks of JMI, held out
    python benchmarks/decisions.py heldout     ten and five picks, held out
    python benchmarks/decisions.py shuffled    targets in another order
    python benchmarks/decisions.py madelon     a table of which the truth is known
    python benchmarks/decisions.py report      prints the tables
    python benchmarks/decisions.py report --write   also into docs/how_many.md

What is found goes to decisions.csv as soon as it is, and what is there is not run
again. ``--only NAME …`` runs some tables.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from decisions_report import tables_of, write
from numpy.typing import NDArray
from real_tables import (
    ORDERS,
    Ways,
    chance_columns,
    classes_of,
    manifest,
    real_table,
)
from scores import Scores, folds

CSV = Path(__file__).with_suffix(".csv")
FIELDS = ("study", "table", "selector", "order", "model", "k", "seed", "values")
JUDGED = ("JMI", "CMIM", "MIRMR", "MIRMR quotient")
MODELS = ("trees", "logistic")
WITH_CHANCE = (
    *("credit_data", "lending_club", "adult", "bank", "house_prices"),
    *("titanic_seaborn", "hflights"),
)
SIX = (
    *("vehicle", "credit_data", "bank", "horse_colic", "soybean", "adult", "wa_churn"),
    *("votes", "mushroom", "splice"),
)
SHUFFLED = (
    *("adult", "ames", "bank", "bike_hour", "california_housing", "communities"),
    *("cpu_act", "credit_data", "dna", "fars", "horse_colic", "house_prices"),
    *("ionosphere", "lending_club", "magic_telescope", "mice_protein", "mushroom"),
    *("satellite", "sonar", "soybean", "spambase", "titanic_seaborn", "vehicle"),
    "wa_churn",
)
N_SEEDS, N_SHUFFLES = 5, 60
# Rows of a table, at most.
MOST_SIX, MOST_HELD_OUT, MOST_SHUFFLED = 10_000, 3_000, 5_000
# What tells something in Madelon: all other columns together explain .98 of each of
# these, and no more than .22 of any other; they span 5 dimensions.
TELLING = frozenset(
    f"x{j}"
    for j in (
        *(28, 48, 64, 105, 128, 153, 241, 281, 318, 336),
        *(338, 378, 433, 442, 451, 453, 455, 472, 475, 493),
    )
)

Key = dict[str, object]
# What identifies a row, and how its values are found.
Run = tuple[Key, Callable[[], object]]


def chance(name: str) -> Iterator[Run]:
    """Which columns of chance are in the first tier, of how many."""
    X, y = real_table(name)
    for seed in range(N_SEEDS if name != "hflights" else 1):
        added = chance_columns(
            X, seed, some=["TailNum"] if name == "hflights" else None
        )
        ways = Later(lambda added=added: Ways.of(pd.concat([X, added], axis=1), y))

        def run(selector: str, ways: Later = ways, added: pd.DataFrame = added) -> str:
            path = ways().names(ways().path(selector, "auto"))
            passed = [column for column in path if column in added.columns]
            return f"{len(path)}: {', '.join(passed)}"

        for selector in JUDGED:
            yield {"selector": selector, "seed": seed}, partial(run, selector)


class Later:
    """What is made when it is first asked for."""

    def __init__(self, make: Callable[[], Ways]) -> None:
        self._make, self._made = make, None

    def __call__(self) -> Ways:
        if self._made is None:
            self._made = self._make()
        return self._made


def six(name: str) -> Iterator[Run]:
    """Six picks of JMI from all rows: as read, each value a level, beside chance."""
    X, y = real_table(name, MOST_SIX)
    y = classes_of(y)
    beside = pd.concat([X, chance_columns(X, 0)], axis=1)
    for how, table, kinds in (
        ("", X, "auto"),
        ("levels", X, [True] * X.shape[1]),
        ("chance", beside, "auto"),
    ):
        scores, ways = Scores(table, y), Ways.of(table, y, kinds)
        for order in ORDERS:

            def run(
                order: str = order, ways: Ways = ways, scores: Scores = scores
            ) -> str:
                picks = ways.names(ways.path("JMI", 6, order))
                cut = enumerate(folds(y))
                return spell([scores("trees", picks, fold, i) for i, fold in cut])

            yield {"selector": "JMI", "order": order, "k": 6, "model": how}, run


def held_out(name: str) -> Iterator[Run]:
    """Picks from the rows of each fold, scores on the others."""
    X, y = real_table(name, MOST_HELD_OUT)
    y = classes_of(y)
    kept = np.bincount(y)[y] >= 4
    X, y = X[kept].reset_index(drop=True), classes_of(y[kept])
    scores, cut = Scores(X, y), folds(y)
    ways = [Later(lambda t=train: Ways.of(X.iloc[t], y[t])) for train, _ in cut]

    def run(selector: str, order: str, model: str, k: int) -> str:
        found = []
        for number, fold in enumerate(cut):
            own = ways[number]()
            picks = own.names(own.path(selector, min(10, X.shape[1] - 1), order))[:k]
            found.append(scores(model, picks, fold, number))
        return spell(found)

    for selector in JUDGED[:3]:
        for order in ORDERS:
            for model in MODELS:
                for k in (5, 10):
                    if k < X.shape[1]:
                        key = {"selector": selector, "order": order, "model": model}
                        yield key | {"k": k}, partial(run, selector, order, model, k)


def shuffled(name: str) -> Iterator[Run]:
    """In how many of 60 orders of the target something is selected."""
    X, y = real_table(name, MOST_SHUFFLED)
    ways = Ways.of(X, y)

    def run(selector: str) -> str:
        n = 0
        for seed in range(N_SHUFFLES):
            order = np.random.default_rng(seed).permutation(len(y))
            n += len(ways.with_target(order).path(selector, "auto")) > 0
        return f"{n} / {N_SHUFFLES}"

    for selector in ("MIM", *JUDGED[:3]):
        yield {"selector": selector}, partial(run, selector)


def madelon(name: str) -> Iterator[Run]:
    """False columns among those kept of all rows; a forest on the kept of each fold."""
    X, y = real_table(name)
    y = classes_of(y)
    scores, cut = Scores(X, y), folds(y)

    def kept(selector: str, rows: NDArray[np.intp]) -> list[str]:
        if selector == "":
            return list(X.columns)
        ways = Ways.of(X.iloc[rows], y[rows])
        return ways.names(ways.path(selector, "auto"))

    def false(selector: str) -> str:
        path = kept(selector, np.arange(len(y)))
        return f"{len(path)}: {', '.join(c for c in path if c not in TELLING)}"

    def score(selector: str) -> str:
        cut_ = enumerate(cut)
        return spell([scores("trees", kept(selector, f[0]), f, i) for i, f in cut_])

    for selector in ("", "JMI", "CMIM"):
        yield {"selector": selector, "model": "trees"}, partial(score, selector)
        if selector:
            yield {"selector": selector}, partial(false, selector)


def spell(scores: list[float]) -> str:
    return " ".join(f"{score:.4f}" for score in scores)


STUDIES: dict[str, tuple[Callable[[str], Iterator[Run]], Callable[[], tuple[str, ...]]]]
STUDIES = {
    "chance": (chance, lambda: WITH_CHANCE),
    "six": (six, lambda: SIX),
    "heldout": (held_out, lambda: tuple(t for t in manifest() if is_classes(t))),
    "shuffled": (shuffled, lambda: SHUFFLED),
    "madelon": (madelon, lambda: ("skf_madelon",)),
}


def is_classes(name: str) -> bool:
    about = manifest()[name]
    return about["task"] == "classification" and about["p"] > 5


def read_rows(file: Path = CSV) -> pd.DataFrame:
    if not file.exists():
        return pd.DataFrame(columns=FIELDS, dtype=str)
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def run_study(study: str, only: list[str], rows: Path) -> None:
    """Add the rows that are not there."""
    runs, tables = STUDIES[study]
    done = {
        tuple(row) for row in read_rows(rows)[list(FIELDS[:-1])].to_numpy().tolist()
    }
    fresh = not rows.exists()
    with (
        rows.open("a", newline="", encoding="utf-8") as file,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        writer = csv.DictWriter(file, FIELDS, restval="", lineterminator="\n")
        if fresh:
            writer.writeheader()
        for table in only or tables():
            for key, run in runs(table):
                row = {"study": study, "table": table} | key
                if tuple(str(row.get(name, "")) for name in FIELDS[:-1]) in done:
                    continue
                row["values"] = run()
                print(*row.values(), flush=True)
                writer.writerow(row)
                file.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", choices=[*STUDIES, "report"])
    parser.add_argument("--only", nargs="*", default=[], help="tables")
    parser.add_argument("--rows", type=Path, default=CSV, help="another file of rows")
    parser.add_argument("--write", action="store_true", help="tables into the docs")
    given = parser.parse_args()
    if given.study == "report":
        text = tables_of(read_rows(given.rows))
        print(text)
        if given.write:
            write(text)
    else:
        run_study(given.study, given.only, given.rows)


if __name__ == "__main__":
    main()
