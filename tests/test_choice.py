"""Choosing among scores, beside the same in plain Python."""

import numpy as np
import pytest

from mifs._kernels import choice


def best_two(scores, tolerance):
    """Winner and runner-up of scores, step by step."""
    order = list(range(len(scores)))
    best = max(scores)
    winner = next(k for k in order if scores[k] >= best - tolerance)
    others = [k for k in order if k != winner and scores[k] > -np.inf]
    if not others:
        return winner, -1
    second = max(scores[k] for k in others)
    return winner, next(k for k in others if scores[k] >= second - tolerance)


@pytest.mark.parametrize("tolerance", [0.0, 0.5])
@pytest.mark.parametrize("p", [1, 2, 127, 128, 129, 1000])
def test_best_two(p, tolerance):
    rng = np.random.default_rng(p)
    for values in (rng.normal(size=p), rng.integers(0, 4, p).astype(float), np.ones(p)):
        scores = np.where(rng.random(p) < 0.3, -np.inf, values)
        scores[rng.integers(p)] = 1.0
        assert choice.best_two(scores, tolerance) == best_two(scores, tolerance)


@pytest.mark.parametrize("p", [1, 5, 128, 300])
def test_bounds_of_a_lazy_step(p):
    rng = np.random.default_rng(p)
    values, costs = rng.integers(0, 9, p).astype(float), rng.integers(0, 2, p) / 2
    closed, seen = rng.random(p) < 0.2, rng.integers(0, 4, p)
    scores, *two = choice.open_bounds(values, costs, closed, seen, 3)
    np.testing.assert_array_equal(scores, np.where(closed, -np.inf, values - costs))
    np.testing.assert_array_equal(scores, choice.open_scores(values, costs, closed))
    done = np.sort(scores[seen == 3])[::-1]
    expected = [*done, -np.inf, -np.inf][:2]
    assert two == expected
    for bar in (-np.inf, expected[1], 4.0):
        wanted = np.flatnonzero((scores >= bar) & (seen < 3) & ~closed)
        for most in (1, 2, 7, p):
            best = wanted[np.argsort(-scores[wanted], kind="stable")[:most]]
            found = choice.best_behind(scores, seen, 3, bar, most)
            np.testing.assert_array_equal(found, np.sort(best))
