"""The scikit-learn surface that all selectors share."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from numbers import Integral
from typing import Any, ClassVar

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from joblib import effective_n_jobs
from narwhals.stable.v2.dependencies import is_into_dataframe
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, _fit_context
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import Tags
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    RealNotInt,
    StrOptions,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs._data.kinds import read_table
from mifs._data.table import Table
from mifs._search import Path, greedy
from mifs.criteria import Criterion
from mifs.estimators import Estimator
from mifs.estimators import resolve as resolve_estimator
from mifs.exceptions import NoGainWarning, TooFewFeaturesWarning
from mifs.selectors._progress import progress_bar

NOTHING = 1e-12


class BaseSelector(SelectorMixin, BaseEstimator):
    """Reads a table, runs a search over it, and keeps what was found.

    A subclass says which `criterion` it uses, by name, and with which parameters.
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            StrOptions({"auto"}),
            None,
        ],
        "mi_estimator": [str, HasMethods("prepare")],
        "discrete_features": "no_validation",
        "discrete_target": [StrOptions({"auto"}), "boolean"],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_features_to_select: int | float | str | None = 10,
        *,
        mi_estimator: Any = "auto",
        discrete_features: Any = "auto",
        discrete_target: bool | str = "auto",
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.n_features_to_select = n_features_to_select
        self.mi_estimator = mi_estimator
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def _criterion(self) -> Criterion:
        """Return the record of the criterion, with its parameters."""
        raise NotImplementedError

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any) -> BaseSelector:
        """Choose the features.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Numbers, booleans, strings or categories; missing values are allowed where
            the estimator allows them.
        y : array-like of shape (n_samples,)
            Classes of any type, or numbers.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Data or parameters that cannot be used; the message names the column.
        TypeError
            Columns that are neither numbers nor labels.
        """
        criterion = self._criterion()
        estimator = resolve_estimator(self.mi_estimator)
        check_terms(criterion, estimator)
        table = self._read(X, y)
        k = self._number_to_select(table.n_features)
        terms = estimator.prepare(table, n_jobs=self.n_jobs)
        with progress_bar(type(self).__name__, self.verbose) as progress:
            n_threads = effective_n_jobs(self.n_jobs)
            path = greedy(terms, criterion, k, n_threads=n_threads, progress=progress)
        self._keep(table, estimator, terms.relevance, path)
        return self

    def _read(self, X: Any, y: Any) -> Table:
        """Check the shapes, keep the names, and read the table."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but "
                "the target y is None."
            )
        if is_into_dataframe(X):
            validate_data(self, X, skip_check_array=True)
        else:
            X = validate_data(
                self, X, dtype=None, ensure_all_finite=False, ensure_min_samples=2
            )
        return read_table(
            X,
            y,
            self._column_names(X),
            discrete_features=self.discrete_features,
            discrete_target=self.discrete_target,
            n_jobs=self.n_jobs,
        )

    def _column_names(self, X: Any) -> list[str]:
        if hasattr(self, "feature_names_in_"):
            return [str(name) for name in self.feature_names_in_]
        if isinstance(X, pd.DataFrame):
            return [str(name) for name in X.columns]
        return [f"x{j}" for j in range(X.shape[1])]

    def _number_to_select(self, n_features: int) -> int:
        """Turn ``n_features_to_select`` into a number from 1 to ``n_features``."""
        wanted = self.n_features_to_select
        if wanted is None:
            return n_features
        if isinstance(wanted, str):
            raise ValueError(
                "n_features_to_select='auto' is not available yet: give a number, a "
                "fraction in (0, 1], or None to rank all features"
            )
        if isinstance(wanted, Integral):
            if wanted > n_features:
                warnings.warn(
                    f"n_features_to_select={wanted} is more than the {n_features} "
                    "features of the table; all are selected",
                    TooFewFeaturesWarning,
                    stacklevel=3,
                )
            return min(int(wanted), n_features)
        return max(1, int(wanted * n_features))

    def _keep(
        self,
        table: Table,
        estimator: Estimator,
        relevance: NDArray[np.float64],
        path: Path,
    ) -> None:
        """Set the fitted attributes."""
        self.relevance_ = relevance
        self.selected_indices_ = np.array(path.feature, dtype=np.intp)
        self.support_ = np.zeros(table.n_features, dtype=np.bool_)
        self.support_[self.selected_indices_] = True
        self.scores_ = np.full(table.n_features, np.nan)
        self.scores_[self.selected_indices_] = path.score
        self.ranking_ = rank(self.selected_indices_, relevance)
        self.feature_kinds_ = np.where(table.discrete, "discrete", "continuous")
        self.target_kind_ = "discrete" if table.target.discrete else "continuous"
        self.mi_estimator_ = estimator
        self.path_ = path_frame(path, table.names)
        self._warn_of_no_gain()

    def _warn_of_no_gain(self) -> None:
        """Warn if the last features chosen have neither relevance nor synergy."""
        synergy = self.path_["conditional_redundancy"] - self.path_["redundancy"]
        nothing = (self.path_["relevance"] <= NOTHING) & ~(synergy > NOTHING)
        useless = int(nothing[::-1].cumprod().sum())
        if useless and self.n_features_to_select is not None:
            names = list(self.path_["name"].iloc[-useless:])
            warnings.warn(
                f"the last {useless} of {len(self.path_)} selected features carry no "
                f"information about the target: {names[:10]}; ask for fewer",
                NoGainWarning,
                stacklevel=4,
            )

    def transform(self, X: Any) -> Any:
        """Keep the selected columns, in the order of the input.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)

        Returns
        -------
        X_r : {ndarray, DataFrame} of shape (n_samples, n_selected_features)
            A frame for a frame, of the same library and with its dtypes, unless
            ``set_output`` says otherwise.
        """
        check_is_fitted(self)
        if not is_into_dataframe(X):
            return super().transform(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        frame = nw.from_native(X, eager_only=True)
        return frame[:, np.flatnonzero(self.support_).tolist()].to_native()

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def check_terms(criterion: Criterion, estimator: Estimator) -> None:
    """Refuse a criterion that needs a term the estimator does not have."""
    missing = criterion.terms - estimator.term_names
    if missing:
        raise ValueError(
            f"criterion {criterion.name!r} needs {', '.join(sorted(missing))}, which "
            f"{type(estimator).__name__} cannot estimate; use mi_estimator='plugin'"
        )


def rank(
    selected: NDArray[np.intp], relevance: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Ranks from 1: the selected in their order, then the others by relevance."""
    rest = np.setdiff1d(np.arange(len(relevance)), selected)
    rest = rest[np.argsort(-relevance[rest], kind="stable")]
    ranking = np.empty(len(relevance), np.intp)
    ranking[np.concatenate([selected, rest])] = np.arange(1, len(relevance) + 1)
    return ranking


def path_frame(path: Path, names: list[str]) -> pd.DataFrame:
    """Return the path as a frame, one row a step."""
    columns: Mapping[str, Any] = {
        "feature": path.feature,
        "name": [names[j] for j in path.feature],
        "score": path.score,
        "relevance": path.relevance,
        "redundancy": path.redundancy,
        "conditional_redundancy": path.conditional_redundancy,
        "runner_up": path.runner_up,
        "margin": path.margin,
    }
    return pd.DataFrame(
        columns, index=pd.RangeIndex(1, len(path.feature) + 1, name="step")
    )
