"""Threads where they pay: which work is shared, and what comes back."""

import threading
import time

import joblib
import numpy as np
import pandas as pd
import pytest

from mifs import JMI
from mifs._data import blocks, parallel
from mifs._data.parallel import SHORT, each, run
from mifs._engines import tiles
from mifs._search import _pool
from mifs._search._pool import SHORT_ROUND, _Spread, term_pool
from mifs.estimators import PlugIn, Terms

LONG = 10 * SHORT


@pytest.fixture(autouse=True)
def as_measured(monkeypatch):
    """Leave short work on one thread, which other tests share."""
    monkeypatch.setattr(parallel, "SHORT", SHORT)
    monkeypatch.setattr(_pool, "SHORT_ROUND", SHORT_ROUND)


def where(number, pause=0.0):
    time.sleep(pause)
    return number, threading.get_ident()


@pytest.mark.parametrize("work", [None, 0, LONG])
@pytest.mark.parametrize("n_jobs", [None, 1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(work, n_jobs):
    tasks = ((number, 0.01 * (number % 3 == 0)) for number in range(9))
    found = list(run(where, tasks, n_jobs, work))
    assert [number for number, _ in found] == list(range(9))


def test_short_work_stays_on_the_thread_that_asks():
    here = threading.get_ident()
    tasks = [(number,) for number in range(5)]
    assert {thread for _, thread in run(where, tasks, 2, SHORT / 2)} == {here}
    assert here not in {thread for _, thread in run(where, tasks, 2, LONG)}
    assert list(run(where, iter([(7,)]), 2, LONG)) == [(7, here)]
    assert list(run(where, [], 2, LONG)) == []
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert here not in {thread for _, thread in run(where, tasks, None, LONG)}


def test_few_tasks_are_ahead_of_what_is_taken():
    asked = []

    def tasks():
        for number in range(100):
            asked.append(number)
            yield (number,)

    results = run(where, tasks(), 2, LONG)
    next(results)
    assert len(asked) <= 5
    results.close()
    assert threading.active_count() < 10


def test_errors_of_tasks_are_raised():
    with pytest.raises(ZeroDivisionError):
        list(run(divmod, [(1, 1), (1, 0), (1, 1)], 2, LONG))


@pytest.mark.parametrize(("n_jobs", "error"), [(0, ValueError), (True, TypeError)])
def test_numbers_of_workers_are_checked_however_short_the_work(n_jobs, error):
    with pytest.raises(error, match=r"n_jobs=.* must be None or a whole number"):
        run(where, [(1,)], n_jobs, 0)


def test_what_is_written_is_seen_whatever_the_backend():
    for backend in ("threading", "loky"):
        written = np.zeros(8)
        with joblib.parallel_config(backend, n_jobs=2):
            each(written.put, [(i, i) for i in range(8)], None, LONG)
        np.testing.assert_array_equal(written, np.arange(8))
    for n_jobs in (0, 1.5):
        with pytest.raises((ValueError, TypeError), match="n_jobs"):
            each(where, [(1,)], n_jobs, 0)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n_levels", [2, 9, 100])
def test_threads_read_and_lay_out_the_same_table(n_levels, order, monkeypatch):
    monkeypatch.setattr(parallel, "SHORT", 0)
    monkeypatch.setattr(blocks, "CHUNK_BYTES", 1 << 14)
    monkeypatch.setattr(tiles, "FILLED_ROWS", 128)
    rng = np.random.default_rng(n_levels)
    X = np.asarray(rng.integers(0, n_levels, (500, 600)), np.uint8, order=order)
    y = (X[:, 0] + rng.integers(0, 3, 500)) > n_levels // 2
    one, two = (JMI(6, alpha=1, n_jobs=n_jobs).fit(X, y) for n_jobs in (1, 2))
    pd.testing.assert_frame_equal(one.path_, two.path_, check_exact=True)
    np.testing.assert_array_equal(one.relevance_, two.relevance_)


class Timed(Terms):
    def __init__(self, pair_time):
        self.relevance, self._time = np.zeros(1000), pair_time

    @property
    def pair_time(self):
        return self._time

    def pairwise(self, newest, candidates, wanted):
        return {name: np.zeros(len(candidates)) for name in wanted}


@pytest.mark.parametrize(
    ("pair_time", "n_threads", "spread"),
    [(None, 2, True), (1e4, 2, True), (1e2, 2, False), (1e4, 1, False)],
)
def test_short_rounds_stay_on_one_thread(pair_time, n_threads, spread):
    with term_pool(Timed(pair_time), n_threads) as terms:
        assert isinstance(terms, _Spread) == spread


def test_two_threads_take_no_longer_for_a_small_table():
    """No pool is made, and joblib is not asked."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 9, (400, 80)), rng.integers(0, 2, 400)
    plain = PlugIn(correction=None)
    threads = threading.active_count()
    started = []
    threading.setprofile(lambda *_: started.append(threading.get_ident()))
    try:
        two = JMI(5, mi_estimator=plain, n_jobs=2).fit(X, y)
    finally:
        threading.setprofile(None)
    assert not started
    assert threading.active_count() == threads
    one = JMI(5, mi_estimator=plain, n_jobs=1).fit(X, y)
    pd.testing.assert_frame_equal(one.path_, two.path_, check_exact=True)
