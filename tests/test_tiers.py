"""Two tiers of a path: what adds more than chance, then the rest."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from plain import PLAIN
from repeats import first
from scipy.stats import binomtest

from mifs import CMI, CMIM, FCBF, JMI, JMI3, MIM, MIRMR, MISelector, compare
from mifs._chance import table_test
from mifs._data.reading import read
from mifs._problem import hopeless as looking
from mifs._problem.abilities import is_lazy
from mifs._problem.chance import ChanceGate
from mifs._problem.constraints import Alone, Units
from mifs._search import Constraints, search
from mifs.criteria import CRITERIA
from mifs.datasets import make_groups
from mifs.estimators import KNN, PlugIn
from mifs.exceptions import ChanceWarning

CORRECTED = PlugIn(correction="permutation")
GREEDY = (MIM, MIRMR, JMI, CMIM)

pytestmark = pytest.mark.filterwarnings(
    "ignore::mifs.exceptions.DuplicateColumnsWarning",
    "ignore::mifs.exceptions.HighCardinalityWarning",
    "ignore::mifs.exceptions.IdLikeWarning",
)


def informative(n=2000, p=40, seed=0):
    """Columns 1, 4 and 6 tell of the class, 2 is a copy and 3 a noisy copy of 1."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    X[:, 2] = X[:, 1]
    X[:, 3] = X[:, 1] + 0.3 * rng.normal(size=n)
    y = X[:, 1] + 0.8 * X[:, 4] + 0.6 * X[:, 6] + rng.normal(size=n) > 0
    return X, y


@pytest.mark.parametrize("Selector", [MIRMR, JMI, CMIM, CMI])
@pytest.mark.parametrize("estimator", [CORRECTED, PLAIN])
def test_auto_finds_what_tells_and_neither_copies_nor_noise(Selector, estimator):
    X, y = informative()
    selector = Selector("auto", mi_estimator=estimator).fit(X, y)
    assert {1, 4, 6} == set(selector.selected_indices_.tolist())
    assert selector.path_["tier"].eq(1).all()
    assert selector.path_["p_value"].lt(0.05).all()
    assert selector.stop_reason_.startswith("stopped at 3: ")
    assert "adds no more than chance would (p = " in selector.stop_reason_


def test_a_criterion_of_relevance_alone_keeps_copies():
    X, y = informative()
    assert set(MIM("auto").fit(X, y).selected_indices_.tolist()) == {1, 2, 3, 4, 6}


@pytest.mark.parametrize("Selector", [*GREEDY, FCBF, JMI3])
def test_a_number_goes_on_in_the_second_tier_and_says_so_once(Selector):
    X, y = informative(p=12)
    names = [f"c{j}" for j in range(12)]
    selector = Selector(9, mi_estimator=CORRECTED)
    with warnings.catch_warnings(record=True) as every:
        warnings.simplefilter("always")
        selector.fit(pd.DataFrame(X, columns=names), y)
    seen = [warning for warning in every if warning.category is ChanceWarning]
    tiers = selector.path_["tier"].tolist()
    assert tiers == sorted(tiers)
    assert len(tiers) == 9
    second = selector.path_.query("tier == 2")
    assert second["p_value"].gt(0.05).all()
    assert len(seen) == 1
    assert str(seen[0].message).startswith(f"the last {len(second)} of 9 selected")
    assert str(second["name"].tolist()) in str(seen[0].message)
    assert "so many features were asked for" in selector.stop_reason_
    first = Selector("auto", mi_estimator=CORRECTED).fit(X, y).selected_indices_
    assert_array_equal(first, selector.selected_indices_[: len(first)])


def test_without_correction_there_are_no_tiers():
    X, y = informative()
    path = JMI(10, mi_estimator=PLAIN).fit(X, y).path_
    assert path["tier"].eq(0).all()
    assert path[["p_value", "expected"]].isna().all(axis=None)


def test_expected_is_what_the_correction_takes_off():
    X, y = informative()
    plain = MIM(None, mi_estimator=PLAIN).fit(X, y).relevance_
    path = MIM(None, mi_estimator=CORRECTED).fit(X, y).path_
    off = plain[path["feature"]] - path["relevance"]
    np.testing.assert_allclose(path["expected"], off, atol=1e-15)


def naive_path(X, y, scores_of, alpha, n_bins=10):
    """The rule, written down: test whom the score puts first, drop who fails."""
    n, p = X.shape
    y = y.astype(int)

    def cut(column, bins):
        values, sorted_ = X[:, column], np.sort(X[:, column])
        edges = sorted_[(np.arange(1, bins) * n + bins - 1) // bins - 1]
        return np.searchsorted(edges, values)

    def counts(strata, x, classes):
        table = np.zeros((strata.max() + 1, x.max() + 1, classes.max() + 1), int)
        np.add.at(table, (strata, x, classes), 1)
        return table

    threshold = 1 - (1 - alpha) ** (1 / p)
    one = np.zeros(n, int)
    codes = [cut(j, n_bins) for j in range(p)]

    def log_p(k, strata, fine, classes, ordered):
        return table_test(
            counts(strata, codes[k], classes),
            trend_tables=lambda: counts(fine, codes[k], classes),
            ordered_rows=True,
            ordered_columns=ordered,
            alpha=threshold,
        ).pvalue

    picks, p_values, left = [], [], set(range(p))
    while left:
        scores = scores_of(picks)
        best = max(left, key=lambda j: (scores[j], -j))
        p_value = log_p(best, one, one, y, False)
        for pick in picks:
            if log_p(best, one, one, codes[pick], True) <= 0.01:
                finest = n // 20
                strata = codes[pick] * finest + cut(pick, min(n // 250, 100))
                fine = codes[pick] * finest + cut(pick, finest)
                p_value = max(p_value, log_p(best, strata, fine, y, False))
        left.remove(best)
        if p_value <= threshold:
            picks.append(best)
            p_values.append(1 - (1 - p_value) ** p)
    return picks, p_values


@pytest.mark.parametrize("alpha", [0.05, 0.9])
def test_path_is_that_of_the_rule_written_down(alpha):
    X, y = informative(n=3000, p=15)
    relevance = MIM(None).fit(X, y).relevance_
    picks, p_values = naive_path(X, y, lambda picks: relevance, alpha)
    # Ordered by relevance, and tested as mRMR's candidates are.
    record = CRITERIA["mifs"].with_parameters({"beta": 0.0})
    selector = MISelector(record, "auto", alpha=alpha).fit(X, y)
    assert selector.selected_indices_.tolist() == picks
    found = selector.path_["p_value"]
    assert_allclose(found.clip(lower=0.001), np.maximum(p_values, 0.001), rtol=1e-6)


@pytest.mark.parametrize("Selector", GREEDY)
@pytest.mark.parametrize("kind", ["normal", "levels", "names"])
def test_noise_is_selected_as_seldom_as_alpha_says(Selector, kind):
    n_runs, found = 60, 0
    for seed in range(n_runs):
        rng = np.random.default_rng(seed)
        n = (50, 200)[seed % 2]
        X = rng.normal(size=(n, 20))
        if kind == "levels":
            X = rng.integers(0, rng.integers(2, 20, 20), (n, 20))
        if kind == "names":
            X = rng.integers(0, 300, (n, 20)).astype(str)
        y = rng.permutation(np.arange(n) % 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ChanceWarning)
            selector = Selector("auto", mi_estimator=CORRECTED).fit(X, y)
        found += len(selector.selected_indices_) > 0
    assert binomtest(found, n_runs, 0.05, alternative="greater").pvalue > 0.001


@pytest.mark.parametrize("Selector", [JMI, CMIM, CMI])
@pytest.mark.parametrize("estimator", [CORRECTED, PLAIN])
def test_a_partner_enters_once_the_other_half_is_in(Selector, estimator):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 12))
    y = (X[:, 3] > 0) ^ (X[:, 7] > 0) ^ (rng.random(1000) < 0.05)
    with pytest.warns(ChanceWarning, match="nothing is selected"):
        alone = Selector("auto", mi_estimator=estimator).fit(X, y)
    assert len(alone.selected_indices_) == 0
    both = Selector("auto", include=[3], mi_estimator=estimator).fit(X, y)
    assert both.selected_indices_.tolist() == [3, 7]
    assert both.path_["p_value"].iloc[1] < 1e-6
    # Without a term given the class there is nobody to look for.
    without = MIRMR("auto", include=[3], mi_estimator=estimator).fit(X, y)
    assert without.selected_indices_.tolist() == [3]


@pytest.mark.parametrize("Selector", [MIM, MIRMR, JMI])
def test_a_trend_counts_where_information_alone_is_near_the_level(Selector):
    """G passes at .05, but not at .04: of JMI a fifth of alpha is for synergy."""
    table = make_groups(
        2000,
        information=[0.018],
        n_copies=0,
        n_noise=84,
        n_classes=None,
        random_state=4,
    )
    selector = Selector("auto").fit(table.data, table.target)
    assert list(selector.path_["feature"]) == list(table.relevant)
    assert selector.path_["p_value"].lt(0.001).all()


def test_nothing_selected_is_an_answer():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd"))
    y = rng.integers(0, 2, 60)
    with pytest.warns(ChanceWarning, match="stopped at 0: .*; nothing is selected"):
        selector = JMI("auto", mi_estimator=CORRECTED).fit(frame, y)
    assert len(selector.path_) == 0
    assert not selector.support_.any()
    assert selector.stop_reason_.startswith("stopped at 0: ")
    with pytest.warns(UserWarning, match="No features were selected"):
        assert selector.transform(frame).shape == (60, 0)
    with pytest.warns(ChanceWarning):
        selector.fit(frame.to_numpy(), y)
    with pytest.warns(UserWarning, match="No features were selected"):
        assert selector.transform(frame.to_numpy()).shape == (60, 0)


@pytest.mark.parametrize("Selector", [*GREEDY, CMI, JMI3, FCBF])
def test_a_number_of_noise_is_the_second_tier_from_the_start(Selector):
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(90, 5)), rng.integers(0, 2, 90)
    with pytest.warns(ChanceWarning, match="the last 4 of 4 selected features add no"):
        path = Selector(4, mi_estimator=CORRECTED).fit(X, y).path_
    assert path["tier"].eq(2).all()


def test_threads_and_laziness_change_nothing():
    X, y = informative(n=600, p=1200)
    for Selector in (MIRMR, CMIM):
        with pytest.warns(ChanceWarning):
            one = Selector(12, mi_estimator=CORRECTED).fit(X, y)
        with pytest.warns(ChanceWarning):
            two = Selector(12, mi_estimator=CORRECTED, n_jobs=2).fit(X, y)
        pd.testing.assert_frame_equal(one.path_, two.path_)


class Scripted:
    """A gate that fails candidates, and lets some in again, by the throw of a die."""

    alpha, shown = 0.5, True

    def __init__(self, p, seed):
        self._random = np.random.default_rng(seed)
        self._p = p

    def p_value(self, candidate, picks):
        return float(self._random.random())

    def p_value_in_full(self, chosen, picks, p_value):
        return p_value

    def promising(self, picks, failed):
        return np.flatnonzero(self._random.random(self._p) < 0.1)

    def hopeless(self):
        return self._random.random(self._p) < 0.03


@pytest.mark.parametrize("n_hidden_levels", first(1, [4, 2]))
@pytest.mark.parametrize("name", sorted(set(CRITERIA) - {"fcbf", "spec_cmi"}))
def test_who_comes_back_is_scored_by_all_picks(name, n_hidden_levels):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, n_hidden_levels, (80, 30)), rng.integers(0, 2, 80)
    terms = PlugIn().prepare(read(X, y, discrete_features=True))
    for seed in range(2):
        for lazy in (False, is_lazy(CRITERIA[name], PlugIn().capabilities())):
            gate = Scripted(30, seed)
            path = search(terms, CRITERIA[name], 12, gate=gate, lazy=lazy)
            forced = Constraints(include=path.feature)
            again = search(terms, CRITERIA[name], 12, constraints=forced)
            np.testing.assert_allclose(path.score, again.score, atol=1e-12)


def test_a_warm_start_does_not_go_on_from_a_path_of_tiers():
    X, y = informative(p=12)
    warm = JMI("auto", warm_start=True).fit(X, y).set_params(n_features_to_select=8)
    fresh = JMI(8).fit(X, y)
    assert warm.fit(X, y).selected_indices_.tolist() == fresh.selected_indices_.tolist()


@pytest.mark.parametrize("kind", ["two", "five", "continuous"])
def test_who_is_seen_to_fail_would_have_failed(kind, monkeypatch):
    rng = np.random.default_rng(0)
    n = 300
    noise = rng.normal(size=n)
    y = {"two": noise > 0, "five": (noise * 2).round().clip(-2, 2), "continuous": noise}
    weak = [noise * b + rng.normal(size=n) for b in np.linspace(0, 0.6, 25)]
    levels = [np.digitize(w, [-1, 0, 1]) for w in weak]
    names = [np.array(list("dbac"))[level] for level in levels]
    gaps = [np.where(rng.random(n) < 0.1, np.nan, w) for w in weak]
    halves = [w > 0 for w in weak]
    columns = [*weak, *levels, *names, *gaps, *halves]
    X = pd.DataFrame(dict(enumerate(columns)))
    table = read(X, y[kind], discrete_target=kind != "continuous")
    cells = PlugIn().prepare(table).level_counts
    units = Units(Alone(125), range(125), grouped=False)
    gate, counting = (
        ChanceGate(
            *(table, units, 0.05), given_picks=True, levels=known, pairs=None, seed=0
        )
        for known in (cells, None)
    )
    hopeless = gate.hopeless()
    with monkeypatch.context() as patch:
        # All tails are summed, not those far from the mean alone.
        patch.setattr(looking, "NEAR_LEVEL", 0.0)
        assert_array_equal(gate.hopeless(), hopeless)
    values = np.array([gate.p_value(j, ()) for j in range(125)])
    # The tables of the search are those that the tests would count.
    assert values.tolist() == [counting.p_value(j, ()) for j in range(125)]
    assert values[hopeless].min(initial=1) > 0.05
    # Nearly all that fail are seen.
    assert hopeless.sum() > 0.6 * (values > 0.05).sum()


@pytest.mark.parametrize("n", [400, 9000])
def test_who_fails_is_tested_against_the_pick_that_it_repeats(n):
    """Of the picks that matter others come later, and are not asked for."""
    rng = np.random.default_rng(0)
    causes = rng.normal(size=(n, 4))
    y = causes.sum(axis=1) > 0
    copies = causes + 0.4 * rng.normal(size=(n, 4))
    X = np.column_stack([causes, copies, causes @ np.ones(4)])
    table, terms = read(X, y), PlugIn().prepare(read(X, y))
    known = (*(table, Units(Alone(9), range(9), grouped=False), 0.05),)
    options = {"given_picks": True, "levels": terms.level_counts, "seed": 0}
    gate = ChanceGate(*known, pairs=lambda: terms, **options)
    every = ChanceGate(*known, pairs=None, **options)
    for turn in range(1, 5):
        gate.promising(list(range(turn)), np.zeros(9, np.bool_))
    for copy in range(4, 8):
        assert gate.p_value(copy, range(4)) > 0.05
        assert every.p_value(copy, range(4)) > 0.05
        assert list(gate.dependence[copy]) == [copy - 4]
        assert len(every.dependence[copy]) == 4
    # The sum of all depends on all.
    gate.p_value(8, range(4))
    assert next(gate._dependent(8, range(4))) == gate.partners.nearest(8, range(4))[0]
    both = (set(each._dependent(8, range(4))) for each in (gate, every))
    assert next(both) == next(both) == set(range(4))


def test_what_is_included_stays_first_and_what_is_excluded_out():
    X, y = informative()
    selector = JMI("auto", include=[9], exclude=[4], mi_estimator=CORRECTED).fit(X, y)
    assert selector.selected_indices_[0] == 9
    assert set(selector.selected_indices_.tolist()) == {9, 1, 6}


def test_groups_are_tested_as_one_variable():
    X, y = informative(n=4000, p=8)
    groups = ["a", "b", "b", "b", "c", "d", "c", "e"]
    selector = JMI("auto", groups=groups, mi_estimator=CORRECTED).fit(X, y)
    assert set(selector.selected_indices_.tolist()) == {1, 2, 3, 4, 6}


def test_nearest_neighbours_are_stopped_by_the_same_tests():
    X, y = informative(n=800, p=8)
    selector = MIRMR("auto", mi_estimator=KNN()).fit(X, y)
    assert set(selector.selected_indices_.tolist()) == {1, 4, 6}


def test_a_continuous_target_and_several_outputs():
    X, _ = informative(n=1500, p=20)
    noise = np.random.default_rng(5).normal(size=1500)
    first, second = X[:, 1] + noise, X[:, 4] - noise
    found = JMI("auto", mi_estimator=CORRECTED).fit(X, first).selected_indices_
    assert found.tolist() == [1]
    both = JMI("auto", multioutput="mean", mi_estimator=CORRECTED)
    both.fit(X, np.column_stack([first, second]))
    assert set(both.selected_indices_.tolist()) == {1, 4}


def test_weights_are_rows():
    X, y = informative(n=500, p=10)
    times = np.random.default_rng(0).integers(1, 4, 500)
    weighted = JMI("auto", mi_estimator=CORRECTED).fit(X, y, sample_weight=times)
    repeated = JMI("auto", mi_estimator=CORRECTED)
    repeated.fit(np.repeat(X, times, axis=0), np.repeat(y, times))
    pd.testing.assert_frame_equal(weighted.path_, repeated.path_)
    fractions = np.random.default_rng(1).exponential(size=500)
    chosen = [
        JMI("auto", mi_estimator=CORRECTED).fit(X, y, sample_weight=w).selected_indices_
        for w in (fractions, 1000 * fractions)
    ]
    assert_array_equal(*chosen)


def test_missing_values_are_a_level_of_the_tests():
    X, y = informative()
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    selector = JMI("auto", mi_estimator=CORRECTED).fit(X, y)
    assert {1, 4, 6} <= set(selector.selected_indices_.tolist()) <= {1, 2, 3, 4, 6}


def test_compare_stops_each_criterion_at_chance():
    X, y = informative(p=12)
    found = compare(X, y, ["mim", "jmi"], "auto", mi_estimator=CORRECTED)
    for name, Selector in (("mim", MIM), ("jmi", JMI)):
        alone = Selector("auto", mi_estimator=CORRECTED).fit(X, y).selected_indices_
        mine = found.path.loc[found.path["criterion"] == name, "feature"]
        assert mine.tolist() == alone.tolist()
    with pytest.warns(ChanceWarning) as seen:
        compare(X, y, ["mim", "jmi"], 9, mi_estimator=CORRECTED)
    said = [str(w.message)[:13] for w in seen if w.category is ChanceWarning]
    assert sorted(said) == ["jmi: the last", "mim: the last"]


def test_compare_of_noise_is_empty():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(60, 4)), rng.integers(0, 2, 60)
    with pytest.warns(ChanceWarning) as seen:
        found = compare(X, y, ["mim", "jmi"], "auto")
    assert sorted(str(w.message)[:17] for w in seen) == [
        "jmi: stopped at 0",
        "mim: stopped at 0",
    ]
    assert len(found.path) == 0
    assert found.agreement["jaccard"].isna().all(axis=None)
    assert repr(found)
    assert found._repr_html_()


def test_columns_of_very_many_levels_take_no_more_memory_than_rows():
    rng = np.random.default_rng(0)
    n = 12_000
    X = pd.DataFrame({name: rng.permutation(n) // 2 for name in "abc"}).astype(str)
    X["d"] = y = rng.integers(0, 2, n)
    X["d"] = np.where(rng.random(n) < 0.2, 1 - y, y)
    with pytest.warns(ChanceWarning):
        selector = JMI(3, mi_estimator=CORRECTED).fit(X, y)
    assert selector.path_["name"].iloc[0] == "d"
    assert selector.path_["tier"].tolist() == [1, 2, 2]
