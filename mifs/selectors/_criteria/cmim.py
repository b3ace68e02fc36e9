"""Conditional mutual information maximisation."""

from __future__ import annotations

from typing import Any, ClassVar

from mifs.selectors._base import BaseSelector


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
        A number (any but 10 with a warning if the table has fewer features), a
        fraction in (0, 1], rounded down, ``"auto"`` for those that add more than chance
        (see ``alpha``), or None to rank and keep all.
    include_relevance : bool, default=True
        Whether R stands inside the minimum.
    mi_estimator : str or estimator, default="auto"
        A name of `mifs.estimators.ESTIMATORS` or an object such as
        `mifs.estimators.PlugIn`; ``"auto"`` is ``"plugin"``, which is corrected for
        chance; ``PlugIn(correction=None)`` gives the published search.
    discrete_features : "auto", bool, mask, indices, labels or callable, default="auto"
        Which columns are discrete. ``"auto"``: booleans, strings, categories, and
        integers with at most ``max(2, min(50, n_samples / 10))`` different values.
        A callable is given X and returns one of the others.
    discrete_target : "auto" or bool, default="auto"
        ``"auto"``: booleans, strings, categories, and integers with at most
        ``min(100, n_samples / 2)`` different values.
    include : mask, indices or labels, default=None
        Features chosen first, in this order, and scored. Whole numbers are indices on
        arrays and where all labels are strings, and labels otherwise.
    exclude : mask, indices or labels, default=None
        Features never chosen.
    groups : mapping or labels, default=None
        Columns that are taken or left together as one joint variable: a mapping from
        group names to columns, or one label a column (None: on its own). The number of
        features then counts groups. Only for estimators that count.
    costs : mapping or array-like of shape (n_features,), default=None
        Cost of each feature; ``cost_weight`` times it is subtracted from the score.
    cost_weight : float, default=1.0
        Nats (or the score's unit) that one unit of cost is worth.
    alpha : float, default=0.05
        Level of ``"auto"`` and of the two tiers of a path: first what adds more than
        chance, in the criterion's order, then the rest. If no feature tells anything,
        some feature is in the first tier with this probability at most. 1 tests
        nothing, and so does a number of features with ``PlugIn(correction=None)``: the
        order is the criterion's alone.
    start : "pair" or None, default=None
        ``"pair"``: the first two are the pair of highest I(Xi,Xj;Y), less their costs,
        the more relevant one first, so that those are found that tell something only
        together (XOR). All p (p − 1) / 2 pairs are looked at, which is refused if it
        would take more than an hour. Where a path has two tiers, it is the best pair
        that adds more than chance, to which a fifth of ``alpha`` is left.
    random_state : int, RandomState instance or None, default=0
        Of the tables that a test of few rows draws from their margins.
    warm_start : bool, default=False
        Continue the path of the last fit on the same data, with a larger
        ``n_features_to_select``; the result equals that of a fresh fit. A path of two
        tiers is searched anew.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        What to do with a target of several outputs: take each combination of their
        levels as a class, or average the terms of the outputs. ``"auto"`` joins
        discrete outputs of at most ``max(2, n_samples / 10)`` combinations.
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
        1 is the feature chosen first; those never chosen follow by relevance.
    scores_ : ndarray of shape (n_features,)
        Score at the step where a feature was chosen, NaN if it never was; nats.
    relevance_ : ndarray of shape (n_features,)
        I(Xk;Y) of every feature, nats; less what chance would make of it, if the
        estimator is corrected.
    path_ : DataFrame
        One row a step: feature (index), name (label as in the frame), score,
        relevance, redundancy, conditional_redundancy (means over the earlier picks),
        runner_up, runner_up_name, margin, expected (of the relevance, by chance alone),
        p_value (adjusted for all features), tier (1 or 2; 0 where nothing was tested).
    stop_reason_ : str
        Why the path ends.
    n_evaluations_ : int
        Candidate–pick pairs evaluated after the relevances.
    feature_kinds_ : ndarray of shape (n_features,)
        ``"discrete"`` or ``"continuous"``.
    n_levels_ : ndarray of shape (n_features,), int
        Levels of each column, missing values being one, or bins of a continuous one;
        -1 where the estimator does not bin it.
    target_kind_ : str
        ``"discrete"``, ``"continuous"``, or ``"mixed"`` if outputs differ.
    mi_estimator_ : estimator
        The estimator used, with what it learned (say, the edges of bins).
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
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
            alpha=alpha,
            start=start,
            random_state=random_state,
            warm_start=warm_start,
            multioutput=multioutput,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.include_relevance = include_relevance
