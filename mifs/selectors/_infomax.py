"""Selection without a target: the columns that tell most about all columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from joblib import effective_n_jobs
from sklearn.base import _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import HasMethods, Interval, RealNotInt

from mifs._problem.abilities import require
from mifs._problem.data import Data, read_data
from mifs._problem.findings import NOTHING, Finding, last_names, n_useless
from mifs._problem.problem import Problem, conclude, make_plan
from mifs._search import INFOMAX, Path, cover
from mifs._terms import ENTROPY, REDUNDANCY
from mifs.criteria import Criterion
from mifs.estimators import resolve as resolve_estimator
from mifs.estimators._mean import prepare
from mifs.exceptions import NoGainWarning
from mifs.selectors._base import BaseSelector
from mifs.selectors._progress import progress_bar

NEEDED = frozenset({ENTROPY, REDUNDANCY})


class InfoMaxSelector(BaseSelector):
    """Choose, without a target, the columns that keep most information about all.

    The columns S are chosen greedily so as to maximise

        f(S) = (1/p) Σ_j max_{s in S} I(Xs;Xj),    I(Xj;Xj) = H(Xj),

    in nats: each of the p columns counts by what the chosen column closest to it says
    about it. From each I, and from H(Xj) as well, its mean under permutation is taken
    off, unless the estimator is ``PlugIn(correction=None)``. This is Linsker's infomax
    principle [1]_, to keep as much as possible of the information of the input, applied
    to a choice of columns.

    f is a facility location objective, monotone and submodular, so that the greedy
    choice of k columns has at least 1 − 1/e (63 %) of the largest f that k columns can
    have [2]_ (but for corrected terms that scatter below 0). Gains only fall as S
    grows; an old gain is a bound, and most columns need no new evaluation [3]_: the
    choice is exactly that of the plain greedy search.

    Use it to thin out a table whose columns repeat each other before any target is
    known, or where the same columns must serve several targets. It prefers columns of
    high entropy; a column of noise is worth its own entropy / p, less what is taken
    off: nearly all for one with a value for each row. Nothing is tested, so that there
    are no tiers and no ``"auto"``.

    The first step counts all p (p + 1) / 2 pairs of columns, each later one p pairs
    for each column evaluated anew. Memory is that of the table and O(p).

    Parameters
    ----------
    n_features_to_select : int, float or None, default=10
        A number (any but 10 with a warning if the table has fewer features), a
        fraction in (0, 1], rounded down, or None to rank and keep all.
    mi_estimator : str or estimator, default="auto"
        One that counts: ``"plugin"`` or an object such as `mifs.estimators.PlugIn`;
        ``"auto"`` is ``"plugin"``, corrected for chance. Others have no entropy to set
        beside their mutual information, and are refused.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    include : indices or names, default=None
        Columns chosen first, in this order.
    exclude : mask, indices or names, default=None
        Columns never chosen; f still counts what is known about them.
    costs : mapping or array-like of shape (n_features,), default=None
        Subtracted, times ``cost_weight``, from the gains.
    cost_weight : float, default=1.0
        Nats for a unit of cost.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    verbose : int, default=0
        1 shows a progress bar; 2 says every few seconds how far it is.

    Attributes
    ----------
    selected_indices_ : ndarray of shape (n_selected,)
        Column indices in the order of choice.
    support_ : ndarray of shape (n_features,), bool
        Mask of the selected features.
    ranking_ : ndarray of shape (n_features,), int
        1 is the feature chosen first; those never chosen follow by ``relevance_``.
    scores_ : ndarray of shape (n_features,)
        Gain in f (less costs) at the step where a feature was chosen, NaN if it never
        was; nats.
    relevance_ : ndarray of shape (n_features,)
        f of each feature alone, nats.
    objective_ : ndarray of shape (n_selected,)
        f of the columns chosen up to each step, nats; at most the mean entropy.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy and
        conditional_redundancy (NaN: f has no such terms), runner_up, margin; expected,
        p_value and tier are empty, for nothing is tested without a target.
    stop_reason_ : str
        Why the path ends.
    feature_kinds_ : ndarray of shape (n_features,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    n_evaluations_ : int
        Pairs of columns counted to evaluate gains after the first step.
    mi_estimator_ : estimator
        The estimator used, with the edges of the bins it learned.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features,)

    See Also
    --------
    JMI : Chooses features by what they say together about a target.

    References
    ----------
    .. [1] R. Linsker, "Self-organization in a perceptual network", Computer 21 (1988).
    .. [2] G. L. Nemhauser, L. A. Wolsey and M. L. Fisher, "An analysis of
       approximations for maximizing submodular set functions I", Mathematical
       Programming 14 (1978).
    .. [3] M. Minoux, "Accelerated greedy algorithms for maximizing submodular set
       functions", Optimization Techniques (1978).

    Examples
    --------
    Petal width says most about all four measures; beside it, sepal width adds most.

    >>> from sklearn.datasets import load_iris
    >>> from mifs import InfoMaxSelector
    >>> X = load_iris(as_frame=True).data
    >>> InfoMaxSelector(2).fit(X).get_feature_names_out()
    array(['sepal width (cm)', 'petal width (cm)'], dtype=object)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
        "mi_estimator": [str, HasMethods("prepare")],
        "discrete_features": "no_validation",
        "include": "no_validation",
        "exclude": "no_validation",
        "costs": "no_validation",
        "cost_weight": [Interval(Real, 0, None, closed="left")],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_features_to_select: int | float | None = 10,
        *,
        mi_estimator: object = "auto",
        discrete_features: object = "auto",
        include: object = None,
        exclude: object = None,
        costs: object = None,
        cost_weight: float = 1.0,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_features_to_select = n_features_to_select
        self.mi_estimator = mi_estimator
        self.discrete_features = discrete_features
        self.include = include
        self.exclude = exclude
        self.costs = costs
        self.cost_weight = cost_weight
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: object, y: object = None, sample_weight: object = None
    ) -> InfoMaxSelector:
        """Choose the features.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)
            Numbers, booleans, strings or categories; missing values are allowed where
            the estimator allows them.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row counts. Whole weights equal repeated rows, a weight of 0
            equals a row that is not there; None is 1 everywhere.

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
        problem = self._problem(self._data(X, None, sample_weight))
        require(NEEDED, "InfoMaxSelector", problem.estimator)
        table = read_data(problem.data, problem.estimator, self.n_jobs)
        plan = make_plan(problem, table)
        terms = prepare(problem.estimator, table, self.n_jobs)
        with progress_bar(type(self).__name__, self.verbose) as progress:
            path, alone, self.objective_ = cover(
                terms,
                plan.stop,
                constraints=plan.constraints,
                lazy=True,
                n_threads=effective_n_jobs(self.n_jobs),
                progress=progress,
            )
        findings = self._gainless(path, plan.units.names)
        selection = conclude(problem, table, plan, terms, path, findings)
        self._keep(replace(selection, relevance=alone))
        return self

    def _data(self, X: object, y: object, sample_weight: object) -> Data:
        """Check the shapes, keep the names of the columns."""
        return Data(
            self._checked(X),
            sample_weight=sample_weight,
            discrete_features=self.discrete_features,
        )

    def _criterion(self) -> Criterion:
        return INFOMAX

    def _problem(self, data: Data) -> Problem:
        """Put the problem together that `fit` solves."""
        return Problem(
            data,
            self._criterion(),
            resolve_estimator(self.mi_estimator),
            n_features=self.n_features_to_select,
            include=self.include,
            exclude=self.exclude,
            costs=self.costs,
            cost_weight=self.cost_weight,
            n_jobs=self.n_jobs,
        )

    def _gainless(self, path: Path, names: Sequence[Hashable]) -> list[Finding]:
        """Say if the last features chosen add nothing to f."""
        useless = n_useless(np.diff(self.objective_, prepend=0.0) > NOTHING)
        if not useless or self.n_features_to_select is None:
            return []
        text = (
            f"the last {useless} of {len(path)} selected features add nothing to what "
            f"the others say: {last_names(path, names, useless)}; ask for fewer"
        )
        return [Finding(NoGainWarning, text)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags
