"""Occupied cells of joint tables, by every way to count them, equal np.unique's."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from plain import PLAIN

from mifs._data.reading import read
from mifs._data.weights import to_units
from mifs._engines.base import Workers
from mifs._engines.histogram import HistogramEngine
from mifs._engines.memory import MemoryEngine
from mifs._engines.sparse import SparseEngine
from mifs._kernels import counts, tables, tiles
from mifs.estimators import PlugIn
from mifs.estimators.plugin.terms import PlugInTerms

MATRICES = {
    "bits": (lambda rng: rng.integers(0, 3, (2000, 5)), 2, "bits"),
    "histogram": (lambda rng: rng.integers(0, [40, 70, 9, 3, 5], (400, 5)), 3, "hist"),
    "sorting": (lambda rng: rng.integers(0, [90, 70, 300, 3], (60, 4)), 3, "sorting"),
    "tiles": (lambda rng: rng.integers(0, 20, (500, 40)), 3, "tiles"),
    "tiles of one class": (lambda rng: rng.integers(0, 6, (500, 40)), 30, "tiles"),
    "tiles of many rows": (lambda rng: rng.integers(0, 30, (20_000, 26)), 5, "tiles"),
    "wide": (lambda rng: rng.integers(0, [3, 300, 900], (3000, 3)), 2, "hist"),
}


def raw_table(kind, seed=0):
    make, n_classes, way = MATRICES[kind]
    rng = np.random.default_rng(seed)
    X = make(rng)
    return X, rng.integers(0, n_classes, len(X)), way


def occupied(*columns):
    """How many combinations of some columns occur."""
    label = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        label = label * 10_000 + column.astype(np.int64)
    return len(np.unique(label))


def twin(X, y, pick, candidates):
    """Cells, rows and columns, plain and by class, of the labels of a pick."""
    found = []
    for k in candidates:
        x = X[:, k]
        found.append(
            [
                *(occupied(x, pick), occupied(x, pick, y)),
                *(occupied(x), occupied(x, y), occupied(pick), occupied(pick, y)),
            ]
        )
    return np.array(found).T


def check(found, expected):
    names = ("cells", "rows", "columns")
    fields = [name + by for name in names for by in ("", "_by_class")]
    for name, values in zip(fields, expected, strict=True):
        np.testing.assert_array_equal(getattr(found, name), values, err_msg=name)


def check_plain(found, expected):
    """Where the class is not asked for, both numbers are the plain one."""
    for place, name in enumerate(("cells", "rows", "columns")):
        for by in ("", "_by_class"):
            values = getattr(found, name + by)
            np.testing.assert_array_equal(values, expected[2 * place], err_msg=name)


def check_terms(terms, X, y):
    """Statistics of all columns against two picks and a joint label."""
    every = np.arange(X.shape[1])
    for pick in every[:2].tolist():
        expected = twin(X, y, X[:, pick], every)
        check(terms.statistics(pick, every), expected)
        check_plain(terms.statistics(pick, every, by_class=False), expected)
        two = Workers(lambda f, *a: list(map(f, *a)), 2)
        check(terms.statistics(pick, every, workers=two), expected)
        check(terms.statistics(pick, every[1:3]), expected[:, 1:3])
    picks = np.roll(every, 1)
    expected = np.concatenate(
        [twin(X, y, X[:, j], [k]) for j, k in zip(picks, every, strict=True)], axis=1
    )
    check(terms.pair_statistics(picks, every), expected)
    check_plain(terms.pair_statistics(picks, every, by_class=False), expected)
    label = terms.join(terms.join(None, 0), 2)
    joint = np.unique(X[:, [0, 2]], axis=0, return_inverse=True)[1].reshape(-1)
    expected = twin(X, y, joint, every[:3])
    check(terms.statistics(label, every[:3]), expected)
    check_plain(terms.statistics(label, every[:3], by_class=False), expected)


@pytest.fixture
def used(monkeypatch):
    """Ways by which tables were counted."""
    names = set()

    def spy(kernel, way, *arguments):
        names.add(way)
        return kernel(*arguments)

    for way, module, name in (
        ("bits", counts, "bit_tables"),
        ("hist", counts, "histogram_tables"),
        ("sorting", counts, "sorted_tables"),
        ("tiles", tiles, "tile_tables"),
        ("pairs", counts, "pair_sums"),
    ):
        kernel = getattr(module, name)
        monkeypatch.setattr(module, name, partial(spy, kernel, way))
    return names


@pytest.mark.parametrize("kind", MATRICES)
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_every_way_of_counting(kind, n_jobs, used):
    X, y, way = raw_table(kind)
    table = read(X, y, discrete_features=True)
    encoded = PLAIN.encode(table, n_jobs=n_jobs)
    check_terms(PlugInTerms(MemoryEngine(encoded, n_jobs)), X, y)
    assert way in used
    if len(X) < 5000:
        check_terms(PlugInTerms(HistogramEngine(encoded, n_jobs)), X, y)


def test_pairs_are_counted_together(used):
    rng = np.random.default_rng(1)
    X, y = rng.integers(0, 30, (900, 30)), rng.integers(0, 3, 900)
    table = read(X, y, discrete_features=True)
    terms = PLAIN.prepare(table)
    picks, every = np.roll(np.arange(30), 1), np.arange(30)
    terms.pair_statistics(picks, every)
    assert "pairs" in used


def test_sums_are_those_of_the_terms():
    X, y, _ = raw_table("tiles")
    table = read(X, y, discrete_features=True)
    terms, every = PLAIN.prepare(table), np.arange(40)
    found = terms.statistics(3, every)
    logarithms = terms._logarithms
    for sums, columns in ((found.plain, [3]), (found.by_class, [3, 40])):
        for k in every:
            labels = np.column_stack([X, y])[:, [k, *columns]]
            counted = np.unique(labels, axis=0, return_counts=True)[1]
            assert sums[k] == logarithms.full_table[counted].sum()
    np.testing.assert_array_equal(terms.occupied_levels, terms.n_levels)
    for k in every:
        by_class = [occupied(X[y == c, k]) for c in range(3)]
        assert terms.occupied[k].tolist() == by_class


@pytest.mark.every_way
@pytest.mark.parametrize("whole", [True, False])
def test_weighted_rows(whole):
    rng = np.random.default_rng(2)
    X, y = rng.integers(0, [3, 9, 30, 200], (150, 4)), rng.integers(0, 3, 150)
    table = read(X, y, discrete_features=True)
    weights = rng.integers(1, 4, 150) if whole else rng.random(150) + 0.01
    table = type(table)(**{**vars(table), "weights": to_units(weights.astype(float))})
    check_terms(PLAIN.prepare(table), X, y)


@pytest.mark.parametrize("density", [0.05, 0.7])
def test_sparse_columns(density):
    rng = np.random.default_rng(3)
    X = rng.integers(1, [3, 9, 80, 4, 2], (300, 5)) * (rng.random((300, 5)) < density)
    y = rng.integers(0, 3, 300)
    table = read(sp.csc_array(X), y, discrete_features=True)
    check_terms(PlugInTerms(SparseEngine.of_table(PLAIN.encode(table))), X, y)


def test_levels_that_do_not_occur():
    X, y, _ = raw_table("tiles")
    table = read(X, y, discrete_features=True)
    rows = np.flatnonzero((y < 2) & (X[:, 0] > 12))
    some = PLAIN.encode(table).rows(rows)
    check_terms(PLAIN.terms(some), X[rows], y[rows])
    assert (PLAIN.terms(some).occupied[:, 2] == 0).all()


@pytest.mark.parametrize("levels", [4, 60])
def test_rows_in_which_both_have_values(levels):
    rng = np.random.default_rng(4)
    X = rng.integers(0, levels, (120, 4)).astype(float)
    X[rng.random((120, 4)) < 0.2] = np.nan
    y = rng.integers(0, 3, 120)
    table = read(pd.DataFrame(X), y, discrete_features=True)
    terms = PlugIn(missing="pairwise").prepare(table)
    for by_class in (True, False):
        found = terms.statistics(0, np.arange(1, 4), by_class=by_class)
        for place, k in enumerate((1, 2, 3)):
            here = ~np.isnan(X[:, [0, k]]).any(axis=1)
            expected = twin(X[here], y[here], X[here, 0], [k])
            one = type(found)(*(part[[place]] for part in found))
            (check if by_class else check_plain)(one, expected)


def test_lanes_of_fewer_levels_have_no_cells():
    counts_of = np.zeros((1, 2, 3, 256), np.int32)
    counts_of[0, :, :2, 5] = [[4, 0], [1, 2]]
    found, folded = np.zeros((2, 1, 256), np.int64)
    tables.occupied_in_tiles(counts_of, 2, found, folded)
    assert found[0, 5] == 3
    assert folded[0, 5] == 2
    assert found.sum() == 3
