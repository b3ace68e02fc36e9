"""Agglomerative information bottleneck of one column: Slonim, Tishby 1999."""

from __future__ import annotations

import numpy as np

from mifs import _kernels
from mifs._arrays import FloatArray
from mifs._data.cutting import (
    TIE,
    Codes,
    Counts,
    bin_codes,
    check_coded,
    class_counts,
    clogc_table,
    column_edges,
)


def bottleneck_edges(
    values: FloatArray,
    classes: Codes,
    n_classes: int,
    *,
    n_levels: int | None = 10,
    beta: float | None = None,
    n_fine_bins: int = 256,
) -> FloatArray:
    """Edges of the information-bottleneck bins of one numeric column.

    Parameters
    ----------
    values : ndarray of shape (n,), float64
        Without NaN; infinite values are ordered like any others.
    classes : ndarray of shape (n,), intp
        Class codes 0..n_classes-1.
    n_classes : int
        Number of classes; some may be absent.
    n_levels : int or None, default=10
        As in `bottleneck_map`.
    beta : float or None, default=None
        As in `bottleneck_map`.
    n_fine_bins : int, default=256
        Quantile bins to start from; fewer distinct values are levels by themselves.

    Returns
    -------
    edges : ndarray, float64
        Ascending data values; bin i holds edges[i-1] < x <= edges[i].

    Raises
    ------
    ValueError
        If arrays differ in length, a class code is outside the range, or neither
        `n_levels` nor `beta` is given.

    Notes
    -----
    Objective, ties and reference are those of `bottleneck_map`, but only neighbouring
    bins are merged.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.discretizers import bottleneck_edges
    >>> bottleneck_edges(np.arange(9.0), np.repeat([0, 1, 0], 3), 2, n_levels=3)
    array([2., 5.])
    """
    check_coded(values, classes, n_classes)
    fine, counts = fine_counts(values, classes, n_classes, n_fine_bins)
    groups = merge_levels(counts, ordered=True, n_levels=n_levels, beta=beta)
    edges: FloatArray = fine[np.diff(groups) > 0]
    return edges


def bottleneck_map(
    codes: Codes,
    n_levels_in: int,
    classes: Codes,
    n_classes: int,
    *,
    n_levels: int | None = 10,
    beta: float | None = None,
) -> Codes:
    """Code of the group of each level, after any two levels may have been merged.

    Parameters
    ----------
    codes : ndarray of shape (n,), intp
        Level codes 0..n_levels_in-1 of the column X.
    n_levels_in : int
        Number of levels; a level without rows loses nothing wherever it goes.
    classes : ndarray of shape (n,), intp
        Class codes 0..n_classes-1 of the target Y.
    n_classes : int
        Number of classes.
    n_levels : int or None, default=10
        At most so many groups; None for no limit (then give `beta`).
    beta : float or None, default=None
        Trade-off, above 0: merge as long as I(Z;Y) - I(Z;X)/beta grows. None stands for
        infinity: only I(Z;Y) counts and merges stop at `n_levels`.

    Returns
    -------
    groups : ndarray of shape (n_levels_in,), intp
        Codes 0, 1, ... in the order of each group's first level.

    Raises
    ------
    ValueError
        If arrays differ in length, a code is outside its range, or neither `n_levels`
        nor `beta` is given.

    Notes
    -----
    Z is a function of X, so I(Z;X) = H(Z). Joining groups i and j of shares
    p = p_i + p_j of the rows takes from the objective F = I(Z;Y) - I(Z;X)/beta

        d(i, j) = p * ( JS(P(Y|i), P(Y|j)) - h(p_i/p) / beta ),

    where JS is the Jensen-Shannon divergence with weights p_i/p and p_j/p, and h the
    entropy of these weights, in nats. The pair of least d is merged while more than
    `n_levels` groups are left or d is below zero. Pairs within 1e-12 of the least are
    ties; the lowest first level wins, then the lowest second one. Since
    JS <= h, `beta` below 1 leaves a single group; the larger it is, the more alike the
    distributions of merged levels.

    The search takes O(L^2 K) time for L levels and K classes and O(L K) memory. Without
    `beta`, levels of one distribution are merged beforehand in O(L log L).

    References
    ----------
    N. Slonim, N. Tishby (1999). Agglomerative information bottleneck. NIPS 12, 617-623.

    Examples
    --------
    >>> import numpy as np
    >>> from mifs.discretizers import bottleneck_map
    >>> codes = np.repeat([0, 1, 2, 3], 4)
    >>> classes = np.array([0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    >>> bottleneck_map(codes, 4, classes, 2, n_levels=2)
    array([0, 1, 0, 1])
    """
    check_coded(codes, classes, n_classes)
    check_coded(classes, codes, n_levels_in, "levels")
    counts = class_counts(codes, n_levels_in, classes, n_classes)
    return merge_levels(counts, ordered=False, n_levels=n_levels, beta=beta)


def fine_counts(
    values: FloatArray, classes: Codes, n_classes: int, n_fine_bins: int
) -> tuple[FloatArray, Counts]:
    """Edges of the quantile bins to start from, and their class counts."""
    fine = column_edges(values, n_fine_bins)
    codes = bin_codes(values, fine)
    return fine, class_counts(codes, fine.size + 1, classes, n_classes)


def merge_levels(
    counts: Counts, *, ordered: bool, n_levels: int | None, beta: float | None
) -> Codes:
    """Group of each row of counts (L, K); only neighbours are joined if ordered."""
    if n_levels is None and beta is None:
        raise ValueError("n_levels and beta are both None: give one of them.")
    if counts.shape[0] < 2:
        return np.zeros(counts.shape[0], np.intp)
    keep = counts.shape[0] if n_levels is None else n_levels
    first = np.arange(counts.shape[0])
    if beta is None and not ordered:
        first = _join_alike(counts, keep)
    start, groups = np.unique(first, return_inverse=True)
    merged = add_up(counts, groups, start.size)
    n = int(counts.sum())
    shrink = 1.0 if beta is None else 1.0 - 1.0 / beta
    bins = _kernels.bins
    merge = bins.merge_neighbours if ordered else bins.merge_any
    first = merge(merged, clogc_table(n), keep, shrink, TIE * n)
    codes: Codes = np.unique(first, return_inverse=True)[1].astype(np.intp)[groups]
    return codes


def add_up(counts: Counts, groups: Codes, n_groups: int) -> Counts:
    """Rows of counts added up by group, (n_groups, K)."""
    total = np.zeros((n_groups, counts.shape[1]), dtype=np.int64)
    np.add.at(total, groups, counts)
    return total


def _join_alike(counts: Counts, keep: int) -> Codes:
    """First member of each level after the lossless merges, in their order of ties.

    Levels of the same class proportions lose nothing by a merge, so they come first;
    an empty level goes to the lowest pair, which is that of the first distribution.
    """
    n = counts.shape[0]
    divisor = np.gcd.reduce(counts, axis=1)
    proportions = counts // np.maximum(divisor, 1)[:, np.newaxis]
    alike = np.unique(proportions, axis=0, return_inverse=True)[1].reshape(n)
    alike[divisor == 0] = alike[np.argmax(divisor > 0)]
    _, start, inverse = np.unique(alike, return_index=True, return_inverse=True)
    first = start[inverse]
    joined = np.flatnonzero(first != np.arange(n))
    joined = joined[np.lexsort((joined, first[joined]))]
    spared = joined[max(n - keep, 0) :]
    first[spared] = spared
    return first


def information(counts: Counts) -> float:
    """Plug-in mutual information of a count table, nats."""
    n = int(counts.sum())
    if n == 0:
        return 0.0
    table = clogc_table(n)
    margins = table[counts.sum(axis=0)].sum() + table[counts.sum(axis=1)].sum()
    return float(table[n] - margins + table[counts].sum()) / n
