"""How many features predict best: a number, by cross-validation along paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import (
    BaseEstimator,
    MetaEstimatorMixin,
    _fit_context,
    clone,
    is_classifier,
)
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags, get_tags
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.metadata_routing import _raise_for_params
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_method_params

from mifs._data.containers import Container, shape_of, unwrap
from mifs._data.parallel import run
from mifs._problem.data import read_data
from mifs._problem.problem import Problem, make_plan
from mifs._scan import Scan
from mifs.criteria import Criterion
from mifs.criteria import resolve as resolve_criterion
from mifs.selectors._base import BaseSelector, problem_of, refuse_elsewhere
from mifs.selectors._folds import (
    Fold,
    Scorer,
    best_candidate,
    check_predictors,
    refuse_lonely_classes,
    refuse_unread,
    results_table,
    score_fold,
    with_criterion,
)
from mifs.selectors._html import number, remarks_html
from mifs.selectors._predicting import PredictingSelector, scorer_of
from mifs.selectors._progress import progress_bar
from mifs.selectors._resampling import selector_with_target

RULES = ("best", "one_standard_error")


class MutualInfoCV(MetaEstimatorMixin, PredictingSelector):
    """Chooses the number of features by the cross-validated score of a predictor.

    In each fold the selector chooses of the training rows alone, exactly as
    ``clone(selector).fit(X[train], y[train])`` does, so that nothing of the test rows
    leaks; its path of the largest number serves all smaller ones. The predictor is
    fitted to the training rows of the first k features, for each k, and scored on the
    test rows. At last selector and predictor are fitted to all rows.

    Parameters
    ----------
    selector : selector of mifs
        What chooses; its ``n_features_to_select`` is the largest number that is tried
        (None: all features).
    estimator : predictor, or list or mapping of predictors
        A classifier or regressor, or several from which the best is chosen.
    n_features : sequence of int, default=None
        Numbers that are tried; None: all from 1 to the largest.
    cv : int, splitter or iterable of splits, default=5
        As in `sklearn.model_selection.cross_validate`.
    scoring : str or callable, default=None
        A name of scikit-learn's scorers, or ``scorer(estimator, X, y)``, greater if
        better; None: the ``score`` of the predictor.
    criteria : list of str or Criterion, default=None
        Criteria from which the best is chosen, with the parameters of the selector;
        None: its own.
    rule : {"best", "one_standard_error"}, default="best"
        Take the best mean score; or the smallest number along the same path whose mean
        is no more than one standard error (of the best mean) below it.
    n_jobs : int, default=None
        Folds (of each criterion) that are run at once, as in joblib.
    verbose : int, default=0
        1: a progress bar; 2: a line every few seconds.

    Attributes
    ----------
    best_k_ : int
        The number of features.
    best_score_ : float
        Its mean score.
    best_params_ : dict
        ``n_features_to_select`` and, where lists were given, ``criterion`` and
        ``estimator``.
    best_index_ : int
        Its place in ``cv_results_``.
    cv_results_ : dict of str to array
        As of `sklearn.model_selection.GridSearchCV`, one entry a criterion, estimator
        and number: parameters, ``mean_test_score``, ``std_test_score``,
        ``rank_test_score``, the scores and times of the folds (of the predictor), and
        ``split0_selected_indices``, …: what was selected, in the order of choice.
    n_splits_ : int
        Number of folds.
    selector_ : selector
        Fitted to all rows; ``path_`` is its path.
    estimator_ : predictor
        Fitted to all rows of the selected columns.
    pipeline_ : Pipeline
        Both, one after the other.
    support_ : ndarray of shape (n_features,), bool
        Mask of the selected columns.
    ranking_ : ndarray of shape (n_features,)
        That of ``selector_``.
    n_features_in_ : int
        Number of columns; ``feature_names_in_`` are their names, if they have any.
    classes_ : ndarray of shape (n_classes,)
        Of a classifier.

    See Also
    --------
    StabilitySelector : How far the answer depends on the sample.
    sklearn.feature_selection.RFECV : The same by the weights of a model.

    Notes
    -----
    The score of the best of many candidates is too high: of a nested cross-validation
    (`sklearn.model_selection.cross_val_score` of this object) it is not.

    References
    ----------
    .. [1] L. Breiman, J. Friedman, R. Olshen, C. Stone, "Classification and regression
       trees" (1984), for the rule of one standard error.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from mifs import JMI, MutualInfoCV
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> search = MutualInfoCV(JMI(8), GaussianNB(), rule="one_standard_error")
    >>> search.fit(X, y).best_k_
    7
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "selector": [HasMethods(["fit", "get_params"])],
        "estimator": [HasMethods(["fit"]), list, tuple, Mapping],
        "n_features": ["array-like", None],
        "cv": ["cv_object"],
        "scoring": [None, str, callable],
        "criteria": [list, tuple, None],
        "rule": [StrOptions(set(RULES))],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        selector: BaseSelector,
        estimator: object,
        *,
        n_features: Iterable[int] | None = None,
        cv: object = 5,
        scoring: object = None,
        criteria: Sequence[str | Criterion] | None = None,
        rule: str = "best",
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.selector = selector
        self.estimator = estimator
        self.n_features = n_features
        self.cv = cv
        self.scoring = scoring
        self.criteria = criteria
        self.rule = rule
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: object, y: object = None, **params: object) -> MutualInfoCV:
        """Score the numbers of features, and fit selector and predictor for the best.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            As selector and predictor take it.
        y : array-like of shape (n_samples,)
            Classes or numbers.
        **params : dict of str to array-like
            ``groups`` for the splitter. With scikit-learn's metadata routing enabled,
            whatever splitter, selector, predictor and scorer have requested.

        Returns
        -------
        self : object
            The fitted search.

        Raises
        ------
        ValueError
            Numbers that cannot be tried, a class that no training fold has, or data
            that the selector refuses, or missing values that a predictor does.
        TypeError
            Something else than a selector of mifs that has a target; a `mifs.Scan`.
        """
        others = {name: given for name, given in params.items() if name != "groups"}
        _raise_for_params(others, self, "fit")
        estimators = self._estimators()
        check_predictors(estimators)
        selectors = self._selectors()
        numbers = self._numbers(self._problem(selectors[0], X, y), estimators)
        data = unwrap(X), unwrap(y, "y")
        scorers = self._scorers(estimators)
        routed = self._routed(params)
        folds = self._folds(estimators, data, routed)
        tasks = [
            (selector, estimators, scorers, numbers, *data, fold)
            for selector in selectors
            for fold in folds
        ]
        scored = []
        with progress_bar(type(self).__name__, self.verbose) as progress:
            for found in run(score_fold, tasks, self.n_jobs, coarse=True):
                scored.append(found)
                if progress is not None:
                    progress(len(scored), len(tasks))
        self.n_splits_ = len(folds)
        by_criterion = [
            scored[at : at + len(folds)] for at in range(0, len(scored), len(folds))
        ]
        candidates = self._candidates(selectors, estimators, numbers)
        self.cv_results_ = results_table(
            by_criterion, candidates, numbers, len(estimators)
        )
        self._keep_best(len(numbers), selectors, estimators, data, routed)
        return self

    def _estimators(self) -> dict[str, BaseEstimator]:
        """Predictors by the names under which metadata are routed to them."""
        given = self.estimator
        if isinstance(given, (list, tuple, Mapping)) and not given:
            raise ValueError(f"estimator={given!r} holds none; give one or more")
        if isinstance(given, Mapping):
            return {f"estimator_{name}": one for name, one in given.items()}
        if isinstance(given, (list, tuple)):
            return {f"estimator_{number}": one for number, one in enumerate(given)}
        return {"estimator": given}

    def _selectors(self) -> list[BaseSelector]:
        """Give a selector for each criterion."""
        own = selector_with_target(self.selector)
        if isinstance(own.n_features_to_select, str):
            raise ValueError(
                f"n_features_to_select={own.n_features_to_select!r} of the selector "
                "finds a number by itself; give the largest number that is to be tried"
            )
        if self.criteria is None:
            return [own]
        names = [resolve_criterion(criterion).name for criterion in self.criteria]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"criteria={names} must be one or more, each once")
        return [with_criterion(own, criterion) for criterion in self.criteria]

    def _problem(self, selector: BaseSelector, X: object, y: object) -> Problem:
        """Check the shapes, keep the names of the columns."""
        refuse_elsewhere(X)
        if isinstance(X, Scan):
            raise TypeError(
                "MutualInfoCV takes rows apart, and a Scan is read column by column; "
                "read the table (pandas.read_csv, pandas.read_parquet)"
            )
        problem = problem_of(selector, X, y)
        self._see_as(selector)
        return problem

    def _numbers(
        self, problem: Problem, estimators: Mapping[str, BaseEstimator]
    ) -> list[int]:
        """Numbers of features that are tried, in rising order."""
        table = read_data(problem.data, problem.estimator)
        refuse_unread(table, estimators)
        plan = make_plan(problem, table)
        least, most = max(1, len(plan.constraints.include)), plan.stop.most
        if self.n_features is None:
            return list(range(least, most + 1))
        whole = all(isinstance(k, Real) and k % 1 == 0 for k in self.n_features)
        numbers = sorted({int(k) for k in self.n_features}) if whole else []
        if not numbers or not least <= numbers[0] <= numbers[-1] <= most:
            raise ValueError(
                f"n_features={self.n_features!r} must be whole numbers from {least} "
                f"to {most}, the largest that the selector may choose"
            )
        return numbers

    def _scorers(self, estimators: Mapping[str, BaseEstimator]) -> dict[str, Scorer]:
        return {
            name: check_scoring(estimator, scoring=self.scoring)
            for name, estimator in estimators.items()
        }

    def _folds(
        self,
        estimators: Mapping[str, BaseEstimator],
        data: tuple[Container, Container],
        routed: Mapping[str, Mapping[str, Mapping[str, object]]],
    ) -> list[Fold]:
        """Rows of each split, and the metadata of these rows."""
        X, y = data
        classes = is_classifier(next(iter(estimators.values())))
        if classes:
            check_classification_targets(y)
        splitter = check_cv(self.cv, y, classifier=classes)
        folds = []
        splits = splitter.split(X, y, **routed["splitter"]["split"])
        for place, (train, test) in enumerate(splits):
            for rows, what in ((train, "train"), (test, "test")):
                if not len(rows):
                    raise ValueError(
                        f"cv={self.cv!r} gives fold {place} no rows to {what} on; "
                        "leave the fold out"
                    )
            fit = {
                name: _check_method_params(X, routed[name]["fit"], indices=train)
                for name in ("selector", *estimators)
            }
            score = {
                name: _check_method_params(
                    X, routed[scorer_of(name)]["score"], indices=test
                )
                for name in estimators
            }
            folds.append(Fold(np.asarray(train), np.asarray(test), fit, score))
        if not folds:
            raise ValueError(
                f"cv={self.cv!r} gives no split; an iterator is empty after its first "
                "use: give a list of splits, or a splitter"
            )
        if len(shape_of(y)) == 1:
            given = not (self.cv is None or isinstance(self.cv, Integral))
            own = given or not classes
            refuse_lonely_classes(np.asarray(y), folds, own=own)
        return folds

    def _candidates(
        self,
        selectors: Sequence[BaseSelector],
        estimators: Mapping[str, BaseEstimator],
        numbers: Sequence[int],
    ) -> list[dict[str, Any]]:
        """Parameters of each candidate; those of one path follow each other."""
        several = isinstance(self.estimator, (list, tuple, Mapping))
        return [
            {"n_features_to_select": k}
            | ({} if self.criteria is None else {"criterion": own._criterion().name})
            | ({"estimator": estimator} if several else {})
            for own in selectors
            for estimator in estimators.values()
            for k in numbers
        ]

    def _keep_best(
        self,
        n_numbers: int,
        selectors: Sequence[BaseSelector],
        estimators: Mapping[str, BaseEstimator],
        data: tuple[Container, Container],
        routed: Mapping[str, Mapping[str, Mapping[str, object]]],
    ) -> None:
        """Fit selector and predictor of the best candidate to all rows."""
        X, y = data
        self.best_index_ = best_candidate(self.cv_results_, n_numbers, self.rule)
        self.best_params_ = self.cv_results_["params"][self.best_index_]
        self.best_score_ = float(self.cv_results_["mean_test_score"][self.best_index_])
        self.best_k_ = self.best_params_["n_features_to_select"]
        path = self.best_index_ // n_numbers
        selector = clone(selectors[path // len(estimators)])
        selector.set_params(n_features_to_select=self.best_k_)
        self.selector_ = selector.fit(X, y, **routed["selector"]["fit"])
        self.support_ = self.selector_.support_
        self.ranking_ = self.selector_.ranking_
        name = list(estimators)[path % len(estimators)]
        self.estimator_ = clone(estimators[name])
        small = self.selector_.transform(X)
        self.estimator_.fit(small, y, **routed[name]["fit"])
        self._name = name
        self.pipeline_ = Pipeline(
            [("selector", self.selector_), ("estimator", self.estimator_)]
        )

    def _found_html(self) -> str:
        if not hasattr(self, "selector_"):
            return ""
        score = f"mean score {number(self.best_score_)} over {self.n_splits_} folds"
        found = remarks_html([f"{self.best_k_} features: {score}"])
        return f"{self.selector_._found_html()}{found}"

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        selector = get_tags(self.selector)
        predictors = [get_tags(one) for one in self._estimators().values()]
        predictor = predictors[0]
        tags.estimator_type = predictor.estimator_type
        tags.classifier_tags = deepcopy(predictor.classifier_tags)
        tags.regressor_tags = deepcopy(predictor.regressor_tags)
        tags.target_tags = deepcopy(predictor.target_tags)
        tags.target_tags.required = True
        # What all of them can read.
        inputs = [each.input_tags for each in (selector, *predictors)]
        for name in ("allow_nan", "sparse", "string", "categorical"):
            every = all(getattr(each, name) for each in inputs)
            setattr(tags.input_tags, name, every)
        return tags
