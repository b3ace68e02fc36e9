"""A search that begins with the pair of highest joint relevance."""

import itertools
import warnings
from dataclasses import replace

import numpy as np
import oracles
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from plain import PLAIN
from scipy.stats import binom
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier as Neighbours
from sklearn.pipeline import make_pipeline

import mifs
from mifs import JMI, MIM, MIRMR, MISelector, interactions, scan_csv
from mifs._problem import start as start_module
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn
from mifs.exceptions import ChanceWarning

GREEDY = [name for name in CRITERIA if name not in ("fcbf", "spec_cmi")]
# Nothing is tested, so that the pair is the best of all.
ALONE = {"start": "pair", "mi_estimator": PLAIN}


def table(n=300, p=7, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, [2, 3, 4] * (p // 3) + [2] * (p % 3), (n, p))
    parity = X[:, 0] ^ X[:, 3] ^ (rng.random(n) < 0.1)
    return X, 2 * parity + (X[:, 2] + X[:, 5] + rng.integers(0, 9, n) > 6)


def xor(n=400, p=60, seed=0, flipped=0.1):
    """Columns 7 and 23 tell of the class, but only together."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, (X[:, 7] * X[:, 23] > 0) ^ (rng.random(n) < flipped)


def brute_force(X, y):
    """Best pair by the oracles, the more relevant first."""
    terms = oracles.Terms(list(X.T), y)
    pairs = list(itertools.combinations(range(X.shape[1]), 2))
    joint = [terms.joint_relevance(*pair) for pair in pairs]
    best = min(
        pair for pair, j in zip(pairs, joint, strict=True) if j >= max(joint) - 1e-12
    )
    return sorted(best, key=lambda k: (-round(terms.relevance(k), 12), k))


def chosen(selector, *data):
    return selector.fit(*data).selected_indices_.tolist()


@pytest.mark.parametrize("criterion", GREEDY)
def test_begins_with_the_best_pair_and_goes_on_as_ever(criterion):
    X, y = table()
    pair = brute_force(X, y)
    assert sorted(pair) == [0, 3]
    found = MISelector(criterion, 6, **ALONE).fit(X, y)
    included = MISelector(criterion, 6, include=pair, mi_estimator=PLAIN).fit(X, y)
    assert found.selected_indices_.tolist()[:2] == pair
    pd.testing.assert_frame_equal(found.path_, included.path_, check_exact=True)
    assert found.n_evaluations_ == included.n_evaluations_ + 21
    terms = oracles.Terms(list(X.T), y)
    twin = oracles.CRITERIA[criterion]
    score = twin(terms, pair[1], pair[:1])
    assert found.path_["score"].tolist()[:2] == pytest.approx(
        [terms.relevance(pair[0]), score], abs=1e-12
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_pair_is_that_of_most_joint_relevance(seed):
    X, y = table(seed=seed, p=9, n=60)
    assert chosen(JMI(2, **ALONE), X, y) == brute_force(X, y)
    corrected = JMI(2, start="pair", alpha=1)
    (first,) = interactions(X, y, top=1)[["first", "second"]].to_numpy()
    assert sorted(chosen(corrected, X, y)) == first.tolist()


def test_ties_go_to_the_first_columns():
    x, noise = np.random.default_rng(0).integers(0, 2, (2, 100))
    X = np.column_stack([noise, x, x, noise, x, noise])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert chosen(JMI(2, **ALONE), X, x ^ noise) in ([0, 1], [1, 0])
        assert chosen(JMI(2, **ALONE), np.tile(x[:, None], 4), x) == [0, 1]


@pytest.mark.parametrize("Selector", [JMI, MIRMR, MIM, mifs.CMIM, mifs.CMI])
def test_xor_is_found_among_noise(Selector):
    X, y = xor()
    found = Selector("auto", start="pair").fit(X, y)
    assert set(found.selected_indices_.tolist()) == {7, 23}
    assert found.path_["tier"].tolist() == [1, 1]
    assert found.path_["p_value"].max() < 1e-6
    assert not {7, 23} & set(chosen(Selector(1), X, y))


def test_the_p_value_is_that_of_all_pairs():
    X, y = xor()
    found = JMI("auto", start="pair").fit(X, y).path_["p_value"]
    (pair,) = interactions(X, y, top=1).itertuples()
    expected = pair.p_value * 60 * 59 / 2 / 0.2
    assert found.tolist() == pytest.approx([expected, expected], rel=1e-9)


def test_a_weaker_pair_that_is_no_chance_goes_before_a_stronger_that_is():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (2000, 30))
    parity = X[:, 7] ^ X[:, 23]
    y = 2 * (X[:, 3] ^ (rng.random(2000) < 0.1)) + (parity ^ (rng.random(2000) < 0.35))
    found = JMI("auto", start="pair").fit(X, y)
    best = interactions(X, y, top=1)
    assert 3 in best[["first", "second"]].to_numpy()
    assert set(found.selected_indices_.tolist()[:2]) == {7, 23}
    assert set(found.selected_indices_.tolist()) == {3, 7, 23}


def test_a_pair_passes_by_the_tests_of_its_features_too():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 200))
    y = X[:, 0] + 0.45 * X[:, 1] + rng.normal(size=300) > 0
    found = JMI("auto", start="pair").fit(X, y)
    assert found.selected_indices_.tolist() == [0, 1]
    pair = interactions(X, y, within=[0, 1]).loc[0, "p_value"]
    assert pair * 200 * 199 / 2 / 0.2 > 0.05


def test_without_a_pair_that_passes_the_path_is_the_ordinary_one():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 20))
    y = X[:, 4] + rng.normal(size=300) > 0
    with pytest.warns(ChanceWarning, match="the last 4 of 5"):
        found = JMI(5, start="pair").fit(X, y)
    with pytest.warns(ChanceWarning):
        ordinary = JMI(5, alpha=0.04).fit(X, y)
    assert_array_equal(found.selected_indices_, ordinary.selected_indices_)
    assert found.path_["tier"].tolist() == ordinary.path_["tier"].tolist()


def test_where_nothing_passes_the_pair_comes_first_nevertheless():
    X, y = xor(n=60, p=300, flipped=0.3)
    with pytest.warns(ChanceWarning, match="the last 3 of 3"):
        found = JMI(3, start="pair").fit(X, y)
    plain = JMI(3, start="pair", alpha=1).fit(X, y)
    assert_array_equal(found.selected_indices_, plain.selected_indices_)
    assert found.path_["tier"].tolist() == [2, 2, 2]
    with pytest.warns(ChanceWarning, match="nothing is selected"):
        assert chosen(JMI("auto", start="pair"), X, y) == []


@pytest.mark.parametrize("kind", ["numbers", "levels"])
def test_noise_is_selected_as_seldom_as_alpha_says(kind):
    n_tables, false = 100, 0
    for seed in range(n_tables):
        rng = np.random.default_rng(seed)
        X = rng.integers(0, 3, (150, 14))
        if kind == "numbers":
            X = rng.normal(size=(150, 14))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ChanceWarning)
            found = JMI("auto", start="pair", alpha=0.2).fit(X, rng.integers(0, 2, 150))
        false += bool(len(found.selected_indices_))
    assert false <= binom.ppf(0.999, n_tables, 0.2)


def test_noise_beside_a_pair_is_selected_as_seldom():
    n_tables, false = 60, 0
    for seed in range(n_tables):
        X, y = xor(n=300, p=24, seed=seed, flipped=0.05)
        found = chosen(JMI("auto", start="pair", alpha=0.2), X, y)
        assert {7, 23} <= set(found)
        false += len(found) > 2
    assert false <= binom.ppf(0.999, n_tables, 0.2)


def test_threads_change_nothing():
    X, y = xor()
    one, two = (JMI(5, start="pair", alpha=1, n_jobs=n).fit(X, y) for n in (1, 2))
    pd.testing.assert_frame_equal(one.path_, two.path_, check_exact=True)
    assert one.n_evaluations_ == two.n_evaluations_ == 60 * 59 / 2 + 59 + 58 + 57 + 56


@pytest.mark.parametrize("alpha", [0.05, 1])
def test_a_shorter_path_is_the_beginning_of_a_longer_one(alpha):
    X, y = xor(p=25)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ChanceWarning)
        paths = [chosen(JMI(k, start="pair", alpha=alpha), X, y) for k in range(1, 7)]
    assert all(path == paths[-1][:k] for k, path in enumerate(paths, 1))


@pytest.mark.parametrize("begun", [1, 2, 3])
def test_a_warm_start_goes_on_from_there(begun):
    X, y = table()
    selector = JMI(begun, warm_start=True, **ALONE).fit(X, y)
    found = selector.set_params(n_features_to_select=5).fit(X, y)
    fresh = JMI(5, **ALONE).fit(X, y)
    pd.testing.assert_frame_equal(found.path_, fresh.path_, check_exact=True)
    single = selector.set_params(start=None).fit(X, y)
    assert chosen(JMI(5, mi_estimator=PLAIN), X, y) == single.selected_indices_.tolist()


def test_one_feature_has_no_pair():
    x = np.arange(40).reshape(-1, 1) % 4
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert chosen(JMI(start="pair"), x, x[:, 0] > 1) == [0]


def test_what_is_excluded_is_in_no_pair():
    X, y = table()
    pair = brute_force(X, y)
    left = [k for k in range(7) if k != pair[0]]
    again = [left[k] for k in brute_force(X[:, left], y)]
    assert chosen(JMI(2, exclude=pair[:1], **ALONE), X, y) == again


def test_costs_are_those_of_both():
    X, y = table()
    pair, terms = brute_force(X, y), oracles.Terms(list(X.T), y)
    costs = np.zeros(7)
    costs[pair[1]] = 0.05
    net = {
        (i, j): terms.joint_relevance(i, j) - costs[i] - costs[j]
        for i, j in itertools.combinations(range(7), 2)
    }
    found = chosen(JMI(2, costs=costs, **ALONE), X, y)
    assert sorted(found) == list(max(net, key=net.get))
    assert chosen(JMI(2, costs=costs, cost_weight=0, **ALONE), X, y) == pair


def test_groups_are_features():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (500, 20))
    y = X[:, 2] ^ X[:, 3] ^ X[:, 9]
    groups = {"a": [2, 3], "b": [4, 5], "c": [0, 1]}
    found = JMI("auto", start="pair", groups=groups).fit(X, y)
    assert set(found.path_["name"]) == {"a", "x9"}


def test_weights_are_repeated_rows():
    X, y = table(n=80)
    weights = np.random.default_rng(0).integers(0, 4, 80)
    weighted = JMI(4, start="pair").fit(X, y, sample_weight=weights)
    repeated = JMI(4, start="pair").fit(np.repeat(X, weights, 0), np.repeat(y, weights))
    pd.testing.assert_frame_equal(weighted.path_, repeated.path_)


def test_missing_values_are_a_level():
    X, y = xor()
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    assert set(chosen(JMI("auto", start="pair"), X, y)) == {7, 23}


@pytest.mark.parametrize("estimator", ["knn", "gaussian_copula", PlugIn(3)])
def test_other_estimators(estimator):
    X = np.random.default_rng(0).normal(size=(150, 9))
    y = X[:, 8] * X[:, 2] > 0
    selector = JMI("auto", start="pair", mi_estimator=estimator)
    assert set(chosen(selector, X, y)) == {2, 8}


def test_several_outputs():
    X, y = xor()
    y = np.column_stack([y, np.random.default_rng(1).integers(0, 2, 400)])
    for multioutput in ("joint", "mean"):
        selector = JMI("auto", start="pair", multioutput=multioutput)
        assert set(chosen(selector, X, y)) == {7, 23}


def test_sparse_tables_and_files(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.poisson(0.4, (300, 12))
    y = (X[:, 2] > 0) ^ (X[:, 9] > 0)
    dense = JMI(4, start="pair", alpha=0.9).fit(X, y)
    assert set(dense.selected_indices_[:2].tolist()) == {2, 9}
    sparse = JMI(4, start="pair", alpha=0.9).fit(sp.csr_array(X), y)
    pd.testing.assert_frame_equal(sparse.path_, dense.path_)
    frame = pd.DataFrame(X).add_prefix("x").assign(target=y)
    frame.to_csv(tmp_path / "table.csv", index=False)
    with scan_csv(tmp_path / "table.csv", target="target") as scan:
        scanned = JMI(4, start="pair", alpha=0.9).fit(scan)
    pd.testing.assert_frame_equal(scanned.path_, dense.path_)


def test_is_a_parameter_like_others():
    X, y = xor(p=30)
    selector = clone(JMI(2, start="pair"))
    assert selector.get_params()["start"] == "pair"
    search = GridSearchCV(
        make_pipeline(selector, Neighbours(15)),
        {"jmi__start": [None, "pair"]},
        cv=3,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ChanceWarning)
        search.fit(X, y)
    assert search.best_params_ == {"jmi__start": "pair"}
    with pytest.raises(ValueError, match="'start' parameter of JMI must be"):
        JMI(start="triple").fit(X, y)


def test_of_resamples():
    X, y = xor(n=300, p=24, flipped=0)
    stable = mifs.StabilitySelector(JMI(2, start="pair"), 4, scheme="subsample")
    stable.fit(X, y)
    shares = stable.frequencies_.set_index("feature")["frequency"]
    assert shares[[7, 23]].tolist() == [1, 1]
    assert shares.sum() == 2
    scored = mifs.MutualInfoCV(JMI(4, start="pair"), Neighbours(15), cv=3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ChanceWarning)
        scored.fit(X, y)
    assert set(scored.selector_.selected_indices_[:2].tolist()) == {7, 23}


@pytest.mark.parametrize("name", ["fcbf", "spec_cmi"])
def test_is_refused_where_all_are_ordered_at_once(name):
    X, y = table(n=60)
    with pytest.raises(ValueError, match=f"{name}' orders all features at once: start"):
        MISelector(name, start="pair").fit(X, y)


def test_is_refused_beside_included_features():
    X, y = table(n=60)
    with pytest.raises(ValueError, match="both say what comes first: leave one of"):
        JMI(start="pair", include=[0]).fit(X, y)
    JMI(2, start="pair", include=[], alpha=1).fit(X, y)


class Unconditional(PlugIn):
    def capabilities(self, table=None):
        return replace(super().capabilities(table), terms=frozenset({"redundancy"}))


def test_is_refused_of_an_estimator_without_the_terms():
    X, y = table(n=60)
    text = "start='pair' needs conditional_redundancy, which .* cannot estimate; use "
    with pytest.raises(ValueError, match=text):
        MIRMR(start="pair", mi_estimator=Unconditional()).fit(X, y)


def test_hours_are_refused_with_how_long_it_would_take(monkeypatch):
    monkeypatch.setattr(start_module, "MEASURED", 0.0)
    monkeypatch.setattr(start_module, "MOST_SECONDS", 1e-9)
    X, y = xor()
    text = (
        r"start='pair' looks at all 1,770 pairs of 60 features, which would take about "
        r"\d+\.\d hours \([\d.e-]+ µs a pair, as measured\); choose some thousand of"
    )
    for n_jobs in (1, 2):
        with pytest.raises(ValueError, match=text):
            JMI(start="pair", n_jobs=n_jobs).fit(X, y)


def test_progress_says_how_many_pairs_there_are(capsys, monkeypatch):
    from mifs.selectors import _progress

    monkeypatch.setattr(_progress, "_PAUSE", 0.0)
    X, y = xor(p=90)
    JMI(5, start="pair", alpha=1, verbose=2).fit(X, y)
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "of 4005 steps" in line]
    assert [line for line in lines if "of 5 steps" in line]
