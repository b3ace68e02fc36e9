"""What a selector with a refitted predictor says of new rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.base import BaseEstimator
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _raise_for_params,
    _routing_enabled,
    process_routing,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from mifs._arrays import AnyArray
from mifs.selectors._columns import ColumnSelector
from mifs.selectors._folds import as_score


def _predictor_has(name: str) -> Any:
    """Whether the predictor has a method: all of them before `fit`, then the best."""

    def check(self: PredictingSelector) -> bool:
        fitted = getattr(self, "estimator_", None)
        for estimator in [fitted] if fitted else self._estimators().values():
            getattr(estimator, name)
        return True

    return available_if(check)


class PredictingSelector(ColumnSelector):
    """Keeps columns, and predicts by the predictor that was fitted to them."""

    selector: Any
    cv: object
    scoring: object
    estimator_: Any
    _name: str

    def _estimators(self) -> dict[str, BaseEstimator]:
        raise NotImplementedError

    @_predictor_has("predict")
    def predict(self, X: object, **params: object) -> AnyArray:
        """Predict with the refitted pipeline.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            Rows of the same columns.
        **params : dict of str to array-like
            With metadata routing, what the predictor has requested.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Classes or numbers.
        """
        _raise_for_params(params, self, "predict")
        check_is_fitted(self)
        routed: Mapping[str, object] = {}
        if _routing_enabled():
            routing = process_routing(self, "predict", **params)
            routed = routing[self._name].predict
        predicted: AnyArray = self.estimator_.predict(self.transform(X), **routed)
        return predicted

    @_predictor_has("predict_proba")
    def predict_proba(self, X: object) -> AnyArray:
        """Predict probabilities of the classes with the refitted pipeline.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            Rows of the same columns.

        Returns
        -------
        p : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        return self._of_pipeline("predict_proba", X)

    @_predictor_has("predict_log_proba")
    def predict_log_proba(self, X: object) -> AnyArray:
        """Predict logarithms of the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            Rows of the same columns.

        Returns
        -------
        p : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``.
        """
        return self._of_pipeline("predict_log_proba", X)

    @_predictor_has("decision_function")
    def decision_function(self, X: object) -> AnyArray:
        """Ask the refitted pipeline for its decision function.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            Rows of the same columns.

        Returns
        -------
        score : ndarray of shape (n_samples,) or (n_samples, n_classes)
            As of the predictor.
        """
        return self._of_pipeline("decision_function", X)

    def _of_pipeline(self, method: str, X: object) -> AnyArray:
        check_is_fitted(self)
        found: AnyArray = getattr(self.estimator_, method)(self.transform(X))
        return found

    def score(self, X: object, y: object, **params: object) -> float:
        """Score the refitted pipeline, by ``scoring``.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            Rows of the same columns.
        y : array-like of shape (n_samples,)
            Their classes or numbers.
        **params : dict of str to array-like
            With metadata routing, what the scorer has requested.

        Returns
        -------
        score : float
            Greater if better.
        """
        _raise_for_params(params, self, "score")
        check_is_fitted(self)
        routed: Mapping[str, object] = {}
        if _routing_enabled():
            routing = process_routing(self, "score", **params)
            routed = routing[scorer_of(self._name)].score
        scorer = check_scoring(self.estimator_, scoring=self.scoring)
        return as_score(scorer(self.estimator_, self.transform(X), y, **routed))

    @property
    def classes_(self) -> AnyArray:
        """Classes of the refitted classifier."""
        classes: AnyArray = self.estimator_.classes_
        return classes

    def get_metadata_routing(self) -> MetadataRouter:
        """Say who asks for which metadata.

        Returns
        -------
        routing : MetadataRouter
            Of selector, splitter, and of each predictor and its scorer.
        """
        router = MetadataRouter(owner=self)
        fits = MethodMapping().add(caller="fit", callee="fit")
        router.add(selector=self.selector, method_mapping=fits)
        splits = MethodMapping().add(caller="fit", callee="split")
        router.add(splitter=check_cv(self.cv), method_mapping=splits)
        scores = MethodMapping().add(caller="fit", callee="score")
        scores.add(caller="score", callee="score")
        for name, estimator in self._estimators().items():
            mapping = MethodMapping().add(caller="fit", callee="fit")
            mapping.add(caller="predict", callee="predict")
            router.add(method_mapping=mapping, **{name: estimator})
            scorer = check_scoring(estimator, scoring=self.scoring)
            router.add(method_mapping=scores, **{scorer_of(name): scorer})
        return router

    def _routed(self, params: Mapping[str, object]) -> Mapping[str, Any]:
        """Metadata of each consumer and each of its methods, in `fit`."""
        if _routing_enabled():
            routed: Mapping[str, Any] = process_routing(self, "fit", **params)
            return routed
        names = list(self._estimators())
        consumers: dict[str, dict[str, dict[str, object]]]
        consumers = {name: {"fit": {}} for name in ("selector", *names)}
        consumers |= {scorer_of(name): {"score": {}} for name in names}
        consumers["splitter"] = {"split": {"groups": params.get("groups")}}
        return consumers


def scorer_of(name: str) -> str:
    """Name under which metadata are routed to the scorer of a predictor."""
    return name.replace("estimator", "scorer", 1)
