"""scikit-learn's own checks of every public selector."""

import warnings

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import mifs
from mifs.exceptions import MifsWarning
from mifs.selectors import __all__ as selectors

NAMED = dict.fromkeys(getattr(mifs, name) for name in selectors)
CLASSES = [thing for thing in NAMED if isinstance(thing, type)]
INSTANCES = [selector() for selector in CLASSES]


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@parametrize_with_checks(INSTANCES)
def test_scikit_learn_check(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MifsWarning)
        check(estimator)
