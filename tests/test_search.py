"""The search loop: steps, stopping rules, and what does not depend on threads."""

from dataclasses import dataclass

import numpy as np
import pytest

from mifs import CMIM, MISelector, compare
from mifs._data.reading import read
from mifs._search import Constraints, Path, Step, StopAfter, cover, search
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn

PAIRWISE = [name for name, c in CRITERIA.items() if c.search == "pairwise"]
OTHERS = ["cmi", "jmi3", "relaxmrmr", "spec_cmi", "fcbf"]


def some_columns(n=150, p=9, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, (n, p))
    return X, (X[:, 0] + X[:, 1] * X[:, 2] + rng.integers(0, 2, n)) % 3


@pytest.fixture(scope="module")
def terms():
    X, y = some_columns()
    names = [f"x{j}" for j in range(X.shape[1])]
    table = read(X, y, names=names, discrete_features=True, discrete_target=True)
    return PlugIn().prepare(table)


@dataclass(frozen=True)
class StopBelow:
    """Stop at the first step of a low score."""

    score: float
    most: int = 9
    at_chance: bool = False

    def reason(self, path):
        last = path[-1]
        if last.score < self.score:
            return f"{last.feature} scores less than {self.score}"
        return None


def test_a_path_is_a_sequence_of_steps(terms):
    path = search(terms, CRITERIA["jmi"], 4)
    assert len(path) == 4
    assert all(isinstance(step, Step) for step in path)
    assert path.feature == [step.feature for step in path]
    assert path[1:3] == list(path)[1:3]
    assert path[0].runner_up == path.runner_up[0]
    assert np.isnan(path[0].p_value)
    assert path[0].tier == 0
    assert path.cut(2).steps == path.steps[:2]
    assert path.stop_reason == "stopped at 4: so many features were asked for"


@pytest.mark.parametrize("criterion", ["mim", "jmi", *OTHERS])
def test_a_rule_is_asked_after_each_step(terms, criterion):
    record = CRITERIA[criterion]
    whole = search(terms, record, 9)
    least = np.median(whole.score)
    path = search(terms, record, StopBelow(least))
    first = next(place for place, step in enumerate(whole) if step.score < least)
    assert path.feature == whole.feature[: first + 1]
    assert path.stop_reason.startswith(f"{path[-1].feature} scores less than")


def test_a_rule_that_never_stops_takes_all(terms):
    path = search(terms, CRITERIA["cmim"], StopBelow(-np.inf))
    assert sorted(path.feature) == list(range(9))
    assert path.stop_reason == "no candidate is left"
    constraints = Constraints(exclude=[2, 3])
    rest = search(terms, CRITERIA["fcbf"], StopBelow(-9), constraints=constraints)
    assert sorted(rest.feature) == [0, 1, 4, 5, 6, 7, 8]


def test_included_features_are_in_before_a_rule_is_asked(terms):
    constraints = Constraints(include=[7, 8])
    path = search(terms, CRITERIA["jmi"], StopBelow(np.inf), constraints=constraints)
    assert path.feature == [7, 8]


def test_progress_goes_by_the_most_steps_of_a_rule(terms):
    seen = []
    search(
        terms,
        CRITERIA["mim"],
        StopBelow(-np.inf, most=12),
        progress=lambda step, most: seen.append((step, most)),
    )
    assert seen == [(step, 12) for step in range(1, 10)]


def test_coverage_asks_the_rule_too(terms):
    options = {"constraints": Constraints(), "lazy": True}
    path, _, values = cover(terms, StopAfter(3), **options)
    assert len(path) == len(values) == 3


@pytest.mark.parametrize("name", PAIRWISE)
def test_evaluations_do_not_depend_on_threads(name):
    rng = np.random.default_rng(2)
    X = rng.integers(0, 3, (80, 300))
    y = (X[:, 0] + X[:, 1] + rng.integers(0, 2, 80)) % 2
    fits = [MISelector(name, 8, n_jobs=n_jobs).fit(X, y) for n_jobs in (1, 2, 3)]
    for fitted in fits[1:]:
        assert fitted.n_evaluations_ == fits[0].n_evaluations_
        np.testing.assert_array_equal(fitted.scores_, fits[0].scores_)


def test_evaluations_of_lazy_searches_together_do_not_depend_on_threads():
    rng = np.random.default_rng(3)
    X = rng.integers(0, 3, (80, 200))
    y = (X[:, 0] + rng.integers(0, 2, 80)) % 2
    counts = {
        compare(X, y, ["cmim", "jmim"], 6, n_jobs=n_jobs).n_evaluations
        for n_jobs in (1, 2, 3)
    }
    assert len(counts) == 1
    assert CMIM(6, n_jobs=2).fit(X, y).n_evaluations_ < 5 * 200


def test_an_empty_path_has_columns():
    assert Path().feature == []
    assert Path().margin == []
