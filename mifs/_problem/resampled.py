"""A problem that is solved again and again, of some of its rows, or as these repeat.

Kinds, edges and levels are those of the whole table, which is read and, by an estimator
that counts, encoded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import cast

import numpy as np

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._data.containers import Container, take, unwrap
from mifs._data.drawn import Draws
from mifs._data.encoded import EncodedTable
from mifs._data.weighing import read_weights
from mifs._engines.base import ALONE, Workers
from mifs._engines.drawn import holding
from mifs._problem.abilities import is_lazy
from mifs._problem.clusters import redundancy_clusters
from mifs._problem.data import read_data
from mifs._problem.findings import Finding
from mifs._problem.oddities import constant, count_levels, find_oddities
from mifs._problem.problem import (
    Problem,
    choose,
    computed_once,
    fit_for_tests,
    make_gate,
    make_plan,
    seed_of_tests,
    solve,
)
from mifs._problem.reading import counted, target_kind
from mifs._problem.side_by_side import DrawnGates, OneDraw
from mifs._search import elementwise, search_rows
from mifs.estimators import PlugIn, Terms
from mifs.estimators._base import EncodingEstimator
from mifs.estimators._mean import count, encode, prepare
from mifs.exceptions import OneClassError


@dataclass(frozen=True, eq=False)
class Resample:
    """What was chosen of one resample.

    Attributes
    ----------
    chosen : list of list of int
        Columns of each step.
    relevance : ndarray of shape (n_features,)
        Nats.
    """

    chosen: list[list[int]]
    relevance: FloatArray


class Repeated:
    """A problem whose table is read once.

    Parameters
    ----------
    problem : Problem
        Each resample is solved by one thread.

    Raises
    ------
    ValueError, TypeError
        As `solve`.
    """

    def __init__(self, problem: Problem) -> None:
        estimator = problem.estimator
        self.table = read_data(problem.data, estimator, problem.n_jobs)
        self.plan = make_plan(problem, self.table)
        self.problem, self._seed = problem, seed_of_tests(problem)
        self._encoded: list[EncodedTable] = []
        able = estimator.capabilities(self.table)
        if able.encodes:
            self._encode(able.default_bins)
            self.n_rows = self.table.n_rows
        else:
            self._kept = _kept(problem, self.table.n_rows)
            self.n_rows = len(self._kept[0])

    def __sizeof__(self) -> int:
        """Codes, at least: joblib sends what is large to a cluster once."""
        return self.n_rows * self.table.n_features

    def _encode(self, default_bins: bool) -> None:
        table, problem = self.table, self.problem
        self._estimator = cast(EncodingEstimator, problem.estimator)
        encoded = encode(self._estimator, table, problem.n_jobs)
        self._encoded = [holding(each) for each in encoded]
        self._draws = Draws(table, self._encoded)
        # The tests of a path count on default bins.
        self._default = self._encoded[0]
        if not default_bins:
            self._default = holding(encode(PlugIn(), table, problem.n_jobs)[0])

    @property
    def classes(self) -> IntArray | None:
        """Classes of the rows that can be drawn, of one discrete output."""
        target = self.table.target
        if self.table.further or not target.discrete:
            return None
        if self._encoded or len(self._kept[0]) == self.table.n_rows:
            return target.codes
        # Rows were repeated, as their weights say.
        kept, _, _, given = self._kept
        assert given is not None
        weights = counted(given[kept], self.problem.estimator)
        assert weights is not None
        assert weights.repeats is not None
        return target.codes[np.cumsum(weights.repeats) - 1]

    @cached_property
    def never_chosen(self) -> BoolArray:
        """Columns about which there is nothing to choose: excluded, or constant."""
        never = constant(self.table, count_levels(self.table))
        if len(self._encoded) == 1:
            never |= self._encoded[0].n_levels == 1
        never[self.plan.excluded] = True
        return never

    def choosing(self, n_features: int) -> None:
        """Choose another number of features from now on."""
        self.problem = replace(self.problem, n_features=n_features)
        self.plan = make_plan(self.problem, self.table)

    def terms(self) -> Terms:
        """Terms of the whole table."""
        n_jobs = self.problem.n_jobs
        if self._encoded:
            return count(self._estimator, self._encoded, n_jobs)
        return prepare(self.problem.estimator, self.table, n_jobs)

    def findings(self, terms: Terms, chosen: list[int]) -> list[Finding]:
        """Say what is odd about the whole table, and about columns chosen of it."""
        table, plan = self.table, self.plan
        n_levels = count_levels(table, terms)
        odd = find_oddities(table, terms, n_levels, plan.excluded, chosen)
        return [*plan.findings, *odd]

    def clusters(self, columns: IntArray, level: float) -> list[list[int]]:
        """Group all columns; of some those that nearly repeat each other."""
        if not self._encoded:
            self._default = encode(PlugIn(), self.table, self.problem.n_jobs)[0]
        return redundancy_clusters(self._default, columns, level)

    def on(self, rows: IntArray) -> Resample:
        """Solve the problem of some rows, each once.

        Raises
        ------
        ValueError
            All of them are of one class.
        """
        problem = self._alone()
        if not self._encoded:
            return self._solved(problem, rows)
        table, encoded = self._draws.rows(rows)
        terms = computed_once(problem, self._count(encoded))
        default = partial(self._on_default_bins, rows)
        given = table, self.plan, terms, default, self._seed
        gate = make_gate(problem, *given, shown=False)
        path = choose(problem, self.plan, terms, gate=gate)
        return self._chosen(terms.relevance, path.feature)

    def on_each(
        self, draws: Sequence[IntArray], workers: Workers = ALONE
    ) -> list[Resample]:
        """Solve the problems of some rows each, as `on`: side by side, if they can be.

        Workers share the rounds of all, or else the draws.

        Raises
        ------
        ValueError
            As `on`.
        """
        if not self.side_by_side:
            return list(workers.map(self.on, draws))
        alike: dict[bytes, list[int]] = {}
        for number, rows in enumerate(draws):
            alike.setdefault(self._class_counts(rows), []).append(number)
        found: dict[int, Resample] = {}
        for members in alike.values():
            some = [draws[number] for number in members]
            each = self._together(some, workers) if len(some) > 1 else None
            each = each or list(workers.map(self.on, some))
            found.update(zip(members, each, strict=True))
        return [found[number] for number in range(len(draws))]

    @property
    def side_by_side(self) -> bool:
        """Whether draws may share rounds: of a search that takes them whole."""
        problem = self.problem
        one_output = len(self._encoded) == 1 and not self.plan.units.grouped
        able = problem.estimator.capabilities(self.table)
        # A subclass may count in a way of its own.
        counts = type(problem.estimator) is PlugIn
        whole = elementwise(problem.criterion)
        eager = not is_lazy(problem.criterion, able) and problem.start is None
        return one_output and counts and whole and eager

    def _class_counts(self, rows: IntArray) -> bytes:
        (encoded,) = self._encoded
        counts = np.bincount(encoded.classes[rows], minlength=encoded.n_classes)
        return counts.tobytes()

    def _together(
        self, draws: Sequence[IntArray], workers: Workers
    ) -> list[Resample] | None:
        """Solve draws of as many rows of each class; None: they cannot be stacked."""
        estimator = cast(PlugIn, self._estimator)
        coded = [self._draws.codes(rows)[0] for rows in draws]
        refuse_one_class(coded)
        stacked = estimator.terms_together(coded, workers)
        if stacked is None:
            return None
        problem, plan, relevance = self._alone(), self.plan, stacked.relevance
        gates = self._gates(stacked, draws, coded)
        rules = problem.criterion, plan.stop, plan.constraints
        found = search_rows(stacked, len(draws), *rules, gates, workers)
        rows = relevance.reshape(len(draws), -1)
        return [self._chosen(*one) for one in zip(rows, found, strict=True)]

    def _gates(
        self, stacked: Terms, draws: Sequence[IntArray], coded: Sequence[EncodedTable]
    ) -> DrawnGates | None:
        """Make the tests of draws side by side; None: nothing is tested."""
        problem, plan, gates = self._alone(), self.plan, []
        for number, (rows, encoded) in enumerate(zip(draws, coded, strict=True)):
            terms = OneDraw(stacked, number, len(draws), encoded)
            default = partial(self._on_default_bins, rows)
            table = self._draws.values(rows, [encoded])
            given = table, plan, terms, default, self._seed
            gate = make_gate(problem, *given, shown=False)
            if gate is None:
                return None
            gates.append(gate)
        by_rounds = fit_for_tests(problem)
        return DrawnGates(gates, stacked, coded, by_rounds=by_rounds)

    def reweighted(self, counts: IntArray) -> Resample:
        """Solve the problem of rows that come so many times, without any test.

        Tests would take what is repeated for rows of its own.

        Raises
        ------
        ValueError
            All of them are of one class.
        """
        problem = replace(self._alone(), alpha=1.0)
        if not self._encoded:
            rows = np.flatnonzero(counts)
            return self._solved(problem, rows, counts[rows])
        terms = self._count(self._draws.reweighted(counts))
        path = choose(problem, self.plan, terms)
        return self._chosen(terms.relevance, path.feature)

    def _alone(self) -> Problem:
        return replace(self.problem, n_jobs=1, remember=False)

    def _count(self, encoded: list[EncodedTable]) -> Terms:
        refuse_one_class(encoded)
        return count(self._estimator, encoded, 1)

    def _on_default_bins(self, rows: IntArray) -> Terms:
        return PlugIn().terms(self._default.rows(rows), n_jobs=1)

    def _chosen(self, relevance: FloatArray, units: Sequence[int]) -> Resample:
        members = self.plan.units.members
        return Resample([members[unit] for unit in units], relevance)

    def _solved(
        self, problem: Problem, rows: IntArray, counts: IntArray | None = None
    ) -> Resample:
        """Solve the problem of rows that are read anew, of the kinds of the whole."""
        kept, X, y, weights = self._kept
        at = kept[rows]
        if weights is not None or counts is not None:
            weights = np.ones(len(X)) if weights is None else weights
            weights = weights[at] * (1 if counts is None else counts)
        kind = target_kind(self.table)
        data = replace(
            problem.data,
            X=take(X, at),
            y=take(y, at),
            sample_weight=weights,
            discrete_features=self.table.discrete,
            discrete_target=_KINDS.get(kind, problem.data.discrete_target),
        )
        selection = solve(replace(problem, data=data))
        return Resample(selection.chosen, selection.relevance)


def refuse_one_class(encoded: Sequence[EncodedTable]) -> None:
    """Refuse rows of which some output does not differ.

    Raises
    ------
    ValueError
        All of them are of one class.
    """
    for each in encoded:
        if each.classes.min() == each.classes.max():
            raise OneClassError(
                f"all {each.n_rows} rows are of one class: nothing can be learnt "
                "about the target"
            )


_KINDS: dict[str, bool | str] = {"discrete": True, "continuous": False}


def _kept(
    problem: Problem, n_rows: int
) -> tuple[IntArray, Container, Container, FloatArray | None]:
    """Rows whose weight is not 0, and what the user passed, to be read again."""
    data = problem.data
    X, y = data.X, unwrap(data.y, "y")
    weights, rows = None, np.arange(n_rows)
    if data.sample_weight is not None:
        weights = read_weights(data.sample_weight, X.shape[0])
        rows = np.flatnonzero(weights)
    return rows, X, y, weights
