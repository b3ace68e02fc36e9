"""Selectors beside each other: each gives columns, best first, of a training table."""

from __future__ import annotations

import importlib.metadata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from quality_tables import Task, as_numbers
from sklearn import feature_selection
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.preprocessing import KBinsDiscretizer

import mifs
from mifs.estimators import KNN, GaussianCopula, PlugIn

# The best k, at most, in their order; "auto": as many as the selector thinks right.
Pick = Callable[[Task, "int | str"], list[int]]


@dataclass(frozen=True)
class Entry:
    """A selector, and what it can be asked for.

    Attributes
    ----------
    pick : callable
    package : str
        The distribution whose version its rows name.
    path : bool
        Whether shorter selections are the beginnings of longer ones.
    auto : bool
        Whether it can tell how many columns are right.
    fixed : bool
        Whether it can be asked for a number.
    group : str
        ``"mifs"``, ``"peer"``, ``"baseline"`` or ``"ablation"``.
    """

    pick: Pick
    package: str = "mifs"
    path: bool = True
    auto: bool = True
    fixed: bool = True
    group: str = "mifs"

    @property
    def version(self) -> str:
        """Of its package; empty if that is not installed."""
        try:
            return f"{self.package} {importlib.metadata.version(self.package)}"
        except importlib.metadata.PackageNotFoundError:
            return ""

    @property
    def settings(self) -> str:
        """What its picks depend on, beside the table."""
        pick = self.pick
        if isinstance(pick, partial):
            return f"{self.version} {pick.args[0].__name__}"
        named = pick if isinstance(pick, Ours) else pick.__name__  # type: ignore[attr-defined]
        return f"{self.version} {named}"


@dataclass(frozen=True)
class Ours:
    """A selector of mifs, on the table as it is."""

    name: str
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, task: Task, k: int | str) -> list[int]:
        options = dict(self.options) | {"discrete_target": task.classes, "n_jobs": 1}
        selector = getattr(mifs, self.name)(k, **options)
        chosen: list[int] = selector.fit(task.X, task.y).path_["feature"].tolist()
        return chosen


def ours(name: str, **options: Any) -> Ours:
    return Ours(name, tuple(options.items()))


def of_one_kind(task: Task, k: int | str) -> list[int]:
    """JMI by the copula where all columns are continuous and complete, else counted."""
    kinds = mifs.profile(task.X, task.y, discrete_target=task.classes)
    alone = (kinds["kind"] == "continuous").all() and not kinds["missing"].any()
    return ours("JMI", mi_estimator="gaussian_copula" if alone else "auto")(task, k)


def by_scores(
    score: Callable[[Task, NDArray[np.float64]], Any], task: Task, k: int | str
) -> list[int]:
    """The k columns of highest scores; a tie goes to the first."""
    scores = np.nan_to_num(np.asarray(score(task, as_numbers(task.X))), nan=-np.inf)
    return np.argsort(-scores, kind="stable")[: int(k)].tolist()


def sklearn_mi(task: Task, X: NDArray[np.float64]) -> Any:
    labels = np.array([task.X[c].dtype.kind not in "iuf" for c in task.X.columns])
    kind = "classif" if task.classes else "regression"
    score = getattr(feature_selection, f"mutual_info_{kind}")
    return score(X, task.y, discrete_features=labels, random_state=0)


def sklearn_f(task: Task, X: NDArray[np.float64]) -> Any:
    score = (
        feature_selection.f_classif if task.classes else feature_selection.f_regression
    )
    return score(X, task.y)[0]


def importance(task: Task, X: NDArray[np.float64]) -> Any:
    trees = ExtraTreesClassifier if task.classes else ExtraTreesRegressor
    return trees(200, random_state=0).fit(X, task.y).feature_importances_


def variance(task: Task, X: NDArray[np.float64]) -> Any:
    """Of columns within [0, 1], so that units do not matter."""
    low, span = X.min(axis=0), np.ptp(X, axis=0)
    return ((X - low) / np.where(span, span, 1)).var(axis=0)


def chance(task: Task, X: NDArray[np.float64]) -> Any:
    return np.random.default_rng(crc32(X.tobytes())).random(X.shape[1])


def everything(task: Task, k: int | str) -> list[int]:
    return list(range(task.X.shape[1]))


def mrmr_selection(task: Task, k: int | str) -> list[int]:
    from mrmr import mrmr_classif, mrmr_regression

    X, y = _frame(task)
    run = mrmr_classif if task.classes else mrmr_regression
    return list(map(int, run(X, y, int(k), n_jobs=1, show_progress=False)))


def mrmrs(task: Task, k: int | str) -> list[int]:
    """Constant columns cannot be asked for."""
    import mrmrs
    import polars as pl

    columns = enumerate(as_numbers(task.X).T)
    X = pl.DataFrame({str(j): column for j, column in columns if np.ptp(column)})
    kind = "classification" if task.classes else "regression"
    y = pl.Series("y", task.y.astype(np.float64))
    found = mrmrs.mrmr(X, y, min(int(k), X.width), kind)
    return [int(feature.name) for feature in found]


def fast_select(task: Task, k: int | str) -> list[int]:
    from fast_select import mRMR

    codes = _codes(as_numbers(task.X))
    y = task.y if task.classes else _codes(task.y[:, np.newaxis])[:, 0]
    fitted = mRMR(n_features_to_select=int(k), backend="cpu").fit(codes, y)
    return list(map(int, fitted.top_features_))


def feature_engine(task: Task, k: int | str) -> list[int]:
    from feature_engine.selection import MRMR

    X, y = _frame(task)
    found = MRMR(max_features=int(k), regression=not task.classes, random_state=0)
    return list(map(int, found.fit(X, y).get_feature_names_out()))


def fastcan(task: Task, k: int | str) -> list[int]:
    """Columns that depend linearly on others cannot be asked for: as many as can."""
    from fastcan import FastCan

    X = as_numbers(task.X)
    y = np.eye(task.y.max() + 1)[task.y] if task.classes else task.y
    try:
        found = FastCan(int(k), verbose=0).fit(X, y)
    except RuntimeError:
        rank = np.linalg.matrix_rank(X - X.mean(axis=0))
        found = FastCan(min(int(k), int(rank)), verbose=0).fit(X, y)
    return list(map(int, found.indices_))


def boruta(task: Task, k: int | str) -> list[int]:
    from boruta import BorutaPy

    forest = RandomForestClassifier if task.classes else RandomForestRegressor
    found = BorutaPy(forest(max_depth=5, n_jobs=1), max_iter=50, random_state=0)
    return np.flatnonzero(found.fit(as_numbers(task.X), task.y).support_).tolist()


def _frame(task: Task) -> tuple[Any, Any]:
    import pandas as pd

    X = pd.DataFrame(as_numbers(task.X)).rename(columns=str)
    return X, pd.Series(task.y)


def _codes(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Ten quantile bins of each column."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bins = KBinsDiscretizer(10, encode="ordinal", strategy="quantile")
        return bins.fit_transform(values).astype(np.intp)


def _scored(score: Any, **more: Any) -> Entry:
    more = {"package": "scikit-learn", "group": "baseline", "auto": False} | more
    return Entry(partial(by_scores, score), **more)


def _peer(pick: Pick, package: str, **more: Any) -> Entry:
    return Entry(pick, package, group="peer", **({"auto": False} | more))


def _ablation(name: str = "JMI", **options: Any) -> Entry:
    return Entry(ours(name, **options), auto=False, group="ablation")


ENTRIES: dict[str, Entry] = {
    **{
        name: Entry(ours(name))
        for name in (
            *("MIM", "MIFS", "MRMR", "JMI", "JMIM", "NJMIM", "CMIM", "DISR", "ICAP"),
            *("CIFE", "CondRed", "CMI", "RelaxMRMR", "JMI3", "SpecCMI"),
        )
    },
    "FCBF": Entry(ours("FCBF"), path=False),
    "MRMR quotient": Entry(ours("MRMR", scheme="quotient")),
    "JMI, pair first": Entry(ours("JMI", start="pair")),
    "CMIM, pair first": Entry(ours("CMIM", start="pair")),
    "all features": Entry(everything, group="baseline", auto=False),
    "variance": _scored(variance, package="numpy"),
    "random": _scored(chance, package="numpy"),
    "MI (scikit-learn)": _scored(sklearn_mi, group="peer"),
    "F (scikit-learn)": _scored(sklearn_f, group="peer"),
    "extra-trees importance": _scored(importance, group="peer"),
    "mrmr-selection": _peer(mrmr_selection, "mrmr-selection"),
    "mrmrs": _peer(mrmrs, "mrmrs"),
    "fast-select": _peer(fast_select, "fast-select"),
    "feature-engine": _peer(feature_engine, "feature-engine", path=False),
    "fastcan": _peer(fastcan, "fastcan"),
    "Boruta": _peer(boruta, "Boruta", auto=True, fixed=False),
    "JMI, no tests": _ablation(alpha=1.0),
    "JMI, no correction": _ablation(mi_estimator=PlugIn(correction=None)),
    "JMI, Miller-Madow": _ablation(mi_estimator=PlugIn(correction="miller_madow")),
    "JMI, 5 bins": _ablation(mi_estimator=PlugIn(5)),
    "JMI, 10 bins": _ablation(mi_estimator=PlugIn(10)),
    "JMI, 20 bins": _ablation(mi_estimator=PlugIn(20)),
    "JMI, equal width": _ablation(mi_estimator=PlugIn(binning="uniform")),
    "JMI, MDLP": _ablation(mi_estimator=PlugIn(binning="mdlp")),
    "JMI, 3 neighbours": _ablation(mi_estimator=KNN(3, missing="pairwise")),
    "JMI, 10 neighbours": _ablation(mi_estimator=KNN(10, missing="pairwise")),
    "JMI, neighbours, unscaled": _ablation(
        mi_estimator=KNN(3, scale="standardize", missing="pairwise")
    ),
    "JMI, copula": _ablation(mi_estimator=GaussianCopula(missing="pairwise")),
    "JMI, mixed": Entry(of_one_kind, auto=False, group="ablation"),
}
