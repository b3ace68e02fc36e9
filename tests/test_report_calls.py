"""How a report is asked for: from the shell, from Python, again, and wrongly."""

import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from pages import Page, check_alone
from sklearn.datasets import load_breast_cancer
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

import mifs
from mifs._cli import _reading, main
from mifs._report._marks import Scale, axis, fitting, nice, tick_text

pytest.importorskip("jinja2")
SCRIPT = "<script>alert(1)</script>"
# Digits that tables show.
CLOSE = {"rtol": 1e-3, "atol": 6e-5}


@pytest.fixture(scope="module")
def tumours():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def fitted(tumours):
    return mifs.JMI(10).fit(*tumours)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_files(kind, tumours, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    X, y = tumours
    table = X.iloc[:, :6].assign(diagnosis=np.where(y, "benign", "malignant"))
    table.to_csv("t.csv", index=False)
    table.to_parquet("t.parquet")
    options = ["-t", "diagnosis", "-o", "report.html", "--stability", "4"]
    done = CliRunner().invoke(main, ["report", f"t.{kind}", *options])
    assert done.exit_code == 0, done.output
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    selector = mifs.JMI(6).fit(table.drop(columns="diagnosis"), table["diagnosis"])
    assert page.column("The numbers of the path", "feature") == list(
        selector.path_["name"]
    )
    np.testing.assert_allclose(
        page.column("The numbers of the path", "score"),
        selector.path_["score"],
        **CLOSE,
    )
    assert "stability" in page.sections
    assert page.texts("code") == [f"mifs report t.{kind} {' '.join(options)}"]
    assert f"t.{kind}: 569 rows; 6 features, 6 continuous." in page.texts("p")
    check_alone(page)


def test_large_files_are_scanned(tumours, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X, y = tumours
    X.iloc[:, :4].assign(y=y).to_csv("t.csv", index=False)
    small = shell("t.csv", "-t", "y")
    monkeypatch.setattr(_reading, "LARGE", 0)
    large = shell("t.csv", "-t", "y")
    assert small.exit_code == large.exit_code == 0, large.output
    one, other = Page(small.stdout), Page(large.stdout)
    captions = set(one.texts("caption"))
    assert captions == set(other.texts("caption"))
    for caption in captions - {"Settings of MISelector"}:
        assert one.table(caption) == other.table(caption)


def shell(*arguments, **options):
    return CliRunner().invoke(main, ["report", *arguments], **options)


def test_shell_says_what_was_left_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    y = rng.choice(["a", "b", None], 90, p=[0.45, 0.45, 0.1])
    table = pd.DataFrame({"k": 1, SCRIPT: rng.normal(size=90) + (y == "a"), "y": y})
    table.to_csv("t.csv", index=False)
    done = shell("t.csv", "-t", "y", "--drop-missing-target", "-k", "auto")
    assert done.exit_code == 0, done.output
    page = Page(done.stdout)
    notes = page.texts("li")
    assert any(text.startswith("left out: 'k' (one value only)") for text in notes)
    n_missing = table["y"].isna().sum()
    assert f"{n_missing} rows without a target left out" in notes
    assert page.texts("code") == [
        "mifs report t.csv -t y --drop-missing-target -k auto"
    ]
    (answer,) = page.texts("p", **{"class": "answer"})
    assert answer in done.stderr
    assert SCRIPT in answer


def test_shell_refuses_before_the_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame({"a": [0, 1] * 5, "y": [0, 1] * 5}).to_csv("t.csv", index=False)
    for arguments, message in (
        (["-o", "report.pdf"], "a report is HTML, and 'report.pdf' does not end with"),
        (["-o", "no/report.html"], "folder 'no' does not exist"),
        (["-k", "all", "--stability", "4"], "-k all chooses all"),
        (["--stability", "3"], "3 is odd"),
    ):
        done = shell("t.csv", "-t", "y", *arguments)
        assert done.exit_code == 2
        assert message in done.output
    monkeypatch.setitem(sys.modules, "jinja2", None)
    done = shell("t.csv", "-t", "y", "-o", "report.html")
    assert done.exit_code == 2
    assert "pip install 'mifs[report]'" in done.output


def test_refusals(fitted, tumours, monkeypatch):
    X, y = tumours
    with pytest.raises(TypeError, match="needs a selector that has a path"):
        mifs.report(make_pipeline(mifs.JMI(2), GaussianNB()), X, y)
    with pytest.raises(ValueError, match="MutualInfoCV is not fitted"):
        mifs.report(mifs.MutualInfoCV(mifs.JMI(2), GaussianNB()), X, y)
    with pytest.raises(TypeError, match="needs its target: target='column'"):
        mifs.report(X)
    with pytest.raises(TypeError, match="takes a table alone"):
        mifs.report(X, y)
    with pytest.raises(TypeError, match="beside a selector pass X and y"):
        mifs.report(fitted, X, target="y")
    with pytest.raises(TypeError, match="say nothing without X"):
        mifs.report(fitted, y=y)
    with pytest.raises(ValueError, match=r"X has 29 columns, and .* fitted to 30"):
        mifs.report(fitted, X.iloc[:, 1:], y)
    with pytest.raises(ValueError, match=r"has a column 'worst fr.*fitted to 'mean ra"):
        mifs.report(fitted, X.iloc[:, ::-1], y)
    with pytest.raises(TypeError, match="is no StabilitySelector; fit one"):
        mifs.report(fitted, X, y, stability=fitted)
    with pytest.raises(ValueError, match="not fitted"):
        mifs.report(mifs.JMI(), X, y)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=r"pip install 'mifs\[report\]'"):
        mifs.report(fitted, X, y)


def test_other_data_are_told(fitted, tumours):
    X, y = tumours
    page = Page(mifs.report(fitted, X.iloc[:300], y.iloc[:300]).html)
    assert any("they are not those of its fit" in text for text in page.texts("p"))


def test_report_in_a_notebook_and_on_disk(tumours, tmp_path):
    X, y = tumours[0].iloc[:, :5], tumours[1]
    selector = mifs.JMI(2).fit(X, y)
    report = mifs.report(selector, X, y)
    assert repr(report).startswith("<Report of ")
    (frame,) = Page(report._repr_html_()).all("iframe")
    base = '<base href="about:srcdoc">\n'
    assert base in frame["srcdoc"]
    assert frame["srcdoc"].replace(base, "") == report.html
    assert frame["sandbox"] == "allow-scripts"
    report.save(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_bytes() == report.html.encode()
    assert mifs.report(selector, X, y) == report


def test_shell_has_no_terminal_for_a_page(tumours, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tumours[0].assign(y=tumours[1]).to_csv("t.csv", index=False)
    monkeypatch.setattr("mifs._cli.report.is_tty", lambda stream: True)
    done = shell("t.csv", "-t", "y")
    assert done.exit_code == 2
    assert "HTML is not for the terminal; name a file (-o)" in done.output


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_tables_of_other_libraries(library, tumours):
    module = pytest.importorskip(library)
    frame = tumours[0].iloc[:, :3].assign(diagnosis=tumours[1])
    maker = module if library == "polars" else module.Table
    report = mifs.report(maker.from_pandas(frame), target="diagnosis")
    assert report == mifs.report(frame, target="diagnosis")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.5, 1]),
        (-0.31, 0.74, [-0.2, 0, 0.2, 0.4, 0.6]),
        (-0.42, 0.46, [-0.4, -0.2, 0, 0.2, 0.4]),
        (0, 1.2, [0, 0.5, 1]),
        (0.96, 1.04, [0.96, 0.98, 1, 1.02, 1.04]),
        (25, 346, [100, 200, 300]),
        (2, 2, [2]),
        (-1.7e308, 1.7e308, [-1.7e308, 1.7e308]),
    ],
)
def test_ticks_are_round(low, high, expected):
    assert nice(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        ([0, 0.5, 1], ["0.0", "0.5", "1.0"]),
        ([5, 5.00001, 5.00002], ["5", "5.00001", "5.00002"]),
        ([0, 1e-7, 2e-7], ["0", "1e-07", "2e-07"]),
        ([0, 1e5, 2e5], ["0", "100000", "200000"]),
        ([0, 1e6, 2e6], ["0", "1e+06", "2e+06"]),
        ([2], ["2"]),
    ],
)
def test_texts_tell_ticks_apart(ticks, expected):
    assert [tick_text(tick, ticks) for tick in ticks] == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (50_000, 540_000, ["100000", "300000", "500000"]),
        (-210_000, 290_000, ["-200000", "0", "200000"]),
        (0, 4.9, ["0", "2", "4"]),
        (-390_000, 390_000, ["-200000", "200000"]),
        (2, 2, ["2"]),
    ],
)
def test_numbers_of_ticks_lie_not_on_each_other(low, high, expected):
    marks = axis(Scale(low, high, 44, 87), 20, "price")
    assert [mark.text for mark in marks if mark.name == "text"] == [*expected, "price"]


def test_names_fit_by_their_width_and_differ():
    names = ["a" * 40, "W" * 40, "W" * 39 + "X", "short", "漢" * 20]
    looks = fitting(names, 30)
    assert looks[3] == "short"
    assert len(set(looks)) == 5
    assert len(looks[0]) == 30
    assert all(len(look) < 20 for look in looks[1:3])
    assert len(looks[4]) < 17
