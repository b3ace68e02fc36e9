"""Wide, short tables of up to three levels: bits of a few words say what codes say."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import PLAIN

from mifs import MISelector
from mifs._data.reading import read
from mifs._engines.memory import MemoryEngine
from mifs._engines.ternary import COLUMNS_A_ROW, MOST_ROWS, TernaryEngine
from mifs._search import Constraints, _pool, search
from mifs._search._pool import SHORT_ROUND
from mifs._search._small import BY_BITS, LAZY, SmallSearch
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn
from mifs.estimators.plugin.terms import PlugInTerms

BOTH = frozenset({"redundancy", "conditional_redundancy", "joint_entropy"})
STEPS = (
    *("feature", "score", "relevance", "redundancy"),
    *("conditional_redundancy", "runner_up", "margin"),
)


@pytest.fixture(autouse=True)
def as_it_is(monkeypatch):
    """What is short, as users have it."""
    monkeypatch.setattr(_pool, "SHORT_ROUND", SHORT_ROUND)


def encoded(X, y):
    table = read(X, y, discrete_features=True, discrete_target=True)
    return PLAIN.encode(table)


@st.composite
def tables(draw):
    """Few rows, of one to three levels, perhaps spread, in rows or in columns."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(3, 80))
    p = COLUMNS_A_ROW * n + draw(st.integers(0, 9))
    X = rng.integers(0, rng.integers(1, 4, p), (n, p)).astype(np.uint8)
    if draw(st.booleans()):
        X = X * np.uint8(40) + np.uint8(3)
    X = draw(st.sampled_from([np.asarray, np.asfortranarray, pd.DataFrame]))(X)
    y = rng.integers(0, draw(st.integers(2, 4)), n)
    y[:2] = 0, 1
    return X, y


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), st.integers(0, 2**32 - 1))
def test_counts_are_those_of_any_engine(data, seed):
    table, rng = encoded(*data), np.random.default_rng(seed)
    if not TernaryEngine.holds(table):
        return
    engines = TernaryEngine(table), MemoryEngine(table)
    ours, theirs = (PlugInTerms(engine) for engine in engines)
    np.testing.assert_array_equal(ours.relevance, theirs.relevance)
    np.testing.assert_array_equal(*(t.level_counts.counts for t in (ours, theirs)))
    p = len(ours.relevance)
    some = rng.permutation(p)[: rng.integers(1, p)]
    for candidates in (np.arange(p), np.sort(some), some):
        for wanted in (BOTH, frozenset({"redundancy"})):
            pick, others = int(rng.integers(p)), rng.integers(0, p, len(candidates))
            for ask, where in (("pairwise", pick), ("pairs", others)):
                found = [
                    getattr(t, ask)(where, candidates, wanted) for t in (ours, theirs)
                ]
                for name in wanted:
                    np.testing.assert_array_equal(found[0][name], found[1][name])
        for by_class in (True, False):
            asked = {"by_class": by_class}
            np.testing.assert_array_equal(
                ours.statistics(pick, candidates, **asked),
                theirs.statistics(pick, candidates, **asked),
            )
            np.testing.assert_array_equal(
                ours.pair_statistics(others, candidates, **asked),
                theirs.pair_statistics(others, candidates, **asked),
            )


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_codes_come_back(data):
    table = encoded(*data)
    if not TernaryEngine.holds(table):
        return
    engine = TernaryEngine(table)
    order = np.argsort(table.classes, kind="stable")
    for column in range(0, table.n_features, 7):
        codes = table.column(column)[order]
        np.testing.assert_array_equal(engine.row_codes.of(column), codes)


def some_table(n=40, p=400, n_levels=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, n_levels, (n, p)).astype(np.uint8)
    return X, (X[:, 3] + X[:, 7] + rng.integers(0, 2, n)) % 2


def terms_of(engine, table):
    with patch("mifs.estimators.plugin.estimator.engine_in_memory", engine):
        return PLAIN.terms(table)


@pytest.mark.parametrize("criterion", ["cmi", "jmi3", "jmi", "relaxmrmr", "fcbf"])
def test_paths_of_all_other_criteria(criterion):
    table = encoded(*some_table(p=160))
    assert TernaryEngine.holds(table)
    ours, theirs = (terms_of(e, table) for e in (TernaryEngine, MemoryEngine))
    paths = [search(terms, CRITERIA[criterion], 5) for terms in (ours, theirs)]
    for step in STEPS:
        np.testing.assert_array_equal(*(getattr(path, step) for path in paths))


def test_which_tables():
    def holds(*args, **kwargs):
        return TernaryEngine.holds(encoded(*some_table(*args, **kwargs)))

    assert holds()
    assert holds(n_levels=2)
    assert not holds(n_levels=4)
    assert not holds(n=101)
    assert not holds(n=MOST_ROWS + 1, p=4 * MOST_ROWS + 9)
    X, y = some_table()
    table = encoded(X, y)
    assert not TernaryEngine.holds(table.reweighted(np.arange(40) % 3))
    assert TernaryEngine.holds(table.rows(np.arange(0, 40, 2)))
    many = replace(table.target, codes=np.arange(40), classes=np.arange(40))
    assert not TernaryEngine.holds(replace(table, target=many))


@pytest.mark.parametrize("criterion", sorted({*LAZY, *BY_BITS}))
@pytest.mark.parametrize("shape", [(40, 400), (150, 700)])
def test_a_loop_finds_the_path_of_an_eager_search(criterion, shape):
    """Also with features that must or may not be chosen, costs, and in parts."""
    table = encoded(*some_table(*shape))
    record, rng = CRITERIA[criterion], np.random.default_rng(1)
    limits = Constraints([150, 20], [3, 4, 5], rng.integers(0, 4, shape[1]) / 50)
    for constraints in (None, limits, Constraints(exclude=[7])):
        terms = terms_of(TernaryEngine, table)
        assert SmallSearch.of(terms, record) is not None
        eager = search(
            terms_of(MemoryEngine, table), record, 30, constraints=constraints
        )
        counts = set()
        for n_threads in (1, 2):
            options = {"lazy": True, "constraints": constraints, "n_threads": n_threads}
            path = search(terms, record, 30, **options)
            short = search(terms, record, 9, **options)
            longer = search(terms, record, 30, earlier=short, **options)
            seen: list[int] = []
            told = search(
                terms,
                record,
                30,
                progress=lambda n, _, seen=seen: seen.append(n),
                **options,
            )
            assert seen == list(range(1, 31))
            counts.add(path.n_evaluations)
            for found in (path, longer, told):
                for step in STEPS:
                    ours, theirs = getattr(found, step), getattr(eager, step)
                    np.testing.assert_array_equal(ours, theirs, err_msg=step)
                assert found.stop_reason == eager.stop_reason
        assert len(counts) == 1
        assert path.n_evaluations <= eager.n_evaluations


@pytest.mark.parametrize("criterion", ["cmim", "jmim", "mrmr"])
def test_long_rounds_leave_the_loop(criterion):
    """Threads share them; what is evaluated does not depend on how many there are."""
    table, record = encoded(*some_table()), CRITERIA[criterion]
    eager = search(terms_of(MemoryEngine, table), record, 12)
    each = SHORT_ROUND / table.n_features
    with patch.object(TernaryEngine, "pair_time", each):
        terms = terms_of(TernaryEngine, table)
        paths = [
            search(terms, record, 12, lazy=True, n_threads=n_threads)
            for n_threads in (1, 2)
        ]
    assert paths[0].n_evaluations == paths[1].n_evaluations
    for path in paths:
        assert path.feature == eager.feature
        assert path.score == eager.score


def test_the_lowest_two_values_of_a_column_of_bytes():
    rng = np.random.default_rng(0)
    X = rng.integers(0, rng.integers(1, 4, 80), (9, 80)).astype(np.uint8)
    X = X * rng.integers(1, 60, 80).astype(np.uint8) + np.uint8(2)
    (block,) = read(X, np.arange(9) % 2, discrete_features=True).blocks
    matrix, first, (low, high) = block.byte_rows(np.arange(80))
    assert first == 0
    np.testing.assert_array_equal(matrix, X)
    for column, own in enumerate(X.T):
        values = np.unique(own)
        assert low[column] == values[0]
        if len(values) > 1:
            assert high[column] == values[1]
        else:
            assert high[column] not in own


def test_ranks_are_sorted_when_they_are_asked_for():
    fitted = MISelector("jmi", 3).fit(*some_table())
    assert "ranking_" not in vars(fitted)
    chosen = fitted.selected_indices_
    np.testing.assert_array_equal(fitted.ranking_[chosen], [1, 2, 3])
    rest = np.argsort(-np.delete(fitted.relevance_, chosen), kind="stable")
    others = np.delete(fitted.ranking_, chosen)
    np.testing.assert_array_equal(others[rest], 4 + np.arange(len(rest)))
    assert "ranking_" in vars(fitted)
    assert not hasattr(MISelector("jmi", 3), "ranking_")


def test_default_fits_are_those_of_any_engine():
    """Corrected for chance, in two tiers, by tests that read codes."""
    X, y = some_table(60, 300)
    for name in ("jmi", "cmim"):
        ours = MISelector(name, 8).fit(X, y)
        with patch.object(TernaryEngine, "holds", return_value=False):
            theirs = MISelector(name, 8).fit(X, y)
        pd.testing.assert_frame_equal(ours.path_, theirs.path_, check_exact=True)
    counted = PlugIn(correction="miller_madow").prepare(read(X, y))
    assert counted.small_table(by_class=True) is None
