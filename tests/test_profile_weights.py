"""Profiles and warnings of weighted rows are those of repeated ones."""

import warnings

import numpy as np
import pandas as pd
import pytest
from plain import PLAIN

from mifs import MIM, profile
from mifs.exceptions import (
    HighCardinalityWarning,
)

N = 200


def table(**columns):
    """Two honest columns and a target, beside the given ones."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"size": rng.normal(size=N), "count": rng.integers(0, 4, N)})
    y = (X["size"] + X["count"] + rng.normal(size=N) > 1).astype(int)
    return X.assign(**columns), y.rename("rich")


def warned(X, y, selector=None):
    """Categories of the warnings that a fit gives, with their texts."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        (selector or MIM(None)).fit(X, y)
    assert all(w.filename == __file__ for w in given)
    return {w.category: str(w.message) for w in given}


def odd_table():
    """Columns of which each is odd in one way, and a target."""
    X, y = table(one=1, words=[f"w{i % 70}" for i in range(N)])
    X["gaps"] = X["size"].where(X["size"] > 0)
    X["lost"] = X["count"].map(str).where(X["count"] > 0)
    X["again"], X["outlier"] = np.exp(X["size"]), X["size"].where(X.index != 3, 1e6)
    X["inf"], X["leak"] = X["size"].where(X.index != 7, np.inf), y + 2
    return X, y


@pytest.mark.parametrize("kind", ["classes", "numbers", "several", "none"])
@pytest.mark.parametrize("least", [0, 1])
def test_weights_of_a_profile_are_repeated_rows(kind, least):
    X, y = odd_table()
    targets = {"numbers": X["size"] + y, "several": pd.DataFrame({"y": y, "z": 1 - y})}
    y = {"classes": y, **targets}.get(kind)
    weights = np.random.default_rng(3).integers(least, 4, N)
    weights[7] = least
    rows = np.repeat(np.arange(N), weights)
    found = profile(X, y, sample_weight=weights)
    repeated = profile(X.iloc[rows], None if y is None else y.iloc[rows])
    pd.testing.assert_frame_equal(found, repeated)
    assert (found.loc["inf", "kind"] == "unusable") == bool(least)
    assert not profile(X, y).equals(found)


def test_names_of_weighted_rows_are_names():
    X, y = table(key=np.arange(N), name=[f"n{i}" for i in range(N)])
    found = profile(X, y, sample_weight=np.full(N, 3))
    assert found.loc[["key", "name"], "id_like"].all()
    assert not found.loc[["size", "count"], "id_like"].any()


def test_weighted_warnings_are_those_of_repeated_rows():
    """A leak in few rows of much weight is none by chance, and many levels are few."""
    X, y = odd_table()
    X = X.drop(columns=["inf"])
    weights, rows = np.full(N, 4), np.repeat(np.arange(N), 4)
    X["rows"] = np.arange(N) // 3
    selector = MIM(None, mi_estimator=PLAIN)
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        selector.fit(X, y, sample_weight=weights)
    repeated = warned(X.iloc[rows], y.iloc[rows], selector)
    assert {w.category: str(w.message) for w in given} == repeated
    assert HighCardinalityWarning in warned(X, y, selector)
    assert HighCardinalityWarning not in repeated


@pytest.mark.parametrize("weights", [np.ones(N - 1), -np.ones(N), np.full(N, np.nan)])
def test_wrong_weights_of_a_profile(weights):
    X, y = table()
    with pytest.raises(ValueError, match="sample_weight"):
        profile(X, y, sample_weight=weights)
