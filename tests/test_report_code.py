"""The code of a report makes it again; what code cannot make is said in words."""

import html
import re
from itertools import islice

import numpy as np
import pandas as pd
import pytest
from pages import Page
from repeats import first
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import mifs
from mifs._report._code import Unwritten, Writer
from mifs.criteria import CRITERIA
from mifs.estimators import PlugIn

pytest.importorskip("jinja2")
pytestmark = pytest.mark.filterwarnings("ignore::mifs.exceptions.MifsWarning")


@pytest.fixture(scope="module")
def tumours():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X.iloc[:, :6], y


def code_of(report):
    (found,) = re.findall(r"<code>(.*?)</code>", report.html, re.DOTALL)
    return html.unescape(found)


def notes_of(report):
    return [text for text in Page(report.html).texts("li") if ": " in text]


def check(report, folder, monkeypatch, **names):
    """Run the code of a report in a folder; it writes the same report."""
    monkeypatch.chdir(folder)
    scope = dict(names)
    exec(code_of(report), scope)
    again = (folder / "report.html").read_text(encoding="utf-8")
    assert again == report.html
    # It defines all but what it says.
    told = [note.partition(":")[0] for note in notes_of(report)]
    for name in names:
        assert any(re.search(rf"\b{name}\b", note) for note in told), name


WEIGHTS = np.arange(569) % 3
JMI = mifs.JMI


def reports(X, y):
    """A report, and the names that its code does not define."""
    selector = mifs.MIRMR(
        3, mi_estimator=PlugIn(n_bins=5), exclude=["mean area"], scheme="quotient"
    )
    stable = mifs.StabilitySelector(JMI(2), 4, random_state=3)
    data, weighed = {"X": X, "y": y}, {"X": X, "y": y, "weights": WEIGHTS}
    yield mifs.report(selector.fit(X, y), X, y), data
    fitted = selector.fit(X, y, WEIGHTS)
    yield mifs.report(fitted, X, y, sample_weight=WEIGHTS), weighed
    yield mifs.report(stable.fit(X, y), X, y), data
    both = selector.fit(X, y)
    yield mifs.report(both, X, y, stability=stable), data
    yield mifs.report(both, X, y, stability=stable, criteria=["disr", "mim"]), data
    yield mifs.report(both, X, y, criteria=()), data
    own = CRITERIA["mifs"].with_parameters({"beta": 0.5})
    yield mifs.report(both, X, y, criteria=[own]), data
    yield mifs.report(both), data
    alone = mifs.InfoMaxSelector(3).fit(X)
    yield mifs.report(alone, X), {"X": X}
    columns = {"costs": np.linspace(0, 0.1, 6), "include": np.array(["mean area"])}
    odd = JMI(np.int64(3), alpha=np.float64(0.1), **columns)
    yield mifs.report(odd.fit(X, y), X, y), data
    edges = PlugIn(edges={"mean area": np.array([400.0, 700.0])})
    yield mifs.report(JMI(3, mi_estimator=edges).fit(X, y), X, y), data
    labels = ("mean area", "mean radius")
    grouped = JMI(2, groups={"size": labels})
    yield mifs.report(grouped.fit(X, y), X, y), data
    wild = JMI(2, discrete_features=lambda X: [])
    given = data | {"discrete_features": wild.discrete_features}
    yield mifs.report(wild.fit(X, y), X, y), given
    found = JMI(2, discrete_features=np.zeros(6, bool)).fit(X, y)
    yield mifs.report(found, X, y), data


@pytest.mark.parametrize("n", first(1, [4, None]))
def test_code_of_selectors_makes_the_same_report(n, tumours, tmp_path, monkeypatch):
    for report, names in islice(reports(*tumours), n):
        check(report, tmp_path, monkeypatch, **names)


def test_code_of_searches_makes_the_same_report(tumours, tmp_path, monkeypatch):
    X, y = tumours
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5))
    groups = np.arange(len(y)) % 4
    searches = [
        (mifs.MutualInfoCV(JMI(2), GaussianNB(), cv=3), {}),
        (
            mifs.MutualInfoCV(
                JMI(2),
                {"a": model, "b": GaussianNB()},
                cv=KFold(2, shuffle=True, random_state=0),
                criteria=["mim", CRITERIA["cmim"]],
                scoring="balanced_accuracy",
                rule="one_standard_error",
            ),
            {},
        ),
        (mifs.MutualInfoCV(JMI(2), GaussianNB(), cv=GroupKFold(2)), {"groups": groups}),
    ]
    for search, more in searches:
        report = mifs.report(search.fit(X, y, **more), X, y)
        check(report, tmp_path, monkeypatch, X=X, y=y, **more)


@pytest.mark.parametrize(
    "label",
    first(
        3,
        [
            "two  blanks\nand 'quotes\" {{ 7 }} </script> \\",
            ("a", 1),
            ["target", "mean area"],
            "target",
            "\u202ereversed",
            7,
            2.5,
            ["target"],
        ],
    ),
)
def test_code_of_tables_has_the_label_of_the_target(
    label, tumours, tmp_path, monkeypatch
):
    X, y = tumours
    own = "target" if isinstance(label, list) else label
    table = X.assign(target=y).astype({"mean area": int})
    if not isinstance(own, str):
        table.columns = pd.Index([*range(10, 16), own], tupleize_cols=False)
    else:
        table = table.rename(columns={"target": own})
    report = mifs.report(table, target=label, criteria=())
    check(report, tmp_path, monkeypatch, table=table)


def test_code_of_tables_with_all_arguments(tumours, tmp_path, monkeypatch):
    X, y = tumours
    table, stable = X.assign(target=y), mifs.StabilitySelector(JMI(2), 4).fit(X, y)
    more = {"stability": stable, "criteria": ["mim"]}
    report = mifs.report(table, target="target", **more)
    check(report, tmp_path, monkeypatch, table=table, X=X, y=y)
    report = mifs.report(X, target=y, sample_weight=WEIGHTS, criteria=())
    check(report, tmp_path, monkeypatch, table=X, y=y, weights=WEIGHTS)
    stamp = pd.Timestamp("2020-01-01")
    dated = table.set_axis([*pd.date_range("2021", periods=6), stamp], axis=1)
    report = mifs.report(dated, target=stamp, criteria=())
    check(report, tmp_path, monkeypatch, table=dated, target=stamp)


def test_code_of_a_scan(tumours, tmp_path, monkeypatch):
    X, y = tumours
    X.assign(target=y).to_csv(tmp_path / "t.csv", index=False)
    with mifs.scan_csv(tmp_path / "t.csv", target="target") as scan:
        check(mifs.report(scan, criteria=()), tmp_path, monkeypatch, scan=scan)
        report = mifs.report(JMI(2).fit(scan), scan, criteria=())
        check(report, tmp_path, monkeypatch, scan=scan)


def test_what_cannot_be_written_is_said(tumours, tmp_path, monkeypatch):
    X, y = tumours

    class Local(JMI):
        pass

    state = np.random.RandomState(1)
    stable = mifs.StabilitySelector(Local(2), 4, random_state=state).fit(X, y)
    report = mifs.report(stable, X, y, criteria=())
    notes = notes_of(report)
    assert any(note.startswith("random_state: a RandomState") for note in notes)
    assert "Local: a class of your own." in notes
    names = {"Local": Local, "random_state": np.random.RandomState(1)}
    monkeypatch.chdir(tmp_path)
    exec(code_of(report), {"X": X, "y": y, **names})
    long = JMI(2, costs=dict.fromkeys(range(6), 0.001) | {0: 0.1})
    assert "costs={0: 0.1" in code_of(mifs.report(long.fit(X, y)))
    many = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 900)))
    wide = JMI(2, exclude=list(range(700))).fit(many, (many[800] > 0).to_numpy())
    report = mifs.report(wide)
    assert "exclude=exclude" in code_of(report)
    assert "exclude: a list of 700 entries." in notes_of(report)
    assert "0x" not in report.html


class Mine(mifs.JMI):
    """A selector of a user."""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([1, 2]), "[1, 2]"),
        (np.float64(0.5), "0.5"),
        (float("inf"), 'float("inf")'),
        ({"b", "a"}, "{'a', 'b'}"),
        ((1,), "(1,)"),
        (set(), "set()"),
        ("two  blanks", "'two  blanks'"),
        (len, None),
        (np.datetime64("2020"), None),
        (mifs.criteria.CRITERIA["jmi"], "'jmi'"),
        (PlugIn(n_bins=5, binning="quantile"), "PlugIn(n_bins=5)"),
        (mifs.MISelector(), "MISelector()"),
        (Mine(2, exclude=["a"]), "Mine(n_features_to_select=2, exclude=['a'])"),
        (LogisticRegression(), "LogisticRegression()"),
    ],
)
def test_values_as_code(value, expected):
    writer = Writer()
    if expected is None:
        with pytest.raises(Unwritten):
            writer.value(value)
        return
    assert writer.value(value) == expected


def test_imports_are_public():
    writer = Writer()
    model = make_pipeline(LogisticRegression(), mifs.JMI(3))
    assert writer.value(mifs.StabilitySelector(mifs.JMI(3), 10)) == (
        "StabilitySelector(JMI(n_features_to_select=3), n_resamples=10)"
    )
    writer.value(model)
    assert writer.imports == {
        ("mifs", "JMI"),
        ("mifs", "StabilitySelector"),
        ("sklearn.linear_model", "LogisticRegression"),
        ("sklearn.pipeline", "Pipeline"),
    }
