"""Included, excluded, grouped and costly features; going on from an earlier fit."""

import pickle
import re

import numpy as np
import oracles
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from plain import PLAIN
from sklearn.base import clone

from mifs import JMI, MIFS, MIM, BetaGamma, MISelector
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn

GREEDY = [name for name in CRITERIA if name not in oracles.ORDERS]
STEPS = ["feature", "score", "relevance", "redundancy", "conditional_redundancy"]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.integers(0, 3, (160, 8)), columns=[*"abcdefgh"])
    y = (X["a"] + X["b"] * X["c"] + rng.integers(0, 2, 160)) % 3
    return X, y


def joined(X, columns):
    """One column of the values of several."""
    return X[columns].astype(str).agg(" ".join, axis=1)


def same_path(left, right):
    pd.testing.assert_frame_equal(left.path_, right.path_, check_exact=True)
    np.testing.assert_array_equal(left.selected_indices_, right.selected_indices_)
    np.testing.assert_array_equal(left.ranking_, right.ranking_)
    np.testing.assert_array_equal(left.scores_, right.scores_)


# --- include and exclude --------------------------------------------------------------


@pytest.mark.parametrize("name", GREEDY)
def test_included_come_first_and_are_scored(table, name):
    X, y = table
    options = {"include": ["g", "b"], "mi_estimator": PLAIN}
    path = MISelector(name, 5, **options).fit(X, y).path_
    assert path["name"].tolist()[:2] == ["g", "b"]
    assert path["runner_up"].tolist()[:2] == [-1, -1]
    assert path["margin"].isna().tolist()[:2] == [True, True]
    terms, twin = oracles.Terms(list(X.to_numpy().T), y), oracles.CRITERIA[name]
    chosen = path["feature"].tolist()
    scores = [terms.relevance(6), *(twin(terms, chosen[i], chosen[:i]) for i in (1, 2))]
    np.testing.assert_allclose(path["score"][:3], scores, rtol=0, atol=1e-12)
    rest = {k: twin(terms, k, chosen[:2]) for k in range(8) if k not in (6, 1)}
    assert chosen[2] == oracles.first_best(rest, {})


@pytest.mark.parametrize(
    "include",
    ["g", 6, -2, ["g"], [6], np.array([6]), pd.Index(["g"]), np.arange(8) == 6],
)
def test_ways_to_name_a_column(table, include):
    assert JMI(3, include=include).fit(*table).selected_indices_[0] == 6
    assert 6 not in JMI(None, exclude=include).fit(*table).selected_indices_


@pytest.mark.parametrize("name", CRITERIA)
def test_excluded_might_as_well_not_exist(table, name):
    X, y = table
    fitted = MISelector(name, None, exclude=["a", "c"]).fit(X, y)
    without = MISelector(name, None).fit(X.drop(columns=["a", "c"]), y)
    assert fitted.path_["name"].tolist() == without.path_["name"].tolist()
    np.testing.assert_array_equal(fitted.path_["score"], without.path_["score"])
    assert np.isnan(fitted.scores_[[0, 2]]).all()
    assert sorted(fitted.ranking_[[0, 2]]) == [7, 8]


# --- groups ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", CRITERIA)
def test_group_is_the_joint_column(table, name):
    X, y = table
    grouped = MISelector(name, None, groups={"bc": ["c", "b"], "gh": [6, 7]}).fit(X, y)
    units = {"a": X["a"], "bc": joined(X, ["b", "c"])}
    units |= {"d": X["d"], "e": X["e"], "f": X["f"], "gh": joined(X, ["g", "h"])}
    by_hand = MISelector(name, None).fit(pd.DataFrame(units), y)
    assert grouped.path_["name"].tolist() == by_hand.path_["name"].tolist()
    for column in ("score", "relevance", "redundancy", "margin"):
        np.testing.assert_array_equal(grouped.path_[column], by_hand.path_[column])


def test_number_of_features_counts_groups_and_members_share_a_rank(table):
    groups = {"abc": ["a", "b", "c"], "de": ["d", "e"]}
    fitted = JMI(2, groups=groups).fit(*table)
    assert len(fitted.path_) == 2
    assert fitted.path_["name"][1] == "abc"
    assert fitted.ranking_[:3].tolist() == [1, 1, 1]
    assert fitted.scores_[:3].tolist() == [fitted.path_["score"][1]] * 3
    assert fitted.support_[:3].all()
    assert len(fitted.selected_indices_) == fitted.support_.sum()
    assert sorted(fitted.ranking_[~fitted.support_]) == list(
        range(3, 3 + (~fitted.support_).sum())
    )


@pytest.mark.parametrize(
    "labels",
    [
        ["s", "s", None, "t", "t", None, float("nan"), pd.NA],
        np.array(["s", "s", None, "t", "t", None, None, None], dtype=object),
        pd.Series(["t", "t", "s", "s"], index=["e", "d", "b", "a"]),
    ],
)
def test_labels_equal_the_mapping(table, labels):
    mapping = JMI(None, groups={"s": ["a", "b"], "t": ["d", "e"]}).fit(*table)
    same_path(JMI(None, groups=labels).fit(*table), mapping)


def test_groups_of_one_change_nothing(table):
    X, y = table
    alone = JMI(None, groups=list(X)).fit(X, y)
    same_path(alone, JMI(None).fit(X, y))


def test_groups_are_included_and_excluded_by_name_or_member(table):
    groups = {"bc": ["b", "c"], "gh": ["g", "h"]}
    for name, member in (("gh", "bc"), ("h", "b"), (7, 2)):
        fitted = JMI(4, groups=groups, include=[name], exclude=[member]).fit(*table)
        assert fitted.path_["name"][1] == "gh"
        assert not fitted.support_[[1, 2]].any()


# --- costs ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", GREEDY)
def test_costs_are_subtracted(table, name):
    X, y = table
    costs = np.array([3.0, 0, 1, 0, 0, 2, 0, 1])
    options = {"costs": costs, "cost_weight": 0.05, "mi_estimator": PLAIN}
    fitted = MISelector(name, None, **options).fit(X, y)
    terms, twin = oracles.Terms(list(X.to_numpy().T), y), oracles.CRITERIA[name]
    chosen = []
    for feature, score in zip(
        fitted.path_["feature"], fitted.path_["score"], strict=True
    ):
        scores = {
            k: (twin(terms, k, chosen) if chosen else terms.relevance(k))
            - 0.05 * costs[k]
            for k in range(8)
            if k not in chosen
        }
        assert feature == oracles.first_best(scores, {})
        assert score == pytest.approx(scores[feature], rel=0, abs=1e-12)
        chosen.append(feature)


def test_ways_to_give_costs(table):
    X, y = table
    expected = JMI(4, costs=[5, 0, 0, 0, 0, 0, 0, 1]).fit(X, y)
    series = pd.Series([1, 5], index=["h", "a"])
    for costs in (
        {"a": 5, "h": 1},
        {0: 5, -1: 1},
        series,
        np.array([5] + [0] * 6 + [1]),
    ):
        same_path(JMI(4, costs=costs).fit(X, y), expected)


def test_cost_of_a_group_is_that_of_its_members(table):
    X, y = table
    groups, costs = {"bc": ["b", "c"]}, {"b": 0.01, "c": 0.02}
    path = MIM(None, groups=groups, costs=costs).fit(X, y).path_.set_index("name")
    loss = path["relevance"] - path["score"]
    assert loss["bc"] == pytest.approx(0.03)
    assert loss.drop("bc").eq(0).all()


# --- warm start -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parameters"),
    [(n, p) for n in CRITERIA for p in ({}, *oracles.VARIANTS.get(n, []))],
)
def test_warm_start_equals_a_fresh_fit(table, name, parameters):
    options = {"criterion_params": parameters or None}
    if name in GREEDY:
        options |= {"include": ["h"], "costs": {"a": 0.01}}
    warm = MISelector(name, 2, warm_start=True, **options)
    for k in (2, 5, 3, 8):
        warm.set_params(n_features_to_select=k).fit(*table)
        same_path(warm, MISelector(name, k, **options).fit(*table))
        warm = pickle.loads(pickle.dumps(warm))


def test_warm_start_goes_on_and_does_not_begin_anew(table):
    warm = JMI(4, mi_estimator=PLAIN, warm_start=True).fit(*table)
    assert warm.n_evaluations_ == 7 + 6 + 5
    assert warm.set_params(n_features_to_select=6).fit(*table).n_evaluations_ == 4 + 3
    assert warm.set_params(n_features_to_select=2).fit(*table).n_evaluations_ == 0
    cold = JMI(4, mi_estimator=PLAIN).fit(*table).set_params(warm_start=True)
    assert cold.fit(*table).n_evaluations_ > 0
    assert clone(warm).fit(*table).n_evaluations_ == 7


def test_warm_start_sees_other_data_of_equal_relevance(table):
    X, y = table
    rng = np.random.default_rng(0)
    other = X.copy()
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        other.loc[rows, "d"] = X["d"].to_numpy()[rng.permutation(rows)]
    warm = JMI(4, warm_start=True).fit(X, y)
    warm.set_params(n_features_to_select=8).fit(other, y)
    np.testing.assert_array_equal(warm.relevance_, JMI(4).fit(X, y).relevance_)
    same_path(warm, JMI(8).fit(other, y))


@pytest.mark.parametrize(
    "changed",
    [
        {"criterion": "cife"},
        {"criterion": "betagamma", "criterion_params": {"gamma": 0.5}},
        {"include": ["f"]},
        {"exclude": ["a"]},
        {"groups": {"ab": ["a", "b"]}},
        {"costs": {"a": 1}},
        {"mi_estimator": PlugIn(edges={"a": [0]})},
        {"discrete_features": [0]},
    ],
)
def test_warm_start_sees_changed_parameters(table, changed):
    warm = MISelector("betagamma", 3, warm_start=True, mi_estimator=PlugIn())
    warm.fit(*table).set_params(n_features_to_select=6, **changed).fit(*table)
    same_path(warm, clone(warm).set_params(warm_start=False).fit(*table))


# --- refused by name ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"include": ["a"], "exclude": ["a"]}, "['a'] are both in include and in excl"),
        (
            {"include": [0, 1, 2, 3]},
            "include names 4 features and n_features_to_select",
        ),
        ({"include": ["z"]}, "include names unknown columns ['z']; known: ['a', 'b'"),
        ({"exclude": [8]}, "exclude=[8] has an index outside the 8 columns"),
        ({"exclude": [1.5]}, "exclude=[1.5] is neither mask, indices nor names"),
        ({"include": [True, False]}, "include is a mask of 2 entries for 8 columns"),
        ({"exclude": range(8)}, "exclude leaves none of the 8 features to choose"),
        ({"groups": {"s": ["a", "b"], "t": ["b"]}}, "groups overlap: column 'b' is in"),
        ({"groups": {"s": ["a", "z"]}}, "groups['s'] names unknown columns ['z']"),
        ({"groups": ["s", "t"]}, "must be one label for each of the 8 columns"),
        ({"groups": 3}, "groups=3 must be one label for each of the 8 columns"),
        ({"groups": {1: [0, 1], "1": [2]}}, "groups has '1' twice"),
        (
            {"groups": {"c": ["a", "b"]}},
            "groups ['c'] have names of columns that stand",
        ),
        ({"costs": [1, 2]}, "costs has shape (2,); give one number for each of the 8"),
        ({"costs": 1.0}, "costs has shape (); give one number for each of the 8 col"),
        ({"costs": {"z": 1}}, "costs names unknown columns ['z']"),
        ({"costs": {"b": np.inf}}, "costs of ['b'] are not finite; exclude them"),
        ({"costs": {"b": "much"}}, "costs must be numbers: could not convert"),
        ({"cost_weight": -1}, "The 'cost_weight' parameter of JMI must be a float in"),
    ],
)
def test_wrong_constraints(table, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        JMI(3, **options).fit(*table)


@pytest.mark.parametrize("name", oracles.ORDERS)
@pytest.mark.parametrize("options", [{"include": ["a"]}, {"costs": {"a": 1}}])
def test_orders_of_all_features_have_no_place_for_wishes(table, name, options):
    message = f"criterion '{name}' orders all features at once: include and costs have"
    with pytest.raises(ValueError, match=message):
        MISelector(name, 3, **options).fit(*table)


@pytest.mark.parametrize("value", [-0.1, np.inf, np.nan])
def test_wrong_weights(table, value):
    for selector in (MIFS(beta=value), BetaGamma(beta=value), BetaGamma(gamma=value)):
        with pytest.raises(ValueError, match=r"parameter of .* must be a float in the"):
            selector.fit(*table)
    for name, weight in (("mifs", "beta"), ("betagamma", "gamma")):
        message = (
            f"{weight}={value!r} of criterion '{name}' must be a finite number, at"
        )
        with pytest.raises(ValueError, match=re.escape(message)):
            MISelector(name, criterion_params={weight: value}).fit(*table)


class PairsOnly(PlugIn):
    """Has no joint counts."""

    term_names = frozenset({"redundancy", "conditional_redundancy"})


@pytest.mark.parametrize("name", ["disr", "njmim", "cmi", "jmi3", "relaxmrmr", "fcbf"])
def test_missing_terms(table, name):
    message = (
        rf"criterion '{name}' needs .*, which PairsOnly cannot estimate; use "
        r"mi_estimator='plugin'"
    )
    with pytest.raises(ValueError, match=message):
        MISelector(name, 3, mi_estimator=PairsOnly()).fit(*table)


def test_groups_need_counts(table):
    message = "groups needs joint_counts, which PairsOnly cannot estimate; use mi_estim"
    with pytest.raises(ValueError, match=message):
        JMI(3, groups={"ab": ["a", "b"]}, mi_estimator=PairsOnly()).fit(*table)


def test_group_of_more_levels_than_two_bytes_hold_is_refused():
    n = 70_000
    X = pd.DataFrame({"a": np.arange(n) % 300, "b": np.arange(n) // 300})
    y = np.random.default_rng(0).integers(0, 2, n)
    options = {"discrete_features": True, "groups": {"ab": ["a", "b"]}}
    with pytest.raises(ValueError, match=r"group 'ab' has 70000 joint levels"):
        JMI(1, **options).fit(X, y)


def test_missing_names_of_groups_stand_alone_whatever_holds_them():
    X, y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 2
    names = [None, None, "h", "h"]
    holders = (pa.array(names), pl.Series(names), pd.Series(names, dtype="string"))
    for groups in (names, *holders):
        path = MIM(None, groups=groups).fit(X, y).path_
        assert sorted(path["name"]) == ["h", "x0", "x1"]


def test_masked_values_of_groups_costs_and_edges_are_refused():
    X, y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 2
    masked = np.ma.array([1, 1, 2, 2], mask=[1, 1, 0, 0])
    for parameter in ("groups", "costs"):
        with pytest.raises(ValueError, match=f"^{parameter} is a masked array and 2"):
            MIM(None, **{parameter: masked}).fit(X, y)
    edges = {"x0": np.ma.array([0.0, 1.0], mask=[0, 1])}
    with pytest.raises(ValueError, match="edges of column 'x0'"):
        MIM(1, mi_estimator=PlugIn(edges=edges)).fit(X, y)


def test_a_number_and_its_text_are_no_one_group():
    X, y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 2
    with pytest.raises(ValueError, match="groups has '1' twice, as text and not"):
        MIM(None, groups=[1, "1", 2, 2]).fit(X, y)
