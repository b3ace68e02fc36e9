"""Features that are chosen again and again, of resamples of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from numbers import Integral, Real
from typing import Any, ClassVar, NamedTuple

import joblib
import numpy as np
import pandas as pd
from sklearn.base import _fit_context
from sklearn.utils import Tags, check_random_state, get_tags
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from mifs._arrays import BoolArray, IntArray
from mifs._data.labels import Labels
from mifs._problem.constraints import Units, read_units
from mifs._problem.memory import Conditions, same
from mifs._problem.problem import conditions
from mifs._problem.reading import target_kind
from mifs._problem.resampled import Repeated
from mifs._resampling.bounds import ASSUMPTIONS
from mifs._resampling.free import Free
from mifs._resampling.rows import COMPLEMENTARY, SCHEMES, Scheme
from mifs._resampling.stability import stability_of
from mifs._resampling.votes import CONSENSUS, Votes, wilson
from mifs._warn import warn
from mifs.selectors._base import BaseSelector, problem_of, refuse_elsewhere
from mifs.selectors._columns import ColumnSelector
from mifs.selectors._html import frequencies_html
from mifs.selectors._progress import progress_bar
from mifs.selectors._resampling import (
    check_resampling,
    findings_of_votes,
    holding,
    selector_with_target,
    solved,
)
from mifs.selectors._tables import as_they_are, rank


class _Drawn(NamedTuple):
    """What the resamples chose, and all that this depends on."""

    conditions: Conditions
    ranks: IntArray
    sizes: IntArray


class StabilitySelector(ColumnSelector):
    """Chooses the features that a selector chooses in most resamples of the rows.

    The table is read and encoded once: kinds, edges of bins, levels and the bins of a
    continuous target are those of the whole table, also where a resample would have
    others. Each resample is then some of the rows, or the rows as often as a bootstrap
    draws them. (Of estimators that do not count, the values of each resample are read.)
    So a resample chooses what a fit of its rows would with ``PlugIn(edges=…)``, but for
    the tests of ``"auto"`` and of two tiers: they use the default bins of the whole
    table, and in such a fit those of its rows.

    Parameters
    ----------
    selector : selector of mifs
        What chooses, such as ``JMI(10)``; it needs a target. Its ``n_jobs``,
        ``verbose`` and ``warm_start`` are not used.
    n_resamples : int, default=50
        Resamples; an even number of complementary ones.
    scheme : {"complementary", "subsample", "bootstrap"}, default="complementary"
        ``"complementary"``: subsamples in pairs that share no row, for which the
        tightest bounds hold [2]_. ``"subsample"``: each by itself. ``"bootstrap"``: as
        many rows as the table, drawn with replacement; nothing is tested then (all is
        as with ``alpha=1``), for repeated rows would pass for evidence, ``"auto"`` and
        the k-NN estimator are refused, and there are no bounds.
    fraction : float, default=0.5
        Share of the rows in a subsample, and of the rows of each class of a discrete
        target; the bounds are for 0.5 or less.
    threshold : float or None, default=0.6
        Share of the resamples that must choose a feature. None: the least that keeps
        ``bound``.
    bound : float, default=None
        False features that may be chosen, on average. With a ``threshold`` the largest
        number of features that keeps it replaces the selector's.
    assumption : {"unimodal", "r-concave", "none"}, default="unimodal"
        Under which ``bound`` is to hold, see `mifs.inference.selection_bound`;
        ``"none"`` for single subsamples.
    consensus : {"frequency", "mean_rank"}, default="frequency"
        Choose the features that reach the threshold, the most frequent first; or those
        of the best mean ranks among those that some resample chooses, as many as one
        chooses on average; the threshold is not used then, and there are no bounds.
    groups : float, mapping or labels, default=None
        Columns that share their votes: a resample that chooses one of them votes for
        all, and the one chosen most often is kept. A number: columns, of those that
        some resample chooses, whose adjusted mutual information reaches it, as of
        copies 1; else as ``groups`` of the selectors, whose own groups are chosen
        together.
    random_state : int, RandomState instance or None, default=None
        Of the resamples. None: the same ones in every run.
    warm_start : bool, default=False
        Whether a fit of the same data and settings but for ``n_resamples`` adds to the
        resamples of the last one.
    n_jobs : int, default=None
        Threads that solve the resamples, as in joblib. The result does not depend on
        it.
    verbose : int, default=0
        1: a progress bar; 2: a line every few seconds.

    Attributes
    ----------
    selected_indices_ : ndarray of shape (n_selected,)
        Columns in the order of the consensus.
    support_ : ndarray of shape (n_features,), bool
        Mask of the selected columns.
    ranking_ : ndarray of shape (n_features,)
        1 for the first; columns that are not selected follow in the same order.
    selection_frequency_ : ndarray of shape (n_features,)
        Share of the resamples that chose a column, or one that shares its votes.
    selection_interval_ : ndarray of shape (n_features, 2)
        Wilson's 95 % intervals of the frequencies, for these rows.
    mean_rank_ : ndarray of shape (n_features,)
        Mean over the resamples of the rank, the best of those that share votes; what a
        resample does not choose is ranked by relevance.
    selections_ : ndarray of shape (n_resamples, n_features), bool
        What each resample chose.
    stability_ : Stability
        Of the selections, with ``estimate``, ``std`` and ``interval``
        (`mifs.inference.stability`); for one number of features Kuncheva's index.
    n_selected_ : float
        Features (or groups) that a resample chose, on average.
    threshold_ : float
        The threshold used.
    expected_false_selections_ : dict of str to float
        How many false features reach the threshold at most, on average, under each
        assumption of `mifs.inference.selection_bound`, of those that the rows decide
        about: neither constant in the table, nor included or excluded. NaN where no
        bound holds: of bootstraps, of a fraction above 0.5, and of mean ranks.
    groups_ : list of list of int
        Columns that share their votes.
    relevance_ : ndarray of shape (n_features,)
        I(Xj;Y) of the whole table, nats.
    feature_kinds_ : ndarray of shape (n_features,)
        ``"discrete"`` or ``"continuous"``; ``target_kind_`` likewise.
    mi_estimator_ : estimator
        What estimated; one that counts has the edges of the bins.
    n_features_in_ : int
        Number of columns; ``feature_names_in_`` are their names, if they have any.

    See Also
    --------
    mifs.inference.stability : How far given selections agree.
    mifs.inference.selection_bound : Bounds, and thresholds for them.
    MutualInfoCV : How many features predict best.

    References
    ----------
    .. [1] N. Meinshausen, P. Bühlmann, "Stability selection", Journal of the Royal
       Statistical Society B 72 (2010).
    .. [2] R. D. Shah, R. J. Samworth, "Variable selection with error control: another
       look at stability selection", Journal of the Royal Statistical Society B 75
       (2013).
    .. [3] S. Nogueira, K. Sechidis, G. Brown, "On the stability of feature selection
       algorithms", Journal of Machine Learning Research 18 (2018).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import JMI, StabilitySelector
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> stable = StabilitySelector(JMI(4)).fit(X, y)
    >>> stable.frequencies_[["name", "frequency", "low", "high"]].round(2).head(4)
                      name  frequency   low  high
    rank
    1     worst concave points       0.94  0.84  0.98
    2          worst perimeter       0.68  0.54  0.79
    3            worst texture       0.56  0.42  0.69
    4      mean concave points       0.44  0.31  0.58
    >>> stable.get_feature_names_out().tolist()
    ['worst perimeter', 'worst concave points']
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "selector": [HasMethods(["fit", "get_params"])],
        "n_resamples": [Interval(Integral, 2, None, closed="left")],
        "scheme": [StrOptions(set(SCHEMES))],
        "fraction": [Interval(Real, 0, 1, closed="neither")],
        "threshold": [Interval(Real, 0, 1, closed="right"), None],
        "bound": [Interval(Real, 0, None, closed="neither"), None],
        "assumption": [StrOptions(set(ASSUMPTIONS))],
        "consensus": [StrOptions(set(CONSENSUS))],
        "groups": "no_validation",
        "random_state": ["random_state"],
        "warm_start": ["boolean"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }
    _drawn: _Drawn | None = None

    def __init__(
        self,
        selector: BaseSelector,
        n_resamples: int = 50,
        scheme: str = COMPLEMENTARY,
        *,
        fraction: float = 0.5,
        threshold: float | None = 0.6,
        bound: float | None = None,
        assumption: str = "unimodal",
        consensus: str = "frequency",
        groups: object = None,
        random_state: object = None,
        warm_start: bool = False,
        n_jobs: int | None = None,
        verbose: int = 0,
    ) -> None:
        self.selector = selector
        self.n_resamples = n_resamples
        self.scheme = scheme
        self.fraction = fraction
        self.threshold = threshold
        self.bound = bound
        self.assumption = assumption
        self.consensus = consensus
        self.groups = groups
        self.random_state = random_state
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: object, y: object = None, sample_weight: object = None
    ) -> StabilitySelector:
        """Choose features in every resample, and count the votes.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features), \
                or Scan
            As the selector takes it. The codes of a `mifs.Scan` are held in memory, a
            byte or two a cell.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            As the selector takes it; left out beside a `mifs.Scan`.
        sample_weight : array-like of shape (n_samples,), default=None
            Rows are drawn, each with its weight; those of weight 0 are not there.

        Returns
        -------
        self : object
            The fitted selector.

        Raises
        ------
        ValueError
            Data or parameters that cannot be used; a resample whose rows are of one
            class.
        TypeError
            Something else than a selector of mifs that has a target.
        """
        selector = selector_with_target(self.selector)
        refuse_elsewhere(X)
        problem = problem_of(selector, X, y, sample_weight)
        self._keep_names(selector)
        check_resampling(problem, self)
        repeated = Repeated(replace(problem, n_jobs=self.n_jobs))
        seed = int(check_random_state(self.random_state or 0).randint(2**31 - 1))
        settings = self.scheme, self.fraction, repeated.n_rows, seed
        scheme = Scheme(*settings, repeated.classes)
        scheme.check()
        units = self._units(repeated)
        self._plan_for_bound(repeated, units)
        ranks, sizes = self._ranks(repeated, scheme)
        members = self._members(repeated, units, ranks <= sizes[:, np.newaxis])
        votes = Votes(ranks, sizes, members, together=self.groups is None)
        terms = repeated.terms()
        self.relevance_ = terms.relevance
        self._keep(votes, repeated, scheme)
        for finding in (
            *findings_of_votes(votes, repeated, self, self.threshold_),
            *repeated.findings(terms, self.selected_indices_.tolist()),
        ):
            warn(finding.text, finding.category)
        return self

    def _keep_names(self, selector: BaseSelector) -> None:
        self._see_as(selector)

    def _units(self, repeated: Repeated) -> Units:
        """Columns that share votes, as far as that is known before any is chosen."""
        if self.groups is None or isinstance(self.groups, Real):
            return repeated.plan.units
        return read_units(self.groups, Labels(repeated.table.labels))

    def _members(
        self, repeated: Repeated, units: Units, chosen: BoolArray
    ) -> Sequence[list[int]]:
        """Columns that share votes, as lists."""
        if not isinstance(self.groups, Real):
            return units.members
        some = np.flatnonzero(chosen.any(axis=0))
        return repeated.clusters(some, float(self.groups))

    def _free(self, repeated: Repeated, members: Sequence[list[int]]) -> Free:
        """Count the columns, or groups of them, that the rows decide about."""
        sure = repeated.plan.included
        return Free.among(members, sure, repeated.never_chosen, self.n_resamples)

    def _plan_for_bound(self, repeated: Repeated, units: Units) -> None:
        """Find the number of features, or see that some threshold keeps the bound."""
        if self.bound is None:
            return
        free, stop = self._free(repeated, units.members), repeated.plan.stop
        if self.threshold is None:
            if not stop.at_chance:
                free.threshold(stop.most, self.bound, self.assumption)
            return
        most = free.most(self.threshold, self.bound, self.assumption)
        repeated.choosing(len(repeated.plan.constraints.include) + most)

    def _ranks(self, repeated: Repeated, scheme: Scheme) -> tuple[IntArray, IntArray]:
        """Ranks of the columns in each resample, and how many ranks were chosen."""
        now = self._conditions(repeated, scheme) if self.warm_start else None
        ranks: list[IntArray] = []
        sizes: list[int] = []
        if now is not None and self._drawn and same(self._drawn.conditions, now):
            ranks += list(self._drawn.ranks[: self.n_resamples])
            sizes += self._drawn.sizes[: self.n_resamples].tolist()
        numbers = range(len(ranks), self.n_resamples)
        with progress_bar(type(self).__name__, self.verbose) as progress:
            for found in solved(repeated, scheme, numbers, self.n_jobs):
                ranks.append(rank(found.chosen, found.relevance).astype(np.int32))
                sizes.append(len(found.chosen))
                if progress is not None:
                    progress(len(ranks), self.n_resamples)
        drawn = np.stack(ranks), np.array(sizes)
        self._drawn = None if now is None else _Drawn(now, *drawn)
        return drawn

    def _conditions(self, repeated: Repeated, scheme: Scheme) -> Conditions:
        """All that the resamples depend on, but for their number."""
        problem = repeated.problem
        settings = problem.n_features, problem.alpha, problem.random_state
        return (
            *conditions(problem, repeated.table, repeated.plan),
            joblib.hash((settings, scheme)),
        )

    def _keep(self, votes: Votes, repeated: Repeated, scheme: Scheme) -> None:
        """Set the fitted attributes, and say if there is no consensus."""
        n, free = votes.n, self._free(repeated, votes.members)
        self.selections_, self.groups_ = votes.chosen, list(votes.members)
        self.stability_ = stability_of(votes.shared, together=scheme.together)
        self.n_selected_ = float(votes.shared.sum(axis=1).mean())
        threshold = self.threshold
        if threshold is None:
            assert self.bound is not None
            threshold = free.threshold(self.n_selected_, self.bound, self.assumption)
        self.threshold_ = threshold
        self.expected_false_selections_ = free.expected(
            self.n_selected_, threshold, holding(self)
        )
        self.selection_frequency_ = votes.of_columns(votes.counts / n)
        self.selection_interval_ = votes.of_columns(wilson(votes.counts, n))
        self.mean_rank_ = votes.of_columns(votes.mean_rank)
        elected = votes.elected(self.consensus, threshold)
        kept = [votes.kept(group) for group in elected]
        self.selected_indices_ = np.array([j for own in kept for j in own], np.intp)
        self.support_ = np.zeros(self.n_features_in_, dtype=np.bool_)
        self.support_[self.selected_indices_] = True
        self.ranking_ = votes.ranking(kept, self.consensus)
        table, self.mi_estimator_ = repeated.table, repeated.problem.estimator
        self.feature_kinds_ = np.where(table.discrete, "discrete", "continuous")
        self.target_kind_ = target_kind(table)
        self._labels = table.labels
        self.__dict__.pop("frequencies_", None)

    @cached_property
    def frequencies_(self) -> pd.DataFrame:
        """One row a column, the first of the consensus first."""
        check_is_fitted(self)
        order = np.argsort(self.ranking_, kind="stable")
        low, high = self.selection_interval_[order].T
        columns = {
            "feature": order,
            "name": as_they_are(self._labels[j] for j in order.tolist()),
            "frequency": self.selection_frequency_[order],
            "low": low,
            "high": high,
            "mean_rank": self.mean_rank_[order],
            "selected": self.support_[order],
        }
        return pd.DataFrame(columns, index=pd.Index(self.ranking_[order], name="rank"))

    def _found_html(self) -> str:
        if not hasattr(self, "threshold_"):
            return ""
        by_votes = self.consensus == "frequency"
        rule = f"threshold {self.threshold_:g}" if by_votes else "best mean ranks"
        return frequencies_html(self.frequencies_, rule)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        own = get_tags(self.selector)
        tags.input_tags, tags.target_tags = own.input_tags, own.target_tags
        return tags
