"""Sparse tables give what the same tables give dense, to the last bit."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from mifs import JMI, MIM, InfoMaxSelector, MISelector
from mifs._data.reading import read
from mifs._kernels import sparse as kernels
from mifs.estimators import PlugIn, resolve

FORMATS = [sp.csr_array, sp.csc_array, sp.coo_array, sp.csr_matrix, sp.csc_matrix]
WANTED = frozenset({"redundancy", "conditional_redundancy", "joint_entropy"})
CRITERIA = ["mim", "mrmr", "jmi", "cmim", "disr", "njmim", "cmi", "jmi3", "fcbf"]
FITTED = ["selected_indices_", "ranking_", "scores_", "relevance_", "feature_kinds_"]

counts = hnp.arrays(
    np.int64,
    st.tuples(st.integers(6, 40), st.integers(1, 8)),
    elements=st.sampled_from([0, 0, 0, 0, 1, 1, 2, 3, 7, -1]),
)


def text(n=300, p=40, seed=0):
    """Counts of words, and classes that some of the words know of."""
    rng = np.random.default_rng(seed)
    X = rng.poisson(1 / np.arange(1, p + 1), (n, p))
    return X, (X[:, 3] + X[:, min(10, p - 1)] + rng.integers(0, 2, n)) % 3


def fractional(n=300, p=40, seed=0):
    rng = np.random.default_rng(seed)
    X, y = text(n, p, seed)
    X = X * rng.normal(size=(n, p))
    X[:, 5] = rng.normal(size=n)
    X[:, 6] = np.abs(X[:, 6])
    return X, y


def prepare(X, y, discrete_features="auto", **parameters):
    names = [f"x{j}" for j in range(X.shape[1])]
    table = read(X, y, names=names, discrete_features=discrete_features)
    return PlugIn(**parameters).prepare(table)


def assert_same_terms(X, dense, y, **parameters):
    ours, theirs = prepare(X, y, **parameters), prepare(dense, y, **parameters)
    for name in ("relevance", "entropy", "target_entropy"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    every = np.arange(X.shape[1])
    picks, candidates = (part.ravel() for part in np.meshgrid(every, every))
    for wanted in (WANTED, frozenset({"redundancy"})):
        left = ours.pairs(picks, candidates, wanted)
        right = theirs.pairs(picks, candidates, wanted)
        for name in wanted:
            np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    for pick in every.tolist():
        for wanted in (WANTED, frozenset({"redundancy"})):
            left = ours.pairwise(pick, every, wanted)
            right = theirs.pairwise(pick, every, wanted)
            for name in wanted:
                np.testing.assert_array_equal(left[name], right[name], err_msg=name)


def fit_told(selector, X, y, **fitted):
    """Fit a copy, and what it was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        copy = clone(selector).fit(X, y, **fitted)
    return copy, [(warning.category, str(warning.message)) for warning in caught]


def assert_same_fit(selector, X, dense, y=None, **fitted):
    left, told = fit_told(selector, X, y, **fitted)
    right, told_too = fit_told(selector, dense, y, **fitted)
    assert told == told_too
    for name in FITTED:
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name))
    assert left.path_.equals(right.path_)
    assert left.n_evaluations_ == right.n_evaluations_
    edges = left.mi_estimator_.edges_, right.mi_estimator_.edges_
    assert edges[0].keys() == edges[1].keys()
    for column, values in edges[0].items():
        np.testing.assert_array_equal(values, edges[1][column])
        assert values.dtype == edges[1][column].dtype


@given(counts, st.integers(2, 4), st.sampled_from(FORMATS))
@settings(deadline=None, max_examples=40)
def test_terms_of_small_tables(X, n_classes, make):
    y = np.arange(len(X)) % n_classes
    assert_same_terms(make(X), X, y)
    assert_same_terms(make(X), X, y, discrete_features=True)


@given(counts, st.sampled_from(["quantile", "uniform"]), st.integers(2, 7))
@settings(deadline=None, max_examples=40)
def test_edges_of_small_tables(X, binning, n_bins):
    rng = np.random.default_rng(0)
    dense = X * np.round(rng.normal(size=X.shape), 1)
    y = np.arange(len(X)) % 2
    selector = JMI(None, mi_estimator=PlugIn(n_bins, binning), discrete_features=False)
    assert_same_fit(selector, sp.csr_array(dense), dense, y)


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("table", [text, fractional])
def test_every_way_of_searching(criterion, table):
    X, y = table()
    assert_same_fit(MISelector(criterion, 6), sp.csr_array(X), X, y)


def test_without_a_target():
    X, _ = text()
    assert_same_fit(InfoMaxSelector(8), sp.csc_array(X), X)


@pytest.mark.parametrize(
    "dtype",
    ["bool", "uint8", "int8", "uint16", "int64", "uint64", "float32", "float64"],
)
def test_every_dtype(dtype):
    X, y = text()
    X = X.astype(dtype)
    assert_same_fit(JMI(6), sp.csr_array(X), X, y)


@pytest.mark.parametrize("make", FORMATS)
def test_every_format(make):
    X, y = text()
    assert_same_fit(JMI(6), make(X), X, y)


@pytest.mark.parametrize("n_classes", [2, 20])
def test_many_levels(n_classes, monkeypatch):
    used = set()
    for name in ("whole_tables", "occupied_tables"):
        monkeypatch.setattr(kernels, name, spy(getattr(kernels, name), name, used))
    rng = np.random.default_rng(1)
    X = np.where(rng.random((500, 12)) < 0.3, rng.integers(0, 400, (500, 12)), 0)
    X[:, 4:] = np.minimum(X[:, 4:], rng.integers(0, 4, 8))
    y = rng.integers(0, n_classes, 500)
    assert_same_terms(sp.csr_array(X), X, y, discrete_features=True)
    assert used == {"whole_tables", "occupied_tables"}


def spy(kernel, name, used):
    def call(*arguments):
        used.add(name)
        return kernel(*arguments)

    return call


def test_more_candidates_than_are_counted_at_once():
    rng = np.random.default_rng(2)
    X = (rng.random((200, 3000)) < 0.05) * rng.integers(1, 9, (200, 3000))
    y = rng.integers(0, 5, 200)
    assert_same_fit(JMI(3, discrete_features=True), sp.csr_array(X), X, y)


@pytest.mark.parametrize("make", [sp.csc_array, sp.csr_array])
def test_messy_matrices(make):
    dense, y = text(60, 10)
    X = make(dense).astype(np.float64)
    rng = np.random.default_rng(0)
    # Every entry in two halves, zeros and negative zeros stored, nothing sorted.
    rows, columns = np.nonzero(np.ones_like(dense))
    values = dense[rows, columns] / 2
    values = np.concatenate([values, np.where(values == 0, -0.0, values)])
    order = rng.permutation(2 * len(rows))
    rows, columns = np.tile(rows, 2)[order], np.tile(columns, 2)[order]
    major, minor = (columns, rows) if X.format == "csc" else (rows, columns)
    by_major = np.argsort(major, kind="stable")
    starts = np.searchsorted(major[by_major], np.arange(X.shape[X.format == "csc"] + 1))
    messy = make((values[order][by_major], minor[by_major], starts), shape=X.shape)
    before = [a.copy() for a in (messy.data, messy.indices, messy.indptr)]
    assert not messy.has_canonical_format
    assert_same_fit(JMI(5), messy, dense.astype(np.float64), y)
    for now, then in zip(
        (messy.data, messy.indices, messy.indptr), before, strict=True
    ):
        np.testing.assert_array_equal(now, then)


@pytest.mark.every_way
def test_columns_that_are_empty_full_or_constant():
    X, y = text(50, 6)
    X[:, 0] = 0
    X[:, 1] = 3
    X[:, 2] = np.arange(50) % 4 + 1
    X[:, 3] = -X[:, 2]
    X[0] = 0
    assert_same_terms(sp.csr_array(X), X, y)
    assert_same_fit(JMI(4), sp.csr_array(X), X, y)


def test_missing_values():
    X, y = fractional()
    X[::7, 2] = np.nan
    X[:, 8] = np.where(np.arange(len(X)) % 3, 2.0, np.nan)
    X[1, 9] = np.nan
    assert_same_terms(sp.csr_array(X), X, y)
    assert_same_terms(sp.csr_array(X), X, y, binning="uniform")
    assert_same_fit(JMI(6), sp.csr_array(X), X, y)


def test_given_edges():
    X, y = fractional()
    estimator = PlugIn(edges={0: [-0.5, 0.0, 0.5], 7: [0.1], 9: [-9.0]})
    assert_same_fit(JMI(6, mi_estimator=estimator), sp.csr_array(X), X, y)


def test_declared_kinds():
    X, y = fractional()
    for discrete in (True, False, [0, 3]):
        assert_same_fit(JMI(6, discrete_features=discrete), sp.csr_array(X), X, y)


def test_groups_and_constraints():
    X, y = text()
    groups = {"first": [0, 5, 9], "second": [2, 3]}
    selector = JMI(6, groups=groups, include=[7], exclude=[0], costs={4: 0.1})
    with pytest.raises(ValueError, match="exclude"):
        JMI(6, exclude=list(range(40))).fit(sp.csr_array(X), y)
    assert_same_fit(selector, sp.csr_array(X), X, y)
    assert_same_fit(MISelector("cmi", 4, groups=groups), sp.csr_array(X), X, y)


def test_continuous_target():
    X, _ = text()
    y = X[:, 2] + np.random.default_rng(0).normal(size=len(X))
    assert_same_fit(JMI(6), sp.csr_array(X), X, y)


@pytest.mark.parametrize("criterion", ["jmi", "cmim", "cmi"])
@pytest.mark.parametrize("table", [text, fractional])
@pytest.mark.parametrize("whole", [True, False])
def test_weights(criterion, table, whole):
    X, y = table()
    X[:, 3] = np.where(X[:, 3] != 0, np.arange(len(X)) % 90, 0)
    rng = np.random.default_rng(0)
    weights = rng.integers(0, 4, len(X)) if whole else rng.random(len(X))
    selector = MISelector(criterion, 6, discrete_features=[3, 4])
    assert_same_fit(selector, sp.csr_array(X), X, y, sample_weight=weights)


def test_threads_change_nothing():
    X, y = text()
    X = sp.csr_array(X)
    one, three = (JMI(8, n_jobs=n).fit(X, y) for n in (1, 3))
    assert one.path_.equals(three.path_)


def test_warm_start():
    X, y = text()
    X = sp.csr_array(X)
    selector = JMI(3, warm_start=True).fit(X, y)
    longer = selector.set_params(n_features_to_select=7).fit(X, y)
    assert longer.path_.equals(JMI(7).fit(X, y).path_)


@pytest.mark.parametrize("make", [sp.csr_array, sp.csc_matrix])
def test_transform_stays_sparse(make):
    X, y = text()
    X = make(X.astype(np.float32))
    selector = JMI(4).fit(X, y)
    kept = selector.transform(X)
    assert sp.issparse(kept)
    assert kept.dtype == np.float32
    np.testing.assert_array_equal(kept.toarray(), X.toarray()[:, selector.support_])
    assert sp.issparse(selector.inverse_transform(kept))
    pipeline = make_pipeline(MaxAbsScaler(), JMI(4))
    assert sp.issparse(pipeline.fit_transform(X, y))


@pytest.mark.parametrize("name", ["knn", "gaussian_copula"])
def test_refuses_estimators_that_do_not_count(name):
    X, y = text()
    who = type(resolve(name)).__name__
    message = f"a sparse matrix needs joint_counts, which {who} cannot .*'plugin'"
    with pytest.raises(ValueError, match=message):
        MIM(2, mi_estimator=name).fit(sp.csr_array(X), y)


def test_refuses_values_that_cannot_be_used():
    X, y = fractional()
    X[3, 4] = np.inf
    with pytest.raises(ValueError, match=r"infinity, in columns 'x4' \(1 of them\)"):
        MIM(2).fit(sp.csr_array(X), y)
    large = np.zeros((len(X), 3), np.uint64)
    large[2, 1] = 2**63
    with pytest.raises(ValueError, match="column 'x1' has whole numbers beyond"):
        MIM(2).fit(sp.csr_array(large), y)


def test_block_reads_columns_as_dense_blocks_do():
    X, y = fractional()
    names = [str(j) for j in range(X.shape[1])]
    ours, theirs = read(sp.csr_array(X), y, names=names), read(X, y, names=names)
    assert ours.sparse
    assert not theirs.sparse
    for column in range(X.shape[1]):
        for part in ("numeric", "codes", "levels"):
            np.testing.assert_array_equal(
                getattr(ours, part)(column), getattr(theirs, part)(column)
            )


@pytest.fixture(scope="module", params=["skf_PCMAC", "hiva"])
def real(request):
    path = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = path / f"{request.param}.npz"
    if not path.is_file():
        pytest.skip("the real tables are not beside this checkout")
    table = np.load(path)
    parts = (table["data"], table["indices"], table["indptr"])
    return sp.csr_array(parts, shape=table["shape"]), table["y"]


@pytest.mark.tables
@pytest.mark.parametrize("criterion", ["jmi", "cmim", "mrmr"])
def test_real_tables(real, criterion):
    X, y = real
    assert_same_fit(MISelector(criterion, 20), X, X.toarray(), y)
