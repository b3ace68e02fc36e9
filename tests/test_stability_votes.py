"""What `StabilitySelector` makes of votes, and what it refuses."""

import warnings

import numpy as np
import pandas as pd
import pytest
from bench_stability import false_selections, stabilities
from joblib import parallel_config
from real_tables import SHARED
from scipy.stats import binomtest
from sklearn.metrics import adjusted_mutual_info_score
from tables import frame_of_kinds

import mifs
from mifs import JMI, StabilitySelector
from mifs._problem.clusters import adjusted_information
from mifs._problem.resampled import Repeated
from mifs._resampling.votes import Votes, wilson
from mifs.estimators import PlugIn
from mifs.exceptions import ChanceWarning, MifsWarning, TooFewFeaturesWarning
from mifs.inference import selection_bound
from mifs.selectors._base import problem_of
from mifs.selectors._resampling import findings_of_votes
from mifs.selectors._tables import rank


def test_wilson_intervals():
    limits = wilson(np.arange(21), 20)
    for k, (low, high) in enumerate(limits):
        expected = binomtest(k, 20).proportion_ci(method="wilson")
        assert low == pytest.approx(expected.low, abs=1e-12)
        assert high == pytest.approx(expected.high, abs=1e-12)


def test_votes_by_hand():
    ranks = np.array([[1, 2, 3, 4], [2, 1, 4, 3], [1, 3, 2, 4], [3, 1, 2, 4]], np.int32)
    sizes = np.array([2, 2, 2, 2])
    alone = Votes(ranks, sizes, [[0], [1], [2], [3]], True)
    assert alone.counts.tolist() == [3, 3, 2, 0]
    assert alone.mean_rank.tolist() == [1.75, 1.75, 2.75, 3.75]
    assert alone.elected("frequency", 0.75) == [0, 1]
    assert alone.elected("frequency", 0.5) == [0, 1, 2]
    assert alone.elected("frequency", 1.0) == []
    assert alone.elected("mean_rank", 1.0) == [0, 1]
    shared = Votes(ranks, sizes, [[0, 2], [1], [3]], False)
    assert shared.counts.tolist() == [4, 3, 0]
    assert shared.mean_rank.tolist() == [1.5, 1.75, 3.75]
    assert shared.elected("frequency", 1.0) == [0]
    assert shared.kept(0) == [0]
    assert shared.of_columns(shared.mean_rank).tolist() == [1.5, 1.75, 1.5, 3.75]
    assert Votes(ranks, sizes, [[0, 2], [1], [3]], True).kept(0) == [0, 2]
    assert shared.ranking([[0]], "frequency").tolist() == [1, 2, 3, 4]


def test_consensus_by_mean_rank():
    X, y = frame_of_kinds()
    stable = StabilitySelector(JMI(4), 10, consensus="mean_rank").fit(X, y)
    best = np.argsort(stable.mean_rank_, kind="stable")[:4]
    assert stable.selected_indices_.tolist() == best.tolist()


def test_an_excluded_column_is_never_elected():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 30)), rng.integers(0, 2, 200)
    X[:, :3] += y[:, None] * [3.0, 0.6, 0.4]
    selector = JMI(5, exclude=[0])
    stable = StabilitySelector(selector, 10, consensus="mean_rank").fit(X, y)
    assert len(stable.selected_indices_) == 5
    assert 0 not in stable.selected_indices_
    assert (stable.selection_frequency_[stable.selected_indices_] > 0).all()
    assert np.isnan(list(stable.expected_false_selections_.values())).all()


def test_none_by_mean_rank_names_the_most_frequent():
    """Of six resamples two choose a column; another one has the best mean rank."""
    ranks = np.array([[1, 2, 3]] * 2 + [[3, 2, 1]] + [[2, 1, 3]] * 3, np.int32)
    votes = Votes(ranks, np.array([1, 1, 0, 0, 0, 0]), [[0], [1], [2]], True)
    assert votes.order("mean_rank")[0] == 1
    X, y = frame_of_kinds()
    problem = problem_of(JMI(2), X[["a", "b", "c"]], y)
    settings = StabilitySelector(JMI(2), consensus="mean_rank")
    (said,) = findings_of_votes(votes, Repeated(problem), settings, 0.6)
    assert said.category is ChanceWarning
    assert "chooses 0.333333 features on average" in said.text
    assert "the most frequent, 'a', in 0.333333; nothing is selected" in said.text


def near_copies(n=300, seed=0):
    """A column that tells, three near copies of it, and noise."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    first = y + rng.normal(size=n)
    copies = [first + rng.normal(size=n) / 20 for _ in range(4)]
    return np.column_stack([rng.normal(size=(n, 3)), *copies]), y


def test_copies_share_their_votes():
    X, y = near_copies()
    split = StabilitySelector(mifs.MIM(1), 20).fit(X, y)
    assert split.selection_frequency_.max() < 0.6
    assert not split.support_.any()
    for groups in (0.5, {"same": [3, 4, 5, 6]}, [None] * 3 + ["same"] * 4):
        shared = StabilitySelector(mifs.MIM(1), 20, groups=groups).fit(X, y)
        same = [3, 4, 5, 6]
        if groups == 0.5:  # of what was ever chosen
            same = np.flatnonzero(shared.selections_.any(axis=0)).tolist()
        assert same in shared.groups_
        assert (shared.selection_frequency_[same] == 1).all()
        most = int(split.selection_frequency_.argmax())
        assert shared.selected_indices_.tolist() == [most]
        assert shared.stability_.estimate == 1
        assert shared.ranking_[most] == 1
    assert StabilitySelector(mifs.MIM(1), 20, groups=1.0).fit(X, y).groups_ == [
        [j] for j in range(7)
    ]


def test_adjusted_information_is_that_of_scikit_learn():
    rng = np.random.default_rng(3)
    X = rng.integers(0, 4, (120, 5))
    X[:, 3] = X[:, 2] // 2
    X[:, 4] = 3 - X[:, 0]
    table = Repeated(problem_of(JMI(1, discrete_features=True), X, X[:, 1] > 1))
    found = adjusted_information(table._encoded[0])
    for i in range(5):
        for j in range(5):
            expected = adjusted_mutual_info_score(X[:, i], X[:, j])
            assert found[i, j] == pytest.approx(max(expected, 0), abs=1e-5)
    assert found[0, 4] == pytest.approx(1, abs=1e-9)


def test_estimators_without_codes_share_votes_too():
    X, y = near_copies()
    selector = mifs.MIM(1, mi_estimator="gaussian_copula")
    shared = StabilitySelector(selector, 6, groups=0.5).fit(X, y)
    ever = np.flatnonzero(shared.selections_.any(axis=0)).tolist()
    assert len(ever) > 1
    assert ever in shared.groups_


def test_number_or_threshold_for_a_bound():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    X = rng.normal(size=(200, 60))
    X[:, :4] += y[:, None]
    for scheme, assumption in (
        ("complementary", "unimodal"),
        ("complementary", "r-concave"),
        ("complementary", "none"),
        ("subsample", "none"),
    ):
        settings = {"scheme": scheme, "assumption": assumption, "bound": 1.0}
        number = StabilitySelector(JMI(3), 20, **settings).fit(X, y)
        found = selection_bound(
            60, threshold=0.6, bound=1.0, n_pairs=10, assumption=assumption
        )
        assert number.n_selected_ == found.n_selected >= 3
        assert number.threshold_ == 0.6
        assert number.expected_false_selections_[assumption] <= 1
        least = StabilitySelector(JMI(3), 20, threshold=None, **settings).fit(X, y)
        found = selection_bound(
            60, n_selected=3, bound=1.0, n_pairs=10, assumption=assumption
        )
        assert (least.n_selected_, least.threshold_) == (3, found.threshold)
        assert least.expected_false_selections_[assumption] <= 1
    keep = JMI(3, include=[50], exclude=[59])
    sure = StabilitySelector(keep, 20, bound=1.0).fit(X, y)
    found = selection_bound(58, threshold=0.6, bound=1.0, n_pairs=10)
    assert sure.n_selected_ == found.n_selected + 1
    assert sure.support_[50]
    automatic = StabilitySelector(JMI("auto"), 20, bound=0.5, threshold=None)
    automatic.fit(X, y)
    found = selection_bound(60, n_selected=automatic.n_selected_, bound=0.5, n_pairs=10)
    assert automatic.threshold_ == found.threshold


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
def test_bounds_count_what_may_be_chosen():
    """Constant columns would make a bound smaller, and the number for it larger."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100, 20)), rng.integers(0, 2, 100)
    wide = pd.DataFrame(np.hstack([X, np.zeros((100, 200))]))
    wide[220], wide[221] = "same", pd.Categorical(["same"] * 100)
    selector = mifs.MIM(5, alpha=1)
    expected = StabilitySelector(selector, 10).fit(X, y).expected_false_selections_
    found = StabilitySelector(selector, 10).fit(wide, y).expected_false_selections_
    assert found == expected
    few = StabilitySelector(selector, 10, bound=1.0).fit(wide, y)
    most = selection_bound(20, threshold=0.6, bound=1.0, n_pairs=5).n_selected
    assert few.n_selected_ == most < 5
    grouped = StabilitySelector(
        mifs.MIM(3, alpha=1, include=[4], exclude=[5]),
        10,
        groups={"sure": [4, 6], "two": [7, 8], "never": [5, 30]},
    ).fit(wide, y)
    bound = selection_bound(
        16, n_selected=grouped.n_selected_ - 1, threshold=0.6, n_pairs=5
    )
    assert grouped.expected_false_selections_["unimodal"] == bound.bound


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
def test_all_chosen_every_time_is_said():
    X, y = frame_of_kinds()
    for k in (10, 12):
        with pytest.warns(TooFewFeaturesWarning, match="all of the 10 features that"):
            stable = StabilitySelector(JMI(k), 4).fit(X, y)
        assert np.isnan(stable.stability_.estimate)


def test_the_scheme_may_be_the_third():
    assert StabilitySelector(JMI(2), 50, "bootstrap").scheme == "bootstrap"


def test_where_no_bound_holds():
    X, y = frame_of_kinds()
    plain = StabilitySelector(JMI(2), 4, scheme="subsample").fit(X, y)
    assert plain.expected_false_selections_["none"] == pytest.approx(4 / (0.2 * 10))
    assert np.isnan(plain.expected_false_selections_["unimodal"])
    for settings in (
        {"scheme": "bootstrap"},
        {"scheme": "subsample", "fraction": 0.8, "threshold": 0.4},
    ):
        free = StabilitySelector(JMI(2), 4, **settings).fit(X, y)
        assert np.isnan(list(free.expected_false_selections_.values())).all()


def test_false_selections_stay_below_their_bound():
    mean, bounds = false_selections(60, 30, 4, threshold=0.6, runs=12, n_resamples=20)
    assert mean < bounds["r-concave"] < bounds["unimodal"] < bounds["none"]


@pytest.mark.skipif(not SHARED.exists(), reason="the real tables are not here")
def test_criteria_of_means_are_more_stable_than_those_of_sums():
    means, sums = ("jmi", "disr", "mim"), ("mifs", "cife")
    tables = [
        stabilities(name, (*means, *sums), n_resamples=12)
        for name in ("breast", "sonar", "lung_small")
    ]
    mean = {name: np.mean([table[name] for table in tables]) for name in tables[0]}
    assert min(mean[name] for name in means) > max(mean[name] for name in sums)


# --- what it refuses, and says --------------------------------------------------------

WRONG = [
    (JMI(2), {"n_resamples": 1}, "n_resamples.*Got 1"),
    (JMI(2), {"n_resamples": 5}, "5 is odd, and complementary .* come in pairs"),
    (JMI(2), {"threshold": 0.5}, "threshold=0.5 must be above 0.5"),
    (JMI(2), {"threshold": 0.4, "scheme": "subsample"}, "0.4 must be above 0.5"),
    (JMI(2), {"threshold": None}, "threshold=None needs a bound"),
    (JMI(2), {"fraction": 0.6}, "fraction=0.6: two complementary subsamples"),
    (
        JMI(2),
        {"fraction": 0.001},
        "of 240 samples would be of 0 rows, .*; raise fraction=0.001",
    ),
    (JMI(2), {"scheme": "jackknife"}, "scheme.*'jackknife'"),
    (JMI(2), {"bound": 1.0, "scheme": "bootstrap"}, "bound=1.0: none holds for"),
    (JMI(2), {"bound": 1.0, "scheme": "subsample"}, "'unimodal' is about comple"),
    (
        JMI(2),
        {"bound": 1.0, "consensus": "mean_rank"},
        "bound=1.0 .* consensus='mean_rank' .* use consensus='frequency', or leave",
    ),
    (JMI(2), {"bound": 0.001}, "one feature a resample is too many"),
    (JMI(5), {"bound": 0.001, "threshold": None}, "no threshold keeps bound=0.001"),
    (JMI(2), {"bound": 1.0, "groups": 0.8}, "groups=0.8 are found after the feat"),
    (JMI(2), {"groups": 1.5}, "groups=1.5 must be above 0, and 1 at most"),
    (JMI(2), {"groups": {"g": ["nobody"]}}, "nobody"),
    (JMI(2, groups={"g": ["a", "b"]}), {"groups": 0.8}, "share their votes already"),
    (JMI(None), {}, "n_features_to_select=None of the selector keeps every"),
    (JMI(None), {"bound": 1.0, "threshold": None}, "=None of the selector keeps"),
    (JMI("auto"), {"scheme": "bootstrap"}, "'auto' would take for evidence"),
    (JMI(2, mi_estimator="knn"), {"scheme": "bootstrap"}, "at distance 0 to KNN;"),
]


@pytest.mark.parametrize(("selector", "settings", "message"), WRONG)
def test_wrong_parameters(selector, settings, message):
    X, y = frame_of_kinds()
    X = X[["a", "b", "c", "f"]].fillna(0.0) if "knn" in repr(selector) else X
    with pytest.raises(ValueError, match=message):
        StabilitySelector(selector, **settings).fit(X, y)


@pytest.mark.parametrize("selector", [mifs.InfoMaxSelector(2), PlugIn(), "jmi", JMI])
def test_what_is_no_selector(selector):
    X, y = frame_of_kinds()
    with pytest.raises((TypeError, ValueError), match="selector"):
        StabilitySelector(selector).fit(X, y)


@pytest.mark.parametrize("estimator", ["plugin", "gaussian_copula"])
def test_a_resample_of_one_class(estimator):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), np.arange(40) < 1
    selector = JMI(2, mi_estimator=estimator)
    with pytest.raises(
        ValueError, match=r"resample \d+: .*class.*; merge rare classes"
    ):
        StabilitySelector(selector).fit(X, y)


def test_what_the_estimator_refuses_has_its_own_remedy():
    X = np.random.default_rng(0).normal(size=(60, 3))
    X[7, 1] = np.nan
    with pytest.raises(ValueError, match="missing") as caught:
        StabilitySelector(JMI(2, mi_estimator="knn")).fit(X, np.arange(60) % 2)
    assert "rare classes" not in str(caught.value)


def test_groups_are_no_boolean():
    X = np.random.default_rng(0).normal(size=(60, 3))
    with pytest.raises(ValueError, match="groups=True must be"):
        StabilitySelector(JMI(2), groups=True).fit(X, np.arange(60) % 2)


def test_no_consensus_is_said():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(80, 40))).rename(columns="c{}".format)
    y = rng.integers(0, 2, 80)
    message = r"no feature is chosen in a share of 0.9 .* the most frequent, 'c\d+', in"
    with pytest.warns(ChanceWarning, match=message):
        empty = StabilitySelector(JMI(2, alpha=1), 10, threshold=0.9).fit(X, y)
    assert not empty.support_.any()
    assert len(empty.selected_indices_) == 0
    assert len(empty.frequencies_) == 40


def test_oddities_of_the_whole_are_said_once():
    X, y = frame_of_kinds()
    X["leak"] = y
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", MifsWarning)
        StabilitySelector(JMI(2), 6).fit(X, y)
    assert [w.category.__name__ for w in said] == ["LeakWarning"]


def test_progress(capsys):
    X, y = frame_of_kinds()
    StabilitySelector(JMI(2), 4, verbose=1).fit(X, y)
    assert "StabilitySelector" in capsys.readouterr().err


def test_processes():
    X, y = frame_of_kinds()
    expected = StabilitySelector(JMI(2), 4).fit(X, y)
    with parallel_config(backend="loky", n_jobs=2):
        found = StabilitySelector(JMI(2), 4, n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(found.mean_rank_, expected.mean_rank_)


def test_ranks_are_those_of_selectors():
    assert rank([[2], [0]], np.array([0.1, 0.3, 0.2])).tolist() == [2, 3, 1]
