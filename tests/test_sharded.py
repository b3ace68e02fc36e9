"""A table in shards gives what it gives in one piece, to the last bit.

The shards lie in this process; `test_dask.py` has them on workers.
"""

from __future__ import annotations

import gc
import importlib.util
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sharded_tables import SELECTORS, assert_same, fitted, here, table

import mifs
from mifs._data import ranks, sharded
from mifs._data.aside import Aside
from mifs._data.discretize import edges_of_sorted
from mifs._data.parts import ColumnFacts, Part, PartColumn
from mifs._data.sharded import in_two_types, merged
from mifs._data.shards import ShardsHere
from mifs.estimators import PlugIn

pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")


@pytest.fixture(scope="module")
def mixed():
    return table()


@pytest.mark.parametrize("criterion", SELECTORS)
def test_the_selection_is_that_of_one_piece(criterion, mixed):
    X, y = mixed
    one = fitted(criterion, X, y)
    for n_parts in (1, 3, 17):
        assert_same(one, fitted(criterion, here(X, y, n_parts)))


@pytest.mark.parametrize("criterion", ["jmi", "cmim"])
@pytest.mark.parametrize("whole", [True, False])
def test_rows_may_weigh(criterion, whole, mixed):
    X, y = mixed
    rng = np.random.default_rng(1)
    weights = rng.integers(0, 4, len(X)) if whole else rng.random(len(X))
    one = fitted(criterion, X, y, weights)
    assert_same(one, fitted(criterion, here(X, y, 3, weights)))


@pytest.mark.parametrize("n", [400, 60_000])
def test_few_rows_and_many(n):
    # Few rows are tested by a kernel that counts them, many in finer strata.
    X, y = table(n, seed=2)
    assert_same(fitted("jmi", X, y), fitted("jmi", here(X, y, 3)))


def test_a_continuous_target(mixed):
    X, _ = mixed
    y = (X["near"] + X["level"]).rename("amount")
    assert_same(fitted("jmi", X, y), fitted("jmi", here(X, y, 3)))


def test_the_number_is_chosen(mixed):
    X, y = mixed
    auto = {"n_features_to_select": "auto"}
    assert_same(fitted("cmim", X, y, **auto), fitted("cmim", here(X, y, 3), **auto))


@pytest.mark.parametrize(
    "estimator",
    [
        PlugIn(n_bins=4),
        PlugIn(binning="uniform"),
        PlugIn(correction=None),
        PlugIn(correction="miller_madow"),
        PlugIn(edges={"near": [0.0, 1.0]}),
    ],
)
def test_every_way_to_bin_and_to_correct(estimator, mixed):
    X, y = mixed
    one = fitted("jmi", X, y, mi_estimator=estimator)
    assert_same(one, fitted("jmi", here(X, y, 3), mi_estimator=estimator))


def test_groups_and_joint_labels(mixed):
    X, y = mixed
    groups = {"pair": ["half", "other"], "words": ["word", "grade", "flag"]}
    for criterion in ("jmi", "cmi"):
        one = fitted(criterion, X, y, groups=groups)
        assert_same(one, fitted(criterion, here(X, y, 3), groups=groups))


def test_tables_too_large_to_lay_out():
    rng = np.random.default_rng(3)
    n = 3000
    y = pd.Series(rng.integers(0, 40, n), name="y")
    X = pd.DataFrame(
        {f"x{j}": (y + rng.integers(0, 400, n) * (j + 1)) % 700 for j in range(5)}
    )
    kinds = {"discrete_features": True, "n_features_to_select": 3}
    for criterion in ("jmi", "jmi3", "cmim"):
        one = fitted(criterion, X, y, **kinds)
        assert_same(one, fitted(criterion, here(X, y, 3), **kinds))


def test_columns_enough_for_tiles():
    rng = np.random.default_rng(4)
    n = 9000
    X = pd.DataFrame(rng.normal(size=(n, 40))).rename(columns="x{}".format)
    y = (X.sum(axis=1) + X["x0"] + rng.normal(size=n) > 0).rename("y")
    assert_same(fitted("jmi", X, y), fitted("jmi", here(X, y, 3)))


def test_quantiles_are_counted(monkeypatch, mixed):
    """Of columns of many rows, which no place holds: here of few, in tiny grids."""
    monkeypatch.setattr(sharded, "FEW_ROWS", 0)
    monkeypatch.setattr(ranks, "FEWEST_CELLS", 8)
    monkeypatch.setattr(ranks, "AT_ONCE", 200)
    gathered = []
    known = ShardsHere.gathered

    def seen(self, task, finish, arguments, size):
        gathered.extend(each.column for each in arguments)
        return known(self, task, finish, arguments, size)

    monkeypatch.setattr(ShardsHere, "gathered", seen)
    X, y = mixed
    ties = np.round(X["near"], 1)
    X = X.assign(
        ties=ties,
        sparse=X["near"].where(X["near"] > 1.2, np.nan),
        negative=-X["wide"],
        sorted=np.sort(X["noise"]),
    )
    for y_here in (y, (X["near"] + X["level"]).rename("amount")):
        one = fitted("jmi", X, y_here, alpha=0.2)
        for n_parts in (1, 3, 17):
            assert_same(one, fitted("jmi", here(X, y_here, n_parts), alpha=0.2))
    # Those of which a value is frequent need all of them.
    frequent = {list(X)[column] for column in gathered}
    assert frequent == {"constant", "spiked", "ties"}


@given(st.data())
def test_counted_quantiles_are_those_of_sorted_columns(data):
    values = st.one_of(st.integers(-3, 3), st.floats(-5, 5), st.just(np.nan))
    column = np.array(data.draw(st.lists(values, min_size=1, max_size=60)), np.float64)
    n_parts = data.draw(st.integers(1, 4))
    parts = [
        (Part(number, [PartColumn(own, "f")], len(own)),)
        for number, own in enumerate(np.array_split(column, n_parts))
        if len(own)
    ]
    sizes = np.array([part.n_rows for (part,) in parts])
    numbers = data.draw(st.sampled_from([(2,), (3, 5), (10,)]))
    found = ranks.quantiles_by_counts(ShardsHere(parts), sizes, [0], numbers)
    present = np.sort(column[column == column])[None]
    if 0 in found:
        for n, edges in zip(numbers, found[0], strict=True):
            np.testing.assert_array_equal(edges, edges_of_sorted(present, n)[0])
    elif present.size:
        counts = np.unique(present, return_counts=True)[1]
        assert counts.max() >= -(-present.size // max(numbers))


def test_whole_numbers_that_floats_would_round(mixed):
    X, y = mixed
    wide = np.random.default_rng(6).integers(-(2**62), 2**62, len(X))
    X = X.assign(wide=np.where(y == "no", wide, wide // 2))
    assert_same(fitted("jmi", X, y), fitted("jmi", here(X, y, 3)))


def test_ids_and_copies_are_named(mixed):
    rng = np.random.default_rng(5)
    X, y = mixed
    n = len(X)
    X = X.assign(
        falling=-np.arange(n),
        shuffled=rng.permutation(n),
        gaps_again=X["gaps"],
        renamed=X["word"].str.upper(),
    )
    one = fitted("mim", X, y, n_features_to_select=18)
    assert any("'row', 'falling', 'shuffled'" in text for text in one[1])
    assert any("'gaps' and 'gaps_again'" in text for text in one[1])
    assert_same(one, fitted("mim", here(X, y, 17), n_features_to_select=18))


def test_edges_of_a_sample():
    X, y = table(110_000, seed=6)
    X = X[["near", "gaps", "spiked"]]
    scan = here(X, y, 3, quantiles="sample", random_state=1)
    with pytest.warns(mifs.exceptions.SampledEdgesWarning):
        selector = mifs.JMI(2).fit(scan)
    rows = np.random.default_rng(1).choice(len(X), 100_000, replace=False)
    some = mifs.JMI(2).fit(X.iloc[rows], y.iloc[rows])
    for column, edges in selector.mi_estimator_.edges_.items():
        np.testing.assert_array_equal(edges, some.mi_estimator_.edges_[column])


def test_what_needs_rows_in_one_place_says_so(mixed):
    X, y = mixed
    scan = here(X, y, 3)
    for estimator, name in (
        (PlugIn(binning="mdlp"), "binning='mdlp'"),
        (PlugIn(missing="pairwise"), "missing='pairwise'"),
        (PlugIn(correction="shrinkage"), "correction='shrinkage'"),
    ):
        with pytest.raises(ValueError, match=name):
            mifs.JMI(2, mi_estimator=estimator).fit(scan)
    with pytest.raises(TypeError, match="lie on the workers"):
        mifs.profile(scan)
    with pytest.raises(ValueError, match="needs all rows in memory"):
        mifs.JMI(2, mi_estimator="knn").fit(scan)
    with pytest.raises(TypeError, match="lie on the workers"):
        mifs.StabilitySelector(mifs.JMI(2), n_resamples=2).fit(scan)


class ShardsAside(ShardsHere):
    """Shards of which parts and codes lie in files, and go through the wire."""

    def made(self, task, *arguments):
        there = [self.kept(*own) for own in super().made(task, *arguments)._objects]
        return ShardsAside(there)

    def beside(self, *others):
        return ShardsAside(super().beside(*others)._objects)

    def without(self, empty):
        return ShardsAside(super().without(empty)._objects)

    @staticmethod
    def kept(made):
        if not hasattr(made, "aside"):
            return (made,)
        assert made.nbytes
        laid = made.aside(ShardsAside.folder)
        assert not laid.nbytes
        return (pickle.loads(pickle.dumps(laid)),)


@pytest.mark.parametrize("weighted", [False, True])
def test_values_and_codes_may_lie_in_files(weighted, mixed, tmp_path):
    X, y = mixed
    weights = np.random.default_rng(1).random(len(X)) if weighted else None
    ShardsAside.folder = tmp_path
    for criterion in ("jmi", "jmi3"):
        scan = here(X, y, 3, weights)
        read = scan._make(())
        scan._make = lambda text, read=read: ShardsAside(read._objects)
        assert_same(fitted(criterion, X, y, weights), fitted(criterion, scan))
        assert len(list(tmp_path.iterdir())) >= 2 * 2
        del scan, read
        gc.collect()
        assert not list(tmp_path.iterdir())


def test_arrays_of_no_rows_lie_in_files_too(tmp_path):
    arrays = [np.arange(6.0).reshape(3, 2), np.empty((0, 4)), np.array([True])]
    aside = Aside(arrays, tmp_path / "is not there")
    for number, array in enumerate(arrays):
        np.testing.assert_array_equal(aside[number], array)
    np.testing.assert_array_equal(aside.rows(0, 1, 2), arrays[0][1:2])


def test_a_target_must_be_there(mixed):
    X, y = mixed
    y = y.where(X["near"] > 0)
    with pytest.raises(ValueError, match=r"the target 'answer' is missing in \d+ of"):
        mifs.JMI(2).fit(here(X, y, 3))
    with pytest.raises(ValueError, match="has no rows"):
        mifs.JMI(2).fit(here(X.iloc[:0], y.iloc[:0], 1))


def test_types_that_do_not_go_together():
    numbers = ColumnFacts("i", (0.0, 0.0, 0.0, 1.0, 2.0), np.array([1, 2]))
    labels = ColumnFacts("labels", labels=("a",))
    assert in_two_types([numbers, labels])
    with pytest.raises(TypeError, match="'x' holds labels in some rows and numbers"):
        merged([numbers, labels], "column 'x'")
    huge = ColumnFacts("i", (0.0, 0.0, 0.0, 0.0, 2.0**60))
    halves = ColumnFacts("f", (0.0, 0.0, 1.0, 0.5, 0.5))
    with pytest.raises(ValueError, match="whole numbers beyond"):
        merged([huge, halves], "column 'x'")
    flags = ColumnFacts("b", (0.0, 0.0, 0.0, 0.0, 1.0), np.array([0, 1]))
    gaps = ColumnFacts("labels", (1.0, 0.0, 0.0, 0.0, 0.0), labels=(True,))
    assert merged([flags, gaps], "column 'x'").labels == (False, True)
    with pytest.raises(ValueError, match="whole numbers beyond"):
        PartColumn.of(((np.zeros(1), np.ones(1)), "gapped"), "column 'x'")


def test_the_extra_is_named_where_it_is_missing(monkeypatch, tmp_path):
    pd.DataFrame({"x": [1, 2], "y": [0, 1]}).to_csv(tmp_path / "table.csv")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'mifs\[dask\]'"):
        mifs.scan_csv(tmp_path, target="y", engine="dask")
    with pytest.raises(ValueError, match="neither 'disk' nor 'dask'"):
        mifs.scan_csv(tmp_path, target="y", engine="spark")
    with pytest.raises(ValueError, match="leave one of them out"):
        mifs.scan_csv(tmp_path, target="y", engine="dask", cache_dir=tmp_path)


def test_a_shard_is_pickled_without_its_engine(mixed):
    X, y = mixed
    scan = here(X, y, 3)
    mifs.JMI(2).fit(scan)
    ((_, shards),) = scan.shards.coded
    (shard,) = shards._objects[0]
    assert "_kept_engine" in vars(shard)
    copy = pickle.loads(pickle.dumps(shard))
    assert "_kept_engine" not in vars(copy)
    np.testing.assert_array_equal(copy.column(3), shard.column(3))
