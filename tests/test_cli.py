"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from joblib import parallel_config
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from mifs import MIM, MISelector
from mifs._cli import main
from mifs._cli._messages import say_warning, sink_warnings
from mifs.criteria import CRITERIA
from mifs.exceptions import MifsWarning

TESTED = ["expected", "p", "tier"]
COLUMNS = ["rank", "feature", "score", "relevance", "redundancy", *TESTED]
ODD_NAMES = ["007", 'say "x"', "a,b", "größe", "特徴", "[red]", "x" * 300, " 1.5"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    load_breast_cancer(as_frame=True).frame.to_csv(folder / "cancer.csv", index=False)
    load_wine(as_frame=True).frame.to_csv(folder / "wine.csv", index=False)
    load_diabetes(as_frame=True).frame.to_csv(folder / "diabetes.csv", index=False)
    return folder


@pytest.fixture
def odd(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 3, (60, 8)), columns=ODD_NAMES)
    frame["y"] = rng.choice(["yes", "no"], 60)
    frame.to_csv(tmp_path / "odd.csv", index=False)
    return tmp_path / "odd.csv"


def run(*arguments, **options):
    return CliRunner().invoke(main, [str(a) for a in arguments], **options)


def shell(*arguments, **options):
    command = [sys.executable, "-m", "mifs", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=120, **options)


def records(result):
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


def refused(result, *messages):
    """The message is on stderr, and nothing else is anywhere."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for message in messages:
        assert message in result.stderr
    return True


def test_rank_as_a_process_gives_the_path_of_the_selector(tables):
    done = shell(
        *("rank", tables / "cancer.csv", "-t", "target", "-k", 5, "-f", "json", "-q")
    )
    assert (done.returncode, done.stderr) == (0, b"")
    frame = load_breast_cancer(as_frame=True)
    path = MISelector("jmi", 5).fit(frame.data, frame.target).path_
    ranking = json.loads(done.stdout)
    assert [list(record) for record in ranking] == [COLUMNS] * 5
    assert [record["rank"] for record in ranking] == [1, 2, 3, 4, 5]
    assert [record["feature"] for record in ranking] == list(path["name"])
    for column in ("score", "relevance"):
        assert [record[column] for record in ranking] == list(path[column])
    assert ranking[0]["redundancy"] is None


def test_score_as_a_process_scores_every_feature(tables, tmp_path):
    scores = tmp_path / "scores.csv"
    files = [str(tables / "cancer.csv"), str(tables / "wine.csv")]
    done = shell("score", *files, "--target", "target", "-o", scores, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    frame = pd.read_csv(scores)
    assert list(frame.columns) == ["file", "feature", "kind", "mi", "rank", *TESTED]
    assert frame.groupby("file", sort=False).size().to_dict() == dict(
        zip(files, [30, 13], strict=True)
    )
    wine = load_wine(as_frame=True)
    selector = MIM(n_features_to_select=None).fit(wine.data, wine.target)
    ours = frame[frame["file"] == files[1]].set_index("feature").loc[wine.data.columns]
    assert ours["mi"].tolist() == pytest.approx(selector.relevance_, rel=1e-15)
    assert ours["rank"].tolist() == selector.ranking_.tolist()
    assert ours["kind"].tolist() == list(selector.feature_kinds_)


def test_python_m_mifs_and_version():
    done = shell("--version")
    assert (done.returncode, done.stdout) == (0, b"mifs, version 0.1.0\n")


@pytest.mark.parametrize(
    "arguments",
    [[], *([n] for n in ("rank", "score", "select", "profile", "compare", "convert"))],
)
def test_help_imports_nothing_heavy(arguments):
    code = (
        "import sys; from mifs._cli import main\n"
        f"try: main({[*arguments, '--help']})\n"
        "except SystemExit as done: code = done.code\n"
        "heavy = {'numpy', 'pandas', 'sklearn', 'numba', 'rich', 'joblib'}\n"
        "sys.exit(code or ' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"nats" in done.stdout or arguments not in ([], ["rank"], ["score"])
    assert b"Examples:\n" in done.stdout


def test_every_command_is_found_and_explained():
    listed = run("--help").stdout
    for name, command in (
        (n, main.get_command(None, n)) for n in main.list_commands(None)
    ):
        assert f"  {name} " in listed
        assert command.name == name
        assert run(name, "--help").exit_code == 0
    assert main.get_command(None, "_output") is None
    assert refused(run("rnk"), "rnk")


@pytest.mark.parametrize("criterion", list(CRITERIA))
def test_every_criterion_of_the_registry_ranks(tables, criterion):
    result = run(
        "rank", tables / "wine.csv", "-t", "target", "-k", 3, "-c", criterion.upper(),
        "-f", "csv",
    )  # fmt: skip
    wine = load_wine(as_frame=True)
    path = MISelector(criterion, 3).fit(wine.data, wine.target).path_
    ranked = records(result)
    assert [r["feature"] for r in ranked] == list(path["name"])
    assert [float(r["score"]) for r in ranked] == list(path["score"])


def test_unknown_criterion_lists_the_known(tables):
    result = run("rank", tables / "wine.csv", "-t", "target", "-c", "jmx")
    assert refused(result, "'jmx' is unknown; known: ", *CRITERIA)


def test_formats_hold_the_same_ranking(tables):
    command = ["rank", tables / "wine.csv", "-t", "target", "-k", "4", "-f"]
    table = run(*command, "table").stdout
    from_json = json.loads(run(*command, "json").stdout)
    from_csv = records(run(*command, "csv"))
    assert [r["feature"] for r in from_csv] == [r["feature"] for r in from_json]
    assert [float(r["score"]) for r in from_csv] == [r["score"] for r in from_json]
    assert from_csv[0]["redundancy"] == ""
    lines = table.splitlines()
    assert lines[0].split() == COLUMNS
    for line, record in zip(lines[2:6], from_json, strict=True):
        assert line.split()[:2] == [str(record["rank"]), record["feature"]]
        assert float(line.split()[2]) == pytest.approx(record["score"], abs=5e-7)
    assert "nats" in lines[-1]
    assert run(*command[:-1]).stdout == table


def test_number_of_features(tables):
    command = ["rank", tables / "wine.csv", "-t", "target", "-f", "csv"]
    assert len(records(run(*command))) == 10
    assert len(records(run(*command, "-k", "all"))) == 13
    assert refused(run(*command, "-k", "0"), "'0'", "give 1 or more, 'auto' or 'all'")
    assert refused(run(*command, "-k", "2.5"), "'2.5'")


def test_fewer_features_than_asked_for_is_one_clean_line(tables):
    command = ["rank", tables / "wine.csv", "-t", "target", "-k", "99", "-f", "csv"]
    result = run(*command, "--alpha", 1)
    assert len(records(result)) == 13
    (line,) = result.stderr.splitlines()
    assert line.startswith("Warning: ")
    assert "99" in line


def test_a_small_table_needs_no_warning_by_default(odd):
    result = run("rank", odd, "-t", "y", "-f", "csv", "--correction", "none")
    assert len(records(result)) == 8
    assert result.stderr == ""


def test_odd_names_survive_every_format(odd):
    command = ["rank", odd, "-t", "y", "-f"]
    from_json = json.loads(run(*command, "json").stdout)
    assert {r["feature"] for r in from_json} == set(ODD_NAMES)
    assert {r["feature"] for r in records(run(*command, "csv"))} == set(ODD_NAMES)
    table = run(*command, "table").stdout
    assert all(name in table for name in ODD_NAMES)


def test_control_characters_do_not_reach_the_table(tmp_path):
    (tmp_path / "d.csv").write_text('"a\x1b[2J","b\nc",y\n1,1,0\n0,1,1\n0,0,1\n')
    result = run("rank", tmp_path / "d.csv", "-t", "y")
    assert "a\\x1b[2J" in result.stdout
    assert "b\\nc" in result.stdout


@pytest.mark.filterwarnings("ignore::mifs.exceptions.ManyClassesWarning")
def test_exclude_and_target_kind(tables):
    excluded = ["-x", "proline", "--exclude", "hue"]
    command = ["rank", tables / "wine.csv", "-t", "target", "-f", "csv", "-k", "all"]
    names = {record["feature"] for record in records(run(*command, *excluded))}
    assert len(names) == 11
    assert not names & {"proline", "hue"}
    data = load_diabetes(as_frame=True)
    for kind, discrete in (("continuous", False), ("discrete", True)):
        command = ["rank", tables / "diabetes.csv", "-t", "target", "-f", "csv"]
        ranked = records(run(*command, "--target-kind", kind))
        selector = MISelector("jmi", 10, discrete_target=discrete)
        path = selector.fit(data.data, data.target).path_
        assert [float(r["relevance"]) for r in ranked] == list(path["relevance"])


def test_stdin_delimiter_and_decimal():
    text = "a;b;y\n" + "".join(f"{i},5;{i % 3};{i % 2}\n" for i in range(40))
    options = ["-t", "y", "-d", ";", "--decimal", ",", "-f", "json"]
    result = run("rank", "-", *options, input=text)
    assert result.exit_code == 0
    assert {r["feature"] for r in json.loads(result.stdout)} == {"a", "b"}
    tabs = run("rank", "-", "-t", "y", "-d", "tab", input="a\ty\n1\t0\n0\t1\n1\t0\n")
    assert tabs.exit_code == 0
    assert refused(
        run("rank", "-", "-t", "y", input="a,y\n1\n"), "standard input, line 2"
    )


def test_wrong_usage_and_unreadable_input(tables, tmp_path):
    wine = tables / "wine.csv"
    broken = tmp_path / "broken.csv"
    broken.write_text("a,y\n1,0\n2\n")
    classless = tmp_path / "classless.csv"
    classless.write_text("a,y\n1,0\n2,0\n")
    assert refused(run("rank", tmp_path / "none.csv", "-t", "y"), "none.csv")
    assert refused(run("rank", tmp_path, "-t", "y"), "broken.csv, line 3")
    assert refused(run("rank", wine), "--target")
    assert refused(run("rank", wine, "-t", "Targett"), "wine.csv", "'target'")
    assert refused(run("rank", wine, "-t", "target", "-x", "prolin"), "'proline'")
    assert refused(run("rank", wine, "-t", "target", "--jobs", "0"), "threads")
    assert refused(run("rank", wine, "-t", "target", "-f", "xml"), "xml")
    assert refused(run("rank", wine, "-t", "target", "-d", ";;"), "delimiter")
    assert refused(run("rank", wine, "-t", "target", "--encoding", "x"), "encoding 'x'")
    assert refused(run("rank", broken, "-t", "y"), "line 3: 1 field, too few")
    assert refused(run("rank", classless, "-t", "y"), "y")
    assert refused(run("score", "-t", "y"), "FILES")


def test_an_unreadable_file_as_a_process(tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"a,y\n1,\xe9\n")
    done = shell("rank", broken, "--target", "y")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"line 2" in done.stderr
    assert b"Traceback" not in done.stderr


def test_output_is_written_whole_and_by_its_suffix(tables, tmp_path):
    command = ["rank", tables / "wine.csv", "-t", "target", "-k", "2", "-o"]
    for name, start in (("r.json", "["), ("r.csv", "rank,"), ("r.txt", "rank  ")):
        result = run(*command, tmp_path / name)
        assert (result.exit_code, result.stdout) == (0, "")
        assert (tmp_path / name).read_text().startswith(start)
    assert sorted(os.listdir(tmp_path)) == ["r.csv", "r.json", "r.txt"]
    explicit = run(*command, tmp_path / "r.txt", "-f", "csv")
    assert explicit.exit_code == 0
    assert (tmp_path / "r.txt").read_text() == (tmp_path / "r.csv").read_text()
    assert run(*command[:-1], "-o", "-", "-f", "csv").stdout.startswith("rank,")


def test_output_keeps_mode_and_link_and_leaves_the_old_file_on_failure(
    tables, tmp_path, monkeypatch
):
    target = tmp_path / "real.csv"
    target.write_text("old")
    target.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(target)
    command = ["rank", tables / "wine.csv", "-t", "target", "-o", tmp_path / "link.csv"]

    def full(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert refused(run(*command), "No space left")
    assert target.read_text() == "old"
    assert run(*command).exit_code == 0
    assert target.read_text().startswith("rank,")
    assert target.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "link.csv").is_symlink()
    assert sorted(os.listdir(tmp_path)) == ["link.csv", "real.csv"]


def test_output_that_cannot_be_or_would_destroy_the_input(tables, tmp_path):
    command = ["rank", tables / "wine.csv", "-t", "target", "-o"]
    assert refused(run(*command, tmp_path / "no" / "r.csv"), "does not exist")
    assert refused(run(*command, tables / "wine.csv"), "is an input file")
    assert run(*command, os.devnull).exit_code == 0
    assert not os.path.isfile(os.devnull)


def test_a_failing_file_leaves_the_others_complete(tables, tmp_path):
    short = tmp_path / "short.csv"
    short.write_text("a,target\n1,0\n2\n")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,0\n2,1\n")
    files = [
        short,
        tables / "wine.csv",
        tmp_path / "none.csv",
        other,
        tables / "cancer.csv",
    ]
    result = run("score", *files, "-t", "target", "-j", 2)
    assert result.exit_code == 1
    scored = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [r["file"] for r in scored] == [str(files[1])] * 13 + [str(files[4])] * 30
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"Failed: {short}, line 3: 1 field")
    assert lines[1] == f"Failed: {files[2]}: No such file or directory"
    assert lines[2].startswith(f"Failed: {other} has no column 'target'")
    assert lines[3].startswith(f"3 of 5 files failed: {short}, ")
    assert len(lines) == 4


def test_nothing_scored_writes_nothing(tmp_path):
    result = run("score", tmp_path / "no.csv", "-t", "y", "-o", tmp_path / "s.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert not (tmp_path / "s.csv").exists()


def test_scores_depend_neither_on_jobs_nor_on_the_backend(tables):
    files = [tables / name for name in ("cancer.csv", "wine.csv")]
    command = ["score", *files, "-t", "target", "--jobs"]
    one = run(*command, 1).stdout
    assert run(*command, 2).stdout == one
    with parallel_config("loky"):
        assert run(*command, 2).stdout == one


def test_warnings_of_a_batch_name_their_file(tmp_path):
    for name in ("p.csv", "q.csv"):
        rows = "".join(f"{i / 2},{i % 3},{i % 2}\n" for i in range(30))
        (tmp_path / name).write_text(",a,y\n" + rows)
    result = run("score", tmp_path / "p.csv", tmp_path / "q.csv", "-t", "y", "-j", 2)
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()[:1]
    assert line.startswith("Warning: column 1 has no name")
    assert f"[in 2 files: {tmp_path / 'p.csv'}, {tmp_path / 'q.csv'}]" in line


def test_a_closed_pipe_is_no_error(tables):
    command = f"{sys.executable} -m mifs score {tables / 'wine.csv'} -t target"
    script = f"({command}; true) | true"
    done = subprocess.run(["bash", "-c", script], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_on_a_terminal_there_is_a_bar_and_the_width_is_kept(odd):
    pty = pytest.importorskip("pty", reason="the system has no pseudo-terminals")
    parent, child = pty.openpty()
    environment = {**os.environ, "COLUMNS": "70", "TERM": "xterm"}
    command = [sys.executable, "-m", "mifs", "score", odd, "-t", "y", "-f", "table"]
    with subprocess.Popen(command, stdout=child, stderr=child, env=environment) as done:
        os.close(child)
        shown = b""
        while chunk := _read(parent):
            shown += chunk
    os.close(parent)
    assert done.returncode == 0
    assert "Scoring" in shown.decode()
    assert "x" * 300 not in shown.decode()
    assert shown.decode().count("x") >= 300


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other side of a pseudo-terminal is closed
        return b""


def test_warnings_of_others_and_the_filters_are_left_alone():
    before = (warnings.showwarning, list(warnings.filters))
    heard = []
    with sink_warnings(heard.append), sink_warnings(heard.append):
        warnings.warn("two\nlines", MifsWarning, stacklevel=1)
        with pytest.raises(RuntimeWarning, match="other"):
            warnings.warn("other", RuntimeWarning, stacklevel=1)
    assert heard == ["two lines"]
    assert (warnings.showwarning, list(warnings.filters)) == before


def test_a_warning_is_a_line_on_stderr(capsys):
    say_warning("few rows")
    assert capsys.readouterr() == ("", "Warning: few rows\n")


def test_bad_data_are_named_with_their_file(tmp_path):
    path = tmp_path / "infinite.csv"
    path.write_text("a,y\n" + "1,0\ninf,1\n" * 20)
    refused(run("rank", path, "--target", "y"), "infinite.csv", "'a'")
