"""What an estimator says it can give, it gives; all else is refused by name."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator

from mifs import JMI, JMI3, MIM, MIRMR, InfoMaxSelector, compare
from mifs._data.reading import read
from mifs._problem.abilities import is_lazy, require
from mifs.criteria import CRITERIA
from mifs.estimators import KNN, Capabilities, Estimator, GaussianCopula, PlugIn, Terms
from mifs.estimators._mean import prepare

PAIRS = frozenset({"redundancy", "conditional_redundancy"})
EVERY = [
    PlugIn(),
    PlugIn(missing="pairwise"),
    PlugIn(missing="error"),
    KNN(),
    KNN(missing="pairwise"),
    GaussianCopula(),
    GaussianCopula(missing="pairwise"),
]


def some_rows(gaps=False, n=60):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=[*"abcd"])
    X["c"] += X["a"]
    y = (X["a"] + X["b"] > 0).astype(int)
    if gaps:
        X.loc[::7, "b"] = np.nan
    return X, y


def table_of(X):
    return read(X, names=[str(name) for name in X.columns])


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("estimator", EVERY, ids=repr)
def test_terms_give_what_is_promised_for_the_table(estimator, gaps):
    table = table_of(some_rows(gaps)[0])
    promised = estimator.capabilities(table)
    assert isinstance(estimator, Estimator)
    if gaps and not promised.missing:
        with pytest.raises(ValueError, match="columns have some: 'b'"):
            estimator.prepare(table)
        return
    terms = estimator.prepare(table)
    assert isinstance(terms, Terms)
    assert (terms.joint_labels is not None) == ("joint_counts" in promised.terms)
    assert (terms.entropy is not None) == ("entropy" in promised.terms)
    wanted = promised.terms & {*PAIRS, "joint_entropy"}
    found = terms.pairwise(0, np.arange(1, 4), wanted)
    assert found.keys() == wanted
    # Of any table: no more than of the poorest one.
    assert estimator.capabilities().terms <= promised.terms
    if gaps:
        assert estimator.capabilities().terms == promised.terms


def test_rows_left_out_by_pairs_leave_no_joint_counts():
    estimator = PlugIn(missing="pairwise")
    assert "joint_counts" not in estimator.capabilities().terms
    whole, gaps = (some_rows(gaps) for gaps in (False, True))
    assert "joint_counts" in estimator.capabilities(table_of(whole[0])).terms
    message = (
        r"criterion 'jmi3' needs joint_counts, which PlugIn\(missing='pairwise'\) "
        r"cannot estimate; use mi_estimator='plugin'$"
    )
    with pytest.raises(ValueError, match=message):
        JMI3(2, mi_estimator=estimator).fit(*gaps)
    with pytest.raises(ValueError, match=r"groups needs joint_counts, which PlugIn\("):
        JMI(2, mi_estimator=estimator, groups={"ab": ["a", "b"]}).fit(*gaps)
    fitted = JMI3(2, mi_estimator=estimator).fit(*whole)
    expected = JMI3(2).fit(*whole)
    np.testing.assert_array_equal(fitted.scores_, expected.scores_)


@pytest.mark.parametrize("estimator", EVERY, ids=repr)
def test_sparse_matrices(estimator):
    rng = np.random.default_rng(1)
    X = sparse.csc_array(rng.integers(0, 2, (80, 5)).astype(float))
    y = rng.integers(0, 2, 80)
    selector = MIM(2, mi_estimator=estimator)
    if estimator.capabilities().sparse:
        assert len(selector.fit(X, y).selected_indices_) == 2
        return
    with pytest.raises(ValueError, match=r"a sparse matrix needs .*'plugin', or X.to"):
        selector.fit(X, y)


@pytest.mark.parametrize("estimator", EVERY, ids=repr)
def test_weights(estimator):
    X, y = some_rows()
    weight = np.r_[np.full(20, 3), np.ones(40)]
    selector = MIM(2, mi_estimator=estimator)
    if estimator.capabilities().weighting is None:
        with pytest.raises(ValueError, match="KNN cannot weigh rows"):
            selector.fit(X, y, weight)
        return
    assert np.isfinite(selector.fit(X, y, weight).relevance_).all()


def test_refusal_names_the_parameters_and_who_can():
    with pytest.raises(ValueError, match=r"which KNN\(n_neighbors=5\) cannot estimate"):
        require(frozenset({"joint_counts"}), "it", KNN(n_neighbors=5))
    with pytest.raises(ValueError, match="InfoMaxSelector needs entropy, which Gauss"):
        InfoMaxSelector(mi_estimator="gaussian_copula").fit(some_rows()[0])


def test_means_over_outputs_claim_what_all_outputs_have():
    X, y = some_rows()
    several = pd.DataFrame({"p": y, "q": (X["b"] > 0).astype(int)})
    fitted = JMI3(2, multioutput="mean", groups=["a", "b", "g", "g"]).fit(X, several)
    assert len(fitted.path_) == 2
    with pytest.raises(ValueError, match="groups needs joint_counts, which KNN cannot"):
        JMI(2, multioutput="mean", groups=[*"abgg"], mi_estimator="knn").fit(X, several)


def test_signs_decide_who_is_searched_lazily():
    never_below = Capabilities(PAIRS, non_negative=True)
    assert is_lazy(CRITERIA["mrmr"], never_below)
    assert not is_lazy(CRITERIA["mrmr"], Capabilities(PAIRS))
    assert is_lazy(CRITERIA["cmim"], Capabilities(PAIRS))


# --- estimators of the user's own ----------------------------------------------------


class Plain(Terms):
    """What every estimator must give, and nothing else."""

    def __init__(self, table):
        self._columns = np.array([table.numeric(j) for j in range(table.n_features)])
        self.relevance = self._shared(table.target.values, slice(None))

    def _shared(self, other, candidates):
        columns = self._columns[candidates]
        return np.array([abs(np.corrcoef(c, other)[0, 1]) for c in columns])

    def pairwise(self, newest, candidates, wanted):
        return {
            name: self._shared(self._columns[newest], candidates) for name in wanted
        }


class Own(BaseEstimator):
    def capabilities(self, table=None):
        return Capabilities(frozenset({"redundancy"}), non_negative=True)

    def prepare(self, table, *, n_jobs=None):
        return Plain(table)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_own_estimator_needs_relevance_and_pairwise_only(n_jobs):
    X, y = some_rows()
    fitted = MIRMR(3, mi_estimator=Own(), n_jobs=n_jobs).fit(X, y)
    alone = MIRMR(3, mi_estimator=Own()).fit(X, y)
    pd.testing.assert_frame_equal(fitted.path_, alone.path_)
    assert (fitted.n_levels_ == -1).all()
    assert fitted.relevance_[0] == pytest.approx(abs(np.corrcoef(X["a"], y)[0, 1]))
    paths = compare(
        X, y, ["mrmr", "mim"], n_features_to_select=3, mi_estimator=Own(), n_jobs=n_jobs
    ).path
    chosen = paths.query("criterion == 'mrmr'")["feature"]
    assert chosen.tolist() == fitted.selected_indices_.tolist()
    message = r"needs conditional_redundancy, which Own cannot estimate; use mi_estimat"
    with pytest.raises(ValueError, match=message):
        JMI(3, mi_estimator=Own()).fit(X, y)


class Mute(BaseEstimator):
    def prepare(self, table, *, n_jobs=None):
        return Plain(table)


class Bare:
    """It cannot be cloned, nor its parameters be compared."""

    capabilities = Own.capabilities
    prepare = Own.prepare


class Loose(Own):
    def prepare(self, table, *, n_jobs=None):
        return object()


def test_what_does_not_keep_the_contract_is_a_type_error():
    X, y = some_rows()
    message = r"Mute\(\) is neither a name .*with the methods prepare and capabilities"
    with pytest.raises(TypeError, match=message):
        MIM(2, mi_estimator=Mute()).fit(X, y)
    with pytest.raises(TypeError, match="get_params of scikit-learn's BaseEstimator"):
        MIM(2, mi_estimator=Bare()).fit(X, y)
    with pytest.raises(TypeError, match=r"Loose\(\) returned a object; its terms must"):
        prepare(Loose(), table_of(X))
