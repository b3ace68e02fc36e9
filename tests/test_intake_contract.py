"""One contract for every reader: what a value is does not depend on who reads it.

Kinds of columns × readers × kinds of gaps. All columns hold the same three values, so
that all readers must give the same number, or the same error with the name, the count
and the remedy.
"""

import datetime as dt
import enum
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from intake_readers import (
    ENTROPY,
    READERS,
    VARIABLES,
    N,
    Y,
    array,
    as_table,
)
from plain import PLAIN
from tables import pa, pl

from mifs import (
    MIM,
    InfoMaxSelector,
    InformationBottleneckEncoder,
    MDLPDiscretizer,
    profile,
)
from mifs import measures as M

GAPS = 12


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


pytestmark = pytest.mark.usefixtures("quiet")


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
    fitted = InfoMaxSelector(None, mi_estimator=PLAIN).fit(X)
    assert fitted.relevance_[0] == pytest.approx(WITH_GAPS, abs=1e-12)
    assert fitted.n_levels_.tolist() == [4]
    assert profile(X).missing.tolist() == [GAPS / N]
    codes = InformationBottleneckEncoder().fit_transform(X, Y)
    assert (codes[:GAPS] == 3).all()
    lagged = M.lagged_mutual_information(gapped(name), Y, 0)
    assert lagged.n_rows.tolist() == [N - GAPS]


def test_masks_are_refused_by_every_reader():
    column = np.ma.array(Y, mask=np.arange(N) < GAPS)
    table = MIM(1, mi_estimator=PLAIN).fit(Y[:, None], Y)
    others = {
        "transform": lambda x: table.transform(x[:, None]),
        "sample_weight": lambda x: MIM(1, mi_estimator=PLAIN).fit(
            Y[:, None], Y, sample_weight=x
        ),
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


MOMENTS = [
    *(dt.date(2020, 1, 1), dt.datetime(2020, 1, 1), dt.time(1), dt.timedelta(1)),
    *(pd.Timestamp(2020, 1, 1), pd.Timedelta(1), pd.Period("2020"), pd.Interval(0, 1)),
    *(pd.offsets.Day(), np.datetime64("2020"), np.timedelta64(1, "D"), 1j),
]
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
    **{
        f"{type(value).__name__} among {other!r}": [value, other] * (N // 2)
        for value in MOMENTS
        for other in (1, 1.5, "a")
    },
    "pl.List": pl.Series("", [[1]] * N),
    "dicts": [{"a": 1}] * N,
}


@pytest.mark.parametrize("case", NEITHER)
def test_what_is_neither_number_nor_label_is_refused(case):
    mdlp = {
        "mdlp": lambda x: MDLPDiscretizer().fit(as_table(x), Y),
        "mdlp y": lambda x: MDLPDiscretizer().fit(Y[:, None], x),
        "weights": lambda x: MIM(1, mi_estimator=PLAIN).fit(
            Y[:, None], Y, sample_weight=x
        ),
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
    fitted = MIM(1, mi_estimator=PLAIN).fit(Y[:, None], Y, sample_weight=weights)
    assert fitted.relevance_[0] == pytest.approx(expected, abs=1e-12)
    if name != "list":
        gaps = WEIGHTS[name](
            [None, *whole[1:]] if name != "big-endian" else [np.nan] * N
        )
        for read in (
            M.entropy,
            lambda y, sample_weight: MIM(1, mi_estimator=PLAIN).fit(
                Y[:, None], y, sample_weight
            ),
        ):
            with pytest.raises(ValueError, match=r"sample_weight is NaN in .*row 0"):
                read(Y, sample_weight=gaps)


@pytest.mark.parametrize("weights", [2, 0.5, np.float32(3), [1e308] * N])
def test_weights_of_all_rows_and_huge_ones(weights):
    assert M.entropy(Y, sample_weight=weights) == pytest.approx(ENTROPY, abs=1e-12)
    fitted = MIM(1, mi_estimator=PLAIN).fit(Y[:, None], Y, sample_weight=weights)
    assert fitted.relevance_[0] == pytest.approx(ENTROPY, abs=1e-12)
