"""Kernels that draw tables from their margins: labels change places within strata.

Rows lie stratum by stratum, those of its largest level last: only the labels of the
``moved`` rows before them are drawn, for these then have what is left (Fisher, Yates).
Labels stay as they were left: any order is as good to begin with.
"""

from __future__ import annotations

import math

from mifs._arrays import AnyArray as Array
from mifs._kernels.chance import T_LOG_T
from mifs._kernels.jit import njit


@njit
def _shuffle(labels: Array, moved: int, uniforms: Array) -> None:
    n = labels.shape[0]
    for i in range(moved):
        j = i + int(uniforms[i] * (n - i))
        labels[i], labels[j] = labels[j], labels[i]


@njit
def sums_of_shuffled(
    levels: Array,
    labels: Array,
    ends: Array,
    moved: Array,
    uniforms: Array,
    table: Array,
    sums: Array,
) -> None:
    """Add to ``sums[k]`` the Σ t log t of the cells of all strata, of the k-th draw.

    ``levels`` and ``labels`` (n,) of the rows, those of stratum s up to ``ends[s]``;
    ``uniforms`` (m, Σ moved) in [0, 1). ``table`` (r, c) int64 is zero, and left so.
    """
    for k in range(sums.shape[0]):
        start, at = 0, 0
        for s in range(ends.shape[0]):
            stop = ends[s]
            _shuffle(labels[start:stop], moved[s], uniforms[k, at : at + moved[s]])
            for i in range(start, stop):
                table[levels[i], labels[i]] += 1
            for i in range(start, stop):
                t = table[levels[i], labels[i]]
                if t > 1:
                    own = T_LOG_T[t] if t < T_LOG_T.shape[0] else t * math.log(t)
                    sums[k] += own
                table[levels[i], labels[i]] = 0
            start, at = stop, at + moved[s]


@njit
def tables_of_shuffled(
    levels: Array,
    labels: Array,
    ends: Array,
    moved: Array,
    uniforms: Array,
    tables: Array,
) -> None:
    """Add to ``tables[k]`` (r, c) the tables of all strata, of the k-th draw."""
    for k in range(tables.shape[0]):
        start, at = 0, 0
        for s in range(ends.shape[0]):
            stop = ends[s]
            _shuffle(labels[start:stop], moved[s], uniforms[k, at : at + moved[s]])
            for i in range(start, stop):
                tables[k, levels[i], labels[i]] += 1
            start, at = stop, at + moved[s]
