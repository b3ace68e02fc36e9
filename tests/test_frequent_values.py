"""Values that hold a share of 1 / n_bins are bins of their own, everywhere."""

from collections import Counter

import numpy as np
import oracles
import oracles_discretize
import pandas as pd
import pytest
import scipy.sparse as sp
import tables
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain import PLAIN

from mifs import JMI, MIM, InformationBottleneckEncoder, MDLPDiscretizer, measures
from mifs._data.discretize import quantile_edges
from mifs._data.sparse import SparseBlock
from mifs._data.weights import to_units

# A column cut apart at 0 determines a target that asks for its sign.
pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.LeakWarning")

RNG = np.random.default_rng(0)
N = 1000
SPIKE = np.where(RNG.random(N) < 0.9, 0.0, RNG.normal(size=N))
BELOW = SPIKE < 0
INFORMATION = oracles.entropy(BELOW.tolist())

spikes = st.builds(
    lambda parts, width, seed: np.random.default_rng(seed).permutation(
        np.concatenate(
            [np.full(times, float(value)) for value, times in parts]
            + [np.random.default_rng(seed).normal(0, 3, width)]
        )
    ),
    st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 30)), max_size=5),
    st.integers(1, 60),
    st.integers(0, 10_000),
)
some_bins = st.integers(2, 12)


def edges_of(values, n_bins, weights=None):
    weights = None if weights is None else to_units(np.asarray(weights, float))
    return quantile_edges(np.asarray(values)[None], n_bins, weights)[0]


def frequent_of(values, n_bins):
    return {v for v, c in Counter(values).items() if c * n_bins >= len(values)}


# --- the rule -------------------------------------------------------------------------


@given(spikes, some_bins)
@settings(max_examples=300, deadline=None)
def test_edges_equal_the_twin(values, n_bins):
    expected = oracles_discretize.quantile_edges(values.tolist(), n_bins)
    np.testing.assert_array_equal(edges_of(values, n_bins), expected)


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=80), some_bins)
@settings(max_examples=200, deadline=None)
def test_edges_of_integers_equal_the_twin(values, n_bins):
    expected = oracles_discretize.quantile_edges(values, n_bins)
    assert edges_of(values, n_bins).tolist() == expected.tolist()


@given(spikes, some_bins, st.integers(1, 4), st.sampled_from([1.0, 0.1, 1 / 3, 2.7]))
@settings(max_examples=150, deadline=None)
def test_whole_weights_are_repeated_rows_on_any_scale(values, n_bins, most, scale):
    weights = np.random.default_rng(len(values)).integers(1, most + 1, len(values))
    found = edges_of(values, n_bins, weights * scale)
    expected = edges_of(np.repeat(values, weights), n_bins)
    np.testing.assert_array_equal(found, expected)
    twice = edges_of(np.repeat(values, 2 * weights), n_bins)
    np.testing.assert_array_equal(twice, expected)


@given(st.lists(spikes, min_size=1, max_size=4), some_bins)
@settings(max_examples=100, deadline=None)
def test_sparse_columns_have_the_edges_of_dense_ones(columns, n_bins):
    rows = max(map(len, columns))
    dense = np.zeros((rows, len(columns)))
    for j, column in enumerate(columns):
        dense[: len(column), j] = column
    dense[0] = np.where(np.arange(len(columns)) % 2, np.nan, dense[0])
    expected = quantile_edges(np.ascontiguousarray(dense.T), n_bins)
    block = SparseBlock(sp.csc_array(dense))
    edges, starts = block.quantile_edges(np.arange(len(columns)), n_bins)
    np.testing.assert_array_equal(edges, expected.values)
    np.testing.assert_array_equal(starts, expected.starts)


@given(spikes, some_bins)
@settings(max_examples=200, deadline=None)
def test_a_frequent_value_is_alone_in_its_bin(values, n_bins):
    codes = np.searchsorted(edges_of(values, n_bins), values)
    for value in frequent_of(values, n_bins):
        code = codes[values == value][0]
        assert set(values[codes == code]) == {value}


@given(spikes, some_bins)
@settings(max_examples=200, deadline=None)
def test_there_are_few_bins_and_they_are_intervals(values, n_bins):
    edges = edges_of(values, n_bins)
    assert (np.diff(edges) > 0).all()
    assert np.isin(edges, values).all()
    n_frequent = len(frequent_of(values, n_bins))
    most = n_bins if len(set(values)) <= n_bins else max(n_bins, 2 * n_frequent + 1)
    assert len(edges) + 1 <= most <= 2 * n_bins - 1


@given(st.integers(20, 400), st.integers(20, 400), some_bins, st.booleans())
@settings(max_examples=100, deadline=None)
def test_bins_of_other_rows_hold_enough(spike, width, n_bins, one_sided):
    others = np.random.default_rng(width).normal(size=width)
    others = np.abs(others) if one_sided else others
    values = np.append(np.zeros(spike), others)
    codes = np.searchsorted(edges_of(values, n_bins), others)
    if spike * n_bins < len(values) or n_bins < 3:
        return
    least = min(width ** (2 / 3), len(values) / n_bins) * 0.7
    for side in (others < 0, others > 0):
        sizes = np.unique(codes[side], return_counts=True)[1]
        assert len(sizes) <= 1 or sizes.min() >= np.floor(least)


@given(spikes, some_bins)
@settings(max_examples=200, deadline=None)
def test_columns_without_frequent_values_keep_their_edges(values, n_bins):
    values = values[~np.isin(values, list(frequent_of(values, n_bins)))]
    if len(set(values)) <= n_bins or frequent_of(values, n_bins):
        return
    ordered = np.sort(values)
    ranks = -(-np.arange(1, n_bins) * len(values) // n_bins) - 1
    plain = np.unique(ordered[ranks])
    expected = plain[plain < ordered[-1]]
    assert edges_of(values, n_bins).tobytes() == expected.tobytes()


@given(
    st.lists(
        st.tuples(st.sampled_from([-2.0, 0.0, 1.5]), st.integers(1, 8)), max_size=3
    ),
    st.integers(1, 12),
    st.integers(2, 9),
)
@settings(max_examples=150, deadline=None)
def test_a_column_and_its_negative_agree(parts, width, n_bins):
    others = np.random.default_rng(width).permutation(5 * width) / 7.3 - 2.1
    values = np.concatenate([*(np.full(2 * t, v) for v, t in parts), others])
    others = values[~np.isin(values, list(frequent_of(values, n_bins)))]
    # An edge on values that are tied, yet not frequent, has them all on its left.
    assume(len(set(others)) == len(others))
    up, down = edges_of(values, n_bins), edges_of(-values, n_bins)
    assert len(up) == len(down)
    codes, mirrored = np.searchsorted(up, values), np.searchsorted(down, -values)
    for value in frequent_of(values, n_bins):
        here = values == value
        assert (codes[here] + mirrored[here] == len(up)).all()
    # A row at an edge may change sides: content is rounded upwards from below.
    assert (np.abs(codes + mirrored - len(up)) <= 1).all()


def test_one_tie_does_not_coarsen_many_bins():
    values = np.random.default_rng(1).normal(size=1000)
    values[:4] = values[4]
    assert len(edges_of(values, 256)) > 250


def test_what_lies_between_frequent_values_is_kept_apart():
    values = np.repeat([0.0, 1.0, 2.0], 30)
    values = np.append(values, [-1.0, 0.5, 1.5, 3.0])
    assert edges_of(values, 4).tolist() == [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0]
    assert edges_of(-values, 4).tolist() == [-3.0, -2.0, -1.5, -1.0, -0.5, 0.0]


def test_parts_go_where_content_is():
    values = np.concatenate([np.zeros(600), -np.arange(1.0, 301), np.arange(1.0, 101)])
    # Of round(400 ** (1/3)) = 7 parts the first gap takes five of 60 rows. The seventh
    # would be of 50 rows in either gap: none takes it.
    edges = edges_of(values, 10)
    assert edges.tolist() == [-241, -181, -121, -61, -1, 0]


# --- everywhere -----------------------------------------------------------------------

WAYS = {
    "floats": lambda x: x[:, None],
    "float32": lambda x: x[:, None].astype("float32"),
    "frame": lambda x: pd.DataFrame({"x": x}),
    "nullable": lambda x: pd.DataFrame({"x": pd.array(x, dtype="Float64")}),
    "csc": lambda x: sp.csc_array(x[:, None]),
    "csr": lambda x: sp.csr_matrix(x[:, None]),
    "integers": lambda x: np.rint(1e6 * x[:, None]).astype(int),
}


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("way", WAYS)
def test_relevance_beside_a_spike(way, sign):
    X = WAYS[way](sign * SPIKE)
    assert MIM(1, mi_estimator=PLAIN).fit(X, BELOW).relevance_[0] == pytest.approx(
        INFORMATION, abs=1e-12
    )


@pytest.mark.parametrize("way", WAYS)
def test_weights_beside_a_spike(way):
    weights = np.random.default_rng(2).integers(1, 4, N)
    rows = np.repeat(np.arange(N), weights)
    weighted = MIM(1, mi_estimator=PLAIN).fit(
        WAYS[way](SPIKE), BELOW, sample_weight=weights
    )
    repeated = MIM(1, mi_estimator=PLAIN).fit(WAYS[way](SPIKE[rows]), BELOW[rows])
    np.testing.assert_array_equal(weighted.relevance_, repeated.relevance_)
    entropy = oracles.entropy(BELOW[rows].tolist())
    assert weighted.relevance_[0] == pytest.approx(entropy, abs=1e-12)


@pytest.mark.every_way
def test_negative_zero_and_positive():
    rng = np.random.default_rng(3)
    x = np.concatenate([np.zeros(600), -rng.random(200), rng.random(200)])
    for y in (x < 0, x > 0):
        relevance = MIM(1, mi_estimator=PLAIN).fit(x[:, None], y).relevance_[0]
        assert relevance == pytest.approx(oracles.entropy(y.tolist()), abs=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_continuous_targets(sign):
    indicator = BELOW.astype(int)[:, None]
    found = MIM(1, mi_estimator=PLAIN).fit(indicator, sign * SPIKE).relevance_[0]
    assert found == pytest.approx(INFORMATION, abs=1e-12)


def test_targets_of_several_outputs_and_survival():
    indicator = BELOW.astype(int)[:, None]
    outputs = np.column_stack([SPIKE, SPIKE])
    assert MIM(1, mi_estimator=PLAIN).fit(indicator, outputs).relevance_[
        0
    ] == pytest.approx(INFORMATION)
    joint = MIM(1, multioutput="joint", mi_estimator=PLAIN).fit(indicator, outputs)
    assert joint.relevance_[0] == pytest.approx(INFORMATION)
    time = SPIKE - SPIKE.min()
    seen = tables.survival(np.ones(N, bool), time)
    assert MIM(1, mi_estimator=PLAIN).fit(indicator, seen).relevance_[
        0
    ] == pytest.approx(INFORMATION)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("weight", [None, np.ones(N), np.full(N, 0.3)])
def test_measures(weight, sign):
    found = measures.conditional_entropy(
        BELOW, sign * SPIKE, estimator="plugin", sample_weight=weight
    )
    assert found == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("estimator", [MDLPDiscretizer, InformationBottleneckEncoder])
def test_discretisers_with_a_binned_target(estimator):
    x = np.arange(N)[np.argsort(np.argsort(SPIKE, kind="stable"))][:, None]
    fitted = estimator(n_target_bins=10).fit(x, SPIKE)
    expected = oracles_discretize.quantile_edges(SPIKE.tolist(), 10)
    np.testing.assert_array_equal(fitted.target_edges_, expected)


@pytest.mark.parametrize("criterion", [JMI, MIM])
def test_unaffected_columns_beside_affected_ones(criterion):
    X = np.column_stack([np.random.default_rng(4).normal(size=(N, 3)), SPIKE])
    both = criterion(4).fit(X, BELOW)
    for j in range(3):
        expected = np.sort(X[:, j])[99:-1:100]
        np.testing.assert_array_equal(both.mi_estimator_.edges_[j], expected)


ADULT = {"capital-gain": 0.0599, "capital-loss": 0.0236, "age": 0.0648}


def test_adult():
    X, y = tables.real_table("adult")
    selector = MIM(None, mi_estimator=PLAIN).fit(X[list(ADULT)], y)
    np.testing.assert_allclose(selector.relevance_, list(ADULT.values()), atol=5e-5)
