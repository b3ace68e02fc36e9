"""The scikit-learn surface that all selectors share."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cached_property
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from joblib import effective_n_jobs
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, _fit_context
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import Tags
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    RealNotInt,
    StrOptions,
)
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs._data.containers import (
    Container,
    check_table,
    is_frame,
    select_columns,
    unwrap,
)
from mifs._data.labels import Labels
from mifs._data.reading import read
from mifs._data.table import Table
from mifs._problem._abilities import is_lazy, require, require_sparse
from mifs._search import Constraints, Path, search
from mifs._terms import JOINT_COUNTS
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators import Capabilities, Estimator, Terms
from mifs.estimators import resolve as resolve_estimator
from mifs.estimators._mean import prepare
from mifs.exceptions import NoGainWarning, TooFewFeaturesWarning
from mifs.selectors._constraints import (
    Units,
    group_terms,
    read_constraints,
    read_units,
)
from mifs.selectors._memory import conditions, same
from mifs.selectors._naming import renamed
from mifs.selectors._oddities import count_levels, warn_of_oddities
from mifs.selectors._progress import progress_bar
from mifs.selectors._reading import target_kind, weigh
from mifs.selectors._tables import path_frame, rank

NOTHING = 1e-12


class BaseSelector(SelectorMixin, BaseEstimator):
    """Reads a table, runs a search over it, and keeps what was found.

    A subclass names its criterion; the criterion's parameters are parameters of the
    subclass.
    """

    _criterion_name: ClassVar[str]
    _memory: tuple[tuple[Any, ...], Path] | None = None

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
        "mi_estimator": [str, HasMethods("prepare")],
        "discrete_features": "no_validation",
        "discrete_target": [StrOptions({"auto"}), "boolean"],
        "include": "no_validation",
        "exclude": "no_validation",
        "groups": "no_validation",
        "costs": "no_validation",
        "cost_weight": [Interval(Real, 0, None, closed="left")],
        "warm_start": ["boolean"],
        "multioutput": [StrOptions({"auto", "joint", "mean"})],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_features_to_select: int | float | None = 10,
        *,
        mi_estimator: Any = "auto",
        discrete_features: Any = "auto",
        discrete_target: bool | str = "auto",
        include: Any = None,
        exclude: Any = None,
        groups: Any = None,
        costs: Any = None,
        cost_weight: float = 1.0,
        warm_start: bool = False,
        multioutput: str = "auto",
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_features_to_select = n_features_to_select
        self.mi_estimator = mi_estimator
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.include = include
        self.exclude = exclude
        self.groups = groups
        self.costs = costs
        self.cost_weight = cost_weight
        self.warm_start = warm_start
        self.multioutput = multioutput
        self.n_jobs = n_jobs
        self.verbose = verbose

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give each class an ``__init__`` of its own name, which errors then show."""
        super().__init_subclass__(**kwargs)
        if "__init__" not in vars(cls):
            own = renamed(cls.__init__, f"{cls.__name__}.__init__")
            cls.__init__ = own  # type: ignore[method-assign]

    def _criterion(self) -> Criterion:
        """Return the record of the criterion, with the parameters of the selector."""
        record = CRITERIA[self._criterion_name]
        return record.with_parameters(
            {name: getattr(self, name) for name in record.parameters}
        )

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> BaseSelector:
        """Choose the features.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            Numbers, booleans, strings or categories; missing values are allowed where
            the estimator allows them.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes of any type, numbers, or a structured array of events and times.
        sample_weight : array-like of shape (n_samples,), default=None
            Whole weights equal repeated rows, 0 a row that is not there; fractions
            count in proportion. The k-NN estimator refuses weights.

        Returns
        -------
        self : object
            The fitted selector.

        Raises
        ------
        ValueError
            Data or parameters that cannot be used; the message names the column.
        TypeError
            Columns that are neither numbers nor labels.
        """
        criterion = self._criterion()
        estimator = resolve_estimator(self.mi_estimator)
        table = self._read(X, y, estimator, sample_weight)
        require(criterion.terms, f"criterion {criterion.name!r}", estimator, table)
        labels = Labels(table.labels)
        units = read_units(self.groups, labels)
        if units.grouped:
            require(frozenset({JOINT_COUNTS}), "groups", estimator, table)
        constraints = read_constraints(
            units,
            labels,
            include=self.include,
            exclude=self.exclude,
            costs=self.costs,
            cost_weight=self.cost_weight,
        )
        k = self._number_to_select(len(units.members), constraints)
        terms = prepare(estimator, table, self.n_jobs)
        self._look(table, terms, units, constraints)
        memory = None
        if self.warm_start:
            data = X, y, sample_weight, self.multioutput
            memory = conditions(data, table, estimator, criterion, units, constraints)
        searched = group_terms(terms, units)
        path = self._search(searched, criterion, estimator, constraints, k, memory)
        self._keep(table, estimator, terms.relevance, units, path)
        self.target_kind_ = target_kind(table)
        return self

    def _look(
        self, table: Table, terms: Terms, units: Units, without: Constraints
    ) -> None:
        """Count the levels, and warn of columns that are better left out."""
        self.n_levels_ = count_levels(table, terms)
        excluded = [j for unit in without.exclude for j in units.members[unit]]
        warn_of_oddities(table, terms, self.n_levels_, excluded)

    def _search(
        self,
        terms: Terms,
        criterion: Criterion,
        estimator: Estimator,
        constraints: Constraints,
        k: int,
        memory: tuple[Any, ...] | None,
    ) -> Path:
        """Search, from where the last fit under the same conditions ended, if any."""
        earlier = self._earlier(memory)
        if earlier is not None and len(earlier.feature) >= k:
            return replace(earlier.cut(k), n_evaluations=0)
        with progress_bar(type(self).__name__, self.verbose) as progress:
            path = search(
                terms,
                criterion,
                k,
                constraints=constraints,
                lazy=is_lazy(criterion, estimator.capabilities()),
                earlier=earlier,
                n_threads=effective_n_jobs(self.n_jobs),
                progress=progress,
            )
        self._memory = None if memory is None else (memory, path)
        return path

    def _earlier(self, memory: tuple[Any, ...] | None) -> Path | None:
        """Path of the last fit, if this one would begin with it."""
        if memory is None or self._memory is None:
            return None
        before, path = self._memory
        return path if same(before, memory) else None

    def open_table(self, X: Any, y: Any) -> tuple[Estimator, Table, int]:
        """Read a table as `fit` does.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Target.

        Returns
        -------
        estimator : Estimator
            A fresh one.
        table : Table
            What it is to prepare.
        n_features : int
            How many features to choose.
        """
        self._validate_params()
        estimator = resolve_estimator(self.mi_estimator)
        table = self._read(X, y, estimator)
        k = self._number_to_select(table.n_features, Constraints())
        return estimator, table, k

    def _read(
        self, X: Any, y: Any, estimator: Estimator, sample_weight: Any = None
    ) -> Table:
        """Check the shapes, keep the names, and read the table."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but "
                "the target y is None."
            )
        X, y = self._checked(X), unwrap(y, "y")
        X, y, weights = weigh(X, y, sample_weight, estimator)
        return read(
            X,
            y,
            discrete_features=self._discrete_features(X),
            discrete_target=self.discrete_target,
            multioutput=self.multioutput,
            n_jobs=self.n_jobs,
            weights=weights,
        )

    def _checked(self, X: object) -> Container:
        """Check the shape of a table and keep the names of its columns."""
        table = unwrap(X)
        check_table(table, min_rows=2)
        validate_data(self, table, skip_check_array=True)
        if issparse(table):
            estimator = resolve_estimator(self.mi_estimator)
            require_sparse(estimator)
        return table

    def _discrete_features(self, X: Any) -> Any:
        """Return what the user said of the columns, a callable asked."""
        said = self.discrete_features
        return said(X) if callable(said) else said

    def _number_to_select(self, n_units: int, constraints: Constraints) -> int:
        """Turn ``n_features_to_select`` into a number of units that may be chosen."""
        n_features = n_units - len(constraints.exclude)
        if n_features < 1:
            raise ValueError(f"exclude leaves none of the {n_units} features to choose")
        k = self._number_of(n_features)
        if len(constraints.include) > k:
            raise ValueError(
                f"include names {len(constraints.include)} features and "
                f"n_features_to_select={self.n_features_to_select} allows {k}"
            )
        return k

    def _number_of(self, n_features: int) -> int:
        wanted = self.n_features_to_select
        if wanted is None:
            return n_features
        if isinstance(wanted, Integral):
            if wanted > n_features:
                warnings.warn(
                    f"n_features_to_select={wanted} is more than the {n_features} "
                    "features of the table; all are selected",
                    TooFewFeaturesWarning,
                    stacklevel=5,
                )
            return min(int(wanted), n_features)
        return max(1, int(wanted * n_features))

    def _keep(
        self,
        table: Table,
        estimator: Estimator,
        relevance: NDArray[np.float64],
        units: Units,
        path: Path,
    ) -> None:
        """Set the fitted attributes."""
        chosen = [units.members[unit] for unit in path.feature]
        self.relevance_ = relevance
        self.selected_indices_ = np.array(
            [column for members in chosen for column in members], dtype=np.intp
        )
        self.support_ = np.zeros(table.n_features, dtype=np.bool_)
        self.support_[self.selected_indices_] = True
        self.scores_ = np.full(table.n_features, np.nan)
        for members, score in zip(chosen, path.score, strict=True):
            self.scores_[members] = score
        self.ranking_ = rank(chosen, relevance)
        self.feature_kinds_ = np.where(table.discrete, "discrete", "continuous")
        self.n_evaluations_ = path.n_evaluations
        self.mi_estimator_ = estimator
        self._path, self._units = replace(path, state={}), units
        self.__dict__.pop("path_", None)
        self._warn_of_no_gain(path, units)

    @cached_property
    def path_(self) -> pd.DataFrame:
        """One row a step; built when it is first asked for."""
        check_is_fitted(self)
        return path_frame(self._path, self._units)

    def _warn_of_no_gain(self, path: Path, units: Units) -> None:
        """Warn if the last features chosen have neither relevance nor synergy."""
        gain = self._gains(path)
        useless = int(np.argmax(gain[::-1])) if gain.any() else len(gain)
        if useless and self.n_features_to_select is not None:
            names = [units.names[unit] for unit in path.feature[-useless:]]
            warnings.warn(
                f"the last {useless} of {len(gain)} selected features carry no "
                f"information about the target: {names[:10]}; ask for fewer",
                NoGainWarning,
                stacklevel=5,
            )

    def _gains(self, path: Path) -> NDArray[np.bool_]:
        """Whether the feature of each step tells anything, as far as that was asked."""
        search = self._criterion().search
        if search == "conditional" and self.costs is None:
            gains: NDArray[np.bool_] = np.array(path.score) > NOTHING
            return gains
        if search != "pairwise":
            return np.ones(len(path.feature), dtype=np.bool_)
        synergy = np.subtract(path.conditional_redundancy, path.redundancy)
        return (np.array(path.relevance) > NOTHING) | (synergy > NOTHING)

    def transform(self, X: Any) -> Any:
        """Keep the selected columns, in the order of the input.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        X_r : {ndarray, DataFrame} of shape (n_samples, n_selected_features)
            A frame for a frame, of the same library and with its dtypes, unless
            ``set_output`` says otherwise.
        """
        check_is_fitted(self)
        table = unwrap(X)
        if not is_frame(table):
            return super().transform(table)
        validate_data(self, X, reset=False, skip_check_array=True)
        chosen = np.flatnonzero(self.support_).tolist()
        container = _get_output_config("transform", self)["dense"]
        return select_columns(X, chosen, container)

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return self.support_

    def _capabilities(self) -> Capabilities:
        """Say what the estimator can read; an unknown one is refused by `fit`."""
        try:
            return resolve_estimator(self.mi_estimator).capabilities()
        except (TypeError, ValueError):
            return resolve_estimator("auto").capabilities()

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        capable = self._capabilities()
        tags.input_tags.allow_nan = capable.missing
        tags.input_tags.string = True
        tags.input_tags.sparse = capable.sparse
        tags.input_tags.categorical = True
        return tags
