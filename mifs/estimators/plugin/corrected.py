"""Plug-in information of codes, corrected for chance, in nats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from mifs import _kernels
from mifs._arrays import FloatArray, IntArray
from mifs._data.weights import to_units
from mifs.estimators.plugin.codes import information_of
from mifs.estimators.plugin.corrections import NAMES, SHRINKAGE, half_of_surplus
from mifs.estimators.plugin.sums import Logarithms


class Pair(NamedTuple):
    """Codes of two variables in some rows, and how many units each row counts."""

    x: IntArray
    y: IntArray
    units: IntArray


def check_correction(correction: str | None) -> None:
    """Refuse a correction that does not exist."""
    if correction is not None and correction not in NAMES:
        listing = ", ".join(map(repr, NAMES))
        raise ValueError(
            f"correction={correction!r} is unknown; known: {listing} and None"
        )


def corrected_information(
    x: IntArray,
    y: IntArray,
    z: IntArray | None = None,
    weight: FloatArray | None = None,
    correction: str | None = None,
) -> float:
    """I(X;Y) or I(X;Y|Z) of dense codes, within the levels of z."""
    if correction is None:
        return information_of(x, y, z, weight)
    if correction == SHRINKAGE:
        return _over_strata(_shrunk, x, y, z, weight)
    bias = _permuted if correction == "permutation" else _surplus
    return information_of(x, y, z, weight) - _over_strata(bias, x, y, z, weight)


def expected_information(
    x: IntArray, y: IntArray, weight: FloatArray | None = None
) -> float:
    """Mean of I(X;Y) over all permutations, from the margins alone."""
    return _over_strata(_permuted, x, y, None, weight)


def _over_strata(
    of_pair: Callable[[Pair, float], float],
    x: IntArray,
    y: IntArray,
    z: IntArray | None,
    weight: FloatArray | None,
) -> float:
    """Sum what is said of each level of z, nats times units, by all units."""
    rows_per_unit = 1.0
    if weight is None:
        units = np.ones(len(x), np.int64)
    else:
        there = weight > 0
        weights = to_units(weight[there])
        x, y, units = x[there], y[there], weights.units
        z = z if z is None else z[there]
        rows_per_unit = weights.effective_rows_per_unit
    parts = [of_pair(pair, rows_per_unit) for pair in _strata(Pair(x, y, units), z)]
    # In ascending order, so that the names of the levels mean nothing.
    return float(np.sort(parts).sum() / units.sum())


def _strata(pair: Pair, z: IntArray | None) -> Iterator[Pair]:
    """Rows of each level of z; where one of x and y is constant nothing is shared."""
    if z is None:
        yield pair
        return
    order = np.argsort(z, kind="stable")
    ends = np.cumsum(np.bincount(z))[:-1]
    for rows in np.split(order, ends):
        if len(rows) > 1:
            yield Pair(*(part[rows] for part in pair))


def _levels(codes: IntArray, units: IntArray) -> tuple[IntArray, IntArray]:
    """Dense codes, and the units of each level."""
    dense = np.unique(codes, return_inverse=True)[1]
    # A sum of float64 is exact: no sum of units is above 2 ** 53.
    return dense, np.bincount(dense, units).astype(np.int64)


def _permuted(pair: Pair, rows_per_unit: float) -> float:
    """Mean over all permutations of these rows, nats times units."""
    rows, columns = (_levels(codes, pair.units)[1] for codes in pair[:2])
    return float(_kernels.chance.units_excess(rows, columns, rows_per_unit))


def _surplus(pair: Pair, rows_per_unit: float) -> float:
    """Half of the occupied cells less those of the margins (Miller, Madow)."""
    (x, rows), (y, columns) = (_levels(codes, pair.units) for codes in pair[:2])
    cells = len(np.unique(x * len(columns) + y))
    half = half_of_surplus(cells, len(rows), len(columns))
    return float(half) / rows_per_unit


def _shrunk(pair: Pair, rows_per_unit: float) -> float:
    """Information of the shrunk table, nats times units."""
    (x, rows), (y, columns) = (_levels(codes, pair.units) for codes in pair[:2])
    keys, cell = np.unique(x * len(columns) + y, return_inverse=True)
    counts = np.bincount(cell, pair.units).astype(np.int64)
    cells = counts, *np.divmod(keys, len(columns)), np.zeros_like(keys)
    first, last = np.array([0]), np.array([len(rows)])
    total = np.array([pair.units.sum()])
    logarithms = Logarithms(int(total[0]))
    sums = _kernels.shrinkage.shrunk_information(
        cells,
        np.array([0, len(keys)]),
        (rows[:, np.newaxis], first, last),
        columns[:, np.newaxis],
        total,
        rows_per_unit,
        logarithms.scale,
    )
    return float(logarithms.value(sums)[0])
