"""mifs convert: Parquet whose columns are those that the reader of the CSV gives."""

from __future__ import annotations

import gzip
import os
import warnings

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs._cli import convert, main
from mifs._cli._parquet import read_parquet
from mifs._csv.files import read_csv
from mifs._csv.findings import CSVWarning
from mifs._csv.format import CSVFormat


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Batches are a few rows, so that types are those of many of them."""
    monkeypatch.setattr("mifs._scan.walk.BLOCK", 500)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def table(n=30):
    rng = np.random.default_rng(0)
    late = [""] * n
    late[-1] = "x"
    frame = pd.DataFrame(
        {
            "whole": rng.integers(-5, 5, n),
            "big": rng.integers(10**14, 10**15, n),
            "float": rng.normal(size=n),
            "mixed": [*range(n - 1), 2.5],
            "late_text": [*range(n - 1), "many"],
            "zip": ["2116"] * (n - 1) + ["02116"],
            "text": rng.choice(['say "x"', "a,b", "größe", "=1+1", "line\nbreak"], n),
            "flag": rng.choice([True, False], n),
            "empty": "",
            "late": late,
            "spoilt_flag": ["1"] * 10 + ["True"] * (n - 10),
        }
    ).astype(str)
    gaps = frame[["whole", "float", "flag", "text"]].add_suffix("_gaps")
    gaps.iloc[::4] = "NA"
    return frame.join(gaps)


def run(*arguments, **options):
    return CliRunner().invoke(main, ["convert", *map(str, arguments)], **options)


def converted(*arguments, **options):
    done = run(*arguments, **options)
    assert done.exit_code == 0, done.stderr
    return done


def assert_same(csv, parquet="out.parquet", **dialect):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CSVWarning)
        expected = read_csv(csv, CSVFormat(**dialect))
    found = read_parquet([parquet])
    # pandas 2 has None for a missing text, and NaN.
    found, expected = (each.mask(each.isna()) for each in (found, expected))
    pd.testing.assert_frame_equal(found, expected)


def test_columns_are_those_of_the_reader():
    table().to_csv("in.csv", index=False)
    done = converted("in.csv", "out.parquet")
    assert_same("in.csv")
    assert "30 rows, 15 columns" in done.stderr


def test_options_and_several_files_and_standard_input(folder):
    frame = table()
    frame.to_csv("in.csv", index=False, sep=";")
    (folder / "a.csv.gz").write_bytes(
        gzip.compress(frame.iloc[:10].to_csv(index=False, sep=";").encode())
    )
    frame.iloc[10:].to_csv("b.csv", index=False, sep=";")
    options = ("-d", ";", "--text", "whole", "--continuous", "zip")
    dialect = {"delimiter": ";", "text": ("whole",), "numbers": ("zip",)}
    converted("a.csv.gz", "b.csv", "out.parquet", *options)
    assert_same("in.csv", **dialect)
    content = (folder / "in.csv").read_bytes()
    converted("-", "again.parquet", *options, input=content)
    assert_same("in.csv", "again.parquet", **dialect)


def test_the_ranking_is_the_same(folder):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd"))
    frame["y"] = rng.integers(0, 2, 60)
    frame.to_csv("in.csv", index=False)
    converted("in.csv", "in.parquet")
    ranks = [
        CliRunner().invoke(main, ["rank", path, "-t", "y", "-f", "csv"]).stdout
        for path in ("in.csv", "in.parquet")
    ]
    assert ranks[0] == ranks[1] != ""


def test_text_that_hides_numbers_is_named_as_by_the_reader(folder):
    table().to_csv("in.csv", index=False)
    with pytest.warns(CSVWarning) as expected:
        read_csv("in.csv")
    said = converted("in.csv", "out.parquet", "--quiet").stderr.splitlines()
    assert len(said) == len(expected)
    for line, warning in zip(said, expected, strict=True):
        assert line.startswith(f"Warning: {warning.message}")
    assert "--missing many" in said[0]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,b\n1,2\n3\n", (), "in.csv, line 3: 1 field, too few"),
        ("a,b\n", (), "in.csv has a header and no rows"),
        ("", (), "in.csv is empty"),
        ("a,a\n1,2\n", (), "are all named 'a'"),
        ("a,b\n1,2\n", ("--text", "c"), "has no column 'c'"),
        ("a,b\n1,x\n", ("--continuous", "b"), "'x' is none"),
    ],
)
def test_what_cannot_be_read_writes_nothing(folder, content, options, message):
    (folder / "in.csv").write_text(content)
    (folder / "out.parquet").write_text("old")
    done = run("in.csv", "out.parquet", *options)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert (folder / "out.parquet").read_text() == "old"
    assert sorted(os.listdir()) == ["in.csv", "out.parquet"]


def test_usage(folder, monkeypatch):
    table().to_csv("in.csv", index=False)
    done = run("in.csv", "in.csv")
    assert (done.exit_code, "is an input file" in done.stderr) == (2, True)
    done = run("in.csv", "out.csv")
    assert (done.exit_code, "does not end with .parquet" in done.stderr) == (2, True)
    done = run("none.csv", "out.parquet")
    assert (done.exit_code, "does not exist" in done.stderr) == (2, True)
    monkeypatch.setattr(convert, "find_spec", lambda name: None)
    done = run("in.csv", "out.parquet")
    assert (done.exit_code, "pip install 'mifs[files]'" in done.stderr) == (2, True)


@pytest.mark.filterwarnings("ignore::mifs._csv.findings.CSVWarning")
def test_parquet_becomes_csv_again(folder):
    written = table()
    written.to_csv("in.csv", index=False)
    assert run("in.csv", "a.parquet").exit_code == 0
    done = run("a.parquet", "back.csv")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.startswith(f"back.csv: 30 rows, {written.shape[1]} columns (")
    pd.testing.assert_frame_equal(read_csv("back.csv"), read_csv("in.csv"))
    assert run("a.parquet", "a.parquet", "back.tsv", "-q").stderr == ""
    assert len(read_csv("back.tsv")) == 60
    pq = pytest.importorskip("pyarrow.parquet")
    more = pq.read_table("a.parquet").append_column("more", [[1] * 30])
    pq.write_table(more, "b.parquet")
    done = run("a.parquet", "b.parquet", "both.csv")
    assert (done.exit_code, "has a column 'more'" in done.stderr) == (2, True)
    pd.DataFrame({"lists": [[1, 2], [3]]}).to_parquet("lists.parquet")
    done = run("lists.parquet", "lists.csv")
    assert (done.exit_code, "leave it out by mifs select" in done.stderr) == (2, True)
    assert not os.path.exists("both.csv")
    assert not os.path.exists("lists.csv")
    done = run("a.parquet", "again.parquet")
    assert (done.exit_code, "Parquet files become CSV" in done.stderr) == (2, True)
