"""Neighbours in the plane where ties or clusters make strips degenerate."""

from __future__ import annotations

import numpy as np
import pytest
from repeats import first

from mifs._kernels.knn_plane import plane_radii
from mifs.estimators.knn.neighbours import plane_reaches
from mifs.estimators.knn.sorted import (
    Column,
    Groups,
    arrange,
    one_group,
    read_column,
    sort_column,
)

N = 20_000


def half(rng, n, share=0.5):
    return np.where(rng.random(n) < share, 0.0, rng.normal(size=n))


def levels(rng, n, count):
    return rng.integers(0, count, n).astype(float)


def clusters(rng, n, width=1e-9):
    return rng.integers(0, 10, n) + width * rng.normal(size=n)


def normal(rng, n):
    return rng.normal(size=n)


def both(draw, *options):
    return lambda rng, n: (draw(rng, n, *options), draw(rng, n, *options))


def one(draw, *options):
    return lambda rng, n: (rng.normal(size=n), draw(rng, n, *options))


def line(rng, n):
    x = half(rng, n)
    return x, x


def noisy_line(rng, n):
    x = rng.normal(size=n).round(2)
    return x, np.where(rng.random(n) < 0.5, x, x + 0.1 * rng.normal(size=n))


def axes(rng, n):
    x, along = rng.normal(size=n), rng.random(n) < 0.5
    return np.where(along, x, 0.0), np.where(along, 0.0, x)


PATTERNS = {
    "untied": both(normal),
    "half tied": one(half),
    "nine tenths tied": one(half, 0.9),
    "both half tied": both(half),
    "both nine tenths tied": both(half, 0.9),
    "2 levels": one(levels, 2),
    "10 levels": one(levels, 10),
    "10 000 levels": one(levels, 10_000),
    "2 by 2 levels": both(levels, 2),
    "10 by 10 levels": both(levels, 10),
    "300 by 300 levels": both(levels, 300),
    "one decimal": both(lambda rng, n: rng.normal(size=n).round(1)),
    "three decimals": both(lambda rng, n: rng.normal(size=n).round(3)),
    "tied line": line,
    "noisy line": noisy_line,
    "both axes": axes,
    "blocks": lambda rng, n: (np.arange(n) // 1000 * 1.0, rng.normal(size=n)),
    "clusters": one(clusters),
    "both in clusters": both(clusters),
    "tails": both(lambda rng, n: rng.standard_cauchy(n)),
}


def raw(values):
    """A column as it is, without scaling or tolerance."""
    rows = np.argsort(values, kind="stable").astype(np.int32)
    return Column(values, rows, 0.0)


def search(x, y, groups, k):
    """By row, kept rows only: whether strips sufficed, reaches in x and y; inside."""
    first, second = arrange(raw(x), groups), arrange(raw(y), groups)
    cross = first.places[second.rows]
    scratch = None if k <= 4 else np.empty(k - 4)
    enough, reach_x, reach_y, inside = plane_radii(
        first.ordered, second.ordered, cross, groups.starts, k, 0.0, scratch
    )
    by_row = np.full((2, len(x)), np.nan)
    by_row[0, first.rows] = reach_x
    by_row[1, second.rows] = reach_y
    return enough, *by_row, inside


def naive(x, y, codes, k, rows):
    """Distance of the k-th neighbour, and points inside, of a few rows."""
    radii, inside = np.empty(len(rows)), np.empty(len(rows), int)
    for place, row in enumerate(rows):
        own = np.flatnonzero(codes == codes[row])
        apart = np.maximum(np.abs(x[own] - x[row]), np.abs(y[own] - y[row]))
        near = min(k, len(own) - 1)
        radii[place] = np.partition(apart, near)[near]
        closer = (apart < radii[place]).sum()
        inside[place] = closer if radii[place] > 0 else (apart == 0).sum()
    return radii, inside


def check(x, y, codes, k):
    """Compare 60 rows with their naive twins, and all sums over x and over y."""
    x, y = x / x.std(), y / y.std()
    rows = np.random.default_rng(0).choice(len(x), 60, replace=False)
    enough, reach_x, reach_y, _ = search(x, y, Groups(codes), k)
    assert enough
    radii, _ = naive(x, y, codes, k, rows)
    positive = radii > 0
    assert (reach_x[rows][positive] == radii[positive]).all()
    assert (reach_x[rows][~positive] == np.nextafter(0.0, 1.0)).all()
    # Rows that tie in y may swap reaches there.
    for code in np.unique(codes):
        own = codes == code
        pairs = [np.lexsort((r[own], y[own])) for r in (reach_x, reach_y)]
        assert (reach_x[own][pairs[0]] == reach_y[own][pairs[1]]).all()


@pytest.mark.parametrize("k", first(2, [1, 5, 3, 10]))
@pytest.mark.parametrize("pattern", PATTERNS)
def test_reaches_are_those_of_the_naive_twin(pattern, k):
    rng = np.random.default_rng(k)
    x, y = PATTERNS[pattern](rng, N)
    check(x, y, np.zeros(N, int), k)
    check(y, x, np.zeros(N, int), k)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_reaches_within_groups(pattern):
    rng = np.random.default_rng(0)
    x, y = PATTERNS[pattern](rng, N)
    check(x, y, np.minimum(rng.geometric(0.6, N) - 1, 3), 2)


@pytest.mark.parametrize("k", [1, 3, 5, 10])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_points_inside_are_those_of_the_naive_twin(pattern, k):
    rng = np.random.default_rng(k)
    x, y = PATTERNS[pattern](rng, 700)
    codes = np.zeros(700, int)
    found = search(x, y, Groups(codes), k)[3]
    twin = naive(x, y, codes, k, np.arange(700))[1]
    assert np.sort(found).tolist() == np.sort(twin).tolist()


def refuse(*_):
    raise AssertionError("the strips did not suffice")


@pytest.mark.parametrize("scale", ["standardize", "rank"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_work_per_point_is_bounded_without_a_tree(pattern, scale, monkeypatch):
    """The search gives up after a fixed number of points seen per point."""
    n = 100_000
    x, y = PATTERNS[pattern](np.random.default_rng(0), n)
    columns = [arrange(read_column(v, scale), one_group(n)) for v in (x, y)]
    monkeypatch.setattr("mifs._kernels.knn_space.space_radii", refuse)
    forth = plane_reaches(*columns, one_group(n), 3)
    back = plane_reaches(*columns[::-1], one_group(n), 3)
    for one_way, other_way in zip(forth, (back[1], back[0], back[2]), strict=True):
        assert one_way.sum() == pytest.approx(other_way.sum(), rel=1e-12)


COLUMNS = {
    "normal": normal,
    "half tied": half,
    "levels": lambda rng, n: levels(rng, n, 7) - 3,
    "signed zeros": lambda rng, n: rng.choice([-0.0, 0.0, 5e-324, -5e-324], n),
    "tails": lambda rng, n: rng.standard_cauchy(n) ** 31,
    "last bits": lambda rng, n: 1 + 2.0**-52 * rng.integers(0, n, n),
    "mostly last bits": lambda rng, n: np.where(
        rng.random(n) < 0.9, 1 + 1e-15 * normal(rng, n), -1.0
    ),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_columns_are_sorted_and_ties_keep_their_order(column):
    """The keys of values that differ in their last bits agree."""
    rng = np.random.default_rng(0)
    for n in (1, 2, 3, 100, 4097):
        values = COLUMNS[column](rng, n)
        rows, ordered = sort_column(values)
        expected = np.argsort(values, kind="stable")
        assert rows.dtype == np.int32
        assert (rows == expected).all()
        assert (ordered == values[expected]).all()
