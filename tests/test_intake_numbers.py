"""Numbers that are hard to hold: wide, mixed with text, beside gaps, as weights."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from intake_readers import ENTROPY, READERS, N, Y, array
from plain import PLAIN
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
from mifs._data.intake import read_columns
from mifs._data.reading import of_columns
from mifs.estimators import PlugIn

pytestmark = pytest.mark.usefixtures("quiet")


def test_numbers_beside_text_stay_numbers():
    rows = [[v, "abc"[i % 3]] for i, v in enumerate(np.linspace(0, 1, N).tolist())]
    kinds = MIM(None).fit(rows, Y).feature_kinds_.tolist()
    assert kinds == profile(rows).kind.tolist() == ["continuous", "discrete"]
    assert MIM(1).fit(rows, Y).transform(rows).tolist() == [[row[1]] for row in rows]


def test_a_number_and_its_text_are_two_classes():
    for make in (list, tuple, array(object), lambda v: pd.Series(v, dtype=object)):
        y = make([1, "1"] * (N // 2))
        assert M.entropy(y) == pytest.approx(np.log(2))
        assert MIM(1, mi_estimator=PLAIN).fit(np.arange(N)[:, None] % 2, y).relevance_[
            0
        ] == (pytest.approx(np.log(2)))


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


@pytest.mark.parametrize("estimator", ["plugin", "knn", "gaussian_copula"])
def test_the_first_whole_number_that_no_float_holds(estimator):
    b = np.arange(100) % 2
    near, far, below = (
        MIM(1, mi_estimator=estimator, discrete_features=[]).fit(x, b).relevance_[0]
        for x in (b[:, None], (BIG + b)[:, None], -(BIG + b)[:, None])
    )
    assert near == far == below


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
    assert MIM(1, mi_estimator=PLAIN).fit(sp.csr_array(Y[:, None]), Y).relevance_[
        0
    ] == pytest.approx(ENTROPY)
    assert MIM(1).fit(Y[:, None], pd.qcut(np.arange(N), 3)).n_levels_.tolist() == [3]


@pytest.mark.parametrize(
    "values",
    [[1, 2, 2, np.nan], [np.nan, 3, 3, 3], [5, np.nan, 9, 7], [1e9, np.nan, 2, 2]],
)
@pytest.mark.parametrize("wrap", [np.array, pd.Series])
def test_a_column_alone_has_a_code_of_its_own_for_missing(values, wrap):
    expected = pd.factorize(np.array(values), sort=True, use_na_sentinel=False)[0]
    table = read_columns(np.array(values)[:, np.newaxis])
    alone = read_columns(wrap(values), "x")
    assert table.codes(0).tolist() == alone.codes(0).tolist() == expected.tolist()
    encoded = PlugIn().encode(of_columns(alone, discrete_features=True))
    assert encoded.column(0).tolist() == expected.tolist()
