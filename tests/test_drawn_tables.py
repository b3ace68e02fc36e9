"""Tables drawn from their margins, and p-values from draws."""

from functools import partial
from math import log, sqrt

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from oracles_chance import BOTH, PLAIN, enumerated, random_tables
from scipy.stats import chisquare, kstest, random_table

from mifs import _kernels
from mifs._chance import (
    at_least,
    chi_squared_test,
    draws,
    p_of_draws,
    permutation_test,
    table_test,
)
from mifs._chance.draws import Kept, Margins, key_of, log_p_beyond
from mifs._chance.trend import trend_of


def test_draws_stop_when_enough_reach_what_was_observed():
    rng = np.random.default_rng(0)
    seen = []

    def draw(m):
        seen.append(m)
        return rng.random(m)

    reached, values = at_least(draw, 0.9, 10_000)
    assert reached == (values >= 0.9).sum() == 20
    assert values[-1] >= 0.9
    assert p_of_draws(reached, len(values)) == 20 / len(values)
    assert sum(seen) >= len(values) > sum(seen[:-1])
    reached, values = at_least(draw, 2.0, 999)
    assert (reached, len(values)) == (0, 999)
    assert p_of_draws(0, 999) == 0.001


def test_draws_stop_where_the_p_value_is_plainly_above_a_level():
    rng = np.random.default_rng(0)
    reached, values = at_least(rng.random, 0.9, 10_000, 1e-5)
    assert (reached >= 1, len(values)) == (True, 32)
    # One of 32 may well reach what has a p-value of a tenth.
    reached, values = at_least(rng.random, 0.9, 10_000, 0.1)
    assert reached == 20


def test_sequential_p_values_are_not_too_small():
    rng = np.random.default_rng(1)
    p = []
    for _ in range(300):
        reached, values = at_least(rng.random, rng.random(), 99)
        p.append(p_of_draws(reached, len(values)))
    assert kstest(p, "uniform", alternative="greater").pvalue > 0.01


def test_tail_beyond_the_draws_is_exponential():
    values = np.random.default_rng(0).exponential(size=20_000)
    assert log_p_beyond(25.0, values) == pytest.approx(-25, rel=0.1)
    assert log_p_beyond(5.0, np.ones(50)) == -log(51)
    assert log_p_beyond(5.0, np.arange(5.0)) == -log(6)


def test_permutation_test_equals_enumeration():
    tables = random_tables(7, 2, 3, 2, 9)
    *_, p = enumerated(tables)
    draws = [
        permutation_test(tables, 2000, np.random.RandomState(seed)).pvalue
        for seed in range(20)
    ]
    assert np.mean(draws) == pytest.approx(p, rel=0.15)


def test_draws_come_from_the_seed_alone():
    table = np.array([[[12, 1], [3, 3], [2, 4], [1, 3]]])
    first, again, other = (
        table_test(table, **PLAIN, seed=seed, alpha=0.5) for seed in (0, 0, 1)
    )
    assert first == again
    assert first.pvalue != other.pvalue
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    table_test(table, **PLAIN, alpha=0.5)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert table_test(table, **BOTH, seed=None).pvalue > 0


def short_and_long():
    """Strata in which rows change places, some the other way round, and of cells."""
    return [
        np.array([[[2, 1], [1, 0], [0, 2]], [[1, 2], [1, 1], [1, 0]]]),
        np.array([[[5, 1], [2, 2], [1, 0]], [[90, 30], [20, 25], [10, 5]]]),
        np.array([[[150, 60], [50, 45], [20, 25]]]),
        np.array([[[1, 1, 9], [1, 2, 8]]]),
        # In a stratum of one class, or of one level, there is nothing to draw.
        np.array([[[2, 1], [1, 3]], [[4, 0], [3, 0]], [[0, 0], [5, 2]]]),
    ]


@pytest.mark.every_way
@pytest.mark.parametrize("tables", short_and_long())
def test_drawn_tables_have_their_margins_and_mean(tables):
    drawn = Margins(tables, ordered=True).tables(400, np.random.RandomState(0))
    for axis in (1, 2):
        sums = tables.sum(axis=(0, axis))
        assert_array_equal(drawn.sum(axis=axis), np.tile(sums, (400, 1)))
    expected = tables.sum(axis=2, keepdims=True) * tables.sum(axis=1, keepdims=True)
    expected = (expected / tables.sum(axis=(1, 2), keepdims=True)).sum(axis=0)
    error = drawn.std(axis=0) / 20 + 1e-12
    assert (np.abs(drawn.mean(axis=0) - expected) < 4.5 * error).all()


def test_a_trend_is_drawn_beside_strata_of_one_class():
    """As is said where these strata are left out: they change nothing."""
    tables = random_tables(3, 6, 5, 3, 12)
    more = np.concatenate([tables, np.zeros((4, 5, 3), int)])
    more[6:, :, 1] = np.arange(20).reshape(4, 5)
    for ordered in ((True, False), (True, True)):
        alone, beside = (
            trend_of(each, ordered).draws(0, Kept()) for each in (tables, more)
        )
        assert beside[1] == pytest.approx(alone[1])
        assert_allclose(beside[0](200), alone[0](200))


def test_draws_are_those_of_margins_that_came_before():
    """Whatever was drawn of them before, and of however many other margins."""
    kept, drawn = Kept(), []

    def start(seed):
        drawn.append(seed)
        return np.random.RandomState(seed).random_sample

    alone = Kept().draw(0, partial(start, 0))(500)
    draw = kept.draw(0, partial(start, 0))
    parts = [draw(n) for n in (32, 32, 64, 7)]
    assert_array_equal(np.concatenate(parts), alone[:135])
    again = kept.draw(0, partial(start, 0))
    assert_array_equal(again(500), alone)
    assert drawn == [0, 0]
    for key in range(1, 70):
        kept.draw(key, partial(start, key))(1)
    assert_array_equal(kept.draw(0, partial(start, 0))(500), alone)


def test_trends_of_the_same_margins_have_draws_of_their_own():
    """One with ordered columns, one without: their statistics are not the same."""
    tables = np.array([[[6, 1, 1], [1, 6, 1], [1, 1, 6]]])
    kinds = [(True, True), (True, False)]
    alone = [trend_of(tables, kind).draws(0, Kept())[0](50) for kind in kinds]
    kept = Kept()
    beside = [trend_of(tables, kind).draws(0, kept)[0](50) for kind in kinds]
    assert_array_equal(beside, alone)
    assert (alone[0] != alone[1]).any()


def test_same_margins_have_the_same_draws():
    tables = random_tables(0, 2, 4, 3, 30)
    moved = tables[:, [2, 0, 3, 1]][:, :, [1, 2, 0]]
    other = tables.copy()
    other[0, 0, 0] += 1
    keys = [key_of(t, ordered=False) for t in (tables, moved, other)]
    assert keys[0] == keys[1] != keys[2]
    assert key_of(tables, ordered=True) != key_of(moved, ordered=True)


@pytest.mark.every_way
@pytest.mark.parametrize("tables", short_and_long())
def test_drawn_g_has_its_moments(tables):
    draw, observed = draws.draws_of_g(tables, 0)
    test = chi_squared_test(tables)
    g = test.g + 2 * (draw(400) - observed)
    assert g.mean() == pytest.approx(test.mean, abs=4.5 * g.std() / sqrt(400))
    laws = (random_table(t.sum(axis=1), t.sum(axis=0), seed=1) for t in tables)
    others = sum(_kernels.strata.cell_sums(law.rvs(2000)) for law in laws)
    assert g.var() == pytest.approx(4 * others.var(), rel=0.35)


def test_every_table_with_the_margins_is_drawn_as_often_as_it_occurs():
    table = np.array([[2, 1], [1, 1], [1, 0]])
    drawn = Margins(table[np.newaxis], ordered=True).tables(
        20_000, np.random.RandomState(1)
    )
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    law = random_table(rows, columns)
    different, counts = np.unique(drawn, axis=0, return_counts=True)
    expected = [20_000 * law.pmf(each) for each in different]
    assert sum(expected) == pytest.approx(20_000)
    assert chisquare(counts, expected).pvalue > 0.001


def test_moved_rows_and_drawn_cells_say_the_same(monkeypatch):
    tables = random_tables(4, 30, 5, 3, 40)
    found = []
    for few in (0, 10_000):
        monkeypatch.setattr(draws, "FEW_ROWS", few)
        monkeypatch.setattr(draws, "ROWS_OF_CELL", 0)
        found.append(
            Margins(tables, ordered=False).sums(2000, np.random.RandomState(0))
        )
    assert kstest(*found).pvalue > 0.01
    assert not np.array_equal(*found)
