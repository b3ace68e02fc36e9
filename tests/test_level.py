"""Tests that only need to know whether they pass: one kernel does as `table_test`."""

import math
import subprocess
import sys

import numpy as np
import pytest

from mifs import MISelector
from mifs._chance import LevelTest, Memory, level, table_test
from mifs._chance.tails import ADDRESSES, log_gamma_tail
from mifs._kernels import level as kernel

SHAPES = [
    (1, 2, 2),
    (3, 2, 2),
    (1, 10, 9),
    (5, 8, 2),
    (40, 6, 2),
    (4, 5, 4),
    (2, 3, 80),
]


def some_tables(rng, shape, rows_of_cell):
    """Tables of independent sides, or nearly."""
    _, r, c = shape
    tables = np.zeros(shape, np.int64)
    for table in tables:
        p = np.outer(rng.dirichlet(np.full(r, 2)), rng.dirichlet(np.full(c, 2)))
        p += rng.choice([0, 0.1, 1]) * rng.dirichlet(np.full(r * c, 0.5)).reshape(r, c)
        n = rng.poisson(rows_of_cell * r * c)
        table[:] = rng.multinomial(n, p.ravel() / p.sum()).reshape(r, c)
    return tables


def whole(tables, ordered, gaps, alpha, seed, finer=None):
    def scored():
        there = tables if finer is None else finer()
        return there[:, : there.shape[1] - gaps[0], : there.shape[2] - gaps[1]]

    return table_test(
        tables,
        ordered_rows=ordered[0],
        ordered_columns=ordered[1],
        trend_tables=scored,
        seed=seed,
        alpha=alpha,
        only_level=True,
    ).log_pvalue


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", [None, 3])
def test_the_kernel_gives_what_the_whole_test_gives_to_the_last_bit(shape, seed):
    rng = np.random.default_rng(shape)
    test = LevelTest(seed, Memory.of_many_tests())
    for rows_of_cell in (0.3, 2, 30):
        for _ in range(6):
            tables = some_tables(rng, shape, rows_of_cell)
            ordered = tuple(bool(one) for one in rng.random(2) < 0.6)
            gaps = tuple(bool(one) for one in rng.random(2) < 0.3)
            for alpha in (0.05, 1e-3, 1e-6):
                asked = tables, ordered, gaps, alpha
                assert test.log_p(*asked) == whole(*asked, seed)


def test_a_finer_trend_is_looked_at_only_if_g_leaves_something_to_it():
    rng, asked = np.random.default_rng(0), []
    test = LevelTest(0, Memory.of_many_tests())
    rising = np.linspace(0.2, 0.8, 6)
    tables = rng.binomial(40, [np.stack([rising, 1 - rising], 1)] * 3)
    fine = rng.binomial(20, [np.stack([rising, 1 - rising], 1)] * 6)

    def finer():
        asked.append(1)
        return fine

    for alpha, often in ((0.05, 0), (1e-60, 1)):
        kind = (True, False), (False, False), alpha
        asked.clear()
        found = test.log_p(tables, *kind, finer)
        assert len(asked) == often
        assert found == whole(tables, *kind, 0, lambda: fine)


def coded_rows(rng, n=400):
    strata, x, y = rng.integers(0, [[9], [5], [3]], (3, n)).astype(np.uint16)
    tables = np.zeros((9, 5, 3), np.int64)
    np.add.at(tables, (strata, x, y), 1)
    return (strata, x, y), tables


def test_rows_are_counted_by_the_kernel():
    codes, tables = coded_rows(np.random.default_rng(1))
    kinds, alphas = ((True, True), (True, False)), (1e-3, 0.01)
    sides, codes = (1, (5, True, True), 2, (3, True, False)), np.stack(codes)
    for seed, alpha in zip((0, None), alphas, strict=True):
        test = LevelTest(seed, Memory.of_many_tests())
        asked = [test.asked(*sides, (0, -1, 9, 1))]
        assert test.decided(codes, asked, [alpha]) == [
            whole(tables, *kinds, alpha, seed)
        ]
    asked = [test.asked(*sides, (0, -1, 9, 1), scored=False)]
    assert np.isnan(test.decided(codes, asked, [1e-9])).all()


def test_pairs_are_counted_by_the_kernel():
    rng = np.random.default_rng(2)
    x, *others = codes = rng.integers(0, 6, (5, 300)).astype(np.uint16)
    others[2][:250] = x[:250]
    kinds = [(6, True, False), (6, True, False), (6, False, True), (6, True, True)]
    test, which = LevelTest(None, Memory.of_many_tests()), [2, 0, 3]
    asked = [test.asked(0, (6, True, True), 1 + k, kinds[k]) for k in which]
    found = test.decided(codes, asked, [0.01] * 3)
    for k, log_p in zip(which, found, strict=True):
        tables = np.zeros((1, 6, 6), np.int64)
        np.add.at(tables, (0, x, others[k]), 1)
        kind = (True, kinds[k][1]), (True, kinds[k][2])
        expected = whole(tables, *kind, 0.01, None)
        assert log_p == expected or (math.isnan(log_p) and expected > math.log(0.01))
    assert found[0] < -300


def test_tables_of_very_many_cells_are_left_to_who_counts_with_care():
    test = LevelTest(None, Memory.of_many_tests())
    many = (5000, False, False)
    codes = np.zeros((2, 9), np.uint16)
    assert np.isnan(test.decided(codes, [test.asked(0, many, 1, many)], [0.01])).all()


@pytest.mark.parametrize("shape", [0.3, 4.0, 90.0, 2500.0])
def test_tails_of_the_kernel_are_those_of_scipy(shape):
    for x in shape * np.geomspace(1e-3, 1e3, 40):
        found = kernel._log_gamma_tail(shape, x, ADDRESSES or (0, 0))
        assert found == log_gamma_tail(shape, x)


@pytest.mark.parametrize("name", ["jmi", "cmim", "mrmr"])
def test_where_scipy_hides_its_functions_paths_are_the_same(name, monkeypatch):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(600, 12))
    X[:, 6:9] = X[:, :3] + 0.5 * rng.normal(size=(600, 3))
    X[rng.random(X.shape) < 0.05] = np.nan
    y = np.nan_to_num(X[:, 0] + X[:, 1] * X[:, 2]) > 0
    first = MISelector(name, 8).fit(X, y).path_
    monkeypatch.setattr(level, "ADDRESSES", None)
    second = MISelector(name, 8).fit(X, y).path_
    assert first.to_csv() == second.to_csv()
    assert (first["tier"] == 1).any()


def test_addresses_leave_the_types_of_the_process_alone():
    code = (
        "import ctypes, mifs._chance.tails as tails\n"
        "assert tails.ADDRESSES is not None\n"
        "function = ctypes.pythonapi.PyCapsule_GetPointer\n"
        "print(function.restype is ctypes.c_int, function.argtypes)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "None"], done.stderr
