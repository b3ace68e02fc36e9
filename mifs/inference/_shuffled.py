"""Rows in another order, so that what is given keeps its link with x."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np
from numpy.random import RandomState
from scipy.spatial import cKDTree
from scipy.stats import rankdata

from mifs._arrays import IntArray
from mifs.estimators.plugin.codes import join_codes
from mifs.measures._samples import Sample

# Rows near a row in what is given, itself among them, with which it may swap.
NEAR = 5

Order = Callable[[], IntArray]


def orders(given: Sample | None, n: int, random: RandomState) -> Order:
    """Random orders of n rows: any, within levels, or among neighbours in ``given``."""
    if given is None:
        return lambda: random.permutation(n)
    levels = np.zeros(n, np.intp)
    if given.discrete:
        levels = np.asarray(reduce(join_codes, given.discrete))
    if not given.continuous:
        return lambda: _within(levels, random)
    near = _neighbours(given, levels)
    return lambda: _among(near, random)


def _within(levels: IntArray, random: RandomState) -> IntArray:
    """Shuffle rows of each level among themselves."""
    shuffled = random.permutation(len(levels))
    order = np.empty(len(levels), np.intp)
    order[np.argsort(levels, kind="stable")] = shuffled[
        np.argsort(levels[shuffled], kind="stable")
    ]
    return order


def _neighbours(given: Sample, levels: IntArray) -> list[IntArray]:
    """Rows near each row, in ranks of the continuous columns, of the same level."""
    ranks = np.column_stack([rankdata(column) for column in given.continuous])
    near: list[IntArray] = [np.empty(0, np.intp)] * len(levels)
    for level in range(int(levels.max()) + 1):
        rows = np.flatnonzero(levels == level)
        k = min(NEAR, len(rows))
        found = cKDTree(ranks[rows]).query(ranks[rows], k=k)[1].reshape(len(rows), k)
        for row, places in zip(rows.tolist(), found, strict=True):
            near[row] = rows[places]
    return near


def _among(near: list[IntArray], random: RandomState) -> IntArray:
    """Replace each row by a near one, by another than the rows before where it can."""
    order, taken = np.empty(len(near), np.intp), np.zeros(len(near), np.bool_)
    for row in random.permutation(len(near)).tolist():
        choices = near[row][random.permutation(len(near[row]))]
        free = choices[~taken[choices]]
        order[row] = free[0] if len(free) else choices[-1]
        taken[order[row]] = True
    return order
