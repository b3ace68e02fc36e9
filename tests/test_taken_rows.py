"""Rows and columns can be taken of every type that can be read.

Rows of weight 0 are left out: they must be taken of whatever holds them. pandas takes
no rows of foreign byte order, and below version 3 no columns; Arrow no rows of views.
"""

import numpy as np
import pandas as pd
import pytest
from plain import PLAIN
from tables import pa
from test_intake_contract import COLUMNS, ENTROPY, N, Y, as_table

from mifs import JMI, MIM, InformationBottleneckEncoder, profile
from mifs import measures as M

# One row of each value less.
WEIGHTS = np.repeat([0, 1], [3, N - 3])
SWAPPED = {"big": ">f4", "little": "<f4"}
pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_of_weight_0_are_left_out_of_every_column(name):
    column = COLUMNS[name](Y.tolist())
    X = as_table(column)
    coded = InformationBottleneckEncoder().fit(X, Y, sample_weight=WEIGHTS)
    found = {
        "X": MIM(None, mi_estimator=PLAIN)
        .fit(X, Y, sample_weight=WEIGHTS)
        .relevance_[0],
        "y": MIM(None, mi_estimator=PLAIN)
        .fit(Y[:, None], column, sample_weight=WEIGHTS)
        .relevance_[0],
        "measure": M.entropy(column, sample_weight=WEIGHTS),
        "matrix": np.asarray(
            M.pairwise_mutual_information(X, sample_weight=WEIGHTS)
        ).item(),
        "encoder": coded.information_[0],
    }
    assert found == pytest.approx(dict.fromkeys(found, ENTROPY), abs=1e-12)


def floats(dtype, **more):
    values = np.random.default_rng(0).normal(size=(60, 4)).astype("f4")
    return pd.DataFrame(values.astype(dtype), columns=list("abcd")).assign(**more)


def assert_same_values(found, expected):
    """Same values and labels, of any byte order."""
    pd.testing.assert_frame_equal(
        found.astype("f8"), expected.astype("f8"), check_exact=True
    )


@pytest.mark.parametrize("dtype", SWAPPED.values(), ids=SWAPPED)
@pytest.mark.parametrize("more", [{}, {"t": ["u", "v"] * 30}], ids=["plain", "text"])
def test_columns_are_taken_in_any_byte_order(dtype, more):
    X, twin, y = floats(dtype, **more), floats("f4", **more), np.arange(60) // 9 % 2
    for options in ({}, {"discrete_features": ["a", "c"]}, {"mi_estimator": "knn"}):
        chosen = JMI(2, **options).fit(X, y)
        expected = JMI(2, **options).fit(twin, y)
        pd.testing.assert_frame_equal(chosen.path_, expected.path_)
    picked = JMI(2, include=["a", "c"]).fit(X, y)
    assert_same_values(picked.transform(X), twin[["a", "c"]])
    back = picked.inverse_transform(picked.transform(X))
    assert_same_values(back[["a", "c"]], twin[["a", "c"]])
    for target in (y, "a"):
        pd.testing.assert_frame_equal(profile(X, target), profile(twin, target))


def test_labels_and_other_columns_stay_what_they_are():
    """Labels of two levels, an index of its own, gaps and categories."""
    X = floats(">f4", t=pd.Categorical(["u", "v", None] * 20))
    X.columns = pd.MultiIndex.from_product([["k"], X.columns])
    X.index = np.arange(60)[::-1]
    weights = np.repeat([0, 1], [3, 57])
    y = pd.Series(np.arange(60) % 2, dtype=">i4")
    found = MIM(2).fit(X, y, sample_weight=weights)
    expected = MIM(2).fit(X.iloc[3:], y.iloc[3:])
    pd.testing.assert_frame_equal(found.path_, expected.path_)


def test_views_beside_other_columns_of_arrow():
    text = pa.array(["a", None, "b"] * 40, pa.string_view())
    number = pa.chunked_array([np.arange(60.0), np.arange(60.0)])
    X = pa.table({"n": number, "t": text, "b": text.cast(pa.binary_view())})
    found = MIM(None, mi_estimator=PLAIN).fit(X, Y, sample_weight=WEIGHTS)
    expected = MIM(None, mi_estimator=PLAIN).fit(X.slice(3), Y[3:])
    pd.testing.assert_frame_equal(found.path_, expected.path_)
    assert MIM(2).fit(X, Y).transform(X).column_names == ["t", "b"]
