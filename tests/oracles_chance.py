"""Twins of tests of tables: statistics from their definition, laws by enumeration."""

from itertools import product
from math import factorial, log, prod

import numpy as np
import pytest

PLAIN = {"ordered_rows": False, "ordered_columns": False}


BOTH = {"ordered_rows": True, "ordered_columns": True}


def g_of(table):
    """2nI of a table, from its definition."""
    table = np.asarray(table, float)
    n = table.sum()
    expected = np.outer(table.sum(1), table.sum(0)) / n
    return 2 * sum(
        t * log(t / mu)
        for t, mu in zip(table.ravel(), expected.ravel(), strict=True)
        if t > 0
    )


def tables_with(rows, columns):
    """All tables with these margins, and their probabilities under permutation."""
    rows, columns = list(rows), list(columns)
    fixed = prod(map(factorial, rows)) * prod(map(factorial, columns))
    fixed /= factorial(sum(rows))

    def fill(left, place):
        if place == len(rows) - 1:
            yield [left]
            return
        for row in product(*(range(c + 1) for c in left)):
            if sum(row) == rows[place]:
                rest = [c - t for c, t in zip(left, row, strict=True)]
                for others in fill(rest, place + 1):
                    yield [list(row), *others]

    for table in fill(columns, 0):
        yield table, fixed / prod(factorial(t) for row in table for t in row)


def enumerated(strata):
    """Mean, variance and tail probability of G of tables, over all their strata."""
    sums = {0.0: 1.0}
    for table in strata:
        table = np.asarray(table)
        new = {}
        for other, p in tables_with(table.sum(1), table.sum(0)):
            for value, q in sums.items():
                key = round(value + g_of(other), 9)
                new[key] = new.get(key, 0) + p * q
        sums = new
    values, p = np.array(list(sums)), np.array(list(sums.values()))
    assert p.sum() == pytest.approx(1)
    observed = sum(map(g_of, strata))
    mean = values @ p
    return mean, (values - mean) ** 2 @ p, p[values >= observed - 1e-8].sum()


def random_tables(seed, strata, rows, columns, n):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(rows * columns))
    return rng.multinomial(n, p, strata).reshape(strata, rows, columns)
