"""Columns of chance beside those of real tables: none is before what tells something.

`benchmarks/decisions.py` asks more tables and seeds; its tables are in the docs.
"""

from functools import cache

import pandas as pd
import pytest
from decisions import read_rows
from decisions_report import BEGIN, END, PAGE, tables_of
from real_tables import SHARED, Ways, chance_columns, real_table

from mifs import JMI
from mifs.estimators import PlugIn

JUDGED = ("JMI", "CMIM", "MIRMR", "MIRMR quotient")
real = pytest.mark.skipif(
    not SHARED.exists(), reason="the real tables of ../shared are not here"
)
pytestmark = pytest.mark.filterwarnings(
    "ignore::mifs.exceptions.HighCardinalityWarning",
    "ignore::mifs.exceptions.ConstantFeatureWarning",
    "ignore::mifs.exceptions.ChanceWarning",
    "ignore::mifs.exceptions.DuplicateColumnsWarning",
)


@cache
def beside_chance(name, most=None):
    X, y = real_table(name, most)
    added = chance_columns(X, 0)
    table = pd.concat([X, added], axis=1)
    return table, y, set(added), Ways.of(table, y)


@real
@pytest.mark.tables
@pytest.mark.parametrize("selector", JUDGED)
@pytest.mark.parametrize(
    ("name", "most", "least"), [("titanic_seaborn", None, 3), ("credit_data", 900, 3)]
)
def test_chance_is_not_in_the_first_tier(name, most, least, selector):
    *_, added, ways = beside_chance(name, most)
    path = ways.path(selector, "auto")
    assert len(path) >= least
    assert added.isdisjoint(ways.names(path))


@real
@pytest.mark.parametrize("selector", JUDGED)
def test_constants_are_in_the_second_tier_whatever_is_asked_for(selector):
    *_, ways = beside_chance("titanic_seaborn")
    path = ways.path(selector, None)
    tier = dict(zip(ways.names(path), path, strict=True))["constant"].tier
    assert len(path) == len(ways.table.names)
    assert tier == 2


@real
def test_without_correction_chance_comes_first():
    *_, added, ways = beside_chance("titanic_seaborn")
    assert len(added.intersection(ways.names(ways.path("JMI", 6, "uncorrected")))) >= 3
    assert added.isdisjoint(ways.names(ways.path("JMI", 6, "corrected")))


@real
def test_ways_are_those_of_a_selector():
    table, y, _, ways = beside_chance("titanic_seaborn")
    selector = JMI(5, mi_estimator=PlugIn(correction="permutation"))
    selector.fit(table, y)
    assert selector.path_["name"].tolist() == ways.names(ways.path("JMI", 5))
    plain = JMI(5, mi_estimator=PlugIn(correction=None)).fit(table, y)
    assert plain.path_["name"].tolist() == ways.names(
        ways.path("JMI", 5, "uncorrected")
    )


def test_the_page_shows_what_was_found():
    page = PAGE.read_text(encoding="utf-8")
    shown = page.split(BEGIN)[1].split(END)[0].strip()
    assert shown == tables_of(read_rows())
