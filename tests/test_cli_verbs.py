"""profile and compare give what the library gives."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import mifs
from mifs._cli import main
from mifs._csv.marked import exact_floats


@pytest.fixture(autouse=True)
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    n = 200
    frame = pd.DataFrame(
        {
            "row": range(n),
            "size": rng.normal(size=n).round(3),
            "kind": rng.choice(["s", "m", "l"], n),
            "one": 1,
            "outlier": rng.normal(size=n).round(3),
            "copy": 0,
        }
    )
    frame.loc[0, "outlier"] = 1e6
    frame["copy"] = frame["size"]
    frame.loc[::10, "kind"] = None
    frame["y"] = (frame["size"] + rng.normal(size=n) > 0).astype(int)
    frame["leak"] = frame["y"].map({0: "no", 1: "yes"})
    frame.to_csv("data.csv", index=False)
    frame.to_parquet("data.parquet")
    return frame


def run(*arguments):
    done = CliRunner().invoke(main, [str(a) for a in arguments])
    assert done.exit_code == 0, done.stderr
    return done


@pytest.mark.parametrize("file", ["data.csv", "data.parquet"])
@pytest.mark.parametrize("target", [None, "y"])
def test_profile_is_that_of_the_library(table, file, target):
    options = [] if target is None else ["--target", target]
    done = run("profile", file, *options, "-f", "json")
    expected = mifs.profile(table, target).reset_index(names="column")
    assert json.loads(done.stdout) == json.loads(expected.to_json(orient="records"))


@pytest.mark.parametrize("file", ["data.csv", "data.parquet"])
@pytest.mark.parametrize("target", [[], ["-t", "y"]])
def test_profile_with_weights(table, file, target):
    table["often"] = np.arange(len(table)) % 3 / 2
    table.to_csv("data.csv", index=False)
    table.to_parquet("data.parquet")
    done = run("profile", file, *target, "--weights", "often", "-f", "json")
    weights, X = table["often"], table.drop(columns="often")
    expected = mifs.profile(X, *target[1:], sample_weight=weights)
    expected = expected.reset_index(names="column")
    assert json.loads(done.stdout) == expected.to_dict("records")
    shown = run("profile", file, *target, "--weights", "often").stdout
    assert shown.splitlines()[-1].endswith(" columns, 133 rows")


def test_profile_says_in_words_what_is_odd():
    done = run("profile", "data.csv", "-t", "y")
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    for name, remark in (
        ("row", "like ids or row numbers"),
        ("one", "constant"),
        ("outlier", "one bin of equal width holds most"),
        ("copy", "nearly a duplicate of size"),
        ("leak", "determines the target"),
    ):
        assert remark in lines[name]
    assert done.stdout.splitlines()[-1] == "7 columns, 200 rows"


def test_profile_reads_as_the_options_say(table):
    done = run("profile", "data.csv", "--discrete", "size", "-x", "row", "-f", "csv")
    found = pd.read_csv(io.StringIO(done.stdout), index_col="column", **exact_floats())
    assert found.loc["size", "kind"] == "discrete"
    assert "row" not in found.index


def test_profile_of_rows_without_a_target(table):
    table["y"] = table["y"].astype(object).where(table.index > 4, None)
    table.to_csv("gaps.csv", index=False)
    done = CliRunner().invoke(main, ["profile", "gaps.csv", "-t", "y"])
    assert done.exit_code == 2
    assert "--drop-missing-target" in done.stderr
    done = run("profile", "gaps.csv", "-t", "y", "--drop-missing-target")
    assert done.stdout.splitlines()[-1] == "7 columns, 195 rows"


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
@pytest.mark.parametrize("file", ["data.csv", "data.parquet"])
def test_compare_is_that_of_the_library(table, file):
    names = ["jmi", "mrmr", "cmim"]
    options = ["-t", "y", "--criteria", ",".join(names), "-k", 3, "-x", "leak"]
    done = run("compare", file, *options, "-f", "csv")
    X = table[["size", "kind", "outlier", "copy"]]
    expected = mifs.compare(X, table["y"], names, 3).path
    found = pd.read_csv(io.StringIO(done.stdout), **exact_floats())
    assert list(found) == ["criterion", "step", "feature", "score"]
    assert found["feature"].tolist() == expected["name"].tolist()
    assert found["score"].tolist() == expected["score"].tolist()
    shown = run("compare", file, *options).stdout.splitlines()
    assert shown[0].split() == ["step", *names]
    assert shown[-1].startswith("Jaccard agreement of the sets: ")
    assert "(jmi, mrmr)" in shown[-1]


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        ("jmi,oops", "unknown"),
        ("jmi,JMI", "'jmi' is given twice"),
        (",", "give names with commas between"),
    ],
)
def test_criteria_that_cannot_be(criteria, message):
    command = ["compare", "data.csv", "-t", "y", "--criteria", criteria]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
def test_compare_with_weights_groups_and_included_columns(table):
    table["w"] = np.arange(200) % 4
    table.to_csv("weighted.csv", index=False)
    command = ["compare", "weighted.csv", "-t", "y", "-x", "leak", "-x", "row", "-k", 3]
    command += ["--criteria", "jmi,mim", "--weights", "w", "--include", "outlier"]
    done = run(*command, "--group", "two=kind,copy", "--seed", 3, "-f", "csv")
    found = pd.read_csv(io.StringIO(done.stdout), **exact_floats())
    here = table[table["w"] > 0]
    expected = mifs.compare(
        here[["size", "kind", "outlier", "copy"]],
        here["y"],
        ["jmi", "mim"],
        3,
        sample_weight=here["w"],
        include=["outlier"],
        groups={"two": ["kind", "copy"]},
        random_state=3,
    ).path
    assert found["feature"].tolist() == expected["name"].tolist()
    assert found["score"].tolist() == expected["score"].tolist()
    assert "two" in found["feature"].tolist()
    assert found.groupby("criterion")["feature"].first().tolist() == ["outlier"] * 2


@pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")
def test_score_with_groups_and_included_columns(table):
    command = ["score", "data.csv", "-t", "y", "-x", "leak", "--include", "outlier"]
    done = run(*command, "--group", "two=kind,size")
    found = pd.read_csv(io.StringIO(done.stdout), **exact_floats())
    selector = mifs.MIM(None, include=["outlier"], groups={"two": ["kind", "size"]})
    path = selector.fit(table[["size", "kind", "outlier", "copy"]], table["y"]).path_
    assert found["feature"].tolist() == path["name"].tolist()
    assert found["mi"].tolist() == path["relevance"].tolist()
    assert found["feature"].iloc[0] == "outlier"
    kinds = dict(zip(found["feature"], found["kind"], strict=True))
    assert kinds == {"outlier": "continuous", "two": "group", "copy": "continuous"}
    done = CliRunner().invoke(main, [*command, "--group", "two=kind,absent"])
    assert done.exit_code == 1
    assert "has no column 'absent'" in done.stderr
