"""What chance alone adds to the sums of a pair of columns, for loops over small tables.

See `mifs._kernels.chance`: of each pick a value for every margin is looked up, so that
a pair takes one addition for each level of the candidate.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mifs._arrays import AnyArray as Array
from mifs._kernels.chance import columns_between, values_between
from mifs._kernels.jit import inlined, njit

# Of a pick whose values are not known yet; known ones are not negative, or hardly so.
UNKNOWN = -(1 << 62)


class Expected(NamedTuple):
    """Margins of the levels of columns, and what lies between nodes.

    As `mifs.estimators.plugin.chance.Margins` has them; see `columns_between`.

    Attributes
    ----------
    tables, table_starts : ndarray
        Tables of nodes, of all classes.
    node_starts : ndarray of shape (n_classes + 1,), int64
    places, shares_of_rows, shares : ndarray of shape (n_margins, ·)
    which : ndarray of shape (n_levels, n_classes), int32
        Margins of the levels of all columns; of none, where nothing is taken off.
    level_starts : ndarray of shape (p + 1,), int64
    scale : float
    values : ndarray of shape (m, n_margins), int64
        Of the picks, in their order; `UNKNOWN` first where they are not known yet.
    """

    tables: Array
    table_starts: Array
    node_starts: Array
    places: Array
    shares_of_rows: Array
    shares: Array
    which: Array
    level_starts: Array
    scale: float
    values: Array


def nothing_expected() -> Expected:
    """Nothing is taken off."""
    none, places = np.empty(0), np.empty(0, np.int64)
    return Expected(
        *(none, places, places, places, np.empty((0, 4)), np.empty((0, 4))),
        *(np.empty((0, 0), np.int32), places, 1.0, np.empty((0, 0), np.int64)),
    )


@inlined
def is_expected(expected: Expected) -> bool:
    """Whether anything is taken off."""
    return bool(expected.which.shape[0] > 0)


@njit
def look_up(expected: Expected, picks: Array) -> None:
    """Make the values of picks known, the last of which is new."""
    n = picks.shape[0]
    for step in range(n):
        own = expected.values[step]
        if own[0] == UNKNOWN:
            sums = columns_between(
                expected.tables,
                expected.table_starts,
                expected.node_starts,
                expected.places,
                expected.shares_of_rows,
                expected.which,
                expected.level_starts,
                picks[step : step + 1],
            )
            values_between(
                sums[0], expected.places, expected.shares, expected.scale, own
            )


@inlined
def of_pair(expected: Expected, k: int, step: int) -> Any:
    """Of a candidate and the pick of a step."""
    which, starts, values = expected.which, expected.level_starts, expected.values
    total, row = np.int64(0), np.uint64(step)
    for level in range(starts[k], starts[k + 1]):
        for y in range(which.shape[1]):
            margin = which[np.uint64(level), np.uint64(y)]
            total += values[row, np.uint64(margin)]
    return total


@inlined
def take_off(expected: Expected, columns: Array, step: int, sums: Array) -> None:
    """Subtract it from the sums of some columns with the pick of a step."""
    for i in range(columns.shape[0]):
        at = np.uint64(i)
        sums[at] -= of_pair(expected, columns[at], step)
