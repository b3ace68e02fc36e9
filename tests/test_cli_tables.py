"""One table of several files, Parquet, and options on columns: as the library does."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs import JMI, MIFS, MIM, MISelector
from mifs._cli import main
from mifs._csv.marked import exact_floats


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    n = 240
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=n).round(3),
            "b": rng.integers(0, 4, n),
            "c": rng.choice(["x", "y", "z"], n),
            "d": rng.normal(size=n).round(2),
            "zip": rng.choice(["02116", "02117", "2116"], n),
            "w": rng.integers(1, 4, n),
        }
    )
    frame.loc[::17, "d"] = np.nan
    frame["y"] = (frame["a"] + frame["b"] + rng.normal(size=n) > 1).astype(int)
    return frame


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, table):
    monkeypatch.chdir(tmp_path)
    table.to_csv("all.csv", index=False)
    table.to_parquet("all.parquet", index=False)
    for i in range(3):
        part = table.iloc[80 * i : 80 * i + 80]
        part.to_csv(f"part{i}.csv", index=False)
        part.to_parquet(f"part{i}.parquet", index=False)
    (tmp_path / "days").mkdir()
    for i in range(3):
        part = table.iloc[80 * i : 80 * i + 80].to_csv(index=False).encode()
        (tmp_path / "days" / f"{i}.csv.gz").write_bytes(gzip.compress(part))
    (tmp_path / "days" / "notes.txt").write_text("none of it")
    return tmp_path


def run(*arguments, name="rank", **options):
    return CliRunner().invoke(main, [name, *map(str, arguments), "-t", "y"], **options)


def ranking(*arguments):
    done = run(*arguments, "-k", "all", "-f", "csv")
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "files",
    [
        ["part0.csv", "part1.csv", "part2.csv"],
        ["part?.csv"],
        ["days"],
        ["days/*.gz"],
        ["all.parquet"],
        ["part*.parquet"],
    ],
    ids=" ".join,
)
def test_files_of_one_schema_are_one_table(files):
    assert ranking(*files) == ranking("all.csv")


def test_a_type_is_that_of_all_rows(table):
    """A column of numbers in one file and of text in another is text in both."""
    table["b"] = table["b"].astype(str)
    table.loc[200, "b"] = "none"
    table.to_csv("all.csv", index=False)
    for i in range(3):
        table.iloc[80 * i : 80 * i + 80].to_csv(f"part{i}.csv", index=False)
    assert ranking("part0.csv", "part1.csv", "part2.csv") == ranking("all.csv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop(columns="c"), "has no column 'c', which part0.{} has"),
        (lambda t: t.assign(e=1), "has a column 'e', which part0.{} has not"),
        (lambda t: t[t.columns[::-1]], "has column 'y' where part0.{} has 'a'"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_another_schema_is_named_by_file_and_column(table, change, message, form):
    write = {"csv": pd.DataFrame.to_csv, "parquet": pd.DataFrame.to_parquet}
    write[form](change(table.iloc[:50]), f"part1.{form}", index=False)
    done = run("part0.csv" if form == "csv" else "part0.parquet", f"part1.{form}")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1].startswith(f"Error: part1.{form} ")
    assert message.format(form) in done.stderr


def test_a_type_of_parquet_that_differs_is_named(table):
    table.astype({"b": float}).to_parquet("part1.parquet", index=False)
    done = run("part0.parquet", "part1.parquet")
    assert done.exit_code == 2
    expected = "part1.parquet: column 'b' is double, and int64 in part0.parquet"
    assert expected in done.stderr


def test_kinds_of_files_are_not_mixed():
    done = run("part0.parquet", "part1.csv")
    assert done.exit_code == 2
    assert "part1.csv: is" not in done.stderr
    assert "part1.csv is CSV, unlike part0.parquet" in done.stderr


def test_columns_of_parquet_are_those_of_the_same_csv(table):
    import pyarrow as pa
    from pyarrow import parquet

    rng = np.random.default_rng(1)
    table["flag"] = rng.choice([True, False], len(table))
    table["gaps"] = rng.choice([1, 2, 70], len(table))
    table.to_csv("odd.csv", index=False)
    text = pd.read_csv("odd.csv", dtype=str, keep_default_na=False)
    text.loc[::9, ["flag", "gaps", "c"]] = ""
    text.to_csv("odd.csv", index=False)
    gaps = np.zeros(len(table), dtype=bool)
    gaps[::9] = True
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    for name in ("flag", "gaps", "c"):
        i = arrow.schema.get_field_index(name)
        column = pa.array(table[name].tolist(), mask=gaps)
        arrow = arrow.set_column(i, name, column)
    i = arrow.schema.get_field_index("c")
    arrow = arrow.set_column(i, "c", arrow.column("c").dictionary_encode())
    parquet.write_table(arrow, "odd.parquet")
    assert ranking("odd.parquet") == ranking("odd.csv")


def test_what_is_no_feature_in_parquet_is_named(table):
    table["list"] = [[1, 2]] * len(table)
    table.to_parquet("list.parquet", index=False)
    done = run("list.parquet")
    assert done.exit_code == 2
    assert "column 'list' holds list" in done.stderr
    assert "--exclude list" in done.stderr
    assert ranking("list.parquet", "-x", "list") == ranking("all.csv")


def test_damaged_parquet_and_no_rows(folder, table):
    (folder / "bad.parquet").write_bytes(b"PAR1 and no more")
    done = run("bad.parquet")
    assert done.exit_code == 2
    assert "bad.parquet is no Parquet file, or damaged" in done.stderr
    table.iloc[:0].to_parquet("empty.parquet", index=False)
    done = run("empty.parquet")
    assert done.exit_code == 2
    assert "empty.parquet has no rows" in done.stderr


@pytest.mark.parametrize("name", ["rank", "select", "profile"])
def test_parquet_needs_pyarrow(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("all.parquet", name=name)
    assert done.exit_code == 2
    assert "needs pyarrow: pip install 'mifs[files]'" in done.stderr


def test_each_file_is_scored_in_any_form():
    csv = run("part*.csv", name="score")
    assert csv.exit_code == 0, csv.stderr
    parquet = run("part*.parquet", name="score")
    assert parquet.stdout.replace(".parquet", ".csv") == csv.stdout
    folder = run("days", name="score")
    assert folder.stdout.count("days/1.csv.gz") == 6


def test_folders_and_patterns_without_files(folder):
    (folder / "nothing").mkdir()
    for argument, message in (("nothing", "holds no file"), ("x*.csv", "no file is")):
        done = run(argument)
        assert done.exit_code == 2
        assert message in done.stderr


def features(table):
    return table.drop(columns=["y", "zip"]), table["y"]


def test_weights_are_those_of_the_selector(table):
    X, y = features(table)
    expected = JMI(3).fit(X.drop(columns="w"), y, sample_weight=table["w"]).path_
    done = ranking("all.csv", "--weights", "w", "-x", "zip")
    found = pd.read_csv(io.StringIO(done), **exact_floats())
    assert found["relevance"][0] == expected["relevance"].iloc[0]
    assert found["feature"].tolist()[:3] == expected["name"].tolist()
    scored = run("all.csv", "--weights", "w", "-x", "zip", name="score")
    expected = MIM(None).fit(X.drop(columns="w"), y, sample_weight=table["w"]).path_
    scores = pd.read_csv(io.StringIO(scored.stdout), **exact_floats())
    assert scores["mi"].tolist() == expected["relevance"].tolist()


@pytest.mark.parametrize(
    ("column", "message"), [("c", "holds no numbers"), ("d", "missing in 15 of 239")]
)
def test_weights_that_are_none(column, message):
    done = run("all.csv", "--weights", column)
    assert done.exit_code == 2
    assert message in done.stderr


def test_groups_and_include_are_those_of_the_selector(table):
    X, y = features(table)
    groups = {"g": ["a", "c"]}
    path = MISelector("jmi", 4, groups=groups, include=["g", "d"]).fit(X, y).path_
    done = ranking(
        "all.csv",
        "-x",
        "zip",
        "--group",
        "g=a,c",
        *["--include", "a"],
        *["--include", "d"],
    )
    assert (
        pd.read_csv(io.StringIO(done), **exact_floats())["feature"].tolist()
        == path["name"].tolist()
    )


def test_parameters_of_the_criterion(table):
    X, y = features(table)
    path = MIFS(None, beta=0.25).fit(X, y).path_
    done = ranking("all.csv", "-x", "zip", "-c", "mifs", "--param", "beta=.25")
    found = pd.read_csv(io.StringIO(done), **exact_floats())
    assert found["score"].tolist() == path["score"].tolist()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-c", "mifs", "--param", "gamma=1"], "has no parameter gamma; it has: beta"),
        (["--param", "beta=1"], "criterion 'jmi' has no parameter beta; it has: none"),
        (["-c", "mifs", "--param", "beta=-1"], "at least 0.0"),
        (["-c", "mrmr", "--param", "scheme=x"], "('difference', 'quotient')"),
        (["-c", "mifs", "--param", "beta"], "give NAME=VALUE"),
        (["--group", "g"], "give a name and its columns"),
        (["--group", "g=a,e"], "has no column 'e'"),
        (["--include", "e"], "has no column 'e'"),
        (["--include", "y"], "names a column that is no feature"),
        (["--weights", "y"], "cannot hold the weights"),
        (["--weights", "v"], "has no column 'v'"),
    ],
)
def test_options_that_cannot_be(options, message):
    done = run("all.csv", *options)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_parquet_is_told_from_csv_on_standard_input_too(table):
    pytest.importorskip("pyarrow")
    table.to_parquet("all.parquet")
    packed = Path("all.parquet").read_bytes()
    commands = [
        ["rank", "-t", "y", "--format", "csv"],
        ["select", "-t", "y", "-k", "2"],
        ["profile", "-t", "y", "--format", "csv"],
        ["compare", "-t", "y", "--format", "csv"],
        ["score", "-t", "y", "--format", "csv"],
    ]
    for command, *options in commands:
        file = CliRunner().invoke(main, [command, "all.parquet", *options])
        pipe = CliRunner().invoke(main, [command, "-", *options], input=packed)
        assert file.exit_code == pipe.exit_code == 0, pipe.output
        assert pipe.stdout.replace("\n-,", "\nall.parquet,") == file.stdout
    damaged = CliRunner().invoke(main, ["rank", "-", "-t", "y"], input=packed[:90])
    assert damaged.exit_code == 2
    assert "standard input is no Parquet file, or damaged" in damaged.output
