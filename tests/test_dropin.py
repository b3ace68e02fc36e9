"""The drop-in functions against the installed scikit-learn."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn.feature_selection as theirs
from repeats import first
from scipy.sparse import csc_matrix, csr_matrix
from sklearn.feature_selection import SelectKBest

import mifs.measures as ours
from mifs.exceptions import MifsWarning

FUNCTIONS = ["mutual_info_classif", "mutual_info_regression"]


def both(name, X, y, **options):
    call = [getattr(module, name)(X, y, **options) for module in (ours, theirs)]
    np.testing.assert_allclose(call[0], call[1], rtol=0, atol=1e-10)
    return call[0]


def table(rng, n):
    X = rng.normal(size=(n, 6))
    X[:, 1] = rng.integers(0, 4, n)
    X[:, 2] = np.round(X[:, 2], 1)
    X[:, 3] = rng.standard_cauchy(n)
    X[:, 4] = rng.integers(0, 9, n)
    X[:, 5] = 1e3 * X[:, 0] + rng.normal(size=n)
    return X


@pytest.mark.parametrize("n", [20, 60, 400])
@pytest.mark.parametrize("n_classes", [2, 5, 20])
@pytest.mark.parametrize("k", first(1, [3, 1, 7]))
def test_equal_to_scikit_learn(n, n_classes, k):
    rng = np.random.default_rng(n + n_classes)
    X = table(rng, n)
    labels = rng.integers(0, n_classes, n)
    number = X[:, 0] + rng.normal(size=n)
    ways = "auto", [1], [False, True, False, False, True, False]
    for discrete in (ways[k % 3], ways[n_classes % 3]):
        options = {
            "discrete_features": discrete,
            "n_neighbors": k,
            "random_state": 0,
        }
        both("mutual_info_classif", X, labels, **options)
        both("mutual_info_regression", X, number, **options)


@pytest.mark.parametrize("strength", [0.1, 10.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_on_longer_tables(strength, dtype):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(3000, 3)).astype(dtype)
    y = (strength * X[:, 0] + rng.normal(size=3000)).astype(dtype)
    both("mutual_info_regression", X, y, random_state=3)
    both("mutual_info_classif", X, y > 0.5, random_state=3)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_same_signature(name):
    mine = inspect.signature(getattr(ours, name)).parameters
    other = inspect.signature(getattr(theirs, name)).parameters
    told = [[(p.name, p.kind, p.default) for p in s.values()] for s in (mine, other)]
    assert told[0] == told[1]


def test_same_noise_from_a_generator_in_use():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100, 3)), rng.integers(0, 2, 100)
    states = [np.random.RandomState(5), np.random.RandomState(5)]
    first = ours.mutual_info_classif(X, y, random_state=states[0])
    second = theirs.mutual_info_classif(X, y, random_state=states[1])
    np.testing.assert_allclose(first, second, atol=1e-10)
    assert states[0].randint(10**6) == states[1].randint(10**6)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("container", [csr_matrix, csc_matrix])
def test_sparse_input(name, container):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (200, 5)) * (rng.random((200, 5)) < 0.3)
    both(name, container(X.astype(float)), rng.integers(0, 4, 200), random_state=0)


def test_labels_of_any_kind():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 2))
    y = np.array(["yes", "no", "perhaps"])[rng.integers(0, 3, 150)]
    both("mutual_info_classif", X, y, random_state=0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_constant_column_has_no_information(name):
    rng = np.random.default_rng(0)
    X = np.column_stack([np.full(500, 0.1), rng.normal(size=500)])
    found = getattr(ours, name)(X, rng.integers(0, 2, 500), random_state=0)
    assert found[0] == 0.0
    assert (ours.mutual_info_regression(X, np.ones(500)) == 0).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_constant_column_leaves_the_others_alone(name):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 3)), rng.integers(0, 2, 300)
    X[:, 1] = 7
    mine = getattr(ours, name)(X, y, random_state=0)
    other = getattr(theirs, name)(X, y, random_state=0)
    np.testing.assert_allclose(mine[[0, 2]], other[[0, 2]], atol=1e-10)


def test_a_constant_column_of_a_million_rows():
    y = np.arange(10**6) % 2
    X = np.full((10**6, 1), 0.3)
    assert ours.mutual_info_classif(X, y, random_state=0)[0] == 0.0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_n_jobs_changes_nothing(name):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 5)), rng.integers(0, 2, 200)
    function = getattr(ours, name)
    one = function(X, y, random_state=0, n_jobs=1)
    assert (one == function(X, y, random_state=0, n_jobs=2)).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_input_stays(name):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 3)), rng.integers(0, 2, 50).astype(float)
    before = X.copy(), y.copy()
    getattr(ours, name)(X, y)
    assert (before[0] == X).all()
    assert (before[1] == y).all()


def test_score_function_of_select_k_best():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))
    y = (X[:, 2] > 0).astype(int)
    selector = SelectKBest(ours.mutual_info_classif, k=1).fit(X, y)
    assert selector.get_support(indices=True).tolist() == [2]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_name_the_argument(name):
    X, y = np.zeros((4, 2)), np.array([0, 1, 0, 1])
    function = getattr(ours, name)
    with pytest.raises(ValueError, match="n_neighbors=0"):
        function(X, y, n_neighbors=0)
    with pytest.raises(ValueError, match=r"discrete_features names unknown .*'some'"):
        function(X, y, discrete_features="some")


def test_too_many_neighbours():
    X = np.arange(10.0).reshape(5, 2)
    with pytest.raises(ValueError, match="n_neighbors=5 must be below"):
        ours.mutual_info_regression(X, np.arange(5.0), n_neighbors=5)


CONFTEST = """
import numpy as np
import pytest

@pytest.fixture(params=[0, 42])
def global_random_seed(request):
    return request.param

@pytest.fixture(params=[np.float32, np.float64])
def global_dtype(request):
    return request.param
"""


def test_scikit_learns_own_test_file(tmp_path):
    origin = importlib.util.find_spec("sklearn.feature_selection").origin
    text = (Path(origin).parent / "tests" / "test_mutual_info.py").read_text()
    line = "from sklearn.feature_selection import mutual_info_classif"
    assert line in text
    line_of_mifs = line.replace("sklearn.feature_selection", "mifs.measures")
    redirected = tmp_path / "test_redirected.py"
    redirected.write_text(text.replace(line, line_of_mifs))
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    root = Path(__file__).resolve().parents[1]
    options = ["-q", "-p", "no:cacheprovider", "-c", str(tmp_path / "pytest.ini")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(redirected)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_target_of_words_is_no_number():
    X = np.random.default_rng(0).normal(size=(30, 2))
    with pytest.raises(ValueError, match="could not convert string to float"):
        ours.mutual_info_regression(X, np.array(["a", "b"] * 15))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["Float64", "Int64", "boolean", "string", "category"])
def test_gaps_are_counted_by_name(name, dtype):
    function, y = getattr(ours, name), np.arange(30) % 2
    X = pd.DataFrame({"a": y, "b": y % 2}).astype(
        {"b": "str" if "st" in dtype else int}
    )
    X["b"] = X["b"].astype(dtype)
    X.loc[:3, "b"] = None
    with pytest.raises(ValueError, match="4 of 30 values of column 'b' of X are miss"):
        function(X, y)
    with pytest.raises(ValueError, match="4 of 30 values of y are missing"):
        function(X[["a"]], X["b"])
    infinite = np.where(y[:, None] > 0, np.inf, [0.0, 1.0])
    with pytest.raises(ValueError, match="column 'x0' of X has infinite values"):
        function(infinite, y)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_discrete_features_by_label_and_position(name):
    function, rng = getattr(ours, name), np.random.default_rng(0)
    X, y = rng.integers(0, 4, (60, 3)), np.arange(60) % 2
    expected = function(X, y, discrete_features=[2], random_state=0)
    labelled = {
        "numbers": ([10, 0, 30], 30),
        "strings": ([*"abc"], "c"),
        "strings by position": ([*"abc"], 2),
        "mixed": (["a", 2, 0], 0),
        "pairs": (pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)]), ("b", 1)),
    }
    for labels, label in labelled.values():
        frame = pd.DataFrame(X, columns=labels)
        found = function(frame, y, discrete_features=[label], random_state=0)
        assert found.tolist() == expected.tolist()
    named = pd.DataFrame(X, columns=[*"abc"])
    found = function(named, y, discrete_features="c", random_state=0)
    assert found.tolist() == expected.tolist()
    for same in ([-1], [False, False, True], pd.Series([False, False, True])):
        found = function(X, y, discrete_features=same, random_state=0)
        assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("labels", "which", "message"),
    [
        (None, [10], r"discrete_features=\[10\] has an index outside the 3 columns"),
        (None, [-4], r"discrete_features=\[-4\] has an index outside the 3 columns"),
        (None, [True, False], "discrete_features is a mask of 2 entries for 3 columns"),
        (None, [1.5], r"discrete_features=\[1.5\] is neither mask, indices nor names"),
        (None, None, r"discrete_features=\[None\] is neither mask, indices nor names"),
        ([10, 20, 30], [0], r"unknown columns \[0\]; known: \[10, 20, 30\]; whole num"),
        ([*"abc"], ["z"], r"discrete_features names unknown columns \['z'\]; known"),
    ],
)
def test_unknown_discrete_features(name, labels, which, message):
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
    X = X if labels is None else pd.DataFrame(X, columns=labels)
    for kind in (ValueError, IndexError):
        with pytest.raises(kind, match=message):
            getattr(ours, name)(X, y, discrete_features=which)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_other_arguments_are_named(name):
    function, X, y = getattr(ours, name), np.ones((60, 3)), np.arange(60) % 2
    text = pd.DataFrame({"n": y, "t": [*"ab"] * 30})
    cases = [
        ((X[:, 0], y), r"X has shape \(60,\). Reshape your data by numpy.reshape"),
        ((X[:, :, None], y), r"X has shape \(60, 3, 1\), and must be \(n_samples"),
        ((X[:0], y[:0]), r"X is too small: Found array with 0 sample"),
        ((X, y[1:]), "X has 60 rows and y has 59: inconsistent numbers of samples"),
        ((text, y), "column 't' of X holds labels, such as 'a', and this function tak"),
        ((text.astype({"t": "category"}), y), "column 't' of X holds labels, such as"),
    ]
    for arguments, message in cases:
        with pytest.raises(ValueError, match=message):
            function(*arguments)
    with pytest.raises(ValueError, match="n_neighbors=True must be an integer of at"):
        function(X, y, n_neighbors=True)
    with pytest.raises(TypeError, match=r"X is a generator, .*pass list\(X\)"):
        function((row for row in X), y)


def test_targets_that_do_not_fit_the_function():
    X = np.random.default_rng(0).normal(size=(60, 3))
    for wrong in (X[:, 0], np.array([1, "a"] * 30, object)):
        with pytest.raises(
            ValueError, match=r"y holds no classes: .* Use mutual_info_r"
        ):
            ours.mutual_info_classif(X, wrong)
    with pytest.raises(ValueError, match="y holds labels, such as 'a'"):
        ours.mutual_info_regression(X, np.array([1, "a"] * 30, object))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_categories_of_text_beside_numbers(name):
    """The discrete ones of them are counted; scikit-learn makes numbers of all."""
    X = np.random.default_rng(0).normal(size=(60, 1))
    y = np.arange(60) % 2
    frame = pd.DataFrame(X, columns=["x"]).assign(t=pd.Categorical([*"ab"] * 30))
    found = getattr(ours, name)(frame, y, discrete_features=["t"], random_state=0)
    coded = np.column_stack([X, y])
    expected = getattr(ours, name)(coded, y, discrete_features=[1], random_state=0)
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_categories_are_no_numbers_where_they_are_dates(name):
    function, y = getattr(ours, name), np.arange(60) % 2
    kinds = {
        "dates": pd.Categorical(pd.date_range("2020", periods=2).take(y)),
        "intervals": pd.qcut(np.arange(60), 2),
        "mixed": pd.Categorical([pd.Timestamp(2020, 1, 1), 1] * 30),
    }
    for kind in kinds.values():
        X = pd.DataFrame({"a": kind, "b": y})
        with pytest.raises(TypeError, match=r"column 'a' of X holds .*; convert it"):
            function(X, y)
        twin = pd.DataFrame({"a": pd.factorize(kind)[0], "b": y})
        found, expected = (
            function(x, y, discrete_features=["a"], random_state=0) for x in (X, twin)
        )
        assert found.tolist() == expected.tolist()
        with pytest.raises(TypeError, match=r"y holds .*; convert it to numbers"):
            ours.mutual_info_regression(X[["b"]], kind)
    own = pd.Categorical([1j, 2] * 30)
    with pytest.raises(TypeError, match=r"^Complex data .* column .a. of X holds .*j"):
        function(X.assign(a=own), y, discrete_features=True)
    with pytest.raises(TypeError, match=r"^Complex data not supported: y holds .*j"):
        function(X[["b"]], own)


def test_whole_numbers_that_are_one_float_are_named():
    b = np.arange(300) % 2
    y = b * 1.0
    for far in (2**53 + b, -(2**53) - b, 2**60 + 7 * b):
        with pytest.warns(MifsWarning, match=f"^X has whole .* {far.min()} and "):
            both("mutual_info_classif", far[:, None], b, random_state=0)
        frame = pd.DataFrame({"a": far, "b": b / 2})
        with pytest.warns(MifsWarning, match="^column 'a' of X has whole numbers beyo"):
            both("mutual_info_classif", frame, b, discrete_features=[0], random_state=0)
        with pytest.warns(MifsWarning, match="^y has whole numbers beyond 90071992"):
            ours.mutual_info_regression(y[:, None], far)
    found = ours.mutual_info_classif(far[:, None], b, discrete_features=True)
    assert found[0] == pytest.approx(np.log(2))
    both("mutual_info_classif", (2**60 + 512 * b)[:, None], b, random_state=0)
