"""Columns that nearly repeat each other, among those that were chosen somewhere."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from mifs._arrays import FloatArray, IntArray
from mifs._data.encoded import EncodedTable
from mifs._terms import REDUNDANCY
from mifs.estimators import PlugIn

ROUNDING = 1e-9


def redundancy_clusters(
    encoded: EncodedTable, columns: IntArray, level: float
) -> list[list[int]]:
    """Group all columns; of ``columns`` those whose shared information is high.

    All pairs of a group have an adjusted mutual information of ``level`` or more
    (complete linkage); every other column stands alone.
    """
    groups: dict[int, list[int]] = {}
    if len(columns) > 1:
        distance = 1 - adjusted_information(encoded.columns(columns))
        tree = linkage(squareform(distance.clip(0), checks=False), "complete")
        labels = fcluster(tree, 1 - level + ROUNDING, "distance")
        for column, label in zip(columns.tolist(), labels.tolist(), strict=True):
            groups.setdefault(label, []).append(column)
    grouped = {column for group in groups.values() for column in group}
    alone = ([j] for j in range(encoded.n_features) if j not in grouped)
    return sorted([*groups.values(), *alone])


def adjusted_information(encoded: EncodedTable) -> FloatArray:
    """(I − E) / ((H + H') / 2 − E) of all pairs of columns, (p, p).

    E is what chance alone makes of I: Vinh, Epps and Bailey, JMLR 11 (2010). 1 for
    copies, 0 on average for columns that have nothing to do with each other.
    """
    plain, corrected = PlugIn(correction=None).terms(encoded), PlugIn().terms(encoded)
    every, wanted = np.arange(encoded.n_features), frozenset({REDUNDANCY})
    entropy = plain.entropy
    assert entropy is not None
    adjusted = np.eye(encoded.n_features)
    for column in every[1:].tolist():
        before = every[:column]
        shared = corrected.pairwise(column, before, wanted)[REDUNDANCY]
        chance = plain.pairwise(column, before, wanted)[REDUNDANCY] - shared
        most = (entropy[before] + entropy[column]) / 2 - chance
        some = most > ROUNDING
        adjusted[column, before[some]] = shared[some] / most[some]
    both: FloatArray = np.maximum(adjusted, adjusted.T)
    return both
