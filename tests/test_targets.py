"""Targets of several outputs, and right-censored survival."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from plain import PLAIN
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification

from mifs import CMI, CMIM, DISR, JMI, JMI3, MIM, MIRMR, compare
from mifs.estimators import KNN, GaussianCopula, PlugIn
from mifs.exceptions import ManyClassesWarning

RNG = np.random.default_rng(11)
N = 300
X = pd.DataFrame(RNG.normal(size=(N, 6)), columns=list("abcdef"))
NOISE = RNG.normal(size=(N, 2))
LABELS = pd.DataFrame(
    {"up": X["a"] + NOISE[:, 0] > 0, "right": X["b"] + NOISE[:, 1] > 0.5}
)
NUMBERS = pd.DataFrame({"p": X["a"] + NOISE[:, 0], "q": X["c"] - NOISE[:, 1]})
EITHER = pd.DataFrame({"p": NUMBERS["p"], "up": LABELS["up"]})
SELECTORS = [MIM, MIRMR, JMI, DISR, CMIM, CMI, JMI3]


def joint_label(frame):
    return frame.astype(str).agg("-".join, axis=1)


@pytest.mark.parametrize("selector", SELECTORS)
def test_joint_label_is_one_class_a_combination(selector):
    expected = selector(4).fit(X, joint_label(LABELS))
    for multioutput in ("joint", "auto"):
        fitted = selector(4, multioutput=multioutput).fit(X, LABELS)
        pd.testing.assert_frame_equal(fitted.path_, expected.path_, check_exact=True)
        assert fitted.target_kind_ == "discrete"


@pytest.mark.parametrize("estimator", [PlugIn(), KNN(), GaussianCopula()])
@pytest.mark.parametrize(
    ("target", "kind"),
    [(LABELS, "discrete"), (NUMBERS, "continuous"), (EITHER, "mixed")],
)
def test_mean_relevance(estimator, target, kind):
    fitted = MIM(2, mi_estimator=estimator, multioutput="mean").fit(X, target)
    apart = [
        MIM(2, mi_estimator=estimator).fit(X, target[name]).relevance_
        for name in target
    ]
    np.testing.assert_allclose(fitted.relevance_, np.mean(apart, axis=0), atol=1e-14)
    assert fitted.target_kind_ == kind


@pytest.mark.parametrize("estimator", ["plugin", "gaussian_copula"])
def test_mean_terms_of_the_second_step(estimator):
    """J of JMI is linear in its terms, so the score is the mean of the scores."""
    fitted = JMI(2, mi_estimator=estimator, multioutput="mean").fit(X, NUMBERS)
    first, second = fitted.selected_indices_.tolist()
    scores = []
    for name in NUMBERS:
        alone = JMI(2, mi_estimator=estimator, include=[first, second])
        scores.append(alone.fit(X, NUMBERS[name]).path_["score"].to_numpy())
    np.testing.assert_allclose(fitted.path_["score"], np.mean(scores, axis=0))


@pytest.mark.parametrize("selector", SELECTORS)
def test_mean_over_copies_of_an_output_changes_nothing(selector):
    twice = pd.DataFrame({"p": NUMBERS["p"], "q": NUMBERS["p"]})
    plain = {"mi_estimator": PLAIN}
    fitted = selector(4, multioutput="mean", **plain).fit(X, twice)
    expected = selector(4, **plain).fit(X, NUMBERS["p"])
    pd.testing.assert_frame_equal(fitted.path_, expected.path_)


def test_groups_and_means():
    groups = ["g", "g", "h", "h", None, None]
    twice = pd.DataFrame({"p": NUMBERS["p"], "q": NUMBERS["p"]})
    jmi = JMI(3, groups=groups, mi_estimator=PLAIN)
    fitted = clone(jmi).fit(X, twice)
    expected = jmi.fit(X, NUMBERS["p"])
    pd.testing.assert_frame_equal(fitted.path_, expected.path_)


def test_auto_joins_what_fits():
    """Ten binary outputs have more combinations than a tenth of the rows."""
    many = pd.DataFrame(RNG.integers(0, 2, (N, 10)))
    auto, mean = (
        MIM(3, multioutput=how, mi_estimator=PLAIN).fit(X, many).relevance_
        for how in ("auto", "mean")
    )
    mim = MIM(3, multioutput="joint", mi_estimator=PLAIN)
    with pytest.warns(ManyClassesWarning):
        joint = mim.fit(X, many).relevance_
    np.testing.assert_array_equal(auto, mean)
    assert (joint > mean).all()
    numbers = MIM(3, multioutput="mean").fit(X, NUMBERS).relevance_
    np.testing.assert_array_equal(MIM(3).fit(X, NUMBERS).relevance_, numbers)


def test_joint_label_of_numbers_is_that_of_their_bins():
    bins = pd.DataFrame(
        {
            name: np.searchsorted(
                np.sort(NUMBERS[name])[-(-np.arange(1, 7) * N // 7) - 1], NUMBERS[name]
            )
            for name in NUMBERS
        }
    )
    fitted = MIM(3, multioutput="joint").fit(X, NUMBERS)
    expected = MIM(3).fit(X, joint_label(bins))
    np.testing.assert_allclose(fitted.relevance_, expected.relevance_, atol=1e-14)


def test_carriers_of_the_outputs():
    labels = LABELS.astype(int)
    expected = JMI(4).fit(X, labels).path_
    carriers = [
        labels.to_numpy(),
        labels.to_numpy().tolist(),
        pl.from_pandas(labels),
        sp.csr_array(labels.to_numpy()),
    ]
    for y in carriers:
        pd.testing.assert_frame_equal(JMI(4).fit(X, y).path_, expected)


def test_multilabel_with_weights():
    table, y = make_multilabel_classification(200, 8, random_state=0)
    weights = RNG.integers(0, 3, 200)
    rows = np.repeat(np.arange(200), weights)
    for how in ("joint", "mean"):
        weighted = JMI(4, multioutput=how).fit(table, y, sample_weight=weights)
        plain = JMI(4, multioutput=how).fit(table[rows], y[rows])
        pd.testing.assert_frame_equal(weighted.path_, plain.path_, check_exact=True)


def test_compare_reads_all_outputs():
    found = compare(X, NUMBERS, ["jmi", "cmi"], n_features_to_select=3)
    names = found.path[found.path["criterion"] == "jmi"]["name"]
    assert names.tolist() == JMI(3).fit(X, NUMBERS).path_["name"].tolist()


def test_wrong_outputs_are_named():
    constant = LABELS.assign(right=True)
    with pytest.raises(ValueError, match="'right' has one class"):
        MIM(1).fit(X, constant)
    gaps = NUMBERS.copy()
    gaps.loc[:4, "q"] = np.nan
    with pytest.raises(ValueError, match=r"5 of 300 values of the target 'q'"):
        MIM(1).fit(X, gaps)
    with pytest.raises(ValueError, match=r"300 rows and the target 'p' has 299"):
        MIM(1).fit(X, NUMBERS.iloc[1:])
    with pytest.raises(ValueError, match="'multioutput' parameter"):
        MIM(1, multioutput="median").fit(X, NUMBERS)


def test_warm_start_looks_at_multioutput():
    jmi = JMI(2, multioutput="joint", warm_start=True).fit(X, LABELS)
    jmi.set_params(multioutput="mean", n_features_to_select=4).fit(X, LABELS)
    expected = JMI(4, multioutput="mean").fit(X, LABELS)
    pd.testing.assert_frame_equal(jmi.path_, expected.path_)


def survival(event, time):
    y = np.empty(len(time), dtype=[("died", bool), ("months", float)])
    y["died"], y["months"] = event, time
    return y


TIMES = RNG.exponential(np.exp(X["a"] + 0.5 * X["b"]).to_numpy())
SEEN = RNG.random(N) < 0.7


@pytest.mark.parametrize("selector", SELECTORS)
def test_survival_is_event_and_bin_of_time(selector):
    fitted = selector(3).fit(X, survival(SEEN, TIMES))
    edges = np.sort(TIMES)[-(-np.arange(1, 7) * N // 7) - 1]
    label = pd.DataFrame({"event": SEEN, "bin": np.searchsorted(edges, TIMES)})
    expected = selector(3).fit(X, joint_label(label))
    pd.testing.assert_frame_equal(fitted.path_, expected.path_)
    assert fitted.selected_indices_[0] == 0
    assert fitted.target_kind_ == "discrete"


def test_survival_with_weights_and_other_estimators():
    y = survival(SEEN, TIMES)
    weights = RNG.integers(0, 3, N)
    rows = np.repeat(np.arange(N), weights)
    weighted = JMI(3).fit(X, y, sample_weight=weights)
    plain = JMI(3).fit(X.iloc[rows], y[rows])
    pd.testing.assert_frame_equal(weighted.path_, plain.path_, check_exact=True)
    for name in ("knn", "gaussian_copula"):
        fitted = clone(MIM(2, mi_estimator=name)).fit(X, y)
        assert fitted.selected_indices_[0] == 0


def test_wrong_survival_targets_are_refused():
    y = survival(SEEN, TIMES)
    y["months"][3] = -1
    with pytest.raises(ValueError, match="1 times 'months' are negative"):
        MIM(1).fit(X, y)
    y["months"][3] = np.nan
    with pytest.raises(ValueError, match="1 of 300 values of the target 'months'"):
        MIM(1).fit(X, y)
    with pytest.raises(ValueError, match="no event 'died' was seen"):
        MIM(1).fit(X, survival(np.zeros(N, bool), TIMES))
    other = np.zeros(N, dtype=[("a", float), ("b", float)])
    with pytest.raises(ValueError, match=r"fields \['a', 'b'\].*a boolean"):
        MIM(1).fit(X, other)
    with pytest.raises(ValueError, match="300 rows and the target 'months' has 299"):
        MIM(1).fit(X, survival(SEEN, TIMES)[1:])
