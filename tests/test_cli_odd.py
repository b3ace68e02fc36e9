"""The command line on odd files: each refusal names an option that then works."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs import MIM
from mifs._cli import _reading as reading
from mifs._cli import main
from mifs._cli._remedies import in_words_of_the_shell
from mifs.estimators import ESTIMATORS, KNN, PlugIn


def run(*arguments, **options):
    return CliRunner().invoke(main, [str(a) for a in arguments], **options)


def records(result):
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def scores(path, *options):
    """Rows of ``mifs score`` by feature, and what it says."""
    result = run("score", path, "-t", "y", *options)
    return {row["feature"]: row for row in records(result)}, result.stderr


def option_of(result):
    """The option that a refusal or a warning names at its end."""
    return shlex.split(re.search(r"\((--.*)\)\s*$", result.stderr)[1])


@pytest.fixture
def table(tmp_path):
    """Write a table of 120 rows; further columns and changes by name."""

    def table(file="data.csv", **columns):
        rng = np.random.default_rng(0)
        y = rng.integers(0, 2, 120)
        frame = pd.DataFrame({"a": y + rng.normal(size=120), "b": rng.normal(size=120)})
        frame["y"] = y
        frame = frame.assign(**columns)
        frame.to_csv(tmp_path / file, index=False)
        return tmp_path / file

    return table


# Codes and declared kinds.


def test_codes_are_levels_and_options_declare_kinds(table):
    codes = ["02116", "2116", "02117"] * 40
    path = table(zip=codes, few=[1, 2, 3, 4] * 30)
    found, said = scores(path)
    assert found["zip"]["kind"] == "discrete"
    assert said == ""
    y = pd.read_csv(path)["y"]
    expected = MIM(None).fit(pd.DataFrame({"zip": codes}), y).relevance_[0]
    assert float(found["zip"]["mi"]) == expected
    found, _ = scores(path, "--continuous", "zip", "--continuous", "few")
    assert (found["zip"]["kind"], found["few"]["kind"]) == ("continuous",) * 2
    found, _ = scores(path, "--text", "few", "--discrete", "b")
    assert (found["few"]["kind"], found["b"]["kind"]) == ("discrete",) * 2


@pytest.mark.parametrize("large", [False, True])
def test_whole_numbers_that_are_one_float_are_refused(table, large, monkeypatch):
    if large:
        monkeypatch.setattr(reading, "LARGE", 1)
    k = np.arange(120) % 3
    exact = {"i": 2**60 + k, "d": [2**70 + int(v) * 2**20 for v in k]}
    merged = {
        "beyond 64 bits": [2**70 + int(v) for v in k],
        "beyond int64": [2**63 + int(v) for v in k],
        "beside gaps": [None if v > 1 else 2**60 + int(v) for v in k],
        "beside fractions": [0.5 if v > 1 else 2**53 + int(v) for v in k],
    }
    exact_ones = ("--continuous", "i", "--continuous", "d")
    for numbers in merged.values():
        path = table(**exact, q=pd.Series(numbers, dtype=object))
        refused = run("rank", path, "-t", "y", *exact_ones, "--continuous", "q")
        assert refused.exit_code == 2
        assert "column 'q' is to be read as numbers, and " in refused.stderr
        assert "the same float, cannot be told apart" in refused.stderr
        found, _ = scores(path, *exact_ones, *option_of(refused))
        y = pd.read_csv(path).y
        (mi,) = MIM(None, discrete_features=[]).fit(k[:, None], y).relevance_
        assert float(found["i"]["mi"]) == float(found["d"]["mi"]) == mi


def test_bins_and_estimators_of_the_registry(table):
    path = table()
    X = pd.read_csv(path)[["a", "b"]]
    y = pd.read_csv(path)["y"]
    for name in ESTIMATORS:
        found, _ = scores(path, "--estimator", name)
        expected = MIM(None, mi_estimator=name).fit(X, y).relevance_
        assert [float(found[c]["mi"]) for c in X] == list(expected)
    found, _ = scores(path, "--bins", 4)
    expected = MIM(None, mi_estimator=PlugIn(n_bins=4)).fit(X, y).relevance_
    assert [float(found[c]["mi"]) for c in X] == list(expected)
    ranked = records(
        run("rank", path, "-t", "y", "--bins", "4", "-c", "mim", "-f", "csv")
    )
    assert float(ranked[0]["relevance"]) == max(expected)


def test_neighbours_of_rows_that_have_values(table):
    gaps = np.where(np.arange(120) % 10 == 0, np.nan, np.arange(120) % 13 * 1.5)
    path = table(c=gaps)
    found, _ = scores(path, "-e", "knn")
    frame = pd.read_csv(path)
    selector = MIM(None, mi_estimator=KNN(missing="pairwise"))
    expected = selector.fit(frame[["a", "b", "c"]], frame["y"]).relevance_
    assert [float(found[c]["mi"]) for c in "abc"] == list(expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--estimator", "k-nn"], "known: auto, gaussian_copula, knn, plugin"),
        (["--estimator", "knn", "--bins", "4"], "--bins is for --estimator plugin"),
        (["--bins", "1"], "x>=2"),
        (["--text", "a", "--discrete", "a"], "'a' is declared more than once"),
        (["--discrete", "y"], "say --target-kind"),
        (["--text", "aa"], "has no column 'aa'; near names: 'a'"),
        (["--encoding", "rot13"], "'rot13' is not an encoding of text"),
        (["--thousands", "."], "both the thousands mark and the decimal mark"),
        (["-c", "cmi", "-e", "knn"], "use --estimator"),
        (["-c", "disr", "-e", "knn"], "which --estimator knn cannot estimate; use --e"),
    ],
)
def test_options_that_cannot_be(table, options, message):
    result = run("rank", table(), "-t", "y", *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert "mi_estimator" not in result.stderr


# Missing values.


def test_missing_adds_and_only_missing_replaces(tmp_path):
    rows = "".join(f"{i % 5},{i % 2}\n" for i in range(60))
    (tmp_path / "d.csv").write_text("a,y\n" + rows + "NA,0\n?,1\n")
    plain, _ = scores(tmp_path / "d.csv")
    both, _ = scores(tmp_path / "d.csv", "--missing", "?")
    only, _ = scores(tmp_path / "d.csv", "--only-missing", "?", "--only-missing", "NA")
    assert both == only
    kept, _ = scores(tmp_path / "d.csv", "--only-missing", "")
    assert float(kept["a"]["mi"]) != float(both["a"]["mi"])
    assert plain["a"]["kind"] == "discrete"
    for command in ("rank", "score"):
        assert "besides the empty field and NA" in " ".join(
            run(command, "--help").stdout.split()
        )


def test_rows_without_a_target(table):
    y = pd.Series(np.arange(120) % 2, dtype="Int64")
    y[3], y[50] = pd.NA, pd.NA
    path = table(y=y)
    refused = run("rank", path, "-t", "y")
    assert refused.exit_code == 2
    assert "'y' is missing in 2 of 120 rows" in refused.stderr
    (option,) = option_of(refused)
    result = run("rank", path, "-t", "y", option)
    assert result.exit_code == 0
    assert "118 rows" in result.stdout
    assert "2 rows without a target left out" in result.stdout
    as_csv = run("rank", path, "-t", "y", option, "-f", "csv")
    assert "2 rows without a target left out" in as_csv.stderr
    frame = pd.read_csv(path).dropna(subset="y")
    expected = MIM(None).fit(frame[["a", "b"]], frame["y"]).relevance_
    found, said = scores(path, option)
    assert [float(found[c]["mi"]) for c in "ab"] == list(expected)
    assert said == f"Rows without a target left out: 2, in 1 of 1 files: {path}\n"


def test_a_class_that_is_called_na(table):
    path = table(y=np.where(np.arange(120) % 3 == 0, "NA", "yes"))
    refused = run("rank", path, "-t", "y")
    assert "--only-missing ''" in refused.stderr
    result = run("rank", path, "-t", "y", "--only-missing", "")
    assert result.exit_code == 0
    empty = run("rank", table(y=np.nan), "-t", "y", "--drop-missing-target")
    assert "there is nothing to predict" in empty.stderr


def test_infinite_values(table):
    a = np.arange(120) * 1.5
    b = np.where(np.arange(120) == 7, -np.inf, np.arange(120) % 7 * 0.5)
    a[[5, 6]] = np.inf
    path = table(a=a, b=b, c=np.arange(120) % 9 * 0.25)
    refused = run("rank", path, "-t", "y")
    assert refused.exit_code == 2
    assert "'a' (2 values), 'b' (1 value) hold infinite values" in refused.stderr
    (option,) = option_of(refused)
    found, _ = scores(path, option)
    frame = pd.read_csv(path).replace([np.inf, -np.inf], np.nan)
    expected = MIM(None).fit(frame[["a", "b", "c"]], frame["y"]).relevance_
    assert [float(found[c]["mi"]) for c in "abc"] == list(expected)
    assert run("rank", path, "-t", "y", "-x", "a", "-x", "b").exit_code == 0


# Columns that cannot tell anything.


def test_useless_columns_are_left_out_with_one_warning(table):
    columns = {
        "empty": np.nan,
        "same": 7,
        "name": [f"row {i:03}" for i in range(120)],
        "row": np.arange(120),
    }
    path = table(**columns)
    found, said = scores(path)
    assert list(found) == ["a", "b"]
    (line,) = said.splitlines()
    assert "'empty' (empty); 'same' (one value only)" in line
    assert "'name', 'row' (like ids or row numbers)" in line
    kept, said = scores(path, "--text", "name", "--continuous", "row", "-x", "same")
    assert set(kept) == {"a", "b", "name", "row"}
    assert "left out: 'empty' (empty); say" in said
    nothing = table(**columns, a=1, b=1)
    assert (
        "has no feature that could tell anything"
        in run("rank", nothing, "-t", "y").stderr
    )


def test_more_levels_than_can_be_counted(tmp_path):
    n = 70_000
    frame = pd.DataFrame(
        {"id": np.arange(n), "a": np.arange(n) % 5, "y": np.arange(n) % 2}
    )
    frame["id"] = "r" + frame["id"].astype(str)
    frame.to_csv(tmp_path / "d.csv", index=False)
    found, said = scores(tmp_path / "d.csv", "--text", "id")
    assert list(found) == ["a"]
    assert "'id' (more than 65535 levels)" in said


def test_excluded_columns_that_some_files_lack(table):
    files = [table("p.csv", extra=np.arange(120) % 4), table("q.csv"), table("r.csv")]
    result = run("score", *files, "-t", "y", "-x", "extra", "--discrete", "kind")
    assert result.exit_code == 0
    assert {row["feature"] for row in records(result)} == {"a", "b"}
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert "has no column 'kind'" in lines[0]
    assert "[in 3 files: " in lines[0]
    assert "has no column 'extra'" in lines[1]
    assert f"[in 2 files: {files[1]}, {files[2]}]" in lines[1]


# Numbers with marks.


@pytest.mark.parametrize("spell", ["{:,.2f}", "${:.2f}", "{:.1f}%", "${:,.2f}", "{} €"])
def test_numbers_with_marks_get_a_remedy_that_works(table, spell):
    values = np.random.default_rng(1).integers(1000, 10**6, 120) / 4
    path = table(price=[spell.format(v) for v in values], y=values > 120_000)
    result = run("score", path, "-t", "y")
    first, second = result.stderr.splitlines()
    assert "'price' is taken as text, yet it looks like numbers with" in first
    assert "'price' (numbers taken as text, as said above)" in second
    assert "chance" not in result.stderr
    assert "drop" not in result.stderr
    options = shlex.split(re.search(r"\((--.*)\)$", first)[1])
    found, said = scores(path, *options)
    assert said == ""
    assert found["price"]["kind"] == "continuous"
    assert found["price"]["rank"] == "1"


def test_shares_are_counted(table):
    level = [str(i * 0.5) for i in range(119)] + ["unknown"]
    result = run("score", table(c=level), "-t", "y")
    assert "119 of 120 values are numbers: 'unknown' is not" in result.stderr
    assert "100%" not in result.stderr
    found, said = scores(table(c=level), "--missing", "unknown")
    assert (found["c"]["kind"], said) == ("continuous", "")


# Many files.


def test_equal_warnings_are_merged_and_failures_come_last(table, tmp_path):
    files = [table(f"{i:02}.csv", row=np.arange(120)) for i in range(20)]
    for i in (3, 11):
        files[i].write_text("a,y\n1\n")
    result = run("score", *files, "-t", "y", "-j", 2)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("Warning: left out: 'row' (like ids or row numbers)")
    listed = ", ".join(map(str, files[:3]))
    assert lines[0].endswith(f"[in 18 files: {listed} and 15 more]")
    assert lines[1].startswith(f"Failed: {files[3]}, line 2: 1 field, too few")
    assert lines[2].startswith(f"Failed: {files[11]}, line 2: ")
    assert lines[3] == f"2 of 20 files failed: {files[3]}, {files[11]}"


# Formats.


def test_formats_by_suffix(table, tmp_path):
    path = table()
    plain = "--correction", "none"
    expected = records(run("rank", path, "-t", "y", *plain, "-f", "csv"))
    for suffix in ("csv", "tsv", "json", "parquet", "md", "txt"):
        output = tmp_path / f"r.{suffix}"
        result = run("rank", path, "-t", "y", *plain, "-o", output)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    lines = (tmp_path / "r.tsv").read_text().splitlines()
    assert list(csv.DictReader(lines, delimiter="\t")) == expected
    as_json = json.loads((tmp_path / "r.json").read_text())
    parquet = pd.read_parquet(tmp_path / "r.parquet")
    assert list(parquet["score"]) == [r["score"] for r in as_json]
    assert list(parquet["feature"]) == [r["feature"] for r in expected]
    lines = (tmp_path / "r.md").read_text().splitlines()
    assert lines[0] == "| rank | feature | score | relevance | redundancy |"
    assert lines[2].startswith("| 1 | a | ")
    assert (tmp_path / "r.txt").read_text().startswith("rank  ")


def test_parquet_by_polars_alone(monkeypatch):
    import importlib.util

    from mifs._cli import _formats

    found = importlib.util.find_spec
    without = {"pyarrow"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n: None if n in without else found(n)
    )
    frame = pd.DataFrame({"feature": ["a", "b"], "score": [0.5, np.nan]})
    data = _formats.render(frame, "parquet", "", on_terminal=False)
    pd.testing.assert_frame_equal(
        pd.read_parquet(io.BytesIO(data)), frame, check_dtype=False
    )
    without.add("polars")
    with pytest.raises(Exception, match=r"mifs\[files\]"):
        _formats.check_writable_format("parquet")


@pytest.mark.parametrize("name", ["r.xlsx", "r.parq", "r.csv.gz", "r.html"])
def test_unknown_suffixes_are_refused_before_work(tmp_path, name):
    (tmp_path / "no.csv").write_text("")
    result = run("score", tmp_path / "no.csv", "-t", "y", "-o", tmp_path / name)
    assert result.exit_code == 2
    assert "known: .csv, .tsv, .json, .md, .parquet, .txt" in result.stderr
    assert not (tmp_path / name).exists()


def test_markdown_escapes_its_bars(table):
    path = table(**{"a|b": np.arange(120) % 5})
    assert "a\\|b" in run("rank", path, "-t", "y", "-f", "md").stdout


# Odd files, with the option that mends them.

ROWS = "".join(
    f"{i % 7 + 0.5},{i * 5 % 11 + 0.25},{'no' if i % 3 else 'yes'}\n" for i in range(60)
)
MENDED = {
    "title": (("Report\na,b,y\n" + ROWS).encode(), "y", "line 1"),
    "comment": (("# by hand\n\na,b,y\n" + ROWS).encode(), "y", "line 1"),
    "title of more fields": (
        ("Report, May, 1, 2\na,b,y\n" + ROWS).encode(),
        "y",
        "line 1",
    ),
    "title of fewer fields": (("Report, May\na,b,y\n" + ROWS).encode(), "y", "line 1"),
    "title as wide": (("Report, of, May\na,b,y\n" + ROWS).encode(), "y", "line 1"),
    "comment as wide": (("# of, May, 1\na,b,y\n" + ROWS).encode(), "y", "line 1"),
    "padded title": (("Report,,\n,,\na,b,y\n" + ROWS).encode(), "y", "line 1"),
    "semicolons": (("a;b;y\n" + ROWS.replace(",", ";")).encode(), "y", "line 1"),
    "tabs": (("a\tb\ty\n" + ROWS.replace(",", "\t")).encode(), "y", "line 1"),
    "latin-1": (("ä,b,y\n" + ROWS).encode("latin-1"), "y", "line 1"),
    "UTF-16BE": (("a,b,y\n" + ROWS).encode("utf-16-be"), "y", "line 1"),
    "UTF-16LE": (("a,b,y\n" + ROWS).encode("utf-16-le"), "y", "line 1"),
    "no header": (ROWS.encode(), "yes", "'0.5', '0.25', 'yes' look like data"),
}


@pytest.mark.parametrize(("content", "target", "message"), MENDED.values(), ids=MENDED)
def test_the_option_that_is_named_mends_the_file(tmp_path, content, target, message):
    (tmp_path / "d.csv").write_bytes(content)
    refused = run("rank", tmp_path / "d.csv", "-t", target)
    assert refused.exit_code == 2
    assert message in refused.stderr
    option = option_of(refused)
    if option[0].startswith("--no-header"):
        option, target = ["--no-header"], "3"
    result = run("rank", tmp_path / "d.csv", "-t", target, *option)
    assert result.exit_code == 0, result.stderr
    assert "2 of 2 features, 60 rows" in result.stdout


def test_a_decimal_comma_gets_its_option(tmp_path):
    rows = "".join(f"{i},5;{i % 2}\n" for i in range(60))
    (tmp_path / "d.csv").write_text("a;y\n" + rows)
    result = run("rank", tmp_path / "d.csv", "-t", "y", "-d", ";", "--text", "b")
    assert result.exit_code == 2
    result = run("score", tmp_path / "d.csv", "-t", "y", "-d", ";")
    assert "(--decimal ,)" in result.stderr


def test_words_of_the_library_become_options():
    said = in_words_of_the_shell(
        ValueError("use mi_estimator='plugin' or discrete_target=False\nnow")
    )
    assert said == "use --estimator plugin or --target-kind continuous now"
