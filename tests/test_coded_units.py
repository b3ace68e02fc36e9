"""Codes and strata that tests of a path count, in rows of the engine or the table."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from mifs._chance import numbers_of_strata
from mifs._data.reading import read
from mifs._problem.coded import CodedUnits
from mifs._problem.constraints import Alone, Units
from mifs.estimators import PlugIn


def table_of(kind, n=4000):
    rng = np.random.default_rng(n)
    y = rng.integers(0, 3, n)
    if kind == "binary":
        return read(rng.integers(0, 2, (n, 12)).astype(np.uint8), y)
    X = pd.DataFrame(rng.normal(size=(n, 6)) + y[:, None] * 0.1)
    X[1] = np.round(X[1], 1)
    X.iloc[::9, 2] = np.nan
    X[3] = np.exp(3 * X[3])
    X[4] = X[4].where(X[4] < 0, 0.5)
    X[5] = rng.choice(list("abc"), n)
    return read(X, y)


def units_of(table, *, ready):
    terms = PlugIn().prepare(table)
    units = Units(Alone(table.n_features), range(table.n_features), grouped=False)
    return CodedUnits(table, units, terms.edges, terms.row_codes if ready else None)


@pytest.mark.parametrize("n", [4000, 9000])
@pytest.mark.parametrize("kind", ["binary", "mixed"])
def test_rows_of_the_engine_give_the_same_tables(kind, n):
    table = table_of(kind, n)
    engine, own = (units_of(table, ready=ready) for ready in (True, False))
    for pick in range(3):
        for unit in range(3, 6):
            assert_array_equal(engine.pair(unit, pick), own.pair(unit, pick))
            expected = own.tables(own.of(unit), None, own.of(pick))
            assert_array_equal(own.pair(unit, pick), expected)
            for fine in (False, True):
                assert_array_equal(
                    *(
                        units.tables(
                            units.of(unit),
                            units.strata(pick, fine=fine),
                            *units.targets,
                        )
                        for units in (engine, own)
                    )
                )
            assert_array_equal(engine.given(unit, pick, 0), own.given(unit, pick, 0))


@pytest.mark.parametrize("n", [3000, 7777, 20_000])
def test_strata_put_together_are_those_between_their_edges(n):
    table = table_of("mixed", n)
    units = units_of(table, ready=False)
    for pick in range(5):
        for groups in (12, 33, 40, *numbers_of_strata(n)):
            strata = units._cut(pick, groups)
            if strata is units.of(pick):
                continue
            edges = np.union1d(units._edges(pick), units._quantiles(pick, groups))
            expected = units._binned(pick, edges)
            assert_array_equal(strata.codes, expected.codes)
            assert strata.n_levels == expected.n_levels
            assert strata.codes.dtype == expected.codes.dtype
