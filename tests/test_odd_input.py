"""What cannot be read is refused by every reader, with the argument and the remedy."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array, csr_matrix
from sklearn.exceptions import DataConversionWarning
from tables import pa, pl

from mifs import (
    JMI,
    InformationBottleneckEncoder,
    MDLPDiscretizer,
    compare,
    mi_test,
    profile,
    relevance_test,
)
from mifs import measures as M

N = 60
K = np.arange(N) % 3
Y = np.arange(N) % 2
X = np.column_stack([K, Y])

READERS = {
    "X": {
        "JMI": lambda x: JMI(1).fit(x, Y),
        "compare": lambda x: compare(x, Y, "mim", 1),
        "profile": profile,
        "encoder": lambda x: InformationBottleneckEncoder().fit(x, Y),
        "pairwise": M.pairwise_mutual_information,
        "classif": lambda x: M.mutual_info_classif(x, Y),
        "relevance_test": lambda x: relevance_test(x, Y),
    },
    "y": {
        "JMI": lambda y: JMI(1).fit(X, y),
        "mutual_information": lambda y: M.mutual_information(K, y),
        "lagged": lambda y: M.lagged_mutual_information(K, y, 1),
        "classif": lambda y: M.mutual_info_classif(X, y),
        "regression": lambda y: M.mutual_info_regression(X, y),
        "mi_test": lambda y: mi_test(K, y),
        "relevance_test": lambda y: relevance_test(X, y),
    },
    "sample_weight": {
        "JMI": lambda w: JMI(1).fit(X, Y, sample_weight=w),
        "entropy": lambda w: M.entropy(K, sample_weight=w),
    },
    "given": {
        "pairwise": lambda z: M.pairwise_mutual_information(X, given=z),
        "mi_test": lambda z: mi_test(K, Y, z),
    },
}

# Makes it, says what it is called, and how to mend it.
NO_ARRAYS = {
    "generator": (lambda: (v for v in K), r"a generator.*pass list\({}\)"),
    "map": (lambda: map(int, K), r"a map.*pass list\({}\)"),
    "dict": (lambda: {"a": K}, r"a dict.*pass pandas.DataFrame\({}\)"),
    "dict_values": (lambda: {"a": 1}.values(), r"a dict_values.*pass list\({}\)"),
    "set": (lambda: {1, 2}, r"a set.*its values have no order: pass a list"),
    "frozenset": (lambda: frozenset([1, 2]), r"a frozenset.*pass a list"),
    "MultiIndex": (
        lambda: pd.MultiIndex.from_arrays([K, Y]),
        r"a MultiIndex.*{}.get_level_values\(0\), or a table",
    ),
    "pa.scalar": (lambda: pa.scalar(3), "a pyarrow Int64Scalar; pass an array"),
    "pa.schema": (lambda: pa.schema([("a", pa.int8())]), "a pyarrow Schema; pass an"),
    "lazy": (lambda: pl.DataFrame({"a": K}).lazy(), r"a polars LazyFrame.*{}.collect"),
}


@pytest.mark.parametrize("kind", NO_ARRAYS)
def test_what_is_no_array_is_named_with_the_remedy(kind):
    make, remedy = NO_ARRAYS[kind]
    for argument, readers in READERS.items():
        message = f"^{argument} is {remedy.format(argument)}"
        for read in readers.values():
            with pytest.raises(TypeError, match=message):
                read(make())


HUGE = 10**400
NO_NUMBERS = {
    "fractions": [Fraction(HUGE + int(k), 3) for k in K],
    "whole numbers and fractions": [HUGE + int(k) if k else 0.5 for k in K],
    "signalling": [Decimal("sNaN"), *map(Decimal, K[1:].tolist())],
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_numbers_that_no_float_holds_are_refused(kind):
    values = NO_NUMBERS[kind]
    message = "'.*' (has numbers beyond 1.8e.308, the largest|holds Decimal.'sNaN'.)"
    for argument, readers in READERS.items():
        for read in readers.values():
            with pytest.raises(ValueError, match=message):
                read([[v] for v in values] if argument == "X" else values)


def test_sparse_arrays_of_one_dimension_are_a_variable():
    flat = coo_array(K.astype(float))
    if flat.ndim != 1:
        pytest.skip("this SciPy has no sparse arrays of one dimension")
    assert M.entropy(flat) == M.entropy(K)
    assert mi_test(K, Y, flat) == mi_test(K, Y, K)
    with pytest.raises(TypeError, match=r"y is a sparse matrix; pass y.toarray\(\)"):
        M.mutual_info_classif(X, csr_matrix(Y[:, None]))


def test_columns_with_several_levels_of_labels():
    pairs = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    frame = pd.DataFrame(X, columns=pairs)
    for function in (M.mutual_info_classif, M.mutual_info_regression):
        found = function(frame, Y, discrete_features=[("a", 1)], random_state=0)
        expected = function(X, Y, discrete_features=[0], random_state=0)
        assert found.tolist() == expected.tolist()
    matrix = M.pairwise_mutual_information(frame)
    assert matrix.index.tolist() == pairs.tolist()
    with pytest.raises(
        ValueError, match=r"^discrete names unknown .*known: \[\('a', 1"
    ):
        M.pairwise_mutual_information(frame, discrete=[("c", 1)])
    frame.iloc[3, 0] = np.nan
    with pytest.raises(ValueError, match=r"column \('a', 1\) of X are missing"):
        M.mutual_info_classif(frame, Y)


def refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


@pytest.mark.parametrize("value", ["some", 3, None, [0], [1.5]])
def test_wrong_kinds_are_named_as_the_function_calls_them(value):
    shown = re.escape(repr(value))
    calls = {
        "discrete_x": lambda **kind: M.mutual_information(K, Y, **kind),
        "discrete_y": lambda **kind: M.lagged_mutual_information(K, Y, 1, **kind),
        "discrete_given": lambda **kind: M.conditional_entropy(K, Y, **kind),
        "discrete_z": lambda **kind: M.interaction_information(K, Y, K, **kind),
        "discrete_Z": lambda **kind: M.representation_information(X, Y, **kind),
        "discrete_source": lambda **kind: M.transfer_entropy(K, Y, **kind),
    }
    for name, call in calls.items():
        refused(lambda n=name, c=call: c(**{n: value}), f"^{name}={shown} ")
    for function in (M.joint_entropy, M.total_correlation, M.dual_total_correlation):
        several = "entries for 2 variables" if isinstance(value, list) else shown
        refused(lambda f=function: f(K, Y, discrete=value), f"^discrete.*{several}")
        refused(lambda f=function: f(X, discrete=value), f"^discrete={shown} ")
        refused(
            lambda f=function: f(K, Y, discrete=["auto", value]),
            rf"^discrete\[1\]={shown} ",
        )


def test_kinds_of_a_matrix_are_called_as_its_function_calls_them():
    pairwise = M.pairwise_mutual_information
    refused(lambda: pairwise(X, discrete=[5]), r"^discrete=\[5\] has an index outside")
    refused(lambda: pairwise(X, discrete=[True]), "^discrete is a mask of 1 entries")
    many = np.arange(70_000)[:, None]
    refused(lambda: pairwise(many, discrete=True), "declare it continuous by discrete ")


def test_other_arguments_are_named():
    series = M.lagged_mutual_information
    cases = {
        "^base=None is not": lambda: M.entropy(K, base=None),
        r"^base=\[2\] is not": lambda: M.joint_entropy(K, base=[2]),
        "^n_jobs='a' must be None or a whole": lambda: M.pairwise_mutual_information(
            X, n_jobs="a"
        ),
        "^n_jobs=0 must be None or": lambda: relevance_test(X, Y, n_jobs=0),
        "^n_permutations=-1 must be": lambda: series(K, Y, 1, n_permutations=-1),
        "^n_permutations='a' must": lambda: series(K, Y, 1, n_permutations="a"),
        "^given_lags has 1.5,": lambda: series(K, Y, 1, K, given_lags=1.5),
        "^given_lags is empty": lambda: series(K, Y, 1, K, given_lags=[]),
        "^lags has 'day',": lambda: series(K, Y, "day"),
        "target 0, 1, …, 60; .*or history": lambda: M.transfer_entropy(
            K, Y, history=60
        ),
        "^x has no value at all, only": lambda: series([None] * N, Y, 1),
        "^discrete_target='some' must be": lambda: relevance_test(
            X, Y, discrete_target="some"
        ),
        "discrete_target=False, but the target": lambda: JMI(
            1, discrete_target=np.False_
        ).fit(X, [*"ab"] * 30),
        r"^sample_weight has shape \(59,\) for 60 rows": lambda: M.entropy(
            K, sample_weight=K[1:]
        ),
        r"not labels as \['a', 'b'\]; convert it": lambda: M.entropy(
            K, sample_weight=[*"ab"] * 30
        ),
        "column 'sample_weight' has dtype Date": lambda: M.entropy(
            K, sample_weight=pl.Series("when", [None] * N, dtype=pl.Date)
        ),
        r"real numbers, by x.real, x.imag or abs\(x\)": lambda: M.entropy(K * 1j),
        "real numbers: its real or imaginary part,": lambda: M.entropy(
            (K * 1j).astype(object)
        ),
    }
    for message, call in cases.items():
        refused(call, message)


RECORDS = np.array(list(zip(K, K / 2, strict=True)), dtype=[("a", int), ("b", float)])
ANY = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
MASKED = np.ma.array([0, 1], mask=[False, True])


def remedy_of(call):
    """The expression that an error names after "by"."""
    with pytest.raises(ValueError, match=r"(data by|as by) ") as caught:
        call()
    return re.search(r"(?:data|as) by (.*?)(?: if | or|, or)", str(caught.value))[1]


@ANY
@pytest.mark.parametrize(
    "column", [pa.array(K), pa.chunked_array([K]), pl.Series(K), K, K.tolist(), RECORDS]
)
def test_the_table_of_a_column_is_made_as_the_error_says(column):
    for read in (JMI(1, mi_estimator="plugin").fit, M.mutual_info_classif):
        made = eval(
            remedy_of(lambda f=read: f(column, Y)),
            {"X": column, "numpy": np, "pandas": pd, "pyarrow": pa},
        )
        read(made, Y)


def test_columns_of_an_arrow_table_are_renamed_as_the_error_says():
    twice = pa.table([pa.array(K), pa.array(Y)], names=["a", "a"])
    assert remedy_of(lambda: JMI(1).fit(twice, Y)) == "X.rename_columns([...])"


def test_the_value_that_is_wrong_is_named():
    cases = {
        r"nested values such as \[1, 2\]; an": lambda: M.entropy(
            np.array([[1, 2], "a"], dtype=object)
        ),
        "fractions, such as 1180591620717411303424, which": lambda: M.entropy(
            [2**70, 1]
        ),
        "fractions, such as 9223372036854775808, which": lambda: M.entropy(
            np.array([2**63, 1], dtype=np.uint64)
        ),
        "^sample_weight is 'a'; it must be a number": lambda: M.entropy(
            K, sample_weight="a"
        ),
        "^sample_weight is <NA>; it must be a number": lambda: M.entropy(
            K, sample_weight=pd.NA
        ),
        r"days since the first\)$": lambda: M.entropy(
            K, sample_weight=pd.date_range("2020", periods=N)
        ),
        "^costs is a masked .* costs.filled": lambda: JMI(1, costs=MASKED).fit(X, Y),
        "^exclude is a masked .* exclude.comp": lambda: JMI(1, exclude=MASKED).fit(
            X, Y
        ),
        "^n_features_to_select=True is a boolean": lambda: JMI(True).fit(X, Y),
        "'a' does not hold numbers, but '1': convert": lambda: MDLPDiscretizer().fit(
            pd.DataFrame({"a": [1, "1", 2.5] * 20}), Y
        ),
        "hold numbers, but categories: convert it": lambda: MDLPDiscretizer().fit(
            pd.DataFrame({"a": pd.Categorical(K)}), Y
        ),
    }
    for message, call in cases.items():
        refused(call, message)


@ANY
def test_a_column_for_a_target_is_warned_of_here():
    for fit in (
        JMI(1).fit,
        MDLPDiscretizer().fit,
        InformationBottleneckEncoder().fit,
        M.mutual_info_classif,
        M.mutual_info_regression,
    ):
        for y in (Y[:, None], pd.DataFrame({"y": Y}), pl.DataFrame({"y": Y})):
            with pytest.warns(DataConversionWarning, match="A column-vector y") as seen:
                fit(X, y)
            assert [
                w.filename for w in seen if w.category is DataConversionWarning
            ] == [__file__]


def test_infinite_and_missing_values_have_bins():
    held = np.where(Y > 0, np.inf, -np.inf)
    for encoder in (MDLPDiscretizer(), InformationBottleneckEncoder()):
        codes = encoder.fit_transform(np.c_[held, np.full(N, np.nan)], Y)
        assert codes[:, 0].tolist() == Y.tolist()
        assert codes[:, 1].tolist() == [encoder.n_levels_[1]] * N
