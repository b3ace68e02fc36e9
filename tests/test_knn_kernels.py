"""The k-NN kernels against full distance matrices, and against degeneration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_knn import (
    ball,
    count,
    distances,
    naive_ksg,
    naive_ross,
    naive_within,
)
from scipy.special import digamma

from mifs._kernels.knn_line import line_counts, line_psi, line_radii, window_counts
from mifs._kernels.knn_plane import plane_radii
from mifs._kernels.knn_space import space_counts, space_radii
from mifs.estimators.knn.neighbours import (
    digamma_table,
    ksg,
    ross_information,
    ross_within,
)
from mifs.estimators.knn.sorted import Column, Groups, arrange, one_group

KINDS = ["normal", "cauchy", "grid", "half", "clusters", "line"]


def draw(rng, kind, n):
    if kind == "normal":
        return rng.normal(size=n)
    if kind == "cauchy":
        return rng.standard_cauchy(n)
    if kind == "grid":
        return rng.integers(0, 8, n).astype(float)
    if kind == "half":
        return np.where(rng.random(n) < 0.5, 0.0, rng.normal(size=n))
    if kind == "clusters":
        return rng.integers(0, 3, n) + 1e-7 * rng.normal(size=n)
    return np.arange(n) / 16


def raw(values):
    """A column as it is, without scaling or tolerance."""
    return Column(values, np.argsort(values, kind="stable").astype(np.int32), 0.0)


def plane(x, y, groups, k):
    return ksg(arrange(raw(x), groups), arrange(raw(y), groups), groups, k)


@pytest.mark.parametrize("kind_x", KINDS)
@pytest.mark.parametrize("kind_y", KINDS)
@pytest.mark.parametrize("k", [1, 3, 5, 11])
def test_ksg_counts_as_its_twin(kind_x, kind_y, k):
    rng = np.random.default_rng(k)
    for n in (2, 3, 40, 250):
        x, y = draw(rng, kind_x, n), draw(rng, kind_y, n)
        near = min(k, n - 1)
        found = plane(x, y, one_group(n), k)
        assert found == pytest.approx(naive_ksg(x, y, near), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [1, 3, 9])
def test_ksg_within_classes(kind, k):
    rng = np.random.default_rng(0)
    n = 150
    x, y, z = draw(rng, kind, n), rng.normal(size=n), rng.integers(0, 12, n)
    z[:3] = 90, 91, 92

    def twin(a, b, k):
        return naive_ksg(a, b, min(k, len(a) - 1))

    found = plane(x, y, Groups(np.unique(z, return_inverse=True)[1]), k)
    assert found == pytest.approx(naive_within(x, y, z, k, twin), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [1, 3, 9])
@pytest.mark.parametrize("n_classes", [1, 2, 30])
def test_ross_counts_as_its_twin(kind, k, n_classes):
    rng = np.random.default_rng(k)
    for n in (2, 40, 200):
        x, y = draw(rng, kind, n), rng.integers(0, n_classes, n)
        if np.bincount(y).max() < 2:
            continue
        found = ross_information(raw(x), Groups(y), k)
        assert found == pytest.approx(naive_ross(x, y, k), abs=1e-12)


def test_ross_within_classes():
    rng = np.random.default_rng(0)
    x, y, z = rng.normal(size=200), rng.integers(0, 3, 200), rng.integers(0, 4, 200)
    found = ross_within(raw(x), y, Groups(z), 3)
    assert found == pytest.approx(naive_within(x, y, z, 3, naive_ross), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("d", [1, 2, 3])
def test_tree_counts_as_its_twin(kind, d):
    rng = np.random.default_rng(d)
    for n in (2, 9, 60, 300):
        points = np.column_stack([draw(rng, kind, n) for _ in range(d)])
        starts = np.array([0, n])
        for k in (1, 3, 7):
            reaches, inside = space_radii(points, (0,) * d, starts, k, 0.0)
            radius, members = ball(distances(points), k)
            assert (np.where(radius[:, 0] > 0, reaches, 0) == radius[:, 0]).all()
            assert (inside == members).all()
            wider = 1.5 * radius
            expected = (distances(points) < wider).sum(axis=1) + 1
            positive = wider[:, 0] > 0
            found = space_counts(
                points, (0,) * d, starts, np.maximum(wider[:, 0], 5e-324)
            )
            assert (found[positive] == expected[positive]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_line_counts_as_its_twin(kind):
    rng = np.random.default_rng(0)
    n = 300
    codes = np.sort(rng.integers(0, 4, n))
    values = draw(rng, kind, n)
    values = values[np.lexsort((values, codes))]
    starts = np.r_[0, np.cumsum(np.bincount(codes))]
    reaches, inside = line_radii(values, starts, 3, 0.0)
    table = np.where(codes[:, None] == codes, distances(values), np.inf)
    radius, members = ball(table, 3)
    assert (inside == members).all()
    assert (line_counts(values, starts, reaches) == count(table, radius)).all()
    wide = rng.choice([1e-3, 0.1, 5.0, 1e300], n)
    counts = line_counts(values, starts, wide)
    assert (counts == count(table, wide[:, None])).all()
    others = rng.normal(size=n)
    square = np.maximum(table, distances(others))
    enough, counts_2d = window_counts(values, others, starts, wide)
    assert enough
    assert (counts_2d == count(square, wide[:, None])).all()
    total = line_psi(values, starts, wide, digamma_table(n))
    assert total == pytest.approx(digamma(counts).sum())


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2),
    st.integers(1, 6),
)
def test_small_grids(pairs, k):
    x, y = np.array(pairs, dtype=float).T
    near = min(k, len(x) - 1)
    assert plane(x, y, one_group(len(x)), k) == pytest.approx(
        naive_ksg(x, y, near), abs=1e-12
    )


@pytest.mark.parametrize("k", [3, 8])
def test_the_search_gives_up_where_strips_degenerate(k):
    """Every strip is in reach of every point: the search moves to the tree."""
    rng = np.random.default_rng(0)
    n = 200_000
    x = 1e-9 * rng.normal(size=n)
    y = rng.normal(size=n)
    groups = one_group(n)
    first, second = arrange(raw(x), groups), arrange(raw(y), groups)
    cross = first.places[second.rows]
    scratch = None if k <= 4 else np.empty(k - 4)
    columns = first.ordered, second.ordered, cross, groups.starts, k, 0.0, scratch
    enough = plane_radii(*columns)[0]
    assert not enough
    found = ksg(first, second, groups, k)
    flipped = ksg(second, first, groups, k)
    assert found == pytest.approx(flipped, abs=1e-12)


def test_the_tree_and_the_strips_agree():
    rng = np.random.default_rng(0)
    n = 5000
    x = rng.standard_cauchy(n)
    y = x + rng.standard_cauchy(n)
    groups = one_group(n)
    first, second = arrange(raw(x), groups), arrange(raw(y), groups)
    cross = first.places[second.rows]
    enough, reach, _, inside = plane_radii(
        first.ordered, second.ordered, cross, groups.starts, 3, 0.0, None
    )
    assert enough
    points = np.column_stack([first.ordered, y[first.rows]])
    by_tree = space_radii(points, (0, 0), groups.starts, 3, 0.0)
    assert (reach == by_tree[0]).all()
    assert np.sort(inside).tolist() == np.sort(by_tree[1]).tolist()
