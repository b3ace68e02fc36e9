"""Several criteria over one table, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mifs._data.table import Table
from mifs._data.telling import working
from mifs._problem.abilities import require
from mifs._problem.constraints import Units
from mifs._problem.data import read_data
from mifs._problem.findings import Finding, at_chance, why
from mifs._problem.oddities import count_levels, find_oddities
from mifs._problem.problem import Plan, Problem, choose, make_gate, make_plan
from mifs._search import Path, TermCache
from mifs._terms import JOINT_COUNTS
from mifs._warn import warn
from mifs.criteria import Criterion
from mifs.criteria import resolve as resolve_criterion
from mifs.estimators import Terms
from mifs.estimators._mean import prepare
from mifs.selectors._base import made_here, problem_of
from mifs.selectors._comparison import Comparison
from mifs.selectors._criteria.by_name import MISelector
from mifs.selectors._tables import as_they_are


def compare(
    X: object,
    y: object,
    criteria: str | Criterion | Sequence[str | Criterion] = (
        "mim",
        "mrmr",
        "jmi",
        "cmim",
    ),
    n_features_to_select: int | float | str | None = 10,
    *,
    mi_estimator: object = "auto",
    discrete_features: object = "auto",
    discrete_target: bool | str = "auto",
    multioutput: str = "auto",
    sample_weight: object = None,
    include: object = None,
    groups: object = None,
    random_state: int | np.random.RandomState | None = 0,
    n_jobs: int | None = None,
) -> Comparison:
    """Run several criteria over one table, each term computed once.

    Warns of what is odd (ids, constants, leaks, copies) as the `fit` of a selector
    does, once, and of the features of each criterion that add no more than chance.

    Parameters
    ----------
    X : {array-like, DataFrame} of shape (n_samples, n_features), or Scan
        Numbers, booleans, strings or categories.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes of any type, numbers, or a structured array of events and times; None
        beside a `mifs.Scan`, which has it.
    criteria : str, Criterion or sequence, default=("mim", "mrmr", "jmi", "cmim")
        Names of `mifs.criteria.CRITERIA`, or records; their names tell them apart.
    n_features_to_select : int, float, "auto" or None, default=10
        Features that each criterion chooses, as in the selectors.
    mi_estimator : str or estimator, default="auto"
        As in the selectors.
    discrete_features : "auto", bool, mask, indices, names or callable, default="auto"
        As in the selectors.
    discrete_target : "auto" or bool, default="auto"
        As in the selectors.
    multioutput : {"auto", "joint", "mean"}, default="auto"
        As in the selectors.
    sample_weight : array-like of shape (n_samples,), default=None
        As in their `fit`.
    include, groups : default=None
        As in the selectors; a group is one feature, of which the path has the first
        column.
    random_state : int, RandomState instance or None, default=0
        As in the selectors.
    n_jobs : int, default=None
        Threads, as in joblib. The result does not depend on it.

    Returns
    -------
    comparison : Comparison
        The paths, and how far they agree.

    Raises
    ------
    ValueError
        No criteria, one given twice, unknown ones, or data that a selector refuses.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from mifs import compare
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> compare(X, y, ["mrmr", "jmi"], n_features_to_select=3)
         mrmr                 jmi
    step
    1    worst perimeter      worst perimeter
    2    worst texture        worst concave points
    3    mean concave points  mean concave points
    Jaccard agreement: 0.50
    """
    if isinstance(criteria, str) or not isinstance(criteria, Iterable):
        criteria = [criteria]
    records = [resolve_criterion(criterion) for criterion in criteria]
    names = [record.name for record in records]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"criteria={names} must be one or more, each once")
    reader = MISelector(
        records[0],
        n_features_to_select,
        mi_estimator=mi_estimator,
        discrete_features=discrete_features,
        discrete_target=discrete_target,
        multioutput=multioutput,
        include=include,
        groups=groups,
        random_state=random_state,
        n_jobs=n_jobs,
    )
    problem = problem_of(reader, X, y, sample_weight)
    with made_here(problem.data.X, X), working("compare", None):
        table = read_data(problem.data, problem.estimator, n_jobs)
        comparison, findings = compared(problem, table, records)
    for finding in findings:
        warn(finding.text, finding.category)
    return comparison


def compared(
    problem: Problem, table: Table, records: Sequence[Criterion]
) -> tuple[Comparison, list[Finding]]:
    """Solve a problem by each of several criteria, and say nothing yet.

    Raises
    ------
    ValueError, TypeError
        What cannot be solved.
    """
    for record in records:
        require(record.terms, f"criterion {record.name!r}", problem.estimator, table)
    plan = make_plan(problem, table)
    terms = prepare(problem.estimator, table, problem.n_jobs)
    cache = TermCache(terms)
    # Those of most terms first, so that the others find theirs in the cache.
    richest = sorted(records, key=lambda record: -len(record.terms))
    found = {
        record.name: _search(replace(problem, criterion=record), table, plan, cache)
        for record in richest
    }
    units = plan.units
    picked = {unit for path in found.values() for unit in path.feature}
    chosen = sorted(column for unit in picked for column in units.members[unit])
    odd = find_oddities(table, terms, count_levels(table, terms), [], chosen)
    second = _at_chance(found, plan) if problem.n_features is not None else []
    findings = [*plan.findings, *odd, *second]
    paths = {record.name: found[record.name] for record in records}
    joint = sum(p.n_evaluations for n, p in paths.items() if _is_joint(n, records))
    comparison = Comparison(
        _tidy(paths, units),
        _agreement(paths, len(units.members)),
        cache.n_computed + joint,
        tuple(finding.text for finding in findings),
    )
    return comparison, findings


def _search(problem: Problem, table: Table, plan: Plan, terms: Terms) -> Path:
    gate = make_gate(problem, table, plan, terms)
    return choose(problem, plan, terms, gate=gate)


def _at_chance(paths: dict[str, Path], plan: Plan) -> list[Finding]:
    """Say of each criterion which of its features add no more than chance would."""
    n_excluded = len(plan.constraints.exclude)
    return [
        Finding(finding.category, f"{name}: {finding.text}")
        for name, path in paths.items()
        for finding in at_chance(path, plan.units, why(path, plan.units, n_excluded))
    ]


def _is_joint(name: str, records: Sequence[Criterion]) -> bool:
    record = next(record for record in records if record.name == name)
    return JOINT_COUNTS in record.terms


def _tidy(paths: dict[str, Path], units: Units) -> pd.DataFrame:
    frames = [
        pd.DataFrame(
            {
                "criterion": criterion,
                "step": np.arange(1, len(path.feature) + 1),
                "feature": np.array(
                    [units.members[unit][0] for unit in path.feature], np.intp
                ),
                "name": as_they_are(units.names[unit] for unit in path.feature),
                "score": path.score,
            }
        )
        for criterion, path in paths.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _agreement(paths: dict[str, Path], p: int) -> dict[str, pd.DataFrame]:
    member = np.zeros((len(paths), p))
    for row, path in enumerate(paths.values()):
        member[row, path.feature] = 1
    shared: NDArray[np.float64] = member @ member.T
    k = np.diag(shared)
    chance = np.outer(k, k) / p
    # Of two that chose nothing neither is defined.
    with np.errstate(invalid="ignore"):
        jaccard = shared / (k[:, None] + k - shared)
        kuncheva = (shared - chance) / (np.sqrt(np.outer(k, k)) - chance)
    labels = list(paths)
    return {
        "jaccard": pd.DataFrame(jaccard, labels, labels),
        "kuncheva": pd.DataFrame(kuncheva, labels, labels),
    }
