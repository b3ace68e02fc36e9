"""How well models predict from some columns of a table, on rows they have not seen."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

N_FOLDS = 4
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


def folds(y: NDArray[Any], seed: int = 0) -> list[Fold]:
    """Rows to learn from and rows to predict, four times; classes in like shares."""
    of_classes = are_classes(y)
    cut = (StratifiedKFold if of_classes else KFold)(
        N_FOLDS, shuffle=True, random_state=seed
    )
    return list(cut.split(np.zeros(len(y)), y))


def are_classes(y: NDArray[Any]) -> bool:
    """Codes of classes are whole numbers, other targets floats."""
    return y.dtype.kind in "iu"


def model_of(name: str, classes: bool = True, n_trees: int = 100) -> BaseEstimator:
    if name == "trees":
        trees = ExtraTreesClassifier if classes else ExtraTreesRegressor
        return trees(n_trees, random_state=0)
    if name == "neighbours":
        near = KNeighborsClassifier if classes else KNeighborsRegressor
        return make_pipeline(StandardScaler(), near(10))
    linear = LogisticRegression(max_iter=300) if classes else Ridge()
    return make_pipeline(StandardScaler(), linear)


@dataclass
class Scores:
    """Scores of models on one table; sets that came before are known.

    Of classes the balanced accuracy, of numbers R², at least 0. Trees get a column as
    numbers, labels in their order, missing values below all; the other models get
    labels as indicators, and one for what is missing.
    """

    X: pd.DataFrame
    y: NDArray[Any]
    n_trees: int = 100
    _known: dict[tuple[str, int, frozenset[str]], float] = field(default_factory=dict)
    _encoded: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)

    def __call__(
        self, model: str, columns: Sequence[str], fold: Fold, number: int
    ) -> float:
        """Score of one fold; the order of the columns does not matter."""
        key = model, number, frozenset(columns)
        if not columns:
            return 1 / len(np.unique(self.y)) if are_classes(self.y) else 0.0
        if key not in self._known:
            self._known[key] = self._score(model, sorted(key[2]), fold)
        return self._known[key]

    def learn(
        self, model: str, columns: Sequence[str], number: int, score: float
    ) -> None:
        """Take a score that was found before."""
        self._known[model, number, frozenset(columns)] = score

    def _score(self, model: str, used: Sequence[str], fold: Fold) -> float:
        values = np.hstack([self._values(model, column) for column in used])
        (train, test), classes = fold, are_classes(self.y)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitted = model_of(model, classes, self.n_trees)
            fitted.fit(values[train], self.y[train])
            found = fitted.predict(values[test])
            if classes:
                return float(balanced_accuracy_score(self.y[test], found))
            return max(0.0, float(r2_score(self.y[test], found)))

    def _values(self, model: str, column: str) -> NDArray[np.float64]:
        """A column as a model gets it, encoded once."""
        encode = numbers if model == "trees" else indicators
        key = encode.__name__, column
        if key not in self._encoded:
            self._encoded[key] = encode(self.X[column])
        return self._encoded[key]


def is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column)


def numbers(column: pd.Series) -> NDArray[np.float64]:
    if not is_number(column):
        column = pd.Series(pd.factorize(column, sort=True)[0]).replace(-1, np.nan)
    values = column.to_numpy(float, na_value=np.nan)
    lowest = np.nanmin(values, initial=0.0) - 1
    return np.where(np.isnan(values), lowest, values)[:, np.newaxis]


def indicators(column: pd.Series) -> NDArray[np.float64]:
    if not is_number(column):
        return pd.get_dummies(column, dummy_na=True).to_numpy(float)
    values = column.to_numpy(float, na_value=np.nan)
    gaps = np.isnan(values)
    filled = np.where(gaps, np.nanmean(values) if not gaps.all() else 0.0, values)
    return np.column_stack([filled, gaps]) if gaps.any() else filled[:, np.newaxis]
