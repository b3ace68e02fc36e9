"""Resamples of a problem: which parameters go together, and who solves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from numbers import Real
from typing import Protocol

from joblib import effective_n_jobs
from sklearn.base import clone

from mifs._data.parallel import in_threads, run
from mifs._engines.base import ALONE, Workers
from mifs._problem.findings import Finding
from mifs._problem.problem import Problem
from mifs._problem.resampled import Repeated, Resample
from mifs._resampling.bounds import ASSUMPTIONS, check_threshold
from mifs._resampling.rows import BOOTSTRAP, COMPLEMENTARY, Scheme
from mifs._resampling.votes import FREQUENCY, Votes
from mifs._search import worker_pool
from mifs.estimators._base import named
from mifs.exceptions import (
    ChanceWarning,
    OneClassError,
    ResampleError,
    TooFewFeaturesWarning,
)
from mifs.selectors._base import BaseSelector
from mifs.selectors._infomax import InfoMaxSelector

# Resamples that are solved together at most, and their columns.
MOST_TOGETHER, MOST_COLUMNS = 64, 1 << 16


class Settings(Protocol):
    """Parameters of `mifs.StabilitySelector`."""

    n_resamples: int
    scheme: str
    fraction: float
    threshold: float | None
    bound: float | None
    assumption: str
    consensus: str
    groups: object


def selector_with_target(selector: object) -> BaseSelector:
    """Clone a selector.

    Raises
    ------
    TypeError
        It is none of mifs, or has no target.
    """
    if not isinstance(selector, BaseSelector) or isinstance(selector, InfoMaxSelector):
        raise TypeError(
            f"selector={selector!r} must be a selector of mifs that has a target, such "
            "as JMI(10)"
        )
    fresh: BaseSelector = clone(selector)
    return fresh


def check_resampling(problem: Problem, given: Settings) -> None:
    """Refuse parameters that contradict each other, or the problem.

    Raises
    ------
    ValueError
        With what would go together.
    """
    if given.scheme == COMPLEMENTARY and given.n_resamples % 2:
        raise ValueError(
            f"n_resamples={given.n_resamples} is odd, and complementary subsamples "
            "come in pairs; use an even number, or scheme='subsample'"
        )
    if given.scheme == BOOTSTRAP:
        _check_bootstrap(problem)
    elif given.fraction <= 0.5:
        check_threshold(given.threshold)
    groups = given.groups
    if isinstance(groups, bool) or (
        isinstance(groups, Real) and not 0 < float(groups) <= 1
    ):
        raise ValueError(
            f"groups={groups!r} must be above 0, and 1 at most: an adjusted mutual "
            "information, from which on columns share their votes"
        )
    if groups is not None and problem.groups is not None:
        raise ValueError(
            "the columns of each group of the selector are chosen together, and share "
            "their votes already; leave groups out here, or there"
        )
    if given.bound is not None:
        _check_bound(problem, given)
    elif given.threshold is None:
        raise ValueError("threshold=None needs a bound that it is to keep")
    if problem.n_features is None and (given.bound is None or given.threshold is None):
        raise ValueError(
            "n_features_to_select=None of the selector keeps every feature of every "
            "resample; give it a number, or 'auto'"
        )


def _check_bootstrap(problem: Problem) -> None:
    if isinstance(problem.n_features, str):
        raise ValueError(
            "scheme='bootstrap' repeats rows, which the tests of "
            "n_features_to_select='auto' would take for evidence; use "
            "scheme='complementary' or 'subsample', or a number of features"
        )
    if problem.estimator.capabilities().weighting is None:
        raise ValueError(
            "scheme='bootstrap' repeats rows, which are neighbours at distance 0 to "
            f"{named(problem.estimator)}; use scheme='complementary' or 'subsample', "
            "or mi_estimator='plugin' or 'gaussian_copula'"
        )


def holding(given: Settings) -> tuple[str, ...]:
    """Assumptions of which the bounds hold.

    They are of features that reach a threshold in subsamples, of which two fit into
    the table; all but the first of complementary ones.
    """
    if given.consensus != FREQUENCY or not _bounded(given):
        return ()
    return ASSUMPTIONS if given.scheme == COMPLEMENTARY else ASSUMPTIONS[:1]


def _bounded(given: Settings) -> bool:
    return given.scheme != BOOTSTRAP and given.fraction <= 0.5


def findings_of_votes(
    votes: Votes, repeated: Repeated, given: Settings, threshold: float
) -> list[Finding]:
    """Say if nothing is chosen, or everything in every resample."""
    plan = repeated.plan
    n_open = len(plan.units.members) - len(plan.constraints.exclude)
    if plan.stop.most >= n_open and not plan.stop.at_chance:
        text = (
            f"every resample chooses all of the {n_open} features that it may, so that "
            "frequencies and stability say nothing; let the selector choose fewer"
        )
        return [Finding(TooFewFeaturesWarning, text)]
    if votes.elected(given.consensus, threshold):
        return []
    often = int(votes.order("frequency")[0])
    name = repeated.table.labels[votes.members[often][0]]
    fact = f"no feature is chosen in a share of {threshold:g} of the resamples or more"
    if given.consensus != FREQUENCY:
        mean = votes.shared.sum(axis=1).mean()
        fact = f"a resample chooses {mean:g} features on average, which is none rounded"
    share = votes.counts[often] / votes.n
    text = f"{fact}; the most frequent, {name!r}, in {share:g}; nothing is selected"
    return [Finding(ChanceWarning, text)]


def _check_bound(problem: Problem, given: Settings) -> None:
    if given.consensus != FREQUENCY:
        raise ValueError(
            f"bound={given.bound!r} is of features that reach a threshold, and "
            f"consensus={given.consensus!r} takes those of the best ranks, whatever "
            "their frequency; use consensus='frequency', or leave bound out"
        )
    if not _bounded(given):
        raise ValueError(
            f"bound={given.bound!r}: none holds for scheme={given.scheme!r} with "
            f"fraction={given.fraction!r}; use scheme='complementary', or "
            "scheme='subsample' with a fraction up to 0.5"
        )
    if given.scheme != COMPLEMENTARY and given.assumption != "none":
        raise ValueError(
            f"assumption={given.assumption!r} is about complementary subsamples; use "
            "scheme='complementary', or assumption='none'"
        )
    if given.threshold is not None and isinstance(given.groups, Real):
        raise ValueError(
            f"groups={given.groups!r} are found after the features are chosen, and the "
            "number that keeps a bound depends on them; use threshold=None, or give "
            "the groups by name"
        )


def solved(
    repeated: Repeated, scheme: Scheme, numbers: Sequence[int], n_jobs: int | None
) -> Iterator[Resample]:
    """Solve resamples, in the order of their numbers.

    Raises
    ------
    ValueError
        The rows of a resample are of one class, or the estimator refuses them; its
        number is named.
    """
    together = repeated.side_by_side and scheme.name != BOOTSTRAP
    most = max(1, min(MOST_TOGETHER, MOST_COLUMNS // repeated.table.n_features))
    n_workers = effective_n_jobs(n_jobs)
    if together and in_threads():
        with worker_pool(n_workers) as workers:
            for some in _runs(numbers, most * n_workers):
                yield from _solve(repeated, scheme, some, workers)
        return
    size = min(most, -(-len(numbers) // n_workers)) if together else 1
    tasks = ((repeated, scheme, some) for some in _runs(numbers, size))
    yield from chain.from_iterable(run(_solve, tasks, n_jobs, coarse=True))


def _runs(numbers: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """Numbers in runs of nearly one length."""
    n = -(-len(numbers) // most)
    for i in range(n):
        yield numbers[i * len(numbers) // n : (i + 1) * len(numbers) // n]


def _solve(
    repeated: Repeated, scheme: Scheme, some: Sequence[int], workers: Workers = ALONE
) -> list[Resample]:
    """Solve some resamples together, if that can be."""
    if len(some) == 1:
        return [_solve_one(repeated, scheme, some[0])]
    try:
        draws = list(workers.map(scheme.rows, some))
        return repeated.on_each(draws, workers)
    except ValueError:
        # One by one, to name the first that cannot be solved.
        return [_solve_one(repeated, scheme, number) for number in some]


def _solve_one(repeated: Repeated, scheme: Scheme, number: int) -> Resample:
    try:
        if scheme.name == BOOTSTRAP:
            return repeated.reweighted(scheme.counts(number))
        return repeated.on(scheme.rows(number))
    except OneClassError as error:
        raise ResampleError(
            f"resample {number + 1}: {error}",
            "merge rare classes, or draw larger resamples, of more rows",
            "one class",
        ) from error
    except ValueError as error:
        raise ValueError(f"resample {number + 1}: {error}") from error
