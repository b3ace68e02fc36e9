"""Binning: edges are data values, bins are closed on the right, levels are kept."""

import numpy as np
import oracles
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mifs._data import cells
from mifs._data.discretize import (
    default_n_bins,
    edges_of_sorted,
    explicit_edges,
    quantile_edges,
    uniform_edges,
)
from mifs._data.encoded import EncodedTable
from mifs._data.encoded_target import encode_target
from mifs._data.reading import read
from mifs.estimators import PlugIn

NAMES = ["a", "b", "c"]
EDGES = {"quantile": quantile_edges, "uniform": uniform_edges}
TWINS = {"quantile": oracles.quantile_edges, "uniform": oracles.uniform_edges}
COLUMNS = {
    "normal": lambda rng: rng.normal(size=101),
    "heavy": lambda rng: rng.standard_cauchy(100),
    "rounded": lambda rng: rng.normal(size=90).round(1),
    "few": lambda rng: rng.integers(0, 4, 60) * 0.5,
    "spike": lambda rng: np.where(rng.random(80) < 0.9, 0.0, rng.normal(size=80)),
    "top": lambda rng: np.minimum(rng.normal(size=80), -0.5),
    "constant": lambda rng: np.full(20, 2.5),
    "two rows": lambda rng: np.array([1.5, -1.5]),
    "missing": lambda rng: np.where(rng.random(99) < 0.3, np.nan, rng.normal(size=99)),
    "one present": lambda rng: np.array([np.nan, 3.5, np.nan]),
    "outlier": lambda rng: np.append(rng.normal(size=300), 1e9),
    "negative zero": lambda rng: np.array([0.0, -0.0, 1.5, -0.0, 0.0, 2.5]),
}


def learn(values, binning="quantile", n_bins=5, y=None, discrete=False, given=None):
    """Codes and edges of one column."""
    values = np.asarray(values)
    y = np.arange(len(values)) % 2 if y is None else y
    table = read(values[:, None], y, names=["a"], discrete_features=discrete)
    encoded = EncodedTable.learn(table, n_bins, binning, given)
    codes = encoded.column(0)
    assert codes.max() < encoded.n_levels[0]
    return codes.tolist(), encoded.edges.get(0)


@pytest.mark.parametrize("n_bins", [2, 3, 5, 10, 40])
@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("binning", EDGES)
def test_edges_and_codes_equal_the_twin(binning, column, n_bins):
    values = COLUMNS[column](np.random.default_rng(n_bins))
    codes, edges = learn(values, binning, n_bins)
    expected = TWINS[binning](values, n_bins)
    assert edges.tolist() == expected
    assert codes == oracles.binned(values, expected)


LONG_COLUMNS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "heavy": lambda rng, n: np.exp(5 * rng.normal(size=n)),
    "missing": lambda rng, n: np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
    "in order": lambda rng, n: np.sort(rng.normal(size=n)),
    "in cycles": lambda rng, n: np.arange(n) % 1200 + rng.integers(0, 2, n) / 2,
    "rounded": lambda rng, n: rng.normal(size=n).round(2),
}
# The top is frequent, or something is.
SORTED_COLUMNS = {
    "spike": lambda rng, n: np.where(rng.random(n) < 0.2, 0.5, rng.normal(size=n)),
    "below a spike": lambda rng, n: np.maximum(rng.normal(size=n), -1.2),
    "top": lambda rng, n: np.minimum(rng.normal(size=n), 1.2),
    "constant": lambda rng, n: np.full(n, 1.5),
    "empty": lambda rng, n: np.append(np.full(n - 2, np.nan), [1.5, 2.5]),
}


@pytest.mark.parametrize("numbers", [(10,), (3, 7)])
@pytest.mark.parametrize("column", LONG_COLUMNS | SORTED_COLUMNS)
def test_quantiles_of_long_columns_are_found_without_sorting_them(column, numbers):
    n = cells.LONG + 77
    make = (LONG_COLUMNS | SORTED_COLUMNS)[column]
    values = make(np.random.default_rng(len(numbers)), n)
    found = cells.edges_by_counting(values, numbers)
    if numbers == (10,):
        assert (found is None) == (column in SORTED_COLUMNS)
    expected = [edges_of_sorted(np.sort(values)[None], n)[0] for n in numbers]
    for own, edges in zip(found or expected, expected, strict=True):
        np.testing.assert_array_equal(own, edges)
    some = np.stack([values, np.random.default_rng(0).normal(size=n)])
    for row in (0, 1):
        each = quantile_edges(some, numbers[0])[row]
        alone = edges_of_sorted(np.sort(some[[row]]), numbers[0])[0]
        np.testing.assert_array_equal(each, alone)


def test_a_sample_that_misleads_does_no_harm():
    """Rows of the sample are all low ones, so that the others are in one cell."""
    values = np.random.default_rng(0).normal(size=cells.LONG)
    rows = np.arange(0, len(values), len(values) // cells.SAMPLED)
    values[rows] = -9 - np.arange(len(rows))
    (found,) = cells.edges_by_counting(values, (10,))
    expected = edges_of_sorted(np.sort(values)[None], 10)[0]
    np.testing.assert_array_equal(found, expected)


@settings(max_examples=150, deadline=None)
@given(
    values=hnp.arrays(
        np.float64,
        st.integers(2, 40),
        elements=st.floats(allow_infinity=False, allow_nan=False, width=16)
        | st.just(float("nan"))
        | st.sampled_from([1.7e308, -1.7e308, 5e-324]),
    ).filter(lambda values: not np.isnan(values).all()),
    n_bins=st.integers(2, 12),
)
def test_quantile_edges_are_data_values(values, n_bins):
    edges = quantile_edges(values[None], n_bins)[0]
    assert edges.tolist() == oracles.quantile_edges(values, n_bins)
    assert np.isin(edges, values).all()
    assert (edges < np.nanmax(values)).all()


@pytest.mark.parametrize("binning", EDGES)
def test_wide_ranges_do_not_overflow(binning):
    values = np.array([-1.7e308, -1e308, 0.5, 1e308, 1.7e308, np.nan])
    codes, _ = learn(values, binning, n_bins=4)
    assert (
        codes
        == {"quantile": [0, 0, 1, 2, 3, 4], "uniform": [0, 0, 2, 3, 3, 4]}[binning]
    )


def test_extremes_of_integers():
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    values = np.array([low, 3, high, low + 1, high - 1, 7])
    codes, edges = learn(values, n_bins=3)
    assert edges.tolist() == [low + 1, 7]
    assert codes == [0, 1, 2, 0, 2, 1]


@pytest.mark.every_way
def test_bins_are_closed_on_the_right():
    codes, edges = learn([1.5, 2.5, 3.5, 4.5], n_bins=2)
    assert edges.tolist() == [2.5]
    assert codes == [0, 0, 1, 1]


@pytest.mark.every_way
def test_few_distinct_values_are_levels():
    values = np.array([0.5] * 50 + [1.5] + [9.5] * 3)
    codes, edges = learn(values, n_bins=3)
    assert edges.tolist() == [0.5, 1.5]
    assert codes == [0] * 50 + [1] + [2] * 3


@pytest.mark.every_way
def test_missing_is_the_last_level():
    codes, edges = learn([0.5, np.nan, 1.5, 2.5, np.nan, 3.5], n_bins=2)
    assert len(edges) == 1
    assert codes == [0, 2, 0, 1, 2, 1]


@pytest.mark.parametrize("binning", EDGES)
@pytest.mark.parametrize("times", [2, 5])
def test_repeated_rows_give_the_same_edges(times, binning):
    values = np.random.default_rng(0).normal(size=53)
    for n_bins in range(2, 12):
        once = EDGES[binning](values[None], n_bins)[0]
        repeated = EDGES[binning](np.repeat(values, times)[None], n_bins)[0]
        np.testing.assert_array_equal(once, repeated)


def test_uniform_bins_collapse_with_an_outlier():
    values = np.append(np.random.default_rng(0).normal(size=1000), 1e4)
    codes, _ = learn(values, "uniform", n_bins=10)
    assert sorted(set(codes)) == [0, 9]


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        *((1, 3), (27, 3), (42, 3), (43, 4), (64, 4), (125, 5), (343, 7)),
        *((729, 9), (857, 9), (858, 10), (1000, 10), (10**9, 10)),
    ],
)
def test_number_of_bins(n, expected):
    assert default_n_bins(n) == expected == oracles.n_bins(n)


def test_automatic_number_of_bins_of_27_rows():
    X = np.random.default_rng(0).normal(size=(27, 1))
    table = read(X, np.arange(27) % 2, names=["a"])
    estimator = PlugIn()
    estimator.prepare(table)
    assert estimator.edges_[0].tolist() == oracles.quantile_edges(X[:, 0], 3)


def test_integers_above_the_limit_are_binned():
    values = np.random.default_rng(0).permutation(200)
    codes, edges = learn(values, n_bins=4, discrete="auto")
    assert edges.tolist() == [49, 99, 149]
    assert np.bincount(codes).tolist() == [50] * 4


@pytest.mark.parametrize("n_bins", [3, 10])
def test_continuous_target(n_bins):
    X = np.arange(40)[:, None] % 3
    y = np.random.default_rng(1).normal(size=40)
    target = read(X, y, names=["a"]).target
    encoded = encode_target(target, n_bins)
    edges = oracles.quantile_edges(y, n_bins)
    assert encoded.edges.tolist() == edges
    assert encoded.codes.tolist() == oracles.binned(y, edges)
    assert encoded.n_classes == n_bins


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("binning", EDGES)
def test_bytes_are_binned_as_numbers(binning, order):
    X = np.random.default_rng(4).integers(0, 256, (300, 3)).astype("u1", order=order)
    for j, values in enumerate(X.T):
        expected = learn(values.astype(float), binning)
        table = read(X, np.arange(300) % 2, names=NAMES, discrete_features=False)
        encoded = EncodedTable.learn(table, 5, binning)
        assert encoded.column(j).tolist() == expected[0]
        assert encoded.edges[j].tolist() == expected[1].tolist()


FORMS = {
    "names": {"a": [0.0, 1.0], "c": [2.5]},
    "indices": {0: [0.0, 1.0], 2: [2.5]},
    "negative": {np.int64(-3): (0.0, 1.0), -1: np.array([2.5])},
    "both": {"a": [0.0, 1.0], 2: [2.5]},
    "list": [[0.0, 1.0], None, [2.5]],
    "tuple": ([0, 1], None, [2.5]),
}


@pytest.mark.parametrize("form", FORMS)
def test_explicit_edges(form):
    given = explicit_edges(FORMS[form], NAMES)
    assert {j: edges.tolist() for j, edges in given.items()} == {0: [0, 1], 2: [2.5]}
    X = np.column_stack([np.linspace(-1, 3, 9), np.arange(9) / 2, np.arange(9)])
    table = read(X, np.arange(9) % 2, names=NAMES)
    estimator = PlugIn(n_bins=3, edges=FORMS[form])
    estimator.prepare(table)
    assert estimator.edges_[0].tolist() == [0, 1]
    assert estimator.edges_[1].tolist() == oracles.quantile_edges(X[:, 1], 3)
    assert estimator.edges_[2].tolist() == [2.5]


def test_explicit_edges_bin_what_looks_discrete():
    values = np.arange(8)
    codes, edges = learn(values, given={0: np.array([2.0, 5.5])}, discrete=True)
    assert codes == [0, 0, 0, 1, 1, 1, 2, 2]
    assert edges.tolist() == [2.0, 5.5]
    codes, _ = learn([0.5, 1.5, np.nan], given={0: np.array([])})
    assert codes == [0, 0, 1]


def test_many_edges_are_bisected():
    values = np.random.default_rng(2).normal(size=500)
    given = np.sort(np.random.default_rng(3).normal(size=300))
    codes, _ = learn(values, given={0: given})
    assert codes == oracles.binned(values, given.tolist())


WRONG = {
    "unknown name": ({"z": [1.0]}, r"edges names unknown columns \['z'\]; known: "),
    "unknown index": ({3: [1.0]}, "edges=.*outside the 3 columns"),
    "length": ([[1.0]], "one entry .* for each of the 3 columns"),
    "number": (3, "mapping from columns to edges, or a list"),
    "text": ("abc", "mapping from columns to edges, or a list"),
    "order": ({"b": [2.0, 1.0]}, "edges of column 'b' must be .* increasing"),
    "repeated": ({"b": [1.0, 1.0]}, "edges of column 'b' must be .* increasing"),
    "missing": ({"b": [1.0, np.nan]}, "edges of column 'b' must be finite"),
    "infinite": ({1: [1.0, np.inf]}, "edges of column 'b' must be finite"),
    "nested": ({"b": [[1.0, 2.0]]}, "edges of column 'b'"),
    "words": ({"b": ["low"]}, "edges of column 'b'"),
    "twice": ({"b": [1.0], 1: [2.0]}, "edges are given twice for column 'b'"),
    "too many": ({"b": np.arange(70_000.0)}, "edges of column 'b'.*65534"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_edges(case):
    edges, message = WRONG[case]
    with pytest.raises(ValueError, match=message):
        explicit_edges(edges, NAMES)


def test_edges_of_a_column_of_labels():
    X = pd.DataFrame({"city": ["x", "y", "x"]})
    table = read(X, [0, 1, 1], names=["city"])
    with pytest.raises(ValueError, match="'city' holds labels, which edges cannot cut"):
        PlugIn(edges={"city": [0.5]}).prepare(table)
