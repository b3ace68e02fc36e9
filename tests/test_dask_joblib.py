"""Resamples, folds and files go to the workers of a cluster, the data once."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from clusters import MARKS, client, distributed
from sharded_tables import frames, table
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

import mifs
from mifs._cli import main
from mifs._scan import dask as shards

pytestmark = MARKS
__all__ = ["client"]


@pytest.fixture(scope="module")
def numbers():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(5000, 12))).rename(columns="x{}".format)
    return X, (X["x0"] + X["x3"] + rng.normal(size=len(X)) > 0).astype(int)


@pytest.fixture
def scattered(monkeypatch):
    """Sizes of what is sent to the cluster by itself, and not with a task."""
    sizes = []
    known = distributed.Client.scatter

    def scatter(self, data, *arguments, **options):
        sizes.append(sys.getsizeof(data))
        return known(self, data, *arguments, **options)

    monkeypatch.setattr(distributed.Client, "scatter", scatter)
    return sizes


@pytest.mark.parametrize("scheme", ["subsample", "bootstrap"])
def test_resamples(scheme, client, numbers, scattered):
    X, y = numbers
    selector = mifs.StabilitySelector(
        mifs.JMI(3, alpha=1.0), n_resamples=6, scheme=scheme
    )
    expected = selector.fit(X, y).selection_frequency_
    with joblib.parallel_config("dask"):
        found = selector.fit(X, y).selection_frequency_
    np.testing.assert_array_equal(found, expected)
    # The codes once, and the classes by which rows are drawn.
    assert X.size in [size - size % X.size for size in scattered]
    assert len(scattered) <= 2


def test_folds(client, numbers, scattered):
    X, y = numbers
    selector = mifs.MutualInfoCV(mifs.JMI(3, alpha=1.0), LogisticRegression(), cv=3)
    expected = selector.fit(X, y).cv_results_["mean_test_score"]
    with joblib.parallel_config("dask"):
        found = selector.fit(X, y).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(found, expected)
    # X and y, and the rows of each fold.
    assert sum(size >= sys.getsizeof(X) for size in scattered) == 1
    pipeline = make_pipeline(mifs.JMI(3), LogisticRegression())
    expected = cross_val_score(pipeline, X, y, cv=3)
    with joblib.parallel_config("dask"):
        np.testing.assert_array_equal(cross_val_score(pipeline, X, y, cv=3), expected)


def run(*arguments, code=0):
    """Run a command of the shell."""
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code == code, (result.output, result.exc_info)
    return result


@pytest.fixture
def address(client):
    return client.scheduler.address


@pytest.fixture
def folder(tmp_path):
    X, y = table(3000)
    X = X.assign(answer=y, empty=np.nan)
    for number, part in enumerate(frames(X, 4)):
        if len(part):
            part.to_csv(tmp_path / f"{number}.csv", index=False)
            part.to_parquet(tmp_path / f"{number}.parquet")
    return tmp_path


def test_files_are_scored_there(address, folder, monkeypatch):
    monkeypatch.chdir(folder)
    files = sorted(path.name for path in folder.glob("*.csv"))
    arguments = ["score", *files, "--target", "answer", "-q"]
    here = run(*arguments)
    assert run(*arguments, "--dask", address).stdout == here.stdout
    failed = run(*arguments, "absent.csv", "--dask", address, code=1)
    assert "absent.csv" in failed.stderr
    assert failed.stdout == here.stdout


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_is_ranked_there(kind, address, folder, monkeypatch):
    monkeypatch.setattr("mifs._cli._reading.LARGE", 1)
    pytest.importorskip("pyarrow")
    arguments = ["rank", folder / f"*.{kind}", "--target", "answer", "-k", 5, "-q"]
    arguments += ["--format", "csv"]
    here, there = run(*arguments), run(*arguments, "--dask", address)
    assert there.stdout == here.stdout
    assert "'empty'" in there.stderr
    assert there.stderr == here.stderr
    missing = run(*arguments, "--exclude", "nobody", "--dask", address, code=2)
    assert "nobody" in missing.stderr


def test_a_cluster_that_cannot_work_says_so(address, folder, monkeypatch):
    file = next(folder.glob("*.csv"))
    arguments = ["rank", file, "--target", "answer", "--dask"]
    monkeypatch.setattr("mifs._cli._cluster.PATIENCE", 1)
    nobody = run(*arguments, "tcp://127.0.0.1:9", code=2)
    assert "no scheduler answers at 'tcp://127.0.0.1:9'" in nobody.stderr
    stable = run(*arguments, address, "--stability", 4, code=2)
    assert "leave one of them out" in stable.stderr
    assert "cannot read '-'" in run("rank", "-", *arguments[2:], address, code=2).stderr
    score = run("score", "-", *arguments[2:], address, code=2)
    assert "cannot read '-'" in score.stderr
    found = {"tcp://a": "0.0", "tcp://b": ImportError("No module named 'mifs'")}
    for worker, has in found.items():
        monkeypatch.setattr(
            shards, "versions_there", lambda client, w=worker, h=has: {w: h}
        )
        said = run(*arguments, address, code=1).stderr
        assert f"worker {worker} " in said
        assert "install the same version there" in said
    monkeypatch.setattr(shards, "versions_there", lambda client: {})
    assert "has no worker" in run(*arguments, address, code=1).stderr
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'mifs[dask]'" in run(*arguments, address, code=1).stderr


def test_what_is_fine_stays_here(client, numbers):
    """Encoding, and counts of pairs, are not worth another machine."""
    X, y = numbers
    with joblib.parallel_config("dask"):
        n_before = client.run_on_scheduler(_tasks_ever)
        mifs.JMI(3, n_jobs=2).fit(X, y)
        assert client.run_on_scheduler(_tasks_ever) == n_before


def _tasks_ever(dask_scheduler):
    return dask_scheduler.transition_counter


def test_the_example(client, capsys):
    path = Path(__file__).parents[1] / "examples" / "cluster" / "local_cluster.py"
    # Of no module that workers could import, its functions are sent themselves.
    runpy.run_path(str(path), run_name="example")["main"](2)
    out = capsys.readouterr().out
    assert "400000 rows; in order: x2, x4, x3" in out
    assert "kept: x2, x3, x4, 2 partitions" in out
