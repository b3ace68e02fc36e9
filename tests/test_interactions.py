"""All pairs of columns: their terms, their tests, and which pairs there are."""

import itertools

import numpy as np
import oracles
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.stats import binom, false_discovery_control

from mifs import interactions, mi_test, scan_csv
from mifs.estimators import PlugIn
from mifs.estimators.plugin.estimator import PlugIn as Estimator

PLAIN = PlugIn(correction=None)
COLUMNS = [
    *("first", "second", "joint_relevance", "relevance_first", "relevance_second"),
    *("redundancy", "interaction", "p_value", "q_value"),
]


def table(n=300, p=9, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, [2, 3, 4] * (p // 3), (n, p))
    return X, (X[:, 1] + X[:, 4] + rng.integers(0, 3, n)) % 3


def naive(X, y):
    """Every pair by the oracles, uncorrected."""
    t = oracles.Terms(list(X.T), y)
    rows = []
    for i, j in itertools.combinations(range(X.shape[1]), 2):
        joint = t.h(i, j) + t.h("y") - t.h(i, j, "y")
        own = [t.h(k) + t.h("y") - t.h(k, "y") for k in (i, j)]
        shared = t.h(i) + t.h(j) - t.h(i, j)
        rows.append((i, j, joint, *own, shared, joint - sum(own)))
    frame = pd.DataFrame(rows, columns=COLUMNS[:7])
    order = ["joint_relevance", "first", "second"]
    frame = frame.round({"joint_relevance": 13})
    return frame.sort_values(order, ascending=[False, True, True], ignore_index=True)


def test_equals_its_twin():
    X, y = table()
    found = interactions(X, y, top=None, mi_estimator=PLAIN)
    assert found.columns.tolist() == COLUMNS
    expected = naive(X, y)
    pairs = ["first", "second"]
    assert found[pairs].to_numpy().tolist() == expected[pairs].to_numpy().tolist()
    np.testing.assert_allclose(
        found[COLUMNS[2:7]], expected[COLUMNS[2:7]], rtol=0, atol=1e-12
    )


def test_terms_are_corrected_like_those_of_a_search():
    X, y = table()
    terms = Estimator().prepare(_read(X, y))
    found = interactions(X, y, top=5)
    for row in found.itertuples():
        wanted = frozenset({"redundancy", "conditional_redundancy"})
        pair = terms.pairwise(row.first, np.array([row.second]), wanted)
        (shared,), (given,) = pair["redundancy"], pair["conditional_redundancy"]
        own = terms.relevance[[row.first, row.second]]
        assert (row.redundancy, row.interaction) == (shared, given - shared)
        assert (row.relevance_first, row.relevance_second) == tuple(own)
        assert row.joint_relevance == own.sum() + (given - shared)


def _read(X, y):
    from mifs._data.reading import read

    return read(X, y)


@pytest.mark.parametrize("n_columns", [3, 41, 70])
def test_fewer_pairs_are_the_best_of_all(n_columns):
    rng = np.random.default_rng(n_columns)
    X, y = rng.integers(0, 4, (120, n_columns)), rng.integers(0, 2, 120)
    every = interactions(X, y, top=None)
    assert len(every) == n_columns * (n_columns - 1) // 2
    keys = every["first"] * n_columns + every["second"]
    assert keys.is_unique
    assert (every["first"] < every["second"]).all()
    for top in (1, 2, 17):
        best = interactions(X, y, top=top)
        np.testing.assert_array_equal(best[COLUMNS[:7]], every[COLUMNS[:7]].head(top))


def test_threads_change_nothing():
    X, y = np.random.default_rng(0).normal(size=(2, 400, 60))
    one, two = (interactions(X, y[:, 0], n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_ties_go_to_the_first_columns():
    X = np.tile(np.random.default_rng(0).integers(0, 2, (60, 1)), 6)
    found = interactions(X, X[:, 0], top=4)
    assert found[["first", "second"]].to_numpy().tolist() == [
        *([0, 1], [0, 2], [0, 3], [0, 4])
    ]


SIDES = [
    (None, ["a"]),
    (["a", "c"], None),
    (["a", "c", "e"], ["e", "f"]),
    (["f", "e"], ["e", "f"]),
    (["b"], ["a", "b", "c", "d", "e", "f"]),
    ([True, False, True, False, True, False], ["b", "c"]),
]


@pytest.mark.parametrize(("within", "against"), SIDES)
def test_each_pair_of_both_sides_comes_once(within, against):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 3, (80, 6)), columns=list("abcdef"))
    found = interactions(
        X, rng.integers(0, 2, 80), top=None, within=within, against=against
    )
    first = list("abcdef") if within is None else within
    if isinstance(first[0], bool):
        first = list(X.columns[first])
    second = first if against is None else against
    wanted = {frozenset(pair) for pair in itertools.product(first, second)}
    pairs = [
        frozenset(pair) for pair in zip(found["first"], found["second"], strict=True)
    ]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == {pair for pair in wanted if len(pair) == 2}
    assert (found["first"] < found["second"]).all()


def test_labels_are_those_of_the_frame():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 2, (200, 3)), columns=[2012, 2011, 7])
    found = interactions(X, X[2011] ^ X[7], top=1)
    assert found.loc[0, ["first", "second"]].tolist() == [2011, 7]
    assert X[found.loc[0, "first"]].equals(X[2011])


def test_xor_is_found_among_a_thousand_columns_of_noise():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 1002))
    y = (X[:, 100] * X[:, 900] > 0) ^ (rng.random(600) < 0.1)
    found = interactions(X, y, top=20)
    assert found.loc[0, ["first", "second"]].tolist() == [100, 900]
    assert found.loc[0, "q_value"] < 1e-6
    assert found.loc[1:, "q_value"].min() > 0.05
    assert found.loc[0, "interaction"] > 0.1


def test_p_value_is_the_larger_of_both_tests():
    X, y = table(n=4000)
    found = interactions(X, y, top=None)
    for row in found[found["p_value"] < 1e-6].itertuples():
        tests = [
            mi_test(X[:, a].astype(str), y.astype(str), X[:, b].astype(str)).log_pvalue
            for a, b in itertools.permutations([row.first, row.second])
        ]
        # The columns are numbers, which have a trend: at most twice the p-value of G.
        assert np.log(row.p_value) <= max(tests) + np.log(2) + 1e-9


def test_a_copy_adds_nothing():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 5, 3000)
    y = (x > 2) ^ (rng.random(3000) < 0.1)
    (found,) = interactions(np.column_stack([x, x]), y).itertuples()
    assert found.interaction < -0.3
    assert found.p_value == 1


def test_rates_are_those_of_all_pairs():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (500, 14))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.integers(0, 3, 500)) % 4
    every = interactions(X, y, top=None)
    expected = false_discovery_control(every["p_value"])
    np.testing.assert_allclose(every["q_value"], expected, rtol=1e-12)
    found = interactions(X, y, top=3)
    np.testing.assert_allclose(found["q_value"], every["q_value"].head(3), rtol=0.2)


def test_noise_is_significant_as_seldom_as_alpha_says():
    n_tables, false = 60, 0
    for seed in range(n_tables):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(150, 12)) if seed % 2 else rng.integers(0, 4, (150, 12))
        found = interactions(X, rng.integers(0, 2, 150), top=None)
        false += found["q_value"].min() <= 0.05
    assert false <= binom.ppf(0.999, n_tables, 0.05)


@pytest.mark.parametrize("estimator", ["knn", "gaussian_copula"])
def test_other_estimators(estimator):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    y = X[:, 1] * X[:, 3] > 0
    found = interactions(X, y, top=1, mi_estimator=estimator)
    assert found.loc[0, ["first", "second"]].tolist() == [1, 3]
    assert found.loc[0, "q_value"] < 1e-4


def test_sparse_tables_and_files(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.poisson(0.4, (200, 8))
    y = rng.integers(0, 2, 200)
    dense = interactions(X, y, top=None)
    pd.testing.assert_frame_equal(interactions(sp.csr_array(X), y, top=None), dense)
    frame = pd.DataFrame(X).add_prefix("c").assign(target=y)
    frame.to_csv(tmp_path / "table.csv", index=False)
    with scan_csv(tmp_path / "table.csv", target="target") as scan:
        found = interactions(scan, top=None)
    numbers = COLUMNS[2:]
    pd.testing.assert_frame_equal(found[numbers], dense[numbers], check_exact=True)
    assert found.loc[0, "first"] == f"c{dense.loc[0, 'first']}"


def test_progress_says_how_many_pairs_there_are(capsys, monkeypatch):
    from mifs.selectors import _progress

    monkeypatch.setattr(_progress, "_PAUSE", 0.0)
    X, y = np.random.default_rng(0).integers(0, 2, (2, 30, 60))
    interactions(X, y[:, 0], verbose=2)
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert all("of 1770 steps" in line for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top": 0}, "top=0 must be a number of pairs, 1 or more, or None"),
        ({"within": [0]}, "there is no pair of two columns: within=.0."),
        ({"within": [0], "against": [0]}, "there is no pair"),
        ({"within": ["zz"]}, "within"),
        ({"mi_estimator": "spline"}, "mi_estimator='spline' is unknown"),
    ],
)
def test_what_cannot_be_done_is_refused(options, message):
    X, y = table(n=30)
    with pytest.raises(ValueError, match=message):
        interactions(X, y, **options)


def test_several_outputs_are_refused():
    X, y = table(n=30)
    with pytest.raises(ValueError, match="y has 2 outputs: pass one of them at a time"):
        interactions(X, np.column_stack([y, y + X[:, 0] / 7]))
