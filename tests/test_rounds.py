"""Whole rounds in one loop: the search that asks for each round apart, bit for bit."""

from unittest.mock import patch

import numpy as np
import pytest

from mifs import JMI
from mifs._data.reading import read
from mifs._search import Constraints, _pool, search
from mifs._search._path import Contributions
from mifs._search._pool import SHORT_ROUND
from mifs._search._small import IN_ROUNDS, SmallSearch
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn

STEPS = (
    *("feature", "score", "relevance", "redundancy"),
    *("conditional_redundancy", "runner_up", "margin"),
)
CORRECTIONS = (None, "permutation")
every_criterion = pytest.mark.parametrize("criterion", IN_ROUNDS)
every_correction = pytest.mark.parametrize("correction", CORRECTIONS)


@pytest.fixture(autouse=True)
def as_measured(monkeypatch):
    """Leave short rounds to the loop, which other tests do not."""
    monkeypatch.setattr(_pool, "SHORT_ROUND", SHORT_ROUND)


def prepared(X, y, correction=None):
    names = [f"x{j}" for j in range(X.shape[1])]
    table = read(X, y, names=names, discrete_features=True, discrete_target=True)
    return PlugIn(correction=correction).prepare(table)


def drawn(n, p, most, n_classes, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, rng.integers(most - 2, most + 1, p), (n, p))
    X[:, 1] = rng.integers(0, most, n)
    X[:, 2] = X[:, 1]
    return X, (X[:, 1] + X[:, 0] + rng.integers(0, 3, n)) % n_classes


def apart(terms, criterion, k, **options):
    """Find the path without a loop."""
    with patch.object(SmallSearch, "of", return_value=None):
        return search(terms, CRITERIA[criterion], k, **options)


def same(ours, expected):
    for step in STEPS:
        np.testing.assert_array_equal(getattr(ours, step), getattr(expected, step))


@every_criterion
@every_correction
@pytest.mark.parametrize(
    ("n", "p", "most", "n_classes"),
    [(40, 30, 5, 2), (700, 300, 12, 3), (4096, 40, 20, 2), (2500, 100, 30, 3)],
)
def test_a_loop_finds_the_path(criterion, correction, n, p, most, n_classes):
    terms = prepared(*drawn(n, p, most, n_classes), correction)
    small = SmallSearch.of(terms, CRITERIA[criterion])
    assert small is not None
    assert small.rounds
    found = search(terms, CRITERIA[criterion], 15)
    expected = apart(terms, criterion, 15)
    same(found, expected)
    assert found.n_evaluations == expected.n_evaluations


@every_criterion
@every_correction
def test_a_loop_obeys_constraints_and_goes_on(criterion, correction):
    terms = prepared(*drawn(300, 60, 9, 2), correction)
    costs = np.random.default_rng(1).integers(0, 4, 60) / 50
    limits = Constraints([40, 7], [3, 4, 5], costs)
    expected = apart(terms, criterion, 20, constraints=limits)
    short = search(terms, CRITERIA[criterion], 6, constraints=limits)
    found = search(terms, CRITERIA[criterion], 20, constraints=limits, earlier=short)
    same(found, expected)


@pytest.mark.parametrize("n_levels", [3, 9])
def test_who_lacks_more_than_a_round_gives_stays_behind(n_levels):
    """A test may open again what was closed when earlier picks were looked at."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, n_levels, (40, 90)), rng.integers(0, 2, 40)
    terms = prepared(X, y)
    small = SmallSearch.of(terms, CRITERIA["jmi"])
    seen = np.full(90, 2)
    seen[5] = 0
    sums = rng.random((3, 90))
    closed = np.zeros(90, np.bool_)
    closed[[5, 6, 7, 8]] = True
    before = sums[:, 5].copy()
    contributions = Contributions(*sums, seen)
    small.choose(contributions, [6, 7, 8], closed, np.zeros(90), 1, lazy=False)
    assert seen[5] == 0
    np.testing.assert_array_equal(sums[:, 5], before)
    assert (np.delete(seen, 5) == 3).all()


def test_a_test_opens_again_what_a_loop_closed():
    """The path of a fit, whose first tier closes and opens candidates."""
    X, y = drawn(500, 200, 8, 2, seed=3)
    X[:, 9] = X[:, 1] ^ X[:, 0]
    found = JMI(12, random_state=0, discrete_features=True).fit(X, y)
    with patch.object(SmallSearch, "of", return_value=None):
        expected = JMI(12, random_state=0, discrete_features=True).fit(X, y)
    columns = [*STEPS[:3], "p_value", "tier"]
    assert found.path_[columns].equals(expected.path_[columns])
