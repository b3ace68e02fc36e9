"""Columns are named as the frame names them, in every parameter and every result."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_selector
from tables import pa, pl

import mifs
from mifs import JMI, MIM, InfoMaxSelector
from mifs._data.labels import Labels
from mifs._data.table import Numbered
from mifs.estimators import PlugIn

POSITIONS = [4, 1, 5]
LABELS = {
    "integers": [10, 3, 2, 7, 5, 1],
    "numpy integers": np.array([10, 3, 2, 7, 5, 1], dtype=np.uint8),
    "strings": [*"abcdef"],
    "pairs": pd.MultiIndex.from_product([[1, "b"], [*"xyz"]]),
    "mixed": [7, 2, ("p", 0), 1.5, 6.0, 0],
    "dates": pd.date_range("2020", periods=6),
}
every_kind = pytest.mark.parametrize("kind", LABELS)


def table(kind):
    rng = np.random.default_rng(3)
    X = pd.DataFrame(rng.integers(0, 4, (200, 6)), columns=LABELS[kind])
    y = (X.iloc[:, 4] + (X.iloc[:, 1] > 1) + rng.integers(0, 2, 200)) % 4
    return X, y


@pytest.fixture
def numbered():
    """Columns named 1 to 5, so that a label is never its position."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.normal(size=(100, 6))).drop(columns=0), np.arange(100) % 2


@pytest.mark.every_way
def test_excluded_label_is_left_out(numbered):
    X, y = numbered
    path = MIM(None, exclude=[2]).fit(X, y).path_
    assert sorted(path["name"]) == [1, 3, 4, 5]
    assert 1 not in path["feature"].tolist()


@every_kind
def test_path_has_the_labels_of_the_frame(kind):
    X, y = table(kind)
    path = JMI(None).fit(X, y).path_
    assert path["name"].tolist() == [X.columns[j] for j in path["feature"]]
    pd.testing.assert_frame_equal(X[path["name"]], X.iloc[:, path["feature"]])
    second = [None if j < 0 else X.columns[j] for j in path["runner_up"]]
    found = [None if pd.isna(j) else j for j in path["runner_up_name"].tolist()]
    assert found == second
    assert list(path.columns)[6:9] == ["runner_up", "runner_up_name", "margin"]


@every_kind
def test_labels_do_what_a_mask_does(kind):
    X, y = table(kind)
    labels = [X.columns[j] for j in POSITIONS]
    mask = np.isin(np.arange(6), POSITIONS)
    chosen = JMI(3, include=labels).fit(X, y).selected_indices_
    assert chosen.tolist() == POSITIONS
    for option in ("exclude", "discrete_features"):
        by_label = JMI(2, **{option: labels}).fit(X + 0.5, y)
        by_mask = JMI(2, **{option: mask}).fit(X + 0.5, y)
        pd.testing.assert_frame_equal(by_label.path_, by_mask.path_)
        assert by_label.feature_kinds_.tolist() == by_mask.feature_kinds_.tolist()
    one = JMI(2, include=labels[0]).fit(X, y)
    assert one.selected_indices_[0] == POSITIONS[0]


@every_kind
def test_mappings_are_keyed_by_label(kind):
    X, y = table(kind)
    first, second, third = (X.columns[j] for j in POSITIONS)
    costs = np.zeros(6)
    costs[POSITIONS[0]] = 9
    plain = JMI(3, costs=costs).fit(X, y)
    series = pd.Series([9.0] + [0.0] * 5, index=[first, *X.columns.drop(first)])
    for given in ({first: 9}, series):
        found = JMI(3, costs=given).fit(X, y)
        pd.testing.assert_frame_equal(found.path_, plain.path_)
    grouped = JMI(2, groups={"both": [first, second]}, include=["both"]).fit(X, y)
    assert grouped.support_[POSITIONS[:2]].all()
    estimator = PlugIn(edges={third: [0.5]})
    levels = JMI(2, mi_estimator=estimator, discrete_features=False).fit(X, y).n_levels_
    assert levels[POSITIONS[2]] == 2


NAMES = {"number": 70, "text": "both", "tuple": ("a", "b"), "fraction": 2.5}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@every_kind
def test_names_of_groups_stay_what_they_are(kind, name):
    X, y = table(kind)
    groups = {name: [X.columns[1], X.columns[4]]}
    first = JMI(2, groups=groups, include=[name]).fit(X, y)
    assert first.path_["name"].iloc[0] == name
    assert type(first.path_["name"].iloc[0]) is type(name)
    assert first.support_[POSITIONS[:2]].all()
    without = JMI(2, groups=groups, exclude=[name]).fit(X, y)
    assert not without.support_[POSITIONS[:2]].any()
    listed = [None] * 6
    listed[1] = listed[4] = name
    same = JMI(2, groups=listed, include=[name]).fit(X, y)
    pd.testing.assert_frame_equal(same.path_, first.path_)
    with pytest.raises(ValueError, match=re.escape(repr(name))):
        JMI(2, groups=groups, include=[name], exclude=[name]).fit(X, y)


def test_sets_name_columns_in_the_order_of_the_table():
    X, y = table("strings")
    for names in ({"e", "b", "f"}, frozenset("feb"), dict.fromkeys("feb").keys()):
        chosen = JMI(3, include=names).fit(X, y).selected_indices_
        assert chosen.tolist() == [1, 4, 5]


@pytest.mark.parametrize(
    "make",
    [pl.Series, pa.array, lambda v: pa.chunked_array([v]), pd.Index, np.array],
    ids=["polars", "arrow", "chunked", "index", "numpy"],
)
def test_names_may_come_in_anything(make):
    X, y = table("strings")
    expected = JMI(3, include=["e", "b"], exclude=["a"]).fit(X, y).path_
    found = JMI(3, include=make(["e", "b"]), exclude=make(["a"])).fit(X, y).path_
    pd.testing.assert_frame_equal(found, expected)
    with pytest.raises(ValueError, match=r"include=\[b'e'\] is neither mask"):
        JMI(3, include=b"e").fit(X, y)


def test_groups_numbered_by_numpy_have_plain_names(numbered):
    X, y = numbered
    for groups in (
        np.array([7, 7, 8, 8, 9])[: X.shape[1]],
        {np.int64(7): X.columns[:2]},
    ):
        name = JMI(2, groups=groups, include=[np.int64(7)]).fit(X, y).path_["name"]
        assert name.iloc[0] == 7
        assert type(name.iloc[0]) is int


def test_a_position_comes_before_the_name_of_a_group():
    X, y = np.random.default_rng(0).normal(size=(100, 4)), np.arange(100) % 2
    groups = {3: [0, 1], 9: [2]}
    assert JMI(1, groups=groups, include=[3]).fit(X, y).selected_indices_ == [3]
    assert JMI(1, groups=groups, include=[9]).fit(X, y).selected_indices_ == [2]


@pytest.mark.parametrize("groups", [[["a"], 1, 1, 1], {("a", 1): [0], "b": [[1]]}])
def test_names_of_groups_that_are_none(groups):
    X, y = np.random.default_rng(0).normal(size=(100, 4)), np.arange(100) % 2
    with pytest.raises(ValueError, match=r"groups(\['b'\]=| has the name \['a'\])"):
        JMI(1, groups=groups).fit(X, y)


def test_callable_of_scikit_learn_gives_labels(numbered):
    X, y = numbered
    X[3] = np.arange(100) % 5
    chosen = make_column_selector(dtype_include="integer")
    kinds = JMI(2, discrete_features=chosen).fit(X, y).feature_kinds_
    assert np.flatnonzero(kinds == "discrete").tolist() == [X.columns.get_loc(3)]


def test_other_results_have_labels(numbered):
    X, y = numbered
    compared = mifs.compare(X, y, n_features_to_select=2).path
    assert set(compared["name"]) <= {1, 2, 3, 4, 5}
    assert InfoMaxSelector(2).fit(X).path_["name"].isin(X.columns).all()


@every_kind
def test_profile_has_labels(kind):
    X, y = table(kind)
    X[X.columns[4]] = X[X.columns[1]]
    whole = mifs.profile(X, y)
    assert whole.index.tolist() == list(X.columns)
    assert whole["near_duplicate"].iloc[4] == X.columns[1]
    last, *others = X.columns[::-1]
    for target in (last, [last]):
        listing = mifs.profile(X, target)
        assert listing.index.tolist() == others[::-1]
    assert mifs.profile(X, [last, others[0]]).index.tolist() == others[:0:-1]


def test_classes_that_equal_labels_are_a_target(numbered):
    X, _ = numbered
    y = [1, 2] * 50
    assert mifs.profile(X, y).index.tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("X", ["array", "strings"])
def test_integers_are_positions_where_no_label_can_be_one(X):
    frame, y = table("strings")
    frame = frame.to_numpy() if X == "array" else frame
    for exclude in ([4, -1], np.array([4, 5]), [np.int8(4), 5]):
        chosen = JMI(None, exclude=exclude).fit(frame, y).selected_indices_
        assert sorted(chosen) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("labels", "which", "message"),
    [
        (
            [1, 3],
            [2],
            "it names unknown columns [2]; known: [1, 3]; whole numbers are ",
        ),
        ([1, 3], [0], "it names unknown columns [0]"),
        ([1, "3"], "1", "it names unknown columns ['1']; known: [1, '3']"),
        (["a", "b"], [2], "it=[2] has an index outside the 2 columns"),
        (["a", "b"], [[0]], "it=[[0]] is neither mask, indices nor names"),
        (["a", "b"], [True, 1], "it=[True, 1] is neither mask, indices nor names"),
        (["a", "a"], "a", "more than one; give their indices or a mask"),
        ([1, 1], 1, "columns [1], of which the table has more than one; give a mask"),
        ([1, 3], [True], "it is a mask of 1 entries for 2 columns"),
    ],
)
def test_what_names_no_column(labels, which, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Labels(labels).places(which, "it")


def test_repeated_labels_have_positions():
    assert Labels(["a", "a", "b"]).places([1, "b"], "it").tolist() == [1, 2]
    assert Labels([1, 1, 2]).places([False, True, False], "it").tolist() == [1]


class Counted(str):
    """A name that counts how often it is looked at."""

    looks = 0
    __slots__ = ()

    def __hash__(self):
        Counted.looks += 1
        return super().__hash__()

    def __eq__(self, other):
        Counted.looks += 1
        return super().__eq__(other)


def test_names_are_looked_up_in_linear_time():
    p, n_named = 2000, 600
    names = [Counted(f"column {j}") for j in range(p)]
    labels = Labels(names)
    Counted.looks = 0
    labels.places(names[-n_named:], "it")
    assert Counted.looks <= 4 * (p + n_named)


def test_a_fit_looks_names_up_in_linear_time():
    rng = np.random.default_rng(0)
    names = [Counted(f"column {j}") for j in range(400)]
    X, y = rng.integers(0, 2, (30, 400)), rng.integers(0, 2, 30)
    frame = pd.DataFrame(X, columns=pd.Index(names, dtype=object))
    groups = {f"group {j}": names[2 * j : 2 * j + 2] for j in range(100)}
    selector = MIM(
        None,
        include=[f"group {j}" for j in range(50)],
        exclude=names[200:300],
        groups=groups,
        costs=dict.fromkeys(names, 1),
        discrete_features=names,
    )
    read_once = Counted.looks
    MIM(None).fit(frame, y)
    read_once, Counted.looks = Counted.looks - read_once, 0
    selector.fit(frame, y)
    assert Counted.looks <= read_once + 20 * 400


def test_arrays_make_no_names_for_positions():
    labels = Labels(Numbered(1000))
    assert labels.places(range(5), "it").tolist() == [0, 1, 2, 3, 4]
    assert "_places" not in vars(labels)
    assert labels.places("x7", "it").tolist() == [7]


@every_kind
def test_errors_call_columns_as_the_frame_does(kind):
    X, y = table(kind)
    label = re.escape(repr(list(X.columns)[4]))
    dates = X.copy()
    dates.isetitem(4, pd.date_range("2020", periods=200))
    text = X.copy()
    text.isetitem(4, ["a", "b"] * 100)
    gap = X.copy()
    gap.isetitem(4, np.where(y > 1, np.nan, y))
    infinite = X.copy()
    infinite.isetitem(4, np.where(y > 1, np.inf, y))
    cases = [
        (MIM(1), dates, f"^column {label} has dtype datetime64"),
        (MIM(1), infinite, f"contains infinity, in columns {label} "),
        (MIM(1, mi_estimator="knn"), gap, f"1 columns have some: {label}; "),
        (mifs.MDLPDiscretizer(), text, f"^column {label} does not hold numbers"),
    ]
    for estimator, frame, message in cases:
        with pytest.raises((TypeError, ValueError), match=message):
            estimator.fit(frame, y)
    with pytest.raises(ValueError, match=f"values of column {label} of X are missing"):
        mifs.measures.mutual_info_classif(gap, y)
    constant = pd.Series(np.zeros(200), name=X.columns[4])
    with pytest.raises(ValueError, match=f"^the target {label} has one class"):
        MIM(1).fit(X, constant)


@every_kind
def test_categories_of_the_encoder_are_named_by_label(kind):
    X, y = table(kind)
    encoder = mifs.InformationBottleneckEncoder(
        3, categorical_features=[X.columns[j] for j in POSITIONS]
    )
    mask = np.isin(np.arange(6), POSITIONS)
    expected = mifs.InformationBottleneckEncoder(3, categorical_features=mask)
    np.testing.assert_array_equal(
        encoder.fit_transform(X, y), expected.fit_transform(X, y)
    )
