"""An encoded table of some rows, columns or weights counts as the raw one would."""

import pickle

import numpy as np
import pandas as pd
import pytest
from encoded_tables import MATRICES, WANTED, forms, make, names_of
from joblib import Parallel, delayed

from mifs._data.encoded_files import open_encoded, save_encoded
from mifs._data.reading import read
from mifs._engines.histogram import HistogramEngine
from mifs._engines.memory import MemoryEngine
from mifs._engines.sparse import SparseEngine
from mifs.estimators import PlugIn
from mifs.estimators.plugin.terms import PlugInTerms

SMALL = ("frame", "bytes", "wide", "sparse")


def rows_of(X, rows):
    return X.iloc[rows] if isinstance(X, pd.DataFrame) else X[rows]


def columns_of(X, columns):
    return X.iloc[:, columns] if isinstance(X, pd.DataFrame) else X[:, columns]


def twin_terms(X, y, encoded, columns=None):
    """Terms of a raw table, binned by the edges of the encoded one."""
    columns = range(encoded.n_features) if columns is None else columns
    edges = {here: encoded.edges.get(j) for here, j in enumerate(columns)}
    estimator = PlugIn(edges={j: e for j, e in edges.items() if e is not None})
    discrete = encoded.discrete[list(columns)]
    table = read(X, y, names=names_of(X), discrete_features=discrete)
    return estimator.prepare(table)


def assert_same(ours, twin):
    np.testing.assert_array_equal(ours.relevance, twin.relevance)
    np.testing.assert_array_equal(ours.entropy, twin.entropy)
    assert ours.target_entropy == twin.target_entropy
    every = np.arange(len(ours.relevance))
    for j in every[:2].tolist():
        left, right = (terms.pairwise(j, every, WANTED) for terms in (ours, twin))
        for name in WANTED:
            np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    picks = np.roll(every, 1)
    left, right = (terms.pairs(picks, every, WANTED) for terms in (ours, twin))
    for name in WANTED:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    groups = [[0, 1], [2], [3, 2, 0]]
    left, right = (terms.grouped(groups).relevance for terms in (ours, twin))
    np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("kind", MATRICES)
def test_every_form_counts_the_same(kind, tmp_path):
    X, y, estimator, encoded = make(kind)
    twin = estimator.prepare(
        read(X, y, names=names_of(X), discrete_features=encoded.discrete)
    )
    for form in forms(encoded, tmp_path / "table"):
        assert_same(estimator.terms(form), twin)
        for j in range(encoded.n_features):
            codes, dtype = form.column(j), encoded.column(j).dtype
            np.testing.assert_array_equal(codes, encoded.column(j), strict=True)
            assert dtype == (np.uint8 if encoded.n_levels[j] <= 256 else np.uint16)


@pytest.mark.parametrize("kind", MATRICES)
def test_some_rows(kind, tmp_path):
    X, y, estimator, encoded = make(kind)
    rows = np.random.default_rng(1).permutation(500)[:120]
    mask = np.zeros(500, dtype=np.bool_)
    mask[rows] = True
    fewer = mask & (y < 2)
    for form in forms(encoded, tmp_path / "table"):
        for index in (rows, mask, fewer, np.append(rows, rows[:30])):
            at = np.arange(500)[index]
            some = form.rows(index)
            assert some.n_rows == len(at)
            assert some.n_levels.tolist() == encoded.n_levels.tolist()
            assert_same(
                estimator.terms(some), twin_terms(rows_of(X, at), y[at], encoded)
            )
    again = encoded.rows(rows).rows(np.arange(40, 80)).materialised()
    at = rows[40:80]
    assert_same(estimator.terms(again), twin_terms(rows_of(X, at), y[at], encoded))


@pytest.mark.parametrize("kind", MATRICES)
def test_some_columns(kind, tmp_path):
    X, y, estimator, encoded = make(kind)
    chosen = [3, 0, 4, 1] if encoded.n_features > 4 else [3, 0, 1, 2]
    for form in forms(encoded, tmp_path / "table"):
        some = form.columns(chosen)
        assert some.names == [names_of(X)[j] for j in chosen]
        raw = columns_of(X, chosen)
        assert_same(estimator.terms(some), twin_terms(raw, y, encoded, chosen))
        some = form.rows(np.arange(0, 500, 3)).columns(chosen).columns([2, 1, 0, 3])
        order = [chosen[j] for j in (2, 1, 0, 3)]
        raw = columns_of(rows_of(X, np.arange(0, 500, 3)), order)
        assert_same(estimator.terms(some), twin_terms(raw, y[::3], encoded, order))
    mask = np.arange(encoded.n_features) % 2 == 0
    assert encoded.columns(mask).names == encoded.names[::2]


@pytest.mark.parametrize("kind", MATRICES)
def test_reweighted_rows_are_repeated_rows(kind, tmp_path):
    X, y, estimator, encoded = make(kind)
    rng = np.random.default_rng(2)
    drawn = np.bincount(rng.integers(0, 500, 500), minlength=500)
    for form in forms(encoded, tmp_path / "table"):
        at = np.repeat(np.arange(500), drawn)
        twin = twin_terms(rows_of(X, at), y[at], encoded)
        assert_same(estimator.terms(form.reweighted(drawn)), twin)
        assert_same(estimator.terms(form.rows(at)), twin)
        half = np.arange(500) % 2
        at = np.flatnonzero(half)
        some = form.reweighted(half)
        assert some.weights is None
        assert_same(estimator.terms(some), twin_terms(rows_of(X, at), y[at], encoded))
        twice = form.reweighted(drawn).reweighted(np.full((drawn > 0).sum(), 2))
        at = np.repeat(np.arange(500), 2 * drawn)
        twin = twin_terms(rows_of(X, at), y[at], encoded)
        assert_same(estimator.terms(twice), twin)


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("engine", ["memory", "histogram", "sparse"])
def test_every_engine_takes_it(engine, kind, tmp_path):
    X, y, _, encoded = make(kind)
    rows = np.random.default_rng(3).permutation(500)[:200]
    twin = twin_terms(rows_of(X, rows), y[rows], encoded)
    for form in forms(encoded, tmp_path / "table"):
        some = form.rows(rows)
        for n_jobs in (1, 2):
            if engine == "sparse" and not form.sparse:
                with pytest.raises(TypeError, match="no level runs"):
                    SparseEngine.of_table(some, n_jobs)
                continue
            makes = {"memory": MemoryEngine, "histogram": HistogramEngine}
            make_engine = makes.get(engine, SparseEngine.of_table)
            terms = PlugInTerms(make_engine(some, n_jobs), "permutation")
            assert_same(terms, twin)


@pytest.mark.every_way
def test_rows_in_which_a_column_is_missing(tmp_path):
    X, y, estimator, encoded = make("frame", missing="pairwise")
    twin = estimator.prepare(
        read(X, y, names=list(X), discrete_features=encoded.discrete)
    )
    every = np.arange(encoded.n_features)
    for form in forms(encoded, tmp_path / "table"):
        terms = estimator.terms(form)
        np.testing.assert_array_equal(terms.relevance, twin.relevance)
        left, right = (each.pairwise(0, every, WANTED) for each in (terms, twin))
        for name in WANTED:
            np.testing.assert_array_equal(left[name], right[name])


@pytest.mark.every_way
def test_weights_of_rows_are_multiplied():
    from mifs._data.weights import to_units

    rng = np.random.default_rng(4)
    X, y = rng.integers(0, 4, (300, 6)), rng.integers(0, 2, 300)
    table = read(X, y, names=names_of(X))
    counts = rng.integers(0, 3, 300)
    at = np.flatnonzero(counts)
    for weights, exact in (
        (rng.integers(1, 5, 300).astype(float), True),
        (rng.random(300) + 0.1, False),
    ):
        whole = type(table)(**{**vars(table), "weights": to_units(weights)})
        some = type(table)(
            **{
                **vars(read(X[at], y[at], names=names_of(X))),
                "weights": to_units((weights * counts)[at]),
            }
        )
        ours = PlugIn().terms(PlugIn().encode(whole).reweighted(counts))
        twin = PlugIn().prepare(some)
        tolerance = 0 if exact else 1e-12
        np.testing.assert_allclose(
            ours.relevance, twin.relevance, rtol=0, atol=tolerance
        )


def test_codes_that_lie_ready_are_not_copied(tmp_path):
    _, _, estimator, encoded = make("tiles")
    stored = encoded.materialised()
    engine = estimator.terms(stored)._engine
    assert engine._codes["uint8"] is stored.source.narrow
    save_encoded(encoded, tmp_path / "table")
    opened = open_encoded(tmp_path / "table")
    assert isinstance(opened.source.narrow.base, np.memmap)
    engine = estimator.terms(opened)._engine
    assert np.shares_memory(engine._codes["uint8"], opened.source.narrow)
    engine = HistogramEngine(stored.columns([2, 5, 1]))
    assert engine._codes[False] is stored.source.narrow
    X = np.asfortranarray(
        np.random.default_rng(5).integers(0, 7, (500, 3)).astype(np.uint8)
    )
    y = np.arange(500) % 20
    lazy = estimator.encode(read(X, y, names=names_of(X)))
    assert np.shares_memory(estimator.terms(lazy)._engine._codes["uint8"], X)


def test_workers_get_mapped_codes():
    X, y, _, encoded = make("tiles", n=5000)
    parallel = Parallel(n_jobs=2, max_nbytes=1000)
    rows, stored = [None, np.arange(0, 5000, 3)], encoded.materialised()
    found = parallel(delayed(relevance_of_rows)(stored, some) for some in rows)
    for relevance, some in zip(found, rows, strict=True):
        some = slice(None) if some is None else some
        twin = twin_terms(X[some], y[some], encoded)
        np.testing.assert_array_equal(relevance, twin.relevance)


def relevance_of_rows(encoded, rows):
    """Relevances in a worker, whose codes joblib has mapped read-only."""
    assert not encoded.source.narrow.flags.writeable
    some = encoded if rows is None else encoded.rows(rows)
    return PlugIn().terms(some).relevance


def test_pickles_hold_codes_only():
    X, _, _, encoded = make("floats", n=4000)
    # A byte each, and eight for the class of each row.
    assert len(pickle.dumps(encoded)) < X.size + 8 * len(X) + 3000
    some = pickle.dumps(encoded.rows(np.arange(400)))
    assert len(some) < (X.size + 8 * len(X)) / 10 + 3000


@pytest.mark.parametrize("n", [2, 50, 65_535])
def test_a_finer_code(n, tmp_path):
    X, _, _, encoded = make("frame", n=700)
    rows = np.arange(0, 700, 3)
    fine = encoded.rows(rows).finer(0, n)
    whole = encoded.finer(0, n)
    np.testing.assert_array_equal(fine.codes, whole.codes[rows])
    values, missing = X["number"].to_numpy(), X["number"].isna().to_numpy()
    expected = np.searchsorted(whole.edges, values)
    np.testing.assert_array_equal(whole.codes[~missing], expected[~missing])
    assert (whole.codes[missing] == whole.n_levels - 1).all()
    if n == 65_535:
        assert len(np.unique(whole.codes)) == X["number"].nunique(dropna=False)
    for form in forms(encoded, tmp_path / "table")[1:]:
        np.testing.assert_array_equal(form.finer(0, n).codes, whole.codes)
        np.testing.assert_array_equal(
            form.columns([2, 0]).finer(1, n).codes, whole.codes
        )
        with pytest.raises(ValueError, match="'number' needs its values"):
            form.finer(0, 7)
    with pytest.raises(ValueError, match="column 'count' is discrete"):
        encoded.finer(2, n)
    with pytest.raises(ValueError, match="there may be 2 to 65535"):
        encoded.finer(0, 65_536)


WRONG = {
    "mask": (lambda t: t.rows(np.ones(3, bool)), ValueError, "a mask of 3 entries"),
    "no row": (lambda t: t.rows([]), ValueError, "leaves no rows at all"),
    "far row": (lambda t: t.rows([500]), IndexError, "out of bounds"),
    "half row": (lambda t: t.rows([0.5]), ValueError, "neither a mask nor whole"),
    "column twice": (lambda t: t.columns([1, -39]), ValueError, "names a column twice"),
    "far column": (lambda t: t.columns([40]), IndexError, "out of bounds"),
    "no column": (lambda t: t.columns([]), ValueError, "leaves no columns at all"),
    "counts": (lambda t: t.reweighted([1, 2]), ValueError, "give one count a row"),
    "half count": (lambda t: t.reweighted(np.full(500, 0.5)), ValueError, "whole"),
    "negative": (lambda t: t.reweighted(np.full(500, -1)), ValueError, "from 0 on"),
    "too many": (
        lambda t: t.reweighted(np.full(500, 2**63, np.uint64)),
        ValueError,
        "must be below 2⁶² together",
    ),
    "nothing": (
        lambda t: t.reweighted(np.zeros(500, int)),
        ValueError,
        "no row is left",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_rows_and_columns(case):
    act, error, message = WRONG[case]
    _, _, _, encoded = make("tiles")
    with pytest.raises(error, match=message):
        act(encoded)


def test_outputs_become_tables(tmp_path):
    rng = np.random.default_rng(7)
    X, y = rng.normal(size=(80, 3)), rng.integers(0, 2, (2, 80))
    tables = [read(X, target, names=["a", "b", "c"]) for target in y]
    both = type(tables[0])(**{**vars(tables[0]), "further": (tables[1].target,)})
    encoded = PlugIn().encode(both)
    for form in forms(encoded, tmp_path / "table"):
        for output, table in zip(form.outputs(), tables, strict=True):
            assert_relevance(PlugIn().terms(output), PlugIn().prepare(table))
    with pytest.raises(ValueError, match="a view to one target, and there are 2"):
        PlugIn(binning="mdlp").encode(both)


def assert_relevance(ours, theirs):
    np.testing.assert_array_equal(ours.relevance, theirs.relevance)
