"""The way back from the selected columns, and the names on both ways."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.linear_model import Ridge
from tables import pa, pl

from mifs import JMI, InfoMaxSelector, MutualInfoCV, StabilitySelector
from mifs.discretizers import MDLPDiscretizer

N = 40
rng = np.random.default_rng(0)
X = pd.DataFrame(rng.normal(size=(N, 4)), columns=[*"abcd"], index=range(100, 140))
y = (X["b"] + X["d"] > 0).to_numpy()
X.loc[105, "b"] = np.nan
TOWNS = X.assign(c=["Ulm", "Bonn"] * (N // 2))
TOWNS.loc[107, "c"] = None
LIBRARIES = {
    "pandas": lambda X: X,
    "polars": pl.from_pandas,
    "pyarrow": lambda X: pa.Table.from_pandas(X, preserve_index=False),
}


def as_pandas(frame):
    return frame if isinstance(frame, pd.DataFrame) else frame.to_pandas()


# --- and back -------------------------------------------------------------------------


def test_back_from_an_array_with_gaps():
    fitted = JMI(2, include=[1]).fit(X.to_numpy(), y)
    back = fitted.inverse_transform(fitted.transform(X.to_numpy()))
    expected = np.where(fitted.support_, X.to_numpy(), 0.0)
    np.testing.assert_array_equal(back, expected)
    assert np.isnan(back[5, 1])
    assert back.dtype == np.float64
    listed = fitted.inverse_transform([[1, 2], [3, 4]])
    np.testing.assert_array_equal(listed[:, fitted.support_], [[1, 2], [3, 4]])
    assert listed.shape == (2, 4)


@pytest.mark.parametrize("library", LIBRARIES)
def test_back_from_a_frame_with_gaps(library):
    frame = LIBRARIES[library](X)
    fitted = JMI(2, include=["b"]).fit(frame, y)
    kept = fitted.transform(frame)
    back = fitted.inverse_transform(kept)
    assert type(back) is type(frame)
    expected = as_pandas(frame).copy()
    expected.loc[:, ~fitted.support_] = 0
    pd.testing.assert_frame_equal(as_pandas(back), expected, check_dtype=False)
    again = fitted.transform(back)
    pd.testing.assert_frame_equal(as_pandas(again), as_pandas(kept))


@pytest.mark.parametrize("library", LIBRARIES)
def test_back_from_a_frame_with_strings(library):
    frame = LIBRARIES[library](TOWNS)
    fitted = JMI(2, include=["c"]).fit(frame, y)
    kept = fitted.transform(frame)
    back = as_pandas(fitted.inverse_transform(kept))
    assert back.columns.tolist() == TOWNS.columns.tolist()
    assert back.loc[:, ~fitted.support_].isna().all(axis=None)
    chosen = back.loc[:, fitted.support_]
    pd.testing.assert_frame_equal(chosen, as_pandas(kept))


def test_back_from_strings_in_an_array():
    fitted = JMI(2, include=[2]).fit(TOWNS.to_numpy(), y)
    kept = fitted.transform(TOWNS.to_numpy())
    back = fitted.inverse_transform(kept)
    assert back[:, fitted.support_].tolist()[:5] == kept.tolist()[:5]
    assert pd.isna(back[7, 2])
    assert (back[:, ~fitted.support_] == 0).all()


def test_back_from_whole_numbers_and_booleans_in_a_frame():
    frame = pl.DataFrame(
        {"n": [1, 2, 3, 4] * 5, "b": [True, False] * 10, "o": [0] * 20}
    )
    fitted = InfoMaxSelector(2, exclude=["o"]).fit(frame)
    back = fitted.inverse_transform(fitted.transform(frame))
    assert back.equals(frame)
    assert back.schema == frame.schema


def test_back_from_sparse_with_gaps():
    fitted = JMI(2, include=[1]).fit(sp.csr_array(X.fillna(1).to_numpy()), y)
    kept = sp.csr_array(X.to_numpy()[:, fitted.support_])
    back = fitted.inverse_transform(kept).toarray()
    expected = np.where(fitted.support_, X.to_numpy(), 0.0)
    np.testing.assert_array_equal(back, expected)


def test_back_from_something_else():
    fitted = JMI(2, include=["b"]).fit(X, y)
    with pytest.raises(ValueError, match="X has 3 columns, and 2 were selected"):
        fitted.inverse_transform(np.eye(3))
    kept = fitted.transform(X)
    with pytest.raises(ValueError, match=r"columns \['.'\], and \['b', '.'\] were sel"):
        fitted.inverse_transform(kept.iloc[:, 1:])
    with pytest.raises(ValueError, match="or its values as an array"):
        fitted.inverse_transform(kept.iloc[:, ::-1])


def test_back_to_columns_without_names():
    numbered = X.set_axis(range(4), axis=1)
    for seen in (X.to_numpy(), numbered):
        fitted = JMI(2, include=[1]).fit(seen, y)
        back = fitted.inverse_transform(X.loc[:, fitted.support_])
        np.testing.assert_array_equal(back, np.where(fitted.support_, X, 0.0))


def other_labels(labels):
    return X.set_axis(labels, axis=1)


LABELS = {
    "numbers": [3, 2, 1, 0],
    "tuples": pd.MultiIndex.from_product([["a", "b"], [1, 2]]),
    "dates": pd.date_range("2020", periods=4),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels_that_are_no_strings_are_those_of_fit(labels):
    frame = other_labels(labels)
    label = frame.columns[1]
    fitted = JMI(2, include=[label]).fit(frame, y)
    kept = fitted.transform(frame)
    assert kept.columns.equals(frame.columns[fitted.support_])
    expected = frame.copy()
    expected.loc[:, ~fitted.support_] = 0
    back = fitted.inverse_transform(kept)
    pd.testing.assert_frame_equal(back, expected, check_dtype=False)
    other = frame.iloc[:, ::-1]
    with pytest.raises(ValueError, match=r"names should match .* the same order"):
        fitted.transform(other)
    with pytest.raises(ValueError, match="were selected; pass what transform returns"):
        fitted.inverse_transform(kept.iloc[:, ::-1])
    np.testing.assert_array_equal(fitted.transform(frame.to_numpy()), kept)
    binned = MDLPDiscretizer().fit(frame, y)
    with pytest.raises(ValueError, match="names should match"):
        binned.transform(other)
    refitted = fitted.set_params(include=None).fit(X.to_numpy(), y)
    assert refitted.transform(other).columns.equals(other.columns[refitted.support_])


@pytest.mark.parametrize(
    "wrap",
    [lambda one: StabilitySelector(one, 4), lambda one: MutualInfoCV(one, Ridge())],
    ids=["stability", "cross-validation"],
)
def test_what_wraps_a_selector_has_seen_its_labels(wrap):
    frame = other_labels(range(3, -1, -1)).fillna(0)
    fitted = wrap(JMI(2)).fit(frame, y.astype(float))
    with pytest.raises(ValueError, match="names should match"):
        fitted.transform(frame.iloc[:, ::-1])


# --- names ----------------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_names_of_a_frame_where_fit_has_seen_an_array(library):
    fitted = JMI(2, include=[1]).fit(X.to_numpy(), y)
    frame = LIBRARIES[library](X)
    with pytest.warns(UserWarning, match="X has feature names, but JMI was fitted"):
        kept = as_pandas(fitted.transform(frame))
    own = X.columns[fitted.support_].tolist()
    assert kept.columns.tolist() == own
    assert fitted.get_feature_names_out(X.columns).tolist() == own
    places = np.flatnonzero(fitted.support_)
    assert fitted.get_feature_names_out().tolist() == [f"x{j}" for j in places]
    fitted.set_output(transform="pandas")
    with pytest.warns(UserWarning, match="X has feature names"):
        kept = fitted.transform(frame)
    assert kept.columns.tolist() == fitted.get_feature_names_out().tolist()


def test_names_where_fit_has_seen_a_frame():
    fitted = JMI(2, include=["b"]).fit(X, y)
    names = fitted.get_feature_names_out(X.columns).tolist()
    assert names == fitted.transform(X).columns.tolist()
    with pytest.raises(ValueError, match="not equal to feature_names_in_"):
        fitted.get_feature_names_out([*"wxyz"])


def test_two_columns_of_one_name_where_fit_has_seen_an_array():
    fitted = JMI(2, include=[1]).fit(X.to_numpy(), y)
    with pytest.raises(ValueError, match="same name, 'a' 2 times; rename them"):
        fitted.transform(X.set_axis([*"abca"], axis=1))


def test_names_that_come_twice_are_refused_by_both_ways():
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
    fitted = JMI(2).fit(X, y)
    twice = pd.DataFrame(X, columns=["a", "a", "b"])
    for read in (fitted.transform, fitted.inverse_transform):
        with pytest.raises(ValueError, match="columns of the same name, 'a' 2 times"):
            read(twice)
