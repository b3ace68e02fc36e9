"""Draws of one table that share its tiles give what each gives alone, bit for bit."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from repeats import first

import mifs
from mifs._data.reading import read
from mifs._engines.drawn import DrawnEngine, engine_in_memory, holding
from mifs._engines.memory import MemoryEngine
from mifs._kernels.tiles import CHUNK
from mifs._problem import resampled
from mifs._problem.chance import ChanceGate
from mifs._problem.resampled import Repeated
from mifs._resampling.rows import Scheme
from mifs._search import (
    Constraints,
    StopAfter,
    elementwise,
    search,
    search_rows,
)
from mifs.criteria import CRITERIA
from mifs.criteria import resolve as criterion_of
from mifs.estimators import PlugIn
from mifs.estimators.plugin.terms import PlugInTerms
from mifs.selectors._base import problem_of

ALL = frozenset({"redundancy", "conditional_redundancy", "joint_entropy"})
PAIRWISE = [name for name, known in CRITERIA.items() if known.search == "pairwise"]


def levels_of(kind):
    """Levels of columns: of tiles only, or also of many levels, one byte or two."""
    few = [1, 2, 2, 3, 5, 7, 10, 17, 33, 64] * 4
    return [*few, *{"tiles": [], "mixed": [90, 256, 300, 400]}[kind]]


def coded(kind, n, n_classes=3, seed=0):
    """A table of codes, of which all draws are made; the target depends on some."""
    rng = np.random.default_rng(seed)
    levels = levels_of(kind)
    X = np.stack([rng.integers(0, m, n) for m in levels], axis=1)
    y = (X[:, 1] + X[:, 3] + rng.integers(0, 2, n)) % n_classes
    encoded = PlugIn(correction=None).encode(read(X, y, discrete_features=True))
    return encoded.materialised()


def draws_of(n, size, n_draws=3, seed=1):
    rng = np.random.default_rng(seed)
    return [np.sort(rng.permutation(n)[:size]) for _ in range(n_draws)]


def same_terms(terms, others, p):
    np.testing.assert_array_equal(terms.relevance, others.relevance)
    np.testing.assert_array_equal(terms.entropy, others.entropy)
    np.testing.assert_array_equal(terms.level_counts.counts, others.level_counts.counts)
    rng = np.random.default_rng(2)
    for pick in (1, 3, 9, p - 1):
        some = rng.permutation(p)[:5]
        for candidates in (np.arange(p), some):
            for wanted in (ALL, frozenset({"redundancy"})):
                found = terms.pairwise(pick, candidates, wanted)
                other = others.pairwise(pick, candidates, wanted)
                for name in wanted:
                    np.testing.assert_array_equal(found[name], other[name], name)
    picks, candidates = rng.integers(0, p, (2, 40))
    found, other = (t.pairs(picks, candidates, ALL) for t in (terms, others))
    for name in ALL:
        np.testing.assert_array_equal(found[name], other[name], name)


@pytest.mark.parametrize("kind", ["tiles", "mixed"])
@pytest.mark.parametrize("n", [150, 2 * CHUNK + 700])
def test_drawn_rows_count_as_rows_packed_anew(kind, n):
    whole = coded(kind, n)
    for rows in (*draws_of(n, n // 2, 2), np.repeat(np.arange(0, n, 3), 2)):
        packed = MemoryEngine(whole.rows(rows))
        drawn = engine_in_memory(holding(whole).rows(rows))
        assert isinstance(drawn, DrawnEngine)
        for correction in (None, "permutation", "miller_madow"):
            ours, twin = (PlugInTerms(e, correction) for e in (drawn, packed))
            same_terms(ours, twin, whole.n_features)
        label, other = (t.join(t.join(None, 2), 3) for t in (ours, twin))
        every = np.arange(whole.n_features)
        for found, expected in zip(
            ours.joint(label, every, by_class=True),
            twin.joint(other, every, by_class=True),
            strict=True,
        ):
            np.testing.assert_array_equal(found, expected)


def test_what_is_held_belongs_to_its_columns():
    whole = holding(coded("tiles", 90))
    assert whole.held is not None
    assert whole.columns(np.arange(30)).held is None
    assert whole.materialised().held is None
    assert holding(coded("tiles", 90).columns(np.arange(9))).held is None
    reweighted = whole.reweighted(np.full(90, 2))
    assert not isinstance(PlugIn().terms(reweighted)._engine, DrawnEngine)


def stacked(whole, draws, **settings):
    tables = [holding(whole).rows(rows) for rows in draws]
    terms = PlugIn(**settings).terms_together(tables)
    each = [PlugIn(**settings).terms(whole.rows(rows)) for rows in draws]
    return terms, each


def balanced(whole, n_draws=4, seed=3):
    """Draws of half of the rows of each class."""
    rng = np.random.default_rng(seed)
    return [
        np.sort(
            np.concatenate(
                [
                    rng.permutation(np.flatnonzero(whole.classes == c))[
                        : np.count_nonzero(whole.classes == c) // 2
                    ]
                    for c in range(whole.n_classes)
                ]
            )
        )
        for _ in range(n_draws)
    ]


@pytest.mark.parametrize("correction", [None, "permutation"])
@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("n", [60, 900])
def test_rounds_of_stacked_draws_are_those_of_each(correction, n_classes, n):
    whole = coded("tiles", n, n_classes)
    terms, each = stacked(whole, balanced(whole), correction=correction)
    p = whole.n_features
    np.testing.assert_array_equal(
        terms.relevance, np.concatenate([own.relevance for own in each])
    )
    for draws, columns in (([0, 1, 2, 3], [1, 1, 5, 9]), ([1, 3], [0, 39])):
        for wanted in (ALL, frozenset({"redundancy"})):
            found = terms.rounds(np.array(draws), np.array(columns), wanted)
            for place, (r, pick) in enumerate(zip(draws, columns, strict=True)):
                own = each[r].pairwise(pick, np.arange(p), wanted)
                for name, values in own.items():
                    np.testing.assert_array_equal(found[name][place], values, name)


def test_what_cannot_be_stacked():
    whole = coded("tiles", 90)
    assert stacked(whole, balanced(whole), correction="miller_madow")[0] is None
    assert stacked(whole, balanced(whole), correction="shrinkage")[0] is None
    mixed = coded("mixed", 90)
    assert stacked(mixed, balanced(mixed))[0] is None
    many = coded("tiles", 2 * CHUNK + 2)
    assert stacked(many, draws_of(many.n_rows, CHUNK + 1))[0] is None


@pytest.mark.parametrize("name", PAIRWISE)
@pytest.mark.parametrize("correction", first(1, ["permutation", None]))
def test_searches_side_by_side_choose_as_each_alone(name, correction):
    whole = coded("tiles", 300)
    terms, each = stacked(whole, balanced(whole), correction=correction)
    costs = np.zeros(whole.n_features)
    costs[[1, 3]] = 0.05
    for constraints in (
        Constraints(),
        Constraints(include=[7, 2], exclude=[1, 4], costs=costs),
    ):
        criterion = criterion_of(name)
        found = search_rows(terms, len(each), criterion, StopAfter(6), constraints)
        for own, features in zip(each, found, strict=True):
            path = search(own, criterion, 6, constraints=constraints)
            assert features == path.feature
    assert elementwise(criterion)
    assert not elementwise(replace(criterion, score=lambda *_: _[0]))


def repeated(X, y, selector):
    problem = Repeated(problem_of(selector, X, y))
    scheme = Scheme("complementary", 0.5, problem.n_rows, 4, problem.classes)
    return problem, [scheme.rows(number) for number in range(8)]


def table(n, p=40, seed=0, target="classes"):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    X[:, ::2] = rng.integers(0, 4, (n, p // 2))
    X[rng.random(n) < 0.1, 1] = np.nan
    score = X[:, :6:2].sum(axis=1) + 2 * rng.normal(size=n)
    if target == "numbers":
        return X, score
    if target == "xor":
        X[:, 4] = rng.integers(0, 2, n)
        y = score > np.median(score)
        X[:, 6] = X[:, 4] != y
        return X, y
    return X, np.digitize(score, np.quantile(score, [0.3, 0.8]))


@pytest.mark.parametrize("target", ["classes", "numbers", "xor"])
@pytest.mark.parametrize(
    "selector",
    [
        mifs.JMI(5),
        mifs.JMI("auto"),
        mifs.JMI("auto", mi_estimator=PlugIn(correction=None)),
        mifs.JMI(6, mi_estimator=PlugIn(n_bins=3)),
        mifs.JMI(7, alpha=1, include=[9], exclude=[0, 2]),
        mifs.JMI(5, include=[9], exclude=[0], costs={2: 0.1}),
        mifs.MIM(5),
        mifs.CIFE(5, mi_estimator=PlugIn(correction=None)),
        mifs.MIRMR(5),
        mifs.JMI(None, alpha=1),
    ],
    ids=str,
)
def test_resamples_side_by_side_are_those_of_each(target, selector):
    problem, draws = repeated(*table(201, target=target), selector)
    for found, rows in zip(problem.on_each(draws), draws, strict=True):
        alone = problem.on(rows)
        assert found.chosen == alone.chosen
        np.testing.assert_array_equal(found.relevance, alone.relevance)


@pytest.mark.parametrize("alpha", [0.05, 1])
def test_resamples_share_their_rounds(alpha, monkeypatch):
    problem, draws = repeated(*table(200), mifs.JMI(4, alpha=alpha))
    alone = problem.on_each(draws)
    monkeypatch.setattr(resampled, "choose", partial(pytest.fail, "one search"))
    # What is asked of each candidate first is tested for all draws at once.
    for own in ("_log_p_of_levels", "_log_p_of_pick"):
        monkeypatch.setattr(ChanceGate, own, partial(pytest.fail, "a test of one draw"))
    for found, expected in zip(problem.on_each(draws), alone, strict=True):
        assert found.chosen == expected.chosen


@pytest.mark.parametrize("selector", [mifs.CMIM(2, alpha=1), mifs.MIM(2, alpha=1)])
def test_more_resamples_than_are_solved_together(selector):
    X, y = table(60, p=30)
    few, many = (
        mifs.StabilitySelector(selector, n, n_jobs=jobs).fit(X, y)
        for n, jobs in ((30, None), (300, 2))
    )
    np.testing.assert_array_equal(many.selections_[:30], few.selections_)
    assert len(many.selections_) == 300
