"""Tables of which the quality of a selection is told: real, extended, simulated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import sklearn.datasets
from numpy.typing import NDArray
from real_tables import SHARED, classes_of, manifest, real_table
from scores import numbers

import mifs.datasets

OWN = ("breast_cancer", "diabetes", "digits", "iris", "wine")  # of scikit-learn
REGRESSIONS = ("diabetes",)


@dataclass(frozen=True)
class Task:
    """A table, its target, and which columns are what there is to find.

    Attributes
    ----------
    name : str
    X : DataFrame of shape (n, p)
    y : ndarray of shape (n,)
        Codes of classes, or numbers.
    classes : bool
    truth : ndarray of shape (p,) or None
        What there is to find in each column: copies have one number, -1 is nothing.
        None: nobody knows.
    """

    name: str
    X: pd.DataFrame
    y: NDArray[Any]
    classes: bool
    truth: NDArray[np.int64] | None = None

    def rows(self, at: NDArray[np.intp]) -> Task:
        """Some rows; columns of which nothing is left are kept."""
        part = self.X.iloc[at].reset_index(drop=True)
        return Task(self.name, part, self.y[at], self.classes, self.truth)


def as_numbers(X: pd.DataFrame) -> NDArray[np.float64]:
    """Columns for who reads numbers: labels in their order, missing below all."""
    return np.hstack([numbers(X[column]) for column in X.columns])


def is_there(name: str) -> bool:
    """Whether a table is at hand on this machine."""
    return name in OWN or SHARED.exists()


@lru_cache(maxsize=2)
def real(name: str, most: int, folds: int) -> Task:
    """A real table, a fixed sample of its rows where it has more; rare classes go."""
    if name in OWN:
        X, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True, as_frame=True)
        y, classes = y.to_numpy(), name not in REGRESSIONS
        X.columns = [str(column) for column in X.columns]
    else:
        X, y = real_table(name, most)
        classes = manifest()[name]["task"] == "classification"
    if not classes:
        return Task(name, X, y.astype(np.float64), False)
    codes = classes_of(y)
    kept = np.flatnonzero(np.bincount(codes)[codes] >= folds)
    X, codes = X.iloc[kept].reset_index(drop=True), classes_of(codes[kept])
    return Task(name, X, codes, True)


def extended(base: Task, kind: str, share: float, seed: int) -> Task:
    """A table with columns that add nothing, shuffled among its own.

    ``"irrelevant"``: N(0, 1); ``"corrupted"``: ½ x + ½ sd(x) N(0, 1) of a random
    column x; ``"products"``: of two random ones (Cherepanova et al., 2023).
    """
    rng = np.random.default_rng(seed)
    n, p = base.X.shape
    added = round(share / (1 - share) * p)
    values = as_numbers(base.X)
    if kind == "irrelevant":
        new = rng.normal(size=(n, added))
    elif kind == "corrupted":
        x = values[:, rng.integers(0, p, added)]
        new = 0.5 * x + 0.5 * x.std(axis=0) * rng.normal(size=x.shape)
    else:
        pairs = rng.integers(0, p, (2, added))
        new = values[:, pairs[0]] * values[:, pairs[1]]
    beside = pd.DataFrame(new, columns=[f"{kind} {j}" for j in range(added)])
    order = rng.permutation(p + added)
    X = pd.concat([base.X, beside], axis=1).iloc[:, order]
    truth = np.where(order < p, order, -1)
    return Task(f"{base.name} + {share:.0%} {kind}", X, base.y, base.classes, truth)


def simulated(name: str, options: dict[str, Any], n: int, seed: int) -> Task:
    """A table of a generator, with the columns that are relevant."""
    rest = {key: value for key, value in options.items() if key != "generator"}
    made = getattr(mifs.datasets, options["generator"])(n, random_state=seed, **rest)
    truth = made.groups.copy()
    if (truth < 0).all():  # no column has a copy
        truth[made.relevant] = np.arange(len(made.relevant))
    classes = made.target.dtype.kind in "biu"
    X = pd.DataFrame(made.data, columns=list(map(str, made.feature_names)))
    return Task(f"{name}, n = {n}", X, made.target, classes, truth)


def extended_tasks(plan: dict[str, Any]) -> Iterator[Task]:
    """All of the plan, one after the other."""
    run, some = plan["run"], plan["extended"]
    for name in filter(is_there, some["tables"]):
        base = real(name, run["rows"], run["folds"])
        for kind in some["kinds"]:
            for share in some["shares"]:
                yield extended(base, kind, share, run["seed"])
