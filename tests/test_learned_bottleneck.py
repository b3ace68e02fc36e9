"""The variational bottleneck beside the exact curve, and its targets."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_wine

from mifs import probability
from mifs.representations import VariationalBottleneck

pytestmark = pytest.mark.learn
RAIN = np.array([0.05, 0.10, 0.30, 0.60, 0.90, 0.92])


def days(times=100):
    """Six kinds of days, whose shares of rain are exact."""
    wet = np.round(RAIN * times).astype(int)
    kinds = np.repeat(np.arange(6), times)
    rain = np.concatenate([np.arange(times) < n for n in wet])
    return np.eye(6)[kinds], rain.astype(int)


def test_its_points_lie_below_the_exact_curve_and_near_its_end():
    X, y = days()
    joint = np.column_stack([1 - RAIN, RAIN]) / 6
    curve = probability.information_bottleneck(joint)
    whole = probability.mutual_information(joint)
    reached = []
    for beta in (2, 8, 100):
        model = VariationalBottleneck(
            2, beta=beta, learning_rate=0.01, random_state=0, max_iter=150
        ).fit(X, y)
        most = np.interp(model.rate_, curve.complexity, curve.relevance)
        assert model.information_ < most + 0.005
        reached.append((model.rate_, model.information_))
    rates, told = zip(*reached, strict=True)
    assert list(rates) == sorted(rates)
    assert list(told) == sorted(told)
    assert told[-1] > 0.95 * whole


def test_nothing_is_kept_where_nothing_is_worth_it():
    model = VariationalBottleneck(4, beta=0.5, learning_rate=0.01, random_state=0)
    model.fit(*days())
    assert model.rate_ < 0.01
    assert abs(model.information_) < 0.01


def test_rows_that_were_not_learned_are_scored():
    X, y = load_wine(return_X_y=True)
    names = np.array(["a", "b", "c"])[y]
    model = VariationalBottleneck(2, random_state=0).fit(X[::2], names[::2])
    assert model.classes_.tolist() == ["a", "b", "c"]
    shares = np.bincount(y[1::2]) / len(y[1::2])
    assert 0.8 < model.score(X[1::2], names[1::2]) <= probability.entropy(shares)
    assert model.score(X[::2], names[::2]) == pytest.approx(
        model.information_, abs=1e-6
    )
    with pytest.raises(ValueError, match=r"y has the class 'd', unseen in fit; pass"):
        model.score(X[:3], ["a", "d", "b"])


def test_numbers_are_cut_into_bins():
    X, y = load_diabetes(return_X_y=True)
    model = VariationalBottleneck(2, n_target_bins=4, random_state=0).fit(X, y)
    assert (
        model.target_edges_.tolist()
        == np.quantile(y, [0.25, 0.5, 0.75], method="inverted_cdf").tolist()
    )
    assert model.classes_ is None
    assert 0.2 < model.score(X, y) < np.log(4)
