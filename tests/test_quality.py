"""What benchmarks/quality.py is made of: rows that resume, shares of what is known."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from quality_report import ranks, recall, signed_rank
from quality_rows import SCORES, Rows, read_picks, spelled
from quality_selectors import ENTRIES
from quality_tables import Task, extended, simulated

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
    picks = [[3, 1], [], [2]]
    assert read_picks(spelled(picks)) == picks


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
    things = {*task.truth.tolist()} - {-1}
    group = np.flatnonzero(task.truth == min(things)).tolist()
    assert len(group) > 1
    assert recall(task, group) == 1 / len(things)
    firsts = [int(np.flatnonzero(task.truth == thing)[0]) for thing in things]
    assert recall(task, firsts) == 1


def test_who_has_no_answer_is_last() -> None:
    scores = pd.DataFrame({"JMI": [0.9, 0.8], "MIM": [0.7, 0.9], "slow": [None, 0.1]})
    text = ranks(scores.astype(float), PLAN, pd.Series({"JMI": 1.0}), "**T**")
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
