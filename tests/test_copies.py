"""Exact copies are named, once."""

import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from plain import PLAIN
from sklearn.datasets import load_breast_cancer, load_wine

import mifs
from mifs import CMIM, JMI, MIM, MIRMR, InfoMaxSelector
from mifs._problem.copies import SAMPLED
from mifs.exceptions import ChanceWarning, DuplicateColumnsWarning

ESTIMATORS = ["plugin", "knn", "gaussian_copula"]
every_estimator = pytest.mark.parametrize("estimator", ESTIMATORS)


def copies_of(fit):
    """Texts of the warnings of copies; no others are allowed but of chance."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ChanceWarning)
        fit()
    assert {w.category for w in given} <= {DuplicateColumnsWarning}
    return [str(w.message).partition(" are exact copies")[0] for w in given]


@pytest.fixture
def numbers():
    rng = np.random.default_rng(5)
    X = pd.DataFrame(rng.normal(size=(150, 5)), columns=[*"abcde"])
    return X, (X["a"] + rng.normal(size=150) > 0).to_numpy()


@every_estimator
def test_copy_of_the_first_pick(estimator):
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X.iloc[:, ::6].assign(again=X["worst perimeter"], first=X["worst perimeter"])
    found = copies_of(lambda: JMI(2, mi_estimator=estimator).fit(X, y))
    assert found == ["columns 'again' and 'first'"]


@every_estimator
def test_no_copies_no_warning(numbers, estimator):
    X, y = numbers
    near = X["b"].copy()
    near[149] += 0.5
    X = X.assign(near=near)
    assert copies_of(lambda: MIM(3, mi_estimator=estimator).fit(X, y)) == []


def test_all_groups_are_in_one_message(numbers):
    X, y = numbers
    X = X.assign(a2=X["a"], b2=X["b"], a3=X["a"])
    expected = ["columns 'a' and 'a2' and 'a3'; columns 'b' and 'b2'"]
    assert copies_of(lambda: MIM(None).fit(X, y)) == expected
    assert copies_of(lambda: InfoMaxSelector(5).fit(X)) == expected
    assert copies_of(lambda: mifs.compare(X, y, ["mim", "jmi"], None)) == expected
    weights = np.arange(150) % 3 + 0.5
    assert copies_of(lambda: MIM(None).fit(X, y, sample_weight=weights)) == expected
    assert copies_of(lambda: MIM(2, exclude=["a2", "a3", "b"]).fit(X, y)) == []


def test_copies_of_chosen_columns_alone(numbers):
    X, y = numbers
    X = X.assign(a2=X["a"], b2=X["b"])
    for selector in (MIM(1), JMI(1), MIRMR(1)):
        chosen = copies_of(lambda selector=selector: selector.fit(X, y))
        assert chosen == ["columns 'a' and 'a2'"]
    groups = {"first": ["b", "c"], "other": ["d", "e"]}
    grouped = JMI(None, groups=groups, exclude=["a", "a2", "b2"])
    assert copies_of(lambda: grouped.fit(X, y)) == []
    grouped = JMI(None, groups=groups, exclude=["a", "a2"])
    assert copies_of(lambda: grouped.fit(X, y)) == ["columns 'b' and 'b2'"]


def test_labels_of_the_frame_name_them(numbers):
    X, y = numbers
    X = X.assign(again=X["a"]).set_axis([1, 2, 3, 4, 5, 20], axis=1)
    assert copies_of(lambda: MIM(2).fit(X, y)) == ["columns 1 and 20"]


def test_names_of_levels_do_not_matter():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 16, 400)
    X = pd.DataFrame({"number": codes, "other": rng.integers(0, 16, 400)})
    X["text"] = [f"level {37 * code % 16}" for code in codes]
    X["float"] = -codes.astype(float)
    X["gaps"] = X["number"].where(codes != 3)
    X["flag"], X["not"] = codes > 7, np.where(codes > 7, 0, 1)
    y = (codes + rng.integers(0, 12, 400)) % 3
    found = copies_of(lambda: MIM(None).fit(X, y))
    expected = "columns 'number' and 'text' and 'float' and 'gaps'; columns 'flag' and"
    assert found == [f"{expected} 'not'"]


def test_columns_that_differ_in_one_row_alone():
    """The signature of some rows does not tell them apart, all rows do."""
    rng = np.random.default_rng(1)
    n = 10 * SAMPLED
    x = rng.integers(0, 2, n)
    y = (x + (rng.random(n) < 0.2)) % 2
    other, rows = x.copy(), np.flatnonzero((x != 1) & (y == 0))
    outside = np.setdiff1d(rows, np.linspace(0, n - 1, SAMPLED).astype(int))
    one = x.copy()
    one[outside[0]], other[outside[1]] = 1, 1
    assert copies_of(lambda: MIM(1).fit(np.column_stack([one, other]), y)) == []


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, float])
def test_sparse(dtype):
    dense = (np.random.default_rng(2).random((300, 40)) < 0.05).astype(dtype)
    dense[:, 30] = dense[:, 7]
    y = np.random.default_rng(3).integers(0, 2, 300)
    for X in (sp.csc_array(dense), sp.csr_matrix(dense), dense):
        assert copies_of(lambda X=X: MIM(None).fit(X, y)) == ["columns 'x7' and 'x30'"]


def test_many_groups_are_cut_short(numbers):
    _, y = numbers
    wide = np.random.default_rng(0).normal(size=(150, 12))
    found = copies_of(lambda: MIM(None).fit(np.hstack([wide, wide]), y))
    assert found[0].endswith("columns 'x9' and 'x21'; and 2 more such groups")


def test_few_rows_may_agree_by_chance():
    X = np.array([[0, 0, 1, 2.5], [1, 1, 0, 0.5], [0, 0, 1, 1.5]] * 3)
    assert copies_of(lambda: MIM(2).fit(X, [0, 1, 1] * 3)) == []


@pytest.mark.parametrize(
    ("load", "estimator", "ranks"),
    [
        (load_breast_cancer, "auto", (9, 22, 28)),
        (load_breast_cancer, PLAIN, (8, 22, 31)),
        (load_wine, "auto", (9, 9, 14)),
        (load_wine, PLAIN, (6, 8, 14)),
    ],
)
@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
def test_where_a_copy_of_the_first_pick_comes(load, estimator, ranks):
    """The numbers that docs/criteria.md shows."""
    X, y = load(return_X_y=True, as_frame=True)
    X["copy"] = X.iloc[:, MIM(1).fit(X, y).selected_indices_[0]]
    for Selector, rank in zip((JMI, MIRMR, CMIM), ranks, strict=True):
        path = Selector(None, mi_estimator=estimator).fit(X, y).path_
        assert path["name"].tolist().index("copy") + 1 == rank
        assert path["tier"][rank] == (0 if estimator is PLAIN else 2)
