"""The contract that every estimator of the registry keeps."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from mifs import JMI, MIM, InfoMaxSelector, measures
from mifs._data.reading import read
from mifs.estimators import ESTIMATORS, Estimator, PlugIn, resolve

PAIRWISE = {"redundancy", "conditional_redundancy", "joint_entropy"}
NAMES = sorted(ESTIMATORS)


def some_rows(seed=0, n=120):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5))
    y = (X[:, 0] + X[:, 1] > 0).astype(int)
    X[:, 2] += X[:, 0]
    return pd.DataFrame(X, columns=list("abcde")), y


def terms_of(name, X, y, n_jobs=None):
    table = read(X, y, names=list(X.columns))
    return resolve(name).prepare(table, n_jobs=n_jobs)


@pytest.mark.parametrize("name", NAMES)
def test_name_gives_a_fresh_object_that_can_be_cloned(name):
    estimator = resolve(name)
    assert isinstance(estimator, Estimator)
    assert resolve(name) is not estimator
    assert clone(estimator).get_params() == estimator.get_params()


@pytest.mark.parametrize("name", NAMES)
def test_relevance_is_one_finite_number_a_feature(name):
    relevance = terms_of(name, *some_rows()).relevance
    assert relevance.shape == (5,)
    assert relevance.dtype == np.float64
    assert np.isfinite(relevance).all()
    if resolve(name).capabilities().non_negative:
        assert (relevance > -1e-12).all()


@pytest.mark.parametrize("name", NAMES)
def test_terms_of_a_candidate_do_not_depend_on_the_others(name):
    """So that threads may ask for disjoint candidates."""
    terms = terms_of(name, *some_rows())
    wanted = frozenset(PAIRWISE & resolve(name).term_names)
    assert wanted
    together = terms.pairwise(0, np.array([1, 2, 4]), wanted)
    alone = [terms.pairwise(0, np.array([k]), wanted) for k in (1, 2, 4)]
    assert together.keys() == wanted
    for term in wanted:
        assert np.isfinite(together[term]).all()
        np.testing.assert_array_equal(
            together[term], np.concatenate([one[term] for one in alone])
        )


@pytest.mark.parametrize("name", NAMES)
def test_terms_are_symmetric(name):
    terms = terms_of(name, *some_rows())
    for term in sorted(PAIRWISE & resolve(name).term_names):
        first = terms.pairwise(0, np.array([2]), frozenset({term}))[term]
        second = terms.pairwise(2, np.array([0]), frozenset({term}))[term]
        np.testing.assert_allclose(first, second, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_order_of_the_rows_and_number_of_jobs_mean_nothing(name):
    X, y = some_rows()
    order = np.random.default_rng(1).permutation(len(y))
    expected = terms_of(name, X, y).relevance
    shuffled = terms_of(name, X.iloc[order], y[order]).relevance
    np.testing.assert_allclose(shuffled, expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(terms_of(name, X, y, n_jobs=2).relevance, expected)


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'magic' is unknown; known: .*plugin"):
        resolve("magic")


@pytest.mark.parametrize("wrong", [PlugIn, 3, None], ids=str)
def test_what_is_no_estimator_is_refused(wrong):
    with pytest.raises(TypeError, match=r"neither a name .* nor an estimator object"):
        resolve(wrong)


@pytest.mark.parametrize("selector", [MIM, JMI, InfoMaxSelector])
def test_a_class_is_no_estimator(selector):
    with pytest.raises(TypeError, match=r"neither a name .* nor an estimator object"):
        selector(mi_estimator=PlugIn).fit([[0], [1], [1]], [0, 1, 1])


def test_measures_have_their_own_name_for_it():
    with pytest.raises(ValueError, match=r"^estimator='foo' is unknown"):
        measures.entropy([0, 1], estimator="foo")
