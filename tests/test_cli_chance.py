"""The command line and chance: -k auto, --alpha and --correction."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mifs import JMI, MIM
from mifs._cli import main
from mifs.estimators import PlugIn


@pytest.fixture(scope="module")
def table():
    """Two columns that tell, one of 150 names that chance makes look relevant."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(400, 6)), columns=list("abcdef"))
    frame["name"] = [f"n{i}" for i in rng.integers(0, 150, 400)]
    frame["y"] = np.where(frame["b"] + frame["d"] + rng.normal(size=400) > 0, "p", "q")
    return frame


@pytest.fixture(scope="module")
def file(table, tmp_path_factory):
    file = tmp_path_factory.mktemp("chance") / "table.csv"
    table.to_csv(file, index=False)
    return file


def score(files, *options):
    options = ["score", *map(str, files), "--target", "y", "--format", "csv", *options]
    result = CliRunner().invoke(main, options)
    return result, list(csv.DictReader(io.StringIO(result.stdout)))


def rank(file, *options):
    options = ["rank", str(file), "--target", "y", "--format", "csv", *options]
    result = CliRunner().invoke(main, options)
    return result, list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.filterwarnings("ignore::mifs.exceptions.HighCardinalityWarning")
def test_auto_chooses_what_adds_more_than_chance_and_says_why_it_stops(file, table):
    result, rows = rank(file, "-k", "auto")
    selector = JMI("auto", mi_estimator=PlugIn(correction="permutation"))
    selector.fit(table.drop(columns="y"), table["y"])
    assert [row["feature"] for row in rows] == selector.path_["name"].tolist()
    assert sorted(row["feature"] for row in rows) == ["b", "d"]
    assert {row["tier"] for row in rows} == {"1"}
    assert all(float(row["expected"]) > 0 for row in rows)
    assert selector.stop_reason_ in result.stderr


def test_a_number_shows_both_tiers_and_names_the_second(file):
    result, rows = rank(file, "-k", "4")
    assert [row["tier"] for row in rows] == ["1", "1", "2", "2"]
    assert "the last 2 of 4 selected features add no more than chance" in result.stderr
    assert "-k 'auto' leaves them out" in result.stderr.replace("\n", " ")


def test_without_a_test_the_columns_are_those_of_before(file):
    _, rows = rank(file, "-k", "3", "--correction", "none")
    assert list(rows[0]) == ["rank", "feature", "score", "relevance", "redundancy"]
    # Names look relevant.
    assert rows[0]["feature"] == "name"


def test_nothing_is_an_answer(file):
    result, rows = rank(file, "-k", "auto", "--exclude", "b", "--exclude", "d")
    assert result.exit_code == 0
    assert rows == []
    assert "nothing is selected" in result.stderr


def test_a_search_may_begin_with_a_pair(tmp_path):
    X = np.random.default_rng(0).normal(size=(300, 20))
    frame = pd.DataFrame(X).add_prefix("x").assign(y=X[:, 4] * X[:, 9] > 0)
    frame.to_csv(tmp_path / "signs.csv", index=False)
    options = tmp_path / "signs.csv", "-k", "auto", "--start"
    for start, found in (("single", []), ("pair", ["x4", "x9"])):
        _, rows = rank(*options, start)
        assert sorted(row["feature"] for row in rows) == found
    result, _ = rank(*options, "pair", "--include", "x1")
    assert result.exit_code == 2
    assert "--start pair and --include both say what comes first" in result.stderr


def test_a_level_that_is_none_and_a_correction_of_distances_are_refused(file):
    result, _ = rank(file, "-k", "auto", "--alpha", "0")
    assert result.exit_code == 2
    result, _ = rank(file, "--estimator", "knn", "--correction", "permutation")
    assert result.exit_code == 2
    assert "--correction is for --estimator plugin" in result.stderr


@pytest.mark.filterwarnings("ignore::mifs.exceptions.HighCardinalityWarning")
@pytest.mark.parametrize("correction", ["none", "permutation", "miller_madow"])
def test_scores_show_what_chance_would_do(file, table, correction):
    result, rows = score([file, file], "--correction", correction)
    assert result.exit_code == 0
    estimator = PlugIn(correction=None if correction == "none" else correction)
    selector = MIM(None, mi_estimator=estimator)
    path = selector.fit(table.drop(columns="y"), table["y"]).path_
    assert len(rows) == 2 * len(path)
    first = rows[: len(path)]
    assert [row["feature"] for row in first] == path["name"].tolist()
    assert [float(row["mi"]) for row in first] == path["relevance"].tolist()
    assert [row["rank"] for row in first] == [str(i) for i in path.index]
    columns = ["file", "feature", "kind", "mi", "rank"]
    if correction == "none":
        assert list(rows[0]) == columns
        return
    assert list(rows[0]) == [*columns, "expected", "p", "tier"]
    assert [float(row["expected"]) for row in first] == path["expected"].tolist()
    assert [float(row["p"]) for row in first] == path["p_value"].tolist()
    assert [int(row["tier"]) for row in first] == path["tier"].tolist()
    # Who asks for all features is not warned of those that tell nothing.
    assert "no more than chance" not in result.stderr


def test_scores_stop_at_chance(file):
    for correction in ("permutation", "none"):
        options = "-k", "auto", "--correction", correction
        _, rows = score([file, file], *options)
        assert sorted(row["feature"] for row in rows) == ["b", "b", "d", "d"]
        assert {row["tier"] for row in rows} == {"1"}
    result, rows = score([file], "-k", "auto", "--exclude", "b", "--exclude", "d")
    assert result.exit_code == 0
    assert rows == []
    assert result.stdout.startswith("file,feature,kind,mi,rank,expected,p,tier")
    assert "nothing is selected" in result.stderr
    _, rows = score([file], "-k", "1", "--alpha", "1")
    assert list(rows[0]) == ["file", "feature", "kind", "mi", "rank"]
    assert len(rows) == 1


def test_neighbours_have_tiers_and_nothing_is_taken_off(file):
    for command in (rank, lambda file, *options: score([file], *options)):
        _, rows = command(file, "--estimator", "knn", "-k", "auto", "--exclude", "name")
        assert sorted(row["feature"] for row in rows) == ["b", "d"]
        assert {row["expected"] for row in rows} == {""}
        assert {row["tier"] for row in rows} == {"1"}
