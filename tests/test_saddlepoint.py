"""Tails of a trend in two classes against the exact distribution."""

import math
from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mifs._chance.trend import trend_of


def exact(table):
    """P(|T − E| ≥ observed), T the sum of the places of the rows in the second class.

    All ways to draw the class in each stratum are counted, and convolved.
    """
    place = np.cumsum(table.any(axis=(0, 2))) - 1
    total = Counter({0: 1.0})
    for stratum in table:
        rows, m = stratum.sum(1).tolist(), int(stratum[:, 1].sum())
        ways = Counter({(0, 0): 1})
        for score, count in zip(place.tolist(), rows, strict=True):
            ways = summed(
                ((k + j, t + j * score), w * math.comb(count, j))
                for (k, t), w in ways.items()
                for j in range(min(count, m - k) + 1)
            )
        drawn = {t: w / math.comb(sum(rows), m) for (k, t), w in ways.items() if k == m}
        total = summed(
            (s + t, v * w) for s, v in total.items() for t, w in drawn.items()
        )
    mean = sum(t * p for t, p in total.items())
    far = abs(float((table[:, :, 1] @ place).sum()) - mean)
    return sum(p for t, p in total.items() if abs(t - mean) >= far - 1e-9)


def summed(pairs):
    found = Counter()
    for key, value in pairs:
        found[key] += value
    return found


def sparse_table(rng):
    """Few rows, an unbalanced class, and a trend."""
    n_strata, r = rng.integers(1, 4), rng.integers(3, 6)
    table = np.zeros((n_strata, r, 2), np.int64)
    for stratum in table:
        stratum[:, 0] = rng.integers(0, rng.integers(3, 12), r)
        taken = rng.binomial(stratum[:, 0], np.linspace(0, 0.8, r))
        stratum[:] = np.stack([stratum[:, 0] - taken, taken], axis=1)
    return table


def test_tails_are_those_of_all_ways_to_draw_the_class():
    rng = np.random.default_rng(0)
    ratios = []
    for _ in range(400):
        table = sparse_table(rng)
        trend = trend_of(table, (True, False))
        if trend is None or not trend.in_two_classes or trend.log_p > math.log(0.05):
            continue
        ratios.append(math.exp(trend.log_p_by_saddlepoint) / exact(table))
    assert len(ratios) > 80
    assert_allclose(np.median(ratios), 1, atol=0.03)
    assert 0.6 < min(ratios) <= max(ratios) < 1.7
    assert np.mean(np.abs(np.log(ratios)) < 0.1) > 0.9


def test_it_is_right_far_out_where_the_normal_law_is_not():
    # Six of 393 rows are in the class, and two of them in the rare last level.
    rows = np.array([200, 180, 2, 2, 2, 2, 2, 3])
    taken = np.array([2, 2, 0, 0, 0, 0, 0, 2])
    table = np.stack([rows - taken, taken], axis=1)[np.newaxis]
    trend = trend_of(table, (True, False))
    found = math.exp(trend.log_p_by_saddlepoint)
    assert_allclose(found, exact(table), rtol=0.15)
    assert math.exp(trend.log_p) < found / 5


def test_where_the_class_holds_all_the_highest_levels():
    # No table goes further: its probability is exact.
    table = np.array([[[8, 0], [5, 0], [0, 3]]])
    trend = trend_of(table, (True, False))
    assert_allclose(math.exp(trend.log_p_by_saddlepoint), 1 / math.comb(16, 3))


@pytest.mark.parametrize("reverse", [False, True])
def test_classes_and_order_of_levels_change_nothing(reverse):
    rng = np.random.default_rng(3)
    table = np.stack([rng.integers(3, 30, 6), [0, 1, 0, 2, 3, 9]], axis=1)[np.newaxis]
    turned = table[:, ::-1, :] if reverse else table[:, :, ::-1]
    first = trend_of(table, (True, False)).log_p_by_saddlepoint
    second = trend_of(np.ascontiguousarray(turned), (True, False)).log_p_by_saddlepoint
    assert_allclose(first, second, rtol=1e-3)
