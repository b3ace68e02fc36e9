"""``mifs rank --stability``: how often each feature of the ranking is chosen."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs import JMI, StabilitySelector
from mifs._cli import main


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    X = pd.DataFrame(rng.normal(size=(200, 6)), columns=list("abcdef"))
    X["a"] += 2 * y
    X["b"] += y
    path = tmp_path_factory.mktemp("stability") / "table.csv"
    X.assign(y=y).to_csv(path, index=False)
    return str(path)


def run(*arguments):
    return CliRunner().invoke(main, ["rank", *arguments])


def records(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("k", ["3", "auto"])
def test_frequencies_are_those_of_the_selector(table, k):
    found = records(table, "--target", "y", "-k", k, "--stability", "10", "--seed", "4")
    plain = records(table, "--target", "y", "-k", k, "--seed", "4")
    X = pd.read_csv(table)
    selector = JMI("auto" if k == "auto" else int(k), random_state=4)
    stable = StabilitySelector(selector, 10, random_state=4)
    stable.fit(X.drop(columns="y"), X["y"])
    frequencies = stable.frequencies_.set_index("name")
    for row, without in zip(found, plain, strict=True):
        expected = frequencies.loc[row["feature"]]
        for name in ("frequency", "low", "high"):
            assert row.pop(name) == expected[name]
        assert row == without


def test_the_caption_and_the_seed(table):
    shown = run(table, "--target", "y", "-k", "2", "--stability", "10")
    assert "10 subsamples of half of the rows, whose stability is" in shown.stdout
    again = run(table, "--target", "y", "-k", "2", "--stability", "10")
    assert shown.stdout == again.stdout
    other = run(table, "--target", "y", "-k", "2", "--stability", "10", "--jobs", "2")
    assert shown.stdout == other.stdout


def test_all_chosen(tmp_path):
    """As by -k 10, the default, of fewer columns."""
    noise = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 3)))
    path = tmp_path / "noise.csv"
    noise.assign(y=np.arange(60) % 2).to_csv(path, index=False)
    shown = run(str(path), "--target", "y", "--stability", "4").stdout
    assert "4 subsamples of half of the rows, which choose every feature" in shown
    assert "nan" not in shown


def test_nothing_chosen(tmp_path):
    rng = np.random.default_rng(1)
    noise = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    path = tmp_path / "noise.csv"
    noise.assign(y=rng.integers(0, 2, 60)).to_csv(path, index=False)
    result = run(
        str(path), "--target", "y", "-k", "auto", "--stability", "4", "-f", "csv"
    )
    assert result.exit_code == 0
    header = result.stdout.splitlines()[0]
    assert header.endswith("tier,frequency,low,high")


def test_groups_and_weights(tmp_path, table):
    rng = np.random.default_rng(2)
    X = pd.read_csv(table).assign(w=rng.integers(1, 4, 200))
    X.to_csv(tmp_path / "weighted.csv", index=False)
    found = records(
        *(str(tmp_path / "weighted.csv"), "--target", "y", "--weights", "w"),
        *("--group", "pair=c,a", "-k", "2", "--stability", "6"),
    )
    assert found[0]["feature"] == "pair"
    assert found[0]["frequency"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stability", "7"], "7 is odd, and subsamples are drawn in pairs"),
        (["--stability", "1"], "x>=2"),
        (["--stability", "4", "-k", "all"], "give -k a number, or auto"),
    ],
)
def test_wrong_usage(table, arguments, message):
    result = run(table, "--target", "y", *arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_a_rare_class_is_named_in_the_terms_of_the_shell(tmp_path, table):
    X = pd.read_csv(table)
    X["y"] = np.arange(200) < 1
    X.to_csv(tmp_path / "rare.csv", index=False)
    result = run(str(tmp_path / "rare.csv"), "--target", "y", "--stability", "4")
    assert result.exit_code == 2
    assert "subsample 1: all 100 rows are of one class" in result.output
    assert result.output.endswith("; merge rare classes, or leave --stability out\n")
    assert "larger" not in result.output


def test_too_few_rows_are_named_in_the_terms_of_the_shell(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("a,b,y\n1,2,0\n2,1,1\n")
    result = run(str(path), "--target", "y", "--stability", "2")
    assert result.exit_code == 2
    assert "2 samples would be of 1 row, and needs two or more; --sta" in result.output
    assert "fraction" not in result.output
