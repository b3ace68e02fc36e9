"""The scikit-learn surface that all selectors share."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import HasMethods, Interval, RealNotInt, StrOptions
from sklearn.utils.validation import check_is_fitted

from mifs._arrays import BoolArray, IntArray
from mifs._data.containers import Container, check_table, is_dask, unwrap
from mifs._data.sharded import elsewhere
from mifs._data.table import Numbered
from mifs._problem.abilities import require_sparse
from mifs._problem.data import Data
from mifs._problem.memory import Memory
from mifs._problem.problem import Problem, Selection, solve
from mifs._scan import Scan
from mifs._scan.dask_tables import scan_of_dask
from mifs._scan.sharded import ShardedScan
from mifs._warn import warn
from mifs.criteria import CRITERIA, Criterion
from mifs.estimators import Capabilities, Estimator
from mifs.estimators import resolve as resolve_estimator
from mifs.selectors._columns import ColumnSelector
from mifs.selectors._html import path_html
from mifs.selectors._naming import SYNONYMS, check_parameters, renamed
from mifs.selectors._progress import progress_bar
from mifs.selectors._tables import path_frame, rank


class BaseSelector(ColumnSelector):
    """Reads a table, runs a search over it, and keeps what was found.

    A subclass names its criterion; the criterion's parameters are parameters of the
    subclass.
    """

    _criterion_name: ClassVar[str]
    _memory: Memory | None = None
    _discrete: BoolArray

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
        "include": "no_validation",
        "exclude": "no_validation",
        "groups": "no_validation",
        "costs": "no_validation",
        "cost_weight": [Interval(Real, 0, None, closed="left")],
        "alpha": [Interval(Real, 0, 1, closed="right")],
        "start": [StrOptions({"pair"}), None],
        "random_state": ["random_state"],
        "warm_start": ["boolean"],
        "multioutput": [StrOptions({"auto", "joint", "mean"})],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Say which parameter is meant, where Python only says that there is none."""
        if not kwargs.keys().isdisjoint(SYNONYMS):
            check_parameters(cls.__name__, kwargs, cls._get_param_names())
        made: Self = super().__new__(cls)
        return made

    def __init__(
        self,
        n_features_to_select: int | float | str | None = 10,
        *,
        mi_estimator: object = "auto",
        discrete_features: object = "auto",
        discrete_target: bool | str = "auto",
        include: object = None,
        exclude: object = None,
        groups: object = None,
        costs: object = None,
        cost_weight: float = 1.0,
        alpha: float = 0.05,
        start: str | None = None,
        random_state: object = 0,
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
        self.alpha = alpha
        self.start = start
        self.random_state = random_state
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
    def fit(
        self, X: object, y: object = None, sample_weight: object = None
    ) -> BaseSelector:
        """Choose the features.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features), \
                or Scan
            Numbers, booleans, strings or categories; missing values are allowed where
            the estimator allows them. A `mifs.Scan` is a table on disk, with its
            target and weights.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes of any type, numbers, or a structured array of events and times;
            left out beside a `mifs.Scan`.
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
        problem = self._problem(self._data(X, y, sample_weight))
        with (
            made_here(problem.data.X, X),
            progress_bar(type(self).__name__, self.verbose) as progress,
        ):
            selection = solve(problem, memory=self._memory, progress=progress)
        self.target_kind_ = selection.target_kind
        self._keep(selection)
        return self

    def _problem(self, data: Data) -> Problem:
        """Put the problem together that `fit` solves."""
        return Problem(
            data,
            self._criterion(),
            resolve_estimator(self.mi_estimator),
            n_features=self.n_features_to_select,
            include=self.include,
            exclude=self.exclude,
            groups=self.groups,
            costs=self.costs,
            cost_weight=self.cost_weight,
            alpha=self.alpha,
            start=self.start,
            random_state=self.random_state,
            n_jobs=self.n_jobs,
            remember=self.warm_start,
        )

    def _data(self, X: object, y: object, sample_weight: object) -> Data:
        """Check the shapes, keep the names of the columns."""
        if isinstance(X, Scan):
            return self._scanned(X, y, sample_weight)
        if y is not None and is_dask(X):
            return self._scanned(scan_of_dask(X, y, sample_weight), None, None)
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but "
                "the target y is None."
            )
        return Data(
            self._checked(X),
            y,
            sample_weight,
            discrete_features=self.discrete_features,
            discrete_target=self.discrete_target,
            multioutput=self.multioutput,
        )

    def _scanned(self, scan: Scan, y: object, sample_weight: object) -> Data:
        """Keep the names of a scan, which has a target and weights of its own."""
        for name, given in (("y", y), ("sample_weight", sample_weight)):
            if given is not None:
                own = {"y": "target", "sample_weight": "weights"}[name]
                raise ValueError(
                    f"a Scan reads its {own} itself: leave {name} out, and name the "
                    f"column by {own}= where the scan is made"
                )
        self.feature_names_in_ = np.array(scan.feature_names, dtype=object)
        self.n_features_in_, self._labels_in = len(scan.feature_names), None
        return Data(
            scan,
            discrete_features=self.discrete_features,
            discrete_target=self.discrete_target,
            multioutput=self.multioutput,
        )

    def _checked(self, X: object) -> Container:
        """Check the shape of a table and keep the names of its columns."""
        table = unwrap(X)
        check_table(table, min_rows=2)
        self._see(table, reset=True)
        if issparse(table):
            estimator = resolve_estimator(self.mi_estimator)
            require_sparse(estimator)
        return table

    def _keep(self, selection: Selection) -> None:
        """Set the fitted attributes, and say what was found odd."""
        chosen, n_features = selection.chosen, len(selection.discrete)
        self.relevance_ = selection.relevance
        self.selected_indices_ = np.array(
            [column for members in chosen for column in members], dtype=np.intp
        )
        self.support_ = np.zeros(n_features, dtype=np.bool_)
        self.support_[self.selected_indices_] = True
        self.scores_ = np.full(n_features, np.nan)
        sizes = [len(members) for members in chosen]
        self.scores_[self.selected_indices_] = np.repeat(selection.path.score, sizes)
        self.n_levels_ = selection.n_levels
        self._discrete = selection.discrete
        self.n_evaluations_ = selection.path.n_evaluations
        self.mi_estimator_ = selection.estimator
        self.stop_reason_ = selection.stop_reason
        self._path, self._units = replace(selection.path, state=None), selection.units
        self._memory = selection.memory
        for name in ("path_", "ranking_", "feature_kinds_"):
            self.__dict__.pop(name, None)
        for finding in selection.findings:
            warn(finding.text, finding.category)

    @cached_property
    def feature_kinds_(self) -> NDArray[np.str_]:
        """Whether columns are discrete or continuous; named when first asked for."""
        check_is_fitted(self)
        return np.where(self._discrete, "discrete", "continuous")

    @cached_property
    def ranking_(self) -> IntArray:
        """Ranks from 1; sorted when they are first asked for."""
        check_is_fitted(self)
        chosen = [self._units.members[unit] for unit in self._path.feature]
        return rank(chosen, self.relevance_)

    @cached_property
    def path_(self) -> pd.DataFrame:
        """One row a step; built when it is first asked for."""
        check_is_fitted(self)
        return path_frame(self._path, self._units)

    def _found_html(self) -> str:
        fitted = hasattr(self, "stop_reason_")
        return path_html(self.path_, self.stop_reason_) if fitted else ""

    def _capabilities(self) -> Capabilities:
        """Say what the estimator can read; an unknown one is refused by `fit`."""
        own = self.mi_estimator
        if isinstance(own, Estimator) and not isinstance(own, type):
            return own.capabilities()
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


def made_here(read: object, given: object) -> AbstractContextManager[object]:
    """Close a scan at the end, whatever happens, if it is none of the user's."""
    return read if isinstance(read, Scan) and read is not given else nullcontext()


def refuse_elsewhere(X: object) -> None:
    """Refuse a table whose rows lie on workers, before any is read.

    Raises
    ------
    TypeError
        They do.
    """
    if is_dask(X) or isinstance(X, ShardedScan):
        raise elsewhere()


def criterion_of(selector: BaseSelector) -> Criterion:
    """Return the record of a selector's criterion, with its parameters."""
    return selector._criterion()


def column_labels(selector: BaseSelector) -> list[Hashable]:
    """Labels of the columns that a fitted selector has seen; x0, x1, … of an array."""
    if hasattr(selector, "feature_names_in_"):
        names: list[Hashable] = selector.feature_names_in_.tolist()
        return names
    if not selector._units.grouped:
        return list(selector._units.names)
    return list(Numbered(selector.n_features_in_))


def problem_of(
    selector: BaseSelector, X: object, y: object, sample_weight: object = None
) -> Problem:
    """Return the problem that a selector would solve: checked, and not yet read."""
    selector._validate_params()
    return selector._problem(selector._data(X, y, sample_weight))
