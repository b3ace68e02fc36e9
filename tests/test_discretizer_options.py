"""Weights and a limit of cuts in the supervised discretisers."""

import numpy as np
import oracles_discretize as oracle
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mifs.discretizers import (
    InformationBottleneckEncoder,
    MDLPDiscretizer,
    mdlp_edges,
)

RNG = np.random.default_rng(5)
N = 240
NUMBER = RNG.normal(size=N).round(2)
CLASSES = (np.digitize(NUMBER, [-1, -0.3, 0.4, 1.1]) + (RNG.random(N) < 0.1)) % 3
TIMES = RNG.integers(0, 4, N)
FRAME = pd.DataFrame(
    {
        "number": NUMBER,
        "gaps": np.where(RNG.random(N) < 0.2, np.nan, NUMBER),
        "spike": np.where(RNG.random(N) < 0.7, 0, NUMBER),
    }
)
TARGETS = {"classes": CLASSES, "numbers": NUMBER + 0.3 * RNG.normal(size=N)}


@given(st.integers(0, 10_000), st.integers(2, 150), st.integers(0, 6))
@settings(max_examples=120, deadline=None)
def test_cuts_of_most_gain_come_first(seed, n, max_cuts):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 40, n) / 4
    classes = (values * rng.integers(1, 4) // 4).astype(int) % 3
    found = mdlp_edges(values, classes, 3, max_cuts=max_cuts)
    np.testing.assert_array_equal(found, oracle.mdlp_edges(values, classes, max_cuts))
    every = mdlp_edges(values, classes, 3)
    more = mdlp_edges(values, classes, 3, max_cuts=max_cuts + 1)
    assert len(found) == min(max_cuts, len(every))
    assert set(found) <= set(more) <= set(every)
    np.testing.assert_array_equal(mdlp_edges(values, classes, 3, max_cuts=n), every)


def test_a_limit_of_cuts():
    every = MDLPDiscretizer().fit(FRAME[["number"]], CLASSES).edges_[0]
    assert len(every) > 2
    two = MDLPDiscretizer(max_cuts=2).fit(FRAME[["number"]], CLASSES)
    assert two.n_levels_.tolist() == [3]
    assert set(two.edges_[0]) < set(every)
    none = MDLPDiscretizer(max_cuts=0).fit_transform(FRAME[["number"]], CLASSES)
    assert not none.any()
    with pytest.raises(ValueError, match="'max_cuts' parameter"):
        MDLPDiscretizer(max_cuts=-1).fit(FRAME, CLASSES)


def learned(fitted):
    names = ["edges_", "n_levels_", "target_edges_", "categories_", "groups_"]
    names += ["information_", "full_information_"]
    return {name: getattr(fitted, name, None) for name in names}


def assert_same(first, second):
    for name, value in learned(first).items():
        other = learned(second)[name]
        if isinstance(value, list):
            assert len(value) == len(other)
            for one, two in zip(value, other, strict=True):
                np.testing.assert_array_equal(one, two, err_msg=name)
        else:
            np.testing.assert_array_equal(value, other, err_msg=name)


@pytest.mark.parametrize("scale", [1, 0.25, 1 / 3])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "estimator",
    [
        MDLPDiscretizer(),
        InformationBottleneckEncoder(4),
        InformationBottleneckEncoder(None, beta=20, n_fine_bins=30),
    ],
    ids=["mdlp", "levels", "beta"],
)
def test_weights_are_repeated_rows(estimator, target, scale):
    X, y = FRAME, TARGETS[target]
    if not isinstance(estimator, MDLPDiscretizer):
        X = X.assign(town=np.array(list("abcdefgh"))[RNG.integers(0, 8, N)])
    # Of one unit: with a 1 among them the repeated rows are these whole weights.
    assert 1 in TIMES
    rows = np.repeat(np.arange(N), TIMES)
    weighted = estimator.__class__(**estimator.get_params())
    weighted.fit(X, y, sample_weight=TIMES * scale)
    repeated = estimator.fit(X.iloc[rows], y[rows])
    assert_same(weighted, repeated)
    np.testing.assert_array_equal(weighted.transform(X), repeated.transform(X))


def test_rows_of_weight_zero_bring_no_category():
    X = pd.DataFrame({"town": ["Ulm", "Bonn", "Kiel", "Bonn"]})
    encoder = InformationBottleneckEncoder(2)
    encoder.fit(X, [0, 1, 1, 1], sample_weight=[2, 1, 0, 1])
    assert encoder.categories_[0].tolist() == ["Bonn", "Ulm"]


WRONG = {
    "fractions": (np.sqrt(np.arange(1, N + 1)), "counts rows.*whole number"),
    "negative": (np.full(N, -1), "negative"),
    "shape": (np.ones(3), "shape"),
    "zeros": (np.zeros(N), "zero in all rows"),
    "too many": (np.full(N, 2.0**40), "counts rows.*divide the weights"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("estimator", [MDLPDiscretizer, InformationBottleneckEncoder])
def test_wrong_weights(estimator, case):
    weights, message = WRONG[case]
    with pytest.raises(ValueError, match=message):
        estimator().fit(FRAME, CLASSES, sample_weight=weights)
