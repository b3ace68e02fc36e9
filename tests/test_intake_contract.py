"""One contract for every reader: what a value is does not depend on who reads it.

Kinds of columns × readers × kinds of gaps. All columns hold the same three values, so
that all readers must give the same number, or the same error with the name, the count
and the remedy.
"""

import datetime as dt
import enum
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from tables import pa, pl

from mifs import (
    JMI,
    MIM,
    InfoMaxSelector,
    InformationBottleneckEncoder,
    MDLPDiscretizer,
    compare,
    mutual_info_classif,
    profile,
)
from mifs import measures as M

N = 120
Y = np.arange(N) % 3
GAPS = 12
ENTROPY = np.log(3)
# With the first rows missing, missing is a level of its own.
SHARES = np.array([GAPS / N] + [(N - GAPS) / 3 / N] * 3)
WITH_GAPS = -(SHARES * np.log(SHARES)).sum()


class Answer(enum.Enum):
    """Labels of one's own, named in sorted order."""

    A = 2
    B = 1
    C = 3


def arrow(dtype):
    return lambda values: pd.Series(values, dtype=pd.ArrowDtype(dtype))


def series(dtype):
    return lambda values: pd.Series(values, dtype=dtype)


def array(dtype):
    return lambda values: np.array(values, dtype=dtype)


def extension(make):
    return lambda values: pd.Series(pd.arrays.ArrowExtensionArray(make(values)))


NUMBERS = {
    "list": list,
    "tuple": tuple,
    "objects": array(object),
    "masked, no mask": np.ma.array,
    **{d: array(d) for d in ("i1", "u1", ">i2", "u4", "i8", ">i8", "u8", "f2", ">f8")},
    "longdouble": array(np.longdouble),
    "Index": pd.Index,
    "SparseArray": lambda values: pd.Series(pd.arrays.SparseArray(values)),
    "big-endian series": lambda values: pd.Series(np.array(values, ">f4")),
    "pl.Int8": lambda values: pl.Series("", values, dtype=pl.Int8),
    "pl.UInt64": lambda values: pl.Series("", values, dtype=pl.UInt64),
    "pa.int8": lambda values: pa.array(values, pa.int8()),
    "pa.uint64": lambda values: pa.chunked_array([pa.array(values, pa.uint64())]),
}
NUMBERS_WITH_NULLS = {
    "list of None": list,
    "objects of None": array(object),
    "Decimals": lambda values: [v if v is None else Decimal(v) for v in values],
    "NaN": array(float),
    "float32 NaN": array("f4"),
    "NA objects": lambda v: np.array([pd.NA if x is None else x for x in v], object),
    "Int64": series("Int64"),
    "UInt8": series("UInt8"),
    "Float32": series("Float32"),
    "Int64 array": lambda values: pd.array(values, dtype="Int64"),
    "int64[pyarrow]": arrow(pa.int64()),
    "double[pyarrow]": arrow(pa.float64()),
    "decimal128[pyarrow]": extension(
        lambda values: pa.array(values, pa.int64()).cast(pa.decimal128(25, 2))
    ),
    "pl.Int16": lambda values: pl.Series("", values, dtype=pl.Int16),
    "pl.Float32": lambda values: pl.Series("", values, dtype=pl.Float32),
    "pl.Decimal": lambda values: pl.Series("", values).cast(pl.Decimal(9, 2)),
    "pa.int64": pa.array,
    "pa.float32": lambda values: pa.array(values, pa.float32()),
    "pa.decimal128": lambda values: pa.array(values, pa.int64()).cast(
        pa.decimal128(25, 2)
    ),
}
TEXTS = {
    "U": array("U"),
    "S": array("S"),
    "Enum members": lambda values: [Answer[v.upper()] for v in values],
}
TEXTS_WITH_NULLS = {
    "list of text": list,
    "tuple of text": tuple,
    "NaN in a list of text": lambda v: [np.nan if x is None else x for x in v],
    "text objects": array(object),
    "str": series("str"),
    "string": series("string"),
    "category": series("category"),
    "Categorical": pd.Categorical,
    "pl.String": lambda values: pl.Series("", values),
    "pl.Categorical": lambda values: pl.Series("", values, dtype=pl.Categorical),
    "pl.Enum": lambda values: pl.Series("", values, dtype=pl.Enum(["a", "b", "c"])),
    "pa.string": pa.array,
    "pa.dictionary": lambda values: pa.array(values).dictionary_encode(),
    "pa.binary": lambda values: pa.array(values, pa.string()).cast(pa.binary()),
    "pa.string_view": lambda values: pa.array(values, pa.string_view()),
    **{
        f"{dtype}[pyarrow]": extension(lambda v, t=dtype: pa.array(v).cast(t))
        for dtype in (
            pa.string(),
            pa.large_string(),
            pa.binary(),
            pa.large_binary(),
            pa.string_view(),
        )
    },
    "dictionary[pyarrow]": extension(lambda v: pa.array(v).dictionary_encode()),
}


def to_text(values):
    return [None if v is None else "abc"[v] for v in values]


COLUMNS = {
    **NUMBERS,
    **NUMBERS_WITH_NULLS,
    **{
        name: lambda values, make=make: make(to_text(values))
        for name, make in (TEXTS | TEXTS_WITH_NULLS).items()
    },
}
GAPPED = [*NUMBERS_WITH_NULLS, *TEXTS_WITH_NULLS]


def as_table(column):
    """A table of one column, of the same library."""
    if isinstance(column, (list, tuple)):
        return [[value] for value in column]
    if isinstance(column, np.ndarray):
        return column[:, None]
    if isinstance(column, (pa.Array, pa.ChunkedArray)):
        return pa.table({"x": column})
    if isinstance(column, pl.Series):
        return column.to_frame("x")
    return pd.DataFrame({"x": column})


def levels_of(told):
    """Entropy of a column in which the profile counts three levels."""
    assert told["levels"].tolist() == [3]
    return ENTROPY


def coded(transformer, column):
    return M.entropy(transformer.fit_transform(as_table(column), Y)[:, 0])


TABLES = {
    "fit X": lambda x: MIM(None).fit(as_table(x), Y).relevance_[0],
    "knn X": lambda x: MIM(1, mi_estimator="knn").fit(as_table(x), Y).relevance_[0],
    "infomax": lambda x: InfoMaxSelector(None).fit(as_table(x)).relevance_[0],
    "compare": lambda x: compare(as_table(x), Y, "mim", 1).path.score[0],
    "profile": lambda x: levels_of(profile(as_table(x))),
    "pairwise": lambda x: np.asarray(M.pairwise_mutual_information(as_table(x)))[0, 0],
    "encoder": lambda x: coded(InformationBottleneckEncoder(), x),
}
VARIABLES = {
    "fit y": lambda x: MIM(None).fit(Y[:, None], x).relevance_[0],
    "compare y": lambda x: compare(Y[:, None], x, "mim", 1).path.score[0],
    "encoder y": lambda x: (
        InformationBottleneckEncoder().fit(Y[:, None].astype(str), x).information_[0]
    ),
    "entropy": M.entropy,
    "mutual_information": lambda x: M.mutual_information(x, Y),
    "joint_entropy": lambda x: M.joint_entropy(Y, x),
    "lagged": lambda x: M.lagged_mutual_information(x, Y, 0).mutual_information[0],
}
READERS = TABLES | VARIABLES


@pytest.fixture(autouse=True)
def quiet():
    """Columns that equal the target are leaks, and here they are meant to be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("reader", READERS)
def test_values_are_equal_whatever_holds_them(reader):
    for name, make in COLUMNS.items():
        found = READERS[reader](make(Y.tolist()))
        assert found == pytest.approx(ENTROPY, abs=1e-12), name


def gapped(name):
    values = Y.tolist()
    values[:GAPS] = [None] * GAPS
    return COLUMNS[name](values)


@pytest.mark.parametrize("name", GAPPED)
def test_gaps_are_counted_by_whoever_wants_none(name):
    column = gapped(name)
    for reader in VARIABLES.keys() - {"lagged"}:
        with pytest.raises(ValueError, match=rf"{GAPS} of {N} values of .*drop these"):
            READERS[reader](column)
    with pytest.raises(ValueError, match=rf"{GAPS} of {N} .*drop|missing.*impute"):
        READERS["knn X"](column)


@pytest.mark.parametrize("name", GAPPED)
def test_gaps_are_a_level_in_a_table(name):
    X = as_table(gapped(name))
    fitted = InfoMaxSelector(None).fit(X)
    assert fitted.relevance_[0] == pytest.approx(WITH_GAPS, abs=1e-12)
    assert fitted.n_levels_.tolist() == [4]
    assert profile(X).missing.tolist() == [GAPS / N]
    codes = InformationBottleneckEncoder().fit_transform(X, Y)
    assert (codes[:GAPS] == 3).all()
    lagged = M.lagged_mutual_information(gapped(name), Y, 0)
    assert lagged.n_rows.tolist() == [N - GAPS]


def test_masks_are_refused_by_every_reader():
    column = np.ma.array(Y, mask=np.arange(N) < GAPS)
    table = MIM(1).fit(Y[:, None], Y)
    others = {
        "transform": lambda x: table.transform(x[:, None]),
        "sample_weight": lambda x: MIM(1).fit(Y[:, None], Y, sample_weight=x),
        "weight": lambda x: M.entropy(Y, sample_weight=x),
        "mdlp": lambda x: MDLPDiscretizer().fit(x[:, None], Y),
        "mdlp y": lambda x: MDLPDiscretizer().fit(Y[:, None], x),
        "profile y": lambda x: profile(Y[:, None], x),
        "drop-in": lambda x: M.mutual_info_classif(Y[:, None], x),
        "drop-in X": lambda x: M.mutual_info_regression(x[:, None], Y),
        "list": lambda x: M.entropy([x]),
    }
    for read in (READERS | others).values():
        with pytest.raises(ValueError, match=f"{GAPS} of its values are masked"):
            read(column)


DATES = pd.date_range("2020-01-01", periods=N)
NEITHER = {
    "datetime64": DATES.to_numpy(),
    "dates": [dt.date(2020, 1, 1 + i % 20) for i in range(N)],
    "DatetimeIndex": DATES,
    "date series": pd.Series(DATES),
    "timestamp[pyarrow]": pd.Series(DATES).astype("timestamp[us][pyarrow]"),
    "timedelta64": np.arange(N).astype("m8[s]"),
    "period": pd.Series(DATES.to_period("D")),
    "pl.Date": pl.Series("", [dt.date(2020, 1, 1)] * N),
    "pl.Duration": pl.Series("", [dt.timedelta(1)] * N),
    "pa.date32": pa.array([dt.date(2020, 1, 1)] * N),
    "complex": np.ones(N) * 1j,
    "complex objects": np.array([1j, 2] * (N // 2), dtype=object),
    "complex list": [1j, 2] * (N // 2),
    "pl.List": pl.Series("", [[1]] * N),
    "dicts": [{"a": 1}] * N,
}


@pytest.mark.parametrize("case", NEITHER)
def test_what_is_neither_number_nor_label_is_refused(case):
    mdlp = {
        "mdlp": lambda x: MDLPDiscretizer().fit(as_table(x), Y),
        "mdlp y": lambda x: MDLPDiscretizer().fit(Y[:, None], x),
        "weights": lambda x: MIM(1).fit(Y[:, None], Y, sample_weight=x),
    }
    for name, read in (READERS | mdlp).items():
        expected = ValueError if name == "profile" else TypeError
        with pytest.raises(expected, match=r"column '.*(convert|turn)"):
            read(NEITHER[case])


BOOLEANS = {
    "list": list,
    "array": np.array,
    "objects": array(object),
    "boolean": series("boolean"),
    "bool[pyarrow]": arrow(pa.bool_()),
    "pl.Boolean": pl.Series,
    "pa.bool": pa.array,
}


@pytest.mark.parametrize("name", BOOLEANS)
def test_booleans_are_discrete(name):
    flags = (Y > 0).tolist()
    column = BOOLEANS[name](flags)
    expected = M.entropy(Y > 0)
    for reader in READERS.keys() - {"profile", "joint_entropy"}:
        found = READERS[reader](column)
        assert found == pytest.approx(expected, abs=1e-12), reader
    if name not in ("array",):
        column = BOOLEANS[name]([None] * GAPS + flags[GAPS:])
        with pytest.raises(ValueError, match=f"{GAPS} of {N} values of x are missing"):
            M.entropy(column)
        assert InfoMaxSelector(1).fit(as_table(column)).n_levels_.tolist() == [3]


WEIGHTS = {
    "list": list,
    "objects": array(object),
    "big-endian": array(">f4"),
    "Int64": series("Int64"),
    "double[pyarrow]": arrow(pa.float64()),
    "pl.Int64": pl.Series,
    "pa.int64": pa.array,
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_numbers_whatever_holds_them(name):
    whole = (1 + np.arange(N) % 2).tolist()
    expected = M.entropy(np.repeat(Y, whole))
    weights = WEIGHTS[name](whole)
    assert M.entropy(Y, sample_weight=weights) == pytest.approx(expected, abs=1e-12)
    fitted = MIM(1).fit(Y[:, None], Y, sample_weight=weights)
    assert fitted.relevance_[0] == pytest.approx(expected, abs=1e-12)
    if name != "list":
        gaps = WEIGHTS[name](
            [None, *whole[1:]] if name != "big-endian" else [np.nan] * N
        )
        for read in (
            M.entropy,
            lambda y, sample_weight: MIM(1).fit(Y[:, None], y, sample_weight),
        ):
            with pytest.raises(ValueError, match=r"sample_weight is NaN in .*row 0"):
                read(Y, sample_weight=gaps)


@pytest.mark.parametrize("weights", [2, 0.5, np.float32(3), [1e308] * N])
def test_weights_of_all_rows_and_huge_ones(weights):
    assert M.entropy(Y, sample_weight=weights) == pytest.approx(ENTROPY, abs=1e-12)
    fitted = MIM(1).fit(Y[:, None], Y, sample_weight=weights)
    assert fitted.relevance_[0] == pytest.approx(ENTROPY, abs=1e-12)


def test_numbers_beside_text_stay_numbers():
    rows = [[v, "abc"[i % 3]] for i, v in enumerate(np.linspace(0, 1, N).tolist())]
    kinds = MIM(None).fit(rows, Y).feature_kinds_.tolist()
    assert kinds == profile(rows).kind.tolist() == ["continuous", "discrete"]
    assert MIM(1).fit(rows, Y).transform(rows).tolist() == [[row[1]] for row in rows]


def test_a_number_and_its_text_are_two_classes():
    for make in (list, tuple, array(object), lambda v: pd.Series(v, dtype=object)):
        y = make([1, "1"] * (N // 2))
        assert M.entropy(y) == pytest.approx(np.log(2))
        assert MIM(1).fit(np.arange(N)[:, None] % 2, y).relevance_[0] == (
            pytest.approx(np.log(2))
        )


def test_numbers_held_as_objects_are_numbers():
    x = np.random.default_rng(0).normal(size=N)
    expected = M.mutual_information(x, Y)
    for held in (
        x.astype(object),
        [Decimal(v) for v in x.tolist()],
        pd.Series(x, dtype=object),
    ):
        assert M.mutual_information(held, Y) == expected


def test_objects_without_an_order_are_named():
    class Own:
        pass

    own = [Own(), Own()]
    for reader in READERS.keys() - {"profile"}:
        with pytest.raises(TypeError, match=r"column '.* no order.*str\(value\)"):
            READERS[reader]([own[i % 2] for i in range(N)])


BIG = 2**53
PAIR = [BIG + i % 2 for i in range(95)]
HOLDERS = {
    "list": lambda values: [[v] for v in values],
    "objects": lambda values: np.array(values, dtype=object)[:, None],
    "Int64": lambda values: pd.DataFrame({"a": pd.array(values, dtype="Int64")}),
    "object series": lambda values: pd.DataFrame(
        {"a": pd.Series(values, dtype=object)}
    ),
    "int64[pyarrow]": lambda v: pd.DataFrame(
        {"a": pd.Series(v, dtype="int64[pyarrow]")}
    ),
    "polars": lambda values: pl.DataFrame({"a": values}),
    "pyarrow": lambda values: pa.table({"a": values}),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_whole_numbers_beside_gaps_stay_apart(holder):
    """2⁵³ and 2⁵³ + 1 beside NA: two levels, and I as exact arithmetic gives it."""
    y = [0] * 5 + [i % 2 for i in range(95)]
    X = HOLDERS[holder]([None] * 5 + PAIR)
    fitted = MIM(1).fit(X, y)
    twin = MIM(1).fit(
        [["abn"[2 if v is None else v - BIG]] for v in [None] * 5 + PAIR], y
    )
    assert fitted.relevance_[0] == twin.relevance_[0]
    assert fitted.n_levels_.tolist() == [3]


BEYOND = {
    **{name: HOLDERS[name] for name in ("list", "objects", "object series")},
    "UInt64": lambda values: pd.DataFrame({"a": pd.array(values, dtype="UInt64")}),
    "pl.UInt64": lambda v: pl.DataFrame({"a": pl.Series(v, dtype=pl.UInt64)}),
    "pa.uint64": lambda values: pa.table({"a": pa.array(values, pa.uint64())}),
}


@pytest.mark.parametrize("holder", BEYOND)
@pytest.mark.parametrize("last", [2, None])
def test_whole_numbers_beyond_int64_are_refused_alike(holder, last):
    beyond = [2**63] if "64" in holder else [2**63, 2**70, -(2**63) - 1]
    for value in beyond:
        X = BEYOND[holder]([value, 1, 0, last])
        with pytest.raises(ValueError, match=r"column '.*numbers beyond 9223.*float"):
            MIM(1).fit(X, [0, 1, 0, 1])


@pytest.mark.parametrize("offset", [BIG, 2**60, -(2**60)])
def test_whole_numbers_far_from_zero_are_exact_or_refused(offset):
    k = np.random.default_rng(0).integers(0, 1000, 1000)
    z, far = k // 50 % 2, offset + k
    for estimator in ("plugin", "knn", "gaussian_copula"):
        near, moved = (
            MIM(1, mi_estimator=estimator).fit(x[:, None], z).relevance_[0]
            for x in (k, far)
        )
        assert moved == pytest.approx(near, abs=1e-12)
        if estimator != "gaussian_copula":
            assert M.mutual_information(far, z, estimator=estimator) == pytest.approx(
                M.mutual_information(k, z, estimator=estimator), abs=1e-12
            )
    assert (
        MIM(1).fit(z[:, None], far).relevance_ == MIM(1).fit(z[:, None], k).relevance_
    )
    for rounding in (
        lambda: MDLPDiscretizer().fit(far[:, None], z),
        lambda: InformationBottleneckEncoder().fit(far[:, None], z),
    ):
        with pytest.raises(ValueError, match=r"column 'x0'.*would round; subtract"):
            rounding()


def test_names_and_shapes():
    twice = pd.DataFrame(np.c_[Y, Y], columns=["a", "a"])
    for read in (
        lambda X: MIM(1).fit(X, Y),
        InfoMaxSelector(1).fit,
        profile,
        lambda X: compare(X, Y, n_features_to_select=1),
        lambda X: MDLPDiscretizer().fit(X, Y),
        lambda X: InformationBottleneckEncoder(2).fit(X, Y),
    ):
        with pytest.raises(ValueError, match="same name, 'a' 2 times; rename"):
            read(twice)
        with pytest.raises(ValueError, match=r"Expected 2D array.*X\.to_frame\(\)"):
            read(pd.Series(Y))
    for read in (M.pairwise_mutual_information, lambda X: mutual_info_classif(X, Y)):
        with pytest.raises(ValueError, match="same name, 'a' 2 times; rename"):
            read(twice)
    sparse = pd.DataFrame({"p": pd.arrays.SparseArray(Y), "q": Y})
    assert sorted(JMI(2).fit(sparse, Y).path_.name) == ["p", "q"]
    assert MIM(1).fit(sp.csr_array(Y[:, None]), Y).relevance_[0] == pytest.approx(
        ENTROPY
    )
    assert MIM(1).fit(Y[:, None], pd.qcut(np.arange(N), 3)).n_levels_.tolist() == [3]
