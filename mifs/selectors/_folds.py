"""One path a training fold, and the scores of a predictor along it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils import get_tags

from mifs._arrays import AnyArray, BoolArray, FloatArray, IntArray
from mifs._data.containers import Container, take
from mifs._data.table import Table
from mifs._problem.problem import Selection, solve
from mifs.criteria import Criterion
from mifs.estimators._missing import refuse_missing
from mifs.selectors._base import BaseSelector, problem_of
from mifs.selectors._criteria.by_name import MISelector

# A score, greater if better: of a fitted predictor, a table and a target.
Scorer = Callable[..., float]
Metadata = Mapping[str, Mapping[str, Any]]


class Fold(NamedTuple):
    """Rows of a split, and metadata: of each consumer by its name, by estimator."""

    train: IntArray
    test: IntArray
    fit: Metadata
    score: Metadata


@dataclass(frozen=True, eq=False)
class Scored:
    """What one fold says of one criterion.

    Attributes
    ----------
    selection : Selection
        Of the training rows.
    scores, fit_times, score_times : ndarray of shape (n_estimators, n_numbers)
        Times in seconds.
    """

    selection: Selection
    scores: FloatArray
    fit_times: FloatArray
    score_times: FloatArray


def score_fold(
    selector: BaseSelector,
    estimators: Mapping[str, BaseEstimator],
    scorers: Mapping[str, Scorer],
    numbers: Sequence[int],
    every: Container,
    target: Container,
    fold: Fold,
) -> Scored:
    """Choose features of the training rows, and score predictors of the first k.

    ``every`` is X of all rows, and ``target`` y: joblib sends each to a cluster once.
    """
    fresh: BaseSelector = clone(selector)
    X, y = take(every, fold.train), take(target, fold.train)
    X_test, y_test = take(every, fold.test), take(target, fold.test)
    selection = solve(
        problem_of(fresh, X, y, fold.fit["selector"].get("sample_weight"))
    )
    found = np.empty((3, len(estimators), len(numbers)))
    for column, k in enumerate(numbers):
        fresh.support_ = first_columns(selection, k)
        small, small_test = fresh.transform(X), fresh.transform(X_test)
        for row, (name, estimator) in enumerate(estimators.items()):
            start = time.perf_counter()
            fitted = clone(estimator).fit(small, y, **fold.fit[name])
            middle = time.perf_counter()
            given = scorers[name](fitted, small_test, y_test, **fold.score[name])
            score = as_score(given)
            end = time.perf_counter()
            found[:, row, column] = score, middle - start, end - middle
    return Scored(selection, *found)


def as_score(given: object) -> float:
    """Give what a scorer returned, as a number.

    Raises
    ------
    TypeError
        It is none.
    """
    number = given
    if isinstance(given, np.ndarray) and given.size == 1:
        number = given.item()
    if isinstance(number, Real):
        return float(number)
    raise TypeError(
        f"scoring returned {given!r}, of type {type(given).__name__}; give a scorer "
        "that returns a number"
    )


def first_columns(selection: Selection, k: int) -> BoolArray:
    """Columns of the first k steps, as a mask."""
    mask = np.zeros(len(selection.discrete), dtype=np.bool_)
    for members in selection.chosen[:k]:
        mask[members] = True
    return mask


def with_criterion(selector: BaseSelector, criterion: str | Criterion) -> BaseSelector:
    """Make a selector that differs in its criterion only; its own name is as it is."""
    record = selector._criterion()
    if criterion in (record.name, record):
        own: BaseSelector = clone(selector)
        return own
    shared = MISelector._get_param_names()
    settings = {
        name: value
        for name, value in selector.get_params(deep=False).items()
        if name in shared and name not in ("criterion", "criterion_params")
    }
    return MISelector(criterion, **clone(settings, safe=False))


def refuse_lonely_classes(y: AnyArray, folds: Sequence[Fold], *, own: bool) -> None:
    """Refuse splits of which a fold has nothing to learn.

    ``own``: they are the user's, who may want classes that were never seen, or the
    target is of numbers.

    Raises
    ------
    ValueError
        A training fold of one class, or a class that is in none where it is tested.
    """
    for number, fold in enumerate(folds):
        known = np.unique(y[fold.train])
        if len(known) < 2:
            raise ValueError(
                f"the training rows of fold {number} are all of class "
                f"{known.tolist()[0]!r}; "
                "use fewer folds, or a cv that parts the classes evenly"
            )
        unseen = np.setdiff1d(y[fold.test], known)
        if len(unseen) and not own:
            n_rows = int(np.count_nonzero(y == unseen[0]))
            raise ValueError(
                f"class {unseen.tolist()[0]!r} has {n_rows} row{'s' * (n_rows > 1)}, "
                f"none of which trains fold {number}, where it is tested; use fewer "
                "folds, or merge rare classes"
            )


def results_table(
    scored: Sequence[Sequence[Scored]],
    candidates: Sequence[dict[str, Any]],
    numbers: Sequence[int],
    n_estimators: int,
) -> dict[str, Any]:
    """Put scores together as scikit-learn's searches do.

    ``scored``: of each criterion, of each fold; ``candidates``: the parameters by
    criterion, estimator and number.
    """
    results: dict[str, Any] = {}
    for name in ("fit_time", "score_time"):
        times = _by_fold(scored, f"{name}s")
        results[f"mean_{name}"] = times.mean(axis=0)
        results[f"std_{name}"] = times.std(axis=0)
    for name in candidates[0]:
        whole = isinstance(candidates[0][name], Integral)
        values = np.ma.masked_all(len(candidates), dtype=np.int64 if whole else object)
        for place, candidate in enumerate(candidates):
            values[place] = candidate[name]
        results[f"param_{name}"] = values
    results["params"] = list(candidates)
    scores = _by_fold(scored, "scores")
    for number, of_fold in enumerate(scores):
        results[f"split{number}_test_score"] = of_fold
        chosen = np.empty(len(candidates), dtype=object)
        places = iter(range(len(candidates)))
        for of_criterion in scored:
            steps = of_criterion[number].selection.chosen
            for _ in range(n_estimators):
                for k in numbers:
                    columns = [j for members in steps[:k] for j in members]
                    chosen[next(places)] = np.array(columns, np.intp)
        results[f"split{number}_selected_indices"] = chosen
    results["mean_test_score"] = scores.mean(axis=0)
    results["std_test_score"] = scores.std(axis=0)
    results["rank_test_score"] = _ranked(results["mean_test_score"])
    return results


def _by_fold(scored: Sequence[Sequence[Scored]], name: str) -> FloatArray:
    """Values of each fold and each candidate, (n_folds, n_candidates)."""
    values = [[getattr(fold, name).ravel() for fold in folds] for folds in scored]
    together: FloatArray = np.concatenate(values, axis=1)
    return together


def _ranked(means: FloatArray) -> IntArray:
    """1 for the best; those that are not known come last."""
    known = np.where(np.isnan(means), -np.inf, means)
    ranks: IntArray = rankdata(-known, method="min").astype(np.int32)
    return ranks


def best_candidate(results: Mapping[str, Any], n_numbers: int, rule: str) -> int:
    """Place of the best candidate, or of the smallest within one standard error.

    Of equal means the first is the best. The error is that of the best mean over the
    folds, and the smaller numbers are those along its own path.

    Raises
    ------
    ValueError
        No score is known.
    """
    means = np.where(
        np.isnan(results["mean_test_score"]), -np.inf, results["mean_test_score"]
    )
    best = int(means.argmax())
    if means[best] == -np.inf:
        raise ValueError("all mean scores are NaN: no number of features is the best")
    if rule == "best":
        return best
    splits = [key for key in results if key.endswith("_test_score") and "split" in key]
    scores = np.array([results[key][best] for key in splits])
    error = scores.std(ddof=1) / np.sqrt(len(scores)) if len(scores) > 1 else 0.0
    first = best - best % n_numbers
    good = means[first : best + 1] >= means[best] - error
    return first + int(good.argmax())


def check_predictors(estimators: Mapping[str, BaseEstimator]) -> None:
    """Refuse what is no predictor, and classifiers beside regressors.

    Raises
    ------
    TypeError, ValueError
        The scores of classifiers and regressors cannot be compared.
    """
    for estimator in estimators.values():
        if isinstance(estimator, type) or not hasattr(estimator, "fit"):
            raise TypeError(
                f"estimator holds {estimator!r}, which is no predictor: give instances "
                "of classifiers or of regressors"
            )
    kinds = {is_classifier(estimator) for estimator in estimators.values()}
    if len(kinds) > 1:
        raise ValueError(
            "estimator holds classifiers and regressors: their scores cannot be "
            "compared; give one kind"
        )


def refuse_unread(table: Table, estimators: Mapping[str, BaseEstimator]) -> None:
    """Refuse missing values where a predictor says that it takes none.

    Folds may choose other columns than those with gaps, and the refit those; so all
    columns are looked at. What is made of other estimators, as a pipeline with an
    imputer, does not know what these take: it speaks for itself.

    Raises
    ------
    ValueError
        With the columns.
    """
    for estimator in estimators.values():
        composed = any(hasattr(part, "fit") for part in estimator.get_params().values())
        if not composed and not get_tags(estimator).input_tags.allow_nan:
            refuse_missing(
                table,
                f"{type(estimator).__name__} takes no missing values",
                "fill them, or give a pipeline that does (SimpleImputer)",
            )
