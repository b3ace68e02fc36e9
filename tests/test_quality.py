"""What benchmarks/quality.py is made of: rows that resume, shares of what is known."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from quality_known import auto_keeps, recall
from quality_ranks import (
    Results,
    critical,
    differences,
    places,
    ranks,
    signed_rank,
)
from quality_report import pages, written
from quality_rows import PICKS, SCORES, TABLES, Rows, read_picks, spelled
from quality_selectors import ENTRIES
from quality_tables import Task, extended, simulated
from quality_verdict import SHORT, by_number, verdict

PLAN = tomllib.loads(
    (Path(__file__).parents[1] / "benchmarks" / "quality_plan.toml").read_text()
)
KEY = dict.fromkeys(("table", "selector", "k", "model", "settings", "picked"), "a")


def test_the_two_lists_of_tables_share_none() -> None:
    choose, confirm = (PLAN["tables"][half] for half in ("choose", "confirm"))
    assert not {*choose} & {*confirm}
    assert abs(len(choose) - len(confirm)) <= 1
    assert {*PLAN["extended"]["tables"]} <= {*choose, *confirm}
    assert {*PLAN["quick"]["selectors"]} <= {*ENTRIES}


def test_rows_are_read_again_but_for_a_torn_one(tmp_path) -> None:
    file = tmp_path / SCORES.name
    rows = Rows(file)
    rows.put(KEY | {"scores": ".5 .6"})
    with file.open("a") as end:
        end.write("a,b,5,li")
    again = Rows(file)
    assert again.has(KEY)
    assert again.frame()["scores"].tolist() == [".5 .6"]


def test_other_settings_run_again_and_replace(tmp_path) -> None:
    rows = Rows(tmp_path / SCORES.name)
    rows.put(KEY | {"scores": "1"})
    newer = KEY | {"settings": "b"}
    assert not rows.has(newer)
    rows.put(newer | {"scores": "2"})
    rows.tidy()
    assert Rows(tmp_path / SCORES.name).frame()["scores"].tolist() == ["2"]


def test_picks_are_spelled_and_read() -> None:
    picks = [[3, 1], [], [2], [4, 5, 7, 8, 9, 2, 1, 0, 1]]
    assert read_picks(spelled(picks)) == picks
    assert spelled([list(range(1000))]) == "0-999"


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        (np.full(20, -0.1), [1, 0, 0]),
        (np.full(20, 0.001), [0, 1, 0]),
        (np.full(20, 0.1), [0, 0, 1]),
    ],
)
def test_signed_rank_is_sure_of_what_is_plain(differences, expected) -> None:
    np.testing.assert_allclose(signed_rank(differences, 0.01), expected, atol=0.01)


def test_signed_rank_is_even_where_signs_are() -> None:
    worse, same, better = signed_rank(np.repeat([-0.1, 0.1], 10), 0.01)
    assert worse == pytest.approx(better, abs=0.05)
    assert worse + same + better == pytest.approx(1)


@pytest.mark.parametrize("kind", PLAN["extended"]["kinds"])
@pytest.mark.parametrize("share", PLAN["extended"]["shares"])
def test_added_columns_make_the_share(kind, share) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(50, 12))).rename(columns=str)
    task = extended(Task("t", X, rng.integers(0, 2, 50), True), kind, share, 0)
    own = task.truth >= 0
    assert np.mean(~own) == pytest.approx(share)
    for column in np.flatnonzero(own):
        original = X[str(task.truth[column])]
        pd.testing.assert_series_equal(task.X.iloc[:, column], original)


def test_copies_are_found_once() -> None:
    task = simulated("groups", PLAN["simulated"]["tables"]["groups"], 100, 0)
    truth = task.truth + 1
    things = {*truth.tolist()} - {0}
    group = np.flatnonzero(truth == min(things)).tolist()
    assert len(group) > 1
    assert recall(truth, group) == 1 / len(things)
    firsts = [int(np.flatnonzero(truth == thing)[0]) for thing in things]
    assert recall(truth, firsts) == 1


def test_who_has_no_answer_is_last() -> None:
    scores = pd.DataFrame({"JMI": [0.9, 0.8], "MIM": [0.7, 0.9], "slow": [None, 0.1]})
    none = pd.DataFrame(columns=["part", "k", "selector", "seconds"])
    results = Results(PLAN, none, none, none)
    text = ranks(scores.astype(float), results, "**T**")
    last = text.splitlines()[-1]
    assert last.startswith("| slow | 3.00 |")
    assert last.endswith("| 1 |")


@pytest.mark.parametrize("name", ["JMI", "FCBF", "JMI, copula", "F (scikit-learn)"])
def test_a_selector_picks_columns_of_the_table(name) -> None:
    task = simulated("mixed", PLAN["simulated"]["tables"]["mixed"], 200, 0)
    chosen = ENTRIES[name].pick(task, 5)
    assert len({*chosen}) == len(chosen) <= 5
    assert all(0 <= column < task.X.shape[1] for column in chosen)


def test_settings_tell_selectors_apart() -> None:
    installed = [entry.settings for entry in ENTRIES.values() if entry.version]
    assert len({*installed}) == len(installed)
    assert not any("0x" in text for text in installed)


def results_of(scores=(), picks=(), tables=()) -> Results:
    """Results of rows, in the order of their columns in the files."""
    frames = []
    for file, rows in ((PICKS, picks), (SCORES, scores), (TABLES, tables)):
        columns = Rows(file.with_name("none") / file.name).frame().columns
        frames.append(pd.DataFrame(list(rows), columns=columns, dtype=str))
    return Results(PLAN, *frames)


def scores_of(table, selector, by_k):
    """Rows of one model, two folds."""
    return [
        (table, selector, k, "trees", "", "", f"{score} {score}")
        for k, score in by_k.items()
    ]


def test_more_columns_than_there_are_is_all_of_them() -> None:
    results = results_of(
        [
            *scores_of("small", "JMI", {"5": 0.7, "auto": 0.8}),
            *scores_of("small", "all features", {"all": 0.9}),
            *scores_of("wide", "JMI", {"5": 0.5, "10": 0.6, "20": 0.7, "auto": 0.65}),
        ],
        tables=[
            ("real", "small", "100", "8", "0", "0", "2", ""),
            ("real", "wide", "100", "99", "0", "0", "2", ""),
        ],
    )
    own = by_number(results, "JMI")
    assert own.loc["small"].to_dict() == {"5": 0.7, "10": 0.9, "20": 0.9, "auto": 0.8}
    assert own.loc["wide"].tolist() == [0.5, 0.6, 0.7, 0.65]


def test_what_auto_keeps_of_added_columns() -> None:
    # Two own columns (1, 2) and four added ones; both folds keep one of each.
    results = results_of(
        picks=[
            ("extended", "t + 67% irrelevant", "JMI", "auto", "", "1", "1 2|1 0", "")
        ],
        tables=[
            ("extended", "t + 67% irrelevant", "9", "6", "0", "0", "2", "0 1-2 0 0 0")
        ],
    )
    of = auto_keeps(results).loc[("JMI", "irrelevant")]
    np.testing.assert_allclose(of, [(1 + 0.5) / 2, (0 + 0.25) / 2, (0 + 0.5) / 2])


def test_a_default_far_below_the_best_is_said_to_be() -> None:
    """One that is best in all confirming tables differs surely from the default."""
    tables = PLAN["tables"]["confirm"]
    order = {"CMIM": 0.9, "MIM": 0.8, "JMI": 0.7}
    rows, picks = [], []
    for number, table in enumerate(tables):
        for name, score in order.items():
            rows += scores_of(table, name, {"10": score - number / 1000})
            picks.append(("real", table, name, "20", "", "1", "0", ""))
    text = verdict(results_of(rows, picks))
    assert "place 3 of 3; best CMIM 1.00" in text
    assert text.rstrip(" |").endswith("no")
    wide = results_of(rows, picks).main("10", "confirm")
    assert places(wide).tolist() == [1, 2, 3]


@pytest.mark.parametrize("number", range(3))
def test_pages_say_what_was_measured(number) -> None:
    page, name, text = pages(Results.read(PLAN))[number]
    assert written(page, name) == text, "run benchmarks/quality.py report --write"


@pytest.fixture(scope="module")
def measured() -> Results:
    return Results.read(PLAN)


@pytest.mark.parametrize("half", ["choose", "confirm"])
@pytest.mark.parametrize("k", ["10", "20"])
def test_no_selector_is_better_than_the_one_that_is_advised(measured, half, k) -> None:
    wide = measured.main(k, half).drop(columns="all features")
    mean = places(wide)
    assert (mean["JMI"] - mean < critical(wide)).all()
    better = {
        name: signed_rank(differences(wide, name), PLAN["run"]["practical"])[2]
        for name in wide.columns.drop("JMI")
    }
    assert max(better.values()) < 0.5
    assert signed_rank(differences(wide, "CMIM"), 0.01)[1] > 0.5


def test_jmi_does_no_worse_than_mrmr_in_short_tables(measured) -> None:
    wide = measured.main("10", "choose", "confirm")
    short = wide[measured.real.loc[wide.index, "rows"] < SHORT]
    assert len(short) > 10
    assert short["JMI"].mean() > short["MRMR"].mean()


def test_what_auto_costs_is_as_the_pages_say(measured) -> None:
    """Nothing in long tables; much in short ones, where MIM's costs less."""
    lost = {}
    for name in ("JMI", "MIM"):
        own = by_number(measured, name)
        short = measured.real.loc[own.index, "rows"] < SHORT
        below = own["20"] - own["auto"]
        lost[name] = below[short].mean()
        assert below[~short].mean() < 0
    assert lost["JMI"] > 0.01 + lost["MIM"]
