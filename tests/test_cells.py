"""Quantiles by counts of cells are those of sorted columns, to the last bit."""

import numpy as np
import pytest

from mifs._data import discretize
from mifs._data.cells import LONG, edges_by_counting

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(size=LONG + 3)
HALVES = RNG.random(len(NORMAL)) < 0.5
COLUMNS = {
    "rounded": (NORMAL.round(3), True),
    "skewed": (np.exp(3 * NORMAL), True),
    "outliers": (1 / NORMAL, True),
    "missing": (np.where(HALVES, np.nan, NORMAL), True),
    "infinite": (np.where(NORMAL > 3, np.inf, NORMAL), True),
    "half infinite": (np.where(HALVES, -np.inf, NORMAL), False),
    "wide": (NORMAL * 3e307, True),
    "narrow": (NORMAL * 5e-320, True),
    "spiked": (np.where(HALVES, 2.5, NORMAL), False),
    "a tenth": (np.where(RNG.random(len(NORMAL)) < 0.1, 0.0, NORMAL), False),
    "few": (NORMAL.round(), False),
    "constant": (np.ones(len(NORMAL)), False),
    "cycles": (np.arange(len(NORMAL)) % 32 + NORMAL / 1e9, True),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_counting_gives_the_edges_of_sorting(name):
    values, counts = COLUMNS[name]
    with np.errstate(over="ignore"):
        found = discretize._unweighted(values[np.newaxis], (10, 25))
        ordered = np.sort(values)[np.newaxis]
        for edges, n in zip(found, (10, 25), strict=True):
            expected = discretize.edges_of_sorted(ordered, n)
            np.testing.assert_array_equal(edges.values, expected.values)
        assert (edges_by_counting(values, (10, 25)) is not None) == counts
