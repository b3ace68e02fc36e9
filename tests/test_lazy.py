"""Lazy search chooses what eager search chooses, to the last bit, for fewer counts."""

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import oracles
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain import PLAIN

from mifs import CMIM, MISelector
from mifs._data.reading import read
from mifs._problem.abilities import is_lazy
from mifs._search import Constraints, _pool, search
from mifs._search._pairwise import CHEAP
from mifs._search._pool import SHORT_ROUND
from mifs._search._small import IN_ROUNDS, LAZY, SmallSearch
from mifs.criteria import CRITERIA, resolve
from mifs.estimators import PlugIn

CASES = [
    pytest.param(name, parameters, id="-".join([name, *map(str, parameters.values())]))
    for name, record in CRITERIA.items()
    if record.lowers != "never"
    for parameters in ({}, *oracles.VARIANTS.get(name, []))
]
every_case = pytest.mark.parametrize(("criterion", "parameters"), CASES)
WAYS = pytest.mark.parametrize("way", ["loop", "steps"])
CORRECTIONS = (None, "permutation", "miller_madow")
SETS = {"golub": 35, "singh": 60}
STEPS = (
    *("feature", "score", "relevance", "redundancy"),
    *("conditional_redundancy", "runner_up", "margin"),
)


class Signed(PlugIn):
    """Estimates as PlugIn, but does not promise that they are never negative."""

    def capabilities(self, table=None):
        return replace(super().capabilities(table), non_negative=False)


def prepared(X, y, correction=None):
    names = [f"x{j}" for j in range(X.shape[1])]
    table = read(X, y, names=names, discrete_features=True, discrete_target=True)
    return PlugIn(correction=correction).prepare(table)


def is_bound(criterion, correction):
    """Whether a score can only fall: corrected terms may be negative."""
    return correction is None or CRITERIA[criterion].lowers == "always"


@contextmanager
def searched(way):
    """Do lazy steps in the loop of small tables, or one by one, however small."""
    with ExitStack() as stack:
        if way == "steps":
            stack.enter_context(patch.object(SmallSearch, "of", return_value=None))
            stack.enter_context(patch.dict(CHEAP, dict.fromkeys(CHEAP, 0)))
        yield


def find(terms, criterion, parameters, k, **options):
    return search(terms, resolve(criterion, parameters), k, **options)


def same(ours, expected, steps=STEPS):
    for step in steps:
        np.testing.assert_array_equal(getattr(ours, step), getattr(expected, step))


@pytest.fixture(scope="module", params=SETS)
def genes(request):
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    file = folder / f"mic_{request.param}.npz"
    if not file.is_file():
        pytest.skip(f"{file.name} is not beside this checkout")
    with np.load(file) as data:
        X, y = data["X"], data["y"]
    return request.param, X, y


@pytest.fixture(scope="module")
def gene_terms(genes):
    """Terms of the expressions in thirds."""
    _, X, y = genes
    ranks = np.argsort(np.argsort(X, axis=0, kind="stable"), axis=0)
    return prepared(ranks * 3 // len(X), y)


@every_case
@WAYS
def test_gene_expression(gene_terms, criterion, parameters, way):
    eager = find(gene_terms, criterion, parameters, 9)
    assert eager.n_evaluations == n_pairs(gene_terms, 9)
    numbers = set()
    for n_threads in (1, 2, 3):
        options = {"lazy": True, "n_threads": n_threads}
        with searched(way):
            lazy = find(gene_terms, criterion, parameters, 9, **options)
        same(lazy, eager)
        assert lazy.n_evaluations <= eager.n_evaluations
        numbers.add(lazy.n_evaluations)
    assert len(numbers) == 1


def n_pairs(terms, k):
    """Pairs of an eager search."""
    return sum(len(terms.relevance) - step for step in range(1, k))


@st.composite
def tied_tables(draw):
    """Few rows and levels, many copies: scores tie, exactly and almost."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p = draw(st.integers(4, 40)), draw(st.integers(1, 90))
    n_levels = draw(st.sampled_from([2, 3, 5]))
    X = rng.integers(0, n_levels, (n, draw(st.integers(1, p))))
    X = X[:, rng.integers(0, X.shape[1], p)]
    y = (X[:, 0] + (rng.random(n) < draw(st.sampled_from([0, 0.3])))) % 2
    y[:2] = 0, 1
    return X, y


@every_case
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    table=tied_tables(),
    n_threads=st.sampled_from([1, 2, 3]),
    correction=st.sampled_from(CORRECTIONS),
)
@WAYS
def test_ties(criterion, parameters, table, n_threads, correction, way):
    terms = prepared(*table, correction)
    p, bound = len(terms.relevance), is_bound(criterion, correction)
    with searched("steps"):
        eager = find(terms, criterion, parameters, p)
    with searched(way):
        lazy = find(terms, criterion, parameters, p, lazy=bound, n_threads=n_threads)
    same(lazy, eager)


@every_case
@pytest.mark.parametrize("sizes", [[2], [2, 3, 9], [3, 40], [3, 4, 300]])
def test_other_ways_of_counting(criterion, parameters, sizes):
    """From bits, histograms and sorted rows, some of which have no loop."""
    rng = np.random.default_rng(len(sizes))
    X = rng.integers(0, sizes * (60 // len(sizes)), (400, 60))
    y = (X[:, 3] + X[:, 7] + rng.integers(0, 2, 400)) % 3
    terms = prepared(X, y)
    eager = find(terms, criterion, parameters, 20)
    for way in ("loop", "steps"):
        with searched(way):
            same(find(terms, criterion, parameters, 20, lazy=True), eager)


def test_which_searches_go_through_a_loop(monkeypatch):
    monkeypatch.setattr(_pool, "SHORT_ROUND", SHORT_ROUND)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    narrow = prepared(rng.integers(0, 6, (300, 30)), y)
    bits = prepared(rng.integers(0, 2, (300, 30)), y)
    wide = prepared(rng.integers(0, 3, (50, 300)), y[:50])
    for name, record in CRITERIA.items():
        known = name in (*LAZY, *IN_ROUNDS)
        assert (SmallSearch.of(narrow, record) is not None) == known
        assert SmallSearch.of(bits, record) is None
        assert (SmallSearch.of(wide, record) is not None) == known
    quotient = resolve("mrmr", {"scheme": "quotient"})
    assert SmallSearch.of(wide, quotient) is None
    own = replace(CRITERIA["cmim"], score=CRITERIA["jmim"].score)
    assert SmallSearch.of(narrow, own) is None
    X = rng.integers(0, 6, (300, 30))
    corrected, counted = (prepared(X, y, name) for name in CORRECTIONS[1:])
    assert SmallSearch.of(corrected, CRITERIA["cmim"]) is not None
    assert SmallSearch.of(corrected, CRITERIA["njmim"]) is None
    assert SmallSearch.of(counted, CRITERIA["cmim"]) is None


def test_bounds_of_redundancies(monkeypatch):
    """Those of means part candidates, and those of sums nobody: rounds are cheaper."""
    monkeypatch.setattr(_pool, "SHORT_ROUND", SHORT_ROUND)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 60)
    terms = prepared(rng.integers(0, 3, (60, 3000)), y)
    path = find(terms, "mifs", {}, 5, lazy=True)
    assert path.n_evaluations == n_pairs(terms, 5)
    path = find(terms, "mrmr", {}, 20, lazy=True)
    assert path.n_evaluations < n_pairs(terms, 20) / 3
    with searched("steps"):
        assert find(terms, "mrmr", {}, 5, lazy=True).n_evaluations < n_pairs(terms, 5)


@every_case
@pytest.mark.parametrize("seed", range(3))
@WAYS
def test_constraints(criterion, parameters, seed, way):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, (60, 200))
    y = (X[:, 3] + X[:, 7] + rng.integers(0, 2, 60)) % 3
    correction = CORRECTIONS[seed]
    terms = prepared(X, y, correction)
    limits = Constraints([150, 20], [3, 4, 5], rng.integers(0, 4, 200) / 20)
    with searched("steps"):
        eager = find(terms, criterion, parameters, 30, constraints=limits)
    options = {"constraints": limits, "lazy": is_bound(criterion, correction)}
    with searched(way):
        lazy = find(terms, criterion, parameters, 30, **options)
        short = find(terms, criterion, parameters, 9, **options)
        longer = find(terms, criterion, parameters, 30, earlier=short, **options)
    same(lazy, eager)
    same(longer, eager)


@every_case
@pytest.mark.parametrize("n_open", [2, 40])
def test_few_open_among_many(criterion, parameters, n_open):
    """Scores of all that are left may lie below the least of their bounds."""
    rng = np.random.default_rng(n_open)
    X = np.repeat(rng.integers(0, 3, (60, 60)), 10, axis=1)
    y = (X[:, 0] + X[:, 9] + rng.integers(0, 2, 60)) % 2
    limits = Constraints([], list(range(n_open, 600)))
    terms = prepared(X, y)
    with searched("steps"):
        eager = find(terms, criterion, parameters, n_open, constraints=limits)
    lazy = find(terms, criterion, parameters, n_open, constraints=limits, lazy=True)
    same(lazy, eager)


@every_case
def test_second_place_is_exact(criterion, parameters):
    rng = np.random.default_rng(5)
    X = rng.integers(0, 4, (80, 40))
    y = rng.integers(0, 3, 80)
    path = find(prepared(X, y), criterion, parameters, 12, lazy=True)
    twin = oracles.greedy(oracles.Terms(list(X.T), y), criterion, 12, parameters)
    assert path.feature == twin.feature
    assert path.runner_up == twin.runner_up
    if parameters.get("scheme") != "quotient":
        np.testing.assert_allclose(path.margin, twin.margin, rtol=0, atol=1e-12)


def test_savings_of_cmim(genes):
    name, X, y = genes
    fitted = CMIM(50, n_jobs=1, mi_estimator=PLAIN).fit(X, y)
    eager = sum(X.shape[1] - step for step in range(1, 50))
    assert eager / fitted.n_evaluations_ >= SETS[name]


@pytest.mark.parametrize("criterion", ["icap", "jmim", "njmim"])
def test_savings_of_the_others(gene_terms, criterion):
    path = find(gene_terms, criterion, {}, 30, lazy=True)
    assert path.n_evaluations < n_pairs(gene_terms, 30) / 2


def test_eager_count():
    rng = np.random.default_rng(0)
    terms = prepared(rng.integers(0, 3, (50, 9)), rng.integers(0, 2, 50))
    for criterion in ("jmi", "cmim"):
        path = find(terms, criterion, {}, 6)
        assert path.n_evaluations == 8 + 7 + 6 + 5 + 4
    assert find(terms, "mim", {}, 6).n_evaluations == 0


def test_which_criteria_are_lazy():
    plain = PLAIN.capabilities()
    # Such as neighbours, of which a pair takes long.
    signed = replace(plain, non_negative=False, encodes=False)
    always = {name for name, record in CRITERIA.items() if is_lazy(record, signed)}
    assert always == {"cmim", "icap", "jmim", "njmim"}
    # Counts that are corrected for chance have bounds that part nobody.
    corrected = PlugIn().capabilities()
    assert not any(is_lazy(record, corrected) for record in CRITERIA.values())
    promised = {name for name, record in CRITERIA.items() if is_lazy(record, plain)}
    assert promised == always | {"mrmr", "mifs"}


def test_selectors_search_lazily():
    rng = np.random.default_rng(1)
    X = rng.integers(0, 3, (100, 300))
    y = (X[:, :6].sum(axis=1) > 6).astype(int)
    eager = sum(300 - step for step in range(1, 10))
    for n_jobs in (1, 2):
        fitted = CMIM(10, n_jobs=n_jobs, mi_estimator=PLAIN).fit(X, y)
        assert fitted.n_evaluations_ < eager / 2
    for criterion in ("mrmr", "mifs"):
        lazy = MISelector(criterion, 10, mi_estimator=PLAIN).fit(X, y)
        signed = Signed(correction=None)
        slow = MISelector(criterion, 10, mi_estimator=signed).fit(X, y)
        assert lazy.n_evaluations_ <= slow.n_evaluations_ == eager
        pd.testing.assert_frame_equal(lazy.path_, slow.path_, check_exact=True)
