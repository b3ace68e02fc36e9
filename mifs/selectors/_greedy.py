"""One short class for each criterion, and one for all of them by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from sklearn.utils._param_validation import StrOptions

from mifs.criteria import Criterion
from mifs.criteria import resolve as resolve_criterion
from mifs.selectors._base import BaseSelector


class MIM(BaseSelector):
    """Rank features by their mutual information with the target alone.

    The score of a feature is R = I(Xk;Y) in nats [1]_.

    Use it as a first look, or where features are known not to repeat each other: it
    takes one pass, and chooses every copy of a good feature.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        ``"plugin"`` or an object such as `mifs.estimators.PlugIn`; ``"auto"`` is
        ``"plugin"``.
    discrete_features : "auto", bool, mask, indices or names, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; this criterion is deterministic.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    selected_indices_ : ndarray of shape (n_selected,)
        Column indices in the order of choice.
    support_ : ndarray of shape (n_features_in_,), bool
        Mask of the selected features.
    ranking_ : ndarray of shape (n_features_in_,), int
        1 is the feature chosen first; those never chosen follow by relevance.
    scores_ : ndarray of shape (n_features_in_,)
        Score at the step where a feature was chosen, NaN if it never was; nats.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    target_kind_ : str
    mi_estimator_ : estimator
        The estimator used, with the edges of the bins it learned.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)

    See Also
    --------
    MIRMR : Subtracts the redundancy with features chosen before.
    JMI : Also rewards features that say more together than alone.

    References
    ----------
    .. [1] D. D. Lewis, "Feature selection and feature extraction for text
       categorization", Speech and Natural Language (1992).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mifs import MIM
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> MIM(2).fit(X, y).get_feature_names_out()
    array(['petal length (cm)', 'petal width (cm)'], dtype=object)
    """

    def _criterion(self) -> Criterion:
        return resolve_criterion("mim")


class MIRMR(BaseSelector):
    """Minimum redundancy, maximum relevance, by mutual information (mRMR).

    The score of a feature k is

        R − mean_j r_j                        (``scheme="difference"``)
        R / (mean_j r_j + 1e-4·ln 2)          (``scheme="quotient"``)

    with R = I(Xk;Y), r_j = I(Xk;Xj) over the features j chosen already, in nats; the
    quotient is a ratio, and its constant, 1e-4 bits, is that of Peng's program [1]_.
    The first feature is the most relevant one, and its score is R.

    Use it to get a compact set without repetition. It cannot see features that are
    informative only together (see `JMI`). A round costs one joint count for each
    candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    scheme : {"difference", "quotient"}, default="difference"
    mi_estimator : str or estimator, default="auto"
        ``"plugin"`` or an object such as `mifs.estimators.PlugIn`; ``"auto"`` is
        ``"plugin"``.
    discrete_features : "auto", bool, mask, indices or names, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; this criterion is deterministic.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    selected_indices_ : ndarray of shape (n_selected,)
        Column indices in the order of choice.
    support_ : ndarray of shape (n_features_in_,), bool
        Mask of the selected features.
    ranking_ : ndarray of shape (n_features_in_,), int
        1 is the feature chosen first; those never chosen follow by relevance.
    scores_ : ndarray of shape (n_features_in_,)
        Score at the step where a feature was chosen, NaN if it never was; nats.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    target_kind_ : str
    mi_estimator_ : estimator
        The estimator used, with the edges of the bins it learned.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)

    See Also
    --------
    JMI : Adds what candidates and picks say together about the target.

    Notes
    -----
    ``MRMR`` is the same class.

    References
    ----------
    .. [1] H. Peng, F. Long, C. Ding, "Feature selection based on mutual information:
       criteria of max-dependency, max-relevance, and min-redundancy", IEEE TPAMI 27
       (2005).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import MIRMR
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> MIRMR(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst smoothness', 'worst texture']
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseSelector._parameter_constraints,
        "scheme": [StrOptions({"difference", "quotient"})],
    }

    def __init__(
        self,
        n_features_to_select: int | float | str | None = 10,
        *,
        scheme: str = "difference",
        mi_estimator: Any = "auto",
        discrete_features: Any = "auto",
        discrete_target: bool | str = "auto",
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.scheme = scheme

    def _criterion(self) -> Criterion:
        return resolve_criterion("mrmr", {"scheme": self.scheme})


MRMR = MIRMR


class JMI(BaseSelector):
    """Joint mutual information: relevance that candidates and picks share.

    The score of a feature k is

        R − mean_j (r_j − c_j)

    with R = I(Xk;Y), r_j = I(Xk;Xj), c_j = I(Xk;Xj|Y) over the features j chosen
    already, in nats [1]_. It orders candidates as Σ_j I(Xk,Xj;Y) does, which is what
    other programs report. The first feature is the most relevant one.

    Use it by default: it avoids repetition and sees features that are informative only
    together [2]_. A round costs one joint count with the class for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        ``"plugin"`` or an object such as `mifs.estimators.PlugIn`; ``"auto"`` is
        ``"plugin"``.
    discrete_features : "auto", bool, mask, indices or names, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; this criterion is deterministic.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    selected_indices_ : ndarray of shape (n_selected,)
        Column indices in the order of choice.
    support_ : ndarray of shape (n_features_in_,), bool
        Mask of the selected features.
    ranking_ : ndarray of shape (n_features_in_,), int
        1 is the feature chosen first; those never chosen follow by relevance.
    scores_ : ndarray of shape (n_features_in_,)
        Score at the step where a feature was chosen, NaN if it never was; nats.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    target_kind_ : str
    mi_estimator_ : estimator
        The estimator used, with the edges of the bins it learned.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)

    See Also
    --------
    MIRMR : Cheaper, without the conditional term.

    References
    ----------
    .. [1] H. H. Yang, J. Moody, "Feature selection based on joint mutual information",
       Advances in Intelligent Data Analysis (1999).
    .. [2] G. Brown, A. Pocock, M.-J. Zhao, M. Luján, "Conditional likelihood
       maximisation", JMLR 13 (2012).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import JMI
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> JMI(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst area', 'worst radius']
    """

    def _criterion(self) -> Criterion:
        return resolve_criterion("jmi")


class MISelector(BaseSelector):
    """Any criterion, by name or as a record of your own.

    The formulas stand in `mifs.criteria`; each has a class of its own, too.

    Parameters
    ----------
    criterion : str or Criterion, default="jmi"
        A key of `mifs.criteria.CRITERIA`, or a `mifs.criteria.Criterion`.
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    criterion_params : dict, default=None
        Parameters of the criterion, such as ``{"scheme": "quotient"}`` of mRMR.
    mi_estimator : str or estimator, default="auto"
        ``"plugin"`` or an object such as `mifs.estimators.PlugIn`; ``"auto"`` is
        ``"plugin"``.
    discrete_features : "auto", bool, mask, indices or names, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy criteria are deterministic.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    selected_indices_ : ndarray of shape (n_selected,)
        Column indices in the order of choice.
    support_ : ndarray of shape (n_features_in_,), bool
        Mask of the selected features.
    ranking_ : ndarray of shape (n_features_in_,), int
        1 is the feature chosen first; those never chosen follow by relevance.
    scores_ : ndarray of shape (n_features_in_,)
        Score at the step where a feature was chosen, NaN if it never was; nats.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    target_kind_ : str
    mi_estimator_ : estimator
        The estimator used, with the edges of the bins it learned.
    n_features_in_ : int
    feature_names_in_ : ndarray of shape (n_features_in_,)

    See Also
    --------
    JMI : The default criterion as a class.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from mifs import MISelector
    >>> X, y = load_wine(return_X_y=True)
    >>> MISelector("mrmr", 3, criterion_params={"scheme": "quotient"}).fit_transform(
    ...     X, y
    ... ).shape
    (178, 3)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseSelector._parameter_constraints,
        "criterion": [str, Criterion],
        "criterion_params": [dict, None],
    }

    def __init__(
        self,
        criterion: str | Criterion = "jmi",
        n_features_to_select: int | float | str | None = 10,
        *,
        criterion_params: Mapping[str, Any] | None = None,
        mi_estimator: Any = "auto",
        discrete_features: Any = "auto",
        discrete_target: bool | str = "auto",
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.criterion = criterion
        self.criterion_params = criterion_params

    def _criterion(self) -> Criterion:
        return resolve_criterion(self.criterion, self.criterion_params)
