"""The number of features, as a search by cross-validation has found it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from sklearn.base import BaseEstimator, is_classifier
from sklearn.pipeline import Pipeline

from mifs._arrays import FloatArray
from mifs._report._marks import (
    AXIS,
    Key,
    Mark,
    Picture,
    Scale,
    diamond,
    dot,
    line,
    nice,
    tick_text,
    words,
)
from mifs._report._page import Cell, Figure, Grid, Section, grid, texts_of
from mifs.selectors._cross_validation import MutualInfoCV
from mifs.selectors._html import number

# Numbers of features that are drawn and that have a tick, and pixels of the picture.
DRAWN, TICKS, HEIGHT = 60, 12, 220.0
# Percent at the left, for the scores.
LEFT = 14.0


@dataclass(frozen=True, eq=False)
class Tried:
    """One predictor along one path.

    Attributes
    ----------
    name : str
    numbers : list of int
        Numbers of features, rising.
    mean, error : ndarray of shape (n_numbers,)
        Mean score over the folds, and its standard error (NaN of one fold).
    chosen : int or None
        Place of the number that was chosen, if this predictor was.
    """

    name: str
    numbers: list[int]
    mean: FloatArray
    error: FloatArray
    chosen: int | None


def tried_by(search: MutualInfoCV) -> list[Tried]:
    """Return the scores of a fitted search, one entry a predictor and criterion."""
    results, params = search.cv_results_, search.cv_results_["params"]
    folds = np.array([results[f"split{k}_test_score"] for k in range(search.n_splits_)])
    error = np.full(len(params), np.nan)
    if len(folds) > 1:
        error = folds.std(axis=0, ddof=1) / np.sqrt(len(folds))
    names = _names(search)
    found = []
    for name, own in groupby(range(len(params)), key=names.__getitem__):
        places = list(own)
        numbers = [int(params[j]["n_features_to_select"]) for j in places]
        best = search.best_index_
        chosen = places.index(best) if best in places else None
        mean = results["mean_test_score"][places]
        found.append(Tried(name, numbers, mean, error[places], chosen))
    return found


def _names(search: MutualInfoCV) -> list[str]:
    """Name predictor and criterion of each candidate, as far as there are several."""
    given = search.estimator
    many = isinstance(given, (list, tuple, Mapping))
    keys = list(given) if isinstance(given, Mapping) else range(1, 1_000_000)
    estimators = list(search._estimators().values())
    labels = {
        id(one): f"{_kind(one)} ({key})" if many else _kind(one)
        for one, key in zip(estimators, keys, strict=False)
    }
    names = []
    for params in search.cv_results_["params"]:
        name = labels[id(params.get("estimator", estimators[0]))]
        criterion = params.get("criterion")
        names.append(f"{name} with {criterion}" if criterion else name)
    return names


def _kind(estimator: BaseEstimator) -> str:
    """Name of a predictor; of a pipeline, that of its last step."""
    if isinstance(estimator, Pipeline):
        return f"{_kind(estimator.steps[-1][1])} in a pipeline"
    return type(estimator).__name__


def score_name(search: MutualInfoCV) -> str:
    """Name of the score."""
    if search.scoring is None:
        return "accuracy" if is_classifier(search.estimator_) else "R²"
    if isinstance(search.scoring, str):
        return search.scoring
    return getattr(search.scoring, "__name__", type(search.scoring).__name__)


def of_search(search: MutualInfoCV, names: str) -> str:
    """Say how many features were chosen, and how well they predict."""
    own = next(one for one in tried_by(search) if one.chosen is not None)
    assert own.chosen is not None
    error = own.error[own.chosen]
    sure = "" if np.isnan(error) else f", standard error {number(error)}"
    k, p = search.best_k_, search.n_features_in_
    return (
        f"With {k} of {p} features {own.name} scores {number(search.best_score_)} on "
        f"average over {search.n_splits_} folds ({score_name(search)}{sure}): {names}."
    )


def _rule(search: MutualInfoCV) -> str:
    """Say why the number is the one that it is."""
    k, n = search.best_k_, len(search.cv_results_["params"])
    if n == 1:
        return f"{k} is the only number that was tried."
    best = number(np.nanmax(search.cv_results_["mean_test_score"]))
    several = len(search.best_params_) > 1
    if search.rule == "best" and several:
        own = next(one for one in tried_by(search) if one.chosen is not None)
        return f"Of {n} candidates the best is {own.name} with {k} features: {best}."
    if search.rule == "best":
        return f"Of {n} numbers that were tried {k} has the best mean score, {best}."
    return (
        f"{k} is the smallest number within one standard error of the best mean score, "
        f"{best}."
    )


def how_many(search: MutualInfoCV) -> Section:
    """Show the score of each number of features that was tried."""
    every = tried_by(search)
    texts = [
        _rule(search),
        "In each fold the features are chosen of the training rows alone, and the "
        "predictor is scored on the others.",
        "The score of the best of several is too high; that of a nested "
        "cross-validation is not.",
    ]
    up = _heights(every)
    figures = [
        Figure(_picture(one, search, up), _caption(one, search), [_numbers(one)])
        for one in every
    ]
    return Section("number", "How many features", texts, figures=figures)


def _caption(one: Tried, search: MutualInfoCV) -> str:
    """Say what is drawn, and what is left out."""
    text = f"{one.name}: {score_name(search)}, upwards, by the number of features."
    shown, n = len(_drawn(one)), len(one.numbers)
    return f"{text} {shown} of {n} numbers are drawn." if shown < n else text


def _numbers(one: Tried) -> Grid:
    chosen = ["chosen" if k == one.chosen else "" for k in range(len(one.numbers))]
    columns: dict[str, Sequence[Cell]] = {
        "features": texts_of(one.numbers),
        "mean score": texts_of(one.mean.tolist()),
        "standard error": texts_of(one.error.tolist()),
        "chosen": texts_of(chosen),
    }
    return grid(f"Scores of {one.name}", columns.items())


def _heights(every: Sequence[Tried]) -> Scale:
    """Return one scale for all scores, so that pictures can be compared."""
    means = np.concatenate([one.mean for one in every])
    errors = np.nan_to_num(np.concatenate([one.error for one in every]))
    low, high = np.nanmin(means - errors), np.nanmax(means + errors)
    return Scale(float(low), float(high), HEIGHT - 10, 10)


def _picture(one: Tried, search: MutualInfoCV, up: Scale) -> Picture:
    """Draw means with their standard errors, the number of features to the right."""
    shown = [k for k in _drawn(one) if np.isfinite(one.mean[k])]
    if not shown:
        return Picture(30.0, f"No score of {one.name} is known.", [words(0, 20, "—")])
    low, high = one.mean - np.nan_to_num(one.error), one.mean + np.nan_to_num(one.error)
    right = Scale(float(one.numbers[0]), float(one.numbers[-1]), LEFT + 4, 96)
    marks = _axes(one, right, up)
    limit = _limit(one, search)
    if limit is not None:
        marks.append(line((LEFT, up(limit)), (100, up(limit)), "limit"))
    for k in shown:
        x = right(one.numbers[k])
        marks.append(line((x, up(low[k])), (x, up(high[k])), "whisker"))
        own = diamond if k == one.chosen else dot
        look = "mark" if k == one.chosen else "relevance"
        marks.append(own(x, up(one.mean[k]), look))
    return Picture(HEIGHT + AXIS, _says(one), marks, _keys(one, limit))


def _drawn(one: Tried) -> list[int]:
    """Places of numbers that are drawn, the chosen one and the best among them."""
    n = len(one.numbers)
    kept = set(np.linspace(0, n - 1, min(n, DRAWN)).round().astype(int).tolist())
    if not np.isnan(one.mean).all():
        kept.add(int(np.nanargmax(one.mean)))
    return sorted(kept | ({one.chosen} if one.chosen is not None else set()))


def _limit(one: Tried, search: MutualInfoCV) -> float | None:
    """Return what a score must reach under the rule of one standard error."""
    if search.rule == "best" or one.chosen is None or len(one.numbers) < 2:
        return None
    best = int(np.nanargmax(one.mean))
    return float(one.mean[best] - np.nan_to_num(one.error[best]))


def _axes(one: Tried, right: Scale, up: Scale) -> list[Mark]:
    marks, ticks = [], nice(up.low, up.high)
    for tick in ticks:
        y = up(tick)
        marks.append(line((LEFT, y), (100, y), "grid"))
        text = tick_text(tick, ticks)
        marks.append(words(LEFT - 1, y + 4, text, "small", "end"))
    several = [int(k) for k in nice(right.low, right.high) if float(k).is_integer()]
    shown = one.numbers if len(one.numbers) <= TICKS else several
    y = HEIGHT + 14
    marks += [words(right(k), y, str(k), "small", "middle") for k in shown]
    return [*marks, words(55, HEIGHT + 32, "Number of features", "small", "middle")]


def _keys(one: Tried, limit: float | None) -> list[Key]:
    keys = [Key("relevance", "dot", "mean score over the folds")]
    if one.chosen is not None:
        keys.append(Key("mark", "diamond", f"chosen: {one.numbers[one.chosen]}"))
    if not np.isnan(one.error).all():
        keys.append(Key("whisker", "line", "one standard error to each side"))
    if limit is not None:
        keys.append(Key("limit", "line", "one standard error below the best"))
    return keys


def _says(one: Tried) -> str:
    best = int(np.nanargmax(one.mean))
    text = (
        f"Points with intervals: mean scores of {one.name} with {one.numbers[0]} to "
        f"{one.numbers[-1]} features; the best is {number(one.mean[best])}, with "
        f"{one.numbers[best]}."
    )
    if one.chosen is None:
        return text
    return f"{text} Chosen: {one.numbers[one.chosen]}, {number(one.mean[one.chosen])}."
