"""Frames of every library are read alike, and the same kind of frame comes out."""

import datetime as dt
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tables import FRAMES, pa, pl, small_table, with_gaps

from mifs import JMI, MIM, InfoMaxSelector
from mifs._data import reading
from mifs.estimators import PlugIn


def read(X):
    names = X.column_names if isinstance(X, pa.Table) else list(X.columns)
    return reading.read(X, names=[str(name) for name in names])


@pytest.mark.parametrize("library", FRAMES)
def test_a_table_is_read_the_same_with_and_without_gaps(library):
    whole, _ = small_table()
    for frame in (whole, with_gaps(whole)):
        expected, found = read(frame), read(FRAMES[library](frame))
        assert found.discrete.tolist() == expected.discrete.tolist()
        assert found.n_missing.tolist() == (expected.n_missing.tolist())
        for j in range(frame.shape[1]):
            np.testing.assert_array_equal(found.numeric(j), expected.numeric(j))
            assert list(found.levels(j)) == list(expected.levels(j))
            np.testing.assert_array_equal(found.codes(j), expected.codes(j))


WORDS = ["x", None, "y", "x"]
NUMBERS = [3, None, 7, 3]
CATEGORIES = {
    "pandas categories of ints": pd.DataFrame(
        {"a": pd.Categorical(NUMBERS), "b": [1, 2, 3, 4]}
    ),
    "polars categorical": pl.DataFrame({"a": pl.Series(WORDS, dtype=pl.Categorical)}),
    "polars enum": pl.DataFrame(
        {"a": pl.Series(WORDS, dtype=pl.Enum(["x", "z", "y"]))}
    ),
    "polars boolean": pl.DataFrame({"a": [False, None, True, False]}),
    "polars binary": pl.DataFrame({"a": [b"x", None, b"y", b"x"]}),
    "polars objects": pl.DataFrame({"a": pl.Series(WORDS, dtype=pl.Object)}),
    "dictionary": pa.table({"a": pa.array(WORDS).dictionary_encode()}),
    "dictionary of ints": pa.table({"a": pa.array(NUMBERS).dictionary_encode()}),
    "dictionary out of order": pa.table(
        {
            "a": pa.DictionaryArray.from_arrays(
                pa.array([2, None, 0, 2]), ["y", "z", "x"]
            )
        }
    ),
    "null in the dictionary": pa.table(
        {"a": pa.DictionaryArray.from_arrays([0, 1, 2, 0], pa.array(["x", None, "y"]))}
    ),
    "label twice in the dictionary": pa.table(
        {
            "a": pa.DictionaryArray.from_arrays(
                pa.array([0, None, 1, 2]), ["x", "y", "x"]
            )
        }
    ),
    "chunks": pa.table(
        {
            "a": pa.chunked_array(
                [
                    pa.array(["x", None]).dictionary_encode(),
                    pa.array(["y", "x"]).dictionary_encode(),
                ]
            )
        }
    ),
    "pyarrow boolean": pa.table({"a": [False, None, True, False]}),
    "pyarrow view": pa.table({"a": pa.array(WORDS, pa.string_view())}),
    "pyarrow bytes of one width": pa.table(
        {"a": pa.array([b"x", None, b"y", b"x"], pa.binary(1))}
    ),
    "pyarrow runs": pa.table(
        {"a": pa.RunEndEncodedArray.from_arrays([1, 2, 3, 4], WORDS)}
    ),
    "pyarrow binary": pa.table({"a": pa.array([b"x", None, b"y", b"x"])}),
    "pandas arrow dictionary": pd.DataFrame(
        {
            "a": pd.Series(WORDS, dtype="str").astype(
                pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))
            )
        }
    ),
}


@pytest.mark.parametrize("case", CATEGORIES)
def test_a_missing_category_stays_missing(case):
    table = read(CATEGORIES[case])
    assert table.discrete[0]
    assert len(table.levels(0)) == 2
    assert table.codes(0).tolist() == [0, 2, 1, 0]
    assert table.n_missing[0] == 1


@pytest.mark.parametrize("gap", [[], [None]])
def test_whole_numbers_of_128_bits(gap):
    values = [1, -(2**40), 3, 1, *gap]
    wide = read(pl.DataFrame({"a": pl.Series(values, dtype=pl.Int128)}))
    narrow = read(pl.DataFrame({"a": pl.Series(values, dtype=pl.Int64)}))
    np.testing.assert_array_equal(wide.numeric(0), narrow.numeric(0))
    with pytest.raises(ValueError, match="'a' has whole numbers beyond"):
        read(pl.DataFrame({"a": pl.Series([2**70, *values], dtype=pl.Int128)}))


def test_categories_of_other_series_and_late_rows_do_not_matter():
    pl.Series(["other", "series"] * 3, dtype=pl.Categorical)
    words = ["b"] * 5000 + ["a", None]
    for dtype in (pl.Categorical, pl.String):
        table = read(pl.DataFrame({"a": pl.Series(words, dtype=dtype)}))
        assert list(table.levels(0)) == ["a", "b"]
        assert table.codes(0)[[0, 5000, 5001]].tolist() == [1, 0, 2]


NUMERIC = {
    "polars integers": pl.DataFrame({"a": NUMBERS}),
    "polars small": pl.DataFrame({"a": pl.Series(NUMBERS, dtype=pl.UInt8)}),
    "polars decimal": pl.DataFrame({"a": NUMBERS}).cast(pl.Decimal(9, 2)),
    "pyarrow integers": pa.table({"a": NUMBERS}),
    "pyarrow decimal": pa.table({"a": pa.array(NUMBERS, pa.decimal128(9, 2))}),
    "pyarrow half": pa.table({"a": pa.array(NUMBERS).cast(pa.float16())}),
}


@pytest.mark.parametrize("case", NUMERIC)
def test_numbers_with_a_gap(case):
    table = read(NUMERIC[case])
    np.testing.assert_array_equal(table.numeric(0), [3, np.nan, 7, 3])
    assert table.codes(0).tolist() == [0, 2, 1, 0]
    assert not table.labelled(0)


LARGE = [2**63, 1, 2, 3]
REFUSED = {
    "polars dates": (pl.DataFrame({"a": [dt.date(2020, 1, 1)] * 4}), "dtype Date"),
    "polars lists": (pl.DataFrame({"a": [[1], [2], [3], [4]]}), "nested values"),
    "pyarrow dates": (pa.table({"a": [dt.date(2020, 1, 1)] * 4}), "dtype date32"),
    "pyarrow lists": (pa.table({"a": [[1], [2], [3], [4]]}), "nested values"),
    "polars large": (pl.DataFrame({"a": pl.Series(LARGE, dtype=pl.UInt64)}), "beyond"),
    "pyarrow large": (pa.table({"a": pa.array(LARGE, pa.uint64())}), "beyond"),
    "polars nothing": (pl.DataFrame({"a": [None] * 4}), "no value at all"),
    "pyarrow nothing": (pa.table({"a": pa.nulls(4)}), "no value at all"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_columns_are_named(case):
    X, message = REFUSED[case]
    with pytest.raises(
        (ValueError, TypeError), match=rf"'a'.*{message}|{message}.*'a'"
    ):
        JMI(1).fit(X, [0, 1, 0, 1])


def test_lazy_frames_are_to_be_collected():
    lazy = pl.LazyFrame({"a": [1, 2, 3, 4]})
    message = r"X is a polars LazyFrame.*collect it first: X\.collect\(\)"
    with pytest.raises(TypeError, match=message):
        JMI(1).fit(lazy, [0, 1, 0, 1])
    fitted = JMI(1).fit(lazy.collect(), [0, 1, 0, 1])
    with pytest.raises(TypeError, match=message):
        fitted.transform(lazy)
    with pytest.raises(TypeError, match="y is a polars LazyFrame"):
        JMI(1).fit(lazy.collect(), lazy)


def test_duckdb_relations_are_to_be_collected():
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    relation = duckdb.sql("select 1 as a union all select 2 as a")
    with pytest.raises(TypeError, match=r"collect it first: X\.df\(\)"):
        JMI(1).fit(relation, [0, 1])


@pytest.mark.parametrize("library", ["pandas", *FRAMES])
def test_the_same_kind_of_frame_comes_out(library):
    X, targets = small_table()
    frame = FRAMES.get(library, lambda frame: frame)(with_gaps(X))
    selector = JMI(3).fit(frame, targets["binary"])
    kept = selector.transform(frame)
    names = selector.get_feature_names_out().tolist()
    assert type(kept) is type(frame)
    assert names == [X.columns[j] for j in np.flatnonzero(selector.support_)]
    if isinstance(frame, pa.Table):
        assert kept.equals(frame.select(names))
    else:
        assert kept.equals(frame[names])
        assert list(kept.dtypes) == list(frame[names].dtypes)


@pytest.mark.parametrize("library", ["pandas", *FRAMES])
@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_set_output_is_obeyed(library, output):
    X, targets = small_table()
    frame = FRAMES.get(library, lambda frame: frame)(X)
    selector = JMI(6).set_output(transform=output).fit(frame, targets["binary"])
    kept = selector.transform(frame)
    assert isinstance(kept, {"pandas": pd.DataFrame, "polars": pl.DataFrame}[output])
    assert list(kept.columns) == list(X.columns)
    if library == output:
        assert list(kept.dtypes) == list(frame.dtypes)
    categories = {
        "pandas": ("category", "dictionary"),
        "polars": ("Categorical", "Enum"),
    }
    if library != "arrow dtypes":
        assert str(kept["grade"].dtype).startswith(categories[output])


def test_output_keeps_the_index_of_a_pandas_frame():
    X, targets = small_table()
    X.index = targets["binary"].index = np.arange(len(X)) * 7
    for selector in (JMI(2), JMI(2).set_output(transform="pandas")):
        assert selector.fit_transform(X, targets["binary"]).index.equals(X.index)


@pytest.mark.parametrize("library", ["pandas", "nullable", "polars"])
def test_in_a_pipeline_behind_a_column_transformer(library):
    X, targets = small_table()
    frame = FRAMES.get(library, lambda frame: frame)(X)
    y = targets["binary"].to_numpy().astype(int)
    output = "polars" if library == "polars" else "pandas"
    scale = ColumnTransformer(
        [("scaled", StandardScaler(), ["size", "weight", "count"])],
        verbose_feature_names_out=False,
    ).set_output(transform=output)
    model = make_pipeline(scale, JMI(2), LogisticRegression())
    grid = {"jmi__n_features_to_select": [1, 2], "jmi__mi_estimator": ["plugin", "knn"]}
    found = GridSearchCV(model, grid, cv=3).fit(frame, y)
    names = found.best_estimator_["jmi"].feature_names_in_.tolist()
    assert names == ["size", "weight", "count"]
    kept = ColumnTransformer([("kept", JMI(1), ["count", "size"])], remainder="drop")
    assert kept.set_output(transform=output).fit(frame, y).transform(frame).shape == (
        60,
        1,
    )


@pytest.mark.parametrize("library", ["pandas", *FRAMES])
def test_clones_and_pickles_hold_no_data(library):
    X, targets = small_table(n=5000)
    frame = FRAMES.get(library, lambda frame: frame)(X)
    selector = JMI(3).fit(frame, targets["binary"])
    stored = pickle.dumps(selector)
    assert len(stored) < 10_000
    again = pickle.loads(stored)
    assert again.transform(frame).shape == (5000, 3)
    assert clone(selector).fit(frame, targets["binary"]).ranking_.tolist() == (
        again.ranking_.tolist()
    )


def test_a_callable_says_which_columns_are_discrete():
    X, targets = small_table()
    select = make_column_selector(dtype_include="integer")
    for said in (select, lambda X: ["count"], lambda X: [1]):
        fitted = MIM(discrete_features=said, n_features_to_select=None)
        kinds = fitted.fit(X, targets["binary"]).feature_kinds_
        assert kinds.tolist()[:3] == ["continuous", "discrete", "continuous"]
    fitted = MIM(None, discrete_features=lambda X: [], mi_estimator=PlugIn(n_bins=3))
    assert fitted.fit(X, targets["binary"]).n_levels_.tolist() == [3, 3, 3, 3, 3, 2]
    found = InfoMaxSelector(2, discrete_features=lambda X: [1]).fit(
        X[["size", "count"]]
    )
    assert found.feature_kinds_.tolist() == ["continuous", "discrete"]


def test_levels_are_counted():
    X, targets = small_table()
    fitted = MIM(None).fit(with_gaps(X), targets["binary"])
    assert fitted.n_levels_.tolist() == [5, 5, 5, 4, 4, 3]
    fitted = MIM(None, mi_estimator="knn").fit(X, targets["binary"])
    assert fitted.n_levels_.tolist() == [-1, 4, -1, 3, 3, 2]
