"""Bins cut with a view to the target, inside the plug-in estimator."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.feature_selection import mutual_info_classif

from mifs import JMI, InfoMaxSelector
from mifs.discretizers import (
    InformationBottleneckEncoder,
    MDLPDiscretizer,
    bottleneck_edges,
    mdlp_edges,
)
from mifs.estimators import PlugIn


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True, as_frame=True)


def coded_information(x, edges, y):
    codes = np.searchsorted(edges, x)
    return mutual_info_classif(codes[:, None], y, discrete_features=True)[0]


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_edges_and_relevance_are_those_of_the_discretiser(iris, n_jobs):
    X, y = iris
    for binning, edges_of in (
        ("mdlp", lambda x: mdlp_edges(x, np.asarray(y, np.intp), 3)),
        ("ib", lambda x: bottleneck_edges(x, np.asarray(y, np.intp), 3, n_levels=4)),
    ):
        estimator = PlugIn(n_bins=4, binning=binning, correction=None)
        jmi = JMI(2, mi_estimator=estimator, n_jobs=n_jobs).fit(X, y)
        for j, name in enumerate(X):
            x = X[name].to_numpy()
            expected = edges_of(x)
            np.testing.assert_array_equal(jmi.mi_estimator_.edges_[j], expected)
            relevance = coded_information(x, expected, y)
            assert jmi.relevance_[j] == pytest.approx(relevance, abs=1e-12)


@pytest.mark.parametrize("binning", ["mdlp", "ib"])
def test_missing_values_given_edges_and_discrete_columns(iris, binning):
    X, y = iris
    X = X.copy()
    X.iloc[::7, 0] = np.nan
    X["kind"] = np.arange(150) % 3
    estimator = PlugIn(binning=binning, edges={1: [3.0]})
    edges = JMI(2, mi_estimator=estimator).fit(X, y).mi_estimator_.edges_
    assert sorted(edges) == [0, 1, 2, 3]
    assert edges[1].tolist() == [3.0]
    assert np.isin(edges[0], X.iloc[:, 0]).all()


def test_column_without_a_cut_tells_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), np.arange(80) % 2
    X[:, 2] += 3 * y
    jmi = JMI(1, mi_estimator=PlugIn(binning="mdlp")).fit(X, y)
    assert jmi.selected_indices_.tolist() == [2]
    assert jmi.relevance_[:2].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("binning", ["mdlp", "ib"])
def test_needs_a_target(iris, binning):
    selector = InfoMaxSelector(2, mi_estimator=PlugIn(binning=binning))
    with pytest.raises(ValueError, match=f"binning='{binning}'"):
        selector.fit(iris[0])


@pytest.mark.parametrize("binning", ["mdlp", "ib"])
def test_levels_and_edges_of_several_outputs_are_those_of_the_first(binning):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(300, 4))
    noisy = X + rng.normal(size=X.shape) / 3
    first = np.digitize(noisy[:, 0], [-0.5, 0.5]) + 3 * (noisy[:, 1] > 0)
    outputs = np.column_stack([first, noisy[:, 2] > 0.3])
    estimator = PlugIn(binning=binning, n_bins=6)
    options = {"mi_estimator": estimator, "discrete_target": True}
    mean = JMI(1, multioutput="mean", **options).fit(X, outputs)
    alone = JMI(1, **options).fit(X, first)
    edges = mean.mi_estimator_.edges_
    assert mean.n_levels_.tolist() == [len(edges[j]) + 1 for j in range(4)]
    assert mean.n_levels_.tolist() == alone.n_levels_.tolist()
    for j in range(4):
        np.testing.assert_array_equal(edges[j], alone.mi_estimator_.edges_[j])
    other = JMI(1, **options).fit(X, outputs[:, 1])
    assert edges[2].tolist() != other.mi_estimator_.edges_[2].tolist()
    relevance = (alone.relevance_ + other.relevance_) / 2
    np.testing.assert_allclose(mean.relevance_, relevance, rtol=0, atol=1e-12)


@pytest.mark.parametrize("bins", [MDLPDiscretizer, InformationBottleneckEncoder])
def test_a_discretiser_takes_one_target(bins):
    X, y = np.random.default_rng(0).normal(size=(40, 2)), np.tile([0, 1], 20)
    with pytest.raises(ValueError, match=r"y has 2 columns \('a', 'b'\), and bins are"):
        bins().fit(X, pd.DataFrame({"a": y, "b": 1 - y}))
