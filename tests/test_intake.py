"""What enters: kinds of columns and targets, and what is refused."""

import datetime as dt
import decimal
import enum
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning

from mifs import JMI, MISelector, measures
from mifs._data import reading
from mifs.exceptions import TooFewFeaturesWarning

Y = np.array([0, 1, 0, 1])
DECIMALS = [decimal.Decimal("1.5"), None, decimal.Decimal(0), 1]
NUMBERS = [1.5, 2.5, 3.5, 4.5]


def read(X, y=Y, **options):
    if isinstance(X, pd.DataFrame):
        names = [str(name) for name in X.columns]
    else:
        names = [f"x{j}" for j in range(X.shape[1])]
    return reading.read(X, y, names=names, **options)


def frame(values, **options):
    """A column "a" beside a column of numbers."""
    return pd.DataFrame({"a": pd.Series(values, **options), "number": NUMBERS})


LABELS = {
    "object": frame(["x", None, "y", "x"], dtype=object),
    "str": frame(["x", None, "y", "x"], dtype="str"),
    "string": frame(["x", None, "y", "x"], dtype="string"),
    "string[python]": frame(["x", None, "y", "x"], dtype="string[python]"),
    "category": frame(pd.Categorical(["x", None, "y", "x"])),
    "unused": frame(pd.Categorical(["x", None, "y", "x"], ["a", "x", "b", "y"])),
    "numbers as categories": frame(pd.Categorical([3.5, None, 7.5, 3.5])),
    "bytes": frame([b"x", None, b"y", b"x"], dtype=object),
    "boolean": frame([False, None, True, False], dtype="boolean"),
    "bool objects": frame([False, None, True, False], dtype=object),
    "mixed": frame([1, None, "x", 1], dtype=object),
    "intervals": frame(pd.cut(np.array([1, np.nan, 3, 1]), 2)),
}


@pytest.mark.parametrize("case", LABELS)
def test_labels_are_discrete_and_missing_is_their_last_level(case):
    table = read(LABELS[case])
    assert table.discrete.tolist() == [True, False]
    assert table.codes(0).tolist() == [0, 2, 1, 0]
    assert len(table.levels(0)) == 2
    assert np.isnan(table.numeric(0)).tolist() == [False, True, False, False]
    assert table.n_missing.tolist() == [1, 0]
    assert table.numeric(1).tolist() == NUMBERS


@pytest.mark.parametrize("dtype", ["string[pyarrow]", "bool[pyarrow]"])
def test_labels_in_arrow(dtype):
    pytest.importorskip("pyarrow")
    first, last = (False, True) if dtype.startswith("bool") else ("x", "y")
    table = read(frame([first, None, last, first], dtype=dtype))
    assert table.discrete.tolist() == [True, False]
    assert table.codes(0).tolist() == [0, 2, 1, 0]


@pytest.mark.parametrize("dtype", ["int64[pyarrow]", "double[pyarrow]"])
def test_numbers_in_arrow(dtype):
    pytest.importorskip("pyarrow")
    table = read(frame([3, None, 5, 3], dtype=dtype))
    assert table.codes(0).tolist() == [0, 2, 1, 0]


INTEGERS = {
    "Int64": frame([3, None, 5, 3], dtype="Int64"),
    "Float64": frame([3, None, 5, 3], dtype="Float64"),
    "UInt8": frame([3, None, 5, 3], dtype="UInt8"),
    "float64": frame([3, None, 5, 3], dtype="float64"),
    "float32": frame([3, None, 5, 3], dtype="float32"),
    "object": frame([3, None, 5, 3], dtype=object),
    "NA objects": frame([3, pd.NA, 5, 3], dtype=object),
}


@pytest.mark.parametrize("case", INTEGERS)
def test_integers_with_a_missing_value(case):
    table = read(INTEGERS[case])
    assert table.discrete.tolist() == [True, False]
    assert table.codes(0).tolist() == [0, 2, 1, 0]
    assert table.levels(0).tolist() == [3, 5]
    np.testing.assert_array_equal(table.numeric(0), [3, np.nan, 5, 3])


FRACTIONS = {
    "float32": frame([1.5, None, 0, 1], dtype="float32"),
    "Float64": frame([1.5, None, 0, 1], dtype="Float64"),
    "object": frame([1.5, None, 0, 1], dtype=object),
    "decimals": frame(DECIMALS, dtype=object),
}


@pytest.mark.parametrize("case", FRACTIONS)
def test_fractions_are_continuous(case):
    table = read(FRACTIONS[case])
    assert table.discrete.tolist() == [False, False]
    np.testing.assert_array_equal(table.numeric(0), [1.5, np.nan, 0, 1])
    table = read(FRACTIONS[case], discrete_features=["a"])
    assert table.codes(0).tolist() == [2, 3, 0, 1]


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
@pytest.mark.parametrize("as_frame", [False, True])
def test_integer_dtypes(dtype, as_frame):
    X = np.array([[7, 0], [9, 1], [7, 100], [9, 3]], dtype=dtype)
    table = read(pd.DataFrame(X) if as_frame else X)
    assert table.discrete.tolist() == [True, False]
    assert table.codes(0).tolist() == [0, 1, 0, 1]
    assert table.levels(1).tolist() == [0, 1, 3, 100]
    assert table.numeric(1).tolist() == [0, 1, 100, 3]


# numpy 2 has strings of variable width, too.
STRINGS = ["U", "S", object, *(["T"] if hasattr(np.dtypes, "StringDType") else [])]


@pytest.mark.parametrize("dtype", STRINGS)
def test_arrays_of_labels(dtype):
    text = np.array([["b", "z"], ["", "y"], ["b", "x"], ["a", "x"]])
    table = read(text.astype(np.dtypes.StringDType() if dtype == "T" else dtype))
    assert table.discrete.all()
    assert table.codes(0).tolist() == [2, 0, 2, 1]
    assert table.codes(1).tolist() == [2, 1, 0, 0]


def test_array_of_objects_is_read_column_by_column():
    X = np.array([["a", 1, 0.5], ["", 2, 2], [None, 3, 1], ["a", None, 1]], object)
    table = read(X)
    assert table.discrete.tolist() == [True, False, False]
    assert table.codes(0).tolist() == [1, 0, 2, 1]
    assert table.numeric(2).tolist() == [0.5, 2, 1, 1]


def test_integers_that_no_table_can_hold():
    X = np.array([[2**62, 2**62 + 1, -(2**63), 2**62]]).T
    assert read(X, discrete_features=True).codes(0).tolist() == [1, 2, 0, 1]
    X = np.array([[1e300, -1e300, np.nan, 1e300]]).T
    assert read(X, discrete_features=True).codes(0).tolist() == [1, 0, 2, 1]


@pytest.mark.parametrize(
    ("n", "few"), [(20, 2), (30, 3), (100, 10), (499, 49), (500, 50), (5000, 50)]
)
def test_number_of_levels_that_makes_integers_discrete(n, few):
    rows = np.arange(n)
    X = np.column_stack([rows % few, rows % (few + 1), rows % few + 0.5])
    assert read(X, rows % 2).discrete.tolist() == [True, False, False]
    for dtype in ("u1", "i2"):
        narrow = X[:, :2].astype(dtype)
        assert read(narrow, rows % 2).discrete.tolist() == [True, False]
    X[0] = np.nan
    assert read(X, rows % 2).discrete.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (True, [True, True, True]),
        (False, [False, False, True]),
        ([0], [True, False, True]),
        ([-2], [False, True, True]),
        (np.array([False, True, False]), [False, True, True]),
        ("a", [True, False, True]),
        (["a", "b"], [True, True, True]),
        (pd.Index(["b"]), [False, True, True]),
        ([], [False, False, True]),
        ((j for j in [1]), [False, True, True]),
    ],
)
def test_discrete_features(asked, expected):
    X = pd.DataFrame({"a": [1, 2, 1, 2], "b": NUMBERS, "c": list("xyxy")})
    assert read(X, discrete_features=asked).discrete.tolist() == expected


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("z", r"discrete_features names unknown columns \['z'\]; known: \['a', 'b'"),
        ([0, "z"], r"discrete_features names unknown columns \['z'\]"),
        ([0, "a", 3], r"index outside the 3 columns"),
        ([3], r"discrete_features=\[3\] has an index outside the 3 columns"),
        ([-4], r"index outside the 3 columns"),
        ([True, False], "mask of 2 entries for 3 columns"),
        ([0.5], "neither mask, indices nor names"),
        (None, "neither mask, indices nor names"),
        (["b"], r"names columns \['b'\], of which the table has more than one"),
    ],
)
def test_wrong_discrete_features(asked, message):
    X = pd.DataFrame([[1, 2, 3]] * 4, columns=["a", "b", "b"])
    with pytest.raises(ValueError, match=message):
        read(X, discrete_features=asked)


TARGETS = {
    "integers": ([3, 1, 3, 1], [1, 0, 1, 0]),
    "floats": ([-1.0, 1.0, -1.0, 1.0], [0, 1, 0, 1]),
    "strings": (["b", "a", "b", "a"], [1, 0, 1, 0]),
    "bool": ([True, False, True, False], [1, 0, 1, 0]),
    "category": (
        pd.Series(pd.Categorical(["b", "a"] * 2, ["b", "z", "a"])),
        [0, 1, 0, 1],
    ),
    "no series": (pd.Categorical(["b", "a"] * 2), [1, 0, 1, 0]),
    "Int64": (pd.Series([3, 1, 3, 1], dtype="Int64"), [1, 0, 1, 0]),
    "boolean": (pd.Series([True, False] * 2, dtype="boolean"), [1, 0, 1, 0]),
    "str": (pd.Series(["b", "a"] * 2, dtype="str"), [1, 0, 1, 0]),
    "string": (pd.Series(["b", "a"] * 2, dtype="string"), [1, 0, 1, 0]),
    "other index": (pd.Series([3, 1, 3, 1], index=[9, 8, 7, 6]), [1, 0, 1, 0]),
}


@pytest.mark.parametrize("case", TARGETS)
def test_discrete_targets(case):
    y, codes = TARGETS[case]
    target = read(np.eye(4), y).target
    assert target.discrete
    assert target.codes.tolist() == codes
    assert target.n_classes == 2


def test_number_of_classes_that_makes_a_target_discrete():
    for n, few in [(20, 10), (190, 95), (200, 100), (1000, 100)]:
        rows = np.arange(n)
        assert read(np.ones((n, 1)), rows % few).target.discrete
        assert not read(np.ones((n, 1)), rows % (few + 1)).target.discrete
        assert read(np.ones((n, 1)), rows, discrete_target=True).target.n_classes == n


def test_continuous_target():
    target = read(np.eye(4), [0.5, 1, 2, 3]).target
    assert not target.discrete
    assert target.values.tolist() == [0.5, 1, 2, 3]
    assert not read(np.eye(4), Y, discrete_target=False).target.discrete
    assert read(np.eye(4), [0.5, 1, 2, 3], discrete_target=True).target.n_classes == 4
    with pytest.raises(TypeError, match="has no codes before it is binned"):
        _ = target.codes


BAD_TARGETS = {
    "missing": ([1.5, np.nan, np.nan, 1], "contains NaN: 2 of 4 .* target 'y'.*drop"),
    "missing label": (
        pd.Series(["a", None, "b", "a"], name="answer"),
        "contains NaN: 1 of 4 values of the target 'answer' are missing; drop",
    ),
    "infinite": ([1, np.inf, 2, 3], "contains infinity: 1 values of the target 'y'"),
    "one class": (["a"] * 4, r"target 'y' has one class, \['a'\]: .* two are needed"),
    "constant": ([1.5] * 4, r"target 'y' is constant \(1.5, one class\)"),
    "short": ([0, 1, 0], "X has 4 rows and the target 'y' has 3"),
    "two columns": ([[0, 1]] * 4, r"target 'y0' has one class, \[0\]"),
    "three axes": (np.zeros((4, 2, 2)), "Found array with dim 3"),
    "complex": ([1j, 2, 3, 4], "Complex data not supported"),
    "scalar": (3, "1d array"),
}


@pytest.mark.parametrize("case", BAD_TARGETS)
def test_bad_target(case):
    y, message = BAD_TARGETS[case]
    with pytest.raises(ValueError, match=message):
        JMI(1).fit(np.eye(4), y)


def test_targets_of_the_wrong_type():
    with pytest.raises(TypeError, match=r"column 'y' has dtype datetime64.*convert"):
        read(np.eye(4), pd.date_range("2020", periods=4))
    with pytest.raises(ValueError, match="discrete_target=False, but the target 'y'"):
        read(np.eye(4), list("abab"), discrete_target=False)
    with pytest.raises(ValueError, match="requires y to be passed"):
        JMI(1).fit(np.eye(4), None)
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        assert read(np.eye(4), pd.DataFrame({"t": Y})).target.n_classes == 2


WRONG_KINDS = {
    "complex": [1j, 2, 3, 4],
    "complex objects": pd.Series([1j, 2, 3, 4], dtype=object),
    "complex and text": pd.Series([1j, "a", 2j, 4], dtype=object),
    "lists": [[1], [2], [3], [4]],
    "dicts": [{}, {}, {}, {}],
    "tuples": [(1, 2), (1, 2), (3, 4), (3, 4)],
    "sets": [frozenset([1]), frozenset(), frozenset(), frozenset()],
    "arrays": [np.zeros(2)] * 4,
    "dates": [dt.date(2020, 1, 1)] * 4,
    "times": [dt.datetime(2020, 1, 1), None, None, None],
    "datetime64": pd.date_range("2020", periods=4),
    "timedelta64": pd.to_timedelta([1, 2, 3, 4], unit="D"),
    "periods": pd.period_range("2020", periods=4, freq="D"),
    "intervals": pd.arrays.IntervalArray.from_breaks(range(5)),
}


@pytest.mark.parametrize("case", WRONG_KINDS)
def test_columns_that_are_neither_numbers_nor_labels(case):
    X = pd.DataFrame({"fine": NUMBERS, "wrong": WRONG_KINDS[case]})
    with pytest.raises(TypeError, match=r"column 'wrong'.*(convert|turn)"):
        JMI(1).fit(X, Y)


LARGE = {
    "uint64": np.array([1, 2, 3, 2**63], dtype=np.uint64),
    "objects": pd.Series([2**70, 2**70 + 1, 1, 2], dtype=object),
    "UInt64": pd.Series([2**63, 2**63 + 1, 1, None], dtype="UInt64"),
    "beside None": pd.Series([2**63, 2**63 + 1, 1, None], dtype=object),
    "beside fractions": pd.Series([2**53 + 1, 0.5, 1, None], dtype=object),
    "too far apart": pd.Series([2**63 - 1, -(2**63), 2**63 - 2, None], dtype="Int64"),
}


@pytest.mark.parametrize("case", LARGE)
def test_whole_numbers_that_would_be_merged(case):
    X = pd.DataFrame({"fine": NUMBERS, "wrong": LARGE[case]})
    with pytest.raises(ValueError, match="column 'wrong' has whole numbers beyond"):
        JMI(1).fit(X, Y)


BAD_TABLES = {
    "no rows": (pd.DataFrame({"a": []}), r"0 sample.*minimum of 2 samples"),
    "no rows, array": (np.empty((0, 2)), r"0 sample.*minimum of 2"),
    "one row": (pd.DataFrame({"a": [1]}), r"1 sample.*minimum of 2 samples"),
    "one row, array": (np.ones((1, 2)), r"1 sample.*minimum of 2"),
    "no columns": (pd.DataFrame(index=range(4)), r"0 feature.*1 feature is required"),
    "no columns, array": (np.empty((4, 0)), r"0 feature"),
    "one dimension": (np.ones(4), "Expected 2D array"),
    "complex array": (np.eye(4) * 1j, "Complex data not supported"),
    "all missing": (
        pd.DataFrame({"a": NUMBERS, "gone": [np.nan] * 4, "lost": [None] * 4}),
        "no value at all, only missing ones, in columns 'gone', 'lost'; drop them",
    ),
    "infinite": (
        pd.DataFrame({"a": NUMBERS, "b": [np.inf, 1, -np.inf, 0]}),
        r"infinity, in columns 'b' \(2 of them\); replace .* or drop the columns",
    ),
    "infinite fractions": (np.array([[0.5, np.inf, 1, np.nan]]).T, r"'x0' \(1 of"),
    "many infinite": (np.full((4, 12), np.inf), "'x9' .4 of them. and 2 more; replace"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_bad_table(case):
    X, message = BAD_TABLES[case]
    y = np.arange(len(X)) % 2
    with pytest.raises(ValueError, match=message):
        JMI(1).fit(X, y)


def test_dates_in_an_array():
    with pytest.raises(TypeError, match=r"column 'x0' has dtype datetime64.*convert"):
        JMI(1).fit(np.array([["2020-01-01"]] * 4, dtype="M8[D]"), Y)


def test_too_many_levels():
    n = 65_536
    X = pd.DataFrame({"fine": np.arange(n) % 3, "id": np.arange(n).astype(str)})
    message = "column 'id' is discrete and has 65536 levels, more than 65535: an id"
    with pytest.raises(ValueError, match=message):
        JMI(1).fit(X, X["fine"])
    fractions = np.arange(n)[:, None] + 0.5
    assert read(fractions[1:], X["fine"][1:], discrete_features=True).discrete.all()
    with pytest.raises(ValueError, match="column 'x0' is discrete and has 65536"):
        read(fractions, X["fine"], discrete_features=True)


@pytest.mark.parametrize("k", [0, -1, 0.0, 1.5, "all", [1]])
def test_wrong_number_of_features(k):
    with pytest.raises(
        ValueError, match="'n_features_to_select' parameter of JMI must"
    ):
        JMI(k).fit(np.eye(4), Y)


def test_more_features_than_columns():
    X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]]).T
    message = "n_features_to_select=5 is more than the 2 features of the table"
    with pytest.warns(TooFewFeaturesWarning, match=message):
        assert JMI(5).fit(X, Y & X[:, 0]).support_.all()


def test_unknown_criterion():
    with pytest.raises(ValueError, match="criterion='mrmrr' is unknown; known: mim, "):
        MISelector("mrmrr").fit(np.eye(4), Y)


def test_nothing_is_written_to_the_input_and_nothing_warned_of():
    X = pd.DataFrame({"a": [1, 2, None, 1], "b": list("xyxx"), "c": NUMBERS})
    before = X.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        JMI(None).fit(X, Y)
    pd.testing.assert_frame_equal(X, before)


def test_numbers_beside_text_in_a_list_stay_numbers():
    rows = [["a", 1.5], ["b", 2.5], ["a", 3.5], ["b", 1.0]] * 5
    kinds = JMI(None).fit(rows, [0, 1, 1, 0] * 4 + [1, 0, 0, 1]).feature_kinds_
    assert kinds.tolist() == ["discrete", "continuous"]


def test_a_masked_array_is_refused_with_a_remedy():
    values = np.repeat([0.0, 1.0], 40)[:, None]
    X = np.ma.masked_array(values, mask=np.arange(80)[:, None] < 60)
    with pytest.raises(ValueError, match=r"60 of its values are masked.*filled"):
        JMI(1).fit(X, values.ravel().astype(int))


@pytest.mark.parametrize("dtype", ["U1", "S1", object])
def test_masked_labels_are_no_floats(dtype):
    y = np.ma.masked_array(np.array([*"abab"] * 5).astype(dtype), np.arange(20) < 4)
    with pytest.raises(ValueError, match=r"y\.astype\(object\)\.filled\(None\)"):
        JMI(1).fit(np.arange(20)[:, None] % 3, y)
    filled = y.astype(object).filled(None)[:, None]
    assert np.isfinite(JMI(1).fit(filled, np.arange(20) % 2).relevance_).all()


class Side(enum.Flag):
    """Iterable members, unlike those of an Enum."""

    LEFT = 1
    RIGHT = 2


@pytest.mark.parametrize("read", [list, pd.Series, pd.Categorical])
def test_flags_are_labels(read):
    values = [Side.LEFT, Side.RIGHT, Side.LEFT, Side.LEFT | Side.RIGHT] * 5
    sides, names = read(values), [str(side) for side in values]
    x = (np.arange(20) % 3)[:, None]
    assert JMI(1).fit(x, sides).relevance_ == JMI(1).fit(x, names).relevance_
    assert measures.entropy(sides) == measures.entropy(names)


def test_complex_numbers_are_refused_with_a_remedy():
    X = np.ones((20, 2)) * 1j
    with pytest.raises(ValueError, match=r"Complex data not supported.*'x0'.*X\.real"):
        JMI(1).fit(X, np.arange(20) % 2)
