"""What is enough to know that a test passes, or fails: rough moments, bounded draws."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from mifs import _kernels
from mifs._chance import table_test
from mifs._data.cutting import bin_codes


@pytest.mark.parametrize("rows_of_cell", [1, 5, 40])
def test_rough_moments_are_near(rows_of_cell):
    """The variance is outside of its bounds for 1 % of tables at most."""
    rng, outside = np.random.default_rng(rows_of_cell), []
    memo = _kernels.memo.new_memo()
    for _ in range(300):
        r, c, n_strata = rng.integers(2, 12), rng.integers(2, 6), rng.integers(1, 4)
        n = int(r * c * rows_of_cell)
        tables = np.zeros((n_strata, r, c), int)
        for table in tables:
            p = np.outer(rng.dirichlet(np.full(r, 2)), rng.dirichlet(np.full(c, 2)))
            table[:] = rng.multinomial(n, p.ravel()).reshape(r, c)
        rough = _kernels.strata.moments(tables, True, memo)
        exact = _kernels.strata.moments(tables, False, memo)
        g, mean, low, high, floor, least, df = rough
        assert g == pytest.approx(exact[0], abs=1e-9)
        assert mean == pytest.approx(exact[1], rel=5e-4)
        assert (floor, least, df) == exact[4:]
        assert exact[2] == exact[3]
        # Where many rows are expected both bounds are that of χ², of a rough mean.
        outside.append(not low * 0.999 <= exact[2] <= high * 1.001 + 1e-9)
    assert np.mean(outside) <= 0.01


@pytest.mark.parametrize("seed", range(40))
def test_a_rough_test_decides_as_the_whole_one(seed):
    rng = np.random.default_rng(seed)
    p = np.outer(rng.dirichlet(np.full(6, 3)), rng.dirichlet(np.full(3, 3)))
    p = (1 - seed % 4 / 10) * p + seed % 4 / 10 * rng.dirichlet(np.ones(18)).reshape(
        6, 3
    )
    tables = rng.multinomial(400, p.ravel(), size=2).reshape(2, 6, 3)
    sides = {"ordered_rows": seed % 2 == 0, "ordered_columns": False}
    for alpha in (0.05, 1e-3, 1e-6):
        whole = table_test(tables, **sides, alpha=alpha)
        rough = table_test(tables, **sides, alpha=alpha, only_level=True)
        assert (whole.pvalue <= alpha) == (rough.pvalue <= alpha)


HALF_NORMAL = np.abs(np.random.default_rng(0).normal(size=3000))


@pytest.mark.parametrize("n_edges", [65, 300, 2000])
@pytest.mark.parametrize(
    "values",
    [
        pytest.param(HALF_NORMAL, id="half-normal"),
        pytest.param(np.exp(60 * HALF_NORMAL), id="heavy tail"),
        pytest.param(1e308 * (HALF_NORMAL.clip(0, 3) - 1.5), id="width overflows"),
        pytest.param(np.round(HALF_NORMAL * 40), id="ties"),
        pytest.param(HALF_NORMAL * 5e-324 * 1e4, id="subnormal"),
    ],
)
def test_bins_of_many_edges_are_those_of_a_bisection(values, n_edges):
    at = np.linspace(0, len(values) - 1, n_edges).astype(int)
    edges = np.unique(np.sort(values)[at])
    values = np.concatenate([values, edges, [np.nan, np.inf, -np.inf]])
    expected = np.searchsorted(edges, values)
    expected[np.isnan(values)] = len(edges) + 1
    assert_array_equal(bin_codes(values, edges), expected)
