"""How many features are selected, and when that is worth a warning."""

import re

import numpy as np
import pytest

from mifs import JMI, MIM
from mifs._problem.problem import number_of
from mifs._search import Constraints
from mifs.exceptions import TooFewFeaturesWarning

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 3)), np.arange(60) % 2


def test_default_never_warns():
    for selector in (JMI(), JMI(10), JMI(np.int64(10))):
        assert len(selector.fit(X, Y).path_) == 3


@pytest.mark.parametrize("asked", [4, 9, 11])
def test_any_other_number_warns(asked):
    message = re.escape(f"n_features_to_select={asked} is more than the 3 features")
    with pytest.warns(TooFewFeaturesWarning, match=message):
        MIM(asked).fit(X, Y)


def test_fractions_are_rounded_down_as_decimals():
    free = Constraints()
    for percent in range(1, 101):
        assert number_of(percent / 100, 100, free) == (percent, [])
    assert number_of(0.29, 10, free)[0] == 2
    assert number_of(1 / 3, 10, free)[0] == 3
    assert number_of(2 / 3, 3, free)[0] == 2
    assert number_of(0.001, 10, free)[0] == 1
    assert number_of(1.0, 7, free)[0] == 7
