"""Correction for chance: means under permutation against enumeration and others."""

from itertools import product
from math import comb, log

import numpy as np
import pytest
from sklearn.metrics.cluster import expected_mutual_information

from mifs import _kernels
from mifs._data.intake import read_columns  # noqa: F401
from mifs.estimators import PlugIn


def mean_by_enumeration(rows, columns):
    """E[I] over all tables with these margins, by their probabilities, nats."""
    n, total = sum(rows), 0.0
    for a, b in product(rows, columns):
        for t in range(max(1, a + b - n), min(a, b) + 1):
            p = comb(b, t) * comb(n - b, a - t) / comb(n, a)
            total += p * t / n * log(n * t / (a * b))
    return total


def kernel_mean(rows, columns):
    n = int(np.sum(rows))
    return _kernels.chance.table_excess(
        np.asarray(rows, dtype=float), np.asarray(columns, dtype=float), n
    ) / n


@pytest.mark.parametrize(
    ("rows", "columns"),
    [((1, 1), (1, 1)), ((2, 3), (4, 1)), ((5, 1, 1), (3, 4)), ((7,), (3, 4)),
     ((6, 6, 6), (1, 8, 9)), ((30, 20, 1), (25, 26)), ((1,) * 9, (3, 3, 3))],
)
def test_mean_is_that_of_all_tables_with_the_margins(rows, columns):
    assert kernel_mean(rows, columns) == pytest.approx(
        mean_by_enumeration(rows, columns), rel=1e-12, abs=1e-15
    )
