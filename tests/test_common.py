"""scikit-learn's own checks of every public selector."""

import warnings

import pytest
import sklearn
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.fixes import parse_version

import mifs
from mifs.estimators import KNN, GaussianCopula, PlugIn, resolve
from mifs.exceptions import MifsWarning
from mifs.selectors import __all__ as selectors

NAMED = dict.fromkeys(getattr(mifs, name) for name in selectors)
# What wraps a selector is checked with one.
WRAPPERS = [
    mifs.StabilitySelector(mifs.JMI(), 4),
    mifs.StabilitySelector(mifs.JMI(), 9, scheme="subsample", fraction=0.9),
    mifs.StabilitySelector(mifs.MIRMR(2), 4, scheme="bootstrap", threshold=0.3),
    mifs.MutualInfoCV(mifs.JMI(2), RidgeClassifier(), cv=2),
    mifs.MutualInfoCV(mifs.JMI(1), LinearRegression(), cv=3),
    mifs.MutualInfoCV(mifs.MIM(2), LinearRegression(), cv=3, rule="one_standard_error"),
]
CLASSES = [
    thing
    for thing in NAMED
    if isinstance(thing, type) and thing not in set(map(type, WRAPPERS))
]
# What else decides about the tags: the estimator. One criterion of each kind of search.
CONFIGURED = [
    mifs.MIRMR(mi_estimator="gaussian_copula"),
    mifs.JMI3(mi_estimator=PlugIn(missing="error")),
    mifs.JMI(start="pair"),
    mifs.MIRMR(start="pair", mi_estimator=PlugIn(correction=None)),
    mifs.JMI(mi_estimator=PlugIn(missing="pairwise")),
    mifs.JMI(mi_estimator=PlugIn(4, binning="uniform"), discrete_target=False),
    mifs.CMIM(mi_estimator=GaussianCopula(missing="pairwise"), discrete_target=False),
    mifs.JMI(mi_estimator="knn"),
    mifs.MIRMR(mi_estimator=KNN(5, scale="standardize"), discrete_target=False),
    mifs.CMIM(mi_estimator=KNN(1, missing="pairwise")),
    mifs.MIFS(mi_estimator=KNN(), discrete_features=True),
]
# They differ from others by their records alone, of which the same search asks.
SIBLINGS = [mifs.CIFE, mifs.DISR, mifs.ICAP, mifs.JMIM, mifs.MIFS, mifs.NJMIM]
SIBLINGS += [mifs.BetaGamma, mifs.CondRed]
INSTANCES = [*(thing() for thing in CLASSES if thing not in SIBLINGS), *WRAPPERS[::2]]
LATER = [*(thing() for thing in SIBLINGS), *CONFIGURED, *WRAPPERS[1::2]]


def sklearn_below(version):
    return parse_version(sklearn.__version__) < parse_version(version)


def refusals(selector):
    """Checks that ask for what the estimator refuses, as its capabilities say."""
    refused = faults_of_old_checks(get_tags(selector).input_tags)
    if isinstance(selector, mifs.MutualInfoCV):
        return refused
    if isinstance(selector, mifs.StabilitySelector):
        refused |= dict.fromkeys(
            [
                "check_sample_weight_equivalence_on_dense_data",
                "check_sample_weight_equivalence_on_sparse_data",
            ],
            "rows are drawn with their weights: repeated rows are drawn one by one",
        )
    elif resolve(selector.mi_estimator).capabilities().weighting is None:
        refused |= dict.fromkeys(
            [
                "check_sample_weights_not_overwritten",
                "check_sample_weight_equivalence_on_dense_data",
            ],
            "distances of neighbours know no weights, and unequal ones are refused",
        )
    return refused


def faults_of_old_checks(tags):
    """Checks of old versions of scikit-learn that cannot pass, whatever we do."""
    faults = {}
    if sklearn_below("1.7") and not tags.sparse:
        faults["check_sample_weight_equivalence_on_sparse_data"] = (
            "scikit-learn below 1.7 gives sparse data to those whose tags refuse them"
        )
    if sklearn_below("1.7.1") and tags.categorical and not tags.allow_nan:
        faults["check_positive_only_tag_during_fit"] = (
            "scikit-learn below 1.7.1 subtracts a float from int32 in place"
        )
    return faults


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@parametrize_with_checks(INSTANCES, expected_failed_checks=refusals)
def test_scikit_learn_check(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MifsWarning)
        check(estimator)


@pytest.mark.tables
@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@parametrize_with_checks(LATER, expected_failed_checks=refusals)
def test_scikit_learn_check_of_the_others(estimator, check):
    test_scikit_learn_check(estimator, check)


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
