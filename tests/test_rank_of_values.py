"""The value of a rank is that of the sorted values, whatever ties there are."""

import numpy as np
import pytest

from mifs._kernels.selection import kth_smallest


@pytest.mark.every_way
@pytest.mark.parametrize("n_distinct", [1, 2, 9, 1000])
@pytest.mark.parametrize("n", [1, 2, 3, 40, 257])
def test_every_rank_is_found(n, n_distinct):
    values = np.random.default_rng(n).integers(0, n_distinct, n).astype(float)
    values[:: n // 8 + 2] = np.inf
    for order in (values, np.sort(values), np.sort(values)[::-1]):
        found = [kth_smallest(order.copy(), k) for k in range(n)]
        assert (found == np.sort(values)).all()
