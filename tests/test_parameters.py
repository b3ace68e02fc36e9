"""Names of parameters are looked up once a class, and stay those of each class."""

from __future__ import annotations

from sklearn.base import clone

import mifs
from mifs.estimators import KNN, PlugIn


class Finer(PlugIn):
    """A user's estimator with a parameter more."""

    def __init__(self, n_bins: int = 20, extra: str = "") -> None:
        super().__init__(n_bins=n_bins)
        self.extra = extra


def test_a_subclass_has_its_own_parameters() -> None:
    PlugIn().get_params()
    assert Finer().get_params() == {"extra": "", "n_bins": 20}
    assert "extra" not in PlugIn().get_params()
    assert clone(Finer(extra="a")).extra == "a"


def test_selectors_and_estimators_list_their_own() -> None:
    assert set(KNN().get_params()) == {"n_neighbors", "scale", "missing"}
    jmi, mifs_ = mifs.JMI(3).get_params(), mifs.MIFS(3).get_params()
    assert set(mifs_) - set(jmi) == {"beta"}
    assert mifs.JMI(3).set_params(n_features_to_select=2).n_features_to_select == 2
