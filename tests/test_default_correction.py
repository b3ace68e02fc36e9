"""Chance is taken off by default, and by whom it is not."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from plain import PLAIN

from mifs import CMIM, FCBF, JMI, MIM, MIRMR, MISelector, SpecCMI, compare, profile
from mifs.criteria import CRITERIA
from mifs.estimators import KNN, GaussianCopula, PlugIn, resolve
from mifs.exceptions import ChanceWarning, LeakWarning
from mifs.measures import mutual_information, pairwise_mutual_information

N = 300
ESTIMATORS = ["plugin", "knn", "gaussian_copula"]


def noisy(seed=0):
    """Two columns that tell, and six that do not."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, 8))
    y = X[:, 2] + X[:, 5] + 0.5 * rng.normal(size=N) > 0
    return X, y


def test_it_is_the_default_of_plugin_and_so_of_selectors():
    assert PlugIn().correction == "permutation"
    for name in ("auto", "plugin"):
        assert resolve(name).get_params() == PlugIn("auto").get_params()
    X, y = noisy()
    fitted = JMI(4).fit(X, y)
    assert fitted.mi_estimator_.correction == "permutation"
    named = JMI(4, mi_estimator=PlugIn(correction="permutation")).fit(X, y)
    pd.testing.assert_frame_equal(fitted.path_, named.path_, check_exact=True)
    assert fitted.path_["expected"].gt(0).all()
    path = compare(X, y, "jmi", 4).path
    assert path["score"].tolist() == fitted.path_["score"].tolist()


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("Selector", [MIM, MIRMR, JMI, CMIM])
def test_a_path_has_two_tiers_for_every_estimator(estimator, Selector):
    X, y = noisy()
    with pytest.warns(ChanceWarning, match="the last 3 of 5 selected features add no"):
        fitted = Selector(5, mi_estimator=estimator).fit(X, y)
    path = fitted.path_
    assert path["tier"].tolist() == [1, 1, 2, 2, 2]
    assert set(path["feature"][:2]) == {2, 5}
    assert path["expected"].isna().all() == (estimator != "plugin")
    stopped = Selector("auto", mi_estimator=estimator).fit(X, y)
    assert set(stopped.selected_indices_) == {2, 5}


@pytest.mark.filterwarnings("ignore::mifs.exceptions.NoGainWarning")
@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize("estimator", [*ESTIMATORS, PLAIN])
def test_at_level_1_nothing_is_tested(criterion, estimator):
    X, y = noisy()
    needed = CRITERIA[criterion].terms & {"joint_counts", "joint_entropy", "entropy"}
    if needed and estimator in ("knn", "gaussian_copula"):
        pytest.skip("this criterion counts")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ChanceWarning)
        fitted = MISelector(criterion, 5, mi_estimator=estimator, alpha=1).fit(X, y)
    assert fitted.path_["tier"].eq(0).all()
    assert fitted.path_["p_value"].isna().all()
    # What is published is that without a level, too.
    if estimator is PLAIN:
        other = MISelector(criterion, 5, mi_estimator=PLAIN).fit(X, y)
        pd.testing.assert_frame_equal(fitted.path_, other.path_, check_exact=True)


def test_at_level_1_auto_keeps_all():
    X, y = noisy()
    fitted = JMI("auto", alpha=1).fit(X, y)
    assert len(fitted.path_) == 8
    assert fitted.stop_reason_ == "no candidate is left"


@pytest.mark.parametrize("alpha", [0, -0.1, 1.001, "a"])
def test_a_level_is_above_0_and_at_most_1(alpha):
    X, y = noisy()
    with pytest.raises(ValueError, match="alpha"):
        JMI(2, alpha=alpha).fit(X, y)


def test_who_asks_for_all_is_not_warned():
    X, y = noisy()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ChanceWarning)
        assert JMI(None).fit(X, y).path_["tier"].eq(2).sum() == 6
        compare(X, y, ["jmi"], None)


@pytest.mark.parametrize("Selector", [FCBF, SpecCMI])
def test_orders_of_all_at_once_are_parted(Selector):
    X, y = noisy()
    tiers = Selector(8).fit(X, y).path_["tier"].tolist()
    assert tiers == sorted(tiers)
    assert tiers[:2] == [1, 1]


def test_excluded_columns_are_no_tests():
    """P-values are those of the table without them."""
    X, y = noisy()
    whole = JMI(4, exclude=[0, 1, 7]).fit(X, y).path_
    without = JMI(4).fit(np.delete(X, [0, 1, 7], axis=1), y).path_
    assert_array_equal(whole["p_value"], without["p_value"])
    assert_array_equal(whole["score"], without["score"])


def test_measures_and_profile_take_nothing_off():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 30, (2, 200))
    x, y = codes.astype(str)
    found = mutual_information(x, y)
    assert found > 1
    for estimator in ("plugin", PlugIn(), PLAIN):
        assert mutual_information(x, y, estimator=estimator) == found
        pairs = pairwise_mutual_information(
            pd.DataFrame({"x": x, "y": y}), estimator=estimator
        )
        assert pairs.loc["x", "y"] == pytest.approx(found, abs=1e-12)
    # A copy under other names shares all with its original, however many its levels.
    X = pd.DataFrame({"x": x, "copy": 29 - codes[0]}).astype(str)
    assert profile(X).loc["copy", "near_duplicate"] == "x"


@pytest.mark.parametrize("estimator", [PlugIn(), PLAIN, KNN(), GaussianCopula()])
def test_leaks_are_seen_though_chance_is_taken_off(estimator):
    """Of many levels, corrected, what determines the target tells less than all."""
    rng = np.random.default_rng(0)
    code = rng.integers(0, 12, N)
    X = pd.DataFrame({"code": code, "noise": rng.integers(0, 3, N)}).astype(str)
    with pytest.warns(LeakWarning, match="columns 'code' determine the target"):
        JMI(1, mi_estimator=estimator).fit(X, code % 3 == 0)
    with pytest.warns(LeakWarning, match="columns .code., .sex. determine"):
        JMI(1, mi_estimator=estimator).fit(X.assign(sex=code % 3), code)
