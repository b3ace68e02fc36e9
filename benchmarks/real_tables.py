"""The real tables of ../shared/data, columns of chance beside them, and their paths."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mifs._data.containers import unwrap
from mifs._data.reading import read
from mifs._data.table import Table
from mifs._problem.data import Data
from mifs._problem.problem import Problem, choose, make_gate, make_plan
from mifs._search import Path as Picks
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn
from mifs.estimators._mean import prepare

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
# Columns that are the target in other words.
LEAKS = {
    "titanic_seaborn": ["alive"],
    "mice_protein": ["Genotype", "Treatment", "Behavior"],
    "hflights": ["DepDelay"],
}
SELECTORS = {
    "MIM": CRITERIA["mim"],
    "JMI": CRITERIA["jmi"],
    "CMIM": CRITERIA["cmim"],
    "MIRMR": CRITERIA["mrmr"],
    "MIRMR quotient": CRITERIA["mrmr"].with_parameters({"scheme": "quotient"}),
}
ORDERS = ("uncorrected", "corrected", "tiers")
LEVELS = (2, 20, 50, 300)


@cache
def manifest() -> dict[str, dict[str, Any]]:
    """What is known of each table, by name."""
    listed = json.loads((SHARED / "manifest.json").read_text())
    return {table["name"]: table for table in listed}


def real_table(name: str, most: int | None = None) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Features and target; without rows that miss the target and columns that leak it.

    ``most``: a fixed sample of so many rows, in their order.
    """
    about = manifest()[name]
    if about["file"].endswith(".npz"):
        X, y = of_arrays(SHARED / about["file"])
    else:
        frame = pd.read_parquet(SHARED / about["file"])
        frame = frame.dropna(subset=[about["target"]])
        y = frame[about["target"]].to_numpy()
        X = frame.drop(columns=[about["target"], *LEAKS.get(name, [])])
        X = X.dropna(axis=1, how="all")
    if most is not None and len(X) > most:
        rows = np.sort(np.random.default_rng(0).permutation(len(X))[:most])
        X, y = X.iloc[rows], y[rows]
    return X.reset_index(drop=True), y


def of_arrays(file: Path) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Matrix, dense or sparse, and target of an npz file."""
    with np.load(file) as arrays:
        if "X" in arrays:
            X = arrays["X"]
        else:
            parts = (arrays[part] for part in ("data", "indices", "indptr"))
            X = csr_matrix(tuple(parts), shape=arrays["shape"]).toarray()
        return pd.DataFrame(X).add_prefix("x"), arrays["y"]


def chance_columns(
    X: pd.DataFrame, seed: int, some: list[str] | None = None
) -> pd.DataFrame:
    """Permuted copies of all columns (or some), random labels, a constant."""
    rng = np.random.default_rng(seed)
    found = {
        f"permuted {name}": X[name].take(rng.permutation(len(X))).reset_index(drop=True)
        for name in (X.columns if some is None else some)
    }
    for n_levels in LEVELS if some is None else ():
        found[f"chance {n_levels}"] = labels(rng, len(X), n_levels)
    found["constant"] = pd.Series(np.zeros(len(X)))
    return pd.DataFrame(found)


def classes_of(y: NDArray[Any]) -> NDArray[np.int64]:
    """Classes as whole numbers from 0."""
    return np.unique(y.astype(str), return_inverse=True)[1]


def labels(rng: np.random.Generator, n: int, n_levels: int) -> pd.Series:
    """Text without meaning."""
    return pd.Series(rng.integers(0, n_levels, n)).map("level {}".format)


class Ways:
    """Paths over one table, which is read and encoded once for each way of counting.

    Parameters
    ----------
    table : Table
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._prepared: dict[str, tuple[PlugIn, Any]] = {}

    @classmethod
    def of(cls, X: pd.DataFrame, y: Any, discrete_features: object = "auto") -> Ways:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return cls(read(unwrap(X), y, discrete_features=discrete_features))

    def with_target(self, order: NDArray[np.intp]) -> Ways:
        """The same columns, the rows of the target in another order."""
        target = replace(self.table.target, values=self.table.target.values[order])
        return Ways(replace(self.table, target=target))

    def path(self, selector: str, k: int | str | None, order: str = "tiers") -> Picks:
        """So many picks of a selector, "auto", or all."""
        correction = None if order == "uncorrected" else "permutation"
        if correction not in self._prepared:
            estimator = PlugIn(correction=correction)
            self._prepared[correction] = estimator, prepare(estimator, self.table, 1)
        estimator, terms = self._prepared[correction]
        record = SELECTORS[selector]
        problem = Problem(Data(None), record, estimator, n_features=k, n_jobs=1)
        plan = make_plan(problem, self.table)
        gate = make_gate(problem, self.table, plan, terms) if order == "tiers" else None
        return choose(problem, plan, terms, gate=gate)

    def names(self, picks: Picks) -> list[str]:
        return [str(self.table.names[feature]) for feature in picks.feature]
