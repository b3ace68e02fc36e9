"""A problem as a value, and the way from it to a selection, step by step.

`solve` is the whole way: read, plan, estimate, choose, conclude. Each step is a pure
function of what it is given, so that a caller who has a table, an encoded table or
terms already enters where these are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import joblib
from joblib import effective_n_jobs
from sklearn.utils import check_random_state

from mifs._arrays import BoolArray, FloatArray, IntArray
from mifs._data.labels import Labels
from mifs._data.table import Table
from mifs._engines.base import ALONE, Workers
from mifs._problem.abilities import is_lazy, require
from mifs._problem.chance import ChanceGate
from mifs._problem.constraints import Units, group_terms, read_constraints, read_units
from mifs._problem.data import Data, read_data
from mifs._problem.findings import Finding, at_chance, why, without_gain
from mifs._problem.memory import Conditions, Memory, settings
from mifs._problem.number import number_of
from mifs._problem.oddities import count_levels, find_oddities
from mifs._problem.partners import BOTH
from mifs._problem.reading import target_kind
from mifs._problem.start import check_start, pair_start
from mifs._scan import Scan
from mifs._search import (
    PAIRS,
    Constraints,
    Path,
    StopAfter,
    StoppingRule,
    TermCache,
    search,
    spread,
    worker_pool,
)
from mifs._search._greedy import WHOLE
from mifs._terms import CONDITIONAL_REDUNDANCY, JOINT_COUNTS
from mifs.criteria import Criterion
from mifs.estimators import Estimator, PlugIn, Terms
from mifs.estimators._mean import prepare

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be chosen, from what, and how.

    Attributes
    ----------
    data : Data
        What the user passed, and how it is read.
    criterion : Criterion
    estimator : Estimator
        Fresh; keeps what it learns.
    n_features : int, float, "auto" or None, default=10
        As ``n_features_to_select``.
    include, exclude, groups, costs : object, default=None
        As the user passed them.
    cost_weight : float, default=1.0
    alpha : float, default=0.05
        Level of the tests by which a path is parted in two tiers; 1: nothing is tested.
    start : "pair" or None, default=None
        Whether the first two are found by looking at all pairs.
    random_state : int, RandomState or None, default=0
        Of the tables that such tests draw.
    n_jobs : int or None, default=None
    remember : bool, default=False
        Whether a later problem may go on from the path (``warm_start``).
    """

    data: Data
    criterion: Criterion
    estimator: Estimator
    n_features: int | float | str | None = 10
    include: object = None
    exclude: object = None
    groups: object = None
    costs: object = None
    cost_weight: float = 1.0
    alpha: float = 0.05
    start: str | None = None
    random_state: object = 0
    n_jobs: int | None = None
    remember: bool = False


@dataclass(frozen=True)
class Plan:
    """What is searched, within which limits, and when the search ends.

    Attributes
    ----------
    units : Units
        Columns, or groups of them.
    constraints : Constraints
        Of units.
    stop : StoppingRule
    findings : tuple of Finding
    """

    units: Units
    constraints: Constraints
    stop: StoppingRule
    findings: tuple[Finding, ...] = ()

    @property
    def excluded(self) -> list[int]:
        """Columns that are left out."""
        return self._columns(self.constraints.exclude)

    @property
    def included(self) -> list[int]:
        """Columns that are chosen first, whatever they say."""
        return self._columns(self.constraints.include)

    def _columns(self, units: Sequence[int]) -> list[int]:
        return [column for unit in units for column in self.units.members[unit]]


@dataclass(frozen=True, eq=False)
class Selection:
    """What was found.

    Attributes
    ----------
    discrete : ndarray of shape (n_features,), bool
    target_kind : str
    estimator : Estimator
        With what it learned.
    relevance : ndarray of shape (n_features,)
        Nats.
    n_levels : ndarray of shape (n_features,)
        -1 where the estimator does not bin a column.
    units : Units
        What the path numbers.
    path : Path
    findings : tuple of Finding
        What the user ought to know; nothing was said yet.
    memory : Memory or None
        For a later problem that goes on from here.
    stop_reason : str
        Why the path ends, as a sentence.
    """

    discrete: BoolArray
    target_kind: str
    estimator: Estimator
    relevance: FloatArray
    n_levels: IntArray
    units: Units
    path: Path
    findings: tuple[Finding, ...] = ()
    memory: Memory | None = None
    stop_reason: str = ""

    @property
    def chosen(self) -> list[list[int]]:
        """Columns of each step."""
        return [self.units.members[unit] for unit in self.path.feature]


def solve(
    problem: Problem, *, memory: Memory | None = None, progress: Progress | None = None
) -> Selection:
    """Read, plan, estimate, choose and conclude.

    Parameters
    ----------
    problem : Problem
    memory : Memory, default=None
        Of a selection for a problem that may be the same but for its number.
    progress : callable, default=None
        Called as ``progress(step, most)``.

    Returns
    -------
    selection : Selection

    Raises
    ------
    ValueError, TypeError
        What cannot be read, or what the estimator cannot give.
    """
    table = read_data(problem.data, problem.estimator, problem.n_jobs)
    plan = make_plan(problem, table)
    terms = computed_once(problem, prepare(problem.estimator, table, problem.n_jobs))
    now = conditions(problem, table, plan) if problem.remember else None
    earlier = memory.path_for(now) if memory is not None and now is not None else None
    with worker_pool(effective_n_jobs(problem.n_jobs)) as workers:
        gate = make_gate(problem, table, plan, terms, workers=workers)
        if gate is not None:
            earlier = None
        path = choose(
            problem, plan, terms, gate=gate, earlier=earlier, progress=progress
        )
    selection = conclude(
        problem, table, plan, terms, path, _gainless(problem, path, plan)
    )
    if now is None or gate is not None:
        # A path of two tiers is another one, and a later problem may have none.
        return selection
    longest = earlier if earlier is not None and len(earlier) > len(path) else path
    return replace(selection, memory=Memory(now, longest))


def _gainless(problem: Problem, path: Path, plan: Plan) -> list[Finding]:
    """Say if the last features that were asked for tell nothing."""
    if problem.n_features is None or path.tested:
        return []
    costly, names = plan.constraints.costs is not None, plan.units.names
    return without_gain(path, problem.criterion, names, costly=costly)


def make_plan(problem: Problem, table: Table) -> Plan:
    """Turn what the user said of columns into units, limits and a rule.

    Raises
    ------
    ValueError
        Unknown columns, limits that contradict each other, or a criterion or groups
        that need what the estimator cannot give.
    """
    criterion, estimator = problem.criterion, problem.estimator
    require(criterion.terms, f"criterion {criterion.name!r}", estimator, table)
    labels = Labels(table.labels)
    units = read_units(problem.groups, labels)
    if units.grouped:
        require(frozenset({JOINT_COUNTS}), "groups", estimator, table)
    if problem.start is not None:
        require(BOTH, f"start={problem.start!r}", estimator, table)
    constraints = read_constraints(
        units,
        labels,
        include=problem.include,
        exclude=problem.exclude,
        costs=problem.costs,
        cost_weight=problem.cost_weight,
    )
    check_start(problem.start, criterion, constraints)
    automatic = isinstance(problem.n_features, str)
    wanted = None if isinstance(problem.n_features, str) else problem.n_features
    most, findings = number_of(wanted, len(units.members), constraints)
    return Plan(units, constraints, StopAfter(most, automatic), tuple(findings))


def in_two_tiers(problem: Problem, plan: Plan) -> bool:
    """Whether a path is parted by tests, see `make_gate`."""
    tiers = problem.estimator.capabilities().tiers or plan.stop.at_chance
    return problem.alpha < 1 and tiers


def make_gate(
    problem: Problem,
    table: Table,
    plan: Plan,
    terms: Terms,
    counted: Callable[[], Terms] | None = None,
    seed: int | None = None,
    *,
    shown: bool = True,
    workers: Workers = ALONE,
) -> ChanceGate | None:
    """Make the tests by which the path has two tiers; None where it has none.

    It has none at level 1, which all pass, nor on counts of which nothing is taken off,
    unless the search is to end at chance.

    ``counted``: gives corrected terms on default bins, where these lie ready;
    ``seed``: of the tables that are drawn, where it is known; ``shown``: whether
    p-values are, too; ``workers`` share what takes long.
    """
    if not in_two_tiers(problem, plan):
        return None
    able = problem.estimator.capabilities()
    # Whole weights are rows that are repeated.
    weights = table.weights
    rows = weights is None or weights.effective_rows_per_unit == 1
    plain = rows and not (plan.units.grouped or table.further)

    def pairs() -> Terms:
        """Corrected terms on the bins of the tests, those of the search if they are."""
        if fit_for_tests(problem):
            return spread(group_terms(terms, plan.units), workers)
        default = (
            counted() if counted else PlugIn().prepare(table, n_jobs=problem.n_jobs)
        )
        return spread(group_terms(default, plan.units), workers)

    # What orders all features at once looks at none beside a pick.
    greedy = problem.criterion.search not in WHOLE
    synergy = _looks_for_synergy(problem.criterion) and not table.further
    return ChanceGate(
        table,
        plan.units,
        problem.alpha,
        given_picks=greedy and bool(problem.criterion.terms),
        levels=terms.level_counts if plain and able.default_bins else None,
        pairs=pairs if synergy else None,
        seed=seed_of_tests(problem) if seed is None else seed,
        paired=problem.start is not None,
        n_excluded=len(plan.constraints.exclude),
        edges=terms.edges if able.default_bins else None,
        codes=terms.row_codes if plain and able.default_bins else None,
        shown=shown,
        workers=workers,
    )


def seed_of_tests(problem: Problem) -> int:
    """Seed of the tables that tests draw; another one each time of a RandomState."""
    return int(check_random_state(problem.random_state).randint(2**31 - 1))


def fit_for_tests(problem: Problem) -> bool:
    """Whether the terms of the search are those that the tests look at."""
    able = problem.estimator.capabilities()
    return able.default_bins and able.tiers


def _looks_for_synergy(criterion: Criterion) -> bool:
    """Whether the tests look for what features say together."""
    given_class = criterion.terms & {CONDITIONAL_REDUNDANCY, JOINT_COUNTS}
    return criterion.search not in WHOLE and bool(given_class)


def computed_once(problem: Problem, terms: Terms) -> Terms:
    """Keep terms that both the search and its tests ask for."""
    tested = problem.alpha < 1 and _looks_for_synergy(problem.criterion)
    if not (tested and fit_for_tests(problem)):
        return terms
    return TermCache(terms, problem.criterion.terms & PAIRS | BOTH)


def choose(
    problem: Problem,
    plan: Plan,
    terms: Terms,
    *,
    gate: ChanceGate | None = None,
    earlier: Path | None = None,
    progress: Progress | None = None,
) -> Path:
    """Search, from where an earlier path ended, if any."""
    if earlier is not None and len(earlier) >= plan.stop.most:
        return replace(earlier.cut(plan.stop.most), n_evaluations=0)
    grouped = group_terms(terms, plan.units)
    constraints = plan.constraints
    if problem.start is not None and (earlier is None or len(earlier) < 2):
        start = pair_start(
            grouped.source if isinstance(grouped, TermCache) else grouped,
            constraints,
            gate,
            n_jobs=problem.n_jobs,
            progress=progress,
        )
        constraints = replace(constraints, start=start)
    path = search(
        grouped,
        problem.criterion,
        plan.stop,
        constraints=constraints,
        gate=gate,
        lazy=is_lazy(problem.criterion, problem.estimator.capabilities()),
        earlier=earlier,
        n_threads=effective_n_jobs(problem.n_jobs),
        progress=progress,
    )
    return path.beside_chance(grouped.relevance, grouped.observed_relevance)


def conclude(
    problem: Problem,
    table: Table,
    plan: Plan,
    terms: Terms,
    path: Path,
    findings: Sequence[Finding] = (),
) -> Selection:
    """Put together what was found, and what is odd about it."""
    n_levels = count_levels(table, terms)
    chosen = [column for unit in path.feature for column in plan.units.members[unit]]
    odd = find_oddities(table, terms, n_levels, plan.excluded, chosen)
    reason = why(path, plan.units, len(plan.constraints.exclude))
    # Who asks for all features gets those of the second tier without a warning.
    asked = problem.n_features is not None
    chance = at_chance(path, plan.units, reason) if asked else []
    return Selection(
        discrete=table.discrete,
        target_kind=target_kind(table),
        estimator=problem.estimator,
        relevance=terms.relevance,
        n_levels=n_levels,
        units=plan.units,
        path=path,
        findings=(*plan.findings, *odd, *chance, *findings),
        stop_reason=reason,
    )


def conditions(problem: Problem, table: Table, plan: Plan) -> Conditions:
    """All that a path depends on; of the data and the settings, digests only."""
    data = problem.data
    # What a scan reads does not change.
    known = id(data.X) if isinstance(data.X, Scan) else data.X
    return (
        problem.criterion,
        plan.units,
        plan.constraints,
        problem.start,
        type(problem.estimator),
        settings(problem.estimator),
        table.discrete,
        table.target.discrete,
        joblib.hash((known, data.y, data.sample_weight, data.multioutput)),
    )
