"""What a report counts in the data, which a fitted selector does not keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.base import clone

from mifs._arrays import FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._data.table import Table
from mifs._problem.data import read_data
from mifs._problem.problem import Problem
from mifs._report._outputs import outputs_of
from mifs._terms import REDUNDANCY
from mifs.criteria import Criterion, resolve
from mifs.estimators import Estimator, PlugIn
from mifs.exceptions import (
    ChanceWarning,
    ConstantFeatureWarning,
    HighCardinalityWarning,
    IdLikeWarning,
    LeakWarning,
)
from mifs.plotting._two_variables import Variable, feature_of
from mifs.selectors._base import BaseSelector, column_labels, criterion_of, problem_of
from mifs.selectors._compare import compared
from mifs.selectors._comparison import Comparison
from mifs.selectors._profile import facts_of

# Features whose redundancy and distribution are shown.
SHOWN = 30
# Columns up to which near duplicates are looked for: their pairs are counted.
PAIRS = 1000
# What the path and the profile say in their own words.
SAID = {
    ChanceWarning,
    ConstantFeatureWarning,
    HighCardinalityWarning,
    IdLikeWarning,
    LeakWarning,
}


@dataclass(frozen=True, eq=False)
class Counted:
    """What the data say beside the selector.

    Attributes
    ----------
    table : Table
    facts : DataFrame
        As `mifs.profile` gives them.
    columns : ndarray of shape (k,), intp
        Chosen features that are shown.
    shares : ndarray of shape (k, k)
        Their normalised mutual information.
    features : list of Variable
        The same features as they were counted.
    outputs : list of Variable
        The target, or several outputs over which information is averaged; empty: there
        is none.
    comparison : Comparison or None
        Of criteria.
    unable : tuple of str
        Criteria for which the estimator does not give what they need.
    findings : tuple of str
        What is odd about the table.
    """

    table: Table
    facts: pd.DataFrame
    columns: IntArray
    shares: FloatArray
    features: list[Variable]
    outputs: list[Variable]
    comparison: Comparison | None = None
    unable: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def target(self) -> Variable | None:
        """The target, or the first of several outputs."""
        return self.outputs[0] if self.outputs else None

    @property
    def target_entropy(self) -> float:
        """H(Y), or its mean over the outputs, nats; NaN where one is a quantity."""
        if not self.outputs or any(output.continuous for output in self.outputs):
            return math.nan
        entropies = [_entropy(output.codes, self.weights) for output in self.outputs]
        return float(np.mean(entropies))

    @property
    def weights(self) -> FloatArray:
        """How many rows each row stands for."""
        weights = self.table.weights
        return np.ones(self.table.n_rows) if weights is None else weights.row_counts


def count(
    selector: BaseSelector,
    columns: IntArray,
    data: tuple[object, object, object],
    criteria: Sequence[str | Criterion],
    target_names: Sequence[str],
) -> Counted:
    """Read the data of ``fit`` (X, y, weights) once, and count what is shown of them.

    Raises
    ------
    ValueError, TypeError
        Data of other columns than those of the selector, or that it refuses.
    """
    own: BaseSelector = clone(selector)
    problem = problem_of(own, *data)
    _check_columns(selector, own)
    table = read_data(problem.data, problem.estimator, problem.n_jobs)
    names = column_labels(selector)
    counting = _counting(problem.estimator)
    encoded = counting.encode(replace(table, further=()), n_jobs=problem.n_jobs)
    shown = columns[:SHOWN]
    has_target = table.target.n_classes != 1
    comparison: Comparison | None = None
    unable: list[str] = []
    findings: tuple[str, ...] = ()
    if criteria and has_target:
        allowed, unable = _allowed(problem, table, selector, criteria)
        comparison, findings = _compared(problem, table, allowed)
    facts = facts_of(table, names, problem.n_jobs, pairs=table.n_features <= PAIRS)
    return Counted(
        table,
        facts.set_axis(pd.Index(names, tupleize_cols=False)),
        shown,
        _shares(counting, encoded, shown),
        [feature_of(table, encoded, names[j], j) for j in shown.tolist()],
        outputs_of(table, encoded, target_names) if has_target else [],
        comparison,
        tuple(unable),
        findings,
    )


def _check_columns(fitted: BaseSelector, read: BaseSelector) -> None:
    """Refuse a table of other columns than those of the fit."""
    known = list(getattr(fitted, "feature_names_in_", ()))
    given = list(getattr(read, "feature_names_in_", ()))
    if fitted.n_features_in_ != read.n_features_in_:
        raise ValueError(
            f"X has {read.n_features_in_} columns, and the selector was fitted to "
            f"{fitted.n_features_in_}: pass the X of its fit"
        )
    if known and given and known != given:
        pairs = zip(known, given, strict=True)
        own, other = next((a, b) for a, b in pairs if a != b)
        raise ValueError(
            f"X has a column {other!r} where the selector was fitted to {own!r}: pass "
            "the X of its fit"
        )


def _counting(estimator: Estimator) -> PlugIn:
    """Return an estimator that counts what is shown, in the selector's bins."""
    if not isinstance(estimator, PlugIn):
        return PlugIn(correction=None)
    own: PlugIn = clone(estimator)
    own.set_params(correction=None, missing="category")
    return own


def _allowed(
    problem: Problem,
    table: Table,
    selector: BaseSelector,
    criteria: Sequence[str | Criterion],
) -> tuple[list[Criterion], list[str]]:
    """Return the selector's criterion, others, and names of those it cannot serve."""
    records = {record.name: record for record in map(resolve, criteria)}
    own = criterion_of(selector)
    records = {own.name: own} | (records | {own.name: own})
    able = problem.estimator.capabilities(table).terms
    allowed = [record for record in records.values() if record.terms <= able]
    return allowed, [name for name, one in records.items() if not one.terms <= able]


def _compared(
    problem: Problem, table: Table, records: Sequence[Criterion]
) -> tuple[Comparison, tuple[str, ...]]:
    """Compare criteria; what is odd is said but for what the page says itself."""
    comparison, findings = compared(problem, table, records)
    odd = (one for one in findings if one.category not in SAID)
    return comparison, tuple(finding.text for finding in odd)


def _shares(counting: PlugIn, encoded: EncodedTable, columns: IntArray) -> FloatArray:
    """Normalised mutual information of every two of some columns."""
    k = len(columns)
    shares = np.eye(k)
    if k < 2:
        return shares
    terms = counting.terms(encoded.columns(columns))
    entropy, _ = terms.entropies()
    wanted = frozenset({REDUNDANCY})
    for j in range(k - 1):
        others = np.arange(j + 1, k)
        found = terms.pairwise(j, others, wanted)[REDUNDANCY]
        mean = (entropy[j] + entropy[others]) / 2
        share = np.divide(found, mean, out=np.zeros(len(others)), where=mean > 0)
        shares[j, others] = shares[others, j] = share
    return shares


def _entropy(codes: IntArray, weights: FloatArray) -> float:
    counts = np.bincount(codes, weights)
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def other_data(selector: BaseSelector, comparison: Comparison) -> bool:
    """Whether the same search found other features in the data of a comparison."""
    path = comparison.path
    again = path["feature"][path["criterion"] == criterion_of(selector).name]
    return bool(again.tolist() != selector.path_["feature"].tolist())
