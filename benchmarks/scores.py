"""How well models predict from some columns of a table, on rows they have not seen."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

N_FOLDS = 4
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


def folds(y: NDArray[np.int64], seed: int = 0) -> list[Fold]:
    """Rows to learn from and rows to predict, four times."""
    cut = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    return list(cut.split(np.zeros(len(y)), y))


def model_of(name: str) -> ClassifierMixin:
    if name == "trees":
        return ExtraTreesClassifier(100, random_state=0)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))


@dataclass
class Scores:
    """Balanced accuracies of models on one table; sets that came before are known.

    Trees get a column as numbers, labels in their order, missing values below all;
    the logistic model gets labels as indicators, and one for what is missing.
    """

    X: pd.DataFrame
    y: NDArray[np.int64]
    _known: dict[tuple[str, int, frozenset[str]], float] = field(default_factory=dict)

    def __call__(
        self, model: str, columns: Sequence[str], fold: Fold, number: int
    ) -> float:
        """Score of one fold; the order of the columns does not matter."""
        key = model, number, frozenset(columns)
        if not columns:
            return 1 / len(np.unique(self.y))
        if key not in self._known:
            used = sorted(key[2])
            encode = numbers if model == "trees" else indicators
            values = np.hstack([encode(self.X[column]) for column in used])
            train, test = fold
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitted = model_of(model).fit(values[train], self.y[train])
                found = fitted.predict(values[test])
                self._known[key] = balanced_accuracy_score(self.y[test], found)
        return self._known[key]


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
