"""Tests of samples and of tables: known values, the null, what is refused."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.stats import false_discovery_control, kstest

from mifs import measures, mi_test, relevance_test
from mifs.estimators import KNN, PlugIn


def lizards():
    """Species, height and diameter of perches, from their counts."""
    counts = {"Sagrei": (86, 32, 35, 11), "Distichus": (73, 61, 70, 41)}
    kinds = [("narrow", "high"), ("wide", "high"), ("narrow", "low"), ("wide", "low")]
    rows = [
        (species, *kind)
        for species, times in counts.items()
        for kind, n in zip(kinds, times, strict=True)
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=["Species", "Height", "Diameter"])


@pytest.mark.parametrize(
    ("x", "y", "given", "g", "df", "p"),
    [
        ("Height", "Diameter", None, 0.607705192751816, 1, 0.435653156222876),
        ("Height", "Diameter", "Species", 2.02564664987629, 2, 0.363192121302936),
        ("Species", "Diameter", "Height", 14.0241355508329, 2, 0.00090094371172878),
    ],
)
def test_known_values_of_lizards(x, y, given, g, df, p):
    """Computed by bnlearn 4.8.3 in R."""
    table = lizards()
    z = None if given is None else table[given]
    test = mi_test(table[x], table[y], z, method="chi2")
    assert_allclose([test.statistic, test.pvalue], [g, p], rtol=1e-10)
    assert test.df == df
    assert test.method == "chi2"
    others = [
        mi_test(table[x], table[y], z),
        mi_test(table[x], table[y], z, method="permutation", random_state=0),
    ]
    assert_allclose([other.statistic for other in others], g, rtol=1e-10)
    assert others[0].pvalue == pytest.approx(p, rel=0.25)
    assert others[1].pvalue == pytest.approx(p, rel=0.5, abs=0.002)


def test_known_values_of_benjamini_and_hochberg():
    p = [0.00356, 0.01042, 0.01208, 0.02155, 0.03329, 0.11542]
    q = [0.02136, 0.02416, 0.02416, 0.032325, 0.039948, 0.11542]
    assert_allclose(false_discovery_control(p), q)


def table_of(seed=0, n=400):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    X = pd.DataFrame(
        {
            "number": rng.normal(size=n) + y,
            "label": np.array(list("abcd"))[(y + rng.integers(0, 2, n)) % 4],
            "noise": rng.normal(size=n),
            "ids": np.arange(n).astype(str),
            "constant": 1.0,
        }
    )
    return X, y


def test_information_and_what_chance_makes_of_it():
    X, y = table_of()
    labels = y.astype(str)
    test = mi_test(X["label"], labels)
    expected = measures.mutual_information(X["label"], labels)
    assert test.information == pytest.approx(expected)
    assert test.statistic == pytest.approx(2 * len(y) * expected)
    assert 0 < test.expected < 0.02
    assert test.pvalue == test.p_g < 1e-20
    assert test.log_pvalue == pytest.approx(math.log(test.pvalue))
    assert math.isnan(test.p_trend)
    rng = np.random.default_rng(0)
    chance = [
        measures.mutual_information(rng.permutation(X["label"]), labels)
        for _ in range(200)
    ]
    assert test.expected == pytest.approx(np.mean(chance), rel=0.15)


@pytest.mark.parametrize("method", ["moments", "chi2"])
@pytest.mark.parametrize("given", [None, "label", "noise"])
def test_x_and_y_may_change_places(given, method):
    X, y = table_of()
    z = None if given is None else X[given]
    one = mi_test(X["number"], y, z, method=method)
    other = mi_test(y, X["number"], z, method=method)
    names = ("statistic", "df", "information", "expected", "log_pvalue")
    for name in names:
        assert getattr(one, name) == pytest.approx(getattr(other, name)), name


@pytest.mark.parametrize("given", [None, "label", "noise"])
def test_order_of_rows_and_names_of_levels_change_nothing(given):
    X, y = table_of()
    X["few"] = np.random.default_rng(3).integers(0, 12, len(y)) ** 2
    z = None if given is None else X[given]
    expected = mi_test(X["few"], y, z)
    order = np.random.default_rng(0).permutation(len(y))
    shuffled = None if z is None else z.to_numpy()[order]
    assert mi_test(X["few"].to_numpy()[order], y[order], shuffled) == expected
    assert mi_test(10 * X["few"] + 3, y, z) == expected


@pytest.mark.parametrize(
    ("estimator", "method"),
    [
        *(("auto", method) for method in ("moments", "chi2", "permutation")),
        ("knn", "permutation"),
    ],
)
def test_a_constant_tells_nothing(estimator, method):
    X, y = table_of(n=60)
    test = mi_test(
        X["constant"], y, method=method, estimator=estimator, n_permutations=9
    )
    assert (test.information, test.pvalue, test.log_pvalue) == (0, 1, 0)


def test_underflow_has_a_logarithm():
    y = np.arange(20_000) % 4
    test = mi_test(y.astype(str), y.astype(str))
    assert test.pvalue == 0
    assert -math.inf < test.log_pvalue < -10_000


def test_what_is_known_already_is_not_told_again():
    rng = np.random.default_rng(0)
    z = rng.normal(size=3000)
    x, y = z + rng.normal(size=(2, 3000))
    assert mi_test(x, y).pvalue < 1e-20
    assert mi_test(x, y, z).pvalue > 0.01
    groups = np.digitize(z, [-1, 0, 1])
    x, y = groups + rng.normal(size=(2, 3000))
    assert mi_test(x, y).pvalue < 1e-20
    assert mi_test(x, y, groups).pvalue > 0.01
    # And what is told on top of it is seen.
    assert mi_test(x, y + x / 5, groups).pvalue < 1e-4


def test_noisy_copies_of_many_rows_are_seen_through():
    rng = np.random.default_rng(0)
    z = rng.normal(size=50_000)
    y = z + rng.normal(size=z.size) > 0
    assert mi_test(z + 0.3 * rng.normal(size=z.size), y, z).pvalue > 0.01


@pytest.mark.parametrize("kind", ["numbers", "classes", "given", "given numbers"])
def test_p_values_are_not_too_small_under_the_null(kind):
    p = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        n = 80 if kind == "classes" else 150
        x, y, z = rng.normal(size=(3, n))
        if kind == "classes":
            x, y = x.round().astype(int).astype(str), rng.integers(0, 2, n)
        given = {"given": (z > 0).astype(str), "given numbers": z}.get(kind)
        p.append(mi_test(x, y, given).pvalue)
    assert kstest(p, "uniform", alternative="greater").pvalue > 0.01


@pytest.mark.parametrize("given", [None, "levels", "numbers"])
def test_neighbours_are_tested_by_permutation(given):
    rng = np.random.default_rng(1)
    n = 120
    z = rng.normal(size=n)
    known = {None: None, "levels": (z > 0).astype(str), "numbers": z}[given]
    x, noise = rng.normal(size=(2, n))
    options = {"estimator": "knn", "n_permutations": 99, "random_state": 0}
    test = mi_test(x, x + 0.3 * noise, known, **options)
    assert test.method == "permutation"
    assert test.pvalue == 0.01
    assert test.statistic == test.information > 0.3
    assert abs(test.expected) < 0.1
    assert math.isnan(test.df)
    assert test.log_pvalue == pytest.approx(math.log(0.01))
    again = mi_test(x, x + 0.3 * noise, known, **options)
    assert again.expected == test.expected
    assert mi_test(x, noise, known, **options).pvalue > 0.05


def test_neighbours_keep_what_is_given():
    """A common cause alone is not taken for information, by local permutation."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=300)
    x, y = z + 0.7 * rng.normal(size=(2, 300))
    options = {"estimator": KNN(5), "n_permutations": 59, "random_state": 0}
    assert mi_test(x, y, **options).pvalue < 0.02
    assert mi_test(x, y, z, **options).pvalue > 0.05
    mixed = pd.DataFrame({"z": z, "half": (z > 0).astype(str)})
    assert mi_test(x, y, mixed, **options).pvalue > 0.05


def test_seeds_decide_draws_and_nothing_else():
    x, y = list("aaaaaaabbc") * 3, list("ppppqpqqqq") * 3
    draws = {"method": "permutation", "n_permutations": 499}
    first = mi_test(x, y, **draws, random_state=0)
    assert first.pvalue == mi_test(x, y, **draws, random_state=0).pvalue
    state = np.random.RandomState(0)
    pair = [mi_test(x, y, **draws, random_state=state).pvalue for _ in range(2)]
    assert pair[0] == first.pvalue
    assert mi_test(x, y).pvalue == mi_test(x, y).pvalue


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "fisher"}, "method='fisher' is unknown; known: 'auto', 'moments'"),
        ({"n_permutations": 0}, "n_permutations=0 must be an integer of at least 1"),
        ({"n_permutations": 9.5}, "n_permutations=9.5 must be an integer"),
        ({"n_permutations": True}, "n_permutations=True must be an integer"),
        (
            {"method": "chi2", "estimator": "knn"},
            "method='chi2' is of counts, which estimator='knn' does not make: use "
            "method='permutation', or estimator='plugin'",
        ),
        ({"estimator": "none"}, "'none' is unknown"),
        ({"given": [1, 2]}, r"x, y, given have \[4, 4, 2\] rows"),
        ({"discrete_x": "yes"}, "discrete_x='yes'"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        mi_test([0.5, 1.5, 2.5, 3.5], [0, 1, 0, 1], **options)


@pytest.mark.parametrize("estimator", ["plugin", "knn"])
def test_weights_are_repeated_rows(estimator):
    X, y = table_of(n=60)
    times = np.random.default_rng(0).integers(0, 4, 60)
    options = {"estimator": estimator, "random_state": 0, "n_permutations": 19}
    every = np.repeat(np.arange(60), times)
    repeated = mi_test(X["number"].iloc[every], y[every], **options)
    found = mi_test(X["number"], y, **options, sample_weight=times)
    assert found.pvalue == repeated.pvalue
    assert found.statistic == repeated.statistic
    assert math.isnan(found.p_trend) == (estimator == "knn")
    with pytest.raises(ValueError, match=r"sample_weight has 1\.5, which is no numb"):
        mi_test(X["number"], y, sample_weight=times / 2)
    with pytest.raises(ValueError, match=r"sample_weight stands for 6e\+10 rows, m"):
        mi_test(X["number"], y, sample_weight=np.full(60, 1e9))


def test_too_many_cells_are_refused_by_their_number():
    x = np.arange(6000)
    with pytest.raises(ValueError, match="6000 levels of x and 6000 of y in 6 strata"):
        mi_test(x.astype(str), x.astype(str), (x % 6).astype(str))


def test_missing_values_are_refused():
    with pytest.raises(ValueError, match="1 of 3 values of given are missing"):
        mi_test([1, 2, 3], [0, 1, 0], [0.5, None, 1])


def test_bins_of_an_estimator():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 500))
    assert mi_test(x, y).df == 49
    assert mi_test(x, y, estimator=PlugIn(n_bins=4)).df == 9
    assert mi_test(x, y, discrete_y=True, estimator=PlugIn(3)).df == 2 * 499


def test_every_column_against_the_target():
    X, y = table_of()
    found = relevance_test(X, y)
    assert list(found.columns) == [
        *("relevance", "expected", "share", "p_value", "q_value")
    ]
    assert list(found.index) == list(X.columns)
    assert found.index.name == "column"
    told = [measures.mutual_information(X[j], y, estimator="plugin") for j in X]
    assert_allclose(found["relevance"], told, atol=1e-12)
    assert_allclose(found["share"], found["relevance"] / measures.entropy(y))
    assert_allclose(found["q_value"], false_discovery_control(found["p_value"]))
    assert (found.loc[["number", "label"], "p_value"] < 1e-6).all()
    assert (found.loc[["noise", "ids", "constant"], "p_value"] > 0.05).all()
    assert found.loc["ids", "expected"] == pytest.approx(found.loc["ids", "relevance"])
    assert_array_equal(found.loc["constant", ["relevance", "expected"]], [0, 0])
    # As a pair of samples.
    test = mi_test(X["label"], y.astype(str))
    assert found.loc["label", "p_value"] == pytest.approx(test.pvalue, rel=1e-9)


def test_columns_do_not_depend_on_each_other_or_on_the_container():
    X, y = table_of()
    found = relevance_test(X, y)
    alone = relevance_test(X[["noise"]], y)
    names = ["relevance", "expected", "share", "p_value"]
    assert_array_equal(alone.loc["noise", names], found.loc["noise", names])
    numbers = np.round(np.abs(X[["number", "noise"]].to_numpy()))
    dense = relevance_test(numbers, y)
    assert_array_equal(relevance_test(sparse.csc_matrix(numbers), y), dense)
    assert list(dense.index) == [0, 1] or list(dense.index) == ["x0", "x1"]


def test_missing_values_are_a_level_that_has_no_place_in_the_order():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 600)
    slope = y / 4 + rng.normal(size=600)
    holes = np.where(rng.random(600) < 0.3, np.nan, slope)
    told = np.where(y == 1, np.nan, rng.normal(size=600))
    found = relevance_test(np.column_stack([slope, holes, told]), y)
    assert (found["p_value"] < 0.05).all()
    assert found["p_value"].iloc[2] < 1e-50


def test_a_continuous_target_is_ordered():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    found = relevance_test(X, X[:, 0] / 4 + rng.normal(size=300))
    assert found["p_value"].argmin() == 0
    assert found["p_value"].iloc[0] < 0.01


def test_several_outputs_are_refused():
    X, y = table_of(n=50)
    several = np.column_stack([np.random.default_rng(0).normal(size=50), y])
    with pytest.raises(ValueError, match="y has 2 outputs: pass one of them at a time"):
        relevance_test(X[["number"]], several)


def test_noise_is_found_no_more_often_than_it_should():
    """Share of 40 tables of 20 columns in which one has q ≤ 0.1."""
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X = pd.DataFrame(rng.normal(size=(60, 20)))
        X[list(range(10))] = (rng.random((60, 10)) < 0.1).astype(int)
        found += (relevance_test(X, rng.integers(0, 2, 60))["q_value"] <= 0.1).any()
    assert found <= 9


def test_a_name_that_comes_twice_is_refused():
    X = pd.DataFrame(np.zeros((9, 2)), columns=["a", "a"])
    with pytest.raises(ValueError, match="'a'"):
        relevance_test(X, np.arange(9) % 2)


@pytest.mark.parametrize("n", [600, 3000])
def test_a_copy_says_nothing_beyond_itself(n):
    rng = np.random.default_rng(n)
    x, noise = rng.normal(size=(2, n))
    assert mi_test(x, x + noise / 3, x).pvalue > 0.05
    assert mi_test(x, x + noise / 3 > 0, x).pvalue > 0.05
