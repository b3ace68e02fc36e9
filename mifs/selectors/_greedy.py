"""One short class for each criterion, and one for all of them by name."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, ClassVar

from sklearn.utils._param_validation import Interval, StrOptions

from mifs.criteria import Criterion
from mifs.criteria import resolve as resolve_criterion
from mifs.selectors._base import BaseSelector


class MIM(BaseSelector):
    """Rank features by their mutual information with the target alone.

    The score of a feature is R = I(Xk;Y) in nats [1]_.

    Use it as a first look, or where features are known not to repeat each other: it
    takes one pass over the table, and chooses every copy of a good feature.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

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
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import MIM
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> MIM(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst radius', 'worst area']
    """

    _criterion_name = "mim"


class MIFS(BaseSelector):
    """Relevance less the weighted sum of redundancies.

    The score of a feature k is

        R − β Σ_j r_j

    with R = I(Xk;Y), r_j = I(Xk;Xj) over the features j chosen already, in nats [1]_.

    Use it to compare with older work: the sum grows with the number of picks, so that
    late picks are chosen for being different; `MIRMR` takes the mean. A round costs at
    most one joint count for each candidate; it is searched lazily.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    beta : float, default=1.0
        Weight β ≥ 0 of the redundancies.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    MIRMR : The mean in place of the sum.

    References
    ----------
    .. [1] R. Battiti, "Using mutual information for selecting features in supervised
       neural net learning", IEEE Transactions on Neural Networks 5 (1994).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import MIFS
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> MIFS(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst texture', 'mean smoothness']
    """

    _criterion_name = "mifs"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseSelector._parameter_constraints,
        "beta": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        n_features_to_select: int | float | str | None = 10,
        *,
        beta: float = 1.0,
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
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            include=include,
            exclude=exclude,
            groups=groups,
            costs=costs,
            cost_weight=cost_weight,
            warm_start=warm_start,
            multioutput=multioutput,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.beta = beta


class MIRMR(BaseSelector):
    """Minimum redundancy, maximum relevance, by mutual information (mRMR).

    The score of a feature k is

        R − mean_j r_j                        (``scheme="difference"``)
        R / (mean_j r_j + 1e-4·ln 2)          (``scheme="quotient"``)

    with R = I(Xk;Y), r_j = I(Xk;Xj) over the features j chosen already, in nats; the
    quotient is a ratio, and its constant, 1e-4 bits, is that of Peng's program [1]_.
    The first feature is the most relevant one, and its score is R.

    Use it to get a compact set without repetition. It cannot see features that are
    informative only together (see `JMI`). A round costs at most one joint count for
    each candidate; it is searched lazily.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    scheme : {"difference", "quotient"}, default="difference"
        Relevance less redundancy, or divided by it.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
        Score at the step where a feature was chosen, NaN if it never was; nats, or a
        ratio for the quotient.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

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
    ['worst perimeter', 'worst texture', 'mean concave points']
    """

    _criterion_name = "mrmr"

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
        include: Any = None,
        exclude: Any = None,
        groups: Any = None,
        costs: Any = None,
        cost_weight: float = 1.0,
        warm_start: bool = False,
        multioutput: str = "auto",
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            include=include,
            exclude=exclude,
            groups=groups,
            costs=costs,
            cost_weight=cost_weight,
            warm_start=warm_start,
            multioutput=multioutput,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.scheme = scheme


MRMR = MIRMR


class CIFE(BaseSelector):
    """Conditional infomax feature extraction: all first-order terms, summed.

    The score of a feature k is

        R − Σ_j r_j + Σ_j c_j

    with R = I(Xk;Y), r_j = I(Xk;Xj), c_j = I(Xk;Xj|Y) over the features j chosen
    already, in nats [1]_.

    Use it where features interact strongly and few are chosen; the sums outgrow the
    relevance as the set grows (see `JMI`, which takes means). A round costs one joint
    count with the class for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMI : The means of the same terms.
    BetaGamma : Weights for both sums.

    References
    ----------
    .. [1] D. Lin, X. Tang, "Conditional infomax learning: an integrated framework for
       feature extraction and fusion", ECCV (2006).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import CIFE
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> CIFE(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'mean fractal dimension']
    """

    _criterion_name = "cife"


class CondRed(BaseSelector):
    """Relevance plus conditional redundancy.

    The score of a feature k is

        R + Σ_j c_j

    with R = I(Xk;Y), c_j = I(Xk;Xj|Y) over the features j chosen already, in
    nats [1]_.

    It has no penalty for repetition and is here for comparison. A round costs one joint
    count with the class for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    CIFE : Also subtracts the redundancies.

    References
    ----------
    .. [1] G. Brown, A. Pocock, M.-J. Zhao, M. Luján, "Conditional likelihood
       maximisation", JMLR 13 (2012).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import CondRed
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> CondRed(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst radius', 'worst area']
    """

    _criterion_name = "condred"


class BetaGamma(BaseSelector):
    """The space of first-order criteria, by two weights.

    The score of a feature k is

        R − β Σ_j r_j + γ Σ_j c_j

    with R = I(Xk;Y), r_j = I(Xk;Xj), c_j = I(Xk;Xj|Y) over the features j chosen
    already, in nats [1]_. β = γ = 1 is `CIFE`, γ = 0 is `MIFS`, β = 0 is `CondRed`.

    Use it to search the space between these. A round costs one joint count with the
    class for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    beta : float, default=1.0
        Weight β ≥ 0 of the redundancies.
    gamma : float, default=1.0
        Weight γ ≥ 0 of the conditional redundancies.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    CIFE : Both weights 1.

    References
    ----------
    .. [1] G. Brown, A. Pocock, M.-J. Zhao, M. Luján, "Conditional likelihood
       maximisation", JMLR 13 (2012).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import BetaGamma
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> BetaGamma(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'mean fractal dimension']
    """

    _criterion_name = "betagamma"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseSelector._parameter_constraints,
        "beta": [Interval(Real, 0, None, closed="left")],
        "gamma": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        n_features_to_select: int | float | str | None = 10,
        *,
        beta: float = 1.0,
        gamma: float = 1.0,
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
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            include=include,
            exclude=exclude,
            groups=groups,
            costs=costs,
            cost_weight=cost_weight,
            warm_start=warm_start,
            multioutput=multioutput,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.beta = beta
        self.gamma = gamma


class JMI(BaseSelector):
    """Joint mutual information: what candidates and picks say together.

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
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    MIRMR : Cheaper, without the conditional term.
    JMIM : The least of the same joint terms in place of their mean.
    JMI3 : Joint terms of three features.

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
    ['worst perimeter', 'worst concave points', 'mean texture']
    """

    _criterion_name = "jmi"


class CMIM(BaseSelector):
    """Conditional mutual information maximisation, by the worst case.

    The score of a feature k is

        min( R, min_j (R − r_j + c_j) )

    where R − r_j + c_j = I(Xk;Y|Xj) for each feature j chosen already, in nats. This is
    Fleuret's algorithm [1]_, with R inside the minimum, as in FEAST and praznik;
    ``include_relevance=False`` leaves R out, as in his equation 2, skfeature and
    ITMO_FS.

    Use it for fast selection without repetition: a feature counts for what it says
    beyond the one pick that knows most of it. It is searched lazily, with 20 to 200
    times fewer joint counts than candidates and picks.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    include_relevance : bool, default=True
        Whether R stands inside the minimum.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMIM : The least joint information.

    References
    ----------
    .. [1] F. Fleuret, "Fast binary feature selection with conditional mutual
       information", JMLR 5 (2004).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import CMIM
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> CMIM(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'worst texture']
    """

    _criterion_name = "cmim"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseSelector._parameter_constraints,
        "include_relevance": ["boolean"],
    }

    def __init__(
        self,
        n_features_to_select: int | float | str | None = 10,
        *,
        include_relevance: bool = True,
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
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            include=include,
            exclude=exclude,
            groups=groups,
            costs=costs,
            cost_weight=cost_weight,
            warm_start=warm_start,
            multioutput=multioutput,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.include_relevance = include_relevance


class ICAP(BaseSelector):
    """Interaction capping: redundancy counts, synergy does not.

    The score of a feature k is

        R − Σ_j max(0, r_j − c_j)

    with R = I(Xk;Y), r_j = I(Xk;Xj), c_j = I(Xk;Xj|Y) over the features j chosen
    already, in nats [1]_. Each term is clipped, as in FEAST, not their sum.

    Use it to penalise every repetition, but to believe in no synergy. A round costs at
    most one joint count with the class for each candidate; it is searched lazily.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    CIFE : The same terms without the clipping.

    References
    ----------
    .. [1] A. Jakulin, "Machine learning based on attribute interactions", PhD thesis,
       University of Ljubljana (2005).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import ICAP
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> ICAP(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'worst fractal dimension']
    """

    _criterion_name = "icap"


class DISR(BaseSelector):
    """Double input symmetrical relevance.

    The score of a feature k is

        mean_j I(Xk,Xj;Y) / H(Xk,Xj,Y)

    over the features j chosen already [1]_, a ratio; the first score is R = I(Xk;Y) in
    nats. Other programs report the sum.

    Use it where features differ much in their number of levels: the joint entropy
    in the denominator counts against many levels. Needs joint entropies; a round costs
    one joint count with the class for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
        Score at the step where a feature was chosen, NaN if it never was; a ratio, but
        nats for the first.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMI : Without the denominator.
    NJMIM : The least of the same ratios.

    References
    ----------
    .. [1] P. E. Meyer, G. Bontempi, "On the use of variable complementarity for feature
       selection in cancer classification", EvoWorkshops (2006).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import DISR
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> DISR(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst radius', 'worst area']
    """

    _criterion_name = "disr"


class JMIM(BaseSelector):
    """Joint mutual information maximisation: the least joint information.

    The score of a feature k is

        min_j I(Xk,Xj;Y),    I(Xk,Xj;Y) = R_j + R − r_j + c_j

    over the features j chosen already, in nats [1]_.

    Use it in place of `JMI` where one close relative among the picks should be enough
    to hold a candidate back. A round costs at most one joint count with the class for
    each candidate; it is searched lazily.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMI : The mean in place of the least.
    NJMIM : Divided by the joint entropy.

    References
    ----------
    .. [1] M. Bennasar, Y. Hicks, R. Setchi, "Feature selection using joint mutual
       information maximisation", Expert Systems with Applications 42 (2015).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import JMIM
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> JMIM(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'worst texture']
    """

    _criterion_name = "jmim"


class NJMIM(BaseSelector):
    """Normalised joint mutual information maximisation.

    The score of a feature k is

        min_j I(Xk,Xj;Y) / H(Xk,Xj,Y)

    over the features j chosen already [1]_, a ratio; the first score is R = I(Xk;Y) in
    nats.

    Use it in place of `JMIM` where features differ much in their number of levels.
    Needs joint entropies; a round costs at most one joint count with the class for each
    candidate; it is searched lazily.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
        Score at the step where a feature was chosen, NaN if it never was; a ratio, but
        nats for the first.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMIM : Without the denominator.

    References
    ----------
    .. [1] M. Bennasar, Y. Hicks, R. Setchi, "Feature selection using joint mutual
       information maximisation", Expert Systems with Applications 42 (2015).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import NJMIM
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> NJMIM(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst radius', 'worst area']
    """

    _criterion_name = "njmim"


class CMI(BaseSelector):
    """Conditional mutual information given all features chosen before.

    The score of a feature k is

        I(Xk;Y | S),    S the joint label of all features chosen already,

    in nats [1]_. This is what the other criteria approximate.

    Use it for few features and many samples: soon the joint label has as many levels as
    there are samples, and then nothing is left to be said. Needs joint counts; a round
    costs one for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMI : The first-order approximation.

    References
    ----------
    .. [1] G. Brown, A. Pocock, M.-J. Zhao, M. Luján, "Conditional likelihood
       maximisation", JMLR 13 (2012).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import CMI
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> CMI(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'worst texture']
    """

    _criterion_name = "cmi"


class JMI3(BaseSelector):
    """Joint mutual information of three features.

    The score of a feature k is

        mean over pairs i < j of picks of I(Xk,Xi,Xj;Y)

    in nats, I(Xk,Xj;Y) with one pick, and R first [1]_. The estimate is the plug-in,
    without the shrinkage of the paper; praznik reports sums.

    Use it where three features interact and samples are many. Needs joint counts; the
    choice of feature t ≥ 3 costs t − 2 of them for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMI : Pairs in place of triples.

    References
    ----------
    .. [1] K. Sechidis et al., "Efficient feature selection using shrinkage estimators",
       Machine Learning 108 (2019).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import JMI3
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> JMI3(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'worst texture']
    """

    _criterion_name = "jmi3"


class RelaxMRMR(BaseSelector):
    """Relaxed mRMR: first- and second-order redundancies.

    The score of a feature k is

        R − mean_j r_j + mean_j c_j − mean over i ≠ j of I(Xk;Xi | Xj)

    over the features i, j chosen already, in nats [1]_.

    Use it where `MIRMR` leaves out features that repeat each other only in part. Needs
    joint counts; the choice of feature t ≥ 2 costs t − 1 of them for each candidate.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    MIRMR : First-order redundancies only.

    References
    ----------
    .. [1] N. X. Vinh et al., "Can high-order dependencies improve mutual information
       based feature selection?", Pattern Recognition 53 (2016).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import RelaxMRMR
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> RelaxMRMR(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'worst texture']
    """

    _criterion_name = "relaxmrmr"


class SpecCMI(BaseSelector):
    """Global selection by the spectrum of conditional information.

    Features are ranked by their weights in the dominant eigenvector of Q,

        Q_ii = I(Xi;Y),    Q_ij = ½ [I(Xi;Y|Xj) + I(Xj;Y|Xi)]

    [1]_; the score is the weight, of a vector of length 1.

    Use it where a greedy first pick may mislead. It counts all p (p − 1) / 2 pairs of
    features with the class, holds a matrix of them and refuses more than 5 000
    features; include and costs have no meaning for it.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
        Score at the step where a feature was chosen, NaN if it never was; a weight.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    JMI : Greedy, for any number of features.

    References
    ----------
    .. [1] X. V. Nguyen et al., "Effective global approaches for mutual information
       based feature selection", KDD (2014).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import SpecCMI
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> SpecCMI(3).fit(X, y).path_["name"].tolist()
    ['worst area', 'worst radius', 'worst perimeter']
    """

    _criterion_name = "spec_cmi"


class FCBF(BaseSelector):
    """Fast correlation-based filter by symmetrical uncertainty.

    With SU(A, B) = 2 I(A;B) / (H(A) + H(B)), features are ordered by SU(Xk, Y); one by
    one, a survivor p removes every later q with SU(Xp, Xq) ≥ SU(Xq, Y) [1]_. The
    score is SU(Xk, Y), a ratio. Survivors come first in that order, then the removed;
    ``n_features_to_select`` cuts it.

    Use it for a small set from very many features: a survivor costs one joint count for
    each feature that is left, a removed one nothing more. Needs entropies; include and
    costs have no meaning for it.

    Parameters
    ----------
    n_features_to_select : int, float, "auto" or None, default=10
        A number (with a warning if the table has fewer features), a fraction in
        (0, 1], or None to rank and keep all. ``"auto"`` is not available yet.
    threshold : float, default=0.0
        Features of no higher symmetrical uncertainty with the target never survive.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
        Score at the step where a feature was chosen, NaN if it never was; a ratio.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

    See Also
    --------
    MIRMR : Subtracts redundancy in place of filtering by it.

    References
    ----------
    .. [1] L. Yu, H. Liu, "Efficient feature selection via analysis of relevance and
       redundancy", JMLR 5 (2004).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import FCBF
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> FCBF(3).fit(X, y).path_["name"].tolist()
    ['worst perimeter', 'worst concave points', 'worst texture']
    """

    _criterion_name = "fcbf"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **BaseSelector._parameter_constraints,
        "threshold": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        n_features_to_select: int | float | str | None = 10,
        *,
        threshold: float = 0.0,
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
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            include=include,
            exclude=exclude,
            groups=groups,
            costs=costs,
            cost_weight=cost_weight,
            warm_start=warm_start,
            multioutput=multioutput,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.threshold = threshold


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
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : indices or names, default=None
        Features chosen first, in this order, and scored.
    exclude : mask, indices or names, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Used only where chance enters; the greedy search is deterministic.
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
        Score at the step where a feature was chosen, NaN if it never was; nats,
        or the unit of the criterion.
    relevance_ : ndarray of shape (n_features_in_,)
        I(Xk;Y) of every feature, nats.
    path_ : DataFrame
        One row a step: feature, name, score, relevance, redundancy,
        conditional_redundancy (means over the earlier picks), runner_up, margin.
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features_in_,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features_in_,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where they have names.

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
        include: Any = None,
        exclude: Any = None,
        groups: Any = None,
        costs: Any = None,
        cost_weight: float = 1.0,
        warm_start: bool = False,
        multioutput: str = "auto",
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            n_features_to_select,
            mi_estimator=mi_estimator,
            discrete_features=discrete_features,
            discrete_target=discrete_target,
            include=include,
            exclude=exclude,
            groups=groups,
            costs=costs,
            cost_weight=cost_weight,
            warm_start=warm_start,
            multioutput=multioutput,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.criterion = criterion
        self.criterion_params = criterion_params

    def _criterion(self) -> Criterion:
        return resolve_criterion(self.criterion, self.criterion_params)
