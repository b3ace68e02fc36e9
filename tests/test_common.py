"""scikit-learn's own checks of every public selector."""

import warnings

import pytest
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import mifs
from mifs.estimators import KNN, PlugIn
from mifs.exceptions import MifsWarning
from mifs.selectors import __all__ as selectors

NAMED = dict.fromkeys(getattr(mifs, name) for name in selectors)
CLASSES = [thing for thing in NAMED if isinstance(thing, type)]
# What else decides about the tags: the estimator. One criterion of each kind of search.
CONFIGURED = [
    mifs.MIRMR(mi_estimator="gaussian_copula"),
    mifs.JMI3(mi_estimator=PlugIn(missing="error")),
    mifs.JMI(mi_estimator=PlugIn(missing="pairwise")),
]
INSTANCES = [*(selector() for selector in CLASSES), *CONFIGURED]


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@parametrize_with_checks(INSTANCES)
def test_scikit_learn_check(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MifsWarning)
        check(estimator)


@pytest.mark.parametrize(
    ("estimator", "missing", "sparse"),
    [
        ("auto", True, True),
        ("plugin", True, True),
        ("knn", False, False),
        ("gaussian_copula", False, False),
        (KNN(missing="pairwise"), True, False),
        (PlugIn(missing="pairwise"), True, False),
        (PlugIn(missing="error"), False, True),
        ("unknown", True, True),
    ],
    ids=repr,
)
def test_tags_follow_the_estimator(estimator, missing, sparse):
    tags = get_tags(mifs.JMI(mi_estimator=estimator)).input_tags
    assert (tags.allow_nan, tags.sparse) == (missing, sparse)
