"""Fits on the workers of a cluster give what they give in memory, to the last bit."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from clusters import MARKS, client, dd, distributed, held_by_workers, there
from sharded_tables import SELECTORS, assert_same, fitted, frames, table
from sklearn.linear_model import LogisticRegression

import mifs
from mifs._scan import dask as shards

pytestmark = MARKS
__all__ = ["client"]


@pytest.fixture(scope="module")
def mixed():
    return table()


@pytest.mark.parametrize("criterion", SELECTORS)
def test_the_selection_is_that_in_memory(criterion, client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    on_workers = fitted(criterion, frame[list(X)], frame["answer"])
    assert_same(fitted(criterion, X, y), on_workers)


def test_many_parts_and_weights(client, mixed):
    X, y = mixed
    weights = np.random.default_rng(1).random(len(X))
    frame = there(X.assign(answer=y, weight=weights), 17)
    one = fitted("jmi", X, y, weights)
    assert_same(one, fitted("jmi", frame[list(X)], frame["answer"], frame["weight"]))
    with mifs.scan_frame(frame, target="answer", weights="weight") as scan:
        assert scan.shape == X.shape
        assert_same(one, fitted("jmi", scan))


def test_parquet_files(client, mixed, tmp_path):
    pytest.importorskip("pyarrow")
    X, y = mixed
    frame = X.assign(answer=y)
    for number, part in enumerate(frames(frame, 3)):
        part.to_parquet(tmp_path / f"{number}.parquet", row_group_size=1000)
    with (
        mifs.scan_parquet(tmp_path, target="answer") as here,
        mifs.scan_parquet(tmp_path, target="answer", engine="dask") as scan,
    ):
        assert_same(fitted("cmim", here), fitted("cmim", scan))


def test_csv_files(client, mixed, tmp_path):
    X, y = mixed
    # Numbers in the first files, and text in the last: text in all.
    late = X["level"].astype(object)
    late.iloc[-50:] = "none"
    codes = X["count"].map("{:02d}".format).where(X["noise"] > 3, X["count"])
    frame = X.assign(answer=y, late=late, codes=codes)
    for number, part in enumerate(frames(frame, 4)):
        if len(part):
            part.to_csv(tmp_path / f"{number}.csv", index=False)
    with (
        mifs.scan_csv(tmp_path, target="answer") as here,
        mifs.scan_csv(tmp_path, target="answer", engine="dask") as scan,
    ):
        assert_same(fitted("jmi", here), fitted("jmi", scan))


def test_nothing_is_left_on_the_workers(client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    fitted("jmi", frame[list(X)], frame["answer"])
    assert held_by_workers(client) == []


def test_the_dashboard_shows_the_name_of_the_fit(client, mixed, monkeypatch):
    X, y = mixed
    keys = []
    known = distributed.Client.submit

    def submit(self, *arguments, **options):
        keys.append(options["key"])
        return known(self, *arguments, **options)

    monkeypatch.setattr(distributed.Client, "submit", submit)
    frame = there(X.assign(answer=y), 3)
    mifs.CMIM(2).fit(frame[list(X)], frame["answer"])
    assert all(key.startswith("mifs_CMIM_") for key in keys)
    assert any(key.startswith("mifs_CMIM_joint_tables-") for key in keys)


def test_criteria_and_pairs_are_those_in_memory(client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    data = frame[list(X)], frame["answer"]
    criteria = ["jmi", "cmim"]
    one = mifs.compare(X, y, criteria, n_features_to_select=3)
    other = mifs.compare(*data, criteria, n_features_to_select=3)
    pd.testing.assert_frame_equal(one.path, other.path, check_exact=True)
    one, other = mifs.interactions(X, y, top=9), mifs.interactions(*data, top=9)
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert held_by_workers(client) == []


def test_a_frame_is_transformed_where_it_is(client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    selector = mifs.JMI(2)
    smaller = selector.fit_transform(frame[list(X)], frame["answer"])
    expected = mifs.JMI(2).fit_transform(X, y)
    assert list(smaller.columns) == list(expected)
    assert smaller.npartitions == 3
    assert len(smaller.compute()) == len(X)
    with pytest.raises(ValueError, match="has seen the columns"):
        selector.transform(frame)
    with pytest.raises(ValueError, match="has seen no names"):
        mifs.JMI(2).fit(np.eye(9), np.arange(9) % 2).transform(frame)


def test_what_takes_rows_apart_names_the_remedy(client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    data = frame[list(X)], frame["answer"]
    sample = r"frame\.sample\(frac=0\.01\)\.compute\(\)"
    for estimator in (
        mifs.StabilitySelector(mifs.JMI(2), n_resamples=2),
        mifs.MutualInfoCV(mifs.JMI(2), LogisticRegression()),
    ):
        with pytest.raises(TypeError, match=sample):
            estimator.fit(*data)
    with mifs.scan_frame(frame, target="answer") as scan:
        with pytest.raises(TypeError, match=sample):
            mifs.report(scan)
        with pytest.raises(TypeError, match=sample):
            mifs.profile(scan)
    sample = r"X\.sample\(frac=0\.01\)\.compute\(\)"
    with pytest.raises(TypeError, match=sample):
        mifs.profile(frame, "answer")
    with pytest.raises(TypeError, match=sample):
        mifs.report(frame, target="answer")
    with pytest.raises(TypeError, match=sample):
        mifs.mutual_info_classif(*data)
    with pytest.raises(ValueError, match="needs all rows in memory"):
        mifs.JMI(2, mi_estimator="knn").fit(*data)


def test_partitions_and_columns_are_told(client, capsys, monkeypatch):
    monkeypatch.setattr(shards, "LOOK", 0.05)
    monkeypatch.setattr("mifs.selectors._progress._PAUSE", 0.0)
    frame = dd.from_map(_slowly, range(6), meta=_slowly(0))
    mifs.JMI(2, verbose=2).fit(frame[["a", "b"]], frame["y"])
    said = capsys.readouterr().err
    assert re.search(r"JMI: [1-5] of 6 partitions, about \d+ s left", said)


def _slowly(number):
    time.sleep(0.3)
    rng = np.random.default_rng(number)
    return pd.DataFrame(rng.integers(0, 3, (500, 3)), columns=["a", "b", "y"])


def test_partitions_too_few_or_too_small_are_said(client, mixed):
    warning = mifs.exceptions.PartitionsWarning
    X, y = mixed
    frame = there(X.assign(answer=y), 17)
    with pytest.warns(warning, match=r"16 partitions hold \d+ cells"):
        mifs.JMI(2).fit(frame[list(X)], frame["answer"])
    with mifs.scan_frame(there(X.assign(answer=y), 1), target="answer") as scan:
        assert scan.shape == X.shape
        parts = scan.shards.parts
        assert parts.advice(np.array([10**6])) is None
        advice = parts.advice(np.array([10**9]))
        assert "the workers have 2 threads" in advice
        assert "frame.repartition(npartitions=4)" in advice


def test_what_does_not_fit_together_is_refused(client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    with pytest.raises(TypeError, match="X is a dask frame and y a ndarray"):
        mifs.JMI(2).fit(frame[list(X)], y.to_numpy())
    with pytest.raises(ValueError, match="X has 3 partitions and y 1"):
        mifs.JMI(2).fit(frame[list(X)], dd.from_pandas(y, npartitions=1))
    other = there(X.assign(answer=y).iloc[:-1], 3)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        mifs.JMI(2).fit(frame[list(X)], other["answer"])
    with pytest.raises(ValueError, match="several, and a dask frame has one"):
        mifs.scan_frame(frame, target=["answer", "flag"])
    with pytest.raises(TypeError, match="no string for a name"):
        mifs.scan_frame(frame.rename(columns={"near": 3}), target="answer")
    late = there(pd.DataFrame({"x": [1, 2, "a", "b"], "y": [0, 1, 0, 1]}), 1)
    with mifs.scan_frame(late, target="y") as scan:
        assert scan.shape == (4, 1)


def test_rows_lie_beside_each_other_whatever_their_labels(client, mixed):
    X, y = mixed
    expected = fitted("jmi", X, y)
    frame = dd.from_pandas(X.assign(answer=y), npartitions=3)
    target = frame["answer"]
    assert_same(expected, fitted("jmi", frame[list(X)].reset_index(drop=True), target))
    turned = frame[list(X)].map_partitions(_other_way_round)
    assert_same(fitted("jmi", turned.compute(), y), fitted("jmi", turned, target))
    some = frame[frame["near"] > 0][list(X)]
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        mifs.JMI(2).fit(some, target)


def _other_way_round(part):
    return part.iloc[::-1]


def test_a_closed_scan_is_closed(client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    with mifs.scan_frame(frame, target="answer") as scan:
        mifs.JMI(2).fit(scan)
    assert held_by_workers(client) == []
    with pytest.raises(ValueError, match="is closed; make another"):
        mifs.JMI(2).fit(scan)


def test_an_asynchronous_client(client, mixed):
    X, y = mixed
    frame = there(X.assign(answer=y), 3)
    data = frame[list(X)], frame["answer"]

    async def fit():
        address = client.scheduler.address
        async with distributed.Client(address, asynchronous=True):
            with pytest.raises(ValueError, match=r"await asyncio\.to_thread"):
                mifs.JMI(2).fit(*data)
            return await asyncio.to_thread(mifs.JMI(2).fit, *data)

    expected = mifs.JMI(2).fit(X, y).get_feature_names_out()
    assert asyncio.run(fit()).get_feature_names_out().tolist() == expected.tolist()


def _none(cls):
    raise ValueError("No clients found")


def test_a_client_must_be_current(mixed, monkeypatch):
    X, y = mixed
    frame = there(X.assign(answer=y), 1)
    monkeypatch.setattr(distributed.Client, "current", classmethod(_none))
    with pytest.raises(ValueError, match="no client is current"):
        mifs.JMI(2).fit(frame[list(X)], frame["answer"])


def test_the_page_is_true(client, mixed, tmp_path, monkeypatch):
    """The example of docs/scaling.md, but for the workers, which are there."""
    X, y = mixed
    page = Path(__file__).parents[1].joinpath("docs", "scaling.md").read_text("utf-8")
    (code,) = re.findall(r"^```py\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    there(X.assign(bought=y), 3).to_parquet(tmp_path / "visits")
    monkeypatch.chdir(tmp_path)
    assert "client = Client()" in code
    scope = {}
    exec(code.replace("client = Client()", "pass"), scope)
    expected = mifs.JMI(10).fit(X, y).get_feature_names_out()
    assert scope["selector"].get_feature_names_out().tolist() == expected.tolist()
